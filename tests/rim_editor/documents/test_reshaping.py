"""Geometry: what is moved fits what it is moved with, judged by Pillow's transpositions and by places in the result."""

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from clipmat.image_files import OpenedImage
from clipmat.image_metadata import Metadata
from rim_editor.documents import mattes
from rim_editor.documents.document import Answer, Brush, Combine, Document, ImportedMatte, Layer, Patch, Region, Stroke
from rim_editor.documents.reshaping import Crop, Flip, Rotate, Straighten, reshaped, size_after
from rim_editor.editor.editor import Editor
from rim_editor.errors import BadOption
from rim_editor.files import recovery_files

WIDTH, HEIGHT = 90, 60
PILLOW = {
    Rotate(1): Image.Transpose.ROTATE_270,
    Rotate(2): Image.Transpose.ROTATE_180,
    Rotate(3): Image.Transpose.ROTATE_90,
    Flip(across=True): Image.Transpose.FLIP_LEFT_RIGHT,
    Flip(across=False): Image.Transpose.FLIP_TOP_BOTTOM,
}


def noise(*shape):
    return np.random.default_rng(5).integers(0, 256, shape, np.uint8)


def disc(x, y, radius, width=WIDTH, height=HEIGHT):
    rows, columns = np.mgrid[:height, :width] + 0.5
    return np.clip(radius - np.hypot(rows - y, columns - x), 0, 1).astype(np.float32)


def document(alpha=False):
    """Two layers with every kind of part."""
    source = OpenedImage(None, noise(HEIGHT, WIDTH, 3), noise(HEIGHT, WIDTH) if alpha else None)
    parts = (
        Answer("the disc", Combine.NEW, disc(30, 25, 15), 0.9),
        Stroke(Brush.KEEP, ((20.0, 40.0), (60.0, 44.0)), 6.0),
        ImportedMatte("a.png", Combine.ADD, disc(70, 20, 8)),
        Region(((50.0, 5.0), (80.0, 5.0), (80.0, 12.0), (50.0, 12.0))),
        Patch(25, 20, np.full((10, 14), 0.5, np.float32)),
        Stroke(Brush.REMOVE, ((30.0, 10.0), (30.0, 30.0)), 3.0, 0.4),
    )
    return Document(source, (Layer(parts), Layer((Answer("x", Combine.NEW, disc(10, 10, 5), 0.5),), locked=True)))


def folded(document, place=0):
    width, height = document.size
    return mattes.with_parts(
        np.zeros((height, width), np.float32), document.layers[place].parts, document.source.pixels
    )


@pytest.mark.parametrize("change", PILLOW, ids=str)
def test_turns_and_flips_are_pillows_for_image_alpha_and_the_matte_of_all_parts(change):
    before = document(alpha=True)
    after = reshaped(before, [change])
    for array, moved in (
        (before.source.pixels, after.source.pixels),
        (before.source.alpha, after.source.alpha),
        *((np.rint(folded(before, i) * 255).astype(np.uint8), np.rint(folded(after, i) * 255)) for i in (0, 1)),
    ):
        expected = np.asarray(Image.fromarray(array).transpose(PILLOW[change])).astype(int)
        assert np.abs(moved.astype(int) - expected).max() <= (0 if moved.dtype == np.uint8 else 1)
    assert after.size == size_after(change, before.size) == (after.source.pixels.shape[1], after.source.pixels.shape[0])
    assert after.source.altered and not before.source.altered
    assert [layer.locked for layer in after.layers] == [False, True]


@settings(deadline=None, max_examples=50)
@given(st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1), st.integers(1, WIDTH), st.integers(1, HEIGHT))
def test_a_crop_cuts_image_and_matte_alike(left, top, width, height):
    assume(left + width <= WIDTH and top + height <= HEIGHT)
    before = document()
    after = reshaped(before, [Crop(left, top, width, height)])
    box = np.s_[top : top + height, left : left + width]
    assert after.size == (width, height)
    assert (after.source.pixels == before.source.pixels[box]).all()
    assert np.abs(folded(after) - folded(before)[box]).max() < 1e-4
    assert not any(isinstance(part, Patch) and not part.matte.size for part in after.layers[0].parts)


@pytest.mark.parametrize("changes", [[Rotate(1)] * 4, [Rotate(2)] * 2, [Flip()] * 2, [Rotate(1), Rotate(3)]], ids=str)
def test_there_and_back_changes_nothing(changes):
    before = document()
    after = reshaped(before, changes)
    assert (after.source.pixels == before.source.pixels).all()
    for one, other in zip(before.layers[0].parts, after.layers[0].parts, strict=True):
        if isinstance(one, Stroke | Region):
            assert np.allclose(one.points, other.points)
        else:
            assert (one.matte == other.matte).all()


@given(st.integers(1, 5000), st.integers(1, 5000), st.floats(-45, 45))
def test_straightening_keeps_aspect_and_shows_nothing_beside_the_image(width, height, degrees):
    wide, high = size_after(Straighten(degrees), (width, height))
    assert 1 <= wide <= width and 1 <= high <= height
    assert wide / width == pytest.approx(high / height, abs=1.01 / min(wide, high))
    if min(wide, high) > 1:
        angle = math.radians(degrees)
        for x, y in ((wide / 2, high / 2), (-wide / 2, high / 2)):
            assert abs(math.cos(angle) * x + math.sin(angle) * y) <= width / 2 + 1e-3
            assert abs(-math.sin(angle) * x + math.cos(angle) * y) <= height / 2 + 1e-3


@settings(deadline=None, max_examples=30)
@given(st.floats(-30, 30), st.floats(35, 55), st.floats(25, 35))
def test_straightening_turns_clockwise_and_moves_strokes_with_mattes(degrees, x, y):
    source = OpenedImage(None, np.rint(disc(x, y, 5)[..., None] * np.full(3, 255)).astype(np.uint8), None)
    parts = (
        Answer("a", Combine.NEW, disc(x, y, 5), 1.0),
        Stroke(Brush.KEEP, ((x, y),), 5.0, 0.99),
    )
    after = reshaped(Document(source, (Layer(parts),)), [Straighten(degrees)])
    width, height = after.size
    angle = math.radians(degrees)
    right, below = x - WIDTH / 2, y - HEIGHT / 2
    place = (
        math.cos(angle) * right - math.sin(angle) * below + width / 2,
        math.sin(angle) * right + math.cos(angle) * below + height / 2,
    )
    rows, columns = np.mgrid[:height, :width] + 0.5
    for cover in (after.parts[0].matte, after.source.pixels[..., 0] / 255):
        assert (cover * columns).sum() / cover.sum() == pytest.approx(place[0], abs=0.3)
        assert (cover * rows).sum() / cover.sum() == pytest.approx(place[1], abs=0.3)
    assert after.parts[1].points[0] == pytest.approx(place, abs=1e-9)


def test_before_straightening_patches_are_merged_and_the_words_stay():
    before = document()
    after = reshaped(before, [Straighten(0.0)])
    assert [type(part) for part in after.layers[0].parts] == [Answer, Stroke]
    assert after.layers[0].parts[0].expression == "the disc"
    assert np.abs(folded(after) - folded(before)).max() < 1e-5
    painted = before.changed(parts=before.parts[1:])
    assert isinstance(reshaped(painted, [Straighten(3.0)]).parts[0], ImportedMatte)


@dataclass(frozen=True, eq=False)
class PointedAnswer(Answer):
    points: tuple = ()
    box: tuple | None = None


def test_points_and_boxes_of_a_question_move_along():
    answer = PointedAnswer("", Combine.NEW, disc(30, 25, 15), 1.0)
    answer = replace(answer, points=((30.0, 25.0, True), (80.0, 50.0, False)), box=(20.0, 10.0, 40.0, 55.0))
    before = document().changed(parts=(answer,))
    (turned,) = reshaped(before, [Rotate(1)]).parts
    assert turned.points == ((35.0, 30.0, True), (10.0, 80.0, False)) and turned.box == (5.0, 20.0, 50.0, 40.0)
    (cropped,) = reshaped(before, [Crop(25, 0, 40, 30)]).parts
    assert cropped.points == ((5.0, 25.0, True),) and cropped.box == (0, 10.0, 15.0, 30)
    (elsewhere,) = reshaped(before, [Crop(60, 0, 30, 30)]).parts
    assert elsewhere.points == () and elsewhere.box is None


def test_exif_states_the_new_size():
    exif = Image.Exif()
    exif[0x8769] = {0xA002: WIDTH, 0xA003: HEIGHT}
    before = document()
    before = replace(before, source=replace(before.source, metadata=Metadata(exif.tobytes())))
    found = Image.Exif()
    found.load(reshaped(before, [Rotate(1), Crop(1, 2, 30, 40)]).source.metadata.exif)
    assert (found.get_ifd(0x8769)[0xA002], found.get_ifd(0x8769)[0xA003]) == (30, 40)
    assert Metadata().of_size((3, 4)) == Metadata()


@pytest.mark.parametrize("crop", [Crop(-1, 0, 5, 5), Crop(0, 0, 0, 5), Crop(0, 0, WIDTH + 1, 5), Crop(80, 0, 11, 5)])
def test_a_crop_beside_the_image_is_refused(crop):
    with pytest.raises(BadOption, match="not within the image of 90x60 pixels"):
        reshaped(document(), [crop])


def test_what_is_too_steep_is_refused():
    with pytest.raises(BadOption, match="at most 45 degrees, not 60: turn it"):
        Straighten(60)


class SlowRunner:
    """Runs jobs when told to, the newest of each kind."""

    def __init__(self):
        self.jobs = {}

    def start(self, job):
        self.jobs[job.kind] = job

    def cancel(self, kind, owner=None):
        self.jobs.pop(kind, None)

    def run(self, kind):
        job = self.jobs.pop(kind)
        job.finish(job.run())


def editor_of(document, runner=None):
    editor = Editor(document.source, None, runner)
    editor.restore(document)
    return editor


def test_the_editor_goes_on_with_the_other_image_and_can_undo_it():
    editor = editor_of(document())
    before, aspects = editor.document, []
    editor.listen(lambda event: aspects.append(getattr(event, "aspects", None)))
    editor.reshape([Rotate(1)], "Turn right")
    assert editor.document.size == (HEIGHT, WIDTH) and editor.history.undo_name == "Turn right" and editor.unsaved
    assert any(each and "image" in each for each in aspects)
    assert editor.renderer.matte(editor.document).shape == (WIDTH, HEIGHT)
    editor.paint(Stroke(Brush.KEEP, ((5.0, 80.0),), 3.0))
    assert editor.renderer.matte(editor.document)[80, 5] == 1
    editor.undo()
    editor.undo()
    assert editor.document is before and editor.renderer.source is before.source
    assert editor.renderer.matte(editor.document).shape == (HEIGHT, WIDTH)
    editor.redo()
    assert editor.renderer.matte(editor.document).shape == (WIDTH, HEIGHT)


def test_turns_queue_up_and_what_is_painted_meanwhile_is_turned_too():
    from rim_editor.editor.events import JobKind

    runner = SlowRunner()
    editor = editor_of(document(), runner)
    editor.reshape([Rotate(1)], "Turn right")
    editor.reshape([Flip()], "Flip")
    editor.paint(Stroke(Brush.KEEP, ((85.0, 55.0),), 3.0))
    runner.run(JobKind.RESHAPE)  # of the document before the stroke: done once more
    assert editor.document.size == (WIDTH, HEIGHT)
    runner.run(JobKind.RESHAPE)
    assert editor.document.size == (HEIGHT, WIDTH) and editor.document.parts[-1].points == ((5.0, 85.0),)
    runner.run(JobKind.RESHAPE)
    assert editor.document.parts[-1].points == ((55.0, 85.0),) and not editor.busy
    assert editor.history.undo_name == "Flip"


def test_a_turn_that_fails_is_a_notice_and_the_next_one_works():
    editor = editor_of(document())
    notices = []
    editor.listen(lambda event: notices.append(getattr(event, "text", "")))
    editor.reshape([Crop(0, 0, 500, 5)], "Crop")
    assert any("not within the image" in text for text in notices) and editor.document.size == (WIDTH, HEIGHT)
    editor.reshape([Crop(0, 0, 50, 5)], "Crop")
    assert editor.document.size == (50, 5)


def test_an_altered_image_is_stored_with_its_pixels_and_restored_without_its_file(tmp_path):
    Image.fromarray(noise(HEIGHT, WIDTH, 3)).save(tmp_path / "photo.png")
    from clipmat import image_files

    source = image_files.read(tmp_path / "photo.png")
    after = reshaped(replace(document(), source=source), [Rotate(1), Crop(3, 4, 20, 30)])
    (tmp_path / "state").mkdir()
    recovery_files.write(after, tmp_path / "state", recovery_files.WrittenArrays(), None)
    (tmp_path / "photo.png").unlink()
    again = recovery_files.read(tmp_path / "state")
    assert again.source.altered and again.source.path == tmp_path / "photo.png"
    assert (again.source.pixels == after.source.pixels).all()


def test_a_turn_alone_is_unsaved_work_until_it_is_undone():
    editor = Editor(document().source, None)
    assert not editor.unsaved
    editor.reshape([Rotate(1)], "Turn right")
    assert editor.unsaved
    editor.undo()
    assert not editor.unsaved
