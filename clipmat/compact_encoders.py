"""The compact encoder pair: EfficientNet-Lite0 with a feature pyramid to stride 8, and a small BERT made for sentences.

The text tower is MiniLM (Wang et al., NeurIPS 2020; Sentence-BERT, Reimers and Gurevych, EMNLP 2019) with the word
pieces of English descriptions only (`resources/words/pieces.txt`). The pair of the first three weights is in
`legacy_encoders`.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from clipmat.attention import attention
from clipmat.config import ClipMatConfig
from clipmat.encoders import ImageEncoder, ImageFeatures, TextTokens, TextTower

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# EfficientNet-B0 (Tan and Le, ICML 2019, table 1): kernel, expansion, channels, repeats, stride. Lite0 of the TPU
# repository leaves out squeeze-and-excite, takes ReLU6, and keeps the rest.
_STAGES = (
    (3, 1, 16, 1, 1),
    (3, 6, 24, 2, 2),
    (5, 6, 40, 2, 2),
    (3, 6, 80, 3, 2),
    (5, 6, 112, 3, 1),
    (5, 6, 192, 4, 2),
    (3, 6, 320, 1, 1),
)
LEVELS = (0, 1, 2, 4)
"""The stages that give the visual levels T1..T4, at strides 2, 4, 8 and 16."""


class DepthwiseConv(nn.Conv2d):
    """Filters each channel by itself. Its backward pass on a CPU is in float32, ten times quicker than in bfloat16."""

    def __init__(self, channels: int, kernel: int, stride: int = 1, padding: int = 0) -> None:
        super().__init__(channels, channels, kernel, stride, padding=padding, groups=channels)

    def forward(self, x: Tensor) -> Tensor:
        """BxCxHxW -> BxCxH/stride x W/stride."""
        if x.device.type != "cpu" or not x.requires_grad:
            return super().forward(x)
        with torch.autocast("cpu", enabled=False):
            return super().forward(x.float()).to(x.dtype)


class MobileBlock(nn.Module):
    """Expand, filter each channel, project (MobileNetV2, figure 3b); batch norms are folded into the biases."""

    def __init__(self, inputs: int, outputs: int, kernel: int, expansion: int, stride: int) -> None:
        super().__init__()
        width = inputs * expansion
        self.expand = nn.Conv2d(inputs, width, 1) if expansion > 1 else None
        even = kernel // 2 if stride == 1 else 0  # only a stride makes it uneven
        self.depthwise = DepthwiseConv(width, kernel, stride, even)
        self.project = nn.Conv2d(width, outputs, 1)
        self.padding = same_padding(kernel, stride) if stride > 1 else None
        self.skip = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """BxCxHxW -> BxC'xH/stride x W/stride."""
        y = x if self.expand is None else F.relu6(self.expand(x), inplace=True)
        y = F.relu6(self.depthwise(y if self.padding is None else F.pad(y, self.padding)), inplace=True)
        projected: Tensor = self.project(y)
        return x + projected if self.skip else projected


def same_padding(kernel: int, stride: int) -> tuple[int, int, int, int]:
    """TensorFlow's 'same' on sides that the stride divides: the ImageNet weights expect it."""
    whole = kernel - stride
    return (whole // 2, whole - whole // 2) * 2


class PyramidMix(nn.Module):
    """Mixes a pyramid level over space, then over channels, beside a residual path (MobileNet's separable filter)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.depthwise = DepthwiseConv(width, 5, padding=2)
        self.pointwise = nn.Conv2d(width, width, 1)
        self.norm = nn.GroupNorm(8, width)

    def forward(self, x: Tensor) -> Tensor:
        """BxCxhxw -> the same shape."""
        return x + F.gelu(self.norm(self.pointwise(self.depthwise(x))))


class EfficientNetEncoder(ImageEncoder):
    """EfficientNet-Lite0 to stride 32; a feature pyramid (Lin et al., CVPR 2017) brings it back to stride 8.

    Visual tokens stand at stride 16: the last stage of that stride beside the pyramid's. The pyramid's finest level
    becomes the places that are compared with the meaning of words.
    """

    def __init__(self, config: ClipMatConfig) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 32, 3, 2)
        stages, channels = [], 32
        for kernel, expansion, outputs, repeats, stride in _STAGES:
            blocks = []
            for repeat in range(repeats):
                blocks.append(MobileBlock(channels, outputs, kernel, expansion, stride if repeat == 0 else 1))
                channels = outputs
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.ModuleList(stages)
        width = config.pyramid_width
        self.lateral = nn.ModuleList(nn.Conv2d(_STAGES[i][2], width, 1) for i in (2, 4, 6))
        self.mix = nn.ModuleList(PyramidMix(width) for _ in range(3))
        self.context = nn.Linear(width, width)
        self.place = nn.Sequential(PyramidMix(width), nn.Conv2d(width, config.meaning_width, 1))

    def forward(self, pixels: Tensor) -> ImageFeatures:
        """Bx3xHxW, sides multiples of 32 -> ImageFeatures; the class token is the mean of the others."""
        x = F.relu6(self.stem(F.pad(pixels, same_padding(3, 2))))
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        fine, middle = self._pyramid(maps[2], maps[4], maps[6])
        tokens = torch.cat([maps[4], middle], dim=1).flatten(2).transpose(1, 2)
        tokens = torch.cat([tokens.mean(dim=1, keepdim=True), tokens], dim=1)
        t1, t2, t3, t4 = (maps[i] for i in LEVELS)
        return ImageFeatures(tokens, (t4.shape[2], t4.shape[3]), (t1, t2, t3, t4), self.place(fine))

    def _pyramid(self, *maps: Tensor) -> tuple[Tensor, Tensor]:
        """Maps at strides 8, 16 and 32 -> the pyramid's levels at strides 8 and 16."""
        levels: list[Tensor] = []
        for i in (2, 1, 0):
            side = self.lateral[i](maps[i])
            if levels:
                y = side + F.interpolate(levels[-1], size=side.shape[2:], mode="bilinear", align_corners=False)
            else:
                y = side + self.context(side.mean(dim=(2, 3)))[:, :, None, None]
            levels.append(self.mix[i](y))
        return levels[2], levels[1]


_HEADS = 12
_PAD, _UNKNOWN, _FIRST, _LAST = "[PAD]", "[UNK]", "[CLS]", "[SEP]"


@lru_cache(maxsize=1)
def pieces() -> tuple[str, ...]:
    """The word pieces, a row of the table each; the first four are padding, unknown, first and last."""
    text = files("resources").joinpath("words/pieces.txt").read_text(encoding="utf-8")
    return tuple(text.splitlines())


@lru_cache(maxsize=1)
def _tokenizer() -> Tokenizer:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    table = {piece: row for row, piece in enumerate(pieces())}
    tokenizer = Tokenizer(models.WordPiece(table, unk_token=_UNKNOWN, max_input_chars_per_word=60))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


class SentenceBlock(nn.Module):
    """Self-attention and MLP, each followed by its layer norm (BERT, Devlin et al., NAACL 2019)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.attention_in = nn.Linear(width, 3 * width)
        self.attention_out = nn.Linear(width, width)
        self.attention_norm = nn.LayerNorm(width, eps=1e-12)
        self.widen = nn.Linear(width, 4 * width)
        self.narrow = nn.Linear(4 * width, width)
        self.norm = nn.LayerNorm(width, eps=1e-12)

    def forward(self, x: Tensor, valid: Tensor) -> Tensor:
        """BxLxD and BxL bool, False where padded -> BxLxD."""
        heads = self.attention_in(x).unflatten(2, (3, _HEADS, -1)).permute(2, 0, 3, 1, 4)
        attended = attention(heads[0], heads[1], heads[2], valid[:, None, None, :])
        x = self.attention_norm(x + self.attention_out(attended.transpose(1, 2).flatten(2)))
        return self.norm(x + self.narrow(F.gelu(self.widen(x))))  # type: ignore[no-any-return]


class SentenceTower(TextTower):
    """Word pieces, then bidirectional transformer layers; words beyond the table fall apart into pieces."""

    def __init__(self, config: ClipMatConfig) -> None:
        super().__init__()
        width = config.text_width
        self.words = nn.Embedding(len(pieces()), width, padding_idx=0)
        self.positions = nn.Embedding(config.expression_length + config.context_vectors, width)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.layers = nn.ModuleList(SentenceBlock(width) for _ in range(config.text_layers))

    def tokenize(self, texts: list[str], length: int) -> tuple[TextTokens, list[str]]:
        """Word pieces between the two marks, BxL ids; padded to the longest text of the batch."""
        tokenizer = _tokenizer()
        rows: list[list[int]] = []
        dropped: list[str] = []
        first, last = pieces().index(_FIRST), pieces().index(_LAST)
        for text, encoded in zip(texts, tokenizer.encode_batch(texts, add_special_tokens=False), strict=True):
            rows.append([first, *encoded.ids[: length - 2], last])
            rest = encoded.offsets[length - 2 :]
            dropped.append(text[rest[0][0] :].strip() if rest else "")
        ids = torch.zeros(len(texts), max(len(row) for row in rows), dtype=torch.long)
        valid = torch.zeros(ids.shape, dtype=torch.bool)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = torch.tensor(row)
            valid[i, : len(row)] = True
        return TextTokens(ids, valid), dropped

    def embed(self, ids: Tensor) -> Tensor:
        """BxL ids -> BxLxDt."""
        return self.words(ids)  # type: ignore[no-any-return]

    def encode(self, embeddings: Tensor, valid: Tensor, positions: Tensor) -> Tensor:
        """BxLxDt -> BxLxDt; padded tokens are never attended to."""
        x = self.norm(embeddings + self.positions(positions))
        for layer in self.layers:
            x = layer(x, valid)
        return x  # type: ignore[no-any-return]
