import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import namedtuple
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from training import composed_set
from training.compose import app
from training.composed_set import ComposeError, SetPlan, write_set
from training.entity import BankError
from training.files.labels import LayoutError, by_image, in_keyword_setting
from training.files.refmatte import read_refmatte, split_labels

ROOT = Path(__file__).parents[2]


@pytest.fixture
def plan(pack):
    return SetPlan((pack,), "train", 64, 3, 3, 90)


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def whole(pack, tmp_path_factory):
    """A set of 12 images, made in one go by one process."""
    out = tmp_path_factory.mktemp("whole")
    write_set(SetPlan((pack,), "train", 64, 3, 3, 90), out, 12)
    return out


class Stopped(Exception):
    pass


def stop_at(number):
    def tell(there):
        if there >= number:
            raise Stopped

    return tell


def test_the_set_has_the_layout_and_is_read_again(whole):
    names = {path.split("/")[-2] for path in tree(whole)}
    assert names == {"train", "img_full", "mask"}
    samples = list(read_refmatte(whole, "train"))
    assert len({s.image_id for s in samples}) == 12
    for s in samples:
        assert s.image.shape == (64, 64, 3) and s.matte.max() > 0.5 and s.expression.strip()
        assert s.matte.shape == (64, 64) and all(np.all(s.matte + o <= 1 + 2 / 255) for o in s.others)


def center(matte):
    y, x = np.indices(matte.shape)
    return (x * matte).sum() / matte.sum(), (y * matte).sum() / matte.sum()


def test_composed_relations_hold_in_what_was_written(whole):
    mattes = {s.entity_id: s.matte for s in read_refmatte(whole, "train")}
    mattes |= {s.entity_id: s.matte for s in read_refmatte(whole, "train", "keyword")}
    checked = 0
    for group in by_image(split_labels(whole, "train")).values():
        first, second = (mattes.get(label.stem) for label in group[:2])
        if first is not None and second is not None and group[0].relation in ("left", "right", "top", "bottom"):
            (ax, ay), (bx, by) = center(first), center(second)
            assert {"left": ax < bx, "right": ax > bx, "top": ay < by, "bottom": ay > by}[group[0].relation]
            checked += 1
    assert checked >= 2


def test_the_keyword_setting_is_that_of_the_labels(whole):
    images = [g[0].image_name for g in by_image(split_labels(whole, "train")).values() if in_keyword_setting(g)]
    assert list(dict.fromkeys(s.image_id for s in read_refmatte(whole, "train", "keyword"))) == images


def test_two_workers_write_the_bytes_of_one(plan, whole, tmp_path):
    write_set(plan, tmp_path, 12, workers=2)
    assert tree(tmp_path) == tree(whole)


def test_another_seed_writes_other_bytes(plan, whole, tmp_path):
    write_set(replace(plan, seed=4), tmp_path, 2)
    name = "train/img_full/000000.jpg"
    assert tree(tmp_path)[name] != tree(whole)[name]


def test_a_set_that_was_stopped_is_continued_to_the_same_bytes(plan, whole, tmp_path):
    with pytest.raises(Stopped):
        write_set(plan, tmp_path, 12, 1, stop_at(5))
    counts = []
    write_set(plan, tmp_path, 12, 1, counts.append)
    assert counts == list(range(5, 13)), "what stood was not made again"
    assert tree(tmp_path) == tree(whole)


def test_a_set_that_was_killed_is_continued_to_the_same_bytes(pack, tmp_path):
    def command(out, workers):
        arguments = ["--data", pack, "--out", out, "--images", 60, "--size", 64, "--workers", workers]
        return [sys.executable, "-m", "training.compose", *map(str, arguments)]

    killed, journal = tmp_path / "killed", tmp_path / "killed" / "train" / "refmatte_train_label.jsonl"
    with subprocess.Popen(
        command(killed, 1), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while process.poll() is None and not (journal.is_file() and journal.read_bytes().count(b"\n") >= 5):
            time.sleep(0.002)
        process.kill()
    assert process.returncode == -signal.SIGKILL, "it was to be killed while it worked"
    assert journal.read_bytes().count(b"\n") < 60 and not journal.with_suffix(".json").exists()
    second = subprocess.run(command(killed, 1), cwd=ROOT, capture_output=True, text=True, check=False)
    assert second.returncode == 0, second.stderr
    write_set(SetPlan((pack,), "train", 64, 7, 3, 95), tmp_path / "whole", 60)
    there = tree(killed)
    assert {name: there[name] for name in tree(tmp_path / "whole")} == tree(tmp_path / "whole")
    assert not [name for name in there if name.endswith((".part", ".jsonl"))]


@pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="looks processes up in /proc")
def test_workers_end_when_their_parent_is_killed(pack, tmp_path):
    arguments = ["--data", pack, "--out", tmp_path, "--images", 4000, "--size", 64, "--workers", 2]
    command = [sys.executable, "-m", "training.compose", *map(str, arguments)]
    # A session of its own tells its processes from all others.
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        journal = tmp_path / "train" / "refmatte_train_label.jsonl"
        while process.poll() is None and not journal.is_file():
            time.sleep(0.01)
        process.kill()
    for _ in range(200):
        if not in_session(process.pid):
            break
        time.sleep(0.05)
    left = in_session(process.pid)
    if left:
        os.killpg(process.pid, signal.SIGKILL)
    assert not left


def in_session(session):
    """The living processes of a session."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except (OSError, IndexError):
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(folder.name)
    return found


def test_half_written_and_lost_files_are_made_again(plan, whole, tmp_path):
    with pytest.raises(Stopped):
        write_set(plan, tmp_path, 12, 1, stop_at(8))
    folder = tmp_path / "train"
    picture = folder / "img_full" / "000001.jpg"
    picture.write_bytes(picture.read_bytes()[:-40])
    (folder / "mask" / "000002_0.png").unlink()
    (folder / "mask" / "000003_1.png").write_bytes(b"")
    (folder / "img_full" / "000008.jpg.part").write_bytes(b"half")
    with (folder / "refmatte_train_label.jsonl").open("a") as journal:
        journal.write('{"000008_0": {"image_na')
    with pytest.raises(Stopped):
        write_set(plan, tmp_path, 12, 1, stop_at(7))
    counts = []
    write_set(plan, tmp_path, 12, 1, counts.append)
    assert counts[0] == 7, "five of the eight, and two made since"
    assert tree(tmp_path) == tree(whole)


def test_a_set_that_is_complete_is_left_alone(plan, whole, tmp_path):
    shutil.copytree(whole, tmp_path / "set")
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "set").rglob("*.jpg")}
    counts = []
    write_set(plan, tmp_path / "set", 12, 2, counts.append)
    assert counts == [12] and all(path.stat().st_mtime_ns == then for path, then in times.items())
    assert tree(tmp_path / "set") == tree(whole)


def test_a_set_grows_to_the_bytes_of_a_larger_one_but_does_not_shrink(plan, whole, tmp_path):
    write_set(plan, tmp_path, 7)
    write_set(plan, tmp_path, 12)
    assert tree(tmp_path) == tree(whole)
    with pytest.raises(ComposeError, match="holds more than 7 images: ask for all, or choose another --out"):
        write_set(plan, tmp_path, 7)
    assert tree(tmp_path) == tree(whole)


def test_the_bytes_do_not_depend_on_where_the_pack_lies(plan, pack, whole, tmp_path):
    shutil.copytree(pack, tmp_path / "moved")
    shutil.copytree(whole, tmp_path / "set")
    (tmp_path / "set" / "train" / "img_full" / "000004.jpg").unlink()
    write_set(replace(plan, packs=(tmp_path / "moved",)), tmp_path / "set", 12)
    assert tree(tmp_path / "set") == tree(whole)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"seed": 4}, "was made with seed 3: ask for the same, or choose another --out"),
        ({"size": 128, "quality": None}, "was made with size 64, quality 90: "),
        ({"most": 2}, "was made with most 3: "),
    ],
)
def test_a_folder_of_other_options_is_refused(plan, whole, changes, told):
    before = tree(whole)
    with pytest.raises(ComposeError, match=told):
        write_set(replace(plan, **changes), whole, 12)
    assert tree(whole) == before


def test_a_folder_of_another_bank_is_refused(plan, pack, whole, tmp_path):
    shutil.copytree(pack, tmp_path / "pack")
    rows = (tmp_path / "pack" / "entities.jsonl").read_text(encoding="utf-8").splitlines()
    (tmp_path / "pack" / "entities.jsonl").write_text("\n".join(rows[1:]), encoding="utf-8")
    with pytest.raises(ComposeError, match="was made with packs"):
        write_set(replace(plan, packs=(tmp_path / "pack",)), whole, 12)


def test_a_folder_of_something_else_is_refused(plan, tmp_path):
    (tmp_path / "train").mkdir()
    (tmp_path / "train" / "holiday.jpg").write_bytes(b"mine")
    with pytest.raises(ComposeError, match="holds files of something else: choose another --out"):
        write_set(plan, tmp_path, 2)
    (tmp_path / "train" / "holiday.jpg").unlink()
    (tmp_path / "train" / "compose.json").write_text("{", encoding="utf-8")
    with pytest.raises(ComposeError, match=r"compose.json is damaged"):
        write_set(plan, tmp_path, 2)


def test_a_place_that_cannot_be_written_is_named(plan, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LayoutError, match="file/out/train cannot be written: Not a directory"):
        write_set(plan, tmp_path / "file" / "out", 2)


def test_a_disk_that_fills_up_is_one_line_and_the_set_can_be_continued(plan, whole, tmp_path, monkeypatch):
    real, calls = composed_set.write_image, []

    def full(*arguments):
        calls.append(1)
        if len(calls) > 4:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*arguments)

    monkeypatch.setattr(composed_set, "write_image", full)
    with pytest.raises(LayoutError, match="the disk is full; what is written stands: make room, then call again"):
        write_set(plan, tmp_path, 12)
    monkeypatch.undo()
    counts = []
    write_set(plan, tmp_path, 12, 1, counts.append)
    assert counts[0] == 4 and tree(tmp_path) == tree(whole)


def test_too_little_room_is_told_from_the_first_images(plan, whole, tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(composed_set.shutil, "disk_usage", lambda path: usage(10**9, 10**9, 3000))
    with pytest.raises(ComposeError, match=r"the rest needs about 0.0 GiB, 0.0 GiB are free; what is written stands"):
        write_set(plan, tmp_path, 12)
    assert len(list((tmp_path / "train" / "img_full").iterdir())) == 8
    monkeypatch.undo()
    write_set(plan, tmp_path, 12)
    assert tree(tmp_path) == tree(whole)


def test_a_pack_without_cutouts_leaves_no_folder_behind(plan, tmp_path):
    (tmp_path / "entities.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(BankError, match="no cut-outs"):
        write_set(replace(plan, packs=(tmp_path,)), tmp_path / "out", 2)
    assert not (tmp_path / "out").exists()


def test_test_holds_what_training_never_sees(plan, bank, tmp_path):
    write_set(replace(plan, split="test", quality=None), tmp_path, 4)
    seen = {entity.id for entity in bank.cutouts if entity.split == "train"}
    labels = split_labels(tmp_path, "test")
    assert labels and not {label.entity for label in labels} & seen
    assert (tmp_path / "test" / "img_full" / "000003.png").is_file()


def test_the_command_writes_and_prints_the_statistics(pack, tmp_path):
    arguments = ["--data", pack, "--out", tmp_path, "--images", 3, "--size", 64, "--workers", 1, "--png"]
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    assert "| RefMatte" in result.stdout and "| 47,500" in result.stdout
    assert json.loads((tmp_path / "train" / "statistics.json").read_text(encoding="utf-8"))["images"] == 3


def test_the_command_refuses_an_unknown_split_and_tells_a_stop(pack, tmp_path, monkeypatch):
    result = CliRunner().invoke(app, ["--data", str(pack), "--out", str(tmp_path), "--split", "val"])
    assert isinstance(result.exception, ComposeError)
    assert str(result.exception) == "'val' is not a split: choose train, test, val_seen, val_unseen"

    def stopped(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(composed_set, "write_set", stopped)
    result = CliRunner().invoke(app, ["--data", str(pack), "--out", str(tmp_path)])
    assert result.exit_code == 130 and "stands: call again to go on" in result.stderr


def test_the_commands_start_without_heavy_imports():
    code = "import json, sys, training.compose, training.statistics; print(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"torch", "cv2", "numpy", "PIL"} & set(json.loads(done.stdout))
