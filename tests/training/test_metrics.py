"""Metrics against numbers by hand, the published evaluation code's numbers, and the formulas read literally."""

import json
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.metrics import conn, grad, iou, is_right_object, mad, mean_by, mse, sad

GOLDEN = json.loads((Path(__file__).parent / "golden" / "metrics.json").read_text(encoding="utf-8"))
"""What the published code gives for `case(name)`; `sources` says which repository and function gave each number."""


def box(x0, x1, value=1.0, size=20):
    plane = np.zeros((size, size), np.float32)
    plane[:, x0:x1] = value
    return plane


def eight_bit(plane):
    """A matte as its file holds it: no last bit of it depends on the machine that drew it."""
    return (np.round(np.clip(plane, 0, 1) * 255) / 255).astype(np.float32)


def blobs(rng, height, width):
    """Smooth random blobs with soft edges: coarse noise, enlarged bilinearly."""
    coarse = rng.random((6, 7))
    y, x = np.linspace(0, 5, height), np.linspace(0, 6, width)
    top, left = np.minimum(y.astype(int), 4), np.minimum(x.astype(int), 5)
    v, u = (y - top)[:, None], (x - left)[None]
    rows = coarse[top] * (1 - v) + coarse[top + 1] * v
    return eight_bit((rows[:, left] * (1 - u) + rows[:, left + 1] * u - 0.5) * 6 + 0.5)


def hairs(rng, height, width):
    """A blob with hundreds of thin, half-transparent strands that break."""
    strands = (rng.random((height, width)) < 0.08) | (rng.random((1, width)) < 0.2) & (rng.random((height, 1)) < 0.9)
    return eight_bit(np.maximum(blobs(rng, height, width), strands * rng.random((height, width))))


def case(name):
    """(matte, truth) of a golden case: KIND-HEIGHTxWIDTH-SEED."""
    kind, sides, seed = name.split("-")
    height, width = map(int, sides.split("x"))
    rng = np.random.default_rng(int(seed))
    zeros, ones = np.zeros((height, width), np.float32), np.ones((height, width), np.float32)
    blob = blobs(rng, height, width)

    def wrong(plane, strength):
        return eight_bit(plane + strength * (rng.random((height, width)) - 0.5))

    def square(y, x, side):
        plane = zeros.copy()
        plane[y : y + side, x : x + side] = 1
        return plane

    match kind:
        case "near":  # the right object, its soft parts wrong
            return np.where((blob > 0) & (blob < 1), wrong(blob, 0.4), blob), blob
        case "noisy":
            return wrong(blob, 0.8), blob
        case "other":  # another object
            return blobs(rng, height, width), blob
        case "hair":
            truth = hairs(rng, height, width)
            return wrong(truth, 0.5), truth
        case "lost":  # hair that was not found
            return blob, np.maximum(blob, hairs(rng, height, width))
        case "dim":  # shares no level above 0.5
            return eight_bit(blob * 0.55), blob
        case "levels":  # multiples of 0.2, on the thresholds themselves
            return tuple((rng.integers(0, 6, (2, height, width)) * 51 / 255).astype(np.float32))
        case "fine":  # the same in float64, where 153/255 is below 0.6
            return tuple(rng.integers(0, 6, (2, height, width)) * 51 / 255)
        case "raw":  # white noise that was never 8 bits
            return tuple(rng.random((2, height, width), np.float32))
        case "tied":  # three pieces of one size, one of them half shared
            squares = square(2, 2, 5) + square(2, 12, 5) + square(12, 6, 5)
            return np.maximum(squares, blob * 0.5), squares
        case "constants":
            return zeros + np.float32(0.7), zeros + np.float32(0.3)
        case "full":
            return ones, blob
        case "void":  # nothing was found
            return zeros, blob
        case "wild":  # something was found where nothing is
            return blob, zeros
        case "nothing":
            return zeros, zeros
        case "all":
            return ones, ones
    raise ValueError(name)


def unknown(truth):
    """The transition: what is neither 0 nor 1 in the truth, two pixels wider."""
    wide = np.pad((truth > 0) & (truth < 1), 2)
    height, width = truth.shape
    return np.any([wide[y : y + height, x : x + width] for y in range(5) for x in range(5)], axis=0)


def checksum(name):
    return zlib.crc32(b"".join(plane.tobytes() for plane in case(name)))


def near(expected):
    return pytest.approx(expected, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("name", GOLDEN["cases"])
def test_the_numbers_of_the_published_code(name):
    golden = GOLDEN["cases"][name]
    assert checksum(name) == golden["checksum"], "the recipe no longer draws the case that was measured"
    matte, truth = case(name)
    region = unknown(truth)
    for metric in (sad, mse, mad, grad, conn):
        assert metric(matte, truth) == near(golden[metric.__name__]), metric
        assert metric(matte, truth, region) == near(golden[f"{metric.__name__}_transition"]), metric


@pytest.mark.parametrize("name", [n for n, golden in GOLDEN["cases"].items() if "mmediting" in golden])
def test_in_the_transition_another_published_version_agrees(name):
    # It wants the truth outside the transition. It differs where a level is shared nowhere, which these cases avoid.
    matte, truth = case(name)
    region = unknown(truth)
    matte = np.where(region, matte, truth)
    golden = GOLDEN["cases"][name]["mmediting"]
    assert {m.__name__: m(matte, truth, region) for m in (sad, mse, conn)} == near(golden)


def test_numbers_by_hand():
    truth, found = box(0, 10), box(5, 15)  # 200 of 400 pixels differ by one
    assert sad(found, truth) == pytest.approx(0.2)
    assert mse(found, truth) == mad(found, truth) == pytest.approx(0.5)
    assert iou(found, truth) == pytest.approx(1 / 3)
    assert mse(box(0, 20, 0.5), box(0, 20)) == pytest.approx(0.25)
    assert conn(found, truth) == pytest.approx(0.2), "a hundred pixels each that hang on nothing shared"


def test_a_region_is_all_that_counts():
    truth, found, region = box(0, 10), box(5, 15), box(8, 18) > 0  # 5 of its 10 columns differ by one
    assert sad(found, truth, region) == pytest.approx(0.1)
    assert mse(found, truth, region) == mad(found, truth, region) == pytest.approx(0.5)
    assert conn(found, truth, region) == pytest.approx(0.1)
    assert 0 < grad(found, truth, region) < grad(found, truth)
    nowhere = np.zeros((20, 20), bool)
    assert [m(found, truth, nowhere) for m in (sad, mse, mad, grad, conn)] == [0, 0, 0, 0, 0]


@pytest.mark.parametrize("metric", [sad, mse, mad, grad, conn])
def test_a_region_that_is_no_region_is_refused(metric):
    with pytest.raises(TypeError):
        metric(box(0, 3), box(0, 5), np.ones((20, 20), np.uint8))
    with pytest.raises(ValueError, match="broadcast"):
        metric(box(0, 3), box(0, 5), np.ones((20, 19), bool))


def test_a_step_has_the_gradient_of_a_gaussian():
    # Across a straight edge the slope is the Gaussian itself; its square sums to 1 / (2 sqrt(pi) sigma) per row.
    expected = 20 / (2 * np.sqrt(np.pi) * 1.4) / 10
    assert grad(box(0, 10), box(0, 0)) == pytest.approx(expected, rel=0.03)
    assert grad(box(0, 10).T, box(0, 0)) == pytest.approx(expected, rel=0.03)


def test_connectivity_forgives_a_small_difference_but_not_on_an_island():
    attached, island = box(0, 12), box(0, 12)
    attached[5, 12:18] = island[5, 13:19] = 0.62
    fainter = [np.where(truth == np.float32(0.62), np.float32(0.52), truth) for truth in (attached, island)]
    assert sad(fainter[0], attached) == sad(fainter[1], island) == pytest.approx(6 * 0.1 / 1000)
    assert conn(fainter[0], attached) == 0
    assert conn(fainter[1], island) == pytest.approx(6 * 0.1 / 1000)


def test_an_empty_matte_has_no_connectivity_error_as_in_the_published_code():
    assert conn(box(0, 0), box(0, 12)) == 0 < sad(box(0, 0), box(0, 12))


def mirrored(plane, reach):
    return np.pad(plane.astype(np.float64), reach, mode="symmetric")


def grad_read_literally(a, b):
    def steepness(plane):
        x = np.arange(-6, 7)
        bell = np.exp(-(x**2) / (2 * 1.4**2))
        bell /= bell.sum()
        kernel = np.outer(bell, bell * x / 1.4**2)
        windows = np.lib.stride_tricks.sliding_window_view(mirrored(plane, 6), (13, 13))
        return np.sqrt((windows * kernel).sum((2, 3)) ** 2 + (windows * kernel.T).sum((2, 3)) ** 2)

    return ((steepness(a) - steepness(b)) ** 2).sum() / 10


def largest_piece(mask):
    """By walking from each pixel in reading order to its four neighbours."""
    left = set(zip(*np.nonzero(mask), strict=True))
    best = set()
    for start in sorted(left):
        piece, edge = set(), [start] if start in left else []
        while edge:
            y, x = edge.pop()
            if (y, x) in left:
                left.remove((y, x))
                piece.add((y, x))
                edge += [(y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)]
        best = max(best, piece, key=len)
    return best


def conn_read_literally(a, b):
    level = {}
    for step in range(1, 11):
        piece = largest_piece((a >= step * 0.1) & (b >= step * 0.1))
        if piece:
            for pixel in set(np.ndindex(*a.shape)) - piece - set(level):
                level[pixel] = (step - 1) * 0.1

    def phi(alpha, low):
        return 1 - (alpha - low if alpha - low >= 0.15 else 0)

    return sum(abs(phi(a[p], level.get(p, 1)) - phi(b[p], level.get(p, 1))) for p in np.ndindex(*a.shape)) / 1000


@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.integers(1, 9), st.sampled_from([0.0, 0.5, 0.8]))
@settings(deadline=None, max_examples=60)
def test_gradient_and_connectivity_by_their_formulas(seed, height, width, emptied):
    rng = np.random.default_rng(seed)
    # Odd hundredths: never on a level, so that both sides agree whatever the last bit; few levels make many ties.
    values = (rng.integers(0, 10, (2, height, width)) * 10 + 3) / 100
    a, b = (values * (rng.random((2, height, width)) >= emptied)).astype(np.float32)
    assert grad(a, b) == near(grad_read_literally(a, b))
    assert conn(a, b) == near(conn_read_literally(a, b))


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 40))
@settings(deadline=None, max_examples=50)
def test_relations_between_the_metrics(seed, height, width):
    rng = np.random.default_rng(seed)
    a, b = rng.random((2, height, width)).astype(np.float32)
    region = rng.random((height, width)) < 0.5
    assert sad(a, b) == pytest.approx(mad(a, b) * height * width / 1000)
    assert mse(a, b) <= mad(a, b) + 1e-9 <= np.sqrt(mse(a, b)) + 1e-6
    assert iou(a, a) == 1
    for metric in (sad, mse, mad, grad, conn):
        assert metric(a, a) == 0 <= metric(a, b) == pytest.approx(metric(b, a))
        assert metric(a, b, np.ones_like(region)) == pytest.approx(metric(a, b))
    for metric in (sad, grad, conn):  # sums: a region and the rest make up the whole
        inside, outside = metric(a, b, region), metric(a, b, ~region)
        assert 0 <= inside <= metric(a, b) + 1e-12
        assert inside + outside == pytest.approx(metric(a, b))


def test_each_key_weighs_the_same():
    assert mean_by([1, 2, 3, 10], ["cup", "cup", "cup", "dog"]) == 6
    assert mean_by([1, 2, 3, 10], [0, 1, 2, 3]) == 4, "a key of its own for each: the plain mean"
    assert mean_by(iter([1.0, 2.0]), iter(["a", "a"])) == 1.5


@pytest.mark.parametrize(("values", "keys"), [([], []), ([1.0], []), ([1.0], ["a", "b"])])
def test_a_mean_of_nothing_or_of_keys_that_do_not_match_is_an_error(values, keys):
    with pytest.raises(ValueError):  # noqa: PT011 - statistics and zip word it
        mean_by(values, keys)


@given(st.lists(st.tuples(st.floats(0, 100), st.integers(0, 4)), min_size=1), st.randoms())
def test_the_mean_by_key_keeps_to_its_range_and_to_no_order(rows, shuffler):
    mean = mean_by(*zip(*rows, strict=True))
    shuffled = shuffler.sample(rows, len(rows))
    assert mean == pytest.approx(mean_by(*zip(*shuffled, strict=True)))
    assert min(v for v, _ in rows) - 1e-9 <= mean <= max(v for v, _ in rows) + 1e-9


def test_nothing_found_where_nothing_is_is_perfect():
    assert iou(box(0, 0), box(0, 0)) == 1.0
    assert iou(box(0, 3), box(0, 0)) == 0.0


def test_the_right_object_is_the_one_it_lies_on():
    left, right = box(0, 8), box(12, 20)
    assert is_right_object(box(0, 7), left, [right])
    assert not is_right_object(box(12, 19), left, [right])
    assert not is_right_object(box(0, 0), left, [right])
    assert not is_right_object(box(0, 20), left, [right]), "all of the image is no answer"
    assert is_right_object(box(0, 3), left, [right]), "a part of the right one is the right one"
