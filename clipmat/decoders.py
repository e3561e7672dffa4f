"""The two decoders (figure 3): semantic -> trimap of three classes, details -> alpha in the transition."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from clipmat.config import ClipMatConfig
from clipmat.details import conv_bn_relu
from clipmat.pointing_planes import PointingPlanes


def _upsample(x: Tensor, size: tuple[int, int], skip: Tensor | None) -> Tensor:
    x = F.interpolate(x, size=size, mode="bilinear", align_corners=False)
    return x if skip is None else torch.cat([x, skip.to(x.dtype)], dim=1)


class SemanticDecoder(nn.Module):
    """C2, C1: the popped-up semantic map -> logits of background, unknown, foreground. It alone sees the text."""

    def __init__(self, config: ClipMatConfig) -> None:
        super().__init__()
        first, second = config.semantic_channels
        self.skips = config.semantic_skips and config.details
        extra = (config.detail_channels[2], config.detail_channels[1]) if self.skips else (0, 0)
        planes = (2 if config.meaning_width else 0) + (PointingPlanes.channels if config.prompts else 0)
        self.c2 = conv_bn_relu(config.popup_width + extra[0] + planes, first)
        self.c1 = conv_bn_relu(first + extra[1], second)
        self.head = nn.Conv2d(second, 3, 1)

    def forward(
        self,
        semantic_map: Tensor,
        details: Sequence[Tensor] | None,
        size: tuple[int, int],
        planes: Tensor | None = None,
    ) -> Tensor:
        """BxDxhxw, F1..F4, planes at stride 8 of the match and the pointing -> Bx3x(H/4)x(W/4) logits.

        `size` (H, W) is the image's.
        """
        f3, f2 = (details[2], details[1]) if self.skips and details is not None else (None, None)
        x = _upsample(semantic_map, (size[0] // 8, size[1] // 8), f3)
        x = self.c2(x if planes is None else torch.cat([x, planes.to(x.dtype)], dim=1))
        x = self.c1(_upsample(x, (size[0] // 4, size[1] // 4), f2))
        return self.head(x)  # type: ignore[no-any-return]


class DetailsDecoder(nn.Module):
    """C4..C1 with F4..F1 as skips -> alpha logits. It never sees the text: once per image is enough."""

    def __init__(self, config: ClipMatConfig) -> None:
        super().__init__()
        d1, d2, d3, d4 = config.detail_channels
        self.skips = config.details
        self.visual_in = nn.Conv2d(config.visual_width, d4, 1)
        extra = (d4, d3, d2, d1) if self.skips else (0, 0, 0, 0)
        self.c4 = conv_bn_relu(d4 + extra[0], d4)
        self.c3 = conv_bn_relu(d4 + extra[1], d3)
        self.c2 = conv_bn_relu(d3 + extra[2], d2)
        self.c1 = conv_bn_relu(d2 + extra[3], d1)
        self.head = nn.Conv2d(d1, 1, 3, padding=1)

    def forward(
        self, tokens: Tensor, grid: tuple[int, int], details: Sequence[Tensor] | None, size: tuple[int, int]
    ) -> Tensor:
        """Visual tokens Bx(N+1)xDv, F1..F4 -> Bx1x(H/2)x(W/2) logits for an image of `size` (H, W)."""
        x = self.visual_in(tokens[:, 1:].transpose(1, 2).reshape(tokens.shape[0], -1, *grid))
        for i, block in ((4, self.c4), (3, self.c3), (2, self.c2), (1, self.c1)):
            skip = details[i - 1] if self.skips and details is not None else None
            x = block(_upsample(x, (size[0] // 2**i, size[1] // 2**i), skip))
        return self.head(x)  # type: ignore[no-any-return]
