import errno
import json
import tempfile
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from training.entity import ColourShare, Garment
from training.expressions import Expression
from training.files.labels import Label, LayoutError, Words, in_keyword_setting, labels_of, read_labels, write_labels
from training.files.refmatte import (
    is_whole,
    label_file,
    read_refmatte,
    read_rw100,
    split_labels,
    splits_of,
    write_image,
    writing,
)
from training.scene import Placed, Scene


def ramp(height, width, first, last):
    """A matte that is 1 between two columns, with a soft edge of some columns on both sides."""
    x = np.arange(width, dtype=np.float32)
    line = np.clip(np.minimum(x - first, last - x) / 4, 0, 1)
    return np.ascontiguousarray(np.broadcast_to(line, (height, width)))


def scene_of(bank, keywords=("cup", "dog"), height=60, width=80, may_contain=()):
    """Entities side by side, each behind none."""
    image = np.random.default_rng(5).integers(0, 256, (height, width, 3)).astype(np.uint8)
    image = cv2.GaussianBlur(image, (0, 0), 3)
    cutouts = {e.keyword: e for e in bank.cutouts if e.split == "train"}
    placed = []
    for number, keyword in enumerate(keywords):
        first, last = width * number / len(keywords), width * (number + 1) / len(keywords)
        alpha = ramp(height, width, first, last)
        center = ((first + last) / 2 / width, 0.5)
        placed.append(Placed(cutouts[keyword], alpha, center, float(alpha.mean()), frozenset()))
    return Scene(image, tuple(placed), frozenset(may_contain))


def words_for(scene):
    return [
        [Expression(p.entity.keyword, "keyword", i), Expression(f"the {p.entity.keyword} here", "absolute", i, "left")]
        for i, p in enumerate(scene.placed)
    ]


@pytest.fixture
def written(bank, tmp_path):
    """A set of two images: one with a cup and a dog, one with two women."""
    labels = []
    for name, keywords in (("000000", ("cup", "dog")), ("000001", ("woman", "woman"))):
        scene = scene_of(bank, keywords)
        made = labels_of(name, scene, "left", "bg_0", words_for(scene))
        write_image(tmp_path / "train", scene, made, None)
        labels += made
    write_labels(label_file(tmp_path, "train"), labels)
    return tmp_path


def test_what_is_written_is_read_again(bank, written):
    scene = scene_of(bank)
    samples = [s for s in read_refmatte(written, "train") if s.image_id == "000000"]
    assert [s.expression for s in samples] == ["the cup here", "the dog here"]
    for number, sample in enumerate(samples):
        np.testing.assert_array_equal(sample.image, scene.image)
        assert sample.matte.dtype == np.float32
        assert np.abs(sample.matte - scene.placed[number].alpha).max() <= 1 / 255
        assert np.abs(sample.others[0] - scene.placed[1 - number].alpha).max() <= 1 / 255
        assert sample.entity_id == f"000000_{number}" and len(sample.others) == 1
    assert [(s.category, s.kind, s.form, s.relation) for s in samples] == [
        ("cup", "object", "absolute", "left"),
        ("dog", "animal", "absolute", "left"),
    ]


def test_the_files_can_be_opened_by_another_program(bank, written):
    folder = written / "train"
    matte = cv2.imread(str(folder / "mask" / "000000_1.png"), cv2.IMREAD_UNCHANGED)
    assert matte.dtype == np.uint8 and matte.shape == (60, 80)
    assert np.abs(matte / 255 - scene_of(bank).placed[1].alpha).max() <= 1 / 255
    image = cv2.imread(str(folder / "img_full" / "000000.png"))[..., ::-1]
    np.testing.assert_array_equal(image, scene_of(bank).image)
    # As public readers of RefMatte look an expression up.
    rows = json.loads((folder / "refmatte_train_label.json").read_text(encoding="utf-8"))
    assert rows["000000_1"]["image_name"] == "000000"
    assert rows["000000_1"]["expressions"][-1] == "the dog here"


def test_the_keyword_setting_leaves_ambiguous_images_out(written):
    samples = list(read_refmatte(written, "train", "keyword"))
    assert [(s.expression, s.form, s.image_id) for s in samples] == [
        ("cup", "keyword", "000000"),
        ("dog", "keyword", "000000"),
    ]
    assert [s.rivals for s in read_refmatte(written, "train") if s.image_id == "000001"] == [1, 1]


def test_a_keyword_is_ambiguous_where_the_background_or_another_name_of_an_entity_holds_it(bank):
    def unambiguous(scene):
        return [label.keyword_unambiguous for label in labels_of("a", scene, "", "", words_for(scene))]

    assert unambiguous(scene_of(bank)) == [True, True]
    assert unambiguous(scene_of(bank, may_contain=["dog"])) == [True, False]
    scene = scene_of(bank)
    other = replace(scene.placed[1].entity, names=("dog", "cup"))
    scene = replace(scene, placed=(scene.placed[0], replace(scene.placed[1], entity=other)))
    assert unambiguous(scene) == [False, True]


def test_labels_tell_relation_salience_and_transparency(bank):
    scene = scene_of(bank, ("cup", "dog", "car"))
    glass = replace(scene.placed[0], alpha=scene.placed[0].alpha * np.float32(0.5))
    tiny = replace(scene.placed[2], alpha=np.zeros_like(scene.placed[2].alpha))
    image = np.full_like(scene.image, 40)
    image[scene.placed[1].alpha > 0.5] = 240
    scene = replace(scene, image=image, placed=(glass, scene.placed[1], tiny))
    labels = labels_of("a", scene, "front", "bg_3", words_for(scene))
    assert [label.relation for label in labels] == ["front", "behind", ""]
    assert [label.transparent for label in labels] == [True, False, False]
    assert labels[1].salient and not labels[2].salient
    assert {label.background for label in labels} == {"bg_3"} and labels[0].size == (60, 80)


def test_a_soft_contour_alone_is_not_transparent(bank):
    scene = scene_of(bank, ("cup",), 200, 200)
    soft = cv2.GaussianBlur(cv2.circle(np.zeros((200, 200), np.float32), (100, 100), 60, 1.0, -1), (0, 0), 2)
    scene = replace(scene, placed=(replace(scene.placed[0], alpha=soft),))
    assert not labels_of("a", scene, "", "", words_for(scene))[0].transparent


def test_jpeg_keeps_the_image_nearly(bank, tmp_path):
    scene = scene_of(bank)
    labels = labels_of("000000", scene, "left", "", words_for(scene))
    size = write_image(tmp_path / "train", scene, labels, 95)
    write_labels(label_file(tmp_path, "train"), labels)
    assert size == sum(
        path.stat().st_size for part in ("img_full", "mask") for path in (tmp_path / "train" / part).iterdir()
    )
    sample = next(read_refmatte(tmp_path, "train"))
    assert np.abs(sample.image.astype(int) - scene.image).mean() < 4
    assert (tmp_path / "train" / "img_full" / "000000.jpg").read_bytes()[:2] == b"\xff\xd8"


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
words = st.builds(Words, text, st.sampled_from(["keyword", "basic", "free"]), text)
share = st.floats(0, 1)
label = st.builds(
    Label,
    stem=text,
    image_name=text,
    expressions=st.lists(words, max_size=4).map(tuple),
    entity=text,
    keyword=text,
    kind=st.sampled_from(["human", "animal", "object", ""]),
    colours=st.lists(st.builds(ColourShare, text, share), max_size=3).map(tuple),
    garments=st.lists(st.builds(Garment, text, text, share, share), max_size=3).map(tuple),
    salient=st.none() | st.booleans(),
    transparent=st.none() | st.booleans(),
    relation=text,
    keyword_unambiguous=st.none() | st.booleans(),
    size=st.none() | st.tuples(st.integers(1, 9000), st.integers(1, 9000)),
    background=text,
)


@settings(max_examples=50, deadline=None)
@given(st.lists(label, max_size=5, unique_by=lambda one: one.stem))
def test_labels_come_back_as_they_were(labels):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "labels.json"
        write_labels(path, labels)
        assert read_labels(path) == tuple(sorted(labels, key=lambda one: one.stem))


def put(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


@pytest.fixture
def real(tmp_path):
    """RefMatte as it is given out: an image name and plain expressions are all that a label tells."""
    folder = tmp_path / "RefMatte" / "test"
    put(folder / "img_full" / "p_9af.jpg", np.full((40, 50, 3), 90, np.uint8))
    rows = {}
    for number, value in enumerate((10, 200)):
        put(folder / "mask" / f"p_9af_{number}.png", np.full((40, 50), value, np.uint8))
        rows[f"p_9af_{number}"] = {"image_name": "p_9af", "expressions": [f"person {number}", f"the man {number}"]}
    (folder / "refmatte_test_label.json").write_text(json.dumps(rows), encoding="utf-8")
    return folder.parent


def test_refmatte_itself_is_read(real):
    samples = list(read_refmatte(real, "test"))
    assert [s.expression for s in samples] == ["person 0", "the man 0", "person 1", "the man 1"]
    assert {s.form for s in samples} == {"free"} and {s.category for s in samples} == {""}
    assert {s.rivals for s in samples} == {0}
    np.testing.assert_allclose(samples[2].matte, 200 / 255)
    np.testing.assert_allclose(samples[2].others[0], 10 / 255)
    assert splits_of(real) == ["test"]


def test_refmatte_in_the_folder_names_of_other_readers_is_read(real):
    (real / "test" / "img_full").rename(real / "test" / "img")
    assert len(list(read_refmatte(real, "test"))) == 4


def test_without_keywords_there_is_no_keyword_setting(real):
    with pytest.raises(LayoutError, match="names no keywords: read it in the expression setting"):
        read_refmatte(real, "test", "keyword")


def test_without_our_field_a_keyword_is_ambiguous_when_it_comes_twice():
    one, two = Label("a_0", "a", (), keyword="dog"), Label("a_1", "a", (), keyword="dog")
    assert not in_keyword_setting([one, two])
    assert in_keyword_setting([one, replace(two, keyword="cat")])


def test_images_are_decoded_when_they_come(written):
    (written / "train" / "img_full" / "000001.png").unlink()
    samples = read_refmatte(written, "train")
    assert [next(samples).image_id for _ in range(2)] == ["000000", "000000"]
    with pytest.raises(LayoutError, match="train has no image 000001: expected SPLIT/img_full/NAME.jpg"):
        next(samples)


def test_a_missing_matte_names_itself(written):
    (written / "train" / "mask" / "000000_1.png").unlink()
    with pytest.raises(LayoutError, match=r"mask/000000_1.png' does not exist"):
        list(read_refmatte(written, "train"))


@pytest.mark.parametrize("name", ["img_full/000000.png", "mask/000000_0.png"])
@pytest.mark.parametrize("left", [0, 30, 0.7])
def test_a_truncated_image_names_itself(written, name, left):
    path = written / "train" / name
    code = path.read_bytes()
    path.write_bytes(code[: left if isinstance(left, int) else int(left * len(code))])
    with pytest.raises(LayoutError, match=f"{name}' is (empty|not a readable image|damaged or incomplete)"):
        list(read_refmatte(written, "train"))
    labels = split_labels(written, "train")
    assert not is_whole(written / "train", labels[:2]) and is_whole(written / "train", labels[2:])


def test_a_matte_of_another_size_names_both(written):
    put(written / "train" / "mask" / "000000_1.png", np.zeros((60, 79), np.uint8))
    with pytest.raises(LayoutError, match=r"000000_1.png is 79x60, but .*000000.png is 80x60"):
        list(read_refmatte(written, "train"))


def test_an_unknown_split_or_setting_and_another_folder_are_refused_with_what_there_is(written, tmp_path_factory):
    with pytest.raises(LayoutError, match=r"no split 'test' \(found: train\): expected SPLIT/img_full"):
        read_refmatte(written, "test")
    with pytest.raises(LayoutError, match=r"no split 'train' \(found: none\): expected SPLIT/img_full"):
        read_refmatte(tmp_path_factory.mktemp("else"), "train")
    with pytest.raises(LayoutError, match="'words' is not a setting of RefMatte: choose keyword or expression"):
        read_refmatte(written, "train", "words")
    label_file(written, "train").unlink()
    with pytest.raises(LayoutError, match=r"refmatte_train_label.json is missing: expected SPLIT"):
        read_refmatte(written, "train")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{'a'", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"[]", "holds no labels"),
        (b'{"a_0": []}', "the entry a_0 is not a label"),
        (b'{"a_0": {"expressions": ["dog"]}}', "the entry a_0 is not a label: KeyError: 'image_name'"),
        (b'{"a_0": {"image_name": "a", "expressions": [3]}}', "must be text"),
        (
            b'{"a_0": {"image_name": "a", "expressions": ["b", "c"], "forms": ["basic"]}}',
            "the entry a_0 is not a label",
        ),
        (b'{"a_0": {"image_name": "a", "expressions": [], "colors": ["red"]}}', "the entry a_0 is not a label"),
    ],
)
def test_broken_labels_name_the_file_and_the_entry(written, content, told):
    label_file(written, "train").write_bytes(content)
    with pytest.raises(LayoutError, match=told) as caught:
        read_refmatte(written, "train")
    assert "refmatte_train_label.json" in str(caught.value) and "\n" not in str(caught.value)


def test_a_full_disk_and_a_folder_that_is_a_file_are_one_line(tmp_path):
    with pytest.raises(LayoutError, match="the disk is full; what is written stands: make room"), writing(tmp_path):
        raise OSError(errno.ENOSPC, "No space left on device")
    (tmp_path / "taken").write_text("")
    with pytest.raises(LayoutError, match="taken/a cannot be written: Not a directory"), writing(tmp_path / "taken/a"):
        write_labels(tmp_path / "taken/a/labels.json", [])


@pytest.fixture
def rw100(tmp_path):
    """RefMatte-RW100 as its readers know it: `image_all` with an image for each matte, the index by image."""
    rows = {}
    for name, count in (("im_1", 2), ("im_2", 1)):
        for number in range(count):
            stem = f"{name}_{number}"
            put(tmp_path / "image_all" / f"{stem}.jpg", np.full((30, 20, 3), 40, np.uint8))
            put(tmp_path / "mask" / f"{stem}.png", np.full((30, 20), 100 + number, np.uint8))
            rows[stem] = {"image_name": name, "expressions": [f"{stem} said {i}" for i in range(4)]}
    (tmp_path / "refmatte_rw100_label.json").write_text(json.dumps(rows), encoding="utf-8")
    (tmp_path / "eval_index_expression.json").write_text('{"im_1": 3, "im_2": 0}', encoding="utf-8")
    return tmp_path


def test_rw100_gives_the_evaluated_expression_of_each_entity(rw100):
    samples = list(read_rw100(rw100))
    assert [s.expression for s in samples] == ["im_1_0 said 3", "im_1_1 said 3", "im_2_0 said 0"]
    assert [(s.image_id, s.entity_id, len(s.others)) for s in samples] == [
        ("im_1", "im_1_0", 1),
        ("im_1", "im_1_1", 1),
        ("im_2", "im_2_0", 0),
    ]
    np.testing.assert_allclose(samples[1].matte, 101 / 255)
    assert {s.scene for s in samples} == {"photo"}


def test_rw100_gives_every_expression_when_asked_and_needs_no_index_then(rw100):
    (rw100 / "eval_index_expression.json").unlink()
    assert [s.expression for s in read_rw100(rw100, every=True)][:5] == [
        *(f"im_1_0 said {i}" for i in range(4)),
        "im_1_1 said 0",
    ]


def test_rw100_with_one_file_an_image_is_read(rw100):
    (rw100 / "image_all").rename(rw100 / "image")
    for name in ("im_1", "im_2"):
        (rw100 / "image" / f"{name}_0.jpg").rename(rw100 / "image" / f"{name}.jpg")
    assert len(list(read_rw100(rw100))) == 3


@pytest.mark.parametrize(
    ("index", "told"),
    [
        (None, "is missing, which lists the expressions that are evaluated: expected image_all/NAME.jpg"),
        ("{", "is not JSON"),
        ('{"im_1": 1}', "does not fit the labels: KeyError: 'im_2'"),
        ('{"im_1": 4, "im_2": 0}', "does not fit the labels: IndexError"),
        ('{"im_1": "a", "im_2": 0}', "does not fit the labels: TypeError"),
        ("[1, 2]", "does not fit the labels: TypeError"),
    ],
)
def test_a_missing_or_wrong_index_of_rw100_names_itself(rw100, index, told):
    path = rw100 / "eval_index_expression.json"
    path.unlink()
    if index is not None:
        path.write_text(index, encoding="utf-8")
    with pytest.raises(LayoutError, match=told) as caught:
        read_rw100(rw100)
    assert "eval_index_expression.json" in str(caught.value)


def test_a_folder_that_is_not_rw100_shows_what_is_expected(tmp_path):
    with pytest.raises(LayoutError, match=r"not laid out as RefMatte-RW100, refmatte_rw100_label.json is missing: exp"):
        read_rw100(tmp_path)
