"""CP, context-embedded prompt (section 4.2): templates before and learnable vectors after the words."""

from __future__ import annotations

import re
from functools import lru_cache

import torch
from torch import Tensor, nn

from clipmat.config import ClipMatConfig
from clipmat.encoders import TextTower
from clipmat.errors import BadExpression
from clipmat.expression import clean_expression

TEMPLATES = (
    "the foreground of the {}",
    "the mask of the {}",
    "to extract the {}",
    "the matte of the {}",
    "a photo of the {}",
    "{}",
)
"""Pre-embedding contexts of a keyword. Training draws one per sample; inference takes the first."""

_ARTICLES = {"a", "an", "the"}
_IRREGULAR = {"men": "man", "women": "woman", "people": "person", "children": "child", "mice": "mouse", "feet": "foot",
              "geese": "goose", "teeth": "tooth"}  # fmt: skip
_PLURAL_ENDINGS = (("ies", "y"), ("ves", "f"), ("ves", "fe"), ("es", ""), ("s", ""))


def keyword_of(expression: str) -> str | None:
    """The keyword of an expression that has one or two words besides its article, else None."""
    words = expression.split()
    if words and words[0].lower() in _ARTICLES:
        words = words[1:]
    return " ".join(words) if 1 <= len(words) <= 2 else None


def checked_expression(expression: str) -> str:
    """The expression with single spaces. Raises BadExpression when it holds no letter or digit."""
    cleaned = clean_expression(expression)
    if not cleaned:
        raise BadExpression("the expression is empty: type what to cut out, for example 'the dog on the left'")
    return cleaned


@lru_cache(maxsize=4)
def _words_of_nouns(nouns: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for noun in nouns for word in noun.split())


def singularise(expression: str, nouns: tuple[str, ...]) -> str:
    """The expression with plurals put into the singular, unless they are among `nouns`: `dogs` becomes `dog`.

    One object is meant in any case, and the text towers know few plurals. `shoes` stays if it is itself a known noun.
    Without `nouns` nothing changes.
    """
    known = _words_of_nouns(nouns)

    def singular(word: str) -> str:
        lower = word.lower()
        if not known or lower in known:
            return word
        candidates = [lower.removesuffix(end) + instead for end, instead in _PLURAL_ENDINGS if lower.endswith(end)]
        regular = len(lower) > 4 and lower.endswith("s") and not lower.endswith(("ss", "us", "is", "os"))
        fallback = lower[:-1] if regular else word  # unknown either way: the singular is likelier to resemble a noun
        return next((c for c in (_IRREGULAR.get(lower, ""), *candidates) if c in known), fallback)

    return re.sub(r"[^\W\d_]+", lambda match: singular(match[0]), expression)


class ContextEmbeddedPrompt(nn.Module):
    """Expression -> text tokens, with pre- and post-embedding context."""

    def __init__(self, config: ClipMatConfig) -> None:
        super().__init__()
        self.pre_context = config.pre_context
        self.lengths = (config.keyword_length, config.expression_length)
        count = config.context_vectors if config.post_context else 0
        self.vectors = nn.Parameter(torch.randn(count, config.text_width) * 0.02)

    def compose(self, expression: str, template: int = 0) -> tuple[str, int]:
        """The text for the tower and its length limit: 14 in the keyword setting, else 69. Raises BadExpression."""
        expression = checked_expression(expression)
        keyword = keyword_of(expression)
        if keyword is None:
            return expression, self.lengths[1]
        text = TEMPLATES[template % len(TEMPLATES)].format(keyword) if self.pre_context else keyword
        return text, self.lengths[0]

    def forward(self, tower: TextTower, ids: Tensor, valid: Tensor) -> tuple[Tensor, Tensor]:
        """Token ids BxL and validity BxL bool -> all text tokens Bx(L+N)xDt and their validity."""
        words = tower.embed(ids)
        batch = words.shape[0]
        vectors = self.vectors.to(words.dtype).expand(batch, -1, -1)
        valid = torch.cat([valid, valid.new_ones(batch, vectors.shape[1])], dim=1)
        # The vectors keep the last places of the context, so that an answer never depends on a batch's padding.
        positions = torch.cat([
            torch.arange(words.shape[1], device=words.device),
            self.lengths[1] + torch.arange(vectors.shape[1], device=words.device),
        ])  # fmt: skip
        return tower.encode(torch.cat([words, vectors], dim=1), valid, positions), valid
