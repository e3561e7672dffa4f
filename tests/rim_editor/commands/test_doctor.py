"""`rim-editor doctor`: whole, to be pasted, without the user's name; what is broken is a line and no crash."""

import json
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from PIL import features

import rim_editor
from clipmat.errors import DeviceUnavailable
from rim_editor import matting, system_report


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """The user is called ann, and all that is hers is in her home."""
    folder = tmp_path / "homes" / "ann"
    folder.mkdir(parents=True)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(folder))
    for name in ("LOGNAME", "USER", "USERNAME"):
        monkeypatch.setenv(name, "ann")
    for name in list(os.environ):
        if name.startswith("XDG_"):
            monkeypatch.delenv(name)
    monkeypatch.delenv("RIM_EDITOR_HOME", raising=False)
    monkeypatch.setattr(matting, "device_reason", lambda device, precision: f"the {device}, for {precision} reasons")
    return folder


@pytest.fixture
def display(monkeypatch):
    """What the process that starts Qt answers: (exit code, stdout, stderr), or an error to raise."""
    answers = [(0, b'{"platform plugin": "xcb", "Qt": "6.1"}', b"")]

    def answer(command, **options):
        assert command[-2:] == ["doctor", "--display"]
        if isinstance(answers[-1], Exception):
            raise answers[-1]
        return subprocess.CompletedProcess(command, *answers[-1])

    monkeypatch.setattr(system_report.subprocess, "run", answer)
    return answers


def test_it_names_versions_device_memory_weights_codecs_display_and_places(run, display, home):
    code, out, err = run("doctor", "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert found["program"]["RIM Editor"] == rim_editor.__version__
    assert found["program"]["Python"].startswith(".".join(map(str, sys.version_info[:3])))
    assert found["libraries"]["torch"] == metadata.version("torch")
    assert found["model"]["device"].startswith("the auto, for auto reasons")
    assert "is whole" in found["model"]["weights"] and found["model"]["compact"].startswith("ready")
    assert " GiB" in found["system"]["memory"]
    assert found["codecs"]["WebP"] == features.version("webp")
    assert found["codecs"]["HEIC"].startswith("libheif")
    assert found["display"]["platform plugin"] == "xcb"
    assert set(found["places"]) == {"settings", "unsaved work", "log", "cache", "own weights"}
    assert "not there yet" in found["places"]["settings"]


def test_the_text_can_be_pasted_and_has_the_same(run, display):
    out = run("doctor")[1]
    found = json.loads(run("doctor", "--json")[1])
    lines = out.splitlines()
    assert lines[0] == "```text" and lines[-1] == "```"
    assert [line for line in lines if not line.startswith((" ", "`"))] == list(found)
    names = [name for facts in found.values() for name in facts]
    assert [line.strip().split("  ")[0] for line in lines if line.startswith("  ")] == names


def test_no_path_names_the_user(run, display, home, monkeypatch):
    elsewhere = home.parents[1] / "disk" / "ann" / "mine.safetensors"
    settings = home / "chosen" / "settings.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"weights": str(elsewhere)}))
    monkeypatch.setenv("RIM_EDITOR_HOME", str(settings.parent))
    display.append((1, b"", f"Qt: cannot read {home}/fonts\n".encode()))
    code, out, err = run("doctor")
    assert (code, err) == (0, "") and "ann" not in out.replace("cannot", "")
    assert f"~{os.sep}chosen" in out and "<user>" in out and "~/fonts" in out


def test_only_whole_names_of_folders_are_taken_for_the_user(home):
    assert system_report.without_user(f"{home} {home}/x") == "~ ~/x"
    assert system_report.without_user(f"{home}a/x") == f"{home}a/x"
    assert system_report.without_user("/mnt/ann/x /mnt/anna/x plan ann") == "/mnt/<user>/x /mnt/anna/x plan ann"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((2, b"", b"rim-editor: There is no display to open a window on"), "exit code 2: rim-editor: There is no"),
        ((-6, b"", b"could not connect to display :7"), "exit code -6: could not connect"),
        ((0, b"no JSON", b""), "cannot be found out"),
        (subprocess.TimeoutExpired("x", 60), "does not answer within"),
        (PermissionError(13, "Permission denied"), "Permission denied"),
    ],
)
def test_a_display_that_fails_is_a_line(run, display, answer, words):
    display.append(answer)
    code, out, err = run("doctor", "--json")
    assert (code, err) == (0, "") and words in json.loads(out)["display"]["window"]


def test_what_is_broken_or_missing_is_a_line(run, display, monkeypatch, home):
    def unavailable(*_):
        raise DeviceUnavailable("device 'cuda' cannot be used: no driver; use --device cpu")

    def no_library(*_):
        raise ImportError(f"{home}/lib/libtorch.so: undefined symbol")

    monkeypatch.setattr(matting, "device_reason", unavailable)
    monkeypatch.setattr(matting, "check", no_library)
    monkeypatch.setattr(features, "check", lambda name: name != "avif")
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    code, out, err = run("doctor", "--json")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert "no driver" in found["model"]["device"]
    assert "undefined symbol" in found["model"]["weights"] and "~/lib" in found["model"]["weights"]
    assert found["codecs"]["AVIF"] == "missing" and "ModuleNotFoundError" in found["codecs"]["HEIC"]


def test_damaged_settings_are_reported_beside_it(run, display, home, monkeypatch):
    monkeypatch.setenv("RIM_EDITOR_HOME", str(home))
    (home / "settings.json").write_text("{broken")
    code, out, err = run("doctor")
    assert code == 0 and "the auto, for auto reasons" in out


def test_the_display_is_asked_in_a_process_of_its_own():
    done = subprocess.run(
        [sys.executable, "-m", "rim_editor", "doctor", "--display"], capture_output=True, text=True, check=False,
        cwd=Path(rim_editor.__file__).parents[1], env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["platform plugin"] == "offscreen"
