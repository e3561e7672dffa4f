"""The command line as a program: the window without a command, help, version, its process."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from clipmat.errors import ImageUnreadable
from rim_editor import __main__ as start
from rim_editor.commands import cli

HEAVY = ("torch", "PySide6", "cv2", "numpy", "PIL", "open_clip", "numba", "pymatting")


@pytest.fixture
def windows(monkeypatch):
    """What the window was asked to open, instead of a window."""
    asked = []
    fake = ModuleType("rim_editor.ui.application")

    def run(images, *, debug_stalls=False):
        asked.append((list(images), debug_stalls))
        return 0

    fake.run = run
    monkeypatch.setitem(sys.modules, "rim_editor.ui.application", fake)
    monkeypatch.setattr("rim_editor.ui.single_instance.hand_over", lambda files: False)
    return asked


@pytest.mark.parametrize(
    ("words", "opened_with"),
    [
        ([], ([], False)),
        (["open"], ([], False)),
        (["photo.png"], (["photo.png"], False)),
        (["photo.png", "missing.png"], (["photo.png", "missing.png"], False)),
        (["open", "photo.png", "--debug-stalls"], (["photo.png"], True)),
        (["--debug-stalls"], ([], True)),
        (["--debug-stalls", "photo.png"], (["photo.png"], True)),
        (["./matte"], (["matte"], False)),
        (["open", "matte"], (["matte"], False)),
        (["--", "photo.png"], (["photo.png"], False)),
    ],
)
def test_without_a_command_the_window_opens(run, photo, tmp_path, monkeypatch, windows, words, opened_with):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "matte").write_bytes(photo.read_bytes())
    assert run(*words) == (0, "", "")
    assert windows == [([Path(name) for name in opened_with[0]], opened_with[1])]


def test_files_that_another_window_takes_open_none_here(run, photo, windows, monkeypatch):
    taken = []
    monkeypatch.setattr("rim_editor.ui.single_instance.hand_over", lambda files: taken.append(list(files)) or True)
    assert run(photo) == (0, "", "") and run() == (0, "", "")
    assert taken == [[photo], []] and windows == []
    for option in ("--new-window", "--debug-stalls"):
        assert run(option, photo) == (0, "", "")
    assert len(taken) == 2 and [images for images, _ in windows] == [[photo], [photo]]


def test_where_qt_lacks_a_library_the_window_names_it(run, windows, monkeypatch):
    monkeypatch.setitem(sys.modules, "rim_editor.ui.single_instance", None)
    assert run() == (0, "", "") and len(windows) == 1


def test_the_process_gives_the_words_when_nobody_else_does(capsys, photo, windows, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["rim-editor", str(photo)])
    assert cli.main() == 0
    assert windows == [([photo], False)]


@pytest.mark.parametrize("error", [ImageUnreadable("no display: use -X."), KeyboardInterrupt()])
def test_a_window_that_cannot_open_ends_in_one_line(refused, run, windows, monkeypatch, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(sys.modules["rim_editor.ui.application"], "run", fail)
    code = 2 if isinstance(error, ImageUnreadable) else 130
    refused(run(), code, "no display" if code == 2 else "interrupted")


def test_the_exit_code_of_the_window_is_the_programs(run, windows, monkeypatch):
    monkeypatch.setattr(sys.modules["rim_editor.ui.application"], "run", lambda images, debug_stalls: 5)
    assert run() == (5, "", "")


@pytest.mark.parametrize(
    ("words", "said"), [(["modles"], ["'modles'", "--help"]), (["--colour"], ["--colour", "rim-editor open --help"])]
)
def test_a_word_that_means_nothing_opens_no_window(refused, run, windows, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    refused(run(*words), 2, *said)
    assert windows == []


@pytest.mark.parametrize("command", [["--help"], ["open", "--help"], ["matte", "--help"], ["models", "--help"]])
def test_help(run, command):
    code, out, err = run(*command)
    assert (code, err) == (0, "")
    assert "Usage: rim-editor" in out


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_version_and_help_import_nothing_heavy(option):
    code = "import sys; from rim_editor.commands.cli import main; code = main(sys.argv[1:])\n"
    code += f"sys.exit(f'imported {{found}}' if (found := set({HEAVY}) & set(sys.modules)) else code)"
    command = [sys.executable, "-W", "error", "-c", code, option]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "rim-editor" in done.stdout


def test_it_runs_as_a_module(tmp_path):
    command = [
        sys.executable,
        "-m",
        "rim_editor",
        "matte",
        "none.jpg",
        "red",
        "-o",
        str(tmp_path / "out.png"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "does not exist" in done.stderr


def test_threads_of_torch_sleep_while_they_wait(run, monkeypatch):
    """Unless the user decided otherwise: a thread that waits busily slows everything on a machine that is in use."""
    monkeypatch.setenv("OMP_WAIT_POLICY", "x")
    monkeypatch.delenv("OMP_WAIT_POLICY")
    run("--version")
    assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    run("--version")
    assert os.environ["OMP_WAIT_POLICY"] == "ACTIVE"


def test_an_error_of_the_system_and_a_lack_of_memory_are_one_line(refused, run, photo, tmp_path, monkeypatch):
    for error, words in [
        (MemoryError(), "not enough memory"),
        (
            RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 4 bytes"),
            "not enough memory",
        ),
        (ImportError("libtorch_cpu.so: failed to map segment from shared object"), "not enough memory"),
        (OSError(12, "Cannot allocate memory"), "not enough memory"),
        (OSError(5, "Input/output error", "/mnt/photo.png"), "'/mnt/photo.png' cannot be used (Input/output error)"),
        (FileNotFoundError("No usable temporary directory found"), "No usable temporary directory found"),
    ]:

        def fail(*_, error=error):
            raise error

        monkeypatch.setattr("rim_editor.matting.load_predictor", fail)
        refused(run("matte", photo, "red", "-o", tmp_path / "out.png"), 2, words)
        code, out, _ = run("matte", photo, "red", "-o", tmp_path / "out.png", "--json")
        assert code == 2 and words in json.loads(out)["error"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["matte", "photo.png", "--json"], 2),
        (["batch", "none.png", "-o", "out", "-e", "red", "--feather", "x", "--json"], 2),
        (["batch", "none", "-o", "out", "-e", "red", "--json"], 2),
        (["batch", "-o", "out", "--resume", "--json"], 2),
        (["batch", "none.png", "-o", "out", "-e", "red", "--json"], 4),
        (["batch", "photo.png", "-o", "out", "-e", "red", "--json"], 0),
        (["render", "none.rim", "-o", "out.png", "--json"], 2),
        (["models", "fetch", "nonsense", "--json"], 2),
        (["nonsense", "--json"], 2),
    ],
)
def test_json_comes_with_every_exit_code(run, photo, tmp_path, monkeypatch, words, code):
    monkeypatch.chdir(tmp_path)
    result = run(*words)
    data = json.loads(result[1])
    assert result[0] == data["exit_code"] == code
    if code == 2:
        assert data["error"] and data["error"] in result[2]


def test_an_interrupt_has_json_too(run, photo, tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("rim_editor.matting.load_predictor", interrupt)
    code, out, _ = run("matte", photo, "red", "-o", tmp_path / "out.png", "--json")
    data = json.loads(out)
    assert code == data["exit_code"] == 130 and data["presence"] is None and "interrupted" in data["error"]


def test_an_interrupt_while_the_program_is_loaded_is_one_line(monkeypatch, capsys):
    class Interrupting:
        def find_spec(self, name, path=None, target=None):
            if name == "rim_editor.commands.cli":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "rim_editor.commands.cli")
    monkeypatch.setattr("rim_editor.commands.cli", None, raising=False)
    monkeypatch.delattr("rim_editor.commands.cli")
    monkeypatch.setattr(sys, "meta_path", [Interrupting(), *sys.meta_path])
    assert start.main() == 130
    assert capsys.readouterr().err == "rim-editor: interrupted: nothing was written.\n"


@pytest.mark.parametrize(
    ("end", "code", "error"), [("return 3", 3, ""), ("raise LookupError('nobody expects')", 1, "LookupError: nobody")]
)
def test_the_process_ends_with_its_code_once_threads_and_what_tidies_up_are_done(end, code, error):
    program = f"""
import atexit, threading, time
from rim_editor import __main__ as start
def main():
    atexit.register(print, "tidied")
    threading.Thread(target=lambda: (time.sleep(0.3), print("joined"))).start()
    print("x" * 300000)
    {end}
start.main = main
start.run()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == code
    assert done.stdout.split() == ["x" * 300000, "joined", "tidied"]
    assert error in done.stderr and bool(error) == bool(done.stderr)


@pytest.mark.parametrize(
    "words",
    [
        ["matte", "photo.png", "red", "-o", "out.png"],
        ["matte", "other.png", "red", "-o", "out.png", "--edit", "background", "--background", "photo.png"],
        ["matte", "other.png", "red", "-o", "out.png", "--example", "photo.png"],
        ["render", "photo.png", "-o", "out.png"],
        ["batch", "other.png", "--project", "photo.png", "-o", "out"],
    ],
    ids=" ".join,
)
def test_a_file_that_may_not_be_read_has_a_remedy(refused, run, photo, tmp_path, monkeypatch, words):
    """Whoever opens it says what to do; Typer asks the system beforehand, and only names the help."""
    monkeypatch.chdir(tmp_path)
    photo.with_name("other.png").write_bytes(photo.read_bytes())
    monkeypatch.setattr(os, "access", lambda path, *_, **__: os.path.basename(path) != photo.name)
    opening = io.open

    def closed(file, *arguments, **options):
        if not isinstance(file, int) and os.path.basename(file) == photo.name:
            raise PermissionError(13, "Permission denied", str(file))
        return opening(file, *arguments, **options)

    monkeypatch.setattr(io, "open", closed)
    monkeypatch.setattr("builtins.open", closed)
    code, out, err = run(*words)
    assert (code, out) == (2, "") and "Permission denied" in err and "photo.png" in err
    assert "--help" not in err and ": " in err.partition("Permission denied")[2]


@pytest.mark.parametrize("name", ["z" * 300, "z" * 300 + ".png", "loop", "loop/photo.png"])
def test_a_word_that_no_file_can_have_as_its_name_opens_no_window(refused, run, windows, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop").symlink_to("loop")
    refused(run(name), 2, "neither a command nor a file")
    assert windows == []
