import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from clipmat import weights
from clipmat.certainty import PresenceScale
from clipmat.predictions import Prediction
from tests import tiny_systems
from training import TrainingError
from training.evaluate import evaluate
from training.report.judging import judge
from training.report.runs import read_run
from training.report.tables import summarise
from training.report.testsets import sample_sets

ROOT = Path(__file__).parents[2]


def answer(sample, matte, presence=0.9):
    certainty = PresenceScale(0.5, 0.5).certainty(presence, matte)
    return Prediction(sample.expression, matte, matte.astype(np.uint8).copy, presence, certainty, {})


def measured(pack, **options):
    evaluate(**{"data": [pack], "count": 4, "device": "cpu", "precision": "float32", **options})


def figures(text, name):
    """The line of a row, cells by the head above it."""
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| ")]
    return next(dict(zip(lines[0], line, strict=False)) for line in lines if line[0] == name)


def test_the_truth_scores_perfectly_and_nothing_scores_nothing(bank):
    results, blanks = [], []
    for name, samples in sample_sets(bank.select("val_seen"), 12, 3).items():
        for sample in samples:
            results.append(judge(name, sample, answer(sample, sample.matte, 0.9 if sample.present else 0.1)))
            blanks.append(judge(name, sample, answer(sample, sample.matte * 0, 0.1)))
    rows = {r.name: r for r in summarise(results)}
    assert {"photos/val_seen", "composites/val_seen", "mosaics/val_seen"} <= set(rows)
    for name, row in rows.items():
        assert row.right == 1 and row.per_image["MAD"] == 0 and row.missed == 0, name
    assert "photos/val_seen, matching nothing" in rows
    blank = {r.name: r for r in summarise(blanks)}
    assert blank["photos/val_seen"].right == 0 and blank["photos/val_seen"].missed == 1
    assert blank["photos/val_seen, matching nothing"].right == 1


def test_a_wrong_object_is_counted_as_wrong(bank):
    samples = [s for s in sample_sets(bank, 40, 1)["composites/val_seen"] if s.others and s.matte.any()]
    wrong = [judge("composites/val_seen", s, answer(s, s.others[0])) for s in samples if s.others[0].max() > 0.9]
    assert wrong and not any(r.right for r in wrong)


def test_a_run_is_printed_kept_and_looked_at(pack, tmp_path, capsys):
    measured(pack, out=tmp_path, save_mattes=True, sheet=3, transition=True)
    printed = capsys.readouterr().out
    kept, run = (tmp_path / "table.md").read_text(encoding="utf-8"), read_run(tmp_path)
    photos = [r for r in run.results if r.set == "photos/val_seen" and not r.negative]
    for text in (printed, kept):
        row = figures(text, "photos/val_seen")
        assert float(row["MAD"]) == pytest.approx(np.mean([r.errors["MAD"] for r in photos]), abs=6e-5)
        assert float(row["right object"]) == pytest.approx(np.mean([r.right for r in photos]), abs=6e-4)
        assert float(row["MP"]) == 0.018 and row["MAD trans. (E)"] and "| threshold |" in text
    _, card = weights.load("compact")
    assert "Over photos/val_seen:" in kept and "seed 7" in kept and run.made_with["presence"] == asdict(card.presence)
    content = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert [row["samples"] for row in content["rows"] if row["set"] == "photos/val_seen" and not row["group"]] == [16]
    mattes = sorted((tmp_path / "mattes").rglob("*.png"), key=lambda path: path.name)
    assert [int(path.name[:5]) for path in mattes] == list(range(len(run.results)))
    for path, result in zip(mattes, run.results, strict=True):
        assert path.parent == tmp_path / "mattes" / result.set
        with Image.open(path) as matte:
            assert matte.size == (result.width, result.height)
            assert np.asarray(matte).max() > 127 or result.certainty == "none"
    for name in ("best", "worst", "random"):
        assert cv2.imread(str(tmp_path / f"sheet-{name}.png")).shape[2] == 3


def test_a_later_run_is_laid_beside_the_earlier_one(pack, tmp_path, capsys):
    earlier, later, sides = tmp_path / "a", tmp_path / "b", tmp_path / "sides"
    measured(pack, out=earlier, sheet=0, limit=6)
    measured(pack, out=later, sheet=0, limit=4, compare=[earlier])
    kept = (later / "comparison.md").read_text(encoding="utf-8")
    assert kept in capsys.readouterr().out and not list(tmp_path.rglob("sheet-*"))
    assert f"compact ({earlier})" in kept and "compact (this run)" in kept, "one name would be two runs"
    assert "+0.0000 ± 0.0000" in kept, "same weights, same mattes"
    evaluate(compare=[later, earlier], out=sides)
    assert os.listdir(sides) == ["comparison.md"]


def test_a_broken_image_stops_the_run_and_nothing_is_kept(pack, tmp_path):
    shutil.copytree(pack, tmp_path / "pack")
    row = json.loads((tmp_path / "pack/photos.jsonl").read_text(encoding="utf-8").splitlines()[20])
    (tmp_path / "pack/photos" / row["file"]).write_bytes(b"\x89PNG but no more")
    with pytest.raises(TrainingError, match=f"{row['file']} cannot be read"):
        measured(tmp_path / "pack", out=tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_full_disk_is_told_before_the_long_part(pack, tmp_path, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TrainingError, match="cannot be written .No space left on device.: make room"):
        measured(pack, out=tmp_path / "out", weights="would be refused later")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"data": None}, "there is nothing to measure: give --data, or --compare twice"),
        ({"save_mattes": True}, "--save-mattes needs --out"),
        ({"setting": "nouns"}, "setting 'nouns' is not known"),
        ({"compare": [Path("nowhere")]}, "nowhere holds no results to compare"),
        ({"data": [Path("nowhere")]}, "nowhere is not a folder"),
    ],
)
def test_a_mistake_is_named(pack, options, words):
    with pytest.raises(TrainingError, match=words):
        measured(pack, **options)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--weights", "nowhere.pt"], "there is no file nowhere.pt"),
        (["--weights", "pyproject.toml"], "pyproject.toml"),
    ],
)
def test_the_command_says_it_in_one_line(pack, options, words):
    command = [sys.executable, "-m", "training.evaluate", "--data", str(pack), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and words in done.stderr and "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1 and done.stdout == ""


def test_the_command_prints_the_table_on_stdout_and_nothing_else_on_stderr(pack):
    command = [sys.executable, "-m", "training.evaluate", "--data", str(pack), "--count", "2", "--limit", "2"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    assert done.returncode == 0 and done.stderr == ""
    assert figures(done.stdout, "photos/val_seen, matching nothing")["samples"] == "1"


def test_help_is_quick_for_it_imports_nothing_heavy():
    code = "import sys, training.evaluate, training.ablate; print({'torch', 'cv2', 'PIL', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "set()"


def test_another_system_is_measured_as_ours_is_with_the_checksums_of_its_weights(pack, tmp_path):
    folder = tiny_systems.clipseg(tmp_path / "tiny")
    refiner = tiny_systems.vitmatte(tmp_path / "edges")
    measured(pack, weights=f"{folder}+{refiner}", out=tmp_path / "out", sheet=0)
    made_with = json.loads((tmp_path / "out" / "results.json").read_text())["made_with"]
    checksum = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    assert (made_with["weights"], made_with["sha256"], made_with["edges"]) == (str(folder), checksum, str(refiner))
    assert "composites" in (tmp_path / "out" / "table.md").read_text()


def test_a_system_without_words_is_asked_for_the_main_subject_in_place_of_each_expression(pack, tmp_path, capsys):
    file = tiny_systems.aimnet(tmp_path / "aimnet")
    measured(pack, weights=str(file), out=tmp_path / "out", sheet=0, count=2)
    made_with = json.loads((tmp_path / "out" / "results.json").read_text())["made_with"]
    checksum = hashlib.sha256(file.read_bytes()).hexdigest()
    assert (made_with["sha256"], made_with["asked"]) == (checksum, "the main subject")
    assert "knows no words" in capsys.readouterr().err
