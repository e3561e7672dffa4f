"""The theme: style and palette of the application, the scale of spaces and type, and icons in the palette's colours."""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QObject, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QIcon,
    QIconEngine,
    QPainter,
    QPainterPath,
    QPalette,
    QPixmap,
)
from PySide6.QtWidgets import QApplication, QWidget

from rim_editor.errors import EditorError
from rim_editor.ui.palettes import is_dark, palette
from rim_editor.ui.style import FlatStyle

_Group, _Role = QPalette.ColorGroup, QPalette.ColorRole

TIGHT, SPACE, WIDE, GAP = 4, 8, 12, 16
"""Logical pixels between things that belong together, between neighbours, around a panel, and between groups."""
ICON_SIDE, TOOL_SIDE = 18, 20
"""Sides of icons in toolbars and of tools, in logical pixels."""
_SMALLEST_POINTS = 10.0
_TYPE = {"small": 0.9, "normal": 1.0, "large": 1.2, "title": 1.45}
"""The type scale, in sizes of the application's font."""

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
        app.setStyle(FlatStyle())
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


def set_type(widget: QWidget, size: str, *, bold: bool = False) -> None:
    """Give a widget one of the four sizes of type: small, normal, large or title."""
    font = QGuiApplication.font()
    font.setPointSizeF(font.pointSizeF() * _TYPE[size])
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    widget.setFont(font)


def icon(name: str, colour: QColor | None = None) -> QIcon:
    """An icon of the fonts that come with qtawesome, such as 'fa6s.gear', in the palette's colours or in `colour`.

    Made once per name and colour, and drawn when it is first shown in a size. Raises EditorError when the fonts are
    not installed, ValueError for a name that is not in them. The window's thread only.
    """
    colours = QGuiApplication.palette()
    normal = colour or colours.color(_Group.Active, _Role.ButtonText)
    disabled = colours.color(_Group.Disabled, _Role.ButtonText)
    key = (name, normal.rgba(), disabled.rgba())
    made = _icons.get(key)
    if made is None:
        _character(name)
        made = _icons[key] = QIcon(_IconEngine(*key))
    return made


_icons: dict[tuple[str, int, int], QIcon] = {}


def clear_icons() -> None:
    """Forget the icons that were made and the fonts that were loaded for them."""
    _icons.clear()
    for cached in (_drawn, _glyph, _font):
        cached.cache_clear()


class _IconEngine(QIconEngine):
    """Draws an icon in the size that is wanted, when it is wanted."""

    def __init__(self, name: str, normal: int, disabled: int) -> None:
        super().__init__()
        self._name, self._normal, self._disabled = name, normal, disabled

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Paint it into a square in the middle of the rectangle."""
        ink = self._disabled if mode == QIcon.Mode.Disabled else self._normal
        painter.save()
        painter.translate(rect.x() + rect.width() / 2, rect.y() + rect.height() / 2)
        _paint(painter, self._name, min(rect.width(), rect.height()), ink)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """As large as `size`, in device pixels."""
        ink = self._disabled if mode == QIcon.Mode.Disabled else self._normal
        return _drawn(self._name, size.width(), size.height(), ink)

    def clone(self) -> QIconEngine:
        """Another one for the same icon."""
        return _IconEngine(self._name, self._normal, self._disabled)


@cache
def _drawn(name: str, width: int, height: int, ink: int) -> QPixmap:
    pixmap = QPixmap(width, height)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.translate(width / 2, height / 2)
    _paint(painter, name, min(width, height), ink)
    painter.end()
    return pixmap


def _paint(painter: QPainter, name: str, side: int, ink: int) -> None:
    """Paint an icon around the origin."""
    glyph = _glyph(name)
    box = glyph.boundingRect()
    scale = min(0.875 * side / _EM, (side - 1) / max(box.width(), box.height()))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(scale, scale)
    painter.translate(-box.center())
    painter.fillPath(glyph, QColor.fromRgba(ink))


_EM = 512  # font size in pixels at which the outlines are taken


@cache
def _glyph(name: str) -> QPainterPath:
    # The outlines come straight from qtawesome's fonts: importing qtawesome takes as long as the window itself.
    family, character = _character(name)
    font = QFont(family)
    font.setPixelSize(_EM)
    font.setStyleStrategy(QFont.StyleStrategy.NoFontMerging)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    path = QPainterPath()
    path.addText(QPointF(0, 0), font, character)
    return path


def _character(name: str) -> tuple[str, str]:
    """The font of an icon and its character in there."""
    prefix, _, rest = name.partition(".")
    family, characters = _font(prefix)
    if rest not in characters:
        raise ValueError(f"no icon is named {name!r}")
    return family, chr(int(characters[rest], 16))


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
