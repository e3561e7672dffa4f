"""The tool Place by mouse and keys on the real canvas: moved, scaled by corners, turned by the round handle."""

import math

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from rim_editor.documents.composition import Placement
from rim_editor.documents.document import Combine, ImportedMatte
from rim_editor.documents.edits import Highlight, SolidColour
from rim_editor.ui.canvas.canvas import Canvas
from rim_editor.ui.canvas.place_marks import Handle
from rim_editor.ui.canvas.tools import Tool
from rim_editor.ui.qt_image import to_array

LEFT, NO_BUTTON = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
WIDTH, HEIGHT = 320, 200
BOX = (80, 60, 180, 140)
MIDDLE = (130, 100)


@pytest.fixture
def canvas(qtbot, editor):
    matte = np.zeros((HEIGHT, WIDTH), np.float32)
    matte[BOX[1] : BOX[3], BOX[0] : BOX[2]] = 1
    matte.setflags(write=False)
    editor.add_part(ImportedMatte("box", Combine.NEW, matte))
    editor.set_edit(SolidColour((0, 0, 0)))
    made = Canvas()
    qtbot.addWidget(made)
    made.resize(480, 400)
    made.show()
    qtbot.waitExposed(made)
    made.set_editor(editor)
    made.set_zoom(1)
    made.set_tool(Tool.PLACE)
    qtbot.waitUntil(lambda: not made.pending)
    made.grab()
    return made


def send(canvas, kind, window_point, held=LEFT, modifiers=NONE):
    here = QPointF(*window_point)
    button = NO_BUTTON if kind is QEvent.Type.MouseMove else LEFT
    QApplication.sendEvent(canvas, QMouseEvent(kind, here, canvas.mapToGlobal(here), button, held, modifiers))


def drag(canvas, *spots, modifiers=NONE, release=True):
    """Between points of the image."""
    points = [canvas.viewport.to_window(spot) for spot in spots]
    send(canvas, QEvent.Type.MouseButtonPress, points[0], modifiers=modifiers)
    for point in points[1:]:
        send(canvas, QEvent.Type.MouseMove, point, modifiers=modifiers)
    if release:
        send(canvas, QEvent.Type.MouseButtonRelease, points[-1], NO_BUTTON, modifiers)


def placement(editor):
    return editor.document.composition.placement


def test_a_drag_moves_the_object_with_the_pointer_in_one_step(canvas, editor):
    steps = len(editor.history.steps)
    drag(canvas, MIDDLE, (140, 100), (162, 90))
    assert placement(editor).right == pytest.approx(32 / WIDTH) and placement(editor).down == pytest.approx(
        -10 / HEIGHT
    )
    assert len(editor.history.steps) == steps + 1
    drag(canvas, (20, 20), (30, 20))  # beside it too, so that something small can be moved
    assert placement(editor).right == pytest.approx(42 / WIDTH)
    editor.undo()
    editor.undo()
    assert placement(editor) == Placement()


def test_a_corner_scales_about_the_middle(canvas, editor):
    half = np.array([50, 40])
    drag(
        canvas,
        tuple(np.array(MIDDLE) + half),
        tuple(np.array(MIDDLE) + 1.2 * half),
        tuple(np.array(MIDDLE) + 1.5 * half),
    )
    found = placement(editor)
    assert found.scale == pytest.approx(1.5, abs=0.02) and (found.right, found.down, found.angle) == (0, 0, 0)


def test_the_round_handle_turns_and_shift_takes_steps_of_15_degrees(canvas, editor):
    canvas.grab()
    top = canvas.viewport.to_window((MIDDLE[0], BOX[1]))
    knob = canvas.viewport.to_image((top[0], top[1] - 28))

    def around(degrees):
        far = MIDDLE[1] - knob[1]
        return MIDDLE[0] + far * math.sin(math.radians(degrees)), MIDDLE[1] - far * math.cos(math.radians(degrees))

    drag(canvas, knob, around(20), around(37))
    assert placement(editor).angle == pytest.approx(37, abs=1)
    editor.undo()
    canvas.grab()
    drag(canvas, knob, around(37), modifiers=SHIFT)
    assert placement(editor).angle == 30


@pytest.mark.parametrize(
    ("down", "knob"),
    [
        (-0.6, (0, -28)),  # the upper side is 40 pixels below the window's edge
        (-0.7, (0, -8)),
        (-0.8, (0, 12)),  # at the window's edge: inside of the object
        (-1.0, (0, 52)),  # beyond the edge, so that the lower part of the object is seen
    ],
)
def test_the_round_handle_comes_inside_where_there_is_no_room(canvas, editor, down, knob):
    editor.composition.place(Placement(down=down))
    canvas.grab()
    middle = MIDDLE[0] + knob[0], BOX[1] + down * HEIGHT + knob[1]
    x, y = canvas.viewport.to_window(middle)
    assert 12 <= y <= canvas.height() - 12
    assert canvas.places.handle_at((x, y)) is Handle.TURN
    assert canvas.places.handle_at((x, y + 14)) is not Handle.TURN
    around = (MIDDLE[0] + (MIDDLE[1] + down * HEIGHT - middle[1]), MIDDLE[1] + down * HEIGHT)
    drag(canvas, middle, around)
    assert abs(placement(editor).angle) == pytest.approx(90, abs=1)
    editor.undo()


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_the_round_handle_of_a_turned_object_is_seen_too(canvas, editor, angle):
    right, down = {90: (0.75, 0), 180: (0, 0.85), 270: (-0.65, 0)}[angle]
    editor.composition.place(Placement(right, down, 1, angle))
    canvas.grab()
    seen = [
        (x, y)
        for x in range(2, canvas.width(), 4)
        for y in range(2, canvas.height(), 4)
        if canvas.places.handle_at((x, y)) is Handle.TURN
    ]
    assert seen, "the handle can be hit"


def test_escape_puts_it_back_during_a_drag(canvas, editor):
    drag(canvas, MIDDLE, (200, 150), release=False)
    assert placement(editor) != Placement()
    QApplication.sendEvent(canvas, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Escape, NONE))
    assert placement(editor) == Placement()


def test_arrow_keys_move_by_pixels(canvas, editor):
    for key, modifiers in ((Qt.Key.Key_Right, NONE), (Qt.Key.Key_Right, NONE), (Qt.Key.Key_Down, SHIFT)):
        QApplication.sendEvent(canvas, QKeyEvent(QEvent.Type.KeyPress, key, modifiers))
    assert placement(editor).right == pytest.approx(2 / WIDTH)
    assert placement(editor).down == pytest.approx(10 / HEIGHT)


def test_the_frame_is_drawn_around_the_object_and_only_with_the_tool(canvas, editor, qtbot):
    def blue():
        pixels = to_array(canvas.grab().toImage())[..., :3].astype(int)
        return np.abs(pixels - (38, 128, 235)).max(-1) < 12

    def corner_shown(x, y):
        x, y = (round(at) for at in canvas.viewport.to_window((x, y)))
        return blue()[y - 4 : y + 4, x - 4 : x + 4].any()

    assert all(corner_shown(x, y) for x in BOX[::2] for y in BOX[1::2])
    editor.composition.place(Placement(right=64 / WIDTH))
    assert corner_shown(BOX[0] + 64, BOX[1]) and not corner_shown(BOX[0], BOX[3])
    canvas.set_tool(Tool.PAN)
    assert not blue().any()


def test_a_highlight_is_not_placed_and_a_drag_moves_the_view(canvas, editor):
    editor.set_edit(Highlight())
    before = canvas.viewport
    drag(canvas, MIDDLE, (150, 110))
    assert placement(editor) == Placement() and canvas.places.middle is None
    assert canvas.viewport.image == before.image


def test_without_an_object_there_is_nothing_to_place(canvas, editor):
    editor.clear_matte()
    canvas.grab()
    drag(canvas, MIDDLE, (200, 150))
    assert placement(editor) == Placement()


def test_without_an_object_the_arrow_keys_say_what_is_missing_and_redo_stays(canvas, editor):
    heard = []
    editor.undo()
    editor.undo()
    assert editor.history.can_redo and not editor.document.layer.has_matte
    stop = editor.listen(heard.append)
    QApplication.sendEvent(canvas, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier))
    assert any("nothing to place" in getattr(event, "text", "") for event in heard)
    assert editor.history.can_redo and placement(editor) == Placement()
    stop()
