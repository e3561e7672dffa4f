"""The presence score: does the expression name anything in the image? Ours; the paper always answers with a matte."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from clipmat.config import ClipMatConfig
from clipmat.popup import Popped


class PresenceHead(nn.Module):
    """Looks at the whole image, at what was found, and at how well that matches the words."""

    def __init__(self, config: ClipMatConfig) -> None:
        super().__init__()
        width = config.popup_width
        self.evidence = nn.Linear(2 * width + 3, width)
        self.score = nn.Linear(width, 1)

    def forward(self, popped: Popped, foreground: Tensor, grid: tuple[int, int]) -> Tensor:
        """What TSP gives and Bx1xhxw probability of the foreground -> B logits, above 0 where something is named.

        The presence loss does not move the foreground: it is taken as it was found.
        """
        cover = F.adaptive_avg_pool2d(foreground.detach().float(), grid).flatten(1)
        share = cover / (cover.sum(dim=1, keepdim=True) + 1e-3)
        found = torch.einsum("bn,bdn->bd", share, popped.map.flatten(2).float())
        match = (
            torch.einsum("bnd,bd->bn", popped.places.float(), popped.meaning.float()) / popped.places.shape[2] ** 0.5
        )
        scores = torch.stack([(match * share).sum(dim=1), match.amax(dim=1), cover.amax(dim=1)], dim=1)
        evidence = self.evidence(torch.cat([popped.class_token.float(), found, scores], dim=1))
        return self.score(F.gelu(evidence)).squeeze(1).float()  # type: ignore[no-any-return]
