"""The dialog that crops and straightens an image: aspect, angle, and the image with a rectangle to drag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from rim_editor.documents.reshaping import Crop, Reshaping, Straighten
from rim_editor.editor.events import JobKind
from rim_editor.editor.jobs import Job, Runner
from rim_editor.translation import marked, tr
from rim_editor.ui.dialogs.crop_rectangle import CropRectangle
from rim_editor.ui.dialogs.crop_view import CropView
from rim_editor.ui.named_widgets import name_widget
from rim_editor.ui.panels.amount_slider import AmountSlider
from rim_editor.ui.panels.input_widgets import ChoiceBox
from rim_editor.ui.qt_image import to_qimage
from rim_editor.ui.theme import GAP

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rim_editor.editor.editor import Editor

_FREE, _ORIGINAL = "free", "original"
_ASPECTS = marked(
    {
        _FREE: ("Free", "Any rectangle"),
        _ORIGINAL: ("As the image", "The aspect that the image has now"),
        **{
            text: (text, "Width to height")
            for text in ("1:1", "4:5", "5:4", "3:4", "4:3", "2:3", "3:2", "9:16", "16:9")
        },
    }
)
_STEEPEST, _LARGEST_PX = 20, 1600


class CropDialog(QDialog):
    """Lets the user choose a part and an angle; accepted, it has changed the image of `editor`, as one step."""

    def __init__(self, editor: Editor, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("crop_dialog")
        self.setWindowTitle(tr("Crop and straighten “{title}”", title=editor.title))
        self._editor = editor
        self._runner = runner
        self._size = editor.document.size
        self._view = CropView(self._size)
        self._view.changed.connect(self._show_size)
        self._aspect: ChoiceBox = ChoiceBox("crop_aspect", tr("Aspect of the crop"), _ASPECTS)
        self._aspect.currentIndexChanged.connect(lambda _place: self._aspect_chosen())
        tip = tr("Turn the image until what should be level is level; the corners are cut off")
        self._angle = AmountSlider(
            "crop_angle", tr("&Straighten"), -_STEEPEST, _STEEPEST, suffix="°", decimals=1, tip=tip
        )
        self._angle.changed.connect(lambda value: self._view.set_degrees(value, fine=True))
        self._angle.settled.connect(lambda: self._view.set_degrees(self._angle.value()))
        self._result = name_widget(QLabel(), "crop_size", tr("The size after the crop"), tr("Size after the crop"))
        reset = name_widget(QPushButton(tr("&Reset")), "crop_reset", tr("The whole image, not turned"))
        reset.setAutoDefault(False)
        reset.clicked.connect(self._reset)
        form = QFormLayout()
        form.addRow(tr("&Aspect"), self._aspect)
        form.addRow(tr("Result"), self._result)
        controls = QHBoxLayout()
        controls.addLayout(form, 1)
        controls.addSpacing(GAP)
        controls.addWidget(self._angle, 2)
        self._apply = name_widget(QPushButton(tr("Appl&y")), "crop_apply", tr("Change the image; this can be undone"))
        self._apply.setDefault(True)
        self._apply.clicked.connect(self._accept)
        cancel = name_widget(QPushButton(tr("Cancel")), "crop_cancel")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addWidget(reset)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self._apply)
        column = QVBoxLayout(self)
        column.addWidget(self._view, 1)
        column.addLayout(controls)
        column.addLayout(buttons)
        self._show_size()
        self._view.setFocus()
        self._read_image()

    def changes(self) -> list[Reshaping]:
        """What the user has chosen, in the order in which it is done; [] for nothing."""
        changes: list[Reshaping] = []
        if self._angle.value():
            changes.append(Straighten(self._angle.value()))
        crop, (width, height) = self._view.rectangle.crop(), self._view.rectangle.size
        if crop != Crop(0, 0, width, height):
            changes.append(crop)
        return changes

    def done(self, result: int) -> None:
        """Close, and drop the reading of the image."""
        self._runner.cancel(JobKind.THUMBNAIL, self._view)
        super().done(result)

    def _read_image(self) -> None:
        renderer = self._editor.renderer
        level = next(
            (level for level in range(renderer.levels) if max(self._size) >> level <= _LARGEST_PX), renderer.levels - 1
        )

        def arrived(pixels: NDArray[np.uint8]) -> None:
            self._view.set_image(to_qimage(pixels))

        def failed(error: Exception) -> None:
            self._result.setText(str(error))

        self._runner.start(Job(JobKind.THUMBNAIL, lambda: renderer.image(level), arrived, failed, owner=self._view))

    def _accept(self) -> None:
        changes = self.changes()
        if changes:
            straightens = isinstance(changes[0], Straighten)
            name = (
                tr("Crop") if not straightens else tr("Straighten") if len(changes) == 1 else tr("Crop and straighten")
            )
            self._editor.reshape(changes, name)
        self.accept()

    def _aspect_chosen(self) -> None:
        choice = self._aspect.value()
        if choice == _FREE:
            self._view.set_aspect(None)
        elif choice == _ORIGINAL:
            self._view.set_aspect(self._size[0] / self._size[1])
        else:
            across, down = choice.split(":")
            self._view.set_aspect(int(across) / int(down))

    def _reset(self) -> None:
        self._aspect.set_value(_FREE)
        self._view.set_aspect(None)
        self._angle.set_value(0.0)
        self._view.set_degrees(0.0)
        self._view.set_rectangle(CropRectangle.whole(self._size))

    def _show_size(self) -> None:
        crop = self._view.rectangle.crop()
        self._result.setText(f"{crop.width} × {crop.height} px")
