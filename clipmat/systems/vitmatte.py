"""ViTMatte (Yao et al., Information Fusion 2024) in place of our post-refiner: the alpha of what a trimap leaves open.

Not run with its published weights by us. Large images go through it in tiles that overlap.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from clipmat.devices import DeviceChoice
from clipmat.systems.damages import at_work, finite
from clipmat.systems.pretrained_folders import read_pretrained

if TYPE_CHECKING:
    from transformers import VitMatteForImageMatting, VitMatteImageProcessor

_TILE = 1024
"""Longest side of a tile in pixels: its memory grows with the square of the area."""
_OVERLAP = 128
"""Pixels that neighbouring tiles share, and that are seen around what is unknown."""


class VitMatteEdges:
    """The alpha of unknown pixels; see `clipmat.predictions.EdgeRefiner`."""

    def __init__(
        self, model: VitMatteForImageMatting, processor: VitMatteImageProcessor, weights: str, choice: DeviceChoice
    ) -> None:
        """`weights` is its name in messages."""
        network: torch.nn.Module = model
        self.weights = weights
        self._model = network.to(choice.device)
        self._processor: Any = processor  # it takes trimaps, which its type does not say
        self._device, self._dtype = choice.device, choice.dtype

    @classmethod
    def read(cls, folders: Sequence[Path], weights: str, choice: DeviceChoice) -> VitMatteEdges:
        """That of the folder of its one part. Raises WeightsInvalid."""
        from transformers import VitMatteForImageMatting, VitMatteImageProcessor

        model, processor = read_pretrained(folders[0], VitMatteForImageMatting, VitMatteImageProcessor)
        return cls(model, processor, weights, choice)

    def alpha(self, image: NDArray[np.uint8], trimap: NDArray[np.uint8]) -> NDArray[np.float32]:
        """HxW in [0, 1] of an image, HxWx3 uint8 sRGB, where the trimap is 128; 0 and 1 where it is 0 and 255."""
        sums, weights = (np.zeros(trimap.shape, np.float32) for _ in range(2))
        for rows, columns in tiles(trimap == 128):
            with at_work("vitmatte", self.weights):
                found = finite(self._tile(image[rows, columns], trimap[rows, columns]), "vitmatte", self.weights)
            down, across = (_ramp(side) for side in found.shape)
            sums[rows, columns] += found * down[:, None] * across
            weights[rows, columns] += down[:, None] * across
        known = (trimap == 255).astype(np.float32)
        return np.where(trimap == 128, sums / np.maximum(weights, 1e-6), known)

    def _tile(self, image: NDArray[np.uint8], trimap: NDArray[np.uint8]) -> NDArray[np.float32]:
        # Copies, since torch warns of what cannot be written.
        pixels = self._processor(images=[image.copy()], trimaps=[trimap.copy()], return_tensors="pt")["pixel_values"]
        half = torch.autocast(self._device, self._dtype, enabled=self._dtype != torch.float32)
        with torch.inference_mode(), half:
            alphas = self._model(pixel_values=pixels.to(self._device)).alphas
        found: NDArray[np.float32] = alphas[0, 0, : image.shape[0], : image.shape[1]].float().cpu().numpy()
        return found


def tiles(unknown: NDArray[np.bool_]) -> Iterator[tuple[slice, slice]]:
    """Rows and columns of tiles that cover what is unknown, HxW, and see what is around it; none without any of it."""
    if not unknown.any():
        return
    down, across = (_spans(np.flatnonzero(unknown.any(axis=axis)), unknown.shape[1 - axis]) for axis in (1, 0))
    for rows in down:
        for columns in across:
            if unknown[rows, columns].any():
                yield rows, columns


def _spans(places: NDArray[np.intp], length: int) -> list[slice]:
    """Spans of at most a tile, evenly from the first place to the last one and what is around, within the length."""
    first, last = max(int(places[0]) - _OVERLAP, 0), min(int(places[-1]) + 1 + _OVERLAP, length)
    count = max(1, -(-(last - first - _OVERLAP) // (_TILE - _OVERLAP)))
    side = min(last - first, _TILE)
    starts = np.linspace(first, last - side, count).round().astype(int).tolist()
    return [slice(start, start + side) for start in starts]


def _ramp(side: int) -> NDArray[np.float32]:
    """How much a pixel of a tile counts, from its border inwards, above 0."""
    from_border = np.minimum(np.arange(1, side + 1), np.arange(side, 0, -1))
    return np.minimum(from_border, _OVERLAP // 2).astype(np.float32)
