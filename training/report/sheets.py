"""Contact sheets: image, truth and matte side by side, for eyes."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from clipmat.certainty import Certainty
from training.entity import Pixels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clipmat.predictions import Prediction
    from training.report.judging import Result
    from training.samples import Sample

_SIDE, _GAP, _LINE = 200, 6, 19


class Cases:
    """Cells of telling cases of a run, picked while it goes: only these are kept, `count` for each sheet.

    best, worst: by IoU, then by MAD, of samples that refer to something; false-alarms: negatives that got a matte, the
    surest first; random: of all, the same for the same seed.
    """

    def __init__(self, count: int, seed: int) -> None:
        self._count, self._rng = count, np.random.default_rng(seed)
        self._heaps: dict[str, list[tuple[tuple[float, ...], int, Pixels]]] = {}
        self._offered = 0

    def offer(self, sample: Sample, prediction: Prediction, result: Result) -> None:
        """Keep the case where it is among the first of a sheet."""
        self._offered += 1
        ranks: dict[str, tuple[float, ...]] = {"random": (self._rng.random(),)}
        if not result.negative:
            ranks["best"] = (result.iou, -result.errors["MAD"])
            ranks["worst"] = (-result.iou, result.errors["MAD"])
        elif not result.right:
            ranks["false-alarms"] = (result.presence, result.errors["MAD"])
        for name, rank in ranks.items():
            heap = self._heaps.setdefault(name, [])
            if len(heap) < self._count:
                heapq.heappush(heap, (rank, -self._offered, cell(sample, prediction, result)))
            elif heap and rank > heap[0][0]:
                heapq.heapreplace(heap, (rank, -self._offered, cell(sample, prediction, result)))

    def sheets(self) -> dict[str, Pixels]:
        """The sheets by name, HxWx3 uint8 RGB, the first case first; none without cases."""
        return {
            name: sheet([drawn for _, _, drawn in sorted(heap, key=lambda case: case[:2], reverse=True)])
            for name, heap in self._heaps.items()
            if heap
        }


def sheet(cells: Sequence[Pixels], columns: int = 3) -> Pixels:
    """Cells of one size in rows; HxWx3 uint8 RGB."""
    columns = min(columns, len(cells))
    blanks = [np.full_like(cells[0], 255)] * (-len(cells) % columns)
    every = [*cells, *blanks]
    return np.vstack([np.hstack(every[i : i + columns]) for i in range(0, len(every), columns)])


def cell(sample: Sample, prediction: Prediction, result: Result) -> Pixels:
    """The image, its true matte and the found one, under them the expression and the figures; HxWx3 uint8 RGB."""
    width, height = 3 * _SIDE + 5 * _GAP, _SIDE + 3 * _LINE + 4 * _GAP
    page = np.full((height, width, 3), 255, np.uint8)
    for number, pixels in enumerate((sample.image, _gray(sample.matte), _gray(prediction.matte))):
        scale = _SIDE / max(pixels.shape[:2])
        sides = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
        small = cv2.resize(pixels, sides, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        left = _GAP + number * (_SIDE + _GAP)
        page[_GAP : _GAP + sides[1], left : left + sides[0]] = small
    drawn = Image.fromarray(page)
    draw = ImageDraw.Draw(drawn)
    large, small_print = ImageFont.load_default(15), ImageFont.load_default(12)
    caption = _wrapped(sample.expression, lambda text: draw.textlength(text, large) <= width - 2 * _GAP)
    top = _SIDE + 2 * _GAP
    for number, line in enumerate(caption):
        draw.text((_GAP, top + number * _LINE), line, font=large, fill=(0, 0, 0))
    draw.text((_GAP, top + len(caption) * _LINE), _figures(result), font=small_print, fill=(90, 90, 90))
    return np.asarray(drawn)


def _figures(result: Result) -> str:
    score, where = f"presence {result.presence:.2f}", f"{result.set} {result.image_id}"
    if result.negative:
        return f"{score}   nothing matches: {result.certainty if result.right else 'false alarm'}   {where}"
    verdict = "missed" if result.certainty is Certainty.NONE else "right" if result.right else "wrong"
    return f"{score}   IoU {result.iou:.2f}   MAD {result.errors['MAD']:.4f}   {verdict}   {where}"


def _gray(matte: NDArray[np.float32]) -> Pixels:
    return np.repeat((matte * 255 + 0.5).astype(np.uint8)[..., None], 3, axis=2)


def _wrapped(text: str, fits: Callable[[str], bool]) -> list[str]:
    """Two lines at most; three dots where more was caption."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if fits(longer):
            lines[-1] = longer
        elif len(lines) == 2:
            return [lines[0], f"{lines[1][:-4]} ..."]
        else:
            lines.append(word)
    return lines
