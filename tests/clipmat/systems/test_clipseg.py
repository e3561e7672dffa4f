"""CLIPSeg's way through the public door, on a tiny model of its own classes with random weights."""

import json
import shutil
import subprocess
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from clipmat.certainty import Certainty
from clipmat.errors import (
    BadExample,
    BadExpression,
    ExpressionTruncated,
    ImageNotSet,
    UnknownWeights,
    WeightsInvalid,
    WeightsMissing,
)
from clipmat.systems import catalogue
from clipmat.systems.loading import load
from tests import tiny_systems

ROOT = Path(__file__).parents[3]
IMAGE = np.random.default_rng(1).integers(0, 255, (60, 90, 3)).astype(np.uint8)
IMAGE.flags.writeable = False  # as the editor's are


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_systems.clipseg(tmp_path_factory.mktemp("systems") / "tiny")


@pytest.fixture(scope="module")
def system(folder):
    return load(folder, device="cpu", precision="float32")


@pytest.fixture
def hot(system, monkeypatch):
    """The system with a heat map that is known: two discs, the left one hotter."""
    system.set_image(IMAGE)
    heat = np.zeros(IMAGE.shape[:2], np.float32)
    rows, columns = np.mgrid[: heat.shape[0], : heat.shape[1]]
    for x, value in ((20, 0.9), (65, 0.85)):
        heat[(rows - 30) ** 2 + (columns - x) ** 2 < 14**2] = value
    monkeypatch.setattr(system, "heat", lambda words: heat)
    return system


def test_the_heat_is_that_of_the_published_classes(system, folder):
    import torch
    from transformers import CLIPSegForImageSegmentation, CLIPSegProcessor

    model = CLIPSegForImageSegmentation.from_pretrained(folder).eval()
    inputs = CLIPSegProcessor.from_pretrained(folder)(text=["the cup"], images=[IMAGE.copy()], return_tensors="pt")
    with torch.inference_mode():
        expected = model(**inputs).logits.sigmoid().reshape(32, 32).numpy()
        system.set_image(IMAGE)
        found = system.heat("the cup")
    np.testing.assert_allclose(found, cv2.resize(expected, (90, 60), interpolation=cv2.INTER_LINEAR), atol=1e-5)


def test_thousands_of_specks_take_no_more_memory_than_a_few(system, monkeypatch):
    heat = np.zeros((600, 900), np.float32)
    heat[::4, ::4] = 0.9
    heat[100:200, 100:200] = 0.8
    monkeypatch.setattr(system, "heat", lambda words: heat)
    system.set_image(np.zeros((600, 900, 3), np.uint8))
    tracemalloc.start()
    answer = system.predict("the cup", refine=False)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(answer.candidates) == 1 and answer.candidates[0].area == pytest.approx(1e4 / 54e4, rel=0.01)
    assert most < 40 * heat.size  # a mask for each of 33,750 specks would be a thousand times that


def test_an_answer_is_a_prediction_at_the_size_of_the_image(system):
    system.set_image(IMAGE)
    answer = system.predict("the cup")
    assert answer.matte.shape == answer.trimap.shape == (60, 90)
    assert answer.matte.dtype == np.float32 and 0 <= answer.matte.min() <= answer.matte.max() <= 1
    assert 0 <= answer.presence <= 1 and isinstance(answer.certainty, Certainty)
    assert set(answer.timings) == {"image", "text", "matte", "refine"}


@pytest.mark.parametrize(("text", "left"), [("the cup on the left", True), ("second cup from the left", False)])
def test_places_choose_among_the_parts_of_the_heat(hot, text, left):
    answer = hot.predict(text)
    assert len(answer.candidates) == 2 and answer.certainty is Certainty.SURE
    assert [bool(half.max() > 0.5) for half in (answer.matte[:, :45], answer.matte[:, 45:])] == [left, not left]
    assert set(np.unique(answer.trimap)) == {0, 128, 255}


def test_a_noun_alone_is_all_that_is_hot_and_a_click_chooses(hot):
    both = hot.predict("cup", refine=False).matte
    assert both[30, 20] == both[30, 65] == 1 and both[0, 0] == 0
    clicked = hot.predict("cup", points=[(65, 30, True)], refine=False)
    assert clicked.matte[30, 65] == 1 and clicked.matte[30, 20] == 0
    assert "pointed at" in clicked.note


def test_that_pointing_alone_and_nothing_at_all_are_answered_by_our_own_weights(hot):
    answer = hot.predict(points=[(20, 30, True)])
    assert answer.matte.shape == (60, 90) and "our own weights, not by clipseg" in answer.note
    for nothing in ("", "the main subject"):
        assert hot.predict(nothing).note.startswith("The main subject was found by our own weights")


def test_that_threads_take_turns_and_ask_about_the_image_that_was_set_last(hot):
    """Our own weights, which answer clicks, keep an image for each thread: theirs is the newest one too."""
    other = np.zeros((40, 50, 3), np.uint8)
    hot.predict(points=[(20, 30, True)], refine=False)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(hot.set_image, other).result()
        shapes = [pool.submit(hot.predict, points=[(20, 30, True)], refine=False).result().matte.shape]
    shapes.append(hot.predict(points=[(20, 30, True)], refine=False).matte.shape)
    assert shapes == [(40, 50), (40, 50)]


def test_words_that_do_not_fit_are_named(system):
    system.set_image(IMAGE)
    with pytest.warns(ExpressionTruncated, match="not read: .*z"):
        system.predict(" ".join("abcdefghijklmnopqrstuvwxyz" * 4))


def test_nothing_hot_is_no_certainty(system, monkeypatch):
    system.set_image(IMAGE)
    monkeypatch.setattr(system, "heat", lambda words: np.zeros(IMAGE.shape[:2], np.float32))
    answer = system.predict("the cup on the left")
    assert (answer.certainty, answer.presence, answer.candidates) == (Certainty.NONE, 0, ())
    assert not answer.matte.any() and not answer.trimap.any()


def test_what_cannot_be_answered_is_refused_in_words(folder, hot):
    with pytest.raises(ImageNotSet):
        load(folder, device="cpu").predict("the cup")
    with pytest.raises(BadExpression):
        hot.predict(" ... ")
    with pytest.raises(BadExample, match="choose 'compact'"):
        hot.example(np.zeros((60, 90), np.float32))


def test_damaged_and_incomplete_folders_are_refused_in_one_line(folder, tmp_path):
    broken = shutil.copytree(folder, tmp_path / "broken")
    weights = broken / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:500])
    (no_weights := shutil.copytree(folder, tmp_path / "bare")).joinpath("model.safetensors").unlink()
    other = shutil.copytree(folder, tmp_path / "other")
    config = json.loads((other / "config.json").read_text())
    (other / "config.json").write_text(json.dumps(config | {"reduce_dim": 16}))
    for path in (broken, no_weights, other):
        with pytest.raises(
            WeightsInvalid, match="(cannot be read|has no .safetensors file).*: copy all .*files .*there again"
        ) as refused:
            load(path, device="cpu")
        assert "\n" not in str(refused.value)
    (tmp_path / "empty").mkdir()
    with pytest.raises(WeightsInvalid, match="without the weights of a system"):
        load(tmp_path / "empty")


def test_by_name_it_is_taken_from_the_users_folder_or_the_remedy_is_named(folder, no_user_weights):
    with pytest.raises(WeightsMissing, match="models fetch clipseg.*or give a folder of them as weights"):
        load("clipseg")
    listed = catalogue.catalogue()[0]
    assert (listed.name, listed.state, listed.licence) == ("clipseg", "missing", "Apache-2.0")
    assert "not run with its published weights by us" in listed.description
    own = shutil.copytree(folder, no_user_weights / "clipseg-rd64-refined")
    listed = catalogue.catalogue()[0]
    assert (listed.state, listed.remedy, listed.path) == ("ready", "", own)
    assert load("clipseg", device="cpu").weights == "clipseg"


def test_a_slip_in_the_name_is_answered_with_the_nearest():
    with pytest.raises(UnknownWeights, match="did you mean 'clipseg'"):
        load("clipsegg")
    with pytest.raises(UnknownWeights, match="did you mean 'compact'"):
        load("compct")


def test_that_our_own_weights_import_no_transformers():
    code = (
        "import sys\nfrom clipmat.systems.loading import load\nload('compact', device='cpu')\n"
        "assert 'transformers' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=300)
