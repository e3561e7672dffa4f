"""The menu of presets in the real window: saved, applied, replaced, exported, added, deleted; and bad days."""

import json

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLabel, QLineEdit, QMenu, QMessageBox, QPushButton

from rim_editor import presets
from rim_editor import settings as stored
from rim_editor.documents.composition import Composition, Outline, Placement, Shadow
from rim_editor.documents.document import MatteControls
from rim_editor.documents.edits import Background, Cutout, SolidColour
from rim_editor.documents.framing import Framing
from rim_editor.settings import Settings
from rim_editor.ui.batch.setup_page import SetupPage
from rim_editor.ui.dialogs.export_dialog import ExportDialog
from rim_editor.ui.window.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
BLUE = SolidColour((0, 0, 255))
MARKED = Composition(Placement(scale=0.8), Shadow(), Outline())


@pytest.fixture
def window(qtbot, matting, runner, photo):
    made = MainWindow(matting, Settings(), runner=runner)

    def discard_all(window):
        for document in window.documents:
            document.editor.cancel()
            document.discarded = True

    qtbot.addWidget(made, before_close_func=discard_all)
    made.resize(1300, 760)
    made.show()
    made.opener.open_files([photo("a.jpg"), photo("b.jpg")])
    qtbot.waitUntil(lambda: len(made.documents) == 2 and not made.opener.busy)
    return made


def menu_of(window, qtbot):
    menu = window.findChild(QMenu, "presets_menu")
    menu.aboutToShow.emit()
    qtbot.waitUntil(lambda: "Reading…" not in [action.text() for action in menu.actions()])
    return menu


def entries(window, qtbot):
    return [action.text() for action in menu_of(window, qtbot).actions() if action.objectName() == "preset_action"]


def choose(window, qtbot, *titles):
    menu = menu_of(window, qtbot)
    for title in titles[:-1]:
        menu = next(action.menu() for action in menu.actions() if action.text() == title)
    next(action for action in menu.actions() if action.text() == titles[-1]).trigger()


def save(window, qtbot, name):
    window.actions_by_id["preset_save"].trigger()
    dialog = window.findChild(QInputDialog, "preset_dialog")
    dialog.setTextValue(name)
    dialog.accept()
    qtbot.waitUntil(lambda: window.findChild(QInputDialog, "preset_dialog") is None and not window.runner.busy)


def answer(window, qtbot, text):
    qtbot.waitUntil(lambda: window.findChild(QMessageBox, "preset_question") is not None)
    box = window.findChild(QMessageBox, "preset_question")
    next(button for button in box.buttons() if button.text() == text).click()
    qtbot.waitUntil(lambda: window.findChild(QMessageBox, "preset_question") is None and not window.runner.busy)


def is_shown(window, text):
    return any(text in label.text() for label in window.parts.messages.parent().findChildren(QLabel))


def test_what_is_done_to_one_image_is_done_to_another_in_one_step(window, qtbot):
    first = window.editor()
    first.set_edit(BLUE)
    first.set_controls(MatteControls(feather=3))
    first.composition.set(MARKED)
    window.live_settings.set(Settings(export_suffix=".webp", quality=70))
    window.documents.current.framing = Framing(trim=True)
    save(window, qtbot, "  my  shop ")
    qtbot.waitUntil(lambda: is_shown(window, "Saved as the preset “my shop”"))
    assert entries(window, qtbot) == ["my shop"]
    window.live_settings.set(Settings())
    window.actions_by_id["next_image"].trigger()
    second = window.editor()
    assert second is not first
    choose(window, qtbot, "my shop")
    qtbot.waitUntil(lambda: second.document.edit == BLUE)
    assert second.document.controls == MatteControls(feather=3) and second.document.composition == MARKED
    current = window.live_settings.current
    assert (current.export_suffix, current.quality) == (".webp", 70)
    window.actions_by_id["export"].trigger()
    dialog = window.findChild(ExportDialog)
    assert dialog.request().framing == Framing(trim=True)
    dialog.reject()
    window.batch.show()
    assert window.batch.dialog.findChild(SetupPage).output.framing == Framing(trim=True)
    window.batch.shutdown()
    assert second.history.undo_name == "Preset “my shop”"
    second.undo()
    assert second.document.edit == Cutout() and second.document.composition == Composition()


def test_a_background_goes_with_its_preset(window, qtbot):
    image = np.random.default_rng(1).integers(0, 256, (20, 30, 3), np.uint8)
    window.editor().set_edit(Background(image))
    save(window, qtbot, "beach")
    qtbot.waitUntil(lambda: bool(presets.load()))
    window.actions_by_id["next_image"].trigger()
    choose(window, qtbot, "beach")
    qtbot.waitUntil(lambda: isinstance(window.editor().document.edit, Background))
    assert (window.editor().document.edit.image == image).all()


def test_what_is_said_of_a_preset_stays_over_the_image_in_front(window, qtbot):
    save(window, qtbot, "shop")
    qtbot.waitUntil(lambda: is_shown(window, "Saved as the preset"))
    window.actions_by_id["next_image"].trigger()
    assert window.parts.messages.isHidden()
    window.actions_by_id["previous_image"].trigger()
    assert not window.parts.messages.isHidden()


def test_a_name_that_is_taken_is_replaced_only_when_asked_for(window, qtbot):
    save(window, qtbot, "shop")
    qtbot.waitUntil(lambda: "shop" in presets.load())
    window.editor().set_edit(BLUE)
    save(window, qtbot, "Shop")
    answer(window, qtbot, "Cancel")
    assert presets.restored("shop", presets.load()["shop"]).edit == Cutout()
    save(window, qtbot, "Shop")
    answer(window, qtbot, "&Replace")
    qtbot.waitUntil(lambda: presets.restored("shop", presets.load()["shop"]).edit == BLUE)
    assert list(presets.load()) == ["shop"]


def test_names_of_marketplaces_and_empty_ones_are_refused_with_a_message(window, qtbot):
    save(window, qtbot, "Amazon")
    qtbot.waitUntil(lambda: is_shown(window, "preset of a marketplace"))
    save(window, qtbot, " ")
    qtbot.waitUntil(lambda: is_shown(window, "needs a name"))
    assert presets.load() == {}
    save(window, qtbot, "shop")
    qtbot.waitUntil(lambda: is_shown(window, "Saved as the preset “shop”"))
    (message,) = window.parts.messages.messages()  # what was refused before is settled
    assert message.level == "info"


def test_a_name_has_to_be_typed_before_it_can_be_saved(window, qtbot):
    window.actions_by_id["preset_save"].trigger()
    dialog = window.findChild(QInputDialog, "preset_dialog")
    (button,) = (button for button in dialog.findChildren(QPushButton) if button.text() == "&Save")
    assert not button.isEnabled()
    qtbot.keyClicks(dialog.findChild(QLineEdit), "  ")
    qtbot.keyClick(dialog.findChild(QLineEdit), Qt.Key.Key_Return)
    assert dialog.isVisible() and not button.isEnabled()
    qtbot.keyClicks(dialog.findChild(QLineEdit), "shop")
    button.click()
    qtbot.waitUntil(lambda: list(presets.load()) == ["shop"])


def rename(window, qtbot, name, new):
    choose(window, qtbot, "&Rename", f"{name}…")
    dialog = window.findChild(QInputDialog, "preset_dialog")
    assert dialog.textValue() == name
    dialog.setTextValue(new)
    dialog.accept()
    qtbot.waitUntil(lambda: window.findChild(QInputDialog, "preset_dialog") is None and not window.runner.busy)


def test_a_preset_is_renamed_and_stays_as_it_is(window, qtbot):
    save(window, qtbot, "plain")
    window.editor().set_edit(BLUE)
    save(window, qtbot, "shop")
    record = presets.load()["shop"]
    rename(window, qtbot, "shop", "Shop")
    qtbot.waitUntil(lambda: is_shown(window, "The preset “shop” is called “Shop” now."))
    assert entries(window, qtbot) == ["plain", "Shop"] and presets.load()["Shop"] == record
    rename(window, qtbot, "Shop", "PLAIN")
    answer(window, qtbot, "Cancel")
    assert entries(window, qtbot) == ["plain", "Shop"]
    rename(window, qtbot, "Shop", "PLAIN")
    answer(window, qtbot, "&Replace")
    qtbot.waitUntil(lambda: presets.load() == {"plain": record})


def test_what_cannot_be_had_back_is_not_deleted_by_enter(window, qtbot):
    save(window, qtbot, "shop")
    choose(window, qtbot, "&Delete", "shop…")
    box = window.findChild(QMessageBox, "preset_question")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.findChild(QMessageBox, "preset_question") is None and not window.runner.busy)
    assert list(presets.load()) == ["shop"]


def test_exported_deleted_and_added_again(window, qtbot, tmp_path):
    window.editor().set_edit(BLUE)
    save(window, qtbot, "shop")
    qtbot.waitUntil(lambda: bool(presets.load()))
    choose(window, qtbot, "&Export", "shop…")
    dialog = window.findChild(QFileDialog, "preset_export_dialog")
    dialog.fileSelected.emit(str(tmp_path / "shop.rimpreset"))
    dialog.reject()
    qtbot.waitUntil(lambda: (tmp_path / "shop.rimpreset").is_file())
    choose(window, qtbot, "&Delete", "shop…")
    answer(window, qtbot, "&Delete")
    qtbot.waitUntil(lambda: presets.load() == {})
    assert entries(window, qtbot) == []
    for _ in range(2):
        choose(window, qtbot, "&Add from a File…")
        dialog = window.findChild(QFileDialog, "preset_file_dialog")
        dialog.fileSelected.emit(str(tmp_path / "shop.rimpreset"))
        dialog.close()
        qtbot.waitUntil(lambda: window.findChild(QFileDialog, "preset_file_dialog") is None)
        qtbot.waitUntil(lambda: not window.runner.busy)
    assert entries(window, qtbot) == ["shop", "shop 2"]


def test_a_damaged_file_of_presets_is_set_aside_and_said(window, qtbot):
    path = stored.folder() / "presets.json"
    path.write_text("{")
    assert entries(window, qtbot) == []
    qtbot.waitUntil(lambda: is_shown(window, "are damaged"))
    assert list(path.parent.glob("presets.damaged-*.json")) and not path.exists()


def test_a_preset_that_makes_no_sense_changes_nothing_and_is_named(window, qtbot):
    record = presets.described(presets.Preset(BLUE)) | {"composition": {"shadow": {"strength": 7}}}
    path = stored.folder() / "presets.json"
    path.write_text(json.dumps({"version": 1, "presets": {"shop": record}}))
    choose(window, qtbot, "shop")
    qtbot.waitUntil(lambda: is_shown(window, "The preset 'shop' cannot be used"))
    assert window.editor().document.edit == Cutout() and not window.editor().history.can_undo
    assert "shop" in presets.load()


def test_a_locked_layer_is_not_changed(window, qtbot):
    window.editor().set_edit(BLUE)
    window.live_settings.set(Settings(export_suffix=".webp"))
    save(window, qtbot, "shop")
    qtbot.waitUntil(lambda: bool(presets.load()))
    window.actions_by_id["next_image"].trigger()
    editor = window.editor()
    editor.layers.lock(0, True)
    window.live_settings.set(Settings())
    choose(window, qtbot, "shop")
    qtbot.waitUntil(lambda: not window.runner.busy)
    assert editor.document.edit == Cutout()
    assert window.live_settings.current.export_suffix == ".png"
