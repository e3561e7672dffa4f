"""The command: train, measure and merge the refiner."""

import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from clipmat.predictor import Predictor
from clipmat.weights_catalogue import locate
from training import refine
from training.export import app as export_app

ROOT = Path(__file__).parents[2]


def test_train_measure_and_merge_by_command(pack, tmp_path):
    run = CliRunner()
    done = run.invoke(refine.app, ["train", "--data", str(pack), "--out", str(tmp_path), "--steps", "1"])
    assert done.exit_code == 0, done.output
    assert "step 1: loss" in done.output
    weights_of_it = tmp_path / "refiner.safetensors"
    options = ["--data", str(pack), "--refiner", str(weights_of_it), "--count", "1", "--factor", "4", "--unseen"]
    done = run.invoke(refine.app, ["measure", *options, "--no-closed-form", "--out", str(tmp_path / "seen")])
    assert done.exit_code == 0, done.output
    assert "| 4 | refiner |" in done.output and len(list((tmp_path / "seen").glob("4x_*.png"))) == 1
    bundled, _ = locate("compact")
    both = tmp_path / "both.safetensors"
    done = run.invoke(export_app, [str(bundled), str(both), "--refiner", str(weights_of_it)])
    assert done.exit_code == 0, done.output
    predictor = Predictor.load(both, device="cpu")
    assert predictor.card.config.refiner


def test_a_users_mistake_is_one_line(tmp_path):
    command = [sys.executable, "-m", "training.refine", "train", "--data", str(tmp_path), "--out", str(tmp_path / "o")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "is not an entity bank" in done.stderr and "Traceback" not in done.stderr
