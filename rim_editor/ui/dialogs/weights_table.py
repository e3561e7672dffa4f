"""The table of the available weights, with state, size and licence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from rim_editor.translation import marked, tr
from rim_editor.ui.theme import SPACE

if TYPE_CHECKING:
    from rim_editor.matting import WeightsInfo

_COLUMNS = marked(("Weights", "What they are", "State", "Size", "Licence"))
_WIDE = 1
"""The column that has what the others leave, and is cut short where that is little."""


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
        header.setSectionResizeMode(_WIDE, QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + SPACE)
        self.setWordWrap(False)
        self.setShowGrid(False)

    def set_variants(self, variants: tuple[WeightsInfo, ...]) -> None:
        """Show these; the selected row stays selected."""
        self._variants = variants
        selected = max(self.currentRow(), 0)
        self.setRowCount(len(variants))
        for row, variant in enumerate(variants):
            size = "" if variant.bytes is None else f"{variant.bytes / 1e6:.0f} MB"
            texts = (variant.name, variant.description, _state(variant), size, variant.licence)
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.setItem(row, column, item)
        self.selectRow(min(selected, len(variants) - 1))

    def selected(self) -> WeightsInfo | None:
        """The variant in the selected row."""
        row = self.currentRow()
        return self._variants[row] if 0 <= row < len(self._variants) else None


def advice(row: WeightsInfo) -> str:
    """What the weights of a row are, and what can be done about them."""
    description = f"{row.description[:1].upper()}{row.description[1:]}."
    if row.state == "ready":
        bundled = tr("{name} comes with the program: there is nothing to fetch or to remove.", name=row.name)
        return f"{description} {bundled if row.bundled else tr('{name} is in {path}.', name=row.name, path=row.path)}"
    # Who reads it here has a button for what the command line needs a command for.
    remedy = row.remedy.replace(f"`rim-editor models fetch {row.name}`", tr("Fetch"))
    return (
        f"{description} {tr('{name} cannot answer, its weights are missing: {remedy}.', name=row.name, remedy=remedy)}"
    )


def _state(variant: WeightsInfo) -> str:
    if variant.state == "ready":
        return tr("Ready, bundled") if variant.bundled else tr("Ready")
    if variant.brought:
        return tr("Missing: bring the file")
    if variant.system:
        return tr("Missing: fetch them")
    return tr("Missing: install again") if variant.bundled else tr("Missing: train them first")
