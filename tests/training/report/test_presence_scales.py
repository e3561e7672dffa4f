"""The scale of presence: what is fitted is what made the data, and the thresholds keep what they promise."""

import numpy as np
import pytest

from clipmat.certainty import PresenceScale
from training.report.presence_scales import (
    Asked,
    TooFewQuestions,
    area_under_curve,
    certainty_markdown,
    fitted,
    halves,
    reliability_markdown,
)


def drawn(count, slope, offset, seed=0, name="made", shift=0.0):
    """Questions whose answers are there as often as sigmoid(slope * logit + offset) has it."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(shift, 3, count)
    there = rng.random(count) < 1 / (1 + np.exp(-(slope * logits + offset)))
    return [Asked(name, str(i), bool(t), float(x), True) for i, (t, x) in enumerate(zip(there, logits, strict=True))]


def cells(text):
    head, _, *rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if "|" in line]
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.mark.parametrize(("slope", "offset"), [(1.0, 0.0), (0.5, 0.0), (2.0, 0.0)])
def test_the_scale_that_made_the_data_is_found(slope, offset):
    found = fitted(drawn(20000, slope, offset), 0.02, 0.9)
    assert (found.slope, found.offset) == (pytest.approx(slope, rel=0.06), pytest.approx(offset, abs=0.08))


def test_scores_far_from_a_start_are_fitted_too():
    """Where a whole step of Newton's method would run away."""
    asked = [Asked("far", str(i), i % 3 == 0, -40.0 + 4 * (i % 3 == 0) + 0.01 * i, True) for i in range(120)]
    found = fitted(asked, 0.02, 0.9)
    assert found.stated(-36.0) > 0.5 > found.stated(-39.5)


def test_thresholds_keep_what_they_promise_and_no_more_than_needed():
    asked = drawn(4000, 0.7, 0.0)
    scale = fitted(asked, 0.02, 0.9)
    stated = np.array([scale.stated(each.logit) for each in asked])
    there = np.array([each.there for each in asked])
    assert 0.015 < (stated[there] < scale.unsure).mean() <= 0.02
    weights = np.where(there, 1 / there.sum(), 1 / (~there).sum())
    for bar, enough in ((scale.sure, True), (scale.sure - 0.05, False)):
        above = stated >= bar
        assert (weights[above & there].sum() / weights[above].sum() >= 0.9) == enough


def test_every_set_counts_alike():
    easy = drawn(5000, 3.0, 0.0, seed=1, name="easy")
    hard = drawn(250, 0.3, 0.0, seed=2, name="hard")
    together, alone = fitted([*easy, *hard], 0.02, 0.9), fitted(easy, 0.02, 0.9)
    assert together.slope < 0.6 * alone.slope


def test_the_halves_share_no_image_and_have_all():
    asked = [Asked("made", str(i // 3), True, 0.0, True) for i in range(600)]
    first, second = halves(asked)
    assert len(first) + len(second) == 600 and min(len(first), len(second)) > 200
    assert not {each.image_id for each in first} & {each.image_id for each in second}
    assert halves(asked[::-1])[0] == first[::-1]


def test_the_area_by_hand():
    def one(there, logit):
        return Asked("made", "1", there, logit, True)

    assert area_under_curve([one(True, 2), one(True, 0), one(False, 1), one(False, 0)]) == pytest.approx(2.5 / 4)
    assert area_under_curve([one(True, 2)]) is None


def test_tables_by_hand():
    scale = PresenceScale(0.2, 0.7)
    asked = [Asked("a", "1", True, 3.0, True)] * 3 + [Asked("a", "1", True, 0.0, True)]
    asked += [Asked("a", "2", False, -3.0, True)] * 3 + [Asked("a", "2", False, 3.0, False)]
    rows = cells(reliability_markdown([(asked, scale)]))
    assert [(row["questions"], row["share there"]) for row in rows] == [("3", "0.000"), ("1", "1.000"), ("4", "0.750")]
    one, every = cells(certainty_markdown([(asked, scale)]))
    assert one["set"] == "a" and every["set"] == "every set alike"
    assert [one[f"there: {word}"] for word in ("sure", "unsure", "none")] == ["0.750", "0.250", "0.000"]
    assert one["absent: none"] == "1.000", "a matte that shows nothing is none"


@pytest.mark.parametrize("asked", [[], drawn(15, 1.0, 0.0), [each for each in drawn(400, 1.0, 0.0) if each.there]])
def test_too_few_questions_make_no_scale(asked):
    with pytest.raises(TooFewQuestions, match="questions name something there"):
        fitted(asked, 0.02, 0.9)
