from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.report.tables import calibration_markdown, measured_calibration


def scored(presence, present):
    return SimpleNamespace(presence=presence, negative=not present)


def parsed(text):
    head, _, *rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if "|" in line]
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_bins_and_thresholds_by_hand():
    results = [scored(p, True) for p in (0.95, 0.91, 1.0, 0.55)] + [scored(p, False) for p in (0.0, 0.05, 0.58, 0.99)]
    found = measured_calibration(results)
    held = {(b.low, b.high): b for b in found.bins if b.samples}
    assert set(held) == {(0.0, 0.1), (0.5, 0.6), (0.9, 1.0)} and len(found.bins) == 10
    assert held[0.9, 1.0].samples == 4 and held[0.9, 1.0].present == 0.75
    assert held[0.9, 1.0].presence == pytest.approx((0.95 + 0.91 + 1.0 + 0.99) / 4)
    assert held[0.0, 0.1].present == 0 and held[0.5, 0.6].present == 0.5
    at = {e.threshold: e for e in found.errors}
    assert list(at) == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    assert at[0.1].false_alarms == 0.5 and at[0.1].misses == 0
    assert at[0.6].false_alarms == 0.25 and at[0.6].misses == 0.25
    gap = (2 * 0.025 + 2 * (0.565 - 0.5) + 4 * (3.85 / 4 - 0.75)) / 8
    assert found.gap == pytest.approx(gap)


def test_a_score_on_a_threshold_passes_it_and_opens_the_bin_above():
    found = measured_calibration([scored(0.3, True), scored(0.3, False), scored(0.7, True)])
    at = {e.threshold: e for e in found.errors}
    assert at[0.3].misses == 0 and at[0.3].false_alarms == 1 and at[0.4].misses == 0.5
    assert at[0.7].misses == 0.5, "of the two that are there"
    assert [b.samples for b in found.bins] == [0, 0, 0, 2, 0, 0, 0, 1, 0, 0]


def test_a_score_that_keeps_its_word_has_no_gap_and_a_liar_a_large_one():
    rng = np.random.default_rng(0)
    scores = rng.random(20000)
    honest = measured_calibration(
        [scored(p, present) for p, present in zip(scores, rng.random(20000) < scores, strict=True)]
    )
    assert honest.gap < 0.02
    assert measured_calibration([scored(0.99, False)] * 10).gap == pytest.approx(0.99)


def test_without_negatives_there_are_no_false_alarms_to_tell_of():
    found = measured_calibration([scored(0.8, True)])
    assert all(e.false_alarms is None and e.misses is not None for e in found.errors)
    assert all(row["false alarms"] == "" for row in parsed(calibration_markdown(found).split("error ")[1]))


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40))
def test_every_sample_is_in_one_bin_and_errors_go_opposite_ways(samples):
    found = measured_calibration([scored(*sample) for sample in samples])
    assert sum(b.samples for b in found.bins) == len(samples) and 0 <= found.gap <= 1
    for b in found.bins:
        assert b.presence is None or b.low <= b.presence <= b.high + 1e-12
    alarms = [e.false_alarms for e in found.errors if e.false_alarms is not None]
    misses = [e.misses for e in found.errors if e.misses is not None]
    assert alarms == sorted(alarms, reverse=True) and misses == sorted(misses)


def test_the_tables_read_back_hold_the_figures():
    bins, errors = calibration_markdown(measured_calibration([scored(0.25, True), scored(0.75, False)])).split(
        "Expected calibration error"
    )
    by_bin = {row["presence"]: row for row in parsed(bins)}
    assert by_bin["0.2 to 0.3"]["share present"] == "1.000" and by_bin["0.2 to 0.3"]["mean presence"] == "0.250"
    assert by_bin["0.1 to 0.2"]["samples"] == "0" and by_bin["0.1 to 0.2"]["share present"] == ""
    assert errors.startswith(" 0.750.")
    assert {row["threshold"]: row["misses"] for row in parsed(errors)}["0.3"] == "1.000"
