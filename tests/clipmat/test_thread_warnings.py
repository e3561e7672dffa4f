"""Warnings reach the thread that listens for them, and nobody else's are lost."""

import threading
import warnings

import pytest

from clipmat.errors import UserFacingWarning
from clipmat.thread_warnings import collected_warnings


def test_what_is_listened_for_is_heard_every_time_and_shown_nowhere():
    with warnings.catch_warnings(record=True) as shown, collected_warnings(UserFacingWarning) as texts:
        for _ in range(2):
            warnings.warn("damaged", UserFacingWarning, stacklevel=1)
    assert texts == ["damaged", "damaged"] and shown == []


def test_other_warnings_go_where_they_went():
    with pytest.warns(DeprecationWarning, match="old"), collected_warnings(UserFacingWarning) as texts:
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    assert texts == []


def test_an_inner_listener_hears_for_the_outer_and_then_no_more():
    with collected_warnings(UserFacingWarning) as outer:
        with collected_warnings(UserFacingWarning) as inner:
            warnings.warn("in", UserFacingWarning, stacklevel=1)
        warnings.warn("out", UserFacingWarning, stacklevel=1)
    assert (outer, inner) == (["out"], ["in"])


def test_filters_are_as_before_even_after_an_error():
    before = list(warnings.filters), warnings.showwarning
    with pytest.raises(ZeroDivisionError), collected_warnings(UserFacingWarning):
        raise ZeroDivisionError
    assert (list(warnings.filters), warnings.showwarning) == before


def test_threads_hear_their_own():
    before = list(warnings.filters), warnings.showwarning
    heard_by, ready = {}, threading.Barrier(4)

    def listen(name):
        ready.wait()
        for turn in range(50):
            with collected_warnings(UserFacingWarning) as texts:
                warnings.warn(f"{name} {turn}", UserFacingWarning, stacklevel=1)
            heard_by.setdefault(name, []).extend(texts)

    threads = [threading.Thread(target=listen, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard_by == {name: [f"{name} {turn}" for turn in range(50)] for name in "abcd"}
    assert (list(warnings.filters), warnings.showwarning) == before


def test_what_an_inner_listener_spares_is_heard_by_the_outer():
    with (
        collected_warnings(UserFacingWarning) as outer,
        collected_warnings(UserWarning, spared=(UserFacingWarning,)) as inner,
    ):
        warnings.warn("of a library", UserWarning, stacklevel=1)
        warnings.warn("ours", UserFacingWarning, stacklevel=1)
    assert (outer, inner) == (["ours"], ["of a library"])
