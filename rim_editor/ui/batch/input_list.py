"""The inputs of a batch: the list of files, folders and manifests."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFileDialog,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from clipmat.image_files import READABLE_SUFFIXES
from rim_editor.batch import manifests
from rim_editor.translation import marked, tr
from rim_editor.ui.named_widgets import name_widget, open_file_dialog, wrapped_label
from rim_editor.ui.panels.input_widgets import SpinBox
from rim_editor.ui.qt_image import image_filter

_PAGE_TIP = marked("Which page or frame is read of files that hold several; a file without it is listed as a failure")
_NOTHING = marked("Add images, a folder or a list, or drop them here.")


class InputList(QGroupBox):
    """Files, folders and manifests, added by dialog or by dropping them. Their contents are not read here."""

    changed = Signal()
    """The inputs have changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Images"), parent)
        self.setObjectName("batch_inputs")
        self._paths: dict[str, None] = {}
        self._model = QStringListModel(self)
        self._list = name_widget(QListView(), "batch_input_list", accessible=tr("Images, folders and lists"))
        self._list.setModel(self._model)
        self._list.setUniformItemSizes(True)
        self._list.setAcceptDrops(False)  # a drop is for the whole page
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._list.selectionModel().selectionChanged.connect(self._enable_remove)
        row = QHBoxLayout()
        for name, text, tip, action in (
            ("batch_add_files", tr("Add file&s…"), tr("Choose images, one or many"), self._choose_files),
            ("batch_add_folder", tr("Add f&older…"), tr("Take all images of a folder"), self._choose_folder),
            (
                "batch_add_manifest",
                tr("Add &list…"),
                tr(
                    "A table with a row for each image and what to cut out of it: CSV or JSONL, such as Save list makes"
                ),
                self._choose_manifest,
            ),
        ):
            button = name_widget(QPushButton(text), name, tip)
            button.setAutoDefault(False)
            button.clicked.connect(action)
            row.addWidget(button)
        row.addStretch(1)
        self._remove = name_widget(
            QPushButton(tr("Remo&ve")), "batch_remove", tr("Take the selected entries off the list (Delete)")
        )
        self._remove.setAutoDefault(False)
        self._remove.clicked.connect(self.remove_selected)
        row.addWidget(self._remove)
        self._recursive = name_widget(QCheckBox(tr("Wit&h the folders inside folders")), "batch_recursive")
        self._recursive.setToolTip(tr("Take the images of folders within a folder too"))
        self._recursive.toggled.connect(self.changed)
        self._page = name_widget(SpinBox(), "batch_page", tr(_PAGE_TIP), tr("Page or frame"))
        self._page.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._page.setDecimals(0)
        self._page.setRange(0, 9999)
        self._page.setSpecialValueText(tr("the first"))
        self._page.valueChanged.connect(lambda _value: self.changed.emit())
        page_label = QLabel(tr("Page"))
        page_label.setBuddy(self._page)
        page_label.setToolTip(self._page.toolTip())
        below = QHBoxLayout()
        below.addWidget(self._recursive)
        below.addStretch(1)
        below.addWidget(page_label)
        below.addWidget(self._page)
        self._count_label = wrapped_label("batch_inputs_about", tr(_NOTHING))
        column = QVBoxLayout(self)
        column.addLayout(row)
        column.addWidget(self._list, 1)
        column.addWidget(self._count_label)
        column.addLayout(below)
        self._enable_remove()

    def paths(self) -> tuple[str, ...]:
        """The absolute paths, in the order in which they were added."""
        return tuple(self._paths)

    def first(self) -> str | None:
        """The first of the paths; None without any."""
        return next(iter(self._paths), None)

    def recursive(self) -> bool:
        """Whether the images of folders within folders are taken too."""
        return self._recursive.isChecked()

    def page(self) -> int | None:
        """Which page or frame of every image is read, from 1; None for the one that a file opens with."""
        return round(self._page.value()) or None

    def add(self, paths: Iterable[str | Path]) -> None:
        """Add files, folders and manifests; those already on the list stay in place."""
        before = len(self._paths)
        # Ten thousand at once are common, so this must be quick for each.
        texts = [path if isinstance(path, str) else str(path) for path in paths]
        self._paths |= dict.fromkeys(text if os.path.isabs(text) else os.path.abspath(text) for text in texts)
        if len(self._paths) > before:
            self._show()

    def remove_selected(self) -> None:
        """Take the selected entries off the list."""
        rows = {index.row() for index in self._list.selectionModel().selectedRows()}
        if rows:
            self._paths = dict.fromkeys(path for row, path in enumerate(self._paths) if row not in rows)
            self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Delete takes the selected entries off the list."""
        if event.matches(QKeySequence.StandardKey.Delete) and self._list.hasFocus():
            self.remove_selected()
        else:
            super().keyPressEvent(event)

    def _show(self) -> None:
        self._model.setStringList(list(self._paths))
        count = len(self._paths)
        only_images = all(os.path.splitext(path)[1].lower() in READABLE_SUFFIXES for path in self._paths)
        several = tr("{count:,} images") if only_images else tr("{count:,} images, folders and lists")
        self._count_label.setText("" if count == 1 else several.format(count=count) if count else tr(_NOTHING))
        self._count_label.setVisible(count != 1)
        self._enable_remove()
        self.changed.emit()

    def _enable_remove(self) -> None:
        self._remove.setEnabled(self._list.selectionModel().hasSelection())

    def _choose_files(self) -> None:
        self._choose(
            tr("Add images"), "batch_files_dialog", image_filter(), self.add, QFileDialog.FileMode.ExistingFiles
        )

    def _choose_folder(self) -> None:
        mode = QFileDialog.FileMode.Directory
        self._choose(tr("Add a folder"), "batch_folder_dialog", "", lambda path: self.add([path]), mode)

    def _choose_manifest(self) -> None:
        mode = QFileDialog.FileMode.ExistingFiles
        suffixes = " ".join(f"*{suffix}" for suffix in sorted(manifests.SUFFIXES))
        lists = tr("Lists of images ({suffixes});;All files (*)", suffixes=suffixes)
        self._choose(tr("Add a list of images"), "batch_manifest_dialog", lists, self.add, mode)

    def _choose(
        self, title: str, name: str, name_filter: str, chosen: Callable[[Any], None], mode: QFileDialog.FileMode
    ) -> None:
        last = next(reversed(self._paths), "")
        folder = str(Path(last).parent) if last else ""
        open_file_dialog(self, name, title, folder, chosen, mode=mode, name_filter=name_filter)
