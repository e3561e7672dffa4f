"""MDETR (Kamath et al., ICCV 2021), the paper's other comparison: masks for a phrase, by its PhraseCut weights.

Not run with its published weights by us; with equal random weights it computes what the published code does.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from clipmat.candidates import Candidate
from clipmat.devices import DeviceChoice
from clipmat.errors import WeightsInvalid, WeightsMissing
from clipmat.pointing import Pointing
from clipmat.predictor import Predictor
from clipmat.systems.brought_files import fill, read_file
from clipmat.systems.mdetr_network import UNUSED, MdetrNetwork, Queried, Seen, sizes_of
from clipmat.systems.prompted_masks import soft_mask
from clipmat.systems.system_table import SYSTEMS
from clipmat.systems.word_system import WordSystem, warn_of_rest

if TYPE_CHECKING:
    from torch import Tensor

_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of ImageNet, as the published code has them: the file carries none."""
_SHORTER, _LONGER = 800, 1333
"""Pixels of the shorter side that the network sees, and of the longer one at most."""
_LEAST = 0.2
"""Score from which on a query is a candidate; from .25 on it is worth showing."""
_MOST = 20
_SAFE = (
    (argparse.Namespace, "argparse.Namespace"),
    (PurePosixPath, "pathlib.PosixPath"),
    (PurePosixPath, "pathlib._local.PosixPath"),
)
"""What the file has beside tensors: the options of its training, with a path, whose class Python 3.13 names anew."""


@dataclass(frozen=True, eq=False)
class Phrased(Candidate):
    """A thing that a phrase names, with its mask as the network gives it."""

    logits: Tensor | None = None
    """hxw."""


class MdetrSystem(WordSystem):
    """Masks of what a phrase names, then our refiner."""

    def __init__(
        self,
        network: MdetrNetwork,
        tokenizer: Any,  # noqa: ANN401 - of several classes
        weights: str,
        choice: DeviceChoice,
        own: Predictor,
    ) -> None:
        super().__init__("mdetr", weights, choice, own)
        self.network = network.to(choice.device)
        self._tokenizer = tokenizer
        self._length = int(network.detr.transformer.text_encoder.config.max_position_embeddings) - 2
        self._seen: Seen | None = None
        self._size = (0, 0)

    @classmethod
    def read(cls, files: Sequence[Path], weights: str, choice: DeviceChoice, own: Predictor) -> MdetrSystem:
        """The system of the file of its one part, with RoBERTa's vocabulary beside it.

        Raises WeightsMissing without the vocabulary, WeightsInvalid.
        """
        (part,) = SYSTEMS["mdetr"].parts
        if not part.has_beside(files[0].parent):
            raise WeightsMissing(f"{files[0]} has no vocabulary beside it: {part.vocabulary(files[0].parent)}")
        return cls(read_network(files[0]), _tokenizer(files[0].parent), weights, choice, own)

    def _encode(self, image: NDArray[np.uint8]) -> None:
        self._size = (image.shape[0], image.shape[1])
        self._seen = self.network.see(to_input(image).to(self.device))

    def find(self, words: str) -> Queried:
        """What the queries find for a phrase."""
        assert self._seen is not None
        warn_of_rest(self._tokenizer, words, self._length)
        text = self._tokenizer([words], truncation=True, max_length=self._length, return_tensors="pt")
        return self.network.find(self._seen, text["input_ids"].to(self.device))

    def _found(self, words: str) -> list[Candidate]:
        """The things, the surest first."""
        assert self._seen is not None
        found = self.find(words)
        scores = 1 - found.logits[0].float().softmax(-1)[:, -1].cpu()
        order = [place for place in scores.argsort(descending=True).tolist() if scores[place] > _LEAST][:_MOST]
        if not order:
            return []
        masks = self.network.masks(self._seen, found, torch.tensor(order, device=self.device))
        things = [self._thing(logits, float(scores[place])) for logits, place in zip(masks, order, strict=True)]
        return [one for one in things if one.area > 0]

    def _thing(self, logits: Tensor, score: float) -> Phrased:
        mask = soft_mask(logits, self._size) > 0.5
        return Phrased(Candidate.of_mask(mask).box, score, self._size, mask, logits)

    def _soft(self, candidate: Candidate, pointing: Pointing) -> NDArray[np.float32]:
        """The soft mask of a thing, whichever way it was chosen."""
        assert isinstance(candidate, Phrased) and candidate.logits is not None
        return soft_mask(candidate.logits, self._size)


def read_network(file: Path) -> MdetrNetwork:
    """The network of the published file, on the CPU in float32 and eval mode. Raises WeightsInvalid."""
    again = SYSTEMS["mdetr"].parts[0].again
    content = read_file(file, again, _SAFE)
    state = content.get("model") if isinstance(content, dict) else None
    try:
        sizes = sizes_of(state if isinstance(state, dict) else {})
        with torch.device("meta"):
            network = MdetrNetwork(sizes)
    except (LookupError, ValueError, AttributeError, TypeError, RuntimeError, AssertionError) as error:
        raise WeightsInvalid(f"{file} has no MDETR on ResNet-101 with a mask head: {again}") from error
    fill(network, state or {}, file, again, UNUSED)
    return network


def to_input(image: NDArray[np.uint8]) -> Tensor:
    """1x3xhxw, as MDETR looks at an image HxWx3 uint8 sRGB when it is measured."""
    height, width = image.shape[:2]
    shorter = _SHORTER
    if max(height, width) / min(height, width) * shorter > _LONGER:
        shorter = round(_LONGER * min(height, width) / max(height, width))
    if width < height:
        size = max(1, shorter), max(1, int(shorter * height / width))
    else:
        size = max(1, int(shorter * width / height)), max(1, shorter)
    small = np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BILINEAR), np.float32) / np.float32(255)
    normalised = (torch.from_numpy(small) - torch.tensor(_MEAN)) / torch.tensor(_STD)
    return normalised.permute(2, 0, 1)[None]


def _tokenizer(folder: Path) -> Any:  # noqa: ANN401 - of several classes
    from transformers import RobertaTokenizerFast

    try:
        return RobertaTokenizerFast.from_pretrained(folder, local_files_only=True)
    except Exception as error:  # noqa: BLE001 - whatever the package meets in a damaged file
        (part,) = SYSTEMS["mdetr"].parts
        raise WeightsInvalid(f"the vocabulary in {folder} cannot be read: {part.vocabulary(folder)}") from error
