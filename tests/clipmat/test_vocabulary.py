"""Nouns in an image: the same presence as one by one, their places, and stopping early."""

from pathlib import Path

import numpy as np
import pytest

from clipmat.errors import ImageNotSet
from clipmat.predictor import Predictor
from clipmat.present_words import PLACE, PresentWord, near_words, place_of

NOUNS = ("dog", "wine glass", "the potted plant by the window", "car", "cup", "bird")


@pytest.fixture(scope="module")
def predictor():
    return Predictor.load("compact", device="cpu", precision="float32")


@pytest.fixture(scope="module")
def image():
    from clipmat import image_files

    return image_files.read(Path(__file__).parents[2] / "resources/samples/still_life.jpg").pixels[::4, ::4].copy()


def test_several_nouns_get_the_presence_of_each_alone(predictor, image):
    predictor.set_image(image)
    found = {word.noun: word for word in predictor.present_words(NOUNS)}
    threshold = predictor.card.presence.sure
    for noun in NOUNS:
        alone = predictor.predict(noun, refine=False)
        sure = alone.presence >= threshold
        if abs(alone.presence - threshold) > 0.05:
            assert (noun in found) == (sure and bool((alone.matte > 0.5).any())), noun
        if noun in found:
            assert found[noun].presence == pytest.approx(alone.presence, abs=0.03)
            assert found[noun].overlap(place_of(alone.matte)) > 0.5
    presences = [word.presence for word in predictor.present_words(NOUNS)]
    assert presences == sorted(presences, reverse=True) and "cup" in found


def test_it_stops_between_batches_and_then_answers_nothing(predictor, image):
    predictor.set_image(image)
    asked = []

    def stop():
        asked.append(1)
        return len(asked) > 1

    assert predictor.present_words(NOUNS, stop) == () and len(asked) == 2
    assert predictor.present_words(()) == ()


def test_without_an_image_it_says_so():
    predictor = Predictor.load("compact", device="cpu", untrained=True)
    with pytest.raises(ImageNotSet, match="set_image"):
        predictor.present_words(("dog",))


def word(noun, left, right):
    place = np.zeros((PLACE, PLACE), bool)
    place[:, left:right] = True
    return PresentWord(noun, 0.9, place)


def test_near_words_are_those_where_the_matte_is():
    matte = np.zeros((90, 160), np.float32)
    matte[:, :80] = 1
    words = (word("car", 16, 32), word("person", 0, 12), word("man", 0, 16), word("sky", 0, 32))
    assert [one.noun for one in near_words(words, matte, 3)] == ["man", "person", "sky"]
    assert [one.noun for one in near_words(words, matte, 1)] == ["man"]
    assert near_words(words, np.zeros((3, 3), np.float32), 3) == ()
    assert word("x", 3, 3).overlap(word("y", 5, 5).place) == 0
