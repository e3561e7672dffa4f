"""Marks a part of the matte above the image: where a stroke runs, what a region encloses, what an answer takes away."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from rim_editor.documents.document import Answer, Brush, Combine, Patch, Region, Stroke, draft_of
from rim_editor.ui.canvas.brush_marks import COLOURS
from rim_editor.ui.canvas.region_marks import RegionOutline
from rim_editor.ui.qt_image import to_qimage

if TYPE_CHECKING:
    from rim_editor.documents.document import Part
    from rim_editor.ui.canvas.viewport import Viewport

_WIDE = 90  # of 255: how much of the brush's width is tinted
_TINT_SIDE = 400
"""Pixels of the longer side of what marks an answer."""
_STRIPE = 8
"""Pixels of a stripe in it, a power of two, and of the gap beside it, which covers half as much."""
_STRIPED = 190
"""Of 255: how much of the image stripes cover."""


class PartMark:
    """One part, marked above the image; what adds a matte as a whole has no mark, as it is seen anyway."""

    def __init__(self) -> None:
        self._part: Part | None = None
        self._tint: QImage | None = None

    def set(self, part: Part | None) -> None:
        """Mark this part from now on, or none."""
        if part is not self._part:
            self._part, self._tint = part, None

    def paint(self, painter: QPainter, viewport: Viewport, ratio: float) -> None:
        """Paint it through the viewport; `ratio` is the device pixel ratio."""
        part = self._part
        if isinstance(part, Stroke):
            _paint_stroke(painter, part, viewport, ratio)
        elif isinstance(part, Region | Patch):
            outline = RegionOutline()
            outline.set(part.points if isinstance(part, Region) else _corners(part), adds=_adds(part))
            outline.paint(painter, viewport, ratio)
        elif isinstance(part, Answer) and part.takes_away:
            self._tint = self._tint or _tint_of(part)
            x, y = viewport.origin
            width, height = (side * viewport.zoom / ratio for side in viewport.image)
            painter.drawImage(QRectF(x / ratio, y / ratio, width, height), self._tint)


def _tint_of(answer: Answer) -> QImage:
    """What the answer takes away, striped in the colour of the eraser; small, so that it costs a few milliseconds."""
    import numpy as np

    matte = draft_of(answer)
    step = max(1, math.ceil(max(matte.shape) / _TINT_SIDE))
    cover = (matte[::step, ::step] * np.float32(_STRIPED)).astype(np.uint8)
    if answer.combine is not Combine.SUBTRACT:
        cover = np.uint8(_STRIPED) - cover
    rows, columns = np.ogrid[: cover.shape[0], : cover.shape[1]]
    between = (rows.astype(np.int16) + columns.astype(np.int16)) & _STRIPE != 0
    colour = COLOURS[Brush.REMOVE]
    pixels = np.empty((*cover.shape, 4), np.uint8)
    pixels[...] = colour.red(), colour.green(), colour.blue(), 0
    pixels[..., 3] = np.where(between, cover >> 1, cover)
    return to_qimage(pixels)


def _adds(part: Region | Patch) -> bool:
    return part.adds if isinstance(part, Region) else True


def _corners(patch: Patch) -> tuple[tuple[float, float], ...]:
    height, width = patch.matte.shape
    right, bottom = patch.x + width, patch.y + height
    return (patch.x, patch.y), (right, patch.y), (right, bottom), (patch.x, bottom)


def _paint_stroke(painter: QPainter, stroke: Stroke, viewport: Viewport, ratio: float) -> None:
    at = [viewport.to_window(point) for point in stroke.points]
    line = QPolygonF([QPointF(x / ratio, y / ratio) for x, y in (*at, at[-1])])
    wide = QColor(COLOURS[stroke.brush])
    wide.setAlpha(_WIDE)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    widths = ((wide, max(2 * stroke.radius * viewport.zoom / ratio, 3.0)), (QColor(0, 0, 0, 200), 4.0))
    for colour, width in (*widths, (QColor(255, 255, 255), 2.0)):
        painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.drawPolyline(line)
    painter.restore()
