"""A packed run: small enough, and it trains and exports with nothing but its own folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clipmat import weights
from training.pack_run import app

TINY = """variant = "compact"
precision = "32-true"
[[phases]]
steps = 1000
sizes = [[64, 64]]
batch = 2
frozen_stages = -1
"""


@pytest.fixture(scope="module")
def packed(pack, tmp_path_factory):
    root = tmp_path_factory.mktemp("run")
    (root / "tiny.toml").write_text(TINY)
    line = ["--data", str(pack), "--out", str(root / "carried"), "--mib", "46", "--side", "64", "--workers", "2"]
    done = CliRunner().invoke(app, [*line, "--config", str(root / "tiny.toml")])
    assert done.exit_code == 0, done.output
    return root / "carried", done.stdout


def test_everything_is_in_the_folder_and_within_the_limit(pack, packed):
    folder, shown = packed
    sizes = [file.stat().st_size for file in folder.rglob("*") if file.is_file()]
    assert sum(sizes) < 46 * 2**20 and f"{sum(sizes) / 2**20:.1f} MiB" in shown
    assert f"{pack.name}: 16 of 16 photos" in shown
    assert max(sizes) <= 15 * 2**20
    assert not list(folder.glob("code/resources/weights/*.safetensors"))


def test_it_trains_by_the_clock_and_brings_weights_back(packed, tmp_path):
    folder, _ = packed
    moved = tmp_path / "elsewhere"
    folder.rename(moved)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": "", "OMP_NUM_THREADS": "1"}
    line = ["sh", str(moved / "run.sh"), "0.5", "results", "--accelerator", "cpu", "--set", "seed = 3"]
    done = subprocess.run(line, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    files = sorted(file.name for file in (tmp_path / "results").iterdir())
    assert files[0] == "log.jsonl" and len(files) == 5
    trained, card = weights.load(tmp_path / "results" / "trained.safetensors.index.json")
    assert card.config == weights.load("compact")[1].config
    rates = [json.loads(row)["rate"] for row in (tmp_path / "results" / "log.jsonl").read_text().splitlines()]
    assert rates and f"step {len(rates)}" in card.note


def test_mistakes_are_named(pack, tmp_path):
    def mistake(*more):
        done = CliRunner().invoke(app, ["--data", str(pack), "--out", str(tmp_path / "out"), *map(str, more)])
        return str(done.exception)

    assert "allow more with --mib" in mistake("--mib", 20)
    assert "is there already" in mistake("--mib", 20)
    two = tmp_path / "two.toml"
    two.write_text(TINY + "[[phases]]\nsteps = 2\nsizes = [[64, 64]]\nbatch = 1\n")
    assert "has 2 phases" in mistake("--config", two)
