"""The script for a GPU, on the CPU with sizes that take seconds: it measures what it says, and ends in time."""

import json

import pytest
import torch

from tests.benchmarks import gpu

SMALL = [
    "--device",
    "cpu",
    "--sizes",
    "0.1",
    "--precisions",
    "float32",
    "bfloat16",
    "--together",
    "2",
    "--images",
    "3",
    "--rounds",
    "1",
]


def test_everything_is_measured_and_written(tmp_path, monkeypatch):
    monkeypatch.setenv("RIM_EDITOR_HOME", str(tmp_path / "home"))
    before = torch.get_num_threads()
    assert gpu.main([*SMALL, "--variants", "--out", str(tmp_path)]) == 0
    assert torch.get_num_threads() == before
    found = json.loads((tmp_path / "gpu.json").read_text())
    assert found["left_out"] == [] and "compiled" not in found
    same, half = found["agreement"]
    assert same["precision"] == "float32" and same["most"] == same["mean"] == 0 and same["within"]
    assert half["precision"] == "bfloat16" and 0 < half["mean"] < 0.01 and half["most"] >= half["mean"]
    for row in found["expressions"]:
        assert 0 < row["second_ms"] < row["first_ms"] * 3 and row["peak_mib"] is None
    assert {row["what"] for row in found["batches"]} == {"2 images", "2 expressions"}
    rates = [row["images_per_second"] for row in found["exports"]]
    assert len(rates) >= 3 and min(rates) > 0 and all(row["images"] == 3 for row in found["exports"])
    text = (tmp_path / "gpu.md").read_text()
    assert "| megapixels | precision | most |" in text and "## Exports" in text and "did not suffice" not in text


def test_it_ends_when_its_minutes_are_over(tmp_path):
    assert gpu.main([*SMALL, "--variants", "--out", str(tmp_path), "--minutes", "0"]) == 0
    found = json.loads((tmp_path / "gpu.json").read_text())
    assert found["left_out"] == ["agreement", "expressions", "batches", "exports"]
    assert len(found["agreement"]) == len(found["exports"]) == 1
    assert "The minutes did not suffice" in (tmp_path / "gpu.md").read_text()


def test_without_a_gpu_it_says_so(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SystemExit):
        gpu.main(["--out", str(tmp_path)])
    assert "no NVIDIA GPU" in capsys.readouterr().err
