"""U2-Net and IS-Net with random weights, built from their published descriptions, for what they cost.

U2-Net: Qin et al., Going Deeper with Nested U-Structure for Salient Object Detection, Pattern Recognition 2020, Fig. 5
and Table 1. IS-Net: Qin et al., Highly Accurate Dichotomous Image Segmentation, ECCV 2022, whose segmentation network
is the same behind a first convolution of stride 2. Layers and widths are theirs, so time and memory are as well.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SIDES = {"u2net": 320, "isnet": 1024}
"""Pixels a side of each network's input, as rembg has it for `u2net` and `isnet-general-use`."""
_ENCODER = ((7, 32, 64), (6, 32, 128), (5, 64, 256), (4, 128, 512), (0, 256, 512), (0, 256, 512))
"""Height, inner and outer channels of each block; of height 0 is the one with dilations in place of pooling."""
_DECODER = ((0, 256, 512), (4, 128, 256), (5, 64, 128), (6, 32, 64), (7, 16, 64))


def build(name: str) -> nn.Module:
    """The network, `u2net` or `isnet`: Nx3xSxS -> Nx1xSxS in [0, 1]."""
    torch.manual_seed(0)
    return NestedUNet(halving=name == "isnet").eval()


class _Layer(nn.Sequential):
    def __init__(self, inside: int, outside: int, dilation: int = 1) -> None:
        convolution = nn.Conv2d(inside, outside, 3, padding=dilation, dilation=dilation)
        super().__init__(convolution, nn.BatchNorm2d(outside), nn.ReLU(inplace=True))


class _Block(nn.Module):
    """A residual U-block: a small U-Net whose output is added to its input."""

    def __init__(self, height: int, inside: int, middle: int, outside: int) -> None:
        super().__init__()
        self.pooling = height > 0
        depth = height or 4
        dilations = [1] * (depth - 1) + [2] if self.pooling else [1, 2, 4, 8]
        self.first = _Layer(inside, outside)
        self.down = nn.ModuleList(
            _Layer(middle if level else outside, middle, dilation) for level, dilation in enumerate(dilations)
        )
        self.up = nn.ModuleList(
            _Layer(2 * middle, middle if level else outside, dilations[level]) for level in reversed(range(depth - 1))
        )

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        found = [self.down[0](x)]
        for level, layer in enumerate(self.down[1:], 1):
            pooled = self.pooling and level < len(self.down) - 1
            found.append(layer(_halved(found[-1]) if pooled else found[-1]))
        above = found.pop()
        for layer in self.up:
            beside = found.pop()
            above = layer(torch.cat([_like(above, beside), beside], dim=1))
        return above + x


class NestedUNet(nn.Module):
    """A U-Net of such blocks. Its six side outputs are computed, as published; U2-Net's are fused, IS-Net's are not."""

    def __init__(self, halving: bool) -> None:
        super().__init__()
        self.start = nn.Conv2d(3, 64, 3, stride=2, padding=1) if halving else None
        inside, down = 64 if halving else 3, []
        for height, middle, outside in _ENCODER:
            down.append(_Block(height, inside, middle, outside))
            inside = outside
        self.down = nn.ModuleList(down)
        beside = [outside for _, _, outside in _ENCODER[-2::-1]]
        up, sides = [], [nn.Conv2d(inside, 1, 3, padding=1)]
        for (height, middle, outside), other in zip(_DECODER, beside, strict=True):
            up.append(_Block(height, inside + other, middle, outside))
            sides.append(nn.Conv2d(outside, 1, 3, padding=1))
            inside = outside
        self.up, self.sides = nn.ModuleList(up), nn.ModuleList(sides)
        self.fused = None if halving else nn.Conv2d(len(sides), 1, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """The mask first, then the masks of all sides."""
        image, x = x, x if self.start is None else self.start(x)
        found = []
        for level, block in enumerate(self.down):
            found.append(block(_halved(found[-1]) if level else x))
        above = found.pop()
        masks = [self.sides[0](above)]
        for block, side in zip(self.up, self.sides[1:], strict=True):
            beside = found.pop()
            above = block(torch.cat([_like(above, beside), beside], dim=1))
            masks.append(side(above))
        masks = [_like(mask, image) for mask in reversed(masks)]
        if self.fused is not None:
            masks.insert(0, self.fused(torch.cat(masks, dim=1)))
        return tuple(mask.sigmoid() for mask in masks)


def _halved(x: Tensor) -> Tensor:
    return F.max_pool2d(x, 2, 2, ceil_mode=True)


def _like(x: Tensor, other: Tensor) -> Tensor:
    return F.interpolate(x, size=other.shape[2:], mode="bilinear", align_corners=False)
