"""The edit panel: each edit by hand, its options, one step per gesture, and undo that shows."""

import warnings
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QSlider,
    QWidget,
)

from rim_editor.documents.edits import Background, Cutout, Fit, Gradient, Highlight, MatteOnly, SolidColour, Style
from rim_editor.editor.editor import Editor
from rim_editor.ui.canvas.tools import Tool
from rim_editor.ui.panels.colour_button import PRESETS, ColourButton
from rim_editor.ui.panels.edit_panel import EditPanel

# The offscreen platform warns about popups and about windows that are raised or resized.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def panel(qtbot, editor):
    made = EditPanel()
    qtbot.addWidget(made)
    made.set_editor(editor)
    made.resize(320, 700)
    made.show()
    qtbot.waitExposed(made)
    return made


def press(panel, name):
    panel.findChild(QAbstractButton, name).click()


def chosen(panel):
    buttons = panel.findChildren(QAbstractButton)
    return [b.objectName() for b in buttons if b.objectName().startswith("edit_") and b.isChecked()]


def drag(slider, *values):
    slider.setSliderDown(True)
    for value in values:
        slider.setValue(value)
    slider.setSliderDown(False)


def test_what_a_locked_layer_refuses_is_not_shown(panel, editor):
    editor.layers.lock(0, True)
    press(panel, "edit_highlight")
    assert chosen(panel) == ["edit_transparent"] and panel.findChild(QLabel, "edit_heading").text() == "Transparent"


@pytest.mark.parametrize(
    ("name", "kind"),
    [("highlight", Highlight), ("gradient", Gradient), ("solid", SolidColour), ("matte", MatteOnly)],
)
def test_choosing_an_edit_makes_it_and_undo_shows_the_former(panel, editor, name, kind):
    assert chosen(panel) == ["edit_transparent"]
    press(panel, f"edit_{name}")
    assert isinstance(editor.document.edit, kind)
    assert chosen(panel) == [f"edit_{name}"]
    editor.undo()
    assert editor.document.edit == Cutout() and chosen(panel) == ["edit_transparent"]
    editor.redo()
    assert chosen(panel) == [f"edit_{name}"]


def test_highlight_style_strength_and_tint(panel, editor):
    press(panel, "edit_highlight")
    tint = panel.findChild(ColourButton, "highlight_colour")
    assert not tint.isEnabled()
    panel.findChild(QComboBox, "highlight_style").setCurrentIndex(3)
    assert editor.document.edit.style is Style.TINT and tint.isEnabled()
    drag(panel.findChild(QSlider, "highlight_strength"), 10, 20, 33)
    tint.choose((1, 2, 3))
    assert editor.document.edit == Highlight(Style.TINT, 0.33, (1, 2, 3))
    editor.undo()
    assert tint.colour() == (255, 64, 64)
    editor.undo()
    assert editor.document.edit.strength == 0.7  # the drag was one step
    assert panel.findChild(QSlider, "highlight_strength").value() == 70


def test_presets_and_any_other_colour(qtbot, panel, editor):
    press(panel, "edit_solid")
    press(panel, "preset_chroma_green")
    assert editor.document.edit == SolidColour((0, 177, 64))  # #00b140
    press(panel, "preset_chroma_blue")
    assert editor.document.edit == SolidColour((0, 71, 187))  # #0047bb
    assert PRESETS["White"] == (255, 255, 255) and PRESETS["Black"] == (0, 0, 0)
    press(panel, "solid_colour")
    code = QApplication.activePopupWidget().findChild(QLineEdit, "colour_code")
    code.setText("nonsense")
    qtbot.keyClick(code, Qt.Key.Key_Return)
    assert "is not a colour" in QApplication.activePopupWidget().findChild(QLabel, "colour_error").text()
    assert editor.document.edit == SolidColour((0, 71, 187))
    code.setText("#12ab0f")
    qtbot.keyClick(code, Qt.Key.Key_Return)
    assert editor.document.edit == SolidColour((0x12, 0xAB, 0x0F))
    assert QApplication.activePopupWidget() is None
    assert "#12ab0f" in panel.findChild(ColourButton, "solid_colour").accessibleName()


def test_escape_closes_the_popup_of_colours(qtbot, panel, editor):
    press(panel, "edit_solid")
    press(panel, "solid_colour")
    qtbot.keyClick(QApplication.activePopupWidget(), Qt.Key.Key_Escape)
    assert QApplication.activePopupWidget() is None and editor.document.edit == SolidColour()


def test_the_eyedropper_gives_its_colour_to_who_asked(qtbot, panel, editor):
    press(panel, "edit_solid")
    with qtbot.waitSignal(panel.eyedropper_requested) as emitted:
        press(panel, "solid_eyedropper")
    emitted.args[0]((11, 22, 33))
    assert editor.document.edit == SolidColour((11, 22, 33))


def test_gradient_presets_colours_direction_and_swap(panel, editor):
    press(panel, "edit_gradient")
    press(panel, "gradient_sunset")
    sunset = editor.document.edit
    drag(panel.findChild(QSlider, "gradient_angle"), 10, 20, 30)
    assert editor.document.edit == Gradient(sunset.start, sunset.end, 30)
    editor.undo()
    assert editor.document.edit == sunset
    press(panel, "gradient_swap")
    assert editor.document.edit == Gradient(sunset.end, sunset.start, sunset.angle)
    panel.findChild(ColourButton, "gradient_start").choose((5, 5, 5))
    assert editor.document.edit.start == (5, 5, 5)


def test_a_background_waits_for_its_image_and_then_takes_the_options(qtbot, panel, editor):
    press(panel, "edit_background")
    assert editor.document.edit == Cutout() and chosen(panel) == ["edit_background"]
    assert "Choose an image" in panel.findChild(QLabel, "background_about").text()
    pixels = np.full((40, 60, 3), 9, np.uint8)
    panel.set_background(pixels)
    assert editor.document.edit.image is pixels and editor.document.edit.fit is Fit.COVER
    assert "60 × 40" in panel.findChild(QLabel, "background_about").text()
    fit = panel.findChild(QComboBox, "background_fit")
    beside = panel.findChild(ColourButton, "background_colour")
    assert not beside.isEnabled()
    fit.setCurrentIndex(1)
    assert editor.document.edit.fit is Fit.FIT and editor.document.edit.image is pixels and beside.isEnabled()
    beside.choose((1, 1, 1))
    fit.setCurrentIndex(2)
    assert (editor.document.edit.fit, editor.document.edit.colour) == (Fit.TILE, (1, 1, 1))
    other = np.zeros((10, 10, 3), np.uint8)
    panel.set_background(other)
    assert editor.document.edit.image is other and editor.document.edit.fit is Fit.TILE
    editor.undo()
    assert editor.document.edit.image is pixels


def test_the_background_is_moved_with_a_tool_and_put_back(qtbot, panel, editor):
    panel.set_background(np.zeros((10, 10, 3), np.uint8))
    with qtbot.waitSignal(panel.tool_chosen) as emitted:
        press(panel, "move_background")
    assert emitted.args[0] is Tool.MOVE_BACKGROUND
    reset = panel.findChild(QAbstractButton, "reset_offset")
    assert not reset.isEnabled()
    edit = editor.document.edit
    editor.set_edit(Background(edit.image, edit.fit, edit.colour, (0.25, -0.5)))  # as the canvas does
    assert reset.isEnabled()
    reset.click()
    assert editor.document.edit.offset == (0.0, 0.0)
    with qtbot.assertNotEmitted(panel.tool_chosen):
        panel.set_tool(Tool.PAN)
    assert not panel.findChild(QAbstractButton, "move_background").isChecked()


def test_the_options_keep_the_offset(panel, editor):
    editor.set_edit(Background(np.zeros((10, 10, 3), np.uint8), offset=(0.25, 0.5)))
    panel.findChild(QComboBox, "background_fit").setCurrentIndex(2)
    assert editor.document.edit.offset == (0.25, 0.5)


def test_blur_of_the_original_is_a_shortcut(panel, editor):
    press(panel, "edit_background")
    press(panel, "blur_original")
    assert editor.document.edit.style is Style.BLUR and chosen(panel) == ["edit_highlight"]


def drop(panel, mime):
    actions, buttons, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Qt 6.12 wants a QPointF that 6.11 does not take
        enter = QDragEnterEvent(QPoint(5, 5), actions, mime, buttons, keys)
    panel.dragEnterEvent(enter)
    if enter.isAccepted():
        panel.dropEvent(QDropEvent(QPointF(5, 5), actions, mime, buttons, keys))
    return enter.isAccepted()


def test_a_file_dropped_on_the_panel_becomes_the_background(qtbot, panel):
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/a.png"), QUrl.fromLocalFile("/images/żółw beach.png")])
    with qtbot.waitSignal(panel.background_chosen) as emitted:
        assert drop(panel, mime)
    assert emitted.args[0] == Path("/images/żółw beach.png")


def test_what_is_no_file_is_not_taken(qtbot, panel):
    mime = QMimeData()
    mime.setText("hello")
    with qtbot.assertNotEmitted(panel.background_chosen):
        assert not drop(panel, mime)


def test_options_are_remembered_while_another_edit_is_chosen(panel, editor):
    press(panel, "edit_solid")
    press(panel, "preset_black")
    press(panel, "edit_transparent")
    press(panel, "edit_solid")
    assert editor.document.edit == SolidColour((0, 0, 0))


def test_each_editor_shows_its_own_edit(panel, editor, opened, matting):
    from rim_editor.editor.editor import Editor

    other = Editor(opened((30, 20)), matting)
    press(panel, "edit_matte")
    panel.set_editor(other)
    assert chosen(panel) == ["edit_transparent"]
    press(panel, "edit_solid")
    panel.set_editor(editor)
    assert chosen(panel) == ["edit_matte"]
    assert (editor.document.edit, other.document.edit) == (MatteOnly(), SolidColour())
    panel.set_editor(None)
    press(panel, "edit_solid")
    assert editor.document.edit == MatteOnly()
    panel.set_background(np.zeros((5, 5, 3), np.uint8))  # an answer that comes too late
    assert editor.document.edit == MatteOnly()


def test_the_options_of_the_chosen_edit_are_shown(panel):
    panel.show()
    options, heights = ("solid_colour", "gradient_angle", "highlight_style"), []
    for shown in options:
        press(panel, f"edit_{shown.split('_')[0]}")
        QApplication.processEvents()
        assert [name for name in options if panel.findChild(QWidget, name).isVisible()] == [shown]
        stack = panel.findChild(QWidget, "edit_options")
        page = next(page for page in stack.children() if isinstance(page, QWidget) and page.isVisible())
        assert stack.height() == page.height(), "nothing is left free under it"
        heights.append(stack.height())
    assert heights[1] > heights[2], "a page takes no room for a longer one"


def test_a_small_panel_scrolls(panel):
    assert panel.minimumSizeHint().height() < 200


def test_another_image_does_not_inherit_the_background(panel, editor, matting):
    panel.set_background(np.full((30, 40, 3), 9, np.uint8))
    other = Editor(editor.document.source, matting)
    panel.set_editor(other)
    press(panel, "edit_background")
    assert not isinstance(other.document.edit, Background)
    panel.set_editor(editor)
    assert isinstance(editor.document.edit, Background)


def test_the_edge_of_a_cutout_is_shown_with_its_own_colours_or_cleaned(qtbot, editor):
    editor.ask("the dog")
    panel = EditPanel()
    qtbot.addWidget(panel)
    panel.set_editor(editor)
    box = panel.findChild(QCheckBox, "cutout_decontaminate")
    assert box.isChecked()
    box.click()
    assert editor.document.edit == Cutout(decontaminate=False)
    editor.undo()
    assert box.isChecked() and editor.document.edit == Cutout()


def test_of_several_layers_the_one_is_named_and_what_it_hides(panel, editor):
    name, covers = (panel.findChild(QLabel, each) for each in ("edit_layer", "edit_covers"))
    press(panel, "edit_solid")
    assert not name.isVisible() and not covers.isVisible()
    editor.layers.add()
    assert name.isVisible() and name.text() == "Edit of “Layer 2”" and not covers.isVisible()
    editor.layers.rename(1, "the helmet")
    press(panel, "edit_solid")
    assert name.text() == "Edit of “the helmet”" and covers.isVisible()
    press(panel, "edit_transparent")
    assert not covers.isVisible()
    editor.undo()
    assert covers.isVisible()
    editor.layers.show(0, False)
    assert not covers.isVisible(), "nothing is hidden by it"
