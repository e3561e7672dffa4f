"""Pointing is measured by clicks of a fixed rule; the predictor here knows what to answer."""

from types import SimpleNamespace

import numpy as np

from training.evaluate_pointing import (
    BOX,
    CLICK,
    CORRECTED,
    MAIN,
    WORDS,
    answers,
    around,
    correcting_click,
    deepest_click,
    table,
)

TRUTH = np.zeros((40, 60), np.float32)
TRUTH[10:30, 10:40] = 1


def sample(**changes):
    given = {"image": np.zeros((40, 60, 3), np.uint8), "matte": TRUTH, "expression": "the cup", "present": True}
    return SimpleNamespace(**given | {"others": ()} | changes)


class Answers:
    """Words fail, a click gives three quarters, a box all, nothing half."""

    def __init__(self, prompts=True):
        self.card = SimpleNamespace(config=SimpleNamespace(prompts=prompts))
        self.asked = []

    def set_image(self, image):
        pass

    def predict(self, words="", *, points=(), box=None, refine=True):
        self.asked.append((words, tuple(points), box))
        share = 1.0 if box else 0.75 if points else 0.0 if words else 0.5
        matte = np.zeros_like(TRUTH)
        matte[10:30, 10 : 10 + round(30 * share)] = 1
        return SimpleNamespace(matte=matte)


def test_each_way_is_asked_and_measured():
    predictor = Answers()
    found = list(answers(predictor, {"photos": [sample()]}, refine=False))
    assert [one.way for one in found] == [WORDS, CORRECTED, CLICK, BOX, MAIN]
    assert [round(one.iou, 2) for one in found] == [0.0, 0.73, 0.73, 1.0, 0.5]
    assert predictor.asked[1][0] == "the cup" and predictor.asked[1][1][0][2] is True
    assert predictor.asked[3] == ("", (), (10.0, 10.0, 40.0, 30.0))


def test_the_main_subject_is_asked_where_there_is_one_and_the_weights_know_it():
    ways = [one.way for one in answers(Answers(), {"s": [sample(others=(TRUTH,))]}, refine=False)]
    assert MAIN not in ways
    assert MAIN not in [one.way for one in answers(Answers(prompts=False), {"s": [sample()]}, refine=False)]
    assert not list(answers(Answers(), {"s": [sample(present=False)]}, refine=False))


def test_a_correction_is_in_the_middle_of_the_largest_error():
    found = np.zeros_like(TRUTH)
    found[10:30, 10:20] = 1  # 20 x 20 are missing
    x, y, keep = correcting_click(found, TRUTH)
    assert keep and (25 <= x <= 35) and (15 <= y <= 25)
    found = TRUTH.copy()
    found[:, 42:] = 1
    x, y, keep = correcting_click(found, TRUTH)
    assert not keep and x > 45
    assert correcting_click(TRUTH, TRUTH) == deepest_click(TRUTH)


def test_a_box_is_around_what_is_half_there():
    assert around(np.where(TRUTH > 0, 0.5, 0.4).astype(np.float32)) == (10.0, 10.0, 40.0, 30.0)


def test_the_table_tells_how_many_failed_and_how_many_are_good():
    page = table(list(answers(Answers(), {"photos": [sample(), sample()]}, refine=False)))
    assert "| words | photos | 2 | 0.000 | 1.00 | 0.00 |" in page
    assert f"| {BOX} | photos | 2 | 1.000 | 0.00 | 1.00 |" in page
