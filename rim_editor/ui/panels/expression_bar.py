"""The bar with the text field for the expression, the answer with what can be done about it, and words to click."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from clipmat.expression import MAIN_SUBJECT, clean_expression
from rim_editor.documents import step_names
from rim_editor.documents.document import Combine
from rim_editor.editor.answer_state import AnswerChoice, AnswerState, AnswerText
from rim_editor.editor.events import Answered, DocumentChanged, JobEnded, JobKind, JobStarted
from rim_editor.translation import tr
from rim_editor.ui.named_widgets import name_widget
from rim_editor.ui.panels.answer_line import CHOICES, TAKE_BACK, AnswerLine, Choice
from rim_editor.ui.panels.chips import ChipRow
from rim_editor.ui.panels.combine_choice import CombineChoice
from rim_editor.ui.panels.expression_box import ExpressionBox
from rim_editor.ui.theme import SPACE, TIGHT, WIDE

if TYPE_CHECKING:
    from clipmat.present_words import PresentWord
    from rim_editor.editor.editor import Editor


class ExpressionBar(QWidget):
    """The text field, how the answer joins the matte, the button to find or cancel, the answer, and words to click.

    Each image has its own text, its own choice and its own answer.
    """

    submitted = Signal(str)
    """This expression went to the editor."""
    left = Signal()
    """The user is done with the box: keys are meant for the image from now on."""
    caption_changed = Signal(str, bool)
    """What the canvas should say about what it shows, and whether that is not what was asked for."""
    guess_marked = Signal(object)
    """The `Answer` that waits to be used, or None."""
    combine_chosen = Signal(Combine)
    """The user chose how the next answer joins the matte."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("expression_bar")
        self._editor: Editor | None = None
        self._states: WeakKeyDictionary[Editor, AnswerState] = WeakKeyDictionary()
        self._working = False
        self._box = ExpressionBox()
        self._box.escaped.connect(self.left)
        self._box.returnPressed.connect(self.ask)

        self._combine = CombineChoice()
        self._combine.chosen.connect(self.combine_chosen)
        self._button = name_widget(QPushButton(), "ask_button")
        self._button.setFixedHeight(self._box.minimumHeight())  # in line with the box
        self._button.clicked.connect(self._pressed)
        self._line = AnswerLine()
        self._chips = ChipRow("word_chips")
        self._chips.clicked.connect(self.ask_for)

        row = QHBoxLayout()
        row.addWidget(self._combine)
        row.addWidget(self._box, 1)
        row.addWidget(self._button)
        row.setSpacing(SPACE)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, SPACE, WIDE, SPACE)
        column.setSpacing(TIGHT)
        column.addLayout(row)
        below = QHBoxLayout()
        below.addWidget(self._line)
        below.addWidget(self._chips, 1)
        column.addLayout(below)
        self._update_button()
        self._line.show_text(tr("Open an image to begin."))

    def set_editor(self, editor: Editor | None) -> None:
        """Send expressions to this editor, and show the text and the status of its image; None while none is open."""
        if editor is self._editor and editor is not None:
            return
        if self._editor is not None:
            state = self._states[self._editor]
            state.typed, state.combine = self._box.text(), self.combine()
        self._editor = editor
        if editor is not None and editor not in self._states:
            self._states[editor] = AnswerState.begun(editor)
            editor.listen(lambda event: self._on_event(editor, event))
        state = AnswerState() if editor is None else self._states[editor]
        self._box.setText(state.typed)
        self.set_combine(state.combine)
        self._update_button()
        self._show_answer()

    def set_suggestions(self, history: tuple[str, ...], nouns: tuple[str, ...]) -> None:
        """Set the suggestions: earlier expressions (newest first), and the nouns that the weights know."""
        self._box.set_suggestions(history, nouns)

    def set_knows_words(self, knows: bool) -> None:
        """Ask for words, or say that the chosen weights know none."""
        self._box.set_knows_words(knows)

    def set_present_words(self, editor: Editor, words: Sequence[PresentWord]) -> None:
        """Offer words that are surely in this editor's image, see `AnswerState.offered`."""
        self._state(editor).words = tuple(words)
        if editor is self._editor:
            self._show_chips()

    def suggest(self, editor: Editor, expressions: Sequence[str]) -> None:
        """Offer these expressions to try on this editor's image, until one is asked."""
        self._state(editor).suggested = tuple(expressions)
        if editor is self._editor:
            self._show_chips()

    def combine(self) -> Combine:
        """How the next answer joins the matte."""
        return self._combine.combine()

    def set_combine(self, combine: Combine) -> None:
        """Choose how the next answer joins the matte."""
        self._combine.set_combine(combine)

    def words(self) -> str:
        """The expression in the box."""
        return clean_expression(self._box.text())

    def focus_box(self) -> None:
        """Put the cursor into the box with its text selected, ready to be typed over."""
        self._box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._box.selectAll()

    def paint_icons(self) -> None:
        """Set the icons; call again after the theme has changed."""
        self._combine.paint_icons()
        self._box.paint_icons()

    def ask_for(self, expression: str) -> None:
        """Put an expression into the box and ask for it."""
        self._box.setText(expression)
        self.ask()

    def ask(self) -> None:
        """Ask for the expression in the box, the main subject without one; a request without an answer is replaced."""
        self._box.close_list()
        if self._editor is not None and not self._box.text().strip():
            self._box.setText(MAIN_SUBJECT)
        if self._editor is None:
            self._line.show_text(tr("Open an image first, then describe what to cut out of it."), bad=True)
        elif not self.words():
            self._line.show_text(tr("Describe what to cut out, for example: the dog on the left."), bad=True)
            self._box.setFocus()
        else:
            self._state(self._editor).asking()
            self._show_answer()
            self.submitted.emit(self.words())
            self.left.emit()
            self._editor.ask(self.words(), self.combine())

    def withdraw(self) -> bool:
        """Drop the answer that is marked on the canvas and waits to be used; False where there is none."""
        withdrawn = self._editor is not None and self._state(self._editor).withdraw(self._editor)
        if withdrawn:
            self._show_answer()
        return withdrawn

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Replace the buttons by a combo box where the text field would get too narrow."""
        super().resizeEvent(event)
        box = 2 * self._box.minimumWidth()
        self._combine.set_wide(
            self.width() >= self._combine.buttons_width() + box + self._button.sizeHint().width() + 40
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape cancels, and leaves the box."""
        if event.key() == Qt.Key.Key_Escape:
            if self._working:
                self._cancel()
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _pressed(self) -> None:
        if self._working:
            self._cancel()
        else:
            self.ask()

    def _cancel(self) -> None:
        if self._editor is not None:
            self._editor.cancel()
            self._line.show_text(tr("Cancelled."))

    def _state(self, editor: Editor) -> AnswerState:
        return self._states.setdefault(editor, AnswerState.begun(editor))

    def _on_event(self, editor: Editor, event: object) -> None:
        state, in_front = self._state(editor), editor is self._editor
        if in_front:
            state.typed, state.combine = self._box.text(), self.combine()
        if isinstance(event, Answered):
            state.answered(editor, event)
        elif isinstance(event, DocumentChanged) and event.aspects & {"matte", "layers"}:
            if state.history is not editor.history:
                state = self._states[editor] = AnswerState.begun(editor)
            else:
                state.changed(editor, matte="matte" in event.aspects)
        if not in_front:
            return
        if state.typed != self._box.text():
            self._box.setText(state.typed)
        self.set_combine(state.combine)
        if isinstance(event, JobStarted | JobEnded) and event.kind is JobKind.ASK:
            self._update_button()
            self._show_answer()
            if isinstance(event, JobStarted):
                self._line.show_text(tr("{work}… Esc cancels.", work=event.text.rstrip(".…")))
        elif isinstance(event, Answered | DocumentChanged):
            self._show_answer()

    def _show_answer(self) -> None:
        """Show the newest answer of the image in front, if it still counts."""
        self._show_chips()
        if self._editor is None:
            self._emit_marks(AnswerText(""))
            self._line.show_text(tr("Open an image to begin."))
            return
        state = self._state(self._editor)
        shown = state.text(self._editor)
        self._emit_marks(shown)
        if self._working:
            self._line.show_text(tr("Working… Esc cancels."))
        else:
            self._line.show_answer(shown, [self._choice(choice) for choice in shown.choices])

    def _emit_marks(self, shown: AnswerText) -> None:
        self.caption_changed.emit(shown.caption, shown.dimmed)
        self.guess_marked.emit(shown.marked)

    def _show_chips(self) -> None:
        caption, words = ("", ()) if self._editor is None else self._state(self._editor).offered(self._editor)
        self._chips.set_chips(f"{caption}:" if words else "", words)
        editor = self._editor
        self._box.set_used_here(() if editor is None else self._state(editor).used(editor))

    def _choice(self, choice: AnswerChoice) -> Choice:
        functions = {
            AnswerChoice.USE: self._accept,
            AnswerChoice.RETRY: self._retry,
            AnswerChoice.GUESS: self._show_guess,
            AnswerChoice.KEEP: self._accept,
        }
        undoes = choice is AnswerChoice.RETRY and self._can_take_back()
        name, text, tip = TAKE_BACK if undoes else CHOICES[choice]
        return name, tr(text), tr(tip), functions[choice]

    def _accept(self) -> None:
        if self._editor is not None:
            state = self._state(self._editor)
            if state.text(self._editor).marked is not None:
                state.guess_accepted(self._editor)
            state.accept(self._editor)
            self._show_answer()
            self.left.emit()

    def _retry(self) -> None:
        """Take the answer back, if it is the last step, and let the user type."""
        if self._editor is not None:
            words = self._box.text()
            if self._can_take_back():
                self._editor.undo()
                self._box.setText(words)
            self.focus_box()

    def _can_take_back(self) -> bool:
        part = None if self._editor is None else self._state(self._editor).part(self._editor)
        return (
            self._editor is not None and part is not None and self._editor.history.undo_name == step_names.adding(part)
        )

    def _show_guess(self) -> None:
        if self._editor is not None:
            self._state(self._editor).guess_accepted(self._editor)
            self._show_answer()
            self.left.emit()

    def _update_button(self) -> None:
        self._working = self._editor is not None and JobKind.ASK in self._editor.busy
        self._button.setDefault(self._editor is not None)  # without an image, opening one comes first
        self._button.setText(tr("Cancel") if self._working else tr("Fin&d"))
        tip = tr("Stop looking (Esc)") if self._working else tr("Find what the expression describes (Enter)")
        self._button.setToolTip(tip)
        self._button.setAccessibleName(self._button.text().replace("&", ""))
        self._button.update()
