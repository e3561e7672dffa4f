"""The status bar: a message that does not fit beside the labels ends in dots and leaves them alone."""

import pytest
from PySide6.QtWidgets import QLabel

from rim_editor.ui.window.status_bar import MessageLine, StatusBar

LONG = "Draw around what belongs to the object; with Alt, Ctrl or Subtract, what does not (L)"


@pytest.fixture
def line(qtbot):
    made = MessageLine()
    qtbot.addWidget(made)
    StatusBar(made).show_size((4000, 3000))
    made.resize(900, 28)
    made.show()
    qtbot.waitExposed(made)
    return made


def ink(line, left, right):
    """Whether anything but the ground is painted between two columns."""
    image = line.grab().toImage()
    ground = image.pixel(0, 0)
    columns = range(left, right)
    return any(image.pixel(x, y) != ground for x in columns for y in range(image.height()))


def test_a_message_is_shown_whole_where_there_is_room(line):
    line.showMessage("Saved.")
    assert line.shown_message() == "Saved." and ink(line, 0, 100)
    line.showMessage(LONG)
    assert line.shown_message() == LONG
    line.clearMessage()
    assert line.shown_message() == "" and not ink(line, 0, 100)


def test_a_message_ends_in_dots_before_the_labels(line, qtbot):
    line.resize(420, 28)
    line.showMessage(LONG)
    size = line.findChild(QLabel, "status_size")
    qtbot.waitUntil(lambda: size.x() < 420)
    shown = line.shown_message()
    assert shown.endswith("…") and LONG.startswith(shown[:-1]) and len(shown) > 20
    assert line.fontMetrics().horizontalAdvance(shown) < size.x()
    assert not ink(line, size.x() - 4, size.x())
