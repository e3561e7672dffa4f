"""Photoshop files, read back by ImageMagick, by Pillow, and by a parser of the layer records written here."""

import builtins
import importlib.util
import shutil
import struct
import subprocess
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from clipmat import image_files
from clipmat.image_metadata import Metadata
from rim_editor.documents.document import Answer, Combine, Document
from rim_editor.documents.edits import Cutout, SolidColour
from rim_editor.documents.rendering import Renderer
from rim_editor.errors import OutputUnsupported
from rim_editor.files import exporting, photoshop_writing
from rim_editor.files.exporting import Content, ExportRequest
from rim_editor.files.raster_layers import RasterLayer

pytest.importorskip("psd_tools")
RANDOM = np.random.default_rng(0)


def encoded(*arguments):
    file = BytesIO()
    photoshop_writing.write(file, *arguments)
    return file.getvalue()


def noise(*shape):
    return RANDOM.integers(0, 256, shape, np.uint8)


def unpacked(data, rows, width):
    """PackBits, as the TIFF 6.0 specification describes it on page 42; `data` starts with the lengths of the rows."""
    lengths = struct.unpack_from(f">{rows}H", data)
    at, result = 2 * rows, bytearray()
    for length in lengths:
        end = at + length
        row = bytearray()
        while at < end:
            head = struct.unpack_from("b", data, at)[0]
            if head >= 0:
                row += data[at + 1 : at + 2 + head]
                at += 2 + head
            elif head == -128:
                at += 1
            else:
                row += data[at + 1 : at + 2] * (1 - head)
                at += 2
        assert len(row) == width
        result += row
    return np.frombuffer(bytes(result), np.uint8).reshape(rows, width)


@pytest.mark.parametrize("shape", [(1, 30_001, 3), (30_001, 1, 4)])
def test_a_side_longer_than_the_format_holds_is_refused_before_anything_is_written(tmp_path, shape):
    request, file = ExportRequest(Content.LAYERS), BytesIO()
    result = exporting.RenderedExport(np.zeros(shape, np.uint8), Metadata(), ())
    with pytest.raises(OutputUnsupported, match=r"'.psd' holds at most 30000 pixels a side, .*: write .ora instead"):
        exporting.encode(result, tmp_path / "long.psd", request, file)
    assert not file.getvalue()
    exporting.encode(result, tmp_path / "long.ora", request, file)
    assert file.getvalue()


def records(file):
    """The layers from bottom to top as (name, visible, {channel: pixels}), by Adobe's specification of 2019."""
    signature, version, channels, height, width, depth, mode = struct.unpack_from(">4sH6xHIIHH", file)
    assert (signature, version, depth, mode) == (b"8BPS", 1, 8, 3) and channels in (3, 4)
    at = 26
    for _ in range(2):  # colour mode data, image resources
        at += 4 + struct.unpack_from(">I", file, at)[0]
    at += 8  # lengths of the section and of the layer info
    (count,) = struct.unpack_from(">h", file, at)
    at += 2
    found = []
    for _ in range(abs(count)):
        top, left, bottom, right, planes = struct.unpack_from(">4iH", file, at)
        at += 18
        kinds = [struct.unpack_from(">hI", file, at + 6 * each) for each in range(planes)]
        at += 6 * planes
        assert file[at : at + 8] == b"8BIMnorm"
        visible = not file[at + 10] & 2
        (extra,) = struct.unpack_from(">I", file, at + 12)
        at += 16
        end = at + extra
        mask = None
        (length,) = struct.unpack_from(">I", file, at)
        if length:
            mask = struct.unpack_from(">4i", file, at + 4)
        blocks = file[at:end]
        place = blocks.find(b"8BIMluni")
        (letters,) = struct.unpack_from(">I", blocks, place + 12)
        name = blocks[place + 16 : place + 16 + 2 * letters].decode("utf-16-be").rstrip("\0")
        at = end
        found.append((name, visible, (top, left, bottom, right), kinds, mask))
    layers = []
    for name, visible, box, kinds, mask in found:
        planes = {}
        for kind, length in kinds:
            top, left, bottom, right = mask if kind == -2 else box
            (compression,) = struct.unpack_from(">H", file, at)
            data = file[at + 2 : at + length]
            rows, columns = bottom - top, right - left
            if compression == 0:
                planes[kind] = np.frombuffer(data, np.uint8)[: rows * columns].reshape(rows, columns)
            else:
                assert compression == 1
                planes[kind] = unpacked(data, rows, columns)
            at += length
        layers.append((name, visible, planes))
    return (height, width), layers


def test_layers_masks_and_names_come_back_from_the_records():
    cut, below, grey = noise(30, 40, 4), noise(30, 40, 3), noise(30, 40)
    uncut = noise(30, 40, 3)
    stack = [
        RasterLayer('the "dog" é 犬', cut, uncut=uncut),
        RasterLayer("matte", grey, visible=False),
        RasterLayer("soft", cut),
        RasterLayer("below", below),
    ]
    size, layers = records(encoded(stack, below))
    assert size == (30, 40)
    assert [name for name, _, _ in layers] == ["below", "soft", "matte", 'the "dog" é 犬']
    assert [visible for _, visible, _ in layers] == [True, True, False, True]
    for planes, pixels in zip((each[2] for each in layers), (below, cut, grey, uncut), strict=True):
        for channel in range(3):
            assert (planes[channel] == (pixels if pixels.ndim == 2 else pixels[..., channel])).all()
    assert (layers[1][2][-2] == cut[..., 3]).all()
    assert (layers[3][2][-2] == cut[..., 3]).all()


def test_programs_without_layers_see_the_merged_image(tmp_path):
    merged = noise(24, 31, 3)
    file = encoded([RasterLayer("one", noise(24, 31, 3))], merged)
    with Image.open(BytesIO(file)) as image:
        assert image.format == "PSD" and (np.asarray(image) == merged).all()


@pytest.fixture
def document():
    y, x = np.mgrid[:60, :80] + 0.5
    soft = np.clip((18 - np.hypot(y - 30, x - 40)) / 6 + 0.5, 0, 1).astype(np.float32)
    pixels = np.rint(soft[..., None] * (230, 40, 30) + (1 - soft[..., None]) * (20, 60, 200)).astype(np.uint8)
    return Document.of_one_layer(image_files.from_pixels(pixels), (Answer("the disc", Combine.NEW, soft, 0.9),))


@pytest.mark.parametrize("edit", [Cutout(), SolidColour((0, 177, 64))], ids=["cutout", "solid"])
def test_an_exported_document_looks_the_same_in_imagemagick(tmp_path, document, edit):
    if shutil.which("convert") is None:
        pytest.skip("ImageMagick is not installed")
    document = document.changed(edit=edit)
    renderer = Renderer(document.source)
    exporting.export(document, renderer, tmp_path / "a.psd", ExportRequest(Content.LAYERS))
    names = subprocess.run(
        ["identify", "-format", "%[label]\n", str(tmp_path / "a.psd")], capture_output=True, text=True, check=True
    ).stdout.split("\n")
    assert {"the disc cut-out", "the disc matte", "original"} <= set(names)
    subprocess.run(["convert", f"{tmp_path / 'a.psd'}[0]", str(tmp_path / "a.png")], check=True)
    with Image.open(tmp_path / "a.png") as image:
        found = np.asarray(image.convert("RGBA")).astype(int)
    expected = np.asarray(Image.fromarray(renderer.result(document)).convert("RGBA")).astype(int)
    assert np.abs(found[..., 3] - expected[..., 3]).max() <= 1
    seen = expected[..., 3] > 128
    assert np.abs(found - expected)[seen][:, :3].max() <= 2


def test_the_matte_is_the_mask_of_the_cutout_and_the_scene_goes_on_under_it(tmp_path, document):
    exporting.export(document, Renderer(document.source), tmp_path / "a.psd", ExportRequest(Content.LAYERS))
    _, layers = records((tmp_path / "a.psd").read_bytes())
    planes = {name: planes for name, _, planes in layers}
    matte = Renderer(document.source).matte(document)
    assert np.abs(planes["the disc cut-out"][-2] - matte * 255).max() <= 0.51
    assert (planes["the disc cut-out"][2][0] == document.source.pixels[0, :, 2]).all()


def test_without_psd_tools_the_remedy_is_named(tmp_path, document, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "psd_tools" else builtins.object)
    with pytest.raises(OutputUnsupported, match=r"pip install 'rim-editor\[psd\]', or write \.ora"):
        exporting.export(document, Renderer(document.source), tmp_path / "a.psd", ExportRequest(Content.LAYERS))
    assert not (tmp_path / "a.psd").exists()


def test_a_layer_of_another_size_is_refused():
    with pytest.raises(ValueError, match="5x4"):
        encoded([RasterLayer("one", noise(4, 4, 3))], noise(4, 5, 3))
