"""The house's own rules: linted, formatted, typed, and a README that keeps its promises."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("tool", [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]], ids=" ".join)
def test_lint_and_types(tool):
    done = subprocess.run([sys.executable, "-m", *tool], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_readme_gives_each_dependency_a_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = project["dependencies"] + [d for extra in project["optional-dependencies"].values() for d in extra]
    reasons = (ROOT / "README.md").read_text(encoding="utf-8").split("## Dependencies")[1]
    missing = [d for d in named if re.split(r"[<>=!~ ]", d)[0] not in reasons]
    assert not missing


def test_every_file_that_the_readme_shows_is_there():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    linked = re.findall(r"\]\(([^)]+)\)", text) + re.findall(r"resources/\S+?\.(?:jpg|png)", text)
    assert linked and not [path for path in linked if not (ROOT / path).exists()]


def test_nothing_that_is_committed_is_larger_than_32_mib():
    large = [p for p in (ROOT / "resources").rglob("*") if p.is_file() and p.stat().st_size > 32 * 2**20]
    assert not large
