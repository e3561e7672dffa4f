"""The text tokens that the decoders get: of an expression, of an example, or of both; says which words did not fit."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import torch

from clipmat.errors import ExpressionTruncated

if TYPE_CHECKING:
    from torch import Tensor

    from clipmat.examples import Example
    from clipmat.model import ClipMat


def encoded_text(model: ClipMat, words: str, example: Example | None) -> tuple[Tensor, Tensor]:
    """The text tokens 1xLxDt of words, of an example or of both, and their validity 1xL; under the caller's autocast.

    Warns ExpressionTruncated with the words that did not fit.
    """
    parts = []
    if words:
        parts.append(encoded_words(model, [words]))
    if example is not None:
        vectors = torch.from_numpy(example.tokens())[None].to(next(model.parameters()).device)
        parts.append((vectors, torch.ones(vectors.shape[:2], dtype=torch.bool, device=vectors.device)))
    texts, valids = zip(*parts, strict=True)
    return torch.cat([text.to(texts[0].dtype) for text in texts], dim=1), torch.cat(valids, dim=1)


def encoded_words(model: ClipMat, expressions: list[str]) -> tuple[Tensor, Tensor]:
    """The text tokens BxLxDt of expressions, and their validity BxL. Warns ExpressionTruncated as `encoded_text`."""
    tokens, dropped = model.tokenize(expressions)
    for words in filter(None, dropped):
        text = f"the expression is too long; these words were not read: {words}"
        warnings.warn(text, ExpressionTruncated, stacklevel=4)
    return model.encode_text(tokens.to(next(model.parameters()).device))
