"""The matte panel and the brush panel: view, parts, controls, and their steps to undo."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, QSettings, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QListWidget,
    QPushButton,
    QSlider,
    QStyleOptionViewItem,
    QToolButton,
)

from rim_editor.documents.document import Brush, Combine, ImportedMatte, MatteControls, Region, Stroke
from rim_editor.documents.rendering import View, ViewMode
from rim_editor.ui.canvas.tools import Tool
from rim_editor.ui.panels.brush_panel import BrushPanel
from rim_editor.ui.panels.matte_panel import MattePanel
from rim_editor.ui.panels.sections import restore_sections, save_sections
from rim_editor.ui.panels.tool_strip import ToolStrip

# The offscreen platform warns about popups and about windows that are raised or resized.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def panel(qtbot, editor):
    made = MattePanel()
    qtbot.addWidget(made)
    made.set_editor(editor)
    made.resize(320, 800)
    made.show()
    qtbot.waitExposed(made)
    return made


def lines(panel):
    found = panel.findChild(QListWidget, "expression_list")
    return [found.item(row).text() for row in range(found.count())]


def shown_text(found, row):
    """What a row of a list is painted with."""
    option = QStyleOptionViewItem()
    option.initFrom(found)
    found.itemDelegate().initStyleOption(option, found.model().index(row, 0))
    return option.text


def test_a_long_text_is_shortened_and_keeps_its_percentage(qtbot, panel, editor):
    editor.ask("the dog")
    found = panel.findChild(QListWidget, "expression_list")
    assert shown_text(found, 0) == lines(panel)[0]
    editor.ask("the dog that lies beside the old wooden bench under the largest tree of the park", Combine.ADD)
    (_, full), shown = lines(panel), shown_text(found, 1)
    assert "(" in full and "…" in shown and len(shown) < len(full)
    assert shown.endswith(full[full.rindex("  (") :])


def drag(slider, *values):
    slider.setSliderDown(True)
    for value in values:
        slider.setValue(value)
    slider.setSliderDown(False)


def paint(editor, brush=Brush.KEEP, x=50.0):
    editor.paint(Stroke(brush, ((x, 50.0),), 10.0))


def test_every_view_mode_can_be_chosen_and_is_told(qtbot, panel):
    box = panel.findChild(QComboBox, "view_mode")
    emitted = []
    panel.view_changed.connect(emitted.append)
    for place in range(box.count()):
        box.setCurrentIndex(place)
    box.setCurrentIndex(0)
    assert {view.mode for view in emitted} == set(ViewMode)
    assert all(isinstance(view.mode, ViewMode) for view in emitted)


def test_opacity_and_colour_are_part_of_the_view(qtbot, panel):
    panel.set_view(View(ViewMode.OVERLAY, 0.25, (1, 2, 3)))
    assert panel.view() == View(ViewMode.OVERLAY, 0.25, (1, 2, 3))
    with qtbot.waitSignal(panel.view_changed) as emitted:
        panel.findChild(QSlider, "opacity").setValue(80)
    assert emitted.args[0] == View(ViewMode.OVERLAY, 0.8, (1, 2, 3))


def test_showing_a_view_tells_nobody(qtbot, panel):
    with qtbot.assertNotEmitted(panel.view_changed):
        panel.set_view(View(ViewMode.ON_COLOUR, 0.1, (9, 9, 9)))
    assert panel.findChild(QComboBox, "view_mode").currentText() == "On colour"


def test_what_the_view_does_not_use_is_greyed_out(panel):
    panel.set_view(View(ViewMode.BLACK_AND_WHITE))
    assert not panel.findChild(QSlider, "opacity").isEnabled()
    panel.set_view(View(ViewMode.ON_BLACK))
    assert not panel.findChild(QSlider, "opacity").isEnabled()
    panel.set_view(View(ViewMode.OVERLAY))
    assert panel.findChild(QSlider, "opacity").isEnabled()


def test_the_eyedropper_gets_where_to_put_the_colour(qtbot, panel):
    button = panel.findChild(QPushButton, "view_colour")
    with qtbot.waitSignal(panel.eyedropper_requested) as emitted:
        button.eyedropper_requested.emit()
    with qtbot.waitSignal(panel.view_changed) as changed:
        emitted.args[0]((7, 8, 9))
    assert changed.args[0].colour == (7, 8, 9)


def test_the_list_has_signs_presence_and_every_stroke(panel, editor):
    editor.ask("the dog")
    editor.ask("the hat", Combine.ADD)
    editor.ask("the cup", Combine.SUBTRACT)
    paint(editor)
    paint(editor, Brush.REMOVE)
    paint(editor)
    editor.ask("the cat", Combine.INTERSECT)
    assert lines(panel) == [
        "the dog  (97 %)", "+ the hat  (97 %)", "− the cup  (97 %)", "+ Brush stroke", "− Eraser stroke",
        "+ Brush stroke", "∩ the cat  (97 %)",
    ]  # fmt: skip
    while editor.history.can_undo:
        editor.undo()
    assert lines(panel) == []


def test_a_line_is_removed_by_its_button(qtbot, panel, editor):
    editor.ask("the dog")
    editor.ask("the hat", Combine.ADD)
    found = panel.findChild(QListWidget, "expression_list")
    button = found.itemWidget(found.item(0)).findChild(QToolButton, "remove_part")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert [answer.expression for answer in editor.document.expressions] == ["the hat"]
    assert editor.history.undo_name == "Remove “the dog”"


def test_one_stroke_of_several_is_removed_and_comes_back(qtbot, panel, editor):
    for x in (20.0, 60.0, 100.0):
        paint(editor, x=x)
    found = panel.findChild(QListWidget, "expression_list")
    qtbot.mouseClick(found.itemWidget(found.item(1)).findChild(QToolButton, "remove_part"), Qt.MouseButton.LeftButton)
    assert [part.points[0][0] for part in editor.document.parts] == [20.0, 100.0]
    assert editor.history.undo_name == "Remove brush stroke"
    # The buttons that were there before mean the lines where they are now.
    qtbot.mouseClick(found.itemWidget(found.item(1)).findChild(QToolButton, "remove_part"), Qt.MouseButton.LeftButton)
    assert [part.points[0][0] for part in editor.document.parts] == [20.0]
    editor.undo()
    editor.undo()
    assert lines(panel) == ["+ Brush stroke"] * 3


def test_all_lines_that_are_selected_are_removed_in_one_step(qtbot, panel, editor):
    editor.ask("the dog")
    for x in (20.0, 60.0, 100.0):
        paint(editor, x=x)
    found = panel.findChild(QListWidget, "expression_list")
    found.setCurrentRow(1)
    found.item(3).setSelected(True)
    qtbot.keyClick(found, Qt.Key.Key_Delete)
    assert [part.points[0][0] for part in editor.document.parts[1:]] == [60.0]
    editor.undo()
    assert len(editor.document.parts) == 4


def test_the_line_under_the_pointer_or_the_keyboard_is_pointed_at(qtbot, panel, editor):
    editor.ask("the dog")
    paint(editor, x=20.0)
    paint(editor, x=60.0)
    pointed_at = []
    panel.part_pointed_at.connect(pointed_at.append)
    found = panel.findChild(QListWidget, "expression_list")
    line = found.itemWidget(found.item(1))
    middle = QPointF(line.rect().center())
    QApplication.sendEvent(line, QEnterEvent(middle, middle, line.mapToGlobal(middle)))
    QApplication.sendEvent(line, QEvent(QEvent.Type.Leave))
    assert pointed_at == [editor.document.parts[1], None]
    found.setFocus()
    qtbot.waitUntil(found.hasFocus)
    found.setCurrentRow(2)
    editor.remove_parts([2])
    assert pointed_at[2] is not None and pointed_at[-1] in (editor.document.parts[1], None)
    found.clearFocus()
    assert pointed_at[-1] is None


def test_regions_and_imported_mattes_have_names_and_signs(panel, editor):
    editor.add_part(ImportedMatte("hand-made.png", Combine.NEW, np.ones((200, 320), np.float32)))
    corners = ((9.0, 9.0), (60.0, 9.0), (60.0, 70.0), (9.0, 70.0))
    editor.add_part(Region(corners))
    editor.add_part(Region(corners[:3], adds=False))
    assert lines(panel) == ["hand-made.png", "+ Rectangle", "− Lasso"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_a_line_is_removed_by_a_key_and_the_next_is_selected(qtbot, panel, editor, key):
    editor.ask("the dog")
    editor.ask("the hat", Combine.ADD)
    found = panel.findChild(QListWidget, "expression_list")
    found.setCurrentRow(0)
    qtbot.keyClick(found, key)
    assert lines(panel) == ["+ the hat  (97 %)"] and found.currentRow() == 0
    qtbot.keyClick(found, key)
    qtbot.keyClick(found, key)  # nothing is left: nothing happens
    assert lines(panel) == []


def test_a_drag_of_a_slider_is_one_step(panel, editor):
    editor.ask("the dog")
    drag(panel.findChild(QSlider, "shift_edge"), 3, 7, -12)
    assert editor.document.controls == MatteControls(shift_edge=-12)
    drag(panel.findChild(QSlider, "shift_edge"), -5, -2)
    assert editor.document.controls.shift_edge == -2
    editor.undo()
    assert editor.document.controls.shift_edge == -12
    assert panel.findChild(QSlider, "shift_edge").value() == -12
    editor.undo()
    assert editor.document.controls == MatteControls()
    assert panel.findChild(QDoubleSpinBox, "shift_edge_value").value() == 0


def test_key_presses_in_a_row_are_one_step_and_a_pause_ends_it(qtbot, panel, editor):
    slider = panel.findChild(QSlider, "feather")
    for _ in range(3):
        qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert editor.document.controls.feather == 3
    qtbot.wait(900)
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    editor.undo()
    assert editor.document.controls.feather == 3
    editor.undo()
    assert editor.document.controls.feather == 0


def test_fractions_can_be_typed(qtbot, panel, editor):
    box = panel.findChild(QDoubleSpinBox, "feather_value")
    box.selectAll()
    qtbot.keyClicks(box, box.locale().toString(1.5))
    assert editor.document.controls.feather == 0  # not before it is finished
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert editor.document.controls.feather == 1.5


def test_what_is_being_typed_survives_a_change_of_the_document(qtbot, panel, editor):
    box = panel.findChild(QDoubleSpinBox, "feather_value")
    box.selectAll()
    qtbot.keyClicks(box, "12")
    editor.ask("the dog")
    assert box.text().startswith("12")


def test_contrast_is_a_share(panel, editor):
    drag(panel.findChild(QSlider, "contrast"), 29)
    assert editor.document.controls.contrast == pytest.approx(0.29)
    assert panel.findChild(QDoubleSpinBox, "contrast_value").value() == 29


def test_boxes_buttons_and_their_undo(qtbot, panel, editor):
    editor.ask("the dog")
    for name in ("fill_holes", "invert"):
        panel.findChild(QAbstractButton, name).click()
    assert editor.document.controls == MatteControls(fill_holes=True, invert=True)
    panel.findChild(QAbstractButton, "reset_controls").click()
    assert editor.document.controls == MatteControls()
    assert not panel.findChild(QAbstractButton, "invert").isChecked()
    editor.undo()
    assert panel.findChild(QAbstractButton, "invert").isChecked()
    panel.findChild(QAbstractButton, "clear_matte").click()
    assert editor.document.parts == () and lines(panel) == []


def test_without_an_editor_nothing_breaks(qtbot, panel, editor):
    editor.ask("the dog")
    panel.set_editor(None)
    assert lines(panel) == []
    assert not panel.findChild(QSlider, "feather").isEnabled()
    editor.ask("the cat")  # it does not listen any more
    assert lines(panel) == []
    panel.set_editor(editor)
    assert lines(panel) == ["the cat  (97 %)"]


def test_a_small_panel_scrolls_and_is_no_wider_than_it_must(panel):
    assert panel.minimumSizeHint().height() < 200
    panel.resize(panel.minimumSizeHint())
    assert panel.findChild(QSlider, "feather").width() > 0


def test_everything_has_a_name_for_screen_readers(panel):
    for kind in (QComboBox, QSlider, QDoubleSpinBox, QListWidget):
        for widget in panel.findChildren(kind):
            assert widget.accessibleName(), widget.objectName()


@pytest.fixture
def brushes(qtbot, editor):
    made = BrushPanel()
    qtbot.addWidget(made)
    made.set_editor(editor)
    return made


@pytest.mark.parametrize("tool", [Tool.KEEP, Tool.REMOVE, Tool.REFINE, Tool.LASSO])
def test_a_tool_is_chosen_and_shown(qtbot, editor, tool):
    strip = ToolStrip()
    qtbot.addWidget(strip)
    strip.set_editor(editor)
    with qtbot.waitSignal(strip.tool_chosen) as emitted:
        strip.findChild(QToolButton, f"tool_{tool.value}").click()
    assert emitted.args[0] is tool
    with qtbot.assertNotEmitted(strip.tool_chosen):
        strip.set_tool(Tool.PAN)
    assert strip.findChild(QToolButton, "tool_pan").isChecked()
    strip.set_tool(Tool.EYEDROPPER)
    assert not any(button.isChecked() for button in strip.findChildren(QToolButton))


def test_the_options_of_the_brush_are_there_while_a_tool_paints(brushes):
    assert not brushes.isVisible()
    brushes.set_tool(Tool.REFINE)
    assert brushes.isVisible()
    brushes.set_tool(Tool.LASSO)
    assert not brushes.isVisible()


def test_sections_fold_away_and_stay_so_in_the_next_run(qtbot, panel, tmp_path):
    state_file = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    feather = panel.findChild(QSlider, "feather")
    assert feather.isVisibleTo(panel)
    panel.findChild(QToolButton, "edge_section").click()
    assert not feather.isVisibleTo(panel)
    save_sections(panel, state_file)
    again = MattePanel()
    qtbot.addWidget(again)
    restore_sections(again, state_file)
    assert not again.findChild(QSlider, "feather").isVisibleTo(again)
    assert again.findChild(QSlider, "opacity").isVisibleTo(again)


def test_radius_and_hardness_are_told_in_their_units(qtbot, brushes):
    brushes.set_brush(40, 0.5)
    assert brushes.findChild(QSlider, "brush_size").value() == 80, "photographers read the diameter"
    with qtbot.waitSignal(brushes.brush_changed) as emitted:
        brushes.findChild(QSlider, "brush_hardness").setValue(90)
    assert emitted.args == [40.0, 0.9]
    brushes.set_brush(1e9, 1.0)
    assert brushes.brush() == (500.0, 1.0)


def test_the_list_grows_with_its_lines_up_to_seven(panel, editor, qtbot):
    found = panel.findChild(QListWidget, "expression_list")
    panel.resize(320, 1400)
    low = found.height()
    for place in range(7):
        editor.paint(Stroke(Brush.KEEP, ((10.0 * place, 5.0),), 3.0))
    qtbot.waitUntil(lambda: found.height() > 2 * low)
    high = found.height()
    for place in range(3):
        editor.paint(Stroke(Brush.KEEP, ((10.0 * place, 50.0),), 3.0))
    QApplication.processEvents()
    assert found.height() == high and found.verticalScrollBar().maximum() > 0
