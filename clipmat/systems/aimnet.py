"""AimNet (Li, Zhang and Tao, Deep Automatic Natural Image Matting, IJCAI 2021): the matte of the main subject.

Not run with its published weights by us; with equal random weights it computes what the published code does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

from clipmat.systems.resnet_mp import Encoded, ResNetMatting, convolutions, enlarging, put_back

if TYPE_CHECKING:
    from torch import Tensor

_REDUCTION = 16
"""By how much the channels are fewer between the two layers that weigh them."""


class AimNet(ResNetMatting):
    """A semantic decoder beside one for details, which attends to where the other sees something."""

    def __init__(self, width: int = 64) -> None:
        super().__init__(width)
        w = width
        self.psp_module = _PyramidPooling(8 * w, (1, 3, 5))
        self.psp4 = _enlarged(8 * w, 4 * w, 2)
        self.psp3 = _enlarged(8 * w, 2 * w, 4)
        self.psp2 = _enlarged(8 * w, w, 8)
        self.psp1 = _enlarged(8 * w, w, 16)
        self.decoder4_g = convolutions(16 * w, 8 * w, 8 * w, 4 * w, doubled=True)
        self.decoder4_g_se = _ChannelAttention(4 * w)
        self.decoder3_g = convolutions(8 * w, 4 * w, 4 * w, 2 * w, doubled=True)
        self.decoder3_g_se = _ChannelAttention(2 * w)
        self.decoder2_g = convolutions(4 * w, 2 * w, 2 * w, w, doubled=True)
        self.decoder2_g_se = _ChannelAttention(w)
        self.decoder1_g = convolutions(2 * w, w, w, w, doubled=True)
        self.decoder1_g_se = _ChannelAttention(w)
        self.decoder0_g = convolutions(2 * w, w, w, doubled=True)
        self.decoder0_g_spatial = nn.Conv2d(2, 1, 7, padding=3)
        self.decoder0_g_se = _ChannelAttention(w)
        self.decoder_final_g = nn.Conv2d(w, 3, 3, padding=1)
        self.bridge_block = convolutions(8 * w, 8 * w, 8 * w, 8 * w, dilation=2)
        self.decoder4_l = convolutions(16 * w, 8 * w, 8 * w, 4 * w)
        self.decoder3_l = convolutions(8 * w, 4 * w, 4 * w, 2 * w)
        self.decoder2_l = convolutions(4 * w, 2 * w, 2 * w, w)
        self.decoder1_l = convolutions(2 * w, w, w, w)
        self.decoder0_l = convolutions(2 * w, w, w)
        self.decoder_final_l = nn.Conv2d(w, 1, 3, padding=1)

    def _decoded(self, encoded: Encoded) -> tuple[Tensor, Tensor]:
        classes, attention = self._semantic(encoded.e4)
        return classes, self._detailed(encoded, attention)

    def _semantic(self, e4: Tensor) -> tuple[Tensor, Tensor]:
        """The three classes in [0, 1], and how much each pixel matters to the details."""
        pooled = self.psp_module(e4)
        seen = self.decoder4_g_se(self.decoder4_g(torch.cat([pooled, e4], 1)))
        seen = self.decoder3_g_se(self.decoder3_g(torch.cat([self.psp4(pooled), seen], 1)))
        seen = self.decoder2_g_se(self.decoder2_g(torch.cat([self.psp3(pooled), seen], 1)))
        seen = self.decoder1_g_se(self.decoder1_g(torch.cat([self.psp2(pooled), seen], 1)))
        seen = self.decoder0_g(torch.cat([self.psp1(pooled), seen], 1))
        summary = torch.cat([seen.mean(dim=1, keepdim=True), seen.amax(dim=1, keepdim=True)], 1)
        attention = self.decoder0_g_spatial(summary).sigmoid()
        return self.decoder_final_g(self.decoder0_g_se(seen)).sigmoid(), attention

    def _detailed(self, encoded: Encoded, attention: Tensor) -> Tensor:
        place0, place1, place2, place3, place4 = encoded.places
        seen = self.decoder4_l(torch.cat([self.bridge_block(encoded.e4), encoded.e4], 1))
        seen = self.decoder3_l(torch.cat([put_back(seen, place4), encoded.e3], 1))
        seen = self.decoder2_l(torch.cat([put_back(seen, place3), encoded.e2], 1))
        seen = self.decoder1_l(torch.cat([put_back(seen, place2), encoded.e1], 1))
        seen = put_back(put_back(seen, place1), place0)
        seen = self.decoder0_l(torch.cat([seen, encoded.e0], 1))
        detail: Tensor = self.decoder_final_l(seen + seen * attention).float().sigmoid()
        return detail


class _PyramidPooling(nn.Module):
    """Zhao et al., Pyramid Scene Parsing Network, CVPR 2017."""

    def __init__(self, width: int, sizes: tuple[int, ...]) -> None:
        super().__init__()
        stages = [nn.Sequential(nn.AdaptiveAvgPool2d(size), nn.Conv2d(width, width, 1, bias=False)) for size in sizes]
        self.stages = nn.ModuleList(stages)
        self.bottleneck = nn.Conv2d(width * (len(sizes) + 1), width, 1)

    def forward(self, seen: Tensor) -> Tensor:
        size = seen.shape[-2:]
        priors = [functional.interpolate(stage(seen), size=size, mode="bilinear") for stage in self.stages]
        return functional.relu(self.bottleneck(torch.cat([*priors, seen], 1)))


class _ChannelAttention(nn.Module):
    """Hu et al., Squeeze-and-Excitation Networks, CVPR 2018."""

    def __init__(self, width: int) -> None:
        super().__init__()
        fewer = width // _REDUCTION
        self.fc = nn.Sequential(
            nn.Linear(width, fewer, bias=False),
            nn.ReLU(inplace=True),
            nn.Linear(fewer, width, bias=False),
            nn.Sigmoid(),
        )

    def forward(self, seen: Tensor) -> Tensor:
        weight: Tensor = self.fc(seen.mean(dim=(2, 3)))
        return seen * weight[:, :, None, None]


def _enlarged(inputs: int, width: int, scale: int) -> nn.Sequential:
    return nn.Sequential(*convolutions(inputs, width), enlarging(scale))
