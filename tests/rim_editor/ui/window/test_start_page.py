"""The page of a window without an image."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton, QWidget

from clipmat import image_files
from clipmat.certainty import Certainty
from clipmat.predictor import Predictor
from rim_editor.settings import Settings
from rim_editor.ui.panels.chips import ChipRow
from rim_editor.ui.window.main_window import MainWindow
from rim_editor.ui.window.start_page import SAMPLE_EXPRESSIONS

SAMPLE = Path(__file__).parents[4] / "resources/samples/still_life.jpg"
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def window(qtbot, matting, runner):
    made = MainWindow(matting, Settings(), runner=runner)

    def discard_all(window):
        for document in window.documents:
            document.editor.cancel()
            document.discarded = True

    qtbot.addWidget(made, before_close_func=discard_all)
    made.resize(1100, 760)
    made.show()
    qtbot.waitExposed(made)
    return made


def page(window):
    return window.findChild(QWidget, "start_page")


def click(qtbot, window, name):
    qtbot.mouseClick(page(window).findChild(QAbstractButton, name), Qt.MouseButton.LeftButton)


def test_an_empty_window_shows_the_page_and_an_image_takes_its_place(window, qtbot, photo):
    assert page(window).isVisible() and page(window).size() == window.parts.canvas.size()
    window.opener.open_files([photo()])
    qtbot.waitUntil(lambda: window.editor() is not None)
    assert not page(window).isVisible()
    window.actions_by_id["close"].trigger()
    assert page(window).isVisible()


def test_enter_opens_a_file_at_once(window, qtbot):
    focus = window.focusWidget()
    assert focus.objectName() == "start_open"
    qtbot.keyClick(focus, Qt.Key.Key_Return)
    assert window.findChild(QWidget, "open_dialog") is not None


def test_open_and_paste_do_as_their_actions(window, qtbot, qapp):
    click(qtbot, window, "start_open")
    dialog = window.findChild(QWidget, "open_dialog")
    assert dialog is not None
    dialog.close()
    qapp.clipboard().clear()
    click(qtbot, window, "start_paste")
    assert window.parts.messages.messages(), "an empty clipboard is explained"
    assert window.parts.messages.isVisible()


def test_the_focus_presses_and_leaves_the_first_button_the_one_that_is_filled(window, qtbot, qapp):
    names = ("start_open", "start_paste", "start_sample")
    buttons = [page(window).findChild(QPushButton, name) for name in names]
    qapp.clipboard().clear()
    buttons[1].setFocus()
    assert buttons[1].hasFocus() and [button.isDefault() for button in buttons] == [True, False, False]
    qtbot.keyClick(buttons[1], Qt.Key.Key_Return)
    assert len(window.parts.messages.messages()) == 1
    qtbot.keyClick(buttons[1], Qt.Key.Key_Space)
    buttons[0].setFocus()
    assert [button.isDefault() for button in buttons] == [True, False, False]


@pytest.mark.parametrize("name", ["start_sample", "start_picture"])
def test_the_sample_opens_with_expressions_to_click(window, qtbot, model, name):
    model.discs["sunflower"] = (0.5, 0.5, 0.2)
    click(qtbot, window, name)
    qtbot.waitUntil(lambda: window.editor() is not None)
    assert window.editor().document.source.path is None, "nothing is saved beside the installed picture"
    assert window.live_settings.current.recent == ()
    assert window.editor().title == "Sample"
    assert window.editor().saving.stem == "Sample", "its exports are called after it"
    chips = window.findChild(ChipRow, "word_chips")
    assert chips.texts() == SAMPLE_EXPRESSIONS
    qtbot.mouseClick(chips.findChild(QAbstractButton, "chip_the_sunflower"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(window.editor().document.parts))
    assert chips.texts() != SAMPLE_EXPRESSIONS


def test_an_expression_of_the_page_opens_the_sample_and_asks_it(window, qtbot, model):
    model.discs["sunflower"] = (0.5, 0.5, 0.2)
    click(qtbot, window, "start_the_sunflower")
    qtbot.waitUntil(lambda: window.editor() is not None and bool(window.editor().document.parts))
    assert window.editor().document.expressions[0].expression == "the sunflower"


def test_an_image_that_was_queued_before_is_not_asked_for_the_sample(window, qtbot, photo, model):
    window.opener.open_files([photo()])
    page(window).sample_requested.emit("the sunflower")
    qtbot.waitUntil(lambda: len(window.documents) == 2)
    assert not list(window.documents)[0].editor.busy and model.expressions == []


def test_in_a_low_window_the_picture_gives_way(window, qtbot):
    picture = page(window).findChild(QWidget, "start_picture")
    assert picture.isVisible()
    window.resize(700, 420)
    qtbot.waitUntil(lambda: not picture.isVisible())
    assert page(window).findChild(QPushButton, "start_open").isVisible()


def test_the_page_gives_way_to_the_hint_where_to_drop(window, photo):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(photo()))])
    page = window.findChild(QWidget, "start_page")
    keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, mime, *keys))
    assert window.parts.canvas.drop_hint and not page.isVisible()
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not window.parts.canvas.drop_hint and page.isVisible()


def test_the_bundled_weights_are_sure_of_what_the_sample_offers():
    predictor = Predictor.load(device="cpu", precision="float32")
    predictor.set_image(image_files.read(SAMPLE).pixels)
    found = {words: predictor.predict(words, refine=False) for words in SAMPLE_EXPRESSIONS}
    assert {words: answer.certainty for words, answer in found.items()} == dict.fromkeys(found, Certainty.SURE)
