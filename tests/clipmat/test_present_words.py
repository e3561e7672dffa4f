"""Which of the words that are surely in an image are offered, unasked or for an answer."""

import numpy as np
import pytest

from clipmat.present_words import PLACE, PresentWord, near_words, place_of, sure_words


def word(noun, presence, left, right):
    place = np.zeros((PLACE, PLACE), bool)
    place[:, left:right] = True
    return PresentWord(noun, presence, place)


def nouns(words):
    return [word.noun for word in words]


def test_the_surest_word_of_each_place_is_offered_unasked():
    words = (
        word("animal", 0.97, 1, 12),
        word("cat", 0.99, 0, 12),
        word("cup", 0.96, 20, 25),
        word("bag", 0.94, 26, 32),
    )
    assert nouns(sure_words(words, 6)) == ["cat", "cup"]
    assert nouns(sure_words(words, 1)) == ["cat"]
    assert sure_words((), 6) == ()


@pytest.mark.parametrize(
    ("there", "offered"),
    [
        ({"animal": 0.99, "cat": 0.96}, "cat"),
        ({"animal": 0.99, "cat": 0.94}, "animal"),
        ({"man": 0.99, "child": 0.98, "person": 0.95}, "person"),
        ({"woman": 0.96, "child": 0.99}, "child"),
        ({"vehicle": 0.98, "car": 0.97, "bag": 0.96}, "car"),
    ],
)
def test_a_kind_gives_way_to_the_exact_word_and_man_and_woman_to_the_safe_one(there, offered):
    words = [word(noun, presence, 0, 12) for noun, presence in there.items()]
    assert nouns(sure_words((word("cup", 0.955, 20, 25), *words), 6)) == [offered, "cup"]


def test_what_is_on_another_thing_is_a_thing_of_its_own():
    assert nouns(sure_words((word("person", 0.99, 0, 20), word("hat", 0.98, 0, 6)), 6)) == ["person", "hat"]


@pytest.mark.parametrize(("left", "right", "found"), [(0, 10, ["dog", "cat"]), (20, 30, [])])
def test_near_words_are_where_the_matte_is_and_the_best_match_comes_first(left, right, found):
    matte = np.zeros((64, 64), np.float32)
    matte[:, 2 * left : 2 * right] = 1
    assert nouns(near_words((word("cat", 0.7, 0, 6), word("dog", 0.65, 0, 10)), matte, 3)) == found
    assert place_of(matte)[:, left:right].mean() > 0.8
