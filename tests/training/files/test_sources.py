import json
import os
import shutil
import zipfile
from collections import Counter

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from training.datasets import SceneDataset
from training.entity import BankError
from training.files import images
from training.files.entity_bank import EntityBank
from training.files.labels import LayoutError
from training.files.sources import held_out, index_of, kind_of, recognised

RED, BLUE, GREEN = (210, 30, 30), (30, 60, 210), (20, 160, 40)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda *args, **kwargs: str(folder))
    return folder


def blob(seed=0, sides=(60, 80)):
    """A soft ellipse off the middle: HxW uint8."""
    alpha = np.zeros(sides, np.uint8)
    cv2.ellipse(alpha, (sides[1] // 2 + seed % 7, sides[0] // 2), (sides[1] // 4, sides[0] // 3), 20, 0, 360, 255, -1)
    return cv2.GaussianBlur(alpha, (0, 0), 1.5)


def over(color, ground, alpha):
    share = alpha[..., None] / 255
    return np.rint(np.array(color) * share + np.array(ground) * (1 - share)).astype(np.uint8)


def put(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **({"quality": 98, "subsampling": 0} if path.suffix == ".jpg" else {}))


def flat(color, sides=(60, 80)):
    return np.zeros((*sides, 3), np.uint8) + np.array(color, np.uint8)


def photo(folder, names, image, stem, color=RED):
    """A photograph and its matte in the two folders that a set calls `image` and mask."""
    alpha = blob(len(stem))
    put(folder / names / image / f"{stem}.jpg", over(color, (90, 90, 90), alpha))
    put(folder / names / "mask" / f"{stem}.png", alpha)


def am2k(folder):
    for stem in ("m_0a", "m_1b", "m_2c"):
        photo(folder, "train", "original", stem)
    photo(folder, "validation", "original", "m_9z")
    put(folder / "validation" / "trimap" / "m_9z.png", blob())
    put(folder / "train" / "fg" / "m_0a.png", flat(BLUE))
    (folder / "keywords.csv").write_text("file,keyword\nm_0a.jpg,alpaca\nm_1b,bear\nm_2c.png,Cat\nm_9z,tiger\n")


def p3m(folder):
    photo(folder, "train", "blurred_image", "p_1")
    photo(folder, "train", "blurred_image", "p_2")
    photo(folder, "validation/P3M-500-P", "blurred_image", "p_3")
    photo(folder, "validation/P3M-500-NP", "original_image", "p_4")
    put(folder / "train" / "fg" / "p_1.png", flat(BLUE))


def aim(folder):
    photo(folder, "", "original", "o_1")
    put(folder / "trimap" / "o_1.png", blob())
    (folder / "keywords.csv").write_text("file,keyword,synonyms,kind\noriginal/o_1.jpg,lamp,Light; lantern,object\n")


def hatt(folder):
    for split, stem in (("Train", "train_0"), ("Test", "test_0")):
        put(folder / split / "FG" / f"{stem}.png", flat(GREEN))
        put(folder / split / "GT" / f"{stem}.png", blob())
    (folder / "keywords.csv").write_text("file,keyword\ntrain_0,plant\ntest_0,dog\n")


def dim(folder):
    root = folder / "Combined_Dataset"
    for place, stem in (("Training_set/Adobe-licensed images", "1-12(3)"), ("Training_set/Other", "13(2)"),
                        ("Test_set/Adobe-licensed images", "cat-12.v2")):  # fmt: skip
        put(root / place / "fg" / f"{stem}.jpg", flat(GREEN))
        put(root / place / "alpha" / f"{stem}.jpg", np.repeat(blob()[..., None], 3, axis=2))
    (root / "Test_set" / "test_fg_names.txt").write_text("cat-12.v2.jpg\n")
    (folder / "keywords.csv").write_text("file,keyword\n1-12(3).jpg,lace\n13(2).jpg,web\ncat-12.v2.jpg,cat\n")


def sim(folder):
    for split, pattern, stem in (("train", "fur", "cat-1"), ("train", "defocus", "cat-1"), ("train", "fire", "fire-2"),
                                 ("test", "net", "net-3")):  # fmt: skip
        put(folder / split / pattern / "fg" / f"{stem}.jpg", flat(GREEN))
        put(folder / split / pattern / "alpha" / f"{stem}.jpg", blob())
    (folder / "keywords.csv").write_text("file,keyword\ncat-1,cat\nfire-2,fire\nnet-3,net\n")


SETS = {
    am2k: ({"alpaca": "train", "bear": "train", "cat": "train", "tiger": "val_seen"}, "animal", 4),
    p3m: ({"person": "train"}, "human", 4),
    aim: ({"lamp": "val_seen"}, "object", 1),
    hatt: ({"plant": "train", "dog": "val_seen"}, None, 0),
    dim: ({"lace": "train", "web": "train", "cat": "val_seen"}, None, 0),
    sim: ({"cat": "train", "fire": "train", "net": "val_seen"}, None, 0),
}


@pytest.mark.parametrize("make", SETS, ids=lambda make: make.__name__)
def test_a_public_set_is_a_bank_as_it_is_unpacked(make, tmp_path):
    folder = tmp_path / "set"
    make(folder)
    splits, kind, photos = SETS[make]
    assert recognised(folder)
    bank = EntityBank.read([folder])
    split_of = {e.keyword: e.split for e in reversed(bank.cutouts)}
    assert split_of == splits and len(bank.photos) == photos
    assert kind is None or {e.kind for e in bank.cutouts} == {kind}
    assert len({e.id for e in (*bank.cutouts, *bank.photos)}) == len(bank.cutouts) + len(bank.photos)
    for entity in bank.cutouts:
        pixels = bank.cutout(entity)
        assert pixels.ndim == 3 and pixels.shape[2] == 4 and pixels[..., 3].max() == 255
        assert pixels.shape[0] < 60 and pixels.shape[1] < 60, "cropped to the object"
        assert entity.colours and not entity.transparent
    for entity in bank.photos:
        image, matte = bank.photo(entity)
        assert image.shape == (60, 80, 3) and matte.shape == (60, 80) and matte.dtype == np.uint8


def test_the_two_validation_parts_of_p3m_are_held_out(tmp_path):
    p3m(tmp_path)
    assert Counter(e.split for e in EntityBank.read([tmp_path]).cutouts) == {"train": 2, "val_seen": 2}


def test_colours_are_those_of_fg_where_the_set_has_it(tmp_path):
    am2k(tmp_path)
    bank = EntityBank.read([tmp_path])
    by_keyword = {e.keyword: e for e in bank.cutouts}
    assert by_keyword["alpaca"].colours[0].name == "blue" and by_keyword["bear"].colours[0].name == "red"
    assert (bank.cutout(by_keyword["alpaca"])[..., :3] == BLUE).all()


def test_colours_of_a_photograph_are_estimated_where_its_matte_is_soft(tmp_path):
    photo(tmp_path, "", "original", "x", RED)
    (tmp_path / "keywords.csv").write_text("file,keyword\nx,ball\n")
    bank = EntityBank.read([tmp_path])
    pixels = bank.cutout(bank.cutouts[0]).astype(int)
    soft = (pixels[..., 3] > 60) & (pixels[..., 3] < 200)
    seen = over(RED, (90, 90, 90), pixels[..., 3].astype(np.uint8)).astype(int)
    assert soft.sum() > 50
    error = np.abs(pixels[soft][:, :3] - RED).mean()
    assert error < 12 and error < 0.3 * np.abs(seen[soft] - RED).mean(), "red, not red mixed with the gray behind"


def test_synonyms_kind_and_left_out_files_come_from_the_list(tmp_path):
    hatt(tmp_path)
    (tmp_path / "keywords.csv").write_text(
        "\ufefffile;keyword;synonyms;kind\ntrain_0;Maltese;Dog, puppy;animal\n\ntest_0.png;;;\n", encoding="utf-8"
    )
    (entity,) = EntityBank.read([tmp_path]).cutouts
    assert entity.keyword == "maltese" and entity.kind == "animal" and "dog, puppy" in entity.names


def test_a_set_without_keywords_says_which_list_to_write(tmp_path):
    for make in (am2k, aim, hatt, dim, sim):
        folder = tmp_path / make.__name__
        make(folder)
        (folder / "keywords.csv").unlink()
        with pytest.raises(BankError, match=r"does not say what it shows.*keywords\.csv, first line 'file,keyword'"):
            EntityBank.read([folder])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("m_0a.jpg,alpaca\n", "the first line must name the columns file,keyword"),
        ("file,keyword\nm_0a,alpaca,brown, white\n", "line 2 has 4 values for 2 columns"),
        ("file,keyword\nm_0a,alpaca\nm_77,cat\nm_1b,cat\nm_2c,cat\nm_9z,cat\n", "lists m_77, which is not in"),
        ("file,keyword\nm_0a,alpaca\n", "m_1b.png does not say what it shows"),
        ("file,keyword,kind\nm_0a,alpaca,beast\n", "the kind of m_0a is 'beast': choose human, animal, object"),
        ('file,keyword\n"m_0a,alpaca\n', r"keywords.csv, line \d: "),
    ],
)
def test_a_faulty_list_names_itself_and_the_fault(text, message, tmp_path):
    am2k(tmp_path)
    (tmp_path / "keywords.csv").write_text(text)
    with pytest.raises((BankError, LayoutError), match=message) as caught:
        EntityBank.read([tmp_path])
    assert str(tmp_path) in str(caught.value)


def test_a_list_that_is_not_utf_8_says_so(tmp_path):
    am2k(tmp_path)
    (tmp_path / "keywords.csv").write_bytes("file,keyword\nm_0a,zébra\n".encode("latin-1"))
    with pytest.raises(LayoutError, match=r"keywords\.csv is not UTF-8"):
        EntityBank.read([tmp_path])


def test_a_wrong_layout_shows_the_tree_that_it_is_closest_to(tmp_path):
    am2k(tmp_path)
    shutil.rmtree(tmp_path / "train" / "mask")
    shutil.rmtree(tmp_path / "validation")
    with pytest.raises(BankError, match=r"has train/original as AM-2k has.*train/\{original,mask\[,fg\]\}"):
        EntityBank.read([tmp_path])
    with pytest.raises(BankError, match="gone is not a folder"):
        EntityBank.read([tmp_path / "gone"])
    (tmp_path / "nothing").mkdir()
    with pytest.raises(BankError, match=r"expected entities\.jsonl.*AM-2k, P3M-10k, AIM-500"):
        EntityBank.read([tmp_path / "nothing"])


def test_a_missing_partner_names_the_file_that_has_none(tmp_path):
    am2k(tmp_path)
    (tmp_path / "train" / "mask" / "m_1b.png").unlink()
    with pytest.raises(BankError, match=r"m_1b\.jpg has no file of the same name in .*mask"):
        EntityBank.read([tmp_path])
    am2k(tmp_path)
    (tmp_path / "train" / "original" / "m_2c.jpg").unlink()
    with pytest.raises(BankError, match=r"m_2c\.png has no file of the same name in .*original"):
        EntityBank.read([tmp_path])


def test_broken_images_sizes_that_differ_and_empty_mattes_name_their_files(tmp_path):
    am2k(tmp_path)
    put(tmp_path / "train" / "mask" / "m_1b.png", blob(sides=(50, 80)))
    with pytest.raises(LayoutError, match=r"m_1b\.jpg is 80x60 but .*m_1b\.png is 80x50"):
        EntityBank.read([tmp_path])
    put(tmp_path / "train" / "mask" / "m_1b.png", blob() // 255)
    with pytest.raises(LayoutError, match=r"m_1b\.png shows no object"):
        EntityBank.read([tmp_path])
    (tmp_path / "train" / "mask" / "m_1b.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    with pytest.raises(LayoutError, match=r"m_1b\.png' is not a readable image"):
        EntityBank.read([tmp_path])


def own(folder, names, color=BLUE):
    for name in names:
        alpha = blob(sides=(300, 200))
        pixels = np.dstack([flat(color, (300, 200)), alpha])
        pixels[alpha == 0, :3] = (255, 255, 0)  # what programs leave under nothing
        put(folder / name, pixels)


def test_anyones_cutouts_are_a_bank_named_by_their_files(tmp_path):
    own(tmp_path, ["coffee-cup_02.png", "Dog.tif", "woman 3.png"])
    bank = EntityBank.read([tmp_path])
    assert {e.keyword: e.kind for e in bank.cutouts} == {"coffee cup": "object", "dog": "animal", "woman": "human"}
    for entity in bank.cutouts:
        pixels = bank.cutout(entity)
        assert entity.colours[0].name == "blue"
        assert np.abs(pixels[..., :3].astype(int) - BLUE).max() < 40, "no colour from under nothing"


def test_a_list_goes_before_the_names_of_files_and_tells_what_they_do_not(tmp_path):
    own(tmp_path, ["IMG_2041.png", "cup.png"])
    with pytest.raises(BankError, match=r"IMG_2041\.png does not say what it shows: name it as in coffee_cup_02\.png"):
        EntityBank.read([tmp_path])
    (tmp_path / "keywords.csv").write_text("file,keyword,synonyms,kind\nIMG_2041.png,violin,fiddle;instrument,object\n")
    violin, cup = EntityBank.read([tmp_path]).cutouts
    assert violin.names == ("violin", "fiddle", "instrument") and cup.keyword == "cup"


def test_a_cutout_without_alpha_says_what_it_lacks(tmp_path):
    put(tmp_path / "cup.png", flat(RED))
    with pytest.raises(LayoutError, match=r"cup\.png has no alpha: save it as RGBA"):
        EntityBank.read([tmp_path])


def test_backgrounds_come_from_bg_20k_or_a_folder_of_that_name(tmp_path):
    for name in ("BG-20k/train/h_1.jpg", "BG-20k/train/h_2.jpg", "BG-20k/testval/h_3.jpg", "mine/backgrounds/room.jpg"):
        put(tmp_path / name, flat((120, 130, 140), (90, 120)))
    own(tmp_path / "mine", ["cup.png"])
    bank = EntityBank.read([tmp_path / "mine", tmp_path / "BG-20k"])
    assert Counter(ground.split for ground in bank.backgrounds) == {"train": 3, "val": 1}
    assert bank.background(bank.backgrounds[0]).shape == (90, 120, 3)


def test_scenes_are_composed_of_packs_and_public_sets_together(pack, tmp_path):
    am2k(tmp_path)
    bank = EntityBank.read([pack, tmp_path]).select("train")
    assert {e.pack for e in bank.cutouts} == {e.pack for e in bank.photos} == {0, 1}
    data = SceneDataset(bank, 1)
    shown = {data.sample(i, (64, 64)).category for i in range(60)}
    assert shown & {"alpaca", "bear", "cat"} and shown & {"cup", "car", "woman"}


def test_glass_is_measured_as_transparent(tmp_path):
    own(tmp_path, ["cup.png"])
    put(tmp_path / "glass.png", np.dstack([flat(BLUE), blob() // 3]))
    assert {e.keyword: e.transparent for e in EntityBank.read([tmp_path]).cutouts} == {"cup": False, "glass": True}


def test_what_was_measured_is_remembered_until_the_file_changes(tmp_path, cache, monkeypatch):
    folder = tmp_path / "mine"
    own(folder, ["cup.png", "dog.png"])
    first = EntityBank.read([folder])
    assert len(list(cache.rglob("*.json"))) == 1
    looked = []

    def preview(place, file, mask, measure=images.preview):
        looked.append(file)
        return measure(place, file, mask)

    monkeypatch.setattr(images, "preview", preview)
    assert EntityBank.read([folder]).cutouts == first.cutouts and not looked
    own(folder, ["cup.png"], RED)
    os.utime(folder / "cup.png", (1, 1))
    cup, dog = EntityBank.read([folder]).cutouts
    assert looked == ["cup.png"] and (cup.colours[0].name, dog.colours[0].name) == ("red", "blue")


def test_a_damaged_memory_or_none_at_all_is_no_hindrance(tmp_path, cache, monkeypatch):
    folder = tmp_path / "mine"
    own(folder, ["cup.png"])
    first = EntityBank.read([folder])
    for text in ("{oops", "[]", '{"cup.png": 3}'):
        next(cache.rglob("*.json")).write_text(text)
        assert EntityBank.read([folder]).cutouts == first.cutouts
    shutil.rmtree(cache)
    cache.write_text("a file where the folder should be")
    assert EntityBank.read([folder]).cutouts == first.cutouts


def test_a_pack_that_gives_no_colours_has_them_measured(pack, bank, tmp_path):
    for part in ("entities", "photos", "backgrounds"):
        lines = [json.loads(line) for line in (pack / f"{part}.jsonl").read_text().splitlines()]
        for line in lines:
            line.pop("colors", None)
        (tmp_path / f"{part}.jsonl").write_text("\n".join(map(json.dumps, lines)))
        with zipfile.ZipFile(tmp_path / f"{part}.zip", "w") as archive:
            for file in (pack / part).iterdir():
                archive.write(file, file.name)
    measured = EntityBank.read([tmp_path])
    for part in ("cutouts", "photos"):
        given = [e.colours[0].name for e in getattr(bank, part)]
        assert [e.colours[0].name for e in getattr(measured, part)] == given


def test_a_pack_that_gives_colours_is_not_decoded(pack, cache, monkeypatch):
    opened = []
    monkeypatch.setattr(Image, "open", opened.append)
    EntityBank.read([pack])
    assert not opened and not cache.exists()


def test_indexing_a_folder_decodes_nothing(tmp_path):
    for name in ("cup_1.png", "cup_2.png"):
        (tmp_path / name).write_bytes(b"not looked at")
    assert [row["keyword"] for row in index_of(tmp_path)["entities"]] == ["cup", "cup"]


@given(st.sets(st.text("abcdef0123456789", min_size=3, max_size=9), max_size=60), st.text("ghij", min_size=3))
def test_held_out_names_stay_held_out_when_others_come(names, newcomer):
    held = held_out(names)
    assert held <= names and (held or len(names) < 5)
    after = held_out(names | {newcomer})
    assert len(held - after) <= (len(held) == 1)


def test_about_a_tenth_is_held_out():
    assert 60 < len(held_out(f"name {i}" for i in range(1000))) < 140
    assert held_out(["a", "b", "c", "d"]) <= {"a", "b", "c", "d"}


def test_kinds_follow_the_noun_and_its_synonyms():
    assert [kind_of(noun) for noun in ("bride", "lady", "kid", "zebra", "puppy", "lamp")] == [
        "object", "human", "human", "animal", "object", "object"
    ]  # fmt: skip
    assert kind_of("bride", ("woman",)) == "human" and kind_of("puppy", ("dog",)) == "animal"


def test_what_was_measured_before_a_broken_file_is_remembered(tmp_path, cache):
    folder = tmp_path / "mine"
    own(folder, ["ant.png", "bee.png"])
    (folder / "zebra.png").write_bytes(b"broken")
    with pytest.raises(LayoutError, match=r"zebra\.png' is not a readable image"):
        EntityBank.read([folder])
    assert set(json.loads(next(cache.rglob("*.json")).read_text())) == {"ant.png", "bee.png"}
