"""A clock: what has passed, what is left, and a run that was stopped in between."""

import pytest

from training.fitting.clock import Clock


def test_time_passes_and_is_over():
    now = 1000.0
    clock = Clock(2.0, lambda: now)
    assert (clock.seconds, clock.left, clock.share) == (0, 120, 0)
    now += 30
    assert (clock.seconds, clock.left, clock.share) == (30, 90, 0.25)
    now += 200
    assert (clock.seconds, clock.left, clock.share) == (230, 0, 1)


def test_a_stopped_run_has_what_was_left():
    now = 5.0
    clock = Clock(1.0, lambda: now)
    clock.resume(45.0)
    now += 3
    assert clock.left == pytest.approx(12) and clock.share == pytest.approx(0.8)
