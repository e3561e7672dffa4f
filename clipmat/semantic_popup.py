"""TSP, text-driven semantic pop-up (section 4.3): the text pulls the referred object out of the visual tokens."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from clipmat.attention import attention
from clipmat.config import ClipMatConfig
from clipmat.dense_match import DenseMatch
from clipmat.encoders import ImageFeatures


class PopupOutput(NamedTuple):
    """The result of TSP."""

    semantic_map: Tensor
    """BxDxhxw: the popped-up visual tokens on their grid, for the semantic decoder."""
    class_token: Tensor
    """BxD: of the whole image, for the presence score."""
    token_embeddings: Tensor
    """BxNxD, N = h * w: the visual side of the match between tokens and text; contrastive losses use it."""
    text_embedding: Tensor
    """BxD: the text's side of that match."""
    match_logits: Tensor | None = None
    """Bx1x(H/8)x(W/8) of the dense match: above 0 a place shows what the words mean; None without it."""


def token_positions(grid: tuple[int, int], like: Tensor) -> Tensor:
    """(x, y) centres of a grid's cells in [-1, 1], row by row, preceded by (0, 0) for the class token: (N+1)x2.

    `grid` is rows and columns; dtype and device are those of `like`.
    """
    rows, columns = grid
    y = (torch.arange(rows, device=like.device, dtype=torch.float32) + 0.5) / rows * 2 - 1
    x = (torch.arange(columns, device=like.device, dtype=torch.float32) + 0.5) / columns * 2 - 1
    cells = torch.stack([x.repeat(rows), y.repeat_interleave(columns)], dim=1)
    return torch.cat([cells.new_zeros(1, 2), cells]).to(like.dtype)


def attend(layer: nn.MultiheadAttention, queries: Tensor, keys: Tensor, padding: Tensor | None = None) -> Tensor:
    """What `layer` gives for queries BxNxD and keys BxLxD that are their own values: BxNxD.

    `padding` is BxL bool, True where a key is not to be seen. The layer's own forward would import sympy, which takes
    as long as a good part of torch.
    """
    weight, bias, width = layer.in_proj_weight, layer.in_proj_bias, layer.embed_dim
    if queries is keys:
        q, k, v = F.linear(queries, weight, bias).chunk(3, dim=2)
    else:
        q = F.linear(queries, weight[:width], bias[:width])
        k, v = F.linear(keys, weight[width:], bias[width:]).chunk(2, dim=2)
    q, k, v = (x.reshape(*x.shape[:2], layer.num_heads, -1).transpose(1, 2) for x in (q, k, v))
    mask = None if padding is None else ~padding[:, None, None, :]
    found = attention(q, k, v, mask)
    return layer.out_proj(found.transpose(1, 2).flatten(2))  # type: ignore[no-any-return]


class PopupBlock(nn.Module):
    """Cross-attention to the text, self-attention among the visual tokens, then LN and MLP (figure 3)."""

    def __init__(self, width: int, heads: int, residual: bool) -> None:
        super().__init__()
        self.residual = residual
        self.norm_visual = nn.LayerNorm(width)
        self.cross = nn.MultiheadAttention(width, heads, batch_first=True)
        self.norm_self = nn.LayerNorm(width)
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)
        self.norm_mlp = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, width * 2), nn.GELU(), nn.Linear(width * 2, width))

    def forward(self, visual: Tensor, text: Tensor, padding: Tensor) -> Tensor:
        """BxNxD visual, BxLxD text, BxL bool (True where padded) -> BxNxD."""
        queries = self.norm_visual(visual)
        x = attend(self.cross, queries, text, padding)
        if self.residual:
            x = visual + x
        normed = self.norm_self(x)
        x = x + attend(self.attention, normed, normed)
        return x + self.mlp(self.norm_mlp(x))  # type: ignore[no-any-return]


class BilinearMatch(nn.Module):
    """Visual tokens times the text embedding, channel by channel (low-rank bilinear pooling, Kim et al., ICLR 2017).

    The most direct path from a noun to the tokens that show it.
    """

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.attend = nn.Linear(width, 1)
        self.text = nn.Linear(width, width)
        self.visual = nn.Linear(inputs, width)
        self.out = nn.Linear(width, width)

    def forward(self, visual: Tensor, words: Tensor, valid: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Tokens Bx(N+1)xC, class token first, words BxLxD, validity BxL bool.

        Returns what is added to the tokens Bx(N+1)xD, the token embeddings BxNxD and the text embedding BxD.
        """
        text = self.embed_text(words, valid)
        tokens = self.visual(visual)
        return self.out(tokens * text.unsqueeze(1)), tokens[:, 1:], text

    def embed_text(self, words: Tensor, valid: Tensor) -> Tensor:
        """BxLxD words, their validity BxL bool -> BxD: a weighted mean, whose weights are learned, projected."""
        weights = self.attend(words).squeeze(2).masked_fill(~valid, float("-inf")).softmax(dim=1)
        return self.text((words * weights.unsqueeze(2)).sum(dim=1))  # type: ignore[no-any-return]


class SemanticPopup(nn.Module):
    """Visual tokens and all text tokens -> the popped-up semantic map, and its class token."""

    def __init__(self, config: ClipMatConfig) -> None:
        super().__init__()
        width = config.popup_width
        self.visual_in = nn.Sequential(nn.LayerNorm(config.visual_width), nn.Linear(config.visual_width, width))
        self.text_in = nn.Sequential(nn.LayerNorm(config.text_width), nn.Linear(config.text_width, width))
        self.uses_attention = config.popup
        layers = config.popup_layers if config.popup else 0
        self.blocks = nn.ModuleList(PopupBlock(width, config.popup_heads, config.popup_residual) for _ in range(layers))
        positions = config.popup and config.popup_positions
        self.place = nn.Linear(2, width) if positions else None
        # 'left' and 'top' become ramps over the image: the text chooses their direction and the channels.
        self.ramp = nn.Linear(width, 2 * width) if positions else None
        shallow = sum(config.level_channels[:2])
        self.appearance = (
            nn.Sequential(nn.LayerNorm(shallow), nn.Linear(shallow, width)) if config.popup_appearance else None
        )
        inputs = config.visual_width + (shallow if config.popup_appearance else 0)
        self.match = BilinearMatch(inputs, width) if config.popup and config.popup_match else None
        self.dense_match = DenseMatch(config) if config.meaning_width else None
        self.norm = nn.LayerNorm(width)

    def forward(self, image: ImageFeatures, text: Tensor, valid: Tensor, pointed: Tensor | None = None) -> PopupOutput:
        """An image's features, text tokens BxLxDt and their validity BxL bool -> PopupOutput.

        `pointed` Bx(N+1)xD is what points and a box add to the visual tokens.
        """
        words = self.text_in(text)
        inputs = self.visual_in[0](image.tokens)
        visual = self.visual_in[1](inputs)
        if self.appearance is not None:
            levels = torch.cat([F.adaptive_avg_pool2d(level, image.grid) for level in image.levels[:2]], dim=1)
            # The class token has no place of its own, so it has no shallow features.
            shallow = F.pad(self.appearance[0](levels.flatten(2).transpose(1, 2)), (0, 0, 1, 0))
            visual = visual + self.appearance[1](shallow)
            inputs = torch.cat([inputs, shallow], dim=2)
        weights = valid.unsqueeze(2).to(words.dtype)
        mean_word = (words * weights).sum(dim=1) / weights.sum(dim=1)
        token_embeddings, text_embedding = visual[:, 1:], mean_word
        if self.match is not None:
            matched, token_embeddings, text_embedding = self.match(inputs, words, valid)
            visual = visual + matched
        match_logits = None
        if self.dense_match is not None:
            assert image.places is not None
            text_embedding = self.dense_match.embed_text(text, valid)
            match_logits = self.dense_match.logits(image.places, text_embedding.unsqueeze(1))
            token_embeddings = image.places.flatten(2).transpose(1, 2)
            visual = visual + self.dense_match.tokens(image.places, text_embedding, image.grid)
        if pointed is not None:
            visual = visual + pointed
        if self.place is not None and self.ramp is not None:
            positions = token_positions(image.grid, visual)
            ramps = self.ramp(mean_word).unflatten(1, (2, -1))
            visual = visual + self.place(positions) + torch.einsum("np,bpd->bnd", positions, ramps)
        if not self.uses_attention:
            visual = visual + mean_word[:, None]
        for block in self.blocks:
            visual = block(visual, words, ~valid)
        visual = self.norm(visual)
        semantic_map = visual[:, 1:].transpose(1, 2).unflatten(2, image.grid)
        return PopupOutput(semantic_map, visual[:, 0], token_embeddings, text_embedding, match_logits)

    def meaning(self, text: Tensor, valid: Tensor) -> Tensor | None:
        """Text tokens BxLxDt and their validity BxL bool -> the text's side of the match, BxD; None without a match."""
        if self.dense_match is not None:
            return self.dense_match.embed_text(text, valid)
        return None if self.match is None else self.match.embed_text(self.text_in(text), valid)
