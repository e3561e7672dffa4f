"""P3M-Net (Li et al., Privacy-Preserving Portrait Matting, ACM Multimedia 2021): the matte of who is portrayed.

The ancestor of the paper's post-refiner. Not run with its published weights by us; with equal random weights it
computes what the published code does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import torch
from torch import nn
from torch.nn import functional

from clipmat.systems.resnet_mp import Encoded, ResNetMatting, convolutions, enlarging, put_back

if TYPE_CHECKING:
    from torch import Tensor


class P3mNet(ResNetMatting):
    """A semantic decoder beside one for details; three kinds of blocks let one see the other and the encoder."""

    # What the deep blocks see by themselves is compared with the truth in training alone.
    unused: ClassVar[tuple[str, ...]] = ("resnet.", "dbfi_2.conv2.", "dbfi_1.conv2.", "dbfi_0.conv2.")

    def __init__(self, width: int = 64) -> None:
        super().__init__(width)
        w = width
        self.tfi_3, self.tfi_2 = _TripartiteBlock(4 * w), _TripartiteBlock(2 * w)
        self.tfi_1, self.tfi_0 = _TripartiteBlock(w), _TripartiteBlock(w)
        self.sbfi_2, self.sbfi_1 = _ShallowBlock(2 * w, w, 8), _ShallowBlock(w, w, 4)
        self.sbfi_0 = _ShallowBlock(w, w, 2)
        self.dbfi_2, self.dbfi_1 = _DeepBlock(2 * w, 8 * w, 4), _DeepBlock(w, 8 * w, 8)
        self.dbfi_0 = _DeepBlock(w, 8 * w, 16)
        self.decoder4_g = convolutions(8 * w, 8 * w, 8 * w, 4 * w, doubled=True)
        self.decoder3_g = convolutions(4 * w, 4 * w, 4 * w, 2 * w, doubled=True)
        self.decoder2_g = convolutions(2 * w, 2 * w, 2 * w, w, doubled=True)
        self.decoder1_g = convolutions(w, w, w, w, doubled=True)
        self.decoder0_g = nn.Sequential(*convolutions(w, w, w), nn.Conv2d(w, 3, 3, padding=1), enlarging(2))
        self.decoder4_l = convolutions(8 * w, 8 * w, 8 * w, 4 * w)
        self.decoder3_l = convolutions(4 * w, 4 * w, 4 * w, 2 * w)
        self.decoder2_l = convolutions(2 * w, 2 * w, 2 * w, w)
        self.decoder1_l = convolutions(w, w, w, w)
        self.decoder0_l = convolutions(w, w, w)
        self.decoder_final_l = nn.Conv2d(w, 1, 3, padding=1)

    def _decoded(self, encoded: Encoded) -> tuple[Tensor, Tensor]:
        place0, place1, place2, place3, place4 = encoded.places
        semantic4 = self.decoder4_g(encoded.e4)
        semantic3 = self.decoder3_g(semantic4)
        semantic2 = self.decoder2_g(self.dbfi_2(semantic3, encoded.e4))
        semantic1 = self.decoder1_g(self.dbfi_1(semantic2, encoded.e4))
        classes: Tensor = self.decoder0_g(self.dbfi_0(semantic1, encoded.e4))
        seen = self.tfi_3(semantic4, put_back(self.decoder4_l(encoded.e4), place4), encoded.e3)
        seen = self.tfi_2(semantic3, put_back(self.decoder3_l(seen), place3), encoded.e2)
        seen = self.decoder2_l(self.sbfi_2(seen, encoded.e0))
        seen = self.tfi_1(semantic2, put_back(seen, place2), encoded.e1)
        seen = self.decoder1_l(self.sbfi_1(seen, encoded.e0))
        seen = self.tfi_0(semantic1, put_back(seen, place1), encoded.pooled)
        seen = self.decoder0_l(self.sbfi_0(seen, encoded.e0))
        detail: Tensor = self.decoder_final_l(put_back(seen, place0)).float().sigmoid()
        return classes, detail


class _TripartiteBlock(nn.Module):
    """TFI of the paper: semantic decoder, decoder of details and encoder, of one size."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.transform = nn.Conv2d(width, width // 2, 1, bias=False)
        self.conv1 = nn.Conv2d(width // 2 * 3, width, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)

    def forward(self, semantic: Tensor, detail: Tensor, encoder: Tensor) -> Tensor:
        joined = torch.cat([self.transform(each) for each in (semantic, detail, encoder)], 1)
        return functional.relu(self.bn1(self.conv1(joined)))


class _ShallowBlock(nn.Module):
    """sBFI of the paper: the decoder of details and the finest features of the encoder, `scale` times as large."""

    def __init__(self, width: int, finest: int, scale: int) -> None:
        super().__init__()
        self.scale = scale
        self.transform1 = nn.Conv2d(width, width // 2, 1, bias=False)
        self.transform2 = nn.Conv2d(finest, width // 2, 1, bias=False)
        self.conv1 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)

    def forward(self, detail: Tensor, finest: Tensor) -> Tensor:
        # Of each place the published code sees the first two pixels of a side.
        fine = functional.max_pool2d(finest, 2, stride=self.scale)
        joined = torch.cat([self.transform1(detail), self.transform2(fine)], 1)
        return functional.relu(self.bn1(self.conv1(joined))) + detail


class _DeepBlock(nn.Module):
    """dBFI of the paper: the semantic decoder and the deepest features of the encoder, `scale` times as small."""

    def __init__(self, width: int, deepest: int, scale: int) -> None:
        super().__init__()
        self.upsample = enlarging(scale)
        self.transform1 = nn.Conv2d(width, width // 2, 1, bias=False)
        self.transform2 = nn.Conv2d(deepest, width // 2, 1, bias=False)
        self.conv1 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)

    def forward(self, semantic: Tensor, deepest: Tensor) -> Tensor:
        joined = torch.cat([self.transform1(semantic), self.upsample(self.transform2(deepest))], 1)
        return functional.relu(self.bn1(self.conv1(joined))) + semantic
