"""Reading: files written by Pillow, OpenCV and pillow-heif, profiles written here byte by byte."""

import os
import struct
import warnings
import zlib
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps

from clipmat.errors import ImageTooLarge, ImageUnreadable, ImageUnsupported, ImageWarning
from clipmat.image_files import load, read

ORIENTATION, MAKE, ARTIST, COPYRIGHT, EXIF_IFD, GPS_IFD = 0x0112, 0x010F, 0x013B, 0x8298, 0x8769, 0x8825


def corners(height=24, width=40):
    """An image whose every corner has its own colour."""
    pixels = np.full((height, width, 3), 128, np.uint8)
    pixels[:8, :8], pixels[:8, -8:] = (255, 0, 0), (0, 255, 0)
    pixels[-8:, :8], pixels[-8:, -8:] = (0, 0, 255), (255, 255, 0)
    return pixels


def profile(kind, space, connection, tags):
    """An ICC profile of version 2 (ICC.1:2001-04): header, table of tags, data."""
    d50 = struct.pack(">3i", *(round(value * 65536) for value in (0.9642, 1.0, 0.8249)))
    text = b"desc" + bytes(4) + struct.pack(">I", 5) + b"test\0" + bytes(8 + 3 + 67)
    tags = {b"desc": text, b"cprt": b"text" + bytes(4) + b"none\0", b"wtpt": b"XYZ " + bytes(4) + d50, **tags}
    table, body, offset = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += name + struct.pack(">II", offset + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    size = 128 + len(table) + len(body)
    header = struct.pack(">I4sI", size, bytes(4), 0x02400000) + kind + space + connection
    header += struct.pack(">6H", 2020, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + d50 + bytes(48)
    return header + table + body


def display_p3():
    """Display P3 with its primaries adapted to D50 and a plain gamma of 2.2."""
    columns = {b"rXYZ": (0.51512, 0.24120, -0.00105), b"gXYZ": (0.29198, 0.69225, 0.04189)}
    columns[b"bXYZ"] = (0.15710, 0.06657, 0.78407)
    tags = {
        name: b"XYZ " + bytes(4) + struct.pack(">3i", *(round(value * 65536) for value in xyz))
        for name, xyz in columns.items()
    }
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(2.2 * 256))
    return profile(b"mntr", b"RGB ", b"XYZ ", {**tags, b"rTRC": curve, b"gTRC": curve, b"bTRC": curve})


def p3_to_srgb(colour):
    """The published matrix between the two spaces and the formula of IEC 61966-2-1."""
    linear = np.array([[1.2249, -0.2247, 0], [-0.0420, 1.0419, 0], [-0.0197, -0.0786, 1.0979]]) @ (
        (np.array(colour) / 255) ** 2.2
    )
    linear = linear.clip(0, 1)
    return 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def inks(cyan):
    """A CMYK profile whose solid cyan is `cyan` in Lab, paper white, and every other solid black."""
    nodes = bytearray()
    for node in range(16):  # cyan is the slowest
        lightness, a, b = (100, 0, 0) if node == 0 else cyan if node == 8 else (0, 0, 0)
        nodes += bytes((round(lightness * 2.55), a + 128, b + 128))
    identity = struct.pack(">9i", *(65536 * (i % 4 == 0) for i in range(9)))
    ramp = bytes(range(256))
    table = b"mft1" + bytes(4) + bytes((4, 3, 2, 0)) + identity + ramp * 4 + bytes(nodes) + ramp * 3
    return profile(b"prtr", b"CMYK", b"Lab ", {b"A2B0": table})


def lab_to_srgb(lab):
    """CIE 1976 and the Bradford-adapted matrix from D50 to sRGB."""
    fy = (lab[0] + 16) / 116
    f = np.array([fy + lab[1] / 500, fy, fy - lab[2] / 200])
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * (0.9642, 1.0, 0.8249)
    matrix = [[3.1339, -1.6169, -0.4906], [-0.9788, 1.9161, 0.0335], [0.0719, -0.2290, 1.4052]]
    linear = (np.array(matrix) @ xyz).clip(0, 1)
    return 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp"])
def test_every_orientation_comes_out_upright(tmp_path, orientation, suffix):
    # How the standard (CIPA DC-008, 4.6.4 A) says the rows and columns are stored.
    upright = corners()
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.swapaxes(0, 1),
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].swapaxes(0, 1),
        8: np.rot90(upright, -1),
    }[orientation]
    stored = Image.fromarray(np.ascontiguousarray(stored))
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    stored.save(tmp_path / f"a{suffix}", exif=exif, quality=95)
    opened = read(tmp_path / f"a{suffix}")
    assert opened.pixels.shape == (24, 40, 3)
    assert np.abs(opened.pixels[2:6, 2:6] - np.array([255, 0, 0])).max() < 40
    assert np.abs(opened.pixels[-6:-2, 2:6] - np.array([0, 0, 255])).max() < 40
    kept = Image.Exif()
    kept.load(opened.metadata.exif)
    assert ORIENTATION not in kept


def test_useful_exif_is_kept_and_what_tells_of_the_old_file_is_not(tmp_path):
    exif = Image.Exif()
    exif[MAKE], exif[ARTIST], exif[COPYRIGHT], exif[ORIENTATION] = "Maker", "Ann", "(c) Ann", 6
    exif[EXIF_IFD] = {
        0x9003: "2024:05:06 07:08:09",
        0x927C: b"private",
        0xA001: 65535,
        0xA002: 40,
        0xA003: 24,
    }
    exif[GPS_IFD] = {1: "N", 2: (47.0, 30.0, 0.0)}
    Image.fromarray(corners()).save(tmp_path / "a.jpg", exif=exif)
    kept = Image.Exif()
    kept.load(read(tmp_path / "a.jpg").metadata.exif)
    assert (kept[MAKE], kept[ARTIST], kept[COPYRIGHT]) == ("Maker", "Ann", "(c) Ann")
    details = kept.get_ifd(EXIF_IFD)
    assert details[0x9003] == "2024:05:06 07:08:09"
    assert 0x927C not in details
    assert (details[0xA001], details[0xA002], details[0xA003]) == (1, 24, 40)
    assert kept.get_ifd(GPS_IFD)[2] == (47.0, 30.0, 0.0)


def test_the_tags_of_a_tiff_do_not_pass_for_exif(tmp_path):
    Image.fromarray(corners()).save(tmp_path / "a.tif", tiffinfo={ARTIST: "Ann"})
    kept = Image.Exif()
    kept.load(read(tmp_path / "a.tif").metadata.exif)
    assert dict(kept) == {ARTIST: "Ann"}


def test_damaged_exif_is_left_out_with_a_warning_and_the_image_still_turned(tmp_path):
    tags = [struct.pack(">HHIHH", ORIENTATION, 3, 1, 6, 0), struct.pack(">HHI4s", 0x011A, 2, 4, b"abc\0")]
    damaged = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">H", 2) + b"".join(tags) + bytes(4)
    Image.fromarray(corners()).save(tmp_path / "a.png", exif=damaged)
    with pytest.warns(ImageWarning, match="EXIF.*left out"):
        opened = read(tmp_path / "a.png")
    assert opened.metadata.exif == b""
    assert (opened.pixels == np.rot90(corners(), -1)).all()


@pytest.mark.parametrize("garbage", [b"no TIFF header", b"MM\0*\0\0\0\x08\0\x05\x01\x12", b""])
@pytest.mark.filterwarnings("ignore:.*EXIF:UserWarning")
def test_garbage_for_exif_does_not_keep_an_image_from_opening(tmp_path, garbage):
    Image.fromarray(corners()).save(tmp_path / "a.jpg", exif=b"Exif\0\0" + garbage)
    opened = read(tmp_path / "a.jpg")
    assert opened.metadata.exif == b""
    assert opened.pixels.shape == (24, 40, 3)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif"])
def test_display_p3_becomes_srgb(tmp_path, suffix):
    colour = (180, 120, 90)
    options = {"lossless": True} if suffix == ".webp" else {"quality": 100, "subsampling": 0}
    path = tmp_path / f"a{suffix}"
    Image.new("RGB", (16, 16), colour).save(path, icc_profile=display_p3(), **options)
    assert np.abs(read(path).pixels - p3_to_srgb(colour)).max() < 2.5
    assert np.abs(p3_to_srgb(colour) - colour).max() > 8


def test_transparency_survives_a_profile(tmp_path):
    Image.new("RGBA", (4, 4), (180, 120, 90, 60)).save(tmp_path / "a.png", icc_profile=display_p3())
    opened = read(tmp_path / "a.png")
    assert (opened.alpha == 60).all()
    shown = p3_to_srgb((180, 120, 90)) * 60 / 255 + 255 * 195 / 255
    assert np.abs(opened.pixels - shown).max() < 2


def test_an_srgb_profile_leaves_every_pixel_alone(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.fromarray(pixels).save(tmp_path / "a.png", icc_profile=srgb)
    assert (read(tmp_path / "a.png").pixels == pixels).all()


@pytest.mark.parametrize("suffix", [".jpg", ".tif"])
def test_cmyk_goes_by_its_profile(tmp_path, suffix):
    cyan, path = (60, -30, -40), tmp_path / f"a{suffix}"
    Image.new("CMYK", (16, 16), (255, 0, 0, 0)).save(path, icc_profile=inks(cyan), quality=100)
    assert np.abs(read(path).pixels - lab_to_srgb(cyan)).max() < 5
    assert np.abs(lab_to_srgb(cyan) - (0, 255, 255)).max() > 50


def test_cmyk_without_a_profile_goes_by_the_plain_formula(tmp_path):
    Image.new("CMYK", (16, 16), (255, 0, 128, 0)).save(tmp_path / "a.jpg", quality=100)
    assert np.abs(read(tmp_path / "a.jpg").pixels.astype(int) - (0, 255, 127)).max() < 5


@pytest.mark.parametrize("broken", [b"no profile at all", display_p3()[:300], inks((60, -30, -40))])
def test_a_profile_that_does_not_fit_is_left_out_with_a_warning(tmp_path, broken):
    Image.new("RGB", (4, 4), (180, 120, 90)).save(tmp_path / "a.png", icc_profile=broken)
    with pytest.warns(ImageWarning, match="taken as sRGB"):
        opened = read(tmp_path / "a.png")
    assert (opened.pixels == (180, 120, 90)).all()


def test_a_grey_image_may_carry_a_colour_profile(tmp_path):
    Image.new("L", (4, 4), 100).save(tmp_path / "a.png", icc_profile=display_p3())
    pixels = read(tmp_path / "a.png").pixels
    assert np.abs(pixels - p3_to_srgb((100, 100, 100))).max() < 2.5


def test_a_palette_with_transparency(tmp_path):
    image = Image.new("P", (4, 2))
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.putdata([0, 0, 1, 1] * 2)
    image.save(tmp_path / "a.png", transparency=bytes([255, 51]))
    opened = read(tmp_path / "a.png")
    assert (opened.alpha == [[255, 255, 51, 51]] * 2).all()
    assert (opened.pixels[:, :2] == (255, 0, 0)).all()
    assert np.abs(opened.pixels[:, 2:].astype(int) - (204, 204, 255)).max() <= 1


@pytest.mark.parametrize(
    ("mode", "colour", "seen"),
    [
        ("L", 90, (90, 90, 90)),
        ("1", 1, (255, 255, 255)),
        ("RGB", (1, 2, 3), (1, 2, 3)),
        ("P", 0, (0, 0, 0)),
        ("LA", (90, 255), (90, 90, 90)),
        ("RGBA", (1, 2, 3, 255), (1, 2, 3)),
    ],
)
def test_opaque_kinds_of_pixels(tmp_path, mode, colour, seen):
    image = Image.new(mode, (5, 3), colour)
    if mode == "P":
        image.putpalette([0, 0, 0, 9, 9, 9])
    image.save(tmp_path / "a.png")
    opened = read(tmp_path / "a.png")
    assert opened.pixels.dtype == np.uint8
    assert (opened.pixels == seen).all()
    assert opened.pixels.shape == (3, 5, 3)
    assert opened.alpha is None


def test_grey_with_alpha_keeps_its_alpha_and_is_shown_on_white(tmp_path):
    Image.new("LA", (5, 3), (0, 100)).save(tmp_path / "a.png")
    opened = read(tmp_path / "a.png")
    assert (opened.alpha == 100).all()
    assert (opened.pixels == 155).all()


def test_a_transparent_colour_of_a_png_is_transparent(tmp_path):
    Image.new("RGB", (2, 2), (9, 8, 7)).save(tmp_path / "a.png", transparency=(9, 8, 7))
    assert (read(tmp_path / "a.png").alpha == 0).all()


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_sixteen_bits_of_grey_are_scaled_not_clipped(tmp_path, suffix):
    samples = np.linspace(0, 65535, 64).astype(np.uint16).reshape(8, 8)
    cv2.imwrite(str(tmp_path / f"a{suffix}"), samples)
    assert np.abs(read(tmp_path / f"a{suffix}").pixels[..., 0] - samples / 257).max() <= 0.51


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_sixteen_bits_of_colour_are_scaled_not_clipped(tmp_path, suffix):
    samples = np.random.default_rng(1).integers(0, 65536, (8, 8, 3), np.uint16)
    cv2.imwrite(str(tmp_path / f"a{suffix}"), samples)
    assert np.abs(read(tmp_path / f"a{suffix}").pixels[..., ::-1] - samples / 257).max() <= 1


def test_floating_point_is_refused_with_a_remedy(tmp_path):
    Image.fromarray(np.full((4, 4), 0.5, np.float32)).save(tmp_path / "a.tif")
    with pytest.raises(ImageUnsupported, match="8 or 16 bits"):
        read(tmp_path / "a.tif")


@pytest.mark.parametrize("suffix", [".heic", ".jpg"])
def test_heic_opens_by_content_whatever_its_name(tmp_path, suffix):
    heic = pillow_heif.from_pillow(Image.fromarray(corners(64, 96)))
    heic.save(tmp_path / "a.heic", quality=95)
    (tmp_path / "a.heic").rename(tmp_path / f"b{suffix}")
    opened = read(tmp_path / f"b{suffix}")
    assert opened.pixels.shape == (64, 96, 3)
    assert np.abs(opened.pixels[2:5, 2:5] - np.array([255, 0, 0])).max() < 40


def test_a_turned_heic_is_upright_and_turned_once(tmp_path):
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    stored = Image.fromarray(corners(64, 96)).transpose(Image.Transpose.ROTATE_90)
    stored.save(tmp_path / "a.jpg", exif=exif, quality=95)
    pillow_heif.register_heif_opener()
    with Image.open(tmp_path / "a.jpg") as jpeg:
        jpeg.save(tmp_path / "a.heic", exif=jpeg.getexif().tobytes(), quality=95)
    opened = read(tmp_path / "a.heic")
    assert opened.pixels.shape == (64, 96, 3)
    assert np.abs(opened.pixels[2:5, 2:5] - np.array([255, 0, 0])).max() < 40


def test_avif_opens(tmp_path):
    Image.fromarray(corners()).save(tmp_path / "a.avif", quality=95)
    assert np.abs(read(tmp_path / "a.avif").pixels[2:5, 2:5] - np.array([255, 0, 0])).max() < 40


def test_the_first_frame_of_an_animation(tmp_path):
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    with pytest.warns(ImageWarning, match="several pages or frames: the first is read"):
        assert (read(tmp_path / "a.gif").pixels == (255, 0, 0)).all()


def test_a_name_in_any_script(tmp_path):
    path = tmp_path / "цветок 花 ä.png"
    Image.fromarray(corners()).save(path)
    assert (read(path).pixels == corners()).all()


@settings(deadline=None, max_examples=25)
@given(
    st.sampled_from(["1", "L", "LA", "P", "RGB", "RGBA"]),
    st.integers(1, 30),
    st.integers(1, 30),
    st.randoms(),
)
def test_any_png_is_what_pillow_shows_on_white(tmp_path_factory, mode, width, height, random):
    image = Image.frombytes("RGBA", (width, height), random.randbytes(4 * width * height)).convert(mode)
    path = tmp_path_factory.mktemp("any") / "a.png"
    image.save(path)
    expected = Image.new("RGBA", image.size, "white")
    expected.alpha_composite(image.convert("RGBA"))
    assert np.abs(read(path).pixels.astype(int) - np.asarray(expected.convert("RGB"))).max() <= 1


def test_a_missing_file(tmp_path):
    with pytest.raises(ImageUnreadable, match="does not exist: check the name"):
        read(tmp_path / "none.jpg")


def test_a_path_through_a_file(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ImageUnreadable, match="cannot be opened"):
        read(tmp_path / "file" / "a.jpg")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_instead_of_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.jpg")
    with pytest.raises(ImageUnreadable, match="is not a file: name an image file"):
        read(tmp_path / "a.jpg")


def test_a_folder(tmp_path):
    with pytest.raises(ImageUnreadable, match="is a folder"):
        read(tmp_path)


def test_an_empty_file(tmp_path):
    (tmp_path / "a.jpg").touch()
    with pytest.raises(ImageUnreadable, match="empty.*again"):
        read(tmp_path / "a.jpg")


@pytest.mark.parametrize(
    "content",
    [b"I am a letter, no image.\n" * 20, b"x", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"],
)
def test_no_image(tmp_path, content):
    (tmp_path / "a.jpg").write_bytes(content)
    with pytest.raises(ImageUnreadable, match="is not a readable image: use PNG"):
        read(tmp_path / "a.jpg")


def cut_off(path, part, **options):
    """A file of noise, of which only this part is left; returns the noise."""
    pillow_heif.register_heif_opener()
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    Image.fromarray(noise).save(path, **options)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])
    return noise


@pytest.mark.parametrize("suffix", [".webp", ".avif", ".heic", ".jp2"])
@pytest.mark.parametrize("part", [0.3, 0.8])
def test_a_truncated_file_that_gives_nothing(tmp_path, suffix, part):
    cut_off(tmp_path / f"a{suffix}", part)
    with pytest.raises(ImageUnreadable, match=r"again\.|use PNG"):
        read(tmp_path / f"a{suffix}")


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".gif", ".bmp", ".ppm", ".tga"])
def test_a_truncated_file_opens_as_far_as_it_is_readable(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    noise = cut_off(path, 0.5, **({"quality": 98, "subsampling": 0} if suffix == ".jpg" else {}))
    with pytest.warns(ImageWarning, match=r"incomplete \((the file ends|some of its).+\): \d+ % of it is shown"):
        pixels = read(path).pixels
    if suffix != ".gif":  # which has fewer colours
        top = slice(-16, None) if suffix in (".bmp", ".tga") else slice(0, 16)
        assert np.abs(pixels[top].astype(int) - noise[top]).mean() < 6
    with pytest.raises(ImageUnreadable, match=r"damaged or incomplete .* again\."):
        read(path, whole=True)


def test_a_truncated_progressive_jpeg_shows_all_rows_coarsely(tmp_path):
    rows, columns = np.mgrid[:64, :64]
    Image.fromarray(np.dstack([4 * columns, 4 * rows, 0 * rows]).astype(np.uint8)).save(
        tmp_path / "a.jpg", progressive=True, quality=95
    )
    whole = read(tmp_path / "a.jpg").pixels
    (tmp_path / "a.jpg").write_bytes((tmp_path / "a.jpg").read_bytes()[:-60])
    with pytest.warns(ImageWarning, match="what could be decoded is shown"):
        pixels = read(tmp_path / "a.jpg").pixels
    assert np.abs(pixels.astype(int) - whole).mean() < 12


@pytest.mark.parametrize("left", [400, 622])
def test_a_jpeg_of_which_only_the_head_is_left_is_an_error(tmp_path, left):
    cut_off(tmp_path / "a.jpg", 1.0)
    (tmp_path / "a.jpg").write_bytes((tmp_path / "a.jpg").read_bytes()[:left])
    with pytest.raises(ImageUnreadable, match=r"again\.|use PNG"):
        read(tmp_path / "a.jpg")


def test_a_truncated_photograph_is_still_turned_upright_and_reduced(tmp_path):
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    upright = np.kron(np.random.default_rng(1).integers(0, 256, (40, 60, 3), np.uint8), np.ones((8, 8, 1), np.uint8))
    stored = Image.fromarray(np.ascontiguousarray(np.rot90(upright, 1)))
    stored.save(tmp_path / "a.jpg", exif=exif, quality=95)
    content = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "a.jpg").write_bytes(content[: len(content) // 2])
    with pytest.warns(ImageWarning, match="incomplete"):
        opened = read(tmp_path / "a.jpg")
    assert opened.pixels.shape == upright.shape  # the stored top is the right side
    assert np.abs(opened.pixels[:, -120:].astype(int) - upright[:, -120:]).mean() < 20
    with pytest.warns(ImageWarning, match="incomplete"):
        small = load(tmp_path / "a.jpg", side=120, whole=False)
    assert max(small.image.size) < 480 and small.size == (320, 480)


def test_a_bomb_is_named_with_its_size_and_the_limit(tmp_path):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 40000, 40000, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    (tmp_path / "a.png").write_bytes(bomb)
    with pytest.raises(ImageTooLarge, match="1600 megapixels and the limit is 179"):
        read(tmp_path / "a.png")


def test_exif_transpose_of_pillow_agrees(tmp_path):
    exif = Image.Exif()
    exif[ORIENTATION] = 5
    Image.fromarray(corners()).save(tmp_path / "a.png", exif=exif)
    with Image.open(tmp_path / "a.png") as image:
        assert (read(tmp_path / "a.png").pixels == np.asarray(ImageOps.exif_transpose(image))).all()


def test_a_large_image_below_the_limit_opens_without_a_warning(tmp_path, monkeypatch):
    Image.new("RGB", (40, 40)).save(tmp_path / "a.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)  # Pillow warns of a bomb here and refuses at twice as many
    assert read(tmp_path / "a.png").pixels.shape == (40, 40, 3)


def test_a_bitmap_without_the_header_of_a_file_is_read(tmp_path):
    image = Image.fromarray(np.arange(3 * 12 * 10, dtype=np.uint8).reshape(12, 10, 3))
    image.save(tmp_path / "a.dib", "DIB")
    assert (read(tmp_path / "a.dib").pixels == np.asarray(image)).all()


def test_what_a_decoder_warns_of_names_the_file(tmp_path):
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "a scene, described in many words", 1
    Image.new("RGB", (9, 9)).save(tmp_path / "a.jpg", exif=exif.tobytes()[:-40])
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        read(tmp_path / "a.jpg")
    assert shown and all(issubclass(one.category, ImageWarning) for one in shown)
    assert "a.jpg' is damaged in part (Tag data larger than file" in str(shown[-1].message)


def test_a_name_that_cannot_be_one_is_no_damage():
    with pytest.raises(ImageUnreadable, match=r"'/tmp/a\\x00b.png' cannot be the name of a file"):
        read(Path("/tmp/a\0b.png"))


def test_no_page_of_a_large_image_is_a_warning_of_pillow(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 600)  # below the image, which is below twice of it
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (30, 30, 3), np.uint8))
    image.save(tmp_path / "a.jpg", "MPO", save_all=True, append_images=[image])
    image.save(tmp_path / "b.jpg", "JPEG")
    content = (tmp_path / "b.jpg").read_bytes()
    (tmp_path / "b.jpg").write_bytes(content[:-100])  # it is read once more with an end
    for name in ("a.jpg", "b.jpg"):
        with warnings.catch_warnings(record=True) as shown:
            warnings.simplefilter("always")
            read(tmp_path / name)
        assert all(issubclass(one.category, ImageWarning) for one in shown)
