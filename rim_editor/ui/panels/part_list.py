"""The list of the parts of the matte: expressions with their signs, strokes, regions and imported mattes."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListView,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QWidget,
)

from rim_editor.documents import answer_texts, step_names
from rim_editor.documents.document import Answer, Brush, Combine, ImportedMatte, Part, Region, Stroke
from rim_editor.translation import marked, tr
from rim_editor.ui.named_widgets import name_widget
from rim_editor.ui.panels.row_list import ENDING, RowList

EMPTY = marked("What you find, paint or draw is listed here.")
_MOST_LINES = 7
_SIGNS = {Combine.NEW: "", Combine.ADD: "+ ", Combine.SUBTRACT: "− ", Combine.INTERSECT: "∩ "}


@dataclass(frozen=True)
class PartRow:
    """One line of the list."""

    text: str
    tip: str
    ending: str = ""
    """What the text ends with and keeps where it is shortened."""


_STROKES = marked(
    {
        Brush.KEEP: ("+ Brush stroke", "Painted with the brush"),
        Brush.REMOVE: ("− Eraser stroke", "Painted with the eraser"),
        Brush.REFINE: ("Refined edge", "Painted with the refining brush"),
    }
)


def part_rows(parts: tuple[Part, ...]) -> tuple[PartRow, ...]:
    """The rows of the list, one for each part."""
    return tuple(_row(part) for part in parts)


def _row(part: Part) -> PartRow:
    if isinstance(part, Answer):
        text = f"{_SIGNS[part.combine]}{step_names.prompted(part)}"
        if part.pointing:  # somebody pointed at it: there is no question whether it is there
            return PartRow(text, tr("{text}: pointed at in the image", text=text))
        presence = answer_texts.percent(part.presence)
        tip = tr(
            "{text}\nPresence {presence}: how sure the model is that it is in the image", text=text, presence=presence
        )
        ending = f"  ({presence})"
        return PartRow(f"{text}{ending}", tip, ending)
    if isinstance(part, ImportedMatte):
        text = f"{_SIGNS[part.combine]}{part.name}"
        return PartRow(text, tr("{text}\nA matte that was not found but added", text=text))
    if isinstance(part, Region):
        shape = tr("Rectangle") if part.is_rectangle else tr("Lasso")
        return PartRow(
            f"{_SIGNS[part.combine]}{shape}",
            tr("{shape} that adds", shape=shape) if part.adds else tr("{shape} that subtracts", shape=shape),
        )
    text, tip = _STROKES[part.brush if isinstance(part, Stroke) else Brush.REFINE]
    return PartRow(tr(text), tr(tip))


class PartList(RowList):
    """The list `expression_list`: a button in each row removes it, and the Delete key all rows that are selected."""

    removed = Signal(tuple)
    """The user wants to remove these parts: their places in `Document.parts`."""
    pointed_at = Signal(int)
    """The part that the pointer or the keyboard is at, by its place; -1 for none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr(EMPTY), parent)
        self.setObjectName("expression_list")
        self.setAccessibleName(tr("What is selected, in the order in which it was found and painted"))
        self.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.setResizeMode(QListView.ResizeMode.Adjust)  # so that the buttons stay at the right end
        self._rows: tuple[PartRow, ...] = ()
        self._pointed_at = -1
        self.currentRowChanged.connect(lambda place: self.point_at(place if self.hasFocus() else -1))

    def set_parts(self, parts: tuple[Part, ...]) -> None:
        """Show these parts; the selection stays on the same line."""
        made = part_rows(parts)
        if made == self._rows:
            return
        place, before = self.currentRow(), self._rows
        # Only what changed is made anew: a stroke more must not cost what all of them cost.
        first = _same(before, made)
        last = _same(before[first:][::-1], made[first:][::-1])
        for _ in range(len(before) - first - last):
            self.takeItem(first)
        for number, row in enumerate(made[first : len(made) - last], first):
            item = QListWidgetItem(row.text)
            item.setToolTip(row.tip)
            item.setData(ENDING, row.ending)
            item.setSizeHint(QSize(0, self._line()))  # room for the button
            self.insertItem(number, item)
            self.set_buttons(item, self._button(row, item))
        self._rows = made
        self.updateGeometry()
        self.setCurrentRow(min(place, len(made) - 1))
        self.point_at(self.currentRow() if self.hasFocus() else -1)
        if len(made) > len(before) and last == 0:
            self.scrollToBottom()  # to what was just added

    def sizeHint(self) -> QSize:
        """Room for all lines, three at least and seven at most; more of them scroll."""
        return QSize(
            super().sizeHint().width(), max(3, min(self.count(), _MOST_LINES)) * self._line() + 2 * self.frameWidth()
        )

    def minimumSizeHint(self) -> QSize:
        """Room for two lines."""
        return QSize(super().minimumSizeHint().width(), 2 * self._line() + 2 * self.frameWidth())

    def point_at(self, place: int) -> None:
        """Emit that this line is pointed at now, or none for -1."""
        if place != self._pointed_at:
            self._pointed_at = place
            self.pointed_at.emit(place)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Point at nothing."""
        super().focusOutEvent(event)
        self.point_at(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete and Backspace remove the lines that are selected."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            selected = tuple(sorted(index.row() for index in self.selectedIndexes()))
            if selected:
                self.removed.emit(selected)
        else:
            super().keyPressEvent(event)

    def _line(self) -> int:
        return round(1.7 * self.fontMetrics().height())

    def _button(self, row: PartRow, item: QListWidgetItem) -> QWidget:
        button = name_widget(QToolButton(), "remove_part")
        button.setText("×")
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the Delete key is the keyboard's way
        button.setToolTip(tr("Remove {text} (Delete)", text=row.text))
        button.setAccessibleName(tr("Remove {text}", text=row.text))
        button.setFixedWidth(self._line())
        button.clicked.connect(lambda: self.removed.emit((self.row(item),)))
        line = _Line(self, item)
        layout = QHBoxLayout(line)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addStretch(1)
        layout.addWidget(button)
        return line


class _Line(QWidget):
    """Lies over a line of the list, and points at it while the pointer is there."""

    def __init__(self, view: PartList, item: QListWidgetItem) -> None:
        super().__init__()
        self._view, self._item = view, item

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._view.point_at(self._view.row(self._item))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._view.point_at(-1)


def _same(one: tuple[PartRow, ...], other: tuple[PartRow, ...]) -> int:
    """How many rows both begin with."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
