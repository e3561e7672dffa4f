import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from clipmat.predictor import Prediction
from training.evaluate import judge, markdown, photo_samples, sample_sets, summarise

ROOT = Path(__file__).parents[2]


def answer(sample, matte, presence=0.9):
    present = presence >= 0.5
    return Prediction(sample.expression, matte if present else matte * 0, matte.astype(np.uint8), presence, present, {})


def test_the_truth_scores_perfectly_and_nothing_scores_nothing(bank):
    results, blanks = [], []
    for name, samples in sample_sets(bank.select("val_seen"), 12, 3).items():
        if not name.endswith("/val_seen"):
            continue
        for sample in samples:
            negative = sample.form == "negative"
            results.append(judge(name, sample, answer(sample, sample.matte, 0.1 if negative else 0.9)))
            blanks.append(judge(name, sample, answer(sample, sample.matte * 0, 0.1)))
    rows = {r.name: r for r in summarise(results)}
    assert {"photos/val_seen", "composites/val_seen", "mosaics/val_seen"} <= set(rows)
    for name, row in rows.items():
        assert row.right == 1 and row.mad == 0 and row.missed == 0, name
    assert "photos/val_seen, matching nothing" in rows
    blank = {r.name: r for r in summarise(blanks)}
    assert blank["photos/val_seen"].right == 0 and blank["photos/val_seen"].missed == 1
    assert blank["photos/val_seen, matching nothing"].right == 1


def test_a_wrong_object_is_counted_as_wrong(bank):
    samples = [
        s for s in sample_sets(bank.select("val_seen"), 40, 1)["composites/val_seen"] if s.others and s.matte.any()
    ]
    wrong = [judge("composites/val_seen", s, answer(s, s.others[0])) for s in samples if s.others[0].max() > 0.9]
    assert wrong and not any(r.right for r in wrong)


def test_photographs_are_asked_for_what_is_and_what_is_not_there(bank):
    samples = list(photo_samples(bank.select("val_seen"), 0))
    assert {s.form for s in samples} == {"keyword", "negative"}
    assert all(s.matte.any() == (s.form == "keyword") for s in samples)


def test_the_table_has_a_line_a_row(bank):
    sample = next(photo_samples(bank, 0))
    rows = summarise([judge("photos/val_seen", sample, answer(sample, sample.matte))])
    assert markdown(rows).count("\n") == 2 + len(rows)


@pytest.mark.parametrize("weights", ["nowhere.pt"])
def test_the_command_names_a_mistake_in_one_line(pack, weights):
    command = [sys.executable, "-m", "training.evaluate", "--data", str(pack), "--weights", weights]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "there is no file nowhere.pt" in done.stderr and "Traceback" not in done.stderr


def test_the_command_writes_table_results_and_sheet(pack, tmp_path):
    command = [sys.executable, "-m", "training.evaluate", "--data", str(pack), "--count", "6", "--device", "cpu",
               "--precision", "float32", "--out", str(tmp_path / "out")]  # fmt: skip
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    assert done.returncode == 0, done.stderr
    assert "| photos/val_seen |" in done.stdout
    assert json.loads((tmp_path / "out/results.json").read_text())
    assert (tmp_path / "out/sheet.png").stat().st_size > 1000
