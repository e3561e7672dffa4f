"""The table of the available weights, with state, size and licence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from rim_editor.translation import marked, tr

if TYPE_CHECKING:
    from rim_editor.matting import WeightsInfo

_COLUMNS = marked(("Weights", "What they are", "State", "Size", "Licence", "Where"))


class WeightsTable(QTableWidget):
    """`models_table`: one variant a row, one of them selected."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(_COLUMNS), parent)
        self._variants: tuple[WeightsInfo, ...] = ()
        self.setObjectName("models_table")
        self.setAccessibleName(tr("Weights"))
        self.setHorizontalHeaderLabels([tr(text) for text in _COLUMNS])
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for wide in (1, len(_COLUMNS) - 1):
            header.setSectionResizeMode(wide, QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)

    def set_variants(self, variants: tuple[WeightsInfo, ...]) -> None:
        """Show these; the selected row stays selected."""
        self._variants = variants
        selected = max(self.currentRow(), 0)
        self.setRowCount(len(variants))
        for row, variant in enumerate(variants):
            size = "" if variant.bytes is None else f"{variant.bytes / 1e6:.0f} MB"
            texts = (variant.name, variant.description, _state(variant), size, variant.licence, str(variant.path or ""))
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(variant.remedy or text)
                self.setItem(row, column, item)
        self.selectRow(min(selected, len(variants) - 1))

    def selected(self) -> WeightsInfo | None:
        """The variant in the selected row."""
        row = self.currentRow()
        return self._variants[row] if 0 <= row < len(self._variants) else None


def advice(row: WeightsInfo) -> str:
    """What can be done about the weights of a row, in one line; '' where nothing need be."""
    if row.state == "ready":
        bundled = tr("{name} comes with the program: there is nothing to fetch or to remove.", name=row.name)
        return bundled if row.bundled else ""
    return tr("{name} cannot answer, its weights are missing: {remedy}.", name=row.name, remedy=row.remedy)


def _state(variant: WeightsInfo) -> str:
    if variant.state == "ready":
        return tr("Ready, bundled") if variant.bundled else tr("Ready")
    if variant.brought:
        return tr("Missing: bring the file")
    if variant.system:
        return tr("Missing: fetch them")
    return tr("Missing: install again") if variant.bundled else tr("Missing: train them first")
