"""The images that are open, each with its editor; one of them is in front."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from PySide6.QtCore import QObject, Signal

from rim_editor.editor import Editor
from rim_editor.events import DocumentChanged, Event
from rim_editor.ui.window.document_tabs import DocumentTabs

if TYPE_CHECKING:
    from clipmat.image_files import OpenedImage
    from rim_editor.document import Document
    from rim_editor.exporting import ExportRequest


@dataclass(eq=False)
class OpenDocument:
    """An open image: its editor, and what only the window needs to know about it."""

    key: str
    editor: Editor
    last_export: tuple[Path, ExportRequest] | None = None
    discarded: bool = False
    """The user is closing the window and agreed to lose its unsaved work."""


class Documents(QObject):
    """Keeps the tabs in step with the editors, and signals which is in front and what editors report."""

    chosen = Signal(object)
    """This `OpenDocument` is in front; None when none is open."""
    event_received = Signal(object, object)
    """An `OpenDocument` and an event of its editor."""
    removed = Signal(object)
    """This `OpenDocument` was closed."""

    def __init__(
        self, tabs: DocumentTabs, make_editor: Callable[[OpenedImage], Editor], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._tabs = tabs
        self._make_editor = make_editor
        self._open: dict[str, OpenDocument] = {}
        self._in_front: OpenDocument | None = None
        tabs.chosen.connect(lambda _: self._update_current())

    def __iter__(self) -> Iterator[OpenDocument]:
        return iter([self._open[key] for key in self._tabs.keys()])

    def __len__(self) -> int:
        return len(self._open)

    @property
    def current(self) -> OpenDocument | None:
        """The one in front."""
        return self._open.get(self._tabs.key(self._tabs.currentIndex()))

    def by_key(self, key: str) -> OpenDocument | None:
        """The one with this key, if it is open."""
        return self._open.get(key)

    def of_file(self, path: Path) -> OpenDocument | None:
        """The one that was opened from this file."""
        wanted = path.absolute()
        found = (one for one in self if (source := one.editor.document.source.path) and source.absolute() == wanted)
        return next(found, None)

    def add(self, source: OpenedImage, restored: Document | None = None, *, front: bool = True) -> OpenDocument:
        """Open an image, or a document that was recovered, and with `front` bring it to the front."""
        editor = self._make_editor(source)
        if restored is not None:
            editor.restore(restored)
        added = OpenDocument(uuid4().hex, editor)
        self._open[added.key] = added
        editor.listen(lambda event: self._on_event(added, event))
        self._tabs.add(added.key, editor.title, str(source.path or editor.title))
        self._tabs.set_title(added.key, editor.title, unsaved=editor.unsaved)
        if front:
            self.choose(added)
        self._update_current()  # the first tab is in front without being chosen
        return added

    def choose(self, document: OpenDocument) -> None:
        """Bring it to the front."""
        self._tabs.choose(document.key)

    def remove(self, document: OpenDocument) -> None:
        """Close it, and drop the jobs that run on it."""
        if self._open.pop(document.key, None) is not None:
            self._tabs.drop(document.key)
            document.editor.close()
            self.removed.emit(document)

    def _update_current(self) -> None:
        if self.current is not self._in_front:
            self._in_front = self.current
            self.chosen.emit(self._in_front)

    def _on_event(self, document: OpenDocument, event: Event) -> None:
        if isinstance(event, DocumentChanged):
            self._tabs.set_title(document.key, document.editor.title, unsaved=document.editor.unsaved)
        self.event_received.emit(document, event)
