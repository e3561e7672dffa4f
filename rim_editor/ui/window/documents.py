"""The open images, each with its editor and a tab above the canvas; one of them is in front."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QTabBar, QWidget

from rim_editor.editor.editor import Editor
from rim_editor.editor.events import DocumentChanged, Event

if TYPE_CHECKING:
    from clipmat.image_files import OpenedImage
    from rim_editor.files.exporting import ExportRequest
    from rim_editor.files.opening import OpenedFile


UNSAVED = "•"
_NAME = 20
"""Letters of a name that a tab shows at least, beside its cross."""
_numbers = count()


class DocumentTabs(QTabBar):
    """One tab per image, hidden while there is only one. The caller's key stays with a tab when it is moved."""

    chosen = Signal(str)
    """Another tab is in front; '' when the last one is gone."""
    close_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("document_tabs")
        self.setAccessibleName("Open images")
        self.setDocumentMode(True)
        self.setMovable(True)
        self.setTabsClosable(True)
        self.setAutoHide(True)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSelectionBehaviorOnRemove(QTabBar.SelectionBehavior.SelectPreviousTab)
        self.currentChanged.connect(lambda index: self.chosen.emit(self.key(index)))
        self.tabCloseRequested.connect(lambda index: self.close_requested.emit(self.key(index)))

    def add(self, key: str, title: str, tip: str) -> None:
        """Add a tab at the end; it comes to the front only if it is the first."""
        self.blockSignals(True)  # the first tab is chosen before its key is known
        index = self.addTab("")
        self.setTabData(index, key)
        self.blockSignals(False)
        self.set_title(key, title, unsaved=False)
        self.setTabToolTip(index, tip)

    def drop(self, key: str) -> None:
        """Take the tab away; its neighbour comes to the front."""
        index = self.index(key)
        if index >= 0:
            self.removeTab(index)

    def choose(self, key: str) -> None:
        """Bring the tab to the front."""
        self.setCurrentIndex(self.index(key))

    def step(self, by: int) -> None:
        """Go to the next tab (1) or the previous one (-1), wrapping around."""
        if self.count():
            self.setCurrentIndex((self.currentIndex() + by) % self.count())

    def set_title(self, key: str, title: str, *, unsaved: bool, tip: str = "") -> None:
        """Set the text of the tab, with a dot for unsaved changes, and the tooltip if there is one."""
        index = self.index(key)
        if tip:
            self.setTabToolTip(index, tip)
        text = title.replace("&", "&&")
        self.setTabText(index, f"{UNSAVED} {text}" if unsaved else text)
        self.setAccessibleTabName(index, f"{title}, unsaved" if unsaved else title)

    def key(self, index: int) -> str:
        """The key of the tab at `index`, or ''."""
        return str(self.tabData(index) or "")

    def keys(self) -> list[str]:
        """The keys in the order of the tabs."""
        return [self.key(index) for index in range(self.count())]

    def index(self, key: str) -> int:
        """The index of the tab with this key, or -1."""
        keys = self.keys()
        return keys.index(key) if key in keys else -1

    def minimumTabSizeHint(self, index: int) -> QSize:  # noqa: N802
        """Wide enough to recognise the image; the scroll buttons reach tabs that do not fit."""
        hint, metrics = super().tabSizeHint(index), self.fontMetrics()
        text = metrics.size(Qt.TextFlag.TextShowMnemonic, self.tabText(index)).width()
        spared = max(0, text - _NAME * metrics.averageCharWidth())
        return QSize(hint.width() - spared, hint.height())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Close a tab with the middle button, as in a browser."""
        index = self.tabAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.MiddleButton and index >= 0:
            self.close_requested.emit(self.key(index))
        super().mouseReleaseEvent(event)


@dataclass(eq=False)
class OpenDocument:
    """An open image: its editor, and state that only the window needs."""

    key: str
    """Unique, also among those that other processes opened; in the order of opening."""
    editor: Editor
    last_export: tuple[Path, ExportRequest] | None = None
    discarded: bool = False
    """The user agreed to lose its unsaved changes while closing the window."""

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

    def of_file(self, path: Path) -> OpenDocument | None:
        """The one that was opened from this file, or saved in it."""
        wanted = path.absolute()
        found = (one for one in self if (file := _file(one.editor)) is not None and file.absolute() == wanted)
        return next(found, None)

    def add(self, opened: OpenedFile, *, front: bool = True) -> OpenDocument:
        """Open an image, a project, or a document that was recovered, and with `front` bring it to the front."""
        editor = self._make_editor(opened.source)
        editor.open(opened.history, opened.project, linked=opened.linked, saved=opened.saved)
        editor.saving.untitled = opened.title
        added = OpenDocument(f"{next(_numbers):06}-{uuid4().hex}", editor)
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
