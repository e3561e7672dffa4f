"""Completion: history first, then the noun being typed; whole expressions, each once."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rim_editor.editor.completing import PLACES, completions, offered_nouns

NOUNS = ("cat", "coat", "coffee cup", "cow", "cup", "dog", "onion", "Teddy bear", "the thinker", "woman")
HISTORY = ("the woman in red", "the dog on the left", "The dog", "cup")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("the woman in the red co", ("the woman in the red coat", "the woman in the red coffee cup")),
        ("the lamp beside the co", ("the lamp beside the coat", "the lamp beside the coffee cup")),
        ("left do", ("left dog",)),
        ("the do", ("the dog on the left", "The dog")),
        ("THE DOG", ("the dog on the left",)),
        ("  the   dog   o", ("the dog on the left",)),
        ("the dog ", ("the dog on the left", "the dog on the right")),
        ("the coffee c", ("the coffee cup",)),
        ("the cup on the l", ("the cup on the left",)),
        ("the cup o", ("the cup on the left", "the cup on the right")),
        ("a cow i", ("a cow in the middle", "a cow in front")),
        ("the woman g", ()),
        ("the woman c", ()),
        ("the red c", ("the red cup", "the red cat")),
        ("two dogs in the m", ("two dogs in the middle",)),
        ("on the l", ()),
        ("the coffee ", ("the coffee cup",)),
        ("two dogs on", ("two dogs on the left",)),
        ("a tedd", ("a Teddy bear",)),
        ("the dog", ("the dog on the left",)),
        ("the onion on the cat ", ("the onion on the cat on the left",)),
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


def test_what_was_used_in_this_image_comes_first_then_history_then_the_common():
    nouns = ("car", "cat", "cow", "cup", "coat")
    assert completions("a c", ("the coat",), nouns, here=("the cup on the table",)) == (
        "a cup", "a coat", "a car", "a cat", "a cow",
    )  # fmt: skip
    assert completions("the c", ("the cat",), (), here=("the cup",)) == ("the cup", "the cat")


def test_an_article_and_a_space_offer_what_is_most_likely():
    assert completions("the ", (), NOUNS, limit=3) == ("the thinker", "the cat", "the coat")
    assert completions("the dog on ", (), NOUNS)[:2] == ("the dog on the left", "the dog on the right")
    assert completions("the dog ", (), NOUNS) == tuple(f"the dog {place}" for place in PLACES[:8])


def test_the_common_in_photographs_are_offered_first_and_emoji_never():
    known = ("zebra", "woman getting a massage", "person", "cat", "my own gasket", "broken heart", "dog")
    assert offered_nouns(known) == ("person", "dog", "cat", "zebra", "my own gasket")


def test_the_bundled_weights_offer_nouns_of_photographs():
    from clipmat.weights import nouns

    offered = offered_nouns(nouns("compact"))
    assert {"person", "woman", "dog", "cup", "helmet", "flower"} < set(offered)
    assert not [noun for noun in offered if " getting " in noun or "massage" in noun or noun.endswith("heart")]
    found = completions("the woman g", (), offered)
    assert found == ()
    assert completions("the cup on the l", (), offered)[0] == "the cup on the left"
    assert set(completions("the c", (), offered)[:5]) == {"the car", "the chair", "the cake", "the cup", "the cat"}
    assert completions("the woman in the red c", (), offered)[:2] == (
        "the woman in the red coat", "the woman in the red cap",
    )  # fmt: skip


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


def test_what_is_too_long_for_an_expression_is_neither_completed_nor_offered():
    long = "the cup " * 200
    assert completions("the c", (long, "the cup on the left"), ("cup",)) == ("the cup on the left", "the cup")
    assert completions("", (long,), ("cup",)) == ()
    assert completions(long, ("the cup",), ("cup",)) == ()
