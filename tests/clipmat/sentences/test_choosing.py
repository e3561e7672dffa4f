import numpy as np
import pytest

from clipmat.candidates import Candidate
from clipmat.sentences.choosing import choose, colour_share
from clipmat.sentences.reading import read

SIZE = (100, 200)


def at(x, y, half=8, score=0.5):
    return Candidate((x - half, y - half, x + half, y + half), score, SIZE)


def chosen(text, image=None, **things):
    return choose(read(text), lambda noun: things.get(noun, []), image)


ROW = [at(x, 50, half) for x, half in ((20, 8), (70, 14), (120, 5), (180, 9))]


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("the leftmost dog", 0),
        ("third dog from the left", 2),
        ("second dog from the right", 2),
        ("last dog on the right", 3),
        ("biggest dog", 1),
        ("smallest dog", 2),
        ("dog left of the cat", 1),
        ("dog right of the cat", 2),
        ("dog next to the cat", 1),
        ("dog between the cat and the tree", 2),
    ],
)
def test_boxes_alone_are_enough_for_places_and_relations(text, index):
    assert chosen(text, dog=ROW, cat=[at(92, 52, 6)], tree=[at(150, 48)]) is ROW[index]


def test_that_colour_comes_before_place():
    image = np.full((*SIZE, 3), 128, np.uint8)
    for thing, rgb in zip(ROW, ((200, 20, 20), (30, 60, 210), (200, 20, 20), (30, 60, 210)), strict=True):
        image[thing.shown()] = rgb
    assert chosen("the red dog on the right", image, dog=ROW) is ROW[2]
    assert chosen("the left blue dog", image, dog=ROW) is ROW[1]
    assert colour_share(image, ROW[0], "red") == pytest.approx(1)


def test_that_several_that_would_do_go_by_score():
    dogs = [at(20, 50, score=0.3), at(70, 50, score=0.9)]
    assert chosen("the dog", dog=dogs) is dogs[1]


def test_that_what_is_not_there_is_none_and_what_it_stands_to_is_left_out():
    assert chosen("the dog on the left") is None
    assert chosen("fifth dog from the left", dog=ROW) is None
    assert chosen("the dog left of the unicorn", dog=ROW[:1]) is ROW[0]


def test_that_a_thing_is_not_beside_itself():
    assert chosen("the dog left of the dog on the right", dog=ROW[2:]) is ROW[2]
    assert chosen("the dog next to the dog on the left", dog=[ROW[0], ROW[1]]) is ROW[1]


@pytest.mark.parametrize("others", ["the other one", "the other dog", "the other dogs"])
def test_that_the_other_is_never_the_thing_itself(others):
    dogs = [at(20, 50, score=0.9), at(70, 50, score=0.8), at(120, 50, score=0.7)]
    for two_or_three in (dogs[:2], dogs):
        assert chosen(f"the dog left of {others}", dog=two_or_three) is dogs[0]
        assert chosen(f"the dog right of {others}", dog=two_or_three) is two_or_three[-1]


def test_that_what_is_farthest_back_is_not_what_is_merely_covered():
    def thing(x, bottom, cut=200):
        mask = np.zeros(SIZE, bool)
        mask[bottom - 30 : bottom, x : min(x + 40, cut)] = True
        return Candidate.of_mask(mask)

    far, covered, near = thing(10, 60), thing(90, 93, cut=115), thing(115, 95)
    assert near.covers(covered) > 0
    assert chosen("the bird farthest back", bird=[far, covered, near]) is far
    assert chosen("the bird in front", bird=[far, covered, near]) is near
    assert chosen("the second bird from the left in the background", bird=[far, near]) is near


def test_that_one_word_for_many_can_be_between():
    people = [at(20, 50), at(60, 50), at(100, 50), at(180, 50)]
    assert (
        chosen("the child between the women", child=[people[1]], women=[people[0], people[2], people[3]]) is people[1]
    )
