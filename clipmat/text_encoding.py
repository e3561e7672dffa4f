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
    device = next(model.parameters()).device
    parts = []
    if words:
        tokens, dropped = model.tokenize([words])
        if dropped[0]:
            text = f"the expression is too long; these words were not read: {dropped[0]}"
            warnings.warn(text, ExpressionTruncated, stacklevel=3)
        parts.append(model.encode_text(tokens.to(device)))
    if example is not None:
        vectors = torch.from_numpy(example.tokens())[None].to(device)
        parts.append((vectors, torch.ones(vectors.shape[:2], dtype=torch.bool, device=device)))
    texts, valids = zip(*parts, strict=True)
    return torch.cat([text.to(texts[0].dtype) for text in texts], dim=1), torch.cat(valids, dim=1)
