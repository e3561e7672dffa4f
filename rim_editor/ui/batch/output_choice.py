"""The results of a batch: their format, their names, and their folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QFormLayout,
    QGridLayout,
    QGroupBox,
    QLineEdit,
    QPushButton,
    QWidget,
)

from rim_editor.documents.edits import Edit
from rim_editor.documents.framing import Framing
from rim_editor.errors import BadOption
from rim_editor.files.exporting import Content, ExportRequest
from rim_editor.files.formats import LAYERED_SUFFIXES
from rim_editor.translation import marked, tr
from rim_editor.ui.batch.naming_choice import NamingChoice
from rim_editor.ui.dialogs.export_formats import FORMATS, USUAL_QUALITY, lacks, lossy, usual
from rim_editor.ui.dialogs.framing_rows import FramingRows
from rim_editor.ui.named_widgets import add_labelled_row, name_widget, open_file_dialog
from rim_editor.ui.panels.amount_slider import AmountSlider
from rim_editor.ui.panels.input_widgets import ChoiceBox, SpinBox, longest_side_box

if TYPE_CHECKING:
    from rim_editor.settings import Settings

_DEPTHS = marked(
    {
        "8": ("8 bits", "Enough for most programs"),
        "16": ("16 bits", "Finer steps, for PNG and TIFF; files are larger"),
    }
)
_AT_LEAST_TIP = marked(
    "Images in which the object is less likely to be than this are listed as not found, and not exported"
)
_KIND_TIP = marked("The kind of file")
_NO_FOLDER = marked("There is no folder for the results: choose one.")


class OutputChoice(QGroupBox):
    """Format, quality, size, names and folder of the results."""

    changed = Signal()
    """The user changed something."""
    folder_changed = Signal()
    """The folder of the results has changed."""
    framing_changed = Signal()
    """The user chose another framing; other formats may be possible with it."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(tr("Results"), parent)
        self.setObjectName("batch_output")
        self._folder_is_suggested = True
        self._filled: object = None
        """What `set_export` showed last."""
        grid = QGridLayout(self)
        grid.addLayout(self._format_form(settings), 0, 0)
        grid.addLayout(self._folder_form(settings), 0, 1)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 3)
        grid.setHorizontalSpacing(24)
        self._format_chosen()

    @property
    def suffix(self) -> str:
        """The suffix of the results, which determines their format."""
        return str(self._format.currentData())

    @property
    def content(self) -> Content:
        """The exported content: OpenRaster holds layers, every other format the result."""
        return Content.LAYERS if self.suffix in LAYERED_SUFFIXES else Content.RESULT

    @property
    def quality(self) -> int | None:
        """1 to 100; None for formats without it."""
        return round(self._quality.value()) if lossy(self.suffix) else None

    @property
    def longest_side(self) -> int | None:
        """In pixels; None to keep the size of the image, or of the frame."""
        return self._framing.longest_side()

    @property
    def framing(self) -> Framing:
        """Where the object stands in the results."""
        return self._framing.framing()

    @property
    def matte_depth(self) -> int:
        """Bits of a matte that is written."""
        return int(self._depth.value())

    @property
    def metadata(self) -> bool:
        """Whether metadata is kept."""
        return self._metadata.isChecked()

    @property
    def sidecar(self) -> bool:
        """Whether the matte is written beside each result."""
        return self._sidecar.isChecked()

    @property
    def best_guess(self) -> bool:
        """Whether the best match is exported even where nothing seems to match."""
        return self._best_guess.isChecked()

    @property
    def at_least(self) -> float | None:
        """How likely the object has to be in an image for a result, 0 to 1; None for the bar of the weights."""
        return self._at_least.value() / 100 or None

    def folder(self) -> Path:
        """Where the results go; absolute. Raises BadOption while there is none."""
        text = self._folder.text().strip()
        if not text:
            raise BadOption(tr(_NO_FOLDER))
        return Path(text).expanduser().absolute()

    def suggest_folder(self, folder: Path | None) -> None:
        """Enter this folder, unless the user entered one."""
        if self._folder_is_suggested:
            self._folder.setText("" if folder is None else str(folder))

    def set_export(self, suffix: str, request: ExportRequest, *, anyway: bool = False) -> None:
        """Show the format, size, framing and metadata of another export, unless the user has chosen others here.

        With `anyway` they are shown in any case.
        """
        if not anyway and self._filled not in (None, self._chosen()):
            return
        if suffix in FORMATS:
            self._format.setCurrentIndex(self._format.findData(suffix))
        if request.quality is not None:
            self._quality.set_value(request.quality)
        self._side.setValue(request.longest_side or 0)
        self._framing.set_framing(request.framing)
        self._metadata.setChecked(request.metadata)
        self.framing_changed.emit()
        self._filled = self._chosen()

    def show_edit(self, edit: Edit | None, *, matte: bool) -> None:
        """Offer the formats that can hold the result of `edit`, and explain the others; None changes nothing.

        `matte` says that the results are mattes, whose depth can be chosen.
        """
        self._depth.setEnabled(matte or self.sidecar)
        self._matte = matte
        if edit is None:
            return
        model = self._format.model()
        assert isinstance(model, QStandardItemModel)
        reasons = []
        for place, suffix in enumerate(FORMATS):
            content = Content.LAYERS if suffix in LAYERED_SUFFIXES else Content.RESULT
            reasons.append(lacks(suffix, ExportRequest(content, framing=self.framing), edit))
            model.item(place).setEnabled(not reasons[-1])
            model.item(place).setToolTip(reasons[-1])
        if reasons[self._format.currentIndex()]:
            with QSignalBlocker(self._format):
                self._format.setCurrentIndex(reasons.index(""))
            self._format_chosen()

    def _format_form(self, settings: Settings) -> QFormLayout:
        form = _form()
        kinds = {suffix: (text, _KIND_TIP) for suffix, text in FORMATS.items()}
        self._format = ChoiceBox("batch_format", tr("Format"), kinds)
        self._format.setCurrentIndex(max(0, self._format.findData(usual(settings.export_suffix))))
        self._format.currentIndexChanged.connect(self._format_chosen)
        form.addRow(tr("Forma&t"), self._format)
        self._quality = AmountSlider("batch_quality", tr("&Quality"), 1, 100, tip=tr("100 is best and largest"))
        self._quality.set_value(settings.quality or USUAL_QUALITY)
        self._quality.changed.connect(lambda _value: self.changed.emit())
        form.addRow(self._quality)
        self._side = longest_side_box("batch_longest_side")
        self._side.valueChanged.connect(lambda _value: self.changed.emit())
        form.addRow(tr("Longest side"), self._side)
        self._framing = FramingRows(form, "batch")
        self._framing.add_longest_side(self._side)
        self._framing.changed.connect(self.framing_changed)
        self._framing.changed.connect(self.changed)
        self._matte = False
        self._depth: ChoiceBox = ChoiceBox("batch_depth", tr("Depth of mattes"), _DEPTHS)
        self._depth.currentIndexChanged.connect(lambda _place: self.changed.emit())
        form.addRow(tr("Mattes &in"), self._depth)
        return form

    def _folder_form(self, settings: Settings) -> QFormLayout:
        form = _form()
        self._folder = name_widget(
            QLineEdit(), "batch_folder", tr("The folder of the results; it is created if need be")
        )
        self._folder.setAcceptDrops(False)
        self._folder.textEdited.connect(self._folder_typed)
        self._folder.textChanged.connect(lambda _text: self.folder_changed.emit())
        browse = name_widget(QPushButton(tr("&Browse…")), "batch_browse", tr("Choose the folder"))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        add_labelled_row(form, tr("Fol&der"), self._folder, browse)
        self.names = NamingChoice(form)
        self.names.changed.connect(self.changed)
        self._sidecar = name_widget(
            QCheckBox(tr("Matte beside")), "batch_sidecar", tr("Write the matte beside each result too")
        )
        self._metadata = name_widget(
            QCheckBox(tr("Keep met&adata")), "batch_metadata", tr("Carry EXIF, XMP and IPTC of each image on")
        )
        self._metadata.setChecked(settings.keep_metadata)
        tip = tr("Export the best match even where nothing seems to match; it is listed among those to review")
        self._best_guess = name_widget(QCheckBox(tr("Best guess")), "batch_best_guess", tip)
        self._sidecar.toggled.connect(lambda on: self._depth.setEnabled(on or self._matte))
        boxes = QGridLayout()
        for number, box in enumerate((self.names.keep_box, self._sidecar, self._metadata, self._best_guess)):
            box.toggled.connect(lambda _on: self.changed.emit())
            boxes.addWidget(box, number // 2, number % 2)
        boxes.setColumnStretch(2, 1)
        form.addRow("", boxes)
        self._at_least = name_widget(SpinBox(), "batch_at_least", tr(_AT_LEAST_TIP), tr("How sure an answer has to be"))
        self._at_least.setDecimals(0)
        self._at_least.setRange(0, 100)
        self._at_least.setSuffix(" %")
        self._at_least.setSpecialValueText(tr("as usual"))
        self._at_least.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._at_least.valueChanged.connect(lambda _value: self.changed.emit())
        form.addRow(tr("S&ure from"), self._at_least)
        return form

    def _chosen(self) -> object:
        return self.suffix, self.quality, self.longest_side, self.framing, self.metadata

    def _format_chosen(self) -> None:
        self._quality.setEnabled(lossy(self.suffix))
        self.names.set_suffix(self.suffix)
        self.changed.emit()

    def _folder_typed(self) -> None:
        self._folder_is_suggested = not self._folder.text().strip()

    def _browse(self) -> None:
        def chosen(path: str) -> None:
            self._folder.setText(path)
            self._folder_typed()

        mode, folder = QFileDialog.FileMode.Directory, self._folder.text()
        open_file_dialog(self, "batch_output_dialog", tr("Choose a folder"), folder, chosen, mode=mode)


def _form() -> QFormLayout:
    form = QFormLayout()
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setVerticalSpacing(6)
    form.setHorizontalSpacing(8)
    return form
