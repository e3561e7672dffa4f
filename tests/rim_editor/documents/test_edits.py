"""Edits are judged by plain float64 arithmetic, by Pillow, and by scenes whose layers are known."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from clipmat.foreground import SeparatedColours, separate
from rim_editor.documents.edits import (
    Background,
    Cutout,
    Fit,
    Gradient,
    Highlight,
    MatteOnly,
    SolidColour,
    Style,
    apply,
    backdrop,
    parse_colour,
    scaled,
)
from rim_editor.errors import BadOption

RED, BLUE, GREEN = (230, 40, 30), (20, 60, 200), (0, 177, 64)


def disc(height=120, width=160, radius=40.0, soft=12.0):
    """A soft disc and the distance of every pixel from its middle."""
    y, x = np.mgrid[:height, :width]
    distance = np.hypot(y - height / 2, x - width / 2)
    return np.clip((radius - distance) / soft + 0.5, 0, 1).astype(np.float32), distance


def blend(first, second, share):
    """Compositing as the textbook has it, in float64."""
    share = np.asarray(share, np.float64)[..., None]
    return np.asarray(first, np.float64) * share + np.asarray(second, np.float64) * (1 - share)


@pytest.fixture(scope="module")
def scene():
    matte, distance = disc()
    return np.rint(blend(RED, BLUE, matte)).astype(np.uint8), matte, distance


@st.composite
def images_and_mattes(draw):
    height, width = draw(st.integers(1, 24)), draw(st.integers(1, 24))
    levels = draw(st.lists(st.sampled_from([0, 1 / 255, 0.25, 0.5, 0.997, 1]), min_size=1, max_size=6))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    image = random.integers(0, 256, (height, width, 3), np.uint8)
    return image, random.choice(np.array(levels, np.float32), (height, width))


EDITS = [
    Cutout(),
    MatteOnly(),
    SolidColour(GREEN),
    Gradient(GREEN, GREEN),
    Background(np.full((3, 5, 3), 9, np.uint8), Fit.TILE),
    *(Highlight(style, 0.8) for style in Style),
]


def test_grey_200_at_alpha_128_on_white_is_228_not_177():
    grey = np.full((1, 1, 3), 200, np.uint8)
    matte = np.full((1, 1), 128 / 255, np.float32)
    result = apply(grey, matte, SolidColour((255, 255, 255)), SeparatedColours(grey, grey))
    assert (result == np.round(200 * 128 / 255 + 255 * 127 / 255)).all()
    assert (result == 227).all() or (result == 228).all()


@settings(deadline=None, max_examples=60)
@given(images_and_mattes(), st.tuples(*[st.integers(0, 255)] * 3))
def test_a_solid_colour_is_the_textbook_formula(pair, colour):
    image, matte = pair
    layers = SeparatedColours(image, image)
    result = apply(image, matte, SolidColour(colour), layers)
    assert np.abs(result - blend(image, colour, matte)).max() <= 0.5 + 1e-3


@settings(deadline=None, max_examples=25)
@given(images_and_mattes(), st.sampled_from(EDITS))
def test_every_edit_keeps_any_size_and_touches_what_it_must_only(pair, edit):
    image, matte = pair
    result = apply(image, matte, edit)
    assert result.shape[:2] == matte.shape
    assert result.dtype == np.uint8
    inside, outside = matte == 1, matte == 0
    if isinstance(edit, Cutout):
        assert (result[inside][:, :3] == image[inside]).all()
        assert (result[inside][:, 3] == 255).all()
        assert (result[outside][:, 3] == 0).all()
    elif isinstance(edit, SolidColour | Gradient | Background):
        assert (result[inside] == image[inside]).all()
        assert (result[outside] == (9 if isinstance(edit, Background) else GREEN)).all()
    elif isinstance(edit, Highlight):
        same = outside if edit.style is Style.TINT else inside
        assert (result[same] == image[same]).all()


def test_a_cutout_laid_on_its_old_background_by_pillow_is_the_photograph_again(scene):
    image, matte, _ = scene
    cut = Image.fromarray(apply(image, matte, Cutout()))
    below = Image.new("RGBA", cut.size, (*BLUE, 255))
    again = np.asarray(Image.alpha_composite(below, cut).convert("RGB")).astype(int)
    assert np.abs(again - image).max() <= 6
    assert np.abs(again - image).mean() < 0.5


@pytest.mark.parametrize("edit", [SolidColour(GREEN), Background(np.full((7, 9, 3), GREEN, np.uint8))])
def test_the_old_background_leaves_no_fringe(scene, edit):
    image, matte, _ = scene
    truth = blend(RED, GREEN, matte)
    fringed = np.abs(blend(image, GREEN, matte) - truth)
    error = np.abs(apply(image, matte, edit) - truth)
    assert error.max() < 12
    assert error.mean() < fringed.mean() / 10


def test_a_cutout_holds_straight_colours_near_its_edge_and_none_of_the_scene_beyond(scene):
    image, matte, distance = scene
    cut = apply(image, matte, Cutout())
    seen = cut[..., 3] > 12
    assert np.abs(cut[seen][:, :3].astype(int) - RED).max() <= 12
    assert (cut[distance > 75] == 0).all()
    just_outside = (cut[..., 3] == 0) & (distance < 50)
    assert just_outside.any()
    assert np.abs(cut[just_outside][:, :3].astype(int) - RED).max() <= 30


def test_alpha_is_never_changed(scene):
    image, matte, _ = scene
    alpha = apply(image, matte, Cutout())[..., 3]
    assert np.abs(alpha - matte.astype(np.float64) * 255).max() <= 0.5 + 1e-4


@pytest.mark.parametrize(("depth", "kind", "top"), [(8, np.uint8, 255), (16, np.uint16, 65535)])
def test_a_matte_uses_the_whole_range_of_its_depth(scene, depth, kind, top):
    image, matte, _ = scene
    result = apply(image, matte, MatteOnly(depth))
    assert result.dtype == kind
    assert np.abs(result - matte.astype(np.float64) * top).max() <= 0.51
    assert (result.min(), result.max()) == (0, top)


@pytest.mark.parametrize("style", list(Style))
def test_a_highlight_of_strength_0_is_the_image(scene, style):
    image, matte, _ = scene
    assert (apply(image, matte, Highlight(style, 0.0)) == image).all()


def test_dim_takes_light_from_the_background_alone(scene):
    image, matte, _ = scene
    result = apply(image, matte, Highlight(Style.DIM, 0.75))
    assert np.abs(result - blend(RED, np.multiply(BLUE, 0.25), matte)).max() < 8


def test_desaturate_leaves_the_surroundings_grey_and_the_object_coloured(scene):
    image, matte, _ = scene
    result = apply(image, matte, Highlight(Style.DESATURATE, 1.0)).astype(int)
    outside = result[matte == 0]
    assert (np.ptp(outside, axis=1) == 0).all()
    assert abs(outside[0, 0] - (0.299 * BLUE[0] + 0.587 * BLUE[1] + 0.114 * BLUE[2])) <= 1


def test_tint_mixes_its_colour_into_the_object_alone(scene):
    image, matte, _ = scene
    result = apply(image, matte, Highlight(Style.TINT, 0.5, GREEN))
    assert np.abs(result - blend(np.add(RED, GREEN) / 2, BLUE, matte)).max() < 8


@pytest.mark.parametrize("size", [(120, 160), (480, 640)])
def test_a_blurred_background_shows_no_halo_of_the_object(size):
    matte, _ = disc(*size, radius=size[0] / 3)
    image = np.rint(blend((255, 0, 0), (90, 90, 90), matte)).astype(np.uint8)
    outside = apply(image, matte, Highlight(Style.BLUR, 1.0))[matte == 0].astype(int)
    assert np.abs(outside - 90).max() <= 3


def test_blur_blurs():
    matte, _ = disc()
    stripes = np.zeros((*matte.shape, 3), np.uint8)
    stripes[:, ::2] = 200
    outside = apply(stripes, matte, Highlight(Style.BLUR, 1.0))[matte == 0].astype(int)
    assert np.abs(outside - 100).max() < 40


@pytest.mark.parametrize("fit", list(Fit))
@settings(deadline=None, max_examples=25)
@given(sizes=st.tuples(*[st.integers(1, 40)] * 4))
def test_a_background_fills_every_size_whatever_its_own(fit, sizes):
    height, width, own_height, own_width = sizes
    image = np.full((height, width, 3), 200, np.uint8)
    matte = np.zeros((height, width), np.float32)
    behind = np.full((own_height, own_width, 3), 50, np.uint8)
    result = apply(image, matte, Background(behind, fit, (1, 2, 3)))
    assert result.shape == image.shape
    known = (result == 50).all(axis=2) | (result == (1, 2, 3)).all(axis=2)
    assert known.all()
    if fit is not Fit.FIT:
        assert (result == 50).all()


def test_cover_crops_about_the_centre_and_fit_letterboxes():
    behind = np.zeros((10, 30, 3), np.uint8)
    behind[:, 10:20] = 100
    behind[:, 20:] = 200
    blank, none = np.zeros((20, 20, 3), np.uint8), np.zeros((20, 20), np.float32)
    assert (apply(blank, none, Background(behind, Fit.COVER)) == 100).all()
    boxed = apply(blank, none, Background(behind, Fit.FIT, (9, 9, 9)))
    assert (boxed[:6] == 9).all()
    assert (boxed[14:] == 9).all()
    assert boxed[10, 0, 0] == 0
    assert boxed[10, 10, 0] == 100
    assert boxed[10, 19, 0] == 200


def test_tile_repeats_from_the_corner():
    behind = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    blank, none = np.zeros((5, 7, 3), np.uint8), np.zeros((5, 7), np.float32)
    assert (apply(blank, none, Background(behind, Fit.TILE)) == np.tile(behind, (3, 3, 1))[:5, :7]).all()


OFFSETS = st.tuples(*[st.floats(-1.5, 1.5) | st.sampled_from([-1.0, -0.5, 0.0, 0.25, 1.0, 1e9])] * 2)


@settings(deadline=None, max_examples=60)
@given(st.tuples(*[st.integers(1, 40)] * 4), st.sampled_from(list(Fit)), OFFSETS)
def test_a_background_moved_anywhere_leaves_no_gap(sizes, fit, offset):
    height, width, own_height, own_width = sizes
    behind = np.full((own_height, own_width, 3), 50, np.uint8)
    moved = backdrop(Background(behind, fit, (1, 2, 3), offset), (height, width))
    assert moved.shape == (height, width, 3)
    own = (moved == 50).all(axis=2)
    assert (own | (moved == (1, 2, 3)).all(axis=2)).all()
    if fit is not Fit.FIT:
        assert own.all()


def test_cover_slides_within_what_it_has_to_spare():
    behind = np.zeros((10, 30, 3), np.uint8)
    behind[:] = np.arange(30)[None, :, None]
    at = [
        backdrop(Background(behind, offset=(share, 0.7)), (10, 10))[0, 0, 0] for share in (-9, -1, -0.3, 0, 0.5, 1, 2)
    ]
    assert at == [20, 20, 13, 10, 5, 0, 0]


def test_fit_moves_its_colour_in_and_may_leave_altogether():
    behind = np.full((10, 10, 3), 100, np.uint8)
    moved = backdrop(Background(behind, Fit.FIT, (9, 9, 9), (0.5, -0.25)), (20, 20))
    assert (moved[:15, 10:] == 100).all()
    assert (moved[15:] == 9).all()
    assert (moved[:, :10] == 9).all()
    assert (backdrop(Background(behind, Fit.FIT, (9, 9, 9), (1.0, 0.0)), (20, 20)) == 9).all()


def test_tile_moves_round_and_round():
    behind = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    still = backdrop(Background(behind, Fit.TILE), (10, 12))
    moved = backdrop(Background(behind, Fit.TILE, offset=(1 / 12, -0.1)), (10, 12))
    assert (moved == np.roll(still, (-1, 1), (0, 1))).all()
    assert (backdrop(Background(behind, Fit.TILE, offset=(-2.0, 4.0)), (10, 12)) == still).all()


@pytest.mark.parametrize(
    ("angle", "axis"), [(0, (1, 0)), (90, (0, 1)), (180, (-1, 0)), (-90, (0, -1)), (45, (0.7071, 0.7071))]
)
def test_a_gradient_runs_along_its_angle_from_corner_to_corner(angle, axis):
    ends = np.array((200, 0, 30), float), np.array((20, 255, 30), float)
    found = backdrop(Gradient((200, 0, 30), (20, 255, 30), angle), (60, 90))
    y, x = np.mgrid[:60, :90]
    run = (x + 0.5) * axis[0] + (y + 0.5) * axis[1]
    reach = [cx * axis[0] + cy * axis[1] for cx in (0, 90) for cy in (0, 60)]
    share = ((run - min(reach)) / (max(reach) - min(reach)))[..., None]
    exact = ends[0] * (1 - share) + ends[1] * share
    assert np.abs(found - exact).max() <= 1 + 1e-2
    assert (found[..., 2] == 30).all()
    assert (found == backdrop(Gradient((200, 0, 30), (20, 255, 30), angle), (60, 90))).all()


def test_a_slow_gradient_shows_no_bands():
    found = backdrop(Gradient((100, 100, 100), (104, 104, 104), 0), (64, 1024))[..., 0]
    columns = found.reshape(64, 64, 16).mean(axis=(0, 2))
    assert np.abs(columns - np.linspace(100, 104, 129)[1::2]).max() < 0.05


def test_a_gradient_goes_behind_the_object(scene):
    image, matte, _ = scene
    result = apply(image, matte, Gradient(GREEN, (0, 0, 0), 0))
    assert (result[matte == 1] == image[matte == 1]).all()
    assert np.abs(result[0, 0].astype(int) - GREEN).max() <= 2
    assert result[-1, -1].max() <= 2


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 30), st.integers(1, 30), st.sampled_from([2, 4, 8]))
def test_a_reduced_tile_looks_like_the_reduced_result(own_height, own_width, factor):
    behind = np.random.default_rng(own_height).integers(0, 256, (own_height, own_width, 3), np.uint8)
    edit = Background(behind, Fit.TILE)
    whole = backdrop(edit, (40 * factor, 48 * factor)).astype(float)
    exact = whole.reshape(40, factor, 48, factor, 3).mean(axis=(1, 3))
    assert np.abs(backdrop(scaled(edit, factor), (40, 48)) - exact).max() <= 1.5


def test_only_tiles_have_a_size_to_reduce():
    behind = np.zeros((4, 4, 3), np.uint8)
    for edit in (*EDITS[:4], Background(behind), Background(behind, Fit.FIT)):
        assert scaled(edit, 8) is edit
    with pytest.raises(ValueError, match="reduced"):
        scaled(Cutout(), 0)


@pytest.mark.parametrize("make", [lambda nan: Gradient(angle=nan), lambda nan: Background(None, offset=(0.0, nan))])
@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(make, number):
    with pytest.raises(BadOption, match="choose"):
        make(number)


def test_inputs_are_left_as_they_were(scene):
    image, matte, _ = scene
    image_before, matte_before = image.copy(), matte.copy()
    for edit in EDITS:
        apply(image, matte, edit)
    assert (image == image_before).all()
    assert (matte == matte_before).all()


def test_layers_add_up_to_the_image(scene):
    image, matte, _ = scene
    layers = separate(image, matte)
    assert np.abs(blend(layers.foreground.whole(), layers.background.whole(), matte) - image).max() <= 3
    assert np.abs(layers.background.whole()[matte < 0.9].astype(int) - BLUE).max() <= 30


def test_a_matte_of_another_size_is_refused():
    with pytest.raises(ValueError, match="do not belong together"):
        apply(np.zeros((4, 4, 3), np.uint8), np.zeros((4, 5), np.float32), Cutout())


def test_edits_are_frozen():
    with pytest.raises(FrozenInstanceError):
        SolidColour().colour = GREEN


@pytest.mark.parametrize(
    ("text", "colour"), [("#00b140", (0, 177, 64)), ("00B140", (0, 177, 64)), ("#0b4", (0, 187, 68))]
)
def test_colours_are_hexadecimal(text, colour):
    assert parse_colour(text) == colour


@pytest.mark.parametrize("text", ["", "#", "greenish", "#12345", "#00b14g", "0,177,64"])
def test_another_word_is_no_colour(text):
    with pytest.raises(BadOption, match="#rrggbb"):
        parse_colour(text)


@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan")])
def test_a_strength_outside_0_to_1_is_refused(strength):
    with pytest.raises(BadOption, match="0 to 1"):
        Highlight(Style.DIM, strength)


def test_a_depth_of_12_is_refused():
    with pytest.raises(BadOption, match="8 or 16"):
        MatteOnly(12)


def test_a_cutout_may_keep_the_colours_of_the_image():
    """Red over blue, mixed half and half: with decontamination the edge is red, without it is the mixture."""
    y, x = np.mgrid[:64, :64]
    matte = np.clip((20 - np.hypot(y - 32, x - 32)) / 8 + 0.5, 0, 1).astype(np.float32)
    image = np.rint(matte[..., None] * (230, 30, 30) + (1 - matte[..., None]) * (20, 60, 220)).astype(np.uint8)
    kept, clean = apply(image, matte, Cutout(decontaminate=False)), apply(image, matte, Cutout())
    assert (kept[..., 3] == clean[..., 3]).all()
    seen = kept[..., 3] > 0
    assert (kept[seen][:, :3] == image[seen]).all()
    edge = (matte > 0.3) & (matte < 0.7)
    assert clean[edge][:, 2].mean() < 80 < kept[edge][:, 2].mean()
    below = np.full((64, 64, 3), 255, np.uint8)
    over = apply(image, matte, Cutout(decontaminate=False), None, below).astype(float)
    assert np.abs(over - (matte[..., None] * image + (1 - matte[..., None]) * 255)).max() <= 0.51
