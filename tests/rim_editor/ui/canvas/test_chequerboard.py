"""The squares behind transparency: their side follows the screen, their greys the palette."""

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter

from rim_editor.ui.canvas.chequerboard import chequerboard
from rim_editor.ui.palettes import palette


def painted(brush, width, height):
    image = QImage(width, height, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    painter.fillRect(image.rect(), brush)
    painter.end()
    return np.array([[image.pixelColor(x, y).red() for x in range(width)] for y in range(height)])


@pytest.mark.parametrize(("ratio", "side"), [(1.0, 10), (1.25, 12), (2.0, 20)])
@pytest.mark.parametrize(("dark", "greys"), [(False, (255, 220)), (True, (78, 58))])
def test_squares_of_ten_logical_pixels_alternate_between_two_greys(qtbot, dark, greys, ratio, side):
    board = painted(chequerboard(palette(dark), ratio), 3 * side, 2 * side)
    expected = np.kron([[0, 1, 0], [1, 0, 1]], np.ones((side, side), int))
    assert (board == np.array(greys)[expected]).all()


def test_the_same_brush_comes_again_so_that_nothing_is_drawn_anew(qtbot):
    assert chequerboard(palette(False), 1.5) == chequerboard(palette(False), 1.5)
