"""The tool Pick by mouse and keys on the real canvas: clicks, boxes, marks, and what takes them away."""

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from rim_editor.documents.document import Combine
from rim_editor.ui.canvas.canvas import Canvas
from rim_editor.ui.canvas.tools import Tool
from rim_editor.ui.qt_image import to_array

LEFT, RIGHT, NO_BUTTON = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.NoButton
CTRL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
DOG, CAT = (96, 120), (224, 120)
"""The middles of two discs of the model, in the image of 320 x 200."""


@pytest.fixture
def canvas(qtbot, editor):
    made = Canvas()
    qtbot.addWidget(made)
    made.resize(400, 324)
    made.show()
    qtbot.waitExposed(made)
    made.set_editor(editor)
    made.set_zoom(1)
    made.set_tool(Tool.PICK)
    qtbot.waitUntil(lambda: not made.pending)
    made.grab()
    return made


def drag(canvas, *spots, button=LEFT, modifiers=NONE):
    kinds = [QEvent.Type.MouseButtonPress, *[QEvent.Type.MouseMove] * (len(spots) - 2), QEvent.Type.MouseButtonRelease]
    for kind, spot in zip(kinds, spots, strict=True):
        here = QPointF(*canvas.viewport.to_window(spot))
        pressed = NO_BUTTON if kind is QEvent.Type.MouseMove else button
        held = NO_BUTTON if kind is QEvent.Type.MouseButtonRelease else button
        QApplication.sendEvent(canvas, QMouseEvent(kind, here, canvas.mapToGlobal(here), pressed, held, modifiers))


def click(canvas, at, **more):
    drag(canvas, at, at, **more)


def key(canvas, which):
    QApplication.sendEvent(canvas, QKeyEvent(QEvent.Type.KeyPress, which, NONE))


def colour_at(canvas, at):
    x, y = canvas.viewport.to_window(at)
    return to_array(canvas.grab().toImage())[round(y), round(x), :3].astype(int)


def test_a_click_keeps_what_is_under_it(canvas, editor):
    click(canvas, DOG)
    (answer,) = editor.document.parts
    ((x, y, keep),) = answer.points
    assert keep and abs(x - DOG[0]) < 1 and abs(y - DOG[1]) < 1
    matte = editor.renderer.matte(editor.document)
    assert matte[120, 96] == 1 and matte[120, 224] == 0


@pytest.mark.parametrize("how", [{"modifiers": CTRL}, {"button": RIGHT}])
def test_ctrl_and_the_right_button_drop(canvas, editor, how):
    drag(canvas, (10, 10), (150, 60), (310, 190))
    assert editor.renderer.matte(editor.document)[120, 224] == 1
    click(canvas, CAT, **how)
    (answer,) = editor.document.parts
    assert [keep for *_, keep in answer.points] == [False] and answer.box is not None
    matte = editor.renderer.matte(editor.document)
    assert matte[120, 224] == 0 and matte[120, 96] == 1


def test_a_drag_draws_a_box_that_ends_at_the_border(canvas, editor):
    drag(canvas, (150, 40), (300, 100), (900, 190))
    (answer,) = editor.document.parts
    assert answer.box == pytest.approx((150, 40, 320, 190), abs=1) and answer.points == ()


def test_a_click_outside_of_the_image_counts_for_nothing(canvas, editor):
    click(canvas, (-8, 50))
    assert not editor.document.parts


def test_a_slip_of_a_few_pixels_is_a_click(canvas, editor):
    drag(canvas, DOG, (98, 121))
    assert editor.document.parts[0].box is None


def test_dots_are_painted_and_a_click_on_one_takes_it_away(canvas, editor):
    click(canvas, DOG)
    click(canvas, (40, 180), button=RIGHT)
    green, red = colour_at(canvas, (99, 123)), colour_at(canvas, (43, 183))
    assert green[1] > green[0] and red[0] > red[1]
    click(canvas, (42, 181))
    assert len(editor.document.parts[0].points) == 1


def test_a_click_that_takes_away_is_red(canvas, editor):
    editor.ask("the dog")
    canvas.picks.set_bar(str, lambda: Combine.SUBTRACT)
    click(canvas, DOG)
    red = colour_at(canvas, (DOG[0] + 3, DOG[1] + 3))
    assert red[0] > red[1]


def test_a_box_is_painted_while_it_is_drawn(canvas):
    before = colour_at(canvas, (150, 100))
    start, end = canvas.viewport.to_window((150, 50)), canvas.viewport.to_window((250, 150))
    for kind, at, button in ((QEvent.Type.MouseButtonPress, start, LEFT), (QEvent.Type.MouseMove, end, NO_BUTTON)):
        here = QPointF(*at)
        QApplication.sendEvent(canvas, QMouseEvent(kind, here, canvas.mapToGlobal(here), button, LEFT, NONE))
    assert abs(colour_at(canvas, (150, 100)) - before).max() > 40
    key(canvas, Qt.Key.Key_Escape)
    assert abs(colour_at(canvas, (150, 100)) - before).max() < 10


def test_esc_clears_the_marks_and_backspace_takes_back_the_last(canvas, editor):
    click(canvas, DOG)
    click(canvas, CAT)
    key(canvas, Qt.Key.Key_Backspace)
    assert len(editor.document.parts[0].points) == 1
    key(canvas, Qt.Key.Key_Escape)
    assert not canvas.picks.marks and editor.document.parts


def test_with_another_tool_keys_and_marks_are_not_there(canvas, editor):
    click(canvas, DOG)
    canvas.set_tool(Tool.PAN)
    key(canvas, Qt.Key.Key_Backspace)
    assert len(editor.document.parts[0].points) == 1


def test_words_and_the_choice_come_from_the_bar(canvas, editor, model):
    canvas.picks.set_bar(lambda: "the dog", lambda: Combine.NEW)
    editor.ask("the dog")
    click(canvas, DOG)
    assert model.expressions[-1] == "the dog" and len(model.prompts[-1][0]) == 1
    canvas.picks.set_bar(lambda: "the dog", lambda: Combine.ADD)
    click(canvas, CAT)
    assert [part.combine for part in editor.document.parts] == [Combine.NEW, Combine.ADD]
