"""The stages do to one image of a batch what `rim-editor matte` and the window do to one image."""

import errno
import hashlib
import os
from dataclasses import replace
from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image

from clipmat.certainty import Certainty
from clipmat.errors import ImageUnreadable
from rim_editor.batch import stages
from rim_editor.batch.inputs import gather_inputs
from rim_editor.batch.outcomes import Group, State
from rim_editor.batch.output_files import STAGING, DiskFull
from rim_editor.batch.plan import make_plan
from rim_editor.batch.recipe import ExpressionTerm, IfExists, Recipe
from rim_editor.documents import edits
from rim_editor.documents.document import Combine, MatteControls
from rim_editor.documents.edit_description import EditDescription, EditName
from rim_editor.errors import BadOption, BatchInterrupted, OutputExists, OutputNotWritable
from rim_editor.files.exporting import Content
from rim_editor.matting import Matting

RED = (ExpressionTerm("the red square"),)


@pytest.fixture
def worked(matting, photos, tmp_path):
    """All stages on one photograph: the outcome."""

    def work(image=None, /, **recipe):
        folder = photos(1, size=(60, 40))
        if image is not None:
            image(folder / "00.png")
        recipe = Recipe(**({"expressions": RED} | recipe))
        plan = make_plan(gather_inputs([folder])[0], recipe, tmp_path / "out")
        assert not plan.fatal, plan.problems
        found = stages.find(stages.decode(plan.items[0]), matting, recipe)
        return stages.write(stages.finish(found, recipe), recipe.request().overwrite)

    return work


def opened(path):
    with Image.open(path) as image:
        return np.asarray(image)


def exif_of(path):
    with Image.open(path) as image:
        image.load()
        return image.getexif()


def saved_again(path, **options):
    with Image.open(path) as image:
        image.load()
    image.save(path, **options)


def test_the_result_is_what_the_edit_makes_of_image_and_matte(worked, photos):
    outcome = worked()
    image = opened(photos(0) / "00.png")
    redness = np.clip((image[..., 0].astype(np.float32) - image[..., 1:].max(axis=2)) / 200, 0, 1)
    assert outcome.state is State.DONE and outcome.presence == 0.97 and outcome.text == ""
    np.testing.assert_array_equal(opened(outcome.output), edits.apply(image, redness, edits.Cutout()))
    content = outcome.output.read_bytes()
    assert (outcome.bytes, outcome.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert set(outcome.milliseconds) == {"decode", "image", "text", "matte", "edit", "encode", "write"}


def test_the_same_image_gives_the_same_bytes(worked):
    first = worked(exists=IfExists.OVERWRITE, sidecar=True, suffix=".tiff")
    again = worked(exists=IfExists.OVERWRITE, sidecar=True, suffix=".tiff")
    assert (first.sha256, first.sidecar_sha256) == (again.sha256, again.sidecar_sha256)


def test_a_sidecar_is_the_matte_as_large_as_the_result(worked):
    outcome = worked(sidecar=True, depth=16, longest_side=30)
    (sidecar,) = (path for path in outcome.output.parent.iterdir() if path != outcome.output and path.is_file())
    matte, result = opened(sidecar), opened(outcome.output)
    assert matte.dtype == np.uint16 and matte.shape == result.shape[:2] == (20, 30)
    np.testing.assert_allclose(matte / 65535, result[..., 3] / 255, atol=1 / 255)
    assert outcome.sidecar_sha256 == hashlib.sha256(sidecar.read_bytes()).hexdigest()
    assert outcome.sidecar_bytes == sidecar.stat().st_size


def test_a_reduced_result_looks_like_the_whole_one_reduced(worked, photos):
    edit = EditDescription(EditName.SOLID, color="#00ff00")
    whole = opened(worked(edit=edit, exists=IfExists.OVERWRITE).output)
    small = opened(worked(edit=edit, exists=IfExists.OVERWRITE, longest_side=20).output)
    assert small.shape == (13, 20, 3)
    reduced = cv2.resize(whole, (20, 13), interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(int) - reduced).mean() < 3
    large = worked(edit=edit, exists=IfExists.OVERWRITE, longest_side=5000)
    assert opened(large.output).shape == whole.shape


def test_the_exif_of_a_reduced_result_says_its_size(worked):
    def with_exif(path):
        exif = Image.Exif()
        exif[0x0110] = "A camera"
        exif[0x8769] = {0x9003: "2020:01:01 00:00:00", 0xA002: 60, 0xA003: 40}
        exif[0x8825] = {1: "N"}
        saved_again(path, exif=exif)

    kept = exif_of(worked(with_exif, longest_side=30).output)
    details = kept.get_ifd(0x8769)
    assert (details[0xA002], details[0xA003], details[0x9003]) == (30, 20, "2020:01:01 00:00:00")
    assert kept[0x0110] == "A camera" and kept.get_ifd(0x8825)[1] == "N"
    assert not exif_of(worked(with_exif, metadata=False, exists=IfExists.OVERWRITE).output)


def test_the_matte_alone_and_layers(worked):
    matte = opened(worked(content=Content.MATTE, depth=16).output)
    assert matte.dtype == np.uint16 and matte.max() == 65535
    layers = worked(content=Content.LAYERS, suffix=".ora").output.read_bytes()
    assert layers[30:54] == b"mimetypeimage/openraster"


def test_a_thumbnail_is_small_whatever_the_result(worked, photos):
    for recipe in ({}, {"content": Content.MATTE, "depth": 16}, {"content": Content.LAYERS, "suffix": ".ora"}):
        outcome = worked(exists=IfExists.OVERWRITE, **recipe)
        small = Image.open(BytesIO(outcome.thumbnail))
        assert max(small.size) <= 160 and len(outcome.thumbnail) < 10_000


class Words:
    """Finds each expression in its own rows; with 'no' it is not there, with 'maybe' it may be, with 'ghost' hardly."""

    device, device_reason, precision = "cpu", "", "float32"

    def set_image(self, image):
        self.shape = image.shape[:2]

    def predict(self, expression):
        matte = np.zeros(self.shape, np.float32)
        present = "no" not in expression
        if present:
            first, last = (int(word) for word in expression.split() if word.isdigit())
            matte[first:last] = 1
        if "maybe" in expression:
            return Answer(matte, 0.4, Certainty.UNSURE)
        if "ghost" in expression:
            return Answer(matte, 0.05, Certainty.NONE)
        return Answer(matte, 0.9 if present else 0.1, Certainty.SURE if present else Certainty.NONE)


class Answer:
    timings = {"image": 4.0, "text": 1.0, "matte": 2.0}

    def __init__(self, matte, presence, certainty):
        self.matte, self.presence, self.certainty = matte, presence, certainty


@pytest.mark.parametrize(
    ("terms", "rows", "presence"),
    [
        (["new 0 9", "add 5 20"], range(20), 0.9),
        (["new 0 9", "subtract 5 20"], range(5), 0.9),
        (["new 0 9", "intersect 5 20"], range(5, 9), 0.9),
        (["new 0 9", "new 10 20"], range(10, 20), 0.9),
        (["new 0 9", "subtract no"], range(9), 0.9),
        (["new 0 9", "add no"], range(9), 0.1),
        (["new no", "add 3 5"], range(3, 5), 0.1),
        (["new 0 9", "intersect no"], (), 0.1),
        (["new no", "subtract 0 5"], (), 0.1),
        (["new no", "intersect 0 5"], (), 0.1),
        (["new 0 9", "subtract 0 20"], (), 0.9),
        (["new 0 9", "new no"], (), 0.1),
    ],
    ids=str,
)
def test_expressions_are_joined_in_order(terms, rows, presence, photos, tmp_path):
    terms = tuple(ExpressionTerm(text, Combine(text.split()[0])) for text in terms)
    recipe = Recipe(expressions=terms, content=Content.MATTE)
    plan = make_plan(gather_inputs([photos(1)])[0], recipe, tmp_path / "out")
    found = stages.find(stages.decode(plan.items[0]), Matting(lambda *_: Words()), recipe)
    outcome = stages.write(stages.finish(found, recipe))
    assert outcome.presence == presence
    if rows:
        assert outcome.state is State.DONE
        assert list(np.flatnonzero(opened(outcome.output).any(axis=1))) == list(rows)
        assert ("Nothing in this image matches" in outcome.text) == (presence == 0.1)
    else:
        assert outcome.state is State.NOTHING_MATCHED and outcome.text
        assert not outcome.output.exists() and not outcome.sha256
        assert outcome.thumbnail  # of the image, for review
    assert outcome.milliseconds["image"] == 4.0  # paid once
    assert outcome.milliseconds["text"] == len(terms)


SURE, UNSURE, NONE = Certainty


@pytest.mark.parametrize(
    ("terms", "recipe", "rows", "presence", "certainty"),
    [
        (["new 0 9"], {}, range(9), 0.9, SURE),
        (["new maybe 0 9"], {}, range(9), 0.4, UNSURE),
        (["new 0 9", "add maybe 5 20"], {}, range(20), 0.4, UNSURE),
        (["new 0 9", "subtract maybe 5 20"], {}, range(5), 0.4, UNSURE),
        (["new 0 9", "subtract no"], {}, range(9), 0.9, SURE),
        (["new 0 9", "add no"], {}, range(9), 0.1, UNSURE),
        (["new 0 9"], {"at_least": 0.95}, (), 0.9, NONE),
        (["new maybe 0 9"], {"at_least": 0.5}, (), 0.4, NONE),
        (["new maybe 0 9"], {"at_least": 0.5, "best_guess": True}, range(9), 0.4, NONE),
        (["new ghost 0 9"], {}, (), 0.05, NONE),
        (["new ghost 0 9"], {"best_guess": True}, range(9), 0.05, NONE),
        (["new ghost 0 9"], {"at_least": 0.05}, range(9), 0.05, UNSURE),
        (["new no"], {"best_guess": True}, (), 0.1, NONE),
        (["new 0 9", "subtract ghost 0 5"], {"best_guess": True}, range(9), 0.9, SURE),
    ],
    ids=str,
)
def test_what_the_model_is_not_sure_of_is_marked(terms, recipe, rows, presence, certainty, photos, tmp_path):
    terms = tuple(ExpressionTerm(text, Combine(text.split()[0])) for text in terms)
    recipe = Recipe(expressions=terms, content=Content.MATTE, **recipe)
    plan = make_plan(gather_inputs([photos(1)])[0], recipe, tmp_path / "out")
    found = stages.find(stages.decode(plan.items[0]), Matting(lambda *_: Words()), recipe)
    outcome = stages.write(stages.finish(found, recipe))
    assert (outcome.presence, outcome.certainty) == (presence, certainty)
    assert ("(presence" in outcome.text) == (certainty is not SURE)
    assert ("best guess" in outcome.text) == (bool(rows) and certainty is NONE)
    if rows:
        assert list(np.flatnonzero(opened(outcome.output).any(axis=1))) == list(rows)
        assert outcome.group is (Group.DONE if certainty is SURE else Group.REVIEW)
    else:
        assert outcome.group is Group.NOTHING_MATCHED and not outcome.output.exists()


@pytest.mark.parametrize("bar", [-0.01, 1.01, float("nan")])
def test_a_bar_outside_0_and_1_is_refused(bar):
    with pytest.raises(BadOption, match="from 0 to 1"):
        Recipe(at_least=bar)


def test_controls_that_leave_nothing_are_told(worked):
    outcome = worked(controls=MatteControls(shift_edge=-50))
    assert outcome.state is State.NOTHING_MATCHED and "leave nothing" in outcome.text
    assert not outcome.output.exists()


def test_warnings_of_an_image_are_in_its_outcome(worked):
    def damaged_profile(path):
        saved_again(path, icc_profile=b"no profile")

    assert "colour profile" in worked(damaged_profile).text
    outcome = worked(expressions=(ExpressionTerm("red " * 30),), exists=IfExists.OVERWRITE)
    assert outcome.state is State.DONE and "not read" in outcome.text


def test_the_same_background_is_read_once_by_whoever_keeps_it(photos, tmp_path):
    Image.new("RGB", (8, 8), "blue").save(tmp_path / "blue.png")
    edit = EditDescription(EditName.BACKGROUND, background=tmp_path / "blue.png")
    plan = make_plan(gather_inputs([photos(2)])[0], Recipe(expressions=RED, edit=edit), tmp_path / "out")
    asked = []
    for item in plan.items:
        stages.decode(item, lambda described: asked.append(described) or described.read())
    assert asked == [edit, edit]
    with pytest.raises(ImageUnreadable):
        (tmp_path / "blue.png").unlink()
        stages.decode(plan.items[0])


def finished(worked, monkeypatch):
    """A result that was made and not written."""
    kept = []
    monkeypatch.setattr(stages, "write", lambda made, *_: kept.append(made) or made.outcome)
    worked()
    monkeypatch.undo()
    return kept[0]


def test_an_outcome_is_done_only_once_its_files_are_written(worked, monkeypatch):
    made = finished(worked, monkeypatch)
    assert made.outcome.state is State.READY and not made.outcome.output.exists()
    assert stages.write(made).state is State.DONE and made.outcome.output.exists()


def test_what_exists_stays_unless_it_may_go(worked, monkeypatch):
    made = finished(worked, monkeypatch)
    output = made.outcome.output
    output.parent.mkdir()
    output.write_bytes(b"mine")
    with pytest.raises(OutputExists):
        stages.write(made)
    assert output.read_bytes() == b"mine"
    stages.write(made, own={output})
    assert output.read_bytes() == made.content
    output.write_bytes(b"mine")
    stages.write(made, overwrite=True)
    assert output.read_bytes() == made.content


def test_folders_are_made_inside_that_of_the_batch_which_itself_is_never_made_anew(worked, monkeypatch, tmp_path):
    made = finished(worked, monkeypatch)
    root, output = tmp_path / "batch", tmp_path / "batch" / "a" / "b" / "cut.png"
    placed = replace(made, outcome=replace(made.outcome, output=output))
    with pytest.raises(BatchInterrupted, match="moved, deleted or closed"):
        stages.write(placed, root=root)
    root.write_text("precious")
    with pytest.raises(BatchInterrupted, match="moved, deleted or closed"):
        stages.write(placed, root=root)
    assert root.read_text() == "precious"
    root.unlink()
    root.mkdir()
    assert stages.write(placed, root=root).state is State.DONE
    assert output.read_bytes() == made.content


def test_the_image_itself_always_stays(worked, monkeypatch):
    made = finished(worked, monkeypatch)
    before = made.outcome.source.read_bytes()
    made.outcome.output.parent.mkdir()
    os.link(made.outcome.source, made.outcome.output)
    with pytest.raises(OutputExists):
        stages.write(made, overwrite=True)
    assert made.outcome.source.read_bytes() == before


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.ENOSPC, DiskFull), (errno.EDQUOT, DiskFull), (errno.EROFS, OutputNotWritable)],
)
def test_a_full_disk_is_told_from_other_obstacles(number, kind, worked, monkeypatch):
    made = finished(worked, monkeypatch)

    def fail(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OutputNotWritable) as caught:
        stages.write(made)
    assert type(caught.value) is kind
    assert STAGING not in str(caught.value) and str(made.outcome.output.parent) in str(caught.value)
    assert [path for path in made.outcome.output.parent.rglob("*") if path.is_file()] == []


def test_what_went_wrong_is_told_in_words(photos, tmp_path):
    (item,) = make_plan(gather_inputs([photos(1)])[0], Recipe(expressions=RED), tmp_path / "out").items
    told = [stages.failed(item, error).text for error in (ImageUnreadable("Broken."), MemoryError(), KeyError("x"))]
    assert told[0] == "Broken." and "memory" in told[1] and "KeyError" in told[2]
    assert "Traceback" not in "".join(told)


def test_a_checkpoint_ends_the_work(photos, tmp_path, matting):
    class Enough(Exception):
        pass

    def enough():
        raise Enough

    recipe = Recipe(expressions=RED)
    (item,) = make_plan(gather_inputs([photos(1)])[0], recipe, tmp_path / "out").items
    decoded = stages.decode(item)
    with pytest.raises(Enough):
        stages.find(decoded, matting, recipe, enough)
    with pytest.raises(Enough):
        stages.finish(stages.find(decoded, matting, recipe), recipe, enough)
