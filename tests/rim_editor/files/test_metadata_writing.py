"""Metadata in output files, read back by Pillow, psd-tools and the reader of the next image."""

import warnings

import numpy as np
import pytest
from PIL import Image

from clipmat.image_files import read
from clipmat.image_metadata import Metadata
from rim_editor.errors import EditorWarning
from rim_editor.files import openraster_writing, photoshop_writing
from rim_editor.files.formats import encoded
from rim_editor.files.raster_layers import RasterLayer

XMP = '<x:xmpmeta xmlns:x="adobe:ns:meta/" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:rights="© Ann"/>'.encode()
IPTC = b"\x1c\x02\x5a\0\x04Bern\x1c\x02\x6e\0\x03Ann"
PIXELS = np.random.default_rng(0).integers(0, 256, (24, 40, 3), np.uint8)


def exif(**tags):
    found = Image.Exif()
    found[0x013B] = "Ann"
    return found.tobytes()


EVERYTHING = Metadata(exif(), XMP, IPTC, (300.0, 150.0))


def written(path, metadata, pixels=PIXELS):
    path.write_bytes(encoded(path, pixels, metadata, None))
    return path


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif"])
@pytest.mark.parametrize("grey", [False, True])
def test_all_of_it_travels(tmp_path, suffix, grey):
    path = written(tmp_path / f"a{suffix}", EVERYTHING, PIXELS[..., 0] if grey else PIXELS)
    found = read(path).metadata
    assert b"Ann" in found.exif
    assert "© Ann".encode() in found.xmp
    assert np.abs(np.array(found.resolution) - (300, 150)).max() < 0.02
    assert found.iptc == IPTC
    if suffix == ".png":  # where Pillow knows no IPTC; the form is ImageMagick's
        with Image.open(path) as image:
            image.load()
            assert bytes.fromhex("".join(image.text["Raw profile type iptc"].split("\n")[3:])) == IPTC


def test_iptc_is_where_other_programs_look_for_it(tmp_path):
    from PIL.IptcImagePlugin import getiptcinfo

    for suffix in (".jpg", ".tif"):
        with Image.open(written(tmp_path / f"a{suffix}", EVERYTHING)) as image:
            assert getiptcinfo(image) == {(2, 90): b"Bern", (2, 110): b"Ann"}


@pytest.mark.parametrize("suffix", [".webp", ".avif"])
def test_what_a_format_cannot_hold_is_reported_and_the_rest_travels(tmp_path, suffix):
    with pytest.warns(EditorWarning, match=f"IPTC data .* to '.*{suffix}': it was left out; .png and .tiff hold it"):
        found = read(written(tmp_path / f"a{suffix}", EVERYTHING)).metadata
    assert b"Ann" in found.exif and "© Ann".encode() in found.xmp
    with Image.open(tmp_path / f"a{suffix}") as image:
        tags = image.getexif()
    assert (float(tags[0x011A]), float(tags[0x011B]), tags[0x0128]) == (300, 150, 2)


@pytest.mark.parametrize("kind", ["exif", "xmp", "iptc"])
def test_what_is_too_long_for_a_jpeg_is_left_out_with_a_warning(tmp_path, kind):
    long = {"exif": b"Exif\0\0" + bytes(65_600), "xmp": XMP + b" " * 65_600, "iptc": b"\x1c\x02\x5a\xff\xff" * 13_200}
    metadata = Metadata(**{kind: long[kind]})
    with pytest.warns(EditorWarning, match=f"{kind.upper()} data is too long for"):
        written(tmp_path / "a.jpg", metadata)
    assert read(tmp_path / "a.jpg").metadata == Metadata()


def test_lengths_just_below_the_limit_fit(tmp_path):
    xmp = XMP.ljust(65_533 - 29)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        written(tmp_path / "a.jpg", Metadata(xmp=xmp, iptc=b"\x1c\x02\x5a\x7f\xff".ljust(32_772, b"x")))
    assert len(read(tmp_path / "a.jpg").metadata.iptc) == 32_772


def test_nothing_is_written_where_there_is_nothing(tmp_path):
    for suffix in (".png", ".jpg", ".tif", ".webp", ".avif"):
        assert read(written(tmp_path / f"a{suffix}", Metadata())).metadata == Metadata()


def test_openraster_has_it_in_the_merged_image(tmp_path):
    from io import BytesIO
    from zipfile import ZipFile

    file = BytesIO()
    openraster_writing.write(file, [RasterLayer("one", PIXELS)], PIXELS, EVERYTHING)
    content = file.getvalue()
    with ZipFile(BytesIO(content)) as archive:
        (tmp_path / "merged.png").write_bytes(archive.read("mergedimage.png"))
    assert "© Ann".encode() in read(tmp_path / "merged.png").metadata.xmp


def test_photoshop_files_have_it_in_their_resources():
    from io import BytesIO

    from psd_tools import PSDImage
    from psd_tools.constants import Resource

    file = BytesIO()
    photoshop_writing.write(file, [RasterLayer("one", PIXELS)], PIXELS, EVERYTHING)
    content = file.getvalue()
    found = PSDImage.open(BytesIO(content)).image_resources
    assert found.get_data(Resource.XMP_METADATA) == XMP
    assert found.get_data(Resource.IPTC_NAA) == IPTC
    assert b"Ann" in found.get_data(Resource.EXIF_DATA_1)
    resolution = found.get_data(Resource.RESOLUTION_INFO)
    assert (resolution.horizontal / 65536, resolution.vertical / 65536) == (300, 150)
