"""The canvas as the user sees it, and the effect of mouse and keyboard."""

import gc
import weakref
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QImage, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from clipmat.image_files import OpenedImage
from rim_editor.documents.document import Brush, Combine, Document, MatteControls
from rim_editor.documents.edge_following import GrowingCover
from rim_editor.documents.edits import Background, Cutout, Fit, SolidColour
from rim_editor.documents.rendering import Renderer, View, ViewMode
from rim_editor.editor.editor import Editor
from rim_editor.editor.events import DocumentChanged, JobEnded, JobKind, JobStarted
from rim_editor.ui.canvas import brush_marks, rendering_cache
from rim_editor.ui.canvas.canvas import Canvas
from rim_editor.ui.canvas.tools import Tool

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
RESULT = View(mode=ViewMode.RESULT)


@pytest.fixture
def canvas(qtbot):
    widget = Canvas()
    qtbot.addWidget(widget)
    widget.resize(424, 324)  # an image of 400 x 300 fits at 100 %
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.fixture
def shown(canvas, opened, matting, qtbot):
    """A canvas with an editor of an image of 400 x 300, its rendering there."""
    editor = Editor(opened((400, 300)), matting)
    canvas.set_editor(editor)
    still(canvas, qtbot)
    return canvas, editor


def still(canvas, qtbot):
    """Wait until nothing is requested or drawn any more."""
    qtbot.waitUntil(lambda: not canvas.pending)
    QApplication.processEvents()
    qtbot.waitUntil(lambda: not canvas.pending)


def seen(canvas):
    """What is on the screen, HxWx3."""
    image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def under(canvas):
    """What is on the screen without the ring, which follows the pointer."""
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
    return seen(canvas)


def mouse(canvas, kind, x, y, button=LEFT, buttons=LEFT, modifiers=NONE):
    at = QPointF(x, y)
    event = QMouseEvent(kind, at, canvas.mapToGlobal(at), button, buttons, modifiers)
    QApplication.sendEvent(canvas, event)


def press(canvas, x, y, **more):
    mouse(canvas, QEvent.Type.MouseButtonPress, x, y, **more)


def test_an_image_that_is_hidden_keeps_little_and_is_shown_as_before(shown, opened, matting, qtbot, monkeypatch):
    canvas, editor = shown
    editor.ask("the hat")
    still(canvas, qtbot)
    before, trimmed = under(canvas), []
    monkeypatch.setattr(Renderer, "trim", lambda renderer: trimmed.append(renderer))
    canvas.set_editor(Editor(opened((50, 40)), matting))
    assert trimmed == [editor.renderer]
    monkeypatch.undo()
    editor.renderer.trim()
    canvas.set_editor(editor)
    still(canvas, qtbot)
    assert (under(canvas) == before).all()


def move(canvas, x, y, **more):
    mouse(canvas, QEvent.Type.MouseMove, x, y, button=Qt.MouseButton.NoButton, **more)


def release(canvas, x, y, button=LEFT, **more):
    mouse(canvas, QEvent.Type.MouseButtonRelease, x, y, button=button, buttons=Qt.MouseButton.NoButton, **more)


def drag(canvas, *spots, button=LEFT, modifiers=NONE):
    press(canvas, *spots[0], button=button, buttons=button, modifiers=modifiers)
    for spot in spots[1:]:
        move(canvas, *spot, buttons=button, modifiers=modifiers)
    release(canvas, *spots[-1], button=button, modifiers=modifiers)


def wheel(canvas, x, y, turn=(0, 120), fine=(0, 0), modifiers=NONE, phase=Qt.ScrollPhase.NoScrollPhase):
    at = QPointF(x, y)
    event = QWheelEvent(
        at, canvas.mapToGlobal(at), QPoint(*fine), QPoint(*turn), Qt.MouseButton.NoButton, modifiers, phase, False
    )
    QApplication.sendEvent(canvas, event)


def key(canvas, which, down=True, modifiers=NONE, repeated=False):
    kind = QEvent.Type.KeyPress if down else QEvent.Type.KeyRelease
    event = QKeyEvent(kind, which, modifiers, "", repeated)
    QApplication.sendEvent(canvas, event)
    return event.isAccepted()


# What is seen


def test_it_has_a_name_for_people_and_for_tests(canvas):
    assert canvas.objectName() == "canvas" and canvas.accessibleName()
    assert canvas.focusPolicy() & Qt.FocusPolicy.TabFocus and not canvas.acceptDrops()


def test_without_an_image_it_invites_and_no_key_or_click_breaks_it(canvas):
    assert len(np.unique(seen(canvas).reshape(-1, 3), axis=0)) > 2  # text, not one colour
    drag(canvas, (10, 10), (50, 50))
    wheel(canvas, 10, 10)
    assert not key(canvas, Qt.Key.Key_Backslash)
    for call in (canvas.zoom_in, canvas.zoom_out, canvas.zoom_to_fit, canvas.zoom_to_actual):
        call()
    canvas.set_split(True)
    canvas.set_view(RESULT)
    assert canvas.zoom == 1.0


def test_the_image_is_shown_pixel_by_pixel_at_100_percent(shown):
    canvas, editor = shown
    assert canvas.zoom == 1.0
    screen = seen(canvas)
    np.testing.assert_array_equal(screen[12:312, 12:412], editor.document.source.pixels)
    assert (screen[:12] == screen[0, 0]).all()  # around it, one colour


def test_a_change_of_the_document_is_seen(shown, qtbot):
    canvas, editor = shown
    editor.ask("the cup")
    canvas.set_view(RESULT)
    editor.set_edit(SolidColour((0, 0, 255)))
    still(canvas, qtbot)
    assert tuple(seen(canvas)[20, 20]) == (0, 0, 255)
    editor.undo()
    still(canvas, qtbot)
    assert tuple(seen(canvas)[20, 20]) != (0, 0, 255)


def test_what_is_transparent_lies_on_checks(shown, qtbot):
    canvas, editor = shown
    editor.ask("the cup")
    editor.set_edit(Cutout())
    canvas.set_view(RESULT)
    still(canvas, qtbot)
    corner = seen(canvas)[12:52, 12:52].reshape(-1, 3)
    greys = np.unique(corner, axis=0)
    assert len(greys) == 2 and (np.ptp(greys.astype(int), axis=1) == 0).all()
    assert (corner == greys[0]).all(axis=1).sum() == 800  # half of 40 x 40


def test_above_200_percent_pixels_are_squares(shown, qtbot):
    canvas, editor = shown
    canvas.set_zoom(8)
    still(canvas, qtbot)
    x, y = canvas.viewport.origin
    screen, pixels = seen(canvas), editor.document.source.pixels
    column, row = (200 - x) // 8, (100 - y) // 8
    square = screen[y + row * 8 : y + row * 8 + 8, x + column * 8 : x + column * 8 + 8]
    assert (square == pixels[row, column]).all()


@pytest.mark.parametrize("zoom", [0.31, 1.0, 1.7, 5.0])
def test_panning_in_steps_shows_what_a_fresh_painting_shows(shown, qtbot, opened, matting, zoom):
    canvas, editor = shown
    canvas.set_split(True)
    canvas.set_zoom(zoom)
    still(canvas, qtbot)
    for dx, dy in ((13, 0), (-5, 21), (40, -60), (-3, 3)):
        canvas.set_viewport(canvas.viewport.panned(dx, dy))
        canvas.repaint()
    still(canvas, qtbot)
    stepped = seen(canvas)
    canvas.redraw()
    still(canvas, qtbot)
    difference = np.abs(stepped.astype(int) - seen(canvas))
    assert difference.max() <= 4


def test_an_empty_canvas_can_have_had_an_image(shown):
    canvas, _ = shown
    canvas.set_editor(None)
    assert canvas.editor is None
    with pytest.raises(RuntimeError):
        _ = canvas.viewport
    seen(canvas)


# Coarse before fine: with an editor whose answers come when the test says so


class SlowEditor:
    """An editor that answers when the test says so, with the few methods that the canvas uses."""

    def __init__(self, size=(4096, 2048)):
        source = OpenedImage(Path("x.png"), np.full((size[1], size[0], 3), 9, np.uint8), None)
        self.document = Document.of_one_layer(source)
        self.busy, self.saving = frozenset(), SimpleNamespace(mode=None)
        self.renderer = Renderer(source)
        self.asked, self.outlined, self.painted, self.listeners = [], [], [], []

    @property
    def finishing(self):
        return SimpleNamespace(shown=self.document)

    def listen(self, callback):
        self.listeners.append(callback)
        return lambda: self.listeners.remove(callback)

    def emit(self, event):
        for callback in list(self.listeners):
            callback(event)

    def change(self, what="matte", **changes):
        changes = changes or {"controls": MatteControls(feather=len(self.asked) + 1.0)}
        self.document = Document.of_one_layer(self.document.source, **changes)
        self.emit(DocumentChanged(frozenset({what})))

    def show(self, view, level, done):
        self.asked.append((view, level, done))

    def outline(self, level, done):
        self.outlined.append((level, done))

    def paint(self, stroke):
        self.painted.append(stroke)

    def answer(self, value, number=-1):
        _, level, done = self.asked[number]
        width, height = self.document.size
        done(np.full((-(-height // 2**level), -(-width // 2**level), 3), value, np.uint8))

    def levels(self):
        return [level for _, level, _ in self.asked]


@pytest.fixture
def slow(canvas, qtbot):
    editor = SlowEditor()
    canvas.set_editor(editor)
    still(canvas, qtbot)
    return editor


def middle(canvas):
    return int(seen(canvas)[162, 212, 0])


def test_the_source_is_seen_before_anything_is_rendered(canvas, slow):
    assert slow.levels() == [3]  # 400 units for 4096 pixels: an eighth is the smallest that is enough
    assert middle(canvas) == 9


def test_coarse_comes_first_then_fine_and_the_old_stays_until_then(canvas, slow, qtbot, monkeypatch):
    slow.answer(50)
    still(canvas, qtbot)
    assert middle(canvas) == 50 and slow.levels() == [3]
    canvas.set_zoom(1.0)  # the document is the same: what is coarse is there already
    still(canvas, qtbot)
    assert slow.levels() == [3, 0] and middle(canvas) == 50
    slow.answer(51)
    still(canvas, qtbot)
    assert middle(canvas) == 51
    monkeypatch.setattr(rendering_cache, "QUICK", 0.0)  # nothing is that quick
    slow.change()
    still(canvas, qtbot)
    assert slow.levels() == [3, 0, 3] and middle(canvas) == 51
    slow.answer(60)
    still(canvas, qtbot)
    assert slow.levels() == [3, 0, 3, 0] and middle(canvas) == 60
    slow.answer(61)
    still(canvas, qtbot)
    assert middle(canvas) == 61 and len(slow.asked) == 4


def test_what_is_quick_needs_no_coarse_rendering(canvas, slow, qtbot, monkeypatch):
    slow.answer(50)
    canvas.set_zoom(1.0)
    still(canvas, qtbot)
    slow.answer(51)
    monkeypatch.setattr(rendering_cache, "QUICK", 60.0)
    slow.change()
    still(canvas, qtbot)
    assert slow.levels() == [3, 0, 0]


def test_many_changes_are_one_question(canvas, slow, qtbot):
    slow.answer(50)
    still(canvas, qtbot)
    for _ in range(20):
        slow.change()
    still(canvas, qtbot)
    assert len(slow.asked) == 2


def test_while_a_slider_is_dragged_the_coarse_rendering_is_let_finish(canvas, slow, qtbot):
    slow.answer(50)
    still(canvas, qtbot)
    slow.change()
    still(canvas, qtbot)
    slow.change()
    qtbot.wait(40)
    assert len(slow.asked) == 2  # not superseded
    slow.answer(70)
    qtbot.waitUntil(lambda: len(slow.asked) == 3)
    assert middle(canvas) == 70
    slow.answer(71)
    still(canvas, qtbot)
    assert middle(canvas) == 71


def test_an_edit_changes_nothing_that_an_overlay_shows(canvas, slow, qtbot):
    slow.answer(50)
    still(canvas, qtbot)
    slow.change("edit", edit=SolidColour())
    still(canvas, qtbot)
    assert len(slow.asked) == 1
    canvas.set_view(RESULT)
    still(canvas, qtbot)
    slow.answer(55)
    slow.change("edit", edit=SolidColour((1, 2, 3)))
    still(canvas, qtbot)
    assert len(slow.asked) == 3


def test_nothing_is_asked_out_of_sight(canvas, slow, qtbot):
    slow.answer(50)
    canvas.hide()
    slow.change()
    qtbot.wait(40)
    assert len(slow.asked) == 1
    canvas.show()
    qtbot.waitUntil(lambda: len(slow.asked) == 2)


def test_an_answer_for_an_image_that_is_out_of_sight_is_not_shown(canvas, slow, qtbot):
    other = SlowEditor()
    canvas.set_editor(other)
    still(canvas, qtbot)
    slow.answer(200)
    still(canvas, qtbot)
    assert middle(canvas) == 9
    assert not slow.listeners and other.listeners


def test_another_image_in_the_same_editor_is_fitted_anew(canvas, slow, qtbot):
    canvas.set_zoom(1)
    slow.document = Document.of_one_layer(OpenedImage(Path("y.png"), np.full((300, 400, 3), 77, np.uint8), None))
    slow.emit(DocumentChanged(frozenset({"image", "matte", "edit"})))
    still(canvas, qtbot)
    assert canvas.viewport.image == (400, 300) and canvas.viewport.fitting and middle(canvas) == 77


def test_an_editor_that_nobody_holds_is_forgotten(canvas, qtbot):
    editor = SlowEditor((64, 64))
    gone = weakref.ref(editor)
    canvas.set_editor(editor)
    canvas.set_editor(None)
    editor.asked.clear()
    del editor
    gc.collect()
    assert gone() is None


# Zoom and pan


def test_the_wheel_zooms_to_the_pointer(shown, qtbot):
    canvas, _ = shown
    before = canvas.viewport.to_image((100, 80))
    with qtbot.waitSignal(canvas.zoom_changed) as emitted:
        wheel(canvas, 100, 80)
    assert emitted.args == [canvas.zoom] and canvas.zoom == pytest.approx(1.25)
    assert canvas.viewport.to_image((100, 80)) == pytest.approx(before)
    wheel(canvas, 100, 80, (0, -240), modifiers=Qt.KeyboardModifier.ControlModifier)
    assert canvas.zoom == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("how", "by"),
    [
        ({"turn": (0, 120), "modifiers": Qt.KeyboardModifier.ShiftModifier}, (64, 0)),
        ({"turn": (-120, 0)}, (-64, 0)),
        ({"turn": (8, 16), "fine": (10, 20), "phase": Qt.ScrollPhase.ScrollUpdate}, (10, 20)),
    ],
)
def test_shift_sideways_and_two_fingers_pan(shown, how, by):
    canvas, _ = shown
    canvas.set_zoom(4)
    x, y = canvas.viewport.origin
    wheel(canvas, 100, 80, **how)
    assert canvas.zoom == 4 and canvas.viewport.origin == (x + by[0], y + by[1])


def test_a_wheel_that_also_tells_pixels_still_zooms(shown):
    canvas, _ = shown
    wheel(canvas, 100, 80, fine=(0, 120))
    assert canvas.zoom > 1


def test_zoom_by_command_and_limits(shown):
    canvas, _ = shown
    canvas.zoom_in()
    assert canvas.zoom == 1.5
    canvas.zoom_out()
    canvas.zoom_out()
    assert canvas.zoom == 0.75
    canvas.zoom_to_fit()
    assert canvas.zoom == 1.0 and canvas.viewport.fitting
    canvas.set_zoom(1e6)
    assert canvas.zoom == 32
    canvas.zoom_to_actual()
    assert canvas.zoom == 1.0 and not canvas.viewport.fitting


def test_it_keeps_fitting_until_the_user_zooms(shown):
    canvas, _ = shown
    canvas.resize(224, 324)
    assert canvas.zoom == pytest.approx(0.5)
    canvas.zoom_in()
    zoom = canvas.zoom
    canvas.resize(424, 324)
    assert canvas.zoom == zoom


def test_middle_button_space_and_the_pan_tool_drag_the_image(shown, qtbot):
    canvas, editor = shown
    canvas.set_zoom(3)
    canvas.set_tool(Tool.KEEP)
    x, y = canvas.viewport.origin
    drag(canvas, (100, 100), (130, 90), button=Qt.MouseButton.MiddleButton)
    assert canvas.viewport.origin == (x + 30, y - 10)
    key(canvas, Qt.Key.Key_Space)
    key(canvas, Qt.Key.Key_Space, repeated=True)
    drag(canvas, (100, 100), (95, 107))
    key(canvas, Qt.Key.Key_Space, down=False)
    assert canvas.viewport.origin == (x + 25, y - 3)
    assert not editor.document.parts
    canvas.set_tool(Tool.PAN)
    drag(canvas, (100, 100), (101, 100))
    assert canvas.viewport.origin == (x + 26, y - 3)


def test_arrow_keys_move_what_is_seen(shown):
    canvas, _ = shown
    canvas.set_zoom(4)
    x, y = canvas.viewport.origin
    assert key(canvas, Qt.Key.Key_Right) and key(canvas, Qt.Key.Key_Down)
    assert canvas.viewport.origin == (x - 64, y - 64)
    assert not key(canvas, Qt.Key.Key_Right, modifiers=Qt.KeyboardModifier.ControlModifier)


def test_each_editor_is_found_again_where_it_was_left(shown, opened, matting):
    canvas, first = shown
    canvas.set_zoom(3)
    canvas.set_viewport(canvas.viewport.panned(20, 10))
    left = canvas.viewport
    canvas.set_editor(Editor(opened((100, 80)), matting))
    assert canvas.viewport.fitting
    canvas.set_editor(first)
    assert canvas.viewport == left


# Before and after


def test_backslash_shows_the_original_while_it_is_held(shown, qtbot):
    canvas, editor = shown
    editor.ask("the cup")
    editor.set_edit(SolidColour((0, 0, 255)))
    canvas.set_view(RESULT)
    still(canvas, qtbot)
    after = seen(canvas)
    key(canvas, Qt.Key.Key_Backslash)
    still(canvas, qtbot)
    held = seen(canvas)
    np.testing.assert_array_equal(held[100:300, 20:400], editor.document.source.pixels[88:288, 8:388])
    key(canvas, Qt.Key.Key_Backslash, down=False, repeated=True)
    assert canvas.before  # a key that repeats was not released
    key(canvas, Qt.Key.Key_Backslash, down=False)
    still(canvas, qtbot)
    np.testing.assert_array_equal(seen(canvas), after)


def test_the_split_line_can_be_dragged_and_moved_by_keys(shown, qtbot):
    canvas, editor = shown
    editor.ask("the cup")
    editor.set_edit(SolidColour((0, 0, 255)))
    canvas.set_view(RESULT)
    with qtbot.waitSignal(canvas.split_changed):
        canvas.set_split(True)
    still(canvas, qtbot)
    blue = (0, 0, 255)

    def is_after(x):
        return tuple(seen(canvas)[290, x]) == blue

    assert not is_after(150) and is_after(280)
    drag(canvas, (212, 162), (100, 162))
    still(canvas, qtbot)
    assert not is_after(60) and is_after(150)
    for _ in range(10):
        key(canvas, Qt.Key.Key_Right, modifiers=Qt.KeyboardModifier.ShiftModifier)
    still(canvas, qtbot)
    assert not is_after(150) and is_after(280)
    canvas.set_split(False)
    still(canvas, qtbot)
    assert is_after(60)


# Painting


def test_a_stroke_is_painted_in_pixels_of_the_image(shown, qtbot):
    canvas, editor = shown
    canvas.set_zoom(2)
    canvas.set_tool(Tool.KEEP)
    canvas.set_brush(10, 0.5)
    canvas.set_follows_edges(False)
    start = canvas.viewport.to_image((100, 100))
    end = canvas.viewport.to_image((200, 100))
    drag(canvas, (100, 100), (150, 100), (200, 100))
    (stroke,) = editor.document.parts
    assert stroke.brush is Brush.KEEP and (stroke.radius, stroke.hardness) == (10, 0.5)
    assert stroke.points == (pytest.approx(start), pytest.approx(end))
    matte = editor.renderer.matte(editor.document)
    assert matte[round(start[1]), round((start[0] + end[0]) / 2)] == 1 and matte[0, 0] == 0


def test_the_stroke_is_seen_while_it_is_drawn_and_until_the_matte_shows_it(canvas, slow, qtbot):
    slow.answer(50)
    still(canvas, qtbot)
    canvas.set_tool(Tool.KEEP)
    canvas.set_brush(100, 1)  # ten units at this zoom
    canvas.set_follows_edges(False)
    press(canvas, 150, 162)
    move(canvas, 260, 162)

    def tinted(x, y=162):
        red, green, blue = seen(canvas)[y, x].astype(int)
        return green > red + 20

    assert tinted(200) and tinted(150) and not tinted(200, 100)
    assert not slow.painted
    release(canvas, 260, 162)
    assert [stroke.brush for stroke in slow.painted] == [Brush.KEEP]
    slow.change()
    qtbot.wait(30)
    assert tinted(200)  # the matte is not there yet
    slow.answer(50)
    still(canvas, qtbot)
    assert not tinted(200)


def test_a_stroke_along_edges_waits_while_libraries_are_loaded(canvas, editor, qtbot, monkeypatch):
    canvas.set_editor(editor)
    still(canvas, qtbot)
    loading = [True]
    monkeypatch.setattr(brush_marks, "is_warming_up", lambda: bool(loading))
    edges = GrowingCover(np.zeros((100, 100, 3), np.uint8), 20.0, 0.5)
    canvas.strokes.begin(brush_marks.LiveStroke(Brush.KEEP, 20.0, [(50.0, 50.0)], edges), canvas.viewport)
    qtbot.wait(50)
    assert edges.growing
    loading.clear()
    qtbot.waitUntil(lambda: not edges.growing)


def test_a_refining_stroke_is_seen_until_it_is_refined(canvas, slow, qtbot):
    slow.answer(50)
    still(canvas, qtbot)
    canvas.set_tool(Tool.REFINE)
    canvas.set_brush(100, 1)
    calm = seen(canvas)

    def tinted():
        return (seen(canvas)[162, 200] != calm[162, 200]).any()

    slow.busy = frozenset({JobKind.REFINE})
    drag(canvas, (150, 162), (260, 162))
    slow.emit(JobStarted(JobKind.REFINE, "Refining the edge"))
    qtbot.wait(30)
    assert tinted()
    slow.busy = frozenset()
    slow.emit(JobEnded(JobKind.REFINE))
    still(canvas, qtbot)
    assert not tinted()


class Painted(QObject):
    """Hears what is repainted."""

    def __init__(self):
        super().__init__()
        self.boxes = []

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            self.boxes.append(event.rect())
        return False


def test_only_what_a_stroke_touches_is_repainted(shown, qtbot):
    canvas, _ = shown
    canvas.set_tool(Tool.KEEP)
    canvas.set_brush(5, 1)
    press(canvas, 100, 100)
    move(canvas, 110, 100)
    QApplication.processEvents()
    painted = Painted()
    canvas.installEventFilter(painted)
    move(canvas, 120, 100)
    qtbot.waitUntil(lambda: bool(painted.boxes))
    assert all(box.width() < 80 and box.height() < 60 for box in painted.boxes)
    canvas.removeEventFilter(painted)
    release(canvas, 120, 100)


def test_esc_drops_the_stroke_and_is_nobody_elses(shown):
    canvas, editor = shown
    canvas.set_tool(Tool.REMOVE)
    calm = under(canvas)
    press(canvas, 100, 100)
    move(canvas, 150, 100)
    override = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Escape, NONE)
    override.ignore()
    QApplication.sendEvent(canvas, override)
    assert override.isAccepted() and key(canvas, Qt.Key.Key_Escape)
    release(canvas, 150, 100)
    assert not editor.document.parts
    np.testing.assert_array_equal(under(canvas), calm)
    assert not key(canvas, Qt.Key.Key_Escape)  # nothing under way: Esc is the window's


@pytest.mark.parametrize(
    ("tool", "brush"), [(Tool.KEEP, Brush.REMOVE), (Tool.REMOVE, Brush.KEEP), (Tool.REFINE, Brush.REFINE)]
)
def test_alt_swaps_brush_and_eraser(canvas, slow, tool, brush):
    canvas.set_tool(tool)
    drag(canvas, (150, 150), (170, 150), modifiers=Qt.KeyboardModifier.AltModifier)
    assert slow.painted[0].brush is brush


def test_a_click_is_a_dot_and_a_stroke_beside_the_image_is_none(shown):
    canvas, editor = shown
    canvas.set_tool(Tool.KEEP)
    canvas.set_brush(2, 1)
    calm = under(canvas)
    drag(canvas, (2, 2), (5, 2))
    assert not editor.document.parts
    np.testing.assert_array_equal(under(canvas), calm)
    drag(canvas, (112, 112))
    assert editor.document.parts[0].points == (pytest.approx((100, 100)),)


def test_a_long_stroke_has_few_points(canvas, slow):
    canvas.set_tool(Tool.KEEP)
    canvas.set_brush(1, 1)
    spots = [(150 + 60 * np.sin(n * 0.7), 150 + 60 * np.cos(n * 1.3)) for n in range(1500)]
    drag(canvas, *spots)
    assert 100 < len(slow.painted[0].points) <= 400


def test_the_brush_has_limits_and_steps_that_undo_each_other(canvas, qtbot):
    with qtbot.waitSignal(canvas.brush_changed) as emitted:
        canvas.larger_brush()
    assert emitted.args == list(canvas.brush) and canvas.brush[0] == pytest.approx(36)
    canvas.smaller_brush()
    assert canvas.brush == pytest.approx((30, 0.8))
    canvas.set_brush(1e9, 7)
    assert canvas.brush == (500, 1)
    canvas.set_brush(0, -1)
    assert canvas.brush == (1, 0)
    canvas.larger_brush()
    assert canvas.brush[0] == 2


def test_the_ring_is_where_the_pointer_is(shown, qtbot):
    canvas, _ = shown
    plain = seen(canvas)
    canvas.set_tool(Tool.KEEP)
    canvas.set_brush(20, 1)
    move(canvas, 100, 100, buttons=Qt.MouseButton.NoButton)
    ring = np.abs(seen(canvas).astype(int) - plain).sum(axis=2) > 30
    assert ring[100, 120] and ring[80, 100] and not ring[100, 100]
    QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
    np.testing.assert_array_equal(seen(canvas), plain)


# Eyedropper and background


def test_the_eyedropper_tells_the_colour_of_the_original(shown, qtbot):
    canvas, editor = shown
    canvas.set_view(View(mode=ViewMode.BLACK_AND_WHITE))
    canvas.set_tool(Tool.EYEDROPPER)
    with qtbot.waitSignal(canvas.colour_picked) as emitted:
        drag(canvas, (50, 50), (112, 62))
    assert emitted.args[0] == tuple(int(v) for v in editor.document.source.pixels[50, 100])
    with qtbot.assertNotEmitted(canvas.colour_picked, wait=20):
        drag(canvas, (2, 2))


def test_dragging_moves_the_background_in_one_step(shown):
    canvas, editor = shown
    canvas.set_tool(Tool.MOVE_BACKGROUND)
    editor.set_edit(Background(np.zeros((9, 9, 3), np.uint8), Fit.TILE))
    drag(canvas, (100, 100), (120, 100), (140, 130))
    assert editor.document.edit.offset == pytest.approx((0.1, 0.1))
    drag(canvas, (100, 100), (140, 100))
    assert editor.document.edit.offset == pytest.approx((0.2, 0.1))
    editor.undo()
    assert editor.document.edit.offset == pytest.approx((0.1, 0.1))
    editor.undo()
    assert editor.document.edit.offset == (0, 0)


def test_esc_puts_the_background_back(shown):
    canvas, editor = shown
    canvas.set_tool(Tool.MOVE_BACKGROUND)
    editor.set_edit(Background(np.zeros((9, 9, 3), np.uint8), Fit.TILE))
    press(canvas, 100, 100)
    move(canvas, 120, 100)
    key(canvas, Qt.Key.Key_Escape)
    release(canvas, 120, 100)
    assert editor.document.edit.offset == (0, 0)


def test_a_background_that_covers_moves_no_further_than_it_reaches(shown):
    canvas, editor = shown
    canvas.set_tool(Tool.MOVE_BACKGROUND)
    editor.set_edit(Background(np.zeros((9, 9, 3), np.uint8)))  # 400 x 400 over 400 x 300
    before = editor.document
    drag(canvas, (100, 100), (300, 100))
    assert editor.document is before  # it cannot move sideways: no step that nobody sees
    drag(canvas, (100, 100), (100, 290))
    assert editor.document.edit.offset == pytest.approx((0, 50 / 300))
    drag(canvas, (100, 100), (100, 70))
    assert editor.document.edit.offset == pytest.approx((0, 20 / 300))  # the overshoot need not be dragged back first


def test_the_eyedropper_shows_what_it_picks_from(shown, qtbot):
    canvas, editor = shown
    plain = seen(canvas)
    editor.ask("the cup", Combine.NEW)
    canvas.set_view(View(mode=ViewMode.BLACK_AND_WHITE))
    still(canvas, qtbot)
    canvas.set_tool(Tool.EYEDROPPER)
    still(canvas, qtbot)
    np.testing.assert_array_equal(seen(canvas)[100:], plain[100:])  # a label is at the top
    key(canvas, Qt.Key.Key_Backslash)
    key(canvas, Qt.Key.Key_Backslash, down=False)
    still(canvas, qtbot)
    np.testing.assert_array_equal(seen(canvas)[100:], plain[100:])
    canvas.set_tool(Tool.PAN)
    still(canvas, qtbot)
    assert not np.array_equal(seen(canvas)[100:], plain[100:])


def test_without_a_background_the_drag_pans(shown):
    canvas, editor = shown
    canvas.set_zoom(3)
    x, y = canvas.viewport.origin
    canvas.set_tool(Tool.MOVE_BACKGROUND)
    drag(canvas, (100, 100), (120, 100))
    assert (
        canvas.viewport.origin == (x + 20, y)
        and editor.document.edit == Document.of_one_layer(editor.document.source).edit
    )


# Ants, busy line, drop hint


def test_the_ants_march_along_the_outline_and_only_then(shown, qtbot):
    canvas, editor = shown
    editor.ask("the cup", Combine.NEW)
    assert not canvas.animating
    canvas.set_view(View(mode=ViewMode.MARCHING_ANTS))
    still(canvas, qtbot)
    assert canvas.animating
    plain = np.full((324, 424, 3), 0, np.uint8)
    plain[12:312, 12:412] = editor.document.source.pixels
    drawn = (np.abs(seen(canvas).astype(int) - plain).sum(axis=2) > 60)[13:311, 13:411]
    rows, columns = np.nonzero(drawn)
    radius = np.hypot(columns + 1.5 - 200, rows + 1.5 - 150)
    assert len(radius) > 200 and np.abs(radius - 75).max() < 4
    before = seen(canvas)
    qtbot.waitUntil(lambda: (seen(canvas) != before).any())
    canvas.set_reduced_motion(True)
    assert not canvas.animating
    canvas.set_reduced_motion(False)
    canvas.hide()
    assert not canvas.animating


def test_an_outline_that_came_too_late_is_not_drawn(canvas, slow, qtbot):
    canvas.set_view(View(mode=ViewMode.MARCHING_ANTS))
    still(canvas, qtbot)
    slow.change()
    still(canvas, qtbot)
    line = np.array([[0, 0], [4000, 2000]], np.float32)
    calm = seen(canvas)
    slow.outlined[0][1]((line,))
    np.testing.assert_array_equal(seen(canvas), calm)
    slow.outlined[1][1]((line,))
    assert (seen(canvas) != calm).any()


def test_a_line_at_the_top_moves_while_something_is_awaited(canvas, slow, qtbot):
    calm = seen(canvas)
    slow.busy = frozenset({JobKind.ASK})
    slow.emit(JobStarted(JobKind.ASK, "Looking"))
    busy = seen(canvas)
    assert (busy[:3] != calm[:3]).any() and (busy[3:] == calm[3:]).all()
    qtbot.waitUntil(lambda: (seen(canvas) != busy).any())
    slow.busy = frozenset()
    slow.emit(JobEnded(JobKind.ASK))
    assert not canvas.animating
    np.testing.assert_array_equal(seen(canvas), calm)


def test_the_drop_hint_is_seen(canvas):
    calm = seen(canvas)
    canvas.set_drop_hint(True)
    assert canvas.drop_hint and (seen(canvas) != calm).any()
    canvas.set_drop_hint(False)
    np.testing.assert_array_equal(seen(canvas), calm)


# Signals and focus


def test_signals_tell_changes_and_nothing_else(shown, qtbot):
    canvas, _ = shown
    with qtbot.waitSignal(canvas.view_changed) as emitted:
        canvas.set_view(RESULT)
    assert emitted.args == [RESULT]
    with qtbot.waitSignal(canvas.tool_changed) as emitted:
        canvas.set_tool(Tool.KEEP)
    assert emitted.args == [Tool.KEEP]
    for signal, call in (
        (canvas.view_changed, lambda: canvas.set_view(RESULT)),
        (canvas.tool_changed, lambda: canvas.set_tool(Tool.KEEP)),
        (canvas.brush_changed, lambda: canvas.set_brush(*canvas.brush)),
        (canvas.split_changed, lambda: canvas.set_split(False)),
        (canvas.zoom_changed, lambda: canvas.zoom_to_fit()),
    ):
        with qtbot.assertNotEmitted(signal):
            call()


def test_keys_that_are_held_end_with_the_focus(shown):
    canvas, _ = shown
    canvas.set_tool(Tool.KEEP)
    key(canvas, Qt.Key.Key_Backslash)
    key(canvas, Qt.Key.Key_Space)
    assert canvas.before and canvas.cursor().shape() is Qt.CursorShape.OpenHandCursor
    QApplication.sendEvent(canvas, QFocusEvent(QEvent.Type.FocusOut))
    assert not canvas.before and canvas.cursor().shape() is Qt.CursorShape.CrossCursor


def test_a_frame_of_panning_100_megapixels_costs_a_copy_not_a_drawing(canvas, qtbot):
    """Judged by what a full drawing of the same window takes in the same run."""
    import time

    editor = SlowEditor((12_000, 8_400))
    canvas.resize(1200, 800)
    canvas.set_editor(editor)
    canvas.set_zoom(0.7)
    still(canvas, qtbot)

    def timed(call):
        times = []
        for _ in range(20):
            start = time.perf_counter()
            call()
            times.append(time.perf_counter() - start)
        return min(times)  # whatever else the machine does only adds

    def pan():
        canvas.set_viewport(canvas.viewport.panned(9, 5))
        canvas.repaint()

    def redraw():
        canvas.redraw()
        canvas.repaint()

    panned, redrawn = timed(pan), timed(redraw)
    assert panned < redrawn


def test_a_doubt_is_written_over_every_view_but_the_result_which_is_looked_at_as_it_is(canvas):
    canvas.set_caption("Not sure that this is “the dog”")
    canvas.set_view(View(ViewMode.OVERLAY))
    assert canvas.caption.startswith("Not sure")
    canvas.set_view(View(ViewMode.RESULT))
    assert canvas.caption == ""
    canvas.set_caption("This is still “the cat”, not “the dog”", dimmed=True)
    assert canvas.caption.startswith("This is still"), "a result that was not asked for is not taken for one that was"


def test_each_document_has_its_own_view_mode_and_split(canvas, opened, matting, qtbot):
    first, second = Editor(opened((400, 300)), matting), Editor(opened((200, 300)), matting)
    modes = []
    canvas.view_changed.connect(lambda view: modes.append(view.mode))
    canvas.set_editor(first)
    canvas.set_view(View(mode=ViewMode.ON_BLACK, opacity=0.3))
    canvas.set_split(True)
    canvas.set_editor(second)
    assert canvas.view == View(opacity=0.3) and not canvas.split, "a new image begins as the first one did"
    canvas.set_view(View(mode=ViewMode.BLACK_AND_WHITE, opacity=0.3))
    canvas.set_editor(first)
    assert canvas.view.mode is ViewMode.ON_BLACK and canvas.split
    canvas.set_editor(second)
    assert canvas.view.mode is ViewMode.BLACK_AND_WHITE and not canvas.split
    canvas.set_editor(None)
    assert modes[-1] is canvas.view.mode is View().mode


def test_the_canvas_covers_the_pixels_of_which_it_has_a_part(canvas, opened, matting, monkeypatch):
    canvas.resize(611, 301)
    monkeypatch.setattr(type(canvas), "devicePixelRatioF", lambda _: 1.5)
    canvas.set_editor(Editor(opened((400, 300)), matting))
    assert canvas.viewport.window == (917, 452)
