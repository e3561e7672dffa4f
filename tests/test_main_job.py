"""The main job with the bundled weights on the project's own sample, judged by the renderer's exact mattes."""

import json
import socket
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from rim_editor.commands.cli import main

SAMPLES = Path(__file__).parents[1] / "resources/samples"


@pytest.fixture(autouse=True)
def offline(monkeypatch):
    def refuse(*args, **options):
        raise OSError("the test is offline")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def alpha_of(path):
    return np.asarray(Image.open(path), np.float32)[..., 3] / 255


def overlap(found, truth):
    a, b = found > 0.5, truth > 0.5
    return (a & b).sum() / (a | b).sum()


def test_the_sample_is_cut_out(tmp_path, capsys):
    out = tmp_path / "flower.png"
    assert main(["matte", str(SAMPLES / "still_life.jpg"), "the flower", "-o", str(out), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["certainty"] == "sure" and report["device"] in ("cpu", "cuda", "mps")
    assert {"decode", "load", "image", "text", "matte", "edit", "encode"} <= set(report["milliseconds"])
    truth = np.asarray(Image.open(SAMPLES / "still_life_flower.png"), np.float32) / 255
    found = alpha_of(out)
    assert found.shape == truth.shape
    assert overlap(found, truth) > 0.85


def test_what_is_not_there_is_not_found(tmp_path, capsys):
    out = tmp_path / "dog.png"
    assert main(["matte", str(SAMPLES / "still_life.jpg"), "the dog", "-o", str(out)]) == 3
    assert "Nothing in this image matches 'the dog'" in capsys.readouterr().err
    assert not out.exists()


def test_of_two_cups_the_words_choose(tmp_path):
    sides = {}
    for side in ("left", "right"):
        out = tmp_path / f"{side}.png"
        assert main(["matte", str(SAMPLES / "two_cups.jpg"), f"the cup on the {side}", "-o", str(out)]) == 0
        found = alpha_of(out)
        sides[side] = (found * np.arange(found.shape[1])).sum() / found.sum() / found.shape[1]
    assert sides["left"] < 0.45 < 0.55 < sides["right"]
