"""The shaping of edges is judged by OpenCV's own morphology, by the Gaussian integral, and by what must always hold."""

from math import erf

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rim_editor.documents import edge_shaping


def disc(height=120, width=160, radius=30.0, soft=8.0):
    y, x = np.mgrid[:height, :width]
    return np.clip((radius - np.hypot(y - height / 2, x - width / 2)) / soft + 0.5, 0, 1).astype(np.float32)


@st.composite
def small_mattes(draw):
    height, width = draw(st.integers(1, 20)), draw(st.integers(1, 20))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    values = np.array(draw(st.sampled_from([(0, 1), (0, 0.3, 0.5, 0.8, 1), (0.2, 0.9)])), np.float32)
    return random.choice(values, (height, width))


# Shift


@pytest.mark.parametrize("radius", [1, 2, 3, 7, 20, 50])
@pytest.mark.parametrize("size", [(120, 160), (500, 700), (5, 300)])
def test_a_whole_shift_is_opencvs_dilation_and_erosion_by_an_ellipse(radius, size):
    random = np.random.default_rng(1)
    matte = np.where(random.random(size) < 0.002, random.random(size), 0.25).astype(np.float32)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    assert (edge_shaping.shifted(matte, radius) == cv2.dilate(matte, kernel)).all()
    assert (edge_shaping.shifted(matte, -radius) == cv2.erode(matte, kernel)).all()


@settings(deadline=None, max_examples=40)
@given(small_mattes(), st.floats(-9, 9))
def test_a_fractional_shift_lies_between_its_neighbours_in_their_proportion(matte, pixels):
    low, high = edge_shaping.shifted(matte, np.floor(pixels)), edge_shaping.shifted(matte, np.ceil(pixels))
    share = pixels - np.floor(pixels)
    np.testing.assert_allclose(edge_shaping.shifted(matte, pixels), low + (high - low) * share, atol=1e-5)


@pytest.mark.parametrize("pixels", [-20, -6.5, 0.5, 4, 33.3])
def test_a_shift_moves_the_edge_of_a_disc_by_that_much(pixels):
    area = edge_shaping.shifted(disc(240, 240, 50, 4), pixels).sum()
    assert abs(np.sqrt(area / np.pi) - (50 + pixels)) < 0.8


def test_an_object_that_the_border_cuts_does_not_shrink_from_it():
    matte = np.zeros((40, 60), np.float32)
    matte[:, :30] = 1
    assert (edge_shaping.shifted(matte, -10)[:, :20] == 1).all()
    assert (edge_shaping.shifted(matte, -10)[:, 20:] == 0).all()


# Feather


@pytest.mark.parametrize(("sigma", "off"), [(1, 0.03), (3, 0.005), (9, 0.005), (20, 0.005), (45, 0.005)])
def test_a_feathered_edge_is_the_gaussian_integral(sigma, off):
    matte = np.zeros((8, 600), np.float32)
    matte[:, 300:] = 1
    expected = [0.5 + 0.5 * erf((x + 0.5 - 300) / sigma / 2**0.5) for x in range(600)]
    assert np.abs(edge_shaping.feathered(matte, sigma) - expected).max() < off


def test_a_feathered_full_matte_stays_full_to_the_border():
    for sigma in (1, 30, 100):
        assert edge_shaping.feathered(np.ones((30, 41), np.float32), sigma).min() > 0.999


# Contrast


def test_contrast_raises_the_slope_about_one_half():
    ramp = np.linspace(0, 1, 11, dtype=np.float32)[None]
    np.testing.assert_allclose(
        edge_shaping.contrasted(ramp, 0.5), [[0, 0, 0, 0.1, 0.3, 0.5, 0.7, 0.9, 1, 1, 1]], atol=1e-6
    )
    assert edge_shaping.contrasted(ramp, 1).tolist() == [[0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]]
    assert edge_shaping.contrasted(ramp, 0) is ramp
