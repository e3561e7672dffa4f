"""The image in the window: asks the editor for renderings, and paints them with what belongs to looking.

It owns zoom, pan, view and split; the document is the editor's. Longer than most modules because a widget is one
class: what can be said without it is in viewport, backing, renderings, outline, split_line and canvas_marks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QBrush, QHideEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rim_editor.events import DocumentChanged, Event, JobEnded, JobKind, JobStarted
from rim_editor.rendering import View, ViewMode
from rim_editor.ui.canvas import canvas_marks
from rim_editor.ui.canvas.backing_store import Backing, Scene, checkerboard
from rim_editor.ui.canvas.outline import STEP_MS, MarchingAnts
from rim_editor.ui.canvas.renderings import Renderings
from rim_editor.ui.canvas.split_line import SplitLine
from rim_editor.ui.canvas.viewport import Viewport, fitted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rim_editor.editor import Editor

EMPTY = "Drop a photograph here, or press Ctrl+O"
EMPTY_HINT = "Then say what to cut out, such as “the dog on the left”."
_MARGIN = 12  # units of the window left free around a fitted image
_CHECK = 10  # side of a check, in units of the window
_COALESCE_MS, _AGAIN_MS, _BUSY_MS = 15, 60, 33
_BUSY_PERIOD = 45  # ticks


@dataclass
class _Pane:
    """What is kept of an editor while another is shown."""

    viewport: Viewport
    renderings: Renderings


class ImageView(QWidget):
    """Shows what the editor renders; the hand is `Canvas`'s."""

    view_changed = Signal(View)
    zoom_changed = Signal(float)
    """Pixels of the screen per pixel of the image: 1.0 is 100 %."""
    split_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 150)

        self._editor: Editor | None = None
        self._stop_listening: Callable[[], None] | None = None
        self._pane: _Pane | None = None
        self._panes: WeakKeyDictionary[Editor, _Pane] = WeakKeyDictionary()
        self._backing = Backing()
        self._view = View()
        self._ants = MarchingAnts()
        self._ants_of: object = None
        self._split: SplitLine | None = None
        self._split_line = SplitLine()
        self._before_held = False
        self._drop_hint = False
        self._reduced_motion = False
        self._tabbed = False
        self._busy_step = 0
        self._checks: tuple[object, QBrush] = (None, QBrush())

        self._ask_timer = self._timer(self._ask, _COALESCE_MS)
        self._band_timer = self._timer(self._draw_band, 0)
        self._ants_timer = self._timer(self._step_ants, STEP_MS, once=False)
        self._busy_timer = self._timer(self._step_busy, _BUSY_MS, once=False)

    @property
    def editor(self) -> Editor | None:
        """The editor whose image is shown."""
        return self._editor

    def set_editor(self, editor: Editor | None) -> None:
        """Show this editor's image where it was left, or fitted at first; None shows how to open one."""
        if editor is self._editor:
            return
        self._let_go()
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None
        if self._pane is not None:
            self._pane.renderings.let_go()
        self._editor = editor
        self._forget_ants()
        self._before_held = False
        self._backing.forget()
        self._pane = None
        if editor is not None:
            self._stop_listening = editor.listen(self._hear)
            pane = self._panes.get(editor)
            if pane is None:
                pane = self._new_pane(editor)
            else:
                pane.viewport = pane.viewport.resized(self._window(), self._margin())
            self._pane = pane
            self.zoom_changed.emit(pane.viewport.zoom)
            self._ask_timer.start(0)
        self._animate()
        self.update()

    @property
    def view(self) -> View:
        """What is shown of the document."""
        return self._view

    def set_view(self, view: View) -> None:
        """Show the document so; `view_changed` follows if it is another view."""
        if view != self._view:
            self._view = view
            self._forget_ants()
            self._animate()
            self._ask_soon()
            self.update()
            self.view_changed.emit(view)

    @property
    def viewport(self) -> Viewport:
        """Where the image lies. RuntimeError while there is none."""
        if self._pane is None:
            raise RuntimeError("there is no image on the canvas")
        return self._pane.viewport

    @property
    def zoom(self) -> float:
        """Pixels of the screen per pixel of the image; 1.0 while there is none."""
        return 1.0 if self._pane is None else self._pane.viewport.zoom

    def look(self, viewport: Viewport) -> None:
        """Show the image so."""
        if self._pane is None or viewport == self._pane.viewport:
            return
        zoom, self._pane.viewport = self._pane.viewport.zoom, viewport
        if viewport.zoom != zoom:
            self.zoom_changed.emit(viewport.zoom)
        self._ask_soon()
        self.update()

    def zoom_in(self) -> None:
        """To the next round zoom, about the middle."""
        if self._pane is not None:
            self.look(self._pane.viewport.stepped(1))

    def zoom_out(self) -> None:
        """To the last round zoom, about the middle."""
        if self._pane is not None:
            self.look(self._pane.viewport.stepped(-1))

    def zoom_to_fit(self) -> None:
        """The whole image, and so it stays when the window changes."""
        if self._pane is not None:
            self.look(self._pane.viewport.fitted_again())

    def zoom_to_actual(self) -> None:
        """One pixel of the image on one of the screen."""
        self.set_zoom(1.0)

    def set_zoom(self, zoom: float) -> None:
        """This zoom, within the limits, about the middle."""
        if self._pane is not None:
            self.look(self._pane.viewport.at_zoom(zoom))

    @property
    def split(self) -> bool:
        """Whether the original is shown left of a line."""
        return self._split is not None

    def set_split(self, split: bool) -> None:
        """Show the original left of a line that can be dragged (with Shift and an arrow key too), or no longer."""
        if split != self.split:
            self._split = self._split_line if split else None
            self._ask_soon()
            self.update()
            self.split_changed.emit(split)

    def move_split(self, x: float) -> None:
        """Put the line there, in pixels of the device from the left."""
        if self._split is not None:
            self._split.move_to(x, self.viewport)
            self.update()

    def set_before(self, before: bool) -> None:
        """Show the original alone, as long as a key or a button is held."""
        if before != self._before_held:
            self._before_held = before
            self._ask_soon()
            self.update()

    @property
    def drop_hint(self) -> bool:
        """Whether the canvas says that something can be dropped here."""
        return self._drop_hint

    def set_drop_hint(self, hint: bool) -> None:
        """Say that something can be dropped here, or no longer."""
        self._drop_hint = hint
        self.update()

    @property
    def reduced_motion(self) -> bool:
        """Whether ants and busy line stand still."""
        return self._reduced_motion

    def set_reduced_motion(self, reduced: bool) -> None:
        """Let ants and busy line stand still, or move."""
        self._reduced_motion = reduced
        self._animate()
        self.update()

    # For the hand

    def _let_go(self) -> None:
        """The image on the canvas is about to be another."""

    def _caught_up(self) -> None:
        """What is shown is what the document is."""

    def _paint_strokes(self, painter: QPainter, ratio: float) -> None:
        """Paint what belongs to the image but is not in it yet."""

    def _paint_marks(self, painter: QPainter) -> None:
        """Paint what is above the image."""

    # ModelOptions the editor

    def _hear(self, event: Event) -> None:
        if isinstance(event, DocumentChanged):
            if "image" in event.aspects and self._editor is not None:
                self._renew_pane(self._editor)
            self._ask_soon()
        elif isinstance(event, JobStarted | JobEnded):
            self._animate()
            self._ask_soon()
            self.update(0, 0, self.width(), canvas_marks.BUSY_LINE)

    def _ask_soon(self) -> None:
        if self._pane is not None and not self._ask_timer.isActive():
            self._ask_timer.start(_COALESCE_MS)

    def _ask(self) -> None:
        if self._pane is None or self._editor is None or not self.isVisible():
            return
        pane, viewport = self._pane, self._pane.viewport
        asked = pane.renderings.ask(
            self._view, viewport.level, viewport.coarse_level, before=self.split or self._before_held
        )
        if not asked:
            self._ask_timer.start(_AGAIN_MS)
        if pane.renderings.settled() and JobKind.REFINE not in self._editor.busy:
            self._caught_up()
        if self._view.mode is ViewMode.MARCHING_ANTS:
            self._ask_ants(self._editor, viewport.level)

    def _ask_ants(self, editor: Editor, level: int) -> None:
        document = editor.document
        wanted = (editor, document.parts, document.controls, level)
        if wanted == self._ants_of:
            return
        self._ants_of = wanted

        def take(lines: tuple[NDArray[np.float32], ...]) -> None:
            if self._ants_of == wanted:
                self._ants.set_lines(lines)
                self.update()

        editor.outline(level, take)

    def _arrived(self, pane: _Pane) -> None:
        if pane is self._pane:
            self._ask_soon()
            self.update()

    def _new_pane(self, editor: Editor) -> _Pane:
        viewport = fitted(editor.document.size, self._window(), self._margin())
        pane = _Pane(viewport, Renderings(editor, lambda: self._arrived(pane)))
        self._panes[editor] = pane
        return pane

    def _renew_pane(self, editor: Editor) -> None:
        old = self._pane
        if old is not None and old.renderings.original is editor.document.source.pixels:
            return
        self._let_go()
        self._forget_ants()
        self._backing.forget()
        self._pane = self._new_pane(editor)
        self.zoom_changed.emit(self._pane.viewport.zoom)
        self.update()

    def _forget_ants(self) -> None:
        self._ants_of = None
        self._ants.set_lines(())

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy what is kept of the image, and draw the marks above it."""
        painter = QPainter(self)
        painter.setClipRegion(event.region())
        if self._pane is None or self._editor is None:
            canvas_marks.empty_page(painter, self.rect(), self.palette(), EMPTY, EMPTY_HINT)
        else:
            self._paint_image(painter, self._pane, self._editor)
        if self._drop_hint:
            canvas_marks.drop_frame(painter, self.rect(), self.palette())
            if self._pane is not None:
                canvas_marks.label(painter, "Drop to open", QPointF(24, 24))
        if self._tabbed and self.hasFocus():
            painter.setPen(QPen(self.palette().highlight().color(), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_image(self, painter: QPainter, pane: _Pane, editor: Editor) -> None:
        viewport, ratio = pane.viewport, self.devicePixelRatioF()
        self._backing.show(self._scene(pane))
        self._backing.paint(painter, ratio)
        if self._backing.bands_left and not self._band_timer.isActive():
            self._band_timer.start()
        if not self._before_held:
            if self._ants and self._view.mode is ViewMode.MARCHING_ANTS:
                self._ants.paint(painter, viewport, ratio)
            self._paint_strokes(painter, ratio)
            if self._split is not None:
                self._split.paint(painter, viewport, ratio)
                x = self._split.x(viewport) / ratio
                canvas_marks.label(painter, "Before", QPointF(x - 12, 14), to_left=True)
                canvas_marks.label(painter, "After", QPointF(x + 12, 14))
        else:
            canvas_marks.label(painter, "Original", QPointF(14, 14))
        self._paint_marks(painter)
        if editor.busy:
            share = None if self._reduced_motion else self._busy_step / _BUSY_PERIOD
            canvas_marks.busy_line(painter, self.width(), share, self.palette())

    def _scene(self, pane: _Pane) -> Scene:
        viewport, held = pane.viewport, pane.renderings
        before = held.before(viewport.level)
        after = before if self._before_held else held.after(viewport.level)
        around, checks = canvas_marks.around(self.palette()), self._checkerboard()
        if self._split is None or self._before_held:
            return Scene(viewport, after, None, 0, around, checks)
        return Scene(viewport, after, before, self._split.x(viewport), around, checks)

    def _checkerboard(self) -> QBrush:
        side = max(1, round(_CHECK * self.devicePixelRatioF()))
        wanted = (canvas_marks.is_dark(self.palette()), side)
        if self._checks[0] != wanted:
            self._checks = (wanted, checkerboard(*canvas_marks.checks(self.palette()), side))
        return self._checks[1]

    def _draw_band(self) -> None:
        if self._backing.draw_band():
            self.update()
        elif self._backing.bands_left:
            self._band_timer.start()

    def _step_ants(self) -> None:
        self._ants.step()
        self.update()

    def _step_busy(self) -> None:
        self._busy_step = (self._busy_step + 1) % _BUSY_PERIOD
        self.update(0, 0, self.width(), canvas_marks.BUSY_LINE)

    def _animate(self) -> None:
        """Have the timers run that are needed now, and no other."""
        alive = self._editor is not None and self.isVisible() and not self._reduced_motion
        ants = alive and self._view.mode is ViewMode.MARCHING_ANTS
        busy = alive and self._editor is not None and bool(self._editor.busy)
        for timer, wanted in ((self._ants_timer, ants), (self._busy_timer, busy)):
            if wanted and not timer.isActive():
                timer.start()
            elif not wanted:
                timer.stop()

    def _update_device(self, box: QRect) -> None:
        ratio = self.devicePixelRatioF()
        self.update(
            QRectF(box.x() / ratio, box.y() / ratio, box.width() / ratio, box.height() / ratio)
            .toAlignedRect()
            .adjusted(-1, -1, 1, 1)
        )

    # The window

    def event(self, event: QEvent) -> bool:
        """Follow a change of the screen or of the theme."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._resize()
        elif event.type() == QEvent.Type.PaletteChange:
            self.update()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep fitting, or keep the middle."""
        super().resizeEvent(event)
        self._resize()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for what was not asked out of sight."""
        super().showEvent(event)
        self._animate()
        self._ask_soon()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing moves out of sight."""
        super().hideEvent(event)
        self._animate()

    def sizeHint(self) -> QSize:
        """As much as there is."""
        return QSize(900, 650)

    def _resize(self) -> None:
        if self._pane is not None:
            self.look(self._pane.viewport.resized(self._window(), self._margin()))

    def _window(self) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        return max(round(self.width() * ratio), 1), max(round(self.height() * ratio), 1)

    def _margin(self) -> int:
        return round(_MARGIN * self.devicePixelRatioF())

    def _timer(self, call: Callable[[], None], milliseconds: int, once: bool = True) -> QTimer:
        timer = QTimer(self, singleShot=once, interval=milliseconds)
        timer.timeout.connect(call)
        return timer
