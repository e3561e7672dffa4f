"""A shadow is read in strips; what it looks like is judged in test_composition_rendering.py."""

import numpy as np
import pytest

from rim_editor.documents import silhouettes


@pytest.mark.parametrize("sigma", [0.0, 3.0, 9.0, 40.0])
@pytest.mark.parametrize(("right", "down"), [(0, 0), (13, -7)])
def test_a_strip_of_a_shadow_is_that_part_of_the_whole(sigma, right, down):
    cover = np.zeros((307, 211), np.float32)
    cover[40:200, 30:150] = 1
    thrown = silhouettes.shadow(cover, right, down, sigma)
    whole = thrown[:]
    assert whole.shape == thrown.shape == cover.shape and whole.max() > 0.5
    np.testing.assert_array_equal(np.concatenate([thrown[at : at + 50] for at in range(0, 307, 50)]), whole)


def test_a_hard_shadow_that_moves_nowhere_is_the_cover():
    cover = np.random.default_rng(0).random((40, 50), np.float32)
    np.testing.assert_array_equal(silhouettes.shadow(cover, 0, 0, 0)[:], cover)
