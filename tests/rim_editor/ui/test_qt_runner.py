"""The runner: which callbacks are called, on which thread, which are not, and what becomes of failures."""

import threading
import time
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clipmat.errors import ClipMatError, ImageUnreadable
from rim_editor.editor.events import JobKind
from rim_editor.editor.jobs import Job
from rim_editor.errors import EditorError
from rim_editor.settings import log_file
from rim_editor.ui.qt_runner import QtRunner, as_user_error

WAIT = 10_000
MODEL_KINDS = (JobKind.ASK, JobKind.REFINE, JobKind.WARM_UP)
JOBS = [(JobKind.ASK, 1), (JobKind.ASK, 2), (JobKind.RENDER, 1), (JobKind.RENDER, 2), (JobKind.WARM_UP, 1)]


@dataclass
class Calls:
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


@pytest.fixture
def calls():
    return Calls()


@pytest.fixture
def gate(runner):
    """Holds what waits for it; opened at the latest when the test ends, before the runner is shut down."""
    event = threading.Event()
    yield event
    event.set()


def job(calls, work, kind=JobKind.RENDER, owner=1):
    return Job(kind, work, calls.done, calls.failed, owner=owner, uses_model=kind in MODEL_KINDS)


def test_work_runs_elsewhere_and_its_answer_comes_here(qtbot, runner, calls):
    runner.start(job(calls, threading.get_ident))
    assert calls.answers == [], "not before the event loop runs"
    qtbot.waitUntil(lambda: bool(calls.answers), timeout=WAIT)
    assert calls.answers[0] != threading.get_ident() and calls.threads == {threading.get_ident()}
    assert runner.busy == frozenset() and not calls.errors


def test_the_newest_of_a_kind_alone_answers_and_who_waits_in_vain_never_runs(qtbot, runner, calls, gate):
    ran = []
    runner.start(job(calls, lambda: gate.wait(10), JobKind.ASK, 1))
    for number in range(5):
        runner.start(job(calls, lambda number=number: ran.append(number) or number, JobKind.ASK, 1))
    gate.set()
    qtbot.waitUntil(lambda: not runner.busy, timeout=WAIT)
    qtbot.wait(20)
    assert calls.answers == [4] and ran == [4]


def test_an_answer_on_its_way_is_dropped_when_a_newer_one_stands(qtbot, runner, calls):
    finished = threading.Event()
    runner.start(job(calls, lambda: finished.set() or "old"))
    assert finished.wait(10)
    time.sleep(0.05)  # its answer waits in the queue of this thread
    runner.start(job(calls, lambda: "new"))
    qtbot.waitUntil(lambda: not runner.busy, timeout=WAIT)
    assert calls.answers == ["new"]


def test_kinds_do_not_supersede_each_other(qtbot, runner, calls):
    for kind, owner in JOBS:
        runner.start(job(calls, lambda kind=kind, owner=owner: (kind, owner), kind, owner))
    qtbot.waitUntil(lambda: not runner.busy, timeout=WAIT)
    assert sorted(calls.answers) == JOBS


def test_a_cancelled_job_calls_nobody_whether_it_ends_well_or_badly(qtbot, runner, calls, gate):
    def fails():
        gate.wait(10)
        raise ValueError

    runner.start(job(calls, lambda: gate.wait(10), JobKind.EXPORT, 1))
    runner.start(job(calls, fails, JobKind.EXPORT, 2))
    runner.cancel(JobKind.EXPORT, 1)
    runner.cancel(JobKind.EXPORT, 2)
    runner.cancel(JobKind.EXPORT, 3)  # nothing to cancel is no mistake
    gate.set()
    runner.start(job(calls, lambda: "after", JobKind.EXPORT, 1))
    qtbot.waitUntil(lambda: not runner.busy, timeout=WAIT)
    assert calls.answers == ["after"] and not calls.errors and not log_file().exists()


def test_what_uses_the_model_shares_one_thread_and_the_rest_does_not_wait_for_it(qtbot, runner, calls, gate):
    threads = []
    runner.start(job(calls, lambda: threads.append(threading.get_ident()) or gate.wait(10), JobKind.WARM_UP))
    asked = [(JobKind.ASK, 1), (JobKind.REFINE, 1), (JobKind.ASK, 2)]
    for kind, owner in asked:
        runner.start(job(calls, lambda: threads.append(threading.get_ident()), kind, owner))
    runner.start(job(calls, lambda: "shown"))
    qtbot.waitUntil(lambda: calls.answers == ["shown"], timeout=WAIT)
    assert runner.busy == {(JobKind.WARM_UP, 1), *asked}
    gate.set()
    qtbot.waitUntil(lambda: not runner.busy, timeout=WAIT)
    assert len(threads) == 4 and len(set(threads)) == 1


def test_a_job_may_start_the_next_of_its_kind_from_its_answer(qtbot, runner, calls):
    runner.start(
        Job(
            JobKind.RENDER,
            lambda: 1,
            lambda answer: runner.start(job(calls, lambda: answer + 1)),
            calls.failed,
            owner=1,
        )
    )
    qtbot.waitUntil(lambda: calls.answers == [2], timeout=WAIT)


@pytest.mark.parametrize("error", [ImageUnreadable("'a.png' is empty."), ClipMatError("no such model")])
def test_an_error_that_names_its_remedy_passes_as_it_is(qtbot, runner, calls, error):
    def work():
        raise error

    runner.start(job(calls, work))
    qtbot.waitUntil(lambda: bool(calls.errors), timeout=WAIT)
    assert calls.errors == [error] and not calls.answers and not log_file().exists()


def test_a_lack_of_memory_names_what_to_do(qtbot, runner, calls):
    runner.start(job(calls, lambda: np.empty((2**20, 2**20, 2**10))))
    qtbot.waitUntil(lambda: bool(calls.errors), timeout=WAIT)
    (error,) = calls.errors
    assert isinstance(error, EditorError) and "close other images" in str(error) and "smaller image" in str(error)


@pytest.mark.parametrize(
    "text",
    ["CUDA out of memory. Tried to allocate 2 GiB", "DefaultCPUAllocator: can't allocate memory: you tried …",
     "OpenCV(5.0.0) alloc.cpp:73: error: (-4:Insufficient memory) Failed to allocate 1 bytes"],
)  # fmt: skip
def test_the_lack_of_memory_of_other_libraries_is_known_too(text):
    assert "smaller image" in str(as_user_error(RuntimeError(text)))


def test_anything_else_is_one_line_and_its_traceback_is_in_the_log(qtbot, runner, calls):
    def a_function_of_its_own():
        return {}["no such key"]

    runner.start(job(calls, a_function_of_its_own))
    qtbot.waitUntil(lambda: bool(calls.errors), timeout=WAIT)
    (error,) = calls.errors
    assert isinstance(error, EditorError)
    assert "Something went wrong" in str(error) and str(log_file()) in str(error) and "Traceback" not in str(error)
    written = log_file().read_text(encoding="utf-8")
    assert "Traceback" in written and "a_function_of_its_own" in written and "KeyError" in written


def test_the_log_stays_small(home):
    for _ in range(40):
        as_user_error(ValueError("x" * 100_000))
    kept = list(home.glob("rim-editor.log*"))
    assert log_file() in kept and len(kept) <= 2 and sum(path.stat().st_size for path in kept) < 2.5e6


def test_where_no_log_can_be_written_the_terminal_has_the_details(home, capsys):
    log_file().mkdir(parents=True)
    assert "terminal" in str(as_user_error(ValueError("odd")))
    assert "ValueError: odd" in capsys.readouterr().err


def test_closing_while_working_waits_a_bounded_time(qtbot, calls):
    runner, gate = QtRunner(), threading.Event()
    runner.start(job(calls, lambda: gate.wait(10)))
    qtbot.wait(20)
    started = time.perf_counter()
    assert not runner.shutdown(0.2)
    assert time.perf_counter() - started < 5
    gate.set()
    assert runner.shutdown(10)
    runner.start(job(calls, lambda: "late"))
    qtbot.wait(50)
    assert not calls.answers and not calls.errors and not runner.busy


def test_what_a_dropped_job_captured_is_let_go(runner, calls, gate, qtbot):
    import weakref

    class Heavy:
        pass

    heavy = Heavy()
    gone = weakref.ref(heavy)
    runner.start(job(calls, lambda: gate.wait(10), JobKind.ASK, 1))
    runner.start(job(calls, lambda heavy=heavy: heavy, JobKind.ASK, 2))
    runner.cancel(JobKind.ASK, 2)
    del heavy
    assert gone() is None


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from("start cancel fail".split()), st.sampled_from("ab")), max_size=20))
def test_each_kind_ends_with_its_last_word(qtbot, runner, steps):
    calls, last = {"a": [], "b": []}, {"a": None, "b": None}

    def fails(number):
        raise EditorError(number)

    for number, (step, kind) in enumerate(steps):
        if step == "cancel":
            runner.cancel(JobKind.RENDER, kind)
            last[kind] = None
            continue
        work = (lambda number=number: number) if step == "start" else (lambda number=number: fails(number))
        done = calls[kind].append
        failed = lambda error, done=done: done(-error.args[0] - 1)  # noqa: E731
        runner.start(Job(JobKind.RENDER, work, done, failed, owner=kind))
        last[kind] = number if step == "start" else -number - 1
    qtbot.waitUntil(lambda: not runner.busy, timeout=WAIT)
    assert calls == {kind: [] if end is None else [end] for kind, end in last.items()}
