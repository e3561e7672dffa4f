"""Batch export from the menu: one dialog, and the window asks before it leaves a batch that is at work."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QRegularExpression
from PySide6.QtWidgets import QLineEdit, QMessageBox

from clipmat import image_files
from rim_editor.documents.document import Answer, Combine, Document, MatteControls
from rim_editor.documents.edits import Background
from rim_editor.documents.history import History
from rim_editor.files import projects
from rim_editor.model_requests import ModelOptions
from rim_editor.settings import Settings
from rim_editor.ui.batch.setup_page import SetupPage
from rim_editor.ui.window.main_window import MainWindow


@pytest.fixture
def window(qtbot, matting, runner):
    window = MainWindow(matting, Settings(), runner=runner)
    qtbot.addWidget(window)
    window.show()
    yield window
    window.batch.shutdown()


def test_the_menu_opens_one_dialog(qtbot, window):
    window.actions_by_id["batch"].trigger()
    first = window.batch.dialog
    assert first.isVisible()
    window.actions_by_id["batch"].trigger()
    assert window.batch.dialog is first
    assert not window.batch.running


def boxes(dialog):
    found = dialog.findChildren(QLineEdit, QRegularExpression("batch_expression_.*"))
    shown = [box for box in found if not box.isHidden()]  # one that was removed is deleted later
    return [box.text() for box in sorted(shown, key=lambda box: box.objectName())]


def test_the_dialog_begins_with_what_was_done_to_the_image(qtbot, window, tmp_path):
    source = image_files.from_pixels(np.zeros((6, 8, 3), np.uint8))
    matte = np.ones((6, 8), np.float32)
    behind = Background(np.zeros((2, 2, 3), np.uint8))
    answers = (Answer("the dog", Combine.NEW, matte, 0.9), Answer("the hat", Combine.SUBTRACT, matte, 0.9))
    document = Document.of_one_layer(source, answers, MatteControls(feather=2.0), behind)
    path = tmp_path / "work.rim"
    projects.write(path, History(document).steps, 0)
    window.opener.open_files([path])
    qtbot.waitUntil(lambda: len(window.documents) == 1)
    window.batch.show()
    dialog = window.batch.dialog
    assert boxes(dialog) == ["the dog", "the hat"]
    Image.new("RGB", (9, 9)).save(tmp_path / "other.png")
    dialog.add([tmp_path / "other.png"])
    recipe = dialog.findChild(SetupPage).recipe(ModelOptions())
    assert [term.combine for term in recipe.expressions] == [Combine.NEW, Combine.SUBTRACT]
    assert recipe.edit.background == path and recipe.controls.feather == 2.0
    assert (recipe.edit.read().image == behind.image).all()
    dialog.close()
    window.editor().remove_parts([1])
    window.batch.show()
    assert boxes(dialog) == ["the dog"]
    dialog.findChild(QLineEdit, "batch_expression_0").setText("the cat")
    dialog.close()
    window.batch.show()
    assert boxes(dialog) == ["the cat"], "what was typed stays"


def test_leaving_while_a_batch_runs_asks_first(qtbot, window, monkeypatch):
    window.batch.show()
    running = [True]
    monkeypatch.setattr(type(window.batch.dialog), "running", property(lambda self: running[0]))
    monkeypatch.setattr(
        type(window.batch.dialog), "shutdown", lambda self, seconds=5.0: running.__setitem__(0, False) or True
    )
    window.close()
    box = window.findChild(QMessageBox, "batch_running_box")
    assert box is not None and window.isVisible()
    stay = next(b for b in box.buttons() if b.objectName() == "batch_stay")
    stay.click()
    assert window.isVisible() and running[0]
    window.close()
    box = next(b for b in window.findChildren(QMessageBox, "batch_running_box") if b.isVisible())
    next(b for b in box.buttons() if b.objectName() == "batch_stop").click()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert not running[0]
