"""Reports of a run: the log survives a kill, TensorBoard reads what is written, the terminal says what counts."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from training import TrainingError
from training.fitting import progress
from training.fitting.progress import StepReport, log_listener, progress_listeners
from training.fitting.validation import Validation

CPU = torch.device("cpu")


def report(step, validation=None):
    losses = {"matte": 0.5 / step, "trimap": 0.1234567890123}
    return StepReport(step, losses, 1e-3, samples=12, seconds=2.0, waited=0.5, validation=validation)


def rows(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_line_a_step_with_every_digit(tmp_path):
    listener = log_listener(tmp_path / "log.jsonl", 0)
    listener(report(1))
    listener(report(2, Validation(0.75, ())))
    one, two = rows(tmp_path / "log.jsonl")
    assert one["trimap"] == 0.1234567890123 and one["loss"] == 0.5 + 0.1234567890123
    assert (one["samples/s"], one["waited"], one["rate"]) == (6.0, 0.25, 1e-3)
    assert "val IoU" not in one and two["val IoU"] == 0.75


def test_steps_that_will_come_again_leave_the_log_and_a_torn_line_does(tmp_path):
    path = tmp_path / "log.jsonl"
    listener = log_listener(path, 0)
    for step in range(1, 6):
        listener(report(step))
    with path.open("a") as file:
        file.write('{"step": 6, "lo')
    again = log_listener(path, 3)
    assert [row["step"] for row in rows(path)] == [1, 2, 3]
    again(report(4))
    assert [row["step"] for row in rows(path)] == [1, 2, 3, 4]
    log_listener(path, 0)
    assert path.read_text() == "", "a fresh run begins a fresh log"


def test_a_full_disk_is_one_line(tmp_path):
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    listener = log_listener(tmp_path / "log.jsonl", 0)
    (tmp_path / "log.jsonl").unlink()
    (tmp_path / "log.jsonl").symlink_to("/dev/full")
    with pytest.raises(TrainingError, match=r"log\.jsonl cannot be written \(No space left on device\): make room"):
        listener(report(1))


def test_tensorboard_reads_scalars_and_mattes(tmp_path):
    event_accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    panel = np.zeros((20, 60, 3), np.uint8)
    panel[:, 40:] = 255
    with progress_listeners(tmp_path, 0, 2, CPU, True) as listener:
        listener(report(1))
        listener(report(2, Validation(0.75, (panel,))))
    read = event_accumulator.EventAccumulator(str(tmp_path / "tensorboard"))
    read.Reload()
    losses = [(e.step, round(e.value, 5)) for e in read.Scalars("loss/matte")]
    assert losses == [(1, 0.5), (2, 0.25)]
    assert read.Scalars("val/IoU")[0].value == 0.75
    assert read.Scalars("run/waited for data")[0].value == 0.25
    image = read.Images("val/0: image, truth, matte")[0]
    assert (image.width, image.height, image.step) == (60, 20, 2)


def test_without_tensorboard_a_run_says_so_and_goes_on_unless_it_was_asked_for(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(progress, "find_spec", lambda name: None)
    with progress_listeners(tmp_path, 0, 1, CPU, None) as listener:
        listener(report(1))
    assert "no TensorBoard: `pip install tensorboard`" in capsys.readouterr().out
    assert not (tmp_path / "tensorboard").exists()
    with (
        pytest.raises(TrainingError, match="TensorBoard is not installed"),
        progress_listeners(tmp_path, 0, 1, CPU, True),
    ):
        pass


def test_elsewhere_than_on_a_terminal_lines_are_plain_and_few(tmp_path, capsys):
    with progress_listeners(tmp_path, 0, 45, CPU, False) as listener:
        for step in range(1, 46):
            listener(report(step, Validation(0.5, ()) if step == 30 else None))
    lines = [line for line in capsys.readouterr().out.splitlines() if "samples/s" in line]
    assert [line.split()[0] for line in lines] == ["20/45", "30/45", "40/45", "45/45"]
    assert "6.0 samples/s, waited for data 25%, CPU" in lines[0] and "left" in lines[0]
    assert "val IoU 0.5000" in lines[1] and "val" not in lines[2]


def test_a_terminal_gets_one_live_line(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "140")
    with progress_listeners(tmp_path, 10, 45, CPU, False) as listener:
        for step in range(11, 46):
            listener(report(step, Validation(0.5, ()) if step == 30 else None))
    out = capsys.readouterr().out
    assert "45/45" in out and "6.0 samples/s, waited for data 25%" in out and "30/45 val IoU 0.5000" in out
