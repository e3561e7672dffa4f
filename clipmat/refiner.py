"""The post-refiner's network: image, coarse matte and guides -> matte (CLIPMat section 4.5); `refining` runs it.

A small coarse-map-based matting network runs on tiles of the transition alone. From the network's size to the image's
it goes in equal steps of at most `MAX_UPSAMPLING`, so that each step starts from a transition that the one before has
narrowed: the work grows with the length of edges, not with the area. Elsewhere the coarse decision stays as it is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from clipmat.colour_planes import estimate_colour_planes

Floats = NDArray[np.float32]
Corner = tuple[int, int]
"""Row and column of a square's upper left pixel; both may be negative."""

CHANNELS = (48, 128)
"""Channels at a quarter and at an eighth of the tile's resolution."""
CELL_SIZE = 4
"""Side in pixels of the cells that share one position of the network's finest features."""
GUIDE_CHANNELS = 13
"""Number of planes of `guide_planes`."""
STRIDE = 8
"""Tiles start at multiples of this, so that a pixel gets the same result in every tile that contains it."""
TILE_MARGIN = 16
"""Pixels around a tile's core that its answer depends on: the receptive field to each side."""
TILE_CORE = 64
"""Side in pixels of the part of a tile that is kept; a multiple of STRIDE."""
MAX_UPSAMPLING = 5.0
"""Largest upsampling factor of one step."""
DILATION = 2
"""Pixels of the coarser matte by which its transition is widened: how far the refiner may move an edge."""
ALPHA_TOLERANCE = 0.02
"""Differences of alpha up to this value do not count as a transition."""
UNKNOWN_THRESHOLD = 0.25
"""Probability of the trimap's unknown above which a pixel belongs to the transition."""


class ResidualBlock(nn.Module):
    """One 3x3 layer in `groups`, then two pointwise ones, added to the input. Fresh, it is the identity."""

    def __init__(self, width: int, groups: int) -> None:
        super().__init__()
        self.spatial = nn.Conv2d(width, width, 3, padding=1, groups=groups)
        self.widen = nn.Conv2d(width, 2 * width, 1)
        self.narrow = _zero_initialised(nn.Conv2d(2 * width, width, 1))

    def forward(self, x: Tensor) -> Tensor:
        """BxCxHxW -> the same shape."""
        y: Tensor = self.narrow(F.relu(self.widen(self.spatial(x)), inplace=True))
        return x + y


class Refiner(nn.Module):
    """The network of the post-refiner. Fresh, it returns the coarse matte."""

    def __init__(self) -> None:
        super().__init__()
        fine, deep = CHANNELS
        self.pixels = nn.Conv2d(5 * CELL_SIZE**2, fine, 1)
        self.context = nn.Conv2d(GUIDE_CHANNELS - 4, fine, 1)
        self.down = nn.Conv2d(fine, deep, 2, stride=2)
        self.deep = ResidualBlock(deep, 1)
        self.up = nn.ConvTranspose2d(deep, fine, 2, stride=2)
        self.after = nn.Sequential(ResidualBlock(fine, fine), ResidualBlock(fine, fine))
        self.head = _zero_initialised(nn.Conv2d(fine, 5 * CELL_SIZE**2, 1))

    def forward(self, image: Tensor, coarse: Tensor, guides: Tensor) -> Tensor:
        """Bx3xHxW uint8 image, Bx1xHxW coarse matte, Bx13x(H/4)x(W/4) of `guide_planes` -> Bx1xHxW float32 matte.

        H and W are multiples of STRIDE. The matte is not clamped.
        """
        # Everything is laid out by cells: the pixels of a cell are channels.
        colour = F.pixel_unshuffle(image, CELL_SIZE).float().mul_(2 / 255).sub_(1)
        base = F.pixel_unshuffle(coarse, CELL_SIZE)
        red, green, blue = torch.chunk(colour, 3, dim=1)
        a, offset, ambiguity = (
            guides[:, :3] / 2,
            guides[:, 3:4] + guides[:, :3].sum(dim=1, keepdim=True) / 2,
            guides[:, 4:5],
        )
        guess = (red * a[:, :1] + offset).addcmul_(green, a[:, 1:2]).addcmul_(blue, a[:, 2:3])
        guess = guess.addcmul_(base, ambiguity).clamp_(0, 1)
        inputs = torch.cat([colour, 2 * base - 1, 2 * guess - 1], dim=1)
        x = F.relu(self.pixels(inputs) + self.context(2 * guides[:, 4:] - 1), inplace=True)
        x = x + self.up(self.deep(F.relu(self.down(x), inplace=True)))
        # Near a pixel alpha is linear in colour (Levin et al., PAMI 2008, eq. 2): here each pixel has its own line.
        lines = torch.chunk(self.head(self.after(x)).float(), 5, dim=1)
        matte = base + lines[4]
        for slope, term in zip(lines, (red, green, blue, guess - base), strict=False):
            matte = matte.addcmul(slope, term)
        return F.pixel_shuffle(matte, CELL_SIZE)


def guide_planes(image: NDArray[np.uint8], matte: Floats, trimap: Floats) -> Tensor:
    """What is known at the coarse size: 1x13xhxw float32 from image hxwx3 uint8, matte hxw and trimap hxwx3.

    The colour line (4) and its ambiguity, the probabilities of unknown and foreground, the colours of both sides (6).
    """
    colours = estimate_colour_planes(image, matte)
    known = trimap[..., 1:].transpose(2, 0, 1)
    planes = [colours.line, colours.ambiguity[None], known, colours.foreground, colours.background]
    return torch.from_numpy(np.concatenate(planes))[None]


def upsampling_steps(start: tuple[int, int], end: tuple[int, int]) -> list[tuple[int, int]]:
    """Heights and widths after each step from `start` to `end`: equal steps, as few as MAX_UPSAMPLING allows."""
    growth = (end[0] / start[0], end[1] / start[1])
    count = max(1, math.ceil(math.log(max(growth)) / math.log(MAX_UPSAMPLING) - 1e-9))
    path = [tuple(round(s * g ** (i / count)) for s, g in zip(start, growth, strict=True)) for i in range(1, count)]
    return [(height, width) for height, width in path] + [end]


def transition_window(matte: Floats, unknown: NDArray[np.bool_]) -> Floats:
    """Where a matte may change, HxW float32 in [0, 1]: 1 around its transition and the trimap's unknown, fading to 0.

    HxW float32 matte in [0, 1] and HxW bool.
    """
    near = np.ones((3, 3), np.uint8)
    steep = cv2.dilate(matte, near) - cv2.erode(matte, near) > ALPHA_TOLERANCE
    soft = (matte > ALPHA_TOLERANCE) & (matte < 1 - ALPHA_TOLERANCE)
    reach = np.ones((2 * DILATION + 1, 2 * DILATION + 1), np.uint8)
    grown = cv2.dilate((steep | soft | unknown).astype(np.uint8), reach)
    return np.asarray(cv2.blur(grown.astype(np.float32), (3, 3)), np.float32)


def tiles_in_window(window: Floats, size: tuple[int, int], core: int) -> list[Corner]:
    """Upper left corners, in pixels of `size`, of the tile cores in which the upsampled window is not all zero."""
    counts = cv2.integral((window > 0).astype(np.uint8))
    ends = []
    for height, pixels in zip(window.shape, size, strict=True):
        first = np.arange(0, pixels, core) + 0.5
        scale = height / pixels
        low = np.maximum(np.floor(first * scale - 0.5), 0).astype(int)
        ends.append((low, np.minimum(np.floor((first + core - 1) * scale - 0.5).astype(int) + 2, height)))
    (top, bottom), (left, right) = ends
    inside = counts[bottom][:, right] - counts[top][:, right] - counts[bottom][:, left] + counts[top][:, left]
    return [(int(y) * core, int(x) * core) for y, x in np.argwhere(inside)]


def sample_squares(
    planes: Tensor, corners: Sequence[Corner], size: tuple[int, int], side: int, pitch: int = 1
) -> Tensor:
    """Planes 1xCxhxw stretched to `size`, read bilinearly at squares of `side` x `side` points: BxCxsidexside.

    The points are `pitch` pixels of `size` apart. A corner is the upper left edge of a square's first pixel; beyond the
    planes their border continues.
    """
    offsets = torch.arange(side, device=planes.device) * pitch + pitch / 2
    first = torch.tensor(corners, device=planes.device, dtype=offsets.dtype)
    y, x = ((first[:, i, None] + offsets) / size[i] * 2 - 1 for i in (0, 1))
    grid = torch.stack([x[:, None].expand(-1, side, -1), y[:, :, None].expand(-1, -1, side)], dim=3)
    batch = planes.expand(len(corners), -1, -1, -1)
    return F.grid_sample(batch, grid, mode="bilinear", padding_mode="border", align_corners=False)


def _zero_initialised(layer: nn.Conv2d) -> nn.Conv2d:
    nn.init.zeros_(layer.weight)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer
