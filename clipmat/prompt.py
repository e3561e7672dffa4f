"""CP, context-embedded prompt (section 4.2): templates before and learnable vectors after the words."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from clipmat.config import ClipMatConfig
from clipmat.encoders import TextTower
from clipmat.errors import BadExpression

TEMPLATES = (
    "the foreground of the {}",
    "the mask of the {}",
    "to extract the {}",
    "the matte of the {}",
    "a photo of the {}",
    "{}",
)
"""Pre-embedding contexts. Training draws one a sample; inference takes the first."""

_ARTICLES = {"a", "an", "the"}


def keyword_of(expression: str) -> str | None:
    """The keyword inside an expression of one or two words besides its article, else None."""
    words = expression.split()
    if words and words[0].lower() in _ARTICLES:
        words = words[1:]
    return " ".join(words) if 1 <= len(words) <= 2 else None


def clean(expression: str) -> str:
    """The expression in single spaces. Raises BadExpression when it holds no letter or digit."""
    cleaned = " ".join(expression.split())
    if not any(c.isalnum() for c in cleaned):
        raise BadExpression("the expression is empty: type what to cut out, for example 'the dog on the left'")
    return cleaned


class ContextEmbeddedPrompt(nn.Module):
    """Expression -> text tokens, with pre- and post-embedding context."""

    def __init__(self, config: ClipMatConfig) -> None:
        super().__init__()
        self.pre_context = config.pre_context
        self.lengths = (config.keyword_length, config.expression_length)
        count = config.context_vectors if config.post_context else 0
        self.vectors = nn.Parameter(torch.randn(count, config.text_width) * 0.02)

    def compose(self, expression: str, template: int = 0) -> tuple[str, int]:
        """The text that the tower reads and its length limit: 14 in the keyword setting, else 69."""
        expression = clean(expression)
        keyword = keyword_of(expression)
        if keyword is None:
            return expression, self.lengths[1]
        text = TEMPLATES[template % len(TEMPLATES)].format(keyword) if self.pre_context else keyword
        return text, self.lengths[0]

    def forward(self, tower: TextTower, ids: Tensor, valid: Tensor) -> tuple[Tensor, Tensor]:
        """Token ids BxL and validity -> all text tokens Bx(L+N)xDt and their validity."""
        words = tower.embed(ids)
        batch = words.shape[0]
        vectors = self.vectors.to(words.dtype).expand(batch, -1, -1)
        valid = torch.cat([valid, valid.new_ones(batch, vectors.shape[1])], dim=1)
        # The vectors keep the last places of the context, so that an answer never depends on a batch's padding.
        places = torch.cat([
            torch.arange(words.shape[1], device=words.device),
            self.lengths[1] + torch.arange(vectors.shape[1], device=words.device),
        ])  # fmt: skip
        return tower.encode(torch.cat([words, vectors], dim=1), valid, places), valid
