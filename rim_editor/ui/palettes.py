"""The colours of the window: a light and a dark palette, and those for meanings that a palette has no role for."""

from __future__ import annotations

from PySide6.QtGui import QColor, QGuiApplication, QPalette

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

_SIGNALS = {
    False: {"good": "#1a7f4b", "unsure": "#8a5a00", "bad": "#c22f2f", "none": "#6c6c76"},
    True: {"good": "#58c48a", "unsure": "#e3b341", "bad": "#f1736d", "none": "#96969f"},
}


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


def signal_colour(meaning: str, palette: QPalette | None = None) -> QColor:
    """The colour for 'good', 'unsure', 'bad' or 'none', legible as text on the window of the palette."""
    return QColor(_SIGNALS[is_dark(palette)][meaning])


def mixed(one: QColor, other: QColor, share: float) -> QColor:
    """A colour between two: `share` of `other`, 0 to 1, and the rest of `one`."""
    rest = 1 - share
    return QColor.fromRgbF(
        one.redF() * rest + other.redF() * share,
        one.greenF() * rest + other.greenF() * share,
        one.blueF() * rest + other.blueF() * share,
    )
