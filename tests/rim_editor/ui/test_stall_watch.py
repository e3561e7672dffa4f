"""The watch: long events are noticed and named, short ones are not."""

import sys
import threading
import time

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from rim_editor.ui import stall_watch
from rim_editor.ui.stall_watch import Stall, StallWatch


class Slow(QWidget):
    def __init__(self, seconds):
        super().__init__()
        self.setObjectName("canvas")
        self.seconds = seconds

    def event(self, event):
        if event.type() == QEvent.Type.User:
            time.sleep(self.seconds)
        return super().event(event)


@pytest.fixture
def watch(qapp, qtbot):
    made = StallWatch(qapp, budget_ms=60)
    qtbot.wait(50)
    made.restart()
    yield made
    made.stop()


def post(qapp, widget):
    qapp.postEvent(widget, QEvent(QEvent.Type.User))


def test_a_long_event_is_noticed_and_named(qapp, qtbot, watch):
    slow = Slow(0.25)
    qtbot.addWidget(slow)
    post(qapp, slow)
    qtbot.waitUntil(lambda: bool(watch.stalls), timeout=5000)
    stall = max(watch.stalls, key=lambda one: one.milliseconds)
    assert stall.milliseconds >= 230 and watch.longest == stall.milliseconds
    assert stall.event == "User of canvas (Slow)" and "canvas" in str(stall)


def test_a_stopped_watch_leaves_no_thread(qapp):
    others = set(threading.enumerate())
    watch = StallWatch(qapp)
    (sampler,) = set(threading.enumerate()) - others
    watch.stop()
    assert not sampler.is_alive()


def test_an_idle_window_does_not_stall(qtbot, qapp):
    watch = StallWatch(qapp, budget_ms=400)  # other programs may have the processor for a while
    qtbot.wait(300)
    watch.stop()
    assert watch.longest == 0.0


def test_python_held_by_another_thread_counts_too(qtbot, watch):
    def hold():
        time.sleep(0.15)
        turn = sys.getswitchinterval()
        sys.setswitchinterval(10)
        end = time.perf_counter() + 0.3
        while time.perf_counter() < end:
            pass
        sys.setswitchinterval(turn)

    thread = threading.Thread(target=hold)
    thread.start()
    qtbot.wait(900)  # one wait, so that no event falls into the stall
    thread.join()
    stall = max(watch.stalls, key=lambda one: one.milliseconds)
    assert stall.milliseconds > 150 and stall.event == "" and "held the GIL" in str(stall)


def test_the_place_in_the_editors_code_is_found(qapp, qtbot, watch, monkeypatch):
    monkeypatch.setattr(stall_watch, "_HERE", str(__file__).rsplit("/", 1)[0])
    slow = Slow(0.3)
    qtbot.addWidget(slow)
    post(qapp, slow)
    qtbot.waitUntil(lambda: bool(watch.stalls), timeout=5000)
    assert any("test_stall_watch.py" in stall.where for stall in watch.stalls)


def test_what_is_noticed_is_reported_and_can_be_forgotten(qapp, qtbot, capsys):
    emitted = []
    watch = StallWatch(qapp, emitted.append, budget_ms=60)
    slow = Slow(0.2)
    qtbot.addWidget(slow)
    post(qapp, slow)
    qtbot.waitUntil(lambda: bool(emitted), timeout=5000)
    assert list(watch.stalls) == emitted
    watch.restart()
    assert watch.longest == 0.0
    watch.stop()
    post(qapp, slow)
    before = len(emitted)
    qtbot.wait(300)
    assert len(emitted) == before
    stall_watch.print_stall(Stall(43.4, "Paint of canvas", "ui/canvas.py:12 paintEvent"))
    assert capsys.readouterr().err == "rim-editor: stall of 43 ms: Paint of canvas at ui/canvas.py:12 paintEvent\n"


@pytest.mark.parametrize(("value", "on"), [("1", True), ("0", False), ("", False), (None, False)])
def test_the_environment_switches_it_on(monkeypatch, value, on):
    monkeypatch.delenv(stall_watch.SWITCH, raising=False)
    if value is not None:
        monkeypatch.setenv(stall_watch.SWITCH, value)
    assert stall_watch.is_enabled() is on


def test_objects_of_any_kind_may_send_events(qapp, qtbot, watch):
    plain = QObject()
    post(qapp, plain)
    qtbot.wait(20)
