"""Tables of the batch dialog: rows of one height with a thumbnail, in a model that is asked for what is visible."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from rim_editor.translation import tr
from rim_editor.ui.batch.thumbnail_loader import SIDE
from rim_editor.ui.named_widgets import name_widget

Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_ROOT = QModelIndex()


class RowTable(QTableView):
    """A table of rows of one height with room for a thumbnail, in which whole rows are selected."""

    def __init__(self, name: str, accessible: str, side: int = SIDE, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        name_widget(self, name, accessible=accessible)
        self.setIconSize(QSize(side, side))
        self.setItemDelegateForColumn(0, _NamesInLine(self))
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.horizontalHeader().setHighlightSections(False)
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

    def set_widths(self, *widths: int) -> None:
        """Set the widths of the columns, in average characters; the last one takes the rest."""
        header = self.horizontalHeader()
        header.setStretchLastSection(True)
        unit = self.fontMetrics().averageCharWidth()
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width * unit)

    def visible_rows(self) -> range:
        """The rows that are visible."""
        model = self.model()
        if model is None or not model.rowCount() or not self.isVisible():
            return range(0)
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        return range(max(0, first), (last if last >= 0 else model.rowCount() - 1) + 1)


class _NamesInLine(QStyledItemDelegate):
    """Gives each thumbnail a square, so that the names beside narrow and wide ones begin at one place."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802
        super().initStyleOption(option, index)
        view = self.parent()
        if isinstance(view, RowTable):
            option.decorationSize = view.iconSize()


class RowsModel(QAbstractTableModel):
    """Rows under named columns, which are `marked`; a subclass has `columns`, `count` and `data`."""

    columns: tuple[str, ...] = ()

    def count(self) -> int:
        """How many rows there are."""
        return 0

    def rowCount(self, parent: Index = _ROOT) -> int:  # noqa: N802
        """How many rows there are; cells have none below them."""
        return 0 if parent.isValid() else self.count()

    def columnCount(self, parent: Index = _ROOT) -> int:  # noqa: N802
        """How many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:  # noqa: ANN401, N802
        """The name of a column."""
        if role == _Role.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return tr(self.columns[section])
        return None
