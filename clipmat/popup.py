"""TSP, text-driven semantic pop-up (section 4.3): the text pulls the referred object out of the visual tokens."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from clipmat.config import ClipMatConfig
from clipmat.encoders import ImageFeatures


def token_places(grid: tuple[int, int], like: Tensor) -> Tensor:
    """Nx2 places (x, y) of a grid's cells in [-1, 1], row by row, preceded by (0, 0) for the class token."""
    rows, columns = grid
    y = (torch.arange(rows, device=like.device, dtype=torch.float32) + 0.5) / rows * 2 - 1
    x = (torch.arange(columns, device=like.device, dtype=torch.float32) + 0.5) / columns * 2 - 1
    cells = torch.stack([x.repeat(rows), y.repeat_interleave(columns)], dim=1)
    return torch.cat([cells.new_zeros(1, 2), cells]).to(like.dtype)


class PopupBlock(nn.Module):
    """Cross-attention to the text, self-attention among the places, then LN and MLP (figure 3)."""

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
        found = self.cross(queries, text, text, key_padding_mask=padding, need_weights=False)[0]
        if self.residual:
            found = visual + found
        normed = self.norm_self(found)
        found = found + self.attention(normed, normed, normed, need_weights=False)[0]
        return found + self.mlp(self.norm_mlp(found))  # type: ignore[no-any-return]


class Match(nn.Module):
    """Visual tokens times the text's meaning, channel by channel: the shortest way from a noun to its places."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.attend = nn.Linear(width, 1)
        self.text = nn.Linear(width, width)
        self.visual = nn.Linear(inputs, width)
        self.out = nn.Linear(width, width)

    def forward(self, visual: Tensor, words: Tensor, valid: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """BxNxC tokens (the class token first), BxLxD words, BxL -> addend BxNxD, places Bx(N-1)xD, meaning BxD."""
        meaning = self.meaning(words, valid)
        places = self.visual(visual)
        return self.out(places * meaning.unsqueeze(1)), places[:, 1:], meaning

    def meaning(self, words: Tensor, valid: Tensor) -> Tensor:
        """BxLxD words, their validity BxL -> BxD, each word by the weight that it deserves."""
        weights = self.attend(words).squeeze(2).masked_fill(~valid, float("-inf")).softmax(dim=1)
        return self.text((words * weights.unsqueeze(2)).sum(dim=1))  # type: ignore[no-any-return]


class Popped(NamedTuple):
    """What TSP gives on."""

    map: Tensor
    """BxDxhxw: the popped-up semantic map."""
    class_token: Tensor
    """BxD: of the whole image, for the presence score."""
    places: Tensor
    """BxNxD: visual side of the match between places and text (training contrasts it)."""
    meaning: Tensor
    """BxD: text side of that match."""


class SemanticPopup(nn.Module):
    """Visual tokens and all text tokens -> the popped-up semantic map, and its class token."""

    def __init__(self, config: ClipMatConfig) -> None:
        super().__init__()
        width = config.popup_width
        self.visual_in = nn.Sequential(nn.LayerNorm(config.visual_width), nn.Linear(config.visual_width, width))
        self.text_in = nn.Sequential(nn.LayerNorm(config.text_width), nn.Linear(config.text_width, width))
        self.attends = config.popup
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
        seen = config.visual_width + (shallow if config.popup_appearance else 0)
        self.match = Match(seen, width) if config.popup and config.popup_match else None
        self.norm = nn.LayerNorm(width)

    def forward(self, image: ImageFeatures, text: Tensor, valid: Tensor) -> Popped:
        """An image's features, text tokens BxLxDt and their validity BxL -> Popped."""
        grid = image.grid
        words = self.text_in(text)
        seen = self.visual_in[0](image.tokens)
        visual = self.visual_in[1](seen)
        if self.appearance is not None:
            shallow = torch.cat([F.adaptive_avg_pool2d(level, grid) for level in image.levels[:2]], dim=1)
            # The class token has no place of its own, so it has no shallow features.
            normal = F.pad(self.appearance[0](shallow.flatten(2).transpose(1, 2)), (0, 0, 1, 0))
            visual = visual + self.appearance[1](normal)
            seen = torch.cat([seen, normal], dim=2)
        weights = valid.unsqueeze(2).to(words.dtype)
        meaning = (words * weights).sum(dim=1) / weights.sum(dim=1)
        places = visual[:, 1:]
        if self.match is not None:
            matched, places, meant = self.match(seen, words, valid)
            visual = visual + matched
        else:
            meant = meaning
        if self.place is not None and self.ramp is not None:
            where = token_places(grid, visual)
            steering = self.ramp(meaning).unflatten(1, (2, -1))
            visual = visual + self.place(where) + torch.einsum("np,bpd->bnd", where, steering)
        if not self.attends:
            visual = visual + meaning[:, None]
        for block in self.blocks:
            visual = block(visual, words, ~valid)
        visual = self.norm(visual)
        rows, columns = grid
        popped = visual[:, 1:].transpose(1, 2).unflatten(2, (rows, columns))
        return Popped(popped, visual[:, 0], places, meant)
