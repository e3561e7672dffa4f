"""The comparison with others, at sizes that take seconds: that it runs, and that it compares what it says."""

import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image

from tests.benchmarks.beside.expressions import clipseg, measured
from tests.benchmarks.beside.graphs import SIDES, build
from tests.benchmarks.beside.processes import ROOT, TooMuch, run
from tests.benchmarks.beside.rembg_shaped import found, trimap


@pytest.mark.parametrize("name", SIDES)
def test_a_network_has_the_size_that_its_paper_states(name):
    network = build(name)
    assert round(sum(weight.numel() for weight in network.parameters()) / 1e6, 1) == 44.0
    with torch.inference_mode():
        masks = network(torch.rand(1, 3, 70, 70))  # not a multiple of 32, as 320 is not one of 64
    assert len(masks) == (7 if name == "u2net" else 6)
    assert all(mask.shape == (1, 1, 70, 70) and 0 <= mask.min() and mask.max() <= 1 for mask in masks)


def test_the_unknown_band_is_as_wide_as_the_erosion_makes_it():
    mask = np.zeros((80, 90), np.uint8)
    mask[:, 40:] = 255
    row = trimap(mask)[40]
    assert set(row[:30]) == {0} and set(row[60:80]) == {255}
    assert 8 <= (row[30:60] == 128).sum() <= 10  # two erosions by a square of 10, half of it on each side


def test_a_mask_goes_through_the_size_of_the_network():
    image, mask = Image.new("RGB", (200, 100), "white"), Image.new("L", (1000, 500))
    mask.paste(255, (500, 0, 1000, 500))
    seen = []

    def network(pixels):
        seen.append(pixels)
        return np.random.default_rng(0).random((1, 1, 20, 20), np.float32)

    large = np.asarray(found(image, network, 20, mask))
    assert seen[0].shape == (1, 3, 20, 20) and seen[0].dtype == np.float32
    assert np.allclose(seen[0][0, :, 0, 0], [2.2489, 2.4286, 2.64], atol=1e-3)  # white, by ImageNet's numbers
    assert large.shape == (100, 200) and set(large[:, 20]) == {0} and set(large[:, 180]) == {255}
    assert 10 <= (np.abs(large[50].astype(int) - 128) < 120).sum() <= 40  # as soft as 20 pixels make it


def test_clipseg_answers_for_a_whole_image_by_its_words():
    image = np.random.default_rng(0).integers(0, 256, (60, 90, 3), dtype=np.uint8)
    ask = clipseg()
    one, other = ask(image, "a dog", True), ask(image, "the red cup", False)
    assert one.shape == (60, 90) and 0 <= one.min() and one.max() <= 1
    assert np.abs(one - other).max() > 0


def test_the_second_expression_is_about_the_same_image():
    asked = []

    def ask(image, words, new):
        asked.append((words, new))
        return np.zeros(image.shape[:2], np.float32)

    numbers = measured(ask, np.zeros((4, 6, 3), np.uint8), rounds=2)
    assert [new for _, new in asked] == [True, True, False, True, False]
    assert asked[1][0] != asked[2][0] and set(numbers) == {"first", "first_cpu", "second", "second_cpu"}


def test_what_a_process_may_take_is_bounded():
    with pytest.raises(TooMuch, match="0.5 GiB"):
        run(["timeit", "-n1", "-r1", "bytearray(2**31)"], gibibytes=0.5)
    with pytest.raises(TooMuch, match="minutes"):
        run(["timeit", "-n1", "-r1", "import time; time.sleep(60)"], minutes=0.01)
    spent, said = run(["timeit", "-n1", "-r1", "bytearray(2**27).find(1)"])
    assert "loop" in said and spent.mebibytes > 128 and 0 < spent.user <= spent.seconds + 0.1


def test_the_command_measures_and_writes_its_page(tmp_path):
    page = tmp_path / "beside.md"
    command = ["-m", "tests.benchmarks.beside", "--parts", "cut", "batch", "--rounds", "1", "--megapixels", "0.2"]
    command += ["--expression-megapixels", "0.1", "--matting-megapixels", "0.1", "--batch", "2", "--runtime", "torch"]
    command += ["--networks", "U2-Net 320", "--work", str(tmp_path), "--page", str(page), "--busy", "in a test"]
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    numbers = json.loads((tmp_path / "results.json").read_text())
    rows = numbers["cut"]["rows"]
    # The import is most of both, and the command leaves without taking torch apart.
    assert rows["`rim-editor matte`"]["user"] > rows["`import torch`"]["user"] / 2 > 0
    assert all(row["mebibytes"] > 100 for part in ("cut", "batch") for row in numbers[part]["rows"].values())
    for ours, theirs in (("ours.png", "theirs/u2net/0.2.png"), ("batch-out/00.png", "theirs/u2net/00.png")):
        one, other = (np.asarray(Image.open(tmp_path / path).getchannel("A"), int) for path in (ours, theirs))
        assert one.shape == other.shape and np.abs(one - other).mean() < 10  # both have cut out the same thing
    text = page.read_text()
    assert "in a test" in text and text.count("| U2-Net 320 |") == 2 and "Wanted: 3 times as fast" in text
