"""Crop and straighten: the rectangle stays in the image, the dialog makes one step of it, the mouse drags it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLabel, QPushButton

from rim_editor.documents.reshaping import Crop, Straighten, size_after
from rim_editor.ui.dialogs.crop_dialog import CropDialog
from rim_editor.ui.dialogs.crop_rectangle import BOTTOM, LEFT, RIGHT, TOP, CropRectangle
from rim_editor.ui.dialogs.crop_view import CropView

SIDES = st.sampled_from(
    [frozenset(each) for each in ((LEFT,), (RIGHT,), (TOP,), (BOTTOM,), (LEFT, TOP), (RIGHT, TOP), (LEFT, BOTTOM),
                                  (RIGHT, BOTTOM))]
)  # fmt: skip
PLACES = st.floats(-300, 900)
ASPECTS = st.sampled_from([1.0, 4 / 5, 5 / 4, 16 / 9, 9 / 16])


@st.composite
def rectangles(draw):
    wide, high = draw(st.integers(40, 600)), draw(st.integers(40, 600))
    width, height = draw(st.floats(10, wide)), draw(st.floats(10, high))
    return CropRectangle(
        (wide, high), draw(st.floats(0, wide - width)), draw(st.floats(0, high - height)), width, height
    )


def inside(box):
    wide, high = box.size
    assert -1e-6 <= box.left and box.right <= wide + 1e-6 and -1e-6 <= box.top and box.bottom <= high + 1e-6
    assert box.width > 0 and box.height > 0
    crop = box.crop()
    assert size_after(crop, box.size) == (crop.width, crop.height)  # raises BadOption where it is not within the image


@given(rectangles(), SIDES, PLACES, PLACES, st.none() | ASPECTS)
def test_a_dragged_rectangle_stays_in_the_image_and_the_other_side_where_it_was(box, sides, x, y, aspect):
    if aspect is not None:
        box = box.with_aspect(aspect)
        assert box.width / box.height == pytest.approx(aspect)
    after = box.dragged(sides, x, y, aspect)
    inside(after)
    if aspect is not None:
        assert after.width / after.height == pytest.approx(aspect, rel=1e-6)
    still = {LEFT: "right", RIGHT: "left", TOP: "bottom", BOTTOM: "top"}
    for side in sides:
        assert getattr(after, still[side]) == pytest.approx(getattr(box, still[side]), abs=1e-6)


@given(rectangles(), PLACES, PLACES)
def test_a_moved_rectangle_keeps_its_size(box, across, down):
    after = box.moved(across, down)
    inside(after)
    assert (after.width, after.height) == (box.width, box.height)


@given(rectangles(), st.integers(10, 500), st.integers(10, 500))
def test_on_an_image_of_another_size_it_is_the_same_share(box, wide, high):
    after = box.of_size((wide, high))
    inside(after)
    assert after.width / wide == pytest.approx(box.width / box.size[0])


@pytest.fixture
def make(qtbot, editor, runner):
    def made():
        dialog = CropDialog(editor, runner)
        qtbot.addWidget(dialog)
        dialog.resize(800, 640)
        dialog.show()
        qtbot.waitUntil(lambda: not runner.busy)
        return dialog

    return made


def view(dialog):
    return dialog.findChild(CropView)


def choose(dialog, aspect):
    box = dialog.findChild(QComboBox, "crop_aspect")
    box.setCurrentIndex(box.findData(aspect))


def angle(dialog, degrees):
    dialog.findChild(QDoubleSpinBox, "crop_angle_value").setValue(degrees)


def click(dialog, name):
    dialog.findChild(QPushButton, name).click()


def drag(qtbot, widget, start, end):
    """With the left button held, as QTest's own moves cannot."""
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for kind, at in (
        (QEvent.Type.MouseButtonPress, start), (QEvent.Type.MouseMove, end), (QEvent.Type.MouseButtonRelease, end)
    ):  # fmt: skip
        event = QMouseEvent(kind, QPointF(at), widget.mapToGlobal(QPointF(at)), button, button, none)
        QApplication.sendEvent(widget, event)


def test_without_a_choice_nothing_happens(make, editor):
    before = editor.document
    dialog = make()
    assert dialog.changes() == [] and dialog.findChild(QLabel, "crop_size").text() == "320 × 200 px"
    click(dialog, "crop_apply")
    assert editor.document is before and not dialog.isVisible()


def test_a_square_is_cropped_as_one_step_that_can_be_undone(make, editor):
    editor.ask("the dog")
    before = editor.document
    dialog = make()
    choose(dialog, "1:1")
    assert dialog.findChild(QLabel, "crop_size").text() == "200 × 200 px"
    click(dialog, "crop_apply")
    assert editor.document.size == (200, 200) and editor.history.undo_name == "Crop"
    assert (editor.document.source.pixels == before.source.pixels[:, 60:260]).all()
    assert (editor.document.parts[0].matte == before.parts[0].matte[:, 60:260]).all()
    editor.undo()
    assert editor.document is before


def test_straightened_first_then_cropped(make, editor):
    dialog = make()
    angle(dialog, 5)
    choose(dialog, "4:5")
    straightened = size_after(Straighten(5.0), (320, 200))
    found = dialog.changes()
    assert found[0] == Straighten(5.0) and isinstance(found[1], Crop)
    assert found[1].height == straightened[1] and found[1].width == pytest.approx(straightened[1] * 4 / 5, abs=1)
    click(dialog, "crop_apply")
    assert editor.document.size == (found[1].width, found[1].height)
    assert editor.history.undo_name == "Crop and straighten"


def test_the_angle_keeps_the_rectangle_s_share_and_its_aspect(make):
    dialog = make()
    choose(dialog, "16:9")
    for degrees in (3, -7.5, 12, 0):
        angle(dialog, degrees)
        box = view(dialog).rectangle
        inside(box)
        assert box.width / box.height == pytest.approx(16 / 9)
    click(dialog, "crop_reset")
    assert dialog.changes() == []


def test_handles_the_inside_and_arrow_keys_move_it(qtbot, make):
    dialog = make()
    seen = view(dialog)
    place = seen.shown()
    scale = place.width() / 320
    drag(
        qtbot,
        seen,
        place.bottomRight().toPoint(),
        QPoint(round(place.left() + 160 * scale), round(place.top() + 100 * scale)),
    )
    box = seen.rectangle
    assert (
        (box.left, box.top) == (0, 0)
        and box.width == pytest.approx(160, abs=2)
        and box.height == pytest.approx(100, abs=2)
    )
    middle = QPoint(round(place.left() + 80 * scale), round(place.top() + 50 * scale))
    drag(qtbot, seen, middle, middle + QPoint(round(40 * scale), 0))
    assert seen.rectangle.left == pytest.approx(40, abs=2) and seen.rectangle.width == pytest.approx(box.width)
    left = seen.rectangle.left
    qtbot.keyClick(seen, Qt.Key.Key_Right)
    qtbot.keyClick(seen, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert (seen.rectangle.left, seen.rectangle.top) == (left + 1, 10)
    outside = QPoint(round(place.right() - 4), round(place.top() + 20))
    drag(qtbot, seen, outside, outside - QPoint(30, 0))
    assert seen.rectangle.left == left + 1


def test_the_image_is_seen_bright_inside_and_dark_outside(make):
    dialog = make()
    seen = view(dialog)
    choose(dialog, "1:1")
    picture = seen.grab().toImage()
    place = seen.shown()
    y = round(place.center().y() + 13)
    inner, outer = (
        picture.pixelColor(round(place.center().x() + 17), y),
        picture.pixelColor(round(place.left() + 20), y),
    )
    assert inner.red() > 100 and outer.red() < 60
