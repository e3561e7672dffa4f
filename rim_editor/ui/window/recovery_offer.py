"""Offers to restore or discard unsaved work of a run that crashed."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from rim_editor.editor.events import JobKind
from rim_editor.editor.jobs import Job, Runner
from rim_editor.files import opening

if TYPE_CHECKING:
    from rim_editor.files.opening import OpenedFile
    from rim_editor.files.recovery import RecoverableDocument, Recovery
    from rim_editor.ui.window.message_bar import MessageBar


class RecoveryOffer(QObject):
    """Searches for unsaved work in the background, and offers it in the message bar.

    `open_restored(opened)` opens it and returns a function that saves it again; the old state is discarded
    only after that.
    """

    def __init__(
        self,
        recovery: Recovery,
        runner: Runner,
        messages: MessageBar,
        open_restored: Callable[[OpenedFile], Callable[[], None]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._recovery = recovery
        self._runner = runner
        self._messages = messages
        self._open_restored = open_restored

    def offer(self) -> None:
        """Start the search; returns at once."""
        self._start(JobKind.FIND_RECOVERED, self._recovery.recoverable, self._ask)

    def _ask(self, left: tuple[RecoverableDocument, ...]) -> None:
        if left:
            names = ", ".join(f"“{one.name}”" for one in left[:3]) + (" and more" if len(left) > 3 else "")
            text = f"RIM Editor did not end properly last time. Unsaved work was kept: {names}."
            offers = (("&Restore", lambda: self._restore(left)), ("&Discard", lambda: self._discard(left)))
            self._messages.show_message(text, "warning", offers)

    def _restore(self, left: tuple[RecoverableDocument, ...]) -> None:
        for one in left:
            self._start(JobKind.RESTORE, partial(opening.restore, one), partial(self._replace, one), owner=one.key)

    def _replace(self, one: RecoverableDocument, opened: OpenedFile) -> None:
        save = self._open_restored(opened)

        def save_and_discard() -> None:
            save()
            one.discard()

        self._start(JobKind.DISCARD, save_and_discard, owner=one.key)

    def _discard(self, left: tuple[RecoverableDocument, ...]) -> None:
        def discard_all() -> None:
            for one in left:
                one.discard()

        self._start(JobKind.DISCARD, discard_all)

    def _start(
        self,
        kind: JobKind,
        work: Callable[[], object],
        done: Callable[[Any], None] = lambda _: None,
        owner: Hashable = None,
    ) -> None:
        self._runner.start(Job(kind, work, done, self._show_error, self._show_warning, owner))

    def _show_error(self, error: Exception) -> None:
        self._messages.show_message(str(error), "error")

    def _show_warning(self, text: str) -> None:
        self._messages.show_message(text, "warning")
