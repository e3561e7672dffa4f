"""The command: what it asks, what it writes, and what it refuses."""

import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from safetensors.torch import load_file

from clipmat import weights
from clipmat.certainty import PresenceScale
from clipmat.predictor import Predictor
from clipmat.weights_catalogue import locate
from clipmat.weights_shards import files, is_index
from training import TrainingError
from training.calibration import CalibrationError, answers, calibrate, questions
from training.entity import BankError
from training.files.scenes import holds_scenes, read_scenes
from training.report.presence_scales import Asked

COMMON = {"missed": 0.02, "right": 0.9, "seed": 7, "report": None, "table": None}


def labelled(number, split, keywords, absent, unmasked=()):
    objects = [{"keyword": word, "synonyms": [], "kind": "object"} for word in keywords]
    return {
        "id": f"scene_{number}",
        "file": f"{number}.jpg",
        "split": split,
        "objects": objects,
        "unmasked": [{"keyword": word} for word in unmasked],
        "complete_for": [*absent, *keywords],
    }


@pytest.fixture
def scenes(tmp_path):
    folder = tmp_path / "scenes"
    folder.mkdir()
    rows = [
        labelled(0, "train", ["cup"], ["dog"]),
        labelled(1, "val_seen", ["cup", "car", "car"], ["dog", "mug", "truck", "boat", "zebra"], ["zebra"]),
        labelled(2, "val_unseen", ["dog"], ["cup", "car"]),
        labelled(3, "val_seen", [], ["cup"]),
    ]
    picture = io.BytesIO()
    Image.fromarray(np.full((60, 90, 3), 120, np.uint8)).save(picture, "JPEG")
    with zipfile.ZipFile(folder / "scenes.zip", "w") as archive:
        for row in rows:
            archive.writestr(row["file"], picture.getvalue())
    (folder / "scenes.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def tensors(path):
    """The bytes of every tensor of weights, single or split."""
    stored = [load_file(file) for file in files(path) if not is_index(file)]
    return {key: value.numpy().tobytes() for state in stored for key, value in state.items()}


def test_scenes_name_what_is_there_and_what_surely_is_not(scenes, pack):
    assert holds_scenes(scenes) and not holds_scenes(pack)
    first, second = read_scenes(scenes, "val_seen", "val_unseen")
    assert first.there == ("car", "cup") and first.image.shape == (60, 90, 3)
    assert first.absent == ("boat", "dog"), "a mug may be the cup, a truck the car, the zebra is there"
    assert (second.there, second.absent) == (("dog",), ("car", "cup"))


@pytest.mark.parametrize("spoil", ["archive", "line", "field"])
def test_a_broken_pack_of_scenes_is_named(scenes, spoil):
    match spoil:
        case "archive":
            (scenes / "scenes.zip").write_bytes(b"PK")
        case "line":
            (scenes / "scenes.jsonl").write_text("{")
        case "field":
            (scenes / "scenes.jsonl").write_text('{"split": "val_seen"}\n')
    with pytest.raises(BankError, match="scenes is no whole pack of scenes"):
        list(read_scenes(scenes, "val_seen"))


def test_photographs_and_scenes_are_asked_and_composites_are_not(scenes, pack):
    asked = list(questions([pack, scenes], 7))
    assert {each.set for each in asked} == {"photos/val_seen", "scenes"}
    in_scenes = [(each.expression, each.there) for each in asked if each.set == "scenes"]
    assert sorted(in_scenes) == sorted(
        [("the car", True), ("the cup", True), ("the boat", False), ("the dog", False), ("the dog", True)]
        + [next(each for each in in_scenes if each[0] in ("the car", "the cup") and not each[1])]
    )
    photos = [each.there for each in asked if each.set == "photos/val_seen"]
    assert photos.count(True) == photos.count(False) == 16
    assert [each.expression for each in questions([pack, scenes], 7)] == [each.expression for each in asked]


def test_the_raw_score_is_asked_for_whatever_the_card_states(scenes):
    predictor = Predictor.load(device="cpu", precision="float32")
    scale = predictor.card.presence
    first = next(questions([scenes], 7))
    predictor.set_image(first.image)
    stated = predictor.predict(first.expression, refine=False).presence
    (found,) = answers(predictor, iter([first]))
    assert scale.stated(found.logit) == pytest.approx(stated, abs=1e-6)


def test_the_same_tensors_are_written_with_another_scale(monkeypatch, tmp_path, pack, capsys):
    out, table, page = tmp_path / "a.safetensors", tmp_path / "weights.json", tmp_path / "page.md"
    table.write_text('{"compact": {"sha256": ""}}')
    rng, logits = np.random.default_rng(0), np.random.default_rng(1).normal(0, 3, 400)
    made = [
        Asked("made", str(i), bool(rng.random() < 1 / (1 + np.exp(-x))), float(x), True) for i, x in enumerate(logits)
    ]
    monkeypatch.setattr("training.calibration.answers", lambda *_: iter(made))
    calibrate([pack], weights="compact", out=out, **{**COMMON, "report": page, "table": table})
    card, before = weights.load(out)[1], weights.load("compact")[1]
    assert tensors(out) == tensors(locate("compact")[0])
    assert replace(card, presence=before.presence) == before
    assert card.presence.slope == pytest.approx(1, abs=0.25) and 0 < card.presence.unsure < card.presence.sure < 1
    weights.verify(out, json.loads(table.read_text())["compact"]["sha256"])
    printed = capsys.readouterr().out
    assert page.read_text().strip() in printed and f"none below {card.presence.unsure:.3f}" in printed


def test_too_little_data_is_refused(scenes, tmp_path):
    out = tmp_path / "a.safetensors"
    with pytest.raises(CalibrationError, match="questions name something there.*give more --data"):
        calibrate([scenes], weights="compact", out=out, **COMMON)
    assert not out.exists()


def test_a_wrong_name_is_refused_before_the_long_part(scenes, tmp_path, monkeypatch):
    monkeypatch.setattr(Predictor, "load", lambda *_, **__: pytest.fail("too late"))
    with pytest.raises(TrainingError, match=r"suffix \.safetensors"):
        calibrate([scenes], weights="compact", out=tmp_path / "a.pt", **COMMON)


def test_bundled_weights_are_calibrated():
    assert weights.load("compact")[1].presence not in (weights.UNCALIBRATED, PresenceScale(0.12, 0.6))
