"""The line under the expression: how sure the answer is, what it is, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from clipmat.certainty import Certainty
from rim_editor.ui.named_widgets import name_widget
from rim_editor.ui.palettes import signal_colour
from rim_editor.ui.theme import SPACE, set_type

if TYPE_CHECKING:
    from rim_editor.editor.answer_texts import AnswerText

Choice = tuple[str, str, str, Callable[[], None]]
"""Object name, text, tooltip and function of a button."""

_MEANINGS = {Certainty.SURE: "good", Certainty.UNSURE: "unsure", Certainty.NONE: "none"}
_WORDS = {Certainty.SURE: "sure", Certainty.UNSURE: "not sure", Certainty.NONE: "hardly there"}


class PresenceBadge(QWidget):
    """The presence in per cent on a rounded ground: green when sure, amber when unsure, grey for none."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("presence_badge")
        self._text, self._meaning = "", "none"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        set_type(self, "small", bold=True)
        self.hide()

    def show_presence(self, certainty: Certainty | None, presence: float = 0.0) -> None:
        """Show a presence of 0 to 1 in the colour of its certainty; None hides the badge."""
        self.setVisible(certainty is not None)
        if certainty is None:
            self._text = ""
            return
        self._text, self._meaning = f"{presence:.0%}", _MEANINGS[certainty]
        text = f"Presence {presence:.0%}, {_WORDS[certainty]}: of ten answers like this, about {presence * 10:.0f}"
        self.setToolTip(f"{text} {'names' if round(presence * 10) == 1 else 'name'} something in the image")
        self.setAccessibleName(f"Presence {presence:.0%}, {_WORDS[certainty]}")
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """What the badge shows."""
        return self._text

    def sizeHint(self) -> QSize:
        """The text, a little smaller than others, with rounded ends."""
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance("100%") + 12, metrics.height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground and the text."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(signal_colour(self._meaning, self.palette()))
        box = QRectF(self.rect())
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(self.palette().color(QPalette.ColorRole.Window))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._text)
        painter.end()


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
        self._badge = PresenceBadge()
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
        self._text.setAccessibleName(text or "Status")
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
