"""Answers are shown by a draft and refined afterwards: what the screen gets, what leaves the editor, in what order."""

import gc
import threading
import weakref
from dataclasses import dataclass, field

import numpy as np
import pytest

from clipmat.certainty import Certainty
from clipmat.image_files import OpenedImage, read
from rim_editor.documents.document import Brush, Combine, Stroke, unfinished_matte
from rim_editor.documents.rendering import View, ViewMode
from rim_editor.editor.editor import Editor
from rim_editor.editor.events import Answered, DocumentChanged, JobKind, Notice
from rim_editor.files import projects
from rim_editor.files.exporting import Content, ExportRequest
from rim_editor.matting import Matting
from rim_editor.model_requests import ModelOptions, ModelQuestion, find

GREY = View(ViewMode.BLACK_AND_WHITE)


@dataclass(frozen=True)
class Found:
    matte: np.ndarray
    presence: float = 0.97
    certainty: Certainty = Certainty.SURE
    timings: dict = field(default_factory=dict)
    note: str = ""


@dataclass
class Drafted:
    prediction: Found
    refinement: object


@dataclass
class Rough:
    """Drafts are 0.5 in the columns that are meant, the matte is 1 there; it counts how often it was refined."""

    device: str = "cpu"
    device_reason: str = ""
    precision: str = "float32"
    refined: list = field(default_factory=list)
    error: Exception | None = None

    def set_image(self, image):
        self.shape = image.shape[:2]

    def columns(self, expression, value):
        matte = np.zeros(self.shape, np.float32)
        matte[:, : 20 if "left" in expression else None] = value
        return matte

    def predict(self, expression="", **prompt):
        return Found(self.columns(expression, 1))

    def draft(self, expression="", *, points=(), box=None, example=None):
        model, fine = self, self.columns(expression, 1)

        class Refinement:
            def finished(self, stop):
                if model.error is not None:
                    raise model.error
                if stop():
                    return None
                model.refined.append(expression)
                return fine

        return Drafted(Found(self.columns(expression, 0.5)), Refinement())


class Later:
    """A runner whose work is done when the test says so."""

    def __init__(self):
        self.jobs = {}

    def start(self, job):
        self.jobs[job.kind] = job

    def cancel(self, kind, owner=None):
        self.jobs.pop(kind, None)

    def finish(self, kind):
        job = self.jobs.pop(kind)
        job.finish(job.run())


@pytest.fixture
def model():
    return Rough()


@pytest.fixture
def later():
    return Later()


@pytest.fixture
def editor(model, later):
    pixels = np.full((30, 40, 3), 90, np.uint8)
    return Editor(OpenedImage(None, pixels, None), Matting(lambda *options: model), later)


def asked(editor, later, expression="the left", combine=Combine.NEW):
    editor.ask(expression, combine)
    later.finish(JobKind.ASK)
    return editor.document.parts[-1]


def screen(editor, later):
    """The matte that the canvas gets, at its brightest."""
    seen = []
    editor.show(GREY, 0, seen.append)
    later.finish(JobKind.RENDER)
    return int(seen[0].max())


def test_the_screen_has_a_draft_at_once_and_then_the_matte(editor, later, model):
    events = []
    editor.listen(events.append)
    answer = asked(editor, later)
    assert [type(event) for event in events if not isinstance(event, Notice)][-2:] == [DocumentChanged, Answered]
    assert screen(editor, later) == 128 and model.refined == []
    assert editor.busy == frozenset(), "nobody waits for it"
    events.clear()
    later.finish(JobKind.FINISH)
    assert events == [DocumentChanged(frozenset())], "the canvas looks again"
    assert screen(editor, later) == 255 and model.refined == ["the left"]
    assert editor.finishing.shown is editor.document and editor.document.parts == (answer,)
    assert JobKind.FINISH not in later.jobs


def test_the_same_draft_is_rendered_once(editor, later):
    asked(editor, later)
    assert editor.finishing.shown.parts == editor.finishing.shown.parts
    assert editor.finishing.shown is not editor.document


def test_what_was_rendered_of_a_draft_goes_with_it(editor, later):
    asked(editor, later)
    screen(editor, later)
    document, renderer = editor.finishing.for_screen()
    assert renderer is not editor.renderer and document is not editor.document
    draft, renderer = weakref.ref(document.parts[0]), weakref.ref(renderer)
    del document
    later.finish(JobKind.FINISH)
    gc.collect()
    assert draft() is None and renderer() is None
    assert editor.finishing.for_screen() == (editor.document, editor.renderer)


def test_undo_while_it_is_refined_stops_that_and_redo_begins_again(editor, later, model):
    asked(editor, later)
    job = later.jobs[JobKind.FINISH]
    editor.undo()
    assert JobKind.FINISH not in later.jobs
    job.run()
    assert model.refined == [], "stopped, nothing half done"
    editor.redo()
    assert screen(editor, later) == 128
    later.finish(JobKind.FINISH)
    assert screen(editor, later) == 255


def test_the_next_question_goes_first(editor, later, model):
    first = asked(editor, later)
    job = later.jobs[JobKind.FINISH]
    editor.ask("everything", Combine.ADD)
    assert JobKind.FINISH not in later.jobs
    job.run()
    assert model.refined == [] and unfinished_matte(first) is not None
    later.finish(JobKind.ASK)
    later.finish(JobKind.FINISH)
    assert model.refined == ["the left", "everything"]


def test_a_dropped_question_lets_it_go_on(editor, later, model):
    asked(editor, later)
    editor.ask("everything", Combine.ADD)
    editor.cancel()
    later.finish(JobKind.FINISH)
    assert model.refined == ["the left"]


def test_what_was_replaced_is_not_refined(editor, later, model):
    asked(editor, later)
    asked(editor, later, "everything")
    later.finish(JobKind.FINISH)
    assert model.refined == ["everything"]
    editor.undo()
    later.finish(JobKind.FINISH)
    assert model.refined == ["everything", "the left"]


def test_strokes_on_a_draft_stay_on_the_matte(editor, later):
    asked(editor, later)
    editor.paint(Stroke(Brush.REMOVE, ((10.0, 15.0),), 5.0, 1.0))
    assert editor.renderer.matte(editor.document)[15, 10] == 0
    later.finish(JobKind.FINISH)
    matte = editor.renderer.matte(editor.document)
    assert matte[15, 10] == 0 and matte[2, 2] == 1


def test_an_export_has_the_matte_though_the_screen_has_the_draft(editor, later, model, tmp_path):
    asked(editor, later)
    editor.export(tmp_path / "a.png", ExportRequest(content=Content.MATTE))
    later.finish(JobKind.EXPORT)
    np.testing.assert_array_equal(read(tmp_path / "a.png").pixels[..., 0].max(axis=0), [255] * 20 + [0] * 20)
    later.finish(JobKind.FINISH)
    assert model.refined == ["the left"], "once"


def test_a_project_has_the_matte(editor, later, tmp_path):
    asked(editor, later)
    editor.saving.save(tmp_path / "a.rim")
    later.finish(JobKind.SAVE)
    opened = projects.read(tmp_path / "a.rim")
    part = opened.history.current.parts[0]
    assert part.matte.max() == 1 and part.matte[:, 20:].max() == 0


def test_closing_stops_it(editor, later, model):
    asked(editor, later)
    job = later.jobs[JobKind.FINISH]
    editor.close()
    assert JobKind.FINISH not in later.jobs
    job.run()
    assert model.refined == []


def test_an_error_is_a_notice_and_the_draft_stays(editor, later, model):
    notices = []
    editor.listen(lambda event: notices.append(event) if isinstance(event, Notice) else None)
    asked(editor, later)
    model.error = MemoryError("no memory")
    later.finish(JobKind.FINISH)
    assert [notice.job for notice in notices] == [JobKind.FINISH]
    assert JobKind.FINISH not in later.jobs, "not for ever"
    assert screen(editor, later) == 128
    model.error = None
    editor.set_controls(editor.document.controls)  # nothing changes: nothing begins
    editor.undo()
    editor.redo()
    later.finish(JobKind.FINISH)
    assert screen(editor, later) == 255


def test_without_a_runner_all_is_done_at_once(model):
    pixels = np.full((30, 40, 3), 90, np.uint8)
    editor = Editor(OpenedImage(None, pixels, None), Matting(lambda *options: model))
    editor.ask("the left")
    assert unfinished_matte(editor.document.parts[0]) is None and model.refined == ["the left"]


def test_a_model_without_drafts_answers_as_before(later):
    class Plain(Rough):
        draft = None

    answer = find(
        Matting(lambda *options: Plain()),
        ModelOptions(),
        Editor(OpenedImage(None, np.zeros((30, 40, 3), np.uint8), None), Matting(), later).document,
        ModelQuestion("the left", Combine.NEW),
    )
    assert answer.refinement is None and answer.prediction.matte.max() == 1


def test_threads_read_it_while_it_is_refined(editor, later):
    asked(editor, later)
    document, seen = editor.document, []
    threads = [threading.Thread(target=lambda: seen.append(editor.renderer.matte(document).max())) for _ in range(4)]
    for thread in threads:
        thread.start()
    later.finish(JobKind.FINISH)
    for thread in threads:
        thread.join(10)
    assert seen == [1, 1, 1, 1]
