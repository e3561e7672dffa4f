"""Lasso, rectangle and the straight line from the last stroke, by mouse and keys on the real canvas."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from rim_editor.documents.document import Answer, Brush, Combine, Patch, Region, Stroke
from rim_editor.documents.rendering import View, ViewMode
from rim_editor.editor.events import Notice, NoticeCode
from rim_editor.ui.canvas.canvas import Canvas
from rim_editor.ui.canvas.tools import Tool
from rim_editor.ui.qt_image import to_array

LEFT, NO_BUTTON = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier,
)  # fmt: skip
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def canvas(qtbot, editor):
    made = Canvas()
    qtbot.addWidget(made)
    made.resize(400, 324)
    made.show()
    qtbot.waitExposed(made)
    made.set_editor(editor)
    made.set_zoom(1)
    qtbot.waitUntil(lambda: not made.pending)
    return made


def mouse(canvas, kind, at, modifiers=NONE):
    x, y = canvas.viewport.to_window(at)
    button = NO_BUTTON if kind is QEvent.Type.MouseMove else LEFT
    buttons = NO_BUTTON if kind is QEvent.Type.MouseButtonRelease else LEFT
    here = QPointF(x, y)
    QApplication.sendEvent(canvas, QMouseEvent(kind, here, canvas.mapToGlobal(here), button, buttons, modifiers))


def drag(canvas, *spots, modifiers=NONE, let_go=True):
    """Drag between points of the image."""
    mouse(canvas, QEvent.Type.MouseButtonPress, spots[0], modifiers)
    for spot in spots[1:]:
        mouse(canvas, QEvent.Type.MouseMove, spot, modifiers)
    if let_go:
        mouse(canvas, QEvent.Type.MouseButtonRelease, spots[-1], modifiers)


def key(canvas, which, kind=QEvent.Type.KeyPress, modifiers=NONE):
    QApplication.sendEvent(canvas, QKeyEvent(kind, which, modifiers))


def colour_at(canvas, at):
    x, y = canvas.viewport.to_window(at)
    return to_array(canvas.grab().toImage())[round(y), round(x), :3].astype(int)


def test_a_rectangle_is_added_in_pixels_of_the_image(canvas, editor):
    canvas.set_tool(Tool.RECTANGLE)
    drag(canvas, (40, 30), (60, 90), (140, 100))
    (region,) = editor.document.parts
    assert isinstance(region, Region) and region.adds and region.is_rectangle
    matte = editor.renderer.matte(editor.document)
    assert matte[30:100, 40:140].min() == 1 and matte.sum() == pytest.approx(7000)
    assert editor.history.undo_name == "Add rectangle"
    editor.undo()
    assert not editor.document.parts


@pytest.mark.parametrize("modifier", [ALT, CTRL])
def test_with_alt_or_ctrl_a_lasso_takes_away(canvas, editor, modifier):
    canvas.set_tool(Tool.RECTANGLE)
    drag(canvas, (0, 0), (200, 150))
    canvas.set_tool(Tool.LASSO)
    drag(canvas, (20, 20), (120, 25), (120, 80), (20, 80), modifiers=modifier)
    assert not editor.document.parts[1].adds and editor.history.undo_name == "Subtract lasso"
    matte = editor.renderer.matte(editor.document)
    assert matte[50, 70] == 0 and matte[100, 150] == 1


def test_shift_makes_a_square_and_the_image_is_the_limit(canvas, editor):
    canvas.set_tool(Tool.RECTANGLE)
    drag(canvas, (250, 150), (290, 300), modifiers=SHIFT)
    drag(canvas, (250, 150), (390, 300))
    square, cut = (np.array(part.points) for part in editor.document.parts)
    assert np.ptp(square, axis=0).tolist() == [40, 40]
    assert cut.max(axis=0).tolist() == [320, 200]


def test_the_region_is_seen_while_it_is_drawn_and_its_colour_says_what_it_does(canvas):
    canvas.set_tool(Tool.LASSO)
    calm = colour_at(canvas, (80, 50))
    drag(canvas, (20, 20), (140, 20), (140, 90), (20, 90), let_go=False)
    adding = colour_at(canvas, (80, 50)) - calm
    key(canvas, Qt.Key.Key_Control)
    taking = colour_at(canvas, (80, 50)) - calm
    assert adding[1] > adding[0] + 15 and taking[0] > taking[1] + 15
    key(canvas, Qt.Key.Key_Control, QEvent.Type.KeyRelease, CTRL)
    assert (colour_at(canvas, (80, 50)) - calm == adding).all()
    key(canvas, Qt.Key.Key_Escape)
    assert (colour_at(canvas, (80, 50)) == calm).all()
    assert not canvas.editor.document.parts


def test_a_click_that_slipped_is_no_region(canvas, editor):
    for tool in (Tool.LASSO, Tool.RECTANGLE):
        canvas.set_tool(tool)
        drag(canvas, (50, 50))
        drag(canvas, (50, 50), (52, 51))
    assert not editor.document.parts


def test_there_must_be_a_matte_to_subtract_from(canvas, editor):
    notices = []
    editor.listen(lambda event: notices.append(event) if isinstance(event, Notice) else None)
    canvas.set_tool(Tool.RECTANGLE)
    drag(canvas, (20, 20), (120, 90), modifiers=ALT)
    assert not editor.document.parts and [notice.code for notice in notices] == [NoticeCode.NO_MATTE]


def test_a_long_lasso_has_few_points(canvas, editor):
    canvas.set_tool(Tool.LASSO)
    turns = np.linspace(0, 2 * np.pi, 900)
    drag(canvas, *((150 + 90 * np.cos(t), 100 + 80 * np.sin(t)) for t in turns))
    assert len(editor.document.parts[0].points) < 100
    area = editor.renderer.matte(editor.document).sum()
    assert abs(area / (np.pi * 90 * 80) - 1) < 0.01


# The straight line


def test_shift_draws_a_straight_line_from_where_the_last_stroke_ended(canvas, editor):
    canvas.set_tool(Tool.KEEP)
    canvas.set_brush(6, 1)
    drag(canvas, (20, 20), (60, 20))
    drag(canvas, (60, 120), modifiers=SHIFT)
    drag(canvas, (160, 120), modifiers=SHIFT)
    first, down, across = editor.document.parts
    assert all(isinstance(part, Stroke) and part.brush is Brush.KEEP for part in (first, down, across))
    assert np.allclose(down.points, [(60, 20), (60, 120)]) and np.allclose(across.points, [(60, 120), (160, 120)])
    assert editor.renderer.matte(editor.document)[120, 100] == 1
    editor.undo()
    assert editor.document.parts == (first, down)


def test_the_first_click_with_shift_is_a_dot(canvas, editor):
    canvas.set_tool(Tool.KEEP)
    drag(canvas, (60, 60), modifiers=SHIFT)
    assert len(editor.document.parts[0].points) == 1


def test_a_cancelled_stroke_is_no_start_and_neither_is_one_of_another_image(canvas, editor, opened, matting):
    from rim_editor.editor.editor import Editor

    canvas.set_tool(Tool.KEEP)
    drag(canvas, (20, 20), (60, 20), let_go=False)
    key(canvas, Qt.Key.Key_Escape)
    drag(canvas, (60, 60), modifiers=SHIFT)
    assert len(editor.document.parts[0].points) == 1
    other = Editor(opened(), matting)
    canvas.set_editor(other)
    drag(canvas, (90, 60), modifiers=SHIFT)
    assert len(other.document.parts[0].points) == 1


def test_the_line_is_seen_before_the_click_while_shift_is_held(canvas, editor, qtbot):
    canvas.set_tool(Tool.KEEP)
    canvas.set_brush(6, 1)
    drag(canvas, (20, 40), (60, 40))
    qtbot.waitUntil(lambda: not canvas.pending)
    mouse(canvas, QEvent.Type.MouseMove, (160, 140))
    calm = colour_at(canvas, (110, 90))
    key(canvas, Qt.Key.Key_Shift)
    assert any((colour_at(canvas, (110 + more, 90)) != calm).any() for more in (-1, 0, 1))
    key(canvas, Qt.Key.Key_Shift, QEvent.Type.KeyRelease, SHIFT)
    assert (colour_at(canvas, (110, 90)) == calm).all()


# Strokes that follow edges


@pytest.fixture
def halves(canvas, matting):
    """An image of two colours that meet at x = 160."""
    from clipmat.image_files import OpenedImage
    from rim_editor.editor.editor import Editor

    pixels = np.full((200, 320, 3), (200, 190, 60), np.uint8)
    pixels[:, 160:] = (40, 60, 160)
    editor = Editor(OpenedImage(None, pixels, None), matting)
    canvas.set_editor(editor)
    canvas.set_tool(Tool.KEEP)
    canvas.set_brush(40, 1)
    return editor


def test_what_is_seen_while_painting_is_what_is_rendered(canvas, halves, qtbot):
    calm = {at: colour_at(canvas, at) for at in ((140, 100), (150, 70), (170, 100), (185, 90))}
    drag(canvas, (130, 60), (130, 90), (131, 120), let_go=False)
    qtbot.wait(50)
    seen = {at: (colour_at(canvas, at) != before).any() for at, before in calm.items()}
    mouse(canvas, QEvent.Type.MouseButtonRelease, (131, 121))
    (stroke,) = halves.document.parts
    assert stroke.follows_edges and stroke.points[0] == (130, 60)
    matte = halves.renderer.matte(halves.document)
    assert {at: matte[at[1], at[0]] > 0.5 for at in calm} == seen
    assert list(seen.values()) == [True, True, False, False]
    assert matte[:, 163:].max() == 0 and matte[100, 91:158].min() > 0.97


def test_without_following_edges_all_under_the_brush_is_painted(canvas, halves, qtbot):
    with qtbot.waitSignal(canvas.edges_followed):
        canvas.set_follows_edges(False)
    drag(canvas, (130, 60), (130, 120))
    (stroke,) = halves.document.parts
    assert not stroke.follows_edges
    assert halves.renderer.matte(halves.document)[90, 168] == 1


def test_escape_and_undo_leave_nothing_of_a_smart_stroke(canvas, halves):
    before = colour_at(canvas, (140, 100))
    drag(canvas, (130, 60), (130, 120), let_go=False)
    key(canvas, Qt.Key.Key_Escape)
    assert not halves.document.parts and (colour_at(canvas, (140, 100)) == before).all()
    drag(canvas, (130, 60), (130, 120))
    halves.undo()
    assert not halves.renderer.matte(halves.document).any()


def test_a_straight_line_follows_edges_too(canvas, halves):
    drag(canvas, (130, 40))
    drag(canvas, (130, 160), modifiers=SHIFT)
    matte = halves.renderer.matte(halves.document)
    assert matte[40:160, 100:157].min() > 0.97 and matte[:, 163:].max() == 0


# Marks


def test_the_part_that_is_pointed_at_is_marked(canvas, editor):
    canvas.set_view(View(ViewMode.ORIGINAL))
    stroke = Stroke(Brush.KEEP, ((40.0, 60.0), (140.0, 60.0)), 20.0)
    region = Region(((40.0, 20.0), (140.0, 25.0), (100.0, 120.0)), adds=False)
    patch = Patch(40, 40, np.zeros((60, 80), np.float32))
    calm = colour_at(canvas, (90, 70))
    for part in (stroke, region, patch):
        canvas.mark_part(part)
        assert (colour_at(canvas, (90, 70)) != calm).any()
    canvas.mark_part(None)
    assert (colour_at(canvas, (90, 70)) == calm).all()
    canvas.mark_part(stroke)
    canvas.set_editor(None)
    canvas.set_editor(editor)
    assert (colour_at(canvas, (90, 70)) == calm).all()


@pytest.mark.parametrize(("combine", "modifiers", "adds"), [
    (Combine.SUBTRACT, NONE, False), (Combine.SUBTRACT, ALT, True), (Combine.ADD, NONE, True),
    (Combine.INTERSECT, NONE, True),
])  # fmt: skip
@pytest.mark.parametrize("tool", [Tool.LASSO, Tool.RECTANGLE])
def test_what_is_drawn_around_is_taken_while_answers_are_subtracted(canvas, editor, tool, combine, modifiers, adds):
    editor.paint(Stroke(Brush.KEEP, ((50, 50),), 60))
    canvas.picks.set_bar(str, lambda: combine)
    canvas.set_tool(tool)
    drag(canvas, (20, 20), (20, 80), (80, 80), modifiers=modifiers)
    part = editor.document.parts[-1]
    assert isinstance(part, Region) and part.adds is adds


def test_subtracting_from_nothing_is_said_and_does_nothing(canvas, editor):
    notices = []
    editor.listen(lambda event: notices.append(event) if isinstance(event, Notice) else None)
    canvas.picks.set_bar(str, lambda: Combine.SUBTRACT)
    canvas.set_tool(Tool.LASSO)
    drag(canvas, (20, 20), (80, 20), (80, 80))
    assert editor.document.parts == () and [one.code for one in notices] == [NoticeCode.NO_MATTE]


def test_what_waits_to_be_taken_away_is_marked(canvas, editor, qtbot):
    canvas.set_view(View(mode=ViewMode.ORIGINAL))
    qtbot.waitUntil(lambda: not canvas.pending)
    matte = np.zeros(editor.document.source.pixels.shape[:2], np.float32)
    matte[20:80, 20:80] = 1
    before, beside = colour_at(canvas, (50, 50)), colour_at(canvas, (120, 50))
    canvas.mark_guess(Answer("the cup", Combine.SUBTRACT, matte, 0.5))
    assert abs(colour_at(canvas, (50, 50)) - before).sum() > 20 and (colour_at(canvas, (120, 50)) == beside).all()
    canvas.mark_guess(Answer("the cup", Combine.INTERSECT, matte, 0.5))
    assert (colour_at(canvas, (50, 50)) == before).all() and abs(colour_at(canvas, (120, 50)) - beside).sum() > 20
    canvas.mark_guess(None)
    assert (colour_at(canvas, (120, 50)) == beside).all()
