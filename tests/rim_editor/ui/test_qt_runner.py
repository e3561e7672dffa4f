"""The runner: who is called, on which thread, who is not, and what becomes of failures."""

import threading
import time
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clipmat.errors import ClipMatError, ImageUnreadable
from rim_editor.errors import EditorError
from rim_editor.ui.qt_runner import QtRunner, explained, log_file

WAIT = 10_000


@dataclass
class Told:
    """Remembers every call back, and on which thread it came."""

    answers: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    threads: set = field(default_factory=set)

    def done(self, answer):
        self.answers.append(answer)
        self.threads.add(threading.get_ident())

    def failed(self, error):
        self.errors.append(error)
        self.threads.add(threading.get_ident())


@dataclass(frozen=True)
class Job:
    kind: str
    work: object
    done: object
    failed: object


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def gate(runner):
    """Holds what waits for it; opened at the latest when the test ends, before the runner is shut down."""
    event = threading.Event()
    yield event
    event.set()


def job(told, work, kind="shown:1"):
    return Job(kind, work, told.done, told.failed)


def test_work_runs_elsewhere_and_its_answer_comes_here(qtbot, runner, told):
    runner.start(job(told, threading.get_ident))
    assert told.answers == [], "not before the event loop runs"
    qtbot.waitUntil(lambda: bool(told.answers), timeout=WAIT)
    assert told.answers[0] != threading.get_ident() and told.threads == {threading.get_ident()}
    assert runner.busy == frozenset() and not told.errors


def test_the_newest_of_a_kind_alone_answers_and_who_waits_in_vain_never_runs(qtbot, runner, told, gate):
    ran = []
    runner.start(job(told, lambda: gate.wait(10), "ask:1"))
    for number in range(5):
        runner.start(job(told, lambda number=number: ran.append(number) or number, "ask:1"))
    gate.set()
    qtbot.waitUntil(lambda: not runner.busy, timeout=WAIT)
    qtbot.wait(20)
    assert told.answers == [4] and ran == [4]


def test_an_answer_on_its_way_is_dropped_when_a_newer_one_stands(qtbot, runner, told):
    finished = threading.Event()
    runner.start(job(told, lambda: finished.set() or "old"))
    assert finished.wait(10)
    time.sleep(0.05)  # its answer waits in the queue of this thread
    runner.start(job(told, lambda: "new"))
    qtbot.waitUntil(lambda: not runner.busy, timeout=WAIT)
    assert told.answers == ["new"]


def test_kinds_do_not_supersede_each_other(qtbot, runner, told):
    for kind in ("ask:1", "ask:2", "shown:1", "shown:2", "warm"):
        runner.start(job(told, lambda kind=kind: kind, kind))
    qtbot.waitUntil(lambda: not runner.busy, timeout=WAIT)
    assert sorted(told.answers) == ["ask:1", "ask:2", "shown:1", "shown:2", "warm"]


def test_a_cancelled_job_calls_nobody_whether_it_ends_well_or_badly(qtbot, runner, told, gate):
    def fails():
        gate.wait(10)
        raise ValueError

    runner.start(job(told, lambda: gate.wait(10), "export:1"))
    runner.start(job(told, fails, "export:2"))
    runner.cancel("export:1")
    runner.cancel("export:2")
    runner.cancel("export:3")  # nothing to cancel is no mistake
    gate.set()
    runner.start(job(told, lambda: "after", "export:1"))
    qtbot.waitUntil(lambda: not runner.busy, timeout=WAIT)
    assert told.answers == ["after"] and not told.errors and not log_file().exists()


def test_what_uses_the_model_shares_one_thread_and_the_rest_does_not_wait_for_it(qtbot, runner, told, gate):
    threads = []
    runner.start(job(told, lambda: threads.append(threading.get_ident()) or gate.wait(10), "warm"))
    for kind in ("ask:1", "refine:1", "ask:2"):
        runner.start(job(told, lambda: threads.append(threading.get_ident()), kind))
    runner.start(job(told, lambda: "shown"))
    qtbot.waitUntil(lambda: told.answers == ["shown"], timeout=WAIT)
    assert runner.busy == {"warm", "ask:1", "refine:1", "ask:2"}
    gate.set()
    qtbot.waitUntil(lambda: not runner.busy, timeout=WAIT)
    assert len(threads) == 4 and len(set(threads)) == 1


def test_a_job_may_start_the_next_of_its_kind_from_its_answer(qtbot, runner, told):
    runner.start(Job("shown:1", lambda: 1, lambda answer: runner.start(job(told, lambda: answer + 1)), told.failed))
    qtbot.waitUntil(lambda: told.answers == [2], timeout=WAIT)


@pytest.mark.parametrize("error", [ImageUnreadable("'a.png' is empty."), ClipMatError("no such model")])
def test_an_error_that_names_its_remedy_passes_as_it_is(qtbot, runner, told, error):
    def work():
        raise error

    runner.start(job(told, work))
    qtbot.waitUntil(lambda: bool(told.errors), timeout=WAIT)
    assert told.errors == [error] and not told.answers and not log_file().exists()


def test_a_lack_of_memory_names_what_to_do(qtbot, runner, told):
    runner.start(job(told, lambda: np.empty((2**20, 2**20, 2**10))))
    qtbot.waitUntil(lambda: bool(told.errors), timeout=WAIT)
    (error,) = told.errors
    assert isinstance(error, EditorError) and "close other images" in str(error) and "smaller image" in str(error)


@pytest.mark.parametrize(
    "text",
    ["CUDA out of memory. Tried to allocate 2 GiB", "DefaultCPUAllocator: can't allocate memory: you tried …",
     "OpenCV(5.0.0) alloc.cpp:73: error: (-4:Insufficient memory) Failed to allocate 1 bytes"],
)  # fmt: skip
def test_the_lack_of_memory_of_other_libraries_is_known_too(text):
    assert "smaller image" in str(explained(RuntimeError(text)))


def test_anything_else_is_told_in_a_line_and_its_traceback_is_in_the_log(qtbot, runner, told):
    def a_function_of_its_own():
        return {}["no such key"]

    runner.start(job(told, a_function_of_its_own))
    qtbot.waitUntil(lambda: bool(told.errors), timeout=WAIT)
    (error,) = told.errors
    assert isinstance(error, EditorError)
    assert "Something went wrong" in str(error) and str(log_file()) in str(error) and "Traceback" not in str(error)
    written = log_file().read_text(encoding="utf-8")
    assert "Traceback" in written and "a_function_of_its_own" in written and "KeyError" in written


def test_the_log_stays_small(home):
    for _ in range(40):
        explained(ValueError("x" * 100_000))
    kept = list(home.glob("rim-editor.log*"))
    assert log_file() in kept and len(kept) <= 2 and sum(path.stat().st_size for path in kept) < 2.5e6


def test_where_no_log_can_be_written_the_terminal_has_the_details(home, capsys):
    log_file().mkdir(parents=True)
    assert "terminal" in str(explained(ValueError("odd")))
    assert "ValueError: odd" in capsys.readouterr().err


def test_closing_while_working_waits_a_bounded_time(qtbot, told):
    runner, gate = QtRunner(), threading.Event()
    runner.start(job(told, lambda: gate.wait(10)))
    qtbot.wait(20)
    started = time.perf_counter()
    assert not runner.shutdown(0.2)
    assert time.perf_counter() - started < 5
    gate.set()
    assert runner.shutdown(10)
    runner.start(job(told, lambda: "late"))
    qtbot.wait(50)
    assert not told.answers and not told.errors and not runner.busy


def test_what_a_dropped_job_captured_is_let_go(runner, told, gate, qtbot):
    import weakref

    class Heavy:
        pass

    heavy = Heavy()
    gone = weakref.ref(heavy)
    runner.start(job(told, lambda: gate.wait(10), "ask:1"))
    runner.start(job(told, lambda heavy=heavy: heavy, "ask:2"))
    runner.cancel("ask:2")
    del heavy
    assert gone() is None


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from("start cancel fail".split()), st.sampled_from("ab")), max_size=20))
def test_each_kind_ends_with_its_last_word(qtbot, runner, steps):
    told, last = {"a": [], "b": []}, {"a": None, "b": None}

    def fails(number):
        raise EditorError(number)

    for number, (step, kind) in enumerate(steps):
        if step == "cancel":
            runner.cancel(kind)
            last[kind] = None
            continue
        work = (lambda number=number: number) if step == "start" else (lambda number=number: fails(number))
        heard = told[kind].append
        runner.start(Job(kind, work, heard, lambda error, heard=heard: heard(-error.args[0] - 1)))
        last[kind] = number if step == "start" else -number - 1
    qtbot.waitUntil(lambda: not runner.busy, timeout=WAIT)
    assert told == {kind: [] if end is None else [end] for kind, end in last.items()}
