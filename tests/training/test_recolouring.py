"""Recoloured cut-outs: hues turn and nothing else; the words for colours follow."""

import cv2
import numpy as np
import pytest

from training.datasets import Mix, SceneDataset
from training.recolouring import turned_hue


def lab(pixels):
    return cv2.cvtColor(pixels[..., :3].astype(np.float32) / 255, cv2.COLOR_RGB2LAB)


def disc(colour):
    rows, columns = np.mgrid[:40, :40]
    alpha = (((rows - 20) ** 2 + (columns - 20) ** 2) < 15**2).astype(np.uint8) * 255
    return np.dstack([np.full((40, 40, 3), colour, np.uint8), alpha])


@pytest.mark.parametrize("degrees", [60, 120, 250])
def test_the_hue_turns_and_lightness_and_alpha_stay(degrees):
    before = disc((150, 110, 105))
    after = turned_hue(before, degrees)
    np.testing.assert_array_equal(after[..., 3], before[..., 3])
    old, new = lab(before)[20, 20], lab(after)[20, 20]
    assert abs(old[0] - new[0]) < 1.5
    turn = np.degrees(np.arctan2(new[2], new[1]) - np.arctan2(old[2], old[1])) % 360
    assert abs(turn - degrees) < 4


def test_gray_is_dyed_while_black_and_white_stay():
    assert np.hypot(*lab(turned_hue(disc((128, 128, 128)), 90))[20, 20, 1:]) > 25
    for plain in ((0, 0, 0), (255, 255, 255)):
        assert np.abs(turned_hue(disc(plain), 90)[20, 20, :3].astype(int) - plain).max() < 12


def test_pairs_differ_in_colour_and_the_look_tells_them_apart(bank):
    mix = Mix(photo=0, mosaic=0, pasted=0, negative=0, pairs=1, recoloured=1)
    data, told = SceneDataset(bank, 2, mix), 0
    for index in range(80):
        for sample in data.samples(index, (64, 64), 2):
            turned = [placed.entity for placed in sample.shown.placed if placed.entity.hue]
            told += sample.form == "basic" and bool(turned)
            for entity in turned:
                assert entity.kind == "object" and entity.colours
    assert told > 12


def test_without_a_share_nothing_is_recoloured(bank):
    data = SceneDataset(bank, 2, Mix(pairs=1))
    assert not any(p.entity.hue for i in range(20) for p in data.sample(i, (64, 64)).shown.placed)
