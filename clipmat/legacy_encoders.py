"""The compact encoder pair up to the third weights: MobileNetV2, and hashed words with two transformer layers."""

from __future__ import annotations

import re
import zlib
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from clipmat.compact_encoders import MobileBlock, same_padding
from clipmat.config import ClipMatConfig
from clipmat.encoders import ImageEncoder, ImageFeatures, TextTokens, TextTower

# MobileNetV2 (Sandler et al., CVPR 2018, table 2): expansion, channels, repeats, stride.
_STAGES = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
_MAX_NGRAMS = 24
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*", re.UNICODE)


class MobileNetEncoder(ImageEncoder):
    """MobileNetV2 1.0 up to stride 32. Levels at strides 2, 4, 8, 16; tokens at stride 16 see stride 32 too."""

    def __init__(self, config: ClipMatConfig) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 32, 3, 2)
        stages, channels = [], 32
        for expansion, outputs, repeats, stride in _STAGES:
            blocks = []
            for repeat in range(repeats):
                blocks.append(MobileBlock(channels, outputs, 3, expansion, stride if repeat == 0 else 1))
                channels = outputs
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.ModuleList(stages)

    def forward(self, pixels: Tensor) -> ImageFeatures:
        """Bx3xHxW, sides multiples of 32 -> ImageFeatures with 96 + 320 channels; the class token is their mean."""
        maps = self._maps(pixels)
        t1, t2, t3, t4, deep = maps[0], maps[1], maps[2], maps[4], maps[6]
        deep = F.interpolate(deep, size=t4.shape[2:], mode="bilinear", align_corners=False)
        tokens = torch.cat([t4, deep], dim=1).flatten(2).transpose(1, 2)
        tokens = torch.cat([tokens.mean(dim=1, keepdim=True), tokens], dim=1)
        return ImageFeatures(tokens, (t4.shape[2], t4.shape[3]), (t1, t2, t3, t4))

    def deepest(self, pixels: Tensor) -> Tensor:
        """Bx3xHxW, sides multiples of 32 -> Bx320xH/32xW/32: what ImageNet's classifier sees."""
        return self._maps(pixels)[-1]

    def _maps(self, pixels: Tensor) -> list[Tensor]:
        x = F.relu6(self.stem(F.pad(pixels, same_padding(3, 2))), inplace=True)
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps


def split_words(text: str) -> list[str]:
    """The lower-case words of a text, without punctuation; hyphens separate."""
    return [word.replace("’", "'") for word in _WORD.findall(text.lower())]


def hashed_ngrams(word: str, buckets: int) -> list[int]:
    """The word itself, then its character 3- and 4-grams, as rows 1..buckets-1 of the table; at most 24.

    As in fastText (Bojanowski et al., TACL 2017): a typo or an unseen compound keeps most of its n-grams.
    """
    marked = f"<{word}>"
    grams = {marked[i : i + n] for n in (3, 4) for i in range(len(marked) - n + 1)} - {marked}
    keys = [f"w:{word}", *sorted(grams)][:_MAX_NGRAMS]
    return [zlib.crc32(key.encode()) % (buckets - 1) + 1 for key in keys]


@lru_cache(maxsize=8192)
def _padded_ngrams(word: str, buckets: int) -> tuple[int, ...]:
    """`hashed_ngrams`, filled up with 0; the words of a template come again with each noun."""
    ngrams = hashed_ngrams(word, buckets)
    return (*ngrams, *(0,) * (_MAX_NGRAMS - len(ngrams)))


class HashedTextTower(TextTower):
    """Hashed vectors of each word and its n-grams, then a few bidirectional transformer layers."""

    def __init__(self, config: ClipMatConfig) -> None:
        super().__init__()
        width = config.text_width
        self.buckets = config.text_buckets
        self.pieces = nn.Embedding(config.text_buckets, width // 2, padding_idx=0)
        nn.init.normal_(self.pieces.weight, std=0.5)
        with torch.no_grad():
            self.pieces.weight[0].zero_()
        self.widen = nn.Linear(width // 2, width)
        self.positions = nn.Parameter(torch.randn(config.expression_length + config.context_vectors, width) * 0.02)
        layer = nn.TransformerEncoderLayer(
            width, width // 48, width * 2, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
        )
        self.layers = nn.TransformerEncoder(
            layer, config.text_layers, norm=nn.LayerNorm(width), enable_nested_tensor=False
        )

    def tokenize(self, texts: list[str], length: int) -> tuple[TextTokens, list[str]]:
        """One token per word, BxLxG ids; padded to the longest text of the batch."""
        words = [split_words(text) for text in texts]
        longest = max(1, min(length, max(len(w) for w in words)))
        rows = [[_padded_ngrams(word, self.buckets) for word in kept[:longest]] for kept in words]
        nothing = (0,) * _MAX_NGRAMS
        ids = torch.tensor([row + [nothing] * (longest - len(row)) for row in rows])
        valid = torch.arange(longest) < torch.tensor([len(row) for row in rows])[:, None]
        return TextTokens(ids, valid), [" ".join(w[length:]) for w in words]

    def embed(self, ids: Tensor) -> Tensor:
        """BxLxG ids -> BxLxDt. The whole word weighs about as much as all its n-grams together."""
        vectors = self.pieces(ids)
        count = (ids[..., 1:] > 0).sum(dim=-1, keepdim=True).clamp(min=1)
        return self.widen(vectors[..., 0, :] + vectors[..., 1:, :].sum(dim=-2) / count.sqrt())  # type: ignore[no-any-return]

    def encode(self, embeddings: Tensor, valid: Tensor, positions: Tensor) -> Tensor:
        """BxLxDt -> BxLxDt; padded tokens are never attended to."""
        x = embeddings + self.positions[positions]
        return self.layers(x, src_key_padding_mask=~valid)  # type: ignore[no-any-return]
