"""The badge before an answer: the presence in per cent, in the colour of its certainty."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from clipmat.certainty import Certainty
from rim_editor.documents.answer_texts import percent
from rim_editor.translation import marked, tr
from rim_editor.ui.palettes import signal_colour
from rim_editor.ui.theme import set_type

_MEANINGS = {Certainty.SURE: "good", Certainty.UNSURE: "unsure", Certainty.NONE: "none"}
_WORDS = marked({Certainty.SURE: "sure", Certainty.UNSURE: "not sure", Certainty.NONE: "hardly there"})


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
        self._text, self._meaning = percent(presence), _MEANINGS[certainty]
        text = tr("Presence {presence}, {words}", presence=self._text, words=tr(_WORDS[certainty]))
        self.setAccessibleName(text)
        tenths = round(presence * 10)
        about = (
            tr("of ten answers like this, about {tenths} names something in the image", tenths=tenths)
            if tenths == 1
            else tr("of ten answers like this, about {tenths} name something in the image", tenths=tenths)
        )
        self.setToolTip(f"{text}: {about}")
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
