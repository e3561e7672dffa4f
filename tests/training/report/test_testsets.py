import json
import shutil

import numpy as np
import pytest
from PIL import Image

from training import TrainingError
from training.report.testsets import read_sets, sample_sets


def picture(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def scene(folder, name, images="img_full"):
    """One image with two mattes, as RefMatte's files lie on disk."""
    rng = np.random.default_rng(len(name))
    picture(folder / images / f"{name}.jpg", rng.integers(0, 255, (40, 60, 3)).astype(np.uint8))
    for number in range(2):
        matte = np.zeros((40, 60), np.uint8)
        matte[10:30, 30 * number + 5 : 30 * number + 25] = 255
        picture(folder / "mask" / f"{name}_{number}.png", matte)


def refmatte(folder, split, keywords=True):
    rows = {}
    for name in ("one", "two"):
        scene(folder / split, name)
        for number, noun in enumerate(("dog", "car")):
            row = {"image_name": name, "expressions": [f"the {noun} in {name}", f"the {noun} beside"]}
            rows[f"{name}_{number}"] = row | ({"keyword": noun} if keywords else {})
    (folder / split / f"refmatte_{split}_label.json").write_text(json.dumps(rows))


def counts(sets):
    return {name: len(list(drawn)) for name, drawn in sets.items()}


def test_the_sets_of_a_pack_have_what_they_promise(pack, bank):
    sets = read_sets([pack], 6, 1)
    assert {name: drawn.most for name, drawn in sets.items() if "val_seen" in name} == {
        "photos/val_seen": 32,
        "composites/val_seen": 6,
        "mosaics/val_seen": 3,
    }
    assert all(count <= sets[name].most for name, count in counts(sets).items())
    drawn = [s.expression for s in read_sets([pack], 6, 1)["composites/val_seen"]]
    assert drawn == [s.expression for s in sample_sets(bank, 6, 1)["composites/val_seen"]], "same seed, same samples"


def test_a_setting_asks_in_its_own_forms(pack):
    forms = {
        setting: {s.form for drawn in read_sets([pack], 16, 2, setting).values() for s in drawn} - {"negative"}
        for setting in ("keyword", "expression")
    }
    assert forms == {"keyword": {"keyword"}, "expression": {"basic", "absolute", "relative"}}


def test_a_limit_holds_for_each_set(pack):
    assert set(counts(read_sets([pack], 6, 1, limit=2)).values()) == {2}


def test_refmatte_is_known_by_its_layout_and_trains_split_is_left_alone(tmp_path):
    for split in ("train", "test", "val"):
        refmatte(tmp_path / "RefMatte", split)
    assert counts(read_sets([tmp_path / "RefMatte"], 2, 0)) == {
        "RefMatte/test/keyword": 4,
        "RefMatte/test/expression": 8,
        "RefMatte/val/keyword": 4,
        "RefMatte/val/expression": 8,
    }
    assert counts(read_sets([tmp_path / "RefMatte" / "train"], 2, 0, "keyword")) == {"RefMatte/train/keyword": 4}


def test_without_keywords_only_expressions_are_asked(tmp_path):
    refmatte(tmp_path, "test", keywords=False)
    assert list(read_sets([tmp_path], 2, 0)) == [f"{tmp_path.name}/test/expression"]
    with pytest.raises(TrainingError, match="names no keywords"):
        read_sets([tmp_path], 2, 0, "keyword")


def test_rw100_asks_what_its_index_says(tmp_path):
    folder = tmp_path / "RW100"
    scene(folder, "one", "image_all")
    rows = {f"one_{n}": {"image_name": "one", "expressions": ["a", "b", "c", "d"]} for n in range(2)}
    (folder / "refmatte_rw100_label.json").write_text(json.dumps(rows))
    (folder / "eval_index_expression.json").write_text(json.dumps({"one": 2}))
    sets = read_sets([folder], 2, 0)
    assert [s.expression for s in sets["RW100"]] == ["c", "c"]
    with pytest.raises(TrainingError, match="asked in expressions"):
        read_sets([folder], 2, 0, "keyword")


def plain(folder):
    lines = ["file,expression,form"]
    for number in range(12):
        name = f"photo{number}"
        picture(folder / f"images/{name}.png", np.full((20, 30, 3), 9 * number, np.uint8))
        matte = np.zeros((20, 30), np.uint8)
        matte[4:16, 5:25] = 255
        picture(folder / f"mattes/{name}.png", matte)
        lines += [f"{name},the lamp,", f"{name},the tall lamp that stands on the left,", f"{name},the horse,negative"]
    (folder / "expressions.csv").write_text("\n".join(lines))


def test_a_plain_folder_is_asked_what_its_list_says(tmp_path):
    plain(tmp_path / "mine")
    drawn = list(read_sets([tmp_path / "mine"], 2, 0)["mine"])
    assert len(drawn) == 36 and read_sets([tmp_path / "mine"], 2, 0)["mine"].most == 36
    assert all(s.matte.any() == (s.expression != "the horse") for s in drawn)
    keyword = {s.expression for s in read_sets([tmp_path / "mine"], 2, 0, "keyword")["mine"]}
    assert keyword == {"the lamp", "the horse"}, "negatives are asked in every setting"
    expression = {s.expression for s in read_sets([tmp_path / "mine"], 2, 0, "expression")["mine"]}
    assert expression == {"the tall lamp that stands on the left", "the horse"}


def test_a_public_matting_set_is_measured_on_the_part_that_is_not_for_training(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for part, count in (("train", 3), ("validation/P3M-500-NP", 2)):
        for number in range(count):
            image = "blurred_image" if part == "train" else "original_image"
            picture(tmp_path / part / image / f"p{number}.png", np.full((40, 30, 3), 90, np.uint8))
            matte = np.zeros((40, 30), np.uint8)
            matte[5:, 5:25] = 255
            picture(tmp_path / part / "mask" / f"p{number}.png", matte)
    sets = read_sets([tmp_path], 2, 0)
    drawn = [s for s in sets["photos/val_seen"] if s.form == "keyword"]
    assert list(sets) == ["photos/val_seen"] and [s.expression for s in drawn] == ["the person"] * 2


def test_of_a_folder_that_was_trained_on_the_held_out_part_can_be_asked_for(tmp_path):
    plain(tmp_path / "mine")
    held = {s.image_id for s in read_sets([tmp_path / "mine"], 2, 0, held_out=True)["mine"]}
    assert 1 <= len(held) < 6


def test_a_folder_that_is_no_set_is_told_what_was_expected(tmp_path):
    with pytest.raises(TrainingError, match=r"expected images/NAME\.jpg with mattes/NAME\.png"):
        read_sets([tmp_path], 2, 0)
    with pytest.raises(TrainingError, match="is not a folder"):
        read_sets([tmp_path / "nowhere"], 2, 0)
    refmatte(tmp_path / "RefMatte", "train")
    with pytest.raises(TrainingError, match="has no split but train: give .*train if that is meant"):
        read_sets([tmp_path / "RefMatte"], 2, 0)


def test_packs_and_other_sets_are_measured_beside_each_other(pack, tmp_path):
    refmatte(tmp_path / "RefMatte", "test")
    names = list(read_sets([pack, tmp_path / "RefMatte"], 4, 0, "keyword"))
    assert "photos/val_seen" in names and "RefMatte/test/keyword" in names


def test_two_sets_of_one_name_are_told_apart_before_one_hides_the_other(tmp_path):
    for parent in ("a", "b"):
        refmatte(tmp_path / parent / "RefMatte", "test")
    with pytest.raises(TrainingError, match="there is a set RefMatte/test/expression already; rename one"):
        read_sets([tmp_path / "a/RefMatte", tmp_path / "b/RefMatte"], 2, 0)


def test_a_broken_photograph_stops_with_its_name(pack, tmp_path):
    shutil.copytree(pack, tmp_path / "pack")
    broken = next((tmp_path / "pack/photos").glob("photo_dog_2*.png"))
    broken.write_bytes(broken.read_bytes()[:200])
    with pytest.raises(TrainingError, match=rf"{broken.name} cannot be read"):
        list(read_sets([tmp_path / "pack"], 2, 0)["photos/val_seen"])


def test_a_setting_that_is_not_known_is_named(pack):
    with pytest.raises(TrainingError, match="setting 'words' is not known: choose keyword, expression, both"):
        read_sets([pack], 2, 0, "words")
