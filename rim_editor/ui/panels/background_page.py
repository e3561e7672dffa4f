"""The options of a background: which image, how it fits, and where it is placed."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from rim_editor.documents.edits import WHITE, Background, Edit, Fit
from rim_editor.translation import marked, tr
from rim_editor.ui.named_widgets import name_widget, wrapped_label
from rim_editor.ui.panels.amount_slider import AmountSlider
from rim_editor.ui.panels.edit_pages import EditPage
from rim_editor.ui.panels.input_widgets import ChoiceBox

_FITS = marked(
    {
        Fit.COVER: ("Cover", "Fill the whole image and crop what is left over"),
        Fit.FIT: ("Fit", "Show all of the background, with a colour beside it"),
        Fit.TILE: ("Tile", "Repeat the background at its own size"),
    }
)


class BackgroundPage(EditPage):
    """Which image, how it fits, and where it is placed."""

    kind = Background
    image_requested = Signal()
    """The user wants to choose an image file."""
    blur_requested = Signal()
    """The user wants the original, blurred, instead."""
    move_toggled = Signal(bool)
    """Whether dragging on the canvas should move the background."""

    def __init__(self) -> None:
        super().__init__()
        self._background: Background | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        choose = name_widget(
            QPushButton(tr("Choose image…")), "choose_background", tr("Choose what goes behind the object")
        )
        choose.clicked.connect(self.image_requested)
        column.addWidget(choose)
        self._about = wrapped_label("background_about")
        column.addWidget(self._about)
        self._options = QWidget()
        form = QFormLayout(self._options)
        form.setContentsMargins(0, 0, 0, 0)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._fit = ChoiceBox("background_fit", tr("How the background fits"), _FITS)
        self._fit.currentIndexChanged.connect(self._fitted)
        form.addRow(tr("Size"), self._fit)
        self._beside = self.colour_button("background_colour", tr("Colour beside the background"), WHITE)
        form.addRow(tr("Colour beside"), self._beside)
        self._scale = AmountSlider(
            "background_scale",
            tr("Enlarged to"),
            10,
            500,
            suffix=" %",
            tip=tr("100 % is as it fits; one that fills stays full"),
        )
        self._scale.set_value(100)
        form.addRow(self.on_gesture(self._scale, "scale"))
        row = QHBoxLayout()
        self._move = name_widget(QToolButton(), "move_background")
        self._move.setText(tr("Move"))
        self._move.setCheckable(True)
        self._move.setToolTip(tr("Drag on the canvas to move the background"))
        self._move.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._move.toggled.connect(self.move_toggled)
        self._reset = name_widget(
            QPushButton(tr("Put back")), "reset_offset", tr("Put the background back to where it was at first")
        )
        self._reset.clicked.connect(self._put_back)
        row.addWidget(self._move)
        row.addWidget(self._reset)
        row.addStretch(1)
        form.addRow(row)
        column.addWidget(self._options)
        blur = name_widget(
            QPushButton(tr("Blur the original instead")), "blur_original", tr("Keep its own background, blurred")
        )
        blur.clicked.connect(self.blur_requested)
        column.addWidget(blur)
        column.addStretch(1)
        self._show()

    def edit(self) -> Background | None:
        """The background that the widgets describe; None until an image was chosen."""
        if self._background is None:
            return None
        return self.with_image(self._background)

    def show_edit(self, edit: Edit) -> None:
        """Show a background; emits nothing."""
        if isinstance(edit, Background):
            self._background = edit
            self._fit.set_value(edit.fit)
            self._beside.set_colour(edit.colour)
            self._scale.set_value(100 * edit.scale)
            self._show()

    def with_image(self, background: Background) -> Background:
        """`background` with the fit, the colour and the scale of the widgets."""
        scale = self._scale.value() / 100
        return replace(background, fit=Fit(self._fit.value()), colour=self._beside.colour(), scale=scale)

    def forget(self) -> None:
        """Forget the chosen image, as when another document comes to the front; emits nothing."""
        self._background = None
        self._show()

    def set_moving(self, moving: bool) -> None:
        """Show whether dragging moves the background; emits nothing."""
        with QSignalBlocker(self._move):
            self._move.setChecked(moving)

    def _show(self) -> None:
        background = self._background
        self._options.setEnabled(background is not None)
        self._beside.setEnabled(Fit(self._fit.value()) is Fit.FIT)
        self._reset.setEnabled(background is not None and (background.offset, background.scale) != ((0.0, 0.0), 1.0))
        if background is None:
            self._about.setText(tr("Choose an image, or drop one here."))
        else:
            height, width = background.image.shape[:2]
            self._about.setText(
                tr(
                    "Background of {width} × {height} pixels. Drop another one here to change it.",
                    width=width,
                    height=height,
                )
            )

    def _fitted(self) -> None:
        self._show()
        self.emit_changed()

    def _put_back(self) -> None:
        if self._background is not None:
            self._background = replace(self._background, offset=(0.0, 0.0))
            self._scale.set_value(100)
            self.emit_changed()
