"""Where the estimator comes from; what it does is judged in test_edits.py."""

import os
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest

from clipmat.foreground import estimate, separate


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


def test_only_the_one_file_of_pymatting_is_loaded():
    code = "import sys; from clipmat.foreground import warm_up; warm_up()\n"
    code += "print(*(name for name in sys.modules if name.startswith('pymatting')))"
    assert run(code).split() == ["pymatting.foreground.estimate_foreground_ml"]


def test_an_install_and_a_home_that_cannot_be_written_do_not_matter(tmp_path):
    code = "import tempfile; tempfile.mkdtemp = tempfile.gettempdir = None  # no folder takes temporary files either\n"
    code += "import numpy as np; from clipmat.foreground import separate\n"
    code += "print(separate(np.zeros((9, 9, 3), np.uint8), np.full((9, 9), 0.5, np.float32)).foreground.shape)"
    # This is the only place left to numba, and nothing names a folder for it.
    places = {"NUMBA_CACHE_LOCATOR_CLASSES": "UserProvidedCacheLocator", "NUMBA_CACHE_DIR": ""}
    assert run(code, **places, TMPDIR=str(tmp_path)).strip() == "(9, 9, 3)"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (2, 2), (3, 200)])
@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_every_size_has_two_layers(shape, level):
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    layers = separate(image, np.full(shape, level, np.float32))
    assert layers.foreground.shape == layers.background.shape == image.shape
    if level == 1.0:
        assert (layers.foreground == image).all()
    if level == 0.0:
        assert (layers.background == image).all()


def test_far_from_the_object_nothing_is_estimated():
    image = np.random.default_rng(0).integers(0, 256, (200, 200, 3), np.uint8)
    matte = np.zeros((200, 200), np.float32)
    matte[95:105, 95:105] = 0.5
    layers = separate(image, matte)
    assert (layers.foreground[:50] == image[:50]).all()
    assert (layers.background[matte == 0] == image[matte == 0]).all()


def test_strips_give_what_the_whole_image_at_once_gives():
    random = np.random.default_rng(3)
    image = random.integers(0, 256, (600, 40, 3), np.uint8)
    matte = np.clip(random.normal(0.5, 0.6, (600, 40)), 0, 1).astype(np.float32)
    ahead, behind = estimate(image.astype(np.float32) / np.float32(255), matte)
    alpha = np.rint(matte * np.float32(255))[:, :, None]
    bytes_of = [np.rint(colours * np.float32(255)).clip(0, 255).astype(np.uint8) for colours in (ahead, behind)]
    layers = separate(image, matte)
    assert (layers.foreground == np.where(alpha == 255, image, bytes_of[0])).all()
    assert (layers.background == np.where(alpha == 0, image, bytes_of[1])).all()


def test_the_estimator_gets_no_copies_and_changes_nothing_of_what_it_gets():
    random = np.random.default_rng(4)
    colours = random.random((300, 400, 3)).astype(np.float32)
    alpha = random.random((600, 800)).astype(np.float32)[::2, ::2]
    before = colours.copy(), alpha.copy()
    estimate(colours[:40, :40], alpha[:40, :40])  # loads it
    tracemalloc.start()
    try:
        found = estimate(colours, alpha)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4.5 * colours.nbytes, "two results, what the estimator reduces, and half of the size before"
    plain = sys.modules["pymatting.foreground.estimate_foreground_ml"].estimate_foreground_ml
    for own_one, other in zip(found, plain(colours, alpha, return_background=True), strict=True):
        assert (own_one == other).all() and type(own_one) is np.ndarray
    assert (colours == before[0]).all() and (alpha == before[1]).all()


@pytest.mark.parametrize("step", [1, 2])
def test_arrays_that_cannot_be_written_are_read(step):
    random = np.random.default_rng(5)
    colours, alpha = random.random((40, 60, 3)).astype(np.float32), random.random((40, 60)).astype(np.float32)
    expected = estimate(colours[::step, ::step], alpha[::step, ::step])
    for array in (colours, alpha):
        array.setflags(write=False)
    found = estimate(colours[::step, ::step], alpha[::step, ::step])
    assert all((one == other).all() for one, other in zip(found, expected, strict=True))
