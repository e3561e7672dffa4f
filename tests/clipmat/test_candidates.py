import cv2
import numpy as np
import pytest

from clipmat.candidates import Candidate


def disc(x, y, radius, size=(120, 160)):
    return cv2.circle(np.zeros(size, np.uint8), (x, y), radius, 1, -1).astype(bool)


def test_that_a_mask_has_the_box_centre_and_area_of_its_pixels():
    mask = np.zeros((100, 200), bool)
    mask[20:40, 50:150] = True
    found = Candidate.of_mask(mask, 0.7)
    assert (found.box, found.score, found.size) == ((50, 20, 150, 40), 0.7, (100, 200))
    assert found.centre == pytest.approx((0.5, 0.3))
    assert found.area == pytest.approx(0.1)
    assert found.tallness == pytest.approx(0.2)
    assert Candidate((50, 20, 150, 40), 1.0, (100, 200)).area == pytest.approx(0.1)


def test_that_the_one_whose_contour_goes_on_is_in_front():
    front, behind = disc(70, 70, 30), disc(100, 50, 34)
    behind &= ~front
    first, second = Candidate.of_mask(front), Candidate.of_mask(behind)
    assert first.covers(second) > 0.05
    assert second.covers(first) < -0.05


def test_that_what_is_surrounded_is_in_front():
    inner = disc(80, 60, 15)
    outer = disc(80, 60, 50) & ~inner
    assert Candidate.of_mask(inner).covers(Candidate.of_mask(outer)) > 0
    assert Candidate.of_mask(outer).covers(Candidate.of_mask(inner)) < 0


def test_that_apart_and_without_masks_nothing_covers():
    assert Candidate.of_mask(disc(30, 30, 20)).covers(Candidate.of_mask(disc(130, 90, 20))) == 0
    assert Candidate((0, 0, 50, 50), 1.0, (120, 160)).covers(Candidate.of_mask(disc(40, 40, 20))) == 0


def test_that_an_empty_mask_is_nowhere_and_harms_nothing():
    empty = Candidate.of_mask(np.zeros((50, 60), bool))
    assert (empty.area, empty.box) == (0, (0, 0, 0, 0))
    assert empty.covers(Candidate.of_mask(disc(30, 30, 20))) == 0
    assert not empty.same_as(Candidate.of_mask(disc(30, 30, 20)))


def test_that_nearly_the_same_box_is_the_same_thing():
    one = Candidate((10, 10, 50, 50), 0.9, (100, 100))
    assert one.same_as(Candidate((11, 10, 50, 51), 0.4, (100, 100)))
    assert not one.same_as(Candidate((30, 10, 70, 50), 0.9, (100, 100)))
    assert one.gap(Candidate((60, 10, 70, 50), 0.9, (100, 100))) == pytest.approx(0.1)
