"""The image in the window: paints the renderings of the document, and above them ants, split line and busy line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rim_editor.documents.rendering import View, ViewMode
from rim_editor.editor.events import Event, JobEnded, JobKind, JobStarted
from rim_editor.translation import marked, tr
from rim_editor.ui.canvas import canvas_marks
from rim_editor.ui.canvas.backing_store import BackingStore, CanvasContent
from rim_editor.ui.canvas.chequerboard import chequerboard
from rim_editor.ui.canvas.document_view import DocumentView
from rim_editor.ui.canvas.marching_ants import MarchingAnts
from rim_editor.ui.canvas.rendering_cache import RenderingCache
from rim_editor.ui.canvas.viewport import Viewport

if TYPE_CHECKING:
    from rim_editor.editor.editor import Editor

EMPTY = marked("Drop a photograph here, or press Ctrl+O")
EMPTY_HINT = marked("Then describe what to cut out, such as “the dog on the left”.")
NOTHING_SELECTED = marked("Nothing is selected yet: describe an object, or paint it")
_OF_MATTE = frozenset(ViewMode) - {ViewMode.RESULT, ViewMode.OVERLAY, ViewMode.ORIGINAL}


class ImageView(DocumentView):
    """Paints what the editor renders; `Canvas` adds the tools."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 150)
        self._drop_hint = False
        self._caption, self._dimmed = "", False
        self._reduced_motion = False
        self._focus_visible = False
        self._backing = BackingStore(self)
        self._backing.improved.connect(self.update)
        self._ants = MarchingAnts(self)
        self._ants.changed.connect(self.update)
        self._busy_line = canvas_marks.BusyLine(self)
        self._busy_line.moved.connect(self._update_busy_line)

    def set_editor(self, editor: Editor | None) -> None:
        """Show this editor's image as it was last shown, or fitted at first; None shows how to open one."""
        super().set_editor(editor)
        self._animate()

    def set_view(self, view: View) -> None:
        """Change the view; emits `view_changed` unless it is the same."""
        if view != self._view:
            self._ants.clear()
        super().set_view(view)
        self._animate()

    @property
    def drop_hint(self) -> bool:
        """Whether the canvas shows that files can be dropped here."""
        return self._drop_hint

    def set_drop_hint(self, hint: bool) -> None:
        """Show that files can be dropped here, or no longer."""
        self._drop_hint = hint
        self.update()

    @property
    def caption(self) -> str:
        """What is written over the image; on a result only that it is not what was asked for."""
        return "" if self._view.mode is ViewMode.RESULT and not self._dimmed else self._caption

    def set_caption(self, text: str, dimmed: bool = False) -> None:
        """Write a text over the lower end of the image, and with `dimmed` take the image back behind it."""
        if (text, dimmed) != (self._caption, self._dimmed):
            self._caption, self._dimmed = text, dimmed
            self.update()

    @property
    def reduced_motion(self) -> bool:
        """Whether ants and busy line stand still."""
        return self._reduced_motion

    def set_reduced_motion(self, reduced: bool) -> None:
        """Stop the animation of ants and busy line, or allow it."""
        self._reduced_motion = reduced
        self._animate()
        self.update()

    @property
    def animating(self) -> bool:
        """Whether ants or busy line move."""
        return self._ants.marching or self._busy_line.moving

    @property
    def pending(self) -> bool:
        """Whether something is still to be requested from the editor or to be drawn smoothly."""
        return self._request_timer.isActive() or self._backing.drawing

    def redraw(self) -> None:
        """Draw the whole image again, instead of only its changes."""
        self._backing.clear()
        self.update()

    # For subclasses

    def _up_to_date(self) -> None:
        """The canvas shows the current state of the document."""

    def _paint_strokes(self, painter: QPainter, ratio: float) -> None:
        """Paint strokes that the rendering does not show yet."""

    def _paint_marks(self, painter: QPainter) -> None:
        """Paint marks above the image."""

    # Changes of the document

    def _image_changing(self) -> None:
        super()._image_changing()
        self._ants.clear()
        self._backing.clear()

    def _requested(self, editor: Editor, renderings: RenderingCache, level: int) -> None:
        if renderings.settled() and JobKind.REFINE not in editor.busy:
            self._up_to_date()
        if self._view.mode is ViewMode.MARCHING_ANTS:
            self._ants.request(editor, level)

    def _on_event(self, event: Event) -> None:
        super()._on_event(event)
        if isinstance(event, JobStarted | JobEnded):
            self._animate()
            self._request_soon()
            self._update_busy_line()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the image from the backing store, and the marks above it."""
        painter = QPainter(self)
        painter.setClipRegion(event.region())
        if self._viewport is None or self._renderings is None or self._editor is None:
            canvas_marks.empty_page(painter, self.rect(), self.palette(), tr(EMPTY), tr(EMPTY_HINT))
        else:
            self._paint_image(painter, self._viewport, self._renderings)
            canvas_marks.caption(painter, self.rect(), self.palette(), self.caption, dimmed=self._dimmed)
            self._paint_marks(painter)
            if self._editor.busy:
                self._busy_line.paint(painter, self.width(), self.palette(), still=self._reduced_motion)
        if self._drop_hint:
            canvas_marks.drop_frame(painter, self.rect(), self.palette())
            if self._viewport is not None:
                canvas_marks.label(painter, tr("Drop to open"), QPointF(24, 24))
        if self._focus_visible and self.hasFocus():
            painter.setPen(QPen(self.palette().highlight().color(), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_image(self, painter: QPainter, viewport: Viewport, renderings: RenderingCache) -> None:
        ratio = self.devicePixelRatioF()
        self._backing.show(self._content(viewport, renderings))
        self._backing.paint(painter, ratio)
        if self._before:
            canvas_marks.label(painter, tr("Original"), QPointF(14, 14))
            return
        if self._editor is not None and not self._editor.document.parts and self._view.mode in _OF_MATTE:
            canvas_marks.label(painter, tr(NOTHING_SELECTED), QPointF(14, 14))
        if self._view.mode is ViewMode.MARCHING_ANTS:
            self._ants.paint(painter, viewport, ratio)
        self._paint_strokes(painter, ratio)
        if self._split is not None:
            self._split.paint(painter, viewport, ratio)
            x = self._split.x(viewport) / ratio
            canvas_marks.label(painter, tr("Before"), QPointF(x - 12, 14), to_left=True)
            canvas_marks.label(painter, tr("After"), QPointF(x + 12, 14))

    def _content(self, viewport: Viewport, renderings: RenderingCache) -> CanvasContent:
        around = canvas_marks.surround_colour(self.palette())
        checks = chequerboard(self.palette(), self.devicePixelRatioF())
        before = renderings.before(viewport.level)
        if self._before:
            return CanvasContent(viewport, before, None, 0, around, checks)
        after = renderings.after(viewport.level)
        if self._split is None:
            return CanvasContent(viewport, after, None, 0, around, checks)
        return CanvasContent(viewport, after, before, self._split.x(viewport), around, checks)

    def _animate(self) -> None:
        """Start the timers that are needed now, and stop the others."""
        alive = self._editor is not None and self.isVisible() and not self._reduced_motion
        self._ants.set_marching(alive and self._view.mode is ViewMode.MARCHING_ANTS)
        self._busy_line.set_moving(alive and self._editor is not None and bool(self._editor.busy))

    def _update_busy_line(self) -> None:
        self.update(0, 0, self.width(), self._busy_line.HEIGHT)

    def _update_device(self, part: QRect) -> None:
        """Repaint a part in device pixels; everything for an empty one."""
        if part.isEmpty():
            self.update()
            return
        ratio = self.devicePixelRatioF()
        scaled = QRectF(part.x() / ratio, part.y() / ratio, part.width() / ratio, part.height() / ratio)
        self.update(scaled.toAlignedRect().adjusted(-1, -1, 1, 1))

    # The window

    def event(self, event: QEvent) -> bool:
        """Follow a change of the theme."""
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus if it came by the keyboard."""
        self._focus_visible = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Remove the frame of the focus."""
        super().focusOutEvent(event)
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        """Resume animations."""
        super().showEvent(event)
        self._animate()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop animations."""
        super().hideEvent(event)
        self._animate()

    def sizeHint(self) -> QSize:
        """A large part of the window."""
        return QSize(900, 650)
