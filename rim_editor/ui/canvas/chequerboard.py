"""The chequerboard that shows where the image is transparent: its two greys, the side of its squares, its brush."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPalette

from rim_editor.documents.edits import Colour
from rim_editor.ui.palettes import is_dark

_SIDE = 10
"""Of a square, in logical pixels."""
_BRIGHT: tuple[Colour, Colour] = (255, 255, 255), (220, 220, 220)
"""The greys on a bright surround."""
_DIM: tuple[Colour, Colour] = (78, 78, 78), (58, 58, 58)
"""The greys on a dark surround."""


def chequerboard(palette: QPalette, ratio: float) -> QBrush:
    """The brush that fills with it, in device pixels; `ratio` is how many there are to a logical one.

    The same brush for the same arguments, which `BackingStore` relies on to notice a change cheaply.
    """
    return _brush(*(_DIM if is_dark(palette) else _BRIGHT), max(1, round(_SIDE * ratio)))


@lru_cache(maxsize=4)
def _brush(light: Colour, dark: Colour, side: int) -> QBrush:
    tile = QImage(2 * side, 2 * side, QImage.Format.Format_RGB32)
    tile.fill(QColor(*light))
    painter = QPainter(tile)
    painter.fillRect(side, 0, side, side, QColor(*dark))
    painter.fillRect(0, side, side, side, QColor(*dark))
    painter.end()
    brush = QBrush()
    brush.setTextureImage(tile)
    return brush
