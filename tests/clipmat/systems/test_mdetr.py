"""MDETR: the network as published, its way through the public door, the file and vocabulary that a user brings."""

import argparse
import math
import shutil

import numpy as np
import pytest
import torch

from clipmat.certainty import Certainty
from clipmat.errors import ExpressionTruncated, WeightsInvalid, WeightsMissing
from clipmat.systems import catalogue, fetching
from clipmat.systems.loading import load
from clipmat.systems.mdetr import read_network, to_input
from clipmat.systems.mdetr_network import Seen
from tests import tiny_systems
from tests.formula_weights import filled, pixels

IMAGE = np.random.default_rng(1).integers(0, 255, (20, 300, 3)).astype(np.uint8)  # narrow, hence cheap
IMAGE.flags.writeable = False  # as the editor's are


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tiny_systems.mdetr(tmp_path_factory.mktemp("systems") / "tiny")


@pytest.fixture(scope="module")
def system(file):
    loaded = load(file, device="cpu", precision="float32")
    loaded.set_image(IMAGE)
    return loaded


# What the published code gave in float64 for the weights of the formula: for waves of 70 x 101 pixels and these tokens,
# of the queries 0, 3, 6 and 9, three of the logits, and the box.
TOKENS = [0, 7, 23, 41, 5, 2]
LOGITS = [
    [1.23441, -1.62269, 1.6052], [1.66566, -0.82526, 1.59742],
    [1.36746, -1.59102, 1.52152], [1.36929, -1.84989, 1.36187],
]  # fmt: skip
BOXES = [
    [0.322823, 0.900882, 9e-06, 1.0], [0.606009, 0.909455, 4e-06, 1.0],
    [0.236069, 0.7916, 9e-06, 1.0], [0.166808, 0.76503, 2.3e-05, 1.0],
]  # fmt: skip
# Of masks, for features that are no network's (random ones hide what a query looks at): of the queries 0 and 9 every
# sixth row and eighth column.
MASKS = [
    [2.11389, -1.21771, 0.215, 0.75932, 2.01732, 1.2964, 0.43567, 4.73682, 0.412],
    [2.11408, -1.21969, 0.218, 0.76122, 2.01632, 1.29833, 0.43621, 4.73523, 0.41249],
]


def noise(name, *shape):
    return filled(name, shape, gain=math.sqrt(math.prod(shape[1:]) / 6)).double()


def test_the_same_weights_give_what_the_published_code_gives(file):
    network = read_network(file).double()
    with torch.inference_mode():
        found = network.find(network.see(pixels(70, 101).double()), torch.tensor([TOKENS]))
        sizes = ((256, 18, 26), (512, 9, 13), (1024, 5, 7))
        layers = tuple(noise(f"layer{place}", 1, *size) for place, size in enumerate(sizes))
        seen = Seen(layers, noise("projected", 1, 128, 3, 4))
        known = found._replace(queries=noise("queries", 1, 10, 128), memory=noise("memory", 1, 128, 3, 4))
        masks = network.masks(seen, known, torch.tensor([0, 9]))
    np.testing.assert_allclose(found.logits[0, ::3][:, [0, 100, 255]], LOGITS, atol=1e-5)
    np.testing.assert_allclose(found.boxes[0, ::3], BOXES, atol=1e-5)
    np.testing.assert_allclose(masks[:, 2::6, 3::8].flatten(1), MASKS, atol=1e-5)


def test_an_image_is_seen_at_the_size_that_it_is_measured_at():
    """Of DETR: the shorter side 800, the longer at most 1333, cut to whole pixels; PIL's bilinear is its own."""
    for size, expected in (((480, 640), (800, 1066)), ((640, 480), (1066, 800)), ((300, 900), (444, 1332))):
        assert to_input(np.zeros((*size, 3), np.uint8)).shape == (1, 3, *expected)
    black = to_input(np.zeros((8, 8, 3), np.uint8))
    np.testing.assert_allclose(black[0, :, 5, 5], [-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225], rtol=1e-6)


def test_an_answer_has_the_candidates_and_places_choose_among_them(system, monkeypatch):
    answer = system.predict("a cup", refine=False)
    assert answer.matte.shape == (20, 300) and 0 <= answer.matte.min() <= answer.matte.max() <= 1
    assert answer.candidates and all(one.mask is not None for one in answer.candidates)
    assert answer.presence == max(one.score for one in answer.candidates)

    def masks(seen, found, places):
        logits = torch.full((len(places), 4, 60), -20.0)
        logits[0, 1:3, 5:20] = logits[1, 1:3, 40:55] = 20
        return logits

    monkeypatch.setattr(system.network, "masks", masks)
    system.set_image(IMAGE)
    left = system.predict("the cup on the left", refine=False)
    assert left.certainty is Certainty.SURE and left.matte[10, 60] == 1 and left.matte[10, 240] == 0
    assert system.predict("the cup on the right", refine=False).matte[10, 240] == 1
    assert "not by mdetr" in system.predict(points=[(60, 10, True)], refine=False).note


def test_words_that_do_not_fit_are_named(system):
    with pytest.warns(ExpressionTruncated, match="not read: .*z"):
        system.predict(" ".join("abcdefghijklmnopqrstuvwxyz" * 2), refine=False)


def test_the_vocabulary_is_beside_the_file_or_the_remedy_is_named(file, tmp_path, no_user_weights):
    remedy = "tokenizer.json, or vocab.json and merges.txt from https://huggingface.co/FacebookAI/roberta-base"
    alone = shutil.copy(file, tmp_path / "alone.pth")
    with pytest.raises(WeightsMissing, match=f"has no vocabulary beside it: download {remedy} and copy it to "):
        load(alone, device="cpu")
    with pytest.raises(WeightsMissing, match=rf"phrasecut_resnet101_checkpoint.pth .*zenodo.org.*{remedy}"):
        load("mdetr")
    folder = no_user_weights / "mdetr"
    folder.mkdir(parents=True)
    shutil.copy(file, folder)
    listed = {info.name: info for info in catalogue.catalogue()}
    assert (listed["mdetr"].state, listed["mdetr"].licence) == ("missing", "Apache-2.0")
    shutil.copy(file.parent / "tokenizer.json", folder)
    assert {info.name: info.state for info in catalogue.catalogue()}["mdetr"] == "ready"
    assert load("mdetr", device="cpu").name == "mdetr" and "readable" in fetching.check("mdetr")


class Harm:
    def __reduce__(self):
        return print, ("code of a stranger ran",)


def test_damaged_and_other_files_are_refused_in_one_line_and_none_runs_code(file, tmp_path, capsys):
    content = torch.load(file, weights_only=False)
    state = content["model"]
    paths = {name: tmp_path / f"{name}.pth" for name in ("headless", "other", "code")}
    headless = {name: each for name, each in state.items() if "mask_head" not in name}
    torch.save({"model": headless, "args": argparse.Namespace()}, paths["headless"])
    torch.save({"model": state | {"detr.input_proj.bias": torch.zeros(3)}}, paths["other"])
    torch.save(content | {"more": Harm()}, paths["code"])
    shutil.copy(file.parent / "tokenizer.json", tmp_path)
    for path in paths.values():
        with pytest.raises(WeightsInvalid, match="download phrasecut_resnet101_checkpoint.pth from .* again") as no:
            load(path, device="cpu")
        assert "\n" not in str(no.value)
    assert "stranger" not in capsys.readouterr().out
