"""What an earlier run left behind when it did not end properly: offered, then restored or discarded."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from clipmat.errors import UserFacingWarning
from clipmat.thread_warnings import collected_warnings
from rim_editor.editor import Job, Runner

if TYPE_CHECKING:
    from rim_editor.document import Document
    from rim_editor.recovery import Left, Recovery
    from rim_editor.ui.window.message_bar import MessageBar


class Restorer(QObject):
    """Looks beside the window for what was left behind and asks in the message bar what becomes of it.

    `restored(document)` opens a document and returns what keeps it anew; only then is the old state discarded.
    """

    def __init__(
        self,
        recovery: Recovery,
        runner: Runner,
        messages: MessageBar,
        restored: Callable[[Document], Callable[[], None]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._recovery = recovery
        self._runner = runner
        self._messages = messages
        self._restored = restored

    def offer(self) -> None:
        """Look, and ask if there is anything; at once, without waiting."""
        self._runner.start(Job("left:window", self._look, self._found, self._failed))

    def _look(self) -> tuple[tuple[Left, ...], list[str]]:
        with collected_warnings(UserFacingWarning) as texts:
            return self._recovery.left_behind(), texts

    def _found(self, outcome: tuple[tuple[Left, ...], list[str]]) -> None:
        left, texts = outcome
        for text in texts:
            self._messages.say(text, "warning")
        if left:
            names = ", ".join(f"“{one.name}”" for one in left[:3]) + (" and more" if len(left) > 3 else "")
            text = f"RIM Editor did not end properly last time. Unsaved work was kept: {names}."
            offers = (("&Restore", lambda: self._restore(left)), ("&Discard", lambda: self._discard(left)))
            self._messages.say(text, "warning", offers)

    def _restore(self, left: tuple[Left, ...]) -> None:
        for one in left:
            self._runner.start(Job(f"restore:{one.key}", self._reading(one), self._opening(one), self._failed))

    def _reading(self, one: Left) -> Callable[[], tuple[Document, list[str]]]:
        def work() -> tuple[Document, list[str]]:
            with collected_warnings(UserFacingWarning) as texts:
                return one.restore(), texts

        return work

    def _opening(self, one: Left) -> Callable[[tuple[Document, list[str]]], None]:
        def done(outcome: tuple[Document, list[str]]) -> None:
            document, texts = outcome
            keep = self._restored(document)
            for text in texts:
                self._messages.say(text, "warning")

            def exchange() -> None:
                keep()
                one.discard()

            self._runner.start(Job(f"exchange:{one.key}", exchange, lambda _: None, self._failed))

        return done

    def _discard(self, left: tuple[Left, ...]) -> None:
        def work() -> None:
            for one in left:
                one.discard()

        self._runner.start(Job("discard:window", work, lambda _: None, self._failed))

    def _failed(self, error: Exception) -> None:
        self._messages.say(str(error), "error")
