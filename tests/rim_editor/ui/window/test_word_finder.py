"""Words that are surely in an image: offered before anything is asked, and after an answer without certainty."""

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit

from clipmat.present_words import PresentWord, place_of
from rim_editor.settings import Settings
from rim_editor.ui.panels.chips import ChipRow
from rim_editor.ui.window.main_window import MainWindow
from tests.rim_editor.ui.conftest import FakePredictor

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def asked(monkeypatch):
    """The fake model knows the words that its `predict` is sure of; the fixture counts the searches."""
    searches = []

    def present_words(self, nouns, stop):
        searches.append(tuple(nouns))
        found = []
        for noun in nouns:
            self.model.wait()
            if stop():
                return ()
            if noun in self.model.discs:
                found.append(PresentWord(noun, 0.97, place_of(self.predict(noun).matte)))
        return tuple(found)

    monkeypatch.setattr(FakePredictor, "present_words", present_words, raising=False)
    return searches


@pytest.fixture
def window(qtbot, matting, runner, photo, asked):
    made = MainWindow(matting, Settings(), runner=runner)

    def discard_all(window):
        for document in window.documents:
            document.editor.cancel()
            document.discarded = True

    qtbot.addWidget(made, before_close_func=discard_all)
    made.resize(1300, 760)
    made.show()
    made.opener.open_files([photo()])
    qtbot.waitUntil(lambda: made.editor() is not None)
    return made


def chips(window):
    return window.findChild(ChipRow, "word_chips")


def test_after_an_unsure_answer_the_word_at_its_place_can_be_clicked(window, qtbot, asked):
    window.parts.expression_bar.ask_for("maybe the dog with a tail")
    qtbot.waitUntil(lambda: bool(asked) and not window.runner.busy)
    assert chips(window).texts() == (), "the word was in the question itself"
    window.parts.expression_bar.ask_for("the cat ghost")
    qtbot.waitUntil(lambda: window.editor().guess is not None and not window.runner.busy)
    assert len(asked) == 1, "its words are known"
    window.editor().guess.matte.setflags(write=True)
    window.editor().guess.matte[:] = window.editor().document.expressions[0].matte
    window.parts.expression_bar.set_present_words(
        window.editor(), (PresentWord("dog", 0.9, place_of(window.editor().guess.matte)),)
    )
    assert chips(window).texts() == ("dog",)
    qtbot.mouseClick(chips(window).findChild(QAbstractButton, "chip_dog"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.editor().document.expressions[-1].expression == "dog")
    assert chips(window).texts() == (), "what is sure needs no other word"


def test_a_sure_answer_needs_no_search(window, qtbot, asked):
    window.parts.expression_bar.ask_for("the dog")
    qtbot.waitUntil(lambda: not window.runner.busy)
    assert asked == []


def test_a_newer_question_stops_the_search_and_is_answered(window, qtbot, model, asked):
    editor = window.editor()
    window.parts.expression_bar.ask_for("maybe the dog")
    qtbot.waitUntil(lambda: bool(editor.document.parts))
    model.gate = threading.Event()
    qtbot.waitUntil(lambda: bool(asked))
    window.parts.expression_bar.ask_for("the cat")
    model.gate.set()
    qtbot.waitUntil(lambda: editor.document.expressions[-1].expression == "the cat")
    assert chips(window).texts() == () and np.all(editor.document.expressions[-1].matte <= 1)


def test_closing_the_image_meanwhile_harms_nothing(window, qtbot, model, asked):
    window.parts.expression_bar.ask_for("maybe the dog")
    qtbot.waitUntil(lambda: bool(asked))
    document = window.documents.current
    document.discarded = True
    window.documents.remove(document)
    qtbot.waitUntil(lambda: not window.runner.busy)
    assert chips(window).texts() == ()


def test_what_is_in_the_image_in_front_is_offered_once_the_model_is_there(window, qtbot, model, asked, photo):
    assert asked == [] and chips(window).texts() == ()
    window.preload_model()
    qtbot.waitUntil(lambda: chips(window).texts() != ())
    here = chips(window).texts()
    assert set(here) <= set(model.discs) and len(asked) == 1
    assert window.findChild(QLabel, "word_chips_caption").text() == "In this image:"
    qtbot.mouseClick(chips(window).findChild(QAbstractButton, f"chip_{here[0]}"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: [one.expression for one in window.editor().document.expressions] == [here[0]])
    assert chips(window).texts() == ()
    window.editor().clear_matte()
    assert chips(window).texts() == here, "nothing is selected again"
    window.opener.open_files([photo("other.jpg")])
    qtbot.waitUntil(lambda: len(window.documents) == 2 and len(asked) == 2 and not window.runner.busy)
    window.documents.choose(next(iter(window.documents)))
    assert chips(window).texts() == here and len(asked) == 2, "no image is searched twice"


def test_a_question_stops_the_search_that_no_one_asked_for(window, qtbot, model, asked):
    model.gate = threading.Event()
    window.preload_model()
    qtbot.waitUntil(lambda: bool(asked))
    window.parts.expression_bar.ask_for("the cat")
    model.gate.set()
    qtbot.waitUntil(lambda: [one.expression for one in window.editor().document.expressions] == ["the cat"])
    qtbot.waitUntil(lambda: not window.runner.busy)
    window.editor().clear_matte()
    assert chips(window).texts() == (), "it found nothing"


def test_what_was_selected_another_time_needs_no_words(window, qtbot, asked):
    window.parts.expression_bar.ask_for("the dog")
    qtbot.waitUntil(lambda: not window.runner.busy)
    window.preload_model()
    qtbot.waitUntil(lambda: not window.runner.busy)
    assert asked == []


def test_the_box_says_when_the_chosen_weights_know_no_words(window, qtbot):
    box = window.findChild(QLineEdit, "expression_box")
    assert "Describe what to cut out" in box.placeholderText()
    for weights in ("aimnet", "p3m-net-resize+vitmatte"):
        window.live_settings.set(Settings(weights=weights))
        qtbot.waitUntil(lambda: "know no words" in box.placeholderText())
        assert "know no words" in box.toolTip() and "know no words" in box.accessibleDescription()
        window.live_settings.set(Settings(weights="grounded-sam+vitmatte"))
        qtbot.waitUntil(lambda: "Describe what to cut out" in box.placeholderText())
        assert "Describe one object" in box.toolTip()
