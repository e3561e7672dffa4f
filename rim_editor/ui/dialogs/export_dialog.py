"""The export dialog: content, format, name and folder of the file. Errors and questions appear inside it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QShowEvent, QStandardItemModel
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from rim_editor.documents import layering
from rim_editor.editor.events import JobEnded, JobKind, Notice, NoticeCode
from rim_editor.files.exporting import Content, ExportRequest
from rim_editor.files.outputs import is_same_file
from rim_editor.translation import marked, tr
from rim_editor.ui.dialogs.export_formats import (
    FORMATS,
    USUAL_QUALITY,
    lacks,
    lossy,
    suggested_stem,
    usual,
    with_suffix,
)
from rim_editor.ui.dialogs.framing_rows import FramingRows
from rim_editor.ui.named_widgets import add_labelled_row, name_widget, open_file_dialog, wrapped_label
from rim_editor.ui.panels.amount_slider import AmountSlider
from rim_editor.ui.panels.input_widgets import longest_side_box

if TYPE_CHECKING:
    from rim_editor.documents.edits import Edit
    from rim_editor.documents.framing import Framing
    from rim_editor.editor.editor import Editor
    from rim_editor.settings import Settings

_CONTENTS = marked(
    (
        ("Result of the edit", Content.RESULT, 8),
        ("Matte, 8 bits", Content.MATTE, 8),
        ("Matte, 16 bits", Content.MATTE, 16),
        ("Layers for other editors", Content.LAYERS, 8),
    )
)


class ExportDialog(QDialog):
    """Asks how to export the document of `editor`, exports it, and closes when the file is written.

    It starts with the choices of `settings` and with `framing`; `settings()` has the new ones.
    """

    exported = Signal(Path, object)
    """The file that was written, and the ExportRequest that made it."""

    def __init__(self, editor: Editor, settings: Settings, framing: Framing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("export_dialog")
        self.setWindowTitle(tr("Export “{title}”", title=editor.title))
        self._editor = editor
        self._settings = settings
        self._stop_listening: Callable[[], None] = editor.listen(self._on_event)

        self._form = QWidget()
        form = self._rows = QFormLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._content = name_widget(QComboBox(), "export_content", tr("What of the document is written"))
        self._content.addItems([tr(text) for text, _, _ in _CONTENTS])
        self._content.currentIndexChanged.connect(self._content_chosen)
        form.addRow(tr("&What"), self._content)
        self._format = name_widget(QComboBox(), "export_format", tr("The kind of file"))
        for suffix, text in FORMATS.items():
            self._format.addItem(tr(text), suffix)
        self._format.currentIndexChanged.connect(self._format_chosen)
        form.addRow(tr("&Format"), self._format)
        self._framing = FramingRows(form, "export")
        self._framing.set_framing(framing)
        self._framing.changed.connect(self._content_chosen)
        self._side = longest_side_box("export_longest_side", settings.export_longest_side)
        self._side.valueChanged.connect(lambda _value: self._reset_question())
        form.addRow(tr("&Longest side"), self._side)
        self._framing.add_longest_side(self._side)
        self._quality = AmountSlider("export_quality", tr("&Quality"), 1, 100, tip=tr("100 is best and largest"))
        self._quality.set_value(settings.quality or USUAL_QUALITY)
        form.addRow(self._quality)
        self._metadata = name_widget(QCheckBox(tr("&Keep metadata")), "export_metadata")
        self._metadata.setToolTip(tr("Carry camera, date, place and author of the image on (EXIF, XMP, IPTC)"))
        self._metadata.setChecked(settings.keep_metadata)
        form.addRow(self._metadata)
        path = editor.document.source.path
        self._name_is_suggested = True
        self._name = name_widget(QLineEdit(), "export_name", tr("The name of the file"))
        self._name.textEdited.connect(self._named)
        form.addRow(tr("&Name"), self._name)
        folder = settings.export_folder or (path.absolute().parent if path else Path.home())
        self._folder = name_widget(QLineEdit(str(folder)), "export_folder", tr("The folder of the file"))
        self._folder.setMinimumWidth(self.fontMetrics().averageCharWidth() * 40)
        self._folder.textEdited.connect(self._reset_question)
        browse = name_widget(QPushButton(tr("&Browse…")), "export_browse", tr("Choose the folder"))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        add_labelled_row(form, tr("Fol&der"), self._folder, browse)

        self._error = wrapped_label("export_error")
        self._error.setVisible(False)
        self._progress_bar = name_widget(QProgressBar(), "export_progress", accessible=tr("Exporting"))
        self._progress_bar.setVisible(False)
        self._progress_bar.setRange(0, 0)
        self._export = name_widget(QPushButton(tr("&Export")), "export_button")
        self._export.setDefault(True)
        self._export.clicked.connect(self._start)
        self._cancel = name_widget(QPushButton(tr("Cancel")), "export_cancel")
        self._cancel.setAutoDefault(False)
        self._cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addWidget(self._progress_bar, 1)
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._export)
        column = self._column = QVBoxLayout(self)
        column.addWidget(self._form)
        column.addWidget(self._error)
        column.addLayout(buttons)
        self._set_suffix(settings.export_suffix)
        self._content_chosen()
        self._name.setFocus()

    def path(self) -> Path:
        """The file according to the widgets."""
        return Path(self._folder.text().strip()).expanduser() / with_suffix(self._name.text().strip(), self._suffix())

    def request(self, *, overwrite: bool = False) -> ExportRequest:
        """The request according to the widgets."""
        _, content, depth = _CONTENTS[self._content.currentIndex()]
        quality = round(self._quality.value()) if lossy(self._suffix()) else None
        return ExportRequest(
            content,
            depth,
            quality,
            metadata=self._metadata.isChecked(),
            overwrite=overwrite,
            longest_side=self._framing.longest_side(),
            framing=self._framing.framing(),
        )

    def settings(self) -> Settings:
        """The settings with the choices of this dialog, to be remembered."""
        request = self.request()
        return replace(
            self._settings,
            export_folder=self.path().parent,
            export_suffix=self._suffix() if request.content is not Content.LAYERS else self._settings.export_suffix,
            quality=request.quality or self._settings.quality,
            keep_metadata=request.metadata,
            export_longest_side=round(self._side.value()) or None,
        )

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Open as high as the rows that are shown."""
        super().showEvent(event)
        self._fit_height()

    def done(self, result: int) -> None:
        """Close, and stop listening to the editor."""
        self._stop_listening()
        super().done(result)

    def reject(self) -> None:
        """Cancel the running export; close when there is none."""
        if JobKind.EXPORT in self._editor.busy:
            self._editor.cancel()
            self._show_error(tr("The export was cancelled."))
        else:
            super().reject()

    def _start(self) -> None:
        if not self._name.text().strip():
            self._show_error(tr("The file has no name: type one."))
            self._name.setFocus()
            return
        path, asked = self.path(), self._export.property("replaces")
        if os.path.isfile(path) and not asked:
            own = is_same_file(path, self._editor.document.source.path or "")
            taken = tr("“{name}” is the image that is open.") if own else tr("“{name}” exists already.")
            self._show_error(f"{taken.format(name=path.name)} {tr('Replace it, or choose another name.')}")
            self._export.setText(tr("Re&place"))
            self._export.setProperty("replaces", True)
            return
        request = self.request(overwrite=bool(asked))
        self._show_error("")
        self._show_busy(True)
        self._editor.export(path, request, lambda written: self._done(written, request))

    def _done(self, path: Path, request: ExportRequest) -> None:
        self.exported.emit(path, request)
        self.accept()

    def _on_event(self, event: object) -> None:
        if isinstance(event, JobEnded) and event.kind is JobKind.EXPORT:
            self._show_busy(False)
        elif isinstance(event, Notice) and event.code is NoticeCode.FAILED and event.job is JobKind.EXPORT:
            self._show_busy(False)
            self._show_error(event.text)
            self._name.setFocus()  # the disabled form lost the focus

    def _show_busy(self, busy: bool) -> None:
        self._form.setEnabled(not busy)
        self._export.setEnabled(not busy)
        self._progress_bar.setVisible(busy)

    def _show_error(self, text: str) -> None:
        self._error.setText(text)
        self._error.setAccessibleName(text)
        self._error.setVisible(bool(text))
        self._fit_height()

    def _fit_height(self) -> None:
        """As high as the rows and texts that are shown: Qt would squeeze the form, or leave a gap under it."""
        if self.isVisible():
            column = self._column
            self._rows.activate()
            column.activate()
            tall = column.totalHeightForWidth(self.width())
            self.resize(self.width(), tall if column.hasHeightForWidth() else column.totalSizeHint().height())

    def _reset_question(self) -> None:
        self._show_error("")
        self._export.setText(tr("&Export"))
        self._export.setProperty("replaces", False)

    def _edit(self) -> Edit:
        """The edit on which it depends what the result looks like."""
        document = self._editor.document
        return layering.deciding_edit(document.shown_layers or (document.layer,))

    def _suffix(self) -> str:
        return str(self._format.currentData())

    def _set_suffix(self, suffix: str) -> None:
        if (place := self._format.findData(usual(suffix))) >= 0:
            self._format.setCurrentIndex(place)

    def _content_chosen(self) -> None:
        request, edit = self.request(), self._edit()
        model = self._format.model()
        assert isinstance(model, QStandardItemModel)
        reasons = [lacks(suffix, request, edit) for suffix in FORMATS]
        for place, reason in enumerate(reasons):
            item = model.item(place)
            item.setEnabled(not reason)
            item.setToolTip(reason)
        with QSignalBlocker(self._format):
            if reasons[self._format.currentIndex()]:
                self._format.setCurrentIndex(reasons.index(""))
        self._format_chosen()

    def _format_chosen(self) -> None:
        self._show_quality()
        self._reset_question()
        if self._name_is_suggested:
            self._name.setText(suggested_stem(self._editor.saving.stem, self.request(), self._edit()))
        self._name.setText(with_suffix(self._name.text().strip(), self._suffix(), instead=True))

    def _named(self, text: str) -> None:
        self._name_is_suggested = False
        self._reset_question()
        place = self._format.findData(usual(Path(text).suffix))
        model = self._format.model()
        if place >= 0 and isinstance(model, QStandardItemModel) and model.item(place).isEnabled():
            with QSignalBlocker(self._format):
                self._format.setCurrentIndex(place)
            self._show_quality()
            self._fit_height()

    def _show_quality(self) -> None:
        self._rows.setRowVisible(self._quality, lossy(self._suffix()))

    def _browse(self) -> None:
        def chosen(path: str) -> None:
            self._folder.setText(path)
            self._reset_question()

        mode, folder = QFileDialog.FileMode.Directory, self._folder.text()
        open_file_dialog(self, "export_folder_dialog", tr("Choose a folder"), folder, chosen, mode=mode)
