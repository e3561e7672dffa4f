"""Batches: a sample depends on its number alone, parts are the whole, the next batch is there before it is asked."""

import numpy as np
import pytest
import torch

from clipmat.config import variant
from clipmat.model import ClipMat
from training.datasets import SceneDataset
from training.fitting.batches import batch_of


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
