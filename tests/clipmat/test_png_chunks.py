"""PNG files written chunk by chunk (PNG, third edition): transparent colours at any depth, texts without end."""

import struct
import warnings
import zlib

import numpy as np
import pytest
from PIL import PngImagePlugin

from clipmat.errors import ImageUnreadable, ImageWarning
from clipmat.image_files import read

GREY, COLOUR = 0, 2


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(path, samples, bits, kind, *, before=b"", behind=b""):
    """`samples` are HxW or HxWx3 whole numbers of so many bits; `before` and `behind` are chunks around the pixels."""
    height, width = samples.shape[:2]
    rows = b""
    for row in samples.reshape(height, -1):
        digits = "".join(f"{value:0{bits}b}" for value in row)
        digits += "0" * (-len(digits) % 8)
        rows += b"\0" + bytes(int(digits[at : at + 8], 2) for at in range(0, len(digits), 8))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0))
    data = header + before + chunk(b"IDAT", zlib.compress(rows)) + behind + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + data)
    return path


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
def test_one_grey_is_transparent_at_any_depth(tmp_path, bits):
    white = 2**bits - 1
    samples = np.array([[0, white, white // 2], [white, 0, white]])
    for key in {0, white // 2, white}:
        path = png(tmp_path / "a.png", samples, bits, GREY, before=chunk(b"tRNS", struct.pack(">H", key)))
        opened = read(path)
        assert (opened.alpha == np.where(samples == key, 0, 255)).all(), key
        shown = np.where(samples == key, 255, samples * 255 / white)
        assert np.abs(opened.pixels[..., 0] - shown).max() <= 0.51


def test_bits_that_the_samples_do_not_have_do_not_count(tmp_path):
    samples = np.array([[1, 2]])
    path = png(tmp_path / "a.png", samples, 2, GREY, before=chunk(b"tRNS", struct.pack(">H", 0x8001)))
    assert read(path).alpha.tolist() == [[0, 255]]


def test_one_colour_of_sixteen_bits_is_transparent_and_its_neighbours_are_not(tmp_path):
    key = np.array([0x1234, 0x00FF, 0xFF00])
    samples = np.array([[key, key + (1, 0, 0), key + (0, 0, 1)], [key - (0, 1, 0), key[::-1], key]])
    path = png(tmp_path / "a.png", samples, 16, COLOUR, before=chunk(b"tRNS", struct.pack(">3H", *key)))
    opened = read(path)
    assert opened.alpha.tolist() == [[0, 255, 255], [255, 255, 0]]
    assert np.abs(opened.pixels[0, 1] - (key + (1, 0, 0)) / 257).max() <= 1
    far = chunk(b"tRNS", struct.pack(">3H", 1, 2, 3))
    assert read(png(tmp_path / "b.png", samples, 16, COLOUR, before=far)).alpha is None


def test_a_truncated_one_is_still_transparent(tmp_path):
    samples = np.random.default_rng(0).integers(0, 2**16, (60, 50, 3))
    samples[:30, :30] = (1, 2, 3)
    path = png(tmp_path / "a.png", samples, 16, COLOUR, before=chunk(b"tRNS", struct.pack(">3H", 1, 2, 3)))
    path.write_bytes(path.read_bytes()[:-4000])
    with pytest.warns(ImageWarning, match="damaged or incomplete"):
        opened = read(path)
    assert (opened.alpha[:30, :30] == 0).all() and (opened.alpha[:30, 31:] == 255).all()


LONG = b"y" * (PngImagePlugin.MAX_TEXT_CHUNK + 1)
TEXT = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(LONG))


@pytest.mark.parametrize("place", ["before", "behind"])
@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        chunk(b"iTXt", b"Comment\0\1\0\0\0" + zlib.compress(LONG)),
        chunk(b"tEXt", b"a\0short") + TEXT,
        chunk(b"zTXt", b"Comment\0\0" + zlib.compress(LONG[:-9])) * 65,  # each of them is short enough
    ],
    ids=["zTXt", "iTXt", "two", "many"],
)
def test_a_picture_with_a_text_without_end_opens_without_it(tmp_path, place, text):
    samples = np.arange(12).reshape(3, 4)
    path = png(tmp_path / "a.png", samples, 8, GREY, **{place: text})
    content = path.read_bytes()
    with pytest.warns(ImageWarning, match="the text data in .* is too long: it was left out"):
        opened = read(path, whole=True)
    assert (opened.pixels[..., 0] == samples).all() and path.read_bytes() == content


def test_a_profile_without_end_is_left_out_and_the_rest_counts(tmp_path):
    samples = np.full((2, 2, 3), (255, 0, 0))
    profile = chunk(b"iCCP", b"long\0\0" + zlib.compress(LONG))
    path = png(tmp_path / "a.png", samples, 8, COLOUR, before=profile + chunk(b"tRNS", struct.pack(">3H", 255, 0, 0)))
    with pytest.warns(ImageWarning, match="the profile data in .* is too long: it was left out"):
        assert (read(path).alpha == 0).all()


def test_what_is_damaged_as_well_is_one_error(tmp_path):
    path = png(tmp_path / "a.png", np.zeros((2, 2), int), 8, GREY, before=TEXT)
    path.write_bytes(path.read_bytes()[: path.read_bytes().index(b"IDAT") + 6])
    with warnings.catch_warnings(), pytest.raises(ImageUnreadable, match="damaged or incomplete"):
        warnings.simplefilter("ignore")
        read(path)
