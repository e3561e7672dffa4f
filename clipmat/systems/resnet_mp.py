"""What AimNet and P3M-Net share: a ResNet-34 that halves by max pooling and keeps the places of the maxima.

Their decoders put what they compute back into these places, and fuse it with the semantic decoder's three classes.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import torch
from torch import nn
from torch.nn import functional

if TYPE_CHECKING:
    from torch import Tensor


class Encoded(NamedTuple):
    """Features of an image, B x channels x H x W, finest first; each but the first at half the size of the former."""

    e0: Tensor
    """At the image's own size."""
    pooled: Tensor
    """`e0` at half the size."""
    e1: Tensor
    """At a quarter of the size."""
    e2: Tensor
    e3: Tensor
    e4: Tensor
    places: tuple[Tensor, ...]
    """Where the maxima were, of each of the five poolings."""


class Matted(NamedTuple):
    """What is found in an image, B x channels x H x W at its size."""

    classes: Tensor
    """How much it is background, unknown and foreground: the highest of three."""
    detail: Tensor
    """The alpha in [0, 1] by details, of use where it is unknown."""
    fused: Tensor
    """0 in the background, 1 in the foreground, `detail` between them."""


class _BasicBlock(nn.Module):
    """Of He et al., Deep Residual Learning for Image Recognition, CVPR 2016; without strides, since pooling halves."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = None
        if inputs != width:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, width, 1, bias=False), nn.BatchNorm2d(width))

    def forward(self, seen: Tensor) -> Tensor:
        within = self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(seen)))))
        return functional.relu(within + (seen if self.downsample is None else self.downsample(seen)))


class ResNetMatting(nn.Module):
    """The encoder, and how classes and details are fused. Parameters are named as in the published code."""

    unused: ClassVar[tuple[str, ...]] = ("resnet.",)
    """How names in the published files begin that nothing is computed with: they have the encoder twice."""

    def __init__(self, width: int = 64) -> None:
        """`width` is that of the published weights; the tests have narrower ones."""
        super().__init__()
        first = nn.Conv2d(3, width, 7, padding=3, bias=False)
        self.encoder0 = nn.Sequential(first, nn.BatchNorm2d(width), nn.ReLU(inplace=True))
        self.encoder1 = nn.Sequential(_layer(width, width, 3))
        self.encoder2 = _layer(width, 2 * width, 4)
        self.encoder3 = _layer(2 * width, 4 * width, 6)
        self.encoder4 = _layer(4 * width, 8 * width, 3)

    def forward(self, pixels: Tensor) -> Matted:
        """Bx3xHxW, normalised as for ImageNet; H and W are multiples of 32."""
        classes, detail = self._decoded(self._encoded(pixels))
        best = classes.argmax(dim=1, keepdim=True)
        return Matted(classes, detail, torch.where(best == 1, detail, (best == 2).to(detail.dtype)))

    @abstractmethod
    def _decoded(self, encoded: Encoded) -> tuple[Tensor, Tensor]:
        """Classes and detail."""

    def _encoded(self, pixels: Tensor) -> Encoded:
        e0 = self.encoder0(pixels)
        pooled, place0 = _halved(e0)
        quarter, place1 = _halved(pooled)
        e1 = self.encoder1(quarter)
        eighth, place2 = _halved(e1)
        e2 = self.encoder2(eighth)
        sixteenth, place3 = _halved(e2)
        e3 = self.encoder3(sixteenth)
        last, place4 = _halved(e3)
        return Encoded(e0, pooled, e1, e2, e3, self.encoder4(last), (place0, place1, place2, place3, place4))


def put_back(features: Tensor, places: Tensor) -> Tensor:
    """At twice the size: each value where the maximum was, 0 elsewhere."""
    return functional.max_unpool2d(features, places, kernel_size=[2, 2], stride=[2, 2])


def convolutions(*widths: int, doubled: bool = False, dilation: int = 1) -> nn.Sequential:
    """3x3 convolutions from each width to the next, normalised and above 0; `doubled` in size at the end."""
    layers: list[nn.Module] = []
    for inputs, width in zip(widths, widths[1:], strict=False):
        convolution = nn.Conv2d(inputs, width, 3, padding=dilation, dilation=dilation)
        layers += [convolution, nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers, *([enlarging(2)] if doubled else []))


def enlarging(scale: int) -> nn.Upsample:
    """To so many times the size, linearly."""
    return nn.Upsample(scale_factor=scale, mode="bilinear")


def _layer(inputs: int, width: int, blocks: int) -> nn.Sequential:
    return nn.Sequential(_BasicBlock(inputs, width), *(_BasicBlock(width, width) for _ in range(blocks - 1)))


def _halved(features: Tensor) -> tuple[Tensor, Tensor]:
    return functional.max_pool2d_with_indices(features, kernel_size=[3, 3], stride=[2, 2], padding=[1, 1])
