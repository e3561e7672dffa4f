"""The pages with the options of each edit, and the stack that shows one of them."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QLinearGradient, QPainter, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rim_editor.documents.edits import (
    SIGNAL,
    WHITE,
    Colour,
    Cutout,
    Edit,
    Gradient,
    Highlight,
    MatteOnly,
    SolidColour,
    Style,
)
from rim_editor.translation import marked, tr
from rim_editor.ui.named_widgets import name_widget
from rim_editor.ui.panels.amount_slider import AmountSlider
from rim_editor.ui.panels.colour_button import PRESETS, ColourButton, Swatches
from rim_editor.ui.panels.input_widgets import ChoiceBox
from rim_editor.ui.theme import TIGHT

_STYLES = marked({
    Style.DIM: ("Dim the rest", "Darken what is around the object"),
    Style.DESATURATE: ("Grey the rest", "Take the colour out of what is around the object"),
    Style.BLUR: ("Blur the rest", "Blur what is around the object"),
    Style.TINT: ("Tint the object", "Mix a colour into the object"),
})  # fmt: skip
_GRADIENTS = marked(
    {
        "Studio": Gradient((245, 245, 245), (150, 150, 150), 90),
        "Sky": Gradient((88, 160, 230), (232, 242, 250), 90),
        "Sunset": Gradient((72, 52, 118), (250, 160, 96), 90),
        "Night": Gradient((20, 24, 38), (62, 72, 104), 90),
        "Mint": Gradient((214, 244, 226), (112, 192, 168), 45),
    }
)


class EditPage(QWidget):
    """The options of one edit; `kind` is the edit's class."""

    kind: type[Edit]
    changed = Signal(object, str)
    """The user chose this Edit; the text names the gesture that it is part of, '' for none."""
    settled = Signal()
    """The gesture is over."""
    eyedropper_requested = Signal(object)
    """The user wants to pick a Colour from the image: call the emitted function with it."""

    def edit(self) -> Edit | None:
        """The edit that the widgets describe; None while something is missing."""
        raise NotImplementedError

    def show_edit(self, edit: Edit) -> None:
        """Show the options of an edit of this kind; emits nothing."""

    def emit_changed(self, gesture: str = "") -> None:
        """Emit `changed` with the edit that the widgets describe now."""
        edit = self.edit()
        if edit is not None:
            self.changed.emit(edit, gesture)

    def form(self) -> QFormLayout:
        """The page laid out as rows of a label and its widget."""
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        return form

    def colour_button(self, name: str, title: str, colour: Colour) -> ColourButton:
        """A button for one of the colours of the edit; see `ColourButton`."""
        button = ColourButton(name, title, colour)
        button.colour_chosen.connect(lambda _colour: self.emit_changed())
        button.eyedropper_requested.connect(lambda: self.eyedropper_requested.emit(button.choose))
        return button

    def on_gesture(self, amount: AmountSlider, gesture: str) -> AmountSlider:
        """Let `amount` change the edit, with each drag as one gesture."""
        amount.changed.connect(lambda _value: self.emit_changed(gesture))
        amount.settled.connect(self.settled)
        return amount


class CutoutPage(EditPage):
    """A sentence about the cut-out, and whether its edge is freed of the old background's colour."""

    kind = Cutout

    def __init__(self, text: str) -> None:
        super().__init__()
        label = QLabel(text)
        label.setWordWrap(True)
        tip = tr("Take the old background's colour out of the soft edge (decontamination)")
        self._clean = name_widget(QCheckBox(tr("Clean edge colours")), "cutout_decontaminate", tip)
        self._clean.setChecked(True)
        self._clean.toggled.connect(lambda _on: self.emit_changed())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label)
        column.addWidget(self._clean)
        column.addStretch(1)

    def edit(self) -> Cutout:
        """The cut-out that the widgets describe."""
        return Cutout(self._clean.isChecked())

    def show_edit(self, edit: Edit) -> None:
        """Show a cut-out; emits nothing."""
        if isinstance(edit, Cutout):
            with QSignalBlocker(self._clean):
                self._clean.setChecked(edit.decontaminate)


class PlainPage(EditPage):
    """An edit without options: a sentence says what it does."""

    def __init__(self, kind: type[MatteOnly], text: str) -> None:
        super().__init__()
        self.kind = self._kind = kind
        label = QLabel(text)
        label.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label)
        column.addStretch(1)

    def edit(self) -> MatteOnly:
        """The edit."""
        return self._kind()


class HighlightPage(EditPage):
    """Style, strength, and the colour of the tint."""

    kind = Highlight

    def __init__(self) -> None:
        super().__init__()
        form = self.form()
        self._style = ChoiceBox("highlight_style", tr("Style"), _STYLES)
        self._style.currentIndexChanged.connect(self._styled)
        form.addRow(tr("St&yle"), self._style)
        self._strength = AmountSlider(
            "highlight_strength", tr("Strength"), 0, 100, suffix=" %", tip=tr("0 leaves the image as it is")
        )
        form.addRow(self.on_gesture(self._strength, "strength"))
        self._tint = self.colour_button("highlight_colour", tr("Tint"), SIGNAL)
        form.addRow(tr("Tint colour"), self._tint)
        self.show_edit(Highlight())

    def edit(self) -> Highlight:
        """The highlight that the widgets describe."""
        return Highlight(Style(self._style.value()), self._strength.value() / 100, self._tint.colour())

    def show_edit(self, edit: Edit) -> None:
        """Show a highlight; emits nothing."""
        if isinstance(edit, Highlight):
            self._style.set_value(edit.style)
            self._strength.set_value(100 * edit.strength)
            self._tint.set_colour(edit.colour)
            self._tint.setEnabled(edit.style is Style.TINT)

    def _styled(self) -> None:
        self._tint.setEnabled(Style(self._style.value()) is Style.TINT)
        self.emit_changed()


class GradientPage(EditPage):
    """Two colours and the angle between them, with presets."""

    kind = Gradient

    def __init__(self) -> None:
        super().__init__()
        form = self.form()
        row = QHBoxLayout()
        row.setSpacing(TIGHT)
        size = QSize(2, 1) * round(1.4 * self.fontMetrics().height())
        for name, gradient in _GRADIENTS.items():
            button = name_widget(QToolButton(), f"gradient_{name.lower()}")
            button.setAutoRaise(True)
            button.setIcon(_gradient_icon(gradient, size, self.devicePixelRatio()))
            button.setIconSize(size)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setToolTip(tr(name))
            button.setAccessibleName(tr("{name} gradient", name=tr(name)))
            button.clicked.connect(lambda _checked, gradient=gradient: self._take(gradient))
            row.addWidget(button)
        row.addStretch(1)
        form.addRow(row)
        self._start = self.colour_button("gradient_start", tr("Start of the gradient"), WHITE)
        self._end = self.colour_button("gradient_end", tr("End of the gradient"), WHITE)
        form.addRow(tr("Start"), self._start)
        form.addRow(tr("End"), self._end)
        self._angle = AmountSlider(
            "gradient_angle", tr("Direction"), 0, 360, suffix="°", tip=tr("0° to the right, 90° downwards")
        )
        form.addRow(self.on_gesture(self._angle, "angle"))
        swap = QPushButton(tr("Swap colours"))
        name_widget(swap, "gradient_swap", tr("Start with the end, end with the start"))
        swap.clicked.connect(
            lambda: self._take(Gradient(self._end.colour(), self._start.colour(), self._angle.value()))
        )
        form.addRow(swap)
        self.show_edit(_GRADIENTS["Studio"])

    def edit(self) -> Gradient:
        """The gradient that the widgets describe."""
        return Gradient(self._start.colour(), self._end.colour(), self._angle.value())

    def show_edit(self, edit: Edit) -> None:
        """Show a gradient; emits nothing."""
        if isinstance(edit, Gradient):
            self._start.set_colour(edit.start)
            self._end.set_colour(edit.end)
            self._angle.set_value(edit.angle % 360)

    def _take(self, gradient: Gradient) -> None:
        self.show_edit(gradient)
        self.emit_changed()


class SolidPage(EditPage):
    """One colour: presets, a code, or one from the image."""

    kind = SolidColour

    def __init__(self) -> None:
        super().__init__()
        form = self.form()
        swatches = Swatches()
        form.addRow(swatches)
        self._solid = self.colour_button("solid_colour", tr("Colour"), PRESETS["White"])
        swatches.chosen.connect(self._solid.choose)
        form.addRow(tr("Colour"), self._solid)
        pick = QPushButton(tr("Pick from the image"))
        name_widget(pick, "solid_eyedropper", tr("Then click on the colour in the image"))
        pick.clicked.connect(lambda: self.eyedropper_requested.emit(self._solid.choose))
        form.addRow(pick)

    def edit(self) -> SolidColour:
        """The colour that the widgets describe."""
        return SolidColour(self._solid.colour())

    def show_edit(self, edit: Edit) -> None:
        """Show a colour; emits nothing."""
        if isinstance(edit, SolidColour):
            self._solid.set_colour(edit.colour)


def _gradient_icon(gradient: Gradient, size: QSize, ratio: float) -> QIcon:
    pixmap = QPixmap(size * ratio)
    painter = QPainter(pixmap)
    ramp = QLinearGradient(QPointF(0, 0), QPointF(0, pixmap.height()))
    ramp.setColorAt(0, QColor(*gradient.start))
    ramp.setColorAt(1, QColor(*gradient.end))
    painter.fillRect(pixmap.rect(), ramp)
    painter.end()
    return QIcon(pixmap)


class PageStack(QWidget):
    """Pages of which one is shown: as wide as the widest, and as high as the one that is shown.

    A QStackedWidget would be as high as the highest, or cut off texts that are wrapped.
    """

    def __init__(self) -> None:
        super().__init__()
        self._pages: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def add(self, page: QWidget) -> None:
        """Add a page, hidden until it is chosen."""
        page.hide()
        self._pages.append(page)
        self._column.addWidget(page)

    def show_page(self, place: int) -> None:
        """Show the page at this place alone."""
        self.setMinimumWidth(max(page.minimumSizeHint().width() for page in self._pages))
        for other, page in enumerate(self._pages):
            page.setVisible(other == place)
