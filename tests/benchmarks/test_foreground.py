"""Colours of a soft edge at 24 megapixels, beside pymatting on the same work: `pytest -m benchmark -s`."""

import time

import cv2
import numpy as np
import pytest

from clipmat.foreground import separate
from tests.pymatting_colours import pymattings

pytestmark = pytest.mark.benchmark


def seconds(act, rounds):
    """Of the processor, the least of several rounds, after one that compiles and loads."""
    act()
    spent = []
    for _ in range(rounds):
        start = time.process_time()
        act()
        spent.append(time.process_time() - start)
    return min(spent)


def separated(image, matte):
    """Both sides, whole."""
    found = separate(image, matte)
    return found.foreground.whole(), found.background.whole()


@pytest.fixture(scope="module")
def scene():
    """A blob with a soft outline and strands all around, 6000 x 4000."""
    random = np.random.default_rng(0)
    drawn = np.zeros((2000, 3000), np.uint8)
    cv2.ellipse(drawn, (1500, 1100), (600, 700), 0, 0, 360, 255, -1)
    for turn in random.uniform(0, 2 * np.pi, 400):
        reach = random.uniform(1.0, 1.3, 2) * (600, 700)
        end = (int(1500 + reach[0] * np.cos(turn)), int(1100 + reach[1] * np.sin(turn)))
        cv2.line(drawn, (1500, 1100), end, 255, int(random.integers(1, 4)), cv2.LINE_AA)
    matte = cv2.resize(drawn, (6000, 4000), interpolation=cv2.INTER_CUBIC).astype(np.float32) / 255
    image = cv2.resize(random.integers(0, 256, (40, 60, 3), np.uint8), (6000, 4000), interpolation=cv2.INTER_CUBIC)
    return image, matte


def test_colours_are_separated_in_less_than_a_quarter_of_pymattings_time(scene):
    image, matte = scene
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    ours = seconds(lambda: separated(image, matte), 3)
    cv2.setNumThreads(before)
    theirs = seconds(lambda: pymattings(image, matte), 2)
    mixed = ((matte > 1 / 255) & (matte < 254 / 255)).mean()
    print(f"\n24 MP, {mixed:.1%} mixed: {ours:.2f} s, pymatting {theirs:.2f} s, ratio {ours / theirs:.2f}")  # noqa: T201
    assert ours < theirs / 4
