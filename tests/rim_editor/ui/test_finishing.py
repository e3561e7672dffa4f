"""Finishing on real threads: questions go first, an export waits, closing does not, and the window shows both."""

import threading
import time
from dataclasses import dataclass, field

import numpy as np
import pytest

from clipmat.certainty import Certainty
from clipmat.image_files import OpenedImage, read
from rim_editor.documents.document import Combine, unfinished_matte
from rim_editor.documents.rendering import View, ViewMode
from rim_editor.editor.editor import Editor
from rim_editor.editor.events import Answered
from rim_editor.files.exporting import Content, ExportRequest
from rim_editor.matting import Matting
from rim_editor.ui.canvas.rendering_cache import RenderingCache

WAIT = 10_000
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


class SlowModel:
    """Answers at once with a grey draft; a white matte takes until `gate` is set, unless it is stopped."""

    device, device_reason, precision = "cpu", "", "float32"

    def __init__(self):
        self.gate, self.begun, self.refined, self.stopped = threading.Event(), threading.Event(), [], []

    def set_image(self, image):
        self.size = image.shape[:2]

    def predict(self, expression="", **prompt):
        return Found(np.ones(self.size, np.float32))

    def draft(self, expression="", *, points=(), box=None, example=None):
        model, size = self, self.size

        class Refinement:
            def finished(self, stop):
                model.begun.set()
                while not model.gate.wait(0.005):
                    if stop():
                        model.stopped.append(expression)
                        return None
                model.refined.append(expression)
                return np.ones(size, np.float32)

        return Drafted(Found(np.full(size, 0.5, np.float32)), Refinement())


@pytest.fixture
def model():
    made = SlowModel()
    yield made
    made.gate.set()


@pytest.fixture
def editor(model, runner):
    pixels = np.full((40, 60, 3), 90, np.uint8)
    made = Editor(OpenedImage(None, pixels, None), Matting(lambda *options: model), runner)
    yield made
    made.close()


@pytest.fixture
def answers(editor):
    received = []
    editor.listen(lambda event: received.append(event.expression) if isinstance(event, Answered) else None)
    return received


def test_a_question_is_answered_while_edges_are_refined(qtbot, editor, model, answers):
    editor.ask("one")
    qtbot.waitUntil(model.begun.is_set, timeout=WAIT)
    editor.ask("two", Combine.ADD)
    qtbot.waitUntil(lambda: answers == ["one", "two"], timeout=WAIT)
    assert model.stopped == ["one"] and model.refined == []
    model.gate.set()
    parts = editor.document.parts
    qtbot.waitUntil(lambda: not any(map(unfinished_matte, parts)), timeout=WAIT)
    assert model.refined == ["one", "two"]


def test_the_canvas_shows_the_draft_and_then_the_matte(qtbot, editor, model):
    arrived = []
    cache = RenderingCache(editor, lambda: arrived.append(1))

    def shown():
        cache.request(GREY, 0, 0, before=False)  # as the view does again and again
        return int(cache.after(0).pixels[0, 0, 0])

    editor.ask("one")
    qtbot.waitUntil(lambda: shown() == 128, timeout=WAIT)
    model.gate.set()
    qtbot.waitUntil(lambda: shown() == 255, timeout=WAIT)


def test_an_export_meanwhile_waits_for_the_matte(qtbot, editor, model, answers, tmp_path):
    editor.ask("one")
    qtbot.waitUntil(lambda: answers == ["one"], timeout=WAIT)
    editor.export(tmp_path / "a.png", ExportRequest(content=Content.MATTE))
    qtbot.wait(100)
    assert not (tmp_path / "a.png").exists() and editor.busy
    model.gate.set()
    qtbot.waitUntil(lambda: not editor.busy, timeout=WAIT)
    assert read(tmp_path / "a.png").pixels.min() == 255
    assert model.refined == ["one"]


def test_closing_does_not_wait(qtbot, editor, model, answers, runner):
    editor.ask("one")
    qtbot.waitUntil(model.begun.is_set, timeout=WAIT)
    start = time.monotonic()
    editor.close()
    assert runner.shutdown(5)
    assert time.monotonic() - start < 3
    assert model.refined == []


def test_undo_and_redo_meanwhile(qtbot, editor, model, answers):
    editor.ask("one")
    qtbot.waitUntil(model.begun.is_set, timeout=WAIT)
    (part,) = editor.document.parts
    editor.undo()
    qtbot.waitUntil(lambda: model.stopped == ["one"], timeout=WAIT)
    assert editor.document.parts == () and unfinished_matte(part) is not None
    model.gate.set()
    editor.redo()
    qtbot.waitUntil(lambda: unfinished_matte(part) is None, timeout=WAIT)
    assert editor.document.parts == (part,) and part.matte.min() == 1
