"""Recovery: what a dead process kept comes back as it was; nothing half, nothing of a living one, nothing lost."""

import json
import os
import subprocess
import sys
import threading
import typing
from dataclasses import fields
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from clipmat import image_files
from clipmat.errors import ImageUnreadable
from clipmat.image_files import OpenedImage
from clipmat.image_metadata import Metadata
from rim_editor import processes
from rim_editor.documents import edits
from rim_editor.documents.document import (
    Answer,
    Brush,
    Combine,
    Document,
    ImportedMatte,
    Layer,
    MatteControls,
    Part,
    Patch,
    Region,
    Stroke,
)
from rim_editor.documents.rendering import ViewMode
from rim_editor.errors import EditorError, EditorWarning, OutputNotWritable
from rim_editor.files import opening, recovery_files
from rim_editor.files.recovery import Recovery

HALF_STEP = 0.5 / 65535 + 1e-7


def matte(height=6, width=9, seed=0):
    made = np.random.default_rng(seed).random((height, width), np.float32)
    made.flags.writeable = False
    return made


def answer(expression="the dog", **options):
    return Answer(expression, Combine.NEW, matte(**options), 0.75)


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "ü photo.png"
    Image.fromarray(np.random.default_rng(1).integers(0, 256, (6, 9, 3)).astype(np.uint8)).save(path)
    return path


@pytest.fixture
def document(photo):
    return Document.of_one_layer(image_files.read(photo), (answer(), Stroke(Brush.KEEP, ((1.5, 2.0), (3.0, 4.0)), 2.5)))


@pytest.fixture
def crashed(tmp_path, monkeypatch):
    """Recovery of a process that is dead: its name is a living one's no more."""
    kept = Recovery(tmp_path / "states")
    monkeypatch.setattr(processes, "is_running", lambda name: False)
    return kept


def left_of(recovery):
    (left,) = recovery.recoverable()
    return left


def assert_same(one, two):
    """Field by field; arrays exactly, mattes within half a step of 16 bits."""
    assert type(one) is type(two)
    if isinstance(one, np.ndarray):
        assert one.dtype == two.dtype and one.shape == two.shape
        np.testing.assert_allclose(one, two, rtol=0, atol=HALF_STEP if one.dtype.kind == "f" else 0)
    elif hasattr(one, "__dataclass_fields__"):
        for field in fields(one):
            if field.name == "key":
                continue  # a layer of this process, not of the file
            assert_same(getattr(one, field.name), getattr(two, field.name))
    elif isinstance(one, tuple):
        assert len(one) == len(two)
        for a, b in zip(one, two, strict=True):
            assert_same(a, b)
    else:
        assert one == two


sides = st.integers(1, 5)
mattes = arrays.arrays(np.float32, st.tuples(sides, sides), elements=st.floats(0, 1, width=32))
number = st.floats(-1e6, 1e6)
share = st.floats(0, 1)
colour = st.tuples(*[st.integers(0, 255)] * 3)
line = st.lists(st.tuples(number, number), min_size=1).map(tuple)
every_part = {
    Answer: st.builds(Answer, st.text(max_size=9), st.sampled_from(Combine), mattes, share),
    ImportedMatte: st.builds(ImportedMatte, st.text(max_size=9), st.sampled_from(Combine), mattes),
    Stroke: st.builds(Stroke, st.sampled_from(Brush), line, share, share, st.booleans()),
    Region: st.builds(Region, line, st.booleans()),
    Patch: st.builds(Patch, st.integers(0, 9), st.integers(0, 9), mattes),
}
parts = st.one_of(*every_part.values())
every_edit = {
    edits.Cutout: st.builds(edits.Cutout),
    edits.MatteOnly: st.builds(edits.MatteOnly, st.sampled_from([8, 16])),
    edits.Highlight: st.builds(edits.Highlight, st.sampled_from(edits.Style), share, colour),
    edits.SolidColour: st.builds(edits.SolidColour, colour),
    edits.Gradient: st.builds(edits.Gradient, colour, colour, number),
    edits.Background: st.builds(
        edits.Background,
        arrays.arrays(np.uint8, st.tuples(st.integers(1, 4), st.integers(1, 4), st.just(3))),
        st.sampled_from(edits.Fit),
        colour,
        st.tuples(number, number),
    ),
}
controls = st.builds(MatteControls, number, number, share, st.booleans(), st.booleans())
sources = st.integers(1, 5).flatmap(
    lambda side: st.builds(
        OpenedImage,
        st.sampled_from([None, Path("/nowhere/é.jpg")]),
        arrays.arrays(np.uint8, (side, 4, 3)),
        st.none() | arrays.arrays(np.uint8, (side, 4)),
        st.builds(
            Metadata, *[st.binary(max_size=9)] * 3, st.none() | st.tuples(*[st.floats(1, 9e4, exclude_min=True)] * 2)
        ),
    )
)


def test_every_edit_and_every_part_is_tried():
    assert set(every_edit) == set(typing.get_args(edits.Edit))
    assert set(every_part) == set(typing.get_args(Part))


layers = st.builds(
    Layer,
    st.lists(parts, max_size=4).map(tuple),
    controls,
    st.one_of(*every_edit.values()),
    st.text(max_size=5),
    st.booleans(),
    st.booleans(),
)


@st.composite
def documents(draw):
    several = draw(st.lists(layers, min_size=1, max_size=3).map(tuple))
    return Document(draw(sources), several, draw(st.integers(0, len(several) - 1)))


@settings(max_examples=60, deadline=None)
@given(documents())
def test_any_document_comes_back(tmp_path_factory, document):
    folder = tmp_path_factory.mktemp("states")
    recovery = Recovery(folder)
    recovery.save("a", document)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processes, "is_running", lambda name: False)
        left = left_of(recovery)
    assert left.expressions == tuple(part.expression for layer in document.layers for part in layer.expressions)
    assert left.path == document.source.path
    assert_same(left.restore(), document)


def test_how_it_was_shown_comes_back(crashed, document):
    crashed.save("a", document, mode=ViewMode.ON_WHITE)
    assert left_of(crashed).mode is ViewMode.ON_WHITE and opening.restore(left_of(crashed)).mode is ViewMode.ON_WHITE
    crashed.save("a", document)
    assert left_of(crashed).mode is None


def test_an_image_without_a_file_keeps_its_name(crashed):
    nameless = Document(OpenedImage(None, np.zeros((6, 9, 3), np.uint8), None))
    crashed.save("a", nameless)
    assert left_of(crashed).name == "Untitled image"
    crashed.save("a", nameless, image_name="Sample")
    left = left_of(crashed)
    assert left.name == "Sample" and opening.restore(left).image_name == "Sample"


def test_an_image_is_read_from_its_file_and_not_stored(crashed, document, photo):
    crashed.save("a", document)
    left = left_of(crashed)
    assert (left.name, left.path, left.key, left.expressions) == (photo.name, photo, "a", ("the dog",))
    assert len(list(left.folder.glob("*.png"))) == 1, "the matte alone"
    assert_same(left.restore(), document)
    assert not left.restore().parts[0].matte.flags.writeable


def test_a_state_really_comes_back_after_a_process_died(tmp_path, photo):
    code = """
import os, sys
from pathlib import Path
import numpy as np
from clipmat import image_files
from rim_editor.documents.document import Answer, Combine, Document
from rim_editor.files.recovery import Recovery
recovery = Recovery(Path(sys.argv[1]))
source = image_files.read(Path(sys.argv[2]))
answer = Answer("the dog", Combine.NEW, np.full((6, 9), 0.5, np.float32), 1.0)
recovery.save("a", Document.of_one_layer(source, (answer,)))
print("kept", flush=True)
sys.stdin.readline()
os._exit(9)
"""
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", code, str(tmp_path / "states"), str(photo)]
    here = Recovery(tmp_path / "states")
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "kept\n"
        assert here.recoverable() == (), "it lives"
        process.stdin.write("\n")
        process.stdin.close()
        process.wait(timeout=30)
    left = left_of(here)
    assert left.restore().parts[0].matte[0, 0] == pytest.approx(0.5, abs=HALF_STEP)
    left.discard()
    left.discard()
    assert here.recoverable() == () and not list((tmp_path / "states").iterdir())


def test_a_process_number_that_was_taken_over_is_not_its_first_owner(document, tmp_path):
    recovery = Recovery(tmp_path / "states")
    recovery.save("a", document)
    assert recovery.recoverable() == ()
    (own,) = (tmp_path / "states").iterdir()
    assert own.name == processes.own_name()
    own.rename(own.parent / f"{os.getpid()}-1")
    assert left_of(recovery).key == "a"


def test_only_the_newest_state_stays_and_what_is_forgotten_goes(crashed, document):
    crashed.save("a/b:..", document)
    crashed.save("a/b:..", document.changed(edit=edits.SolidColour((1, 2, 3))))
    crashed.save("other", document)
    first, second = crashed.recoverable()
    assert (first.key, second.key) == ("other", "a/b:..") and first.saved_at >= second.saved_at
    assert second.restore().edit == edits.SolidColour((1, 2, 3))
    assert len(list(second.folder.parent.iterdir())) == 2
    for key in ("a/b:..", "other", "never kept"):
        crashed.forget(key)
    assert crashed.recoverable() == () and not list(first.folder.parent.parent.iterdir())


def test_what_did_not_change_is_not_encoded_again(crashed, document, monkeypatch):
    encode, encoded = cv2.imencode, []
    monkeypatch.setattr(cv2, "imencode", lambda kind, array, *more: encoded.append(array) or encode(kind, array, *more))
    crashed.save("a", document)
    grown = document.changed(parts=(*document.parts, answer("the cat", seed=2)))
    crashed.save("a", grown)
    crashed.save("a", grown.changed(controls=MatteControls(feather=3)))
    assert len(encoded) == 2, "two mattes"
    assert_same(left_of(crashed).restore().parts, grown.parts)


def test_a_disk_without_links_serves_too(crashed, document, monkeypatch):
    def link(source, target):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("os.link", link)
    crashed.save("a", document)
    crashed.save("a", document)
    assert_same(left_of(crashed).restore(), document)


def test_an_image_that_is_gone_is_named(crashed, document, photo):
    crashed.save("a", document)
    photo.rename(photo.with_name("away.png"))
    left = left_of(crashed)
    with pytest.raises(ImageUnreadable, match="ü photo.png' is gone: put the image back"):
        left.restore()
    photo.with_name("away.png").rename(photo)
    assert_same(left_of(crashed).restore(), document)


def test_an_image_that_changed_is_said(crashed, document, photo):
    crashed.save("a", document)
    Image.new("RGB", (9, 6), "red").save(photo)
    with pytest.warns(EditorWarning, match="has changed since"):
        left_of(crashed).restore()
    Image.new("RGB", (9, 7), "red").save(photo)
    with pytest.raises(EditorError, match="9 by 7 pixels now and was 9 by 6"):
        left_of(crashed).restore()


@pytest.mark.parametrize("gone", [False, True])
def test_an_image_whose_file_is_lost_while_it_is_open_is_stored(crashed, document, photo, gone):
    crashed.save("a", document)
    if gone:
        photo.unlink()
    else:
        Image.new("RGB", (9, 6), "red").save(photo)
    crashed.save("a", document)
    assert_same(left_of(crashed).restore(), document)


def test_a_state_of_another_version_is_left_alone_and_said(crashed, document):
    crashed.save("a", document)
    left = left_of(crashed)
    state = left.folder / "state.json"
    state.write_text(json.dumps(json.loads(state.read_text()) | {"version": 99, "parts": "as they are then"}))
    with pytest.warns(EditorWarning, match="another version.*left alone"):
        assert crashed.recoverable() == ()
    assert state.exists()
    with pytest.raises(EditorError, match="another version"):
        left.restore()


@pytest.mark.parametrize("damage", ["", "[]", "{}", '{"version": 1}', '{"version": 1, "image": {"path": 3}}'])
def test_a_damaged_state_is_left_alone_and_said(crashed, document, damage):
    crashed.save("a", document)
    crashed.save("b", document)
    left = next(left for left in crashed.recoverable() if left.key == "a")
    (left.folder / "state.json").write_text(damage)
    with pytest.warns(EditorWarning, match="damaged.*left alone"):
        assert left_of(crashed).key == "b"
    with pytest.raises(EditorError, match="damaged"):
        left.restore()


@pytest.mark.parametrize("damage", [None, b"", b"no png"])
def test_a_damaged_matte_is_named(crashed, document, damage):
    crashed.save("a", document)
    left = left_of(crashed)
    (stored,) = left.folder.glob("*.png")
    stored.unlink()
    if damage is not None:
        stored.write_bytes(damage)
    with pytest.raises(EditorError, match="damaged"):
        left.restore()


def test_a_full_disk_keeps_the_former_state(crashed, document, monkeypatch):
    crashed.save("a", document)

    def full(fd):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(OutputNotWritable, match="No space left.*make room"):
            crashed.save("a", document.changed(parts=()))
    left = left_of(crashed)
    assert_same(left.restore(), document)
    assert len(list(left.folder.parent.iterdir())) == 1


def test_what_a_crash_left_half_written_is_swept_away(crashed, document, tmp_path):
    crashed.save("a", document)
    own = left_of(crashed).folder.parent
    (own / "a.999.part").mkdir()
    (own / "b.3.part").mkdir()
    old = own / "a.0"
    old.mkdir()
    (tmp_path / "states" / "not ours").mkdir()
    assert_same(left_of(crashed).restore(), document)
    assert len(list(own.iterdir())) == 1
    assert (tmp_path / "states" / "not ours").exists()


def test_a_state_that_is_forgotten_while_it_is_written_stays_away(crashed, document, monkeypatch):
    encode, reached, go_on = cv2.imencode, threading.Event(), threading.Event()

    def slow(*arguments):
        reached.set()
        assert go_on.wait(10)
        return encode(*arguments)

    monkeypatch.setattr(cv2, "imencode", slow)
    worker = threading.Thread(target=crashed.save, args=("a", document))
    worker.start()
    assert reached.wait(10)
    crashed.forget("a")
    go_on.set()
    worker.join(10)
    assert crashed.recoverable() == ()
    crashed.save("a", document)
    assert_same(left_of(crashed).restore(), document)


def test_no_states_at_all(tmp_path):
    assert Recovery(tmp_path / "none").recoverable() == ()
    assert not (tmp_path / "none").exists()


def test_a_page_of_a_file_comes_back_as_that_page(tmp_path):
    pages = [Image.new("RGB", (12, 10), colour) for colour in ((200, 0, 0), (0, 0, 200))]
    pages[0].save(tmp_path / "scan.tif", save_all=True, append_images=pages[1:])
    document = Document(image_files.read(tmp_path / "scan.tif", page=2))
    (tmp_path / "state").mkdir()
    recovery_files.write(document, tmp_path / "state", recovery_files.WrittenArrays(), None)
    again = recovery_files.read(tmp_path / "state").source
    assert (again.page, again.stem, again.pixels[5, 5].tolist()) == (2, "scan-2", [0, 0, 200])
