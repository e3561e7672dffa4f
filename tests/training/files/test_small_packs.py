"""Small packs: they stay within their bytes, are read as packs are, and show what the large ones show."""

import io
import json
import zipfile

import cv2
import numpy as np
import pytest
from PIL import Image

from training.entity import BankError
from training.files.entity_bank import EntityBank
from training.files.small_packs import write_small_packs

SIDE = 60


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    """A pack of two scenes of two things each; one is held out."""
    folder = tmp_path_factory.mktemp("two") / "scenes"
    folder.mkdir()
    rows = []
    with zipfile.ZipFile(folder / "scenes.zip", "w") as archive:

        def add(name, pixels):
            buffer = io.BytesIO()
            Image.fromarray(pixels).save(buffer, "PNG")
            archive.writestr(name, buffer.getvalue())

        for number, split in enumerate(("train", "val_seen")):
            add(f"{number}.jpg", np.full((100, 140, 3), 90, np.uint8))
            objects = []
            for i, keyword in enumerate(("dog", "car")):
                mask = np.zeros((100, 140), np.uint8)
                mask[20:80, 10 + 70 * i : 60 + 70 * i] = 255
                add(f"{number}_{i}.png", mask)
                objects.append(
                    {"keyword": keyword, "synonyms": [], "kind": "object", "mask": f"{number}_{i}.png", "area": 0.2}
                )
            rows.append(
                {"id": f"s{number}", "file": f"{number}.jpg", "source": "test", "split": split, "objects": objects,
                 "complete_for": ["dog", "car", "cat"], "unmasked": [], "captions": ["A dog."], "width": 140}
            )  # fmt: skip
    (folder / "scenes.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return folder


@pytest.fixture(scope="module")
def everything(pack, scenes, tmp_path_factory):
    out = tmp_path_factory.mktemp("small")
    return out, write_small_packs([pack, scenes], out, 2**30, SIDE, 70)


def test_all_of_the_training_split_goes_along_where_there_is_room(pack, scenes, everything):
    out, taken = everything
    assert taken == {
        (pack.name, "entities"): (16, 16),
        (pack.name, "photos"): (16, 16),
        (pack.name, "backgrounds"): (20, 20),
        ("scenes", "scenes"): (1, 1),
    }
    small, large = (EntityBank.read(folders) for folders in ([out / pack.name, out / "scenes"], [pack, scenes]))
    large = large.select("train")
    assert {e.id: (e.names, e.colours, e.garments, e.split) for e in small.cutouts} == {
        e.id: (e.names, e.colours, e.garments, e.split) for e in large.cutouts
    }
    assert {b.id: b.may_contain for b in small.backgrounds} == {b.id: b.may_contain for b in large.backgrounds}
    assert small.scenes[0].absent == large.scenes[0].absent == ("cat",)


def test_pictures_are_smaller_and_show_the_same(pack, scenes, everything):
    small = EntityBank.read([everything[0] / pack.name, everything[0] / "scenes"])
    large = EntityBank.read([pack, scenes])

    def near(one, other, most):
        expected = cv2.resize(other, one.shape[1::-1], interpolation=cv2.INTER_AREA).astype(float)
        return np.abs(one - expected).mean() < most

    photo = small.photos[0]
    image, mask = small.photo(photo)
    assert max(image.shape) == SIDE and mask.shape == image.shape[:2]
    whole = next(large.photo(one) for one in large.photos if one.id == photo.id)
    assert near(image, whole[0], 16) and near(mask, whole[1], 4)
    assert {0, 255} <= set(np.unique(mask)) <= set(range(0, 256, 17))
    cutout = small.cutout(small.cutouts[0])
    full = next(large.cutout(one) for one in large.cutouts if one.id == small.cutouts[0].id)
    assert cutout.shape == (SIDE, round(SIDE * 80 / 96), 4)
    solid = cutout[..., 3] == 255
    assert (
        near(cutout[..., 3], full[..., 3], 4)
        and np.abs(cutout[solid].mean(0) - full[full[..., 3] > 250].mean(0)).max() < 6
    )
    image, (dog, car) = small.scene(small.scenes[0])
    assert image.shape == (43, 60, 3) and near(dog, large.scene(large.scenes[0])[1][0], 2) and car[20, 50] == 255


def test_the_bytes_are_kept_and_every_keyword_has_its_turn(pack, tmp_path):
    few = 20_000
    taken = write_small_packs([pack], tmp_path, few, SIDE, 40)
    files = sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file())
    assert few / 2 < files <= few + 4 * 22, "22 bytes end each zip"
    assert all(0 < count < there for count, there in taken.values())
    small = EntityBank.read([tmp_path / pack.name])
    assert len({e.keyword for e in small.cutouts}) == min(4, len(small.cutouts))
    write_small_packs([pack], tmp_path / "again", few, SIDE, 40)
    for file in (tmp_path / pack.name).iterdir():
        assert (tmp_path / "again" / pack.name / file.name).read_bytes() == file.read_bytes()


def test_what_is_no_pack_is_named(pack, tmp_path):
    Image.fromarray(np.full((9, 9, 4), 200, np.uint8)).save(tmp_path / "cup.png")
    with pytest.raises(BankError, match="is no pack"):
        write_small_packs([tmp_path], tmp_path / "out", 2**20, SIDE, 40)
    with pytest.raises(BankError, match="the same name"):
        write_small_packs([pack, pack], tmp_path / "out", 2**20, SIDE, 40)
