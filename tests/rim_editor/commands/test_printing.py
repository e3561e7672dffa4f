"""Nothing that is printed, and nowhere that it is printed to, changes what the work made."""

import io
import json
import subprocess
import sys

import pytest

from rim_editor.commands import printing


def test_what_a_terminal_cannot_show_is_an_escape(monkeypatch):
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="cp1252", newline="")
    monkeypatch.setattr(sys, "stdout", narrow)
    printing.prepare()
    printing.print_result("żółw 猫\ud800.png\x1b[2J\x00\x9b\tä")
    assert narrow.buffer.getvalue() == b"\\u017c\xf3\\u0142w \\u732b\\ud800.png\\x1b[2J\\x00\\x9b\t\xe4\n"
    assert printing.printable("one\ntwo\tthree 猫 ä") == "one\ntwo\tthree 猫 ä"


def test_json_is_json_whatever_the_numbers_are(capsys):
    printing.print_json({"a": [float("nan"), (1.5, float("inf"))], "b": {"c": float("-inf")}, "d": "猫\x1b"})

    def refuse(name):
        raise AssertionError(name)

    out = capsys.readouterr().out
    assert json.loads(out, parse_constant=refuse) == {"a": [None, [1.5, None]], "b": {"c": None}, "d": "猫\x1b"}
    assert out.isascii()


class Full(io.StringIO):
    def __init__(self, error):
        super().__init__()
        self.error = error

    def flush(self):
        raise self.error


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(28, "No space left on device"), "cannot be printed (No space left on device)"),
        (ValueError("I/O operation on closed file"), "closed file"),
        (BrokenPipeError(32, "Broken pipe"), ""),
    ],
)
def test_a_stdout_that_takes_nothing_is_one_line_at_most(monkeypatch, capsys, error, message):
    monkeypatch.setattr(sys, "stdout", Full(error))
    printing.print_result("done")
    err = capsys.readouterr().err
    assert err.count("\n") == bool(message) and message in err


def test_streams_that_are_not_there_or_full_are_no_error(monkeypatch):
    for stream in (None, Full(OSError(5, "Input/output error"))):
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setattr(sys, "stdout", stream)
        printing.print_message("warning")
        printing.print_result("done")
        printing.finish()


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
@pytest.mark.parametrize("where", [">/dev/full", ">/dev/full 2>&1", ">&- 2>&- <&-"])
@pytest.mark.parametrize("words", ["--version", "nonsense --json"])
def test_a_process_whose_streams_are_full_or_closed_ends_without_a_traceback(where, words):
    command = f'"{sys.executable}" -m rim_editor {words} {where}'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr
    assert done.stderr.count("\n") <= 2
    assert done.returncode == (2 if "nonsense" in words else 0)


def test_a_closed_stream_gives_its_number_to_no_file():
    code = (
        "from rim_editor.commands import printing; printing.prepare(); import os, sys; "
        "number = os.open(os.devnull, os.O_RDONLY); sys.exit(number < 3)"
    )
    command = f'"{sys.executable}" -c "{code}" >&- 2>&- <&-'
    assert subprocess.run(["sh", "-c", command], timeout=60, check=False).returncode == 0


def test_what_a_terminal_would_act_on_is_printed_as_escapes():
    assert printing.printable("a\x1b[2J\x9b \u202egpj.exe\u2066") == "a\\x1b[2J\\x9b \\u202egpj.exe\\u2066"
    assert printing.printable("שלום \u200f é\t犬\n") == "שלום \u200f é\t犬\n"
