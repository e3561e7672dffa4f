from dataclasses import replace

import numpy as np
import pytest

from clipmat.certainty import Certainty, PresenceScale
from clipmat.errors import BadExpression
from clipmat.predictions import Prediction
from training.report.judging import EvaluationError, judge, judge_sets, measures
from training.samples import Sample


def box(x0, x1, value=1.0, side=40):
    plane = np.zeros((side, side), np.float32)
    plane[5:35, x0:x1] = value
    return plane


def sample(matte, expression="the cup", present=True, image_id="1", others=()):
    image, form = np.zeros((*matte.shape, 3), np.uint8), "keyword" if present else "negative"
    entity = f"{image_id}/0"
    return Sample(image, matte, expression, present, form, "", "object", "photo", 0, 0, others, "cup", image_id, entity)


def answer(matte, presence=0.9):
    certainty = PresenceScale(0.1, 0.5).certainty(presence, matte)
    return Prediction("", matte, np.zeros(matte.shape, np.uint8).copy, presence, certainty, {})


class Machine:
    """Answers with what it is told, as the public API would, and notes which images it encoded."""

    def __init__(self, matte):
        self.matte, self.images = matte, []

    def set_image(self, image):
        self.images.append(image)

    def predict(self, expression):
        if not expression.strip():
            raise BadExpression("the expression is empty: type what to cut out")
        return answer(self.matte)


def test_figures_by_hand():
    # Truth 30 x 10 of 40 x 40 pixels; the answer is 0.6 opaque, five columns off to the right.
    result = judge("made", sample(box(10, 20)), answer(box(15, 25, 0.6)))
    wrong = 30 * (5 * 1.0 + 5 * 0.4 + 5 * 0.6)
    assert result.errors["SAD"] == pytest.approx(wrong / 1000)
    assert result.errors["MAD"] == pytest.approx(wrong / 1600)
    assert result.errors["MSE"] == pytest.approx(30 * (5 * 1.0 + 5 * 0.16 + 5 * 0.36) / 1600)
    assert result.iou == pytest.approx(5 / 15) and result.certainty is Certainty.SURE
    assert not result.right, "less than half by area, and 3/13 by opacity"
    assert result.area == pytest.approx(300 / 1600) and (result.height, result.width) == (40, 40)


def test_a_matte_on_another_object_is_wrong_and_a_negative_wants_nothing():
    cup, other = box(2, 12), box(25, 38)
    assert not judge("made", sample(cup, others=(other,)), answer(other)).right
    assert not judge("made", sample(cup), answer(cup * 0)).right
    nothing = sample(cup * 0, present=False, others=(cup,))
    assert judge("made", nothing, answer(cup * 0, 0.2)).right
    assert judge("made", nothing, answer(cup, 0.3)).right, "a mark is no false alarm"
    assert not judge("made", nothing, answer(cup)).right


def test_slow_and_regional_measures_come_on_demand_only():
    truth = sample(box(10, 30))
    assert list(judge("made", truth, answer(truth.matte)).errors) == ["SAD", "MSE", "MAD"]
    all_of_them = measures(grad_conn=True, transition=True)
    perfect = judge("made", truth, answer(truth.matte), all_of_them).errors
    assert set(perfect) == {"SAD", "MSE", "MAD", "Grad", "Conn", "SAD trans.", "MSE trans.", "MAD trans."}
    assert all(value == 0 for value in perfect.values())
    hole = truth.matte.copy()
    hole[15:25, 17:23] = 0
    holed = judge("made", truth, answer(hole), all_of_them).errors
    assert holed["SAD"] == pytest.approx(0.06) and holed["SAD trans."] == 0, "the hole is far from the contour"
    assert holed["Grad"] > 0
    moved = judge("made", truth, answer(box(11, 31)), all_of_them).errors
    assert moved["SAD trans."] == moved["SAD"] == pytest.approx(0.06), "all of it is at the contour"
    assert moved["MAD trans."] > moved["MAD"]


def test_a_negative_has_no_transition():
    errors = judge("made", sample(box(0, 0), present=False), answer(box(3, 9)), measures(transition=True)).errors
    assert set(errors) == {"SAD", "MSE", "MAD"}


def test_an_image_is_encoded_once_for_expressions_in_a_row():
    matte = box(3, 9)
    sets = {
        "a": [sample(matte, "the cup"), sample(matte, "the red cup"), sample(matte, image_id="2"), sample(matte)],
        "b": [sample(matte), sample(matte, image_id=""), sample(matte, image_id="")],
    }
    machine = Machine(matte)
    judged = list(judge_sets(machine, sets))
    assert [s.expression for s, _, _ in judged[:2]] == ["the cup", "the red cup"] and len(judged) == 7
    encoded = [id(image) for image in machine.images]
    first = sets["a"]
    expected = [first[0], first[2], first[3], *sets["b"]]
    assert encoded == [id(s.image) for s in expected], "another set's image 1 is another image; no name, no memory"
    assert [r.set for _, _, r in judged] == ["a"] * 4 + ["b"] * 3


def test_an_expression_that_cannot_be_read_stops_with_its_name():
    matte = box(3, 9)
    sets = {"mine": [sample(matte), sample(matte, " ", image_id="IMG_7")]}
    with pytest.raises(EvaluationError, match="mine, image 'IMG_7'.*the expression is empty"):
        list(judge_sets(Machine(matte), sets))


def test_what_was_known_before_tells_samples_apart():
    known = judge("made", sample(box(3, 9)), answer(box(3, 9))).sample
    assert judge("made", sample(box(3, 9)), answer(box(0, 0))).sample == known, "whatever the answer"
    assert judge("made", sample(box(3, 10)), answer(box(3, 9))).sample != known, "another truth"
    assert judge("made", sample(box(3, 9), "a cup"), answer(box(3, 9))).sample != known
    assert judge("other", sample(box(3, 9)), answer(box(3, 9))).sample != known
    negative = replace(judge("made", sample(box(3, 9)), answer(box(3, 9))), form="negative")
    assert negative.negative and negative.sample != known
