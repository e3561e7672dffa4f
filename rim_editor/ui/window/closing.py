"""Closing images and the window: asks about unsaved work, one image after the other, and waits for exports."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QMainWindow, QMessageBox, QWidget

from rim_editor.events import JobKind
from rim_editor.ui.window.documents import Documents, OpenDocument

if TYPE_CHECKING:
    from rim_editor.ui.window.message_bar import MessageBar

Export = Callable[[OpenDocument, Callable[[], None], Callable[[], None]], None]
"""Have the user export a document: calls the first function once that is done, the second if it is not to be."""


class Leaving(QObject):
    """What `close_image` and the window's close button lead to; nothing is put away before the user agreed."""

    def __init__(
        self,
        window: QMainWindow,
        documents: Documents,
        messages: MessageBar,
        export: Export,
        put_away: Callable[[OpenDocument], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._documents = documents
        self._messages = messages
        self._export = export
        self._put_away = put_away
        self._box: QMessageBox | None = None
        self._waiting: dict[str, str] = {}  # key -> what the message bar says about it
        self._everything = False

    def close_image(self, key: str) -> None:
        """Put an image away: at once, or once its export is done and the user agreed to lose what is unsaved."""
        document = self._documents.by_key(key)
        if document is None or self._box is not None:
            return
        if not self._is_in_the_way(document, lambda: self.close_image(key), more=0):
            self._put_away(document)

    def may_close(self) -> bool:
        """Whether the window may close now; if not, the user is asked, and the window closes after the answers."""
        if self._box is not None:
            return False
        self._everything = True
        unsaved = [one for one in self._documents if one.editor.unsaved and not one.given_up]
        for document in self._documents:
            more = len([one for one in unsaved if one is not document])
            if self._is_in_the_way(document, self._close_window, more):
                return False
        return True

    def work_ended(self) -> None:
        """Some work ended: go on if it was waited for, after everybody has heard of it."""
        if self._waiting:
            QTimer.singleShot(0, self._go_on)

    def _go_on(self) -> None:
        for key in list(self._waiting):
            document = self._documents.by_key(key)
            if document is None or JobKind.EXPORT not in document.editor.busy:
                self._messages.unsay(self._waiting.pop(key))
                if self._everything:
                    self._close_window()
                else:
                    self.close_image(key)

    def _close_window(self) -> None:
        # Not from within the signal of a box or of a job.
        QTimer.singleShot(0, self._window.close)

    def _is_in_the_way(self, document: OpenDocument, go_on: Callable[[], None], more: int) -> bool:
        if document.key in self._waiting:
            return True
        if JobKind.EXPORT in document.editor.busy:
            self._wait(document)
            return True
        if document.editor.unsaved and not document.given_up:
            self._documents.choose(document)
            self._ask(document, go_on, more)
            return True
        return False

    def _wait(self, document: OpenDocument) -> None:
        what = "the window" if self._everything else "it"
        text = f"“{document.editor.title}” is being exported: {what} closes when that is done."
        self._waiting[document.key] = text

        def stay() -> None:
            self._waiting.pop(document.key, None)
            self._stay()

        # Stopping ends the work, and that goes on here as the end of any export does.
        offers = (("&Stop the Export", document.editor.cancel), ("&Keep Open", stay))
        self._messages.say(text, "info", offers)

    def _ask(self, document: OpenDocument, go_on: Callable[[], None], more: int) -> None:
        def discard() -> None:
            document.given_up = True
            go_on()

        def discard_all() -> None:
            for one in self._documents:
                one.given_up = True
            go_on()

        def answered(box: QMessageBox) -> None:
            pressed = box.clickedButton()
            name = "" if pressed is None else pressed.objectName()
            self._box = None
            if name == "leave_export":
                self._export(document, go_on, self._stay)
            elif name == "leave_discard":
                discard()
            elif name == "leave_discard_all":
                discard_all()
            else:
                self._stay()

        box = _box(self._window, document.editor.title, more)
        box.finished.connect(lambda _: answered(box))
        self._box = box
        box.open()

    def _stay(self) -> None:
        self._everything = False
        for document in self._documents:
            document.given_up = False


def _box(parent: QWidget, title: str, more: int) -> QMessageBox:
    box = QMessageBox(parent)
    box.setObjectName("unsaved_box")
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle("Unsaved work")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(f"What you did to “{title}” was not exported.")
    others = "one more image" if more == 1 else f"{more} more images"
    box.setInformativeText(
        f"It is lost if you discard it. There is unsaved work in {others}." if more else "It is lost if you discard it."
    )
    role = QMessageBox.ButtonRole
    export = box.addButton("&Export…", role.AcceptRole)
    export.setObjectName("leave_export")
    box.addButton("&Discard", role.DestructiveRole).setObjectName("leave_discard")
    if more:
        box.addButton("Discard &All", role.DestructiveRole).setObjectName("leave_discard_all")
    cancel = box.addButton("&Cancel", role.RejectRole)
    cancel.setObjectName("leave_cancel")
    box.setDefaultButton(export)
    box.setEscapeButton(cancel)
    return box
