"""What an edit takes of memory, by the real program: `pytest tests/benchmarks/test_memory.py -m benchmark -s`.

The highest resident memory of `rim-editor matte` on a large photograph, above that of the same command on a tiny one,
which is the loaded program, by the pixels of the image. RIM_EDITOR_MEGAPIXELS chooses another size than 24.
"""

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

pytestmark = pytest.mark.benchmark
SAMPLE = Path(__file__).parents[2] / "resources/samples/still_life.jpg"
MEGAPIXELS = float(os.environ.get("RIM_EDITOR_MEGAPIXELS", "24"))
# The options of each, and the bytes a pixel that it may take: what it takes now and a tenth, 16 where it can.
EDITS = {
    "cutout": ([], 16),
    "cutout, keep colours": (["--keep-colours"], 16),
    "matte": (["--edit", "matte"], 9),
    "matte, 16 bits": (["--edit", "matte", "--depth", "16"], 10),
    "highlight": (["--edit", "highlight"], 15),
    "highlight, blur": (["--edit", "highlight", "--style", "blur"], 16),
    "solid": (["--edit", "solid", "--color", "#336699"], 14),
    "solid, inverted": (["--edit", "solid", "--color", "#336699", "--invert"], 16),
    "gradient": (["--edit", "gradient"], 16),
    "background": (["--edit", "background", "--background", "{image}"], 17),
    "shadow and outline": (["--edit", "solid", "--shadow", "usual", "--outline", "usual"], 17),
    "feathered, holes filled": (["--feather", "20", "--shift-edge", "10", "--fill-holes"], 16),
    "trimmed": (["--trim", "--margin", "5%"], 14),
}


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    """The sample at 24 megapixels, and a tiny one."""
    folder = tmp_path_factory.mktemp("photographs")
    image = cv2.imread(str(SAMPLE))
    factor = np.sqrt(MEGAPIXELS * 1e6 / (image.shape[0] * image.shape[1]))
    large = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    for name, pixels in {"large": large, "tiny": cv2.resize(image, (96, 64), interpolation=cv2.INTER_AREA)}.items():
        cv2.imwrite(str(folder / f"{name}.jpg"), pixels)
    return folder, large.shape[0] * large.shape[1]


def peak(image, options, out):
    """The highest resident memory of one command, in bytes."""
    arguments = [each.format(image=image) for each in options]
    command = [sys.executable, "-m", "rim_editor", "matte", str(image), "the sunflower", "-o", str(out), "--force"]
    process = subprocess.Popen([*command, "--best-guess", *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_maxrss * 1024


@pytest.fixture(scope="module")
def loaded(photographs, tmp_path_factory):
    """What the program takes with its model, beside any photograph, in bytes."""
    return peak(photographs[0] / "tiny.jpg", [], tmp_path_factory.mktemp("loaded") / "out.png")


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_stays_below_its_bar(name, photographs, loaded, tmp_path):
    folder, pixels = photographs
    options, bar = EDITS[name]
    whole = peak(folder / "large.jpg", options, tmp_path / "out.png")
    found = (whole - loaded) / pixels
    print(  # noqa: T201 - the benchmark's result
        f"\n{name}: {found:.1f} bytes a pixel above {loaded / 2**20:.0f} MiB, {whole / 2**20:.0f} MiB; the bar is {bar}"
    )
    assert found <= bar
