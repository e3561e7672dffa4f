"""The badge before an answer: the presence in per cent, in the colour of its certainty."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from clipmat.certainty import Certainty
from rim_editor.ui.palettes import signal_colour
from rim_editor.ui.theme import set_type

_MEANINGS = {Certainty.SURE: "good", Certainty.UNSURE: "unsure", Certainty.NONE: "none"}
_WORDS = {Certainty.SURE: "sure", Certainty.UNSURE: "not sure", Certainty.NONE: "hardly there"}


class CertaintyBadge(QWidget):
    """The presence in per cent on a rounded ground: green when sure, amber when unsure, grey for none."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("certainty_badge")
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
