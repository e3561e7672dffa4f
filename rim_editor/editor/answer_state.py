"""What an image was asked for, and what the user makes of the newest answer; its sentences are in answer_texts.py."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from clipmat.certainty import Certainty
from clipmat.expression import clean_expression
from clipmat.present_words import near_words, sure_words
from rim_editor.documents import answer_texts
from rim_editor.documents.document import Combine, draft_of, mark_accepted
from rim_editor.editor.events import Answered
from rim_editor.translation import tr

if TYPE_CHECKING:
    from clipmat.present_words import PresentWord
    from rim_editor.documents.document import Answer
    from rim_editor.documents.history import History
    from rim_editor.editor.editor import Editor

MOST_WORDS, MOST_WORDS_HERE = 3, 6
"""Words that are offered at once: near ones, and what is in an image."""
_SURER = 0.15
"""How much more present than the answer a word has to be to be offered in its place."""


class AnswerChoice(StrEnum):
    """What the user can do about an answer."""

    USE = "use it"
    RETRY = "try other words"
    GUESS = "show the best guess"
    KEEP = "keep the matte"


@dataclass(frozen=True)
class AnswerText:
    """What the window shows."""

    text: str
    choices: tuple[AnswerChoice, ...] = ()
    caption: str = ""
    """For the canvas, where what is seen may be taken for something else."""
    dimmed: bool = False
    """Whether what is seen is not what was asked for."""
    short: str = ""
    """The text without the expression, for where there is little room; '' where there is no shorter one."""
    marked: Answer | None = None
    """What waits to be accepted, to be marked on the canvas."""
    rated: Answered | None = None
    """The answer whose presence is shown; None for what was found without words."""
    bad: bool = False
    """Whether nothing came of what the user did."""


@dataclass(eq=False)
class GivenAnswer:
    """An answer that an image got, and what the user makes of it."""

    answer: Answered
    rated: Answered
    """The one whose presence counts: of clicks beside words, the answer to the words alone."""
    layer: int
    """The key of the layer that it is for."""
    decided: bool = False
    """Whether the user has accepted the answer, or went on without it."""
    joins: bool = False
    """Whether it was to join the matte, so that the former matte is not taken for it."""

    @classmethod
    def of_part(cls, part: Answer, layer: int) -> GivenAnswer:
        """An answer that was given another time: to a project or unsaved work that was opened."""
        nowhere = ("", "", "", 0.0)
        answer = Answered(
            part.expression,
            part.presence,
            part.certainty,
            *nowhere,
            part.pointing,
            by_example=part.by_example,
        )
        return cls(answer, answer, layer, part.accepted)


@dataclass(eq=False)
class AnswerState:
    """What an expression bar remembers of one image, while it is open."""

    typed: str = ""
    combine: Combine = Combine.NEW
    """How the next answer joins the matte."""
    given: WeakKeyDictionary[Answer, GivenAnswer] = field(default_factory=WeakKeyDictionary)
    """The answers that became parts of a matte."""
    waiting: GivenAnswer | None = None
    """The newest answer where it is no part: it found nothing, or has to be accepted first."""
    last: GivenAnswer | None = None
    """The newest answer."""
    asked: str = ""
    """The newest words that had an answer, whatever became of them."""
    words: tuple[PresentWord, ...] = ()
    """What is likely in this image, the surest first."""
    suggested: tuple[str, ...] = ()
    """Expressions to try on a sample."""
    layer: int | None = None
    """The key of the layer that was active at the last change."""
    newest: str = ""
    """The newest expression of that layer, after its last change."""
    had_matte: bool = False
    had_redo: bool = False
    history: History | None = None
    """What was opened: another one when something else takes its place in the editor."""

    @classmethod
    def begun(cls, editor: Editor) -> AnswerState:
        """Of an image that was just opened: a project's begins with the newest words of its layer."""
        document, words = editor.document, _newest_words(editor)
        return cls(words, layer=document.layer.key, newest=words, had_matte=document.has_matte, history=editor.history)

    def asking(self) -> None:
        """Something is asked: what was said about a former answer that is no part does not count any more."""
        self.waiting = None

    def answered(self, editor: Editor, answer: Answered) -> None:
        """Remember an answer, and the part that it became."""
        joins = self.combine is not Combine.NEW
        given = GivenAnswer(answer, answer, editor.document.layer.key, joins=joins)
        self.asked = answer.expression or self.asked
        if answer.pointing and answer.expression and answer.certainty is not Certainty.NONE:
            former = self._words_alone(answer.expression)
            if former is not None:  # it was clicked beside words
                given.rated, given.decided = former.rated, former.decided
        self.last = given
        self.waiting = given if answer.certainty is Certainty.NONE or editor.guess is not None else None
        if self.waiting is None:
            self._take_part(editor, given)
            if not answer.expression and clean_expression(self.typed) == self.asked:
                self.typed = _newest_words(editor)  # words that were asked for and found nothing do not name it

    def changed(self, editor: Editor, *, matte: bool) -> None:
        """The document was changed, or another layer selected: after an answer that added nothing, a change of the
        `matte` is what the user wants.

        After undo and redo, and when another layer becomes active, `typed` is the newest expression of the document,
        unless the user has typed another since. When no matte is left, it is empty, and the next answer is a new one.
        """
        document, can_redo = editor.document, editor.history.can_redo
        switched, self.layer = self.layer not in (None, document.layer.key), document.layer.key
        cleared = not document.has_matte and self.had_matte and not switched
        newest = _newest_words(editor)
        asked = {self.newest, self.asked}
        if (can_redo or self.had_redo) and clean_expression(self.typed) == self.newest:
            self.typed = newest
        elif (switched or cleared) and clean_expression(self.typed) in asked:
            self.typed = newest
        if cleared:
            self.waiting = None
        elif matte and not switched and self.waiting is not None:
            self.waiting.decided = True
        if not document.has_matte and (self.had_matte or can_redo):
            self.combine = Combine.NEW
        self.newest, self.had_matte, self.had_redo = newest, document.has_matte, can_redo

    def accept(self, editor: Editor) -> None:
        """The user is content with the answer, or with the matte as it was before."""
        given, part = self._current(editor)
        if given is not None:
            given.decided = True
        if part is not None:
            mark_accepted(part)
            editor.amend(editor.document)  # for whoever saves it

    def guess_accepted(self, editor: Editor) -> None:
        """Add the answer that waits to the matte: a best guess still to be judged, or what the user has seen marked."""
        given, seen = self.waiting, self.text(editor).marked is not None
        editor.accept_guess()
        if given is not None:
            given.decided = seen
            self._take_part(editor, given)
        if seen:
            self.accept(editor)

    def withdraw(self, editor: Editor) -> bool:
        """Drop the answer that is marked and waits to be used, as undo does first; False where there is none."""
        if self.text(editor).marked is None:
            return False
        self.waiting = editor.guess = None
        return True

    def part(self, editor: Editor) -> Answer | None:
        """The part that the answer added which is spoken of; None where there is none."""
        given, part = self._current(editor)
        return None if given is None else part

    def text(self, editor: Editor) -> AnswerText:
        """What is said about the newest answer that is not undone; an empty text without any."""
        given, part = self._current(editor)
        if given is None:
            return AnswerText("")
        answer, rated, quoted = given.answer, given.rated, given.answer.asked
        if answer.pointing and answer.certainty is Certainty.NONE:
            nothing = answer_texts.nothing_at(answer.pointing)
            remedy = tr("the matte stays as it was. Click elsewhere, or drag a box around it.")
            return AnswerText(f"{nothing}: {remedy}", bad=True)
        note = f". {answer.note}" if answer.pointing and answer.note else ""
        if answer.pointing and rated is answer:
            return AnswerText(answer_texts.found_by(quoted) + note)
        if rated.certainty is Certainty.SURE:
            return AnswerText(answer_texts.found(quoted) + note, rated=rated)
        if part is not None and given.decided:
            return AnswerText(answer_texts.used(quoted) + note, rated=rated)
        if rated.certainty is Certainty.UNSURE:
            text, choices = answer_texts.not_sure(quoted), (AnswerChoice.USE, AnswerChoice.RETRY)
            if part is not None:
                short = text if note else tr("Not sure of this")
                return AnswerText(text + note, choices, text, short=short, rated=rated)
            if given.decided or editor.guess is None:
                return AnswerText("")
            whole, short = tr("{doubt}: nothing is taken away yet", doubt=text), tr("Not sure: nothing taken yet")
            return AnswerText(whole, choices, text, short=short, marked=editor.guess, rated=rated)
        if part is not None:
            text = answer_texts.best_guess(quoted)
            choices = (AnswerChoice.USE, AnswerChoice.RETRY)
            whole = answer_texts.hardly_here(text) + note
            return AnswerText(whole, choices, text, short=tr("The best guess"), rated=rated)
        return replace(self._none(editor, given), rated=rated)

    def offered(self, editor: Editor) -> tuple[str, tuple[str, ...]]:
        """A caption, and words to click: what to try on a sample, what is surely in an image of which nothing is
        selected yet, or near words after an answer without certainty.
        """
        if self.suggested and self.last is None:
            return tr("Try"), self.suggested
        given, part = self._current(editor)
        guess = part or editor.guess
        if given is None or guess is None:
            return self._here(editor)
        if given.decided or given.answer.certainty is Certainty.SURE:
            return "", ()
        asked = given.answer.expression.casefold().split()
        surer = [word for word in self.words if word.presence >= given.answer.presence + _SURER]
        near = [word.noun for word in near_words(surer, draft_of(guess), MOST_WORDS) if word.noun not in asked]
        return (tr("Did you mean"), tuple(near)) if near else self._here(editor)

    def used(self, editor: Editor) -> tuple[str, ...]:
        """What the image was asked for, the newest first, then the words that are likely in it: for completion."""
        asked = [answer.words for answer in reversed(editor.document.expressions)]
        return (*asked, *(word.noun for word in self.words))

    def _current(self, editor: Editor) -> tuple[GivenAnswer | None, Answer | None]:
        """The answer to speak of, and the part that it became: of the active layer, and not undone."""
        if self.waiting is not None and self.waiting.layer == editor.document.layer.key:
            return self.waiting, None
        layer = editor.document.layer
        if not layer.expressions:
            return None, None
        part = layer.expressions[-1]
        if part not in self.given:
            self.given[part] = GivenAnswer.of_part(part, layer.key)
        return self.given[part], part

    def _words_alone(self, words: str) -> GivenAnswer | None:
        """The newest answer whose presence is that of these words alone, also one that undo has brought back."""
        answers = [one for one in (*self.given.values(), self.last) if one is not None]
        same = (one for one in reversed(answers) if one.answer.expression == words and not one.rated.pointing)
        return next(same, None)

    def _here(self, editor: Editor) -> tuple[str, tuple[str, ...]]:
        """What is surely in the image, as long as nothing is selected."""
        if editor.document.has_matte:
            return "", ()
        return tr("In this image"), tuple(word.noun for word in sure_words(self.words, MOST_WORDS_HERE))

    def _none(self, editor: Editor, given: GivenAnswer) -> AnswerText:
        quoted = given.answer.asked
        text, short = answer_texts.nothing_here(quoted), tr("Hardly here")
        choices: tuple[AnswerChoice, ...] = (AnswerChoice.GUESS,) if editor.guess is not None else ()
        if given.decided:
            return AnswerText(text)
        if given.joins or not editor.document.has_matte:
            return AnswerText(text, choices or (AnswerChoice.RETRY,), short=short)
        title = editor.document.layer.title
        caption = answer_texts.still_former(tr("“{words}”", words=title) if title else "", quoted)
        return AnswerText(text, (*choices, AnswerChoice.KEEP), caption, dimmed=True, short=short)

    def _take_part(self, editor: Editor, given: GivenAnswer) -> None:
        expressions = editor.document.expressions
        if expressions and expressions[-1].expression == given.answer.expression:
            self.waiting, self.given[expressions[-1]] = None, given


def _newest_words(editor: Editor) -> str:
    """The newest expression of the active layer, '' without one."""
    return next((one.words for one in reversed(editor.document.expressions) if one.words), "")
