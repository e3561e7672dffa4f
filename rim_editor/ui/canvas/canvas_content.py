"""What the canvas shows, and how it is drawn: a rendering through a viewport, and the original left of a line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QRegion

from rim_editor.ui.canvas.rendering_cache import RenderedLevel
from rim_editor.ui.canvas.viewport import MAX_SMOOTH_ZOOM, Viewport


@dataclass(frozen=True, eq=False)
class CanvasContent:
    """A rendering through a viewport, and the original left of a line if there is one."""

    viewport: Viewport
    after: RenderedLevel
    before: RenderedLevel | None
    split: int
    """Where the line is, in pixels of the device from the left; `before` is shown left of it, if there is one."""
    around: QColor
    checks: QBrush
    """What is under transparency; repeated from the upper left corner of the image."""


def draw(painter: QPainter, content: CanvasContent, part: QRect, smooth: bool) -> None:
    """Draw a part of the content, in pixels of the device; `smooth` blends pixels, else the nearest is taken."""
    if content.before is None:
        _draw_rendering(painter, content, content.after, part, smooth)
        return
    whole = QRect(QPoint(0, 0), QSize(*content.viewport.window))
    left, right = QRect(whole), QRect(whole)
    left.setWidth(content.split)
    right.setLeft(content.split)
    _draw_rendering(painter, content, content.before, part & left, smooth)
    _draw_rendering(painter, content, content.after, part & right, smooth)


def _draw_rendering(
    painter: QPainter, content: CanvasContent, rendering: RenderedLevel, part: QRect, smooth: bool
) -> None:
    if part.isEmpty():
        return
    view, image = content.viewport, rendering.image
    x, y = view.origin
    # From pixels of the rendering to pixels of the device, in each direction.
    across, down = view.image[0] * view.zoom / image.width(), view.image[1] * view.zoom / image.height()
    covered = QRectF(x, y, view.image[0] * view.zoom, view.image[1] * view.zoom).toAlignedRect()
    painter.save()
    painter.setClipRect(part)
    for beside in rects(QRegion(part) - QRegion(covered)):
        painter.fillRect(beside, content.around)
    visible = part & covered
    if not visible.isEmpty():
        painter.fillRect(visible, content.around)  # the image's rim may cover a part of a pixel
        if image.hasAlphaChannel():
            painter.setBrushOrigin(x, y)
            painter.fillRect(visible, content.checks)
        blend = smooth and not (rendering.level == 0 and view.zoom > MAX_SMOOTH_ZOOM)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, blend)
        # Whole pixels of the source with two to spare: parts that are drawn apart fit together without a seam.
        source = QRect(
            QPoint(int((visible.left() - x) / across) - 2, int((visible.top() - y) / down) - 2),
            QPoint(int((visible.right() - x) / across) + 2, int((visible.bottom() - y) / down) + 2),
        ) & QRect(QPoint(0, 0), image.size())
        target = QRectF(x + source.x() * across, y + source.y() * down, source.width() * across, source.height() * down)
        painter.drawImage(target, image, QRectF(source))
    painter.restore()


def rects(region: QRegion) -> list[QRect]:
    """The rectangles of a region."""
    return list(region)  # type: ignore[call-overload, no-any-return]  # the stubs do not know that it can be walked


@lru_cache(maxsize=4)
def checkerboard(light: tuple[int, int, int], dark: tuple[int, int, int], side: int) -> QBrush:
    """A brush of squares of `side` pixels of the device, in two colours."""
    tile = QImage(2 * side, 2 * side, QImage.Format.Format_RGB32)
    tile.fill(QColor(*light))
    painter = QPainter(tile)
    painter.fillRect(side, 0, side, side, QColor(*dark))
    painter.fillRect(0, side, side, side, QColor(*dark))
    painter.end()
    brush = QBrush()
    brush.setTextureImage(tile)
    return brush
