"""The nouns that the weights see where somebody points: a click becomes words for weights that know no clicks."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from clipmat.model import ClipMat, EncodedImage
from clipmat.pointing import Pointing

_BATCH = 256
COUNT = 3
"""Nouns that are tried for a prompt."""


class PointedNouns:
    """The embeddings of all nouns of the weights, made once: about a second on two cores.

    Make and call it under the caller's inference mode and autocast.
    """

    def __init__(self, model: ClipMat, nouns: Sequence[str]) -> None:
        self._model, self._nouns = model, tuple(nouns)
        self._embeddings: Tensor | None = None

    @property
    def usable(self) -> bool:
        """Whether these weights match places with nouns, and record which nouns they know."""
        return bool(self._nouns) and self._model.popup.match is not None

    def at(self, image: EncodedImage, pointing: Pointing, width: int, height: int) -> tuple[str, ...]:
        """The nouns that fit best where it points, best first; `pointing` is in pixels of the image's size."""
        match = self._model.popup.match
        if not self.usable or match is None:
            return ()
        if self._embeddings is None:
            self._embeddings = torch.cat([
                match.embed_text(self._model.popup.text_in(text), valid).float()
                for text, valid in (self._encoded(batch) for batch in self._batches())
            ])  # fmt: skip
        text, valid = self._encoded(self._nouns[:1])
        places = self._model.popup(image.features, text, valid).token_embeddings[0].float()
        rows, columns = image.features.grid
        places = places.unflatten(0, (rows, columns))
        place = torch.stack([places[y, x] for y, x in _cells(pointing, width, height, rows, columns)]).mean(dim=0)
        scores = self._embeddings @ place
        return tuple(self._nouns[i] for i in scores.topk(min(COUNT, len(self._nouns))).indices.tolist())

    def _batches(self) -> list[tuple[str, ...]]:
        return [self._nouns[i : i + _BATCH] for i in range(0, len(self._nouns), _BATCH)]

    def _encoded(self, nouns: Sequence[str]) -> tuple[Tensor, Tensor]:
        tokens, _ = self._model.tokenize(list(nouns))
        return self._model.encode_text(tokens.to(next(self._model.parameters()).device))


def _cells(pointing: Pointing, width: int, height: int, rows: int, columns: int) -> list[tuple[int, int]]:
    """Row and column of the places under the points to keep, or in the middle of the box."""

    def cell(x: float, y: float) -> tuple[int, int]:
        return min(int(y / height * rows), rows - 1), min(int(x / width * columns), columns - 1)

    if pointing.keeps or pointing.box is None:
        return [cell(x, y) for x, y in pointing.keeps]
    x0, y0, x1, y1 = pointing.box
    inner = (x0 + (x1 - x0) / 4, y0 + (y1 - y0) / 4, x1 - (x1 - x0) / 4, y1 - (y1 - y0) / 4)
    (top, left), (bottom, right) = cell(inner[0], inner[1]), cell(inner[2], inner[3])
    return [(y, x) for y in range(top, bottom + 1) for x in range(left, right + 1)]
