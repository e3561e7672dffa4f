"""Closes images and the window: asks about unsaved changes, one image at a time, and waits for its files."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QMainWindow, QMessageBox, QWidget

from rim_editor.editor.events import Event, JobEnded, JobKind
from rim_editor.translation import tr
from rim_editor.ui.window.documents import Documents, OpenDocument

if TYPE_CHECKING:
    from rim_editor.ui.window.message_bar import MessageBar

Save = Callable[[OpenDocument, Callable[[], None], Callable[[], None]], None]
"""Saves a document; calls the first function when it is saved, the second if the user cancels or it fails."""
_WRITING = frozenset({JobKind.EXPORT, JobKind.SAVE})


class DocumentCloser(QObject):
    """Closes nothing with unsaved changes before the user has agreed."""

    def __init__(
        self,
        window: QMainWindow,
        documents: Documents,
        messages: MessageBar,
        save: Save,
        close_document: Callable[[OpenDocument], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._documents = documents
        self._messages = messages
        self._save = save
        self._close_document = close_document
        self._question: QMessageBox | None = None
        self._waiting: dict[str, str] = {}  # key -> the text of its message
        self._closing_window = False
        self._saving_all = False
        documents.event_received.connect(self._on_event)

    def close_image(self, key: str) -> None:
        """Close an image, after its files are written and the user has agreed to lose unsaved changes."""
        document = self._documents.by_key(key)
        if document is None or self._question is not None:
            return
        if not self._must_wait(document, lambda: self.close_image(key), more=0):
            self._close_document(document)

    def may_close(self) -> bool:
        """Whether the window may close now; if not, ask the user, and close it once they agree."""
        if self._question is not None:
            return False
        self._closing_window = True
        unsaved = [one for one in self._documents if one.editor.unsaved and not one.discarded]
        for document in self._documents:
            more = len([one for one in unsaved if one is not document])
            if self._must_wait(document, self._close_window, more):
                return False
        return True

    def _on_event(self, document: OpenDocument, event: Event) -> None:
        if isinstance(event, JobEnded) and self._waiting:
            QTimer.singleShot(0, self._continue)  # after all listeners have received the event

    def _continue(self) -> None:
        for key in list(self._waiting):
            document = self._documents.by_key(key)
            if document is None or not document.editor.busy & _WRITING:
                self._messages.dismiss(self._waiting.pop(key))
                if self._closing_window:
                    self._close_window()
                else:
                    self.close_image(key)

    def _close_window(self) -> None:
        # Not while a signal of a dialog or of a job is being handled.
        QTimer.singleShot(0, self._window.close)

    def _must_wait(self, document: OpenDocument, go_on: Callable[[], None], more: int) -> bool:
        if document.key in self._waiting:
            return True
        if document.editor.busy & _WRITING:
            self._wait_for_file(document)
            return True
        if document.editor.unsaved and not document.discarded:
            self._documents.choose(document)
            if self._saving_all:
                self._save(document, go_on, self._stay)
            else:
                self._ask(document, go_on, more)
            return True
        return False

    def _wait_for_file(self, document: OpenDocument) -> None:
        saving = JobKind.SAVE in document.editor.busy
        doing = tr("“{title}” is being saved") if saving else tr("“{title}” is being exported")
        closing = (
            tr("the window closes when that is done") if self._closing_window else tr("it closes when that is done")
        )
        text = f"{doing.format(title=document.editor.title)}: {closing}."
        self._waiting[document.key] = text

        def stay() -> None:
            self._waiting.pop(document.key, None)
            self._stay()

        # A stopped export ends like any other, and then closing goes on.
        stop = () if saving else ((tr("&Stop the Export"), document.editor.cancel),)
        self._messages.show_message(text, "info", (*stop, (tr("&Keep Open"), stay)))

    def _ask(self, document: OpenDocument, go_on: Callable[[], None], more: int) -> None:
        question = _unsaved_question(self._window, document.editor.title, more)

        def answered() -> None:
            pressed = question.clickedButton()
            name = "" if pressed is None else pressed.objectName()
            self._question = None
            if name == "leave_save":
                self._save(document, go_on, self._stay)
            elif name == "leave_save_all":
                self._saving_all = True
                self._save(document, go_on, self._stay)
            elif name == "leave_discard":
                document.discarded = True
                go_on()
            elif name == "leave_discard_all":
                for one in self._documents:
                    one.discarded = True
                go_on()
            else:
                self._stay()

        question.finished.connect(lambda _: answered())
        self._question = question
        question.open()

    def _stay(self) -> None:
        self._closing_window = self._saving_all = False
        for document in self._documents:
            document.discarded = False


def _unsaved_question(parent: QWidget, title: str, more: int) -> QMessageBox:
    question = QMessageBox(parent)
    question.setObjectName("unsaved_box")
    question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    question.setIcon(QMessageBox.Icon.Warning)
    question.setWindowTitle(tr("Unsaved work"))
    question.setTextFormat(Qt.TextFormat.PlainText)
    question.setText(tr("Your changes to “{title}” are not saved.", title=title))
    others = tr("one more image") if more == 1 else tr("{more} more images", more=more)
    question.setInformativeText(
        tr("They are lost if you discard them. There are unsaved changes in {others}.", others=others)
        if more
        else tr("They are lost if you discard them.")
    )
    role = QMessageBox.ButtonRole
    save = question.addButton(tr("&Save"), role.AcceptRole)
    save.setObjectName("leave_save")
    if more:
        question.addButton(tr("Save A&ll"), role.AcceptRole).setObjectName("leave_save_all")
    question.addButton(tr("&Discard"), role.DestructiveRole).setObjectName("leave_discard")
    if more:
        question.addButton(tr("Discard &All"), role.DestructiveRole).setObjectName("leave_discard_all")
    cancel = question.addButton(tr("&Cancel"), role.RejectRole)
    cancel.setObjectName("leave_cancel")
    question.setDefaultButton(save)
    question.setEscapeButton(cancel)
    return question
