"""Marks the part of the matte that the user points at in the list: where a stroke runs, what a region encloses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from rim_editor.documents.document import Patch, Region, Stroke
from rim_editor.ui.canvas.live_strokes import COLOURS
from rim_editor.ui.canvas.region_outline import RegionOutline

if TYPE_CHECKING:
    from rim_editor.documents.document import Part
    from rim_editor.ui.canvas.viewport import Viewport

_WIDE = 90  # of 255: how much of the brush's width is tinted


class PartMark:
    """One part, marked above the image; answers and imported mattes have no mark, as their matte is seen anyway."""

    def __init__(self) -> None:
        self._part: Part | None = None

    def set(self, part: Part | None) -> None:
        """Mark this part from now on, or none."""
        self._part = part

    def paint(self, painter: QPainter, viewport: Viewport, ratio: float) -> None:
        """Paint it through the viewport; `ratio` is the device pixel ratio."""
        part = self._part
        if isinstance(part, Stroke):
            _paint_stroke(painter, part, viewport, ratio)
        elif isinstance(part, Region | Patch):
            outline = RegionOutline()
            outline.set(part.points if isinstance(part, Region) else _corners(part), adds=_adds(part))
            outline.paint(painter, viewport, ratio)


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
