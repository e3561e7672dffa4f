"""The public API: set the image once, ask many times."""

import gc
import threading
import time
import warnings
import weakref
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from clipmat import image_files, weights, weights_catalogue
from clipmat.certainty import VISIBLE_ALPHA, Certainty, PresenceScale, shows_something
from clipmat.config import FORMER_COMPACT
from clipmat.devices import choose_device
from clipmat.errors import (
    BadExpression,
    BadImage,
    BadPrompt,
    ClipMatError,
    ExpressionTruncated,
    ImageNotSet,
    WeightsMissing,
)  # fmt: skip
from clipmat.model import ClipMat
from clipmat.pointing import PromptMethod
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


def test_an_answer_that_is_kept_keeps_no_image(predictor):
    image = noise(60, 90)
    freed = weakref.ref(image)
    predictor.set_image(image)
    found = predictor.predict("the cup")
    predictor.set_image(noise(40, 30))
    del image
    gc.collect()
    assert freed() is None and found.trimap.shape == (60, 90)


def test_the_order_of_expressions_does_not_matter(predictor):
    predictor.set_image(noise(120, 160))
    first = predictor.predict("the cup").matte
    predictor.predict("the dog on the left")
    np.testing.assert_array_equal(predictor.predict("the cup").matte, first)


def test_a_second_expression_does_not_encode_the_image_again(predictor, monkeypatch):
    predictor.set_image(noise(120, 160))
    calls = []
    for part in ("image_encoder", "details_extractor", "details_decoder"):
        module = getattr(predictor.model, part)
        monkeypatch.setattr(module, "forward", lambda *a, part=part: calls.append(part))
    predictor.predict("the cup")
    predictor.predict("the dog")
    assert calls == []


def test_asking_before_an_image_names_the_missing_call():
    fresh = Predictor.load("compact", device="cpu", untrained=True)
    with pytest.raises(ImageNotSet, match=r"call set_image\(image\) before predict"):
        fresh.predict("the cup")


@pytest.mark.parametrize("expression", ["...", " . ", "!?"])
def test_no_word_is_an_error(predictor, expression):
    predictor.set_image(noise(40, 40))
    with pytest.raises(BadExpression):
        predictor.predict(expression)


@pytest.mark.parametrize("expression", [None, 3, b"the cup"])
def test_what_is_no_text_is_an_error(predictor, expression):
    predictor.set_image(noise(30, 30))
    with pytest.raises(BadExpression, match="is a text"):
        predictor.predict(expression)


def test_threads_share_a_predictor_and_each_has_its_own_image(predictor):
    shared, wrong, all_set = [], [], threading.Barrier(4)

    def ask(number):
        size = (20 + 10 * number, 70 - 10 * number)
        for again in range(2):
            predictor.set_image(noise(*size, seed=number))
            if again == 0:
                all_set.wait(60)  # by now three others have set theirs
            found = predictor.predict("the cup")
            if found.matte.shape != size or found.trimap.shape != size:
                wrong.append(found.matte.shape)
            shared.append((number, found.matte))

    workers = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(shared) == 8 and wrong == []
    for number, matte in shared:
        assert all((matte == other).all() for which, other in shared if which == number)
    predictor.set_image(noise(25, 35))
    asked = []
    helper = threading.Thread(target=lambda: asked.append(predictor.predict("the cup").matte.shape))
    helper.start()
    helper.join()
    assert asked == [(25, 35)], "a thread that has set none asks about the newest"


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


def asked(scale):
    torch.manual_seed(0)
    model, card = weights.untrained("compact")
    made = Predictor(model, replace(card, presence=scale), choose_device("cpu", "float32"))
    made.set_image(noise(60, 80))
    return made.predict("the cup")


def test_the_thresholds_decide_the_certainty_and_never_the_matte():
    found = asked(PresenceScale(0.0, 0.0))
    visible = found.matte.max() > VISIBLE_ALPHA
    for scale in (PresenceScale(0.0, 1.0), PresenceScale(1.0, 1.0)):
        other = asked(scale)
        assert 0 < other.presence == found.presence < 1
        assert other.certainty is (Certainty.UNSURE if visible and scale.unsure == 0 else Certainty.NONE)
        np.testing.assert_array_equal(other.matte, found.matte)
        np.testing.assert_array_equal(other.trimap, found.trimap)
    assert found.matte.any() and found.certainty is (Certainty.SURE if visible else Certainty.NONE)


def test_the_card_says_how_the_score_is_stated():
    raw, stated = asked(PresenceScale(0.0, 0.0)).presence, asked(PresenceScale(0.0, 0.0, 2.0, -1.0)).presence
    logit = np.log(raw / (1 - raw))
    assert stated == pytest.approx(1 / (1 + np.exp(-(2 * logit - 1))), abs=1e-5)


def test_timings_are_per_step(predictor):
    predictor.set_image(noise(60, 80))
    timings = predictor.predict("the cup").timings
    assert {k: v > 0 for k, v in timings.items()} == {"image": True, "text": True, "matte": True, "refine": False}


def test_what_the_refiner_costs_is_timed_apart(bundled, monkeypatch):
    image = cv2.imread(str(SAMPLE))[..., ::-1].copy()
    bundled.set_image(image)
    plain = bundled.predict("the flower", refine=False)
    assert plain.certainty is Certainty.SURE and plain.timings["refine"] == 0
    slow = bundled.model.refiner.forward

    def slower(*inputs):
        time.sleep(0.05)
        return slow(*inputs)

    monkeypatch.setattr(bundled.model.refiner, "forward", slower)
    started = time.perf_counter()
    timings = bundled.predict("the flower").timings
    total = (time.perf_counter() - started) * 1000
    assert timings["refine"] > 50
    assert timings["text"] + timings["matte"] + timings["refine"] == pytest.approx(total, abs=0.2 * total)


def test_random_weights_only_when_asked_for(monkeypatch, tmp_path):
    monkeypatch.setattr(weights_catalogue, "user_folder", lambda: tmp_path)
    with pytest.raises(WeightsMissing):
        Predictor.load("vit-b-16", device="cpu")


def test_bfloat16_agrees_with_float32(bundled):
    """The bundled weights on the bundled photograph-like sample: 0.01 mean absolute at most."""
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
    assert (found.certainty is Certainty.SURE) == shows_something(found.matte), "any presence will do, untrained"


def hairy(size=192, seed=0):
    """A disc with fine strands around it, drawn four times larger: HxWx3 uint8, and its matte."""
    random = np.random.default_rng(seed)
    large, middle = np.zeros((4 * size, 4 * size), np.uint8), 2 * size
    cv2.circle(large, (middle, middle), size, 255, -1)
    for angle in random.uniform(0, 2 * np.pi, 80):
        bend, reach = angle + random.uniform(-0.25, 0.25), 4 * size * random.uniform(0.28, 0.4)
        ends = [(0.9 * size, angle), (1.2 * size, (angle + bend) / 2), (reach, bend)]
        points = [(middle + r * np.cos(a), middle + r * np.sin(a)) for r, a in ends]
        cv2.polylines(large, [np.array(points, np.int32).reshape(-1, 1, 2)], False, 255, int(random.integers(3, 8)))
    matte = cv2.resize(large, (size, size), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    fur = (150, 90, 40) + random.normal(0, 14, (size, size, 3))
    wall = (70, 120, 160) + cv2.GaussianBlur(random.normal(0, 90, (size, size, 3)), (0, 0), 6)
    image = matte[..., None] * fur + (1 - matte[..., None]) * wall
    return np.clip(image, 0, 255).astype(np.uint8), matte


def ring(size=192, inner=0.22, outer=0.43):
    """A trimap: unknown between two circles, as shares of the side."""
    y, x = np.mgrid[:size, :size] - size / 2
    distance = np.hypot(y, x) / size
    return np.where(distance < inner, 255, np.where(distance > outer, 0, 128)).astype(np.uint8)


@pytest.mark.parametrize(("poor", "share"), [("without the strands", 0.25), ("blurred", 0.25), ("too fat", 0.65)])
def test_refining_goes_towards_the_truth(bundled, poor, share):
    image, truth = hairy()
    start = np.zeros_like(truth)
    if poor == "blurred":
        start = cv2.GaussianBlur(truth, (0, 0), 5)
    else:
        cv2.circle(start, (96, 96), 52 if poor == "without the strands" else 68, 1.0, -1, cv2.LINE_AA)
    trimap = ring()
    unknown = trimap == 128
    kept = start.copy()
    found = bundled.refine(image, start, trimap)
    assert np.abs(found - truth)[unknown].mean() < share * np.abs(start - truth)[unknown].mean()
    np.testing.assert_array_equal(found[~unknown], start[~unknown])
    np.testing.assert_array_equal(start, kept)
    assert found.dtype == np.float32 and found.min() >= 0 and found.max() <= 1


def test_refining_hardly_changes_what_is_right(bundled):
    image, truth = hairy()
    found = bundled.refine(image, truth, ring())
    assert np.abs(found - truth)[ring() == 128].mean() < 0.03


def test_nothing_unknown_is_nothing_new(bundled):
    image, truth = hairy()
    found = bundled.refine(image, truth, np.where(ring() == 255, 255, 0).astype(np.uint8))
    np.testing.assert_array_equal(found, truth)
    assert found is not truth


@given(st.integers(1, 60), st.integers(1, 60))
@settings(max_examples=10, deadline=None)
def test_any_crop_can_be_refined(bundled, height, width):
    trimap = np.random.default_rng(height).choice(np.array([0, 128, 255], np.uint8), (height, width))
    found = bundled.refine(noise(height, width), np.full((height, width), 0.5, np.float32), trimap)
    assert found.shape == (height, width) and (found[trimap != 128] == 0.5).all()
    assert found.min() >= 0 and found.max() <= 1


def test_refining_leaves_the_image_that_was_set(bundled):
    image, truth = hairy()
    bundled.set_image(image)
    before = bundled.predict("the cup").presence
    bundled.refine(noise(40, 50), np.zeros((40, 50), np.float32), np.full((40, 50), 128, np.uint8))
    assert bundled.predict("the cup").presence == before


@pytest.mark.parametrize(
    ("image", "matte", "trimap"),
    [
        (noise(4, 5), np.zeros((5, 4), np.float32), np.zeros((4, 5), np.uint8)),
        (noise(4, 5), np.zeros((4, 5), np.float32), np.zeros((4, 6), np.uint8)),
        (noise(4, 5), np.zeros((4, 5), np.float32), np.full((4, 5), 1, np.uint8)),
        (noise(4, 5)[..., 0], np.zeros((4, 5), np.float32), np.zeros((4, 5), np.uint8)),
        (noise(4, 5), np.full((4, 5), 255, np.uint8), np.zeros((4, 5), np.uint8)),
        (noise(4, 5), np.full((4, 5), 255, np.float32), np.zeros((4, 5), np.uint8)),
        (noise(4, 5), np.full((4, 5), np.nan, np.float32), np.zeros((4, 5), np.uint8)),
        (noise(4, 5), np.full((4, 5), -1, np.float32), np.zeros((4, 5), np.uint8)),
        (noise(4, 5), np.full((4, 5), 0.5 + 1j, np.complex64), np.zeros((4, 5), np.uint8)),
        (noise(4, 5), None, np.zeros((4, 5), np.uint8)),
        (noise(4, 5), np.zeros((4, 5), np.float32), None),
        (noise(4, 5), np.zeros((4, 5), np.float32), np.full((4, 5), np.nan)),
    ],
    ids=[
        *("matte", "trimap", "labels", "image", "bytes", "white of 255", "no number", "negative", "complex"),
        *("no matte", "no trimap", "no labels"),
    ],
)
def test_crops_that_do_not_belong_together_are_refused(bundled, image, matte, trimap):
    with pytest.raises(BadImage):
        bundled.refine(image, matte, trimap)


def test_weights_without_a_refiner_name_the_remedy():
    unrefined = Predictor(*weights.untrained("compact"), choose_device("cpu"), weights="vit-b-16")
    with pytest.raises(ClipMatError, match="'vit-b-16' have no refiner: choose 'compact'"):
        unrefined.refine(noise(4, 5), np.zeros((4, 5), np.float32), np.full((4, 5), 128, np.uint8))


def points_on(part, keep=True):
    """A click on what is kept of the sample: the inside-most point of the matte of some words."""
    inside = np.pad((part > 0.5).astype(np.uint8), 1)
    y, x = np.unravel_index(cv2.distanceTransform(inside, cv2.DIST_L2, 5).argmax(), inside.shape)
    return ((float(x - 1) + 0.5, float(y - 1) + 0.5, keep),)


def overlap(a, b):
    return ((a > 0.5) & (b > 0.5)).sum() / ((a > 0.5) | (b > 0.5)).sum()


def test_a_click_finds_what_words_find(bundled):
    bundled.set_image(image_files.read(SAMPLE).pixels)
    flower = bundled.predict("the sunflower").matte
    found = bundled.predict(points=points_on(flower))
    assert overlap(found.matte, flower) > 0.8
    assert found.certainty is Certainty.SURE and found.expression == ""
    assert found.method is PromptMethod.POINTED and found.note == ""


def test_a_click_takes_one_of_two_apples(bundled):
    bundled.set_image(image_files.read(SAMPLE).pixels)
    matte = bundled.predict(points=[(1400, 760, True)]).matte  # the green one
    assert 0.95 < (matte[:, 1270:] > 0.5).sum() / (matte > 0.5).sum() <= 1  # where the picture has a gap between them
    assert matte[850, 1400] > 0.95 and matte[850, 1120] < 0.05


def test_a_click_drops_a_part_of_what_words_find(bundled):
    bundled.set_image(image_files.read(SAMPLE).pixels)
    apples = bundled.predict("the apples").matte
    red, green = apples.copy(), apples.copy()
    red[:, 1250:], green[:, :1250] = 0, 0  # where the picture has a gap between them
    one = bundled.predict("the apples", points=points_on(red, keep=False))
    assert one.method is PromptMethod.WORDS_CHOSEN
    assert overlap(one.matte, green) > 0.8 and not (one.matte * red > 0.5).any()
    both = bundled.predict("the apples", points=points_on(green))
    assert both.expression == "the apples" and (both.matte * green > 0.5).sum() > 0.8 * (green > 0.5).sum()


def test_weights_without_nouns_and_prompts_grow_a_region():
    torch.manual_seed(0)
    card = replace(weights.untrained("compact")[1], config=FORMER_COMPACT)
    predictor = Predictor(ClipMat(FORMER_COMPACT), card, choose_device("cpu", "float32"))
    image = np.full((90, 120, 3), (40, 120, 60), np.uint8)
    cv2.circle(image, (60, 45), 25, (210, 60, 50), -1)
    predictor.set_image(image)
    found = predictor.predict(points=[(60, 45, True)], refine=False)
    disc = (image[..., 0] > 100).astype(np.float32)
    assert found.method is PromptMethod.REGION and overlap(found.matte, disc) > 0.9
    assert overlap(predictor.predict(box=(30, 15, 90, 75), refine=False).matte, disc) > 0.9


def test_prompts_outside_the_image_and_a_lone_drop_name_the_remedy(predictor):
    predictor.set_image(noise(40, 60))
    with pytest.raises(BadPrompt, match="outside the image"):
        predictor.predict("the cup", points=[(60, 5, True)])
    with pytest.raises(BadPrompt, match="click on the object first"):
        predictor.predict(points=[(5, 5, False)])


def test_a_plain_answer_has_no_note(predictor):
    predictor.set_image(noise(40, 60))
    found = predictor.predict("the cup")
    assert found.method is PromptMethod.WORDS and found.note == ""
