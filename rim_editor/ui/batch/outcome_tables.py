"""The results of a batch, image by image, in tables that grow while it runs."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QPixmap
from PySide6.QtWidgets import QTabWidget, QWidget

from rim_editor.batch.outcomes import Group, Outcome, State
from rim_editor.documents.answer_texts import percent
from rim_editor.translation import marked, tr
from rim_editor.ui.batch.row_tables import Index, RowsModel, RowTable
from rim_editor.ui.named_widgets import name_widget

_Role = Qt.ItemDataRole
_IMAGE, _RESULT, _PRESENCE, _REMARKS = range(4)
_TABS = marked(
    {
        Group.DONE: "Done",
        Group.REVIEW: "To review",
        Group.FAILED: "Failed",
        Group.NOTHING_MATCHED: "Not found",
        Group.SKIPPED: "Left out",
    }
)
_SIDE = 48
_THUMBNAILS = 500  # of the newest images; the report has all of them
_ROOT = QModelIndex()


class OutcomeModel(RowsModel):
    """Outcomes in the order in which they came, or with the least certain ones first."""

    columns = marked(("Image", "Result", "How sure", "Remarks"))

    def __init__(self, parent: QObject | None = None, *, least_certain_first: bool = False) -> None:
        super().__init__(parent)
        self._least_certain_first = least_certain_first
        self._outcomes: list[Outcome] = []
        self._encoded: OrderedDict[int, bytes] = OrderedDict()
        self._pixmaps: OrderedDict[int, QPixmap] = OrderedDict()
        self._blank = QPixmap(_SIDE, _SIDE)  # keeps the texts aligned
        self._blank.fill(Qt.GlobalColor.transparent)

    def clear(self) -> None:
        """Remove all rows."""
        self.beginResetModel()
        self._outcomes.clear()
        self._encoded.clear()
        self._pixmaps.clear()
        self.endResetModel()

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Append these, or put each at its place."""
        for outcome in outcomes:
            if outcome.thumbnail is not None:
                self._encoded[outcome.index] = outcome.thumbnail
        while len(self._encoded) > _THUMBNAILS:
            self._encoded.popitem(last=False)
        bare = [replace(outcome, thumbnail=None) for outcome in outcomes]
        if self._least_certain_first:
            for outcome in bare:
                place = bisect_right(self._outcomes, _certainty(outcome), key=_certainty)
                self.beginInsertRows(_ROOT, place, place)
                self._outcomes.insert(place, outcome)
                self.endInsertRows()
            return
        first = len(self._outcomes)
        self.beginInsertRows(_ROOT, first, first + len(bare) - 1)
        self._outcomes += bare
        self.endInsertRows()

    def outcome(self, place: int) -> Outcome:
        """The outcome in this row, without its thumbnail."""
        return self._outcomes[place]

    def count(self) -> int:
        """How many rows there are."""
        return len(self._outcomes)

    def data(self, index: Index, role: int = _Role.DisplayRole) -> Any:  # noqa: ANN401
        """The text, tooltip or thumbnail of a cell."""
        outcome, column = self._outcomes[index.row()], index.column()
        if role in (_Role.DisplayRole, _Role.ToolTipRole):
            whole = role == _Role.ToolTipRole
            if column == _IMAGE:
                return str(outcome.source) if whole else outcome.source.name
            if column == _RESULT and outcome.state is State.DONE:
                return str(outcome.output) if whole else outcome.output.name
            if column == _PRESENCE:
                return "" if outcome.presence is None else percent(outcome.presence)
            return outcome.text if column == _REMARKS else ""
        if role == _Role.DecorationRole and column == _IMAGE:
            return self._pixmap(outcome.index)
        return None

    def _pixmap(self, number: int) -> QPixmap:
        if number not in self._pixmaps:
            pixmap = QPixmap()
            if number not in self._encoded or not pixmap.loadFromData(self._encoded[number]):
                return self._blank
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            self._pixmaps[number] = pixmap.scaled(_SIDE, _SIDE, keep, smooth)
            if len(self._pixmaps) > _THUMBNAILS:
                self._pixmaps.popitem(last=False)
        return self._pixmaps[number]


def _certainty(outcome: Outcome) -> float:
    return outcome.presence or 0.0


class OutcomeTabs(QTabWidget):
    """A table for each group; a double click opens a finished result, or an image to check or mend in the window."""

    image_requested = Signal(object)
    """The user wants to see the image of this `Outcome` in the window."""
    selection_changed = Signal()
    """Another row is selected, or none."""
    opened = Signal(str)
    """The system was asked to open a file: '', or the reason why it failed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        name_widget(self, "batch_outcomes", accessible=tr("Results by image"))
        self._models = {group: OutcomeModel(self, least_certain_first=group is Group.REVIEW) for group in _TABS}
        for group, text in _TABS.items():
            table = RowTable(f"batch_outcomes_{group.value.replace('-', '_')}", tr(text), _SIDE)
            table.setModel(self._models[group])
            table.setWordWrap(True)
            table.set_widths(42, 38, 10)
            table.activated.connect(lambda index, group=group: self._activate(self._models[group].outcome(index.row())))
            table.selectionModel().selectionChanged.connect(lambda *_: self.selection_changed.emit())
            self.addTab(table, "")
        self.currentChanged.connect(lambda _place: self.selection_changed.emit())
        self.clear()

    def clear(self) -> None:
        """Remove all rows."""
        for model in self._models.values():
            model.clear()
        self._update_titles()
        self.setCurrentIndex(0)

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Append these."""
        for group, model in self._models.items():
            of_group = [outcome for outcome in outcomes if outcome.group is group]
            if of_group:
                model.add(of_group)
        self._update_titles()

    def show_something(self) -> None:
        """If the current table is empty, switch to one that is not."""
        counts = [model.rowCount() for model in self._models.values()]
        if not counts[self.currentIndex()]:
            self.setCurrentIndex(next((place for place, count in enumerate(counts) if count), 0))

    def _update_titles(self) -> None:
        for place, (group, text) in enumerate(_TABS.items()):
            title = f"{tr(text)} ({self._models[group].rowCount():,})"
            if title != self.tabText(place):
                self.setTabText(place, title)

    def selected(self) -> Outcome | None:
        """The outcome that is selected in the table in front."""
        table = self.currentWidget()
        assert isinstance(table, RowTable)
        rows = table.selectionModel().selectedRows()
        return self._models[list(_TABS)[self.currentIndex()]].outcome(rows[0].row()) if rows else None

    def _activate(self, outcome: Outcome) -> None:
        if outcome.group in (Group.REVIEW, Group.NOTHING_MATCHED, Group.FAILED):
            self.image_requested.emit(outcome)
        else:
            self.opened.emit(open_path(outcome.output if outcome.state is State.DONE else outcome.source))


def open_path(path: Path) -> str:
    """Open a file or a folder with the system's program; returns '', or the reason why it failed."""
    if not os.path.exists(path):
        return tr("“{path}” does not exist any more: it was moved or deleted.", path=path)
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
        return tr("Nothing on this system opens “{path}”: open it elsewhere.", path=path)
    return ""
