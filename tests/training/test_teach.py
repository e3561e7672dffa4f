"""A pack from photographs and words: kept is what two views or two teachers agree about."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from clipmat.candidates import Candidate
from clipmat.certainty import Certainty
from clipmat.systems import loading
from training.files.entity_bank import EntityBank
from training.files.scenes import read_scenes
from training.teach import TeachingError, app

SAMPLES = Path(__file__).parents[2] / "resources" / "samples"
COLOURS = {"apple": (200, 30, 30), "sky": (40, 60, 200), "grass": (30, 160, 40)}


@dataclass
class Answer:
    matte: np.ndarray
    certainty: Certainty
    candidates: tuple = ()


class ColourTeacher:
    """Finds what has the colour of a noun; `slip` is how far its mattes are off, and two `pears` are there."""

    def __init__(self, slip=0):
        self.slip, self.images = slip, []

    def set_image(self, image):
        self.images.append(image)

    def predict(self, noun):
        image = self.images[-1].astype(int)
        if noun == "fruit":
            noun = "apple"
        if noun == "pear":
            both = (Candidate((0, 0, 1, 1), 0.6, image.shape[:2]),) * 2
            return Answer(np.ones(image.shape[:2], np.float32), Certainty.SURE, both)
        apart = np.abs(image - COLOURS.get(noun, (0, 0, 0))).max(axis=2)
        matte = np.roll((apart < 40).astype(np.float32), self.slip, axis=1)
        return Answer(matte, Certainty.SURE if matte.any() else Certainty.NONE)


@pytest.fixture
def photos(tmp_path):
    """A red square on green, under blue, at the left."""
    pixels = np.full((120, 160, 3), COLOURS["grass"], np.uint8)
    pixels[:30] = COLOURS["sky"]
    pixels[50:90, 20:60] = COLOURS["apple"]
    (tmp_path / "photos" / "more").mkdir(parents=True)
    Image.fromarray(pixels).save(tmp_path / "photos" / "a.png")
    shutil.copy(tmp_path / "photos" / "a.png", tmp_path / "photos" / "more" / "b.png")
    (tmp_path / "words.csv").write_text("file,noun\na.png,apple\na.png,Fruit\na.png,sky\na.png,zebra\na.png,pear\n")
    return tmp_path / "photos"


@pytest.fixture
def teach(photos, tmp_path, monkeypatch):
    loaded = []

    def load(weights, device="auto", precision="auto"):
        loaded.append(ColourTeacher(6 if weights == "slipping" else 0))
        return loaded[-1]

    monkeypatch.setattr(loading, "load", load)

    def teach(*options, words=tmp_path / "words.csv"):
        arguments = ["--photos", photos, "--words", words, "--out", tmp_path / "taught", *options]
        done = CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=True)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.output

    teach.loaded = loaded
    return teach


def rows(tmp_path):
    return [json.loads(line) for line in (tmp_path / "taught" / "scenes.jsonl").read_text().splitlines()]


def test_what_two_views_agree_about_becomes_a_pack_that_training_reads(teach, tmp_path):
    assert "mattes: 2 kept, 1 not sure, 1 several" in teach("--licence", "CC0")
    (row,) = rows(tmp_path)
    assert [(each["keyword"], each["synonyms"]) for each in row["objects"]] == [("apple", ["fruit"]), ("sky", [])]
    assert {each["keyword"] for each in row["unmasked"]} == {"zebra", "pear"} and row["license"] == "CC0"
    bank = EntityBank.read([tmp_path / "taught"], licensed_only=True)
    (scene,) = bank.scenes
    image, (apple, sky) = bank.scene(scene)
    assert image.shape == (120, 160, 3) and (apple[50:90, 20:60] == 255).all() and apple.sum() == 255 * 1600
    assert (sky[:30] == 255).all() and scene.objects[0].colours[0].name == "red"
    assert {"zebra", "pear"} <= scene.may_contain and scene.absent == ()
    (read,) = read_scenes(tmp_path / "taught", scene.split)
    assert read.there == ("apple", "sky")


def test_a_teacher_without_words_is_refused(teach, monkeypatch):
    monkeypatch.setattr(ColourTeacher, "knows_words", False, raising=False)
    with pytest.raises(TeachingError, match="slipping knows no words, and nouns are taught: choose another"):
        teach("--teacher", "slipping")


def test_that_mirrored_mattes_that_are_off_are_not_kept(teach, tmp_path):
    assert "1 kept" in teach("--teacher", "slipping")  # the sky goes from side to side
    assert [each["keyword"] for each in rows(tmp_path)[0]["objects"]] == ["sky"]


def test_of_two_teachers_both_are_asked_about_the_photograph_itself(teach, tmp_path):
    teach("--teacher", "sharp", "--teacher", "slipping")
    assert [len(each.images) for each in teach.loaded] == [1, 1]
    assert [each["keyword"] for each in rows(tmp_path)[0]["objects"]] == ["sky"]
    assert rows(tmp_path)[0]["source"] == "taught by sharp, slipping"


def test_the_same_command_goes_on_where_it_was_stopped(teach, photos, tmp_path):
    teach()
    index = tmp_path / "taught" / "scenes.jsonl"
    whole = index.read_text()
    index.write_text(whole + '{"id": "cut o')
    with (tmp_path / "words.csv").open("a") as lines:
        lines.write("more/b.png,apple\n")
    assert "1 photographs asked, 1 were there; mattes: 1 kept" in teach()
    assert index.read_text().startswith(whole) and [row["id"] for row in rows(tmp_path)] == ["a_png", "more_b_png"]
    before = len(teach.loaded)
    assert "mattes: none" in teach() and len(teach.loaded) == before


def test_captions_are_asked_for_the_nouns_in_them_and_go_along(teach, photos, tmp_path):
    (photos / "a.txt").write_text("An apple lies on the grass.\n\nNobody eats it.\n")
    teach(words="captions")
    (row,) = rows(tmp_path)
    assert row["captions"] == ["An apple lies on the grass.", "Nobody eats it."]
    assert row["objects"][0]["keyword"] == "apple"


def test_what_is_missing_is_refused_in_a_line(teach, photos, tmp_path):
    with pytest.raises(TeachingError, match="no photograph with nouns in captions"):
        teach(words="captions")
    with pytest.raises(TeachingError, match="cannot be read.*give a CSV"):
        teach(words=tmp_path / "none.csv")
    (tmp_path / "words.csv").write_text("a.png,apple\nc.png,apple\n")
    with pytest.raises(TeachingError, match="line 2: there is no .*c.png"):
        teach()
    (tmp_path / "words.csv").write_text("a.png;apple\n")
    with pytest.raises(TeachingError, match="line 1: 'a.png;apple' is not file,noun"):
        teach()
    (tmp_path / "words.csv").write_text("a.png,apple\n")
    (photos / "a.png").write_bytes(b"no image")
    assert "left out: " in teach()


def test_the_bundled_weights_teach_what_is_in_a_sample(tmp_path):
    shutil.copy(SAMPLES / "still_life.jpg", tmp_path / "still_life.jpg")
    (tmp_path / "words.csv").write_text("still_life.jpg,sunflower\nstill_life.jpg,zebra\n")
    options = ["--teacher", "compact", "--photos", tmp_path, "--words", tmp_path / "words.csv", "--side", 400]
    done = CliRunner().invoke(app, [*map(str, options), "--out", str(tmp_path / "taught"), "--device", "cpu"])
    assert done.exit_code == 0 and "1 kept, 1 not sure" in done.output
    (scene,) = EntityBank.read([tmp_path / "taught"]).scenes
    assert scene.objects[0].keyword == "sunflower" and "zebra" in scene.may_contain
