"""Dense words: masks and what counts, judged by sets of pixels."""

import numpy as np
import pytest

from training.dense_words import WordSource, counts_of
from training.entity import ColourShare, Entity
from training.scene import SceneCanvas

SIZE = (64, 96)


def entity(keyword, *names, maybe=(), colour="red"):
    shares = (ColourShare(colour, 0.9),)
    rest = {"source": "test", "split": "train", "file": "", "mask": "", "pack": 0}
    return Entity(keyword, keyword, "object", (keyword, *names), frozenset(maybe), shares, (), **rest)


def box(y0, y1, x0, x1):
    alpha = np.zeros(SIZE, np.float32)
    alpha[y0:y1, x0:x1] = 1
    return alpha


DOG, CUP, MUG = entity("dog", "animal"), entity("cup", maybe=("mug",)), entity("mug", colour="blue")
LEFT, RIGHT, MIDDLE = box(16, 48, 0, 24), box(16, 48, 72, 96), box(16, 48, 40, 56)


def scene(*placed, may_contain=(), complete=False, absent=None):
    canvas = SceneCanvas(np.zeros((*SIZE, 3), np.uint8), frozenset(may_contain), complete=complete, absent=absent)
    for each, alpha in placed:
        canvas.add(each, alpha)
    return canvas.scene()


def asked(source, one, *words, count=12):
    """The masks and counts of the words that were drawn among `words`, at the scene's own size, as booleans."""
    found = source.masks([one], count, np.random.default_rng(0))
    planes = {}
    for i, text in enumerate(found.texts):
        if text in words and text not in planes:
            masks, counts = (
                np.kron(plane, np.ones((4, 4), bool)) for plane in (found.masks[0, i] > 127, found.counts[0, i])
            )
            planes[text] = masks.astype(bool), counts.astype(bool)
    assert planes.keys() == set(words)
    return planes


def test_a_small_bank_repeats_a_word_that_then_counts_nowhere():
    found = WordSource.of([DOG]).masks([scene((CUP, LEFT))], 6, np.random.default_rng(0))
    known = [text for text, counts in zip(found.texts, found.counts[0], strict=True) if counts.any()]
    assert len(found.texts) == 6 and len(known) == len(set(known)) < 6


@pytest.fixture
def source():
    return WordSource.of([DOG, CUP, MUG, entity("tree"), entity("boat")])


def test_words_are_drawn_once_each_and_as_many_as_asked(source):
    one = scene((DOG, LEFT), (CUP, RIGHT), complete=True)
    found = source.masks([one, one], 6, np.random.default_rng(3))
    assert len(found.texts) == len(set(found.texts)) == 6
    assert found.masks.shape == found.counts.shape == (2, 6, 16, 24) and found.masks.dtype == np.uint8
    again = source.masks([one, one], 6, np.random.default_rng(3))
    assert again.texts == found.texts and (again.masks == found.masks).all()


def test_in_a_composite_all_is_known_but_for_what_the_background_may_show(source):
    words = asked(source, scene((DOG, LEFT), (CUP, RIGHT), may_contain={"tree"}, complete=True), "dog", "boat", "tree")
    mask, counts = words["dog"]
    assert (mask == (LEFT > 0)).all() and counts.all()
    mask, counts = words["boat"]
    assert not mask.any() and counts.all()
    mask, counts = words["tree"]
    assert not mask.any() and (counts == (LEFT + RIGHT > 0)).all()


def test_in_a_photograph_a_word_that_is_not_there_counts_on_what_is_labelled(source):
    words = asked(source, scene((DOG, LEFT)), "animal", "boat")
    mask, counts = words["animal"]
    assert (mask == (LEFT > 0)).all() and counts.all()
    mask, counts = words["boat"]
    assert not mask.any() and (counts == (LEFT > 0)).all()


def test_in_a_labelled_scene_what_was_looked_for_is_known(source):
    one = scene((DOG, LEFT), (CUP, RIGHT), may_contain={"dog", "animal"}, absent=("boat",))
    words = asked(source, one, "dog", "boat", "tree")
    assert (words["dog"][1] == (LEFT + RIGHT > 0)).all(), "other dogs may have no label"
    assert words["boat"][1].all()
    assert (words["tree"][1] == (LEFT + RIGHT > 0)).all()


def test_a_look_alike_neither_fits_nor_fails(source):
    words = asked(source, scene((CUP, LEFT), (MUG, RIGHT), complete=True), "mug")
    mask, counts = words["mug"]
    assert (mask == (RIGHT > 0)).all() and (counts == (LEFT == 0)).all()


def test_all_of_a_kind_are_meant_and_only_the_right_colour(source):
    one = scene((MUG, LEFT), (entity("mug"), RIGHT), complete=True)
    words = asked(source, one, "mug", count=5)
    assert (words["mug"][0] == (LEFT + RIGHT > 0)).all()
    coloured = WordSource.of([MUG])
    for seed in range(20):
        found = coloured.masks([one], 2, np.random.default_rng(seed))
        for text, mask in zip(found.texts, found.masks[0], strict=True):
            if "blue" in text:
                assert (mask > 127).sum() * 16 == (LEFT > 0).sum()
                return
    pytest.fail("no colour was drawn in twenty batches")


def test_the_match_of_an_expression_does_not_choose_among_rivals():
    one = scene((MUG, LEFT), (entity("mug"), RIGHT), (DOG, MIDDLE), complete=True)
    counts = np.kron(counts_of(one, one.placed[0].alpha, "mug"), np.ones((4, 4)))
    assert ((counts == 0) == (RIGHT > 0)).all()


def test_what_fits_nothing_counts_on_what_is_known():
    nothing = np.zeros(SIZE, np.float32)
    photo, composite = scene((DOG, LEFT)), scene((DOG, LEFT), complete=True)
    assert (np.kron(counts_of(photo, nothing, ""), np.ones((4, 4))) == (LEFT > 0)).all()
    assert counts_of(composite, nothing, "").all() and counts_of(None, nothing, "").all()
