"""Both sides' colours by least squares, judged by numpy's solver and by images whose colours are known."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clipmat.colour_planes import estimate_colour_planes


def striped(front, back, size=64):
    """Thin strands of one colour over another: no pixel of the coarse matte need be pure."""
    alpha = np.clip(0.45 + 0.4 * np.sin(np.arange(size) * 1.3)[None, :] * np.ones((size, 1)), 0, 1).astype(np.float32)
    image = alpha[..., None] * np.array(front) + (1 - alpha[..., None]) * np.array(back)
    return image.round().astype(np.uint8), alpha


def test_both_colours_are_found_between_mixed_pixels():
    image, alpha = striped((200, 40, 60), (20, 120, 220))
    planes = estimate_colour_planes(image, alpha)
    # The judge: ordinary least squares over all pixels.
    mixing = np.stack([alpha.ravel(), 1 - alpha.ravel()], axis=1)
    front, back = np.linalg.lstsq(mixing, image.reshape(-1, 3) / 255, rcond=None)[0]
    np.testing.assert_allclose(planes.foreground.mean(axis=(1, 2)), front, atol=0.03)
    np.testing.assert_allclose(planes.background.mean(axis=(1, 2)), back, atol=0.03)
    found = (planes.line[:3] * (image / 255).transpose(2, 0, 1)).sum(axis=0) + planes.line[3] + planes.ambiguity * alpha
    assert np.abs(found - alpha).mean() < 0.03


def test_colours_that_are_alike_are_doubted():
    image, alpha = striped((90, 90, 90), (90, 90, 90))
    planes = estimate_colour_planes(image, alpha)
    assert planes.ambiguity.min() > 0.95
    assert np.abs(planes.line).max() < 0.6


@given(st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_colours_stay_in_range_whatever_the_matte(seed):
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 256, (20, 30, 3), dtype=np.uint8)
    matte = rng.choice([np.zeros, np.ones, rng.random])((20, 30)).astype(np.float32)
    planes = estimate_colour_planes(image, matte)
    for plane in planes:
        assert plane.dtype == np.float32 and np.isfinite(plane).all()
    assert min(planes.foreground.min(), planes.background.min(), planes.ambiguity.min()) >= 0
    assert max(planes.foreground.max(), planes.background.max(), planes.ambiguity.max()) <= 1
