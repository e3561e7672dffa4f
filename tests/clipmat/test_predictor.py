"""The public API: set the image once, ask many times."""

import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from clipmat import weights
from clipmat.devices import choose_device, computes_bfloat16
from clipmat.errors import BadExpression, BadImage, DeviceUnavailable, ExpressionTruncated, ImageNotSet
from clipmat.predictor import Predictor


@pytest.fixture(scope="module")
def predictor():
    torch.manual_seed(0)
    return Predictor.load("compact", device="cpu", precision="float32", untrained=True)


@pytest.fixture(scope="module")
def bundled():
    return Predictor.load(device="cpu", precision="float32")


SAMPLE = Path(__file__).parents[2] / "resources/samples/still_life.jpg"


def noise(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


@given(st.integers(1, 300), st.integers(1, 300))
@settings(max_examples=12, deadline=None)
def test_any_size_gives_a_matte_of_that_size(predictor, height, width):
    predictor.set_image(noise(height, width))
    found = predictor.predict("the cup")
    assert found.matte.shape == found.trimap.shape == (height, width)
    assert found.matte.dtype == np.float32 and 0 <= found.matte.min() and found.matte.max() <= 1
    assert set(np.unique(found.trimap)) <= {0, 128, 255}


def test_the_order_of_expressions_does_not_matter(predictor):
    predictor.set_image(noise(120, 160))
    first = predictor.predict("the cup").matte
    predictor.predict("the dog on the left")
    np.testing.assert_array_equal(predictor.predict("the cup").matte, first)


def test_a_second_expression_does_not_encode_the_image_again(predictor, monkeypatch):
    predictor.set_image(noise(120, 160))
    calls = []
    for part in ("image_encoder", "details_extractor", "details_decoder"):
        module = getattr(predictor._model, part)
        monkeypatch.setattr(module, "forward", lambda *a, part=part: calls.append(part))
    predictor.predict("the cup")
    predictor.predict("the dog")
    assert calls == []


def test_asking_before_an_image_names_the_missing_call():
    fresh = Predictor.load("compact", device="cpu", untrained=True)
    with pytest.raises(ImageNotSet, match=r"call set_image\(image\) before predict"):
        fresh.predict("the cup")


@pytest.mark.parametrize("expression", ["", "  ", "!?"])
def test_no_word_is_an_error(predictor, expression):
    predictor.set_image(noise(40, 40))
    with pytest.raises(BadExpression):
        predictor.predict(expression)


def test_a_bad_image_leaves_the_former_one_set(predictor):
    predictor.set_image(noise(50, 70))
    with pytest.raises(BadImage):
        predictor.set_image(np.zeros((5, 5), np.uint8))
    assert predictor.predict("the cup").matte.shape == (50, 70)


def test_words_that_do_not_fit_are_named_in_a_warning(predictor):
    predictor.set_image(noise(40, 40))
    with pytest.warns(ExpressionTruncated, match="not read: .*on the roof"):
        predictor.predict("the cup " + "old " * 80 + "on the roof")


def test_what_fits_warns_of_nothing(predictor):
    predictor.set_image(noise(40, 40))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        predictor.predict("the " + "very " * 60 + "old cup")


def test_below_the_threshold_the_matte_is_empty():
    torch.manual_seed(0)
    model, card = weights.untrained("compact")
    strict = Predictor(model, weights.Card(card.config, 1.0, "", ""), device="cpu", precision="float32")
    strict.set_image(noise(60, 80))
    found = strict.predict("the cup")
    assert not found.present and 0 < found.presence < 1
    assert not found.matte.any() and not found.trimap.any()


def test_timings_are_per_step(predictor):
    predictor.set_image(noise(60, 80))
    assert {k: v > 0 for k, v in predictor.predict("the cup").timings.items()} == dict.fromkeys(
        ("image", "text", "matte"), True
    )


def test_random_weights_only_when_asked_for(monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "user_folder", lambda: tmp_path)
    from clipmat.errors import WeightsMissing

    with pytest.raises(WeightsMissing):
        Predictor.load("vit-b-16", device="cpu")


def test_bfloat16_agrees_with_float32(bundled):
    """The bundled weights on the bundled photograph-like sample: 0.01 mean absolute at most."""
    import cv2

    image = cv2.imread(str(SAMPLE))[..., ::-1].copy()
    small = Predictor.load(device="cpu", precision="bfloat16")
    for words in ("the flower", "the cup"):
        answers = []
        for p in (bundled, small):
            p.set_image(image)
            answers.append(p.predict(words))
        assert np.abs(answers[0].matte - answers[1].matte).mean() < 0.01
        assert abs(answers[0].presence - answers[1].presence) < 0.05


def test_the_clip_variant_answers_through_the_same_door():
    p = Predictor.load("vit-b-16", device="cpu", untrained=True)
    p.set_image(noise(90, 130))
    found = p.predict("the red cup on the left")
    assert found.matte.shape == (90, 130)
    assert found.present


def test_auto_takes_the_best_device_and_says_why(monkeypatch):
    choice = choose_device()
    assert choice.device in ("cuda", "mps", "cpu") and choice.reason
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "Card 9000")
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    choice = choose_device()
    assert (choice.device, choice.precision) == ("cuda", "float16") and "Card 9000" in choice.reason
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert choose_device()[:2] == ("mps", "float32")


def test_the_cpu_gets_bfloat16_only_where_it_computes_it(monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True})
    assert computes_bfloat16() and choose_device("cpu").precision == "bfloat16"
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx2": True})
    assert choose_device("cpu").precision == "float32"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("tpu",), "no device 'tpu'; choose one of auto"),
        (("cpu", "int8"), "no precision 'int8'"),
    ],
)
def test_an_unknown_device_is_answered_with_the_choice(arguments, complaint):
    with pytest.raises(DeviceUnavailable, match=complaint):
        choose_device(*arguments)


def test_a_device_that_is_not_here_says_why(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(DeviceUnavailable, match="'cuda' cannot be used: .*use --device auto or cpu"):
        choose_device("cuda")
