"""The expression bar: asking, status, cancelling, completion, and how answers join."""

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton, QToolButton

from rim_editor.document import Combine
from rim_editor.ui.panels.expression_bar import ExpressionBar

# The offscreen platform warns about popups and about windows that are raised or resized.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def bar(qtbot):
    made = ExpressionBar()
    qtbot.addWidget(made)
    made.resize(1100, 80)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    box(made).setFocus()
    return made


def part(bar, kind, name):
    found = bar.findChild(kind, name)
    assert found is not None, name
    return found


def box(bar):
    return part(bar, QLineEdit, "expression_box")


def status(bar):
    return part(bar, QLabel, "status_line").text()


def button(bar):
    return part(bar, QPushButton, "ask_button")


def ask(qtbot, bar, text):
    box(bar).clear()
    qtbot.keyClicks(box(bar), text)
    qtbot.keyClick(box(bar), Qt.Key.Key_Return)


def test_enter_asks_and_the_line_tells_who_answered_and_how_fast(qtbot, bar, editor):
    bar.set_editor(editor)
    emitted = []
    bar.submitted.connect(emitted.append)
    ask(qtbot, bar, "  the   dog ")
    assert [answer.expression for answer in editor.document.expressions] == ["the dog"]
    assert emitted == ["the dog"]
    assert "cpu" in status(bar) and "compact" in status(bar) and " ms" in status(bar) and "0.97" in status(bar)
    assert "no GPU was found" in part(bar, QLabel, "status_line").toolTip()


def test_the_button_asks_as_well(qtbot, bar, editor):
    bar.set_editor(editor)
    qtbot.keyClicks(box(bar), "the cat")
    qtbot.mouseClick(button(bar), Qt.MouseButton.LeftButton)
    assert [answer.expression for answer in editor.document.expressions] == ["the cat"]


def test_what_is_not_there_is_told_with_its_presence(qtbot, bar, editor):
    bar.set_editor(editor)
    ask(qtbot, bar, "the piano")
    assert "Nothing in this image matches “the piano” (presence 0.12)" in status(bar)
    assert editor.document.parts == ()


@pytest.mark.parametrize("typed", ["", "   ", "...", "?!"])
def test_no_words_are_not_asked_but_explained(qtbot, bar, editor, model, typed):
    bar.set_editor(editor)
    emitted = []
    bar.submitted.connect(emitted.append)
    ask(qtbot, bar, typed)
    assert model.expressions == [] and emitted == []
    assert "what to cut out" in status(bar)


def test_without_an_image_it_says_to_open_one(qtbot, bar):
    ask(qtbot, bar, "the dog")
    assert "Open an image" in status(bar)


@pytest.mark.parametrize("combine", list(Combine))
def test_segments_and_combo_box_stay_in_step(qtbot, bar, editor, combine):
    bar.set_editor(editor)
    ask(qtbot, bar, "the dog")
    qtbot.mouseClick(part(bar, QToolButton, f"combine_{combine.value}"), Qt.MouseButton.LeftButton)
    assert part(bar, QComboBox, "combine_box").currentIndex() == list(Combine).index(combine)
    assert bar.combine() is combine
    ask(qtbot, bar, "the hat")
    assert editor.document.expressions[-1].combine is combine
    assert len(editor.document.parts) == (1 if combine is Combine.NEW else 2)


def test_the_choice_is_told_with_its_own_type(qtbot, bar):
    emitted = []
    bar.combine_chosen.connect(emitted.append)
    part(bar, QComboBox, "combine_box").setCurrentIndex(2)
    assert emitted == [Combine.SUBTRACT] and isinstance(emitted[0], Combine)
    assert part(bar, QToolButton, "combine_subtract").isChecked()


def test_a_narrow_bar_has_the_combo_box_instead_of_the_segments(qtbot, bar):
    assert part(bar, QToolButton, "combine_new").isVisible()
    assert not part(bar, QComboBox, "combine_box").isVisible()
    bar.resize(bar.minimumSizeHint().width(), 80)
    qtbot.waitUntil(lambda: part(bar, QComboBox, "combine_box").isVisible())
    assert not part(bar, QToolButton, "combine_new").isVisible()
    assert bar.width() < 700


def test_while_it_works_the_button_cancels_and_nothing_comes_after(qtbot, bar, live_editor, model, settled):
    model.gate = threading.Event()
    bar.set_editor(live_editor)
    ask(qtbot, bar, "the dog")
    assert button(bar).text() == "Cancel" and "dog" in status(bar)
    qtbot.mouseClick(button(bar), Qt.MouseButton.LeftButton)
    assert button(bar).text() == "F&ind" and status(bar) == "Cancelled."
    model.gate.set()
    settled(live_editor)
    qtbot.wait(50)
    assert live_editor.document.parts == () and status(bar) == "Cancelled."


def test_escape_cancels(qtbot, bar, live_editor, model):
    model.gate = threading.Event()
    bar.set_editor(live_editor)
    ask(qtbot, bar, "the dog")
    qtbot.keyClick(box(bar), Qt.Key.Key_Escape)
    assert not live_editor.busy and status(bar) == "Cancelled."


def test_a_newer_expression_replaces_the_older(qtbot, bar, live_editor, model, settled):
    model.gate = threading.Event()
    bar.set_editor(live_editor)
    ask(qtbot, bar, "the dog")
    ask(qtbot, bar, "the cat")
    assert "cat" in status(bar)
    model.gate.set()
    settled(live_editor)
    assert [answer.expression for answer in live_editor.document.expressions] == ["the cat"]
    assert "the cat" in status(bar) and button(bar).text() == "F&ind"


def test_a_failure_frees_the_button(qtbot, bar, editor, model):
    from clipmat.errors import WeightsMissing

    model.load_error = WeightsMissing("there are no weights: install rim-editor again")
    bar.set_editor(editor)
    ask(qtbot, bar, "the dog")
    assert button(bar).text() == "F&ind" and "Looking" not in status(bar)


def test_another_editor_shows_its_own_state(qtbot, bar, live_editor, editor, model):
    model.gate = threading.Event()
    bar.set_editor(live_editor)
    ask(qtbot, bar, "the dog")
    bar.set_editor(None)
    assert button(bar).text() == "F&ind"
    bar.set_editor(live_editor)
    assert button(bar).text() == "Cancel"
    live_editor.cancel()
    assert button(bar).text() == "F&ind"


def test_completion_offers_history_and_nouns_and_takes_the_chosen(qtbot, bar, editor):
    bar.set_editor(editor)
    bar.set_suggestions(("the dog with the hat",), ("dogfish", "piano"))
    qtbot.keyClicks(box(bar), "the dog")
    popup = box(bar).completer().popup()
    texts = [popup.model().index(row, 0).data() for row in range(popup.model().rowCount())]
    assert texts == ["the dog with the hat", "the dogfish"]
    assert popup.isVisible()
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert [answer.expression for answer in editor.document.expressions] == ["the dog with the hat"]
    assert not popup.isVisible()


def test_enter_with_an_open_popup_asks_what_was_typed_once(qtbot, bar, editor, model):
    bar.set_editor(editor)
    bar.set_suggestions(("the dog with the hat",), ())
    qtbot.keyClicks(box(bar), "the dog")
    qtbot.keyClick(box(bar).completer().popup(), Qt.Key.Key_Return)
    assert model.expressions == ["the dog"]
    assert box(bar).text() == "the dog"  # and not what was offered


def test_a_text_with_markup_is_shown_as_it_is(qtbot, bar, editor):
    bar.set_editor(editor)
    ask(qtbot, bar, "<b>the piano</b>")
    assert "<b>the piano</b>" in status(bar)
    assert part(bar, QLabel, "status_line").textFormat() == Qt.TextFormat.PlainText


def test_it_is_called_by_name_and_reached_by_keyboard(qtbot, bar):
    assert box(bar).accessibleName() and box(bar).placeholderText().startswith("Describe what to cut out")
    box(bar).setText("the dog")
    bar.focus_box()
    assert box(bar).selectedText() == "the dog"
    QApplication.processEvents()
    assert QApplication.focusWidget() is box(bar)
