from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from training.augmentation import augmented
from training.datasets import Mix, SceneDataset, photo_samples
from training.entity import BankError
from training.files.entity_bank import EntityBank
from training.samples import trimap_labels


def test_a_sample_is_a_function_of_seed_and_number(bank):
    one, two, other = SceneDataset(bank, 4), SceneDataset(bank, 4), SceneDataset(bank, 5)
    for index in (0, 7, 123):
        a, b = one.sample(index, (64, 96)), two.sample(index, (64, 96))
        np.testing.assert_array_equal(a.image, b.image)
        np.testing.assert_array_equal(a.matte, b.matte)
        assert a.expression == b.expression
    assert any(one.sample(i, (64, 64)).expression != other.sample(i, (64, 64)).expression for i in range(5))


def test_a_scene_is_asked_for_in_several_ways(bank):
    data, differ = SceneDataset(bank, 2, Mix(photo=0, mosaic=1, negative=0.2)), 0
    for index in range(30):
        samples = data.samples(index, (64, 64), 3)
        assert len(samples) == 3
        assert all(s.image is samples[0].image for s in samples)
        differ += len({s.matte.tobytes() for s in samples}) > 1
    assert differ > 25, "mostly different entities of the scene"


def test_samples_hold_every_form_and_kind_of_scene(bank):
    samples = [SceneDataset(bank, 1).sample(i, (64, 64)) for i in range(250)]
    assert {s.form for s in samples} == {"keyword", "basic", "absolute", "relative", "negative"}
    assert {s.scene for s in samples} == {"photo", "mosaic", "composite"}
    assert Counter(s.rivals > 0 for s in samples)[True] > 20
    for s in samples:
        assert s.image.shape == (64, 64, 3) and s.matte.shape == (64, 64)
        assert s.matte.any() == s.present == (s.form != "negative")


def test_shares_follow_the_mix(bank):
    data = SceneDataset(bank, 1, Mix(photo=0, mosaic=0, pasted=0, negative=0))
    assert {data.sample(i, (64, 64)).scene for i in range(30)} == {"composite"}
    assert all(data.sample(i, (64, 64)).form != "negative" for i in range(30))


def test_a_crowd_holds_several_of_a_kind_of_which_each_stays_visible(bank):
    data = SceneDataset(bank, 1, Mix(photo=0, mosaic=0, pasted=0, crowd=1))
    scenes = [data.scene(i, (128, 160)) for i in range(40)]
    for image, placed in scenes:
        assert image.shape == (128, 160, 3)
        assert np.sum([each.alpha for each in placed], axis=0).max() < 1.001, "no pixel is of two things"
        assert all(each.visible > 0.39 and each.area < 0.2 for each in placed)
    assert np.mean([len(placed) for _, placed in scenes]) > 5
    most_of_a_kind = [max(Counter(each.entity.keyword for each in placed).values()) for _, placed in scenes]
    assert np.mean(most_of_a_kind) > 3
    assert any(each.occludes for _, placed in scenes for each in placed), "some cover others"


def test_an_empty_bank_is_refused():
    with pytest.raises(BankError, match="no cut-outs in this split"):
        SceneDataset(EntityBank((), (), (), ()), 0)


def test_a_pack_without_backgrounds_is_named(bank):
    with pytest.raises(BankError, match="no backgrounds in this split"):
        SceneDataset(replace(bank, backgrounds=()), 0)


def test_without_augmentation_words_are_plain(bank):
    data = SceneDataset(bank, 3, augment=False)
    for i in range(60):
        s = data.sample(i, (64, 64))
        assert s.expression == s.expression.lower() and s.template == 0


def test_augmentation_keeps_size_and_colour_names(bank):
    red = np.zeros((32, 32, 3), np.uint8) + np.array([210, 30, 30], np.uint8)
    for i in range(50):
        out = augmented(red, np.random.default_rng(i))
        assert out.shape == red.shape and out.dtype == np.uint8
        assert out[..., 0].mean() > out[..., 1].mean() + 30, "red must stay red"


def test_the_trimap_is_the_soft_band_grown():
    matte = np.zeros((40, 40), np.float32)
    matte[10:30, 10:30] = 1
    matte[10, 10:30] = 0.5
    trimap = trimap_labels(matte, 2)
    assert trimap[20, 20] == 2 and trimap[0, 0] == 0 and trimap[10, 20] == 1
    assert trimap[8, 20] == 1 and trimap[7, 20] == 0
    assert not trimap_labels(np.zeros((9, 9), np.float32), 3).any()


def test_photographs_are_asked_for_what_is_and_what_is_not_there(bank):
    samples = list(photo_samples(bank.select("val_seen"), 0))
    assert {s.form for s in samples} == {"keyword", "negative"}
    assert all(s.matte.any() == (s.form == "keyword") for s in samples)
    assert all(bool(s.entity_id and s.category) == (s.form == "keyword") for s in samples)
    assert all(a.image_id == b.image_id for a, b in zip(samples[::2], samples[1::2], strict=True))
