"""Offers to restore or discard unsaved work of a run that crashed."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from rim_editor.editor.events import JobKind
from rim_editor.editor.jobs import Job, Runner
from rim_editor.files import opening
from rim_editor.translation import tr

if TYPE_CHECKING:
    from rim_editor.files.opening import OpenedFile
    from rim_editor.files.recovery import RecoverableDocument, Recovery
    from rim_editor.ui.window.autosave import Autosave
    from rim_editor.ui.window.documents import Documents, OpenDocument
    from rim_editor.ui.window.message_bar import MessageBar


class RecoveryOffer(QObject):
    """Searches for unsaved work in the background, and offers it in the message bar.

    What is restored is opened in the order of the former tabs, one after another. It takes the place of the same file
    where that is open without unsaved changes, else it stands beside it under a name of its own. The old state is
    discarded only after the document is saved for recovery again.
    """

    warned = Signal(str, str, object)
    """A warning, the key of the image that it is about, and the path of its file or None."""

    def __init__(
        self,
        recovery: Recovery,
        runner: Runner,
        messages: MessageBar,
        documents: Documents,
        autosave: Autosave,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._recovery = recovery
        self._runner = runner
        self._messages = messages
        self._documents = documents
        self._autosave = autosave

    def offer(self) -> None:
        """Start the search; returns at once."""
        self._start(JobKind.FIND_RECOVERED, self._recovery.recoverable, self._ask)

    def _ask(self, left: tuple[RecoverableDocument, ...]) -> None:
        if left:
            names = ", ".join(f"“{one.name}”" for one in left[:3]) + (tr(" and more") if len(left) > 3 else "")
            text = tr("RIM Editor did not end properly. Unsaved work was kept: {names}.", names=names)
            offers = (
                (tr("&Restore"), lambda: self._restore(_as_in_tabs(left))),
                (tr("&Discard"), lambda: self._confirm(left)),
            )
            self._messages.show_message(text, "warning", offers)

    def _confirm(self, left: tuple[RecoverableDocument, ...]) -> None:
        count = tr("{count} images", count=len(left)) if len(left) > 1 else tr("one image")
        text = tr("The unsaved work on {count} would be gone for good.", count=count)
        offers = ((tr("&Keep"), lambda: self._ask(left)), (tr("&Discard for good"), lambda: self._discard(left)))
        self._messages.show_message(text, "warning", offers)

    def _restore(self, left: Sequence[RecoverableDocument]) -> None:
        """Restore the first, and the rest once it is there."""
        if not left:
            return
        one, *others = left
        key = ""

        def done(opened: OpenedFile) -> None:
            nonlocal key
            document = self._opened(one, opened)
            key = document.key
            save = self._autosave.save_function(key, document.editor)

            def save_and_discard() -> None:
                save()
                one.discard()

            self._start(JobKind.DISCARD, save_and_discard, owner=one.key)
            self._restore(others)

        def failed(error: Exception) -> None:
            self._show_error(error)
            self._restore(others)

        def warned(text: str) -> None:
            self.warned.emit(text, key, one.path)

        self._runner.start(Job(JobKind.RESTORE, partial(opening.restore, one), done, failed, warned, owner=one.key))

    def _opened(self, one: RecoverableDocument, opened: OpenedFile) -> OpenDocument:
        path = one.project or one.path
        there = None if path is None else self._documents.of_file(path, opened.source.page)
        if there is not None and not there.editor.unsaved:
            there.editor.saving.mode = opened.mode
            there.editor.open(opened.history, opened.project, linked=opened.linked, saved=False)
            self._documents.choose(there)
            return there
        if there is not None:  # two tabs must not write to one file
            when = one.saved_at.astimezone()
            title = tr("{name} (restored, {time})", name=one.name, time=f"{when:%H:%M}")
            opened = replace(opened, project=None, linked=False, title=title, image_name=Path(one.name).stem)
        added = self._documents.add(opened)
        self._autosave.watch(added.key, added.editor)
        return added

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


def _as_in_tabs(left: Iterable[RecoverableDocument]) -> list[RecoverableDocument]:
    """In the order in which they were opened, those of each process together."""
    return sorted(left, key=lambda one: (one.folder.parent.name, one.key))
