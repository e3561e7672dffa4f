"""Compositions: objects placed, with shadow, outline, matched colours; judged by Pillow, moments and CIELAB."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from clipmat.image_files import OpenedImage
from rim_editor.documents.composition import USUAL, Composition, Outline, Placement, Shadow, parse, text_of
from rim_editor.documents.document import Combine, Document, ImportedMatte, Layer
from rim_editor.documents.edits import (
    Background,
    Cutout,
    Fit,
    Gradient,
    Highlight,
    MatteOnly,
    SolidColour,
    backdrop,
    scaled,
)
from rim_editor.documents.rendering import Renderer, View, ViewMode
from rim_editor.documents.reshaping import Crop, Flip, Rotate, reshaped
from rim_editor.errors import BadOption

HEIGHT, WIDTH = 160, 240
MIDDLE = (110, 70)
RED, GREEN, BLUE = (220, 40, 30), (30, 200, 60), (20, 40, 220)


def cielab(colours):
    """Nx3 uint8 sRGB (IEC 61966-2-1) -> L, a, b (CIE 15, D65), by their definitions."""
    encoded = colours / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = (linear @ to_xyz.T / (0.95047, 1.0, 1.08883)).T
    x, y, z = (np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29) for t in (x, y, z))
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


@cache
def disc(radius, middle=MIDDLE, size=(WIDTH, HEIGHT), points=8):
    """The area of each pixel that a disc covers, from `points` x `points` points of it."""
    y, x = (np.arange(length * points)[:, None] / points + 0.5 / points for length in size[::-1])
    inside = (y - middle[1]) ** 2 + (x.T - middle[0]) ** 2 < radius**2
    return inside.reshape(size[1], points, size[0], points).mean((1, 3)).astype(np.float32)


def matte_part(matte):
    matte = np.asarray(matte, np.float32)
    matte.setflags(write=False)
    return ImportedMatte("disc", Combine.NEW, matte)


def document_of(matte, edit, composition=None, pixels=None):
    if pixels is None:
        pixels = np.random.default_rng(1).integers(0, 256, (*np.shape(matte), 3), np.uint8)
    layer = Layer((matte_part(matte),), edit=edit, composition=composition or Composition())
    return Document(OpenedImage(None, pixels, None), (layer,))


def result_of(document):
    return Renderer(document.source).result(document)


def moments(cover):
    """Mass, centre x and y, and variance along x."""
    y, x = np.mgrid[0 : cover.shape[0], 0 : cover.shape[1]] + 0.5
    mass = cover.sum()
    centre = (cover * x).sum() / mass, (cover * y).sum() / mass
    return mass, *centre, (cover * (x - centre[0]) ** 2).sum() / mass


@pytest.mark.parametrize(
    "edit",
    [Cutout(), Cutout(decontaminate=False), SolidColour(BLUE), Gradient(), Highlight(), MatteOnly(), MatteOnly(16),
     Background(np.random.default_rng(2).integers(0, 256, (90, 70, 3), np.uint8))],
)  # fmt: skip
def test_a_composition_that_changes_nothing_gives_the_former_result_to_the_bit(edit):
    from rim_editor.documents import edits

    document = document_of(disc(40), edit, Composition(Placement(), colour_match=0.0))
    matte = Renderer(document.source).matte(document)
    assert (result_of(document) == edits.apply(document.source.pixels, matte, edit)).all()


def test_an_object_moved_by_whole_pixels_is_the_same_object_elsewhere():
    matte = disc(40)
    still = document_of(matte, Cutout())
    moved = still.changed(composition=Composition(Placement(right=24 / WIDTH, down=-10 / HEIGHT)))
    before, after = result_of(still), result_of(moved)
    assert (after[: HEIGHT - 10, 24:, 3] == before[10:, : WIDTH - 24, 3]).all()
    seen = before[10:, : WIDTH - 24, 3] > 0
    difference = np.abs(after[: HEIGHT - 10, 24:, :3][seen].astype(int) - before[10:, : WIDTH - 24, :3][seen])
    assert difference.max() <= 1 and after[..., 3].sum() == before[..., 3].sum()


@pytest.mark.parametrize(
    "placement",
    [Placement(0.1, 0.05, 1.0, 30.0), Placement(scale=1.6, angle=-75), Placement(0.05, 0.1, 1.2, 200, mirrored=True)],
)
def test_a_placed_object_is_where_pillow_puts_it(placement):
    rng = np.random.default_rng(3)
    smooth = np.asarray(Image.fromarray(rng.integers(0, 256, (12, 18, 3), np.uint8)).resize((WIDTH, HEIGHT), 3))
    matte = disc(34)
    document = document_of(matte, Cutout(decontaminate=False), Composition(placement), smooth)
    result = result_of(document)
    # Pillow asks where each point of the result comes from.
    x, y = Renderer(document.source).middle(document.layer)
    x, y = x * WIDTH, y * HEIGHT
    turn = math.radians(placement.angle)
    ahead = placement.scale * np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    if placement.mirrored:
        ahead = ahead @ np.diag([-1.0, 1.0])
    back = np.linalg.inv(ahead)
    start = np.array([x, y]) - back @ np.array([x + placement.right * WIDTH, y + placement.down * HEIGHT])
    rows = (back[0, 0], back[0, 1], start[0], back[1, 0], back[1, 1], start[1])

    def warped(channel):
        image = Image.fromarray(np.asarray(channel, np.float32))
        return np.asarray(image.transform((WIDTH, HEIGHT), Image.Transform.AFFINE, rows, Image.Resampling.BICUBIC))

    alpha = warped(matte)
    solid = alpha > 0.6
    assert np.abs(result[..., 3] / 255 - np.clip(alpha, 0, 1)).mean() < 0.002
    for channel in range(3):
        colour = warped(smooth[..., channel] * matte)[solid] / alpha[solid]
        assert np.abs(result[..., channel][solid] - np.clip(colour, 0, 255)).mean() < 1


def test_a_reduced_object_is_averaged_not_sampled():
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    pixels[:, ::2] = 255  # stripes that sampling would turn into beats
    document = document_of(disc(60, (120, 80)), SolidColour(RED), Composition(Placement(scale=0.25)), pixels)
    inside = result_of(document)[74:86, 114:126]
    assert abs(float(inside.mean()) - 127.5) < 2 and inside.std() < 12


@pytest.mark.parametrize("edit", [Cutout(), Cutout(decontaminate=False), SolidColour(BLUE)])
@pytest.mark.parametrize("scale", [0.37, 1.0, 2.3])
def test_the_edge_of_a_turned_cutout_shows_nothing_of_the_old_background(edit, scale):
    matte = (disc(35) > 0.5).astype(np.float32)
    pixels = np.where(matte[..., None] > 0, np.array(RED), np.array(GREEN)).astype(np.uint8)
    result = result_of(document_of(matte, edit, Composition(Placement(scale=scale, angle=33)), pixels))
    if isinstance(edit, Cutout):
        colours, seen = result[..., :3], result[..., 3] > 0
        assert np.abs(colours[seen].astype(int) - RED).max() <= 1
        edge = (result[..., 3] > 0) & (result[..., 3] < 255)
        assert edge.sum() > 20
        beside = np.roll(edge, 2, 0) & (result[..., 3] == 0)
        assert np.abs(colours[beside].astype(int) - RED).max() <= 2  # what other programs scale into the edge
    else:
        share = (result.astype(float) - BLUE)[..., 0] / (RED[0] - BLUE[0])
        expected = np.array(BLUE) + share[..., None] * (np.array(RED) - BLUE)
        assert np.abs(result - expected).max() <= 2


def test_a_shadow_weighs_as_much_as_its_object_and_is_as_wide_as_asked_for():
    shadow = Shadow(angle=30, distance=10, softness=3, strength=0.6, colour=(10, 20, 30))
    white = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    plain = document_of(disc(20), Cutout(), pixels=white)
    result = result_of(plain.changed(composition=Composition(shadow=shadow)))
    matte = disc(20)
    alpha = result[..., 3] / 255
    thrown = 1 - (1 - alpha) / np.maximum(1 - matte, 1e-6)
    outside = matte == 0
    mass, x, y, spread = moments(disc(20))
    percent = WIDTH / 100
    yy, xx = np.mgrid[0:HEIGHT, 0:WIDTH] + 0.5
    from scipy.ndimage import gaussian_filter, shift

    moved = shift(matte, (10 * percent * 0.5, 10 * percent * math.cos(math.radians(30))), order=1)
    expected = 0.6 * gaussian_filter(moved, 3 * percent, truncate=6)
    assert np.abs(thrown - expected)[outside].max() < 0.02
    below = result_of(plain.changed(edit=SolidColour(), composition=Composition(shadow=replace(shadow, distance=40))))
    dark = (255 - below[..., 0].astype(float)) / (255 - 10)
    got = moments(dark)
    assert got[0] == pytest.approx(0.6 * mass, rel=0.01)
    assert got[1] == pytest.approx(x + 40 * percent * math.cos(math.radians(30)), abs=0.3)
    assert got[2] == pytest.approx(y + 40 * percent * 0.5, abs=0.3)
    assert got[3] == pytest.approx(spread + (3 * percent) ** 2, rel=0.04)


def test_a_shadow_without_distance_and_softness_is_hidden_by_its_object():
    document = document_of(disc(30), SolidColour(BLUE), Composition(shadow=Shadow(distance=0, softness=0, strength=1)))
    bare = result_of(document.changed(composition=Composition()))
    hard = np.asarray(disc(30))
    solid = (hard == 0) | (hard == 1)
    assert (result_of(document)[solid] == bare[solid]).all()


@pytest.mark.parametrize("width", [1.0, 2.5, 8.0])
@pytest.mark.parametrize("blur", [0.0, 1.5])
def test_an_outline_is_a_ring_of_its_width_and_smooth(width, blur):
    radius, length = 30.3, width * WIDTH / 100
    matte = disc(radius)
    if blur:
        from scipy.ndimage import gaussian_filter

        matte = gaussian_filter(matte, blur)
    composition = Composition(outline=Outline(width, BLUE))
    cover = result_of(document_of(matte, Cutout(), composition))[..., 3] / 255
    expected = disc(radius + length)
    assert cover.sum() == pytest.approx(expected.sum(), rel=0.01)
    # No stairs: along every ray the ring ends at the same distance, and it is never more than a step off.
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH] + 0.5
    far = np.hypot(x - MIDDLE[0], y - MIDDLE[1])
    assert (cover[far < radius + length - 1.2] > 0.98).all() and (cover[far > radius + length + 1.2] < 0.02).all()
    turns = (np.degrees(np.arctan2(y - MIDDLE[1], x - MIDDLE[0])) % 360 // 10).astype(int)
    sectors = [cover[turns == turn].sum() - expected[turns == turn].sum() for turn in range(36)]
    # 10 degrees of the edge are that many pixels long; a fifth of a pixel is not seen.
    assert np.abs(sectors).max() < 0.2 * math.radians(10) * (radius + length) + 0.15


def test_an_outline_has_its_colour_and_leaves_the_object_alone():
    pixels = np.full((HEIGHT, WIDTH, 3), RED, np.uint8)
    result = result_of(document_of(disc(30), SolidColour(GREEN), Composition(outline=Outline(2.0, BLUE)), pixels))
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH] + 0.5
    far = np.hypot(x - MIDDLE[0], y - MIDDLE[1])
    assert (result[far < 29] == RED).all() and (result[far > 36.5] == GREEN).all()
    assert (result[(far > 31.2) & (far < 33.5)] == BLUE).all()


def test_nothing_but_translucent_matte_has_no_outline_and_nothing_at_all_no_marks():
    everything = Composition(Placement(0.1, scale=0.5, angle=5), Shadow(), Outline(2.0), 0.5)
    faint = np.full((HEIGHT, WIDTH), 0.3, np.float32)
    bare = result_of(document_of(faint, Cutout()))
    assert (result_of(document_of(faint, Cutout(), Composition(outline=Outline(3)))) == bare).all()
    nothing = np.zeros((HEIGHT, WIDTH), np.float32)
    assert not result_of(document_of(nothing, Cutout(), everything)).any()
    assert (result_of(document_of(nothing, SolidColour(BLUE), everything)) == BLUE).all()
    whole = np.ones((HEIGHT, WIDTH), np.float32)
    assert (result_of(document_of(whole, Cutout(), Composition(outline=Outline(3))))[..., 3] == 255).all()


def test_colours_are_matched_to_mean_and_deviation_of_the_background_by_the_strength():
    rng = np.random.default_rng(4)
    object_colours = np.clip(rng.normal((150, 120, 100), 18, (HEIGHT, WIDTH, 3)), 0, 255).astype(np.uint8)
    ground = np.clip(rng.normal((90, 110, 140), 26, (HEIGHT, WIDTH, 3)), 0, 255).astype(np.uint8)
    # Blocks, so that the reduced images from which it is computed have the same statistics.
    object_colours, ground = (np.repeat(np.repeat(a[::8, ::8], 8, 0), 8, 1) for a in (object_colours, ground))
    whole = np.ones((HEIGHT, WIDTH), np.float32)

    def statistics(pixels):
        lab = cielab(pixels.reshape(-1, 3))
        return lab.mean(0), lab.std(0)

    own, other = statistics(object_colours), statistics(ground)
    for strength in (0.5, 1.0):
        composition = Composition(colour_match=strength)
        got = statistics(result_of(document_of(whole, Background(ground), composition, object_colours)))
        for before, wanted, is_now in zip(own, other, got, strict=True):
            assert np.abs(is_now - (before + strength * (wanted - before))).max() < 0.6


def test_colours_are_not_matched_to_a_plain_colour_but_to_the_layers_below():
    pixels = np.full((HEIGHT, WIDTH, 3), RED, np.uint8)
    matched = Composition(colour_match=1.0)
    document = document_of(disc(30), SolidColour(BLUE), matched, pixels)
    assert (result_of(document) == result_of(document.changed(composition=Composition()))).all()
    ground = Layer((matte_part(disc(10)),), edit=Background(np.full((9, 9, 3), BLUE, np.uint8)))
    upper = Layer((matte_part(disc(30)),), composition=matched)
    result = result_of(Document(document.source, (ground, upper)))
    assert np.abs(result[70, 110].astype(int) - RED).max() > 60


@pytest.mark.parametrize("edit", [Highlight(), MatteOnly()])
def test_highlights_and_mattes_have_no_marks(edit):
    marked = Composition(shadow=Shadow(), outline=Outline(), colour_match=1)
    document = document_of(disc(30), edit, marked)
    assert (result_of(document) == result_of(document.changed(composition=Composition()))).all()


def test_a_matte_alone_is_placed_and_a_highlight_is_not():
    moved = Composition(Placement(right=24 / WIDTH))
    matte = document_of(disc(30), MatteOnly(), moved)
    assert (result_of(matte)[:, 24:] == result_of(matte.changed(composition=Composition()))[:, :-24]).all()
    highlight = matte.changed(edit=Highlight())
    assert (result_of(highlight) == result_of(highlight.changed(composition=Composition()))).all()


def test_a_shadow_falls_on_the_layers_below():
    pixels = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    lower = Layer((matte_part(np.ones((HEIGHT, WIDTH))),), edit=SolidColour(GREEN))
    upper = Layer((matte_part(disc(20)),), composition=Composition(shadow=Shadow(0, 20, 1, 1.0)))
    result = result_of(Document(OpenedImage(None, pixels, None), (lower, upper)))
    assert result[70, 110].min() > 250 and result[70, 110 + 48].max() < 30


@pytest.mark.parametrize(
    "composition",
    [
        Composition(Placement(0.08, -0.05, 0.8, 25)),
        Composition(Placement(-0.1, 0.1, 1.3, -60, mirrored=True), Shadow(), Outline(1.5)),
        Composition(shadow=Shadow(200, 4, 2.5, 0.8), colour_match=0.7),
    ],
)
def test_the_preview_is_the_export_reduced(composition):
    size = (960, 640)
    y, x = np.mgrid[0:640, 0:960] / 60
    pixels = np.stack([127 + 90 * np.sin(x), 127 + 90 * np.sin(y), 127 + 90 * np.sin(x + y)], -1).astype(np.uint8)
    ground = np.ascontiguousarray(pixels[::-1, ::-1] // 2)
    document = document_of(disc(140, (400, 300), size, 4), Background(ground), composition, pixels)
    renderer = Renderer(document.source)
    whole = renderer.result(document)
    for level in (1, 2):
        shown = renderer.shown(document, View(ViewMode.RESULT), level)
        reduced = np.asarray(Image.fromarray(whole).resize((960 >> level, 640 >> level), Image.Resampling.BOX), int)
        assert np.abs(shown - reduced).mean() < 1.0 and np.percentile(np.abs(shown - reduced), 99) < 12


@pytest.mark.parametrize(
    "change", [Flip(), Flip(across=False), Rotate(1), Rotate(2), Rotate(3), Crop(20, 10, 200, 130)]
)
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_reshaped_image_takes_its_placed_object_along(change, mirrored):
    pixels = np.random.default_rng(5).integers(0, 256, (20, 30, 3), np.uint8)
    pixels = np.asarray(Image.fromarray(pixels).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC))
    placement = Placement(0.06, 0.1, 0.9, 40, mirrored)
    document = document_of(
        disc(30) * (np.arange(WIDTH) < 120), Cutout(decontaminate=False), Composition(placement), pixels
    )
    expected = result_of(document)
    match change:
        case Flip(across=True):
            expected = expected[:, ::-1]
        case Flip():
            expected = expected[::-1]
        case Rotate(quarters=quarters):
            expected = np.rot90(expected, -quarters)
        case _:
            expected = expected[10:140, 20:220]
    after = reshaped(document, [change])
    result = result_of(after)
    # The middle of the object is found on an image of at most 256 pixels, here the image itself.
    assert np.abs(result[..., 3].astype(int) - expected[..., 3]).mean() < 0.5
    solid = (result[..., 3] > 250) & (expected[..., 3] > 250)
    assert np.abs(result[..., :3][solid].astype(int) - expected[..., :3][solid]).mean() < 2


def test_descriptions_are_read_as_they_are_written():
    for thing in (
        Placement(0.1, -0.25, 1.5, 30, mirrored=True),
        Shadow(45, 2, 1.25, 0.8, (255, 0, 16)),
        Outline(1.5, BLUE),
        Shadow(),
    ):
        assert parse(type(thing), text_of(thing)) == thing
    assert text_of(Shadow()) == USUAL and text_of(Outline(2.0)) == "width=2"
    assert parse(Outline, " width = 2 , color=#0f0 ") == Outline(2.0, (0, 255, 0))


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        (Shadow, "strength=2", "strength of a shadow of 2 is out of range: choose 0 to 1"),
        (
            Shadow,
            "blur=2",
            "'blur=2' is no option of a shadow: choose among angle, distance, softness, strength, color",
        ),
        (Shadow, "distance", "'distance' is no option"),
        (Shadow, "softness=much", "'much' is not a number: write one for the softness of the shadow"),
        (Outline, "width=nan", "width of an outline of nan is out of range"),
        (Outline, "color=blue", "'blue' is not a colour"),
        (Placement, "scale=0", "scale of 0 is out of range: choose 0.01 to 20"),
        (Placement, "mirrored=1", "write yes or no"),
        (Placement, "angle=1e9", "An angle of 1e\\+09 is out of range"),
    ],
)
def test_a_description_that_makes_no_sense_is_refused_with_its_remedy(kind, text, message):
    with pytest.raises(BadOption, match=message):
        parse(kind, text)


@settings(deadline=None, max_examples=20)
@given(
    st.builds(
        Placement,
        st.floats(-10, 10),
        st.floats(-10, 10),
        st.floats(0.01, 20),
        st.floats(-360, 360),
        st.booleans(),
    ),
    st.sampled_from([Cutout(), SolidColour()]),
)
def test_every_placement_gives_a_result(placement, edit):
    marked = Composition(placement, Shadow(), Outline(), 0.3)
    result = result_of(document_of(disc(9, (20, 15), (40, 30)), edit, marked))
    assert result.shape[:2] == (30, 40) and result.dtype == np.uint8


@pytest.mark.parametrize("fit", ["cover", "fit", "tile"])
@pytest.mark.parametrize("zoom", [0.5, 1.7, 3.0])
@pytest.mark.parametrize("offset", [(0.0, 0.0), (0.2, -0.3)])
def test_a_background_is_enlarged_about_the_centre(fit, zoom, offset):
    """Against the point of the background that each pixel shows, computed one by one."""
    y, x = np.mgrid[0:90, 0:120]
    image = np.stack([2 * x, 2 * y, np.full_like(x, 77)], -1).astype(np.uint8)
    size = 100, 60
    edit = Background(image, Fit(fit), (1, 2, 3), offset, zoom)
    got = backdrop(edit, size[::-1])
    shares = [size[0] / 120, size[1] / 90]
    scale = {"cover": max(shares) * max(zoom, 1), "fit": min(shares) * zoom, "tile": zoom}[fit]
    columns, rows = np.arange(100) + 0.5, np.arange(60) + 0.5
    if fit == "tile":
        u = ((columns - offset[0] * 100) / scale) % 120
        v = ((rows - offset[1] * 60) / scale) % 90
    else:
        moved = [share * length for share, length in zip(offset, size, strict=True)]
        if fit == "cover":
            spare = [(own * scale - length) / 2 for own, length in zip((120, 90), size, strict=True)]
            moved = [min(max(by, -most), most) for by, most in zip(moved, spare, strict=True)]
        u, v = ((at - length / 2 - by) / scale + own / 2 for at, length, by, own in zip(
            (columns, rows), size, moved, (120, 90), strict=True))  # fmt: skip
    seen = ((u > 3) & (u < 117))[None] & ((v > 3) & (v < 87))[:, None]
    expected = np.stack(np.broadcast_arrays(2 * (u - 0.5)[None], 2 * (v - 0.5)[:, None], 77.0), -1)
    assert seen.any() and np.abs(got - expected)[seen].max() <= 4
    beside = ((u < -2) | (u > 122))[None] | ((v < -2) | (v > 92))[:, None]
    assert fit == "fit" or not beside.any()
    assert (got[beside] == (1, 2, 3)).all()


def test_an_enlarged_tile_is_previewed_as_it_is_exported():
    image = np.zeros((24, 24, 3), np.uint8)
    image[:12, :12] = image[12:, 12:] = 255
    for zoom in (0.5, 1.0, 2.0, 5.0):
        edit = Background(image, Fit.TILE, scale=zoom)
        whole = np.asarray(Image.fromarray(backdrop(edit, (240, 320))).resize((80, 60), Image.Resampling.BOX), int)
        assert np.abs(backdrop(scaled(edit, 4), (60, 80)) - whole).mean() < 12


def test_a_scale_of_the_background_out_of_range_is_refused():
    with pytest.raises(BadOption, match="scale of the background of 20 is out of range: choose 0.1 to 10"):
        Background(np.zeros((2, 2, 3), np.uint8), scale=20)
