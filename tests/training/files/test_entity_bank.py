import json
import shutil
import zipfile

import numpy as np
import pytest

from training.entity import BankError
from training.files.entity_bank import EntityBank
from training.nouns import everyday_names, possible_names


def test_a_bank_is_read_from_folders(bank):
    assert len(bank.cutouts) == len(bank.photos) == 32
    entity = bank.cutouts[0]
    assert bank.cutout(entity).shape == (96, 80, 4)
    image, matte = bank.photo(bank.photos[0])
    assert image.shape == (120, 150, 3) and matte.shape == (120, 150)
    assert bank.background(bank.backgrounds[0]).shape == (70, 90, 3)


def test_zip_and_folder_give_the_same(pack, bank, tmp_path):
    zipped = tmp_path / "zipped"
    zipped.mkdir()
    for part in ("entities", "photos", "backgrounds"):
        shutil.copy(pack / f"{part}.jsonl", zipped)
        with zipfile.ZipFile(zipped / f"{part}.zip", "w") as archive:
            for file in (pack / part).iterdir():
                archive.write(file, file.name)
    other = EntityBank.read([zipped])
    np.testing.assert_array_equal(other.cutout(other.cutouts[5]), bank.cutout(bank.cutouts[5]))


def test_splits_are_kept_apart(bank):
    train, held = bank.select("train"), bank.select("val_seen", "val_unseen")
    assert not {e.id for e in train.cutouts} & {e.id for e in held.cutouts}
    assert {b.split for b in train.backgrounds} == {"train"} and {b.split for b in held.backgrounds} == {"val"}


def test_a_folder_that_is_no_pack_shows_what_was_expected(tmp_path):
    with pytest.raises(BankError, match="expected entities.jsonl with entities.zip"):
        EntityBank.read([tmp_path])


def test_a_broken_index_names_its_line(pack, tmp_path):
    (tmp_path / "entities.jsonl").write_text((pack / "entities.jsonl").read_text() + "\n{oops", encoding="utf-8")
    with pytest.raises(BankError, match="line 33 is not JSON"):
        EntityBank.read([tmp_path])


def test_a_missing_field_names_the_entry(tmp_path):
    (tmp_path / "entities.jsonl").write_text(json.dumps({"id": "x1", "keyword": "cup", "synonyms": []}))
    with pytest.raises(BankError, match="x1: the field 'kind' is missing"):
        EntityBank.read([tmp_path])


def test_a_missing_picture_names_itself(pack, tmp_path):
    shutil.copy(pack / "entities.jsonl", tmp_path)
    (tmp_path / "entities").mkdir()
    bank = EntityBank.read([tmp_path])
    with pytest.raises(BankError, match=bank.cutouts[0].file):
        bank.cutout(bank.cutouts[0])


def test_a_photograph_wears_what_its_cutout_wears(bank):
    worn = {e.id: e.garments for e in bank.cutouts}
    people = [p for p in bank.photos if p.kind == "human"]
    assert people and all(p.garments == worn[p.id.removeprefix("photo_")] for p in people)


def test_names_and_possible_names_do_not_overlap():
    names = everyday_names("dog", ("animal", "canine"))
    assert names[0] == "dog" and "puppy" in names and len(set(names)) == len(names)
    maybe = possible_names("dog", "animal", names)
    assert not maybe & set(names) and "wolf" in maybe


def test_a_person_may_be_anyone_and_wear_anything():
    maybe = possible_names("person", "human", everyday_names("person", ()))
    assert {"man", "woman", "shirt", "hat"} <= maybe
    assert "man" not in possible_names("woman", "human", everyday_names("woman", ("person",)))
