"""What lands in a folder is exported once, when it has landed; over interruptions too."""

import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from rim_editor.batch import stages
from rim_editor.batch import watching as room
from rim_editor.batch.batch_control import BatchControl
from rim_editor.batch.inputs import Input, gather_inputs
from rim_editor.batch.outcomes import State
from rim_editor.batch.recipe import ExpressionTerm, IfExists, Recipe
from rim_editor.batch.watching import Arrivals, watch
from rim_editor.documents.edit_description import EditDescription, EditName
from rim_editor.errors import BadOption

RECIPE = Recipe(
    expressions=(ExpressionTerm("the red square"),), edit=EditDescription(EditName.MATTE), exists=IfExists.NUMBER
)


@pytest.fixture
def watching(matting, tmp_path):
    """A function that starts to watch a folder; what it returns waits for so many outcomes, or stops."""
    started = []

    def start(folder, recipe=RECIPE, **options):
        control, told = BatchControl(), []
        watcher = Watcher(control, told)

        def work():
            watcher.summary = watch(
                [folder], recipe, tmp_path / "out", matting, control, told.append, seconds=0.03, **options
            )

        watcher.thread = threading.Thread(target=work)
        watcher.thread.start()
        started.append(watcher)
        return watcher

    yield start
    for watcher in started:
        watcher.stop()


class Watcher:
    def __init__(self, control, told):
        self.control, self.told, self.summary = control, told, None

    @property
    def outcomes(self):
        return [step.outcome for step in list(self.told) if step.outcome is not None]

    def wait_for(self, count):
        end = time.monotonic() + 20
        while len(self.outcomes) < count and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(0.15)  # no more come
        assert len(self.outcomes) == count
        return self.outcomes

    def stop(self):
        self.control.cancel()
        self.thread.join(20)
        assert not self.thread.is_alive()
        return self.summary


def test_what_is_there_and_what_lands_is_exported_once(photos, watching, contents, tmp_path):
    folder = photos(2)
    watcher = watching(folder)
    watcher.wait_for(2)
    photos(4)
    assert {outcome.source.name for outcome in watcher.wait_for(4)} == {f"{n:02}.png" for n in range(4)}
    summary = watcher.stop()
    assert summary.exit_code == 0 and summary.counts[State.DONE] == 4
    assert len(summary.reports) == 2
    assert len(contents(tmp_path / "out")) == 4

    again = watching(folder)
    time.sleep(0.3)
    photos(5)
    again.wait_for(1)
    assert again.stop().counts[State.DONE] == 5
    assert len(contents(tmp_path / "out")) == 5


def test_an_image_that_changes_is_exported_again(photos, watching, contents, tmp_path):
    folder = photos(1)
    watcher = watching(folder)
    watcher.wait_for(1)
    Image.fromarray(np.full((20, 30, 3), (255, 0, 0), np.uint8)).save(folder / "00.png")
    watcher.wait_for(2)
    assert set(contents(tmp_path / "out")) == {"00.png", "00-2.png"}


def test_an_image_that_was_gone_for_a_moment_is_exported_when_it_is_back(
    photos, watching, contents, tmp_path, monkeypatch
):
    """As when the drive is unplugged: it comes back with the size and time that it had."""
    folder, away, decode = photos(2), tmp_path / "away.png", stages.decode

    def decoding(item, *arguments):
        if item.source.name == "01.png" and not away.exists():
            item.source.rename(away)
        return decode(item, *arguments)

    monkeypatch.setattr(stages, "decode", decoding)
    watcher = watching(folder)
    assert {each.source.name: each.state for each in watcher.wait_for(2)} == {
        "00.png": State.DONE,
        "01.png": State.FAILED,
    }
    monkeypatch.setattr(stages, "decode", decode)
    away.rename(folder / "01.png")
    assert watcher.wait_for(3)[-1].state is State.DONE
    assert set(contents(tmp_path / "out")) == {"00.png", "01.png"}


@pytest.mark.parametrize("exists", [IfExists.REFUSE, IfExists.SKIP, IfExists.OVERWRITE])
def test_the_new_result_takes_the_place_of_the_former_one(photos, watching, contents, tmp_path, exists):
    folder, recipe = photos(1), replace(RECIPE, exists=exists)
    watcher = watching(folder, recipe)
    watcher.wait_for(1)
    for count, size in ((2, (30, 20)), (3, (20, 30))):
        former = contents(tmp_path / "out")
        Image.new("RGB", size, (255, 0, 0)).save(folder / "00.png")
        assert watcher.wait_for(count)[-1].state is State.DONE
        new = contents(tmp_path / "out")
        assert set(new) == set(former) == {"00.png"} and new["00.png"] != former["00.png"]
    watcher.stop()

    # What was replaced is not done once more, and a change while nobody watched is seen.
    Image.new("RGB", (25, 25), (255, 0, 0)).save(folder / "00.png")
    watcher = watching(folder, recipe)
    assert [outcome.state for outcome in watcher.wait_for(1)] == [State.DONE]
    with Image.open(tmp_path / "out" / "00.png") as image:
        assert image.size == (25, 25)


def test_a_result_that_somebody_has_changed_stays(photos, watching, tmp_path):
    folder, recipe = photos(1), replace(RECIPE, exists=IfExists.REFUSE)
    watcher = watching(folder, recipe)
    watcher.wait_for(1)
    (tmp_path / "out" / "00.png").write_bytes(b"retouched")
    Image.new("RGB", (30, 20), (255, 0, 0)).save(folder / "00.png")
    (outcome,) = watcher.wait_for(2)[1:]
    assert outcome.state is State.FAILED and "exists already" in outcome.text
    assert (tmp_path / "out" / "00.png").read_bytes() == b"retouched"


def test_nothing_that_lands_ends_the_watching(photos, watching, monkeypatch):
    """Decoders raise whatever they like; links, pipes and names that are no text land too."""
    folder, read = photos(0), room.image_files.read

    def reading(path, **options):
        if path.name.startswith("odd"):
            raise LookupError("a decoder's own")
        return read(path, **options)

    monkeypatch.setattr(room.image_files, "read", reading)
    watcher = watching(folder, patience=0.2)
    (folder / "odd.png").write_bytes(b"x")
    (folder / "loop.png").symlink_to("loop.png")
    (folder / "gone.png").symlink_to("nowhere.png")
    (folder / "folder.png").mkdir()
    os.mkfifo(folder / "pipe.png")
    (folder / os.fsdecode(b"\xff\x1b[2J\n.png")).write_bytes(b"x")
    photos(1)
    states = {outcome.source.name: outcome.state for outcome in watcher.wait_for(4)}
    assert states.pop("00.png") is State.DONE and set(states.values()) == {State.FAILED}
    assert watcher.thread.is_alive()


def test_a_file_that_grows_is_waited_for(photos, watching, tmp_path):
    folder = photos(1)
    content = (folder / "00.png").read_bytes()
    (folder / "00.png").unlink()
    watcher = watching(folder, patience=60)
    with (folder / "slow.png").open("wb") as file:
        for start in range(0, len(content), 200):
            file.write(content[start : start + 200])
            file.flush()
            time.sleep(0.1 if start < 600 else 0)
            assert not watcher.outcomes
    (outcome,) = watcher.wait_for(1)
    assert outcome.state is State.DONE


def test_a_file_that_stays_broken_is_named(photos, watching):
    folder = photos(1)
    (folder / "broken.png").write_bytes(b"no image")
    watcher = watching(folder, patience=0.2)
    states = {outcome.source.name: outcome.state for outcome in watcher.wait_for(2)}
    assert states == {"00.png": State.DONE, "broken.png": State.FAILED}
    assert watcher.stop().exit_code == 4


def test_a_taken_name_refuses_its_image_alone(photos, watching, tmp_path):
    folder = photos(2)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "00.png").write_bytes(b"mine")
    watcher = watching(folder, Recipe(RECIPE.expressions, RECIPE.edit, exists=IfExists.REFUSE))
    states = {outcome.source.name: outcome.state for outcome in watcher.wait_for(2)}
    assert states == {"00.png": State.FAILED, "01.png": State.DONE}
    assert (tmp_path / "out" / "00.png").read_bytes() == b"mine"


def test_results_within_the_watched_folder_are_no_images_to_export(photos, matting, tmp_path):
    folder, control, told = photos(1), BatchControl(), []

    def hear(progress):
        told.append(progress)
        if len(told) > 2:
            threading.Timer(0.3, control.cancel).start()

    watch([folder], RECIPE, folder / "out", matting, control, hear, recursive=True, seconds=0.02)
    assert len([step for step in told if step.outcome]) == 1
    with pytest.raises(BadOption, match="choose another folder"):
        watch([folder], RECIPE, folder, matting, BatchControl())
    with pytest.raises(BadOption):
        watch([folder / "in"], RECIPE, folder, matting, BatchControl())


def test_a_file_has_landed_when_it_looks_the_same_twice_and_can_be_read(photos, monkeypatch):
    folder, now = photos(1), [0.0]
    (folder / "half.png").write_bytes((folder / "00.png").read_bytes()[:200])
    found, _ = gather_inputs([folder])
    landing = Arrivals(30.0, lambda: now[0])
    reads = []
    monkeypatch.setattr(
        room.image_files,
        "read",
        lambda path, read=room.image_files.read, **how: reads.append(path) or read(path, **how),
    )

    seen = {}

    def settled():
        ready = landing.complete(found, seen, Path("/elsewhere"))
        seen.update({path: look for path, (_, look) in ready.items()})
        return {path.name for path in ready}

    assert settled() == set() and reads == []
    assert settled() == {"00.png"}
    (folder / "half.png").write_bytes((folder / "00.png").read_bytes()[:250])
    now[0] = 29.0
    assert settled() == set()
    now[0] = 58.0
    assert settled() == set()
    now[0] = 60.0
    assert settled() == {"half.png"}  # it will not change any more: it is named as broken


def test_a_file_that_goes_again_is_forgotten(photos):
    folder = photos(1)
    landing = Arrivals(30.0)
    gone = [Input(folder / "gone.png", folder)]
    assert landing.complete(gone, {}, Path("/elsewhere")) == {}
    assert landing.complete(gone, {}, Path("/elsewhere")) == {}
