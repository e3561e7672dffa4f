"""The compact text tower since the fourth weights: a small BERT that was trained on sentences (MiniLM).

Wang et al., MiniLM, NeurIPS 2020; Reimers and Gurevych, Sentence-BERT, EMNLP 2019. Its table holds the word pieces
of English descriptions only (`resources/words/pieces.txt`).
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from clipmat.config import ClipMatConfig
from clipmat.encoders import TextTokens, TextTower

if TYPE_CHECKING:
    from tokenizers import Tokenizer

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
        attended = F.scaled_dot_product_attention(heads[0], heads[1], heads[2], attn_mask=valid[:, None, None, :])
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
