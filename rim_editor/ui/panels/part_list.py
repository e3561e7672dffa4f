"""The list of the parts of the matte: expressions with their signs, and the strokes between them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QWidget,
)

from rim_editor.document import Answer, Combine, Part
from rim_editor.ui.named_widgets import name_widget

_SIGNS = {Combine.NEW: "", Combine.ADD: "+ ", Combine.SUBTRACT: "− ", Combine.INTERSECT: "∩ "}


@dataclass(frozen=True)
class PartRow:
    """One line of the list and the parts behind it."""

    text: str
    tip: str
    parts: tuple[int, ...]
    """Places in `Document.parts`; more than one for strokes that follow each other."""


def part_rows(parts: tuple[Part, ...]) -> tuple[PartRow, ...]:
    """The rows of the list: one for each answer, and one for each series of strokes and refined edges."""
    made: list[PartRow] = []
    strokes: list[int] = []

    def end_strokes() -> None:
        if strokes:
            text = "1 brush stroke" if len(strokes) == 1 else f"{len(strokes)} brush strokes"
            made.append(PartRow(text, f"{text}: painted, erased or refined by hand", tuple(strokes)))
            strokes.clear()

    for place, part in enumerate(parts):
        if not isinstance(part, Answer):
            strokes.append(place)
            continue
        end_strokes()
        text = f"{_SIGNS[part.combine]}{part.expression}"
        tip = f"{text}\nPresence {part.presence:.2f}: how sure the model is that it is in the image"
        made.append(PartRow(f"{text}  ({part.presence:.2f})", tip, (place,)))
    end_strokes()
    return tuple(made)


class PartList(QListWidget):
    """The list `expression_list`; a button in each row removes it, and so does the Delete key."""

    removed = Signal(tuple)
    """The user wants to remove these parts: their places in `Document.parts`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("expression_list")
        self.setAccessibleName("What the matte is made of")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)  # so that the buttons stay at the right end
        self.setItemDelegate(_BesideButton(self))
        self._rows: tuple[PartRow, ...] = ()
        self.itemSelectionChanged.connect(self._colour_buttons)

    def set_parts(self, parts: tuple[Part, ...]) -> None:
        """Show these parts; the selection stays on the same line."""
        made = part_rows(parts)
        if made == self._rows:
            return
        place = self.currentRow()
        self.clear()
        self._rows = made
        for row in made:
            item = QListWidgetItem(row.text)
            item.setToolTip(row.tip)
            self.addItem(item)
            self.setItemWidget(item, self._button(row))
        self.setCurrentRow(min(place, len(made) - 1))

    def sizeHint(self) -> QSize:
        """Room for three lines; more of them scroll."""
        return QSize(super().sizeHint().width(), 3 * self._line() + 2 * self.frameWidth())

    def minimumSizeHint(self) -> QSize:
        """Room for two lines."""
        return QSize(super().minimumSizeHint().width(), 2 * self._line() + 2 * self.frameWidth())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete and Backspace remove the line that is selected."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            if 0 <= self.currentRow() < len(self._rows):
                self.removed.emit(self._rows[self.currentRow()].parts)
        else:
            super().keyPressEvent(event)

    def button_width(self) -> int:
        """Pixels at the right end of a line that the button takes."""
        return self._line()

    def _colour_buttons(self) -> None:
        for place in range(self.count()):
            item = self.item(place)
            line = self.itemWidget(item)
            button = None if line is None else line.findChild(QToolButton)
            if button is not None:
                colours = QPalette()
                if item.isSelected():
                    colours.setColor(QPalette.ColorRole.ButtonText, self.palette().highlightedText().color())
                button.setPalette(colours)

    def _line(self) -> int:
        return round(1.7 * self.fontMetrics().height())

    def _button(self, row: PartRow) -> QWidget:
        button = name_widget(QToolButton(), "remove_part")
        button.setText("×")
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the Delete key is the keyboard's way
        button.setToolTip(f"Remove {row.text} (Delete)")
        button.setAccessibleName(f"Remove {row.text}")
        button.setFixedWidth(self.button_width())
        button.clicked.connect(lambda: self.removed.emit(row.parts))
        line = QWidget()
        layout = QHBoxLayout(line)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addStretch(1)
        layout.addWidget(button)
        return line


class _BesideButton(QStyledItemDelegate):
    """Ends a long text before the button, and makes lines tall enough for it."""

    def __init__(self, view: PartList) -> None:
        super().__init__(view)
        self._view = view

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        room = self._view.viewport().width() - self._view.button_width() - 12
        option.text = option.fontMetrics.elidedText(option.text, Qt.TextElideMode.ElideRight, room)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, self._view.button_width())
