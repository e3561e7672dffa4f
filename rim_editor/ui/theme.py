"""How the window looks: Fusion in a light and a dark palette, an accent, and icons in the palette's colours."""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QObject, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QIcon,
    QPainter,
    QPainterPath,
    QPalette,
    QPixmap,
)
from PySide6.QtWidgets import QApplication, QProxyStyle, QStyle, QStyleOption, QStyleOptionComplex, QWidget

from rim_editor.errors import EditorError

_Role, _Group = QPalette.ColorRole, QPalette.ColorGroup

_LIGHT = {
    _Role.Window: "#f4f4f6", _Role.WindowText: "#1d1d22", _Role.Base: "#ffffff", _Role.AlternateBase: "#f0f0f3",
    _Role.ToolTipBase: "#26262b", _Role.ToolTipText: "#f2f2f4", _Role.PlaceholderText: "#6c6c76",
    _Role.Text: "#1d1d22", _Role.Button: "#fbfbfc", _Role.ButtonText: "#1d1d22", _Role.BrightText: "#ffffff",
    _Role.Light: "#ffffff", _Role.Midlight: "#e9e9ed", _Role.Mid: "#c3c3ca", _Role.Dark: "#a0a0a9",
    _Role.Shadow: "#6f6f78", _Role.Highlight: "#2563eb", _Role.HighlightedText: "#ffffff", _Role.Link: "#1d4fc4",
    _Role.LinkVisited: "#6b3fb5", _Role.Accent: "#2563eb",
}  # fmt: skip
_DARK = {
    _Role.Window: "#26262a", _Role.WindowText: "#e9e9ec", _Role.Base: "#1c1c1f", _Role.AlternateBase: "#232327",
    _Role.ToolTipBase: "#3a3a40", _Role.ToolTipText: "#f2f2f4", _Role.PlaceholderText: "#96969f",
    _Role.Text: "#e9e9ec", _Role.Button: "#333338", _Role.ButtonText: "#e9e9ec", _Role.BrightText: "#ffffff",
    _Role.Light: "#4b4b52", _Role.Midlight: "#3d3d43", _Role.Mid: "#19191c", _Role.Dark: "#141416",
    _Role.Shadow: "#0b0b0c", _Role.Highlight: "#3a6fe0", _Role.HighlightedText: "#ffffff", _Role.Link: "#86aaff",
    _Role.LinkVisited: "#c3a2ff", _Role.Accent: "#5b8cff",
}  # fmt: skip
_FADED = {False: "#9b9ba4", True: "#6f6f78"}
_FADED_ROLES = (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.PlaceholderText)

_SMALLEST_POINTS = 10.0

# Of the device: what menus, buttons and tool bars ask for at one, one and a half, and two times.
_ICON_PX = (16, 18, 20, 24, 28, 32, 36, 40, 48)
_FONTS = {"fa6s": "fontawesome6-solid-webfont", "fa6": "fontawesome6-regular-webfont"}


class Theme(QObject):
    """Gives the application its looks and keeps them in step with the system.

    `choose` takes "system", "light" or "dark". Widgets are told by their usual PaletteChange event, others
    by `changed`; icons are then to be made anew.
    """

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._choice = "system"
        app.setStyle(Fusion())
        font = app.font()
        if 0 < font.pointSizeF() < _SMALLEST_POINTS:
            font.setPointSizeF(_SMALLEST_POINTS)
            app.setFont(font)
        # No style sheet: under one, widgets that are shown keep the old palette when it changes.
        app.aboutToQuit.connect(_icons.clear)  # pixmaps must not outlive the application
        app.styleHints().colorSchemeChanged.connect(self._follow)
        self._paint(self.dark)

    @property
    def dark(self) -> bool:
        """Whether the dark palette is to be used."""
        if self._choice == "system":
            return self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return self._choice == "dark"

    def choose(self, choice: str) -> None:
        """Use the light or the dark palette, or the one that the system uses from now on."""
        self._choice = choice
        schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
        # So that title bars and the system's own dialogs are of the same kind, where the platform can.
        self._app.styleHints().setColorScheme(schemes.get(choice, Qt.ColorScheme.Unknown))
        self._follow()

    def _follow(self) -> None:
        if self.dark != is_dark():
            self._paint(self.dark)
            self.changed.emit()

    def _paint(self, dark: bool) -> None:
        self._app.setPalette(palette(dark))


class Fusion(QProxyStyle):
    """Fusion, but what is checked wears the accent, and in the dark boxes have rims that can be seen.

    Fusion makes both by darkening a little: too little in the light, and of a dark colour there is nothing to darken.
    """

    def __init__(self) -> None:
        super().__init__("Fusion")

    def drawPrimitive(  # noqa: N802
        self, element: QStyle.PrimitiveElement, option: QStyleOption, painter: QPainter, widget: QWidget | None = None
    ) -> None:
        """Draw as Fusion does, with other colours where it says too little."""
        if element in _RIMMED:
            _rim(option)
        elif element == _Primitive.PE_PanelButtonTool and option.state & QStyle.StateFlag.State_On:
            colours = QPalette(option.palette)
            button, accent = colours.color(_Role.Button), colours.color(_Role.Accent)
            colours.setColor(_Role.Button, _mixed(button, accent, 0.45 if is_dark() else 0.25))
            option.palette = colours
        super().drawPrimitive(element, option, painter, widget)

    def drawComplexControl(  # noqa: N802
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        """Draw as Fusion does, with rims that can be seen."""
        if control in (QStyle.ComplexControl.CC_SpinBox, QStyle.ComplexControl.CC_ComboBox):
            _rim(option)
        super().drawComplexControl(control, option, painter, widget)

    def sizeFromContents(  # noqa: N802
        self, kind: QStyle.ContentsType, option: QStyleOption, size: QSize, widget: QWidget | None = None
    ) -> QSize:
        """The size that Fusion gives, but tabs have room for what hangs below their line of text."""
        found = super().sizeFromContents(kind, option, size, widget)  # type: ignore[arg-type]  # Qt takes None
        if kind == QStyle.ContentsType.CT_TabBarTab:
            found.setHeight(found.height() + _DESCENT)
        return found


_DESCENT = 2  # Fusion cuts off the last pixels of tabs that are not in front
_Primitive = QStyle.PrimitiveElement
_RIMMED = {
    _Primitive.PE_IndicatorCheckBox, _Primitive.PE_IndicatorRadioButton, _Primitive.PE_FrameLineEdit,
    _Primitive.PE_Frame, _Primitive.PE_FrameMenu, _Primitive.PE_FrameGroupBox,
}  # fmt: skip
_RIM = QColor("#85858f")  # of the dark theme; Fusion takes it down to two thirds


def _rim(option: QStyleOption) -> None:
    if is_dark():
        colours = QPalette(option.palette)
        colours.setColor(_Role.Window, _RIM)
        option.palette = colours


def _mixed(one: QColor, other: QColor, share: float) -> QColor:
    rest = 1 - share
    return QColor.fromRgbF(
        one.redF() * rest + other.redF() * share,
        one.greenF() * rest + other.greenF() * share,
        one.blueF() * rest + other.blueF() * share,
    )


def palette(dark: bool) -> QPalette:
    """The light or the dark palette."""
    made = QPalette()
    for role, colour in (_DARK if dark else _LIGHT).items():
        made.setColor(role, QColor(colour))
    for role in _FADED_ROLES:
        made.setColor(_Group.Disabled, role, QColor(_FADED[dark]))
    made.setColor(_Group.Disabled, _Role.Highlight, made.color(_Role.Mid))
    made.setColor(_Group.Disabled, _Role.Accent, made.color(_Role.Mid))
    return made


def is_dark() -> bool:
    """Whether the application's palette is a dark one."""
    return QGuiApplication.palette().color(_Role.Window).lightness() < 128


def accent() -> QColor:
    """The colour that marks what is chosen."""
    return QGuiApplication.palette().color(_Role.Accent)


def icon(name: str, colour: QColor | None = None) -> QIcon:
    """An icon of the fonts that come with qtawesome, such as 'fa6s.gear', in the palette's colours or in `colour`.

    Made once per name and colour. Raises EditorError when the fonts are not installed, ValueError for a name
    that is not in them. The window's thread only.
    """
    colours = QGuiApplication.palette()
    normal = colour or colours.color(_Group.Active, _Role.ButtonText)
    faded = colours.color(_Group.Disabled, _Role.ButtonText)
    key = (name, normal.rgba(), faded.rgba())
    made = _icons.get(key)
    if made is None:
        glyph = _glyph(name)
        made = QIcon()
        for side in _ICON_PX:
            for mode, ink in ((QIcon.Mode.Normal, normal), (QIcon.Mode.Disabled, faded)):
                made.addPixmap(_drawn(glyph, side, ink), mode)
        _icons[key] = made
    return made


_icons: dict[tuple[str, int, int], QIcon] = {}


def _drawn(glyph: QPainterPath, side: int, ink: QColor) -> QPixmap:
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    box = glyph.boundingRect()
    scale = min(0.875 * side / _EM, (side - 1) / max(box.width(), box.height()))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(QPointF(side / 2, side / 2))
    painter.scale(scale, scale)
    painter.translate(-box.center())
    painter.fillPath(glyph, ink)
    painter.end()
    return pixmap


_EM = 512  # pixels at which the outlines are taken


@cache
def _glyph(name: str) -> QPainterPath:
    # The outlines come straight from qtawesome's fonts: importing qtawesome takes as long as the window itself.
    prefix, _, rest = name.partition(".")
    family, characters = _font(prefix)
    if rest not in characters:
        raise ValueError(f"no icon is named {name!r}")
    font = QFont(family)
    font.setPixelSize(_EM)
    font.setStyleStrategy(QFont.StyleStrategy.NoFontMerging)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    path = QPainterPath()
    path.addText(QPointF(0, 0), font, chr(int(characters[rest], 16)))
    return path


@cache
def _font(prefix: str) -> tuple[str, dict[str, str]]:
    if prefix not in _FONTS:
        raise ValueError(f"no icons are named {prefix}.…: use {', '.join(_FONTS)}")
    package = find_spec("qtawesome")
    folder = Path(package.origin).parent / "fonts" if package and package.origin else Path()
    stem = _FONTS[prefix]
    files, maps = sorted(folder.glob(f"{stem}-[0-9]*.ttf")), sorted(folder.glob(f"{stem}-charmap-*.json"))
    number = QFontDatabase.addApplicationFont(str(files[-1])) if files and maps else -1
    if number < 0:
        raise EditorError("The fonts of the icons are missing: install qtawesome again (pip install qtawesome).")
    return QFontDatabase.applicationFontFamilies(number)[0], json.loads(maps[-1].read_text(encoding="utf-8"))
