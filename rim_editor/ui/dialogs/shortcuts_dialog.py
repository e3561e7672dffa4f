"""Every action with its keys, in a table that can be searched."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QIcon, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QStyle,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from rim_editor.translation import tr
from rim_editor.ui.named_widgets import name_widget, resize_on_screen
from rim_editor.ui.theme import SPACE


class ShortcutsDialog(QDialog):
    """Lists actions with their menus, names and keys; their tooltips explain them."""

    def __init__(self, actions: Iterable[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcuts_dialog")
        self.setWindowTitle(tr("Keyboard Shortcuts"))
        self._search = name_widget(QLineEdit(), "shortcuts_search")
        self._search.setClearButtonEnabled(True)
        self._search.setPlaceholderText(tr("Search for an action or a key"))
        self._search.setAccessibleName(tr("Search"))
        self._search.textChanged.connect(self._filter)
        self._table = name_widget(QTableWidget(0, 3), "shortcuts_table")
        self._table.setAccessibleName(tr("Keyboard shortcuts"))
        self._table.setHorizontalHeaderLabels([tr("Menu"), tr("Action"), tr("Keys")])
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setTabKeyNavigation(False)
        self._table.verticalHeader().hide()
        for action in actions:
            if not action.isSeparator() and action.text():
                self._add(action)
        header = self._table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self._none = name_widget(QLabel(), "shortcuts_none")
        self._none.setVisible(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(
            QIcon()
        )  # the style's own icon is illegible in dark themes
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for widget in (self._search, self._table, self._none, buttons):
            column.addWidget(widget)
        unit = self.fontMetrics()
        whole = sum(self._table.sizeHintForColumn(place) + SPACE for place in range(3))  # the names are read in whole
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        wide = max(80 * unit.averageCharWidth(), whole + bar + 4 * SPACE)
        resize_on_screen(self, QSize(wide, 32 * unit.height()))
        self._search.setFocus()

    def _add(self, action: QAction) -> None:
        keys = ", ".join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in action.shortcuts())
        row = self._table.rowCount()
        self._table.insertRow(row)
        name = str(action.property("title") or action.text().replace("&", "").rstrip("…"))
        for column, text in enumerate((str(action.property("menu") or ""), name, keys)):
            item = QTableWidgetItem(text)
            item.setToolTip(action.toolTip())
            self._table.setItem(row, column, item)

    def _filter(self, sought: str) -> None:
        words = sought.casefold().split()
        found = 0
        for row in range(self._table.rowCount()):
            items = [self._table.item(row, column) for column in range(3)]
            text = " ".join(item.text() for item in items if item is not None)
            tip = items[1].toolTip() if items[1] is not None else ""
            shown = all(word in f"{text} {tip}".casefold() for word in words)
            self._table.setRowHidden(row, not shown)
            found += shown
        self._none.setText(tr("No action matches “{words}”.", words=sought.strip()))
        self._none.setVisible(found == 0)
