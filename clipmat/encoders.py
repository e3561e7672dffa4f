"""The encoder pair of a variant: image -> final tokens and four levels; expression -> text tokens.

The two interfaces, and CLIP's towers from open_clip behind them (Radford et al., ICML 2021). The compact pair is in
`compact_encoders`, that of the first three weights in `legacy_encoders`; `model.build_encoders` picks one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn


class ImageFeatures(NamedTuple):
    """The features of an image, computed once per image."""

    tokens: Tensor
    """BxNxDv final visual tokens; the first is the class token, the others the grid row by row."""
    grid: tuple[int, int]
    """Rows and columns of the token grid."""
    levels: tuple[Tensor, Tensor, Tensor, Tensor]
    """Visual levels T1..T4, each BxCxhxw (section 4.4)."""
    places: Tensor | None = None
    """BxMx(H/8)x(W/8): what the meaning of words is compared with; None without a dense match."""


class TextTokens(NamedTuple):
    """Tokenised expressions."""

    ids: Tensor
    """BxL int64 for CLIP, BxLxG for the compact tower (G hashed n-grams per word, padded with 0)."""
    valid: Tensor
    """BxL bool, False where padded."""

    def to(self, device: str | torch.device) -> TextTokens:
        """The same tokens on a device."""
        return TextTokens(self.ids.to(device), self.valid.to(device))


class ImageEncoder(nn.Module, ABC):
    """An image encoder: Bx3xHxW normalised float -> ImageFeatures."""

    @abstractmethod
    def forward(self, pixels: Tensor) -> ImageFeatures:
        """Encode images whose sides are multiples of the variant's `multiple`."""


class TextTower(nn.Module, ABC):
    """A text tower in three steps, so that CP can put its vectors between the second and the third."""

    @abstractmethod
    def tokenize(self, texts: list[str], length: int) -> tuple[TextTokens, list[str]]:
        """Token ids on the CPU, at most `length` per text, and for each text the words that did not fit."""

    @abstractmethod
    def embed(self, ids: Tensor) -> Tensor:
        """Token ids -> their embeddings BxLxDt, without positions."""

    @abstractmethod
    def encode(self, embeddings: Tensor, valid: Tensor, positions: Tensor) -> Tensor:
        """Embeddings BxLxDt, words and context vectors alike -> all text tokens BxLxDt.

        `valid` (BxL bool) marks what may be attended to, `positions` (L int64) the position of each token.
        """


class ClipImageEncoder(ImageEncoder):
    """CLIP's vision transformer; its blocks are divided into four equal levels (section 4.1)."""

    def __init__(self, visual: nn.Module) -> None:
        super().__init__()
        self.visual = visual
        blocks = len(visual.transformer.resblocks)  # type: ignore[union-attr,arg-type]
        self.level_ends = [blocks * (level + 1) // 4 - 1 for level in range(4)]

    def forward(self, pixels: Tensor) -> ImageFeatures:
        """Bx3xHxW, both sides the variant's size -> tokens after the last norm, maps after each quarter of blocks."""
        out = self.visual.forward_intermediates(  # type: ignore[operator]
            pixels, indices=self.level_ends, intermediates_only=True, output_extra_tokens=True
        )
        levels = cast("tuple[Tensor, Tensor, Tensor, Tensor]", tuple(out["image_intermediates"]))
        last = levels[-1]
        tokens = torch.cat([out["image_intermediates_prefix"][-1], last.flatten(2).transpose(1, 2)], dim=1)
        return ImageFeatures(self.visual.ln_post(tokens), (last.shape[2], last.shape[3]), levels)  # type: ignore[operator]


class ClipTextTower(TextTower):
    """CLIP's causal text transformer in single steps: open_clip's own encode_text leaves no room for CP's vectors."""

    attn_mask: Tensor

    def __init__(self, clip: nn.Module, tokenizer: object) -> None:
        super().__init__()
        self.token_embedding = clip.token_embedding
        self.positional_embedding = clip.positional_embedding
        self.transformer = clip.transformer
        self.ln_final = clip.ln_final
        self.register_buffer("attn_mask", cast(Tensor, clip.attn_mask), persistent=False)
        self.tokenizer = tokenizer
        self.heads: int = clip.transformer.resblocks[0].attn.num_heads  # type: ignore

    def tokenize(self, texts: list[str], length: int) -> tuple[TextTokens, list[str]]:
        """Byte-pair tokens with start and end tokens; open_clip alone would truncate without a word."""
        tokenizer = self.tokenizer
        ids = torch.zeros(len(texts), length, dtype=torch.long)
        valid = torch.zeros(len(texts), length, dtype=torch.bool)
        dropped = []
        for row, text in enumerate(texts):
            pieces: list[int] = tokenizer.encode(text)  # type: ignore[attr-defined]
            kept, rest = pieces[: length - 2], pieces[length - 2 :]
            marked = [tokenizer.sot_token_id, *kept, tokenizer.eot_token_id]  # type: ignore[attr-defined]
            ids[row, : len(marked)] = torch.tensor(marked)
            valid[row, : len(marked)] = True
            dropped.append(tokenizer.decode(rest).strip())  # type: ignore[attr-defined]
        return TextTokens(ids, valid), dropped

    def embed(self, ids: Tensor) -> Tensor:
        """BxL ids -> BxLxDt."""
        return cast(Tensor, self.token_embedding(ids))  # type: ignore[operator]

    def encode(self, embeddings: Tensor, valid: Tensor, positions: Tensor) -> Tensor:
        """Causal as CLIP was trained; padding is masked as well, so CP's vectors never read it."""
        batch, length, _ = embeddings.shape
        table = cast(Tensor, self.positional_embedding)
        x = embeddings + table[positions].to(embeddings.dtype)
        mask = self.attn_mask[:length, :length].to(x.dtype).expand(batch, length, length)
        # The diagonal stays open: a row without any key would be NaN.
        blocked = ~valid[:, None, :] & ~torch.eye(length, dtype=torch.bool, device=valid.device)
        mask = mask.masked_fill(blocked, float("-inf")).repeat_interleave(self.heads, dim=0)
        x = self.transformer(x, attn_mask=mask)  # type: ignore[operator]
        return cast(Tensor, self.ln_final(x))  # type: ignore[operator]
