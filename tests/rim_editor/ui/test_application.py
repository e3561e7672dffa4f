"""Starting: the window first, then the rest; and every way in which it cannot start, or ends."""

import ctypes
import importlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from rim_editor.errors import EditorError
from rim_editor.ui import application

ROOT = Path(__file__).parents[3]
LIMIT = 60

# Runs the window on a model that answers nothing, calls `look(window)` after the first paint, and says what it saw.
PROLOGUE = """
import json, os, signal, sys, threading, time
born = time.perf_counter()
from pathlib import Path
from rim_editor.matting import Matting
from rim_editor.ui.application import run
seen, begun = {}, []
class Predictor:
    device, device_reason, precision = "cpu", "", "float32"
def load(*wanted):
    begun.append(wanted)
    hold()
    return Predictor()
def hold(): pass
def later(seconds, action):
    from PySide6.QtCore import QTimer
    QTimer.singleShot(int(seconds * 1000), action)
def wait_for(condition, action):
    later(0.02, lambda: action() if condition() else wait_for(condition, action))
"""
EPILOGUE = """
code = run(images, matting=Matting(load=load), shown=look)
print(json.dumps(seen), flush=True)
sys.exit(code)
"""


def started(look, *images, before="", **environment):
    code = PROLOGUE + look + f"\nimages = {[str(image) for image in images]!r}\n" + before + EPILOGUE
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False,
        timeout=LIMIT, env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **environment},
    )  # fmt: skip


def saw(done, code=0):
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_window_is_painted_before_anything_heavy_is_imported(photo):
    look = """
def look(window):
    seen["visible"] = window.isVisible()
    seen["heavy"] = sorted({"torch", "cv2", "numpy", "PIL", "pymatting", "scipy"} & set(sys.modules))
    seen["begun"] = begun[:]
    seen["seconds"] = time.perf_counter() - born
    wait_for(lambda: begun, lambda: (seen.update(opened=len(list(window.documents))), window.close()))
"""
    result = saw(started(look, photo()))
    assert result["visible"] and result["heavy"] == [] and result["begun"] == []
    assert result["opened"] == 1, "the image comes before the model"
    sys.stdout.write(f"first paint after {result['seconds']:.2f} s\n")


def test_images_are_opened_in_their_order_and_a_bad_one_is_reported(photo, tmp_path):
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"not an image at all")
    look = """
def look(window):
    shown_messages = []
    window.parts.messages.show_message = lambda text, level="info", *_, **more: shown_messages.append((text, level))
    def end():
        seen.update(names=[one.editor.title for one in window.documents], shown_messages=shown_messages)
        window.close()
    wait_for(lambda: begun, end)
"""
    result = saw(started(look, photo("b.png"), bad, photo("a.png")))
    assert len(result["names"]) == 2
    assert result["names"][0].startswith("b") and result["names"][1].startswith("a")
    assert any("bad.jpg" in text and level == "error" for text, level in result["shown_messages"])


@pytest.mark.parametrize(
    ("language", "environment", "shown"),
    [
        ("de", {}, ["&Datei", "Abbrechen"]),
        ("en", {"LC_ALL": "de_DE.UTF-8"}, ["&File", "Cancel"]),
        ("system", {"LC_ALL": "de_DE.UTF-8"}, ["&Datei", "Abbrechen"]),
        ("system", {"LC_ALL": "fr_FR.UTF-8"}, ["&File", "Cancel"]),
        ("en", {"RIM_EDITOR_LANGUAGE": "de"}, ["&Datei", "Abbrechen"]),
    ],
)
def test_the_window_speaks_the_language_of_the_settings_and_so_does_qt(home, language, environment, shown):
    (home / "settings.json").write_text(json.dumps({"language": language}), encoding="utf-8")
    look = """
def look(window):
    from PySide6.QtCore import QCoreApplication
    seen["texts"] = [window.menuBar().actions()[0].text(), QCoreApplication.translate("QPlatformTheme", "Cancel")]
    window.close()
"""
    assert saw(started(look, **environment))["texts"] == shown


def test_ctrl_c_in_the_terminal_closes_the_window():
    look = """
def look(window):
    wait_for(lambda: begun, lambda: os.kill(os.getpid(), signal.SIGINT))
    window.destroyed.connect(lambda: None)
    seen["begun"] = True
"""
    assert saw(started(look))["begun"]


def test_a_second_ctrl_c_leaves_without_asking(photo):
    look = """
def look(window):
    window.close = lambda: print(json.dumps({"asked": True}), flush=True)  # as if unsaved work were asked about
    def twice():
        os.kill(os.getpid(), signal.SIGINT)
        later(0.2, lambda: os.kill(os.getpid(), signal.SIGINT))
    wait_for(lambda: begun, twice)
"""
    done = started(look)  # it may have ended amid the loading of a library, which nothing can interrupt
    assert done.returncode == 130 and "Traceback" not in done.stderr, done.stderr
    assert json.loads(done.stdout.splitlines()[0])["asked"]


def test_closing_while_the_model_loads_does_not_wait_for_it():
    look = """
def hold(): threading.Event().wait(300)
def look(window):
    wait_for(lambda: begun, window.close)
"""
    began = time.perf_counter()
    done = started(look)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    assert time.perf_counter() - began < 30


def test_what_fails_in_the_window_is_shown_and_logged_and_the_window_stays(home):
    look = """
def look(window):
    shown_messages = []
    window.parts.messages.show_message = lambda text, level="info", *_, **more: shown_messages.append((text, level))
    def breaks(): raise KeyError("a mistake of ours")
    later(0.05, breaks)
    later(0.5, lambda: (seen.update(shown_messages=shown_messages, visible=window.isVisible()), window.close()))
"""
    result = saw(started(look))
    assert result["visible"]
    ((text, level),) = result["shown_messages"]
    assert level == "error" and "Something went wrong" in text and "rim-editor.log" in text
    assert "KeyError" in (home / "rim-editor.log").read_text(encoding="utf-8")


def test_damaged_settings_are_reported_and_do_not_stop_the_start(home):
    (home / "settings.json").write_text("{broken", encoding="utf-8")
    look = """
def look(window):
    shown_messages = []
    window.parts.messages.show_message = lambda text, level="info", *_, **more: shown_messages.append((text, level))
    later(0.3, lambda: (seen.update(shown_messages=shown_messages), window.close()))
"""
    assert any("damaged" in text and level == "warning" for text, level in saw(started(look))["shown_messages"])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_of_the_settings_is_used_and_a_change_of_it_too(home, theme):
    (home / "settings.json").write_text(json.dumps({"theme": theme}), encoding="utf-8")
    look = """
from dataclasses import replace
def look(window):
    from rim_editor.ui.palettes import is_dark
    seen["first"] = is_dark()
    now = window.live_settings.current
    window.live_settings.set(replace(now, theme="light" if now.theme == "dark" else "dark"))
    seen["then"] = is_dark()
    window.close()
"""
    result = saw(started(look))
    assert result == {"first": theme == "dark", "then": theme == "light"}


def test_the_stall_watch_is_a_switch():
    look = """
def look(window):
    later(0.01, lambda: time.sleep(0.3))
    later(0.8, window.close)
"""
    loud = started(look, RIM_EDITOR_DEBUG_STALLS="1")
    saw(loud)
    assert "rim-editor: stall of " in loud.stderr
    quiet = started(look, RIM_EDITOR_DEBUG_STALLS="")
    saw(quiet)
    assert "stall" not in quiet.stderr


def test_a_second_start_hands_its_files_to_the_window_and_ends(photo, tmp_path):
    look = f"""
import subprocess
def look(window):
    window.showMinimized()
    words = [sys.executable, "-m", "rim_editor", *{[str(photo("b.png")), str(tmp_path / "missing.png")]!r}]
    other = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    def opened():
        return other.poll() is not None and len(list(window.documents)) == 2 and not window.opener.busy
    def end():
        _, errors = other.communicate()
        seen.update(code=other.returncode, stderr=errors, minimised=window.isMinimized(),
                    names=[one.editor.title for one in window.documents], front=window.documents.current.editor.title)
        print(json.dumps(seen), flush=True)  # some job may not have ended when the window closes
        window.close()
    wait_for(lambda: opened() and begun, end)
"""
    result = saw(started(look, photo("a.png")))
    assert (result["code"], result["stderr"], result["minimised"]) == (0, "", False)
    assert [name[0] for name in result["names"]] == ["a", "b"] and result["front"].startswith("b")


@pytest.mark.parametrize("words", [["--new-window"], []], ids=["asked for", "the first one hangs"])
def test_a_window_of_its_own(words):
    other = """
import sys, time
from rim_editor.commands import cli
from rim_editor.ui import application
application.run = lambda *_, **__: print("a window of its own", flush=True) or 0
began = time.monotonic()
code = cli.main(sys.argv[1:])
print(time.monotonic() - began)
sys.exit(code)
"""
    look = f"""
import subprocess
def look(window):
    command = [sys.executable, "-c", {other!r}, *{words!r}]
    def end():
        done = subprocess.run(command, capture_output=True, text=True, timeout=50)  # this thread hangs meanwhile
        seen.update(code=done.returncode, stdout=done.stdout, stderr=done.stderr)
        print(json.dumps(seen), flush=True)
        window.close()
    wait_for(lambda: begun, end)
"""
    result = saw(started(look))
    assert (result["code"], result["stderr"]) == (0, "")
    text, seconds = result["stdout"].splitlines()
    assert text == "a window of its own" and float(seconds) < 20


@pytest.mark.parametrize(("name", "sizes"), [("rim-editor.ico", [16, 24, 48, 256]), ("rim-editor.icns", [128, 256])])
def test_the_icons_of_other_systems_show_the_same_drawings(name, sizes):
    folder = ROOT / "resources" / "icons"
    for size in sizes:
        with Image.open(folder / name) as icon, Image.open(folder / f"{size}.png") as drawn:
            images = icon.ico if name.endswith(".ico") else icon.icns
            shown = images.getimage((size, size) if name.endswith(".ico") else (size, size, 1))
            assert np.array_equal(shown.convert("RGBA"), drawn.convert("RGBA")), "run resources/icons/render.py"


def test_the_icon_has_every_size_and_each_is_what_its_drawing_shows(qapp):
    import importlib.util

    spec = importlib.util.spec_from_file_location("render", ROOT / "resources" / "icons" / "render.py")
    render = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(render)
    icon = application.application_icon()
    assert sorted(size.width() for size in icon.availableSizes()) == list(render.SIZES)
    for size in render.SIZES:
        shown, drawn = icon.pixmap(size).toImage(), render.drawn(size)
        assert shown.size() == drawn.size()
        assert shown.pixelColor(0, 0).alpha() == 0 and shown.pixelColor(size // 2, size // 2).alpha() == 255
        step = max(1, size // 16)
        for x in range(0, size, step):
            for y in range(0, size, step):
                one, other = shown.pixelColor(x, y), drawn.pixelColor(x, y)
                assert abs(one.alpha() - other.alpha()) <= 3, "run resources/icons/render.py"
                if one.alpha() > 200:
                    assert max(abs(one.red() - other.red()), abs(one.blue() - other.blue())) <= 6


@pytest.fixture
def linux_desktop(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_without_a_display_there_is_a_remedy(linux_desktop):
    with pytest.raises(EditorError, match="no display.*desktop session.*rim-editor matte"):
        application.run()


@pytest.mark.parametrize("variable", ["QT_QPA_PLATFORM", "WAYLAND_DISPLAY"])
def test_any_kind_of_display_will_do(linux_desktop, variable):
    linux_desktop.setenv(variable, "x")
    application.check_display()


def test_the_library_whose_lack_ends_qt_is_named(linux_desktop):
    linux_desktop.setenv("DISPLAY", ":0")

    def missing(name, *more):
        raise OSError(f"{name}: cannot open shared object file")

    linux_desktop.setattr(ctypes, "CDLL", missing)
    with pytest.raises(EditorError, match="apt install libxcb-cursor0"):
        application.check_display()


def test_where_qt_cannot_be_loaded_there_is_a_remedy(monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setitem(sys.modules, "PySide6.QtWidgets", None)
    monkeypatch.delitem(sys.modules, "rim_editor.ui.application")
    with pytest.raises(EditorError, match="apt install libegl1"):
        importlib.import_module("rim_editor.ui.application")


def test_the_command_says_it_in_a_line():
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    if sys.platform != "linux":
        pytest.skip("other systems always have a display")
    done = subprocess.run(
        [sys.executable, "-m", "rim_editor", "open"], cwd=ROOT, capture_output=True, text=True, check=False,
        env=environment, timeout=LIMIT,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("rim-editor: There is no display") and done.stderr.count("\n") == 1


def test_torch_works_after_its_libraries_were_linked_ahead():
    code = """
import sys
from rim_editor.linking import link_ahead
from rim_editor.ui.model_loader import load_with_short_turns
linked = link_ahead()
assert "torch" not in sys.modules
turn = sys.getswitchinterval()
import gc
predictor = load_with_short_turns("compact", "cpu", "auto")
assert sys.getswitchinterval() == turn and gc.isenabled()
import numpy as np
predictor.set_image(np.full((60, 80, 3), 120, np.uint8))
assert predictor.predict("the cup").matte.shape == (60, 80)
print(len(linked))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= (2 if sys.platform == "linux" else 0)


@pytest.mark.benchmark
def test_the_window_is_up_in_half_the_time_that_torch_takes_to_import():
    look = """
def look(window):
    seen["seconds"] = time.perf_counter() - born
    window.close()
"""
    torch = "import time; born = time.perf_counter(); import torch; print(time.perf_counter() - born)"
    windows, imports = [], []
    for _ in range(3):
        windows.append(saw(started(look))["seconds"])
        done = subprocess.run([sys.executable, "-c", torch], capture_output=True, text=True, check=True)
        imports.append(float(done.stdout))
    sys.stdout.write(f"window {min(windows):.2f} s, torch {min(imports):.2f} s\n")
    assert min(windows) < min(imports) / 2


@pytest.mark.skipif(sys.platform != "linux", reason="a setting of glibc")
def test_what_large_arrays_took_is_free_for_other_programs_at_once():
    code = """
import numpy as np
from rim_editor.ui.application import return_large_arrays
def held():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("RssAnon")) / 1024
return_large_arrays()
before = held()
large, small = [np.ones(20 << 17)], []
for _ in range(9):
    large.pop()
    for _ in range(4):
        large.append(np.ones(20 << 17))
        small.append(np.ones(20_000))
    del large[1:]
large.clear()
print(held() - before)
"""
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True, timeout=LIMIT)
    assert float(done.stdout) < 25, "MB, of which small arrays are 6"
