"""The line under the expression: how sure the answer is, what it is, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from clipmat.certainty import Certainty
from rim_editor.editor.answer_state import AnswerChoice, AnswerText
from rim_editor.translation import marked, tr
from rim_editor.ui.named_widgets import name_widget
from rim_editor.ui.palettes import signal_colour
from rim_editor.ui.panels.certainty_badge import CertaintyBadge
from rim_editor.ui.theme import SPACE

Choice = tuple[str, str, str, Callable[[], None]]
"""Object name, text, tooltip and function of a button."""
CHOICES = marked(
    {
        AnswerChoice.USE: ("use_answer", "Use it", "Take the answer as it is"),
        AnswerChoice.RETRY: ("other_words", "Try other words", "Go to the box"),
        AnswerChoice.GUESS: ("show_guess", "Show the best guess", "Show what comes closest; it may be something else"),
        AnswerChoice.KEEP: ("keep_matte", "Keep the matte", "Go on with the matte that was there before"),
    }
)
"""Object name, text and tooltip of each button."""
TAKE_BACK = marked(("other_words", "Take it back", "Undo the answer, and go to the box to try other words"))


class _ElidedLabel(QLabel):
    """One line of plain text, in short where there is no room, or ending in dots; the tooltip has all of it."""

    def __init__(self) -> None:
        super().__init__()
        self.short = ""

    def shown_text(self) -> str:
        """The text as it fits."""
        metrics, text = self.fontMetrics(), self.text()
        if self.short and metrics.horizontalAdvance(text) > self.width():
            text = self.short
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, self.width())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        bad = bool(self.property("bad"))
        ink = signal_colour("bad", self.palette()) if bad else self.palette().color(QPalette.ColorRole.WindowText)
        painter.setPen(ink)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.shown_text())
        painter.end()


class AnswerLine(QWidget):
    """Badge, text (object name status_line) and buttons; as high with buttons as without."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("answer_line")
        self._badge = CertaintyBadge()
        self._text = name_widget(_ElidedLabel(), "status_line")
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._buttons: list[QPushButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACE)
        self._row.addWidget(self._badge)
        self._row.addWidget(self._text)
        self._height = QPushButton("x").sizeHint().height()
        self.setFixedHeight(self._height)

    def show_answer(self, shown: AnswerText, choices: Sequence[Choice]) -> None:
        """Show what is said about an answer, with the presence that counts for it, and buttons."""
        rated = shown.rated
        presence = (None, 0.0) if rated is None else (rated.certainty, rated.presence)
        self.show_text(shown.text, presence=presence, choices=choices, bad=shown.bad, short=shown.short)

    def show_text(
        self,
        text: str,
        *,
        presence: tuple[Certainty | None, float] = (None, 0.0),
        choices: Sequence[Choice] = (),
        bad: bool = False,
        short: str = "",
    ) -> None:
        """Show a text, with a badge if it is about an answer, and buttons; `bad` marks what the user did wrong.

        Where the text does not fit, `short` takes its place.
        """
        self._text.short = short
        self._badge.show_presence(*presence)
        self._text.setText(text)
        self._text.setToolTip(text)
        self._text.setAccessibleName(text or tr("Status"))
        self._text.setProperty("bad", bad)
        self._text.setVisible(bool(text))
        for old in self._buttons:
            self._row.removeWidget(old)
            old.hide()
            old.setObjectName("")
            old.deleteLater()
        self._buttons = []
        for name, label, tip, function in choices:
            button = name_widget(QPushButton(label), name, tip)
            button.setFixedHeight(self._height)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, function=function: function())
            self._buttons.append(button)
            self._row.addWidget(button)
            button.show()
