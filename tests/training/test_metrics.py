import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.metrics import iou, is_right_object, mad, mse, sad


def box(x0, x1, value=1.0, size=20):
    plane = np.zeros((size, size), np.float32)
    plane[:, x0:x1] = value
    return plane


def test_numbers_by_hand():
    truth, found = box(0, 10), box(5, 15)  # 200 of 400 pixels differ by one
    assert sad(found, truth) == pytest.approx(0.2)
    assert mse(found, truth) == mad(found, truth) == pytest.approx(0.5)
    assert iou(found, truth) == pytest.approx(1 / 3)
    assert mse(box(0, 20, 0.5), box(0, 20)) == pytest.approx(0.25)


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 40))
@settings(deadline=None, max_examples=50)
def test_relations_between_the_metrics(seed, height, width):
    rng = np.random.default_rng(seed)
    a, b = rng.random((2, height, width)).astype(np.float32)
    assert sad(a, b) == pytest.approx(mad(a, b) * height * width / 1000)
    assert mse(a, b) <= mad(a, b) + 1e-9 <= np.sqrt(mse(a, b)) + 1e-6
    assert mad(a, b) == pytest.approx(mad(b, a)) and mad(a, a) == 0 and iou(a, a) == 1


def test_nothing_found_where_nothing_is_is_perfect():
    assert iou(box(0, 0), box(0, 0)) == 1.0
    assert iou(box(0, 3), box(0, 0)) == 0.0


def test_the_right_object_is_the_one_it_lies_on():
    left, right = box(0, 8), box(12, 20)
    assert is_right_object(box(0, 7), left, [right])
    assert not is_right_object(box(12, 19), left, [right])
    assert not is_right_object(box(0, 0), left, [right])
    assert not is_right_object(box(0, 20), left, [right]), "all of the image is no answer"
    assert is_right_object(box(0, 3), left, [right]), "a part of the right one is the right one"
