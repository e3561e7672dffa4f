"""Which picture of a file is read: thumbnails, previews, pages, frames. Files by Pillow and pillow-heif."""

import struct
from contextlib import nullcontext

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from clipmat.errors import ImageUnreadable, ImageWarning
from clipmat.image_files import count_pages, read
from tests.tiff_files import LONG, layout, write_tiff

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
OTHERS = "holds several pages or frames: the first is read"


def multi_page(path, *pages):
    """A TIFF of (size, colour, tags) each."""
    images = []
    for size, colour, tags in pages:
        image = Image.new("RGB", size, colour)
        image.encoderinfo = {"tiffinfo": tags}
        images.append(image)
    images[0].save(path, save_all=True, append_images=images[1:], tiffinfo=pages[0][2])
    return path


def with_sub_directory(path, size, colour, flag):
    """A TIFF whose first directory is a small green picture, and whose full one is in a directory below it."""
    full = layout(*size, 2, 8, 3, bytes(colour) * (size[0] * size[1]))
    return write_tiff(path, layout(8, 6, 2, 8, 3, bytes(GREEN) * 48) | {254: (LONG, [flag]), "below": [full]})


@pytest.mark.parametrize("flag", [1, 0])
def test_a_thumbnail_first_is_passed_over(tmp_path, flag):
    path = multi_page(tmp_path / "a.tif", ((20, 15), GREEN, {254: flag}), ((80, 60), RED, {254: 0}))
    opened = read(path)
    assert opened.pixels.shape == (60, 80, 3) and (opened.pixels == RED).all()


@pytest.mark.parametrize("flag", [1, 0])
def test_the_full_picture_may_be_in_a_directory_below(tmp_path, flag):
    opened = read(with_sub_directory(tmp_path / "a.tif", (40, 30), RED, flag))
    assert opened.pixels.shape == (30, 40, 3) and (opened.pixels == RED).all()


def test_smaller_versions_after_the_picture_are_none_of_the_users_business(tmp_path):
    pages = [((80, 60), RED, {}), ((40, 30), GREEN, {254: 1}), ((20, 15), GREEN, {}), ((80, 60), BLUE, {254: 4})]
    opened = read(multi_page(tmp_path / "a.tif", *pages))  # a warning would fail
    assert opened.pixels.shape == (60, 80, 3) and (opened.pixels == RED).all()


@pytest.mark.parametrize("sizes", [[(40, 30), (40, 30)], [(40, 30), (30, 40)], [(40, 30), (80, 40)]])
def test_the_first_of_several_pages_with_a_warning(tmp_path, sizes):
    path = multi_page(tmp_path / "a.tif", (sizes[0], RED, {}), (sizes[1], BLUE, {}))
    with pytest.warns(ImageWarning, match=OTHERS):
        opened = read(path)
    assert opened.pixels.shape[1::-1] == sizes[0] and (opened.pixels == RED).all()
    assert (read(path, page=1).pixels == RED).all()
    assert (read(path, page=2).pixels == BLUE).all() and count_pages(path) == 2
    with pytest.raises(ImageUnreadable, match="no page 3: it holds 2 pages or frames, choose one from 1 to 2"):
        read(path, page=3)


def test_directories_in_a_circle_end(tmp_path):
    path = multi_page(tmp_path / "a.tif", ((40, 30), RED, {}))
    content = bytearray(path.read_bytes())
    (first,) = struct.unpack_from("<I", content, 4)
    (count,) = struct.unpack_from("<H", content, first)
    struct.pack_into("<I", content, first + 2 + 12 * count, first)
    path.write_bytes(content)
    assert (read(path).pixels == RED).all()


@pytest.mark.parametrize("suffix", [".gif", ".png", ".webp", ".avif"])
def test_the_first_frame_of_an_animation_and_another_on_request(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    frames = [Image.new("RGB", (16, 16), colour) for colour in (RED, BLUE)]
    options = {"lossless": True} if suffix == ".webp" else {"quality": 100} if suffix == ".avif" else {}
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=100, **options)
    with pytest.warns(ImageWarning, match=OTHERS):
        assert np.abs(read(path).pixels.astype(int) - RED).max() < 8
    assert np.abs(read(path, page=2).pixels.astype(int) - BLUE).max() < 8 and count_pages(path) == 2
    with pytest.raises(ImageUnreadable, match="no page 3"):
        read(path, page=3)


def test_the_main_image_of_a_heic_that_holds_several(tmp_path):
    heic = pillow_heif.from_pillow(Image.new("RGB", (64, 64), RED))
    heic.add_from_pillow(Image.new("RGB", (64, 64), BLUE))
    heic.save(tmp_path / "a.heic", quality=95, primary_index=1)
    with pytest.warns(ImageWarning, match=OTHERS):
        assert np.abs(read(tmp_path / "a.heic").pixels.astype(int) - BLUE).max() < 12
    assert np.abs(read(tmp_path / "a.heic", page=1).pixels.astype(int) - RED).max() < 12


@pytest.mark.parametrize(("size", "warned"), [((64, 48), True), ((16, 12), False)])
def test_a_second_view_in_a_jpeg_is_reported_and_a_gain_map_is_not(tmp_path, size, warned):
    first, second = Image.new("RGB", (64, 48), RED), Image.new("RGB", size, BLUE)
    first.save(tmp_path / "a.jpg", "MPO", save_all=True, append_images=[second], quality=95)
    with pytest.warns(ImageWarning, match=OTHERS) if warned else nullcontext():
        opened = read(tmp_path / "a.jpg")
    assert opened.pixels.shape == (48, 64, 3) and np.abs(opened.pixels.astype(int) - RED).max() < 8
    assert np.abs(read(tmp_path / "a.jpg", page=2).pixels.astype(int) - BLUE).max() < 8


def test_one_picture_has_a_page_1_and_no_other(tmp_path):
    Image.new("RGB", (8, 8), RED).save(tmp_path / "a.png")
    assert (read(tmp_path / "a.png", page=1).pixels == RED).all()
    with pytest.raises(ImageUnreadable, match="no page 2: it holds one page or frame"):
        read(tmp_path / "a.png", page=2)


def test_a_truncated_page_is_still_shown_in_part(tmp_path):
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8))
    noise.save(tmp_path / "a.tif")
    content = (tmp_path / "a.tif").read_bytes()
    (directory,) = struct.unpack_from("<I", content, 4)
    assert directory == 8  # so that cutting off the end leaves it
    (tmp_path / "a.tif").write_bytes(content[: len(content) // 2])
    with pytest.warns(ImageWarning, match="% of it is shown"):
        assert read(tmp_path / "a.tif").pixels.shape == (60, 80, 3)
