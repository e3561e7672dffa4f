"""Coarse mattes: area averages, and faults that keep them mattes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.refiner.coarse_mattes import degraded


@pytest.mark.parametrize("factor", [2, 4, 8, 16])
def test_an_exact_coarse_matte_is_the_mean_of_each_block(factor):
    alpha = np.random.default_rng(0).random((192, 192), dtype=np.float32)
    coarse = degraded(alpha, (192 // factor,) * 2, np.random.default_rng(1), exact=True)
    blocks = alpha.reshape(192 // factor, factor, 192 // factor, factor).mean(axis=(1, 3))
    np.testing.assert_allclose(coarse.matte, blocks, atol=1e-5)


@given(st.integers(0, 10_000), st.integers(8, 96), st.booleans())
@settings(max_examples=40, deadline=None)
def test_coarse_mattes_are_mattes_and_labels_are_probabilities(soft_disc, seed, side, exact):
    coarse = degraded(soft_disc(96), (side, side), np.random.default_rng(seed), exact=exact)
    assert coarse.matte.shape == (side, side) and coarse.labels.shape == (side, side, 3)
    assert coarse.matte.dtype == coarse.labels.dtype == np.float32
    assert 0 <= coarse.matte.min() and coarse.matte.max() <= 1
    assert coarse.labels.min() >= 0
    np.testing.assert_allclose(coarse.labels.sum(axis=2), 1, atol=1e-4)
