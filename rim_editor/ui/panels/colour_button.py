"""A button that opens a colour picker: presets, a code, a colour of the image, or any other."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QColorDialog,
    QFrame,
    QGridLayout,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rim_editor.documents.edits import Colour, parse_colour
from rim_editor.errors import BadOption
from rim_editor.translation import marked, tr
from rim_editor.ui.named_widgets import name_widget, wrapped_label
from rim_editor.ui.theme import TIGHT

PRESETS: Mapping[str, Colour] = marked(
    {
        "White": (255, 255, 255),
        "Light grey": (217, 217, 217),
        "Grey": (128, 128, 128),
        "Dark grey": (64, 64, 64),
        "Black": (0, 0, 0),
        "Chroma green": (0, 177, 64),
        "Chroma blue": (0, 71, 187),
        "Red": (255, 64, 64),
        "Orange": (255, 149, 0),
        "Yellow": (255, 214, 10),
        "Teal": (48, 176, 199),
        "Violet": (140, 82, 255),
    }
)
"""The preset colours; the chroma colours are those of studio cloths, #00b140 and #0047bb."""


def colour_code(colour: Colour) -> str:
    """The colour as '#rrggbb'."""
    return "#" + bytes(colour).hex()


def swatch_icon(colour: Colour, size: QSize, ratio: float) -> QIcon:
    """An icon filled with the colour, framed so that it shows on any theme; `size` in logical pixels."""
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(QColor(*colour))
    painter = QPainter(pixmap)
    painter.setPen(QColor(128, 128, 128))
    painter.drawRect(0, 0, size.width() - 1, size.height() - 1)
    painter.end()
    return QIcon(pixmap)


class Swatches(QWidget):
    """Small buttons, one per preset, in rows of six."""

    chosen = Signal(tuple)
    """The Colour of the button that was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(TIGHT)
        grid.setColumnStretch(6, 1)
        size = QSize(1, 1) * self.fontMetrics().height()
        for place, (name, colour) in enumerate(PRESETS.items()):
            button = name_widget(QToolButton(), f"preset_{name.lower().replace(' ', '_')}")
            button.setIcon(swatch_icon(colour, size, self.devicePixelRatio()))
            button.setIconSize(size)
            button.setAutoRaise(True)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setToolTip(f"{tr(name)} ({colour_code(colour)})")
            button.setAccessibleName(tr(name))
            button.clicked.connect(lambda _checked, colour=colour: self.chosen.emit(colour))
            grid.addWidget(button, place // 6, place % 6)


class ColourButton(QPushButton):
    """Shows a colour with its code, and opens a colour picker."""

    colour_chosen = Signal(tuple)
    """The user chose this Colour."""
    eyedropper_requested = Signal()
    """The user wants to pick from the image; answer with `choose`."""

    def __init__(self, name: str, title: str, colour: Colour, parent: QWidget | None = None) -> None:
        """`title` names the use of the colour: for the accessible name, the tooltip and the titles of dialogs."""
        super().__init__(parent)
        self.setObjectName(name)
        self._title = title
        self._colour = colour
        self.setToolTip(tr("{title}: choose a colour", title=title))
        self.clicked.connect(self._open)
        self._show()

    def colour(self) -> Colour:
        """The colour that is shown."""
        return self._colour

    def set_colour(self, colour: Colour) -> None:
        """Show the colour; emits nothing."""
        if colour != self._colour:
            self._colour = colour
            self._show()

    def choose(self, colour: Colour) -> None:
        """Set the colour as the user's choice, and emit `colour_chosen`."""
        if colour != self._colour:
            self.set_colour(colour)
            self.colour_chosen.emit(colour)

    def _show(self) -> None:
        size = QSize(2, 1) * self.fontMetrics().height()
        self.setIcon(swatch_icon(self._colour, size, self.devicePixelRatio()))
        self.setIconSize(size)
        self.setText(colour_code(self._colour))
        self.setAccessibleName(f"{self._title}: {colour_code(self._colour)}")

    def _open(self) -> None:
        popup = _Popup(self._title, self._colour, self)
        popup.chosen.connect(self.choose)
        popup.eyedropper_requested.connect(self.eyedropper_requested)
        popup.more_requested.connect(self._more)
        popup.adjustSize()
        corner = self.mapToGlobal(QPoint(0, self.height()))
        area = self.screen().availableGeometry()
        corner.setX(max(area.left(), min(corner.x(), area.right() - popup.width())))
        if corner.y() + popup.height() > area.bottom():
            corner.setY(max(area.top(), self.mapToGlobal(QPoint(0, 0)).y() - popup.height()))
        popup.move(corner)
        popup.show()

    def _more(self) -> None:
        dialog = QColorDialog(QColor(*self._colour), self)
        dialog.setWindowTitle(self._title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(lambda chosen: self.choose((chosen.red(), chosen.green(), chosen.blue())))
        dialog.open()


class _Popup(QFrame):
    chosen = Signal(tuple)
    eyedropper_requested = Signal()
    more_requested = Signal()

    def __init__(self, title: str, colour: Colour, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("colour_popup")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName(title)
        column = QVBoxLayout(self)
        swatches = Swatches()
        swatches.chosen.connect(self._choose)
        column.addWidget(swatches)
        self._error = wrapped_label("colour_error")
        self._error.setVisible(False)
        self._code = name_widget(QLineEdit(colour_code(colour)), "colour_code")
        self._code.setAccessibleName(tr("Colour code"))
        self._code.setToolTip(tr("A colour as #rrggbb, then Enter"))
        self._code.returnPressed.connect(self._read)
        self._code.textEdited.connect(lambda: self._error.hide())
        column.addWidget(self._code)
        column.addWidget(self._error)
        for name, text, signal in (
            ("colour_eyedropper", tr("&Pick from the image"), self.eyedropper_requested),
            ("colour_more", tr("&More colours…"), self.more_requested),
        ):
            button = name_widget(QPushButton(text), name)
            button.clicked.connect(self.close)
            button.clicked.connect(signal)
            column.addWidget(button)
        self._code.selectAll()
        self._code.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def _read(self) -> None:
        try:
            self._choose(parse_colour(self._code.text()))
        except BadOption as error:
            self._error.setText(str(error))
            self._error.show()
            self.adjustSize()

    def _choose(self, colour: Colour) -> None:
        self.close()
        self.chosen.emit(colour)
