"""Clicks and a box on an open image: one more of them asks again, and the new answer takes the former one's place.

The marks are those of the document's last part, so that undo and redo move them along; a question that has no answer
yet has its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from weakref import ref

from clipmat.expression import clean_expression
from clipmat.pointing import Corners, Pointing
from rim_editor.documents.document import Answer, Combine
from rim_editor.editor.editor import Editor
from rim_editor.editor.events import DocumentChanged, Event, JobEnded, JobKind, Subscription
from rim_editor.model_requests import ModelQuestion


class Picking:
    """The picks of one editor; `changed` is called when other marks should be shown.

    The words of the expression box count beside clicks when the last answer was for them.
    """

    def __init__(self, editor: Editor, changed: Callable[[], None]) -> None:
        self._editor_ref, self._changed = ref(editor), changed  # who remembers picks shall not hold the image
        self._subscription = Subscription()
        self._pending: ModelQuestion | None = None
        self._shown = Pointing()
        self._done: Answer | None = None
        """The answer whose marks were cleared: the next click begins anew."""
        self.resume()

    def pause(self) -> None:
        """Stop following the editor, while its image is out of sight."""
        self._subscription.stop()

    def resume(self) -> None:
        """Follow the editor again."""
        self._subscription.change(self._editor, self._on_event)
        if JobKind.ASK not in self._editor.busy:
            self._pending = None

    @property
    def marks(self) -> Pointing:
        """The points and the box to show."""
        question = self._current()
        return Pointing() if question is None else question.pointing

    @property
    def takes_away(self) -> bool:
        """Whether what the marks show is taken from the matte."""
        question = self._current()
        return question is not None and question.combine is Combine.SUBTRACT

    def click(self, x: float, y: float, keep: bool, words: str = "", combine: Combine = Combine.NEW) -> None:
        """Ask for what is at x, y in pixels of the image, or without it, beside the clicks so far.

        `words` are those of the expression box, and `combine` is how a new answer joins the matte.
        """
        question = self._continued(words, combine)
        points = (*question.pointing.points, (x, y, keep))
        self._ask(replace(question, pointing=replace(question.pointing, points=points)))

    def draw_box(self, box: Corners, words: str = "", combine: Combine = Combine.NEW) -> None:
        """Ask for what is in the box, in pixels of the image; it takes the place of a former box."""
        question = self._continued(words, combine)
        self._ask(replace(question, pointing=replace(question.pointing, box=box)))

    def remove(self, place: int) -> None:
        """Ask again without the point at this place, or without the box for -1; without any mark only words remain."""
        question = self._current()
        if question is None:
            return
        old = question.pointing
        points = tuple(point for number, point in enumerate(old.points) if number != place)
        pointing = Pointing(points, None if place == -1 else old.box)
        if pointing or question.expression:
            self._ask(replace(question, pointing=pointing))
            return
        self._drop_question()
        if question.replaces in self._editor.document.parts:
            self._editor.remove_parts([self._editor.document.parts.index(question.replaces)])
        self._update()

    def remove_last(self) -> None:
        """Ask again without the last point, or without the box when there is no point."""
        if self.marks:
            self.remove(len(self.marks.points) - 1)

    def clear(self) -> None:
        """Take the marks away and leave the matte; the next click begins a new answer."""
        question = self._current()
        if question is not None:
            self._drop_question()
            self._done = question.replaces
            self._update()

    @property
    def _editor(self) -> Editor:
        editor = self._editor_ref()
        assert editor is not None, "the image was closed"
        return editor

    def _current(self) -> ModelQuestion | None:
        """The question that the marks belong to; None when there are none."""
        if self._pending is not None:
            return self._pending
        last = self._last()
        if last is None or last is self._done or not last.pointing:
            return None
        return ModelQuestion(last.words, last.combine, last.pointing, last)

    def _continued(self, words: str, combine: Combine) -> ModelQuestion:
        """The question that one more click makes more precise: the current one, the last words, or a new one."""
        current = self._current()
        if current is not None and current.combine is combine:
            return current
        last, words = self._last(), clean_expression(words)
        if last is not None and last is not self._done and last.combine is combine:
            if words and last.words == words and not last.pointing:
                return ModelQuestion(words, combine, replaces=last)
        return ModelQuestion("", combine)

    def _last(self) -> Answer | None:
        parts = self._editor.document.parts
        return parts[-1] if parts and isinstance(parts[-1], Answer) else None

    def _ask(self, question: ModelQuestion) -> None:
        self._pending = question
        self._update()
        self._editor.ask(question.expression, question.combine, question.pointing, question.replaces)
        if JobKind.ASK not in self._editor.busy:  # it was refused, or is done already
            self._pending = None
            self._update()

    def _drop_question(self) -> None:
        if self._pending is not None:
            self._pending = None
            self._editor.cancel()

    def _update(self) -> None:
        marks = self.marks
        if marks != self._shown:
            self._shown = marks
            self._changed()

    def _on_event(self, event: Event) -> None:
        if isinstance(event, JobEnded) and event.kind is JobKind.ASK:
            self._pending = None
            self._update()
        elif isinstance(event, DocumentChanged):
            self._update()
