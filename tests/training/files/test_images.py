import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from training.files.images import by_stem, image_files, read_cutout, read_image, read_matte, read_pair, refuse_empty
from training.files.labels import LayoutError

RAMP = np.tile(np.arange(0, 256, 4, dtype=np.uint8), (48, 1))


def png16(path, samples, color=0):
    """A 16-bit PNG by the bytes of its specification."""
    height, width = samples.shape[:2]

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 16, color, 0, 0, 0)
    lines = b"".join(b"\0" + line.astype(">u2").tobytes() for line in samples)
    code = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + code)
    return path


def test_sixteen_bits_of_a_matte_are_scaled_not_clipped(tmp_path):
    samples = np.linspace(0, 65535, 64 * 32).reshape(32, 64).astype(np.uint16)
    matte = read_matte(png16(tmp_path / "a.png", samples))
    np.testing.assert_allclose(matte, samples / 65535, atol=1e-6)
    assert matte.dtype == np.float32 and len(np.unique(matte)) > 256


def test_sixteen_bits_of_an_image_and_of_its_alpha_become_eight(tmp_path):
    gray = read_image(png16(tmp_path / "g.png", np.full((8, 9), 0x8080, np.uint16)))
    assert gray.shape == (8, 9, 3) and (gray == 128).all()
    rgba = np.zeros((8, 9, 4), np.uint16) + np.array([0xFFFF, 0x8080, 0, 0x4040], np.uint16)
    image, matte = read_cutout(png16(tmp_path / "c.png", rgba, color=6))
    assert (image == (255, 128, 0)).all()
    np.testing.assert_allclose(matte, 64 / 255, atol=1e-6)


def test_orientation_is_applied_to_images_and_mattes(tmp_path):
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[:10, :15] = 255  # upper left
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown a quarter turn to the right
    Image.fromarray(pixels).save(tmp_path / "a.jpg", exif=exif, quality=95)
    for shown in (read_image(tmp_path / "a.jpg"), read_matte(tmp_path / "a.jpg")[..., None] * 255):
        assert shown.shape[:2] == (60, 40)
        assert shown[:12, -8:].mean() > 240 and shown[20:].mean() < 15
    small = read_image(tmp_path / "a.jpg", 30)
    assert small.shape == (30, 20, 3) and small[:5, -4:].mean() > 230


def test_palettes_cmyk_gray_and_alpha_become_rgb(tmp_path):
    pixels = np.zeros((16, 16, 3), np.uint8) + np.array([200, 30, 60], np.uint8)
    made = Image.fromarray(pixels)
    made.quantize(4).save(tmp_path / "palette.png")
    made.convert("CMYK").save(tmp_path / "cmyk.jpg", quality=100)
    made.convert("CMYK").save(tmp_path / "cmyk.tif")
    made.convert("RGBA").save(tmp_path / "alpha.png")
    for name in ("palette.png", "cmyk.jpg", "cmyk.tif", "alpha.png"):
        shown = read_image(tmp_path / name)
        assert shown.shape == (16, 16, 3)
        np.testing.assert_allclose(shown, pixels, atol=4)
    made.convert("L").save(tmp_path / "gray.png")
    assert (np.ptp(read_image(tmp_path / "gray.png"), axis=2) == 0).all()


def test_colours_are_converted_from_the_profile_of_the_file(tmp_path):
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.fromarray(np.full((8, 8, 3), 130, np.uint8)).save(tmp_path / "srgb.png", icc_profile=lab)
    assert (read_image(tmp_path / "srgb.png") == 130).all()
    Image.fromarray(np.full((8, 8, 3), 130, np.uint8)).save(tmp_path / "bad.png", icc_profile=b"none")
    with pytest.warns(UserWarning, match=r"bad\.png.*taken as sRGB"):
        assert (read_image(tmp_path / "bad.png") == 130).all()


def test_a_matte_is_an_alpha_where_there_is_one_else_brightness(tmp_path):
    black = np.zeros((*RAMP.shape, 3), np.uint8)
    Image.fromarray(np.dstack([black, RAMP])).save(tmp_path / "alpha.png")
    Image.fromarray(RAMP).save(tmp_path / "gray.png")
    Image.fromarray(np.dstack([RAMP] * 3 + [np.full_like(RAMP, 255)])).save(tmp_path / "opaque.png")
    Image.fromarray(RAMP > 99).save(tmp_path / "bits.png")
    for name in ("alpha.png", "gray.png", "opaque.png"):
        np.testing.assert_allclose(read_matte(tmp_path / name), RAMP / 255, atol=1e-6)
    np.testing.assert_array_equal(read_matte(tmp_path / "bits.png"), (RAMP > 99).astype(np.float32))


def test_a_large_image_is_read_smaller_with_its_matte_in_place(tmp_path):
    pixels = np.zeros((600, 900, 3), np.uint8)
    pixels[200:400, 300:600] = 250
    Image.fromarray(pixels).save(tmp_path / "a.jpg", quality=95)
    Image.fromarray(pixels[..., 0]).save(tmp_path / "a.png")
    image, matte = read_pair(tmp_path / "a.jpg", tmp_path / "a.png", 90)
    assert image.shape == (60, 90, 3) and matte.shape == (60, 90)
    assert np.abs(image[..., 0] / 255 - matte).mean() < 0.02


def test_faults_name_the_file(tmp_path):
    with pytest.raises(LayoutError, match=r"gone\.png' does not exist"):
        read_image(tmp_path / "gone.png")
    Image.fromarray(RAMP).save(tmp_path / "whole.png")
    code = (tmp_path / "whole.png").read_bytes()
    (tmp_path / "half.png").write_bytes(code[: len(code) // 2])
    (tmp_path / "text.png").write_text("no image")
    (tmp_path / "empty.png").write_bytes(b"")
    for name in ("half.png", "text.png", "empty.png"):
        for read in (read_image, read_matte, read_cutout):
            with pytest.raises(LayoutError, match=name.replace(".", r"\.")):
                read(tmp_path / name)
    with pytest.raises(LayoutError, match=r"whole\.png has no alpha: save it as RGBA"):
        read_cutout(tmp_path / "whole.png")
    Image.fromarray(RAMP.astype(np.float32) * 3).save(tmp_path / "float.tif")
    with pytest.raises(LayoutError, match=r"float\.tif has 32-bit samples without a fixed white"):
        read_matte(tmp_path / "float.tif")


def test_sizes_that_differ_name_both_files(tmp_path):
    Image.new("RGB", (30, 20)).save(tmp_path / "a.jpg")
    Image.new("L", (20, 30), 255).save(tmp_path / "b.png")
    with pytest.raises(LayoutError, match=r"a\.jpg is 30x20 but .*b\.png is 20x30"):
        read_pair(tmp_path / "a.jpg", tmp_path / "b.png")


def test_a_matte_of_zeros_and_ones_is_told_from_one_of_0_and_255(tmp_path):
    matte = np.zeros((9, 9), np.float32)
    matte[4] = 1 / 255
    with pytest.raises(LayoutError, match=r"m\.png shows no object.*0 and 255"):
        refuse_empty(matte, tmp_path / "m.png")
    refuse_empty(matte * 3, tmp_path / "m.png")


def test_files_are_found_by_name_and_two_of_a_name_are_refused(tmp_path):
    for name in ("b.PNG", "a.jpg", "note.txt", ".hidden.png"):
        (tmp_path / name).touch()
    assert [path.name for path in image_files(tmp_path)] == ["a.jpg", "b.PNG"]
    assert image_files(tmp_path / "gone") == ()
    (tmp_path / "a.tif").touch()
    with pytest.raises(LayoutError, match=r"a\.jpg and a\.tif have the same name"):
        by_stem(tmp_path)


def test_transparent_pixels_keep_their_own_colour(tmp_path):
    pixels = np.zeros((8, 9, 4), np.uint8) + np.array([10, 200, 30, 64], np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    assert (read_image(tmp_path / "a.png") == (10, 200, 30)).all(), "not mixed with white, as the editor shows it"
