"""How the next answer joins the matte: four buttons side by side, or a combo box where there is no room."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolButton,
    QWidget,
)

from rim_editor.documents.document import Combine
from rim_editor.translation import marked, tr
from rim_editor.ui.named_widgets import name_widget
from rim_editor.ui.panels.input_widgets import ChoiceBox
from rim_editor.ui.theme import ICON_SIDE, icon

_ROWS = marked(
    (
        (Combine.NEW, "New", "fa6s.square", "The answer replaces the matte"),
        (Combine.ADD, "Add", "fa6s.plus", "The answer is added to the matte"),
        (Combine.SUBTRACT, "Subtract", "fa6s.minus", "The answer is taken from the matte"),
        (Combine.INTERSECT, "Intersect", "fa6s.circle-half-stroke", "The matte is limited to the answer"),
    )
)


class _IconBox(ChoiceBox):
    """A combo box that shows only the icon of its choice until it is opened."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = ""
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def showPopup(self) -> None:
        """Open the list as wide as its texts."""
        self.view().setMinimumWidth(
            self.view().sizeHintForColumn(0) + self.view().verticalScrollBar().sizeHint().width()
        )
        super().showPopup()


class CombineChoice(QWidget):
    """Buttons `combine_new` to `combine_intersect` in sync with the combo box `combine_box`."""

    chosen = Signal(Combine)
    """The user's choice."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        options = {combine: (text, tip) for combine, text, _, tip in _ROWS}
        self._box = _IconBox("combine_box", tr("How the answer joins the matte"), options)
        self._box.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._box.setMinimumContentsLength(1)
        self._segments = QWidget()
        row = QHBoxLayout(self._segments)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._group = QButtonGroup(self)
        for place, (combine, text, _, tip) in enumerate(_ROWS):
            button = name_widget(QToolButton(), f"combine_{combine.value}")
            button.setCheckable(True)
            button.setAccessibleName(tr(text))
            keys = QKeySequence(f"Alt+{place + 1}").toString(QKeySequence.SequenceFormat.NativeText)
            button.setToolTip(f"{tr(text)} ({keys})\n{tr(tip)}")
            button.setIconSize(QSize(ICON_SIDE, ICON_SIDE))
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self._group.addButton(button, place)
            row.addWidget(button)
        self._group.button(0).setChecked(True)
        both = QHBoxLayout(self)
        both.setContentsMargins(0, 0, 0, 0)
        both.addWidget(self._segments)
        both.addWidget(self._box)
        self.set_wide(True)
        self._group.idToggled.connect(self._toggled)
        self._box.currentIndexChanged.connect(self._picked)

    def combine(self) -> Combine:
        """The current choice."""
        return _ROWS[self._box.currentIndex()][0]

    def set_combine(self, combine: Combine) -> None:
        """Set the choice, and emit `chosen` if it differs."""
        self._box.setCurrentIndex(list(Combine).index(combine))

    def paint_icons(self) -> None:
        """Set the icons; call again after the theme has changed."""
        for place, (_, _, name, _) in enumerate(_ROWS):
            self._group.button(place).setIcon(icon(name))
            self._box.setItemIcon(place, icon(name))
        self.updateGeometry()

    def buttons_width(self) -> int:
        """Pixels that the four buttons need side by side."""
        return self._segments.sizeHint().width()

    def set_wide(self, wide: bool) -> None:
        """Show the buttons, or the combo box instead."""
        self._segments.setVisible(wide)
        self._box.setVisible(not wide)

    def minimumSizeHint(self) -> QSize:
        """Room for the combo box: where there is no more, it takes the place of the buttons."""
        hint = self._box.minimumSizeHint()
        return QSize(hint.width(), max(hint.height(), self._segments.minimumSizeHint().height()))

    def _picked(self, place: int) -> None:
        self._group.button(place).setChecked(True)
        self.chosen.emit(_ROWS[place][0])

    def _toggled(self, place: int, on: bool) -> None:
        if on:
            self._box.setCurrentIndex(place)
