"""The post-refiner: image, coarse matte and trimap -> matte at the image's own size (CLIPMat section 4.5).

A small coarse-map-based matting network runs on tiles of the transition alone. From the network's size to the image's
it climbs in equal steps of at most `MAX_STEP`, so each step finds a transition that the one before has narrowed: the
work grows with the length of edges, not with the area. Elsewhere the coarse decision stays as it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from clipmat.colour_planes import color_planes
from clipmat.transforms import check_image, resized

Floats = NDArray[np.float32]
Corner = tuple[int, int]

WIDTHS = (48, 128)
"""Channels at a quarter and at an eighth of the tile's resolution."""
CELL = 4
"""Pixels a side that share one place of the network's finest features."""
PLANES = 13
"""Planes of `guides`."""
STRIDE = 8
"""Tiles start at multiples of it, so that every pixel meets the same strides in whichever tile it lies."""
MARGIN = 16
"""Pixels around a tile's core that its answer depends on: the receptive field to each side."""
CORE = 64
"""Pixels a side of a tile that are kept; a multiple of STRIDE."""
BATCH = 16
"""Tiles that go through the network at once: with CORE and MARGIN they bound the memory."""
MAX_STEP = 5.0
"""Largest upsampling factor of one step."""
GROWTH = 2
"""Pixels of the coarser matte by which its transition is widened: how far the refiner may move an edge."""
FAINT = 0.02
"""Differences of alpha that are no transition."""
UNSURE = 0.25
"""Probability of the trimap's unknown from which a pixel belongs to the transition."""


class Block(nn.Module):
    """A residual: one 3x3 layer, in `groups`, then two pointwise ones. Fresh, it changes nothing."""

    def __init__(self, width: int, groups: int) -> None:
        super().__init__()
        self.spatial = nn.Conv2d(width, width, 3, padding=1, groups=groups)
        self.widen = nn.Conv2d(width, 2 * width, 1)
        self.narrow = _silent(nn.Conv2d(2 * width, width, 1))

    def forward(self, x: Tensor) -> Tensor:
        """BxCxHxW -> the same shape."""
        y: Tensor = self.narrow(F.relu(self.widen(self.spatial(x)), inplace=True))
        return x + y


class Refiner(nn.Module):
    """The network of the post-refiner. Fresh, it returns the coarse matte."""

    def __init__(self) -> None:
        super().__init__()
        fine, deep = WIDTHS
        self.pixels = nn.Conv2d(5 * CELL**2, fine, 1)
        self.context = nn.Conv2d(PLANES - 4, fine, 1)
        self.down = nn.Conv2d(fine, deep, 2, stride=2)
        self.deep = Block(deep, 1)
        self.up = nn.ConvTranspose2d(deep, fine, 2, stride=2)
        self.after = nn.Sequential(Block(fine, fine), Block(fine, fine))
        self.head = _silent(nn.Conv2d(fine, 5 * CELL**2, 1))

    def forward(self, image: Tensor, coarse: Tensor, guides: Tensor) -> Tensor:
        """Bx3xHxW uint8 image, Bx1xHxW coarse matte, Bx13x(H/4)x(W/4) of `guides` at its cells -> Bx1xHxW matte.

        H and W are multiples of STRIDE. The matte is not clamped.
        """
        # Everything is laid out by cells: what a pixel knows is in channels.
        color = F.pixel_unshuffle(image, CELL).float().mul_(2 / 255).sub_(1)
        base = F.pixel_unshuffle(coarse, CELL)
        red, green, blue = torch.chunk(color, 3, dim=1)
        a, offset, doubt = (
            guides[:, :3] / 2,
            guides[:, 3:4] + guides[:, :3].sum(dim=1, keepdim=True) / 2,
            guides[:, 4:5],
        )
        guess = (red * a[:, :1] + offset).addcmul_(green, a[:, 1:2]).addcmul_(blue, a[:, 2:3])
        guess = guess.addcmul_(base, doubt).clamp_(0, 1)
        seen = torch.cat([color, 2 * base - 1, 2 * guess - 1], dim=1)
        x = F.relu(self.pixels(seen) + self.context(2 * guides[:, 4:] - 1), inplace=True)
        x = x + self.up(self.deep(F.relu(self.down(x), inplace=True)))
        # Alpha is a straight line of colour, close to a pixel (Levin et al., PAMI 2008, eq. 2): here at each by itself.
        lines = torch.chunk(self.head(self.after(x)).float(), 5, dim=1)
        matte = base + lines[4]
        for slope, term in zip(lines, (red, green, blue, guess - base), strict=False):
            matte = matte.addcmul(slope, term)
        return F.pixel_shuffle(matte, CELL)


def refined(network: Refiner, image: NDArray[np.uint8], coarse: Floats, trimap: Floats, *, core: int = CORE) -> Floats:
    """The matte at the image's own size, from what the network said at its size.

    HxWx3 uint8 sRGB, hxw coarse matte in [0, 1] and 3xhxw probabilities of background, unknown and foreground, both
    float32 -> HxW float32 in [0, 1]. Pixels farther than 2 (GROWTH + 1) pixels of the coarse matte from its transition
    keep its upsampled value. Images stay uint8, and one batch of tiles, `core` pixels a side and MARGIN around, is
    held at a time. Runs where the network is, under the caller's autocast. Raises BadImage.
    """
    check_image(image)
    start = (min(image.shape[0], coarse.shape[0]), min(image.shape[1], coarse.shape[1]))
    sizes = steps(start, (image.shape[0], image.shape[1]))
    pictures = [image]
    for size in [*sizes[-2::-1], start]:  # each from the next larger, so that the image itself is gone through once
        pictures.append(resized(pictures[-1], size))
    matte, labels = resized(coarse, start), resized(np.ascontiguousarray(trimap.transpose(1, 2, 0)), start)
    known = guides(pictures.pop(), matte, labels).to(next(network.parameters()).device)
    unsure = labels[..., 1] > UNSURE
    with torch.inference_mode():
        while pictures:
            matte = _step(network, pictures.pop(), matte, window(matte, unsure), known, core)
            unsure = np.zeros_like(matte, bool)
    return matte


def guides(small: NDArray[np.uint8], matte: Floats, labels: Floats) -> Tensor:
    """What the coarse size knows, 1x13xhxw float32, of the image and the matte there and the trimap hxwx3.

    The line of colours and its doubt, the probabilities of unknown and foreground, the colours of both sides.
    """
    colors = color_planes(small, matte)
    planes = np.dstack([colors.line, colors.doubt, labels[..., 1:], colors.foreground, colors.background])
    return torch.from_numpy(np.ascontiguousarray(planes.transpose(2, 0, 1)))[None]


def steps(start: tuple[int, int], end: tuple[int, int]) -> list[tuple[int, int]]:
    """Heights and widths on the way up, the last being `end`: as few equal steps as MAX_STEP allows, at least one."""
    growth = (end[0] / start[0], end[1] / start[1])
    count = max(1, math.ceil(math.log(max(growth)) / math.log(MAX_STEP) - 1e-9))
    path = [tuple(round(s * g ** (i / count)) for s, g in zip(start, growth, strict=True)) for i in range(1, count)]
    return [(height, width) for height, width in path] + [end]


def window(matte: Floats, unsure: NDArray[np.bool_]) -> Floats:
    """Where a matte may change, HxW in [0, 1]: 1 around its transition and where it is unsure, fading out to 0."""
    near = np.ones((3, 3), np.uint8)
    steep = cv2.dilate(matte, near) - cv2.erode(matte, near) > FAINT
    soft = (matte > FAINT) & (matte < 1 - FAINT)
    reach = np.ones((2 * GROWTH + 1, 2 * GROWTH + 1), np.uint8)
    grown = cv2.dilate((steep | soft | unsure).astype(np.uint8), reach)
    return np.asarray(cv2.blur(grown.astype(np.float32), (3, 3)), np.float32)


def touched(where: Floats, size: tuple[int, int], core: int) -> list[Corner]:
    """Upper left corners of the tiles' cores, in pixels of `size`, that an upsampled window is not all zero in."""
    counts = cv2.integral((where > 0).astype(np.uint8))
    ends = []
    for height, pixels in zip(where.shape, size, strict=True):
        first = np.arange(0, pixels, core) + 0.5
        scale = height / pixels
        low = np.maximum(np.floor(first * scale - 0.5), 0).astype(int)
        ends.append((low, np.minimum(np.floor((first + core - 1) * scale - 0.5).astype(int) + 2, height)))
    (top, bottom), (left, right) = ends
    inside = counts[bottom][:, right] - counts[top][:, right] - counts[bottom][:, left] + counts[top][:, left]
    return [(int(y) * core, int(x) * core) for y, x in np.argwhere(inside)]


def sampled(planes: Tensor, corners: Sequence[Corner], size: tuple[int, int], side: int, pitch: int = 1) -> Tensor:
    """Planes 1xCxhxw that span `size`, bilinear at squares of `side` points `pitch` pixels apart: BxCxsidexside.

    A corner is the upper left end of a square's first pixel; beyond the planes their border goes on.
    """
    offsets = torch.arange(side, device=planes.device) * pitch + pitch / 2
    first = torch.tensor(corners, device=planes.device, dtype=offsets.dtype)
    y, x = ((first[:, i, None] + offsets) / size[i] * 2 - 1 for i in (0, 1))
    grid = torch.stack([x[:, None].expand(-1, side, -1), y[:, :, None].expand(-1, -1, side)], dim=3)
    spread = planes.expand(len(corners), -1, -1, -1)
    return F.grid_sample(spread, grid, mode="bilinear", padding_mode="border", align_corners=False)


def _step(network: Refiner, image: NDArray[np.uint8], matte: Floats, where: Floats, known: Tensor, core: int) -> Floats:
    size = (image.shape[0], image.shape[1])
    side = core + 2 * MARGIN
    planes = torch.from_numpy(np.stack([matte, where]))[None].to(known.device)
    result = matte.copy() if matte.shape == size else resized(matte, size)
    np.clip(result, 0, 1, out=result)
    for corners in _batches(touched(where, size, core)):
        outer = [(y - MARGIN, x - MARGIN) for y, x in corners]
        pixels = torch.from_numpy(np.stack([_cut(image, y, x, side) for y, x in outer])).to(known.device)
        base, share = torch.split(sampled(planes, outer, size, side), 1, dim=1)
        answer = network(pixels.permute(0, 3, 1, 2), base, sampled(known, outer, size, side // CELL, CELL))
        kept = torch.cat([torch.lerp(base, answer.clamp(0, 1), share), share], dim=1)
        kept = kept[..., MARGIN:-MARGIN, MARGIN:-MARGIN].clamp(0, 1).cpu()
        for (y, x), (values, weights) in zip(corners, kept.numpy(), strict=True):
            part = result[y : y + core, x : x + core]
            height, width = part.shape
            np.copyto(part, values[:height, :width], where=weights[:height, :width] > 0)
    return result


def _batches(corners: Sequence[Corner]) -> Iterator[Sequence[Corner]]:
    for i in range(0, len(corners), BATCH):
        yield corners[i : i + BATCH]


def _cut(image: NDArray[np.uint8], y: int, x: int, side: int) -> NDArray[np.uint8]:
    """A square of the image; where it overhangs, the image's border goes on."""
    height, width = image.shape[:2]
    part = image[max(y, 0) : y + side, max(x, 0) : x + side]
    before = (max(-y, 0), max(-x, 0))
    after = (max(y + side - height, 0), max(x + side - width, 0))
    if before == after == (0, 0):
        return part
    return np.pad(part, ((before[0], after[0]), (before[1], after[1]), (0, 0)), mode="edge")


def _silent(layer: nn.Conv2d) -> nn.Conv2d:
    nn.init.zeros_(layer.weight)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer
