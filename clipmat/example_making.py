"""Examples of weights that know none by themselves: the words that find again what is selected in an image.

The places inside the matte are pooled, those outside are taken away, and the nouns of the weights that match the rest
best are tried on the image itself, with the expression if there is one. What finds the selection again best, and is
present there, stands for the object: its text tokens are the example.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from typing import TYPE_CHECKING, NamedTuple

import torch
import torch.nn.functional as F

from clipmat.errors import BadExample, ExpressionTruncated
from clipmat.expression import clean_expression

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from clipmat.examples import Example
    from clipmat.model import ClipMat, EncodedImage
    from clipmat.vocabulary import Vocabulary

TRIED = 8
"""Nouns that are tried on the image."""
_HALF, _SHRINK = 0.5, 2
_SIDES = "left|right|top|bottom|middle|center|centre|corner|front|back|rear|foreground|background"
_PLACES = re.compile(
    rf"\b(?:on|at|in|to) the (?:\w+ )?(?:{_SIDES})\b.*"
    r"|\b(?:beside|behind|in front of|next to|above|below|under|between|near|nearest|closest to|left of|right of)\b.*"
    r"|\b(?:left|right|top|bottom|middle|upper|lower)(?:most)?\b",
    re.IGNORECASE,
)


class Likeness(NamedTuple):
    """What stands for an object."""

    tokens: Tensor
    """LxDt: text tokens."""
    words: str
    """Of which they are the tokens: the expression, or a noun of the weights."""
    agreement: float
    """Intersection over union, 0..1, of what they find in the example's own image with what was selected."""


class ExampleMaker:
    """Makes examples with one network; call it under the caller's inference mode and autocast."""

    def __init__(self, model: ClipMat, vocabulary: Vocabulary) -> None:
        """`vocabulary` has the nouns of the weights."""
        self._model, self._vocabulary = model, vocabulary

    def likeness(self, image: EncodedImage, matte: NDArray[np.float32], expression: str = "") -> Likeness:
        """What stands for the object that `matte`, HxW in [0, 1], selects in the image.

        Raises BadExample when the matte shows nothing, and when there is neither an expression nor a noun to try.
        """
        wanted = torch.from_numpy(matte.copy())[None, None]
        size = (image.size[0] // _SHRINK, image.size[1] // _SHRINK)
        wanted = F.interpolate(wanted.float(), size=size, mode="area")[0, 0].to(image.alpha_logits.device)
        if not (wanted > _HALF).any():
            raise BadExample("nothing is selected to make an example of: find or paint the object first")
        words = list(filter(None, [without_place(expression)]))
        words += [noun for noun in self._nouns_for(image, wanted) if noun not in words]
        if not words:
            raise BadExample("these weights know no nouns to try: give an expression that finds the object")
        tokens, _ = self._model.tokenize(words)
        text, valid = self._model.encode_text(tokens.to(wanted.device))
        out = self._model.decode(image.repeated(len(words)), text, valid, hard=True, shrink=_SHRINK)
        agreements = _overlaps(out.matte[:, 0] > _HALF, wanted > _HALF)
        best = int((agreements * out.presence_logits.sigmoid()).argmax())
        return Likeness(text[best][valid[best]].float(), words[best], float(agreements[best]))

    def _nouns_for(self, image: EncodedImage, wanted: Tensor) -> tuple[str, ...]:
        if not self._vocabulary.matches:
            return ()
        grid = self._vocabulary.places(image)
        places = grid.flatten(0, 1)
        inside = F.adaptive_avg_pool2d(wanted[None, None], (grid.shape[0], grid.shape[1])).flatten()
        return self._vocabulary.nearest(_mean(places, inside) - _mean(places, 1 - inside), TRIED)


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


def without_place(expression: str) -> str:
    """The expression without its words about a place, which holds in one image only: the cup on the left, the cup."""
    return clean_expression(_PLACES.sub(" ", expression))


def fingerprint(model: ClipMat) -> str:
    """16 hexadecimal digits for the tensors of a network: the same wherever it runs, and whatever its card records."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        value = tensor.half() if tensor.is_floating_point() else tensor  # as weights files hold it
        digest.update(name.encode() + value.contiguous().cpu().numpy().tobytes())
    return digest.hexdigest()[:16]


def _mean(places: Tensor, weights: Tensor) -> Tensor:
    return (places * weights[:, None]).sum(dim=0) / weights.sum().clamp(min=1e-3)


def _overlaps(found: Tensor, wanted: Tensor) -> Tensor:
    """BxHxW and HxW bool -> B: intersection over union."""
    both, either = (found & wanted).flatten(1).sum(dim=1), (found | wanted).flatten(1).sum(dim=1)
    return both / either.clamp(min=1)
