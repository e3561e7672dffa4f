"""Shows one document at a time: requests renderings from the editor whenever the document or the viewport changes.

It owns view, split and before (mode and split are each document's own); `ZoomableWidget` owns zoom and pan, and
`ImageView` paints.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from rim_editor.documents.rendering import View, ViewMode
from rim_editor.editor.events import DocumentChanged, Event, Subscription
from rim_editor.ui.canvas.rendering_cache import RenderingCache
from rim_editor.ui.canvas.split_line import SplitLine
from rim_editor.ui.canvas.viewport import Viewport
from rim_editor.ui.canvas.zoomable_widget import ZoomableWidget

if TYPE_CHECKING:
    from rim_editor.editor.editor import Editor

_COALESCE_MS, _AGAIN_MS = 15, 60


@dataclass
class _Pane:
    """State of an editor that is kept while another is shown."""

    viewport: Viewport
    renderings: RenderingCache
    mode: ViewMode = View().mode
    split: bool = False


class DocumentView(ZoomableWidget):
    """Keeps the renderings of the current editor up to date, and remembers the viewports of the others."""

    view_changed = Signal(View)
    split_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor: Editor | None = None
        self._subscription = Subscription()
        self._renderings: RenderingCache | None = None
        self._panes: WeakKeyDictionary[Editor, _Pane] = WeakKeyDictionary()
        self._view = View()
        self._split: SplitLine | None = None
        self._split_line = SplitLine()
        self._before = False
        self._request_timer = QTimer(self, singleShot=True)
        self._request_timer.timeout.connect(self._request)

    @property
    def editor(self) -> Editor | None:
        """The editor whose image is shown."""
        return self._editor

    def set_editor(self, editor: Editor | None) -> None:
        """Show this editor's image as it was last shown, or fitted at first; None shows no image."""
        if editor is self._editor:
            return
        self._image_changing()
        mode, split = (View().mode, False) if self._editor is not None else (self._view.mode, self.split)
        if self._editor is not None:
            self._panes[self._editor].mode, self._panes[self._editor].split = self._view.mode, self.split
        if self._renderings is not None:
            self._renderings.trim()
        if self._editor is not None:
            self._editor.renderer.trim()
        self._editor = editor
        self._subscription.change(editor, self._on_event)
        self._before = False
        self._renderings = None
        self._install_viewport(None)
        if editor is not None:
            pane = self._panes.get(editor)
            if pane is None:
                mode = editor.saving.mode or mode
                self._show_new_image(editor)
            else:
                self._renderings, mode, split = pane.renderings, pane.mode, pane.split
                self._install_viewport(self._resized(pane.viewport))
            self._request_timer.start(0)
        self.set_view(replace(self._view, mode=mode))
        if editor is not None:
            editor.saving.mode = mode
        self.set_split(split)
        self.update()

    @property
    def view(self) -> View:
        """How the document is shown."""
        return self._view

    def set_view(self, view: View) -> None:
        """Change the view; emits `view_changed` unless it is the same."""
        if view != self._view:
            self._view = view
            if self._editor is not None:
                self._editor.saving.mode = view.mode
            self._request_soon()
            self.update()
            self.view_changed.emit(view)

    @property
    def split(self) -> bool:
        """Whether the original is shown left of a line."""
        return self._split is not None

    def set_split(self, split: bool) -> None:
        """Show the original left of a line that can be dragged (with Shift and an arrow key too), or no longer."""
        if split != self.split:
            self._split = self._split_line if split else None
            self._request_soon()
            self.update()
            self.split_changed.emit(split)

    def move_split(self, x: float) -> None:
        """Move the line to x, in device pixels from the left."""
        if self._split is not None:
            self._split.move_to(x, self.viewport)
            self.update()

    @property
    def before(self) -> bool:
        """Whether the original alone is shown."""
        return self._before

    def set_before(self, before: bool) -> None:
        """Show the original alone, as long as a key or a button is held."""
        if before != self._before:
            self._before = before
            self._request_soon()
            self.update()

    # For subclasses

    def _image_changing(self) -> None:
        """Another image, or none, is about to be shown."""

    def _requested(self, editor: Editor, renderings: RenderingCache, level: int) -> None:
        """The renderings of this level were requested, or are there already."""

    # The editor

    def _on_event(self, event: Event) -> None:
        if isinstance(event, DocumentChanged):
            if "image" in event.aspects and self._editor is not None:
                self._replace_image(self._editor)
                # Something else may have been opened in its place, which was shown in another way.
                self.set_view(replace(self._view, mode=self._editor.saving.mode or self._view.mode))
            self._request_soon()

    def _request_soon(self) -> None:
        if self._viewport is not None and not self._request_timer.isActive():
            self._request_timer.start(_COALESCE_MS)

    def _request(self) -> None:
        if self._viewport is None or self._renderings is None or self._editor is None or not self.isVisible():
            return
        level, coarse = self._viewport.level, self._viewport.coarse_level
        if not self._renderings.request(self._view, level, coarse, before=self.split or self._before):
            self._request_timer.start(_AGAIN_MS)
        self._requested(self._editor, self._renderings, level)

    def _rendering_arrived(self, renderings: RenderingCache) -> None:
        if renderings is self._renderings:
            self._request_soon()
            self.update()

    def _show_new_image(self, editor: Editor) -> None:
        renderings = RenderingCache(editor, lambda: self._rendering_arrived(renderings))
        viewport = self._fitted(editor.document.size)
        self._panes[editor] = _Pane(viewport, renderings)
        self._renderings = renderings
        self._install_viewport(viewport)

    def _replace_image(self, editor: Editor) -> None:
        if self._renderings is not None and self._renderings.original is editor.document.source.pixels:
            return
        self._image_changing()
        self._show_new_image(editor)
        self.update()

    def _viewport_changed(self) -> None:
        if self._editor is not None:
            self._panes[self._editor].viewport = self.viewport
        self._request_soon()
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        """Request the renderings that were skipped while hidden."""
        super().showEvent(event)
        self._request_soon()
