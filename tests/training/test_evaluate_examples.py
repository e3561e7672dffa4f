"""Which photographs are marked and asked, and what the tables state; the answers come from a fake."""

from types import SimpleNamespace

import numpy as np
import pytest

from clipmat.certainty import Certainty
from training.entity import Entity
from training.evaluate_examples import (  # fmt: skip
    BOTH,
    EXAMPLE,
    WORD,
    ExamplesError,
    Found,
    answers,
    drawn_kinds,
    evaluate_examples,
    tables,
)


def photo(number, keyword, kind="animal"):
    return Entity(
        id=f"photo_{keyword}_{number}", keyword=keyword, kind=kind, names=(keyword,), maybe=frozenset(), colours=(),
        garments=(), source="test", split="val_seen", file="", mask="", pack=0, transparent=False,
    )  # fmt: skip


PHOTOS = [*(photo(n, "dog") for n in range(4)), *(photo(n, "cat") for n in range(3)), photo(0, "cow")]


class FakeBank:
    def photo(self, entity):
        matte = np.zeros((8, 10), np.uint8)
        matte[:4] = 255
        return np.full((8, 10, 3), len(entity.id), np.uint8), matte


class FakePredictor:
    """Finds the upper half by the word, its upper half by an example, and everything by both."""

    def __init__(self):
        self.marked, self.asked = 0, []

    def set_image(self, image):
        pass

    def example(self, matte):
        assert matte.dtype == np.float32 and matte.max() == 1
        self.marked += 1
        return f"example {self.marked}"

    def predict(self, expression, *, example=None, refine=True):
        self.asked.append((expression, example))
        matte = np.zeros((8, 10), np.float32)
        matte[: {True: 4, False: 2}[example is None] if not (expression and example) else 8] = 1
        return SimpleNamespace(matte=matte, certainty=Certainty.SURE)


def test_kinds_have_enough_photographs_and_not_too_many():
    kinds = drawn_kinds(PHOTOS, 3, 3, seed=7)
    assert [(kind, len(photos)) for kind, photos in kinds.items()] == [("cat", 3), ("dog", 3)] or list(kinds) == [
        "dog", "cat"]  # fmt: skip
    assert kinds == drawn_kinds(PHOTOS, 3, 3, seed=7) and "cow" not in kinds


def test_no_example_is_asked_for_in_its_own_photograph():
    kinds = drawn_kinds(PHOTOS, 3, 30, seed=7)
    predictor = FakePredictor()
    found = list(answers(predictor, FakeBank(), kinds, marked=2, elsewhere=1, seed=7))
    dogs = [each for each in found if each.kind == "dog" and each.there]
    # Each of four photographs by the word; two examples, each in three others, alone and beside the word.
    assert {way: sum(each.way == way for each in dogs) for way in (WORD, EXAMPLE, BOTH)} == {
        WORD: 4, EXAMPLE: 6, BOTH: 6}  # fmt: skip
    assert {(each.way, each.iou) for each in dogs} == {(WORD, 1.0), (EXAMPLE, 0.5), (BOTH, 0.5)}
    elsewhere = [each for each in found if each.kind == "dog" and not each.there]
    assert len(elsewhere) == 5 and all(each.iou == 0 for each in elsewhere)
    assert predictor.marked == 4 and ("the dog", None) in predictor.asked


def test_the_means_are_over_kinds():
    found = [
        Found("dog", WORD, True, 0.9, Certainty.SURE), Found("dog", WORD, True, 0.7, Certainty.UNSURE),
        Found("cat", WORD, True, 0.2, Certainty.NONE), Found("cat", EXAMPLE, False, 0.0, Certainty.NONE),
    ]  # fmt: skip
    page = tables(found, {"dog": 2, "cat": 1})
    assert [line for line in page.splitlines() if "every kind alike" in line][0].split("|")[4:6] == [
        f"{0.5:>10.3f} ", f"{0.5:>12.3f} "]  # fmt: skip
    assert "0.333" in page and "example, elsewhere" in page


@pytest.mark.parametrize(("split", "least", "words"), [("test", 2, "val or train"), ("val", 99, "smaller --least")])
def test_what_cannot_be_measured_names_the_remedy(pack, split, least, words):
    with pytest.raises(ExamplesError, match=words):
        evaluate_examples([pack], split=split, least=least, most=3, marked=1, elsewhere=0, seed=7)
