"""A network of the SAM family, which knows an image and then has a mask for clicks, a box, or both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from clipmat.pointing import Pointing
from clipmat.transforms import resized

if TYPE_CHECKING:
    from torch import Tensor


class PromptedMasks:
    """One model with its processor and the features of one image. Called under the caller's autocast."""

    def __init__(self, model: Any, processor: Any, device: str) -> None:  # noqa: ANN401 - of several classes
        network: torch.nn.Module = model
        self._model: Any = network.to(device)
        self._processor = processor
        self._device = device
        self._embeddings: list[Tensor] = []
        self._size = (0, 0)

    def set_image(self, image: NDArray[np.uint8]) -> None:
        """Encode an image, HxWx3 uint8 sRGB."""
        pixels = self._processor(images=[image], return_tensors="pt")["pixel_values"]
        self._embeddings = self._model.get_image_embeddings(pixels.to(self._device))
        self._size = (image.shape[0], image.shape[1])

    def soft(self, pointing: Pointing) -> NDArray[np.float32]:
        """The soft mask, HxW in [0, 1], of what clicks, a box or both show; there is a click to keep, or a box."""
        prompts: dict[str, Any] = {}
        if pointing.points:
            prompts["input_points"] = [[[[x, y] for x, y, _ in pointing.points]]]
            prompts["input_labels"] = [[[int(keep) for _, _, keep in pointing.points]]]
        if pointing.box is not None:
            prompts["input_boxes"] = [[list(pointing.box)]]
        given = self._processor(original_sizes=[list(self._size)], return_tensors="pt", **prompts)
        given = {name: given[name].to(self._device) for name in prompts}
        # One click may mean a part or the whole: of three masks the one that the network holds for the best.
        several = len(pointing.points) == 1 and pointing.box is None
        answer = self._model(image_embeddings=self._embeddings, multimask_output=several, **given)
        best = int(answer.iou_scores[0, 0].argmax())
        return soft_mask(answer.pred_masks[0, 0, best], self._size)


def soft_mask(logits: Tensor, size: tuple[int, int]) -> NDArray[np.float32]:
    """A mask's logits hxw as a soft mask of this height and width, in [0, 1]."""
    values = resized(logits.float().cpu().numpy(), size)
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))), np.float32)
