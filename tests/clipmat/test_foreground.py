"""Where the estimator comes from, and that its colours are pymatting's; what it does is judged in test_edits.py."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest

from clipmat.foreground import separate


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


@cache
def pymattings_module():
    """The one file of pymatting that is wanted: `import pymatting` compiles every solver that it has, for a minute."""
    path = Path(find_spec("pymatting").origin).parent / "foreground" / "estimate_foreground_ml.py"
    spec = spec_from_file_location("pymatting.foreground.estimate_foreground_ml", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pymattings(image, matte):
    """Foreground and background as pymatting, an implementation of others, estimates them."""
    estimate_foreground_ml = pymattings_module().estimate_foreground_ml
    found = estimate_foreground_ml(image / np.float32(255), matte, return_background=True)
    alpha = np.rint(matte * np.float32(255))[:, :, None]
    ahead, behind = (np.rint(colours * np.float32(255)).clip(0, 255).astype(np.uint8) for colours in found)
    return np.where(alpha == 255, image, ahead), np.where(alpha == 0, image, behind)


@pytest.mark.parametrize("shape", [(1, 2), (3, 200), (20, 32), (33, 20), (64, 64), (300, 211)])
def test_the_colours_are_those_of_pymatting_to_the_bit(shape):
    random = np.random.default_rng(3)
    image = random.integers(0, 256, (*shape, 3), np.uint8)
    matte = np.clip(random.normal(0.5, 0.6, shape), 0, 1).astype(np.float32)
    matte[0, 0], matte[-1, -1] = 0.3, 0.7  # the box is the whole image
    foreground, background = pymattings(image, matte)
    found = separate(image, matte)
    assert (found.foreground == foreground).all()
    assert (found.background == background).all()


def test_no_image_in_float_is_held():
    pytest.importorskip("resource")
    code = """
import resource, sys
import numpy as np
from clipmat.foreground import separate, warm_up
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
    assert (found.foreground == expected.foreground).all() and (found.background == expected.background).all()
    assert (image == before[0]).all() and (matte == before[1]).all()


def test_several_threads_separate_at_once():
    random = np.random.default_rng(6)
    image, matte = random.integers(0, 256, (90, 70, 3), np.uint8), random.random((90, 70)).astype(np.float32)
    expected = separate(image, matte)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: separate(image, matte), range(12)):
            assert (found.foreground == expected.foreground).all()
            assert (found.background == expected.background).all()
