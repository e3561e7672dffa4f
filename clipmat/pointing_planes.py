"""Points and a box as inputs of the network: planes over its places at stride 8 (Xu et al., CVPR 2016; RITM, 2021).

Beside where they are, two planes tell which places look like those that are pointed at.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from clipmat.config import ClipMatConfig
from clipmat.pointing import Pointing

PLANES = 5
"""Points to keep, nearness to them, the same for points to drop, and the box."""
_LOOKS = 2
_STRIDE = 8
_REACH = 0.12
"""Share of the longer side over which the nearness to a point falls to 1/e."""
_HIDDEN = 64


def pointing_planes(pointing: Pointing, size: tuple[int, int]) -> NDArray[np.float32]:
    """PLANESx(H/8)x(W/8) for an input of `size` (H, W; multiples of 8), in whose pixels `pointing` is; 0 for none.

    Points are spread over the four places around them, in [0, 1]; the box is 1 inside and -1 outside.
    """
    rows, columns = size[0] // _STRIDE, size[1] // _STRIDE
    planes = np.zeros((PLANES, rows, columns), np.float32)
    for x, y, keep in pointing.points:
        first = 0 if keep else 2
        # Position among the places' centres.
        across = min(max(x / _STRIDE - 0.5, 0.0), columns - 1.0)
        down = min(max(y / _STRIDE - 0.5, 0.0), rows - 1.0)
        shares = np.maximum(1 - np.abs(np.arange(rows) - down), 0)[:, None] * np.maximum(
            1 - np.abs(np.arange(columns) - across), 0
        )
        distance = np.hypot(np.arange(rows)[:, None] - down, np.arange(columns)[None] - across)
        np.maximum(planes[first], shares, out=planes[first], casting="same_kind")
        near = np.exp(-distance / (_REACH * max(rows, columns)))
        np.maximum(planes[first + 1], near, out=planes[first + 1], casting="same_kind")
    if pointing.box is not None:
        x0, y0, x1, y1 = (value / _STRIDE for value in pointing.box)
        planes[4] = _covered(y0, y1, rows)[:, None] * _covered(x0, x1, columns) * 2 - 1
    return planes


def _covered(start: float, end: float, count: int) -> NDArray[np.float32]:
    cells = np.arange(count)
    return np.asarray(np.clip(np.minimum(cells + 1, end) - np.maximum(cells, start), 0, 1), np.float32)


class PointedPlaces(NamedTuple):
    """What points and a box give the rest of the network."""

    planes: Tensor
    """Bx7xhxw: the planes, and how much each place looks like what is pointed at to keep (without a point: what is in
    the box) and to drop; cosines, 0 for none."""
    tokens: Tensor | None
    """Bx(N+1)xD to be added to TSP's tokens, N = h/2 * w/2, the class token first; 0 where nothing points."""


class PointingPlanes(nn.Module):
    """Planes of points and box, and the places that look like those, for TSP's tokens and the semantic decoder."""

    channels = PLANES + _LOOKS
    """Planes that the semantic decoder gets."""

    def __init__(self, config: ClipMatConfig) -> None:
        super().__init__()
        self.widen = nn.Linear(self.channels, _HIDDEN)
        self.out = nn.Linear(_HIDDEN, config.popup_width)

    def forward(self, places: Tensor, planes: Tensor | None) -> PointedPlaces:
        """BxMxhxw places and BxPLANESxhxw planes, None for nothing -> PointedPlaces."""
        if planes is None:
            return PointedPlaces(places.new_zeros(places.shape[0], self.channels, *places.shape[2:]), None)
        keep, drop, box = planes[:, 0], planes[:, 2], planes[:, 4].clamp(min=0)
        kept = keep + box * (keep.amax(dim=(1, 2), keepdim=True) == 0)
        looks = [self._looks(places, each) for each in (kept, drop)]
        planes = torch.cat([planes.to(places.dtype), *looks], dim=1)
        pooled = F.max_pool2d(planes, 2).flatten(2).transpose(1, 2)
        pooled = torch.cat([pooled.amax(dim=1, keepdim=True), pooled], dim=1)
        points = planes.abs().amax(dim=(1, 2, 3))[:, None, None] > 0
        return PointedPlaces(planes, self.out(F.gelu(self.widen(pooled))) * points)

    def _looks(self, places: Tensor, weights: Tensor) -> Tensor:
        """Bx1xhxw cosine of each place with the weighted mean of the places; 0 where all weights are."""
        # In float32: half precision has no number as small as what keeps 0 / 0 and its gradient from being no number.
        with torch.autocast(places.device.type, enabled=False):
            unit = F.normalize(places.float(), dim=1)
            pooled = F.normalize(torch.einsum("bdhw,bhw->bd", unit, weights.float()), dim=1)
            return torch.einsum("bdhw,bd->bhw", unit, pooled).unsqueeze(1).to(places.dtype)
