"""Clicks and boxes on an open image: what is asked, which part takes whose place, and what undo does with the marks."""

import numpy as np
import pytest

from clipmat.certainty import Certainty
from clipmat.image_files import OpenedImage
from clipmat.pointing import Pointing
from rim_editor.documents.document import Brush, Combine, Stroke
from rim_editor.editor.editor import Editor
from rim_editor.editor.events import Answered, Notice, NoticeCode
from rim_editor.editor.jobs import InlineRunner
from rim_editor.editor.picking import Picking
from rim_editor.files import recovery_files
from rim_editor.matting import Matting


class Prediction:
    presence, certainty, timings, note = 0.9, Certainty.SURE, {}, "These weights do not know clicks: it was tried."

    def __init__(self, matte):
        self.matte = matte


class Model:
    """Answers with as many columns as there are points, ten with a box, twenty with words alone."""

    device, device_reason, precision = "cpu", "", "float32"

    def __init__(self):
        self.asked = []

    def load(self, *options):
        return self

    def set_image(self, image):
        self.shape = image.shape[:2]

    def predict(self, expression, *, points=(), box=None):
        self.asked.append((expression, tuple(points), box))
        matte = np.zeros(self.shape, np.float32)
        matte[:, : len(points) if points else 10 if box else 20] = 1
        made = Prediction(matte)
        if points and not any(keep for *_, keep in points):
            made.matte[:] = 0
            made.certainty = Certainty.NONE
        return made


class LateRunner(InlineRunner):
    """Holds questions until `answer`; a newer one replaces an older one."""

    def __init__(self):
        self.waiting = None

    def start(self, job):
        self.waiting = job

    def cancel(self, kind, owner=None):
        self.waiting = None

    def answer(self):
        job, self.waiting = self.waiting, None
        super().start(job)


@pytest.fixture
def model():
    return Model()


def editor_of(model, runner=None):
    return Editor(OpenedImage(None, np.zeros((20, 30, 3), np.uint8), None), Matting(model.load), runner)


@pytest.fixture
def editor(model):
    return editor_of(model)


@pytest.fixture
def picking(editor):
    return Picking(editor, lambda: None)


def columns(editor):
    return int(editor.renderer.matte(editor.document)[0].sum())


def test_each_click_asks_with_all_and_takes_the_place_of_the_former_answer(picking, editor, model):
    picking.click(3, 4, True)
    picking.click(9, 4, False)
    assert [asked[1] for asked in model.asked] == [((3, 4, True),), ((3, 4, True), (9, 4, False))]
    (answer,) = editor.document.parts
    assert answer.points == ((3, 4, True), (9, 4, False)) and answer.expression == "" and columns(editor) == 2
    assert editor.history.undo_name == "Find by 2 clicks"


def test_undo_takes_back_one_click_and_its_mark(picking, editor):
    for x in (3, 9, 12):
        picking.click(x, 4, True)
    editor.undo()
    assert picking.marks == Pointing(((3, 4, True), (9, 4, True))) and columns(editor) == 2
    editor.undo()
    editor.undo()
    assert not picking.marks and not editor.document.parts
    editor.redo()
    picking.click(5, 5, False)
    assert picking.marks.points == ((3, 4, True), (5, 5, False))


def test_words_count_when_the_last_answer_was_for_them(picking, editor, model):
    editor.ask("the hat")
    picking.click(3, 4, True, words="the  hat")
    assert model.asked[-1] == ("the hat", ((3, 4, True),), None)
    (answer,) = editor.document.parts
    assert answer.expression == "the hat" and editor.history.undo_name == "Find “the hat”, 1 click"
    editor.undo()
    assert editor.document.parts[0].expression == "the hat" and not editor.document.parts[0].points


def test_other_words_in_the_box_do_not_count(picking, editor, model):
    editor.ask("the hat")
    picking.click(3, 4, True, words="the scarf")
    assert model.asked[-1][0] == ""


@pytest.mark.parametrize("combine", [Combine.ADD, Combine.SUBTRACT, Combine.INTERSECT])
def test_clicks_join_the_matte_as_chosen(picking, editor, combine):
    editor.ask("the hat")
    picking.click(3, 4, True, combine=combine)
    picking.click(5, 4, True, combine=combine)
    words, answer = editor.document.parts
    assert words.expression == "the hat" and answer.combine is combine and len(answer.points) == 2
    assert columns(editor) == {Combine.ADD: 20, Combine.SUBTRACT: 18, Combine.INTERSECT: 2}[combine]


def test_another_choice_begins_a_new_answer(picking, editor):
    picking.click(3, 4, True)
    picking.click(5, 4, True, combine=Combine.ADD)
    assert [len(part.points) for part in editor.document.parts] == [1, 1]
    assert picking.marks.points == ((5, 4, True),)


def test_a_box_joins_the_clicks_and_takes_the_place_of_a_former_box(picking, editor):
    picking.draw_box((1, 1, 9, 9))
    picking.click(3, 4, True)
    picking.draw_box((2, 2, 9, 9))
    (answer,) = editor.document.parts
    assert answer.box == (2, 2, 9, 9) and answer.points == ((3, 4, True),)
    assert editor.history.undo_name == "Find by a box and 1 click"


def test_marks_can_be_removed_one_by_one(picking, editor):
    picking.draw_box((1, 1, 9, 9))
    picking.click(3, 4, True)
    picking.click(9, 4, False)
    picking.remove(0)
    assert picking.marks == Pointing(((9, 4, False),), (1, 1, 9, 9)) or picking.marks.box is not None
    picking.clear()
    picking.click(3, 4, True)
    picking.remove_last()
    assert not picking.marks and not editor.document.parts
    editor.undo()
    assert picking.marks.points == ((3, 4, True),)


def test_without_its_last_click_only_the_words_remain(picking, editor, model):
    editor.ask("the hat")
    picking.click(3, 4, True, words="the hat")
    picking.remove_last()
    (answer,) = editor.document.parts
    assert answer.expression == "the hat" and not answer.points and columns(editor) == 20


def test_cleared_marks_leave_the_matte_and_the_next_click_begins_anew(picking, editor):
    picking.click(3, 4, True)
    picking.clear()
    assert not picking.marks and columns(editor) == 1
    picking.click(9, 4, True, combine=Combine.ADD)
    assert len(editor.document.parts) == 2


def test_a_painted_stroke_ends_the_clicks(picking, editor):
    picking.click(3, 4, True)
    editor.paint(Stroke(Brush.KEEP, ((5.0, 5.0),), 2.0))
    assert not picking.marks
    picking.click(9, 4, True, combine=Combine.ADD)
    assert len(editor.document.parts) == 3


def test_a_click_that_leaves_nothing_changes_nothing_and_is_reported(picking, editor):
    events = []
    editor.listen(events.append)
    picking.click(3, 4, True)
    picking.remove(0)
    picking.click(3, 4, False)
    assert not editor.document.parts and not picking.marks
    notice = next(event for event in events if isinstance(event, Notice))
    assert notice.code is NoticeCode.NOT_FOUND and "Nothing is left" in notice.text


def test_a_click_that_finds_nothing_says_so_and_is_no_part(editor, picking, model, monkeypatch):
    events = []
    editor.listen(events.append)
    nothing = Prediction(np.zeros((20, 30), np.float32))
    nothing.certainty = Certainty.NONE
    monkeypatch.setattr(model, "predict", lambda *_, **__: nothing)
    picking.click(3, 4, True)
    assert not editor.document.parts and not picking.marks
    assert "Nothing was found at this click" in [event.text for event in events if isinstance(event, Notice)]


def test_quick_clicks_are_one_question_and_show_at_once(model):
    runner = LateRunner()
    editor = editor_of(model, runner)
    picking = Picking(editor, lambda: None)
    picking.click(3, 4, True)
    assert picking.marks.points == ((3, 4, True),) and not editor.document.parts
    picking.click(9, 4, True)
    runner.answer()
    assert model.asked == [("", ((3, 4, True), (9, 4, True)), None)]
    assert len(editor.document.parts[0].points) == 2
    picking.click(12, 4, True)
    editor.cancel()
    assert len(picking.marks.points) == 2


def test_the_note_of_the_model_is_passed_on(picking, editor):
    events = []
    editor.listen(events.append)
    picking.click(3, 4, True)
    answered = next(event for event in events if isinstance(event, Answered))
    assert "do not know clicks" in answered.note and answered.asked == "1 click"


def test_subtracting_from_nothing_is_refused_and_leaves_no_mark(picking, editor, model):
    picking.click(3, 4, True, combine=Combine.SUBTRACT)
    assert not picking.marks and not model.asked


def test_clicks_and_box_survive_a_crash(picking, editor, tmp_path):
    picking.draw_box((1.5, 1, 9, 9))
    picking.click(3.25, 4, True)
    picking.click(9, 4, False)
    recovery_files.write(editor.document, tmp_path, recovery_files.WrittenArrays(), None)
    (answer,) = recovery_files.read(tmp_path).parts
    assert answer.points == ((3.25, 4, True), (9, 4, False)) and answer.box == (1.5, 1, 9, 9)
