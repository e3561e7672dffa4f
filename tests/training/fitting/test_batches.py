"""Batches: a sample depends on its number alone, parts are the whole, the next batch is there before it is asked."""

import threading
import time

import numpy as np
import pytest
import torch

from clipmat.config import variant
from clipmat.model import ClipMat
from training.datasets import SceneDataset
from training.entity import BankError
from training.fitting.batches import Prefetcher, batch_of


@pytest.fixture(scope="module")
def draw(bank):
    model = ClipMat(variant("compact"))
    data = SceneDataset(bank.select("train"), 3)
    nouns = (["cup", "dog", "car"], torch.eye(3, 8))
    return lambda numbers: batch_of(data, numbers, (64, 96), 2, model.tokenize, 3, nouns)


def test_a_batch_has_the_sides_it_promises(draw):
    inputs, targets = draw(range(5, 8))
    assert inputs.pixels.shape == (3, 3, 64, 96) and inputs.pixels.dtype == torch.uint8
    assert inputs.tokens.ids.shape[0] == inputs.nouns.ids.shape[0] == 6
    assert targets.matte.shape == (6, 1, 32, 48) and targets.trimap.shape == (6, 32, 48)
    assert targets.present.shape == (6,) and targets.vectors.shape == (6, 8)
    assert set(targets.trimap.unique().tolist()) <= {0, 1, 2}


def test_what_is_drawn_for_an_image_does_not_depend_on_the_others(draw):
    (one, other), both = (draw([4]), draw([9])), draw([4, 9])
    torch.testing.assert_close(torch.cat([one.inputs.pixels, other.inputs.pixels]), both.inputs.pixels)
    for field in ("matte", "trimap", "present", "vectors"):
        parts = torch.cat([getattr(one.targets, field), getattr(other.targets, field)])
        torch.testing.assert_close(parts, getattr(both.targets, field), msg=field)


def test_trimaps_of_one_matte_have_different_bands(draw):
    targets = draw(range(20)).targets
    band = [(t == 1).float().mean().item() for t, p in zip(targets.trimap, targets.present, strict=True) if p]
    assert np.std(band) > 0


@pytest.mark.parametrize("parts", [1, 2, 3, 9])
def test_parts_hold_whole_images_and_together_everything(draw, parts):
    inputs = draw(range(5)).inputs
    split = list(inputs.split(parts))
    assert len(split) == min(parts, 5)
    assert max(len(p.pixels) for p in split) - min(len(p.pixels) for p in split) <= 1
    assert all(len(p.tokens.ids) == len(p.nouns.ids) == 2 * len(p.pixels) for p in split)
    torch.testing.assert_close(torch.cat([p.pixels for p in split]), inputs.pixels)
    torch.testing.assert_close(torch.cat([p.tokens.ids for p in split]), inputs.tokens.ids)
    torch.testing.assert_close(torch.cat([p.nouns.valid for p in split]), inputs.nouns.valid)


def test_things_come_in_order_whatever_the_threads():
    prefetcher = Prefetcher(lambda n: (time.sleep(0.002 * (n % 3)), n * n)[1], 12, depth=4, threads=3)
    assert [prefetcher.get(n) for n in range(12)] == [n * n for n in range(12)]
    prefetcher.close()


def test_nothing_is_made_twice_or_beyond_the_end():
    made = []
    prefetcher = Prefetcher(lambda n: made.append(n) or n, 6)
    assert [prefetcher.get(n) for n in range(6)] == list(range(6))
    assert sorted(made) == list(range(6))
    assert prefetcher.get(7) == 7, "who asks beyond the end gets it, but nothing more is begun"
    assert sorted(made) == [*range(6), 7]
    prefetcher.close()


def test_the_next_thing_is_made_while_the_last_is_used():
    begun = threading.Event()

    def make(number):
        if number == 1:
            begun.set()
        return number

    prefetcher = Prefetcher(make, 3)
    assert prefetcher.get(0) == 0
    assert begun.wait(5), "the second is made before anyone asks"
    prefetcher.close()


def test_waiting_is_counted():
    prefetcher = Prefetcher(lambda n: time.sleep(0.05), 1)
    prefetcher.get(0)
    assert 0.04 < prefetcher.waited < 5
    prefetcher.close()


def test_what_goes_wrong_while_making_is_raised_where_it_is_taken():
    def make(number):
        if number == 1:
            raise BankError("cup_3.png cannot be read")
        return number

    prefetcher = Prefetcher(make, 3)
    assert prefetcher.get(0) == 0
    with pytest.raises(BankError, match=r"cup_3\.png"):
        prefetcher.get(1)
    assert prefetcher.get(2) == 2
    prefetcher.close()
