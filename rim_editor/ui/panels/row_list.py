"""A list whose rows end in buttons: what the lists of layers and of parts share."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from rim_editor.ui.theme import SPACE, TIGHT

ENDING = Qt.ItemDataRole.UserRole
"""The role of what a row's text ends with and keeps when the rest of it is shortened, such as "  (98%)"."""


class RowList(QListWidget):
    """A list whose rows end in buttons, which stay where they are when the scroll bar comes.

    `empty` is what it says while it has no row.
    """

    def __init__(self, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._empty = empty
        self.setItemDelegate(_BesideButtons(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().rangeChanged.connect(self._fit_rows)

    def set_buttons(self, item: QListWidgetItem, line: QWidget) -> None:
        """Lay a line with buttons at its right end over a row."""
        self.setItemWidget(item, line)
        self._fit(line)

    def paintEvent(self, event: QPaintEvent) -> None:
        """An empty list says what will be in it."""
        super().paintEvent(event)
        if self.count() == 0:
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().placeholderText().color())
            area = self.viewport().rect().adjusted(SPACE, TIGHT, -SPACE, -TIGHT)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._empty)
            painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the buttons at the right end in sight."""
        super().resizeEvent(event)
        self.doItemsLayout()

    def _fit_rows(self) -> None:
        for row in range(self.count()):
            line = self.itemWidget(self.item(row))
            if line is not None:  # a title that is being edited has none
                self._fit(line)

    def _fit(self, line: QWidget) -> None:
        bar = self.verticalScrollBar()
        room = 0 if bar.maximum() > 0 else self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        line.setContentsMargins(0, 0, room, 0)


class _BesideButtons(QStyledItemDelegate):
    """Ends a long text before the buttons of its row; its `ENDING` stays."""

    def __init__(self, view: RowList) -> None:
        super().__init__(view)
        self._view = view

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        line = self._view.indexWidget(index)
        if line is not None:  # a title that is being edited has none
            room = self._view.viewport().width() - line.sizeHint().width() - 2 * SPACE
            ending, metrics = index.data(ENDING) or "", option.fontMetrics
            begin = option.text.removesuffix(ending)
            room -= metrics.horizontalAdvance(ending)
            option.text = metrics.elidedText(begin, Qt.TextElideMode.ElideRight, room) + ending
