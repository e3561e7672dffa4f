"""Tables of the batch dialog: what is beside narrow and wide thumbnails stands in line."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPixmap

from rim_editor.ui.batch.row_tables import RowsModel, RowTable
from rim_editor.ui.qt_image import to_array


class _Model(RowsModel):
    columns = ("Image", "Result")

    def __init__(self):
        super().__init__()
        self.pixmaps = [QPixmap(8, 48), QPixmap(48, 8)]
        for pixmap in self.pixmaps:
            pixmap.fill(QColor("red"))

    def count(self):
        return len(self.pixmaps)

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return self.pixmaps[index.row()]
        return "MMM" if role == Qt.ItemDataRole.DisplayRole else None


def first_ink(table, row):
    """The first column, right of the thumbnail, with ink of the text."""
    place = table.visualRect(table.model().index(row, 0))
    pixels = to_array(table.viewport().grab(place).toImage())[..., :3].astype(int)
    grey = np.abs(pixels - pixels.mean(axis=-1, keepdims=True)).max(axis=-1) < 40
    dark = (pixels.max(axis=-1) < 128) & grey
    return int(np.flatnonzero(dark.any(axis=0))[0])


def test_names_beside_narrow_and_wide_thumbnails_begin_at_one_place(qtbot):
    table = RowTable("rows", "Rows", side=48)
    qtbot.addWidget(table)
    table.setModel(_Model())
    table.set_widths(40, 10)
    table.resize(600, 300)
    table.show()
    qtbot.waitExposed(table)
    assert first_ink(table, 0) == first_ink(table, 1) > 48
