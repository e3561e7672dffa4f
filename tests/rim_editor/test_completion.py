"""Completion: history first, then the noun being typed; whole expressions, each once."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rim_editor.completion import completions

NOUNS = ("cat", "coat", "coffee cup", "cow", "cup", "dog", "onion", "Teddy bear", "the thinker", "woman")
HISTORY = ("the woman in red", "the dog on the left", "The dog", "cup")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("the woman in the red co", ("the woman in the red cow", "the woman in the red coat")),
        ("left do", ("left dog",)),
        ("the do", ("the dog on the left", "The dog")),
        ("THE DOG", ("the dog on the left",)),
        ("  the   dog   o", ("the dog on the left",)),
        ("the dog ", ("the dog on the left",)),
        ("the coffee c", ("the coffee cup", "the coffee cat")),
        ("the coffee ", ("the coffee cup",)),
        ("two dogs on", ()),
        ("a tedd", ("a Teddy bear",)),
        ("the dog", ("the dog on the left",)),
        ("xyz", ()),
        ("", HISTORY),
        ("   ", HISTORY),
    ],
)
def test_what_is_typed_is_completed(typed, expected):
    assert completions(typed, HISTORY, NOUNS)[: max(len(expected), 1)] == expected


def test_what_is_whole_is_not_offered_again():
    assert completions("cup", HISTORY, NOUNS) == ()


def test_history_comes_first_and_nothing_twice():
    assert completions("the do", ("the dogs", "The  dog"), ("dog", "dogma")) == ("the dogs", "The dog", "the dogma")


@pytest.mark.parametrize(("limit", "expected"), [(0, ()), (1, ("the woman in red",)), (-1, ())])
def test_the_limit_holds(limit, expected):
    assert completions("the", HISTORY, NOUNS, limit) == expected


@given(st.text(max_size=30), st.lists(st.text(max_size=12)), st.lists(st.text(max_size=8)), st.integers(0, 9))
def test_every_completion_goes_on_from_what_was_typed(typed, history, nouns, limit):
    found = completions(typed, history, nouns, limit)
    assert len(found) <= limit and len({text.casefold() for text in found}) == len(found)
    begun = " ".join(typed.split()).casefold()
    for text in found:
        assert " ".join(text.split()).casefold().startswith(begun)


def test_a_key_press_costs_next_to_nothing():
    nouns = tuple(f"{a}{b}{c} thing" for a in "abcdefghij" for b in "abcdefghij" for c in "abcdefghijklmnopqrst")
    history = tuple(f"the {noun} on the left" for noun in nouns[:200])
    completions("warm", history, nouns)
    fastest = min(_seconds(lambda: completions("the woman in the red a", history, nouns)) for _ in range(20))
    assert len(nouns) == 2000 and fastest < 0.002


def _seconds(act):
    before = time.perf_counter()
    act()
    return time.perf_counter() - before
