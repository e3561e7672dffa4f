"""Pages: says of an image file that was opened that it holds several pages or frames, and opens another one."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QInputDialog, QWidget

from clipmat import image_files
from rim_editor.editor.events import JobKind
from rim_editor.editor.jobs import Job, Runner
from rim_editor.translation import tr
from rim_editor.ui.named_widgets import name_widget, open_question
from rim_editor.ui.window.document_opener import DocumentOpener
from rim_editor.ui.window.documents import Documents, OpenDocument
from rim_editor.ui.window.message_bar import MessageBar


class PageChooser(QObject):
    """Follows `opener`, which also opens the page that is chosen, in a tab of its own."""

    failed = Signal(object, str, object)
    """The error, the key of the image that it is about, and the path of its file."""

    def __init__(
        self, window: QWidget, documents: Documents, opener: DocumentOpener, messages: MessageBar, runner: Runner
    ) -> None:
        super().__init__(window)
        self._window, self._documents, self._opener = window, documents, opener
        self._messages, self._runner = messages, runner
        opener.opened.connect(self._opened)

    def choose(self) -> None:
        """Let the user choose a page of the file in front."""
        if self._documents.current is not None:
            self._count(self._documents.current)

    def _opened(self, document: OpenDocument) -> None:
        source = document.editor.document.source
        if not document.several_pages or source.page is not None or source.path is None:
            return
        name = source.path.name
        self._messages.show_message(
            tr("“{name}” holds several pages or frames: this is the first.", name=name),
            offers=((tr("Another &Page…"), lambda: self._count(document)),),
            owner=document.key,
            tip=str(source.path),
        )

    def _count(self, document: OpenDocument) -> None:
        path, page = document.editor.document.source.path, document.editor.document.source.page
        if path is None:
            return

        def failed(error: Exception) -> None:
            self.failed.emit(error, document.key, path)

        ask = partial(self._ask, path, page or 1)
        self._runner.start(Job(JobKind.PAGES, lambda: image_files.count_pages(path), ask, failed))

    def _ask(self, path: Path, shown: int, count: int) -> None:
        dialog = name_widget(QInputDialog(self._window), "page_dialog")
        dialog.setWindowTitle(tr("Open Another Page"))
        dialog.setInputMode(QInputDialog.InputMode.IntInput)
        dialog.setIntRange(1, count)
        dialog.setIntValue(shown % count + 1)
        dialog.setLabelText(tr("Page or frame of “{name}”, from 1 to {count}:", name=path.name, count=count))
        dialog.intValueSelected.connect(lambda page: self._opener.open_page(path, page))
        open_question(dialog)
