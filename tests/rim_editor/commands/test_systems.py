"""Another system by the folder of its weights, from outside: `matte` and `batch`."""

import json

import numpy as np
import pytest
from PIL import Image

from rim_editor import matting
from tests import tiny_systems

LOAD = matting.load_predictor


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_systems.grounded_sam(tmp_path_factory.mktemp("systems") / "tiny")


@pytest.fixture
def run(run, monkeypatch):
    """The command line without the stand-in for the model."""
    monkeypatch.setattr(matting, "load_predictor", LOAD)
    return run


@pytest.fixture
def photo(tmp_path):
    pixels = np.random.default_rng(1).integers(0, 255, (60, 90, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


def test_matte_answers_with_it(run, folder, photo, tmp_path):
    to = tmp_path / "cut.png"
    code, out, _ = run("matte", photo, "--point", "20,30", "--weights", folder, "-o", to, "--json")
    answer = json.loads(out)
    assert (code, answer["weights"], answer["certainty"]) == (0, str(folder), "sure")
    with Image.open(to) as cut:
        assert cut.size == (90, 60)


def test_batch_answers_with_it(run, folder, photo, tmp_path, monkeypatch):
    monkeypatch.chdir(folder.parent)
    options = ["-e", "cup", "--weights", f"./{folder.name}", "-o", tmp_path / "out", "--json"]
    code = run("batch", photo, *options)[0]
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert code == 4 and (report["counts"]["nothing-matched"], report["counts"]["failed"]) == (1, 0)


def test_a_system_without_words_answers_without_and_refuses_words_in_one_line(run, photo, tmp_path):
    file = tiny_systems.aimnet(tmp_path / "aimnet")
    code, out, _ = run("matte", photo, "--weights", file, "-o", tmp_path / "cut.png", "--json")
    assert (code, json.loads(out)["certainty"], (tmp_path / "cut.png").is_file()) == (0, "sure", True)
    code, _, err = run("matte", photo, "the cup", "--weights", file, "-o", tmp_path / "no.png")
    assert code == 2 and "aimnet knows no words: leave the expression empty" in err and "Traceback" not in err
    options = ["-e", "the main subject", "--weights", file, "-o", tmp_path / "out", "--json"]
    assert run("batch", photo, *options)[0] == 0
    assert json.loads((tmp_path / "out" / "report.json").read_text())["counts"]["failed"] == 0
