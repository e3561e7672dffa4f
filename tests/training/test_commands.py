"""Every training command tells how it is used, with an example that names itself."""

import importlib

import pytest
from typer.testing import CliRunner

COMMANDS = {
    "train": "training.train",
    "evaluate": "training.evaluate",
    "compose": "training.compose",
    "statistics": "training.statistics",
    "ablate": "training.ablate",
    "export": "training.export",
    "refine": "training.refine",
    "strands": "training.strands.__main__",
}


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_an_example(name):
    shown = CliRunner().invoke(importlib.import_module(COMMANDS[name]).app, ["--help"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0
    assert "Example" in shown.output and f"python -m training.{name}" in shown.output


@pytest.mark.parametrize("name", COMMANDS)
def test_an_unknown_option_is_one_of_the_users_mistakes(name):
    shown = CliRunner().invoke(importlib.import_module(COMMANDS[name]).app, ["--no-such-option"])
    assert shown.exit_code == 2 and "Traceback" not in shown.output
