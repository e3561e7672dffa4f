"""The house's own rules: linted, formatted, typed, and a README that keeps its promises."""

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import rim_editor
from rim_editor.commands.cli import main

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
    assert linked and not [path for path in linked if not (ROOT / path.split("#")[0]).exists()]


def test_nothing_that_is_committed_is_larger_than_32_mib():
    large = [p for p in (ROOT / "resources").rglob("*") if p.is_file() and p.stat().st_size > 32 * 2**20]
    assert not large


def test_every_place_that_shows_the_version_agrees(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"rim-editor {rim_editor.__version__}\n"
    assert importlib.metadata.version("rim-editor") == rim_editor.__version__, "pip install the project again"
    assert f"\nversion: {rim_editor.__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    released = re.findall(r"^## (\d\S*) - \d{4}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert released[0] == rim_editor.__version__


@pytest.mark.parametrize("page", [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")], ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
    assert not [link for link in links if "://" not in link and not (page.parent / link).exists()]
