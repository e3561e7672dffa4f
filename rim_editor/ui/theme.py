"""The theme: the Fusion style with a light and a dark palette, and icons in the palette's colours."""

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
_DISABLED_TEXT = {False: "#9b9ba4", True: "#6f6f78"}
_DISABLED_ROLES = (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.PlaceholderText)

_SMALLEST_POINTS = 10.0

# In device pixels: the sizes that menus, buttons and toolbars request at 100, 150 and 200 % scaling.
_ICON_PX = (16, 18, 20, 24, 28, 32, 36, 40, 48)
_FONTS = {"fa6s": "fontawesome6-solid-webfont", "fa6": "fontawesome6-regular-webfont"}


class Theme(QObject):
    """Sets the style, palette and font of the application, and follows the system's colour scheme.

    `choose` takes "system", "light" or "dark". After a change, icons must be made again.
    """

    changed = Signal()
    """The palette has changed; widgets get a PaletteChange event as well."""

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
        app.aboutToQuit.connect(clear_icons)  # pixmaps must not outlive the application
        app.styleHints().colorSchemeChanged.connect(self._follow)
        app.setPalette(palette(self.dark))

    @property
    def dark(self) -> bool:
        """Whether the dark palette should be used."""
        if self._choice == "system":
            return self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return self._choice == "dark"

    def choose(self, choice: str) -> None:
        """Use the light or the dark palette, or the one that the system uses from now on."""
        self._choice = choice
        schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
        # Title bars and the system's own dialogs follow, where the platform supports it.
        self._app.styleHints().setColorScheme(schemes.get(choice, Qt.ColorScheme.Unknown))
        self._follow()

    def _follow(self) -> None:
        if self.dark != is_dark():
            self._app.setPalette(palette(self.dark))
            self.changed.emit()


class Fusion(QProxyStyle):
    """Fusion with stronger contrast: checked buttons use the accent colour, and dark boxes have visible borders.

    Fusion only darkens the colour a little, which is too weak in light themes and invisible in dark ones.
    """

    def __init__(self) -> None:
        super().__init__("Fusion")

    def drawPrimitive(  # noqa: N802
        self, element: QStyle.PrimitiveElement, option: QStyleOption, painter: QPainter, widget: QWidget | None = None
    ) -> None:
        """Draw as Fusion does, with stronger colours for borders and checked buttons."""
        if element in _BORDERED:
            _strengthen_border(option)
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
        """Draw as Fusion does, with visible borders."""
        if control in (QStyle.ComplexControl.CC_SpinBox, QStyle.ComplexControl.CC_ComboBox):
            _strengthen_border(option)
        super().drawComplexControl(control, option, painter, widget)

    def sizeFromContents(  # noqa: N802
        self, kind: QStyle.ContentsType, option: QStyleOption, size: QSize, widget: QWidget | None = None
    ) -> QSize:
        """The size that Fusion returns, with room for descenders in tabs."""
        found = super().sizeFromContents(kind, option, size, widget)  # type: ignore[arg-type]  # Qt takes None
        if kind == QStyle.ContentsType.CT_TabBarTab:
            found.setHeight(found.height() + _DESCENT)
        return found


_DESCENT = 2  # Fusion cuts off the last pixels of inactive tabs
_Primitive = QStyle.PrimitiveElement
_BORDERED = {
    _Primitive.PE_IndicatorCheckBox, _Primitive.PE_IndicatorRadioButton, _Primitive.PE_FrameLineEdit,
    _Primitive.PE_Frame, _Primitive.PE_FrameMenu, _Primitive.PE_FrameGroupBox,
}  # fmt: skip
_BORDER = QColor("#85858f")  # in dark themes; Fusion darkens it to two thirds


def _strengthen_border(option: QStyleOption) -> None:
    if is_dark():
        colours = QPalette(option.palette)
        colours.setColor(_Role.Window, _BORDER)
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
    for role in _DISABLED_ROLES:
        made.setColor(_Group.Disabled, role, QColor(_DISABLED_TEXT[dark]))
    made.setColor(_Group.Disabled, _Role.Highlight, made.color(_Role.Mid))
    made.setColor(_Group.Disabled, _Role.Accent, made.color(_Role.Mid))
    return made


def is_dark(palette: QPalette | None = None) -> bool:
    """Whether a palette is dark; by default the application's."""
    return (palette or QGuiApplication.palette()).color(_Role.Window).lightness() < 128


def accent() -> QColor:
    """The colour of the selection."""
    return QGuiApplication.palette().color(_Role.Accent)


def icon(name: str, colour: QColor | None = None) -> QIcon:
    """An icon of the fonts that come with qtawesome, such as 'fa6s.gear', in the palette's colours or in `colour`.

    Made once per name and colour. Raises EditorError when the fonts are not installed, ValueError for a name
    that is not in them. The window's thread only.
    """
    colours = QGuiApplication.palette()
    normal = colour or colours.color(_Group.Active, _Role.ButtonText)
    disabled = colours.color(_Group.Disabled, _Role.ButtonText)
    key = (name, normal.rgba(), disabled.rgba())
    made = _icons.get(key)
    if made is None:
        glyph = _glyph(name)
        made = QIcon()
        for side in _ICON_PX:
            for mode, ink in ((QIcon.Mode.Normal, normal), (QIcon.Mode.Disabled, disabled)):
                made.addPixmap(_drawn(glyph, side, ink), mode)
        _icons[key] = made
    return made


_icons: dict[tuple[str, int, int], QIcon] = {}


def clear_icons() -> None:
    """Forget the icons that were made and the fonts that were loaded for them."""
    _icons.clear()
    _glyph.cache_clear()
    _font.cache_clear()


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


_EM = 512  # font size in pixels at which the outlines are taken


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
