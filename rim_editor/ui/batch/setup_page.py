"""The first page of a batch: which images, what to cut out, what becomes of it, and where the results go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QGroupBox,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from rim_editor.batch import manifests, naming
from rim_editor.batch.recipe import Recipe, checked
from rim_editor.document import MatteControls
from rim_editor.edits import Edit, MatteOnly
from rim_editor.errors import BadOption
from rim_editor.model_requests import ModelOptions
from rim_editor.ui import dropped_data
from rim_editor.ui.batch.edit_choice import BatchEdit
from rim_editor.ui.batch.expression_list import BatchSaid
from rim_editor.ui.batch.input_list import BatchInputs
from rim_editor.ui.batch.matte_controls import BatchControls
from rim_editor.ui.batch.output_options import BatchOutput, Sample
from rim_editor.ui.named_widgets import named, wrapped_label

if TYPE_CHECKING:
    from rim_editor.jobs import Runner
    from rim_editor.settings import Settings

_NO_IMAGES = "There are no images: add files, a folder or a manifest, or drop them here."
_NO_FILES = "There are no files in what was dropped: drop files or folders from a file manager."
_QUIET_MS = 300  # while a folder is being typed, it is not looked into


class WhatPage(QWidget):
    """Everything that a recipe needs; `recipe` and `folder` say what is amiss."""

    folder_settled = Signal()
    """The results go elsewhere now, and nobody is typing any more."""

    def __init__(self, settings: Settings, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("batch_what")
        self.setAcceptDrops(True)
        self.inputs = BatchInputs()
        self.said = BatchSaid(settings.expressions)
        self.edit = BatchEdit(runner)
        self.controls = BatchControls()
        self.output = BatchOutput(settings)
        tabs = named(QTabWidget(), "batch_edit_tabs")
        tabs.setDocumentMode(True)
        tabs.addTab(self.edit, "Edit")
        tabs.addTab(self.controls, "Edge")
        made = QGroupBox("Make of it")
        QVBoxLayout(made).addWidget(tabs)
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(self.inputs, 0, 0)
        grid.addWidget(self.said, 1, 0)
        grid.addWidget(made, 0, 1, 2, 1)
        grid.addWidget(self.output, 2, 0, 1, 2)
        grid.setRowStretch(0, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(inside)
        self._error = wrapped_label("batch_error")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll, 1)
        column.addWidget(self._error)
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(_QUIET_MS)
        self._quiet.timeout.connect(self.folder_settled)
        self.inputs.changed.connect(self._inputs_changed)
        self.said.changed.connect(self._show_sample)
        self.edit.changed.connect(self._edit_changed)
        self.output.folder_changed.connect(self._quiet.start)
        for part in (self.inputs, self.said, self.edit, self.controls, self.output):
            part.changed.connect(lambda: self.fail(""))
        self.output.folder_changed.connect(lambda: self.fail(""))
        self.fail("")

    def set_edit(self, edit: Edit, controls: MatteControls, background: Path | None = None) -> None:
        """Show this edit, whose background came from this file, and these controls."""
        self.edit.set_edit(edit, background)
        self.controls.set_controls(controls)
        self._edit_changed()

    def recipe(self, asking: ModelOptions) -> Recipe:
        """What is to be made of each image. Raises EditorError, which says what is missing."""
        paths = self.inputs.paths()
        if not paths:
            raise BadOption(_NO_IMAGES)
        said = self.said.said()
        if not any(path.lower().endswith(tuple(manifests.SUFFIXES)) for path in paths):
            checked(said)  # the rows of a manifest may say their own
        output = self.output
        return Recipe(
            expressions=said,
            edit=self.edit.described(output.matte_depth),
            controls=self.controls.controls(),
            content=output.content,
            depth=output.matte_depth,
            suffix=output.suffix,
            quality=output.quality,
            metadata=output.metadata,
            longest_side=output.longest_side,
            sidecar=output.sidecar,
            template=output.template,
            keep_folders=output.keep_folders,
            exists=output.exists,
            model=asking,
        )

    def fail(self, text: str) -> None:
        """Show what is amiss, '' for nothing."""
        self._error.setText(text)
        self._error.setAccessibleName(text)
        self._error.setVisible(bool(text))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Files and folders are welcome."""
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """They are added."""
        found = dropped_data.dropped(event.mimeData(), _NO_FILES)
        event.acceptProposedAction()
        if found.paths:
            self.inputs.add(found.paths)
        else:
            self.fail(found.remedy or _NO_FILES)

    def _inputs_changed(self) -> None:
        first = self.inputs.first()
        path = None if first is None else Path(first)
        folder = None
        if path is not None:
            # Beside a folder that was added; in a folder of its own beside files.
            folder = path.with_name(f"{path.name}-cut-outs") if path.is_dir() else path.parent / "cut-outs"
        self.output.suggest_folder(folder)
        self._show_sample()

    def _show_sample(self) -> None:
        first = self.inputs.first()
        words = naming.expression_text((said.combine, said.expression) for said in self.said.said())
        sample = Sample(expression=words)
        if first is not None:
            path = Path(first)
            if path.suffix and path.suffix.lower() not in manifests.SUFFIXES:
                sample = Sample(path.stem, path.parent.name, path.suffix, words)
            elif self.inputs.recursive():
                sample = Sample(expression=words, below="holiday")
            else:
                sample = Sample(folder=path.name, expression=words)
        self.output.show_sample(sample)

    def _edit_changed(self) -> None:
        edit = self.edit.edit()
        self.output.show_edit(edit, matte=isinstance(edit, MatteOnly))
