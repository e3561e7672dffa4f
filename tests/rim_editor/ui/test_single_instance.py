"""One window: files of a second start reach the first; whatever hangs, lies about or breaks off stops nobody."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from rim_editor.ui import single_instance
from rim_editor.ui.single_instance import FileReceiver, hand_over, is_open

ROOT = Path(__file__).parents[3]

pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="drives the socket of Unix systems")


@pytest.fixture(autouse=True)
def runtime(monkeypatch):
    monkeypatch.setenv("XDG_ACTIVATION_TOKEN", "none so far")
    with tempfile.TemporaryDirectory(prefix="rim-") as folder:  # short, as paths of sockets must be
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


@pytest.fixture
def receiver(qapp):
    made = FileReceiver()
    assert made.listen()
    yield made
    made.close()


@pytest.fixture
def received(receiver):
    got = []
    receiver.received.connect(got.append)
    return got


@pytest.fixture
def place(runtime):
    def find():
        (found,) = runtime.iterdir()
        return found

    return find


SECOND_START = """
import os, sys
from pathlib import Path
from rim_editor.ui.single_instance import hand_over
print(hand_over([Path(os.fsdecode(name)) for name in sys.stdin.buffer.read().split(b"\\0") if name], 5000))
"""


def handed_over(qtbot, files):
    """Whether another process could hand these files over."""
    done = []

    def start():
        names = b"\0".join(os.fsencode(path) for path in files)
        command = [sys.executable, "-c", SECOND_START]
        place = {**os.environ, "PYTHONPATH": str(ROOT)}
        done.append(subprocess.run(command, input=names, capture_output=True, check=True, env=place, timeout=60).stdout)

    thread = threading.Thread(target=start)
    thread.start()
    qtbot.waitUntil(lambda: bool(done), timeout=60_000)
    thread.join()
    return done[0].strip() == b"True"


def spoken(qtbot, place, message):
    """What the window answers to these bytes until it ends the connection."""
    ended = []

    def talk():
        with socket.socket(socket.AF_UNIX) as other:
            other.settimeout(8)
            other.connect(str(place))
            answer = b""
            try:
                other.sendall(message)
                while more := other.recv(100):
                    answer += more
            except ConnectionError:
                pass
            ended.append(answer)

    thread = threading.Thread(target=talk)
    thread.start()
    qtbot.waitUntil(lambda: bool(ended), timeout=10_000)
    thread.join()
    return ended[0]


def test_files_reach_the_window_with_their_whole_paths(qtbot, received, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    odd = Path(os.fsdecode(b"\xff not UTF-8 \n\xe2\x82\xac.png"))
    assert handed_over(qtbot, [Path("a b.jpg"), tmp_path / "ü.rim", odd])
    qtbot.waitUntil(lambda: bool(received), timeout=5000)
    assert received == [[tmp_path / "a b.jpg", tmp_path / "ü.rim", tmp_path / odd]]


def test_a_start_without_files_only_brings_the_window_to_the_front(qtbot, received, monkeypatch):
    monkeypatch.setenv("XDG_ACTIVATION_TOKEN", "")
    monkeypatch.setenv("DESKTOP_STARTUP_ID", "shell/files/1-2-host_TIME3")
    assert handed_over(qtbot, [])
    qtbot.waitUntil(lambda: received == [[]], timeout=5000)
    assert os.environ["XDG_ACTIVATION_TOKEN"] == "shell/files/1-2-host_TIME3"


def test_very_many_files_are_handed_over(qtbot, received):
    files = [Path(f"/photographs/of a long journey/{number:06}.jpg") for number in range(20_000)]
    assert handed_over(qtbot, files)
    qtbot.waitUntil(lambda: bool(received), timeout=5000)
    assert received == [files]


def test_nobody_listens(qapp):
    assert not hand_over([Path("a.jpg")]) and not is_open()


def test_what_a_crashed_window_left_behind_is_in_nobodys_way(qtbot, qapp, runtime):
    probe = FileReceiver()
    assert probe.listen()
    (path,) = runtime.iterdir()
    probe.close()
    assert not path.exists()
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(str(path))
    stale.close()
    assert path.exists() and not hand_over([Path("a.jpg")]) and not is_open()
    again = FileReceiver()
    assert again.listen() and is_open()
    again.close()


def test_the_name_is_taken_from_no_window_that_lives(receiver):
    other = FileReceiver()
    assert not other.listen()
    other.close()
    assert is_open()


def test_another_display_or_home_has_a_window_of_its_own(receiver, monkeypatch, tmp_path):
    with monkeypatch.context() as other:
        other.setenv("DISPLAY", ":97")
        assert not is_open()
    with monkeypatch.context() as other:
        other.setenv("RIM_EDITOR_HOME", str(tmp_path / "another"))
        assert not is_open()
    assert is_open()


def test_a_window_that_hangs_does_not_block_the_second_and_opens_nothing_later(qtbot, received):
    began = time.monotonic()
    assert not hand_over([Path("a.jpg")], 300)  # this thread is the window's: it does not answer
    assert time.monotonic() - began < 2
    assert is_open()
    qtbot.wait(200)  # it wakes up: the second start has a window of its own by now
    assert received == []
    assert handed_over(qtbot, [Path("/b.jpg")])
    qtbot.waitUntil(lambda: received == [[Path("/b.jpg")]], timeout=5000)


def test_a_window_with_an_open_dialog_leaves_the_files_to_the_second(qtbot, received):
    from PySide6.QtWidgets import QDialog

    dialog = QDialog()
    qtbot.addWidget(dialog)
    dialog.setModal(True)
    dialog.show()
    assert not handed_over(qtbot, [Path("/a.jpg")])
    dialog.close()
    assert received == []


HOSTILE = [
    b"\n",
    b"not JSON\n",
    b"\xff\xfe\x00\n",
    b"[]\n",
    b"[" * 100_000 + b"\n",
    b'{"files": "/etc/passwd"}\n',
    b'{"files": {"/a": 1}}\n',
    b'{"files": [1, null]}\n',
    b'{"files": ["relative.jpg"]}\n',
    b'{"files": ["/a\\u0000b"]}\n',
    b'{"token": "x"}\n',
    b"confirmed\nconfirmed\n",
    b"x" * ((4 << 20) + 2),
]


@pytest.mark.parametrize("message", HOSTILE, ids=lambda message: repr(message[:24]))
def test_what_is_no_message_is_dropped(qtbot, receiver, received, place, message):
    assert spoken(qtbot, place(), message + b"confirmed\n") == b"" and received == []
    good = json.dumps({"files": ["/good.jpg"]}).encode() + b"\nconfirmed\n"
    assert spoken(qtbot, place(), good) == b"taken\n", "the next one is served"
    assert received == [[Path("/good.jpg")]]


def test_half_a_message_and_one_without_the_confirmation_open_nothing(qtbot, received, place, monkeypatch):
    monkeypatch.setattr(single_instance, "_MESSAGE_MS", 300)
    whole = json.dumps({"files": ["/a.jpg"], "token": "two\nlines $(touch x)"}).encode() + b"\n"
    monkeypatch.setenv("XDG_ACTIVATION_TOKEN", "before")
    for message in (whole[:9], whole):
        with socket.socket(socket.AF_UNIX) as other:
            other.connect(str(place()))
            other.sendall(message)
            other.setblocking(False)
            qtbot.wait(600)
            assert other.recv(100) == (b"taken\n" if message == whole else b"") and other.recv(100) == b""
    assert received == [] and os.environ["XDG_ACTIVATION_TOKEN"] == "before"


def test_a_crowd_of_silent_connections_does_not_keep_others_out_for_long(qtbot, receiver, place, monkeypatch):
    monkeypatch.setattr(single_instance, "_MESSAGE_MS", 300)
    crowd = [socket.socket(socket.AF_UNIX) for _ in range(40)]
    for other in crowd:
        other.setblocking(False)
        other.connect_ex(str(place()))
    qtbot.wait(700)
    assert handed_over(qtbot, [Path("/a.jpg")])
    for other in crowd:
        other.close()


def test_a_message_in_many_pieces_is_one(qtbot, received, place):
    with socket.socket(socket.AF_UNIX) as other:
        other.connect(str(place()))
        for piece in (b'{"fil', b'es": ["/a', b'.jpg"]}\nconf', b"irmed\n"):
            other.sendall(piece)
            qtbot.wait(30)
    qtbot.waitUntil(lambda: received == [[Path("/a.jpg")]], timeout=5000)


def test_only_the_user_may_connect(receiver, place):
    assert place().stat().st_mode & 0o077 == 0


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of Unix")
def test_without_a_private_place_every_start_has_its_window(qapp, runtime, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "none"))
    monkeypatch.setattr(tempfile, "tempdir", str(runtime))
    mine = runtime / f"rim-editor-{os.getuid()}"
    mine.mkdir()
    mine.chmod(0o777)  # as somebody else would make it, to be sent the names of files
    alone = FileReceiver()
    assert not alone.listen() and not hand_over([Path("/a.jpg")])
    mine.rmdir()
    assert alone.listen() and mine.stat().st_mode & 0o777 == 0o700
    alone.close()
