"""Looks at what is pointed at, by a network that finds all that is red: what it is shown, and what comes of it."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from clipmat.pointing import PromptMethod
from clipmat.predictor import Predictor

HEIGHT, WIDTH = 300, 400
RED, GREEN = (230, 20, 20), (20, 130, 40)


@pytest.fixture
def predictor(monkeypatch):
    """Its `looks` are the inputs of the network since the image was set."""
    torch.manual_seed(0)
    made = Predictor.load("compact", device="cpu", precision="float32", untrained=True)
    made.looks = []
    encode, decode = made.model.encode_image, made.model.decode

    def noted(pixels):
        made.looks.append(pixels)
        return encode(pixels)

    def red(image, text, valid, *, pointing=None, **options):
        out = decode(image, text, valid, pointing=pointing, **options)
        (pixels,) = (look for look in made.looks if tuple(look.shape[2:]) == image.size and seen_in(image, look))
        matte = F.interpolate((pixels[:, :1] > pixels[:, 1:2]).float(), out.matte.shape[2:], mode="area")
        none = torch.zeros_like(matte)
        trimap = 9 * torch.cat([(matte < 0.02).float(), none, (matte > 0.98).float()], dim=1)
        return out._replace(matte=matte, trimap_logits=trimap)

    def seen_in(image, look):
        return torch.equal(encode(look).alpha_logits, image.alpha_logits)

    monkeypatch.setattr(made.model, "encode_image", noted)
    monkeypatch.setattr(made.model, "decode", red)
    return made


def scene(shape):
    image = np.full((HEIGHT, WIDTH, 3), GREEN, np.uint8)
    image[shape] = RED
    return image


def disc(x, y, radius):
    rows, columns = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    return np.hypot(columns - x, rows - y) < radius


def asked(predictor, shape, **prompt):
    predictor.set_image(scene(shape))
    found = predictor.predict(refine=False, **prompt)
    assert found.method is PromptMethod.POINTED and found.matte.shape == (HEIGHT, WIDTH)
    return found.matte


def difference(matte, shape):
    return float(np.abs(matte - shape).sum())


@pytest.mark.parametrize("x, y", [(200, 150), (20, 20), (385, 280)])
def test_what_is_small_is_looked_at_closer_until_it_would_be_cut_off(predictor, x, y):
    small = disc(x, y, 14)
    matte = asked(predictor, small, points=[(x, y, True)])
    assert len(predictor.looks) == 4  # the whole image, and three times closer
    assert difference(matte, small) < 0.2 * small.sum()
    for look in predictor.looks[1:]:
        assert 0.6 < look.shape[2] / look.shape[3] < 0.9  # the image's aspect
    shares = [float((look[:, 0] > look[:, 1]).float().mean()) for look in predictor.looks]
    assert shares == sorted(shares) and shares[-1] > 12 * shares[0]


def test_a_look_that_cuts_the_object_off_does_not_count(predictor):
    bar = np.zeros((HEIGHT, WIDTH), bool)
    bar[140:160, 40:360] = True
    matte = asked(predictor, bar, points=[(200, 150, True)])
    assert len(predictor.looks) == 2
    assert difference(matte, bar) < 0.2 * bar.sum()


def test_an_object_at_the_border_of_the_image_is_not_cut_off_there(predictor):
    corner = np.zeros((HEIGHT, WIDTH), bool)
    corner[:30, :40] = True
    asked(predictor, corner, points=[(15, 15, True)])
    assert len(predictor.looks) == 4


def test_a_part_does_not_take_the_place_of_the_whole(predictor, monkeypatch):
    whole, part = disc(200, 150, 40), disc(200, 150, 12)
    predictor.set_image(scene(whole))
    encode = predictor.model.encode_image

    def the_part_alone(pixels):  # as a network would that takes the disc of a flower for the object
        closer = pixels.clone()
        seen = F.interpolate(torch.from_numpy(part[None, None]).float(), pixels.shape[2:])
        closer[:, 0] = torch.where(seen[:, 0] > 0, pixels[:, 0], pixels[:, 1])
        return encode(closer)

    monkeypatch.setattr(predictor.model, "encode_image", the_part_alone)
    matte = predictor.predict(points=[(200, 150, True)], refine=False).matte
    assert difference(matte, whole) < 0.2 * whole.sum()


def test_what_is_large_costs_no_second_look(predictor):
    large = disc(200, 150, 90)
    matte = asked(predictor, large, points=[(200, 150, True)])
    assert len(predictor.looks) == 1
    assert difference(matte, large) < 0.1 * large.sum()


def test_no_look_leaves_a_point_out(predictor):
    two = disc(100, 150, 10) | disc(330, 150, 10)
    matte = asked(predictor, two, points=[(100, 150, True), (330, 150, True)])
    assert len(predictor.looks) == 2
    assert difference(matte, two) < 0.4 * two.sum()
    matte = asked(predictor, disc(330, 150, 10), points=[(330, 150, True), (20, 20, False)])
    assert len(predictor.looks) == 3


def test_a_box_is_looked_at_with_its_surroundings(predictor):
    small = disc(90, 170, 30)
    matte = asked(predictor, small, box=(60, 140, 120, 200))
    assert len(predictor.looks) == 2  # set_image's, and the box
    share = float((predictor.looks[1][:, 0] > predictor.looks[1][:, 1]).float().mean())
    assert share == pytest.approx(small.sum() / (2.6 * 60) ** 2, rel=0.05)
    assert difference(matte, small) < 0.15 * small.sum()


def test_a_box_around_most_of_the_image_is_its_own_surroundings(predictor):
    large = disc(200, 150, 140)
    asked(predictor, large, box=(60, 10, 340, 290))
    assert len(predictor.looks) == 1


def test_a_small_image_is_not_enlarged_further(predictor):
    image = np.full((60, 80, 3), GREEN, np.uint8)
    image[28:34, 38:44] = RED
    predictor.set_image(image)
    predictor.predict(points=[(41, 31, True)], refine=False)
    assert len(predictor.looks) == 1
