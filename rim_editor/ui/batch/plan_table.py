"""The table of a plan: a row for each image and each problem, the worst first; cells are made when they are visible.

What is cut out of an image can be typed in its row.
"""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QApplication, QStyle, QWidget

from rim_editor.batch import naming, output_paths
from rim_editor.batch.plan import Item, Plan
from rim_editor.batch.problems import Problem, ProblemKind
from rim_editor.batch.recipe import ExpressionTerm, terms_text
from rim_editor.editor.jobs import Runner
from rim_editor.translation import marked, tr
from rim_editor.ui.batch.row_tables import Index, RowsModel, RowTable
from rim_editor.ui.batch.thumbnail_loader import SIDE, ThumbnailLoader

_Role = Qt.ItemDataRole
_IMAGE, _EXPRESSION, _RESULT, _PROBLEM = range(4)
_MARK = 20
_BY_EXAMPLE = marked("as in the example")
_NO_WORDS = marked("double-click, and type")
_TYPE_HERE = marked("Double-click to type something else for this image: + adds, - takes away, & limits it to")
_BROKEN = (ProblemKind.MISSING, ProblemKind.UNREADABLE)


class Severity(IntEnum):
    """How bad the problems of a row are; the worst come first."""

    FATAL = 0
    PROBLEM = 1
    FINE = 2


@dataclass(frozen=True)
class PlanRow:
    """An image of the plan with its problems, or a problem that belongs to no image."""

    item: Item | None
    problems: tuple[Problem, ...]
    severity: Severity

    @property
    def text(self) -> str:
        """The problems as a text; '' for none."""
        return " ".join(problem.text for problem in self.problems)

    @property
    def expression(self) -> str:
        """The expressions as a text."""
        terms = () if self.item is None else self.item.expressions
        return naming.expression_text((term.combine, term.expression or tr(_BY_EXAMPLE)) for term in terms)


@dataclass(frozen=True)
class PlanRows:
    """A plan with its rows in the order of the table, and its counts."""

    plan: Plan
    rows: tuple[PlanRow, ...]
    skipped: int
    broken: int
    """Images that are missing or cannot be read, as far as is known before the export."""

    @property
    def todo(self) -> int:
        """How many images will be exported."""
        return len(self.plan.items) - self.skipped

    @property
    def readable(self) -> int:
        """How many of them are there to be read, as far as is known."""
        return max(0, self.todo - self.broken)

    @property
    def summary(self) -> str:
        """A sentence: how many images there are, how many are not exported, and the disk space that is needed."""
        count = len(self.plan.items)
        pieces = [tr("one image") if count == 1 else tr("{count:,} images", count=count)]
        if self.skipped:
            pieces.append(tr("{skipped:,} left out", skipped=self.skipped))
        if self.broken:
            pieces.append(tr("{broken:,} missing or unreadable", broken=self.broken))
        fatal = sum(row.severity is Severity.FATAL for row in self.rows)
        if fatal:
            several = tr("{fatal:,} problems to be solved first", fatal=fatal)
            pieces.append(tr("one problem to be solved first") if fatal == 1 else several)
        need, free = (
            output_paths.formatted_size(self.plan.bytes_needed),
            output_paths.formatted_size(self.plan.bytes_free),
        )
        return tr(
            "{counts}. The results need about {need}; {free} are free.", counts=", ".join(pieces), need=need, free=free
        )


def rows_of(plan: Plan) -> PlanRows:
    """The rows of a plan; takes a while for many images. A problem that belongs to no image has a row of its own."""
    of_items: dict[tuple[str, int | None], list[Problem]] = defaultdict(list)
    for problem in plan.problems:
        of_items["" if problem.path is None else str(problem.path), problem.row].append(problem)
    rows = []
    broken = 0
    for item in plan.items:
        problems = tuple(of_items.pop((str(item.source), item.row), ()))
        broken += any(problem.kind in _BROKEN for problem in problems)
        rows.append(_row(item, problems))
    alone = (_row(None, (problem,)) for others in of_items.values() for problem in others)
    rows = sorted([*alone, *rows], key=lambda row: row.severity)
    return PlanRows(plan, tuple(rows), sum(bool(item.skip) for item in plan.items), broken)


def _row(item: Item | None, problems: tuple[Problem, ...]) -> PlanRow:
    fatal = any(problem.fatal for problem in problems)
    return PlanRow(item, problems, Severity.FATAL if fatal else Severity.PROBLEM if problems else Severity.FINE)


_PREFIXES = marked({Severity.FATAL: "Must be solved: ", Severity.PROBLEM: "", Severity.FINE: ""})


class PlanModel(RowsModel):
    """The rows of a plan."""

    columns = marked(("Image", "Cut out", "Result", "Problem"))
    typed = Signal(int, str)
    """The user typed what to cut out of the image in a row."""

    def __init__(self, thumbnails: ThumbnailLoader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._rows: tuple[PlanRow, ...] = ()
        self._folder = ""
        self._usual: tuple[ExpressionTerm, ...] = ()
        self._typed: dict[int, str] = {}
        """What was typed in which row, until the rows are planned again."""
        style = QApplication.style()
        icons = {
            Severity.FATAL: QStyle.StandardPixmap.SP_MessageBoxCritical,
            Severity.PROBLEM: QStyle.StandardPixmap.SP_MessageBoxWarning,
        }
        self._blank = QPixmap(SIDE, SIDE)  # keeps the texts aligned
        self._blank.fill(Qt.GlobalColor.transparent)
        self._marks = {severity: style.standardIcon(icon).pixmap(_MARK, _MARK) for severity, icon in icons.items()}

    def show_rows(self, rows: PlanRows | None) -> None:
        """Show these rows; None shows none."""
        self.beginResetModel()
        self._rows = () if rows is None else rows.rows
        self._folder = "" if rows is None else str(rows.plan.folder)
        self._usual = () if rows is None else rows.plan.recipe.terms
        self._typed.clear()
        self.endResetModel()

    def place_of(self, path: str, row: int | None) -> int:
        """The place of an image in the table, by its path and its line of a manifest; -1 when it is not there."""
        here = ((place, one.item) for place, one in enumerate(self._rows) if one.item is not None)
        return next((place for place, item in here if (str(item.source), item.row) == (path, row)), -1)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """What is cut out can be typed, unless the image is left out."""
        flags, item = super().flags(index), self._rows[index.row()].item
        typeable = index.column() == _EXPRESSION and item is not None and not item.skip
        return flags | Qt.ItemFlag.ItemIsEditable if typeable else flags

    def setData(self, index: Index, value: Any, role: int = _Role.EditRole) -> bool:  # noqa: ANN401, N802
        """Take what was typed for an image."""
        text = " ".join(str(value).split())
        if role != _Role.EditRole or text == self.data(index, _Role.EditRole):
            return False
        self._typed[index.row()] = text
        self.dataChanged.emit(index, index)
        self.typed.emit(index.row(), text)
        return True

    def row(self, place: int) -> PlanRow:
        """The row at this place."""
        return self._rows[place]

    def path(self, place: int) -> str:
        """The image of this row, '' for none."""
        item = self._rows[place].item
        return "" if item is None else str(item.source)

    def text(self, place: int) -> str:
        """The problems of this row; '' for none."""
        row = self._rows[place]
        return tr(_PREFIXES[row.severity]) + row.text if row.text else self._thumbnails.reason(self.path(place))

    def count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def data(self, index: Index, role: int = _Role.DisplayRole) -> Any:  # noqa: ANN401
        """The content of a cell; not cached, since few cells are visible at a time."""
        row, column = self._rows[index.row()], index.column()
        if role == _Role.EditRole and column == _EXPRESSION and row.item is not None:
            return self._typed.get(index.row(), terms_text(row.item.expressions))
        if role == _Role.FontRole and column == _EXPRESSION and row.item is not None:
            font = QFont()
            font.setBold(index.row() in self._typed or row.item.expressions != self._usual)
            return font
        if role == _Role.DisplayRole:
            return self._cell_text(index.row(), row, column)
        if role == _Role.ToolTipRole:
            if column == _IMAGE:
                return self.path(index.row())
            if column == _RESULT and row.item is not None:
                return str(row.item.output)
            if column == _EXPRESSION and row.item is not None:
                return f"{self._cell_text(index.row(), row, column)}\n{tr(_TYPE_HERE)}".strip()
            return self.text(index.row()) if column == _PROBLEM else self._cell_text(index.row(), row, column)
        if role == _Role.DecorationRole:
            if column == _IMAGE and row.item is not None:
                return self._thumbnails.thumbnail(str(row.item.source)) or self._blank
            if column == _PROBLEM:
                severity = (
                    Severity.PROBLEM if row.severity is Severity.FINE and self.text(index.row()) else row.severity
                )
                return self._marks.get(severity)
        return None

    def _cell_text(self, place: int, row: PlanRow, column: int) -> str:
        if column == _PROBLEM:
            return self._without_folders(self.text(place), row)
        if row.item is None:
            return ""
        if column == _IMAGE:
            return row.item.source.name
        if column == _EXPRESSION:
            return self._typed.get(place) or row.expression or tr(_NO_WORDS)
        return tr("left out") if row.item.skip else os.path.relpath(row.item.output, self._folder)

    def _without_folders(self, text: str, row: PlanRow) -> str:
        """A problem of an image with names for paths: its own, and those in the folder of the results."""
        if row.item is None:
            return text
        source = row.item.source
        return text.replace(str(source), source.name).replace(self._folder + os.sep, "")


class PlanTable(RowTable):
    """A `PlanModel` in a table."""

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__("batch_plan_table", tr("What will be made of which image"), parent=parent)
        self.thumbnails = ThumbnailLoader(runner, self._visible_paths, self)
        self.plan_model = PlanModel(self.thumbnails, self)
        self.setModel(self.plan_model)
        self.thumbnails.loaded.connect(lambda _path: self.viewport().update())
        self.setWordWrap(True)
        self.set_widths(38, 26, 30)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed)

    @property
    def typing(self) -> bool:
        """Whether a cell is being typed in."""
        return self.state() is QAbstractItemView.State.EditingState

    def _visible_paths(self) -> set[str]:
        return {self.plan_model.path(place) for place in self.visible_rows()}
