"""Contact sheets: image, expression and matte side by side, for eyes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np

from training.entities import Pixels

if TYPE_CHECKING:
    from clipmat.predictor import Prediction
    from training.datasets import Sample

_CELL = 200


def sheet(pairs: Sequence[tuple[Sample, Prediction]], columns: int = 5) -> Pixels:
    """One cell a pair: the image, and the cut-out on green with its presence; HxWx3 uint8 RGB."""
    cells = [_cell(sample, prediction) for sample, prediction in pairs]
    while len(cells) % columns:
        cells.append(np.full_like(cells[0], 255))
    return np.vstack([np.hstack(cells[i : i + columns]) for i in range(0, len(cells), columns)])


def _cell(sample: Sample, prediction: Prediction) -> Pixels:
    alpha = prediction.matte[..., None]
    cut = sample.image * alpha + np.array([0, 177, 64]) * (1 - alpha)
    cell = np.full((_CELL + 22, 2 * _CELL + 8, 3), 255, np.uint8)
    for column, pixels in ((0, sample.image), (_CELL + 2, cut.astype(np.uint8))):
        scale = _CELL / max(pixels.shape[:2])
        small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        cell[: small.shape[0], column : column + small.shape[1]] = small[:_CELL, :_CELL]
    words = f"{sample.expression[:52]}  {prediction.presence:.2f}"
    cv2.putText(cell, words, (2, _CELL + 15), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (0, 0, 0), 1, cv2.LINE_AA)
    return cell
