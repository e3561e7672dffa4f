import cv2
import numpy as np
import pytest

from clipmat.systems.bands import trimap_of_mask


def disc(radius, side=400):
    return cv2.circle(np.zeros((side, side), np.float32), (side // 2, side // 2), radius, 1.0, -1)


def test_the_band_lies_on_both_sides_of_the_edge_and_grows_with_the_mask():
    widths = []
    for radius in (40, 150):
        row = trimap_of_mask(disc(radius))[200, 200:]
        band = np.flatnonzero(row == 128)
        assert row[0] == 255 and row[-1] == 0 and band[0] < radius < band[-1]
        widths.append(len(band))
    assert widths[1] > 2 * widths[0]


def test_the_border_of_the_image_is_no_edge():
    mask = np.zeros((200, 200), np.float32)
    mask[:, :100] = 1
    assert (trimap_of_mask(mask)[:, :80] == 255).all()


def test_what_is_thin_keeps_an_inside_and_what_is_soft_is_unknown():
    mask = np.zeros((100, 300), np.float32)
    mask[48:53, 20:280] = 1
    assert (trimap_of_mask(mask) == 255).any()
    soft = disc(60)
    soft[190:210, 190:210] = 0.6
    assert (trimap_of_mask(soft)[195:205, 195:205] == 128).all()


@pytest.mark.parametrize(("value", "level"), [(0.0, 0), (1.0, 255)])
def test_nothing_and_everything_have_no_band(value, level):
    assert (trimap_of_mask(np.full((30, 40), value, np.float32)) == level).all()
