"""What the window says about the answer to an expression: sure, unsure or a guess, and what is seen meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from clipmat.certainty import Certainty
from clipmat.expression import clean_expression
from clipmat.words_here import near_words
from rim_editor.documents.document import Combine, draft_of

if TYPE_CHECKING:
    from clipmat.words_here import WordHere
    from rim_editor.documents.document import Answer
    from rim_editor.editor.editor import Editor
    from rim_editor.editor.events import Answered

MOST_WORDS = 3
"""Near words that are offered at once."""
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


@dataclass(eq=False)
class AskedImage:
    """What an expression bar remembers of one image, while it is open."""

    typed: str = ""
    combine: Combine = Combine.NEW
    """How the next answer joins the matte."""
    answer: Answered | None = None
    """The newest answer."""
    part: Answer | None = None
    """What it added to the matte."""
    decided: bool = False
    """Whether the user has accepted the answer, or went on without it."""
    words: tuple[WordHere, ...] = ()
    """What is likely in this image, the surest first."""
    suggested: tuple[str, ...] = ()
    """Expressions to try on a sample."""
    layer: int | None = None
    """The key of the layer that the newest answer was for."""
    newest: str = ""
    """The newest expression of the document, after its last change."""
    had_matte: bool = False
    had_redo: bool = False

    def answered(self, editor: Editor, answer: Answered) -> None:
        """Remember an answer, and the part that it became."""
        self.answer, self.decided, self.part = answer, False, None
        self.layer = editor.document.layer.key
        if answer.certainty is not Certainty.NONE:
            self._take_part(editor)

    def matte_changed(self, editor: Editor) -> None:
        """The matte was changed: after an answer that added nothing, it is what the user wants.

        After undo and redo, `typed` is the newest expression of the document, unless the user has typed another since.
        When no matte is left, the next answer is a new one.
        """
        if self.part is None:
            self.decided = True
        document, can_redo = editor.document, editor.history.can_redo
        newest = next((one.words for one in reversed(document.expressions) if one.words), "")
        if (can_redo or self.had_redo) and clean_expression(self.typed) == self.newest:
            self.typed = newest
        if not document.has_matte and (self.had_matte or can_redo):
            self.combine = Combine.NEW
        self.newest, self.had_matte, self.had_redo = newest, document.has_matte, can_redo

    def accept(self) -> None:
        """The user is content with the answer, or with the matte as it was before."""
        self.decided = True

    def guess_accepted(self, editor: Editor) -> None:
        """Add the answer that waits to the matte: a best guess still to be judged, or what the user has seen marked."""
        seen = self.text(editor).marked is not None
        editor.accept_guess()
        self.decided = seen
        self._take_part(editor)

    def text(self, editor: Editor) -> AnswerText:
        """What is said about the newest answer; an empty text where it does not count any more."""
        answer = self.answer
        if answer is None:
            return AnswerText("")
        quoted = f"“{answer.expression}”"
        if answer.pointing and answer.certainty is Certainty.NONE and self._counts(editor):
            return AnswerText(
                f"{answer.pointing.doubt}: the matte stays as it was. Click elsewhere, or drag a box around it."
            )
        if not self._counts(editor):
            return AnswerText("")
        if answer.pointing:
            return AnswerText(f"Found by {answer.asked}. {answer.note}")
        if answer.certainty is Certainty.SURE:
            return AnswerText(f"Found {quoted}")
        if self.part is not None and self.decided:
            return AnswerText(f"Used {quoted}")
        if answer.certainty is Certainty.UNSURE:
            text, choices = f"Not sure that this is {quoted}", (AnswerChoice.USE, AnswerChoice.RETRY)
            if self.part is not None:
                return AnswerText(text, choices, text, short="Not sure of this")
            if self.decided or editor.guess is None:
                return AnswerText("")
            return AnswerText(
                f"{text}: nothing is taken away yet",
                choices,
                text,
                short="Not sure: nothing taken yet",
                marked=editor.guess,
            )
        if self.part is not None:
            text = f"Best guess for {quoted}, which hardly seems to be here"
            choices = (AnswerChoice.USE, AnswerChoice.RETRY)
            return AnswerText(text, choices, f"Best guess for {quoted}", short="The best guess")
        return self._none(editor, quoted)

    def offered(self, editor: Editor) -> tuple[str, tuple[str, ...]]:
        """A caption, and words to click: near ones after an answer without certainty, or what to try on a sample."""
        if self.suggested and self.answer is None:
            return "Try", self.suggested
        open_answer = self.answer is not None and self.answer.certainty is not Certainty.SURE and not self.decided
        guess = self.part or editor.guess
        if open_answer and self._counts(editor) and guess is not None and self.answer is not None:
            asked = self.answer.expression.casefold().split()
            surer = [word for word in self.words if word.presence >= self.answer.presence + _SURER]
            near = [word.noun for word in near_words(surer, draft_of(guess), MOST_WORDS) if word.noun not in asked]
            if near:
                return "Surer here", tuple(near)
        return "", ()

    def used(self, editor: Editor) -> tuple[str, ...]:
        """What the image was asked for, the newest first, then the words that are likely in it: for completion."""
        asked = [answer.words for answer in reversed(editor.document.expressions)]
        return (*asked, *(word.noun for word in self.words))

    def _counts(self, editor: Editor) -> bool:
        """Whether the newest answer is not undone or replaced, and its layer is the active one."""
        here = self.layer == editor.document.layer.key
        return here and (self.part is None or any(one is self.part for one in editor.document.parts))

    def _none(self, editor: Editor, quoted: str) -> AnswerText:
        text, short = f"Nothing here seems to be {quoted}", "Hardly here"
        choices: tuple[AnswerChoice, ...] = (AnswerChoice.GUESS,) if editor.guess is not None else ()
        if self.decided:
            return AnswerText(text)
        if not editor.document.has_matte:
            return AnswerText(text, choices or (AnswerChoice.RETRY,), short=short)
        earlier = editor.document.expressions
        former = f"“{earlier[-1].expression}”" if earlier else "the former matte"
        caption = f"This is still {former}, not {quoted}"
        return AnswerText(text, (*choices, AnswerChoice.KEEP), caption, dimmed=True, short=short)

    def _take_part(self, editor: Editor) -> None:
        expressions = () if editor.guess is not None else editor.document.expressions
        if expressions and self.answer is not None and expressions[-1].expression == self.answer.expression:
            self.part = expressions[-1]
