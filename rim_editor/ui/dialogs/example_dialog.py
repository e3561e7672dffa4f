"""The images that an example was looked for in, the least certain answer first: click one to go there."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from clipmat.certainty import Certainty
from rim_editor.documents.answer_texts import percent
from rim_editor.translation import marked, tr
from rim_editor.ui.named_widgets import name_widget, resize_on_screen, wrapped_label
from rim_editor.ui.theme import SPACE

_TEXTS = marked({Certainty.SURE: "found", Certainty.UNSURE: "not sure: check it", Certainty.NONE: "not found"})
_WAITING = marked("waiting")


@dataclass
class _FoundRow:
    key: str
    title: str
    text: str = _WAITING
    presence: float | None = None

    @property
    def rank(self) -> tuple[int, float]:
        """Problems first, then answers from the least certain on, then what is still waited for."""
        if self.presence is not None:
            return 1, self.presence
        return (2, 0.0) if self.text == _WAITING else (0, 0.0)


class ExampleDialog(QDialog):
    """Stays open beside the window; the rows change as answers come."""

    chosen = Signal(str)
    """The key of the image that the user wants to see."""

    def __init__(self, wanted: str, parent: QWidget | None = None) -> None:
        """`wanted` is what the example is called."""
        super().__init__(parent)
        self.setObjectName("example_dialog")
        self.setWindowTitle(tr("Found in the Open Images"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._wanted = wanted
        self._rows: list[_FoundRow] = []
        self._summary = wrapped_label("found_summary")
        self._table = name_widget(QTableWidget(0, 2), "found_table", accessible=tr("Images, the least certain first"))
        self._table.setHorizontalHeaderLabels([tr("Image"), tr("Answer")])
        self._table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._table.setTabKeyNavigation(False)
        self._table.verticalHeader().hide()
        header = self._table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        self._table.itemSelectionChanged.connect(self._choose)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setIcon(QIcon())
        close.setAutoDefault(False)  # Enter on a row is no wish to close the list
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for widget in (self._summary, self._table, buttons):
            column.addWidget(widget)
        letter, line = self.fontMetrics().averageCharWidth(), self.fontMetrics().height()
        resize_on_screen(self, QSize(60 * letter, 25 * line))  # room for eight images

    def move_aside(self, window: QWidget) -> None:
        """Move to the lower right corner of the window, away from the images that are gone through."""
        corner = window.geometry().bottomRight()
        self.move(corner.x() - self.width() - SPACE, corner.y() - self.height() - SPACE)

    def add(self, key: str, title: str) -> None:
        """Add an image that is waited for."""
        self._rows.append(_FoundRow(key, title))
        self._show()

    def show_answer(self, key: str, certainty: Certainty, presence: float) -> None:
        """Show what was found in the image with this key; presence is 0 to 1."""
        self._set(key, f"{tr(_TEXTS[certainty])} ({percent(presence)})", presence)

    def show_problem(self, key: str, text: str) -> None:
        """Show why there is no answer for the image with this key."""
        self._set(key, text, None)

    def remove(self, key: str) -> None:
        """Take the image away: it was closed."""
        self._rows = [row for row in self._rows if row.key != key]
        self._show()

    def _set(self, key: str, text: str, presence: float | None) -> None:
        for row in self._rows:
            if row.key == key:
                row.text, row.presence = text, presence
        self._show()

    def _show(self) -> None:
        chosen = self._chosen_key()
        self._rows.sort(key=lambda row: row.rank)
        done = sum(row.text != _WAITING for row in self._rows)
        self._summary.setText(
            tr(
                "“{wanted}” in the open images: {done} of {count} done. The least certain come first; "
                "click one to go there. Each can be undone there.",
                wanted=self._wanted,
                done=done,
                count=len(self._rows),
            )
        )
        self._table.blockSignals(True)
        self._table.setRowCount(len(self._rows))
        for number, row in enumerate(self._rows):
            for column, text in enumerate((row.title, tr(row.text) if row.text == _WAITING else row.text)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self._table.setItem(number, column, item)
        self._table.clearSelection()
        place = next((number for number, row in enumerate(self._rows) if row.key == chosen), None)
        if place is not None:
            self._table.selectRow(place)
        self._table.blockSignals(False)

    def _chosen_key(self) -> str | None:
        places = self._table.selectionModel().selectedRows()
        shown = places[0].row() if places else -1
        return self._rows[shown].key if 0 <= shown < len(self._rows) else None

    def _choose(self) -> None:
        key = self._chosen_key()
        if key is not None:
            self.chosen.emit(key)
