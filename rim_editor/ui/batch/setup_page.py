"""The first page of a batch: which images, what to cut out of them, the edit, and where the results go."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QFrame,
    QGridLayout,
    QGroupBox,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from clipmat import examples
from clipmat.errors import UserError
from rim_editor.batch import manifests, naming
from rim_editor.batch.recipe import Recipe, checked_terms
from rim_editor.documents.composition import Composition
from rim_editor.documents.document import MatteControls
from rim_editor.documents.edits import Edit, MatteOnly
from rim_editor.errors import BadOption
from rim_editor.files.exporting import ExportRequest
from rim_editor.model_requests import ModelOptions
from rim_editor.translation import marked, tr
from rim_editor.ui import dropped_data
from rim_editor.ui.batch.edge_controls import EdgeControls
from rim_editor.ui.batch.edit_choice import EditChoice
from rim_editor.ui.batch.example_row import ExampleRow
from rim_editor.ui.batch.expression_list import ExpressionList
from rim_editor.ui.batch.input_list import InputList
from rim_editor.ui.batch.naming_choice import NamingExample
from rim_editor.ui.batch.output_choice import OutputChoice
from rim_editor.ui.batch.preset_choice import PresetChoice
from rim_editor.ui.named_widgets import name_widget, wrapped_label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rim_editor.editor.jobs import Runner
    from rim_editor.presets import Preset
    from rim_editor.settings import Settings

_NO_IMAGES = marked("There are no images: add files, a folder or a list, or drop them here.")
_NO_FILES = marked("The drop contains no files: drop files or folders from a file manager.")
_NOT_APPLIED = marked("Brush strokes, clicks and further layers stay with the image in which they were made.")
_UNCHANGED = Composition()
_TYPING_MS = 300  # while a folder is being typed, it is not checked


class SetupPage(QWidget):
    """Everything that a recipe needs."""

    folder_settled = Signal()
    """The folder of the results has changed, and is no longer being typed."""

    def __init__(self, settings: Settings, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("batch_setup")
        self.setAcceptDrops(True)
        self.inputs = InputList()
        self.expressions = ExpressionList(settings.expressions)
        self.example = ExampleRow()
        self.edit = EditChoice(runner)
        self.controls = EdgeControls()
        self.output = OutputChoice(settings)
        tabs = name_widget(QTabWidget(), "batch_edit_tabs")
        tabs.setDocumentMode(True)
        tabs.addTab(self.edit, tr("Edit"))
        tabs.addTab(self.controls, tr("Edge"))
        self._composition = _UNCHANGED
        tip = tr("Move, scale and turn every object, with its shadow, outline and match of colours")
        self._composed = name_widget(QCheckBox(), "batch_composition", tip)
        self._composed.hide()
        self._preset = PresetChoice(runner)
        self._preset.chosen.connect(self._apply_preset)
        self._preset.failed.connect(self.show_error)
        self._applied = wrapped_label("batch_applied")
        edit_box = QGroupBox(tr("Edit and edge"))
        edit_column = QVBoxLayout(edit_box)
        preset_row = QFormLayout()
        preset_row.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        preset_row.addRow(tr("&Preset"), self._preset)
        edit_column.addLayout(preset_row)
        edit_column.addWidget(tabs)
        edit_column.addWidget(self._composed)
        edit_column.addWidget(self._applied)
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(self.inputs, 0, 0)
        grid.addWidget(self.expressions, 1, 0)
        grid.addWidget(self.example, 2, 0)
        grid.addWidget(edit_box, 0, 1, 3, 1)
        grid.addWidget(self.output, 3, 0, 1, 2)
        grid.setRowStretch(0, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Tab goes to what is inside
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(inside)
        self._error = wrapped_label("batch_error")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll, 1)
        column.addWidget(self._error)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._typing.timeout.connect(self.folder_settled)
        self.inputs.changed.connect(self._inputs_changed)
        self.expressions.changed.connect(self._show_naming)
        self.example.changed.connect(self._show_naming)
        self.edit.changed.connect(self._edit_changed)
        self.output.folder_changed.connect(self._typing.start)
        self.output.framing_changed.connect(self._edit_changed)
        for part in (self.inputs, self.expressions, self.example, self.edit, self.controls, self.output):
            part.changed.connect(lambda: self.show_error(""))
        for part in (self.edit, self.controls, self.output):
            part.changed.connect(self._preset.clear_choice)
        self.output.folder_changed.connect(lambda: self.show_error(""))
        self.show_error("")

    def set_edit(
        self,
        edit: Edit,
        controls: MatteControls,
        background: Path | None = None,
        composition: Composition = _UNCHANGED,
        source: str = "",
    ) -> None:
        """Show this edit, whose background came from this file, and these controls, and offer the composition.

        `source` is where they come from, as the user calls it; '' for the usual ones.
        """
        self.edit.set_edit(edit, background)
        self.controls.set_controls(controls)
        self._composition = composition
        self._composed.setText(tr("Place and shado&w as in {source}", source=source.replace("&", "&&")))
        self._composed.setVisible(composition != _UNCHANGED)
        self._composed.setChecked(True)
        self._applied.setText(
            f"{tr('As in {source}, for every image.', source=source)} {tr(_NOT_APPLIED)}"
            if source
            else tr("For every image.")
        )
        self._preset.clear_choice()
        self._edit_changed()

    def cancel_jobs(self) -> None:
        """Drop what is being read or written."""
        self.edit.cancel_jobs()
        self._preset.cancel_jobs()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Read the names of the presets again."""
        super().showEvent(event)
        self._preset.load()

    def recipe(self, model: ModelOptions) -> Recipe:
        """The recipe according to the widgets. Raises EditorError that names what is missing."""
        paths = self.inputs.paths()
        if not paths:
            raise BadOption(tr(_NO_IMAGES))
        terms = self.expressions.terms()
        if terms:  # without any, each image has its own: in a list, or typed in its row
            checked_terms(terms, self.example.example)
        output = self.output
        return Recipe(
            expressions=terms,
            edit=self.edit.described(output.matte_depth),
            controls=self.controls.controls(),
            composition=self._composition if self._composed.isChecked() else _UNCHANGED,
            content=output.content,
            depth=output.matte_depth,
            suffix=output.suffix,
            quality=output.quality,
            metadata=output.metadata,
            longest_side=output.longest_side,
            framing=output.framing,
            sidecar=output.sidecar,
            best_guess=output.best_guess,
            at_least=output.at_least,
            template=output.names.template,
            keep_folders=output.names.keep_folders,
            exists=output.names.exists,
            model=model,
            example=self.example.example,
            page=self.inputs.page(),
        )

    def add(self, paths: Iterable[str | Path]) -> None:
        """Add images, folders and manifests; an example among them becomes the one to find."""
        added = [str(path) for path in paths]
        found = [path for path in added if path.lower().endswith(examples.SUFFIX)]
        self.inputs.add(path for path in added if path not in found)
        for path in found[-1:]:
            try:
                self.example.set_example(examples.read_example(Path(path)))
            except UserError as error:
                self.show_error(str(error))

    def show_error(self, text: str) -> None:
        """Show an error; '' hides it."""
        self._error.setText(text)
        self._error.setAccessibleName(text)
        self._error.setVisible(bool(text))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Accept files and folders."""
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Add the dropped files and folders, or take the dropped example."""
        dropped = dropped_data.read_dropped(event.mimeData(), _NO_FILES)
        event.acceptProposedAction()
        if dropped.paths:
            self.add(dropped.paths)
        else:
            self.show_error(dropped.remedy or tr(_NO_FILES))

    def _apply_preset(self, preset: Preset) -> None:
        name, export = self._preset.currentText(), preset.export
        self.set_edit(preset.edit, preset.controls, None, preset.composition, tr("the preset “{name}”", name=name))
        request = ExportRequest(
            quality=export.quality,
            metadata=self.output.metadata,
            longest_side=export.longest_side,
            framing=export.framing,
        )
        self.output.set_export(export.suffix, request, anyway=True)
        self._edit_changed()
        self._preset.setCurrentText(name)

    def _inputs_changed(self) -> None:
        first = self.inputs.first()
        path = None if first is None else Path(first)
        folder = None
        if path is not None:
            # Next to a folder that was added, or in a new folder next to files.
            folder = path.with_name(f"{path.name}-cut-outs") if os.path.isdir(path) else path.parent / "cut-outs"
        self.output.suggest_folder(folder)
        self._show_naming()

    def _show_naming(self) -> None:
        first = self.inputs.first()
        words = naming.expression_text((term.combine, term.expression) for term in self.expressions.terms())
        if not words and self.example.example is not None:
            words = self.example.example.title
        example = NamingExample(expression=words)
        if first is not None:
            path = Path(first)
            if path.suffix and path.suffix.lower() not in manifests.SUFFIXES:
                example = NamingExample(path.stem, path.parent.name, path.suffix, words)
            elif self.inputs.recursive():
                example = NamingExample(expression=words, below="holiday")
            else:
                example = NamingExample(folder=path.name, expression=words)
        self.output.names.show_example(example)

    def _edit_changed(self) -> None:
        edit = self.edit.edit()
        self.output.show_edit(edit, matte=isinstance(edit, MatteOnly))
