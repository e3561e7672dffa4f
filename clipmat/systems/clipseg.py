"""CLIPSeg (Lüddecke and Ecker, Image Segmentation Using Text and Image Prompts, CVPR 2022): a heat map from words.

Not run with its published weights by us. Each connected part of the heat is a candidate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from clipmat.candidates import Candidate
from clipmat.devices import DeviceChoice
from clipmat.pointing import Pointing
from clipmat.predictor import Predictor
from clipmat.systems.pretrained_folders import read_pretrained
from clipmat.systems.word_system import WordSystem, warn_of_rest
from clipmat.transforms import resized

if TYPE_CHECKING:
    from transformers import CLIPSegForImageSegmentation, CLIPSegProcessor

_HOT = 0.5
"""Heat from which on a pixel belongs to a candidate, 0 to 1."""
_LEAST_SHARE = 0.02
"""Share of the heat's largest part below which a part is no candidate."""
_MOST_PARTS = 20


@dataclass(frozen=True, eq=False)
class HeatRegion(Candidate):
    """A part of a heat map."""

    heat: NDArray[np.float32] | None = None
    """The whole map, HxW in [0, 1]."""


class ClipSegSystem(WordSystem):
    """CLIPSeg's heat map, then our refiner."""

    def __init__(
        self,
        model: CLIPSegForImageSegmentation,
        processor: CLIPSegProcessor,
        weights: str,
        choice: DeviceChoice,
        own: Predictor,
    ) -> None:
        super().__init__("clipseg", weights, choice, own)
        network: torch.nn.Module = model
        self._model = network.to(choice.device)
        self._processor = processor
        text: Any = model.config.text_config
        self._length: int = text.max_position_embeddings
        self._tensor = torch.empty(0)
        self._size = (0, 0)
        self._heats: dict[str, NDArray[np.float32]] = {}

    @classmethod
    def read(cls, folders: Sequence[Path], weights: str, choice: DeviceChoice, own: Predictor) -> ClipSegSystem:
        """The system of the folder of its one part. Raises WeightsInvalid."""
        from transformers import CLIPSegForImageSegmentation, CLIPSegProcessor

        model, processor = read_pretrained(folders[0], CLIPSegForImageSegmentation, CLIPSegProcessor)
        return cls(model, processor, weights, choice, own)

    def _encode(self, image: NDArray[np.uint8]) -> None:
        pixels = self._processor(images=[image], return_tensors="pt")["pixel_values"]
        self._tensor, self._size = pixels.to(self.device), (image.shape[0], image.shape[1])
        self._heats = {}

    def heat(self, words: str) -> NDArray[np.float32]:
        """How much each pixel looks like the words, HxW in [0, 1], at the image's size."""
        if words not in self._heats:
            warn_of_rest(self._processor.tokenizer, words, self._length)
            text = self._processor(text=[words], truncation=True, max_length=self._length, return_tensors="pt").to(
                self.device
            )
            logits = self._model(
                pixel_values=self._tensor, input_ids=text["input_ids"], attention_mask=text["attention_mask"]
            ).logits
            heat = logits.float().sigmoid().reshape(logits.shape[-2:]).cpu().numpy()
            self._heats[words] = np.clip(resized(np.ascontiguousarray(heat), self._size), 0, 1)
        return self._heats[words]

    def _found(self, words: str) -> list[Candidate]:
        heat = self.heat(words)
        _, labels, statistics, _ = cv2.connectedComponentsWithStats((heat > _HOT).astype(np.uint8), connectivity=8)
        areas = statistics[1:, cv2.CC_STAT_AREA]  # without the background
        largest = np.argsort(-areas, kind="stable")[:_MOST_PARTS]
        return [
            _heat_region(labels == place + 1, heat) for place in largest if areas[place] >= _LEAST_SHARE * areas.max()
        ]

    def _all_of(self, words: str) -> Candidate | None:
        """All that is hot: one thing may be seen in several parts."""
        heat = self.heat(words)
        hot = heat > _HOT
        return _heat_region(hot, heat) if hot.any() else None

    def _soft(self, candidate: Candidate, pointing: Pointing) -> NDArray[np.float32]:
        """The heat of the candidate and close around it, but not that of others."""
        assert isinstance(candidate, HeatRegion) and candidate.mask is not None and candidate.heat is not None
        reach = max(3, round(0.1 * float(np.sqrt(candidate.mask.sum()))))
        near = cv2.distanceTransform((~candidate.mask).astype(np.uint8), cv2.DIST_L2, 5) <= reach
        mine = near & (candidate.mask | (candidate.heat <= _HOT))
        return np.where(mine, candidate.heat, np.float32(0)).astype(np.float32)


def _heat_region(mask: NDArray[np.bool_], heat: NDArray[np.float32]) -> HeatRegion:
    box = Candidate.of_mask(mask).box
    return HeatRegion(box, float(heat[mask].max()), (mask.shape[0], mask.shape[1]), mask, heat)
