"""What the tests of the window share: a home of their own, a model that draws discs, and small photographs.

Fixtures for all:
`home`          (always on) the folder of settings and recovery, empty, in tmp_path; QSettings are there too
`model`         a FakeModel: what it knows, how slow it is, how it fails; it counts what it was asked
`matting`       the editor's `Matting` over that model
`runner`        a QtRunner, shut down after the test
`photo`         `photo(name="photo.jpg", size=(320, 200))` writes an image file and returns its path
`opened`        `opened(size)` is an OpenedImage, `opened(path=...)` reads a file
`editor`        an Editor of a 320 x 200 photograph whose jobs run at once
`live_editor`   the same with its jobs on threads: use `settled(live_editor)` before looking
"""

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from clipmat.certainty import Certainty
from clipmat.examples import example_of
from clipmat.image_files import OpenedImage, read
from rim_editor.matting import Matting

# word -> centre x, centre y, radius, as shares of the width, the height and the shorter side
DISCS = {"dog": (0.3, 0.6, 0.3), "hat": (0.3, 0.3, 0.15), "cat": (0.7, 0.6, 0.3), "cup": (0.5, 0.5, 0.25)}


@dataclass(frozen=True)
class FakePrediction:
    matte: np.ndarray
    presence: float
    certainty: Certainty
    timings: dict
    note: str = ""


@dataclass
class FakePredictor:
    """Knows the words of its model; others are not in the image. 'maybe the dog' is unsure, 'the dog ghost' a guess."""

    model: "FakeModel"
    device: str = "cpu"
    device_reason: str = "no GPU was found"
    precision: str = "float32"
    image: np.ndarray | None = None

    def set_image(self, image):
        self.model.images.append(image)
        self.image = image

    def example(self, matte, expression="", *, source=""):
        self.model.wait()
        if self.model.error is not None:
            raise self.model.error
        return example_of(np.ones((2, 3), np.float32), weights="compact", variant="compact", expression=expression,
                          words=expression or "the dog", source=source)  # fmt: skip

    def predict(self, expression="", *, points=(), box=None, example=None):
        if example is not None:
            self.model.examples.append(example)
            expression = f"{expression} {example.words}"
        self.model.expressions.append(expression)
        self.model.prompts.append((tuple(points), box))
        self.model.threads.add(threading.get_ident())
        self.model.wait()
        if self.model.error is not None:
            raise self.model.error
        height, width = self.image.shape[:2]
        word = next((word for word in expression.lower().split() if word in self.model.discs), None)
        timings = {"image": 1.0, "text": 2.0, "matte": 3.0}
        if points or box is not None:
            matte = self.pointed(points, box)
            certainty = Certainty.SURE if matte.any() else Certainty.NONE
            return FakePrediction(matte, 0.97, certainty, timings, "These weights do not know clicks: discs only.")
        if word is None:
            presence = 0.05 if "unicorn" in expression else 0.12
            return FakePrediction(np.zeros((height, width), np.float32), presence, Certainty.NONE, timings)
        x, y, radius = self.model.discs[word]
        rows, columns = np.ogrid[:height, :width]
        distance = np.hypot(columns + 0.5 - x * width, rows + 0.5 - y * height)
        matte = np.clip(radius * min(height, width) + 0.5 - distance, 0, 1).astype(np.float32)
        if "ghost" in expression:
            return FakePrediction(matte, 0.04, Certainty.NONE, timings)
        if "maybe" in expression:
            return FakePrediction(matte, 0.42, Certainty.UNSURE, timings)
        return FakePrediction(matte, 0.97, Certainty.SURE, timings)

    def pointed(self, points, box):
        """The discs that are clicked or in the box, without those that are clicked away."""
        height, width = self.image.shape[:2]
        rows, columns = np.ogrid[:height, :width]
        matte = np.zeros((height, width), np.float32)
        for x, y, radius in self.model.discs.values():
            disc = np.hypot(columns + 0.5 - x * width, rows + 0.5 - y * height) < radius * min(height, width)
            clicked = [keep for px, py, keep in points if disc[int(py), int(px)]]
            boxed = box is not None and box[0] <= x * width < box[2] and box[1] <= y * height < box[3]
            if (boxed or any(clicked)) and all(clicked):
                matte[disc] = 1
        return matte

    def refine(self, image, matte, trimap):
        self.model.refined.append(trimap)
        self.model.threads.add(threading.get_ident())
        self.model.wait()
        if self.model.error is not None:
            raise self.model.error
        return np.where(trimap == 128, np.float32(0.5), matte).astype(np.float32)


@dataclass
class FakeModel:
    discs: dict = field(default_factory=lambda: dict(DISCS))
    delay: float = 0.0
    """Seconds that each answer takes."""
    error: Exception | None = None
    """Raised instead of an answer."""
    load_error: Exception | None = None
    """Raised instead of loading."""
    gate: threading.Event | None = None
    """If set to an Event, answers wait for it (ten seconds at most)."""
    loaded: list = field(default_factory=list)
    """(weights, device) of every load."""
    images: list = field(default_factory=list)
    expressions: list = field(default_factory=list)
    examples: list = field(default_factory=list)
    prompts: list = field(default_factory=list)
    """(points, box) of every question."""
    refined: list = field(default_factory=list)
    """The trimap of every refinement; what is unknown becomes 0.5."""
    threads: set = field(default_factory=set)

    def load(self, weights, device, precision):
        if self.load_error is not None:
            raise self.load_error
        self.loaded.append((weights, device))
        return FakePredictor(self)

    def wait(self):
        time.sleep(self.delay)
        if self.gate is not None:
            self.gate.wait(10)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    from PySide6.QtCore import QCoreApplication, QSettings

    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("RIM_EDITOR_HOME", str(folder))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
    for layout in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(layout, QSettings.Scope.UserScope, str(folder / "qt"))
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QCoreApplication.setOrganizationName("rim-editor-tests")
    QCoreApplication.setApplicationName("rim-editor-tests")
    return folder


@pytest.fixture
def model():
    made = FakeModel()
    yield made
    if made.gate is not None:
        made.gate.set()  # nobody waits beyond the test


@pytest.fixture
def matting(model):
    return Matting(load=model.load)


@pytest.fixture
def runner(qapp, model):  # after the test: the runner ends first, unless the gate is still shut
    from rim_editor.ui.qt_runner import QtRunner

    made = QtRunner()
    yield made
    if model.gate is not None:
        model.gate.set()
    assert made.shutdown(10), "a job did not end"


def pixels(size):
    """Smooth colours that differ everywhere: a shifted, mirrored or channel-swapped image shows."""
    width, height = size
    rows, columns = np.mgrid[:height, :width]
    red, green = 40 + 180 * columns / max(width - 1, 1), 40 + 180 * rows / max(height - 1, 1)
    return np.dstack([red, green, np.full((height, width), 90.0)]).astype(np.uint8)


@pytest.fixture
def photo(tmp_path):
    def write(name="photo.jpg", size=(320, 200), **options):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels(size)).save(path, **options)
        return path

    return write


@pytest.fixture
def opened():
    def make(size=(320, 200), path=None):
        if path is not None:
            return read(path)
        return OpenedImage(Path("photo.jpg"), pixels(size), None)

    return make


@pytest.fixture
def editor(opened, matting):
    from rim_editor.editor.editor import Editor

    return Editor(opened(), matting)


@pytest.fixture
def live_editor(opened, matting, runner):
    from rim_editor.editor.editor import Editor

    return Editor(opened(), matting, runner)


@pytest.fixture
def settled(qtbot):
    """`settled(editor)` waits until no job is at work; `settled(runner)` too."""

    def wait(worker, timeout=10_000):
        qtbot.waitUntil(lambda: not worker.busy, timeout=timeout)

    return wait


@pytest.fixture(scope="session", autouse=True)
def clipboard_ends_empty(qapp):
    """The offscreen platform keeps the clipboard until the process exits, when Python cannot let go of it any more."""
    yield
    qapp.clipboard().clear()
