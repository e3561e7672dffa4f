import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from training.files.folder_dataset import around_object, around_transition
from training.relations import mirrored, position_in


def matte_of(seed, sides):
    rng = np.random.default_rng(seed)
    matte = np.zeros(sides, np.float32)
    middle = (int(rng.integers(10, sides[1] - 10)), int(rng.integers(10, sides[0] - 10)))
    axes = (int(rng.integers(3, sides[1] // 3)), int(rng.integers(3, sides[0] // 3)))
    cv2.ellipse(matte, middle, axes, 0, 0, 360, 1, -1)
    return cv2.GaussianBlur(matte, (0, 0), 1.2)


SIDES = st.tuples(st.integers(40, 160), st.integers(40, 160))
SIZES = st.sampled_from([(64, 64), (64, 96), (128, 64)])


@settings(deadline=None)
@given(st.integers(0, 10**6), SIDES, SIZES)
def test_windows_lie_in_the_image_have_the_aspect_and_show_the_object(seed, sides, size):
    matte, rng = matte_of(seed, sides), np.random.default_rng(seed)
    for window in (around_object(matte, size, rng), around_transition(matte, size, rng)):
        rows, columns = window
        assert 0 <= rows.start < rows.stop <= sides[0] and 0 <= columns.start < columns.stop <= sides[1]
        height, width = rows.stop - rows.start, columns.stop - columns.start
        assert abs(height * size[1] - width * size[0]) <= max(size) * 1.01
        seen = matte[window]
        assert seen.mean() >= 0.1 or seen.sum() > 0.2 * matte.sum()


@settings(deadline=None)
@given(st.integers(0, 10**6))
def test_a_window_around_an_object_holds_it_whole_where_the_aspect_allows(seed):
    matte = matte_of(seed, (120, 120))
    window = around_object(matte, (64, 64), np.random.default_rng(seed))
    assert matte[window].sum() > 0.98 * matte.sum()


def test_windows_around_the_transition_look_closer_and_at_it():
    matte = matte_of(5, (400, 400))
    heights = []
    for seed in range(60):
        rows, columns = around_transition(matte, (64, 64), np.random.default_rng(seed))
        seen = matte[rows, columns]
        assert ((seen > 0.05) & (seen < 0.95)).any()
        heights.append(rows.stop - rows.start)
    assert {200, 300, 400} <= set(heights)


def test_a_hard_or_empty_matte_still_gives_a_window():
    for matte in (np.ones((50, 70), np.float32), np.zeros((50, 70), np.float32)):
        rows, columns = around_transition(matte, (32, 32), np.random.default_rng(0))
        assert rows.stop - rows.start == columns.stop - columns.start <= 50


def test_positions_are_words_not_parts_of_words():
    told = {
        "the leftmost cup": "left", "the cup on the right": "right", "the Upper shelf": "top", "the cup": "",
        "bright copper kettle": "", "a backpack": "", "the dog behind the gate": "behind",
        "cup in the middle": "middle",
    }  # fmt: skip
    assert {text: position_in(text) for text in told} == told


def test_a_mirror_swaps_left_and_right_and_leaves_the_rest():
    swapped = {
        "the left cup": "the right cup", "Leftmost dog, RIGHT of the tree": "Rightmost dog, LEFT of the tree",
        "left-hand man": "right-hand man", "the bright leftovers on top": "the bright leftovers on top",
    }  # fmt: skip
    assert {text: mirrored(text) for text in swapped} == swapped


@given(st.lists(st.sampled_from("left right Leftmost the cup bright RIGHT top".split()), max_size=8).map(" ".join))
def test_two_mirrors_give_the_text_back(text):
    assert mirrored(mirrored(text)) == text
