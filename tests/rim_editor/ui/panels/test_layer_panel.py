"""The layer panel: rows as the document has them, the highest first, and every button and gesture as a step."""

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget, QToolButton

from rim_editor.documents.document import Brush, Stroke
from rim_editor.editor.events import Notice, NoticeCode
from rim_editor.ui.panels.layer_panel import LayerPanel

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def panel(qtbot, editor):
    made = LayerPanel()
    qtbot.addWidget(made)
    made.set_editor(editor)
    made.resize(320, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


def layer_list(panel):
    return panel.findChild(QListWidget, "layer_list")


def titles(panel):
    found = layer_list(panel)
    return [found.item(row).text() for row in range(found.count())]


def click(panel, name):
    panel.findChild(QToolButton, name).click()


def row_button(panel, row, name):
    found = layer_list(panel)
    return found.itemWidget(found.item(row)).findChild(QToolButton, name)


def test_the_highest_layer_is_first_and_the_active_one_is_selected(panel, editor):
    assert titles(panel) == ["Layer 1"]
    click(panel, "layer_new")
    assert titles(panel) == ["Layer 2", "Layer 1"] and layer_list(panel).currentRow() == 0
    layer_list(panel).setCurrentRow(1)
    assert editor.document.active == 0 and editor.history.undo_name == "New layer"
    editor.undo()
    assert titles(panel) == ["Layer 1"]


def test_an_answer_names_its_layer(panel, editor):
    editor.ask("the dog")
    assert titles(panel) == ["the dog"]
    layer_list(panel).item(0).setText("Rex")
    assert editor.document.layer.name == "Rex" and titles(panel) == ["Rex"]
    layer_list(panel).item(0).setText(" ")
    assert titles(panel) == ["the dog"]


def test_buttons_duplicate_arrange_and_delete(qtbot, panel, editor):
    editor.ask("the dog")
    click(panel, "layer_duplicate")
    assert titles(panel) == ["the dog copy", "the dog"]
    raised, lowered = (panel.findChild(QToolButton, name) for name in ("layer_raise", "layer_lower"))
    assert not raised.isEnabled() and lowered.isEnabled()
    lowered.click()
    assert titles(panel) == ["the dog", "the dog copy"] and layer_list(panel).currentRow() == 1
    qtbot.keyClick(layer_list(panel), Qt.Key.Key_Delete)
    assert titles(panel) == ["the dog"]
    click(panel, "layer_delete")
    assert titles(panel) == ["Layer 1"] and not editor.document.parts


def test_a_row_that_is_dragged_moves_its_layer(panel, editor):
    for name in ("low", "middle", "high"):
        editor.layers.rename(editor.document.active, name)
        if name != "high":
            click(panel, "layer_new")
    model = layer_list(panel).model()
    assert model.moveRow(QModelIndex(), 0, QModelIndex(), 3)
    assert titles(panel) == ["middle", "low", "high"]
    assert [layer.name for layer in editor.document.layers] == ["high", "low", "middle"]
    assert model.moveRow(QModelIndex(), 2, QModelIndex(), 1)
    assert titles(panel) == ["middle", "high", "low"]
    assert editor.document.layer.name == "high"


def test_the_eye_hides_and_the_lock_protects(panel, editor):
    editor.paint(Stroke(Brush.KEEP, ((5.0, 5.0),), 3.0))
    row_button(panel, 0, "layer_visible").click()
    assert not editor.document.layer.visible
    row_button(panel, 0, "layer_visible").click()
    row_button(panel, 0, "layer_locked").click()
    assert editor.document.layer.visible and editor.document.layer.locked
    editor.paint(Stroke(Brush.KEEP, ((9.0, 5.0),), 3.0))
    assert len(editor.document.parts) == 1
    panel.lock_or_unlock()
    panel.show_or_hide()
    assert not editor.document.layer.locked and not editor.document.layer.visible


@pytest.mark.parametrize("way", ["key", "button"])
def test_a_locked_layer_is_not_deleted_until_it_is_unlocked(qtbot, panel, editor, way):
    heard = []
    editor.listen(lambda event: heard.append(event) if isinstance(event, Notice) else None)
    editor.ask("the dog")
    editor.layers.lock(0, True)

    def delete():
        if way == "key":
            qtbot.keyClick(layer_list(panel), Qt.Key.Key_Delete)
        else:
            click(panel, "layer_delete")

    delete()
    assert titles(panel) == ["the dog"] and editor.document.parts
    assert [(notice.code, notice.text) for notice in heard] == [
        (NoticeCode.LOCKED, "The layer “the dog” is locked: unlock it before you delete it.")
    ]
    panel.lock_or_unlock()
    delete()
    assert titles(panel) == ["Layer 1"] and not editor.document.parts


def test_without_an_image_there_is_nothing_to_arrange(panel):
    panel.set_editor(None)
    for call in (
        panel.add,
        panel.duplicate,
        panel.delete,
        panel.show_or_hide,
        panel.lock_or_unlock,
        lambda: panel.move_layer(1),
    ):
        call()
    assert titles(panel) == [] and not panel.findChild(QToolButton, "layer_new").isEnabled()
    assert panel.findChild(QToolButton, "layers_section").isEnabled(), "it folds, as the other sections do"


def test_the_list_grows_with_its_rows(qtbot, panel):
    before, row = panel.sizeHint().height(), layer_list(panel).sizeHintForRow(0)
    for _ in range(2):
        click(panel, "layer_new")
    qtbot.waitUntil(lambda: panel.sizeHint().height() >= before + 2 * row)


@pytest.mark.parametrize("way", ["F2", "double-click"])
def test_a_layer_is_renamed_in_the_list_and_the_buttons_come_back(qtbot, panel, editor, way):
    editor.ask("the dog")
    found = layer_list(panel)
    found.setFocus()
    if way == "F2":
        qtbot.keyClick(found, Qt.Key.Key_F2)
    else:
        at = found.visualItemRect(found.item(0)).center()
        qtbot.mouseClick(found.viewport(), Qt.MouseButton.LeftButton, pos=at)
        qtbot.mouseDClick(found.viewport(), Qt.MouseButton.LeftButton, pos=at)
    line = found.findChild(QLineEdit)
    assert line is not None and line.text() == "the dog"
    line.setText("Rex")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: editor.document.layer.name == "Rex")
    qtbot.waitUntil(lambda: found.itemWidget(found.item(0)) is not None)
    assert titles(panel) == ["Rex"]


def test_a_layer_without_a_title_keeps_its_number_when_it_is_moved(panel):
    for _ in range(2):
        click(panel, "layer_new")
    click(panel, "layer_lower")
    assert titles(panel) == ["Layer 2", "Layer 3", "Layer 1"]


def test_a_layer_that_is_not_selected_is_renamed_by_one_double_click_and_by_the_menu(qtbot, panel, editor):
    click(panel, "layer_new")
    found = layer_list(panel)
    at = found.visualItemRect(found.item(1)).center()
    qtbot.mouseClick(found.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseDClick(found.viewport(), Qt.MouseButton.LeftButton, pos=at)
    line = found.findChild(QLineEdit)
    assert editor.document.active == 0 and line.text() == "Layer 1"
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: found.itemWidget(found.item(1)) is not None)
    panel.rename()
    assert [line.text() for line in found.findChildren(QLineEdit) if line.isVisible()] == ["Layer 1"]


def test_buttons_stay_under_the_pointer_while_the_list_grows(qtbot, panel):
    def right_end(name):
        return row_button(panel, 0, name).mapTo(panel, row_button(panel, 0, name).rect().topRight()).x()

    new = panel.findChild(QToolButton, "layer_new")
    at, eye = new.pos(), right_end("layer_visible")
    for _ in range(8):
        click(panel, "layer_new")
        QApplication.processEvents()
        assert new.pos() == at
    assert layer_list(panel).verticalScrollBar().maximum() > 0 and right_end("layer_visible") == eye


def test_a_long_title_ends_before_the_buttons_of_its_row(panel, editor):
    def painted():
        found = layer_list(panel)
        row = found.visualItemRect(found.item(0))
        buttons = row_button(panel, 0, "layer_visible").mapTo(found.viewport(), QPoint(0, 0)).x()
        whole = found.viewport().grab(row).toImage()
        return whole, whole.copy(buttons, 0, whole.width() - buttons, whole.height())

    editor.layers.rename(0, "hat")
    short, beside_short = painted()
    editor.layers.rename(0, "the woman in the red coat on the left, who looks at the sea")
    long, beside_long = painted()
    assert long != short and beside_long == beside_short
