"""Patches: a transition in each, the same from the same seed, as the predictor would show them to the network."""

import cv2
import numpy as np
import torch

from clipmat.refiner import CELL_SIZE, GUIDE_CHANNELS
from training.refiner.coarse_mattes import degraded
from training.refiner.patches import PATCH, TRAINED, UNSEEN, Cutouts, draw_patch, patch, patch_batch
from training.strands.families import FAMILIES


def test_the_same_seed_gives_the_same_bytes(bank):
    first, second = (
        draw_patch(Cutouts(bank.select("train"), ("fur",), held=2), np.random.default_rng(5)) for _ in range(2)
    )
    for one, other in zip(first, second, strict=True):
        assert torch.equal(one, other)


def test_a_patch_has_a_transition_and_lies_between_its_alphas_ends(cutouts):
    for seed in range(8):
        image, alpha = patch(cutouts, np.random.default_rng(seed))
        assert image.shape == (PATCH, PATCH, 3) and image.dtype == np.uint8
        assert alpha.shape == (PATCH, PATCH) and alpha.dtype == np.float32
        assert 0 < alpha.mean() < 1 and ((alpha > 0.05) & (alpha < 0.95)).any()


def test_the_network_is_shown_what_the_predictor_would_show_it(soft_disc):
    """The base is the coarse matte as OpenCV enlarges it; the planes have the sizes that the network asks for."""
    alpha = soft_disc()
    coarse = degraded(alpha, (48, 48), np.random.default_rng(0), exact=True)
    shown = patch_batch(np.full((PATCH, PATCH, 3), 90, np.uint8), alpha, coarse, coarse)
    expected = cv2.resize(coarse.matte, (PATCH, PATCH), interpolation=cv2.INTER_LINEAR)
    np.testing.assert_allclose(shown.base[0, 0].numpy(), expected, atol=1e-5)
    assert shown.guides.shape == (1, GUIDE_CHANNELS, PATCH // CELL_SIZE, PATCH // CELL_SIZE)
    assert shown.window[0, 0, PATCH // 2, PATCH // 4] == 1 and shown.window[0, 0, 2, 2] == 0


def test_families_that_are_left_for_measuring_are_not_trained_on():
    assert set(UNSEEN) <= set(FAMILIES)
    assert not set(UNSEEN) & set(TRAINED)
    assert set(UNSEEN) | set(TRAINED) == set(FAMILIES)
