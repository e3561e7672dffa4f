"""What is given as --data is recognised, and a part of it is held out."""

import hashlib
import json
from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from clipmat.config import variant
from clipmat.model import ClipMat
from training import TrainingError
from training.datasets import SceneDataset
from training.fitting.data import DataError, kind_of, read_data
from training.fitting.settings import Phase, TrainSettings
from training.fitting.validation import validate
from training.report.testsets import read_sets

SETTINGS = TrainSettings("compact", (Phase(1, ((64, 64),), 1),))
COLORS = {"red": (210, 30, 30), "blue": (30, 60, 210)}


def drawn(color, seed):
    """A ball before grey noise: its image and matte, 96x120 uint8."""
    rng = np.random.default_rng(seed)
    matte = np.zeros((96, 120), np.uint8)
    cv2.circle(matte, (int(rng.integers(35, 85)), int(rng.integers(35, 60))), 25, 255, -1)
    matte = cv2.GaussianBlur(matte, (0, 0), 2)
    part = (matte / 255)[..., None]
    return (rng.integers(90, 150, (96, 120, 3)) * (1 - part) + np.array(COLORS[color]) * part).astype(np.uint8), matte


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("my_folder")
    (root / "images").mkdir()
    (root / "mattes").mkdir()
    lines = ["file,expression,keyword"]
    for i in range(24):
        color = list(COLORS)[i % 2]
        image, matte = drawn(color, i)
        cv2.imwrite(str(root / "images" / f"p{i:02}.jpg"), image[..., ::-1])
        cv2.imwrite(str(root / "mattes" / f"p{i:02}.png"), matte)
        lines.append(f"p{i:02}.jpg,the {color} ball on the table,ball")
    (root / "expressions.csv").write_text("\n".join(lines))
    return root


@pytest.fixture(scope="module")
def refmatte(tmp_path_factory):
    root = tmp_path_factory.mktemp("refmatte")
    for part in ("img_full", "mask"):
        (root / "train" / part).mkdir(parents=True)
    rows = {}
    for i in range(12):
        color = list(COLORS)[i % 2]
        image, matte = drawn(color, i)
        cv2.imwrite(str(root / "train/img_full" / f"s{i:02}.jpg"), image[..., ::-1])
        cv2.imwrite(str(root / "train/mask" / f"s{i:02}_0.png"), matte)
        rows[f"s{i:02}_0"] = {
            "image_name": f"s{i:02}",
            "expressions": ["ball", f"the {color} ball which is non-transparent"],
            "forms": ["keyword", "basic"],
            "keyword": "ball",
        }
    (root / "train/refmatte_train_label.json").write_text(json.dumps(rows))
    return root


def test_each_kind_is_recognised(pack, folder, refmatte, tmp_path):
    assert [kind_of(path) for path in (pack, folder, refmatte)] == ["bank", "folder", "set"]
    with pytest.raises(DataError, match="there is no folder .*nowhere"):
        kind_of(tmp_path / "nowhere")


def test_a_pack_trains_as_ever(pack, bank):
    found = read_data([pack], SETTINGS)
    expected = SceneDataset(bank.select("train"), SETTINGS.seed, SETTINGS.mix, forms=SETTINGS.forms)
    assert found.train.fingerprint == expected.fingerprint
    ours, theirs = (data.samples(3, (64, 64), 2) for data in (found.train, expected))
    assert [s.expression for s in ours] == [s.expression for s in theirs]


def seen_by(found, count=60):
    return {s.image_id for i in range(count) for s in found.train.samples(i, (64, 64), 1)}


@pytest.mark.parametrize("kind", ["folder", "refmatte"])
def test_what_is_held_out_is_never_trained_on(kind, request, monkeypatch):
    found = read_data([request.getfixturevalue(kind)], SETTINGS)
    held = {s.image_id for s in found.held_out()}
    trained = seen_by(found)
    assert held and trained and not held & trained
    assert len(held | trained) == (24 if kind == "folder" else 12), "every image serves"


def test_of_two_folders_each_holds_out_what_is_measured_of_it(folder, tmp_path):
    """Of 24 images the hash alone chooses some; of 5 others the at-least-one rule does, if they stand by themselves."""
    names = [f"q{i}" for i in range(200)]
    far = [name for name in names if hashlib.sha256(name.encode()).digest()[0] > 40][:5]
    few = tmp_path / "few"
    for part in ("images", "mattes"):
        (few / part).mkdir(parents=True)
    for i, name in enumerate(far):
        image, matte = drawn("red", i)
        cv2.imwrite(str(few / "images" / f"{name}.jpg"), image)
        cv2.imwrite(str(few / "mattes" / f"{name}.png"), matte)
        (few / "images" / f"{name}.txt").write_text("the ball")
    found = read_data([folder, few], SETTINGS)
    held = {s.image_id for s in found.held_out()}
    measured = {s.image_id for drawn in read_sets([folder, few], 1, 0, held_out=True).values() for s in drawn}
    assert held == measured and len(held & set(far)) == 1
    assert not measured & seen_by(found, 29)


def test_the_setting_chooses_the_words(refmatte, folder):
    for setting, expected in (("keyword", {True}), ("expression", {False}), ("both", {True, False})):
        found = read_data([refmatte], replace(SETTINGS, setting=setting))
        forms = {s.form == "keyword" for i in range(40) for s in found.train.samples(i, (64, 64), 1)}
        assert forms == expected
    with pytest.raises(DataError, match="no expressions of the setting 'keyword'"):
        read_data([folder], replace(SETTINGS, setting="keyword"))


def test_kinds_are_not_mixed(pack, folder):
    with pytest.raises(DataError, match="is a bank, .* is a folder"):
        read_data([pack, folder], SETTINGS)


def test_an_image_that_the_labels_name_and_a_folder_without_words_are_named(refmatte, tmp_path):
    (tmp_path / "train/img_full").mkdir(parents=True)
    labels = (refmatte / "train/refmatte_train_label.json").read_text()
    (tmp_path / "train/refmatte_train_label.json").write_text(labels)
    with pytest.raises(TrainingError, match="has no image s00"):
        read_data([tmp_path], SETTINGS)
    (tmp_path / "empty").mkdir()
    with pytest.raises(TrainingError, match="empty"):
        read_data([tmp_path / "empty"], SETTINGS)


def test_a_validation_is_the_mean_iou_and_shows_the_first_few(folder):
    torch.manual_seed(0)
    found = read_data([folder], SETTINGS)
    samples = list(found.held_out())
    model = ClipMat(variant("compact"))
    seen = validate(model, lambda: samples, panels=1)
    assert 0 <= seen.score <= 1 and not model.training
    (panel,) = seen.panels
    assert panel.dtype == np.uint8 and panel.shape[1] == 3 * 256 and panel.shape[0] == round(256 * 96 / 120)
    third = panel.shape[1] // 3
    truth = cv2.resize((samples[0].matte * 255).astype(np.uint8), (third, panel.shape[0]), interpolation=cv2.INTER_AREA)
    assert np.abs(panel[:, third : 2 * third, 0].astype(int) - truth).max() <= 1
    negative = samples[0]._replace(present=False, matte=np.zeros_like(samples[0].matte))
    assert validate(model, lambda: [*samples, negative]).score == seen.score
    with pytest.raises(ValueError, match="nothing is held out"):
        validate(model, lambda: [negative])
