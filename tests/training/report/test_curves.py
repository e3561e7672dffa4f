"""Curves: a run's log becomes a picture; a log that is not there is a mistake that is named."""

import json

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from training import TrainingError
from training.report.curves import app, read_log, smoothed


def write_log(folder, steps, **more):
    folder.mkdir()
    rows = [
        {"step": s, "loss": 5 / s, "matte": 3 / s, "trimap": 2 / s, "rate": 1e-3, "samples/s": 9.0, **more}
        for s in steps
    ]
    (folder / "log.jsonl").write_text("\n".join(json.dumps(row) for row in rows) + "\n", encoding="utf-8")


def test_two_runs_in_a_row_are_drawn(tmp_path):
    write_log(tmp_path / "a", range(1, 60))
    write_log(tmp_path / "b", range(1, 30), **{"val/iou": 0.5})
    out = tmp_path / "curves.png"
    done = CliRunner().invoke(app, [str(tmp_path / "a"), str(tmp_path / "b"), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "88 steps" in done.output
    with Image.open(out) as image:
        pixels = np.asarray(image.convert("RGB"))
    assert pixels.shape[1] > 800 and (pixels < 128).any(axis=2).mean() > 0.005


def test_a_step_that_was_done_again_counts_once(tmp_path):
    write_log(tmp_path / "run", [1, 2, 3, 2, 3, 4])
    assert [row["step"] for row in read_log(tmp_path / "run")] == [1, 2, 3, 4]


def test_no_log_is_named(tmp_path):
    with pytest.raises(TrainingError, match="no log of a run"):
        read_log(tmp_path)


def test_the_average_of_a_constant_is_that_constant():
    np.testing.assert_allclose(smoothed([2.0] * 30, 10), 2.0)
    assert smoothed([1.0, 5.0, 2.0], 1) == [1.0, 5.0, 2.0]
