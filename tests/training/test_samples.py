"""Samples without words of their own: main subjects, and what is pointed at."""

from collections import Counter

import numpy as np
import torch

from clipmat.config import variant
from clipmat.expression import MAIN_SUBJECT, POINTED_AT
from clipmat.model import ClipMat
from clipmat.pointing_planes import pointing_planes
from training.datasets import Mix, SceneDataset
from training.fitting.batches import batch_of
from training.samples import MAIN, POINTED

MIX = Mix(photo=0.3, mosaic=0.3, negative=0.2, main=0.2, pointed=0.4)


def drawn(bank, mix=MIX, count=150):
    data = SceneDataset(bank, 3, mix)
    return [sample for index in range(count) for sample in data.samples(index, (64, 64), 2)]


def test_main_subjects_are_large_and_the_largest_by_far(bank):
    main = [sample for sample in drawn(bank) if sample.form == MAIN]
    assert len(main) > 10
    for sample in main:
        assert sample.expression == MAIN_SUBJECT and not sample.pointing
        assert sample.matte.mean() >= 0.04
        assert all(sample.matte.mean() >= 1.9 * other.mean() for other in sample.others)


def test_only_what_is_there_is_pointed_at_and_words_may_be_wrong(bank):
    samples = drawn(bank)
    pointed = [sample for sample in samples if sample.pointing]
    assert 0.2 < len(pointed) / len(samples) < 0.45
    assert all(sample.present and sample.matte.any() for sample in pointed)
    words = Counter(
        "none" if s.expression == POINTED_AT else "wrong" if s.form == POINTED else "right" for s in pointed
    )
    assert words["none"] > words["right"] > words["wrong"] > 0


def test_a_mix_without_prompts_draws_the_samples_it_always_drew(bank):
    plain = drawn(bank, Mix(photo=0.3, mosaic=0.3, negative=0.2), count=20)
    assert not any(sample.pointing or sample.form in (MAIN, POINTED) for sample in plain)
    for one, other in zip(plain, drawn(bank, count=20), strict=True):
        np.testing.assert_array_equal(one.image, other.image)


def test_a_batch_holds_planes_of_each_sample_and_no_match_without_words(bank):
    model, data = ClipMat(variant("compact")), SceneDataset(bank, 3, MIX)
    batch = batch_of(data, range(24), (64, 64), 2, model.tokenize, 0, words=4)
    samples = [sample for index in range(24) for sample in data.samples(index, (64, 64), 2)]
    expected = [pointing_planes(sample.pointing, (64, 64)) for sample in samples]
    torch.testing.assert_close(batch.inputs.pointing, torch.from_numpy(np.stack(expected)))
    assert {sample.form for sample in samples} >= {MAIN, POINTED}
    for row, sample in enumerate(samples):
        if sample.form in (MAIN, POINTED):
            assert not batch.targets.match_counts[row].any()
    first, second = batch.inputs.split(2)
    torch.testing.assert_close(torch.cat([first.pointing, second.pointing]), batch.inputs.pointing)


def test_points_to_drop_alone_leave_one_thing_that_the_words_fit(bank):
    """The judge reads the scene: the noun, less what a point is on, is the target and nothing else."""
    mix = Mix(photo=0.1, mosaic=0.4, negative=0.1, pairs=1.0, dropping=0.6)
    pointed = [sample for sample in drawn(bank, mix) if sample.pointing]
    assert len(pointed) > 60 and all(not s.pointing.keeps and s.pointing.box is None for s in pointed)
    ambiguous = [sample for sample in pointed if sample.form == POINTED]
    assert len(ambiguous) > 10
    for sample in ambiguous:
        noun = sample.expression.removeprefix("the ")
        fitting = [placed.alpha for placed in sample.shown.placed if noun in placed.entity.names]
        left = [one for one in fitting if not any(one[int(y), int(x)] > 0.5 for x, y in sample.pointing.drops)]
        assert len(fitting) > 1 and len(left) == 1 and left[0] is sample.matte


def test_corrections_come_with_words_or_keep_something(bank):
    mix = Mix(photo=0.3, mosaic=0.3, negative=0.2, corrected=0.5)
    corrected = [sample for sample in drawn(bank, mix) if sample.pointing]
    assert len(corrected) > 60
    alone = [sample for sample in corrected if sample.expression == POINTED_AT]
    assert 0.05 < len(alone) / len(corrected) < 0.35 and all(sample.pointing.keeps for sample in alone)
    for sample in corrected:
        assert all((sample.matte[int(y), int(x)] > 0.5) == keep for x, y, keep in sample.pointing.points)


def test_a_mix_is_recorded_as_it_was_before_it_had_shares_that_it_does_not_use():
    former = "Mix(photo=0.2, mosaic=0.22, pasted=0.12, scene=0.0, negative=0.12, pairs=0.45, recoloured=0.0, "
    former += "drawn=0.3, main=0.0, pointed=0.1)"
    assert repr(Mix(photo=0.2, pointed=0.1)) == former
    assert "crowd=0.2" in repr(Mix(crowd=0.2))
    assert repr(Mix(photo=0.2, pointed=0.1, dropping=0.2)) == former[:-1] + ", dropping=0.2)"
