"""The images of a batch as the user names them: files, folders and manifests, added by dialog or by dropping them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFileDialog,
    QGroupBox,
    QHBoxLayout,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from rim_editor.batch import manifests
from rim_editor.batch.inputs import SUFFIXES
from rim_editor.ui.named_widgets import named, wrapped_label

_IMAGES = f"Images ({' '.join(f'*{suffix}' for suffix in sorted(SUFFIXES))})"
_MANIFESTS = f"Manifests ({' '.join(f'*{suffix}' for suffix in sorted(manifests.SUFFIXES))})"
_NOTHING = "Add images, a folder or a manifest, or drop them here."


class BatchInputs(QGroupBox):
    """A list of files, folders and manifests. Nothing on the disk is looked at here but for what the user chooses."""

    changed = Signal()
    """There are other inputs now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Images", parent)
        self.setObjectName("batch_inputs")
        self._paths: dict[str, None] = {}
        self._model = QStringListModel(self)
        self._list = named(QListView(), "batch_input_list", accessible="Images, folders and manifests")
        self._list.setModel(self._model)
        self._list.setUniformItemSizes(True)
        self._list.setAcceptDrops(False)  # a drop is for the whole page
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._list.selectionModel().selectionChanged.connect(self._enable)
        row = QHBoxLayout()
        for name, text, tip, action in (
            ("batch_add_files", "Add &files…", "Choose images, one or many", self._ask_files),
            ("batch_add_folder", "Add f&older…", "Take all images of a folder", self._ask_folder),
            (
                "batch_add_manifest",
                "Add &manifest…",
                "A CSV or JSONL file, a row for each image",
                self._ask_manifest,
            ),
        ):
            button = named(QPushButton(text), name, tip)
            button.setAutoDefault(False)
            button.clicked.connect(action)
            row.addWidget(button)
        row.addStretch(1)
        self._remove = named(QPushButton("&Remove"), "batch_remove", "Take what is selected off the list (Delete)")
        self._remove.setAutoDefault(False)
        self._remove.clicked.connect(self.remove_selected)
        row.addWidget(self._remove)
        self._recursive = named(QCheckBox("With the folders i&nside folders"), "batch_recursive")
        self._recursive.setToolTip("Take the images of folders within a folder too")
        self._recursive.toggled.connect(self.changed)
        self._about = wrapped_label("batch_inputs_about", _NOTHING)
        column = QVBoxLayout(self)
        column.addLayout(row)
        column.addWidget(self._list, 1)
        column.addWidget(self._about)
        column.addWidget(self._recursive)
        self._enable()

    def paths(self) -> tuple[str, ...]:
        """What was added, in its order; absolute."""
        return tuple(self._paths)

    def first(self) -> str | None:
        """What was added first of what is there."""
        return next(iter(self._paths), None)

    def recursive(self) -> bool:
        """Whether folders within folders are meant too."""
        return self._recursive.isChecked()

    def add(self, paths: Iterable[str | Path]) -> None:
        """Add files, folders and manifests; what is there already stays where it is."""
        before = len(self._paths)
        # Ten thousand at once are usual: as few steps for each as can be.
        texts = [path if isinstance(path, str) else str(path) for path in paths]
        self._paths |= dict.fromkeys(text if os.path.isabs(text) else os.path.abspath(text) for text in texts)
        if len(self._paths) > before:
            self._show()

    def remove_selected(self) -> None:
        """Take what is selected off the list."""
        rows = {index.row() for index in self._list.selectionModel().selectedRows()}
        if rows:
            self._paths = dict.fromkeys(path for row, path in enumerate(self._paths) if row not in rows)
            self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Delete takes what is selected off the list."""
        if event.matches(QKeySequence.StandardKey.Delete) and self._list.hasFocus():
            self.remove_selected()
        else:
            super().keyPressEvent(event)

    def _show(self) -> None:
        self._model.setStringList(list(self._paths))
        count = len(self._paths)
        self._about.setText("" if count == 1 else f"{count:,} entries" if count else _NOTHING)
        self._about.setVisible(count != 1)
        self._enable()
        self.changed.emit()

    def _enable(self) -> None:
        self._remove.setEnabled(self._list.selectionModel().hasSelection())

    def _ask_files(self) -> None:
        self._ask("Add images", "batch_files_dialog", QFileDialog.FileMode.ExistingFiles, f"{_IMAGES};;All files (*)")

    def _ask_folder(self) -> None:
        self._ask("Add a folder", "batch_folder_dialog", QFileDialog.FileMode.Directory, "")

    def _ask_manifest(self) -> None:
        mode = QFileDialog.FileMode.ExistingFiles
        self._ask("Add a manifest", "batch_manifest_dialog", mode, f"{_MANIFESTS};;All files (*)")

    def _ask(self, title: str, name: str, mode: QFileDialog.FileMode, kinds: str) -> None:
        last = next(reversed(self._paths), "")
        dialog = QFileDialog(self, title, str(Path(last).parent) if last else "", kinds)
        dialog.setObjectName(name)
        dialog.setFileMode(mode)
        if mode is QFileDialog.FileMode.Directory:
            dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self.add)
        dialog.open()
