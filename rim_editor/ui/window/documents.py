"""The open images, each with its editor and a tab above the canvas; one of them is in front."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from PySide6.QtCore import QObject, Signal

from rim_editor.documents.framing import Framing
from rim_editor.editor.editor import Editor
from rim_editor.editor.events import DocumentChanged, Event
from rim_editor.ui.window.document_tabs import DocumentTabs

if TYPE_CHECKING:
    from clipmat.image_files import OpenedImage
    from rim_editor.files.exporting import ExportRequest
    from rim_editor.files.opening import OpenedFile

_numbers = count()


@dataclass(eq=False)
class OpenDocument:
    """An open image: its editor, and state that only the window needs."""

    key: str
    """Unique, also among those that other processes opened; in the order of opening."""
    editor: Editor
    last_export: tuple[Path, ExportRequest] | None = None
    framing: Framing = Framing()
    """Of its next export: as in the last one, or as in a preset since; another image's may be quite wrong for it."""
    discarded: bool = False
    """The user agreed to lose its unsaved changes while closing the window."""
    several_pages: bool = False
    """Whether it is a page or frame of an image file that holds others."""

    def exported(self, path: Path, request: ExportRequest) -> None:
        """Remember that it was exported so; the same file may be written again."""
        self.last_export, self.framing = (path, replace(request, overwrite=True)), request.framing

    @property
    def file(self) -> Path | None:
        """The file of the project, else of the image."""
        return _file(self.editor)


class Documents(QObject):
    """Keeps the tabs in sync with the editors, and forwards the events of the editors."""

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

    def of_file(self, path: Path, page: int | None = None) -> OpenDocument | None:
        """The one that was opened from this file, from `page` of it if one was asked for, or saved in it."""
        wanted = path.absolute()
        for one in self:
            file, saved = one.file, one.editor.saving.path is not None
            if file is not None and file.absolute() == wanted and (saved or one.editor.document.source.page == page):
                return one
        return None

    def add(self, opened: OpenedFile, *, front: bool = True) -> OpenDocument:
        """Open an image, a project, or a document that was recovered, and with `front` bring it to the front."""
        editor = self._make_editor(opened.source)
        editor.open(opened.history, opened.project, linked=opened.linked, saved=opened.saved)
        saving = editor.saving
        saving.untitled, saving.image_name, saving.mode = opened.title, opened.image_name, opened.mode
        added = OpenDocument(f"{next(_numbers):06}-{uuid4().hex}", editor, several_pages=opened.several_pages)
        self._open[added.key] = added
        editor.listen(lambda event: self._on_event(added, event))
        self._tabs.add(added.key, editor.title, str(_file(editor) or editor.title))
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
            editor = document.editor
            tip = str(_file(editor) or editor.title)
            self._tabs.set_title(document.key, editor.title, unsaved=editor.unsaved, tip=tip)
        self.event_received.emit(document, event)


def _file(editor: Editor) -> Path | None:
    """The file of the project, else of the image."""
    return editor.saving.path or editor.document.source.path
