"""Raw files: DNG files written here (Adobe's DNG specification 1.4), developed by rawpy or refused with the remedy."""

import importlib.util

import numpy as np
import pytest

from clipmat import raw_images
from clipmat.errors import ImageUnreadable, ImageUnsupported
from clipmat.image_files import read
from tests.tiff_files import ASCII, BYTE, LONG, RATIONAL, SHORT, SIGNED, layout, write_tiff

WIDTH, HEIGHT = 96, 64


def dng(path, *, orientation=1, compression=1, dng_tags=True):
    """A raw file of a grey scene whose left half is dark, under a light that needs no balance; a preview first."""
    scene = np.full((HEIGHT, WIDTH), 40_000, "<u2")
    scene[:, : WIDTH // 2] = 4_000
    sensor = layout(WIDTH, HEIGHT, 32803, 16, 1, scene.tobytes()) | {
        254: (LONG, [0]),
        259: (SHORT, [compression]),
        33421: (SHORT, [2, 2]),
        33422: (BYTE, [0, 1, 1, 2]),
        50714: (LONG, [0]),
        50717: (LONG, [65535]),
    }
    # From XYZ to the camera's colours: those of linear sRGB under D65, so that grey stays grey.
    matrix = (3.2405, -1.5371, -0.4985, -0.9693, 1.8760, 0.0416, 0.0556, -0.2040, 1.0572)
    of_dng = {
        50706: (BYTE, [1, 4, 0, 0]),
        50708: (ASCII, list(b"Test Cam\0")),
        50721: (SIGNED, [(round(value * 10_000), 10_000) for value in matrix]),
        50728: (RATIONAL, [(1, 1)] * 3),
        50778: (SHORT, [21]),
    }
    first = layout(12, 8, 2, 8, 3, bytes(3 * 12 * 8)) | {
        254: (LONG, [1]),
        271: (ASCII, list(b"Test\0")),
        272: (ASCII, list(b"Test Cam\0")),
        274: (SHORT, [orientation]),
        315: (ASCII, list(b"Ann\0")),
        "below": [sensor],
        **(of_dng if dng_tags else {}),
    }
    return write_tiff(path, first)


@pytest.mark.parametrize("suffix", [".dng", ".tif"])
def test_a_raw_file_is_developed_at_its_full_size(tmp_path, suffix):
    pytest.importorskip("rawpy")
    opened = read(dng(tmp_path / f"a{suffix}"))
    assert opened.pixels.shape == (HEIGHT, WIDTH, 3)
    dark, light = opened.pixels[20:-20, 8 : WIDTH // 2 - 8], opened.pixels[20:-20, WIDTH // 2 + 8 : -8]
    assert light.mean() > dark.mean() + 60
    assert np.ptp(opened.pixels[32, WIDTH // 2 + 16].astype(int)) <= 6  # grey
    assert b"Ann" in opened.metadata.exif
    assert read(tmp_path / f"a{suffix}", page=1).pixels.shape == (HEIGHT, WIDTH, 3)
    with pytest.raises(ImageUnreadable, match="no page 2"):
        read(tmp_path / f"a{suffix}", page=2)


def test_a_raw_file_is_developed_upright(tmp_path):
    pytest.importorskip("rawpy")
    pixels = read(dng(tmp_path / "a.dng", orientation=6)).pixels
    assert pixels.shape == (WIDTH, HEIGHT, 3)
    assert pixels[: WIDTH // 2 - 8].mean() < pixels[WIDTH // 2 + 8 :].mean()  # the left is on top


def test_a_raw_file_that_cannot_be_developed_is_one_line(tmp_path):
    pytest.importorskip("rawpy")
    with pytest.raises(ImageUnreadable, match="cannot be developed .* another raw developer"):
        read(dng(tmp_path / "a.dng", compression=8))  # whole numbers are not to be deflated in a DNG


def test_without_rawpy_the_remedy_is_named_and_the_preview_never_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(
        ImageUnsupported, match=r"camera's raw file: install rawpy with pip install 'rim-editor\[raw\]'"
    ):
        read(dng(tmp_path / "a.dng"))
    with pytest.raises(ImageUnsupported, match="camera's raw file"):
        read(dng(tmp_path / "a.nef", dng_tags=False))


@pytest.mark.parametrize(
    "head",
    [
        b"FUJIFILMCCD-RAW 0201FF", b"\0\0\0\x18ftypcrx \0\0\0\1", b"II\x1a\0\0\0HEAPCCDR", b"FOVb\0\0", b"\0MRM\0\1",
        b"IIRO\x08\0\0\0", b"IIU\0\x18\0\0\0", b"II*\0\x10\0\0\0CR\x02\0", b"II*\0\x08\0\0\0IIIITwaR",
    ],
)  # fmt: skip
def test_files_of_other_cameras_are_recognised_by_their_beginning(tmp_path, monkeypatch, head):
    assert raw_images.is_raw(head, ())
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    (tmp_path / "a.jpg").write_bytes(head.ljust(200, b"\0"))
    with pytest.raises(ImageUnsupported, match="raw file"):
        read(tmp_path / "a.jpg")


@pytest.mark.parametrize(
    "head",
    [b"\xff\xd8\xff\xe0\0\x10JFIF", b"II*\0\x08\0\0\0\x0c\0\0\1", b"\0\0\0\x18ftypheic", b"II*\0\x08\0\0\0IIIIIIII"],
)
def test_other_images_are_none(head):
    assert not raw_images.is_raw(head, ())
