"""What is selected in one image is found in another; what cannot be an example names the remedy."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from clipmat import image_files
from clipmat.certainty import Certainty
from clipmat.errors import BadExample, BadExpression, BadImage, ImageNotSet
from clipmat.example_making import fingerprint, without_place
from clipmat.pointing import PromptMethod
from clipmat.predictor import Predictor

SAMPLES = Path(__file__).parents[2] / "resources/samples"


@pytest.fixture(scope="module")
def bundled():
    return Predictor.load(device="cpu", precision="float32")


@pytest.fixture(scope="module")
def marked(bundled):
    """The flower of the still life as an example, without words."""
    bundled.set_image(image_files.read(SAMPLES / "still_life.jpg").pixels)
    truth = image_files.read(SAMPLES / "still_life_flower.png").pixels[..., 0].astype(np.float32) / 255
    return bundled.example(truth, source="still_life.jpg"), truth


def overlap(a, b):
    return ((a > 0.5) & (b > 0.5)).sum() / ((a > 0.5) | (b > 0.5)).sum()


def test_a_flower_that_was_marked_is_found_in_another_image(bundled, marked):
    example, truth = marked
    assert example.source == "still_life.jpg" and example.agreement > 0.7 and example.expression == ""
    assert len(example.to_bytes()) < 20_000
    mirrored = np.ascontiguousarray(image_files.read(SAMPLES / "still_life.jpg").pixels[:, ::-1] // 2 + 60)
    bundled.set_image(mirrored)
    found = bundled.predict(example=example)
    assert overlap(found.matte, truth[:, ::-1]) > 0.8
    assert found.certainty is Certainty.SURE and found.expression == ""
    assert found.method is PromptMethod.EXAMPLE and found.note


def test_it_is_not_found_where_it_is_not(bundled, marked):
    bundled.set_image(np.full((120, 160, 3), 128, np.uint8))
    assert bundled.predict(example=marked[0]).certainty is not Certainty.SURE


def test_words_and_clicks_go_beside_it(bundled, marked):
    example, truth = marked
    bundled.set_image(image_files.read(SAMPLES / "still_life.jpg").pixels)
    assert overlap(bundled.predict("the flower", example=example).matte, truth) > 0.8
    rows, columns = np.nonzero(truth > 0.9)
    middle = float(np.median(columns)), float(np.median(rows)), True
    found = bundled.predict(example=example, points=[middle])
    assert found.method is PromptMethod.POINTED and overlap(found.matte, truth) > 0.8


def test_marks_alone_are_no_words(bundled):
    bundled.set_image(np.full((20, 30, 3), 128, np.uint8))
    with pytest.raises(BadExpression):
        bundled.predict("?")


def test_other_weights_refuse_it(bundled, marked):
    torch.manual_seed(1)
    other = Predictor.load("compact", device="cpu", precision="float32", untrained=True)
    other.set_image(np.full((20, 30, 3), 128, np.uint8))
    with pytest.raises(BadExample, match="of other weights .compact.*mark the object again"):
        other.predict(example=marked[0])
    with pytest.raises(BadExample, match="of other weights"):
        bundled.set_image(np.full((20, 30, 3), 128, np.uint8))
        bundled.predict(example=replace(marked[0], width=96))


def test_weights_without_nouns_need_an_expression():
    torch.manual_seed(0)
    untrained = Predictor.load("compact", device="cpu", precision="float32", untrained=True)
    with pytest.raises(ImageNotSet):
        untrained.example(np.ones((20, 30), np.float32))
    untrained.set_image(np.full((20, 30, 3), 128, np.uint8))
    with pytest.raises(BadExample, match="give an expression"):
        untrained.example(np.ones((20, 30), np.float32))
    example = untrained.example(np.ones((20, 30), np.float32), "the cup on the left")
    assert example.expression == "the cup on the left" and example.words == "the cup"
    words, own = untrained.predict("the cup", refine=False), untrained.predict(example=example, refine=False)
    np.testing.assert_allclose(own.matte, words.matte, atol=0.02)  # float16


def test_nothing_selected_and_a_matte_of_another_size_are_refused(bundled):
    bundled.set_image(np.full((20, 30, 3), 128, np.uint8))
    with pytest.raises(BadExample, match="nothing is selected"):
        bundled.example(np.full((20, 30), 0.2, np.float32), "the cup")
    with pytest.raises(BadImage, match="array of its size"):
        bundled.example(np.ones((30, 20), np.float32), "the cup")


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("the cup on the left", "the cup"),
        ("the cup on the far right of the table", "the cup"),
        ("the leftmost red apple", "the red apple"),
        ("the dog in front of the house", "the dog"),
        ("the woman in the red dress", "the woman in the red dress"),
        ("on the left", ""),
        ("the copyright sign", "the copyright sign"),
    ],
)
def test_words_about_a_place_are_left_out(words, left):
    assert without_place(words) == left


def test_the_fingerprint_is_of_the_tensors_alone():
    torch.manual_seed(0)
    first, second = (Predictor.load("compact", device="cpu", untrained=True).model for _ in range(2))
    assert fingerprint(first) != fingerprint(second)
    second.load_state_dict({key: value.half().float() if value.is_floating_point() else value
                            for key, value in first.state_dict().items()})  # fmt: skip
    assert fingerprint(first) == fingerprint(second) and len(fingerprint(first)) == 16
