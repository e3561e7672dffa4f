import json
import subprocess
from types import SimpleNamespace

import pytest
import typer

from training import TrainingError
from training import ablate as ablation
from training.fitting.settings import read_settings
from training.report.tables import ReportRow
from training.train import app as train

NUMBERS = {"none": 22.88, "TSP": 18.28, "TSP + MDE": 14.55, "TSP + MDE + pre": 11.48, "TSP + MDE + post": 12.96}
NUMBERS["all"] = 9.91
"""The SAD of the paper's table 4."""


def row(sad, group="", value=""):
    means = {"SAD": sad, "MSE": sad / 1000, "MAD": sad / 500}
    return ReportRow("composites/val_seen", group, value, 10, 10, 10, 0.1, means, means, 0.5, 0.25, 0.1, 0.2)


@pytest.fixture
def trained(monkeypatch):
    """Training replaced: the commands that would have run."""
    commands = []

    def done(command, check):
        commands.append(command)
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(subprocess, "run", done)
    return commands


def options(command):
    """The command's options as train's own parser reads them."""
    parser = typer.main.get_command(train)
    return parser.make_context("train", command[3:]).params


def test_the_six_rows_are_trained_with_one_budget_and_their_own_switches(pack, tmp_path, trained, monkeypatch):
    monkeypatch.setattr(ablation, "_measured", lambda weights, *_: [row(1), row(2, "form", "basic")])
    ablation.ablate([pack], out=tmp_path, count=8)
    read = [options(command) for command in trained]
    assert len({json.dumps({**o, "out": "", "overrides": ""}, default=str) for o in read}) == 1, "one budget"
    assert len({o["out"] for o in read}) == 6
    networks = [read_settings(ablation.CONFIG, o["overrides"]).network for o in read]
    switched = [(n.popup, n.details, n.pre_context, n.post_context) for n in networks]
    assert switched == [
        (False, False, False, False),
        (True, False, False, False),
        (True, True, False, False),
        (True, True, True, False),
        (True, True, False, True),
        (True, True, True, True),
    ]
    kept = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert list(kept) == list(NUMBERS) and [r["group"] for r in kept["all"]] == ["", "form"]


def test_the_table_has_a_line_for_each_row_and_set_as_the_paper_prints_it():
    text = ablation.markdown({name: [row(sad), row(1, "kind", "human")] for name, sad in NUMBERS.items()})
    head, _, *lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()]
    read = [dict(zip(head, line, strict=True)) for line in lines]
    assert {r["modules"]: float(r["SAD"]) for r in read} == NUMBERS and len(read) == 6
    assert read[-1]["MSE"] == "0.0099" and read[-1]["SAD (E)"] == "9.91" and read[-1]["right object"] == "0.250"


def test_a_training_that_stops_stops_the_ablation_and_names_its_row(pack, tmp_path, monkeypatch):
    monkeypatch.setattr(ablation, "_measured", lambda *_: [row(1)])
    codes = iter((0, 3))
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=next(codes)))
    with pytest.raises(TrainingError, match="the row 'TSP' stopped with 3: see above, then call again"):
        ablation.ablate([pack], out=tmp_path)
    assert list(json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))) == ["none"]


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_trained(pack, tmp_path, trained):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(TrainingError, match="cannot be written"):
        ablation.ablate([pack], out=tmp_path / "file" / "out")
    assert trained == []
