"""What the class teacher gets of a region; that its file is read is tested with the starting points."""

import numpy as np
import pytest

from training.class_teacher import crop_of


def test_the_teacher_sees_the_box_of_a_matte_with_a_margin():
    image = np.zeros((100, 200, 3), np.uint8)
    image[40:60, 80:120] = (255, 0, 0)
    alpha = (image[..., 0] > 0).astype(np.float32)
    crop = crop_of(image, alpha)
    assert crop.shape == (192, 192, 3)
    assert tuple(crop[96, 96]) == (255, 0, 0) and not crop[0].any() and not crop[:, 0].any()
    share = (crop[..., 0] > 127).mean()
    assert share == pytest.approx(20 * 40 / ((20 + 2 * 2) * (40 + 2 * 5)), abs=0.03)
    assert crop_of(image, np.zeros((100, 200), np.float32)).shape == (192, 192, 3)
