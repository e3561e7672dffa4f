"""Planes of points and a box, judged by loops over places; and what the network makes of them."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from clipmat.config import FORMER_COMPACT, variant
from clipmat.devices import choose_device
from clipmat.errors import BadExpression
from clipmat.model import ClipMat
from clipmat.pointing import Pointing, PromptMethod
from clipmat.pointing_planes import PLANES, PointingPlanes, pointing_planes
from clipmat.predictor import Predictor
from clipmat.weights import untrained

SIZE = (64, 96)
inside = st.tuples(st.floats(0, 95.9), st.floats(0, 63.9), st.booleans())


@given(st.lists(inside, min_size=1, max_size=4))
@settings(max_examples=50, deadline=None)
def test_each_point_is_seen_where_it_is(points):
    planes = pointing_planes(Pointing(tuple(points)), SIZE)
    assert planes.shape == (PLANES, 8, 12) and planes.dtype == np.float32
    assert 0 <= planes[:4].min() and planes.max() <= 1 and not planes[4].any()
    for keep, first in ((True, 0), (False, 2)):
        chosen = [(x, y) for x, y, kept in points if kept == keep]
        for row in range(8):
            for column in range(12):
                # How far a point is from the middle of this place, along each axis, in places.
                reach = [(min(max(x / 8 - 0.5, 0), 11) - column, min(max(y / 8 - 0.5, 0), 7) - row) for x, y in chosen]
                spread = max((max(1 - abs(dx), 0) * max(1 - abs(dy), 0) for dx, dy in reach), default=0)
                near = max((math.exp(-math.hypot(dx, dy) / (0.12 * 12)) for dx, dy in reach), default=0)
                assert planes[first, row, column] == pytest.approx(spread, abs=1e-5)
                assert planes[first + 1, row, column] == pytest.approx(near, abs=1e-5)


@given(st.floats(0, 90), st.floats(0, 60), st.floats(1, 96), st.floats(1, 64))
@settings(max_examples=50, deadline=None)
def test_a_box_covers_each_place_by_its_share(x0, y0, width, height):
    x1, y1 = min(x0 + width, 96), min(y0 + height, 64)
    plane = (pointing_planes(Pointing(box=(x0, y0, x1, y1)), SIZE)[4] + 1) / 2
    assert plane.sum() * 64 == pytest.approx((x1 - x0) * (y1 - y0), rel=1e-3, abs=1e-2)
    rows, columns = np.nonzero(plane)
    if len(rows):
        assert rows.min() * 8 >= y0 - 8 and (columns.max() + 1) * 8 <= x1 + 8


def test_without_anything_every_plane_is_empty():
    assert not pointing_planes(Pointing(), SIZE).any()


CONFIG = replace(variant("compact"), meaning_width=4, popup_width=6)


def test_places_that_look_alike_are_told_by_the_cosine():
    torch.manual_seed(0)
    module = PointingPlanes(CONFIG)
    places = torch.randn(1, 4, 8, 12)
    planes = torch.from_numpy(pointing_planes(Pointing(((20, 12, True), (60, 44, False))), SIZE)).unsqueeze(0)
    pointed = module(places, planes)
    assert pointed.planes.shape == (1, PLANES + 2, 8, 12) and pointed.tokens.shape == (1, 1 + 4 * 6, 6)
    flat = places[0].flatten(1).numpy()
    unit = flat / np.linalg.norm(flat, axis=0)
    for plane, at in ((5, (1, 2)), (6, (5, 7))):  # the places in whose middle the points are
        expected = unit.T @ unit[:, at[0] * 12 + at[1]]
        np.testing.assert_allclose(pointed.planes[0, plane].detach().flatten(), expected, atol=1e-5)


def test_in_a_batch_only_what_is_pointed_at_changes():
    torch.manual_seed(0)
    model = ClipMat(variant("compact")).eval()
    tokens = model.tokenize(["the cup"])[0]
    with torch.inference_mode():
        image = model.encode_image(torch.randn(1, 3, *SIZE))
        text = model.encode_text(tokens)
        plain = model.decode(image, *text)
        both = torch.stack([torch.zeros(PLANES, 8, 12), torch.from_numpy(pointing_planes(CENTRE, SIZE))])
        out = model.decode(image.repeated(2), text[0].expand(2, -1, -1), text[1].expand(2, -1), pointing=both)
    torch.testing.assert_close(out.matte[:1], plain.matte, atol=1e-5, rtol=0)
    assert (out.matte[1] - plain.matte[0]).abs().max() > 1e-3


CENTRE = Pointing(((48, 32, True),), (16, 8, 80, 56))


@pytest.fixture(scope="module")
def predictor():
    torch.manual_seed(0)
    return Predictor.load("compact", device="cpu", precision="float32", untrained=True)


def follow(predictor, monkeypatch):
    """Have the network find whatever is pointed at: its details and its trimap come from the planes."""
    decode = predictor.model.decode

    def following(image, text, valid, *, pointing=None, **options):
        out = decode(image, text, valid, pointing=pointing, **options)
        if pointing is None:
            return out
        shown = torch.nn.functional.interpolate(pointing[:, 1:2], out.matte.shape[2:], mode="bilinear") > 0.5
        return out._replace(matte=shown.float(), trimap_logits=torch.cat([~shown, shown & ~shown, shown], 1) * 9.0)

    monkeypatch.setattr(predictor.model, "decode", following)


def test_the_networks_own_answer_counts_where_it_follows_the_click(predictor, monkeypatch):
    predictor.set_image(np.random.default_rng(0).integers(0, 256, (120, 160, 3), dtype=np.uint8))
    follow(predictor, monkeypatch)
    for words in ("", "the cup"):
        found = predictor.predict(words, points=[(40, 60, True)], refine=False)
        assert found.method is PromptMethod.POINTED and found.note == "" and found.expression == words
        assert found.matte[60, 40] > 0.999 and found.matte[5, 150] == 0


def test_an_answer_that_leaves_out_the_click_does_not_count(predictor, monkeypatch):
    image = np.full((96, 128, 3), (40, 120, 60), np.uint8)
    image[30:70, 40:90] = 210, 60, 50
    predictor.set_image(image)
    follow(predictor, monkeypatch)
    both = [(60, 50, True), (62, 52, False)]
    assert predictor.predict(points=both, refine=False).method is not PromptMethod.POINTED


def test_nothing_said_means_the_main_subject(predictor):
    predictor.set_image(np.zeros((64, 64, 3), np.uint8))
    found = predictor.predict(refine=False)
    assert found.method is PromptMethod.MAIN_SUBJECT and found.expression == "the main subject"


def test_weights_that_know_no_main_subject_want_words():
    torch.manual_seed(0)
    former = Predictor(
        ClipMat(FORMER_COMPACT), replace(untrained("compact")[1], config=FORMER_COMPACT), choose_device()
    )
    former.set_image(np.zeros((64, 64, 3), np.uint8))
    with pytest.raises(BadExpression, match="the expression is empty"):
        former.predict()
