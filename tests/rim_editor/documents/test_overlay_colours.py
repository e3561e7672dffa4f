"""The overlay's own colour: judged by hue, as the standard library's HLS has it, not by the code's own space."""

import colorsys

import numpy as np
import pytest

from rim_editor.documents.overlay_colours import USUAL, contrasting


def hue(colour):
    """In degrees."""
    return 360 * colorsys.rgb_to_hls(*(part / 255 for part in colour))[0]


def apart(one, other):
    """Degrees between two hues on the circle."""
    distance = abs(hue(one) - hue(other)) % 360
    return min(distance, 360 - distance)


def scene(colour, around=(128, 128, 128)):
    image = np.full((60, 80, 3), around, np.uint8)
    image[15:45, 20:60] = colour
    matte = np.zeros((60, 80), np.float32)
    matte[15:45, 20:60] = 1
    return image, matte


@pytest.mark.parametrize("colour", [(200, 30, 30), (230, 120, 40), (220, 40, 90), (240, 190, 30)])
def test_the_overlay_of_a_warm_object_has_another_hue(colour):
    chosen = contrasting(*scene(colour))
    assert chosen != USUAL and apart(chosen, colour) > 90


@pytest.mark.parametrize("colour", [(40, 90, 200), (128, 128, 128), (20, 20, 20), (0, 170, 170)])
def test_red_stays_where_it_can_be_seen(colour):
    assert contrasting(*scene(colour)) == USUAL


def test_the_surroundings_count_too():
    red = (200, 30, 30)
    assert apart(contrasting(*scene(red, around=(30, 80, 220))), (30, 80, 220)) > 60


def test_no_part_of_an_object_vanishes_under_the_colour_that_suits_the_rest():
    image, matte = scene((200, 30, 30))
    image[15:45, 52:60] = (40, 90, 200)
    assert apart(contrasting(image, matte), (40, 90, 200)) > 45


def test_the_colour_does_not_flip_while_the_object_grows():
    image, matte = scene((200, 30, 30))
    first = contrasting(image, matte)
    matte[15:45, 20:70] = 1  # a little of the surroundings
    assert contrasting(image, matte, first) == first


def test_an_empty_matte_changes_nothing():
    image, matte = scene((200, 30, 30))
    assert contrasting(image, matte * 0, (1, 2, 3)) == (1, 2, 3)
