"""Projects: what was saved opens again with its history; what is damaged opens in part; nothing hostile does harm."""

import io
import json
import signal
import subprocess
import sys
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from clipmat import image_files
from clipmat.image_files import OpenedImage
from clipmat.image_metadata import Metadata
from rim_editor.documents import edits
from rim_editor.documents.document import (
    Answer,
    Brush,
    Combine,
    Document,
    ImportedMatte,
    Layer,
    MatteControls,
    Patch,
    Region,
    Stroke,
)
from rim_editor.documents.history import History
from rim_editor.documents.rendering import ViewMode
from rim_editor.errors import EditorWarning, OutputNotWritable, ProjectUnreadable
from rim_editor.files import archives, document_records, project_reading, projects

HALF_STEP = 0.5 / 65535 + 1e-7

METADATA = Metadata(b"Exif\0\0 or so", b"<x/>", b"\x1c\x02\x50\0\3Ann", (300.0, 299.5))


def matte(seed=0, height=6, width=9):
    made = np.random.default_rng(seed).random((height, width), np.float32)
    made.flags.writeable = False
    return made


def worked_on(source):
    """A history of three layers, strokes, a background, a step undone, and another image after a crop."""
    history = History(Document(source))

    def commit(name, **changes):
        history.commit(history.current.changed(**changes), name)

    commit("Find “the dog”", parts=(Answer("the dog", Combine.NEW, matte(1), 0.75),))
    commit("Paint", parts=(*history.current.parts, Stroke(Brush.KEEP, ((1.5, 2.0), (3.0, 4.0)), 2.5)))
    history.commit(history.current.with_layer_at(1, Layer(name="hat")), "New layer")
    commit("Use file", parts=(ImportedMatte("hat.png", Combine.NEW, matte(2)), Patch(1, 2, matte(3, 2, 2))))
    commit("Background", edit=edits.Background(np.full((3, 4, 3), 7, np.uint8), edits.Fit.TILE, offset=(0.25, 0.5)))
    history.commit(history.current.with_layer_at(2, Layer(visible=False, locked=True)), "New layer")
    commit("Lasso", parts=(Region(((0.0, 0.0), (4.0, 0.0), (4.0, 4.0))),))
    commit("Feather", controls=MatteControls(feather=1.5))
    commit("Solid colour", edit=edits.SolidColour((1, 2, 3)))
    history.undo()
    return history


@pytest.fixture
def source():
    pixels = np.random.default_rng(0).integers(0, 256, (6, 9, 3)).astype(np.uint8)
    return OpenedImage(Path("/nowhere/ü photo.jpg"), pixels, np.full((6, 9), 200, np.uint8), METADATA)


@pytest.fixture
def history(source):
    return worked_on(source)


@pytest.fixture
def saved(tmp_path, history):
    path = tmp_path / "ü work.rim"
    projects.write(path, history.steps, history.place)
    return path


def content(document):
    """A document as plain data, mattes in 65535ths."""

    def plain(value):
        if isinstance(value, np.ndarray):
            return np.rint(value * 65535 if value.dtype.kind == "f" else value).astype(int).tolist()
        if hasattr(value, "__dataclass_fields__"):
            return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__ if name != "key"}
        return [plain(each) for each in value] if isinstance(value, tuple) else value

    return plain(document)


def places_of_keys(history):
    """For each step the keys of its layers, numbered in the order in which they are met."""
    seen = {}
    return [[seen.setdefault(layer.key, len(seen)) for layer in step.document.layers] for step in history.steps]


def rewritten(path, change):
    """The entries of a project, changed by `change(entries)`, in its place."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def with_document(path, change):
    def entries_changed(entries):
        document = json.loads(entries["document.json"])
        change(document)
        entries["document.json"] = json.dumps(document).encode()

    return rewritten(path, entries_changed)


# --- sunny days


def test_a_project_opens_with_its_whole_history(saved, history):
    project = projects.read(saved)
    assert project.lost == () and not project.linked and project.path == saved
    opened = project.history
    assert opened.place == history.place and [s.name for s in opened.steps] == [s.name for s in history.steps]
    for one, other in zip(opened.steps, history.steps, strict=True):
        assert content(one.document) == content(other.document)
    assert places_of_keys(opened) == places_of_keys(history)
    assert opened.can_redo and opened.redo_name == "Solid colour"


def test_what_steps_share_is_stored_and_opened_once(saved):
    with zipfile.ZipFile(saved) as archive:
        names = archive.namelist()
        assert names[0] == "mimetype" and archive.read("mimetype") == b"application/x-rim-project"
        assert all(info.compress_type == zipfile.ZIP_STORED for info in archive.infolist())
    assert sorted(names[2:]) == ["image0.png", "image1.png", "matte2.png", "matte3.png", "matte4.png", "matte5.png"]
    steps = projects.read(saved).history.steps
    assert steps[1].document.parts[0] is steps[2].document.parts[0] is steps[-1].document.layers[0].parts[0]
    assert steps[0].document.source is steps[-1].document.source


def test_saving_again_opens_the_file_once_and_encodes_nothing(saved, monkeypatch):
    history = projects.read(saved).history
    opened, open_archive = [], archives.Archive.open

    def noted(path):
        opened.append(path)
        return open_archive(path)

    monkeypatch.setattr(archives.Archive, "open", noted)
    monkeypatch.setattr(document_records, "encoded", lambda _: pytest.fail("it is stored already"))
    again = saved.with_name("again.rim")
    projects.write(again, history.steps, history.place)
    assert opened == [saved.absolute()]
    with zipfile.ZipFile(saved) as one, zipfile.ZipFile(again) as other:
        assert [one.read(name) for name in one.namelist()[2:]] == [other.read(name) for name in other.namelist()[2:]]
    saved.unlink()
    monkeypatch.undo()
    projects.write(saved, projects.read(again).history.steps, history.place)


def test_mattes_have_16_bits_that_other_programs_read(saved, history):
    answer = history.current.layers[0].parts[0]
    with zipfile.ZipFile(saved) as archive:
        stored = [np.array(Image.open(io.BytesIO(archive.read(f"matte{number}.png")))) for number in (2, 3, 4)]
    found = [
        one
        for one in stored
        if one.shape == answer.matte.shape and np.allclose(one / 65535, answer.matte, atol=HALF_STEP)
    ]
    assert len(found) == 1


def test_saving_what_was_opened_changes_nothing(saved, tmp_path):
    first = projects.read(saved).history
    again = tmp_path / "again.rim"
    projects.write(again, first.steps, first.place)
    second = projects.read(again).history
    for one, other in zip(first.steps, second.steps, strict=True):
        assert content(one.document) == content(other.document)
    with zipfile.ZipFile(saved) as one, zipfile.ZipFile(again) as other:
        pngs = [name for name in one.namelist() if name.endswith(".png")]
        assert [one.read(name) for name in pngs] == [other.read(name) for name in pngs]


def test_clicks_and_box_of_an_answer_are_kept(tmp_path, source):
    pointed = Answer("", Combine.NEW, matte(1), 0.5, points=((1.0, 2.0, True),), box=(1.0, 2.0, 3.0, 4.0))
    history = History(Document.of_one_layer(source, (pointed,)))
    projects.write(tmp_path / "a.rim", history.steps, 0)
    (answer,) = projects.read(tmp_path / "a.rim").history.current.parts
    assert (answer.points, answer.box) == (pointed.points, pointed.box)


def test_how_it_was_shown_is_kept_and_is_no_damage_where_it_makes_no_sense(saved, history):
    assert projects.read(saved).mode is None
    projects.write(saved, history.steps, history.place, mode=ViewMode.ON_BLACK)
    assert projects.read(saved).mode is ViewMode.ON_BLACK
    for value in ("of a later version", 7, ["on black"], {}):
        with_document(saved, lambda data, value=value: data.update(view=value))
        found = projects.read(saved)
        assert found.mode is None and found.lost == ()


def test_each_step_has_the_image_that_it_had(tmp_path, history):
    cropped = OpenedImage(None, np.zeros((4, 4, 3), np.uint8), None)
    history.commit(Document(cropped), "Crop")
    history.commit(Document(replace(cropped, pixels=np.ones((4, 4, 3), np.uint8))), "Rotate")
    projects.write(tmp_path / "a.rim", history.steps, history.place)
    opened = projects.read(tmp_path / "a.rim").history
    assert [step.document.size for step in opened.steps[-3:]] == [(9, 6), (4, 4), (4, 4)]
    assert opened.current.source.pixels.max() == 1 and opened.steps[-2].document.source.pixels.max() == 0


def test_a_linked_image_is_read_from_its_file(tmp_path):
    photo = tmp_path / "photo.png"
    Image.fromarray(np.random.default_rng(1).integers(0, 256, (6, 9, 3)).astype(np.uint8)).save(photo)
    history, path = worked_on(image_files.read(photo)), tmp_path / "work.rim"
    projects.write(path, history.steps, history.place, linked=True)
    with zipfile.ZipFile(path) as archive:
        assert not [name for name in archive.namelist() if name.startswith("image")]
    project = projects.read(path)
    assert project.linked and project.lost == ()
    assert (project.history.current.source.pixels == history.current.source.pixels).all()
    # Image and project are moved together.
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    photo.rename(moved / "photo.png")
    path.rename(moved / "work.rim")
    assert projects.read(moved / "work.rim").history.current.source.path == photo.parent / "elsewhere" / "photo.png"
    # Another image of that size: opened, with a warning.
    Image.new("RGB", (9, 6)).save(moved / "photo.png")
    with pytest.warns(EditorWarning, match="has changed since"):
        projects.read(moved / "work.rim")
    Image.new("RGB", (8, 6)).save(moved / "photo.png")
    with pytest.raises(ProjectUnreadable, match="pixels now and was"):
        projects.read(moved / "work.rim")
    (moved / "photo.png").unlink()
    with pytest.raises(ProjectUnreadable, match="is gone: put it back"):
        projects.read(moved / "work.rim")


def test_an_image_that_changed_since_it_was_opened_is_stored(tmp_path):
    photo = tmp_path / "photo.png"
    Image.new("RGB", (9, 6), "red").save(photo)
    history = worked_on(image_files.read(photo))
    Image.new("RGB", (9, 6), "blue").save(photo)
    projects.write(tmp_path / "a.rim", history.steps, history.place, linked=True)
    project = projects.read(tmp_path / "a.rim")
    assert not project.linked and tuple(project.history.current.source.pixels[0, 0]) == (255, 0, 0)


def test_a_killed_process_leaves_the_former_file_or_the_new_one(saved, tmp_path):
    script = (
        "import sys, pathlib, os, signal\n"
        "from rim_editor.files import projects\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "history = projects.read(path).history\n"
        "projects.write(path, history.steps, history.place)\n"
        "print('saved', flush=True)\n"
        "while True:\n"
        "    projects.write(path, history.steps, history.place)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(saved)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "saved\n"
        process.send_signal(signal.SIGKILL)
    project = projects.read(saved)
    assert project.lost == () and len(project.history.current.layers) == 3
    history = project.history
    while history.can_undo:
        history.undo()
    assert history.current.parts == () and history.place == 0 and history.redo_name == "Find “the dog”"


def test_saving_again_encodes_only_what_is_new(saved, history, monkeypatch):
    encoded, usual = [], document_records.encoded
    monkeypatch.setattr(document_records, "encoded", lambda array: encoded.append(array) or usual(array))
    new = Answer("the cat", Combine.ADD, matte(9), 0.9)
    history.commit(history.current.changed(parts=(*history.current.parts, new)), "Add")
    projects.write(saved, history.steps, history.place)
    assert len(encoded) == 1 and encoded[0] is new.matte
    opened = projects.read(saved).history
    other = saved.with_name("other.rim")
    projects.write(other, opened.steps, opened.place)
    assert len(encoded) == 1
    assert content(projects.read(other).history.current) == content(history.current)


def test_what_another_program_wrote_in_its_place_is_not_copied(saved, history, tmp_path):
    other = worked_on(OpenedImage(None, np.zeros((6, 9, 3), np.uint8), None))
    projects.write(tmp_path / "other.rim", other.steps, other.place)
    (tmp_path / "other.rim").replace(saved)
    projects.write(saved, history.steps, history.place)
    assert content(projects.read(saved).history.current) == content(history.current)


def test_where_it_cannot_be_written(tmp_path, history):
    with pytest.raises(OutputNotWritable, match="is no folder"):
        projects.write(tmp_path / "no" / "a.rim", history.steps, history.place)
    (tmp_path / "b.rim").mkdir()
    with pytest.raises(OutputNotWritable, match="another folder"):
        projects.write(tmp_path / "b.rim", history.steps, history.place)
    assert [path.name for path in tmp_path.iterdir()] == ["b.rim"]


# --- versions


def test_a_later_version_is_refused(saved):
    with_document(saved, lambda document: document.update(version=project_reading.VERSION + 1))
    with pytest.raises(ProjectUnreadable, match="newer version"):
        projects.read(saved)


def test_an_older_version_is_migrated(saved, monkeypatch):
    """As it will be done once there is one: the data of version 1 called the steps otherwise."""
    with_document(saved, lambda document: document.update(moments=document.pop("steps")))
    monkeypatch.setattr(project_reading, "VERSION", 2)
    monkeypatch.setitem(project_reading.MIGRATIONS, 1, lambda data: {**data, "steps": data["moments"]})
    project = projects.read(saved)
    assert project.lost == () and len(project.history.current.layers) == 3


def test_fields_that_this_version_does_not_know_are_ignored(saved):
    def change(document):
        document["mood"] = "good"
        for table in ("sources", "parts", "layers", "steps"):
            for record in document[table]:
                record["mood"] = [1, {"a": None}]

    assert projects.read(with_document(saved, change)).lost == ()


# --- bad days


def test_a_lost_matte_is_named_and_left_out(saved):
    def change(entries):
        document = json.loads(entries["document.json"])
        del entries[next(part["matte"]["file"] for part in document["parts"] if part["kind"] == "Answer")]

    project = projects.read(rewritten(saved, change))
    assert project.lost == ('the matte of "the dog"',)
    assert len(project.history.current.layers[0].parts) == 1 and project.history.can_undo


def test_a_lost_matte_that_was_found_by_clicks_is_named_too(saved):
    def change(document):
        answer = next(part for part in document["parts"] if part["kind"] == "Answer")
        answer["expression"], answer["matte"] = "", {"file": "gone.png"}

    assert projects.read(with_document(saved, change)).lost == ("the matte of clicks",)


def test_a_byte_that_changed_in_a_matte_is_noticed(saved):
    data = bytearray(saved.read_bytes())
    with zipfile.ZipFile(saved) as archive:
        at = archive.getinfo("matte3.png").header_offset
    data[at + 90] ^= 0xFF
    saved.write_bytes(data)
    project = projects.read(saved)
    assert len(project.lost) == 1 and len(project.history.current.layers) == 3


@pytest.mark.parametrize("share", [0.98, 0.9, 0.8])
def test_a_file_that_was_cut_off_opens_as_far_as_it_goes(saved, share):
    data = saved.read_bytes()
    saved.write_bytes(data[: int(len(data) * share)])
    project = projects.read(saved)
    assert project.lost[0] == "the end of the file"
    assert len(project.history.current.layers) == 3


def test_without_a_description_image_and_mattes_are_left(saved):
    rewritten(saved, lambda entries: entries.update({"document.json": b'{"version": 1, "steps": ['}))
    project = projects.read(saved)
    assert project.lost == ("all but the image and the mattes",)
    layers = project.history.current.layers
    assert [type(layer.parts[0]) for layer in layers] == [ImportedMatte, ImportedMatte]
    assert project.history.current.size == (9, 6)


def test_without_its_image_a_project_cannot_be_opened(saved):
    rewritten(saved, lambda entries: entries.pop("image0.png"))
    with pytest.raises(ProjectUnreadable, match="its image is lost"):
        projects.read(saved)


def test_a_lost_image_is_read_from_its_own_file(tmp_path):
    photo = tmp_path / "photo.png"
    Image.new("RGB", (9, 6), "red").save(photo)
    history = worked_on(image_files.read(photo))
    projects.write(tmp_path / "a.rim", history.steps, history.place)
    project = projects.read(rewritten(tmp_path / "a.rim", lambda entries: entries.pop("image0.png")))
    assert project.lost == ("the image, which was read from its own file",) and len(project.history.steps) > 5


@pytest.mark.parametrize(
    ("table", "field", "value", "lost"),
    [
        ("parts", "radius", "wide", "a brush stroke"),
        ("parts", "radius", float("nan"), "a brush stroke"),
        ("parts", "points", [], "a brush stroke"),
        ("parts", "points", [[1e300, 0]], "a brush stroke"),
        ("parts", "x", -4, "a part of another image"),
        ("parts", "kind", "Magic", "a part of a matte"),
        ("layers", "edit", {"kind": "MatteControls"}, "the edit of a layer"),
        ("layers", "edit", {"kind": "SolidColour", "colour": [1, 2, 999]}, "the edit of a layer"),
        ("layers", "controls", None, "the controls of a matte"),
        ("layers", "visible", "yes", "the name of a layer"),
        ("layers", "parts", [-1, True, 10**9, None], "a part of a matte"),
        ("steps", "source", 10**9, "older steps of the history"),
        ("steps", "layers", [[], {}, -3], "a layer"),
    ],
)
def test_data_that_cannot_be_are_left_out(saved, table, field, value, lost):
    def change(document):
        records = document[table][:-3] if table == "steps" else document[table]
        for record in records:
            if field in record:
                record[field] = value
        if field == "kind":
            document[table][0]["kind"] = value

    project = projects.read(with_document(saved, change))
    assert lost in project.lost
    assert project.history.current.size == (9, 6)


def test_texts_that_cannot_be_shown_are_replaced(saved):
    def change(document):
        for record in document["layers"] + document["steps"]:
            record["name"] = "\ud800"

    history = projects.read(with_document(saved, change)).history
    assert all(step.name in ("", "?") for step in history.steps)
    assert all(layer.name in ("", "?") for layer in history.current.layers)


def png_of(width, height):
    """A PNG that claims a size and holds nothing."""
    data = bytearray(cv2.imencode(".png", np.zeros((2, 2), np.uint16))[1].tobytes())
    data[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    return bytes(data)


@pytest.mark.parametrize("size", [(1 << 30, 1 << 30), (0, 5), (100_000, 100_000), (30_000, 6_000)])
def test_an_image_of_an_impossible_size_is_not_decoded(saved, size):
    project = projects.read(rewritten(saved, lambda entries: entries.update({"matte2.png": png_of(*size)})))
    assert len(project.lost) == 1


@pytest.mark.parametrize("change", ["claims more", "two headers", "no end", "animated"])
def test_a_png_that_is_not_whole_is_not_decoded(monkeypatch, change):
    """OpenCV takes two gigabytes for a chunk that claims to have them, and the last of several headers counts."""
    whole = cv2.imencode(".png", np.full((4, 5), 7, np.uint16))[1].tobytes()
    assert document_records.decoded(whole, "matte.png")[0, 0] == pytest.approx(7 / 65535)
    header, at = whole[8:33], whole.index(b"IDAT") - 4
    data = {
        "claims more": whole[:at] + b"\x7f" + whole[at + 1 :],
        "two headers": whole[:33] + header + whole[33:],
        "no end": whole[:-12],
        "animated": whole[:33] + b"\0\0\0\x08acTL" + bytes(12) + whole[33:],
    }[change]
    monkeypatch.setattr(cv2, "imdecode", lambda *arguments: pytest.fail("it was decoded"))
    with pytest.raises(ValueError, match=r"matte.png is not a complete PNG"):
        document_records.decoded(data, "matte.png")


def test_a_zip_bomb_is_not_unpacked(saved, monkeypatch):
    monkeypatch.setattr(project_reading, "_MOST_JSON", 1 << 16)
    with zipfile.ZipFile(saved) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    entries["document.json"] = b" " * (1 << 20) + entries["document.json"]
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    assert projects.read(saved).lost == ("all but the image and the mattes",)


def test_all_arrays_together_have_a_limit(saved, monkeypatch):
    monkeypatch.setattr(project_reading, "_MOST_ARRAYS", 6 * 9 * 4 + 6 * 9 * 4 + 50)
    project = projects.read(saved)
    assert project.lost and project.history.current.size == (9, 6)


def test_names_of_entries_are_no_paths(saved, tmp_path):
    def change(entries):
        entries["../../evil.png"] = entries.pop("matte2.png")
        document = json.loads(entries["document.json"])
        for part in document["parts"]:
            if part.get("matte", {}).get("file") == "matte2.png":
                part["matte"]["file"] = "../../evil.png"
        entries["document.json"] = json.dumps(document).encode()

    assert projects.read(rewritten(saved, change)).lost == ()
    assert list(tmp_path.iterdir()) == [saved]


@pytest.mark.parametrize("data", [b"", b"PK", b"GIF89a", b"PK\x03\x04" * 50, b"\0" * 5000])
def test_what_is_no_project(tmp_path, data):
    path = tmp_path / "a.rim"
    path.write_bytes(data)
    with pytest.raises(ProjectUnreadable):
        projects.read(path)


def test_what_is_not_there(tmp_path):
    with pytest.raises(ProjectUnreadable, match="does not exist"):
        projects.read(tmp_path / "a.rim")
    with pytest.raises(ProjectUnreadable, match="folder"):
        projects.read(tmp_path)
