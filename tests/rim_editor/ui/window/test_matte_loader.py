"""Mattes that were made elsewhere, by the menus of the real window."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QFileDialog

from rim_editor.documents.document import Combine, ImportedMatte
from rim_editor.settings import Settings
from rim_editor.ui.window.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def window(qtbot, matting, model):
    made = MainWindow(matting, Settings())
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    yield made
    for document in made.documents:
        document.editor.undo()
    made.runner.shutdown()


@pytest.fixture
def matte_file(tmp_path):
    def write(size=(320, 200), name="mine.png"):
        grey = np.zeros(size[::-1], np.uint8)
        grey[: size[1] // 2] = 255
        Image.fromarray(grey).save(tmp_path / name)
        return tmp_path / name

    return write


def opened(window, qtbot, path):
    window.opener.open_files([path])
    qtbot.waitUntil(lambda: window.editor() is not None and not window.opener.busy)
    return window.editor()


def test_a_matte_from_a_file_joins_as_the_next_answer_would_but_replaces_nothing(window, qtbot, photo, matte_file):
    editor = opened(window, qtbot, photo())
    action = window.actions_by_id["add_matte"]
    action.trigger()
    dialog = window.findChild(QFileDialog, "matte_file_dialog")
    dialog.fileSelected.emit(str(matte_file()))
    dialog.close()
    qtbot.waitUntil(lambda: bool(editor.document.parts))
    (part,) = editor.document.parts
    assert isinstance(part, ImportedMatte) and (part.name, part.combine) == ("mine.png", Combine.NEW)
    assert editor.renderer.matte(editor.document).mean() == 0.5 and editor.history.undo_name == "Use “mine.png”"
    for combine, found in ((Combine.NEW, Combine.ADD), (Combine.SUBTRACT, Combine.SUBTRACT)):
        window.parts.expression_bar.set_combine(combine)
        count = len(editor.document.parts)
        window.matte_loader.load(matte_file())
        qtbot.waitUntil(lambda count=count: len(editor.document.parts) > count)
        assert editor.document.parts[-1].combine is found
    editor.undo()
    assert len(editor.document.parts) == 2


def test_a_file_that_does_not_fit_is_an_error_that_says_why(window, qtbot, photo, matte_file):
    editor = opened(window, qtbot, photo())
    with qtbot.waitSignal(window.matte_loader.failed) as failed:
        window.matte_loader.load(matte_file((200, 200)))
    assert "another shape" in str(failed.args[0]) and not editor.document.parts


def test_the_transparency_of_the_image_becomes_a_matte_that_can_be_painted_on(window, qtbot, tmp_path, photo):
    editor = opened(window, qtbot, photo())
    assert not window.actions_by_id["use_alpha"].isEnabled()
    pixels = np.full((200, 320, 4), 120, np.uint8)
    pixels[:, :160, 3] = 255
    Image.fromarray(pixels).save(tmp_path / "logo.png")
    window.opener.open_files([tmp_path / "logo.png"])
    qtbot.waitUntil(lambda: window.editor() not in (None, editor))
    action = window.actions_by_id["use_alpha"]
    qtbot.waitUntil(action.isEnabled)
    action.trigger()
    editor = window.editor()
    qtbot.waitUntil(lambda: bool(editor.document.parts))
    matte = editor.renderer.matte(editor.document)
    assert matte[:, :160].min() == 1 and matte[:, 160:].max() == pytest.approx(120 / 255)
