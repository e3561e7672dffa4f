"""Colour spaces that are stated without an ICC profile, and which statement counts: files made here, chunk by chunk.

Right values come from matrices and formulas of the standards, not from the profiles that are made of them.
"""

import struct
import zlib
from io import BytesIO

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms

from clipmat.colour_codes import CodePoints
from clipmat.colour_profiles import BT709, Chromaticities, power, profile, srgb
from clipmat.errors import ImageWarning
from clipmat.image_files import read

COLOUR = (180, 120, 90)
REC709 = ((0.3127, 0.3290), (0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
P3 = ((0.3127, 0.3290), (0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
BT2020 = ((0.3127, 0.3290), (0.708, 0.292), (0.170, 0.797), (0.131, 0.046))
ADOBE = ((0.3127, 0.3290), (0.64, 0.33), (0.21, 0.71), (0.15, 0.06))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(path, image, *chunks):
    """A PNG with chunks between its header and its pixels."""
    image.save(path)
    content = path.read_bytes()
    path.write_bytes(content[:33] + b"".join(chunks) + content[33:])
    return path


def gamma(value):
    return chunk(b"gAMA", struct.pack(">I", round(value * 100_000)))


def chromaticities(points):
    return chunk(b"cHRM", struct.pack(">8I", *(round(value * 100_000) for point in points for value in point)))


def icc(data):
    return chunk(b"iCCP", b"test\0\0" + zlib.compress(data))


def code_points(primaries, transfer, full=1):
    return chunk(b"cICP", bytes((primaries, transfer, 0, full)))


def to_xyz(points):
    """The matrix from linear RGB to XYZ; SMPTE RP 177."""
    (white, *primaries) = [np.array((x / y, 1, (1 - x - y) / y)) for x, y in points]
    columns = np.array(primaries).T
    return columns * np.linalg.solve(columns, white)


def encoded(linear):
    """IEC 61966-2-1."""
    linear = np.clip(linear, 0, 1)
    return 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def decoded(colour):
    value = np.array(colour) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def converted(linear, points):
    """To sRGB from linear RGB of a space whose white is D65."""
    return encoded(np.linalg.solve(to_xyz(REC709), to_xyz(points) @ linear))


def solid(colour=COLOUR, mode="RGB"):
    return Image.new(mode, (8, 8), colour)


def seen(path):
    return read(path).pixels[0, 0].astype(int)


def test_cicp_of_display_p3(tmp_path):
    assert np.abs(seen(png(tmp_path / "a.png", solid((234, 51, 35)), code_points(12, 13))) - (255, 0, 0)).max() <= 2
    wanted = converted(decoded(COLOUR), P3)
    assert np.abs(wanted - COLOUR).max() > 8
    assert np.abs(seen(png(tmp_path / "b.png", solid(), code_points(12, 13))) - wanted).max() <= 2


def test_cicp_of_bt2020_and_of_another_gamma(tmp_path):
    wanted = converted((np.array(COLOUR) / 255) ** 2.8, BT2020)
    assert np.abs(seen(png(tmp_path / "a.png", solid(), code_points(9, 5))) - wanted).max() <= 2


def test_cicp_of_video_range(tmp_path):
    image = Image.fromarray(np.array([[[16] * 3, [235] * 3, [126] * 3]], np.uint8))
    pixels = read(png(tmp_path / "a.png", image, code_points(1, 13, full=0))).pixels[0, :, 0]
    assert np.abs(pixels - np.array([0, 255, 128])).max() <= 1


@pytest.mark.parametrize("mode", ["RGBA", "P", "LA"])
def test_other_modes_are_converted_too(tmp_path, mode):
    image = solid((*COLOUR, 255), "RGBA").convert(mode)
    grey = image.convert("RGB").getpixel((0, 0))
    path = png(tmp_path / "a.png", image, code_points(12, 13))
    assert np.abs(seen(path) - converted(decoded(grey), P3)).max() <= 2


def test_gamma(tmp_path):
    assert np.abs(seen(png(tmp_path / "a.png", solid((55,) * 3), gamma(1.0))) - 128).max() <= 1
    assert np.abs(seen(png(tmp_path / "b.png", solid(55, "L"), gamma(1.0))) - 128).max() <= 1
    wanted = encoded((np.array(COLOUR) / 255) ** 1.8)
    assert np.abs(seen(png(tmp_path / "c.png", solid(), gamma(1 / 1.8))) - wanted).max() <= 2


def test_gamma_of_sixteen_bits(tmp_path):
    grey = Image.fromarray(np.full((8, 8), round(0.2158 * 65535), np.uint16))
    assert np.abs(seen(png(tmp_path / "a.png", grey, gamma(1.0))) - 128).max() <= 1


def test_the_gamma_that_srgb_images_have_changes_nothing(tmp_path):
    ramp = Image.fromarray(np.arange(256, dtype=np.uint8)[None, :, None].repeat(3, 2))
    for number, chunks in enumerate(([gamma(0.45455)], [gamma(0.45455), chromaticities(vars(BT709).values())])):
        path = png(tmp_path / f"{number}.png", ramp, *chunks)
        assert (read(path).pixels[0, :, 0] == np.arange(256)).all()


def test_gamma_with_chromaticities(tmp_path):
    path = png(tmp_path / "a.png", solid(), gamma(1 / 2.2), chromaticities(ADOBE))
    assert np.abs(seen(path) - converted(decoded(COLOUR), ADOBE)).max() <= 2
    path = png(tmp_path / "b.png", solid(), chromaticities(P3))
    assert np.abs(seen(path) - converted(decoded(COLOUR), P3)).max() <= 2


def test_what_comes_first_counts_in_a_png(tmp_path):
    linear, p3 = profile(BT709, power(1.0)), Chromaticities(*P3)
    srgb_chunk = chunk(b"sRGB", b"\0")
    by_p3 = converted(decoded(COLOUR), P3)
    for number, (chunks, wanted) in enumerate([
        ([gamma(1.0), srgb_chunk], COLOUR),
        ([gamma(1.0), chromaticities(P3), srgb_chunk, icc(profile(p3, srgb))], by_p3),
        ([icc(linear), code_points(12, 13)], by_p3),
        ([icc(linear), code_points(1, 13)], COLOUR),
        ([gamma(1.0), code_points(2, 2)], COLOUR),
        ([gamma(1.0), icc(profile(p3, srgb))], by_p3),
        ([icc(profile(p3, srgb)), code_points(99, 13)], by_p3),
    ]):  # fmt: skip
        path = png(tmp_path / f"{number}.png", solid(), *chunks)
        assert np.abs(seen(path) - wanted).max() <= 2, number


@pytest.mark.parametrize(
    "chunks",
    [
        [gamma(0)], [gamma(1e-5)], [gamma(40_000)], [code_points(99, 13)], [code_points(1, 99)],
        [chromaticities([(0, 0)] * 4)], [chromaticities([(0.3, 0.3)] * 4), gamma(1.0)],
        [chunk(b"cHRM", b"\xff" * 32)],
    ],
)  # fmt: skip
def test_nonsense_is_left_out_with_a_warning(tmp_path, chunks):
    path = png(tmp_path / "a.png", solid(), *chunks)
    with pytest.warns(ImageWarning, match="taken as sRGB"):
        assert (seen(path) == COLOUR).all()


@pytest.mark.parametrize("transfer", [16, 18])
def test_high_dynamic_range_is_compressed_with_a_word(tmp_path, transfer):
    ramp = Image.fromarray(np.arange(256, dtype=np.uint8)[None, :, None].repeat(3, 2))
    path = png(tmp_path / "a.png", ramp, code_points(9, transfer))
    with pytest.warns(ImageWarning, match="high dynamic range: its lights were compressed"):
        grey = read(path).pixels[0, :, 1].astype(int)
    assert (np.diff(grey) >= 0).all() and grey[0] <= 1 and grey[-1] >= 225
    # ITU-R BT.2408: a grey card of 26 cd/m2 is at 38 % in both; beside paper of 203 it is 128 cd/m2 / 1000 of light.
    assert abs(grey[round(0.38 * 255)] - encoded(26 / 203)) <= 8


def test_nclx_of_a_heic(tmp_path):
    pillow_heif.register_heif_opener()
    heic = pillow_heif.from_pillow(Image.new("RGB", (64, 64), COLOUR))
    heic.save(tmp_path / "a.heic", quality=100, chroma=444, color_primaries=12, transfer_characteristics=13)
    with Image.open(tmp_path / "a.heic") as image:
        if image.info.get("nclx_profile", {}).get("color_primaries") != 12:
            pytest.skip("this pillow-heif writes no other primaries")
    assert np.abs(seen(tmp_path / "a.heic") - converted(decoded(COLOUR), P3)).max() <= 5


def with_nclx(path, primaries, transfer):
    """An AVIF of COLOUR whose nclx has these codes."""
    Image.new("RGB", (64, 64), COLOUR).save(path, quality=100, subsampling="4:4:4")
    content = bytearray(path.read_bytes())
    at = content.index(b"colrnclx") + 8
    struct.pack_into(">HH", content, at, primaries, transfer)
    path.write_bytes(content)
    return path


def test_nclx_of_an_avif(tmp_path):
    assert np.abs(seen(with_nclx(tmp_path / "a.avif", 12, 13)) - converted(decoded(COLOUR), P3)).max() <= 4
    assert np.abs(seen(with_nclx(tmp_path / "b.avif", 1, 13)) - COLOUR).max() <= 3
    assert np.abs(seen(with_nclx(tmp_path / "c.avif", 1, 1)) - COLOUR).max() <= 3
    assert np.abs(seen(with_nclx(tmp_path / "d.avif", 2, 2)) - COLOUR).max() <= 3
    with pytest.warns(ImageWarning, match="high dynamic range"):
        seen(with_nclx(tmp_path / "e.avif", 9, 16))


def test_a_profile_goes_before_nclx(tmp_path):
    path = tmp_path / "a.avif"
    made = profile(Chromaticities(*ADOBE), srgb)
    Image.new("RGB", (64, 64), COLOUR).save(path, quality=100, subsampling="4:4:4", icc_profile=made)
    assert np.abs(seen(path) - converted(decoded(COLOUR), ADOBE)).max() <= 4


def test_adobe_rgb_of_a_camera(tmp_path):
    def interoperability(mark):
        entries = struct.pack("<HHI4s", 1, 2, 4, mark)
        inner = struct.pack("<H", 1) + struct.pack("<HHII", 0xA005, 4, 1, 44) + bytes(4)
        first = struct.pack("<H", 1) + struct.pack("<HHII", 0x8769, 4, 1, 26) + bytes(4)
        return b"Exif\0\0II*\0\x08\0\0\0" + first + inner + struct.pack("<H", 1) + entries + bytes(4)

    for mark, wanted in ((b"R03\0", converted((np.array(COLOUR) / 255) ** (563 / 256), ADOBE)), (b"R98\0", COLOUR)):
        solid().save(tmp_path / "a.jpg", exif=interoperability(mark), quality=100, subsampling=0)
        assert np.abs(seen(tmp_path / "a.jpg") - wanted).max() <= 3


def test_profiles_agree_with_littlecms(tmp_path):
    solid().save(tmp_path / "own.png", icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    solid().save(tmp_path / "made.png", icc_profile=profile(BT709, srgb))
    assert (seen(tmp_path / "own.png") == COLOUR).all() and (seen(tmp_path / "made.png") == COLOUR).all()


def test_every_code_gives_a_profile_or_none():
    made = [CodePoints(one, other).profile() for one in range(24) for other in range(20)]
    assert sum(each is not None for each in made) == 12 * 15
    for each in filter(None, made):
        ImageCms.ImageCmsProfile(BytesIO(each))
