"""Draws the sizes of the icon from its two SVG files: `python resources/icons/render.py`, after one was changed."""

import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

FOLDER = Path(__file__).parent
SMALL = 24
"""Pixels a side up to which the simpler drawing, with fewer and thicker lines, is the one that can be read."""
SIZES = (16, 24, 32, 48, 64, 128, 256)


def drawn(size: int) -> QImage:
    """The icon, `size` pixels a side."""
    renderer = QSvgRenderer(str(FOLDER / ("rim-editor-small.svg" if size <= SMALL else "rim-editor.svg")))
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return image


if __name__ == "__main__":
    for size in SIZES:
        if not drawn(size).save(str(FOLDER / f"{size}.png")):
            sys.exit(f"{FOLDER / f'{size}.png'} cannot be written")
