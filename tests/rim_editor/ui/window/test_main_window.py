"""The window around the flows: tabs, messages, menus, what it remembers, and what it brings back after a crash."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QDockWidget,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSlider,
    QToolButton,
    QWidget,
)

from clipmat.errors import WeightsMissing
from rim_editor import settings as stored
from rim_editor.documents.composition import Placement
from rim_editor.documents.document import Brush, Combine, Stroke
from rim_editor.documents.edits import SolidColour
from rim_editor.documents.framing import CanvasShape, Framing
from rim_editor.documents.rendering import ViewMode
from rim_editor.files.exporting import ExportRequest
from rim_editor.files.recovery import Recovery
from rim_editor.settings import Settings
from rim_editor.ui import dropped_data, live_settings
from rim_editor.ui.canvas.tools import Tool
from rim_editor.ui.window import autosave
from rim_editor.ui.window.dock_focus import in_front
from rim_editor.ui.window.document_tabs import UNSAVED, DocumentTabs
from rim_editor.ui.window.main_window import MainWindow
from rim_editor.ui.window.message_bar import MessageBar

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

STROKE = Stroke(Brush.KEEP, ((30, 30), (60, 60)), 10)


@pytest.fixture
def make_window(qtbot, matting, runner):
    def discard_all(window):
        for document in window.documents:
            document.editor.cancel()
            document.discarded = True

    def make(settings=None, **more):
        window = MainWindow(matting, settings or Settings(), runner=runner, **more)
        qtbot.addWidget(window, before_close_func=discard_all)
        window.resize(1100, 760)
        window.show()
        qtbot.waitExposed(window)
        return window

    return make


@pytest.fixture
def window(make_window):
    return make_window()


@pytest.fixture
def open_in(qtbot):
    def open_files(window, *paths):
        window.opener.open_files(paths)
        qtbot.waitUntil(lambda: not window.opener.busy)
        return window.editor()

    return open_files


def messages(window):
    return [message.text for message in window.parts.messages.messages()]


# the window


def test_without_an_image_only_what_makes_sense_can_be_done(window):
    actions = window.actions_by_id
    assert actions["open"].isEnabled() and actions["models"].isEnabled() and actions["quit"].isEnabled()
    for name in ("export", "undo", "redo", "close", "cancel", "view_overlay", "brush_keep", "copy_cutout"):
        assert not actions[name].isEnabled(), name
    assert window.windowTitle() == "RIM Editor"


def test_everything_that_can_be_touched_has_a_name_and_can_be_read_out(window, open_in, photo):
    open_in(window, photo())
    kinds = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QSlider)
    touched = [w for w in window.findChildren(QWidget) if isinstance(w, kinds) and w.isVisible()]
    ours = [w for w in touched if not w.objectName().startswith("qt_") and w.window() is window]
    assert len(ours) > 25
    for widget in ours:
        if type(widget.parent()).__name__ in ("QSpinBox", "QDoubleSpinBox", "SpinBox", "QTabBar", "DocumentTabs"):
            continue  # a part of another widget
        if isinstance(widget.parent(), QLineEdit):
            continue  # the cross that clears
        assert widget.objectName(), widget
        buddy = any(label.buddy() is widget for label in window.findChildren(type(window.findChild(QWidget, "x") or 0)))
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        assert widget.accessibleName() or text or buddy, widget.objectName()


def test_the_toolbar_stands_for_actions_with_tips(window):
    for name in ("open", "undo", "export", "split"):
        button = window.findChild(QWidget, f"toolbar_{name}")
        assert button.toolTip() == window.actions_by_id[name].toolTip() and button.accessibleName()


def test_a_double_click_on_the_empty_canvas_lets_the_user_choose_images(window, qtbot, photo):
    qtbot.mouseClick(window.parts.canvas, Qt.MouseButton.LeftButton)
    assert window.findChild(QWidget, "open_dialog") is None, "it may have missed a button"
    qtbot.mouseDClick(window.parts.canvas, Qt.MouseButton.LeftButton)
    dialog = window.findChild(QWidget, "open_dialog")
    assert dialog is not None
    dialog.filesSelected.emit([str(photo("a.png")), str(photo("b.png"))])
    dialog.close()
    qtbot.waitUntil(lambda: len(window.documents) == 2)


def test_dialogs_start_in_the_folder_of_the_image(window, open_in, photo):
    path = photo("folder/a.png")
    open_in(window, path)
    window.actions_by_id["open"].trigger()
    window.parts.edit_panel.choose_background()
    for name in ("open_dialog", "background_dialog"):
        dialog = window.findChild(QFileDialog, name)
        assert Path(dialog.directory().absolutePath()) == path.parent
        dialog.close()


def test_the_frame_of_an_export_is_remembered_for_its_image_alone(window, open_in, photo, qtbot, home):
    def frame():
        window.actions_by_id["export"].trigger()
        return window.findChildren(QDialog, "export_dialog")[-1].findChild(QComboBox, "export_frame")

    open_in(window, photo("a.png")).paint(STROKE)
    window.live_settings.set(replace(window.live_settings.current, export_folder=home))
    box = frame()
    box.setCurrentIndex(box.findData("4:5"))
    box.window().findChild(QPushButton, "export_button").click()
    qtbot.waitUntil(lambda: window.documents.current.last_export is not None, timeout=20000)
    again = frame()
    assert again.currentData() == "4:5"
    again.window().reject()
    open_in(window, photo("b.png")).paint(STROKE)
    assert frame().currentData() == "whole"


def test_undo_names_what_it_takes_back_and_keeps_ampersands(window, open_in, photo, qtbot):
    editor = open_in(window, photo())
    editor.ask("salt & dog")
    undo = window.actions_by_id["undo"]
    window.parts.canvas.setFocus()
    qtbot.waitUntil(lambda: not editor.busy)
    assert undo.text() == "&Undo Find “salt && dog”"


def test_undo_withdraws_what_is_marked_and_takes_no_step_back(window, open_in, photo, qtbot):
    editor = open_in(window, photo())
    undo = window.actions_by_id["undo"]
    for words, combine in (("the dog", Combine.NEW), ("maybe the hat", Combine.SUBTRACT)):
        window.parts.expression_bar.set_combine(combine)
        window.parts.expression_bar.ask_for(words)
        qtbot.waitUntil(lambda: not editor.busy)
    qtbot.waitUntil(lambda: undo.text() == "&Undo Subtract “maybe the hat”")
    undo.trigger()
    assert editor.guess is None and [part.expression for part in editor.document.expressions] == ["the dog"]
    assert undo.text() == "&Undo Find “the dog”"
    undo.trigger()
    assert editor.document.parts == ()


def test_choices_of_panels_canvas_and_menu_are_the_same(window, open_in, photo):
    open_in(window, photo())
    actions, canvas = window.actions_by_id, window.parts.canvas
    canvas.set_tool(Tool.KEEP)
    assert actions["brush_keep"].isChecked() and window.findChild(QWidget, "tool_keep").isChecked()
    actions["brush_remove"].trigger()
    assert canvas.tool is Tool.REMOVE and window.findChild(QWidget, "tool_remove").isChecked()
    canvas.set_tool(Tool.MOVE_BACKGROUND)
    assert not any(action.isChecked() for action in actions.group("brush").actions())
    actions["combine_add"].trigger()
    assert window.parts.expression_bar.combine().value == "add"
    box = window.findChild(QComboBox, "view_mode")
    actions["view_marching_ants"].trigger()
    assert box.currentText() == "Marching ants" and canvas.view.mode is ViewMode.MARCHING_ANTS
    box.setCurrentIndex(0)
    assert actions["view_result"].isChecked()
    actions["split"].trigger()
    assert canvas.split
    before = canvas.brush[0]
    actions["brush_larger"].trigger()
    assert canvas.brush[0] > before and window.parts.brush_panel.brush()[0] == pytest.approx(canvas.brush[0], abs=0.6)


def test_the_eyedropper_gives_one_colour_and_the_tool_before_comes_back(window, open_in, photo):
    open_in(window, photo())
    canvas, taken = window.parts.canvas, []
    canvas.set_tool(Tool.KEEP)
    window.parts.edit_panel.eyedropper_requested.emit(taken.append)
    assert canvas.tool is Tool.EYEDROPPER
    canvas.colour_picked.emit((1, 2, 3))
    assert taken == [(1, 2, 3)] and canvas.tool is Tool.KEEP
    window.parts.edit_panel.eyedropper_requested.emit(taken.append)
    window.actions_by_id["cancel"].trigger()
    assert canvas.tool is Tool.KEEP
    canvas.colour_picked.emit((4, 5, 6))
    assert taken == [(1, 2, 3)]


def test_the_panels_are_hidden_and_brought_back_by_their_keys(window, open_in, photo, qtbot):
    open_in(window, photo())
    panel, action = window.parts.matte_panel, window.actions_by_id["show_matte_panel"]
    edit = window.actions_by_id["show_edit_panel"]
    assert panel.isVisible() and action.isChecked()
    edit.trigger()
    qtbot.waitUntil(window.parts.edit_panel.isVisible)
    action.trigger()
    qtbot.waitUntil(lambda: in_front(window.findChild(QDockWidget, "matte_dock")))
    action.trigger()
    assert not panel.isVisible() and not action.isChecked()
    action.trigger()
    qtbot.waitUntil(panel.isVisible)
    assert action.isChecked()


def test_every_key_is_in_the_list_of_shortcuts(window):
    window.actions_by_id["shortcuts"].trigger()
    table = window.findChild(QWidget, "shortcuts_table")
    rows = [[table.item(row, column).text() for column in range(3)] for row in range(table.rowCount())]
    for action in window.actions_by_id:
        name = action.text().replace("&", "").rstrip("…")
        assert any(name == row[1] and row[2] for row in rows), name
    assert any(row[0] == "Canvas" and row[2] == "Space" for row in rows)
    window.findChild(QWidget, "shortcuts_dialog").reject()


def test_the_status_bar_tells_size_zoom_and_model(window, open_in, photo, qtbot):
    editor = open_in(window, photo())
    assert window.findChild(QWidget, "status_size").text() == "320 × 200"
    assert window.findChild(QWidget, "status_zoom").text().endswith("%")
    editor.ask("the dog")
    qtbot.waitUntil(lambda: not editor.busy)
    text = window.findChild(QWidget, "status_model").text()
    assert "compact" in text and "cpu" in text and "ms" in text
    assert "no GPU" in window.findChild(QWidget, "status_model").toolTip()


# what it remembers


def test_expressions_and_images_are_remembered_and_written(make_window, open_in, photo, qtbot, monkeypatch):
    monkeypatch.setattr(live_settings, "DELAY_MS", 1)
    window = make_window()
    open_in(window, photo("a.png"))
    open_in(window, photo("b.png"))
    box = window.findChild(QLineEdit, "expression_box")
    qtbot.keyClicks(box, "the dog")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not window.editor().busy)
    menu = window.findChild(QMenu, "open_recent_menu")
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()][:2] == ["&1 b.png", "&2 a.png"]
    qtbot.waitUntil(lambda: stored.load().expressions == ("the dog",) and len(stored.load().recent) == 2)
    window.actions_by_id["forget_recent"].trigger()
    assert not menu.isEnabled()


def test_a_recent_image_that_is_gone_is_forgotten(make_window, open_in, tmp_path):
    gone = tmp_path / "gone.png"
    window = make_window(Settings(recent=(gone,)))
    open_in(window, gone)
    assert window.live_settings.current.recent == () and any("gone.png" in text for text in messages(window))


def test_settings_are_written_on_leaving_and_the_layout_comes_back(make_window, qtbot):
    window = make_window()
    window.live_settings.set(Settings(theme="dark"))
    window.actions_by_id["show_edit_panel"].trigger()
    qtbot.waitUntil(lambda: in_front(window.findChild(QDockWidget, "edit_dock")))
    window.actions_by_id["show_edit_panel"].trigger()
    assert not window.parts.edit_panel.isVisible()
    window.resize(900, 650)
    assert window.close()
    assert stored.load().theme == "dark"
    again = make_window(stored.load())
    assert not again.parts.edit_panel.isVisible() and not again.actions_by_id["show_edit_panel"].isChecked()


def test_settings_that_cannot_be_written_are_told_once(make_window, qtbot, monkeypatch):
    from rim_editor.errors import OutputNotWritable

    def refuse(_):
        raise OutputNotWritable("The settings cannot be saved: make room.")

    monkeypatch.setattr(stored, "save", refuse)
    monkeypatch.setattr(live_settings, "DELAY_MS", 1)
    window = make_window()
    window.live_settings.set(Settings(theme="dark"))
    qtbot.waitUntil(lambda: any("make room" in text for text in messages(window)))


def test_preferences_change_what_the_next_question_asks(window, open_in, photo):
    editor = open_in(window, photo())
    window.live_settings.set(Settings(weights="vit-b-16", device="cpu"))
    assert (editor.options.weights, editor.options.device) == ("vit-b-16", "cpu")
    assert "vit-b-16" in window.findChild(QWidget, "status_model").text()
    window.live_settings.set(Settings(weights="/own/mine.safetensors.index.json"))
    assert window.findChild(QWidget, "status_model").text().startswith("mine.safetensors.index.json")


# in the background


def test_warming_up_loads_the_model_and_its_nouns_beside_the_window(window, model, runner, settled, qtbot):
    window.preload_model()
    qtbot.waitUntil(lambda: model.loaded == [("compact", "auto")])
    settled(runner, timeout=60_000)
    box = window.findChild(QLineEdit, "expression_box")
    qtbot.keyClicks(box, "umbrell")
    assert box.completer().completionCount() > 0


def test_a_model_that_cannot_be_loaded_is_told_with_a_way_out(window, model, qtbot):
    model.load_error = WeightsMissing("The weights of 'vit-b-16' are not on this machine: fetch them.")
    window.preload_model()
    qtbot.waitUntil(lambda: bool(messages(window)))
    assert window.findChild(QPushButton, "message_models") is not None


# after a crash


def test_unsaved_work_is_kept_and_forgotten_once_saved(make_window, open_in, photo, qtbot, home, tmp_path, monkeypatch):
    monkeypatch.setattr(autosave, "DELAY_MS", 1)
    window = make_window()
    editor = open_in(window, photo())
    editor.paint(STROKE)

    def kept():
        while True:
            try:
                return [path for path in (home / "recovery").rglob("*") if path.is_file()]
            except FileNotFoundError:  # a state was renamed or put away while looking
                continue

    qtbot.waitUntil(lambda: bool(kept()))
    editor.saving.save(tmp_path / "work.rim")
    qtbot.waitUntil(lambda: not kept())
    editor.paint(STROKE)
    qtbot.waitUntil(lambda: bool(kept()))
    for document in window.documents:
        document.discarded = True
    window.close()
    assert not kept(), "what was discarded is not offered"


CRASH = """
import os, sys
from pathlib import Path
import numpy as np
from clipmat.certainty import Certainty
from rim_editor.documents.document import Answer, Brush, Combine, Document, Stroke
from rim_editor.documents.edits import SolidColour
from rim_editor.documents.framing import CanvasShape, Framing
from rim_editor.documents.rendering import ViewMode
from clipmat.image_files import read
from rim_editor.files.recovery import Recovery
answer = Answer("maybe the dog", Combine.NEW, np.zeros((200, 320), np.float32), 0.42, Certainty.UNSURE)
stroke = Stroke(Brush.KEEP, ((30, 30), (60, 60)), 10)
document = Document.of_one_layer(read(Path(sys.argv[2])), (answer, stroke), edit=SolidColour())
Recovery(Path(sys.argv[1])).save("one", document, mode=ViewMode.ON_BLACK)
os._exit(1)
"""


@pytest.fixture
def crashed(home, photo):
    folder, image = home / "recovery", photo()
    root = Path(__file__).parents[4]
    subprocess.run([sys.executable, "-c", CRASH, folder, image], cwd=root, check=False, env={**os.environ})
    return folder


def test_after_a_crash_the_work_comes_back(make_window, crashed, qtbot, runner, settled):
    window = make_window()
    window.offer_recovery()
    qtbot.waitUntil(lambda: any("did not end properly" in text for text in messages(window)))
    qtbot.mouseClick(window.findChild(QPushButton, "message_restore"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(window.documents) == 1)
    editor = window.editor()
    assert editor.unsaved and isinstance(editor.document.edit, SolidColour)
    assert editor.renderer.matte(editor.document)[45, 45] == 1
    settled(runner)
    assert not Recovery(crashed).recoverable()
    assert [path for path in crashed.rglob("*") if path.is_file()], "it is kept anew until it is saved"


def test_a_project_is_shown_as_it_was_left(make_window, open_in, photo, qtbot, tmp_path):
    window = make_window()
    editor, path = open_in(window, photo()), tmp_path / "work.rim"
    editor.ask("maybe the dog")
    qtbot.waitUntil(lambda: editor.document.has_matte and not editor.busy)
    window.actions_by_id["view_on_white"].trigger()
    status = window.findChild(QLabel, "status_line")

    def reopened():
        editor.saving.save(path)
        qtbot.waitUntil(lambda: not editor.busy)
        other = make_window()
        other.opener.open_files([path])
        qtbot.waitUntil(lambda: len(other.documents) == 1)
        assert other.parts.canvas.view.mode is ViewMode.ON_WHITE
        return other.findChild(QLabel, "status_line").text()

    assert reopened() == status.text() == "Not sure that this is “maybe the dog”"
    window.findChild(QPushButton, "use_answer").click()
    assert reopened() == status.text() == "Used “maybe the dog”"


def restore(qtbot, window):
    window.offer_recovery()
    qtbot.waitUntil(lambda: window.findChild(QPushButton, "message_restore") is not None)
    qtbot.mouseClick(window.findChild(QPushButton, "message_restore"), Qt.MouseButton.LeftButton)


def test_restored_work_takes_the_place_of_its_image_or_has_a_name_of_its_own(
    make_window, open_in, crashed, photo, qtbot, runner, settled
):
    window = make_window()
    editor = open_in(window, photo())
    restore(qtbot, window)
    qtbot.waitUntil(lambda: editor.unsaved)
    assert len(window.documents) == 1 and editor.document.parts
    bar, canvas = window.parts.expression_bar, window.parts.canvas
    assert canvas.view.mode is ViewMode.ON_BLACK
    assert bar.words() == "maybe the dog", "the box has the words of what took the place"
    assert window.findChild(QLabel, "status_line").text() == "Not sure that this is “maybe the dog”"
    settled(runner)
    window = make_window(recovery=Recovery(crashed.parent / "again"))
    subprocess.run(
        [sys.executable, "-c", CRASH, crashed.parent / "again", photo()], cwd=Path(__file__).parents[4], check=False
    )
    open_in(window, photo()).paint(STROKE)
    restore(qtbot, window)
    qtbot.waitUntil(lambda: len(window.documents) == 2)
    assert window.editor().title.startswith("photo.jpg (restored, ")
    settled(runner)


SEVERAL_CRASHED = """
import os, sys
from pathlib import Path
from rim_editor.documents.document import Brush, Document, Stroke
from clipmat.image_files import read
from rim_editor.files.recovery import Recovery
stroke = Stroke(Brush.KEEP, ((30, 30), (60, 60)), 10)
recovery = Recovery(Path(sys.argv[1]))
for key, path in reversed(list(enumerate(sys.argv[2:]))):
    recovery.save(str(key), Document.of_one_layer(read(Path(path)), (stroke,)))
os._exit(1)
"""


def test_restored_images_keep_their_order_and_each_its_message(make_window, home, photo, tmp_path, qtbot, settled):
    whole = photo("whole.jpg").read_bytes()
    cut, path = tmp_path / "cut.jpg", photo("b.png")
    cut.write_bytes(whole[: len(whole) * 3 // 4])
    script = [sys.executable, "-W", "ignore", "-c", SEVERAL_CRASHED, home / "recovery", cut, path]
    subprocess.run(script, cwd=Path(__file__).parents[4], check=False, env={**os.environ})
    window = make_window()
    restore(qtbot, window)
    qtbot.waitUntil(lambda: len(window.documents) == 2)
    settled(window.runner)
    assert [document.editor.title for document in window.documents] == ["cut.jpg", "b.png"]
    window.documents.choose(list(window.documents)[1])
    assert not window.parts.messages.isVisible(), "cut.jpg is damaged, b.png is not"
    window.documents.choose(list(window.documents)[0])
    assert window.parts.messages.isVisible() and "damaged" in messages(window)[0]


SAVED_AND_CRASHED = """
import os, sys
from pathlib import Path
from rim_editor.documents.document import Brush, Document, Stroke
from rim_editor.documents.edits import SolidColour
from rim_editor.documents.framing import CanvasShape, Framing
from rim_editor.documents.history import History
from rim_editor.files import projects
from clipmat.image_files import read
from rim_editor.files.recovery import Recovery
stroke = Stroke(Brush.KEEP, ((30, 30), (60, 60)), 10)
history = History(Document(read(Path(sys.argv[2]))))
history.commit(history.current.changed(parts=(stroke,)), "Paint")
path = Path(sys.argv[2]).with_suffix(".rim")
projects.write(path, history.steps, history.place)
Recovery(Path(sys.argv[1])).save("one", history.current.changed(edit=SolidColour()), path)
os._exit(1)
"""


def test_after_a_crash_the_work_on_a_project_is_its_next_step(make_window, home, photo, qtbot, runner, settled):
    image = photo()
    script = [sys.executable, "-c", SAVED_AND_CRASHED, home / "recovery", image]
    subprocess.run(script, cwd=Path(__file__).parents[4], check=False, env={**os.environ})
    window = make_window()
    window.offer_recovery()
    qtbot.waitUntil(lambda: any("“photo.rim”" in text for text in messages(window)))
    qtbot.mouseClick(window.findChild(QPushButton, "message_restore"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(window.documents) == 1)
    editor = window.editor()
    assert editor.unsaved and editor.saving.path == image.with_suffix(".rim")
    assert [step.name for step in editor.history.steps] == ["", "Paint", "Restore unsaved work"]
    assert isinstance(editor.document.edit, SolidColour)
    assert editor.document.source is editor.history.steps[0].document.source
    settled(runner)


def test_tools_that_work_on_the_photograph_show_it_once_its_object_was_placed_elsewhere(window, open_in, photo):
    editor, canvas = open_in(window, photo()), window.parts.canvas
    editor.paint(STROKE)
    canvas.set_tool(Tool.PLACE)
    assert canvas.view.mode is ViewMode.RESULT
    canvas.set_tool(Tool.KEEP)
    assert canvas.view.mode is ViewMode.RESULT, "it stands where it was"
    editor.composition.place(Placement(right=0.2))
    canvas.set_tool(Tool.PICK)
    assert canvas.view.mode is ViewMode.OVERLAY
    canvas.set_tool(Tool.PLACE)
    assert canvas.view.mode is ViewMode.RESULT
    canvas.set_tool(Tool.PAN)
    assert canvas.view.mode is ViewMode.RESULT


def test_after_a_crash_the_work_may_be_discarded(make_window, crashed, qtbot):
    window = make_window()
    window.offer_recovery()
    qtbot.waitUntil(lambda: bool(messages(window)))
    qtbot.mouseClick(window.findChild(QPushButton, "message_discard"), Qt.MouseButton.LeftButton)
    assert any("gone for good" in text for text in messages(window)) and list(crashed.glob("*"))
    qtbot.mouseClick(window.findChild(QPushButton, "message_keep"), Qt.MouseButton.LeftButton)
    assert any("Unsaved work was kept" in text for text in messages(window))
    qtbot.mouseClick(window.findChild(QPushButton, "message_discard"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(window.findChild(QPushButton, "message_discard"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not list(crashed.glob("*")))
    assert len(window.documents) == 0 and not messages(window)


def test_without_a_crash_nothing_is_offered(window, runner, settled):
    window.offer_recovery()
    settled(runner)
    assert not messages(window)


# tabs


@pytest.fixture
def tabs(qtbot):
    made = DocumentTabs()
    qtbot.addWidget(made)
    made.resize(600, 30)
    made.show()
    return made


def test_many_tabs_scroll_before_their_names_are_unreadable(tabs):
    for key in "abcdefgh":
        tabs.add(key, f"a photograph of the summer {key}.jpg", "")
    letters = 20 * tabs.fontMetrics().averageCharWidth()
    assert min(tabs.tabRect(place).width() for place in range(tabs.count())) > letters


def test_tabs_keep_their_keys_while_they_move(tabs, qtbot):
    for key in "abc":
        tabs.add(key, f"{key}.png", "")
    tabs.choose("c")
    tabs.moveTab(2, 0)
    assert tabs.keys() == ["c", "a", "b"] and tabs.key(tabs.currentIndex()) == "c"
    tabs.set_title("a", "R&D.png", unsaved=True)
    assert tabs.tabText(1) == f"{UNSAVED} R&&D.png" and "unsaved" in tabs.accessibleTabName(1)
    tabs.step(-1)
    assert tabs.key(tabs.currentIndex()) == "b"
    with qtbot.waitSignal(tabs.close_requested) as asked:
        qtbot.mouseClick(tabs, Qt.MouseButton.MiddleButton, pos=tabs.tabRect(1).center())
    assert asked.args == ["a"]
    tabs.drop("nobody")
    tabs.drop("b")
    assert tabs.keys() == ["c", "a"]


def test_only_several_images_show_tabs_and_an_unsaved_one_has_a_dot(window, open_in, photo):
    editor = open_in(window, photo("a.png"))
    assert not window.parts.tabs.isVisible()
    open_in(window, photo("b.png"))
    editor.paint(STROKE)
    tabs = window.parts.tabs
    assert tabs.isVisible() and [tabs.tabText(place) for place in (0, 1)] == [f"{UNSAVED} a.png", "b.png"]
    window.actions_by_id["previous_image"].trigger()
    assert window.isWindowModified() and window.editor() is editor


def test_a_message_of_one_image_never_stands_over_another(window, open_in, photo, tmp_path, qtbot):
    editor = open_in(window, photo("a.png"))
    editor.paint(STROKE)
    open_in(window, photo("b.png"))
    editor.export(tmp_path / "out.png", ExportRequest())
    qtbot.waitUntil(lambda: any(text.startswith("Exported") for text in messages(window)))
    assert window.statusBar().currentMessage().startswith("a.png: Exported")
    assert not window.parts.messages.isVisible()
    window.actions_by_id["previous_image"].trigger()
    assert window.parts.messages.isVisible()
    window.actions_by_id["next_image"].trigger()
    assert not window.parts.messages.isVisible()
    editor.end_gesture()
    document = next(iter(window.documents))
    document.discarded = True
    window.documents.remove(document)
    assert not messages(window)


def test_a_message_about_a_file_belongs_to_the_image_it_opened_or_the_one_in_front(window, open_in, photo, tmp_path):
    cut, whole = tmp_path / "cut.jpg", photo("whole.jpg").read_bytes()
    cut.write_bytes(whole[: len(whole) * 3 // 4])
    (tmp_path / "text.png").write_text("no image")
    open_in(window, cut)
    assert window.parts.messages.isVisible() and "damaged" in messages(window)[0]
    open_in(window, photo("a.png"))
    assert not window.parts.messages.isVisible(), "a.png is whole"
    open_in(window, tmp_path / "text.png")
    assert window.parts.messages.isVisible() and "text.png" in messages(window)[0]
    window.actions_by_id["previous_image"].trigger()
    assert [one.text for one in window.parts.messages.messages() if one.isVisible()] == messages(window)[1:]


def test_what_cannot_be_opened_is_named_over_the_start_page_or_the_next_image_of_the_same_files(
    window, open_in, photo, tmp_path
):
    bad = tmp_path / "text.png"
    bad.write_text("no image")
    open_in(window, bad)
    assert window.parts.messages.isVisible()
    open_in(window, photo("a.png"))
    assert not messages(window), "the next try worked"
    window.documents.remove(next(iter(window.documents)))
    open_in(window, bad, photo("b.png"))
    assert window.parts.messages.isVisible() and "text.png" in messages(window)[0]


# messages


def seen_texts(bar):
    return [message.text for message in bar.messages() if message.isVisible()]


def test_messages_wrap_come_one_at_a_time_and_do_not_repeat(qtbot):
    over = QWidget()
    qtbot.addWidget(over)
    over.resize(500, 300)
    over.show()
    bar, taken = MessageBar(over), []
    assert not bar.isVisible()
    bar.show_message("short", "error")
    low = bar.height()
    bar.show_message("short", "error")
    assert bar.height() == low and len(bar.messages()) == 1
    bar.show_message("a long story " * 30, "warning", (("&Do it…", lambda: taken.append(1)),))
    assert bar.height() > 2 * low
    for number in range(2):
        bar.show_message(f"message {number}", "error")
    assert seen_texts(bar) == ["message 1"], "one at a time, the newest first"
    read = []
    for _ in range(4):
        (shown,) = [message for message in bar.messages() if message.isVisible()]
        read.append(shown.text)
        more = shown.findChild(QToolButton, "message_more")
        assert more.text() == "+3 more"
        qtbot.mouseClick(more, Qt.MouseButton.LeftButton)
    assert len(set(read)) == 4 and seen_texts(bar) == read[:1], "no error is lost because others came after it"
    bar.step()
    bar.step()
    assert seen_texts(bar)[0].startswith("a long story")
    button = bar.findChild(QPushButton, "message_do")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert taken == [1] and not any("story" in message.text for message in bar.messages())
    over.resize(400, 300)
    assert bar.width() == 400
    for message in bar.messages():
        message.dismiss()
    assert not bar.isVisible()


def test_buttons_stand_under_the_text_where_there_is_little_room(qtbot):
    over = QWidget()
    qtbot.addWidget(over)
    over.resize(400, 500)
    over.show()
    bar = MessageBar(over)
    message = bar.show_message("Unsaved work was kept: " + "a photograph.jpg, " * 3, "warning", [("&Restore", str)])
    text, button = message.findChild(QLabel, "message_text"), message.findChild(QPushButton, "message_restore")
    assert button.geometry().top() >= text.geometry().bottom() and text.width() > 300
    over.resize(1200, 500)
    assert button.geometry().left() > text.geometry().right() and bar.height() < 60


def test_a_newer_message_of_a_topic_takes_the_place_of_the_older(qtbot):
    over = QWidget()
    qtbot.addWidget(over)
    bar = MessageBar(over)
    for name in ("a.png", "b.png"):
        bar.show_message(f"Exported to “{name}”.", topic="export")
    bar.show_message("Exported to “a.png”.", owner="other", topic="export")
    assert [message.text for message in bar.messages()] == ["Exported to “a.png”.", "Exported to “b.png”."]


def test_a_matte_that_cannot_be_read_is_named_over_its_image_only(window, open_in, photo, tmp_path, qtbot):
    (tmp_path / "matte.png").write_text("no image")
    open_in(window, photo("a.png"))
    window.matte_loader.load(tmp_path / "matte.png")
    qtbot.waitUntil(window.parts.messages.isVisible)
    open_in(window, photo("b.png"))
    assert messages(window) and not window.parts.messages.isVisible()


def test_of_an_export_that_warns_is_first_seen_that_it_was_written(window, open_in, photo, tmp_path, settled):
    editor = open_in(window, photo())
    editor.paint(STROKE)
    large = Framing(trim=True, canvas=CanvasShape(2000, 2000, pixels=True))
    editor.export(tmp_path / "large.png", ExportRequest(framing=large))
    settled(editor)
    front, behind = (
        next(one for one in window.parts.messages.messages() if word in one.text) for word in ("Exported", "enlarged")
    )
    assert front.isVisible() and not behind.isVisible()
    front.dismiss()
    assert behind.isVisible()


def test_of_failures_of_one_kind_the_newest_is_kept(window, open_in, photo, settled, model):
    editor = open_in(window, photo())
    for reason in ("knows no words", "needs about 3 GB"):
        model.error = WeightsMissing(reason)
        editor.ask("the dog")
        settled(editor)
    assert messages(window) == ["needs about 3 GB"]


def test_a_warning_goes_when_the_matte_changes_and_a_failed_export_stays(window, open_in, photo, tmp_path, settled):
    editor = open_in(window, photo("a.png"))
    editor.ask("the hat", Combine.SUBTRACT)
    settled(editor)
    assert "no matte to subtract from" in messages(window)[0]
    editor.ask("the dog", Combine.NEW)
    settled(editor)
    assert not messages(window)
    (tmp_path / "out.png").mkdir()
    editor.export(tmp_path / "out.png", ExportRequest())
    settled(editor)
    editor.undo()
    assert len(messages(window)) == 1 and "out.png" in messages(window)[0]


# what can be dropped


def test_local_files_come_before_pixels_and_pixels_before_addresses(tmp_path):
    mime = QMimeData()
    mime.setData("image/png", b"pixels")
    mime.setUrls([QUrl("https://example.org/a.png")])
    assert dropped_data.read_dropped(mime).encoded == b"pixels"
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "ä b.png"))])
    assert dropped_data.read_dropped(mime).paths == (tmp_path / "ä b.png",)


def test_data_addresses_and_paths_as_text_are_understood():
    mime = QMimeData()
    mime.setUrls([QUrl("data:image/png;base64,aGVsbG8=")])
    assert dropped_data.read_dropped(mime).encoded == b"hello"
    mime = QMimeData()
    mime.setText("/tmp/a.png\n/tmp/b c.png\n")
    assert dropped_data.read_dropped(mime).paths == (Path("/tmp/a.png"), Path("/tmp/b c.png"))
    assert not dropped_data.may_hold_image(mime), "text over the box is text"


@given(st.text(max_size=80), st.binary(max_size=20))
def test_any_text_and_any_bytes_give_something_or_a_remedy(text, data):
    mime = QMimeData()
    mime.setText(text)
    mime.setData("application/x-unknown", data)
    found = dropped_data.read_dropped(mime, "remedy")
    assert bool(found.paths) + bool(found.encoded) + bool(found.remedy) == 1 and found.image is None


def test_a_pasted_file_that_is_no_image_is_named_without_a_path(window, qtbot):
    mime = QMimeData()
    mime.setData("image/png", b"\x89PNG but not really")
    window.opener.open_mime(mime)
    qtbot.waitUntil(lambda: bool(messages(window)))
    assert "pasted or dropped" in messages(window)[0] and "/tmp" not in messages(window)[0]


def test_the_window_is_made_without_torch_cv2_and_numpy(home):
    code = """
import sys
from PySide6.QtWidgets import QApplication
app = QApplication([])
from rim_editor.matting import Matting
from rim_editor.documents.rendering import ViewMode
from rim_editor.settings import Settings
from rim_editor.ui.window.main_window import MainWindow
window = MainWindow(Matting(), Settings())
window.show()
app.processEvents()
heavy = {"torch", "cv2", "numpy", "PIL", "qtawesome"} & set(sys.modules)
window.close()
sys.exit(", ".join(heavy) or 0)
"""
    root = Path(__file__).parents[4]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_overlay_contrasts_with_the_object_until_the_user_chooses(window, open_in, photo, qtbot):
    open_in(window, photo())
    automatic, colour = window.findChild(QAbstractButton, "view_automatic"), window.findChild(QWidget, "view_colour")
    assert window.parts.canvas.view.automatic and automatic.isChecked() and not colour.isEnabled()
    automatic.click()
    assert not window.parts.canvas.view.automatic and colour.isEnabled()
    colour.choose((1, 2, 3))
    assert window.parts.canvas.view.colour == (1, 2, 3)


def test_one_key_gives_all_the_room_to_the_image_and_takes_it_back(window, open_in, photo, qtbot):
    open_in(window, photo())
    docks = {name: window.findChild(QDockWidget, f"{name}_dock") for name in ("matte", "edit")}
    window.actions_by_id["show_edit_panel"].trigger()
    qtbot.waitUntil(lambda: in_front(docks["edit"]))
    before, action = window.parts.canvas.width(), window.actions_by_id["show_panels"]
    assert action.isChecked()
    action.trigger()
    qtbot.waitUntil(lambda: window.parts.canvas.width() > before + 200)
    assert all(dock.isHidden() for dock in docks.values()) and not action.isChecked()
    action.trigger()
    qtbot.waitUntil(lambda: in_front(docks["edit"]) and window.parts.canvas.width() == before)
    assert not docks["matte"].isHidden() and action.isChecked()


def test_a_message_about_a_file_names_it_and_has_its_path_in_the_tooltip(window, open_in, tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "broken.jpg").write_bytes(b"no image")
    open_in(window, tmp_path / "one" / "broken.jpg", tmp_path / "two" / "broken.jpg")
    shown = window.parts.messages.messages()
    assert {message.text for message in shown} == {
        "'broken.jpg' is not a readable image: use PNG, JPEG, WebP, TIFF, HEIC, AVIF, GIF or BMP."
    }
    assert [message.toolTip() for message in shown] == [str(tmp_path / f / "broken.jpg") for f in ("two", "one")]
