"""MDE, multi-level details extractor (section 4.4): four visual levels, each joined with the image itself.

Short, but a file of its own: each box of figure 3 has one.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from clipmat.config import ClipMatConfig


def conv_bn_relu(inputs: int, outputs: int) -> nn.Sequential:
    """3x3 convolution, batch norm, ReLU: the block of MDE and of both decoders."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


class DetailsExtractor(nn.Module):
    """Levels T1..T4 and the image -> F1..F4 at H/2, H/4, H/8, H/16.

    Each level is projected, normalised and resized; the image is max-pooled to the same size, and a
    convolution joins the two.
    """

    def __init__(self, config: ClipMatConfig) -> None:
        super().__init__()
        self.projections = nn.ModuleList(
            nn.Conv2d(channels, width, 1)
            for channels, width in zip(config.level_channels, config.detail_projection, strict=True)
        )
        self.norms = nn.ModuleList(nn.GroupNorm(1, width) for width in config.detail_projection)
        self.joins = nn.ModuleList(
            conv_bn_relu(width + 3, channels)
            for width, channels in zip(config.detail_projection, config.detail_channels, strict=True)
        )

    def forward(self, levels: tuple[Tensor, ...], pixels: Tensor) -> tuple[Tensor, ...]:
        """Four BxCxhxw levels and Bx3xHxW normalised pixels, H and W multiples of 16 -> F1..F4, each BxD_ixhxw."""
        height, width = pixels.shape[2:]
        features = []
        parts = zip(levels, self.projections, self.norms, self.joins, strict=True)
        for i, (level, projection, norm, join) in enumerate(parts, start=1):
            size = (height // 2**i, width // 2**i)
            visual = norm(projection(level))
            if visual.shape[2:] != size:
                visual = F.interpolate(visual, size=size, mode="bilinear", align_corners=False)
            image = F.adaptive_max_pool2d(pixels, size)
            features.append(join(torch.cat([visual, image.to(visual.dtype)], dim=1)))
        return tuple(features)
