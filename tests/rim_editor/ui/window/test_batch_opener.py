"""Batch export from the menu: one dialog, and the window asks before it leaves a batch that is at work."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QRegularExpression
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QMessageBox, QPushButton

from clipmat import image_files
from rim_editor.documents.composition import Composition, Outline
from rim_editor.documents.document import Answer, Combine, Document, MatteControls
from rim_editor.documents.edits import Background, SolidColour
from rim_editor.documents.framing import Framing
from rim_editor.documents.history import History
from rim_editor.documents.marketplaces import marketplace
from rim_editor.documents.reshaping import Rotate
from rim_editor.files import projects
from rim_editor.files.exporting import ExportRequest
from rim_editor.model_requests import ModelOptions
from rim_editor.settings import Settings
from rim_editor.ui.batch.plan_page import PlanPage
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


def asked(qtbot, document, words):
    document.editor.ask(words)
    qtbot.waitUntil(lambda: document.editor.document.has_matte and not document.editor.busy)


def test_the_open_images_go_into_a_batch_each_with_its_words(qtbot, window, photo, tmp_path):
    window.opener.open_files([photo("a.jpg"), photo("b.jpg"), photo("c.jpg"), photo("d.jpg")])
    qtbot.waitUntil(lambda: len(window.documents) == 4 and not window.opener.busy)
    first, second, third, fourth = window.documents
    asked(qtbot, first, "the dog")
    asked(qtbot, second, "the cat")
    fourth.editor.reshape([Rotate(1)], "Turn right")
    qtbot.waitUntil(lambda: fourth.editor.document.source.altered)
    window.opener.open_sample(photo("sample.jpg"))
    qtbot.waitUntil(lambda: len(window.documents) == 5)
    first.editor.set_controls(MatteControls(feather=3.0))
    first.editor.set_edit(SolidColour((9, 8, 7)))
    first.editor.commit(first.editor.document.changed(composition=Composition(outline=Outline())), "Outline")
    request = ExportRequest(quality=71, longest_side=640, metadata=False)
    first.exported(tmp_path / "a.webp", request)
    window.documents.choose(first)
    window.actions_by_id["batch_open"].trigger()
    dialog = window.batch.dialog
    setup = dialog.findChild(SetupPage)
    assert setup.inputs.paths() == tuple(str(tmp_path / f"{name}.jpg") for name in "abcd")
    note = dialog.findChild(QLabel, "batch_error").text()
    assert "no file of them: Sample." in note and "turning and cropping here: d.jpg." in note
    applied = dialog.findChild(QLabel, "batch_applied").text()
    assert applied.startswith("As in “a.jpg”, for every image. Brush strokes, clicks and further layers stay")
    recipe = setup.recipe(ModelOptions())
    assert [term.expression for term in recipe.expressions] == ["the dog"] and recipe.controls.feather == 3.0
    assert recipe.edit.color == "#090807" and recipe.composition == Composition(outline=Outline())
    setup.findChild(QCheckBox, "batch_composition").setChecked(False)
    assert setup.recipe(ModelOptions()).composition == Composition()
    assert (recipe.suffix, recipe.quality, recipe.longest_side, recipe.metadata) == (".webp", 71, 640, False)
    dialog.findChild(QPushButton, "batch_next").click()
    page = dialog.findChild(PlanPage)
    qtbot.waitUntil(lambda: page.rows is not None)
    assert [row.expression for row in page.rows.rows] == ["the dog", "the cat", "the dog", "the dog"]
    dialog.close()
    for document in window.documents:
        document.discarded = True


def test_a_background_that_was_just_chosen_from_a_file_is_taken_over(qtbot, window, photo):
    window.opener.open_files([photo("a.jpg")])
    qtbot.waitUntil(lambda: len(window.documents) == 1 and not window.opener.busy)
    beach = photo("beach.png", size=(64, 48))
    window.set_background(beach)
    qtbot.waitUntil(lambda: isinstance(window.editor().document.edit, Background))
    window.actions_by_id["batch"].trigger()
    setup = window.batch.dialog.findChild(SetupPage)
    qtbot.waitUntil(lambda: setup.edit.findChild(QLabel, "batch_edit_note").text() == "")
    assert (setup.edit.described().read().image == np.asarray(Image.open(beach))).all()
    window.batch.dialog.close()
    window.documents.current.discarded = True


def test_without_an_export_the_batch_begins_as_the_settings_say(qtbot, matting, runner):
    settings = Settings(export_suffix=".jpg", quality=66, export_longest_side=99, keep_metadata=False)
    window = MainWindow(matting, settings, runner=runner)
    qtbot.addWidget(window)
    window.show()
    window.batch.show()
    setup = window.batch.dialog.findChild(SetupPage)
    setup.edit.set_edit(SolidColour((1, 2, 3)), notify=True)
    output = setup.output
    assert (output.longest_side, output.metadata) == (99, False)
    output.findChild(QComboBox, "batch_format").setCurrentIndex(1)
    window.batch.dialog.close()
    window.live_settings.set(replace(window.live_settings.current, export_longest_side=50))
    window.batch.show()
    assert (output.suffix, output.longest_side) == (".webp", 99), "what was chosen stays"
    window.batch.shutdown()


def test_the_frame_of_another_image_is_not_taken_over(qtbot, window, photo, tmp_path):
    window.opener.open_files([photo("a.jpg"), photo("b.jpg")])
    qtbot.waitUntil(lambda: len(window.documents) == 2 and not window.opener.busy)
    first, second = window.documents
    first.exported(tmp_path / "a.png", ExportRequest(framing=Framing(trim=True)))
    for one, framing in ((first, Framing(trim=True)), (second, Framing())):
        window.documents.choose(one)
        window.batch.show()
        assert window.batch.dialog.findChild(SetupPage).output.framing == framing
        window.batch.dialog.close()


def test_a_marketplace_of_the_image_in_front_keeps_its_size(qtbot, matting, runner, photo, tmp_path):
    window = MainWindow(matting, Settings(export_longest_side=640), runner=runner)
    qtbot.addWidget(window)
    window.show()
    window.opener.open_files([photo("a.jpg")])
    qtbot.waitUntil(lambda: len(window.documents) == 1 and not window.opener.busy)
    window.documents.current.framing = marketplace("ebay").framing
    window.batch.show()
    output = window.batch.dialog.findChild(SetupPage).output
    assert output.framing == marketplace("ebay").framing and output.longest_side is None
    output.findChild(QComboBox, "batch_frame").setCurrentIndex(0)
    assert output.framing == Framing() and output.longest_side == 640
    window.batch.shutdown()
