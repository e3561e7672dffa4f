"""A row of chips: words to click instead of typing them, as many as fit beside each other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QLabel, QSizePolicy, QWidget

from rim_editor.translation import tr
from rim_editor.ui.named_widgets import name_widget
from rim_editor.ui.palettes import accent
from rim_editor.ui.theme import SPACE

_PAD = 10  # left and right of the text, in logical pixels


class Chip(QAbstractButton):
    """A rounded button with a few words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip(tr("Find “{text}”", text=text))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        """The text with a rounded end on each side."""
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self.text()) + 2 * _PAD + 2, metrics.height() + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the outline and the text; filled under the pointer, in the accent colour with the focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink, edge = self.palette().color(QPalette.ColorRole.ButtonText), accent()
        ground = QColor(edge)
        ground.setAlpha(70 if self.isDown() else 45 if self.underMouse() else 18)
        if not self.hasFocus():
            edge.setAlpha(130)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(edge, 2 if self.hasFocus() else 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.setPen(ink)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()


class ChipRow(QWidget):
    """A caption and chips. Those that do not fit are left out, so that the row never asks for room."""

    clicked = Signal(str)
    """The words of the chip."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._caption = name_widget(QLabel(), f"{name}_caption")
        self._caption.setTextFormat(Qt.TextFormat.PlainText)
        self._chips: list[Chip] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACE)
        self._row.addStretch(1)
        self._row.addWidget(self._caption)
        self._fit()

    def texts(self) -> tuple[str, ...]:
        """The words of all chips, those that do not fit included."""
        return tuple(chip.text() for chip in self._chips)

    def set_chips(self, caption: str, texts: Sequence[str]) -> None:
        """Show these words behind the caption; without words, nothing."""
        if (caption, tuple(texts)) == (self._caption.text(), self.texts()):
            return
        for old in self._chips:
            self._row.removeWidget(old)
            old.hide()
            old.setObjectName("")
            old.deleteLater()
        self._caption.setText(caption)
        self._chips = [name_widget(Chip(text), f"chip_{text.replace(' ', '_')}") for text in texts]
        for chip in self._chips:
            self._row.addWidget(chip)
            chip.clicked.connect(lambda _=False, chip=chip: self.clicked.emit(chip.text()))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out the chips that do not fit any more."""
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        """As high as a chip, with or without one."""
        wide = self._caption.sizeHint().width() + sum(chip.sizeHint().width() + SPACE for chip in self._chips)
        return QSize(wide, Chip("x").sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """No width: chips give way."""
        return QSize(0, self.sizeHint().height())

    def _fit(self) -> None:
        room = self.width() - self._caption.sizeHint().width()
        for chip in self._chips:
            room -= chip.sizeHint().width() + SPACE
            chip.setVisible(room >= 0)
        self._caption.setVisible(bool(self._chips) and not self._chips[0].isHidden())
