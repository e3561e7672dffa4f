"""The editor: each action of the user, what it leaves in the document, what it tells, and what a late answer does."""

import warnings
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from clipmat import image_files
from clipmat.certainty import Certainty
from clipmat.errors import ExpressionTruncated, WeightsMissing
from clipmat.image_files import OpenedImage
from rim_editor.documents import edits
from rim_editor.documents.document import Answer, Brush, Combine, Document, MatteControls, Patch, Stroke
from rim_editor.documents.rendering import View, ViewMode
from rim_editor.editor.editor import Editor
from rim_editor.editor.events import Answered, DocumentChanged, JobEnded, JobKind, JobStarted, Notice
from rim_editor.editor.jobs import Job
from rim_editor.errors import EditorError
from rim_editor.files import projects
from rim_editor.files.exporting import Content, ExportRequest
from rim_editor.matting import Matting
from rim_editor.model_requests import ModelOptions

# What the model knows, as columns of a 40 x 30 image; the halves overlap in columns 15 to 24.
PLACES = {"left": slice(0, 25), "right": slice(15, 40), "middle": slice(15, 25)}
DOT = Stroke(Brush.KEEP, ((5.0, 5.0),), 4.0)
HAIR = Stroke(Brush.REFINE, ((24.0, 15.0),), 6.0)


@dataclass(frozen=True)
class Prediction:
    matte: np.ndarray
    presence: float
    certainty: Certainty
    timings: dict
    note: str = ""


@dataclass
class Model:
    """Finds halves of images. Refining makes everything unknown 0.25; it counts what it was asked."""

    asked: list = field(default_factory=list)
    refined: list = field(default_factory=list)
    error: Exception | None = None
    device: str = "cpu"
    device_reason: str = "no GPU was found"
    precision: str = "float32"

    def load(self, *options):
        self.asked.append(options)
        if self.error is not None:
            raise self.error
        return self

    def set_image(self, image):
        self.image = image

    def predict(self, expression):
        if self.error is not None:
            raise self.error
        if "very" in expression:
            warnings.warn("the expression is too long; these words were not read: end", ExpressionTruncated, 2)
        matte = np.zeros(self.image.shape[:2], np.float32)
        found = [place for word, place in PLACES.items() if word in expression]
        for place in found:
            matte[:, place] = 1
        if "ghost" in expression:
            return Prediction(matte, 0.02, Certainty.NONE, {})
        if "maybe" in expression:
            return Prediction(matte, 0.4, Certainty.UNSURE, {})
        return Prediction(matte, 0.97 if found else 0.124, Certainty.SURE if found else Certainty.NONE, {})

    def refine(self, image, matte, trimap):
        self.refined.append((image, matte.copy(), trimap))
        if self.error is not None:
            raise self.error
        return np.where(trimap == 128, np.float32(0.25), matte)


class Later:
    """A runner whose work is done when the test says so."""

    def __init__(self):
        self.jobs: dict[tuple, Job] = {}
        self.superseded: list[Job] = []

    def start(self, job):
        self.cancel(job.kind, job.owner)
        self.jobs[job.kind, job.owner] = job

    def cancel(self, kind, owner=None):
        if (kind, owner) in self.jobs:
            self.superseded.append(self.jobs.pop((kind, owner)))

    def finish(self, kind):
        job = self.jobs.pop(next(key for key in self.jobs if key[0] is kind))
        job.finish(job.run())


class Events(list):
    """What an editor notified its listener of."""

    def of(self, kind):
        return [event for event in self if isinstance(event, kind)]

    @property
    def notices(self):
        return [(notice.level, notice.text) for notice in self.of(Notice)]


def photo(alpha=None, path=Path("folder/photo.jpg")):
    pixels = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)
    return OpenedImage(path, pixels, alpha)


@pytest.fixture
def model():
    return Model()


def made(model, runner=None, source=None, **options):
    editor = Editor(source or photo(), Matting(model.load), runner, **options)
    events = Events()
    editor.listen(events.append)
    return editor, events


@pytest.fixture
def opened(model):
    return made(model)


@pytest.fixture
def later():
    return Later()


@pytest.fixture
def slow(model, later):
    return made(model, later)


def columns(editor):
    """Which columns of the matte are kept, all of them whole."""
    matte = editor.renderer.matte(editor.document)
    assert ((matte == 0) | (matte == 1)).all() and (matte == matte[0]).all()
    return set(np.flatnonzero(matte[0]).tolist())


def said(editor):
    return [(part.expression, part.combine) for part in editor.document.expressions]


def test_an_open_image_has_nothing_cut_out_and_nothing_unsaved(opened):
    editor, events = opened
    assert editor.document.parts == () and not editor.unsaved and editor.busy == frozenset()
    assert editor.title == "photo.jpg" and events == []
    assert not editor.history.can_undo


def test_an_image_without_a_file_has_a_title(model):
    editor, _ = made(model, source=photo(path=None))
    assert editor.title == "Untitled image"


# --- asking


def test_asking_finds_and_tells_everything(opened):
    editor, events = opened
    editor.ask("  the   left ")
    (answer,) = editor.document.parts
    assert (answer.expression, answer.combine, answer.presence) == ("the left", Combine.NEW, 0.97)
    assert not answer.matte.flags.writeable
    assert columns(editor) == set(range(25))
    assert events[:3] == [
        JobStarted(JobKind.ASK, "Looking for “the left”"),
        JobEnded(JobKind.ASK),
        DocumentChanged(frozenset({"matte"})),
    ]
    (answered,) = events[3:]
    assert isinstance(answered, Answered) and answered.certainty is Certainty.SURE and answered.milliseconds >= 0
    assert (answered.device, answered.device_reason, answered.weights) == ("cpu", "no GPU was found", "compact")
    assert editor.history.undo_name == "Find “the left”"


@pytest.mark.parametrize(
    ("combine", "kept", "name"),
    [
        (Combine.NEW, range(15, 40), "Find “right”"),
        (Combine.ADD, range(40), "Add “right”"),
        (Combine.SUBTRACT, range(15), "Subtract “right”"),
        (Combine.INTERSECT, range(15, 25), "Intersect “right”"),
    ],
)
def test_an_answer_joins_the_matte_so_far(opened, combine, kept, name):
    editor, _ = opened
    editor.ask("left")
    editor.ask("right", combine)
    assert columns(editor) == set(kept)
    assert editor.history.undo_name == name
    editor.undo()
    assert columns(editor) == set(range(25))
    assert editor.history.redo_name == name


def test_new_lets_go_of_what_was_found_and_painted(opened):
    editor, _ = opened
    editor.ask("left")
    editor.paint(DOT)
    editor.ask("right", Combine.NEW)
    assert said(editor) == [("right", Combine.NEW)] and len(editor.document.parts) == 1


def test_nothing_found_changes_nothing_and_says_the_presence(opened):
    editor, events = opened
    editor.ask("left")
    events.clear()
    before = editor.document
    editor.ask("the unicorn")
    assert editor.document is before
    text = "Nothing in this image matches 'the unicorn' (presence 0.12). Use other words."
    assert events.notices == [("info", text)]
    (answered,) = events.of(Answered)
    assert answered.certainty is Certainty.NONE and answered.presence == 0.124


def test_an_unsure_answer_joins_and_carries_its_mark(opened):
    editor, events = opened
    editor.ask("maybe left")
    (part,) = editor.document.parts
    assert (part.certainty, part.presence) == (Certainty.UNSURE, 0.4) and columns(editor) == set(range(25))
    (answered,) = events.of(Answered)
    assert (answered.certainty, answered.presence) == (Certainty.UNSURE, 0.4)
    assert events.notices == [] and editor.guess is None


@pytest.mark.parametrize(("combine", "kept"), [(Combine.NEW, range(25)), (Combine.ADD, range(40))])
def test_the_best_guess_waits_until_it_is_accepted(opened, model, combine, kept):
    editor, events = opened
    editor.ask("right")
    editor.ask("left ghost", combine)
    assert columns(editor) == set(range(15, 40)) and events.of(Answered)[-1].certainty is Certainty.NONE
    assert editor.guess.expression == "left ghost"
    model.error = WeightsMissing("gone")  # nobody is asked again
    editor.accept_guess()
    assert columns(editor) == set(kept) and editor.guess is None
    assert editor.document.parts[-1].certainty is Certainty.NONE
    editor.accept_guess()
    assert columns(editor) == set(kept)
    editor.undo()
    assert columns(editor) == set(range(15, 40))


def test_a_guess_is_forgotten_with_the_next_question_and_another_document(opened):
    editor, _ = opened
    editor.ask("left ghost")
    editor.ask("right")
    editor.accept_guess()
    assert columns(editor) == set(range(15, 40))
    editor.ask("left ghost")
    editor.restore(Document(editor.document.source))
    assert editor.guess is None


def test_a_guess_that_shows_nothing_is_not_offered(opened):
    editor, _ = opened
    editor.ask("unicorn")
    assert editor.guess is None


@pytest.mark.parametrize("nothing", ["", "   ", "?!…"])
def test_an_empty_expression_says_what_to_type(opened, model, nothing):
    editor, events = opened
    editor.ask(nothing)
    assert events.notices == [("warning", "Type what to cut out, such as “the dog on the left”.")]
    assert model.asked == [] and editor.document.parts == ()


@pytest.mark.parametrize(
    ("combine", "words"), [(Combine.SUBTRACT, "subtract from"), (Combine.INTERSECT, "intersect with")]
)
@pytest.mark.parametrize("parts", [(), (Stroke(Brush.REMOVE, ((5.0, 5.0),), 4.0),)], ids=["empty", "erased only"])
def test_nothing_is_subtracted_from_nothing(opened, model, combine, words, parts):
    editor, events = opened
    for part in parts:
        editor.paint(part)
    editor.ask("left", combine)
    assert events.notices == [("warning", f"There is no matte to {words} yet: find or paint something first.")]
    assert editor.document.parts == parts and model.asked == []


def test_adding_starts_from_nothing(opened):
    editor, _ = opened
    editor.ask("left", Combine.ADD)
    assert columns(editor) == set(range(25))


def test_a_painted_matte_can_be_subtracted_from(opened):
    editor, events = opened
    editor.paint(DOT)
    editor.ask("left", Combine.SUBTRACT)
    assert events.notices == [] and columns(editor) == set()


def test_the_options_of_the_question_are_those_when_it_was_asked(model, later):
    editor, events = made(model, later, options=ModelOptions("vit-b-16", "cuda", "float16"))
    editor.ask("left")
    editor.options = ModelOptions("compact", "cpu")
    later.finish(JobKind.ASK)
    assert model.asked == [("vit-b-16", "cuda", "float16")]
    assert events.of(Answered)[0].weights == "vit-b-16"
    editor.ask("left")
    later.finish(JobKind.ASK)
    assert model.asked[1] == ("compact", "cpu", "auto")


def test_words_that_were_not_read_become_a_warning(opened):
    editor, events = opened
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        editor.ask("the very left")
        editor.ask("the very left")  # each time, not once per program
    assert columns(editor) == set(range(25))
    assert events.notices == [("warning", "the expression is too long; these words were not read: end")] * 2


def test_a_lack_becomes_a_notice_and_the_next_question_is_answered(opened, model):
    editor, events = opened
    model.error = WeightsMissing("there are no weights of 'compact' on this machine: install rim-editor again")
    editor.ask("left")
    assert events.notices == [("error", str(model.error))]
    assert editor.busy == frozenset() and events[-2] == JobEnded(JobKind.ASK)
    assert editor.document.parts == ()
    model.error = None
    editor.ask("left")
    assert columns(editor) == set(range(25))


def test_a_mistake_in_the_program_is_not_hidden(opened, model):
    editor, _ = opened
    model.error = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        editor.ask("left")


# --- questions that take time


def test_work_is_reported_while_it_lasts(slow, later):
    editor, events = slow
    editor.ask("left")
    assert editor.busy == {JobKind.ASK} and events == [JobStarted(JobKind.ASK, "Looking for “left”")]
    later.finish(JobKind.ASK)
    assert editor.busy == frozenset()


def test_a_newer_question_replaces_an_older_one(slow, later):
    editor, events = slow
    editor.ask("left")
    editor.ask("right", Combine.ADD)
    assert len(later.superseded) == 1 and editor.busy == {JobKind.ASK}
    later.finish(JobKind.ASK)
    assert said(editor) == [("right", Combine.ADD)]
    assert [type(event) for event in events] == [JobStarted, JobStarted, JobEnded, DocumentChanged, Answered]


def test_cancelling_drops_the_question(slow, later):
    editor, events = slow
    editor.ask("left")
    editor.cancel()
    assert later.jobs == {} and editor.busy == frozenset() and events[-1] == JobEnded(JobKind.ASK)
    editor.cancel()
    assert len(events) == 2 and editor.document.parts == ()


def test_an_empty_expression_does_not_drop_the_question_at_work(slow, later):
    editor, _ = slow
    editor.ask("left")
    editor.ask(" ")
    later.finish(JobKind.ASK)
    assert said(editor) == [("left", Combine.NEW)]


def test_a_late_answer_joins_the_document_as_it_is_then(slow, later):
    editor, _ = slow
    editor.ask("middle")
    later.finish(JobKind.ASK)
    editor.ask("left", Combine.ADD)
    editor.paint(DOT)
    later.finish(JobKind.ASK)
    assert [type(part) for part in editor.document.parts] == [Answer, Stroke, Answer]
    editor.undo()
    editor.undo()
    assert said(editor) == [("middle", Combine.NEW)]


def test_a_late_answer_after_undo(slow, later):
    editor, _ = slow
    editor.ask("middle")
    later.finish(JobKind.ASK)
    editor.ask("left", Combine.ADD)
    editor.undo()
    later.finish(JobKind.ASK)
    assert said(editor) == [("left", Combine.ADD)] and columns(editor) == set(range(25))
    assert not editor.history.can_redo


def test_a_late_subtraction_from_what_was_undone_is_a_notice(slow, later):
    editor, events = slow
    editor.ask("left")
    later.finish(JobKind.ASK)
    editor.ask("middle", Combine.SUBTRACT)
    editor.undo()
    later.finish(JobKind.ASK)
    assert editor.document.parts == ()
    assert "no matte to subtract from" in events.notices[0][1]


def test_editors_that_share_a_runner_do_not_drop_each_others_work(model, later):
    one, _ = made(model, later)
    two, _ = made(model, later)
    one.ask("left")
    two.ask("right")
    two.cancel()
    assert one.busy == {JobKind.ASK} and two.busy == frozenset()
    later.finish(JobKind.ASK)
    assert said(one) == [("left", Combine.NEW)] and two.document.parts == ()


def test_a_closed_editor_drops_its_work_and_notifies_nobody(slow, later):
    editor, events = slow
    editor.ask("left")
    editor.show(View(), 0, lambda pixels: pytest.fail("shown after closing"))
    editor.outline(0, lambda lines: pytest.fail("outlined after closing"))
    before = len(events)
    editor.close()
    assert later.jobs == {} and len(events) == before


# --- parts


def test_each_expression_can_be_taken_away(opened):
    editor, _ = opened
    editor.ask("left")
    editor.ask("right", Combine.ADD)
    editor.remove_parts([0])
    assert columns(editor) == set(range(15, 40))
    assert editor.history.undo_name == "Remove “left”"
    editor.undo()
    editor.remove_parts([1])
    assert columns(editor) == set(range(25))


@pytest.mark.parametrize("index", [-1, 1])
def test_there_is_no_such_part(opened, index):
    editor, _ = opened
    editor.ask("left")
    with pytest.raises(IndexError, match="there is no part"):
        editor.remove_parts([index])


def test_with_an_answer_go_its_refined_edges_and_no_others(opened):
    editor, _ = opened
    editor.ask("left")
    editor.paint(Stroke(Brush.REFINE, ((5.0, 15.0),), 2.0))
    editor.ask("right", Combine.ADD)
    editor.remove_parts([2])
    assert [type(part) for part in editor.document.parts] == [Answer, Patch]
    editor.remove_parts([0])
    assert editor.document.parts == ()
    editor.undo()
    editor.remove_parts([1])
    assert [type(part) for part in editor.document.parts] == [Answer]
    assert editor.history.undo_name == "Remove refined edge"


def test_clearing_takes_parts_and_controls_away_in_one_step(opened):
    editor, _ = opened
    editor.ask("left")
    editor.set_controls(MatteControls(invert=True))
    editor.clear_matte()
    assert editor.document.parts == () and editor.document.controls == MatteControls()
    assert editor.history.undo_name == "Clear matte"
    editor.undo()
    assert columns(editor) == set(range(25, 40))


@pytest.mark.parametrize(("brush", "name"), [(Brush.KEEP, "Paint"), (Brush.REMOVE, "Erase")])
def test_painting_is_a_step(opened, brush, name):
    editor, events = opened
    editor.ask("left")
    events.clear()
    stroke = Stroke(brush, ((30.0, 5.0), (5.0, 5.0)), 4.0)
    before = editor.renderer.matte(editor.document)
    editor.paint(stroke)
    after = editor.renderer.matte(editor.document)
    assert editor.document.parts[-1] is stroke and editor.history.undo_name == name
    assert events == [DocumentChanged(frozenset({"matte"}))]
    y, x = (5, 30) if brush is Brush.KEEP else (5, 5)
    assert (before[y, x], after[y, x]) == ((0, 1) if brush is Brush.KEEP else (1, 0))


# --- refining


def test_refining_commits_what_the_model_made_of_the_edge(opened, model):
    editor, events = opened
    editor.ask("left")
    editor.set_controls(MatteControls(invert=True))
    events.clear()
    editor.paint(HAIR)
    (_, patch) = editor.document.parts
    assert isinstance(patch, Patch) and not patch.matte.flags.writeable
    assert editor.history.undo_name == "Refine edge"
    assert [type(event) for event in events] == [JobStarted, JobEnded, DocumentChanged]
    ((image, matte, trimap),) = model.refined
    assert image.shape[:2] == matte.shape == trimap.shape and set(np.unique(trimap)) == {0, 128, 255}
    height, width = trimap.shape
    place = np.s_[patch.y : patch.y + height, patch.x : patch.x + width]
    np.testing.assert_array_equal(image, editor.document.source.pixels[place])
    # The model sees the matte of the parts: the controls come after the patch.
    np.testing.assert_array_equal(matte, np.arange(40)[None, place[1]].repeat(height, 0) < 25)
    editor.set_controls(MatteControls())
    refined = editor.renderer.matte(editor.document)
    assert refined[15, 24] == 0.25 and refined[0, 0] == 1 and refined[0, 39] == 0


def test_the_images_own_alpha_is_not_refined_into_the_matte(model):
    alpha = np.full((30, 40), 128, np.uint8)
    editor, _ = made(model, source=photo(alpha))
    editor.ask("left")
    editor.paint(HAIR)
    assert set(np.unique(model.refined[0][1])) == {0.0, 1.0}


def test_there_must_be_an_edge_to_refine(opened, model):
    editor, events = opened
    editor.paint(HAIR)
    assert events.notices == [("warning", "There is no edge to refine yet: find or paint something first.")]
    assert model.refined == [] and editor.document.parts == ()


def test_refining_beside_the_image_does_nothing(opened, model):
    editor, events = opened
    editor.ask("left")
    editor.paint(Stroke(Brush.REFINE, ((-90.0, 15.0),), 6.0))
    assert model.refined == [] and len(editor.document.parts) == 1 and events.notices == []


def test_refining_strokes_wait_for_each_other_and_none_is_lost(slow, later, model):
    editor, _ = slow
    editor.ask("left")
    later.finish(JobKind.ASK)
    for y in (5.0, 15.0, 25.0):
        editor.paint(Stroke(Brush.REFINE, ((24.0, y),), 2.0))
    assert len(later.jobs) == 1
    for _ in range(3):
        later.finish(JobKind.REFINE)
    assert [type(part) for part in editor.document.parts] == [Answer, Patch, Patch, Patch]
    assert editor.busy == frozenset() and later.jobs == {}
    assert (model.refined[1][1] == 0.25).any()  # the second began with what the first made


def test_what_is_painted_while_an_edge_is_refined_stays_on_top(slow, later):
    editor, _ = slow
    editor.ask("left")
    later.finish(JobKind.ASK)
    editor.paint(HAIR)
    over = Stroke(Brush.KEEP, HAIR.points, 2.0)
    editor.paint(over)
    later.finish(JobKind.REFINE)
    assert [type(part) for part in editor.document.parts] == [Answer, Patch, Stroke]
    assert editor.renderer.matte(editor.document)[15, 24] == 1
    editor.undo()
    assert [type(part) for part in editor.document.parts] == [Answer, Stroke]


def test_an_edge_that_is_gone_is_not_refined(slow, later):
    editor, events = slow
    editor.ask("left")
    later.finish(JobKind.ASK)
    editor.paint(HAIR)
    editor.undo()
    later.finish(JobKind.REFINE)
    assert editor.document.parts == ()
    assert events.notices == [("warning", "The matte changed while its edge was refined: paint the edge again.")]


def test_cancelling_drops_every_refining_stroke(slow, later):
    editor, _ = slow
    editor.ask("left")
    later.finish(JobKind.ASK)
    editor.paint(HAIR)
    editor.paint(HAIR)
    editor.cancel()
    assert later.jobs == {} and editor.busy == frozenset()
    editor.paint(HAIR)
    later.finish(JobKind.REFINE)
    assert len(editor.document.parts) == 2 and later.jobs == {}


def test_what_stops_one_refining_stroke_is_reported_once(slow, later, model):
    editor, events = slow
    editor.ask("left")
    later.finish(JobKind.ASK)
    editor.paint(HAIR)
    editor.paint(HAIR)
    model.error = EditorError("The weights bring no refiner: choose 'compact'.")
    later.finish(JobKind.REFINE)
    assert events.notices == [("error", str(model.error))]
    assert later.jobs == {} and editor.busy == frozenset()


# --- controls and edits


@pytest.mark.parametrize(
    ("controls", "name"),
    [
        (MatteControls(shift_edge=2), "Shift edge"),
        (MatteControls(feather=2), "Feather"),
        (MatteControls(contrast=0.5), "Contrast"),
        (MatteControls(fill_holes=True), "Fill holes"),
        (MatteControls(invert=True), "Invert"),
        (MatteControls(invert=True, feather=1), "Change matte"),
    ],
)
def test_controls_are_steps_with_names(opened, controls, name):
    editor, events = opened
    editor.set_controls(controls)
    assert editor.document.controls == controls and editor.history.undo_name == name
    assert events == [DocumentChanged(frozenset({"matte"}))]
    editor.set_controls(controls)
    assert len(events) == 1


@pytest.mark.parametrize(
    ("edit", "name"),
    [
        (edits.Highlight(), "Highlight"),
        (edits.Background(np.zeros((2, 2, 3), np.uint8)), "Background"),
        (edits.SolidColour((0, 177, 64)), "Solid colour"),
        (edits.Gradient((0, 0, 0), (255, 255, 255)), "Gradient"),
        (edits.MatteOnly(), "Matte only"),
    ],
)
def test_edits_are_steps_with_names(opened, edit, name):
    editor, events = opened
    editor.set_edit(edit)
    assert editor.document.edit is edit and editor.history.undo_name == name
    assert events == [DocumentChanged(frozenset({"edit"}))]
    editor.set_edit(edits.Cutout())
    assert editor.history.undo_name == "Transparent"


def test_a_gesture_is_one_step(opened):
    editor, _ = opened
    for feather in (1, 2, 3):
        editor.set_controls(MatteControls(feather=feather), "feather")
    editor.end_gesture()
    editor.set_controls(MatteControls(feather=4), "feather")
    editor.undo()
    assert editor.document.controls.feather == 3
    editor.undo()
    assert editor.document.controls.feather == 0 and not editor.history.can_undo


def test_undo_and_redo_report_what_looks_different(opened):
    editor, events = opened
    editor.ask("left")
    editor.set_edit(edits.SolidColour())
    events.clear()
    for step in (editor.undo, editor.undo, editor.undo, editor.redo, editor.redo, editor.redo):
        step()
    assert [set(event.aspects) for event in events] == [{"edit"}, {"matte"}, {"matte"}, {"edit"}]


class Session(RuleBasedStateMachine):
    """Whatever was done, undo leads back to the beginning and redo to the end, document by document."""

    def __init__(self):
        super().__init__()
        self.editor = Editor(photo(), Matting(Model().load))
        self.past = [self.editor.document]
        self.changes = []
        self.editor.listen(self.changes.append)

    def note(self):
        if self.editor.document is not self.past[-1]:
            self.past.append(self.editor.document)

    @rule(words=st.sampled_from(["left", "right", "unicorn", ""]), combine=st.sampled_from(Combine))
    def ask(self, words, combine):
        self.editor.ask(words, combine)
        self.note()

    @rule(brush=st.sampled_from(Brush), x=st.floats(0, 40), y=st.floats(0, 30))
    def paint(self, brush, x, y):
        self.editor.paint(Stroke(brush, ((x, y),), 3.0))
        self.note()

    @rule(feather=st.sampled_from([0.0, 1.0]), invert=st.booleans())
    def control(self, feather, invert):
        self.editor.set_controls(MatteControls(feather=feather, invert=invert))
        self.note()

    @rule()
    def clear(self):
        self.editor.clear_matte()
        self.note()

    @precondition(lambda self: self.editor.document.parts)
    @rule(data=st.data())
    def remove(self, data):
        self.editor.remove_parts([data.draw(st.integers(0, len(self.editor.document.parts) - 1))])
        self.note()

    @rule()
    def there_and_back(self):
        for document in reversed(self.past[:-1]):
            self.editor.undo()
            assert self.editor.document is document
        assert not self.editor.history.can_undo and not self.editor.unsaved
        for document in self.past[1:]:
            self.editor.redo()
            assert self.editor.document is document

    @invariant()
    def the_matte_is_a_matte(self):
        matte = self.editor.renderer.matte(self.editor.document)
        assert matte.shape == (30, 40) and 0 <= matte.min() and matte.max() <= 1
        assert self.editor.busy == frozenset()


TestSession = Session.TestCase
TestSession.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)


# --- unsaved, restored, exported


def test_what_is_unsaved(opened, tmp_path):
    editor, events = opened
    editor.ask("left")
    assert editor.unsaved
    editor.undo()
    assert not editor.unsaved
    editor.redo()
    received = []
    editor.export(tmp_path / "out.png", ExportRequest(), received.append)
    assert received == [tmp_path / "out.png"] and editor.unsaved  # an export is no saving
    editor.saving.save(tmp_path / "work.rim", done=lambda: received.append("saved"))
    assert received[1:] == ["saved"] and not editor.unsaved and editor.title == "work.rim"
    assert DocumentChanged(frozenset()) in events  # whoever shows that it is unsaved looks again
    assert events.notices[-1] == ("info", f"Saved as “{tmp_path / 'work.rim'}”.")
    editor.undo()
    assert editor.unsaved
    editor.redo()
    assert not editor.unsaved
    editor.set_edit(edits.SolidColour())
    assert editor.unsaved
    editor.undo()
    editor.layers.rename(0, "dog")
    assert editor.unsaved


def test_saving_goes_on_when_work_is_stopped_and_saves_what_there_was(slow, later, tmp_path):
    editor, events = slow
    path = tmp_path / "work.rim"
    editor.paint(DOT)
    editor.saving.save(path)
    editor.paint(DOT)
    editor.cancel()
    assert JobKind.SAVE in editor.busy
    editor.saving.save(path)  # waits for the first
    later.finish(JobKind.SAVE)
    assert len(projects.read(path).history.current.parts) == 1 and editor.unsaved
    later.finish(JobKind.SAVE)
    assert len(projects.read(path).history.current.parts) == 2 and not editor.unsaved
    assert editor.busy == frozenset()


def test_where_nothing_can_be_saved_the_work_stays_unsaved(opened, tmp_path):
    editor, events = opened
    editor.paint(DOT)
    editor.saving.save(tmp_path / "no" / "work.rim")
    assert editor.unsaved and editor.saving.path is None and events.notices[-1][0] == "error"


def test_an_opened_project_goes_on_where_it_was(opened, tmp_path):
    editor, _ = opened
    editor.ask("left")
    editor.set_edit(edits.SolidColour())
    editor.undo()
    editor.saving.save(tmp_path / "work.rim")
    again = Editor(photo(), Matting())
    project = projects.read(tmp_path / "work.rim")
    again.open(project.history, project.path)
    assert not again.unsaved and again.title == "work.rim" and again.history.redo_name == "Solid colour"
    again.redo()
    assert again.unsaved


def test_a_restored_document_is_unsaved_and_the_beginning(slow, later):
    editor, events = slow
    editor.ask("left")
    kept = Document.of_one_layer(photo(), (DOT,), MatteControls(), edits.SolidColour())
    editor.restore(kept)
    assert editor.document is kept and editor.unsaved and not editor.history.can_undo
    assert later.jobs == {} and events[-1] == DocumentChanged(frozenset({"image", "matte", "edit", "layers"}))
    assert editor.renderer.matte(kept)[5, 5] == 1
    editor.paint(DOT)
    editor.undo()
    assert editor.unsaved


@pytest.mark.parametrize(
    ("name", "request_"), [("out.png", ExportRequest()), ("matte.png", ExportRequest(Content.MATTE, depth=16))]
)
def test_export_writes_what_there_is(opened, tmp_path, name, request_):
    editor, events = opened
    editor.ask("left")
    events.clear()
    editor.export(tmp_path / name, request_)
    assert events.notices == [("info", f"Exported to “{tmp_path / name}”.")]
    assert events[:2] == [JobStarted(JobKind.EXPORT, f"Exporting “{name}”"), JobEnded(JobKind.EXPORT)]
    found = image_files.read(tmp_path / name)
    matte = found.alpha if found.alpha is not None else found.pixels[..., 0]
    np.testing.assert_array_equal(matte, np.where(np.arange(40)[None].repeat(30, 0) < 25, 255, 0))


def test_an_export_that_cannot_be_is_a_notice(opened, tmp_path):
    editor, events = opened
    editor.ask("left")
    events.clear()
    editor.export(tmp_path / "out.jpg", ExportRequest(), lambda path: pytest.fail("not exported"))
    ((level, text),) = events.notices
    assert level == "error" and "transparency" in text
    assert editor.unsaved and editor.busy == frozenset() and not (tmp_path / "out.jpg").exists()


def test_one_export_at_a_time_so_that_none_is_lost(slow, later, tmp_path):
    editor, events = slow
    editor.ask("left")
    later.finish(JobKind.ASK)
    editor.export(tmp_path / "one.png", ExportRequest())
    editor.export(tmp_path / "two.png", ExportRequest())
    assert events.notices == [("warning", "An export is running: wait for it or cancel it, then export again.")]
    editor.paint(DOT)
    later.finish(JobKind.EXPORT)
    assert (tmp_path / "one.png").exists() and editor.unsaved  # painted since


# --- what is shown


def test_what_is_shown_is_the_document_when_it_was_asked_for(slow, later):
    editor, events = slow
    editor.ask("left")
    later.finish(JobKind.ASK)
    events.clear()
    received = []
    editor.show(View(ViewMode.ON_BLACK), 0, lambda pixels: received.append("older"))
    editor.show(View(ViewMode.BLACK_AND_WHITE), 0, received.append)
    editor.undo()
    later.finish(JobKind.RENDER)
    (pixels,) = received
    assert pixels[:, :25].min() == 255 and pixels[:, 25:].max() == 0
    assert events == [DocumentChanged(frozenset({"matte"}))] and editor.busy == frozenset()


def test_the_outline_is_where_the_matte_ends(opened):
    editor, _ = opened
    editor.ask("left")
    received = []
    editor.outline(0, received.append)
    ((line,),) = received
    assert abs(line[:, 0].max() - 25) <= 1 and line[:, 1].max() <= 30


def test_listeners_hear_until_they_stop(opened):
    editor, events = opened
    more = []
    stop = editor.listen(more.append)
    editor.paint(DOT)
    stop()
    stop()
    editor.undo()
    assert len(more) == 1 and len(events) == 2


def test_a_listener_may_stop_another_while_it_is_told(opened):
    editor, _ = opened
    received = []
    stops = []
    editor.listen(lambda event: [stop() for stop in stops])
    stops.append(editor.listen(received.append))
    editor.paint(DOT)
    assert received == []


def test_several_parts_go_in_one_step(opened):
    editor, _ = opened
    stroke = Stroke(Brush.KEEP, ((5.0, 5.0),), 3.0)
    for _ in range(3):
        editor.paint(stroke)
    editor.remove_parts([0, 2])
    assert len(editor.document.parts) == 1 and editor.history.undo_name == "Remove brush stroke"
    editor.undo()
    assert len(editor.document.parts) == 3
    with pytest.raises(IndexError):
        editor.remove_parts([0, 7])
    assert len(editor.document.parts) == 3
