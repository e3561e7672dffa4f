"""What is shown at a level is judged by the full-size view, reduced; what is kept, by identity and by counting."""

import gc
import threading
import weakref
from dataclasses import replace

import cv2
import numpy as np
import pytest

from clipmat import foreground
from clipmat.image_files import OpenedImage
from rim_editor.documents import edits, mattes
from rim_editor.documents.document import Answer, Brush, Combine, Document, MatteControls, Patch, Stroke
from rim_editor.documents.edits import Background, Cutout, Fit, Gradient, Highlight, MatteOnly, SolidColour, Style
from rim_editor.documents.rendering import Renderer, View, ViewMode

HEIGHT, WIDTH = 301, 402


def smooth(seed, height=HEIGHT, width=WIDTH):
    coarse = np.random.default_rng(seed).integers(0, 256, (8, 10, 3), np.uint8)
    return np.ascontiguousarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC))


def disc(x, y, radius=60.0, soft=12.0):
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    matte = np.clip((radius - np.hypot(columns + 0.5 - x, rows + 0.5 - y)) / soft + 0.5, 0, 1).astype(np.float32)
    matte.setflags(write=False)
    return matte


def answer(x=200.0, y=150.0, combine=Combine.NEW, **size):
    return Answer("the hat", combine, disc(x, y, **size), 0.9)


STROKE = Stroke(Brush.KEEP, ((20.0, 20.0), (90.0, 40.0)), 12.0)


@pytest.fixture(scope="module")
def source():
    return OpenedImage(None, smooth(1), None)


@pytest.fixture
def renderer(source):
    return Renderer(source)


@pytest.fixture
def document(source):
    return Document.of_one_layer(source, (answer(),))


def reduced(pixels, like):
    return cv2.resize(pixels, like.shape[1::-1], interpolation=cv2.INTER_AREA)


def on_grey(pixels):
    """RGBA on middle grey, as floats; RGB as it is."""
    if pixels.shape[2] == 3:
        return pixels.astype(np.float32)
    share = pixels[..., 3:].astype(np.float32) / 255
    return pixels[..., :3] * share + 128 * (1 - share)


# Sizes


def test_levels_go_down_to_256_pixels_and_sizes_are_rounded_up(renderer):
    assert renderer.levels == 2
    assert [renderer.image(level).shape for level in range(4)] == [
        (301, 402, 3), (151, 201, 3), (76, 101, 3), (38, 51, 3),
    ]  # fmt: skip
    assert renderer.image(12).shape == (1, 1, 3)
    assert Renderer(OpenedImage(None, np.zeros((3, 256, 3), np.uint8), None)).levels == 1
    assert Renderer(OpenedImage(None, np.zeros((4000, 6000, 3), np.uint8), None)).levels == 6


def test_a_negative_level_is_a_mistake(renderer):
    with pytest.raises(ValueError, match="level -1"):
        renderer.image(-1)


def test_the_image_at_a_level_is_the_area_average():
    pixels = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)
    found = Renderer(OpenedImage(None, pixels, None)).image(2)
    assert np.abs(found - pixels.reshape(16, 4, 24, 4, 3).mean(axis=(1, 3))).max() <= 0.51


def test_an_image_of_one_pixel_can_be_looked_at():
    source = OpenedImage(None, np.full((1, 1, 3), 90, np.uint8), None)
    document = Document.of_one_layer(source, (Stroke(Brush.KEEP, ((0.5, 0.5),), 3.0),), MatteControls(2, 3, 0.2, True))
    for mode in ViewMode:
        assert Renderer(source).shown(document, View(mode), 3).shape[:2] == (1, 1)
    assert Renderer(source).outline(document, 0) == ()


# The matte


def test_the_matte_is_the_parts_in_their_order_and_then_the_controls(renderer, source):
    parts = (answer(), answer(260.0, combine=Combine.SUBTRACT), STROKE, Patch(5, 5, np.full((9, 9), 0.5, np.float32)))
    controls = MatteControls(shift_edge=2.5, feather=1.5, contrast=0.2, fill_holes=True, invert=True)
    matte = np.zeros((HEIGHT, WIDTH), np.float32)
    for part in parts:
        matte = mattes.with_parts(matte, (part,))
    found = renderer.matte(Document.of_one_layer(source, parts, controls))
    assert (found == mattes.controlled(matte, controls)).all()
    assert not found.flags.writeable


def test_a_new_answer_makes_what_was_before_it_forgotten(renderer, source):
    newest = answer(100.0)
    found = renderer.matte(Document.of_one_layer(source, (answer(), STROKE, newest, STROKE)))
    assert (found == mattes.with_parts(newest.matte, (STROKE,))).all()


def test_the_eraser_acts_while_holes_are_filled(renderer, source):
    """At every size, and one stroke after the other."""
    middle = np.zeros((HEIGHT, WIDTH), np.float32)
    middle[20:-20, 20:-20] = 1
    fill, parts = MatteControls(fill_holes=True), (Answer("a box", Combine.NEW, middle, 0.9),)
    for x in (60.0, 110.0, 160.0):
        parts = (*parts, Stroke(Brush.REMOVE, ((x, HEIGHT / 2),), 8.0, 1.0))
        document = Document.of_one_layer(source, parts, fill)
        assert renderer.matte(document)[HEIGHT // 2, int(x)] == 0
        for level in (1, 2):
            shown = renderer.shown(document, View(ViewMode.BLACK_AND_WHITE), level)
            assert shown[HEIGHT // 2 >> level, int(x) >> level].max() < 30
    assert not (renderer.matte(document)[HEIGHT // 2, [60, 110]]).any()


def test_no_parts_are_an_empty_matte(renderer, source):
    assert not renderer.matte(Document.of_one_layer(source)).any()


def test_what_the_file_left_transparent_is_never_in_the_matte(source):
    alpha = np.zeros((HEIGHT, WIDTH), np.uint8)
    alpha[:, 200:] = 128
    renderer = Renderer(replace(source, alpha=alpha))
    for controls in (MatteControls(), MatteControls(invert=True, feather=2)):
        document = Document.of_one_layer(replace(source, alpha=alpha), (answer(),), controls)
        matte = mattes.controlled(answer().matte, controls)
        np.testing.assert_allclose(renderer.matte(document), np.minimum(matte, alpha / 255), atol=1e-6)
        shown = renderer.shown(document, View(ViewMode.BLACK_AND_WHITE), 1)
        assert not shown[:, :99].any()


def test_a_document_of_another_image_is_refused(renderer):
    other = Document.of_one_layer(OpenedImage(None, smooth(2), None))
    for ask in (
        lambda: renderer.matte(other),
        lambda: renderer.result(other),
        lambda: renderer.shown(other, View(ViewMode.ORIGINAL), 0),
    ):
        with pytest.raises(ValueError, match="another image"):
            ask()


# What is kept


def test_one_more_stroke_costs_one_more_stroke(renderer, source, monkeypatch):
    drawn, cover = [], mattes.stroke_cover
    monkeypatch.setattr(mattes, "stroke_cover", lambda *stroke: drawn.append(1) or cover(*stroke))
    parts = (answer(),)
    for number in range(10):
        parts = (*parts, replace(STROKE, radius=5.0 + number))
        renderer.matte(Document.of_one_layer(source, parts))
    assert len(drawn) == 10
    renderer.matte(Document.of_one_layer(source, parts))
    renderer.matte(Document.of_one_layer(source, parts[:-1]))
    assert len(drawn) == 10


def test_the_matte_is_the_same_whatever_was_asked_before(source):
    random = np.random.default_rng(3)
    pool = [
        answer(), answer(260.0, combine=Combine.ADD), answer(150.0, combine=Combine.INTERSECT, radius=90.0), STROKE,
        replace(STROKE, brush=Brush.REMOVE, radius=30.0), Patch(150, 100, np.full((50, 50), 0.3, np.float32)),
    ]  # fmt: skip
    kept = Renderer(source)
    parts: tuple = ()
    for _ in range(40):
        if random.random() < 0.3:
            parts = parts[: random.integers(0, len(parts) + 1)]
        else:
            # Fresh objects: an identity that was given anew must not bring back an old matte.
            parts = (*parts, replace(pool[random.integers(len(pool))]))
        expected = mattes.with_parts(np.zeros((HEIGHT, WIDTH), np.float32), parts)
        assert (kept.matte(Document.of_one_layer(source, parts)) == expected).all()


def test_what_was_derived_is_not_derived_again(renderer, document, monkeypatch):
    counted, separate = [], foreground.separate
    monkeypatch.setattr(foreground, "separate", lambda *pair: counted.append(1) or separate(*pair))
    for edit in (Cutout(), SolidColour(), Highlight(Style.DIM), Gradient()):
        renderer.shown(document.changed(edit=edit), View(ViewMode.RESULT), 1)
    assert len(counted) == 1
    assert renderer.image(1) is renderer.image(1)
    assert renderer.matte(document) is renderer.matte(document.changed(edit=SolidColour()))


def test_what_is_kept_stays_bounded(source):
    renderer, seen = Renderer(source), []
    for number in range(30):
        matte = disc(100.0 + number, 100.0)
        seen.append(weakref.ref(matte))
        renderer.shown(Document.of_one_layer(source, (Answer(str(number), Combine.NEW, matte, 0.9),)), View(), 1)
        del matte
    gc.collect()
    assert sum(ref() is not None for ref in seen) <= 12


def test_a_trimmed_renderer_keeps_little_and_renders_the_same_again(source, monkeypatch):
    shapes = ((answer(),), (answer(), STROKE))
    documents = [
        Document.of_one_layer(source, parts).changed(edit=Highlight(), controls=MatteControls(feather=3))
        for parts in shapes
    ]
    renderer = Renderer(source)
    before = [(renderer.result(each), renderer.shown(each, View(), 1)) for each in documents]
    large = [weakref.ref(renderer.layer_matte(each.layer)) for each in documents]
    large += [weakref.ref(renderer.image(1)), weakref.ref(renderer.colours(documents[1].layer).foreground)]
    renderer.trim()
    gc.collect()
    assert [each() for each in large] == [None] * 4
    folded = []
    monkeypatch.setattr(mattes, "with_parts", lambda *given: folded.append(given) or given[0])
    renderer.layer_matte(documents[-1].layer)
    assert folded == [], "the newest strokes are not painted again"
    monkeypatch.undo()
    for each, (result, shown) in zip(documents, before, strict=True):
        assert (renderer.result(each) == result).all()
        assert (renderer.shown(each, View(), 1) == shown).all()


def test_the_original_is_shown_without_any_matte(renderer, document, monkeypatch):
    def never(*_):
        raise AssertionError("a matte was made")

    monkeypatch.setattr(mattes, "with_parts", never)
    assert (renderer.shown(document, View(ViewMode.ORIGINAL), 1) == renderer.image(1)).all()


def test_threads_that_want_the_same_thing_wait_for_one(renderer, document, monkeypatch):
    counted, fold, everyone = [], mattes.with_parts, threading.Barrier(6)

    def slow(*parts):
        counted.append(1)
        threading.Event().wait(0.1)
        return fold(*parts)

    monkeypatch.setattr(mattes, "with_parts", slow)
    found = []

    def ask():
        everyone.wait()
        found.append(renderer.matte(document))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counted) == 1 and len(found) == 6 and all(each is found[0] for each in found)


def test_a_failure_is_told_and_not_kept(renderer, document, monkeypatch):
    def fails(*_):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(mattes, "with_parts", fails)
        for _ in range(2):
            with pytest.raises(MemoryError):
                renderer.matte(document)
    assert renderer.matte(document).any()


# What is shown


def test_a_freshly_opened_image_looks_like_itself(renderer, source):
    for mode in (ViewMode.OVERLAY, ViewMode.MARCHING_ANTS, ViewMode.RESULT, ViewMode.ORIGINAL):
        for edit in (Cutout(), SolidColour(), MatteOnly()):
            shown = renderer.shown(Document.of_one_layer(source, edit=edit), View(mode), 0)
            assert (shown == source.pixels).all()
    assert (renderer.shown(Document.of_one_layer(source), View(ViewMode.BLACK_AND_WHITE), 0) == source.pixels).all()


@pytest.mark.parametrize(
    ("view", "colour", "share"),
    [
        (View(ViewMode.OVERLAY, 0.6, (255, 64, 64)), (255, 64, 64), lambda matte: matte * 0.6),
        (View(ViewMode.OVERLAY, 1.0, (0, 255, 0)), (0, 255, 0), lambda matte: matte),
        (View(ViewMode.OVERLAY, 0.0), (0, 0, 0), lambda matte: matte * 0),
        (View(ViewMode.ON_BLACK), (0, 0, 0), lambda matte: 1 - matte),
        (View(ViewMode.ON_WHITE), (255, 255, 255), lambda matte: 1 - matte),
        (View(ViewMode.ON_COLOUR, 0.6, (1, 2, 250)), (1, 2, 250), lambda matte: 1 - matte),
    ],
)
def test_views_lay_a_colour_over_the_image_by_the_textbook(renderer, document, source, view, colour, share):
    weight = share(answer().matte.astype(np.float64))[..., None]
    expected = source.pixels * (1 - weight) + np.array(colour) * weight
    assert np.abs(renderer.shown(document, view, 0) - expected).max() <= 0.52


def test_black_and_white_is_the_matte_in_grey_and_so_is_the_matte_as_result(renderer, document):
    expected = np.rint(answer().matte * 255)[..., None]
    assert (renderer.shown(document, View(ViewMode.BLACK_AND_WHITE), 0) == expected).all()
    for depth in (8, 16):
        shown = renderer.shown(document.changed(edit=MatteOnly(depth)), View(ViewMode.RESULT), 0)
        assert shown.dtype == np.uint8 and shown.shape == (HEIGHT, WIDTH, 3)
        assert (shown == expected).all()


EDITS = [
    Cutout(), MatteOnly(), SolidColour((0, 177, 64)), Gradient((250, 10, 10), (0, 0, 90), 30.0),
    *(Highlight(style, 0.8) for style in Style),
    *(Background(smooth(5, 150, 260), fit) for fit in Fit),
    Background(smooth(6, 80, 112), Fit.TILE, offset=(0.13, -0.21)),
    Background(smooth(7, 500, 260), Fit.FIT, offset=(0.2, 0.1)),
    Background(smooth(8, 1200, 1000), Fit.COVER, offset=(0.1, 0.2)),
]  # fmt: skip
VIEWS = [View(mode) for mode in ViewMode if mode is not ViewMode.RESULT]


@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: type(edit).__name__)
def test_an_edit_at_a_level_looks_like_the_full_result_reduced(renderer, document, edit, level):
    tiled = isinstance(edit, Background) and edit.fit is Fit.TILE
    if tiled:
        # Where a level's size had to be rounded up, far tiles are a pixel off; so here nothing is rounded.
        matte = np.pad(answer().matte, ((0, 3), (0, 2)))
        source = OpenedImage(None, smooth(1, *matte.shape), None)
        document = Document.of_one_layer(source, (Answer("the hat", Combine.NEW, matte, 0.9),))
        renderer = Renderer(source)
    document = document.changed(edit=edit)
    shown = renderer.shown(document, View(ViewMode.RESULT), level)
    full = renderer.result(document)
    if full.ndim == 2:
        full = np.repeat(full[..., None], 3, axis=2)
    assert shown.shape[2] == full.shape[2]
    expected = reduced(on_grey(full), shown)
    error = np.abs(on_grey(shown) - expected)
    if isinstance(edit, Background) and edit.fit is not Fit.COVER:
        # Borders and tiles fall on whole pixels, at every level anew: each pixel may be its neighbour's colour.
        square = np.ones((3, 3), np.uint8)
        lowest, highest = cv2.erode(expected, square), cv2.dilate(expected, square)
        error = np.maximum(0, np.maximum(lowest - on_grey(shown), on_grey(shown) - highest))
    assert error.mean() < 1.5
    assert np.quantile(error, 0.99) < 12


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.mode)
def test_without_a_matte_every_view_shows_the_plain_image(renderer, source, view):
    bare = Document.of_one_layer(source)
    assert (renderer.shown(bare, view, 0) == source.pixels).all()
    assert (renderer.shown(bare, view, 2) == renderer.image(2)).all()


@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.mode)
@pytest.mark.parametrize(
    "controls",
    [
        MatteControls(), MatteControls(shift_edge=9), MatteControls(shift_edge=-13.5), MatteControls(feather=11),
        MatteControls(contrast=0.9), MatteControls(contrast=1), MatteControls(fill_holes=True, invert=True),
        MatteControls(6, 4, 0.4),
    ],
    ids=repr,
)  # fmt: skip
def test_a_view_at_a_level_looks_like_the_full_view_reduced(renderer, document, view, controls, level):
    ring = Stroke(Brush.REMOVE, ((200.0, 150.0),), 25.0)
    document = document.changed(parts=(*document.parts, ring), controls=controls)
    shown = renderer.shown(document, view, level).astype(np.float32)
    expected = reduced(renderer.shown(document, view, 0).astype(np.float32), shown)
    error = np.abs(shown - expected)
    assert error.mean() < 1.5
    assert np.quantile(error, 0.99) < 30


def test_four_channels_only_where_something_is_transparent(renderer, source):
    everything = np.ones((HEIGHT, WIDTH), np.float32)
    full = Document.of_one_layer(source, (Answer("all", Combine.NEW, everything, 0.9),))
    assert renderer.shown(full, View(ViewMode.RESULT), 1).shape == (151, 201, 3)
    assert renderer.shown(full.changed(parts=(answer(),)), View(ViewMode.RESULT), 1).shape == (151, 201, 4)


def test_the_result_is_what_the_edit_makes_at_full_size(renderer, document, source):
    for edit in (Cutout(), MatteOnly(16), SolidColour()):
        expected = edits.apply(source.pixels, answer().matte, edit)
        found = renderer.result(document.changed(edit=edit))
        assert found.dtype == expected.dtype and (found == expected).all()


# Marching ants


@pytest.mark.parametrize(("level", "off"), [(0, 0.25), (1, 0.4), (2, 0.8)])
@pytest.mark.parametrize("soft", [0.001, 1.0, 12.0])
def test_the_outline_of_a_disc_is_its_circle_in_pixels_of_the_image(renderer, source, level, off, soft):
    lines = renderer.outline(Document.of_one_layer(source, (answer(soft=soft),)), level)
    assert len(lines) == 1
    (line,) = lines
    assert line.dtype == np.float32 and (line[0] == line[-1]).all()
    radius = np.hypot(line[:, 0] - 200, line[:, 1] - 150)
    assert abs(radius.mean() - 60) < off
    assert np.abs(radius - 60).max() < 2 * off + 0.35 * (soft < 1)
    assert np.hypot(*np.diff(line, axis=0).T).max() < 3 * 2**level


def test_holes_have_an_outline_and_an_empty_matte_has_none(renderer, document, source):
    ring = document.changed(parts=(*document.parts, Stroke(Brush.REMOVE, ((200.0, 150.0),), 25.0, 1.0)))
    lines = sorted(renderer.outline(ring, 0), key=len)
    assert len(lines) == 2
    assert abs(np.hypot(lines[0][:, 0] - 200, lines[0][:, 1] - 150).mean() - 24.5) < 0.4
    assert renderer.outline(Document.of_one_layer(source), 0) == ()


def test_the_outline_of_everything_runs_along_the_border(renderer, source):
    everything = Answer("all", Combine.NEW, np.ones((HEIGHT, WIDTH), np.float32), 0.9)
    (line,) = renderer.outline(Document.of_one_layer(source, (everything,)), 1)
    assert (line.min(axis=0) < 2).all() and (line.max(axis=0) > (WIDTH - 2, HEIGHT - 2)).all()
    assert (line.min(axis=0) >= 0).all() and (line.max(axis=0) <= (WIDTH, HEIGHT)).all()
