"""Labelled photographs: read into the bank, cropped into scenes, asked for in words that single a thing out."""

import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image

from training.composition import labelled_scene
from training.datasets import Mix, SceneDataset, scene_samples
from training.entity import BankError
from training.files.entity_bank import EntityBank
from training.report.testsets import read_sets
from training.scene import ASKED

BOXES = {"cup": (10, 30, 5, 25), "dog": (20, 50, 40, 60), "dog_2": (20, 50, 70, 88), "pen": (2, 3, 2, 3)}


def png(pixels):
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "PNG")
    return data.getvalue()


def plane(name):
    y0, y1, x0, x1 = BOXES[name]
    mask = np.zeros((60, 90), np.uint8)
    mask[y0:y1, x0:x1] = 255
    return mask


@pytest.fixture
def folder(tmp_path):
    """Two dogs, a cup, a pen too small to be asked for; a zebra without a mask; boats were looked for."""
    image = np.random.default_rng(0).integers(0, 255, (60, 90, 3), dtype=np.uint8)
    objects = [
        {
            "keyword": name.removesuffix("_2"),
            "synonyms": [],
            "kind": "animal" if "dog" in name else "object",
            "mask": f"{name}.png",
            "colors": [],
        }
        for name in BOXES
    ]
    row = {"id": "one", "file": "one.png", "source": "made", "objects": objects, "unmasked": [{"keyword": "zebra"}]}
    row |= {"complete_for": ["cup", "dog", "pen", "boat", "zebra"]}
    rows = [{**row, "split": "train"}, {**row, "id": "two", "split": "val_seen"}]
    (tmp_path / "scenes.jsonl").write_text("".join(json.dumps(each) + "\n" for each in rows))
    with zipfile.ZipFile(tmp_path / "scenes.zip", "w") as archive:
        archive.writestr("one.png", png(image))
        for name in BOXES:
            archive.writestr(f"{name}.png", png(plane(name)))
    return tmp_path


def test_a_bank_holds_labelled_photographs(folder):
    bank = EntityBank.read([folder])
    (photo,) = bank.select("train").scenes
    assert [each.keyword for each in photo.objects] == ["cup", "dog", "dog", "pen"]
    assert photo.absent == ("boat",) and "zebra" in photo.may_contain and "dog" not in photo.may_contain
    image, masks = bank.scene(photo)
    assert image.shape == (60, 90, 3) and all((m == plane(n)).all() for m, n in zip(masks, BOXES, strict=True))


def test_a_missing_field_is_named(folder):
    row = json.loads((folder / "scenes.jsonl").read_text().splitlines()[0])
    del row["source"]
    (folder / "scenes.jsonl").write_text(json.dumps(row) + "\n")
    with pytest.raises(BankError, match="scene one: the field 'source' is missing"):
        EntityBank.read([folder])


def test_a_crop_holds_most_of_the_chosen_thing_and_what_else_is_in_it(folder):
    bank = EntityBank.read([folder])
    photo = bank.scenes[0]
    for seed in range(30):
        scene = labelled_scene(bank, photo, photo.objects[0], (64, 64), np.random.default_rng(seed))
        assert scene.image.shape == (64, 64, 3) and scene.absent == ("boat",)
        chosen = next(p for p in scene.placed if p.entity is photo.objects[0])
        assert 0.4 < chosen.visible <= 1.0001
        assert sum(p.alpha for p in scene.placed).max() < 1.01, "boxes that do not overlap stay apart"


def test_held_out_scenes_ask_for_each_thing_that_words_single_out(folder):
    samples = list(scene_samples(EntityBank.read([folder]).select("val_seen"), 7))
    there = [s for s in samples if s.present]
    assert {s.category for s in there} == {"cup", "dog"}, "the pen is too small"
    for sample in there:
        fitting = [n for n in BOXES if (plane(n) / 255 == sample.matte).all()]
        assert len(fitting) == 1 and sample.matte.mean() >= ASKED
        if sample.category == "dog":
            assert sample.form == "absolute" and sample.rivals == 1
    absent = [s for s in samples if not s.present]
    assert absent and all("boat" in s.expression and not s.matte.any() for s in absent)


def test_training_draws_scenes_by_their_share_and_asks_for_something_in_each(folder, pack):
    bank = EntityBank.read([pack, folder]).select("train")
    data = SceneDataset(bank, 5, Mix(photo=0, mosaic=0, pasted=0, scene=1.0, negative=0.3))
    for index in range(12):
        samples = data.samples(index, (64, 64), 2)
        assert all(s.scene == "scene" and s.shown.absent == ("boat",) for s in samples)
        assert any(s.present for s in samples)
    without = SceneDataset(EntityBank.read([pack]).select("train"), 5, Mix(photo=0, mosaic=0, pasted=0, scene=1.0))
    assert without.sample(0, (64, 64)).scene == "composite"


def test_scenes_are_a_set_of_their_own_beside_packs(folder, pack):
    sets = read_sets([pack, folder], 4, 7)
    assert "scenes/val_seen" in sets and "photos/val_seen" in sets
    assert {s.scene for s in sets["scenes/val_seen"]} == {"scene"}
    assert not any("scenes" in name for name in read_sets([pack, folder], 4, 7, "keyword"))
