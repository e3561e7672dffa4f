"""`rim-editor models` from outside: what it lists, and fetching."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from clipmat.errors import FetchFailed
from rim_editor import matting


@dataclass(frozen=True)
class Info:
    name: str
    description: str
    path: Path | None
    bytes: int | None
    licence: str
    state: str
    remedy: str


LISTED = (
    Info(
        "compact",
        "small and quick",
        Path("/weights/compact.safetensors"),
        23_400_000,
        "Apache-2.0",
        "ready",
        "",
    ),
    Info("vit-b-16", "as the paper", None, None, "MIT", "missing", "fetch it: rim-editor models fetch vit-b-16"),
)


def test_models_lists_what_there_is(run, monkeypatch):
    monkeypatch.setattr(matting, "catalogue", lambda: LISTED)
    code, out, err = run("models")
    assert (code, err) == (0, "")
    for text in (
        "compact",
        "23 MB",
        "Apache-2.0",
        "/weights/compact.safetensors",
        "missing",
        "models fetch vit-b-16",
    ):
        assert text in out


def test_models_as_json(run, monkeypatch):
    monkeypatch.setattr(matting, "catalogue", lambda: LISTED)
    compact, other = json.loads(run("models", "--json")[1])
    assert compact == {
        "name": "compact",
        "description": "small and quick",
        "path": "/weights/compact.safetensors",
        "bytes": 23_400_000,
        "licence": "Apache-2.0",
        "state": "ready",
        "remedy": "",
    }
    assert (other["path"], other["state"]) == (None, "missing")


@pytest.mark.parametrize("total", [None, 100])
def test_fetch(run, monkeypatch, total):
    def fetch(name, progress):
        for done in (0, 50, 100):
            progress(done, total)
        return Path("/weights") / name

    monkeypatch.setattr(matting, "fetch", fetch)
    code, out, err = run("models", "fetch", "vit-b-16", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out) == {"name": "vit-b-16", "path": "/weights/vit-b-16"}
    assert "vit-b-16 is fetched: /weights/vit-b-16" in run("models", "fetch", "vit-b-16")[1]


def test_a_failed_fetch(refused, run, monkeypatch):
    def fetch(name, progress):
        raise FetchFailed("the download broke off: try again,\nnothing was kept.")

    monkeypatch.setattr(matting, "fetch", fetch)
    refused(run("models", "fetch", "vit-b-16"), 2, "broke off: try again, nothing was kept")


def test_other_systems_are_listed_with_size_licence_state_and_remedy(run, monkeypatch, tmp_path):
    monkeypatch.setattr("clipmat.weights_catalogue.user_folder", lambda: tmp_path)
    clipseg = next(info for info in json.loads(run("models", "--json")[1]) if info["name"] == "clipseg")
    assert (clipseg["state"], clipseg["licence"], clipseg["path"]) == ("missing", "Apache-2.0", None)
    assert clipseg["bytes"] > 5e8 and "rim-editor models fetch clipseg" in clipseg["remedy"]
    assert "clipseg: missing, 603 MB, Apache-2.0" in run("models")[1]
