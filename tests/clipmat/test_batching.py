"""Pairs of images and expressions in one call: the answers of one after the other, in fewer calls of the network."""

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from clipmat.batching import decoded_together, encoded_together
from clipmat.config import VARIANTS
from clipmat.errors import BadExpression, BadImage, ExpressionTruncated
from clipmat.model import ClipMat
from clipmat.predictor import Predictor
from clipmat.text_encoding import encoded_words

SAMPLE = Path(__file__).parents[2] / "resources/samples/still_life.jpg"


@pytest.fixture(scope="module")
def bundled():
    return Predictor.load(device="cpu", precision="float32")


@pytest.fixture(scope="module")
def photos():
    """Two of one shape and one of another, all large enough for the refiner."""
    sample = cv2.imread(str(SAMPLE))[..., ::-1]
    return [cv2.resize(sample, (640, 480)), cv2.resize(sample[:, ::-1], (640, 480)), cv2.resize(sample, (480, 480))]


@contextmanager
def counted(network, argument=0):
    sizes = []
    handle = network.register_forward_hook(lambda _, inputs, out: sizes.append(len(inputs[argument])))
    try:
        yield sizes
    finally:
        handle.remove()


def one_by_one(predictor, pairs, **options):
    answers = []
    for image, words in pairs:
        predictor.set_image(image)
        answers.append(predictor.predict(words, **options))
    return answers


@pytest.mark.parametrize("refine", [True, False])
def test_pairs_are_answered_as_one_by_one(bundled, photos, refine):
    pairs = [
        (photos[0], "the sunflower"),
        (photos[2], "the cup on the left behind the flower"),
        (photos[1], "sunflower"),
        (photos[0], "the cup on the left behind the flower"),
    ]
    wanted = one_by_one(bundled, pairs, refine=refine)
    with counted(bundled.model.image_encoder) as encoded, counted(bundled.model.popup, 1) as decoded:
        found = bundled.predict_pairs(pairs, refine=refine)
    assert sorted(encoded) == [1, 2] and sorted(decoded) == [1, 3]
    for one, other in zip(found, wanted, strict=True):
        assert one.expression == other.expression and one.certainty == other.certainty
        assert abs(one.presence - other.presence) < 1e-3
        assert one.matte.shape == other.matte.shape
        # The trimap's most likely class may tip at single pixels where two are alike.
        assert np.abs(one.matte - other.matte).mean() < 1e-4
        assert (one.timings["refine"] > 0) == refine and all(value >= 0 for value in one.timings.values())
    assert np.abs(found[0].matte - found[3].matte).mean() > 0.01


def test_the_image_that_was_set_stays_set(bundled, photos):
    bundled.set_image(photos[2])
    bundled.predict_pairs([(photos[0], "the sunflower")], refine=False)
    assert bundled.predict("the sunflower", refine=False).matte.shape == (480, 480)


@pytest.mark.parametrize("details", [True, False])
def test_networks_with_and_without_details_take_several(details):
    torch.manual_seed(0)
    model = ClipMat(replace(VARIANTS["compact"], details=details)).eval()
    pixels, words = [torch.rand(1, 3, 96, 128) for _ in range(2)], ["the dog", "the red cup on the left"]
    with torch.inference_mode():
        found = decoded_together(model, encoded_together(model, pixels), words)
        for image, text, one in zip(pixels, words, found, strict=True):
            other = model.decode(model.encode_image(image), *encoded_words(model, [text]), hard=True)
            assert torch.allclose(one.trimap_logits, other.trimap_logits, atol=1e-4)
            assert torch.allclose(one.details, other.details, atol=1e-4)
            assert one.presence_logits.shape == (1,) and one.grid == other.grid


def test_what_predict_refuses_is_refused(bundled, photos):
    assert bundled.predict_pairs([]) == []
    with pytest.raises(BadExpression):
        bundled.predict_pairs([(photos[0], "the dog"), (photos[0], " ")])
    with pytest.raises(BadImage):
        bundled.predict_pairs([(photos[0][..., 0], "the dog")])
    with pytest.warns(ExpressionTruncated, match="were not read"):
        bundled.predict_pairs([(photos[0], "the dog"), (photos[0], "the very " * 80 + "dog")], refine=False)
