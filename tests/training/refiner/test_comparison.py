"""Other upsampling methods by independent formulas; a fresh refiner measures as bilinear."""

import cv2
import numpy as np
import pytest

from clipmat.refiner import Refiner
from training.refiner.comparison import closed_form_matting, compare_methods, guided_filter, strand_scenes, summary


def test_the_guided_filter_keeps_what_is_a_straight_line_of_colour():
    """He et al.: where the input is linear in the guide, it comes back; on a flat guide it is a blur twice over."""
    image = np.random.default_rng(0).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    linear = (image @ np.array([0.2, 0.5, 0.3]) / 255).astype(np.float32)
    np.testing.assert_allclose(guided_filter(image, linear, 4, 1e-8), linear, atol=1e-3)
    flat = np.full((40, 50, 3), 77, np.uint8)
    matte = np.random.default_rng(1).random((40, 50), dtype=np.float32)
    twice = cv2.blur(cv2.blur(matte, (9, 9), borderType=cv2.BORDER_REFLECT), (9, 9), borderType=cv2.BORDER_REFLECT)
    np.testing.assert_allclose(guided_filter(flat, matte, 4, 1e-3), twice, atol=1e-4)


def test_closed_form_matting_solves_two_flat_colours():
    truth = np.clip((np.arange(60, dtype=np.float32) - 20) / 20, 0, 1)[None, :] * np.ones((40, 1), np.float32)
    image = (truth[..., None] * [200, 40, 40] + (1 - truth[..., None]) * [20, 60, 200]).astype(np.uint8)
    unknown = (truth > 0) & (truth < 1)
    assert np.abs(closed_form_matting(image, (truth > 0.5).astype(np.float32), unknown) - truth).mean() < 0.02


def test_closed_form_matting_without_a_known_foreground_gives_the_matte_back():
    matte = np.full((8, 8), 0.3, np.float32)
    everything = np.ones((8, 8), bool)
    np.testing.assert_array_equal(closed_form_matting(np.zeros((8, 8, 3), np.uint8), matte, everything), matte)


def test_a_fresh_refiner_measures_as_bilinear_upsampling(bank):
    held = bank.select("val_seen")
    rows = [
        row
        for case in strand_scenes(held, ("hair", "web"), 2, 7, 4, exact=True, side=96)
        for row in compare_methods(case, Refiner().eval(), closed_form=False)
    ]
    assert [row.method for row in rows[:3]] == ["bilinear", "guided filter", "refiner"]
    for bilinear, fresh in zip(rows[::3], rows[2::3], strict=True):
        assert fresh.whole["SAD"] == pytest.approx(bilinear.whole["SAD"], rel=1e-3)
    table = summary(rows)
    assert "| 4 | refiner |" in table and "(+0%)" in table


def test_measured_scenes_are_the_same_each_time(bank):
    held = bank.select("val_seen")
    one, other = (list(strand_scenes(held, ("fern",), 2, 7, 4, side=64)) for _ in range(2))
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a.image, b.image)
        np.testing.assert_array_equal(a.coarse.matte, b.coarse.matte)
