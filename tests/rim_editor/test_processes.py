"""Processes by name: this one, one that has ended, one whose number another took over, one of 0.1.0."""

import os
import signal
import subprocess
import sys

import pytest

from rim_editor import processes

CODE = "from rim_editor import processes; print(processes.own_name(), flush=True); input()"


@pytest.fixture
def other():
    process = subprocess.Popen([sys.executable, "-c", CODE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield process, process.stdout.readline().strip()
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def test_this_process_runs():
    assert processes.is_name(processes.own_name()) and processes.is_running(processes.own_name())


def test_another_process_runs_until_it_ends(other):
    process, name = other
    assert name.startswith(f"{process.pid}-") and processes.is_running(name)
    process.kill()
    process.wait()
    assert not processes.is_running(name)


@pytest.mark.skipif(not hasattr(os, "waitid"), reason="this system has no zombies")
def test_a_process_that_nobody_has_asked_after_yet_has_ended_too(other):
    process, name = other
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # a zombie now
    assert not processes.is_running(name)


def test_a_number_that_was_taken_over_is_another_process():
    pid, _, started = processes.own_name().partition("-")
    assert not processes.is_running(f"{pid}-{int(started) + 100_000}")


def test_of_a_name_of_the_first_version_the_number_counts():
    assert processes.is_name("12-5f0a1b2cx1234") and processes.is_running(f"{os.getpid()}-5f0a1b2cx1234")
    assert not processes.is_running("4194305-5f0a1b2cx1234")


@pytest.mark.parametrize("text", ["", "12", "a-1", "12-", "settings.json"])
def test_other_folders_are_no_processes(text):
    assert not processes.is_name(text)


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows has no such signal")
def test_what_asks_to_stop_is_handled_unless_it_was_ignored():
    got = []
    before = signal.getsignal(signal.SIGHUP)
    try:
        for ignored in (False, True):
            signal.signal(signal.SIGHUP, signal.SIG_IGN if ignored else signal.SIG_DFL)
            with processes.on_stop_signals(lambda number, _: got.append(number)):
                for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
                    signal.raise_signal(number)
            assert signal.getsignal(signal.SIGHUP) is (signal.SIG_IGN if ignored else signal.SIG_DFL)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert got == [signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGTERM, signal.SIGINT]
