"""The bar with the text field for the expression, and the status of the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from clipmat.certainty import Certainty
from clipmat.expression import clean_expression
from rim_editor.document import Combine
from rim_editor.events import Answered, JobEnded, JobKind, JobStarted
from rim_editor.ui.named_widgets import name_widget, wrapped_label
from rim_editor.ui.panels.combine_choice import CombineChoice

if TYPE_CHECKING:
    from rim_editor.editor import Editor

_PLACEHOLDER = "Describe what to cut out: the woman in the red coat on the left"


class _Completer(QCompleter):
    """Offers all suggestions of the model, whatever is typed, and selects none: Enter keeps the typed text."""

    def __init__(self, suggestions: QStringListModel, parent: QWidget) -> None:
        super().__init__(suggestions, parent)
        self.setMaxVisibleItems(8)

    def splitPath(self, path: str) -> list[str]:  # noqa: N802
        """Turn filtering off. Qt's own unfiltered mode would replace the typed text on Enter."""
        return [""]


@dataclass(eq=False)
class _BarState:
    """What the bar shows of one image."""

    text: str = ""
    combine: Combine = Combine.NEW
    answer: Answered | None = None


class ExpressionBar(QWidget):
    """The text field, how the answer joins the matte, the button to find or cancel, and the status line.

    Each image has its own text, its own choice and its own status.
    """

    submitted = Signal(str)
    """This expression went to the editor."""
    left = Signal()
    """The user is done with the box: keys are meant for the image from now on."""
    combine_chosen = Signal(Combine)
    """The user chose how the next answer joins the matte."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("expression_bar")
        self._editor: Editor | None = None
        self._states: WeakKeyDictionary[Editor, _BarState] = WeakKeyDictionary()
        self._working = False
        self._history: tuple[str, ...] = ()
        self._nouns: tuple[str, ...] = ()

        self._box = name_widget(QLineEdit(), "expression_box")
        self._box.setPlaceholderText(_PLACEHOLDER)
        self._box.setClearButtonEnabled(True)
        self._box.setAccessibleName("Expression")
        self._box.setAccessibleDescription("Describe the object to cut out, then press Enter")
        self._box.setToolTip("Describe one object in your own words, then press Enter (Ctrl+L goes here)")
        self._box.setMaxLength(1000)
        self._box.setMinimumWidth(self._box.fontMetrics().averageCharWidth() * 24)
        self._suggestions = QStringListModel(self)
        completer = _Completer(self._suggestions, self)
        self._box.setCompleter(completer)
        popup = completer.popup()
        assert popup is not None
        popup.installEventFilter(self)
        self._box.textEdited.connect(self._suggest)
        self._box.returnPressed.connect(self.ask)

        self._combine = CombineChoice()
        self._combine.chosen.connect(self.combine_chosen)
        self._button = name_widget(QPushButton(), "ask_button")
        self._button.setFixedHeight(self._box.sizeHint().height())  # in line with the box
        self._button.clicked.connect(self._pressed)
        self._status = wrapped_label("status_line")

        row = QHBoxLayout()
        row.addWidget(self._combine)
        row.addWidget(self._box, 1)
        row.addWidget(self._button)
        column = QVBoxLayout(self)
        column.addLayout(row)
        column.addWidget(self._status)
        self._update_button()
        self._show_status("Open an image to begin.")

    def set_editor(self, editor: Editor | None) -> None:
        """Send expressions to this editor, and show the text and the status of its image; None while none is open."""
        if editor is self._editor and editor is not None:
            return
        if self._editor is not None:
            state = self._states[self._editor]
            state.text, state.combine = self._box.text(), self.combine()
        self._editor = editor
        if editor is not None and editor not in self._states:
            self._states[editor] = _BarState()
            editor.listen(lambda event: self._on_event(editor, event))
        state = _BarState() if editor is None else self._states[editor]
        self._box.setText(state.text)
        self.set_combine(state.combine)
        self._update_button()
        if editor is None:
            self._show_status("Open an image to begin.")
        elif self._working:
            self._show_status("Working… Esc cancels.")
        elif state.answer is not None:
            self._show_answer(state.answer)
        else:
            self._show_status("")

    def set_suggestions(self, history: tuple[str, ...], nouns: tuple[str, ...]) -> None:
        """Set the suggestions: earlier expressions (newest first), and the nouns that the weights know."""
        self._history, self._nouns = history, nouns

    def combine(self) -> Combine:
        """How the next answer joins the matte."""
        return self._combine.combine()

    def set_combine(self, combine: Combine) -> None:
        """Choose how the next answer joins the matte."""
        self._combine.set_combine(combine)

    def focus_box(self) -> None:
        """Put the cursor into the box with its text selected, ready to be typed over."""
        self._box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._box.selectAll()

    def paint_icons(self) -> None:
        """Set the icons; call again after the theme has changed."""
        self._combine.paint_icons()

    def ask(self) -> None:
        """Ask for the expression in the box; a request that has no answer yet is replaced."""
        popup = self._box.completer().popup()
        if popup is not None:
            popup.hide()
        expression = clean_expression(self._box.text())
        if self._editor is None:
            self._show_status("Open an image first, then describe what to cut out of it.", bad=True)
        elif not expression:
            self._show_status("Describe what to cut out, for example: the dog on the left.", bad=True)
            self._box.setFocus()
        else:
            self._states[self._editor] = _BarState()
            self._show_status("")
            self.submitted.emit(expression)
            self.left.emit()
            self._editor.ask(expression, self.combine())

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

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Escape leaves the box, with the list of completions open too."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape and isinstance(watched, QWidget):
                watched.hide()
                self.left.emit()
                return True
        return False

    def _pressed(self) -> None:
        if self._working:
            self._cancel()
        else:
            self.ask()

    def _cancel(self) -> None:
        if self._editor is not None:
            self._editor.cancel()
            self._show_status("Cancelled.")

    def _suggest(self, typed: str) -> None:
        from rim_editor.completion import completions

        here = () if self._editor is None else [answer.expression for answer in self._editor.document.expressions]
        found = completions(typed, self._history, self._nouns, here=here[::-1])
        self._suggestions.setStringList(list(found))

    def _on_event(self, editor: Editor, event: object) -> None:
        if isinstance(event, Answered):
            self._states[editor].answer = event
        if editor is not self._editor:
            return
        if isinstance(event, JobStarted) and event.kind is JobKind.ASK:
            self._update_button()
            self._show_status(f"{event.text.rstrip('.…')}… Esc cancels.")
        elif isinstance(event, JobEnded) and event.kind is JobKind.ASK:
            self._update_button()
            self._show_status("")
        elif isinstance(event, Answered):
            self._show_answer(event)

    def _show_answer(self, answer: Answered) -> None:
        where = f"{answer.device} · {answer.weights} · {answer.milliseconds:.0f} ms"
        if answer.certainty is Certainty.NONE:
            text = f"Nothing in this image matches “{answer.expression}” (presence {answer.presence:.2f})"
            self._show_status(f"{text}. Use other words.", f"{where}: {answer.device_reason}", bad=True)
            return
        found = "Found" if answer.certainty is Certainty.SURE else "Not sure that this is"
        text = f"{found} “{answer.expression}” (presence {answer.presence:.2f}) · {where}"
        self._show_status(text, answer.device_reason)

    def _show_status(self, text: str, tooltip: str = "", *, bad: bool = False) -> None:
        self._status.setText(text)
        self._status.setToolTip(tooltip)
        self._status.setAccessibleName(text or "Status")
        self._status.setProperty("bad", bad)
        self._status.style().polish(self._status)  # a style sheet may colour errors

    def _update_button(self) -> None:
        self._working = self._editor is not None and JobKind.ASK in self._editor.busy
        self._button.setText("Cancel" if self._working else "F&ind")
        tip = "Stop looking (Esc)" if self._working else "Find what the expression describes (Enter)"
        self._button.setToolTip(tip)
        self._button.setAccessibleName(self._button.text().replace("&", ""))
