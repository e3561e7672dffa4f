"""Parts of a reduced image, judged by OpenCV, which reduces the whole."""

import cv2
import numpy as np
import pytest

from rim_editor.documents.area_reduction import reduced


@pytest.mark.parametrize(
    ("size", "small"),
    [
        ((90, 130), (72, 104)), ((301, 217), (300, 215)), ((200, 333), (17, 29)), ((64, 96), (32, 48)),
        ((60, 90), (20, 30)), ((60, 91), (20, 31)), ((50, 70), (50, 70)), ((97, 3), (1, 1)), ((1500, 900), (3, 700)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("channels", [1, 4])
def test_parts_are_those_of_the_whole(size, small, channels):
    random = np.random.default_rng(0)
    values = random.random((*size, channels), np.float32) * np.float32(255)
    planes = [cv2.resize(plane, small[::-1], interpolation=cv2.INTER_AREA) for plane in cv2.split(values)]
    whole = np.dstack([plane.reshape(small) for plane in planes])
    asked = []

    def read(rows, columns):
        asked.append((rows, columns))
        return values[rows, columns]

    for _ in range(8):
        part = []
        for length in small:
            start = int(random.integers(0, length))
            part.append(slice(start, int(random.integers(start, length)) + 1))
        found = reduced(read, size, small, *part)
        np.testing.assert_allclose(found, whole[*part], rtol=0, atol=1e-3)
    assert all(rows.stop <= size[0] and columns.stop <= size[1] for rows, columns in asked)


def test_the_mean_stays_and_little_is_read_at_once():
    most = 0

    def read(rows, columns):
        nonlocal most
        most = max(most, (rows.stop - rows.start) * (columns.stop - columns.start))
        y = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None, None]
        return np.broadcast_to(y, (len(y), columns.stop - columns.start, 1))

    found = reduced(read, (100_000, 300), (999, 7), slice(0, 999), slice(0, 7))
    assert found.mean() == pytest.approx(49_999.5, rel=1e-4)
    assert np.abs(np.diff(found[:, 3, 0]) - 100_000 / 999).max() < 0.1
    assert most < 2**20
