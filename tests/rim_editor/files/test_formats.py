"""Encoding: what Pillow and OpenCV read back."""

from io import BytesIO

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from clipmat.image_metadata import Metadata
from rim_editor.errors import EditorWarning, OutputUnsupported
from rim_editor.files.formats import encoded

LOSSLESS, LOSSY = [".png", ".tif", ".tiff"], [".jpg", ".jpeg", ".webp", ".avif"]
RANDOM = np.random.default_rng(0)


def noise(*shape, kind=np.uint8):
    return RANDOM.integers(0, np.iinfo(kind).max + 1, shape, kind)


def smooth(channels):
    y, x = np.mgrid[:48, :64]
    planes = [x * 3 + 20, y * 4 + 30, 255 - x * 2, np.full_like(x, 255)][:channels]
    return np.stack(planes, axis=-1).astype(np.uint8)


def write(path, pixels, quality=None, **metadata):
    path.write_bytes(encoded(path, pixels, Metadata(**metadata), quality))


@pytest.mark.parametrize("suffix", LOSSLESS)
@pytest.mark.parametrize("shape", [(9, 7), (9, 7, 3), (9, 7, 4), (1, 1), (1, 1, 4)])
def test_pillow_reads_back_every_bit(tmp_path, suffix, shape):
    pixels, path = noise(*shape), tmp_path / f"a{suffix}"
    write(path, pixels)
    with Image.open(path) as image:
        assert (np.asarray(image) == pixels).all()


@pytest.mark.parametrize("suffix", LOSSLESS)
def test_sixteen_bits_stay_sixteen(tmp_path, suffix):
    pixels = noise(9, 7, kind=np.uint16)
    write(tmp_path / f"a{suffix}", pixels)
    assert (cv2.imread(str(tmp_path / f"a{suffix}"), cv2.IMREAD_UNCHANGED) == pixels).all()


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from([3, 4]))
def test_any_size_is_written_as_png(tmp_path_factory, height, width, channels):
    pixels, path = noise(height, width, channels), tmp_path_factory.mktemp("any") / "a.png"
    write(path, pixels)
    with Image.open(path) as image:
        image.verify()
    with Image.open(path) as image:
        assert (np.asarray(image) == pixels).all()


@pytest.mark.parametrize(("suffix", "channels"), [*((suffix, 3) for suffix in LOSSY), (".webp", 4), (".avif", 4)])
def test_lossy_formats_come_close(tmp_path, suffix, channels):
    pixels, path = smooth(channels), tmp_path / f"a{suffix}"
    write(path, pixels, quality=95)
    with Image.open(path) as image:
        assert np.abs(np.asarray(image.convert("RGBA"))[..., :channels].astype(int) - pixels).max() <= 12


def test_a_webp_of_100_is_lossless(tmp_path):
    pixels = noise(20, 20, 4)
    write(tmp_path / "a.webp", pixels, quality=100)
    with Image.open(tmp_path / "a.webp") as image:
        assert (np.asarray(image) == pixels).all()


@pytest.mark.parametrize("suffix", LOSSY)
def test_less_quality_takes_less_room(tmp_path, suffix):
    pixels = noise(64, 64, 3)
    for quality in (30, 95):
        write(tmp_path / f"{quality}{suffix}", pixels, quality=quality)
    assert (tmp_path / f"30{suffix}").stat().st_size < (tmp_path / f"95{suffix}").stat().st_size


@pytest.mark.parametrize("suffix", LOSSLESS + LOSSY)
def test_colours_are_tagged_as_srgb(tmp_path, suffix):
    write(tmp_path / f"a{suffix}", smooth(3))
    with Image.open(tmp_path / f"a{suffix}") as image:
        if suffix == ".png":
            assert image.info["srgb"] == 0
        else:
            profile = ImageCms.ImageCmsProfile(BytesIO(image.info["icc_profile"]))
            assert "sRGB" in ImageCms.getProfileDescription(profile)


@pytest.mark.parametrize("suffix", LOSSLESS + LOSSY)
def test_exif_travels_along(tmp_path, suffix):
    exif = Image.Exif()
    exif[0x013B] = "Ann"
    exif[0x9C9B] = "title".encode("utf-16le")
    exif[0x011A] = 300.0
    exif[0x8769] = {0x9003: "2024:05:06 07:08:09", 0x829A: 0.02, 0x9286: b"ASCII\0\0\0words", 0xA002: 64}
    exif[0x8825] = {1: "N", 2: (47.0, 30.0, 0.5)}
    write(tmp_path / f"a{suffix}", smooth(3), exif=exif.tobytes())
    with Image.open(tmp_path / f"a{suffix}") as image:
        assert image.getexif()[0x013B] == "Ann"
        assert image.getexif()[0x9C9B] == "title".encode("utf-16le")
        details = image.getexif().get_ifd(0x8769)
        assert details[0x9003] == "2024:05:06 07:08:09"
        assert details[0x829A] == 0.02
        assert details[0x9286] == b"ASCII\0\0\0words"
        assert details[0xA002] == 64
        assert image.getexif().get_ifd(0x8825)[2] == (47.0, 30.0, 0.5)
    if suffix != ".avif":
        assert cv2.imread(str(tmp_path / f"a{suffix}")).shape == (48, 64, 3)


def test_exif_too_long_for_jpeg_is_left_out_with_a_warning(tmp_path):
    with pytest.warns(EditorWarning, match="too long"):
        write(tmp_path / "a.jpg", smooth(3), exif=b"Exif\0\0" + bytes(70_000))


@pytest.mark.parametrize("suffix", LOSSLESS + LOSSY)
def test_the_same_result_is_the_same_file(tmp_path, suffix):
    for name in "ab":
        write(tmp_path / f"{name}{suffix}", smooth(3))
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


def test_suffixes_are_read_in_any_case(tmp_path):
    write(tmp_path / "A.PNG", smooth(3))
    with Image.open(tmp_path / "A.PNG") as image:
        assert image.format == "PNG"


def test_a_webp_too_wide_names_another_format(tmp_path):
    with pytest.raises(OutputUnsupported, match="16383 pixels.*png"):
        write(tmp_path / "a.webp", np.zeros((1, 16384, 3), np.uint8))
