"""The encoder pair of a variant: image -> final tokens and four levels; expression -> text tokens.

CLIP's towers come through open_clip; the compact pair stands in `compact_encoders`.
"""

from __future__ import annotations

from typing import NamedTuple, cast

import torch
from torch import Tensor, nn


class ImageFeatures(NamedTuple):
    """What the network needs of an image; computed once per image."""

    tokens: Tensor
    """BxNxDv final visual tokens; the first is the class token, the others the grid row by row."""
    grid: tuple[int, int]
    """Rows and columns of the token grid."""
    levels: tuple[Tensor, Tensor, Tensor, Tensor]
    """Visual levels T1..T4, each BxCxhxw (section 4.4)."""


class TextTokens(NamedTuple):
    """Tokenised expressions."""

    ids: Tensor
    """BxL int64 for CLIP, BxLxG for the compact tower (G hashed pieces a word, 0 pads)."""
    valid: Tensor
    """BxL bool, False where padded."""

    def to(self, device: str | torch.device) -> TextTokens:
        """The same tokens on a device."""
        return TextTokens(self.ids.to(device), self.valid.to(device))


class ImageEncoder(nn.Module):
    """An image encoder: Bx3xHxW normalised float -> ImageFeatures."""

    def forward(self, pixels: Tensor) -> ImageFeatures:
        """Encode images whose sides are multiples of the variant's stride."""
        raise TypeError(f"{type(self).__name__} is an interface: build one with build_image_encoder")


class TextTower(nn.Module):
    """A text tower in three steps, so that CP can put its vectors between the second and the third."""

    def tokenize(self, texts: list[str], length: int) -> tuple[TextTokens, list[str]]:
        """Token ids (at most `length` a text) and, for each text, the words that did not fit."""
        raise TypeError(f"{type(self).__name__} is an interface: build one with build_text_tower")

    def embed(self, ids: Tensor) -> Tensor:
        """Word embeddings BxLxDt, without positions."""
        raise TypeError(f"{type(self).__name__} is an interface: build one with build_text_tower")

    def encode(self, embeddings: Tensor, valid: Tensor, places: Tensor) -> Tensor:
        """All text tokens BxLxDt of prompt embeddings.

        `valid` (BxL bool) marks what may be attended to, `places` (L int64) the position of each token.
        """
        raise TypeError(f"{type(self).__name__} is an interface: build one with build_text_tower")


class ClipImageEncoder(ImageEncoder):
    """CLIP's vision transformer; its blocks fall into four equal levels (section 4.1)."""

    def __init__(self, visual: nn.Module) -> None:
        super().__init__()
        self.visual = visual
        blocks = len(visual.transformer.resblocks)  # type: ignore[union-attr,arg-type]
        self.level_ends = [blocks * (level + 1) // 4 - 1 for level in range(4)]

    def forward(self, pixels: Tensor) -> ImageFeatures:
        """Bx3xHxW -> tokens after the last norm, and the maps after each quarter of the blocks."""
        out = self.visual.forward_intermediates(  # type: ignore[operator]
            pixels, indices=self.level_ends, intermediates_only=True, output_extra_tokens=True
        )
        levels = cast("tuple[Tensor, Tensor, Tensor, Tensor]", tuple(out["image_intermediates"]))
        last = levels[-1]
        tokens = torch.cat([out["image_intermediates_prefix"][-1], last.flatten(2).transpose(1, 2)], dim=1)
        return ImageFeatures(self.visual.ln_post(tokens), (last.shape[2], last.shape[3]), levels)  # type: ignore[operator]


class ClipTextTower(TextTower):
    """CLIP's causal text transformer, walked step by step: open_clip's encode_text has no room for CP."""

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
        """Byte-pair tokens with start and end marks; open_clip would truncate silently."""
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

    def encode(self, embeddings: Tensor, valid: Tensor, places: Tensor) -> Tensor:
        """Causal as CLIP was trained; padding is masked as well, so CP's vectors never read it."""
        batch, length, _ = embeddings.shape
        positions = cast(Tensor, self.positional_embedding)
        x = embeddings + positions[places].to(embeddings.dtype)
        mask = self.attn_mask[:length, :length].to(x.dtype).expand(batch, length, length)
        # The diagonal stays open: a row without any key would be NaN.
        blocked = ~valid[:, None, :] & ~torch.eye(length, dtype=torch.bool, device=valid.device)
        mask = mask.masked_fill(blocked, float("-inf")).repeat_interleave(self.heads, dim=0)
        x = self.transformer(x, attn_mask=mask)  # type: ignore[operator]
        return cast(Tensor, self.ln_final(x))  # type: ignore[operator]
