"""The dense match: the meaning of words against every place of an image at stride 8 (dense visual grounding).

As in CRIS (CVPR 2022, section 3.4), but by cosine with a learned scale and bias, and for many words of an image at
once: training asks for all nouns that are known to be there, and for some that are not.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from clipmat.config import ClipMatConfig


class DenseMatch(nn.Module):
    """Text tokens -> one meaning; meanings and places -> a logit at every place; the match as an input of TSP."""

    def __init__(self, config: ClipMatConfig) -> None:
        super().__init__()
        self.attend = nn.Linear(config.text_width, 1)
        self.meaning = nn.Linear(config.text_width, config.meaning_width)
        self.scale = nn.Parameter(torch.tensor(12.0))
        self.bias = nn.Parameter(torch.tensor(-3.0))
        self.out = nn.Linear(config.meaning_width, config.popup_width)

    def embed_text(self, text: Tensor, valid: Tensor) -> Tensor:
        """BxLxDt text tokens, their validity BxL bool -> BxM: a weighted mean, whose weights are learned, projected."""
        weights = self.attend(text).squeeze(2).masked_fill(~valid, float("-inf")).softmax(dim=1)
        return self.meaning((text * weights.unsqueeze(2)).sum(dim=1))  # type: ignore[no-any-return]

    def logits(self, places: Tensor, meanings: Tensor) -> Tensor:
        """BxMxhxw places and BxKxM meanings -> BxKxhxw: above 0 a place shows what the words mean."""
        cosine = torch.einsum("bdhw,bkd->bkhw", F.normalize(places, dim=1), F.normalize(meanings, dim=-1))
        return self.scale * cosine + self.bias

    def tokens(self, places: Tensor, meaning: Tensor, grid: tuple[int, int]) -> Tensor:
        """BxMxhxw places and BxM meanings -> Bx(N+1)xD, what TSP adds to its tokens: the channels of the cosine."""
        pooled = F.adaptive_avg_pool2d(F.normalize(places, dim=1), grid).flatten(2).transpose(1, 2)
        matched = pooled * F.normalize(meaning, dim=1).unsqueeze(1) * self.scale
        return self.out(torch.cat([matched.mean(dim=1, keepdim=True), matched], dim=1))  # type: ignore[no-any-return]


def match_planes(logits: Tensor) -> Tensor:
    """Bx1xhxw logits -> Bx2xhxw for the semantic decoder: the probability, and how far a place stands out.

    Words without pictures reach low probabilities everywhere, yet highest where they belong.
    """
    values = logits.float()
    spread, mean = torch.std_mean(values, dim=(2, 3), keepdim=True)
    return torch.cat([values.sigmoid(), (values - mean) / (spread + 0.5)], dim=1)
