"""The same again: what was done to one image is done to the next one, or to an image of a batch that is to be checked.

Its words are asked for one after another, then it gets the edge and the edit, and where every answer is sure, it is
exported as the image before was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from clipmat.certainty import Certainty
from clipmat.expression import clean_expression
from rim_editor.batch import project_recipes
from rim_editor.batch.recipe import ExpressionTerm
from rim_editor.editor.events import Answered, DocumentChanged, Event, JobEnded, JobKind, Notice, NoticeCode
from rim_editor.editor.jobs import Job, Runner
from rim_editor.files.folder_images import next_image
from rim_editor.files.outputs import free_path
from rim_editor.translation import marked, tr
from rim_editor.ui.dialogs.export_formats import suggested_stem

if TYPE_CHECKING:
    from rim_editor.batch.outcomes import Outcome
    from rim_editor.batch.plan import Plan
    from rim_editor.documents.composition import Composition
    from rim_editor.documents.document import Document, MatteControls
    from rim_editor.documents.edits import Edit
    from rim_editor.files.exporting import ExportRequest
    from rim_editor.ui.panels.expression_bar import ExpressionBar
    from rim_editor.ui.window.batch_opener import BatchOpener
    from rim_editor.ui.window.document_opener import DocumentOpener
    from rim_editor.ui.window.documents import Documents, OpenDocument

_NOTHING_YET = marked("Nothing can be done again yet: find something by words here first.")
_NO_NEXT = marked("There is no next image: neither a tab to the right nor a file after this one in its folder.")
_CHECK = marked("This image was not exported, as the answer is not sure: look at it, then export it (Ctrl+E).")
_NOTHING_HERE = marked(
    "This image was not exported, as “{words}” was not found: use other words, then export it (Ctrl+E)."
)
_GESTURE = "same again"
_REFUSED = (NoticeCode.LOCKED, NoticeCode.NO_MATTE)


@dataclass(frozen=True, eq=False)
class Repetition:
    """What was done to an image."""

    terms: tuple[ExpressionTerm, ...]
    """At least one."""
    controls: MatteControls
    composition: Composition
    edit: Edit | None
    """None leaves the edit as it is."""
    ending: str = ""
    """What follows the name of the image in the name of its export, suffix included."""
    folder: Path | None = None
    """Where it was exported to; None where it was not."""
    request: ExportRequest | None = None

    @classmethod
    def of(cls, one: OpenDocument) -> Repetition | None:
        """What was done to an open image; None where nothing was found by words."""
        document = one.editor.document
        terms = project_recipes.terms_of(document)
        if not terms:
            return None
        done = cls(terms, document.controls, document.composition, document.edit)
        if one.last_export is None:
            return done
        path, request = one.last_export
        stem = _stem(one)
        usual = suggested_stem("", request, document.edit)
        ending = path.stem.removeprefix(stem) if path.stem.startswith(stem) else usual
        return replace(done, ending=ending + path.suffix, folder=path.parent, request=request)


@dataclass(eq=False)
class _Running:
    """A repetition on its way: the term whose answer is waited for, and the worst answer so far."""

    repetition: Repetition
    before: Document
    place: int = 0
    added: int = 0
    """The answers that became steps of the history."""
    missed: str = ""
    """The words that were not found."""
    sure: bool = True
    waiting: bool = False
    """Whether an answer is waited for."""

    @property
    def words(self) -> str:
        return clean_expression(self.repetition.terms[self.place].expression)


class Repeater(QObject):
    """Does the same again; `messaged` says what it does not do."""

    messaged = Signal(str, str)
    """A message, and the key of the image that it is about, or ''."""

    def __init__(
        self,
        documents: Documents,
        opener: DocumentOpener,
        bar: ExpressionBar,
        batch: BatchOpener,
        runner: Runner,
        window: QObject,
    ) -> None:
        super().__init__(window)
        self._documents, self._opener, self._bar, self._runner = documents, opener, bar, runner
        self._last: Repetition | None = None
        self._running: dict[str, _Running] = {}
        self._waiting: dict[Path, Repetition | None] = {}
        """What to do to files that are being opened."""
        self._made: set[Path] = set()
        """What was exported since the window was opened: no image that comes next."""
        documents.event_received.connect(self._on_event)
        documents.removed.connect(lambda document: self._running.pop(document.key, None))
        opener.opened.connect(lambda document, _front: self._opened(document))
        batch.image_requested.connect(self.show_outcome)

    def functions(self) -> dict[str, Callable[[], object]]:
        """The functions of the actions, by their ids."""
        return {"same_again": self.same_again}

    def same_again(self) -> None:
        """Do what was done to the image in front to the next one: the tab to the right, else the next file.

        Where nothing was found by words in the image in front, what was repeated last counts.
        """
        front = self._documents.current
        repetition = self._last if front is None else Repetition.of(front) or self._last
        if front is None or repetition is None:
            self.messaged.emit(tr(_NOTHING_YET), "" if front is None else front.key)
            return
        self._last = repetition
        tabs = list(self._documents)
        after = tabs[tabs.index(front) + 1 :]
        if after:
            self._documents.choose(after[0])
            self._begin(after[0], repetition)
            return
        path = front.editor.document.source.path
        if path is None:
            self.messaged.emit(tr(_NO_NEXT), front.key)
            return

        def found(following: Path | None) -> None:
            if following is None:
                self.messaged.emit(tr(_NO_NEXT), front.key)
            else:
                self._open(following, repetition)

        def failed(_: Exception) -> None:
            self.messaged.emit(tr(_NO_NEXT), front.key)

        paths = (one.editor.document.source.path for one in tabs)
        there = frozenset(one.absolute() for one in paths if one is not None) | self._made
        ending = repetition.ending if repetition.folder == path.parent else ""
        self._runner.start(Job(JobKind.OPEN, lambda: next_image(path, there, ending), found, failed, owner=self))

    def show_outcome(self, outcome: Outcome, plan: Plan | None) -> None:
        """Open the image of a batch in a tab, and do there what the batch did."""
        repetition, page = None, None
        if plan is not None:
            page = plan.recipe.page
            item = plan.items[outcome.index]
            terms = tuple(term for term in item.expressions if term.expression)
            edit = None if item.edit.background is not None else item.edit.read()
            if terms:
                repetition = Repetition(terms, plan.recipe.controls, plan.recipe.composition, edit)
        self._open(outcome.source, repetition, page)

    def _open(self, path: Path, repetition: Repetition | None, page: int | None = None) -> None:
        there = self._documents.of_file(path, page)
        if there is not None:
            self._documents.choose(there)
            if repetition is not None and project_recipes.terms_of(there.editor.document) != repetition.terms:
                self._begin(there, repetition)  # a former batch found something else, or nothing was asked yet
        else:
            self._waiting[path.absolute()] = repetition
            if page is None:
                self._opener.open_files([path])
            else:
                self._opener.open_page(path, page)
        window = self._bar.window()  # the batch dialog may be in front of it
        window.raise_()
        window.activateWindow()

    def _opened(self, document: OpenDocument) -> None:
        path = document.editor.document.source.path
        if path is None or path.absolute() not in self._waiting:
            return
        repetition = self._waiting.pop(path.absolute())
        self._documents.choose(document)
        if repetition is not None:
            self._begin(document, repetition)

    def _begin(self, document: OpenDocument, repetition: Repetition) -> None:
        self._running[document.key] = _Running(repetition, document.editor.document)
        self._ask(document)

    def _ask(self, document: OpenDocument) -> None:
        running = self._running.get(document.key)
        if running is None:
            return
        running.waiting = True
        term = running.repetition.terms[running.place]
        if document is self._documents.current:
            self._bar.set_combine(term.combine)
            self._bar.ask_for(term.expression)
        else:
            document.editor.ask(term.expression, term.combine)

    def _on_event(self, document: OpenDocument, event: Event) -> None:
        if isinstance(event, Notice) and event.code is NoticeCode.EXPORTED and event.path is not None:
            self._made.add(event.path.absolute())
        running = self._running.get(document.key)
        if running is None:
            return
        if isinstance(event, Answered):
            self._answered(document, running, event)
        elif isinstance(event, DocumentChanged) and "image" in event.aspects:
            del self._running[document.key]
        elif isinstance(event, Notice) and (event.code in _REFUSED or event.job is JobKind.ASK):
            del self._running[document.key]
        elif isinstance(event, JobEnded) and event.kind is JobKind.ASK:  # the answer follows, or it was cancelled
            QTimer.singleShot(0, self, lambda: self._drop_cancelled(document, running))

    def _answered(self, document: OpenDocument, running: _Running, event: Answered) -> None:
        if event.expression != running.words or event.pointing:
            del self._running[document.key]  # the user has asked for something else
            return
        running.waiting = False
        running.sure &= event.certainty is Certainty.SURE
        waits = document.editor.guess is not None
        if event.certainty is Certainty.NONE:
            running.missed = running.words
        elif not waits:
            running.added += 1
        if event.certainty is Certainty.NONE or waits or running.place + 1 == len(running.repetition.terms):
            del self._running[document.key]
            self._finish(document, running)
        else:
            running.place += 1
            QTimer.singleShot(0, self, lambda: self._ask(document))  # once all have seen the answer

    def _drop_cancelled(self, document: OpenDocument, running: _Running) -> None:
        if running.waiting and JobKind.ASK not in document.editor.busy and self._running.get(document.key) is running:
            del self._running[document.key]

    def _finish(self, document: OpenDocument, running: _Running) -> None:
        editor, repetition = document.editor, running.repetition
        name = tr("Same again") if running.added else tr("Same edge and edit")  # for other words, if none was found
        editor.history.join(running.before, running.added, name, _GESTURE)
        edited = _edited(editor.document, repetition)
        if edited is editor.document:
            editor.amend(edited)  # the step has another name
        else:
            editor.commit(edited, name, _GESTURE)
            editor.end_gesture()
        if repetition.folder is None or repetition.request is None:
            return
        if not running.sure:
            nothing = tr(_NOTHING_HERE, words=running.missed)
            self.messaged.emit(nothing if running.missed else tr(_CHECK), document.key)
            return
        request = replace(repetition.request, overwrite=False)
        path = free_path(repetition.folder / f"{_stem(document)}{repetition.ending}")

        def written(path: Path) -> None:
            document.exported(path, request)

        editor.export(path, request, written)


def _edited(document: Document, repetition: Repetition) -> Document:
    edit = document.edit if repetition.edit is None else repetition.edit
    wanted = repetition.controls, repetition.composition, edit
    if (document.controls, document.composition, document.edit) == wanted:
        return document
    return document.changed(controls=wanted[0], composition=wanted[1], edit=wanted[2])


def _stem(one: OpenDocument) -> str:
    path = one.editor.document.source.path
    return one.editor.saving.stem if path is None else path.stem
