"""Refining step by step: drafts first, tiles on several threads, and nothing half done when it is stopped."""

import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from clipmat.errors import BadImage
from clipmat.predictor import Predictor
from clipmat.refiner import Refiner
from clipmat.refining import CropRefinements, Pyramid, Refinement, RefiningStopped, refine_matte
from clipmat.transforms import from_output

SAMPLE = Path(__file__).parents[2] / "resources/samples/still_life.jpg"
START = (72, 96)


@pytest.fixture(scope="module")
def shifting():
    """A refiner with random weights that moves a matte a little everywhere."""
    torch.manual_seed(2)
    network = Refiner().eval()
    torch.nn.init.normal_(network.head.weight, std=0.05)
    return network


@pytest.fixture(scope="module")
def image():
    return np.random.default_rng(4).integers(0, 256, (720, 960, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def coarse():
    matte = np.zeros(START, np.float32)
    cv2.circle(matte, (48, 36), 22, 1.0, -1, cv2.LINE_AA)
    return cv2.GaussianBlur(matte, (0, 0), 1)


def doubts(matte):
    soft = (matte > 0.01) & (matte < 0.99)
    return np.stack([~soft & (matte < 0.5), soft, ~soft & (matte >= 0.5)]).astype(np.float32)


@pytest.fixture(scope="module")
def whole(shifting, image, coarse):
    return refine_matte(shifting, image, coarse, doubts(coarse))


def refinement(network, image, coarse, **options):
    return Refinement(network, Pyramid(image, START), coarse, doubts(coarse), **options)


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_any_number_of_threads_gives_the_same_matte(shifting, image, coarse, whole, threads):
    found = refine_matte(shifting, image, coarse, doubts(coarse), threads=threads)
    np.testing.assert_allclose(found, whole, atol=1e-5)
    assert np.abs(whole - from_output(coarse, 720, 960)).max() > 0.1


def test_torch_keeps_its_number_of_threads(shifting, image, coarse):
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        refine_matte(shifting, image, coarse, doubts(coarse), threads=3)
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)


def test_each_thread_computes_by_itself(shifting, image, coarse):
    seen = set()
    handle = shifting.register_forward_hook(
        lambda *_: seen.add((threading.get_ident(), torch.get_num_threads(), torch.is_inference_mode_enabled()))
    )
    refine_matte(shifting, image, coarse, doubts(coarse), threads=3)
    handle.remove()
    assert {(threads, inference) for _, threads, inference in seen} == {(1, True)}


def test_a_draft_is_the_step_before_and_changes_nothing_of_the_matte(shifting, image, coarse, whole):
    made = refinement(shifting, image, coarse)
    assert made.has_draft
    small = Pyramid(image, START).images[1]
    draft = made.draft()
    # The judge: the same network on the image reduced to the size of the first step, where there is only that step.
    expected = from_output(refine_matte(shifting, small, coarse, doubts(coarse)), 720, 960)
    np.testing.assert_allclose(draft, expected, atol=1e-5)
    np.testing.assert_array_equal(made.draft(), draft)
    np.testing.assert_array_equal(made.matte(), whole)
    np.testing.assert_array_equal(made.matte(), whole)  # it can be computed again


def test_a_small_image_has_no_draft(shifting, coarse):
    image = np.zeros((120, 160, 3), np.uint8)
    made = refinement(shifting, image, coarse)
    assert not made.has_draft
    np.testing.assert_array_equal(made.draft(), from_output(coarse, 120, 160))
    np.testing.assert_array_equal(made.matte(), refine_matte(shifting, image, coarse, doubts(coarse)))


@pytest.mark.parametrize("threads", [1, 3])
def test_stopped_refining_leaves_nothing_half_done(shifting, image, coarse, whole, threads):
    made, asked = refinement(shifting, image, coarse, threads=threads), []
    draft = made.draft()

    def stop():
        asked.append(1)
        return len(asked) > 2

    with pytest.raises(RefiningStopped):
        made.matte(stop)
    np.testing.assert_array_equal(made.draft(), draft)
    np.testing.assert_allclose(made.matte(), whole, atol=1e-5)


def test_an_error_in_a_tile_is_raised_whichever_thread_meets_it(shifting, image, coarse):
    handle = shifting.register_forward_hook(lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        refine_matte(shifting, image, coarse, doubts(coarse), threads=2)
    handle.remove()


def test_autocast_of_the_caller_holds_for_all_threads_and_later(shifting, image, coarse):
    with torch.autocast("cpu", torch.bfloat16):
        made = refinement(shifting, image, coarse, threads=2)
        expected = refine_matte(shifting, image, coarse, doubts(coarse))
    np.testing.assert_allclose(made.matte(), expected, atol=1e-5)
    assert not np.array_equal(expected, refine_matte(shifting, image, coarse, doubts(coarse)))


def test_crops_join_by_their_maximum(shifting, image, coarse, whole):
    crop = np.ascontiguousarray(image[100:340, 200:520])
    part = Refinement(shifting, Pyramid(crop, START), coarse, doubts(coarse))
    both = CropRefinements(
        (720, 960),
        [
            (slice(0, 720), slice(0, 960), refinement(shifting, image, coarse)),
            (slice(100, 340), slice(200, 520), part),
        ],
    )
    expected = whole.copy()
    inside = expected[100:340, 200:520]
    np.maximum(inside, refine_matte(shifting, crop, coarse, doubts(coarse)), out=inside)
    np.testing.assert_array_equal(both.matte(), expected)
    assert both.has_draft and both.draft().shape == (720, 960)
    assert not CropRefinements((720, 960), []).matte().any()


def test_what_is_no_image_has_no_pyramid():
    with pytest.raises(BadImage):
        Pyramid(np.zeros((5, 5), np.uint8), START)


@pytest.fixture(scope="module")
def bundled():
    predictor = Predictor.load("compact", device="cpu", precision="float32")
    if predictor.model.refiner is None:
        pytest.skip("the bundled weights bring no refiner")
    return predictor


@pytest.fixture(scope="module")
def large():
    return cv2.resize(cv2.imread(str(SAMPLE))[..., ::-1].copy(), (2400, 1800), interpolation=cv2.INTER_CUBIC)


@pytest.mark.parametrize(
    "asked",
    [
        {"expression": "the flower"},
        {"points": [(1000, 750, True)]},
        {"expression": "the cup", "points": [(900, 800, True)]},
        {"box": (400, 300, 1300, 1100)},
    ],
    ids=["words", "click", "both", "box"],
)
def test_a_draft_becomes_what_predict_gives(bundled, large, asked):
    bundled.set_image(large)
    expected, draft = bundled.predict(**asked), bundled.draft(**asked)
    same = ("expression", "presence", "certainty", "method", "note")
    assert all(getattr(draft.prediction, name) == getattr(expected, name) for name in same)
    np.testing.assert_array_equal(draft.prediction.trimap, expected.trimap)
    if draft.refinement is None:
        np.testing.assert_array_equal(draft.prediction.matte, expected.matte)
        return
    assert np.abs(draft.prediction.matte - expected.matte).mean() < 0.01
    bundled.set_image(np.zeros((50, 60, 3), np.uint8))  # what is finished later knows its own image
    np.testing.assert_allclose(draft.refinement.matte(), expected.matte, atol=1e-5)


def test_what_is_found_again_is_not_refined_again(bundled, large):
    bundled.set_image(large)
    first = bundled.draft("the flower")
    assert bundled.draft("the flower").refinement is not None, "nobody has finished it"
    matte = first.refinement.finished(lambda: False)
    again = bundled.draft("the flower")
    assert again.refinement is None and again.prediction.matte is matte
    assert bundled.draft("the red cup").refinement is not None
    other = large.copy()
    bundled.set_image(other)
    assert bundled.draft("the flower").refinement is not None, "that was another image"
    late = first.refinement.finished(lambda: False)
    assert bundled.draft("the flower").prediction.matte is not late
    bundled.set_image(large)
    made = bundled.draft("the flower").refinement.finished(lambda: False)
    assert bundled.draft("the flower").prediction.matte is made
    del made
    assert bundled.draft("the flower").refinement is not None, "only what somebody has is there"


def test_the_same_click_again_costs_no_refining(bundled, large):
    bundled.set_image(large)
    matte = bundled.predict("the flower").matte
    inside = cv2.erode((matte > 0.9).astype(np.uint8), np.ones((61, 61)))
    y, x = (int(value) for value in np.argwhere(inside)[0])
    asked = [(x, y, True), (2350, 1750, False)]  # far apart, so that the whole image is looked at
    first = bundled.draft("the flower", points=asked)
    kept = first.refinement.finished(lambda: False)
    more = bundled.draft("the flower", points=asked)
    assert more.refinement is None and more.prediction.matte is kept


def test_what_is_not_there_and_what_is_small_is_finished_at_once(bundled, large):
    bundled.set_image(large)
    nothing = bundled.draft("the submarine")
    if nothing.prediction.certainty == "none":
        assert nothing.refinement is None
        np.testing.assert_array_equal(nothing.prediction.matte, bundled.predict("the submarine").matte)
    bundled.set_image(np.ascontiguousarray(large[::5, ::5]))
    assert bundled.draft("the flower").refinement is None


def test_without_a_refiner_a_draft_is_the_prediction(large):
    predictor = Predictor.load("compact", device="cpu", untrained=True)
    predictor.model.refiner = None
    predictor.set_image(large)
    draft = predictor.draft("the cup")
    assert draft.refinement is None
    np.testing.assert_array_equal(draft.prediction.matte, predictor.predict("the cup").matte)
