"""OpenRaster files open as one image and a matte per layer: ours as they were, others by the specification."""

import io
import random
import warnings
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image, ImageCms

from clipmat.errors import ImageTooLarge, ImageUnreadable, UserError
from clipmat.image_files import OpenedImage
from clipmat.image_metadata import Metadata
from rim_editor.documents import edits
from rim_editor.documents.document import Answer, Combine, Document, ImportedMatte, Layer
from rim_editor.documents.rendering import Renderer
from rim_editor.errors import EditorWarning
from rim_editor.files import exporting, opening

WIDTH, HEIGHT = 12, 8


def png(pixels, mode=None):
    file = io.BytesIO()
    Image.fromarray(np.asarray(pixels, np.uint8), mode).save(file, "PNG")
    return file.getvalue()


def rgba(width, height, colour, alpha=255):
    return np.dstack([np.full((height, width, 3), colour, np.uint8), np.full((height, width), alpha, np.uint8)])


@pytest.fixture
def ora(tmp_path):
    """A function that writes an OpenRaster file of this stack, as GIMP and Krita do."""

    def write(stack, files, merged=None, size=(WIDTH, HEIGHT), name="layers.ora"):
        path = tmp_path / name
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("mimetype", "image/openraster")
            head = f'<?xml version="1.0" encoding="UTF-8"?><image version="0.0.3" w="{size[0]}" h="{size[1]}">'
            archive.writestr("stack.xml", f"{head}{stack}</image>")
            for file, content in files.items():
                archive.writestr(file, content if isinstance(content, bytes) else png(content))
            if merged is not None:
                archive.writestr("mergedimage.png", png(merged))
        return path

    return write


def current(path):
    opened = opening.read(path)
    assert opened.saved and opened.project is None
    return opened.history.current


def squared(left, top, right, bottom):
    matte = np.zeros((30, 40), np.float32)
    matte[top:bottom, left:right] = 1
    return matte


@pytest.fixture
def exported(tmp_path):
    def export(*layers, alpha=None):
        pixels = np.random.default_rng(0).integers(0, 256, (30, 40, 3)).astype(np.uint8)
        document = Document(OpenedImage(None, pixels, alpha), layers)
        path = tmp_path / "ours.ora"
        request = exporting.ExportRequest(exporting.Content.LAYERS, overwrite=True)
        exporting.export(document, Renderer(document.source), path, request)
        return document, path

    return export


def layer(name, matte, edit=None):
    return Layer((Answer(name, Combine.NEW, matte, 0.9),), edit=edit or edits.Cutout())


# --- ours


def test_one_layer_of_ours_comes_back(exported):
    soft = squared(5, 5, 20, 20) * np.float32(128 / 255)
    before, path = exported(layer("the dog", soft))
    after = current(path)
    assert (after.source.pixels == before.source.pixels).all() and after.source.path == path
    (part,) = after.parts
    assert after.layer.title == "the dog"
    assert isinstance(part, ImportedMatte) and after.edit == edits.Cutout() and len(after.layers) == 1
    np.testing.assert_allclose(part.matte, soft, atol=0.5 / 255)


def test_metadata_come_back(tmp_path):
    exif = Image.Exif()
    exif[0x010E], exif[0x0131] = "a scene", "a camera"
    kept = Metadata(exif.tobytes(), b"<x/>", b"\x1c\x02\x50\0\3Ann", (300.0, 300.0))
    document = Document(
        OpenedImage(None, np.zeros((30, 40, 3), np.uint8), None, kept), (layer("a", squared(5, 5, 20, 20)),)
    )
    request = exporting.ExportRequest(exporting.Content.LAYERS)
    exporting.export(document, Renderer(document.source), tmp_path / "a.ora", request)
    found = current(tmp_path / "a.ora").source.metadata
    again = Image.Exif()
    again.load(found.exif)
    assert dict(again) == {0x010E: "a scene", 0x0131: "a camera"}
    assert (found.xmp, found.iptc) == (kept.xmp, kept.iptc) and found.resolution == pytest.approx((300, 300), abs=0.1)


def test_several_layers_of_ours_come_back_with_names_and_backgrounds(exported):
    beach = edits.Background(np.random.default_rng(1).integers(0, 256, (30, 40, 3)).astype(np.uint8))
    before, path = exported(
        layer("the dog", squared(0, 0, 20, 20), beach),
        layer("the hat", squared(5, 5, 9, 9), edits.SolidColour((1, 2, 3))),
        layer("the cup", squared(30, 20, 40, 30)),
    )
    after = current(path)
    assert [one.name for one in after.layers] == ["the dog", "the hat", "the cup"]
    assert (after.layers[0].edit.image == beach.image).all()
    assert [one.edit for one in after.layers[1:]] == [edits.SolidColour((1, 2, 3)), edits.Cutout()]
    for one, other in zip(before.layers, after.layers, strict=True):
        assert (one.parts[0].matte == other.parts[0].matte).all()
    shown = [Renderer(one.source).result(one) for one in (before, after)]
    assert (shown[0] == shown[1]).all()


def test_layers_without_a_name_go_by_their_number_where_there_are_several(exported):
    """Else another program would show "cut-out" as often as there are layers."""
    painted, drawn = layer("", squared(0, 0, 20, 20)), layer("", squared(5, 5, 9, 9))
    _, path = exported(replace(painted, number=1), replace(drawn, number=2))
    with zipfile.ZipFile(path) as archive:
        names = [each.get("name") for each in ElementTree.fromstring(archive.read("stack.xml")).iter("layer")]
    assert names == ["Layer 2 cut-out", "Layer 2 matte", "Layer 1 cut-out", "Layer 1 matte", "original"]
    assert [one.name for one in current(path).layers] == ["Layer 1", "Layer 2"]


def test_transparency_matte_and_highlight_of_ours(exported):
    alpha = np.full((30, 40), 255, np.uint8)
    alpha[:3] = 0
    _, path = exported(layer("the dog", squared(0, 5, 20, 20), edits.MatteOnly()), alpha=alpha)
    after = current(path)
    assert (after.source.alpha == alpha).all() and after.edit == edits.MatteOnly()
    _, path = exported(layer("the dog", squared(0, 5, 20, 20), edits.Highlight()))
    with pytest.warns(EditorWarning, match="highlight"):
        assert isinstance(current(path).edit, edits.Highlight)


# --- others


def test_a_cutout_over_a_background(ora):
    """As GIMP writes it: layers as large as what is on them, each with an offset."""
    stack = (
        '<stack><layer name="hat" src="data/001.png" x="3" y="2" opacity="1.0" visibility="visible"/>'
        '<layer name="Background" src="data/002.png" x="0" y="0" opacity="1.0" visibility="visible"/></stack>'
    )
    below, above = rgba(WIDTH, HEIGHT, (0, 0, 200)), rgba(4, 3, (200, 0, 0))
    merged = below.copy()
    merged[2:5, 3:7] = above
    document = current(ora(stack, {"data/001.png": above, "data/002.png": below}, merged))
    assert document.source.alpha is None and (document.source.pixels == merged[..., :3]).all()
    (one,) = document.layers
    expected = np.zeros((HEIGHT, WIDTH))
    expected[2:5, 3:7] = 1
    assert one.name == "hat" and one.visible and (one.parts[0].matte == expected).all()


def test_nested_stacks_offsets_opacity_and_visibility(ora):
    """As Krita writes groups; offsets add up, so do opacities, and what is in a hidden stack is hidden."""
    stack = (
        '<stack x="1" y="0">'
        '<stack name="group" x="1" y="1" opacity="0.5" visibility="visible">'
        '<layer name="a" src="a.png" x="1" y="0" opacity="0.5"/></stack>'
        '<stack name="other" visibility="hidden"><layer name="b" src="b.png" x="-2"/></stack></stack>'
    )
    document = current(ora(stack, {"a.png": rgba(2, 2, (9, 9, 9)), "b.png": rgba(3, 2, (1, 2, 3))}))
    b, a = document.layers
    assert (a.name, a.visible, b.name, b.visible) == ("a", True, "b", False)
    expected = np.zeros((HEIGHT, WIDTH))
    expected[1:3, 3:5] = 0.25
    np.testing.assert_allclose(a.parts[0].matte, expected, atol=1e-6)
    assert b.parts[0].matte[:2, :2].min() == 1 and b.parts[0].matte.sum() == 4  # cut off at the edge
    assert document.source.alpha is not None and document.source.alpha.max() == 64  # composed here: there is no merged


def test_the_image_under_a_cutout_may_be_hidden(ora):
    photo = '<layer name="photo" src="b.png" visibility="hidden"/>'
    stack = f'<stack><layer name="dog" src="a.png" x="2" y="2"/>{photo}</stack>'
    below = rgba(WIDTH, HEIGHT, (0, 100, 0))
    merged = np.zeros_like(below)
    merged[2:4, 2:4] = (7, 8, 9, 255)
    document = current(ora(stack, {"a.png": rgba(2, 2, (7, 8, 9)), "b.png": below}, merged))
    assert document.source.alpha is None and tuple(document.source.pixels[0, 0]) == (0, 100, 0)
    assert tuple(document.source.pixels[3, 3]) == (7, 8, 9)
    assert [one.name for one in document.layers] == ["dog"]


def test_a_cutout_alone_keeps_its_transparency(ora):
    one = rgba(WIDTH, HEIGHT, (7, 8, 9), 0)
    one[1:4, 1:4, 3] = 200
    document = current(ora('<stack><layer name="dog" src="a.png"/></stack>', {"a.png": one}, one))
    assert (document.source.alpha == one[..., 3]).all()
    np.testing.assert_allclose(document.parts[0].matte, one[..., 3] / 255, atol=1e-6)


def test_grey_palette_and_16_bits_are_read(ora):
    grey16 = io.BytesIO()
    Image.fromarray(np.full((HEIGHT, WIDTH), 257 * 50, np.uint16)).save(grey16, "PNG")
    palette = io.BytesIO()
    Image.new("P", (3, 3)).save(palette, "PNG")
    stack = '<stack><layer name="p" src="p.png"/><layer name="g" src="g.png"/></stack>'
    document = current(ora(stack, {"p.png": palette.getvalue(), "g.png": grey16.getvalue()}))
    assert tuple(document.source.pixels[5, 5]) == (50, 50, 50) and tuple(document.source.pixels[0, 0]) == (0, 0, 0)


def test_an_image_without_anything_cut_out(ora):
    document = current(ora('<stack><layer name="photo" src="a.png"/></stack>', {"a.png": rgba(WIDTH, HEIGHT, 9)}))
    assert document.parts == () and len(document.layers) == 1


def swapped_profile():
    """An ICC profile whose red is sRGB's green, and the other way round."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    entries = range(132, 132 + 12 * int.from_bytes(profile[128:132], "big"), 12)
    for at in entries:
        name = bytes(profile[at : at + 4])
        profile[at : at + 4] = {b"rXYZ": b"gXYZ", b"gXYZ": b"rXYZ"}.get(name, name)
    return bytes(profile)


def as_gimp_writes_it(path, merged, files):
    """GIMP 3's file-openraster: everything stored, no version and no place of groups, files in groups named after them.

    The mimetype comes first, stack.xml last; the thumbnail is at most 256 pixels long.
    """
    stack = (
        "<?xml version='1.0' encoding='UTF-8'?>\n<image w=\"12\" h=\"8\"><stack>"
        '<layer src="data/000.png" name="Hat &amp; scarf" x="-1" y="5" opacity="1.0" visibility="visible" '
        'composite-op="svg:src-over" />'
        '<stack name="Figures" opacity="0.5019607843137255" visibility="visible" composite-op="svg:src-over">'
        '<layer src="data/001-000.png" name="Dog" x="4" y="2" opacity="1.0" visibility="visible" '
        'composite-op="svg:src-over" />'
        '<layer src="data/001-001.png" name="Cat" x="2" y="2" opacity="1.0" visibility="hidden" '
        'composite-op="svg:multiply" /></stack>'
        '<layer src="data/001.png" name="Background" x="0" y="0" opacity="1.0" visibility="visible" '
        'composite-op="svg:src-over" /></stack></image>'
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("mimetype", "image/openraster")
        for name, pixels in files.items():
            archive.writestr(name, png(pixels))
        archive.writestr("mergedimage.png", png(merged))
        archive.writestr("Thumbnails/thumbnail.png", png(merged))
        archive.writestr("stack.xml", stack)


def test_a_file_as_gimp_writes_it(tmp_path):
    path = tmp_path / "gimp.ora"
    photo = rgba(WIDTH, HEIGHT, (10, 20, 30))
    files = {
        "data/000.png": rgba(4, 5, (200, 0, 0)),
        "data/001-000.png": rgba(3, 2, (0, 200, 0)),
        "data/001-001.png": rgba(5, 5, (0, 0, 200), 128),
        "data/001.png": photo[..., :3],  # GIMP's background has no alpha
    }
    merged = photo.copy()
    merged[2:4, 4:7, :3], merged[5:, :3, :3] = (5, 110, 15), (200, 0, 0)
    as_gimp_writes_it(path, merged, files)
    document = current(path)
    assert (document.source.pixels == merged[..., :3]).all() and document.source.alpha is None
    cat, dog, hat = document.layers
    assert [(one.name, one.visible, one.locked) for one in document.layers] == [
        ("Cat", False, False),
        ("Dog", True, False),
        ("Hat & scarf", True, False),
    ]
    assert document.active == 2
    expected = np.zeros((3, HEIGHT, WIDTH))
    expected[0, 2:7, 2:7], expected[1, 2:4, 4:7], expected[2, 5:, :3] = 64.25 / 255, 128 / 255, 1
    for one, matte in zip((cat, dog, hat), expected, strict=True):
        np.testing.assert_allclose(one.parts[0].matte, matte, atol=1e-3)
    assert Renderer(document.source).result(document)[6, 1, 3] == 255


def as_krita_writes_it(path, merged, files):
    """Krita 5: version 0.0.1 with a resolution, groups at 0, 0 that say their isolation, what is locked and selected,
    composite operations of its own, an empty layer of one pixel, and PNGs with their profile.
    """
    stack = (
        '<image w="12" xres="72" h="8" version="0.0.1" yres="72">\n'
        ' <stack name="root" isolation="isolate" opacity="1" visibility="visible" x="0" y="0" '
        'composite-op="svg:src-over">\n'
        '  <layer name="Empty" src="data/layer3.png" opacity="1" visibility="visible" x="0" y="0" '
        'composite-op="svg:src-over"/>\n'
        '  <stack name="Group 1" isolation="auto" opacity="1" visibility="hidden" x="0" y="0" edit-locked="true" '
        'composite-op="svg:src-over">\n'
        '   <layer name="Lock" src="data/layer2.png" opacity="1" visibility="visible" x="8" y="1" '
        'composite-op="krita:behind"/>\n  </stack>\n'
        '  <layer name="Paint Layer 2" src="data/layer1.png" opacity="0.74902" visibility="visible" x="1" y="1" '
        'selected="true" composite-op="svg:src-atop"/>\n'
        '  <layer name="Background" src="data/layer0.png" opacity="1" visibility="visible" x="0" y="0" '
        'edit-locked="true" composite-op="svg:src-over"/>\n </stack>\n</image>\n'
    )

    def with_profile(pixels):
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG", icc_profile=swapped_profile())
        return file.getvalue()

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "image/openraster", zipfile.ZIP_STORED)
        for name, pixels in files.items():
            archive.writestr(name, with_profile(pixels))
        archive.writestr("stack.xml", stack)
        archive.writestr("Thumbnails/thumbnail.png", with_profile(merged))
        archive.writestr("mergedimage.png", with_profile(merged))


def test_a_file_as_krita_writes_it(tmp_path):
    path = tmp_path / "krita.ora"
    photo = rgba(WIDTH, HEIGHT, (200, 30, 10))
    files = {
        "data/layer0.png": photo,
        "data/layer1.png": rgba(4, 3, (0, 200, 0)),
        "data/layer2.png": rgba(2, 2, (0, 0, 200)),
        "data/layer3.png": rgba(1, 1, 0, 0),
    }
    merged = photo.copy()
    merged[1:4, 1:5, :3] = (50, 158, 2)
    as_krita_writes_it(path, merged, files)
    document = current(path)
    shown = document.source.pixels.astype(int)
    assert np.abs(shown - merged[..., (1, 0, 2)]).max() <= 2, "the profile of the image was read"
    assert [(one.name, one.visible, one.locked) for one in document.layers] == [
        ("Paint Layer 2", True, False),
        ("Lock", False, True),
    ]
    assert document.layer.name == "Paint Layer 2", "what is selected there"
    expected = np.zeros((HEIGHT, WIDTH))
    expected[1:4, 1:5] = 0.74902
    np.testing.assert_allclose(document.layers[0].parts[0].matte, expected, atol=1e-3)


# --- bad days


def test_a_damaged_layer_is_named_and_left_out(ora):
    stack = '<stack><layer name="hat" src="a.png"/><layer name="photo" src="b.png"/></stack>'
    path = ora(stack, {"a.png": b"no image", "b.png": rgba(WIDTH, HEIGHT, 9)})
    with pytest.warns(EditorWarning, match="lost: hat"):
        assert current(path).source.pixels.max() == 9


@pytest.mark.parametrize(
    ("stack", "size", "error"),
    [
        ("<stack/>", (WIDTH, HEIGHT), ImageUnreadable),
        ("<stack/>", (0, 5), ImageUnreadable),
        ("<stack/>", ("x", 5), ImageUnreadable),
        ("<stack/>", (100_000, 100_000), ImageTooLarge),
        ("<stack>", (WIDTH, HEIGHT), ImageUnreadable),
    ],
)
def test_what_cannot_be_opened(ora, stack, size, error):
    with pytest.raises(error):
        opening.read(ora(stack, {}, size=size))


def test_entities_are_refused(tmp_path):
    path = tmp_path / "a.ora"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("stack.xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]><image w="2" h="2">&a;</image>')
    with pytest.raises(ImageUnreadable, match="entities"):
        opening.read(path)


@pytest.mark.parametrize("encoding", ["klingon", "hex", "utf-7"])
def test_an_encoding_that_is_not_known_is_refused(tmp_path, encoding):
    path = tmp_path / "a.ora"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("stack.xml", f'<?xml version="1.0" encoding="{encoding}"?><image w="2" h="2"/>')
    with pytest.raises(ImageUnreadable, match="no OpenRaster file, or damaged"):
        opening.read(path)


def test_what_is_no_zip(tmp_path):
    (tmp_path / "a.ora").write_bytes(b"no")
    with pytest.raises(ImageUnreadable):
        opening.read(tmp_path / "a.ora")
    with pytest.raises(ImageUnreadable):
        opening.read(tmp_path / "missing.ora")


def test_damaged_files_raise_nothing_but_errors_for_users(ora):
    stack = (
        '<stack x="1"><stack opacity="0.5"><layer name="hat" src="a.png" x="3" y="2"/></stack>'
        '<layer name="photo" src="b.png"/></stack>'
    )
    path = ora(stack, {"a.png": rgba(3, 3, 5), "b.png": rgba(WIDTH, HEIGHT, 9)}, rgba(WIDTH, HEIGHT, 9))
    whole = path.read_bytes()
    for seed in range(150):
        chance = random.Random(seed)
        data = bytearray(whole)
        for _ in range(chance.choice([1, 4, 30])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data[: chance.choice([len(data), chance.randrange(len(data))])])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", EditorWarning)
            try:
                document = opening.read(path).history.current
            except UserError:
                continue
        assert all(
            part.matte.shape == document.source.pixels.shape[:2] for one in document.layers for part in one.parts
        )
