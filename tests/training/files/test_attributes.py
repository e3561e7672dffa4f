import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageColor

from training.entity import ColourShare
from training.files.attributes import (
    NAMES,
    basic_names,
    css_name,
    dominant_colours,
    is_salient,
    is_transparent,
)


def lab_of(color):
    """sRGB 0..255 -> CIELAB under D65, by the formulas of IEC 61966-2-1 and CIE 15."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in color)]
    matrix = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    xyz = [sum(m * c for m, c in zip(row, linear, strict=True)) for row in matrix]
    f = [t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29
         for t in (v / w for v, w in zip(xyz, (0.95047, 1.0, 1.08883), strict=True))]  # fmt: skip
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


def name_of(color):
    return str(basic_names(np.array([lab_of(color)], np.float32))[0])


def painted(color, alpha):
    pixels = np.zeros((*alpha.shape, 3), np.uint8) + np.array(color, np.uint8)
    return np.dstack([pixels, alpha])


def disc(side=200, radius=70, blur=1.5, value=255):
    alpha = np.zeros((side, side), np.uint8)
    cv2.circle(alpha, (side // 2, side // 2), radius, int(value), -1)
    return cv2.GaussianBlur(alpha, (0, 0), blur)


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"brown"}))
def test_a_colour_of_css_has_the_basic_name_that_it_bears(name):
    assert name_of(ImageColor.getrgb(name)) == name


@pytest.mark.parametrize(
    ("css", "name"),
    [
        ("crimson", "red"), ("saddlebrown", "brown"), ("sienna", "brown"), ("navy", "blue"), ("royalblue", "blue"),
        ("mediumblue", "blue"), ("gold", "yellow"), ("darkorange", "orange"), ("hotpink", "pink"),
        ("teal", "turquoise"), ("indigo", "purple"), ("forestgreen", "green"), ("dimgray", "gray"), ("silver", "gray"),
        ("snow", "white"),
        ("tan", "beige"), ("wheat", "beige"), ("darkviolet", "purple"), ("lightpink", "pink"), ("khaki", "yellow"),
    ],
)  # fmt: skip
def test_other_colours_of_css_have_the_name_a_person_would_say(css, name):
    assert name_of(ImageColor.getrgb(css)) == name


@given(st.integers(0, 255))
def test_what_has_no_chroma_is_black_gray_or_white_in_that_order(level):
    name = name_of((level,) * 3)
    assert name in ("black", "gray", "white")
    if level < 255:
        order = ("black", "gray", "white")
        assert order.index(name_of((level + 1,) * 3)) >= order.index(name)


@settings(deadline=None)
@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_the_css_name_is_the_nearest_in_lab(color):
    def distance(name):
        return np.linalg.norm(np.subtract(lab_of(ImageColor.getrgb(name)), lab_of(color)))

    nearest = min(map(distance, set(ImageColor.colormap) - {"rebeccapurple"}))
    assert distance(css_name(color)) <= nearest + 1, "OpenCV's CIELAB is off by half a unit at most"


def test_a_css_colour_bears_its_own_name():
    for name in ("lightpink", "dimgray", "sienna", "peru", "gainsboro", "whitesmoke"):
        assert css_name(ImageColor.getrgb(name)) == name


def test_colours_come_by_their_share_of_what_is_opaque():
    cutout = painted((200, 20, 20), np.full((100, 100), 255, np.uint8))
    cutout[:30, :, :3] = (20, 40, 210)
    cutout[:5, :, :3] = (250, 220, 0)
    cutout[90:, :, 3] = 0
    assert [(c.name, round(c.share, 2)) for c in dominant_colours(cutout)] == [("red", 0.67), ("blue", 0.28)]
    assert dominant_colours(cutout)[0].css == css_name((200, 20, 20))


def test_what_lies_under_transparent_pixels_does_not_count_in_whatever_size():
    alpha = disc(900, 200, 3)
    cutout = painted((20, 150, 40), alpha)
    cutout[alpha == 0, :3] = (255, 0, 0)
    assert [c.name for c in dominant_colours(cutout)] == ["green"]


def test_glass_has_a_colour_and_nothing_has_none():
    assert dominant_colours(painted((30, 60, 200), np.full((40, 40), 60, np.uint8))) == (
        ColourShare("blue", 1.0, css_name((30, 60, 200))),
    )
    assert dominant_colours(np.zeros((40, 40, 4), np.uint8)) == ()


def test_many_colours_still_have_a_first():
    colors = [ImageColor.getrgb(name) for name in sorted(NAMES)]
    pixels = np.repeat(np.array(colors, np.uint8)[None], 50, axis=0)
    found = dominant_colours(np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)]))
    assert len(found) == 1 and found[0].share < 0.2


def fur(rng):
    """An opaque body in a wreath of half-transparent hairs."""
    alpha = disc(300, 80, 1)
    for angle in rng.uniform(0, 2 * np.pi, 900):
        start, end = ([int(150 + r * f(angle)) for f in (np.cos, np.sin)] for r in (75, rng.uniform(82, 95)))
        cv2.line(alpha, start, end, int(rng.integers(90, 220)), 1)
    return alpha


def test_contours_however_soft_are_no_transparency():
    assert not is_transparent(disc(blur=0.5))
    assert not is_transparent(disc(blur=4))
    assert not is_transparent(fur(np.random.default_rng(1)))
    assert not is_transparent(np.full((50, 50), 255, np.uint8))
    assert not is_transparent(np.zeros((50, 50), np.uint8))


def test_glass_smoke_a_pane_and_a_net_are_transparent():
    y, x = np.mgrid[-1:1:200j, -1:1:200j]
    smoke = (200 * np.exp(-3 * (x**2 + y**2))).astype(np.uint8)
    pane = np.full((200, 160), 90, np.uint8)
    pane[:12] = pane[-12:] = pane[:, :12] = pane[:, -12:] = 255
    net = np.zeros((1200, 1200), np.uint8)
    net[::3] = net[:, ::3] = 255
    for alpha in (disc(value=100), smoke, pane, net):
        assert is_transparent(alpha)


@given(st.sampled_from([disc(), disc(value=120), fur(np.random.default_rng(2))]), st.floats(1.0, 3.0))
def test_transparency_is_of_the_object_not_of_its_resolution(alpha, scale):
    larger = cv2.resize(alpha, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    assert is_transparent(larger) == is_transparent(alpha)


def scene(ground, color, radius):
    alpha = disc(radius=radius).astype(np.float32) / 255
    rng = np.random.default_rng(3)
    back = np.clip(np.array(ground) + rng.normal(0, 12, (200, 200, 3)), 0, 255)
    image = alpha[..., None] * np.array(color) + (1 - alpha[..., None]) * back
    return image.astype(np.uint8), alpha


def test_salient_is_what_differs_from_its_scene_and_is_large_enough():
    assert is_salient(*scene((40, 120, 50), (210, 40, 30), 60))
    assert is_salient(*scene((60, 60, 60), (230, 230, 230), 60))
    assert not is_salient(*scene((40, 120, 50), (45, 125, 55), 60))
    assert not is_salient(*scene((40, 120, 50), (210, 40, 30), 10))


def test_a_large_object_is_not_compared_with_itself():
    assert is_salient(*scene((40, 120, 50), (210, 40, 30), 99))
    assert is_salient(np.full((30, 30, 3), 90, np.uint8), np.ones((30, 30), np.float32))
