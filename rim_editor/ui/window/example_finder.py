"""What is selected in front, or an example from a file, is found in the other tabs or in a batch of images."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from clipmat.examples import SUFFIX, read_example
from rim_editor.editor.events import Answered, Event, JobEnded, JobKind, Notice, NoticeCode
from rim_editor.editor.jobs import Job, Runner
from rim_editor.translation import tr
from rim_editor.ui.named_widgets import save_file_dialog
from rim_editor.ui.window.message_bar import MessageBar, Offer

if TYPE_CHECKING:
    from clipmat.examples import Example
    from rim_editor.editor.editor import Editor
    from rim_editor.ui.dialogs.example_dialog import ExampleDialog
    from rim_editor.ui.window.documents import Documents, OpenDocument


class ExampleFinder(QObject):
    """The actions on examples; the newest search in other tabs has the list of answers."""

    failed = Signal(object, str, object)
    """The error why an example cannot be read, '', and its path."""

    def __init__(
        self,
        documents: Documents,
        messages: MessageBar,
        runner: Runner,
        show_batch: Callable[[Example], object],
        window: QWidget,
    ) -> None:
        """`show_batch` opens the batch dialog with an example."""
        super().__init__(window)
        self._documents, self._show_batch, self._window = documents, show_batch, window
        self._messages, self._runner = messages, runner
        self._list: ExampleDialog | None = None
        documents.event_received.connect(self._on_event)
        documents.removed.connect(lambda document: self._list and self._list.remove(document.key))

    def functions(self) -> dict[str, Callable[[], object]]:
        """The functions of the actions, by their ids."""
        return {"example_save": self.save, "example_find": self.find, "example_batch": self.batch}

    def save(self) -> None:
        """Ask for a file, and save what is selected in the image in front as an example."""
        editor = self._editor()
        if editor is None:
            return
        path = editor.document.source.path
        suggested = (Path.home() / "example" if path is None else path).with_suffix(SUFFIX)
        filters = [tr("Examples (*{suffix})", suffix=SUFFIX)]
        dialog = save_file_dialog(self._window, "example_dialog", tr("Save as example"), suggested, filters)
        dialog.fileSelected.connect(lambda name: editor.examples.save(Path(name)))
        dialog.open()

    def open(self, path: Path) -> None:
        """Read an example from its file, and offer to find it in the images that are open, or in a batch."""
        job = partial(read_example, path), self._offer, lambda error: self.failed.emit(error, "", path)
        self._runner.start(Job(JobKind.EXAMPLE, *job, owner=self))

    def find(self) -> None:
        """Find what is selected in the image in front in all other tabs."""
        front = self._documents.current
        if front is not None:
            front.editor.examples.make(lambda example: self._find_in_tabs(example, front))

    def batch(self) -> None:
        """Open the batch dialog with what is selected in the image in front."""
        editor = self._editor()
        if editor is not None:
            editor.examples.make(self._show_batch)

    def _offer(self, example: Example) -> None:
        def find() -> None:
            if len(self._documents):
                self._find_in_tabs(example)
            else:
                self._offer(example)

        def batch() -> None:
            self._show_batch(example)

        offers: tuple[Offer, ...] = ((tr("Find in the O&pen Images"), find), (tr("&Batch…"), batch))
        named = tr("The example of {source}", source=example.source) if example.source else tr("The example")
        if example.expression:
            named = tr("The example “{title}”", title=example.title)
        some = (
            tr("{example} is ready.")
            if len(self._documents)
            else tr("{example} is ready: open the images to find it in.")
        )
        text = some.format(example=named)
        self._messages.show_message(text, "info", offers, topic="example")

    def _find_in_tabs(self, example: Example, front: OpenDocument | None = None) -> None:
        """Find an example in all tabs, but for the one in front if that is where it comes from."""
        from rim_editor.ui.dialogs.example_dialog import ExampleDialog

        if self._list is not None:
            self._list.close()
        shown = self._list = ExampleDialog(example.title, self._window)
        shown.chosen.connect(self._go_to)
        shown.destroyed.connect(lambda: self._forget(shown))
        others = [document for document in self._documents if document is not front]
        for document in others:
            shown.add(document.key, document.editor.title)
        shown.move_aside(self._window)
        shown.show()
        for document in others:
            document.editor.examples.find(example)

    def _on_event(self, document: OpenDocument, event: Event) -> None:
        if self._list is None:
            return
        if isinstance(event, Answered) and event.by_example:
            self._list.show_answer(document.key, event.certainty, event.presence)
        elif isinstance(event, Notice) and (event.code is NoticeCode.LOCKED or event.job is JobKind.ASK):
            if event.code in (NoticeCode.LOCKED, NoticeCode.FAILED):
                self._list.show_problem(document.key, event.text)
        elif isinstance(event, JobEnded) and event.kind is JobKind.ASK:
            self._list.show_problem(document.key, tr("stopped"))  # an answer replaces it at once

    def _go_to(self, key: str) -> None:
        document = self._documents.by_key(key)
        if document is not None:
            self._documents.choose(document)

    def _forget(self, shown: ExampleDialog) -> None:
        if self._list is shown:
            self._list = None

    def _editor(self) -> Editor | None:
        current = self._documents.current
        return None if current is None else current.editor
