"""Draws the sizes of the icon from its two SVG files, and puts them together for Windows (.ico) and macOS (.icns).

`python resources/icons/render.py`, after one of the drawings was changed.
"""

import sys
from pathlib import Path

from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

FOLDER = Path(__file__).parent
SMALL = 24
"""Pixels a side up to which the simpler drawing, with fewer and thicker lines, is the one that can be read."""
SIZES = (16, 24, 32, 48, 64, 128, 256)
MACOS_SIZES = (16, 32, 64, 128, 256, 512, 1024)


def drawn(size: int) -> QImage:
    """The icon, `size` pixels a side."""
    renderer = QSvgRenderer(str(FOLDER / ("rim-editor-small.svg" if size <= SMALL else "rim-editor.svg")))
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return image


def pillow(size: int) -> Image.Image:
    """The same for Pillow."""
    return Image.fromqimage(drawn(size).convertToFormat(QImage.Format.Format_RGBA8888)).convert("RGBA")


if __name__ == "__main__":
    for size in SIZES:
        if not drawn(size).save(str(FOLDER / f"{size}.png")):
            sys.exit(f"{FOLDER / f'{size}.png'} cannot be written")
    for name, sizes in (("rim-editor.ico", SIZES), ("rim-editor.icns", MACOS_SIZES)):
        *smaller, largest = map(pillow, sizes)
        pairs = [(size, size) for size in sizes]
        options = {"sizes": pairs} if name.endswith(".ico") else {}
        largest.save(FOLDER / name, append_images=smaller, **options)
