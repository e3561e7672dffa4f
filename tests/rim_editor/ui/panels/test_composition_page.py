"""The sections Place, and Shadow and outline, of the edit panel: each widget by hand, one step per gesture."""

import numpy as np
import pytest
from PySide6.QtWidgets import QAbstractButton, QDoubleSpinBox, QLabel, QSlider, QWidget

from rim_editor.documents.composition import Composition, Outline, Placement, Shadow
from rim_editor.documents.edits import Background, Cutout, Highlight, MatteOnly, SolidColour
from rim_editor.ui.canvas.tools import Tool
from rim_editor.ui.panels.edit_panel import EditPanel

# The offscreen platform warns about popups and about windows that are raised or resized.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def panel(qtbot, editor):
    made = EditPanel()
    qtbot.addWidget(made)
    made.set_editor(editor)
    made.resize(320, 900)
    made.show()
    qtbot.waitExposed(made)
    for name in ("place_section", "marks_section"):
        press(made, name)
    return made


def press(panel, name):
    panel.findChild(QAbstractButton, name).click()


def number(panel, name):
    return panel.findChild(QDoubleSpinBox, f"{name}_value")


def drag(slider, *values):
    slider.setSliderDown(True)
    for value in values:
        slider.setValue(value)
    slider.setSliderDown(False)


@pytest.mark.parametrize(
    ("name", "value", "placement"),
    [
        ("place_right", 12.5, Placement(right=0.125)),
        ("place_down", -40, Placement(down=-0.4)),
        ("place_scale", 150, Placement(scale=1.5)),
        ("place_angle", -22.5, Placement(angle=-22.5)),
    ],
)
def test_numbers_place_the_object_exactly(panel, editor, name, value, placement):
    number(panel, name).setValue(value)
    assert editor.document.composition == Composition(placement) and editor.history.undo_name == "Place"
    press(panel, "reset_placement")
    assert editor.document.composition == Composition()
    editor.undo()
    assert number(panel, name).value() == value


def test_mirror_shadow_outline_and_match_are_steps_of_their_own(panel, editor):
    press(panel, "place_mirrored")
    press(panel, "shadow")
    press(panel, "outline")
    editor.set_edit(Background(np.zeros((4, 4, 3), np.uint8)))
    number(panel, "colour_match").setValue(40)
    assert editor.document.composition == Composition(Placement(mirrored=True), Shadow(), Outline(), 0.4)
    names = []
    while editor.history.can_undo:
        names.append(editor.history.undo_name)
        editor.undo()
    assert names == ["Match colours", "Background", "Outline", "Shadow", "Place"]
    assert not panel.findChild(QAbstractButton, "shadow").isChecked()


def test_options_of_shadow_and_outline_are_shown_with_them_and_kept_in_the_document(panel, editor):
    strength = panel.findChild(QWidget, "shadow_strength")
    assert not strength.isVisible()
    press(panel, "shadow")
    assert strength.isVisible()
    number(panel, "shadow_distance").setValue(3.5)
    number(panel, "shadow_softness").setValue(0.7)
    number(panel, "shadow_angle").setValue(200)
    drag(panel.findChild(QSlider, "shadow_strength"), 60, 70, 80)
    press(panel, "outline")
    number(panel, "outline_width").setValue(1.2)
    assert editor.document.composition == Composition(shadow=Shadow(200, 3.5, 0.7, 0.8), outline=Outline(1.2))
    press(panel, "shadow")
    assert editor.document.composition.shadow is None and editor.history.undo_name == "Remove shadow"


def test_a_drag_of_a_slider_is_one_step(panel, editor):
    drag(panel.findChild(QSlider, "place_angle"), 5, 10, 20)
    assert editor.document.composition.placement.angle == 20
    editor.undo()
    assert editor.document.composition == Composition()


def test_short_lengths_are_set_by_the_slider_in_tenths(panel, editor):
    press(panel, "outline")
    drag(panel.findChild(QSlider, "outline_width"), 3)
    assert editor.document.composition.outline == Outline(0.3)


def test_what_an_edit_has_no_use_for_is_greyed_out(panel, editor, qtbot):
    def usable():
        return [panel.findChild(QWidget, name).isEnabled() for name in ("place_angle", "shadow", "colour_match")]

    note = panel.findChild(QLabel, "composition_note")
    for edit, expected in (
        (Cutout(), [True, True, False]),
        (Background(np.zeros((4, 4, 3), np.uint8)), [True, True, True]),
        (SolidColour(), [True, True, False]),
        (MatteOnly(), [True, False, False]),
        (Highlight(), [False, False, False]),
    ):
        editor.set_edit(edit)
        assert usable() == expected
        assert note.isVisible() is isinstance(edit, MatteOnly | Highlight)


def test_colours_are_matched_where_something_is_behind_the_object(panel, editor):
    match = number(panel, "colour_match")
    assert not match.isEnabled() and "choose Background" in match.toolTip()
    editor.layers.add()
    assert match.isEnabled() and "choose Background" not in match.toolTip()
    editor.layers.show(0, False)
    assert not match.isEnabled()


def test_a_locked_layer_keeps_its_composition_and_the_panel_shows_that(panel, editor):
    editor.layers.lock(0, True)
    press(panel, "shadow")
    assert editor.document.composition == Composition()
    assert not panel.findChild(QAbstractButton, "shadow").isChecked()


def test_the_button_takes_the_tool(panel, editor, qtbot):
    with qtbot.waitSignal(panel.tool_chosen) as chosen:
        press(panel, "place_object")
    assert chosen.args == [Tool.PLACE]
    panel.set_tool(Tool.PAN)
    assert not panel.findChild(QAbstractButton, "place_object").isChecked()


def test_the_background_is_enlarged_and_put_back(panel, editor):
    import numpy as np

    panel.set_background(np.zeros((30, 40, 3), np.uint8))
    number(panel, "background_scale").setValue(180)
    assert isinstance(editor.document.edit, Background) and editor.document.edit.scale == 1.8
    press(panel, "reset_offset")
    assert editor.document.edit.scale == 1.0
    editor.undo()
    assert number(panel, "background_scale").value() == 180
