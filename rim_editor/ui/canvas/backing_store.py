"""Keeps the visible part of the image in device pixels: a frame of panning or of marching ants costs one copy.

Smooth scaling of millions of pixels takes longer than a frame. So in a large window a zoom is drawn roughly at once
and then smoothly in bands, one per turn of the event loop; a new rendering is drawn in bands off screen.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QPoint, QRect, QRectF, QSize, QTimer, Signal
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QRegion

from rim_editor.ui.canvas.rendering_cache import RenderedLevel
from rim_editor.ui.canvas.viewport import MAX_SMOOTH_ZOOM, Viewport

_BAND = 300_000  # device pixels that are drawn smoothly in one turn: a few milliseconds


@dataclass(frozen=True, eq=False)
class CanvasContent:
    """A rendering through a viewport, and the original left of a line if there is one."""

    viewport: Viewport
    after: RenderedLevel
    before: RenderedLevel | None
    split: int
    """Where the line is, in device pixels from the left; `before` is shown left of it, if there is one."""
    around: QColor
    checks: QBrush
    """The chequerboard under transparency; repeated from the upper left corner of the image."""


class BackingStore(QObject):
    """Keeps the content of the canvas as an image."""

    improved = Signal()
    """The smooth drawing is finished: repaint."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._front = QImage()
        self._back = QImage()
        self._content: CanvasContent | None = None
        self._bands: list[QRect] = []
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._draw_band)

    @property
    def drawing(self) -> bool:
        """Whether something is still to be drawn smoothly; `improved` follows."""
        return bool(self._bands)

    def clear(self) -> None:
        """Free the memory; `show` draws everything again."""
        self._front, self._back, self._content, self._bands = QImage(), QImage(), None, []

    def show(self, content: CanvasContent) -> None:
        """Bring the image up to date within the time of a frame; `improved` follows if it was drawn roughly."""
        old, self._content = self._content, content
        size = QSize(*content.viewport.window)
        if old is None or self._front.size() != size:
            self._front = QImage(size, QImage.Format.Format_RGB32)
            self._redraw()
        elif old.viewport.zoom != content.viewport.zoom or not _same_layout(old, content):
            self._redraw()
        elif old.after is not content.after or old.before is not content.before:
            if old.viewport.origin == content.viewport.origin:
                self._begin_bands()
            else:
                self._redraw()
        elif old.viewport.origin != content.viewport.origin:
            self._shift(old)
        elif old.split != content.split:
            left, right = sorted((old.split, content.split))
            self._draw(self._front, QRect(left, 0, right - left, size.height()), smooth=True)
            self._begin_bands(only_if_drawing=True)

    def paint(self, painter: QPainter, ratio: float) -> None:
        """Paint within the painter's clip; `ratio` is the device pixel ratio."""
        self._front.setDevicePixelRatio(ratio)
        painter.drawImage(QPoint(0, 0), self._front)
        self._front.setDevicePixelRatio(1.0)

    def _redraw(self) -> None:
        whole = self._front.rect()
        smooth = whole.width() * whole.height() <= 3 * _BAND and self._smooth_is_cheap()
        self._draw(self._front, whole, smooth)
        self._bands = []
        if not smooth:
            self._begin_bands()

    def _smooth_is_cheap(self) -> bool:
        # Smooth scaling of a rendering much finer than the window reads memory all over the place.
        assert self._content is not None
        return self._content.after.level >= self._content.viewport.level

    def _begin_bands(self, only_if_drawing: bool = False) -> None:
        if only_if_drawing and not self._bands:
            return
        whole = self._front.rect()
        self._back = QImage(whole.size(), QImage.Format.Format_RGB32)
        height = max(1, _BAND // max(whole.width(), 1))
        tops = range(0, whole.height(), height)
        self._bands = [QRect(0, top, whole.width(), min(height, whole.height() - top)) for top in tops]
        self._timer.start()

    def _draw_band(self) -> None:
        if self._bands:
            self._draw(self._back, self._bands.pop(), smooth=True)
            if not self._bands:
                self._front, self._back = self._back, QImage()
                self.improved.emit()
        if not self._bands:
            self._timer.stop()

    def _shift(self, old: CanvasContent) -> None:
        assert self._content is not None
        (x, y), (old_x, old_y) = self._content.viewport.origin, old.viewport.origin
        dx, dy = x - old_x, y - old_y
        whole = self._front.rect()
        fresh = QRegion(whole) - QRegion(whole.translated(dx, dy))
        if self._content.before is not None:  # the part that the line has passed now shows the other rendering
            left, right = sorted((old.split + dx, self._content.split))
            fresh += QRegion(QRect(left, 0, right - left, whole.height())) & QRegion(whole)
        if sum(part.width() * part.height() for part in _rects(fresh)) > whole.width() * whole.height() // 2:
            self._redraw()
            return
        moved = QImage(whole.size(), QImage.Format.Format_RGB32)
        painter = QPainter(moved)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(dx, dy, self._front)
        painter.end()
        self._front = moved
        for part in _rects(fresh):
            self._draw(self._front, part, smooth=True)
        self._begin_bands(only_if_drawing=True)

    def _draw(self, target: QImage, part: QRect, smooth: bool) -> None:
        assert self._content is not None
        painter = QPainter(target)
        _draw_content(painter, self._content, part, smooth)
        painter.end()


def _same_layout(old: CanvasContent, new: CanvasContent) -> bool:
    same_window = old.viewport.window == new.viewport.window and old.viewport.image == new.viewport.image
    same_split = (old.before is None) == (new.before is None)
    return same_window and same_split and old.around == new.around and old.checks == new.checks


def _draw_content(painter: QPainter, content: CanvasContent, part: QRect, smooth: bool) -> None:
    """Draw a part of the content, in device pixels; `smooth` blends pixels, else the nearest is taken."""
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
    # From pixels of the rendering to device pixels, in each direction.
    across, down = view.image[0] * view.zoom / image.width(), view.image[1] * view.zoom / image.height()
    covered = QRectF(x, y, view.image[0] * view.zoom, view.image[1] * view.zoom).toAlignedRect()
    painter.save()
    painter.setClipRect(part)
    for beside in _rects(QRegion(part) - QRegion(covered)):
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


def _rects(region: QRegion) -> list[QRect]:
    """The rectangles of a region."""
    return list(region)  # type: ignore[call-overload, no-any-return]  # the stubs do not know that it is iterable
