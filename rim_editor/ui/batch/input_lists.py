"""The inputs of a batch: the list of files, folders and manifests, and the list of expressions to cut out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QCompleter,
    QFileDialog,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from clipmat.image_files import READABLE_SUFFIXES
from rim_editor.batch import manifests
from rim_editor.batch.recipe import ExpressionTerm
from rim_editor.documents.document import Combine
from rim_editor.ui.named_widgets import name_widget, open_file_dialog, wrapped_label
from rim_editor.ui.panels.input_widgets import ChoiceBox
from rim_editor.ui.qt_image import IMAGE_FILTER

_MANIFESTS = f"Lists of images ({' '.join(f'*{suffix}' for suffix in sorted(manifests.SUFFIXES))});;All files (*)"
_NOTHING = "Add images, a folder or a list, or drop them here."
_COMBINE = {
    Combine.ADD: ("Add", "What this describes is cut out too"),
    Combine.SUBTRACT: ("Subtract", "What this describes is taken away"),
    Combine.INTERSECT: ("Intersect", "Only what this describes as well stays"),
    Combine.NEW: ("New", "Ignore the expressions above, and begin again"),
}
_FIRST = "The woman in the red coat on the left"


class InputList(QGroupBox):
    """Files, folders and manifests, added by dialog or by dropping them. Their contents are not read here."""

    changed = Signal()
    """The inputs have changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Images", parent)
        self.setObjectName("batch_inputs")
        self._paths: dict[str, None] = {}
        self._model = QStringListModel(self)
        self._list = name_widget(QListView(), "batch_input_list", accessible="Images, folders and lists")
        self._list.setModel(self._model)
        self._list.setUniformItemSizes(True)
        self._list.setAcceptDrops(False)  # a drop is for the whole page
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._list.selectionModel().selectionChanged.connect(self._enable_remove)
        row = QHBoxLayout()
        for name, text, tip, action in (
            ("batch_add_files", "Add &files…", "Choose images, one or many", self._choose_files),
            ("batch_add_folder", "Add f&older…", "Take all images of a folder", self._choose_folder),
            (
                "batch_add_manifest",
                "Add &list…",
                "A table with a row for each image and what to cut out of it: CSV or JSONL, such as Save list makes",
                self._choose_manifest,
            ),
        ):
            button = name_widget(QPushButton(text), name, tip)
            button.setAutoDefault(False)
            button.clicked.connect(action)
            row.addWidget(button)
        row.addStretch(1)
        self._remove = name_widget(
            QPushButton("&Remove"), "batch_remove", "Take the selected entries off the list (Delete)"
        )
        self._remove.setAutoDefault(False)
        self._remove.clicked.connect(self.remove_selected)
        row.addWidget(self._remove)
        self._recursive = name_widget(QCheckBox("With the folders i&nside folders"), "batch_recursive")
        self._recursive.setToolTip("Take the images of folders within a folder too")
        self._recursive.toggled.connect(self.changed)
        self._count_label = wrapped_label("batch_inputs_about", _NOTHING)
        column = QVBoxLayout(self)
        column.addLayout(row)
        column.addWidget(self._list, 1)
        column.addWidget(self._count_label)
        column.addWidget(self._recursive)
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
        kind = "images" if only_images else "images, folders and lists"
        self._count_label.setText("" if count == 1 else f"{count:,} {kind}" if count else _NOTHING)
        self._count_label.setVisible(count != 1)
        self._enable_remove()
        self.changed.emit()

    def _enable_remove(self) -> None:
        self._remove.setEnabled(self._list.selectionModel().hasSelection())

    def _choose_files(self) -> None:
        self._choose("Add images", "batch_files_dialog", IMAGE_FILTER, self.add, QFileDialog.FileMode.ExistingFiles)

    def _choose_folder(self) -> None:
        mode = QFileDialog.FileMode.Directory
        self._choose("Add a folder", "batch_folder_dialog", "", lambda path: self.add([path]), mode)

    def _choose_manifest(self) -> None:
        mode = QFileDialog.FileMode.ExistingFiles
        self._choose("Add a list of images", "batch_manifest_dialog", _MANIFESTS, self.add, mode)

    def _choose(
        self, title: str, name: str, name_filter: str, chosen: Callable[[Any], None], mode: QFileDialog.FileMode
    ) -> None:
        last = next(reversed(self._paths), "")
        folder = str(Path(last).parent) if last else ""
        open_file_dialog(self, name, title, folder, chosen, mode=mode, name_filter=name_filter)


@dataclass(frozen=True, eq=False)
class _ExpressionRow:
    combine: ChoiceBox | None
    """None in the first row, which begins the matte."""
    box: QLineEdit
    remove: QToolButton | None

    def term(self) -> ExpressionTerm:
        combine = Combine.NEW if self.combine is None else Combine(self.combine.value())
        return ExpressionTerm(" ".join(self.box.text().split()), combine)


class ExpressionList(QGroupBox):
    """Text fields `batch_expression_0`, `batch_expression_1` and so on; `batch_combine_1` says how the second joins."""

    changed = Signal()
    """The user changed an expression, or how one joins the others."""

    def __init__(self, known: Iterable[str] = (), parent: QWidget | None = None) -> None:
        """`known` are expressions that are suggested while typing."""
        super().__init__("Cut out", parent)
        self.setObjectName("batch_expressions")
        self._suggestions = QStringListModel(list(known), self)
        self._rows: list[_ExpressionRow] = []
        self._filled: tuple[ExpressionTerm, ...] = ()
        """What `fill` showed last."""
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        self._more = name_widget(
            QPushButton("Add an e&xpression"), "batch_more", "Add to it, or take something away from it"
        )
        self._more.setAutoDefault(False)
        self._more.clicked.connect(self._add_empty)
        column = QVBoxLayout(self)
        column.addLayout(self._grid)
        column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self.add()

    def terms(self) -> tuple[ExpressionTerm, ...]:
        """The expressions in order, without empty ones; the first begins the matte."""
        return tuple(term for term in (row.term() for row in self._rows) if term.expression)

    def fill(self, terms: tuple[ExpressionTerm, ...]) -> None:
        """Show these expressions, unless the user has typed some."""
        if self.terms() not in ((), self._filled):
            return
        while len(self._rows) > 1:
            self._drop(self._rows[-1])
        self._rows[0].box.setText(terms[0].expression if terms else "")
        for term in terms[1:]:
            self.add(term.expression, term.combine)
        self._filled = self.terms()
        self.changed.emit()

    def add(self, expression: str = "", combine: Combine = Combine.ADD) -> QLineEdit:
        """Add a text field with this expression; for the first one, `combine` is always NEW."""
        number = len(self._rows)
        box = name_widget(QLineEdit(expression), f"batch_expression_{number}", accessible=f"Expression {number + 1}")
        box.setMaxLength(1000)
        box.setClearButtonEnabled(True)
        box.setAcceptDrops(False)  # a drop is for the whole page
        box.setToolTip("Describe one object in your own words")
        completer = QCompleter(self._suggestions, box)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        box.setCompleter(completer)
        box.textChanged.connect(lambda _text: self.changed.emit())
        row = _ExpressionRow(None, box, None)
        if number:
            choice = ChoiceBox(f"batch_combine_{number}", "How this joins the expressions above", _COMBINE)
            choice.set_value(combine)
            choice.currentIndexChanged.connect(lambda _place: self.changed.emit())
            remove = name_widget(
                QToolButton(), f"batch_drop_{number}", "Remove this expression", "Remove this expression"
            )
            remove.setText("×")
            remove.setAutoRaise(True)
            row = _ExpressionRow(choice, box, remove)
            remove.clicked.connect(lambda: self._drop(row))
            self._grid.addWidget(choice, number, 0)
            self._grid.addWidget(remove, number, 2)
        else:
            box.setPlaceholderText(_FIRST)
            label = QLabel("&Find")
            label.setBuddy(box)
            self._grid.addWidget(label, 0, 0)
        self._grid.addWidget(box, number, 1)
        self._rows.append(row)
        return box

    def _add_empty(self) -> None:
        self.add().setFocus()
        self.changed.emit()

    def _drop(self, row: _ExpressionRow) -> None:
        # The rows below move up one by one: their texts move, not the widgets.
        place = self._rows.index(row)
        for above, below in zip(self._rows[place:], self._rows[place + 1 :], strict=False):
            above.box.setText(below.box.text())
            if above.combine is not None and below.combine is not None:
                above.combine.set_value(below.combine.value())
        last = self._rows.pop()
        for widget in (last.combine, last.box, last.remove):
            if widget is not None:
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self.changed.emit()
