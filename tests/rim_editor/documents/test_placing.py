"""A large object in a large image is placed a band of rows at a time, whoever reads it in whatever order."""

import numpy as np
import pytest

from clipmat.foreground import separate
from rim_editor.documents.composition import Placement
from rim_editor.documents.placing import placed

HEIGHT, WIDTH = 1650, 1800
RADIUS = 790


@pytest.fixture(scope="module")
def disc():
    """A soft disc about the middle of an image whose colours run from left to right."""
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    matte = np.clip((RADIUS - np.hypot(x - WIDTH / 2 + 0.5, y - HEIGHT / 2 + 0.5)) / 8 + 0.5, 0, 1)
    pixels = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    pixels[:] = (x * (255 / WIDTH))[..., None]
    return pixels, matte


@pytest.mark.parametrize("scale", [0.94, 1.04])
def test_the_object_is_whole_and_where_it_belongs(disc, scale):
    pixels, matte = disc
    colours, cover = placed(separate(pixels, matte).foreground, matte, Placement(0.05, -0.02, scale, 0), (0.5, 0.5))
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    right, down = WIDTH / 2 - 0.5 + 0.05 * WIDTH, HEIGHT / 2 - 0.5 - 0.02 * HEIGHT
    soft = np.clip((RADIUS * scale - np.hypot(x - right, y - down)) / (8 * scale) + 0.5, 0, 1)
    found = cover[:]
    assert np.abs(found - soft).max() < 0.1 and np.abs(found - soft).mean() < 1e-3
    inside = soft > 0.5
    wanted = ((x - right) / scale + WIDTH / 2 - 0.5) * (255 / WIDTH)
    assert np.abs(colours[:].astype(int)[..., 1] - wanted)[inside].max() <= 3


def test_strips_in_any_order_are_those_of_the_whole(disc):
    pixels, matte = disc
    colours, cover = placed(pixels, matte, Placement(0.02, 0.03, 0.95, 20), (0.5, 0.5))
    assert not isinstance(cover, np.ndarray)
    whole = colours[:], cover[:]
    random = np.random.default_rng(0)
    for start in random.integers(0, HEIGHT, 20):
        rows = slice(int(start), min(HEIGHT, int(start) + int(random.integers(1, 700))))
        columns = slice(300, 1000)
        assert (cover[rows] == whole[1][rows]).all() and (colours[rows, columns] == whole[0][rows, columns]).all()
