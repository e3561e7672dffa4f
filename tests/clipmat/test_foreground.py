"""Its colours beside known ones and beside pymatting's; what is made of them is judged in test_edits.py."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipmat.foreground import separate
from tests.pymatting_colours import pymattings


def run(code, **environment):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (2, 2), (3, 200)])
@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_every_size_has_two_layers(shape, level):
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    layers = separate(image, np.full(shape, level, np.float32))
    assert layers.foreground.shape == layers.background.shape == image.shape
    if level == 1.0:
        assert (layers.foreground.whole() == image).all()
    if level == 0.0:
        assert (layers.background.whole() == image).all()


def test_far_from_the_object_nothing_is_estimated():
    image = np.random.default_rng(0).integers(0, 256, (200, 200, 3), np.uint8)
    matte = np.zeros((200, 200), np.float32)
    matte[95:105, 95:105] = 0.5
    layers = separate(image, matte)
    assert (layers.foreground.whole()[:50] == image[:50]).all()
    assert (layers.background.whole()[matte == 0] == image[matte == 0]).all()


def textured(random, size):
    """Colours that vary slowly and quickly, as those of hair, fur and what is behind them: float32 in [0, 1]."""
    colours = np.broadcast_to(random.uniform(0.1, 0.9, 3), (*size, 3)).astype(np.float32)
    for scale, strength in ((100, 0.12), (20, 0.05), (3, 0.03)):
        grid = random.normal(0, strength, (size[0] // scale + 2, size[1] // scale + 2, 3)).astype(np.float32)
        colours = colours + cv2.resize(grid, size[::-1], interpolation=cv2.INTER_CUBIC)
    return colours.clip(0, 1)


def strands(seed, size=(420, 600)):
    """An image of strands over a blob, whose alpha and colours on both sides are known: image, alpha, front, back."""
    random, (height, width) = np.random.default_rng(seed), size
    drawn = np.zeros((4 * height, 4 * width), np.uint8)
    cv2.ellipse(drawn, (2 * width, 3 * height), (width, height), 0, 0, 360, 255, -1)
    for _ in range(160):
        turns = np.cumsum(random.normal(0, 0.12, 30)) + random.uniform(-2.6, -0.5)
        steps = np.stack([np.cos(turns), np.sin(turns)], axis=1) * height * 0.08
        path = np.cumsum(steps, axis=0) + (random.uniform(0.8, 3.2) * width, 2 * height)
        cv2.polylines(drawn, [path.astype(np.int32)], False, 255, int(random.integers(2, 9)), cv2.LINE_AA)
    alpha = cv2.resize(drawn, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    front, back = textured(random, size), textured(random, size)
    image = alpha[..., None] * front + (1 - alpha[..., None]) * back
    return np.rint(image * 255).astype(np.uint8), alpha, front, back


def mean_errors(scene, found):
    """By how much the colours of both sides are wrong where pixels are mixed, each weighed by its share."""
    _, alpha, front, back = scene
    mixed = (alpha > 1 / 255) & (alpha < 254 / 255)
    shares = (alpha[mixed], front, found[0]), ((1 - alpha)[mixed], back, found[1])
    return np.array([np.average(np.abs(a - b).mean(axis=2)[mixed], weights=weights) for weights, a, b in shares])


@pytest.mark.parametrize("noise", [0, 4])
@pytest.mark.parametrize("seed", range(3))
def test_known_colours_between_strands_are_found_better_than_by_pymatting(seed, noise):
    image, *truth = strands(seed)
    image = np.clip(image + np.random.default_rng(seed).normal(0, noise, image.shape), 0, 255).astype(np.uint8)
    layers = separate(image, truth[0])
    ours = mean_errors((image, *truth), (layers.foreground.whole() / 255, layers.background.whole() / 255))
    assert (ours < mean_errors((image, *truth), pymattings(image, truth[0]))).all()


def test_an_alpha_that_is_somewhat_wrong_does_no_more_harm_than_in_pymatting():
    image, alpha, front, back = strands(7)
    ripple = cv2.resize(np.random.default_rng(7).normal(0, 0.1, (60, 80)).astype(np.float32), alpha.shape[::-1])
    wrong = np.where((alpha > 0.004) & (alpha < 0.996), np.clip(alpha + ripple, 0, 1), alpha)
    layers = separate(image, wrong)
    ours = mean_errors((image, alpha, front, back), (layers.foreground.whole() / 255, layers.background.whole() / 255))
    theirs = mean_errors((image, alpha, front, back), pymattings(image, wrong))
    assert (ours < 1.05 * theirs).all()


def test_no_seam_runs_through_what_is_larger_than_a_piece():
    across = np.linspace(0, 1, 700, dtype=np.float32)[None, :, None]
    front, back = across * (0.2, 0.5, 0.1) + 0.4, (1 - across) * (0.3, 0.1, 0.5) + 0.1
    alpha = np.full((300, 700), 0.5, np.float32)
    image = np.rint((0.5 * front + 0.5 * back) * np.ones((300, 1, 1)) * 255).astype(np.uint8)
    layers = separate(image, alpha)
    for side in layers.foreground.whole(), layers.background.whole():
        assert np.abs(np.diff(side.astype(int), axis=0)).max() <= 1
        assert np.abs(np.diff(side.astype(int), axis=1)).max() <= 2


def test_no_image_in_float_is_held():
    pytest.importorskip("resource")
    code = """
import resource, sys
import numpy as np
from clipmat.foreground import separate
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
image = np.random.default_rng(4).integers(0, 256, (2000, 3000, 3), np.uint8)
matte = np.full((2000, 3000), 0.5, np.float32)
separate(image[:60, :60], matte[:60, :60])
before = peak()
separate(image, matte)
print((peak() - before) / matte.size)
"""
    assert float(run(code)) < 20, "bytes a pixel, of which 6 are the result"


@pytest.mark.parametrize("step", [1, 2])
def test_arrays_that_cannot_be_written_or_are_not_contiguous_are_read(step):
    random = np.random.default_rng(5)
    image, matte = random.integers(0, 256, (40, 60, 3), np.uint8), random.random((40, 60)).astype(np.float32)
    expected = separate(image[::step, ::step].copy(), matte[::step, ::step].copy())
    for array in (image, matte):
        array.setflags(write=False)
    before = image.copy(), matte.copy()
    found = separate(image[::step, ::step], matte[::step, ::step])
    assert (found.foreground.whole() == expected.foreground.whole()).all() and (
        found.background.whole() == expected.background.whole()
    ).all()
    assert (image == before[0]).all() and (matte == before[1]).all()


def test_several_threads_separate_at_once():
    random = np.random.default_rng(6)
    image, matte = random.integers(0, 256, (90, 70, 3), np.uint8), random.random((90, 70)).astype(np.float32)
    expected = separate(image, matte)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: separate(image, matte), range(12)):
            assert (found.foreground.whole() == expected.foreground.whole()).all()
            assert (found.background.whole() == expected.background.whole()).all()


@given(first=st.integers(0, 340), length=st.integers(0, 340))
@settings(deadline=None, max_examples=20)
def test_a_strip_is_that_part_of_the_whole(first, length):
    found = soft_disc()
    for side in found.foreground, found.background:
        strip = side[first : first + length]
        assert strip.dtype == np.uint8
        np.testing.assert_array_equal(strip, side.whole()[first : first + length])


@cache
def soft_disc():
    """Colours of a disc with a wide soft edge: mixed tiles, plain ones inside, and plain ones beside it."""
    image = np.random.default_rng(3).integers(0, 256, (333, 400, 3), np.uint8)
    y, x = np.mgrid[:333, :400]
    return separate(image, np.clip(150 - np.hypot(x - 200, y - 170), 0, 20).astype(np.float32) / 20)
