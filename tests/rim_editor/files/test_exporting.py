"""Exports of a document, read back with Pillow and, for layers, put together again by Pillow."""

from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image

from clipmat import image_files
from rim_editor.documents import edits
from rim_editor.documents.document import Answer, Combine, Document, MatteControls
from rim_editor.documents.edits import Background, Cutout, Fit, Gradient, Highlight, MatteOnly, SolidColour, Style
from rim_editor.errors import BadOption, NoMatte, OutputExists, OutputNotWritable, OutputUnsupported
from rim_editor.files.exporting import Content, ExportRequest, check, export

EDITS = [
    Cutout(),
    MatteOnly(),
    SolidColour((0, 177, 64)),
    Gradient((250, 240, 230), (10, 20, 30), 30),
    Background(np.random.default_rng(1).integers(0, 256, (9, 11, 3), np.uint8), Fit.TILE, offset=(0.1, 0.2)),
    *(Highlight(style, 0.8) for style in Style),
]


class PlainRenderer:
    """What exporting asks of a renderer, without caches."""

    def __init__(self, matte):
        self._matte = matte

    def layer_matte(self, layer):
        return self._matte

    def known_colours(self, layer):
        return None

    def result(self, document):
        return edits.apply(document.source.pixels, self._matte, document.edit)


@pytest.fixture
def soft():
    y, x = np.mgrid[:60, :80]
    return np.clip((20 - np.hypot(y - 30, x - 40)) / 8 + 0.5, 0, 1).astype(np.float32)


@pytest.fixture
def document(tmp_path, soft):
    pixels = np.full((60, 80, 3), (20, 60, 200), np.uint8)
    pixels = np.rint(soft[..., None] * (230, 40, 30) + (1 - soft[..., None]) * pixels).astype(np.uint8)
    exif = Image.Exif()
    exif[0x013B] = "Ann"
    Image.fromarray(pixels).save(tmp_path / "photo.png", exif=exif)
    source = image_files.read(tmp_path / "photo.png")
    return Document.of_one_layer(source, (Answer("the disc", Combine.NEW, soft, 0.9),))


@pytest.fixture
def renderer(soft):
    return PlainRenderer(soft)


def opened(path):
    with Image.open(path) as image:
        return np.asarray(image)


def layers_in(path):
    """Name, whether visible, RGBA image; from top to bottom; and the merged image."""
    with ZipFile(path) as archive:
        found = []
        for layer in ElementTree.fromstring(archive.read("stack.xml")).iter("layer"):
            with Image.open(BytesIO(archive.read(layer.get("src")))) as image:
                found.append((layer.get("name"), layer.get("visibility") == "visible", image.convert("RGBA")))
        with Image.open(BytesIO(archive.read("mergedimage.png"))) as merged:
            merged.load()
    return found, merged


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: f"{type(edit).__name__}-{getattr(edit, 'style', '')}")
def test_layers_together_look_like_the_result(tmp_path, document, renderer, edit):
    document = document.changed(edit=edit)
    export(document, renderer, tmp_path / "a.ora", ExportRequest(Content.LAYERS))
    found, merged = layers_in(tmp_path / "a.ora")
    result = renderer.result(document)
    expected = np.asarray(Image.fromarray(result).convert("RGBA")).astype(int)
    assert np.abs(np.asarray(merged.convert("RGBA")).astype(int) - expected).max() == 0
    together = Image.new("RGBA", merged.size, (0, 0, 0, 0))
    for _, visible, image in reversed(found):
        if visible:
            together = Image.alpha_composite(together, image)
    together = np.asarray(together).astype(int)
    assert np.abs(together[..., 3] - expected[..., 3]).max() <= 1
    seen = expected[..., 3] > 0
    assert np.abs(together - expected)[seen].max() <= 1


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: type(edit).__name__)
def test_layers_hold_what_one_goes_on_with(tmp_path, document, renderer, soft, edit):
    export(document.changed(edit=edit), renderer, tmp_path / "a.ora", ExportRequest(Content.LAYERS))
    found = {name: image for name, _, image in layers_in(tmp_path / "a.ora")[0]}
    order = list(found)
    assert order[:2] == ["the disc cut-out", "the disc matte"]
    assert order[-1] == "original"
    assert ("the disc background" in order) == isinstance(edit, SolidColour | Gradient | Background)
    assert (np.asarray(found["original"])[..., :3] == document.source.pixels).all()
    assert np.abs(np.asarray(found["the disc matte"])[..., 0] - soft * 255).max() <= 0.51
    cut = np.asarray(found["the disc cut-out"]).astype(int)
    assert np.abs(cut[cut[..., 3] > 25][:, :3] - (230, 40, 30)).max() <= 12


def test_an_original_with_transparency_keeps_it(tmp_path, soft):
    alpha = np.full((60, 80), 255, np.uint8)
    alpha[:, :30] = 0
    source = image_files.from_pixels(np.full((60, 80, 3), 90, np.uint8), alpha)
    document = Document.of_one_layer(source, (Answer("x", Combine.NEW, soft, 1.0),))
    export(document, PlainRenderer(soft * (alpha > 0)), tmp_path / "a.ora", ExportRequest(Content.LAYERS))
    original = layers_in(tmp_path / "a.ora")[0][-1][2]
    assert (np.asarray(original)[..., 3] == alpha).all()


@pytest.mark.parametrize(("depth", "top"), [(8, 255), (16, 65535)])
def test_the_matte_alone_in_either_depth(tmp_path, document, renderer, soft, depth, top):
    document = document.changed(edit=SolidColour())
    export(document, renderer, tmp_path / "a.png", ExportRequest(Content.MATTE, depth))
    found = opened(tmp_path / "a.png")
    assert found.shape == soft.shape
    assert np.abs(found - soft.astype(np.float64) * top).max() <= 0.51


def test_the_matte_may_be_a_jpeg_while_the_edit_is_transparent(tmp_path, document, renderer):
    export(document, renderer, tmp_path / "a.jpg", ExportRequest(Content.MATTE, quality=95))
    assert opened(tmp_path / "a.jpg").shape == (60, 80)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: type(edit).__name__)
def test_the_result_is_what_the_edit_makes(tmp_path, document, renderer, edit):
    document = document.changed(edit=edit)
    export(document, renderer, tmp_path / "a.png", ExportRequest())
    assert (opened(tmp_path / "a.png") == renderer.result(document)).all()


@pytest.mark.parametrize("name", ["a.png", "a.webp", "a.tiff", "a.ora"])
@pytest.mark.parametrize("keep", [True, False])
def test_metadata_is_kept_unless_told_otherwise(tmp_path, document, renderer, name, keep):
    content = Content.LAYERS if name == "a.ora" else Content.RESULT
    export(document, renderer, tmp_path / name, ExportRequest(content, metadata=keep))
    if name == "a.ora":
        exif = layers_in(tmp_path / name)[1].getexif()
    else:
        with Image.open(tmp_path / name) as image:
            exif = image.getexif()
    assert exif.get(0x013B) == ("Ann" if keep else None)


@pytest.mark.parametrize(
    ("name", "request_", "error", "words"),
    [
        ("a.png", ExportRequest(Content.LAYERS), OutputUnsupported, r"layers.*a\.ora"),
        ("a.ora", ExportRequest(), OutputUnsupported, "export layers"),
        ("a.ora", ExportRequest(Content.MATTE), OutputUnsupported, "export layers"),
        ("a.ora", ExportRequest(Content.LAYERS, quality=80), OutputUnsupported, "leave it out"),
        ("a.ora", ExportRequest(Content.LAYERS, depth=16), BadOption, "the matte alone"),
        ("a.png", ExportRequest(depth=16), BadOption, "the matte alone"),
        ("a.jpg", ExportRequest(Content.MATTE, 16), OutputUnsupported, r"\.png or \.tiff"),
        ("a.jpg", ExportRequest(), OutputUnsupported, "transparency"),
        ("a.gif", ExportRequest(), OutputUnsupported, r"\.png.*\.ora or \.psd for layers"),
        ("photo.png", ExportRequest(), OutputExists, "is an input"),
        ("old.ora", ExportRequest(Content.LAYERS), OutputExists, "exists already"),
        ("folder.ora", ExportRequest(Content.LAYERS, overwrite=True), OutputNotWritable, "is a folder"),
        ("none/a.ora", ExportRequest(Content.LAYERS), OutputNotWritable, "create it first"),
    ],
)
def test_what_cannot_be_done_is_refused_before_any_work(tmp_path, document, name, request_, error, words):
    (tmp_path / "old.ora").write_text("precious")
    (tmp_path / "folder.ora").mkdir()
    before = sorted(tmp_path.iterdir())
    for refuse in (check, lambda *arguments: export(arguments[0], None, *arguments[1:])):
        with pytest.raises(error, match=words):
            refuse(document, tmp_path / name, request_)
    assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / "old.ora").read_text() == "precious"


def test_sixteen_bits_of_a_matte_edit_do_not_fit_into_layers(tmp_path, document):
    with pytest.raises(OutputUnsupported, match="16 bits"):
        check(document.changed(edit=MatteOnly(16)), tmp_path / "a.ora", ExportRequest(Content.LAYERS))


def test_a_document_without_a_matte_is_not_exported_by_mistake(tmp_path, document):
    empty = document.changed(parts=())
    with pytest.raises(NoMatte, match="say what to cut out"):
        check(empty, tmp_path / "a.png", ExportRequest())
    check(empty.changed(controls=MatteControls(invert=True)), tmp_path / "a.png", ExportRequest())


def test_layers_replace_an_old_file_on_purpose(tmp_path, document, renderer):
    (tmp_path / "a.ora").write_text("old")
    export(document, renderer, tmp_path / "a.ora", ExportRequest(Content.LAYERS, overwrite=True))
    assert len(layers_in(tmp_path / "a.ora")[0]) == 3


@pytest.mark.parametrize("wrong", [{"depth": 12}, {"quality": 0}, {"quality": 101}])
def test_a_request_without_sense_is_refused(wrong):
    with pytest.raises(BadOption, match="choose"):
        ExportRequest(**wrong)


def test_an_image_without_a_file_is_exported_like_any_other(tmp_path, soft):
    pixels = np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8)
    source = image_files.from_pixels(pixels)
    assert source.path is None
    assert source.alpha is None
    before = pixels.copy()
    pixels[:] = 0
    assert (source.pixels == before).all()
    document = Document.of_one_layer(source, (Answer("x", Combine.NEW, soft, 1.0),))
    export(document, PlainRenderer(soft), tmp_path / "a.png", ExportRequest())
    assert opened(tmp_path / "a.png").shape == (60, 80, 4)


def test_pixels_with_transparency_are_shown_on_white_as_files_are(tmp_path):
    both = np.random.default_rng(0).integers(0, 256, (5, 7, 4), np.uint8)
    Image.fromarray(both).save(tmp_path / "a.png")
    read, made = image_files.read(tmp_path / "a.png"), image_files.from_pixels(both[..., :3], both[..., 3])
    assert (read.pixels == made.pixels).all()
    assert (read.alpha == made.alpha).all()
    assert image_files.from_pixels(both[..., :3], np.full((5, 7), 255, np.uint8)).alpha is None


@pytest.mark.parametrize(
    ("shape", "alpha"), [((4, 5), None), ((4, 5, 4), None), ((0, 5, 3), None), ((4, 5, 3), (5, 4))]
)
def test_pixels_of_another_layout_are_refused(shape, alpha):
    with pytest.raises(ValueError, match="HxWx3|belong"):
        image_files.from_pixels(np.zeros(shape, np.uint8), None if alpha is None else np.zeros(alpha, np.uint8))
