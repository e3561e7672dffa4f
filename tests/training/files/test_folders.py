import shutil

import cv2
import numpy as np
import pytest
from PIL import Image

from training.files.folder_dataset import FolderDataset
from training.files.folders import Pair, read_folder, recognised, samples, split
from training.files.labels import LayoutError, Words
from training.metrics import iou

RED, GRAY = (210, 30, 30), (110, 110, 110)
LINES = """file,expression,keyword,form
kitchen.jpg,the cup on the left,cup,absolute
kitchen.jpg,the red cup with a handle,cup,
kitchen.jpg,cup,,
street,"the dog, which sits",dog,
street,the parrot,,negative
"""


def matte_of(sides=(120, 160), at=(50, 60)):
    matte = np.zeros(sides, np.uint8)
    cv2.ellipse(matte, at, (24, 30), 0, 0, 360, 255, -1)
    return cv2.GaussianBlur(matte, (0, 0), 1.5)


def put(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def over(matte, color=RED):
    share = matte[..., None] / 255
    return np.rint(np.array(color) * share + np.array(GRAY) * (1 - share)).astype(np.uint8)


def pair_of(folder, name, images="images", mattes="mattes", **where):
    matte = matte_of(**where)
    put(folder / images / f"{name}.png", over(matte))
    put(folder / mattes / f"{name}.png", matte)


@pytest.fixture
def folder(tmp_path):
    for name in ("kitchen", "street"):
        matte = matte_of()
        put(tmp_path / "images" / f"{name}.jpg", over(matte))
        put(tmp_path / "mattes" / f"{name}.png", matte)
    (tmp_path / "expressions.csv").write_text(LINES)
    return tmp_path


def test_images_mattes_and_a_list_are_pairs_and_nothing_is_decoded(folder):
    (folder / "images" / "kitchen.jpg").write_bytes(b"not looked at")
    kitchen, street = read_folder(folder)
    assert recognised(folder)
    assert (kitchen.name, kitchen.keyword, kitchen.kind) == ("kitchen", "cup", "object")
    assert kitchen.expressions == (
        Words("the cup on the left", "absolute", "left"),
        Words("the red cup with a handle", "free", ""),
        Words("cup", "keyword", ""),
    )
    assert street.expressions == (Words("the dog, which sits", "free", ""), Words("the parrot", "negative", ""))
    assert street.kind == "animal" and street.matte == folder / "mattes" / "street.png"


@pytest.mark.parametrize("name", ["alphas", "masks"])
def test_mattes_may_be_called_otherwise_and_words_lie_beside_the_image(folder, name):
    (folder / "mattes").rename(folder / name)
    (folder / "expressions.csv").unlink()
    for image in ("kitchen", "street"):
        (folder / "images" / f"{image}.txt").write_text("\ufeffthe red cup\n\nthe biggest cup in the room\n")
    assert [p.matte.parent.name for p in read_folder(folder)] == [name, name]
    assert [words.form for words in read_folder(folder)[0].expressions] == ["keyword", "free"]


def test_an_image_with_an_alpha_is_a_pair_of_its_own(tmp_path):
    matte = matte_of()
    put(tmp_path / "cup.png", np.dstack([over(matte), matte]))
    (tmp_path / "cup.txt").write_text("the red cup\n")
    (pair,) = read_folder(tmp_path)
    (sample,) = samples([pair])
    assert recognised(tmp_path) and pair.matte is None
    np.testing.assert_allclose(sample.matte, matte / 255, atol=1e-6)
    assert (sample.image == over(matte)).all()


def test_aim_500_is_asked_for_by_the_keywords_of_a_list(tmp_path):
    for name, keyword in (("o_1", "lamp"), ("o_2", "potted plant")):
        pair_of(tmp_path, name, "original", "mask")
        put(tmp_path / "trimap" / f"{name}.png", matte_of())
        put(tmp_path / "usr" / f"{name}.png", matte_of())
        with (tmp_path / "keywords.csv").open("a") as lines:
            lines.write(f"{'' if (name != 'o_1') else 'file,keyword' + chr(10)}{name}.jpg,{keyword}\n")
    found = [(s.expression, s.form, s.category, s.image_id) for s in samples(read_folder(tmp_path))]
    assert found == [("lamp", "keyword", "lamp", "o_1"), ("potted plant", "keyword", "potted plant", "o_2")]


def test_samples_for_evaluation_are_whole_and_as_they_are(folder):
    drawn = list(samples(read_folder(folder)))
    assert [s.expression for s in drawn][:2] == ["the cup on the left", "the red cup with a handle"]
    for s in drawn:
        assert s.image.shape == (120, 160, 3) and s.matte.shape == (120, 160) and s.matte.dtype == np.float32
        assert s.image_id in ("kitchen", "street") and s.scene == "photo"
    absent = drawn[-1]
    assert (
        absent.form == "negative"
        and not absent.present
        and not absent.matte.any()
        and absent.entity_id == absent.category == ""
    )
    assert iou(absent.others[0], drawn[-2].matte) == 1


def test_faults_name_the_file_and_the_remedy(folder):
    def refused(message):
        with pytest.raises(LayoutError, match=message):
            list(samples(read_folder(folder)))

    (folder / "expressions.csv").write_text(LINES.replace("kitchen.jpg", "street"))
    refused(r"kitchen\.jpg has no words: add a line 'kitchen\.jpg,\.\.\.' to .*expressions\.csv, or kitchen\.txt")
    (folder / "expressions.csv").write_text(LINES + "garden,the tree\n")
    refused("no image garden, which its lists name")
    (folder / "expressions.csv").write_text(LINES + "kitchen,\n")
    refused(r"expressions\.csv: a line of kitchen has no expression")
    (folder / "expressions.csv").write_text(LINES + "kitchen,the cup,cup,long\n")
    refused("'long' of kitchen is not a form: choose keyword, basic")
    (folder / "expressions.csv").write_text("image,text\n")
    refused(r"must name the columns file,expression,\[keyword\],\[form\], it is 'image,text'")
    (folder / "expressions.csv").write_text(LINES)
    (folder / "images" / "kitchen.txt").write_bytes(b"caf\xe9\n")
    refused(r"kitchen\.txt cannot be read as UTF-8")
    (folder / "images" / "kitchen.txt").unlink()
    put(folder / "mattes" / "kitchen.png", matte_of((120, 150)))
    refused(r"kitchen\.jpg is 160x120 but .*kitchen\.png is 150x120")
    put(folder / "mattes" / "kitchen.png", matte_of() * 0)
    refused(r"mattes/kitchen\.png shows no object")
    (folder / "images" / "kitchen.jpg").write_bytes(b"\xff\xd8\xff\xe0broken")
    refused(r"kitchen\.jpg' is damaged or incomplete")
    (folder / "mattes" / "kitchen.png").unlink()
    refused(r"kitchen\.jpg has no file of the same name in .*mattes")
    (folder / "images" / "kitchen.jpg").unlink()
    pair_of(folder, "kitchen")
    (folder / "images" / "kitchen.png").unlink()
    refused(r"mattes/kitchen\.png has no file of the same name in .*images")


def test_a_wrong_layout_shows_the_expected_tree(folder, tmp_path):
    shutil.rmtree(folder / "mattes")
    with pytest.raises(LayoutError, match=r"has images but none of mattes, alphas, masks.*expected images/NAME\.jpg"):
        read_folder(folder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(LayoutError, match=r"empty holds no images with mattes: expected images/NAME\.jpg"):
        read_folder(tmp_path / "empty")
    with pytest.raises(LayoutError, match="gone is not a folder"):
        read_folder(tmp_path / "gone")
    assert not recognised(tmp_path / "empty") and not recognised(tmp_path / "gone")


def many(folder, count, expressions=("the red cup in the photo", "cup")):
    for number in range(count):
        pair_of(folder, f"n{number}", at=(40 + 4 * number % 60, 50 + number % 30))
        (folder / "images" / f"n{number}.txt").write_text("\n".join(expressions))
    return read_folder(folder)


def test_a_share_is_held_out_for_good(tmp_path):
    pairs = tuple(Pair(tmp_path / f"{i}.png", None, (Words("cup"),)) for i in range(40))
    train, held = split(pairs)
    assert held and not set(train) & set(held) and set(train) | set(held) == set(pairs)
    assert {pair.name for pair in split(pairs[:20])[1]} <= {pair.name for pair in held} | {pairs[0].name}
    assert len(split(pairs[:5])[1]) >= 1 and len(split(pairs[:5])[0]) >= 1


def test_training_samples_are_a_function_of_seed_and_number(tmp_path):
    pairs = many(tmp_path, 4)
    one, two, other = FolderDataset(pairs, 3), FolderDataset(pairs, 3), FolderDataset(pairs, 4)
    for index in (0, 3, 11, 500):
        for a, b in zip(one.samples(index, (64, 96), 3), two.samples(index, (64, 96), 3), strict=True):
            np.testing.assert_array_equal(a.image, b.image)
            np.testing.assert_array_equal(a.matte, b.matte)
            assert a[2:5] == b[2:5] and a.template == b.template
    assert any((one.samples(i, (64, 64), 1)[0].image != other.samples(i, (64, 64), 1)[0].image).any() for i in range(5))


def test_one_image_is_asked_for_in_several_ways_and_each_pair_comes_once_a_round(tmp_path):
    data = FolderDataset(many(tmp_path, 5), 1, negative=0)
    for turn in range(3):
        drawn = [data.samples(5 * turn + i, (64, 64), 4) for i in range(5)]
        assert {s[0].image_id for s in drawn} == {f"n{i}" for i in range(5)}
        for group in drawn:
            assert len(group) == 4 and all(s.image is group[0].image for s in group)
            assert group[0].image.shape == (64, 64, 3) and group[0].image.dtype == np.uint8
            assert len({s.form for s in group}) == 2, "every expression has its turn"


def test_the_matte_stays_on_the_object_through_crop_and_mirror(tmp_path):
    data = FolderDataset(many(tmp_path, 5), 2)
    for index in range(40):
        sample = next(s for s in data.samples(index, (96, 96), 6) if s.present)
        pixels = cv2.GaussianBlur(sample.image.astype(np.float32), (0, 0), 1.5)
        redness = pixels[..., 0] - pixels[..., 1:].mean(axis=2)
        assert iou((redness > redness.max() / 2).astype(np.float32), sample.matte) > 0.75
        assert sample.matte.sum() > 0.05 * 96 * 96


def test_windows_and_mirrors_vary(tmp_path):
    data = FolderDataset(many(tmp_path, 1), 2)
    shares = [data.samples(i, (64, 64), 1)[0].matte.mean() for i in range(40)]
    assert max(shares) > 1.5 * min(s for s in shares if s)


def test_words_of_position_keep_the_image_whole_and_turn_with_it(tmp_path):
    matte = matte_of(at=(30, 60))
    put(tmp_path / "images" / "a.png", over(matte))
    put(tmp_path / "mattes" / "a.png", matte)
    (tmp_path / "images" / "a.txt").write_text("the cup on the left\nthe leftmost cup in the photo\n")
    data, sides = FolderDataset(read_folder(tmp_path), 5), set()
    for index in range(30):
        for sample in data.samples(index, (60, 80), 2):
            assert abs(sample.matte.mean() - matte.mean() / 255) < 0.01, "the whole image"
            side = "left" if sample.matte[:, :40].sum() > sample.matte[:, 40:].sum() else "right"
            other = "right" if side == "left" else "left"  # a slip of a finger may have changed `side` itself
            assert sample.relation == side and other not in sample.expression.lower()
            sides.add(side)
    assert sides == {"left", "right"}


def test_negatives_name_what_surely_is_not_there(tmp_path):
    for name, words in (("a", "cup"), ("b", "mug"), ("c", "dog"), ("d", "the dog beside the cup"), ("e", "puppy")):
        pair_of(tmp_path, name)
        (tmp_path / "images" / f"{name}.txt").write_text(words + "\n")
    data = FolderDataset(read_folder(tmp_path), 1, negative=0.5)
    absent = {}
    for index in range(400):
        for sample in data.samples(index, (32, 32), 2):
            if not sample.present:
                assert not sample.matte.any() and sample.others and sample.entity_id == ""
                absent.setdefault(sample.image_id, set()).add(sample.expression.lower().removeprefix("the "))
    assert {"dog", "puppy"} <= absent["a"] and not absent["a"] & {"cup", "mug"}
    assert "cup" in absent["c"] and not absent["c"] & {"dog", "puppy"}
    assert "d" not in absent, "what else is in it is not known"


def test_without_augmentation_pairs_come_in_order_and_as_they_are(tmp_path):
    pairs = many(tmp_path, 3)
    data = FolderDataset(pairs, 9, augment=False)
    for index in range(6):
        (sample, again, third) = data.samples(index, (120, 160), 3)
        pair = pairs[index % 3]
        assert sample.image_id == pair.name and (sample.image == next(samples([pair])).image).all()
        assert [s.expression for s in (sample, again, third)] == [pair.expressions[i].text for i in (0, 1, 0)]
        assert sample.template == 0


def test_the_fingerprint_tells_what_decides_the_samples(folder, tmp_path_factory):
    pairs = read_folder(folder)
    digests = [FolderDataset(pairs, 1).fingerprint]
    moved = tmp_path_factory.mktemp("elsewhere") / "copy"
    shutil.copytree(folder, moved)
    assert FolderDataset(read_folder(moved), 1).fingerprint == digests[0]
    digests += [data.fingerprint for data in (FolderDataset(pairs, 2), FolderDataset(pairs, 1, augment=False))]
    digests += [FolderDataset(pairs[:1], 1).fingerprint]
    (moved / "expressions.csv").write_text(LINES.replace("red cup", "blue cup"))
    digests += [FolderDataset(read_folder(moved), 1).fingerprint]
    put(moved / "images" / "kitchen.jpg", over(matte_of(), (0, 200, 0)))
    digests += [FolderDataset(read_folder(moved), 1).fingerprint]
    assert len(set(digests)) == 6
    pairs = read_folder(moved)
    (moved / "mattes" / "street.png").unlink()
    with pytest.raises(LayoutError, match=r"street\.png cannot be read"):
        _ = FolderDataset(pairs, 1).fingerprint


def test_no_pairs_are_refused():
    with pytest.raises(LayoutError, match="holds no images to train on"):
        FolderDataset((), 1)
