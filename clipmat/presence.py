"""Does the expression name anything in the image? Ours: the paper always answers with a matte.

The network scores it with the head that the configuration asks for; `certainty` turns the score into an answer.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from clipmat.config import ClipMatConfig
from clipmat.semantic_popup import PopupOutput


class PresenceHead(nn.Module):
    """Scores the whole image, the region that the matte covers, and how well that region matches the words."""

    def __init__(self, config: ClipMatConfig) -> None:
        super().__init__()
        width = config.popup_width
        self.evidence = nn.Linear(2 * width + 3, width)
        self.score = nn.Linear(width, 1)

    def forward(self, popup: PopupOutput, foreground: Tensor) -> Tensor:
        """TSP's output and the Bx1xHxW probability of foreground -> B float32 logits.

        The foreground is detached: the presence loss must not move the matte.
        """
        grid = (popup.semantic_map.shape[2], popup.semantic_map.shape[3])
        cover = F.adaptive_avg_pool2d(foreground.detach().float(), grid).flatten(1)
        share = cover / (cover.sum(dim=1, keepdim=True) + 1e-3)
        region = torch.einsum("bn,bdn->bd", share, popup.semantic_map.flatten(2).float())
        if popup.match_logits is None:
            match = torch.einsum("bnd,bd->bn", popup.token_embeddings.float(), popup.text_embedding.float())
            match = match / popup.token_embeddings.shape[2] ** 0.5
            best = match.amax(dim=1)
        else:
            fine = popup.match_logits.float()
            match = F.adaptive_avg_pool2d(fine, grid).flatten(1) / 4
            # The highest hundredth told absent nouns apart better than any head of its own in the study.
            best = fine.flatten(1).topk(max(1, fine[0].numel() // 100), dim=1).values.mean(dim=1) / 4
        scores = torch.stack([(match * share).sum(dim=1), best, cover.amax(dim=1)], dim=1)
        evidence = self.evidence(torch.cat([popup.class_token.float(), region, scores], dim=1))
        return self.score(F.gelu(evidence)).squeeze(1).float()  # type: ignore[no-any-return]


class ClassTokenPresenceHead(nn.Linear):
    """Scores the class token alone (`presence_evidence` off)."""

    def __init__(self, config: ClipMatConfig) -> None:
        super().__init__(config.popup_width, 1)

    def forward(self, popup: PopupOutput, foreground: Tensor) -> Tensor:  # type: ignore[override]
        """TSP's output -> B float32 logits; the foreground does not count."""
        return super().forward(popup.class_token).squeeze(1).float()


def build_presence_head(config: ClipMatConfig) -> PresenceHead | ClassTokenPresenceHead | None:
    """The untrained head of a configuration; None where it has none and everything is taken to be present."""
    if not config.presence_head:
        return None
    return PresenceHead(config) if config.presence_evidence else ClassTokenPresenceHead(config)
