"""Kinds of pixels: TIFF files written byte by byte, as Pillow writes few of these."""

import numpy as np
import pytest
from PIL import Image

from clipmat.errors import ImageUnsupported
from clipmat.image_files import load, read
from rim_editor.documents.document import Combine
from rim_editor.files.matte_files import read_matte
from tests.tiff_files import SHORT, layout, write_tiff

RAMP = np.linspace(0, 255, 48).round().astype(np.uint8).reshape(6, 8)


def tiff(path, samples, photometric, bits, *, order="<", extra=None, samples_each=1, sample_format=1):
    """A picture of 8x6 pixels; `samples` are its bytes."""
    tags = layout(8, 6, photometric, bits, samples_each, samples) | {339: (SHORT, [sample_format] * samples_each)}
    return write_tiff(path, tags if extra is None else tags | {338: (SHORT, [extra])}, order=order)


def packed(samples, bits):
    """Samples of fewer than 16 bits, each row packed from the left and filled up to whole bytes."""
    rows = ["".join(f"{value:0{bits}b}" for value in row) for row in samples]
    rows = [row + "0" * (-len(row) % 8) for row in rows]
    return b"".join(bytes(int(row[at : at + 8], 2) for at in range(0, len(row), 8)) for row in rows)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bits", [1, 4, 8, 12, 16])
@pytest.mark.parametrize("white_is_zero", [True, False])
def test_white_is_white_at_any_depth(tmp_path, order, bits, white_is_zero):
    if bits == 12 and order == ">":
        pytest.skip("Pillow lists 12 bits for one byte order only")
    white = 2**bits - 1
    wanted = (RAMP.astype(int) * white / 255).round().astype(int)
    stored = white - wanted if white_is_zero else wanted
    data = stored.astype(f"{order}u2").tobytes() if bits == 16 else packed(stored, bits)
    path = tiff(tmp_path / "a.tif", data, 0 if white_is_zero else 1, bits, order=order)
    assert np.abs(read(path).pixels[..., 0] - wanted * 255 / white).max() <= 1
    matte = read_matte(path, (8, 6), Combine.NEW).matte
    assert np.abs(matte - wanted / white).max() < 1 / 250


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate"])
def test_a_compressed_sixteen_bit_negative_is_none(tmp_path, compression):
    samples = np.linspace(0, 65535, 48).astype(np.uint16).reshape(6, 8)
    Image.fromarray(65535 - samples).save(tmp_path / "a.tif", compression=compression, tiffinfo={262: 0})
    with Image.open(tmp_path / "a.tif") as image:
        assert image.tag_v2[262] == 0
    assert np.abs(read(tmp_path / "a.tif").pixels[..., 0] - samples / 257).max() <= 0.51


@pytest.mark.parametrize("suffix", [".tif", ".png", ".jpg"])
def test_black_is_black_in_other_files(tmp_path, suffix):
    Image.fromarray(RAMP).save(tmp_path / f"a{suffix}", quality=100)
    assert np.abs(read(tmp_path / f"a{suffix}").pixels[..., 0].astype(int) - RAMP).max() <= 2


def test_grey_that_is_multiplied_by_its_alpha_opens_straight(tmp_path):
    alpha = np.full((6, 8), 128, np.uint8)
    alpha[0] = 255
    premultiplied = (RAMP.astype(int) * alpha / 255).round().astype(np.uint8)
    path = tiff(tmp_path / "a.tif", np.dstack([premultiplied, alpha]).tobytes(), 1, 8, extra=1, samples_each=2)
    with Image.open(path) as image:
        assert image.mode == "La"  # which Pillow cannot convert to colours
    opened = read(path)
    assert (opened.alpha == alpha).all()
    shown = RAMP * (alpha / 255) + 255 * (1 - alpha / 255)
    assert np.abs(opened.pixels[..., 0] - shown).max() <= 2
    assert load(path).image.mode == "LA"


def test_colours_that_are_multiplied_by_their_alpha_open_straight(tmp_path):
    data = np.full((6, 8, 4), (100, 50, 0, 128), np.uint8).tobytes()
    path = tiff(tmp_path / "a.tif", data, 2, 8, extra=1, samples_each=4)
    straight = load(path).image.convert("RGBA").getpixel((0, 0))
    assert np.abs(np.array(straight) - (199, 100, 0, 128)).max() <= 1


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("bits", "photometric", "each"), [(8, 2, 3), (16, 2, 3), (16, 2, 4), (8, 5, 4), (16, 5, 4)])
def test_channels_in_planes_of_their_own_are_the_same_picture(tmp_path, order, bits, photometric, each):
    samples = np.random.default_rng(0).integers(0, 2**bits, (6, 8, each))
    extra = {338: (SHORT, [2])} if photometric == 2 and each == 4 else {}  # straight alpha
    paths = []
    for planes, data in ((1, samples), (2, samples.transpose(2, 0, 1))):
        tags = layout(8, 6, photometric, bits, each, data.astype(f"{order}u{bits // 8}").tobytes()) | extra
        if planes == 2:  # a strip for each, one behind the other
            strips = np.split(data.astype(f"{order}u{bits // 8}"), each)
            tags = tags | {"strips": [strip.tobytes() for strip in strips]}
        paths.append(write_tiff(tmp_path / f"{planes}.tif", tags | {284: (SHORT, [planes])}, order=order))
    together, apart = map(read, paths)
    assert (together.pixels == apart.pixels).all()
    assert together.alpha is None or (together.alpha == apart.alpha).all()
    if photometric == 2 and each == 3:
        assert np.abs(apart.pixels - samples * 255 / (2**bits - 1)).max() <= 1


def test_a_negative_of_one_plane_is_none(tmp_path):
    tags = layout(8, 6, 0, 8, 1, (255 - RAMP).tobytes()) | {284: (SHORT, [2])}
    assert (read(write_tiff(tmp_path / "a.tif", tags)).pixels[..., 0] == RAMP).all()


@pytest.mark.parametrize("extra", [1, 2])
def test_grey_and_alpha_in_planes_are_refused_rather_than_made_up(tmp_path, extra):
    data = np.stack([RAMP, np.full_like(RAMP, 128)])
    tags = layout(8, 6, 1, 8, 2, b"") | {"strips": [plane.tobytes() for plane in data]}
    path = write_tiff(tmp_path / "a.tif", tags | {284: (SHORT, [2]), 338: (SHORT, [extra])})
    with pytest.raises(ImageUnsupported, match="save it as RGB or grey"):
        read(path)


def test_one_grey_of_sixteen_bits_may_be_transparent(tmp_path):
    samples = np.full((6, 8), 40_000, np.uint16)
    samples[2] = 1000
    Image.fromarray(samples).save(tmp_path / "a.png", transparency=1000)
    opened = read(tmp_path / "a.png")
    assert (opened.alpha[2] == 0).all() and (opened.alpha[3] == 255).all()
    assert (opened.pixels[3] == round(40_000 / 257)).all()


def test_cmyk_lab_and_ycbcr_of_a_tiff_are_colours(tmp_path):
    for mode, red in (("CMYK", (0, 255, 255, 0)), ("YCbCr", (76, 85, 255))):
        Image.new(mode, (8, 6), red).save(tmp_path / "a.tif")
        assert np.abs(read(tmp_path / "a.tif").pixels.astype(int) - (255, 0, 0)).max() <= 3, mode
    lab = np.full((6, 8, 3), (136, 81, 70), np.uint8)  # red is L 53.2, a 80.1, b 67.2 (CIE 1976, D65)
    path = tiff(tmp_path / "lab.tif", lab.tobytes(), 8, 8, samples_each=3)
    assert np.abs(read(path).pixels.astype(int) - (255, 0, 0)).max() <= 12


@pytest.mark.parametrize(
    ("photometric", "bits", "each", "kind"),
    [
        (1, 32, 1, 3),
        (2, 32, 3, 3),
        (2, 64, 3, 3),
        (8, 16, 3, 1),
        (1, 32, 1, 1),
        (5, 8, 6, 1),
        (1, 24, 1, 1),
        (1, 16, 1, 2),
        (1, 8, 1, 2),
        (2, 8, 3, 2),
    ],
)
def test_what_cannot_be_read_is_one_line(tmp_path, photometric, bits, each, kind):
    data = bytes(range(1, 256)) * 40
    path = tiff(
        tmp_path / "a.tif",
        data[: 48 * each * bits // 8].ljust(48 * each * bits // 8, b"\1"),
        photometric,
        bits,
        samples_each=each,
        sample_format=kind,
    )
    with pytest.raises(ImageUnsupported, match="8 or 16 bits a channel"):
        read(path)
