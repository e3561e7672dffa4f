"""Words to boxes by Grounding DINO, what is in one of them by SAM 2.1, which also knows clicks and boxes.

Grounding DINO: Liu et al., ECCV 2024, or MM-Grounding-DINO, Zhao et al., 2024; SAM 2: Ravi et al., ICLR 2025. Not run
with their published weights by us.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from clipmat.candidates import Candidate
from clipmat.devices import DeviceChoice
from clipmat.pointing import Pointing
from clipmat.predictor import Predictor
from clipmat.systems.pretrained_folders import read_pretrained
from clipmat.systems.prompted_masks import PromptedMasks
from clipmat.systems.word_system import WordSystem, warn_of_rest

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import GroundingDinoForObjectDetection, GroundingDinoProcessor, Sam2Model, Sam2Processor

_LEAST = 0.2
"""Score from which on a box is a candidate; from .25 on it is worth showing."""
_SAME = 0.8
"""Share of two boxes' union that both cover from which on they are one thing."""
_MOST_BOXES = 50


class GroundedSamSystem(WordSystem):
    """Boxes for words; a mask for a box, clicks or both; then our refiner."""

    def __init__(
        self,
        detector: tuple[GroundingDinoForObjectDetection, GroundingDinoProcessor],
        segmenter: tuple[Sam2Model, Sam2Processor],
        weights: str,
        choice: DeviceChoice,
        own: Predictor,
    ) -> None:
        super().__init__("grounded-sam", weights, choice, own)
        finding: torch.nn.Module = detector[0]
        self._detector, self._detector_processor = finding.to(choice.device), detector[1]
        self.masks = PromptedMasks(*segmenter, choice.device)
        self._length: int = detector[0].config.max_text_len
        self._seen: dict[str, Tensor] = {}
        self._size = (0, 0)

    @classmethod
    def read(cls, folders: Sequence[Path], weights: str, choice: DeviceChoice, own: Predictor) -> GroundedSamSystem:
        """The system of the folders of its detector and of SAM 2.1. Raises WeightsInvalid."""
        from transformers import AutoModelForZeroShotObjectDetection, GroundingDinoProcessor, Sam2Model, Sam2Processor

        detector = read_pretrained(folders[0], AutoModelForZeroShotObjectDetection, GroundingDinoProcessor)
        return cls(detector, read_pretrained(folders[1], Sam2Model, Sam2Processor), weights, choice, own)

    def _encode(self, image: NDArray[np.uint8]) -> None:
        self.masks.set_image(image)
        seen = self._detector_processor.image_processor(images=[image], return_tensors="pt")
        self._seen = {name: tensor.to(self.device) for name, tensor in seen.items()}
        self._size = (image.shape[0], image.shape[1])

    def _found(self, words: str) -> list[Candidate]:
        """The boxes that the detector has for one phrase, the surest first."""
        from torchvision.ops import nms

        # As it was trained: lower case, and a full stop ends a phrase.
        phrase = f"{words.lower().replace('.', ' ').strip()}."
        warn_of_rest(self._detector_processor.tokenizer, phrase, self._length)
        text = self._detector_processor.tokenizer(
            [phrase], truncation=True, max_length=self._length, return_tensors="pt"
        )
        answer = self._detector(**self._seen, **text.to(self.device))
        (found,) = self._detector_processor.post_process_grounded_object_detection(
            answer, text["input_ids"], threshold=_LEAST, target_sizes=[self._size]
        )
        height, width = self._size
        limits = torch.tensor([width, height, width, height])
        boxes = torch.minimum(found["boxes"].float().cpu().clamp(min=0), limits)
        scores = found["scores"].float().cpu()
        kept = nms(boxes, scores, _SAME)[:_MOST_BOXES]
        rows = zip(boxes[kept].tolist(), scores[kept].tolist(), strict=True)
        return [Candidate(tuple(box), score, self._size) for box, score in rows if box[2] > box[0] and box[3] > box[1]]

    def _soft(self, candidate: Candidate, pointing: Pointing) -> NDArray[np.float32]:
        """What is in the candidate's box, or in the user's own, with their clicks."""
        return self.masks.soft(Pointing(pointing.points, pointing.box or candidate.box))

    def _soft_at(self, pointing: Pointing) -> NDArray[np.float32] | None:
        """What clicks and box show; None for clicks to drop alone, which show nothing."""
        return self.masks.soft(pointing) if pointing.keeps or pointing.box else None
