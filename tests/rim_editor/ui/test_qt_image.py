"""Pixels between numpy and Qt, judged by Pillow and by Qt's own pixel reader."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QColorSpace, QImage, QPixmap

from clipmat.errors import ImageUnreadable
from clipmat.image_metadata import Metadata
from rim_editor.ui.qt_image import to_array, to_opened_image, to_qimage

SHAPES = st.tuples(st.integers(1, 9), st.integers(1, 9)) | st.tuples(
    st.integers(1, 9), st.integers(1, 9), st.sampled_from([3, 4])
)


@given(pixels=arrays.arrays(np.uint8, SHAPES))
def test_every_pixel_is_where_it_was(pixels):
    image = to_qimage(pixels)
    assert (image.height(), image.width()) == pixels.shape[:2]
    for y in range(image.height()):
        for x in range(image.width()):
            wanted = np.atleast_1d(pixels[y, x]).tolist()
            wanted = wanted * 3 if len(wanted) == 1 else wanted
            assert list(image.pixelColor(x, y).getRgb())[: len(wanted)] == wanted


@given(pixels=arrays.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(4))))
def test_there_and_back_is_the_same(pixels):
    assert np.array_equal(to_array(to_qimage(pixels)), pixels)


def test_nothing_is_copied_of_whole_images_and_of_parts():
    pixels = np.zeros((40, 50, 3), np.uint8)
    whole, part = to_qimage(pixels), to_qimage(pixels[10:20, 5:25])
    pixels[10, 5] = (7, 8, 9)
    assert whole.pixelColor(5, 10).getRgb()[:3] == (7, 8, 9) == part.pixelColor(0, 0).getRgb()[:3]


@pytest.mark.parametrize("turn", [np.flipud, np.fliplr, lambda a: a.transpose(1, 0, 2), lambda a: a[::2, ::3]])
def test_other_orders_of_memory_look_right_too(turn):
    pixels = turn(np.random.default_rng(1).integers(0, 256, (12, 9, 3), dtype=np.uint8))
    assert np.array_equal(to_array(to_qimage(pixels))[..., :3], pixels)


def test_read_only_pixels_are_taken_and_kept_alive():
    pixels = np.full((200, 300, 4), 77, np.uint8)
    pixels.setflags(write=False)
    image = to_qimage(pixels)
    del pixels
    junk = [np.zeros((200, 300, 4), np.uint8) for _ in range(20)]
    assert image.pixelColor(299, 199).getRgb() == (77, 77, 77, 77) and junk


@pytest.mark.parametrize("pixels", [np.zeros((4, 4)), np.zeros((4, 4, 2), np.uint8), np.zeros((0, 4, 3), np.uint8)])
def test_what_is_no_image_is_refused(pixels):
    with pytest.raises(ValueError, match="no image"):
        to_qimage(pixels)


def from_pillow(image):
    file = io.BytesIO()
    image.save(file, "PNG")
    return QImage.fromData(QByteArray(file.getvalue()))


def test_an_opaque_paste_is_its_colours_and_nothing_else():
    pixels = np.random.default_rng(2).integers(0, 256, (20, 31, 3), dtype=np.uint8)
    got = to_opened_image(from_pillow(Image.fromarray(pixels)))
    assert np.array_equal(got.pixels, pixels) and got.alpha is None and got.path is None and got.metadata == Metadata()
    assert got.pixels.flags.c_contiguous


def test_a_transparent_paste_is_on_white_as_pillow_does_it():
    pixels = np.random.default_rng(3).integers(0, 256, (20, 31, 4), dtype=np.uint8)
    source = Image.fromarray(pixels)
    got = to_opened_image(from_pillow(source))
    white = Image.new("RGB", source.size, "white")
    wanted = np.asarray(Image.composite(source.convert("RGB"), white, source.getchannel("A")))
    assert np.array_equal(got.alpha, pixels[..., 3])
    assert np.abs(got.pixels.astype(int) - wanted).max() <= 1


@pytest.mark.parametrize("mode", ["L", "P", "1", "LA", "I;16"])
def test_other_kinds_of_pixels_are_converted(mode):
    grey = np.tile(np.linspace(0, 255, 16, dtype=np.uint8), (4, 1))
    image = Image.fromarray(grey)
    image = Image.fromarray(grey.astype(np.uint16) * 257) if mode == "I;16" else image.convert(mode)
    got = to_opened_image(from_pillow(image))
    reference = np.asarray(image.convert("L")) if mode != "I;16" else grey
    assert np.array_equal(got.pixels[..., 0], reference) and got.alpha is None


def test_a_pixmap_is_taken(qapp):
    image = from_pillow(Image.new("RGB", (8, 6), (10, 200, 30)))
    got = to_opened_image(QPixmap.fromImage(image))
    assert got.pixels.shape == (6, 8, 3) and np.abs(got.pixels.astype(int) - (10, 200, 30)).max() <= 8


def test_other_colour_spaces_become_srgb():
    colours = np.array([(100, 150, 120), (60, 90, 200), (180, 120, 110)], np.uint8)
    image = from_pillow(Image.fromarray(colours[None]))
    image.setColorSpace(QColorSpace(QColorSpace.NamedColorSpace.DisplayP3))
    # CSS Color 4: both share the transfer curve; this takes linear Display P3 to linear sRGB.
    matrix = np.array([(1.2249, -0.2247, 0), (-0.0420, 1.0419, 0), (-0.0197, -0.0786, 1.0979)])
    share = colours / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4) @ matrix.T
    wanted = 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear.clip(0) ** (1 / 2.4) - 0.055)
    assert np.abs(to_opened_image(image).pixels[0] - wanted).max() <= 1.5


@pytest.mark.parametrize("kind", [QImage, QPixmap])
def test_nothing_is_a_mistake_with_a_remedy(qapp, kind):
    with pytest.raises(ImageUnreadable, match="copy an image"):
        to_opened_image(kind())


def test_no_room_is_a_lack_of_memory(monkeypatch):
    monkeypatch.setattr(QImage, "convertToFormat", lambda *_: QImage())
    with pytest.raises(MemoryError):
        to_opened_image(QImage(4, 4, QImage.Format.Format_RGB32))
