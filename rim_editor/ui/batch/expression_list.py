"""What a batch cuts out: expressions one below the other, and how each joins those above it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import (
    QCompleter,
    QGridLayout,
    QGroupBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rim_editor.batch.recipe import ExpressionTerm
from rim_editor.document import Combine
from rim_editor.ui.named_widgets import named
from rim_editor.ui.panels.amount import Choice

_HOW = {
    Combine.ADD: ("Add", "What this describes is cut out too"),
    Combine.SUBTRACT: ("Subtract", "What this describes is taken away"),
    Combine.INTERSECT: ("Intersect", "Only what this describes as well stays"),
    Combine.NEW: ("New", "Forget the expressions above, and begin again"),
}
_FIRST = "The woman in the red coat on the left"


@dataclass(frozen=True, eq=False)
class _Row:
    combine: Choice | None
    """None in the first row, which begins the matte."""
    box: QLineEdit
    remove: QToolButton | None

    def said(self) -> ExpressionTerm:
        combine = Combine.NEW if self.combine is None else Combine(self.combine.value())
        return ExpressionTerm(" ".join(self.box.text().split()), combine)


class BatchSaid(QGroupBox):
    """Boxes `batch_expression_0`, `batch_expression_1` and so on; `batch_combine_1` says how the second joins."""

    changed = Signal()
    """The user said something else."""

    def __init__(self, known: Iterable[str] = (), parent: QWidget | None = None) -> None:
        """`known` are expressions that are offered while typing."""
        super().__init__("Cut out", parent)
        self.setObjectName("batch_said")
        self._words = QStringListModel(list(known), self)
        self._rows: list[_Row] = []
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        self._more = named(QPushButton("Add an e&xpression"), "batch_more", "Add to it, or take something away from it")
        self._more.setAutoDefault(False)
        self._more.clicked.connect(self._add_asked)
        column = QVBoxLayout(self)
        column.addLayout(self._grid)
        column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self.add()

    def said(self) -> tuple[ExpressionTerm, ...]:
        """What is said, in order, without empty boxes; the first begins the matte."""
        return tuple(said for said in (row.said() for row in self._rows) if said.expression)

    def add(self, expression: str = "", combine: Combine = Combine.ADD) -> QLineEdit:
        """Add a box with this expression; the first one's `combine` is NEW, whatever is given."""
        number = len(self._rows)
        box = named(QLineEdit(expression), f"batch_expression_{number}", accessible=f"Expression {number + 1}")
        box.setMaxLength(1000)
        box.setClearButtonEnabled(True)
        box.setAcceptDrops(False)  # a drop is for the whole page
        box.setToolTip("Describe one object in your own words")
        completer = QCompleter(self._words, box)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        box.setCompleter(completer)
        box.textChanged.connect(lambda _text: self.changed.emit())
        row = _Row(None, box, None)
        if number:
            choice = Choice(f"batch_combine_{number}", "How this joins the expressions above", _HOW)
            choice.set_value(combine)
            choice.currentIndexChanged.connect(lambda _place: self.changed.emit())
            remove = named(QToolButton(), f"batch_drop_{number}", "Remove this expression", "Remove this expression")
            remove.setText("×")
            remove.setAutoRaise(True)
            row = _Row(choice, box, remove)
            remove.clicked.connect(lambda: self._drop(row))
            self._grid.addWidget(choice, number, 0)
            self._grid.addWidget(remove, number, 2)
        else:
            box.setPlaceholderText(_FIRST)
            label = QLabel("&Find")
            label.setBuddy(box)
            self._grid.addWidget(label, 0, 0)
        self._grid.addWidget(box, number, 1)
        self._rows.append(row)
        return box

    def _add_asked(self) -> None:
        self.add().setFocus()
        self.changed.emit()

    def _drop(self, row: _Row) -> None:
        # The rows below move up one by one: what they say moves, not the widgets.
        place = self._rows.index(row)
        for above, below in zip(self._rows[place:], self._rows[place + 1 :], strict=False):
            above.box.setText(below.box.text())
            if above.combine is not None and below.combine is not None:
                above.combine.set_value(below.combine.value())
        last = self._rows.pop()
        for widget in (last.combine, last.box, last.remove):
            if widget is not None:
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self.changed.emit()
