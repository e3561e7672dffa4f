"""The expression bar: asking, status, cancelling, completion, and how answers join."""

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QPushButton, QToolButton

from clipmat.pointing import Pointing
from clipmat.present_words import PresentWord
from rim_editor.documents.document import Brush, Combine, Stroke
from rim_editor.editor.editor import Editor
from rim_editor.editor.picking import Picking
from rim_editor.ui.panels.certainty_badge import CertaintyBadge
from rim_editor.ui.panels.chips import ChipRow
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


def badge(bar):
    return part(bar, CertaintyBadge, "certainty_badge")


def choices(bar):
    names = ("use_answer", "other_words", "show_guess", "keep_matte")
    return [name for name in names if (found := bar.findChild(QPushButton, name)) and found.isVisible()]


def press(qtbot, bar, name):
    found = next(one for one in bar.findChildren(QPushButton, name) if one.isVisible())
    qtbot.mouseClick(found, Qt.MouseButton.LeftButton)
    QApplication.processEvents()


def button(bar):
    return part(bar, QPushButton, "ask_button")


def ask(qtbot, bar, text):
    box(bar).clear()
    qtbot.keyClicks(box(bar), text)
    qtbot.keyClick(box(bar), Qt.Key.Key_Return)


def test_enter_asks_and_the_line_shows_how_sure_the_answer_is(qtbot, bar, editor):
    bar.set_editor(editor)
    emitted = []
    bar.submitted.connect(emitted.append)
    ask(qtbot, bar, "  the   dog ")
    assert [answer.expression for answer in editor.document.expressions] == ["the dog"]
    assert emitted == ["the dog"]
    assert status(bar) == "Found “the dog”" and badge(bar).text() == "97 %"
    assert "97 %" in badge(bar).toolTip() and "sure" in badge(bar).accessibleName()


def test_the_button_asks_as_well(qtbot, bar, editor):
    bar.set_editor(editor)
    qtbot.keyClicks(box(bar), "the cat")
    qtbot.mouseClick(button(bar), Qt.MouseButton.LeftButton)
    assert [answer.expression for answer in editor.document.expressions] == ["the cat"]


def test_what_is_not_there_is_told_with_its_presence(qtbot, bar, editor):
    bar.set_editor(editor)
    ask(qtbot, bar, "the piano")
    assert "Nothing here seems to be “the piano”" in status(bar) and badge(bar).text() == "12 %"
    assert editor.document.parts == ()


@pytest.mark.parametrize("typed", ["...", "?!"])
def test_no_words_are_not_asked_but_explained(qtbot, bar, editor, model, typed):
    bar.set_editor(editor)
    emitted = []
    bar.submitted.connect(emitted.append)
    ask(qtbot, bar, typed)
    assert model.expressions == [] and emitted == []
    assert "what to cut out" in status(bar)


def test_enter_alone_asks_for_the_main_subject(qtbot, bar, editor, model):
    bar.set_editor(editor)
    for typed in ("", "   "):
        ask(qtbot, bar, typed)
        assert model.expressions[-1] == "the main subject" == box(bar).text()


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


def test_a_small_box_is_left_to_the_words(qtbot, bar):
    def icons():
        return [button for button in box(bar).findChildren(QToolButton) if button.isVisible()]

    box(bar).setText("the green apple")
    qtbot.waitUntil(lambda: len(icons()) == 2)
    bar.resize(286, 80)
    qtbot.waitUntil(lambda: icons() == [])
    bar.resize(1100, 80)
    qtbot.waitUntil(lambda: len(icons()) == 2)


def test_while_it_works_the_button_cancels_and_nothing_comes_after(qtbot, bar, live_editor, model, settled):
    model.gate = threading.Event()
    bar.set_editor(live_editor)
    ask(qtbot, bar, "the dog")
    assert button(bar).text() == "Cancel" and "dog" in status(bar)
    qtbot.mouseClick(button(bar), Qt.MouseButton.LeftButton)
    assert button(bar).text() == "Fin&d" and status(bar) == "Cancelled."
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
    assert "the cat" in status(bar) and button(bar).text() == "Fin&d"


def test_a_failure_frees_the_button(qtbot, bar, editor, model):
    from clipmat.errors import WeightsMissing

    model.load_error = WeightsMissing("there are no weights: install rim-editor again")
    bar.set_editor(editor)
    ask(qtbot, bar, "the dog")
    assert button(bar).text() == "Fin&d" and "Looking" not in status(bar)


def test_another_editor_shows_its_own_state(qtbot, bar, live_editor, editor, model):
    model.gate = threading.Event()
    bar.set_editor(live_editor)
    ask(qtbot, bar, "the dog")
    bar.set_editor(None)
    assert button(bar).text() == "Fin&d"
    bar.set_editor(live_editor)
    assert button(bar).text() == "Cancel"
    live_editor.cancel()
    assert button(bar).text() == "Fin&d"


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


# how certain an answer is


def captions(bar):
    seen = []
    bar.caption_changed.connect(lambda text, dimmed: seen.append((text, dimmed)))
    return seen


def test_an_unsure_answer_is_shown_at_once_marked_and_can_be_used(qtbot, bar, editor):
    bar.set_editor(editor)
    seen = captions(bar)
    ask(qtbot, bar, "maybe the dog")
    assert len(editor.document.parts) == 1
    assert status(bar) == "Not sure that this is “maybe the dog”" and badge(bar).text() == "42 %"
    assert choices(bar) == ["use_answer", "other_words"] and seen[-1] == (status(bar), False)
    press(qtbot, bar, "use_answer")
    assert status(bar) == "Used “maybe the dog”" and choices(bar) == [] and seen[-1] == ("", False)
    assert len(editor.document.parts) == 1


@pytest.mark.parametrize("combine", [Combine.SUBTRACT, Combine.INTERSECT])
def test_nothing_is_taken_away_by_an_unsure_answer_until_it_is_used(qtbot, bar, editor, combine):
    bar.set_editor(editor)
    marked, seen = [], captions(bar)
    bar.guess_marked.connect(marked.append)
    ask(qtbot, bar, "the cat")
    bar.set_combine(combine)
    ask(qtbot, bar, "maybe the dog")
    assert [part.expression for part in editor.document.expressions] == ["the cat"]
    assert status(bar) == "Not sure that this is “maybe the dog”: nothing is taken away yet"
    assert choices(bar) == ["use_answer", "other_words"] and badge(bar).text() == "42 %"
    assert seen[-1] == ("Not sure that this is “maybe the dog”", False)
    assert marked[-1] is editor.guess and marked[-1].combine is combine
    press(qtbot, bar, "use_answer")
    assert [part.expression for part in editor.document.expressions] == ["the cat", "maybe the dog"]
    assert status(bar) == "Used “maybe the dog”" and choices(bar) == [] and marked[-1] is None
    editor.undo()
    assert [part.expression for part in editor.document.expressions] == ["the cat"] and status(bar) == "Found “the cat”"


def test_a_narrow_line_says_it_in_short(qtbot, bar, editor):
    bar.set_editor(editor)
    ask(qtbot, bar, "maybe the dog")
    label = part(bar, QLabel, "status_line")
    bar.resize(1200, 100)
    assert label.shown_text() == "Not sure that this is “maybe the dog”"
    bar.resize(420, 100)
    QApplication.processEvents()
    assert label.shown_text() == "Not sure of this" and label.toolTip() == "Not sure that this is “maybe the dog”"


def test_what_an_unsure_answer_would_take_goes_with_other_words_and_other_changes(qtbot, bar, editor):
    bar.set_editor(editor)
    marked = []
    bar.guess_marked.connect(marked.append)
    ask(qtbot, bar, "maybe the dog")
    bar.set_combine(Combine.SUBTRACT)
    ask(qtbot, bar, "maybe the dog")
    assert len(editor.document.parts) == 1 and marked[-1] is not None, "the equal words before are another answer"
    press(qtbot, bar, "other_words")
    assert len(editor.document.parts) == 1 and box(bar).hasFocus()
    editor.paint(Stroke(Brush.KEEP, ((10, 10), (30, 30)), 5))
    assert marked[-1] is None and choices(bar) == []


def test_other_words_take_an_unsure_answer_back_and_lead_to_the_box(qtbot, bar, editor):
    bar.set_editor(editor)
    ask(qtbot, bar, "the cat")
    ask(qtbot, bar, "maybe the dog")
    press(qtbot, bar, "other_words")
    assert [part.expression for part in editor.document.expressions] == ["the cat"]
    assert box(bar).hasFocus() and box(bar).selectedText() == "maybe the dog" and choices(bar) == []


def test_the_former_matte_never_passes_for_the_new_answer(qtbot, bar, editor):
    bar.set_editor(editor)
    seen = captions(bar)
    ask(qtbot, bar, "the cat")
    ask(qtbot, bar, "the dog ghost")
    assert [part.expression for part in editor.document.expressions] == ["the cat"]
    assert seen[-1] == ("This is still “the cat”, not “the dog ghost”", True)
    assert choices(bar) == ["show_guess", "keep_matte"] and badge(bar).text() == "4 %"
    press(qtbot, bar, "keep_matte")
    assert seen[-1] == ("", False) and choices(bar) == []


def test_what_is_still_shown_is_named_by_what_it_is_and_not_by_what_was_taken_from_it(qtbot, bar, editor):
    bar.set_editor(editor)
    seen = captions(bar)
    ask(qtbot, bar, "the cat")
    bar.set_combine(Combine.SUBTRACT)
    ask(qtbot, bar, "the hat")
    bar.set_combine(Combine.NEW)
    ask(qtbot, bar, "the dog ghost")
    assert seen[-1] == ("This is still “the cat”, not “the dog ghost”", True)


@pytest.mark.parametrize("combine", [Combine.ADD, Combine.SUBTRACT, Combine.INTERSECT])
def test_a_matte_that_was_only_to_be_joined_is_seen_as_it_is(qtbot, bar, editor, combine):
    bar.set_editor(editor)
    seen = captions(bar)
    ask(qtbot, bar, "the cat")
    bar.set_combine(combine)
    ask(qtbot, bar, "the dog ghost")
    assert seen[-1] == ("", False) and choices(bar) == ["show_guess"]
    assert status(bar) == "Nothing here seems to be “the dog ghost”"


def test_what_waits_to_be_taken_is_withdrawn_before_any_step(qtbot, bar, editor):
    bar.set_editor(editor)
    marked, seen = [], captions(bar)
    bar.guess_marked.connect(marked.append)
    ask(qtbot, bar, "the cat")
    assert not bar.withdraw(), "an answer that is part of the matte is a step"
    bar.set_combine(Combine.SUBTRACT)
    ask(qtbot, bar, "maybe the dog")
    assert marked[-1] is not None
    assert bar.withdraw()
    assert marked[-1] is None and editor.guess is None and seen[-1] == ("", False)
    assert [part.expression for part in editor.document.expressions] == ["the cat"]
    assert status(bar) == "Found “the cat”" and choices(bar) == [] and box(bar).text() == "maybe the dog"
    assert not bar.withdraw()


def test_a_guess_that_is_not_shown_is_nothing_to_withdraw(qtbot, bar, editor):
    bar.set_editor(editor)
    assert not bar.withdraw()
    ask(qtbot, bar, "the dog ghost")
    assert not bar.withdraw() and choices(bar) == ["show_guess"]


def test_the_best_guess_is_shown_only_when_asked_for_and_is_marked_as_one(qtbot, bar, editor):
    bar.set_editor(editor)
    seen = captions(bar)
    ask(qtbot, bar, "the dog ghost")
    assert editor.document.parts == () and choices(bar) == ["show_guess"]
    press(qtbot, bar, "show_guess")
    assert len(editor.document.parts) == 1 and "Best guess" in status(bar)
    assert seen[-1] == ("Best guess for “the dog ghost”", False) and choices(bar) == ["use_answer", "other_words"]
    editor.undo()
    assert status(bar) == "" and seen[-1] == ("", False)
    editor.redo()
    assert "Best guess" in status(bar)


def test_painting_after_an_answer_without_certainty_goes_on_with_the_matte(qtbot, bar, editor):
    bar.set_editor(editor)
    ask(qtbot, bar, "the cat")
    ask(qtbot, bar, "the dog ghost")
    seen = captions(bar)
    editor.paint(Stroke(Brush.KEEP, ((10, 10), (30, 30)), 5))
    assert seen[-1] == ("", False) and choices(bar) == []


def word(noun, presence, left, right):
    place = np.zeros((32, 32), bool)
    place[:, left:right] = True
    return PresentWord(noun, presence, place)


def test_near_words_are_offered_after_an_unsure_answer_and_asked_by_a_click(qtbot, bar, editor):
    bar.set_editor(editor)
    chips = part(bar, ChipRow, "word_chips")
    bar.set_present_words(editor, (word("cat", 0.9, 20, 32), word("dog", 0.8, 3, 16), word("pet", 0.7, 4, 16)))
    assert chips.texts() == (), "nothing was asked yet"
    ask(qtbot, bar, "maybe the dog with the tail")
    assert chips.texts() == ("pet",), "neither what was asked nor what is elsewhere"
    press(qtbot, bar, "use_answer")
    assert chips.texts() == ()
    bar.suggest(editor, ["the cat"])
    ask(qtbot, bar, "maybe the dog")
    qtbot.mouseClick(part(bar, QAbstractButton, "chip_pet"), Qt.MouseButton.LeftButton)
    assert box(bar).text() == "pet"


def test_what_is_in_the_image_is_offered_until_something_is_selected(qtbot, bar, editor):
    bar.set_editor(editor)
    chips = part(bar, ChipRow, "word_chips")
    bar.set_present_words(editor, (word("cat", 0.97, 20, 32), word("animal", 0.96, 20, 31), word("bag", 0.9, 3, 16)))
    assert chips.texts() == ("cat",)
    ask(qtbot, bar, "the piano")
    assert chips.texts() == ("cat",), "nothing seems to be the piano"
    ask(qtbot, bar, "the dog")
    assert chips.texts() == ()
    editor.clear_matte()
    assert chips.texts() == ("cat",)


def test_the_key_that_goes_to_the_box_is_no_text_of_it(qtbot, bar, editor):
    bar.set_editor(editor)
    qtbot.keyClicks(box(bar), "/the dog")
    assert box(bar).text() == "the dog"


def test_near_words_go_with_their_answer(qtbot, bar, editor):
    bar.set_editor(editor)
    chips = part(bar, ChipRow, "word_chips")
    bar.set_present_words(editor, (word("pet", 0.7, 4, 16),))
    ask(qtbot, bar, "maybe the dog")
    assert chips.texts() == ("pet",)
    editor.undo()
    assert chips.texts() == ()
    editor.redo()
    assert chips.texts() == ("pet",)
    editor.layers.add()
    assert chips.texts() == () and status(bar) == ""
    ask(qtbot, bar, "the dog ghost")
    assert chips.texts() == ("pet",)
    editor.layers.select(1 - editor.document.active)
    assert "ghost" not in status(bar)


def test_after_undo_the_box_has_the_words_of_the_document_and_nothing_is_subtracted_from_nothing(qtbot, bar, editor):
    bar.set_editor(editor)
    ask(qtbot, bar, "the dog")
    bar.set_combine(Combine.SUBTRACT)
    ask(qtbot, bar, "the hat")
    editor.undo()
    assert box(bar).text() == "the dog" and bar.combine() is Combine.SUBTRACT
    editor.undo()
    assert box(bar).text() == "" and bar.combine() is Combine.NEW
    editor.redo()
    editor.redo()
    assert box(bar).text() == "the hat"
    box(bar).setText("the h")
    editor.undo()
    assert box(bar).text() == "the h", "what is being typed stays"


def test_other_words_say_whether_the_answer_is_taken_back(qtbot, bar, editor):
    bar.set_editor(editor)
    ask(qtbot, bar, "maybe the dog")
    assert part(bar, QPushButton, "other_words").text() == "Take it back"
    editor.paint(Stroke(Brush.KEEP, ((10, 10), (30, 30)), 5))
    assert part(bar, QPushButton, "other_words").text() == "Try other words"


def test_clicks_beside_unsure_words_keep_their_certainty_and_what_can_be_done(qtbot, bar, editor):
    bar.set_editor(editor)
    ask(qtbot, bar, "maybe the dog")
    Picking(editor, lambda: None).click(96, 120, True, "maybe the dog")
    assert status(bar).startswith("Not sure that this is “maybe the dog”, 1 click. ") and badge(bar).text() == "42 %"
    assert choices(bar) == ["use_answer", "other_words"]
    editor.undo()
    assert status(bar) == "Not sure that this is “maybe the dog”" and choices(bar) == ["use_answer", "other_words"]
    editor.redo()
    press(qtbot, bar, "use_answer")
    assert status(bar).startswith("Used “maybe the dog”, 1 click") and badge(bar).text() == "42 %"


def test_clicks_beside_words_that_undo_brought_back_keep_the_badge_of_the_words(qtbot, bar, editor):
    bar.set_editor(editor)
    ask(qtbot, bar, "maybe the dog")
    ask(qtbot, bar, "the unicorn")
    picking = Picking(editor, lambda: None)
    picking.click(224, 120, True, words="the unicorn")  # a click alone takes the place
    assert status(bar).startswith("Found by 1 click")
    editor.undo()
    for _ in range(2):
        picking.click(96, 120, True, words="maybe the dog")
        assert status(bar).startswith("Not sure that this is “maybe the dog”") and badge(bar).text() == "42 %"


def test_box_and_answer_follow_the_layer(qtbot, bar, editor):
    bar.set_editor(editor)
    ask(qtbot, bar, "maybe the dog")
    editor.layers.add()
    assert box(bar).text() == "" and status(bar) == ""
    ask(qtbot, bar, "the cat")
    editor.layers.select(0)
    assert box(bar).text() == "maybe the dog" and choices(bar) == ["use_answer", "other_words"]
    box(bar).setText("the h")
    editor.layers.select(1)
    assert box(bar).text() == "the h" and status(bar) == "Found “the cat”", "what is being typed stays"


def test_words_that_found_nothing_do_not_stay_in_the_box_of_another_layer(qtbot, bar, editor):
    bar.set_editor(editor)
    ask(qtbot, bar, "the cat")
    editor.layers.add()
    ask(qtbot, bar, "the unicorn")
    editor.ask("", pointing=Pointing(((96.0, 120.0, True),)))  # a click instead
    editor.layers.select(0)
    assert box(bar).text() == "the cat"


def test_words_that_found_nothing_do_not_name_what_was_pointed_at_instead(qtbot, bar, editor):
    bar.set_editor(editor)
    ask(qtbot, bar, "the piano")
    there, nowhere = Pointing(box=(60.0, 90.0, 130.0, 150.0)), Pointing(box=(0.0, 0.0, 3.0, 3.0))
    editor.ask("", pointing=nowhere)
    assert "Nothing was found in this box" in status(bar) and box(bar).text() == "the piano"
    editor.ask("", pointing=there)
    assert box(bar).text() == "" and "Found by a box" in status(bar) and "piano" not in status(bar)
    qtbot.keyClicks(box(bar), "a wheel")
    editor.ask("", pointing=there)
    assert box(bar).text() == "a wheel", "what was not asked yet stays"
    ask(qtbot, bar, "the cat")
    editor.ask("", Combine.ADD, there)
    assert box(bar).text() == "the cat", "it names a part"


def test_clearing_the_matte_clears_the_words_and_what_was_said_of_them(qtbot, bar, editor):
    bar.set_editor(editor)
    ask(qtbot, bar, "the cat")
    ask(qtbot, bar, "the dog ghost")
    editor.clear_matte()
    assert box(bar).text() == "" and status(bar) == "" and badge(bar).text() == ""


def test_chips_that_do_not_fit_are_left_out(qtbot, bar, editor):
    bar.set_editor(editor)
    bar.suggest(editor, [f"the long expression with number {number}" for number in range(6)])
    chips = part(bar, ChipRow, "word_chips")
    fitting = [chip for chip in chips.findChildren(QAbstractButton) if chip.isVisible()]
    assert 1 <= len(fitting) < 6 and len(chips.texts()) == 6
    assert all(chip.geometry().right() <= chips.width() for chip in fitting)


def test_a_project_that_is_opened_brings_the_words_of_its_layer(qtbot, bar, editor, matting):
    """What clicks beside words rely on."""
    bar.set_editor(editor)
    box(bar).setText("the dog")
    bar.ask()
    opened = Editor(editor.document.source, matting)
    opened.open(editor.history)
    bar.set_editor(opened)
    assert box(bar).text() == "the dog"
