"""Mattes from files that Pillow and OpenCV wrote, in every way in which programs write them."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from clipmat.image_files import OpenedImage, read
from rim_editor.documents.document import Combine, Document, MatteControls
from rim_editor.documents.edits import MatteOnly
from rim_editor.documents.rendering import Renderer
from rim_editor.files.exporting import ExportRequest, export
from rim_editor.files.matte_files import MatteUnusable, own_alpha, read_matte

WIDTH, HEIGHT = 60, 40
X, Y = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
MATTE = np.clip((16 - np.hypot(X - 30, Y - 20)) / 8, 0, 1).astype(np.float32)
GREY = np.rint(MATTE * 255).astype(np.uint8)


def matte_in(path, size=(WIDTH, HEIGHT)):
    part = read_matte(path, size, Combine.ADD)
    assert (part.name, part.combine) == (path.name, Combine.ADD)
    assert part.matte.dtype == np.float32 and not part.matte.flags.writeable
    return part.matte


def saved(path, array, **options):
    Image.fromarray(array).save(path, **options)
    return path


def test_grey_of_8_and_of_16_bits(tmp_path):
    assert (matte_in(saved(tmp_path / "a.png", GREY)) == GREY / np.float32(255)).all()
    deep = np.rint(MATTE * 65535).astype(np.uint16)
    for name in ("b.png", "c.tif"):
        cv2.imwrite(str(tmp_path / name), deep)
        np.testing.assert_allclose(matte_in(tmp_path / name), MATTE, atol=1e-5)


@pytest.mark.parametrize("name", ["m.png", "m.jpg", "m.webp"])
def test_grey_that_was_saved_as_colours(tmp_path, name):
    path = saved(tmp_path / name, np.dstack([GREY] * 3))
    np.testing.assert_allclose(matte_in(path), MATTE, atol=0.003 if name == "m.png" else 0.1)


def test_black_and_white_of_one_bit(tmp_path):
    Image.fromarray(GREY > 127).save(tmp_path / "m.png")
    assert (matte_in(tmp_path / "m.png") == (GREY > 127)).all()


def test_the_transparency_counts_where_there_is_any(tmp_path):
    colours = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    path = saved(tmp_path / "cut-out.png", np.dstack([colours, GREY]))
    np.testing.assert_allclose(matte_in(path), MATTE, atol=0.003)
    opaque = saved(tmp_path / "opaque.png", np.dstack([GREY, GREY, GREY, np.full_like(GREY, 255)]))
    np.testing.assert_allclose(matte_in(opaque), MATTE, atol=0.003)


def test_another_size_of_the_same_shape_is_scaled(tmp_path):
    path = saved(tmp_path / "m.png", GREY)
    for size in ((30, 20), (120, 80), (121, 80), (6000, 4000)):
        matte = matte_in(path, size)
        assert matte.shape == size[::-1] and 0 <= matte.min() and matte.max() <= 1
        assert abs(matte.mean() / MATTE.mean() - 1) < 0.02


@pytest.mark.parametrize("size", [(40, 60), (60, 60), (66, 40)])
def test_another_shape_is_refused_with_both_sizes(tmp_path, size):
    with pytest.raises(MatteUnusable, match=rf"60 by 40 pixels and the image {size[0]} by {size[1]}.*whole image"):
        read_matte(saved(tmp_path / "m.png", GREY), size, Combine.NEW)


def test_photographs_and_black_are_refused(tmp_path):
    colours = np.dstack([GREY, 255 - GREY, np.full_like(GREY, 90)])
    with pytest.raises(MatteUnusable, match="'p.png' is a photograph in colour"):
        matte_in(saved(tmp_path / "p.png", colours))
    with pytest.raises(MatteUnusable, match="black all over"):
        matte_in(saved(tmp_path / "k.png", np.zeros_like(GREY)))


def test_a_matte_that_the_editor_exported_comes_back_as_it_was(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    source = OpenedImage(None, pixels, None)
    part = read_matte(saved(tmp_path / "m.png", GREY), (WIDTH, HEIGHT), Combine.NEW)
    document = Document.of_one_layer(source, (part,), MatteControls(feather=2.0), MatteOnly(16))
    export(document, Renderer(source), tmp_path / "out.png", ExportRequest(depth=8))
    expected = Renderer(source).matte(document)
    np.testing.assert_allclose(matte_in(tmp_path / "out.png"), expected, atol=1e-4)


def test_the_images_own_transparency_is_not_counted_twice(tmp_path):
    colours = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
    source = read(saved(tmp_path / "logo.png", np.dstack([colours, GREY])))
    part = own_alpha(source, Combine.NEW)
    matte = Renderer(source).matte(Document.of_one_layer(source, (part,)))
    np.testing.assert_allclose(matte, GREY / 255, atol=1e-6)
    with pytest.raises(MatteUnusable, match="opaque all over"):
        own_alpha(OpenedImage(Path("a.jpg"), colours, None), Combine.NEW)
