"""Where a dialog opens: in the middle of its window, but with its title bar on the screen."""

import pytest
from PySide6.QtCore import QPoint, QSize
from PySide6.QtWidgets import QDialog, QWidget

from rim_editor.ui.named_widgets import resize_on_screen

TITLE = 20
"""Pixels that a window manager adds above, unknown to Qt before a window is shown."""


@pytest.fixture
def opened(qtbot):
    def open_over(place, size, wanted):
        window = QWidget()
        qtbot.addWidget(window)
        window.setGeometry(place.x(), place.y(), size.width(), size.height())
        window.show()
        dialog = QDialog(window)
        resize_on_screen(dialog, wanted)
        dialog.show()
        qtbot.waitExposed(dialog)
        return window, dialog

    return open_over


@pytest.mark.parametrize("place", [QPoint(0, 0), QPoint(60, 0), QPoint(120, 30), QPoint(500, 500)])
@pytest.mark.parametrize("wanted", [QSize(400, 500), QSize(3000, 3000)])
def test_title_bar_and_buttons_are_on_the_screen(opened, place, wanted):
    window, dialog = opened(place, QSize(300, 200), wanted)
    screen = window.screen().availableGeometry()
    assert screen.contains(dialog.geometry().adjusted(0, -TITLE, 0, 0))


def test_it_is_in_the_middle_of_its_window_where_there_is_room(opened):
    window, dialog = opened(QPoint(200, 200), QSize(400, 400), QSize(200, 100))
    assert (dialog.geometry().center() - window.geometry().center()).manhattanLength() <= 2


def test_one_that_was_moved_stays_where_it_is(opened):
    _, dialog = opened(QPoint(0, 0), QSize(300, 200), QSize(200, 100))
    dialog.hide()
    dialog.move(77, 99)
    dialog.show()
    assert dialog.pos() == QPoint(77, 99)
