"""`rim-editor reset`: lists, asks, removes what the program made for itself, and nothing that the user made."""

import io
import sys
from pathlib import Path

import pytest

from rim_editor import settings

OURS = {
    "settings.json": "{}",
    "settings.damaged-0a.json": "x",
    "presets.json": "{}",
    "backgrounds/1.png": "x",
    "window.ini": "x",
    "rim-editor.log": "x",
    "rim-editor.log.1": "x",
}
THEIRS = ("recovery/1-2/a.1/state.json", "notes.txt", "holiday.rim", "settings.json.bak")


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    monkeypatch.setenv("RIM_EDITOR_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda *_, **__: str(tmp_path / "cache" / "rim-editor"))
    monkeypatch.setattr("platformdirs.user_data_dir", lambda *_, **__: str(tmp_path / "data"))
    return tmp_path


@pytest.fixture
def filled(folders):
    for name in (*OURS, *THEIRS):
        path = folders / "home" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(OURS.get(name, "the user's"))
    for path in (folders / "cache" / "rim-editor" / "words.txt", folders / "data" / "weights" / "mine.safetensors"):
        path.parent.mkdir(parents=True)
        path.write_text("x" * 200_000)
    return folders


def files(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_it_lists_all_and_removes_its_own(run, filled):
    code, out, err = run("reset", "--yes")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert sum(line.startswith("remove ") for line in lines) == 8 and lines[-1] == "Removed."
    assert any(line.startswith("remove cache: ") and line.endswith("(0.2 MB)") for line in lines)
    assert [line.split(":")[0] for line in lines if line.startswith("keep ")] == [
        "keep   unsaved work",
        "keep   own weights",
    ]
    assert files(filled / "home") == set(THEIRS)
    assert not (filled / "cache" / "rim-editor").exists() and (filled / "data" / "weights").exists()
    assert run("reset") == (0, out_of_nothing(filled), "")


def out_of_nothing(filled):
    kept = (filled / "home" / "recovery", filled / "data" / "weights")
    names = ("unsaved work", "own weights")
    sizes = ("0.0 kB", "0.2 MB")
    lines = [f"keep   {name}: {path} ({size})" for name, path, size in zip(names, kept, sizes, strict=True)]
    return "\n".join(["There are no settings, caches or logs to remove.", *lines]) + "\n"


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 130), ("\n", 130), ("", 130)])
def test_it_asks_first(run, filled, monkeypatch, answer, code):
    before = files(filled)
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    assert run("reset")[0] == code
    assert (files(filled) == before) is (code != 0)


def test_an_open_window_keeps_its_settings(run, filled, monkeypatch):
    before = files(filled)
    monkeypatch.setattr("rim_editor.ui.single_instance.is_open", lambda: True)
    code, out, err = run("reset", "--yes")
    assert code == 2 and "close it first" in err and files(filled) == before


def test_a_first_start_has_nothing_to_remove(run, folders):
    code, out, err = run("reset")
    assert (code, out, err) == (0, "There are no settings, caches or logs to remove.\n", "")
    assert not (folders / "home").exists()


def test_what_a_link_leads_to_stays(run, folders):
    elsewhere = folders / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious.txt").write_text("x")
    (folders / "home").mkdir()
    (folders / "cache").mkdir()
    try:
        (folders / "home" / "backgrounds").symlink_to(elsewhere, target_is_directory=True)
        (folders / "cache" / "rim-editor").symlink_to(elsewhere, target_is_directory=True)
    except OSError:
        pytest.skip("this system makes no links")
    code, out, err = run("reset", "--yes")
    assert (code, err) == (0, "") and out.count("remove ") == 2
    assert files(elsewhere) == {"precious.txt"}
    assert not (folders / "home").exists(), "it was empty then"


def test_what_cannot_be_deleted_is_named(run, filled, monkeypatch):
    def fails(self, missing_ok=False):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "unlink", fails)
    code, out, err = run("reset", "--yes")
    assert code == 2 and "settings.json" in err and "permissions" in err and "Removed" not in out


def test_the_log_is_where_the_platform_has_logs_unless_the_user_chose(folders, monkeypatch):
    assert settings.log_file() == folders / "home" / "rim-editor.log"
    monkeypatch.delenv("RIM_EDITOR_HOME")
    if sys.platform == "linux":
        monkeypatch.setenv("XDG_STATE_HOME", str(folders / "state"))
        assert settings.log_file() == folders / "state" / "rim-editor" / "log" / "rim-editor.log"
    assert settings.log_file().is_absolute() and settings.log_file().name == "rim-editor.log"
