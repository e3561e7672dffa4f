"""The image as it lies in the window, kept as pixels of the device: a frame of panning or of ants costs a copy.

Scaling millions of pixels well takes longer than a frame may. So a zoom is drawn roughly at once where the window is
large, and drawn well in bands, one per turn of the event loop; a new rendering is drawn in bands out of sight.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QRegion

from rim_editor.ui.canvas.renderings import Rendering
from rim_editor.ui.canvas.viewport import SQUARES, Viewport

_BAND = 300_000  # pixels of the device that are drawn well in one turn: a few milliseconds


@dataclass(frozen=True, eq=False)
class Scene:
    """What is to be seen: a rendering through a viewport, and the original left of a line."""

    viewport: Viewport
    after: Rendering
    before: Rendering | None
    split: int
    """Where the line is, in pixels of the device from the left; left of it lies `before`, if there is one."""
    around: QColor
    checks: QBrush
    """What is under transparency; repeated from the upper left corner of the image."""


class Backing:
    """Keeps the scene as an image. `bands_left` asks the owner to call `draw_band` soon."""

    def __init__(self) -> None:
        self._front = QImage()
        self._back = QImage()
        self._scene: Scene | None = None
        self._bands: list[QRect] = []

    @property
    def bands_left(self) -> bool:
        """Whether the image could be more beautiful than it is."""
        return bool(self._bands)

    def forget(self) -> None:
        """Give the memory back."""
        self._front, self._back, self._scene, self._bands = QImage(), QImage(), None, []

    def show(self, scene: Scene) -> None:
        """Bring the image up to `scene`, in a frame's time; follow with `draw_band` while `bands_left`."""
        old, self._scene = self._scene, scene
        size = QSize(*scene.viewport.window)
        if old is None or self._front.size() != size:
            self._front = QImage(size, QImage.Format.Format_RGB32)
            self._redraw()
        elif old.viewport.zoom != scene.viewport.zoom or not _alike(old, scene):
            self._redraw()
        elif old.after is not scene.after or old.before is not scene.before:
            if old.viewport.origin == scene.viewport.origin:
                self._begin_bands()
            else:
                self._redraw()
        elif old.viewport.origin != scene.viewport.origin:
            self._shift(old)
        elif old.split != scene.split:
            left, right = sorted((old.split, scene.split))
            self._draw(self._front, QRect(left, 0, right - left, size.height()), well=True)
            self._begin_bands(only_if_under_way=True)

    def draw_band(self) -> bool:
        """Draw one more band well; True when all are there and the window should be painted."""
        if self._bands:
            self._draw(self._back, self._bands.pop(), well=True)
            if not self._bands:
                self._front, self._back = self._back, QImage()
                return True
        return False

    def paint(self, painter: QPainter, ratio: float) -> None:
        """Paint within the painter's clip; `ratio` is the window's pixels of the device per unit."""
        self._front.setDevicePixelRatio(ratio)
        painter.drawImage(QPoint(0, 0), self._front)
        self._front.setDevicePixelRatio(1.0)

    def _redraw(self) -> None:
        whole = self._front.rect()
        well = whole.width() * whole.height() <= 3 * _BAND and self._scene_is_light()
        self._draw(self._front, whole, well)
        self._bands = []
        if not well:
            self._begin_bands()

    def _scene_is_light(self) -> bool:
        # A rendering far too fine for the window makes smooth scaling fetch from all over the memory.
        assert self._scene is not None
        return self._scene.after.level >= self._scene.viewport.level

    def _begin_bands(self, only_if_under_way: bool = False) -> None:
        if only_if_under_way and not self._bands:
            return
        whole = self._front.rect()
        self._back = QImage(whole.size(), QImage.Format.Format_RGB32)
        height = max(1, _BAND // max(whole.width(), 1))
        tops = range(0, whole.height(), height)
        self._bands = [QRect(0, top, whole.width(), min(height, whole.height() - top)) for top in tops]

    def _shift(self, old: Scene) -> None:
        assert self._scene is not None
        (x, y), (old_x, old_y) = self._scene.viewport.origin, old.viewport.origin
        dx, dy = x - old_x, y - old_y
        whole = self._front.rect()
        fresh = QRegion(whole) - QRegion(whole.translated(dx, dy))
        if self._scene.before is not None:  # what the line has passed over is on its other side now
            left, right = sorted((old.split + dx, self._scene.split))
            fresh += QRegion(QRect(left, 0, right - left, whole.height())) & QRegion(whole)
        if sum(part.width() * part.height() for part in _parts(fresh)) > whole.width() * whole.height() // 2:
            self._redraw()
            return
        moved = QImage(whole.size(), QImage.Format.Format_RGB32)
        painter = QPainter(moved)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(dx, dy, self._front)
        painter.end()
        self._front = moved
        for part in _parts(fresh):
            self._draw(self._front, part, well=True)
        self._begin_bands(only_if_under_way=True)

    def _draw(self, target: QImage, part: QRect, well: bool) -> None:
        assert self._scene is not None
        painter = QPainter(target)
        draw(painter, self._scene, part, well)
        painter.end()


def draw(painter: QPainter, scene: Scene, part: QRect, well: bool) -> None:
    """Draw a part of the scene, in pixels of the device; `well` blends pixels, else the nearest is taken."""
    if scene.before is None:
        _draw_one(painter, scene, scene.after, part, well)
        return
    whole = QRect(QPoint(0, 0), QSize(*scene.viewport.window))
    left, right = QRect(whole), QRect(whole)
    left.setWidth(scene.split)
    right.setLeft(scene.split)
    _draw_one(painter, scene, scene.before, part & left, well)
    _draw_one(painter, scene, scene.after, part & right, well)


def _draw_one(painter: QPainter, scene: Scene, rendering: Rendering, part: QRect, well: bool) -> None:
    if part.isEmpty():
        return
    view, image = scene.viewport, rendering.image
    x, y = view.origin
    # From pixels of the rendering to pixels of the device, in each direction.
    across, down = view.image[0] * view.zoom / image.width(), view.image[1] * view.zoom / image.height()
    lies = QRectF(x, y, view.image[0] * view.zoom, view.image[1] * view.zoom).toAlignedRect()
    painter.save()
    painter.setClipRect(part)
    for beside in _parts(QRegion(part) - QRegion(lies)):
        painter.fillRect(beside, scene.around)
    seen = part & lies
    if not seen.isEmpty():
        painter.fillRect(seen, scene.around)  # the image's rim may cover a part of a pixel
        if image.hasAlphaChannel():
            painter.setBrushOrigin(x, y)
            painter.fillRect(seen, scene.checks)
        smooth = well and not (rendering.level == 0 and view.zoom > SQUARES)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        # Whole pixels of the source with two to spare: parts that are drawn apart fit together without a seam.
        source = QRect(
            QPoint(int((seen.left() - x) / across) - 2, int((seen.top() - y) / down) - 2),
            QPoint(int((seen.right() - x) / across) + 2, int((seen.bottom() - y) / down) + 2),
        ) & QRect(QPoint(0, 0), image.size())
        target = QRectF(x + source.x() * across, y + source.y() * down, source.width() * across, source.height() * down)
        painter.drawImage(target, image, QRectF(source))
    painter.restore()


def _parts(region: QRegion) -> list[QRect]:
    return list(region)  # type: ignore[call-overload, no-any-return]  # the stubs do not know that it can be walked


def _alike(old: Scene, new: Scene) -> bool:
    same_window = old.viewport.window == new.viewport.window and old.viewport.image == new.viewport.image
    same_split = (old.before is None) == (new.before is None)
    return same_window and same_split and old.around == new.around and old.checks == new.checks


def checkerboard(light: QColor, dark: QColor, side: int) -> QBrush:
    """A brush of squares of `side` pixels of the device."""
    tile = QImage(2 * side, 2 * side, QImage.Format.Format_RGB32)
    tile.fill(light)
    painter = QPainter(tile)
    painter.fillRect(side, 0, side, side, dark)
    painter.fillRect(0, side, side, side, dark)
    painter.end()
    brush = QBrush()
    brush.setTextureImage(tile)
    return brush
