"""SAM 3 (Carion et al., 2025): every instance of what words name with its mask; its tracker model for clicks and boxes.

Not run with its published weights by us.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from clipmat.candidates import Candidate
from clipmat.devices import DeviceChoice
from clipmat.pointing import Pointing
from clipmat.predictor import Predictor
from clipmat.systems.pretrained_folders import read_pretrained
from clipmat.systems.prompted_masks import PromptedMasks, soft_mask
from clipmat.systems.word_system import WordSystem, warn_of_rest

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import Sam3Model, Sam3Processor

_LEAST = 0.2
"""Score from which on an instance is a candidate; from .25 on it is worth showing."""
_MOST = 20


@dataclass(frozen=True, eq=False)
class Instance(Candidate):
    """An instance with its mask as the network gives it."""

    logits: Tensor | None = None
    """hxw."""


class Sam3System(WordSystem):
    """Masks of all that words name; a mask for clicks and boxes; then our refiner."""

    def __init__(
        self,
        model: Sam3Model,
        processor: Sam3Processor,
        masks: PromptedMasks,
        weights: str,
        choice: DeviceChoice,
        own: Predictor,
    ) -> None:
        super().__init__("sam3", weights, choice, own)
        network: torch.nn.Module = model
        self._model: Any = network.to(choice.device)
        self._processor = processor
        self.masks = masks
        text: Any = model.config.text_config
        self._length: int = text.max_position_embeddings
        self._seen: Any = None
        self._unseen: NDArray[np.uint8] | None = None
        """An image that the tracker does not know yet: it costs as much again."""
        self._size = (0, 0)

    @classmethod
    def read(cls, folders: Sequence[Path], weights: str, choice: DeviceChoice, own: Predictor) -> Sam3System:
        """The system of the folder of its one part, which has both models. Raises WeightsInvalid."""
        from transformers import Sam3Model, Sam3Processor, Sam3TrackerModel, Sam3TrackerProcessor

        model, processor = read_pretrained(folders[0], Sam3Model, Sam3Processor)
        tracker, tracker_processor = read_pretrained(folders[0], Sam3TrackerModel, Sam3TrackerProcessor)
        tracker.vision_encoder.backbone = model.vision_encoder.backbone  # the same weights, half of all of them
        masks = PromptedMasks(tracker, tracker_processor, choice.device)
        return cls(model, processor, masks, weights, choice, own)

    def _encode(self, image: NDArray[np.uint8]) -> None:
        pixels = self._processor(images=[image], return_tensors="pt")["pixel_values"]
        self._seen = self._model.get_vision_features(pixels.to(self.device))
        self._unseen = image
        self._size = (image.shape[0], image.shape[1])

    def _found(self, words: str) -> list[Candidate]:
        """The instances, the surest first."""
        tokenizer = self._processor.tokenizer
        warn_of_rest(tokenizer, words, self._length)
        text = tokenizer(
            [words], padding="max_length", truncation=True, max_length=self._length, return_tensors="pt"
        ).to(self.device)
        answer = self._model(
            vision_embeds=self._seen, input_ids=text["input_ids"], attention_mask=text["attention_mask"]
        )
        scores = (answer.pred_logits[0].float().sigmoid() * answer.presence_logits[0].float().sigmoid()).cpu()
        order = [place for place in scores.argsort(descending=True).tolist() if scores[place] > _LEAST][:_MOST]
        found = [self._instance(answer.pred_masks[0, place], float(scores[place])) for place in order]
        return [one for one in found if one.area > 0]

    def _instance(self, logits: Tensor, score: float) -> Instance:
        mask = soft_mask(logits, self._size) > 0.5
        box = Candidate.of_mask(mask).box
        return Instance(box, score, self._size, mask, logits)

    def _soft(self, candidate: Candidate, pointing: Pointing) -> NDArray[np.float32]:
        """The soft mask of an instance, whichever way it was chosen."""
        assert isinstance(candidate, Instance) and candidate.logits is not None
        return soft_mask(candidate.logits, self._size)

    def _soft_at(self, pointing: Pointing) -> NDArray[np.float32] | None:
        """What clicks and box show; None for clicks to drop alone, which show nothing."""
        if not pointing.keeps and pointing.box is None:
            return None
        if self._unseen is not None:
            self.masks.set_image(self._unseen)
            self._unseen = None
        return self.masks.soft(pointing)
