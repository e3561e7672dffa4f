"""OpenRaster files, read with zipfile, ElementTree and Pillow against the text of the specification."""

from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZIP_STORED, ZipFile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from clipmat.image_metadata import Metadata
from rim_editor.files.openraster_writing import write
from rim_editor.files.raster_layers import RasterLayer

RANDOM = np.random.default_rng(0)


def encoded(*arguments):
    file = BytesIO()
    write(file, *arguments)
    return file.getvalue()


def noise(*shape):
    return RANDOM.integers(0, 256, shape, np.uint8)


def pixels_of(archive, name):
    with Image.open(BytesIO(archive.read(name))) as image:
        assert image.format == "PNG"
        assert not image.info.get("interlace")
        return np.asarray(image)


def test_the_start_of_the_file_says_what_it_is():
    file = encoded([RasterLayer("one", noise(4, 5, 4))], noise(4, 5, 4))
    assert file[:4] == b"PK\3\4"
    assert file[30:54] == b"mimetypeimage/openraster"
    with ZipFile(BytesIO(file)) as archive:
        assert archive.testzip() is None
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", ZIP_STORED)


def test_layers_lie_from_top_to_bottom_and_keep_every_bit():
    grey, colour, clear = noise(6, 9), noise(6, 9, 3), noise(6, 9, 4)
    stack = [
        RasterLayer('the "top" & <more> é', clear),
        RasterLayer("matte", grey, visible=False),
        RasterLayer("below", colour),
    ]
    with ZipFile(BytesIO(encoded(stack, clear))) as archive:
        root = ElementTree.fromstring(archive.read("stack.xml"))
        assert root.tag == "image"
        assert (root.get("w"), root.get("h"), root.get("version")) == ("9", "6", "0.0.3")
        (found,) = root
        assert found.tag == "stack"
        assert [layer.get("name") for layer in found] == ['the "top" & <more> é', "matte", "below"]
        assert [layer.get("visibility") for layer in found] == ["visible", "hidden", "visible"]
        for layer, pixels in zip(found, (clear, grey, colour), strict=True):
            assert layer.tag == "layer"
            assert (layer.get("x"), layer.get("y"), float(layer.get("opacity"))) == ("0", "0", 1.0)
            assert layer.get("composite-op") == "svg:src-over"
            assert (pixels_of(archive, layer.get("src")) == pixels).all()
        sources = {layer.get("src") for layer in found}
        assert {name for name in archive.namelist() if name.startswith("data/")} == sources
        assert (pixels_of(archive, "mergedimage.png") == clear).all()


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 700), st.integers(1, 700), st.sampled_from([3, 4]))
def test_the_thumbnail_is_as_large_as_it_may_be(height, width, channels):
    merged = np.full((height, width, channels), 77, np.uint8)
    with ZipFile(BytesIO(encoded([RasterLayer("one", merged)], merged))) as archive:
        small = pixels_of(archive, "Thumbnails/thumbnail.png")
    longest = max(height, width)
    expected = np.array((height, width)) * min(1, 256 / longest)
    assert max(small.shape[:2]) == min(256, longest)
    assert np.abs(np.array(small.shape[:2]) - expected).max() <= 1
    assert np.abs(small.astype(int) - 77).max() <= 2  # scaled with colours times alpha


def test_exif_is_in_the_merged_image_alone():
    exif = Image.Exif()
    exif[0x013B] = "Ann"
    merged = noise(4, 4, 3)
    with ZipFile(BytesIO(encoded([RasterLayer("one", merged)], merged, Metadata(exif.tobytes())))) as archive:
        with Image.open(BytesIO(archive.read("mergedimage.png"))) as image:
            assert image.getexif()[0x013B] == "Ann"
            assert image.info["srgb"] == 0
        with Image.open(BytesIO(archive.read("data/layer0.png"))) as image:
            assert len(image.getexif()) == 0


def test_the_same_layers_are_the_same_file():
    merged = noise(4, 4, 3)
    assert encoded([RasterLayer("one", merged)], merged) == encoded([RasterLayer("one", merged)], merged)


def test_a_layer_of_another_size_is_refused():
    with pytest.raises(ValueError, match="5x4"):
        encoded([RasterLayer("one", noise(4, 4, 3))], noise(4, 5, 3))
