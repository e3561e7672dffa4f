"""The table of a plan: a row for each image and problem, whose texts and thumbnails are made when they are seen."""

from __future__ import annotations

import os
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QStyle, QTableView, QWidget

from rim_editor.jobs import Runner
from rim_editor.ui.batch.plan_rows import Level, PlanRows, Row
from rim_editor.ui.batch.thumbnail_loader import SIDE, Thumbnails
from rim_editor.ui.named_widgets import named

Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_IMAGE, _SAID, _RESULT, _PROBLEM = range(4)
_LEVELS = {Level.FATAL: "Must be remedied: ", Level.PROBLEM: "", Level.FINE: ""}
_ROOT = QModelIndex()
_MARK = 20


class RowTable(QTableView):
    """A table of rows of one height with room for a thumbnail, in which whole rows are selected."""

    def __init__(self, name: str, accessible: str, side: int = SIDE, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, name, accessible=accessible)
        self.setIconSize(QSize(side, side))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(side + 8)

    def set_widths(self, *shares: int) -> None:
        """Let the columns share the room like this."""
        header = self.horizontalHeader()
        header.setStretchLastSection(True)
        unit = self.fontMetrics().averageCharWidth()
        for column, share in enumerate(shares):
            self.setColumnWidth(column, share * unit)

    def seen(self) -> range:
        """The rows that are to be seen."""
        model = self.model()
        if model is None or not model.rowCount() or not self.isVisible():
            return range(0)
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        return range(max(0, first), (last if last >= 0 else model.rowCount() - 1) + 1)


class Listing(QAbstractTableModel):
    """Rows under named columns; a subclass says which, how many, and what a cell shows."""

    columns: tuple[str, ...] = ()

    def count(self) -> int:
        """How many rows there are."""
        return 0

    def rowCount(self, parent: Index = _ROOT) -> int:  # noqa: N802
        """How many there are; cells have none below them."""
        return 0 if parent.isValid() else self.count()

    def columnCount(self, parent: Index = _ROOT) -> int:  # noqa: N802
        """How many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:  # noqa: ANN401, N802
        """The name of a column."""
        if role == _Role.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return self.columns[section]
        return None


class PlanModel(Listing):
    """The rows of a plan."""

    columns = ("Image", "Cut out", "Result", "Problem")

    def __init__(self, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._rows: tuple[Row, ...] = ()
        self._folder = ""
        style = QApplication.style()
        kinds = {
            Level.FATAL: QStyle.StandardPixmap.SP_MessageBoxCritical,
            Level.PROBLEM: QStyle.StandardPixmap.SP_MessageBoxWarning,
        }
        self._blank = QPixmap(SIDE, SIDE)  # keeps the texts in line
        self._blank.fill(Qt.GlobalColor.transparent)
        self._marks = {level: style.standardIcon(kind).pixmap(_MARK, _MARK) for level, kind in kinds.items()}

    def show_rows(self, rows: PlanRows | None) -> None:
        """Show these instead, None for none."""
        self.beginResetModel()
        self._rows = () if rows is None else rows.rows
        self._folder = "" if rows is None else str(rows.plan.folder)
        self._thumbnails.forget()
        self.endResetModel()

    def row(self, place: int) -> Row:
        """The row at this place."""
        return self._rows[place]

    def path(self, place: int) -> str:
        """The image of this row, '' for none."""
        item = self._rows[place].item
        return "" if item is None else str(item.source)

    def text(self, place: int) -> str:
        """All that is amiss with this row."""
        row = self._rows[place]
        return _LEVELS[row.level] + row.text if row.text else self._thumbnails.reason(self.path(place))

    def count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def data(self, index: Index, role: int = _Role.DisplayRole) -> Any:  # noqa: ANN401
        """What a cell shows; made anew each time, since few of them are seen."""
        row, column = self._rows[index.row()], index.column()
        if role == _Role.DisplayRole:
            return self._shown(index.row(), row, column)
        if role == _Role.ToolTipRole:
            if column == _IMAGE:
                return self.path(index.row())
            if column == _RESULT and row.item is not None:
                return str(row.item.output)
            return self._shown(index.row(), row, column)
        if role == _Role.DecorationRole:
            if column == _IMAGE and row.item is not None:
                return self._thumbnails.of(str(row.item.source)) or self._blank
            if column == _PROBLEM:
                level = Level.PROBLEM if row.level is Level.FINE and self.text(index.row()) else row.level
                return self._marks.get(level)
        return None

    def _shown(self, place: int, row: Row, column: int) -> str:
        if column == _PROBLEM:
            return self.text(place)
        if row.item is None:
            return ""
        if column == _IMAGE:
            return row.item.source.name
        if column == _SAID:
            return row.expression
        return "skipped" if row.item.skip else os.path.relpath(row.item.output, self._folder)


class PlanTable(RowTable):
    """A `PlanModel` in a table."""

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__("batch_plan_table", "What will be made of which image", parent=parent)
        self.thumbnails = Thumbnails(runner, self._seen_paths, self)
        self.plan_model = PlanModel(self.thumbnails, self)
        self.setModel(self.plan_model)
        self.thumbnails.made.connect(lambda _path: self.viewport().update())
        self.setWordWrap(True)
        self.set_widths(32, 22, 30)

    def _seen_paths(self) -> set[str]:
        return {self.plan_model.path(place) for place in self.seen()}
