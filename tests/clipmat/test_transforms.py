import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipmat.config import VARIANTS, variant
from clipmat.errors import BadImage
from clipmat.transforms import from_output, input_size, resized, to_input

sides = st.integers(1, 400)


@given(sides, sides, st.sampled_from(sorted(VARIANTS)))
@settings(max_examples=60, deadline=None)
def test_the_input_fits_the_grid_and_the_way_back_gives_the_images_size(height, width, name):
    config = variant(name)
    rows, columns = input_size(height, width, config)
    assert rows % config.multiple == 0 and columns % config.multiple == 0
    assert max(rows, columns) <= config.image_size
    assert from_output(np.zeros((rows, columns), np.float32), height, width).shape == (height, width)


@given(st.integers(60, 400), st.integers(60, 400))
@settings(max_examples=40, deadline=None)
def test_there_and_back_keeps_every_place(height, width):
    """A ramp is its own position: bilinear resampling with kept pixel centres must return it unmoved."""
    config = variant("compact")
    x = (np.arange(width, dtype=np.float32) + 0.5) / width
    y = (np.arange(height, dtype=np.float32) + 0.5) / height
    for ramp in (np.tile(x, (height, 1)), np.tile(y[:, None], (1, width))):
        back = from_output(resized(ramp, input_size(height, width, config)), height, width)
        inner = (slice(height // 8, -(height // 8) or None), slice(width // 8, -(width // 8) or None))
        assert np.abs(back - ramp)[inner].max() < 2e-3


def test_a_disc_comes_back_in_its_place():
    disc = np.zeros((601, 803), np.float32)
    cv2.circle(disc, (200, 400), 120, 1.0, -1)
    back = from_output(resized(disc, input_size(601, 803, variant("compact"))), 601, 803)
    rows, columns = np.indices(disc.shape)
    for plane in (rows, columns):
        assert abs((plane * back).sum() / back.sum() - (plane * disc).sum() / disc.sum()) < 0.25


def test_normalisation_is_the_configurations():
    config = variant("vit-b-16")
    image = np.full((512, 512, 3), 255, np.uint8)
    expected = (1 - np.array(config.mean)) / np.array(config.std)
    np.testing.assert_allclose(to_input(image, config)[0, :, 7, 9].numpy(), expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("image", "complaint"),
    [
        (np.zeros((4, 4), np.uint8), "HxWx3 uint8"),
        (np.zeros((4, 4, 4), np.uint8), "HxWx3 uint8"),
        (np.zeros((4, 4, 3), np.float32), "float32"),
        (np.zeros((0, 4, 3), np.uint8), "no pixels"),
        ([[1, 2, 3]], "list"),
    ],
)
def test_what_is_no_image_is_refused(image, complaint):
    with pytest.raises(BadImage, match=complaint):
        to_input(image, variant("compact"))
