"""The expressions that a batch cuts out of every image: one or several, and how each joins those above it."""

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
from rim_editor.documents.document import Combine
from rim_editor.translation import marked, tr
from rim_editor.ui.named_widgets import name_widget
from rim_editor.ui.panels.input_widgets import ChoiceBox

_COMBINE = marked(
    {
        Combine.ADD: ("Add", "What this describes is cut out too"),
        Combine.SUBTRACT: ("Subtract", "What this describes is taken away"),
        Combine.INTERSECT: ("Intersect", "Only what this describes as well stays"),
        Combine.NEW: ("New", "Ignore the expressions above, and begin again"),
    }
)
_FIRST = marked("The woman in the red coat on the left")


@dataclass(frozen=True, eq=False)
class _ExpressionRow:
    combine: ChoiceBox | None
    """None in the first row, which begins the matte."""
    box: QLineEdit
    remove: QToolButton | None

    def term(self) -> ExpressionTerm:
        combine = Combine.NEW if self.combine is None else Combine(self.combine.value())
        return ExpressionTerm(" ".join(self.box.text().split()), combine)


class ExpressionList(QGroupBox):
    """Text fields `batch_expression_0`, `batch_expression_1` and so on; `batch_combine_1` says how the second joins."""

    changed = Signal()
    """The user changed an expression, or how one joins the others."""

    def __init__(self, known: Iterable[str] = (), parent: QWidget | None = None) -> None:
        """`known` are expressions that are suggested while typing."""
        super().__init__(tr("Cut out"), parent)
        self.setObjectName("batch_expressions")
        self._suggestions = QStringListModel(list(known), self)
        self._rows: list[_ExpressionRow] = []
        self._filled: tuple[ExpressionTerm, ...] = ()
        """What `fill` showed last."""
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        self._more = name_widget(
            QPushButton(tr("Add an e&xpression")), "batch_more", tr("Add to it, or take something away from it")
        )
        self._more.setAutoDefault(False)
        self._more.clicked.connect(self._add_empty)
        column = QVBoxLayout(self)
        column.addLayout(self._grid)
        column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self.add()

    def terms(self) -> tuple[ExpressionTerm, ...]:
        """The expressions in order, without empty ones; the first begins the matte."""
        return tuple(term for term in (row.term() for row in self._rows) if term.expression)

    def fill(self, terms: tuple[ExpressionTerm, ...]) -> None:
        """Show these expressions, unless the user has typed some."""
        if self.terms() not in ((), self._filled):
            return
        while len(self._rows) > 1:
            self._drop(self._rows[-1])
        self._rows[0].box.setText(terms[0].expression if terms else "")
        for term in terms[1:]:
            self.add(term.expression, term.combine)
        self._filled = self.terms()
        self.changed.emit()

    def add(self, expression: str = "", combine: Combine = Combine.ADD) -> QLineEdit:
        """Add a text field with this expression; for the first one, `combine` is always NEW."""
        number = len(self._rows)
        box = name_widget(
            QLineEdit(expression), f"batch_expression_{number}", accessible=tr("Expression {number}", number=number + 1)
        )
        box.setMaxLength(1000)
        box.setClearButtonEnabled(True)
        box.setAcceptDrops(False)  # a drop is for the whole page
        box.setToolTip(tr("Describe one object in your own words"))
        completer = QCompleter(self._suggestions, box)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        box.setCompleter(completer)
        box.textChanged.connect(lambda _text: self.changed.emit())
        row = _ExpressionRow(None, box, None)
        if number:
            choice = ChoiceBox(f"batch_combine_{number}", tr("How this joins the expressions above"), _COMBINE)
            choice.set_value(combine)
            choice.currentIndexChanged.connect(lambda _place: self.changed.emit())
            remove = name_widget(
                QToolButton(), f"batch_drop_{number}", tr("Remove this expression"), tr("Remove this expression")
            )
            remove.setText("×")
            remove.setAutoRaise(True)
            row = _ExpressionRow(choice, box, remove)
            remove.clicked.connect(lambda: self._drop(row))
            self._grid.addWidget(choice, number, 0)
            self._grid.addWidget(remove, number, 2)
        else:
            box.setPlaceholderText(tr(_FIRST))
            label = QLabel(tr("&Find"))
            label.setBuddy(box)
            self._grid.addWidget(label, 0, 0)
        self._grid.addWidget(box, number, 1)
        self._rows.append(row)
        return box

    def _add_empty(self) -> None:
        self.add().setFocus()
        self.changed.emit()

    def _drop(self, row: _ExpressionRow) -> None:
        # The rows below move up one by one: their texts move, not the widgets.
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
