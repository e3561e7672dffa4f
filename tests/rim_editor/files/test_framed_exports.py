"""Exports with a frame: every content and edit, by the command, the batch and the function, read back with Pillow."""

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image

from clipmat import image_files
from clipmat.image_metadata import Metadata
from rim_editor.batch.recipe import Recipe
from rim_editor.commands import cli
from rim_editor.documents import edits
from rim_editor.documents.document import Answer, Combine, Document, Layer
from rim_editor.documents.edits import Background, Cutout, Gradient, Highlight, MatteOnly, SolidColour, Style
from rim_editor.documents.framing import CanvasShape, Framing, Margin
from rim_editor.documents.rendering import Renderer
from rim_editor.errors import BadOption, EditorWarning, OutputUnsupported
from rim_editor.files import exporting
from rim_editor.files.exporting import Content, ExportRequest

pytestmark = pytest.mark.filterwarnings("ignore:The object is enlarged")
TRIM, SQUARE = Framing(trim=True), Framing(canvas=CanvasShape(1, 1))
RED = (230, 40, 30)


@pytest.fixture
def document():
    """A soft red disc of radius 20 about (60, 30), the upper right of an image of 80 x 60 on blue."""
    y, x = np.mgrid[:60, :80] + 0.5
    soft = np.clip((15 - np.hypot(y - 30, x - 60)) / 6 + 0.5, 0, 1).astype(np.float32)
    pixels = np.rint(soft[..., None] * RED + (1 - soft[..., None]) * (20, 60, 200)).astype(np.uint8)
    return Document.of_one_layer(image_files.from_pixels(pixels), (Answer("the disc", Combine.NEW, soft, 0.9),))


def rendered(document, framing=TRIM, content=Content.RESULT, **request):
    return exporting.rendered(document, Renderer(document.source), ExportRequest(content, framing=framing, **request))


def test_a_trimmed_cutout_is_the_box_out_of_the_whole_one(document):
    whole = Renderer(document.source).result(document)
    rows, columns = np.flatnonzero(whole[..., 3].max(1) >= 5), np.flatnonzero(whole[..., 3].max(0) >= 5)
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    assert (rendered(document).pixels == whole[box]).all()
    wider = rendered(document, Framing(trim=True, margin=Margin(3))).pixels
    assert (wider[3:-3, 3:-3] == whole[box]).all() and wider[:2, :, 3].max() == 0


def test_a_layer_that_another_covers_has_no_say_where_the_frame_is(document):
    matte = np.zeros((60, 80), np.float32)
    matte[50:58, 4:20] = 1
    box = Layer((Answer("the box", Combine.NEW, matte, 0.9),), edit=SolidColour((255, 255, 255)))
    covered = replace(document, layers=(*document.layers, box), active=1)
    assert rendered(covered).pixels.shape == (8, 16, 3)
    both = replace(document, layers=(*document.layers, replace(box, edit=Cutout())), active=1)
    assert rendered(both).pixels.shape[1] > 60
    layered = rendered(covered, content=Content.LAYERS)
    assert len(layered.layers) >= 2 and layered.pixels.shape[1] > 60, "a file of layers holds both"


def test_a_canvas_goes_beyond_the_image_and_is_transparent_there(document):
    found = rendered(document, Framing(canvas=CanvasShape(100, 100, pixels=True), margin=Margin(20))).pixels
    assert found.shape == (100, 100, 4)
    alpha = found[..., 3]
    rows, columns = np.flatnonzero(alpha.max(1) > 127), np.flatnonzero(alpha.max(0) > 127)
    assert rows[0] == pytest.approx(99 - rows[-1], abs=1) and columns[0] == pytest.approx(99 - columns[-1], abs=1)
    assert 20 <= rows[0] <= 26 and alpha[:19].max() == 0
    assert np.abs(found[50, 50, :3].astype(int) - RED).max() <= 2


@pytest.mark.parametrize("edit", [SolidColour((0, 177, 64)), Gradient((255, 255, 255), (0, 0, 0), 90)])
def test_a_background_fills_the_canvas_to_its_corners(document, edit):
    found = rendered(document.changed(edit=edit), Framing(canvas=CanvasShape(90, 160, pixels=True))).pixels
    expected = edits.backdrop(edit, (160, 90))
    assert found.shape == (160, 90, 3)
    for corner in ((0, 0), (0, 89), (159, 0), (159, 89)):
        assert (found[corner] == expected[corner]).all()


def test_a_photograph_behind_is_fitted_to_the_canvas(document):
    pixels = np.zeros((40, 40, 3), np.uint8)
    pixels[:20] = (255, 0, 0)
    found = rendered(
        document.changed(edit=Background(pixels)), Framing(canvas=CanvasShape(120, 120, pixels=True))
    ).pixels
    assert (found[2, 2] == (255, 0, 0)).all() and (found[117, 117] == 0).all()


@pytest.mark.parametrize("style", Style)
def test_a_highlight_keeps_its_surroundings_and_stays_in_the_image(document, style):
    found = rendered(document.changed(edit=Highlight(style, 1.0)), Framing(canvas=CanvasShape(1, 1), margin=Margin(8)))
    whole = Renderer(document.source).result(document.changed(edit=Highlight(style, 1.0)))
    assert found.pixels.shape[0] == found.pixels.shape[1] <= 60
    assert np.abs(found.pixels[:, -1].astype(int) - whole[: len(found.pixels), -1]).max() <= 40 or style is Style.BLUR


def test_a_matte_is_black_beside_the_image(document):
    framing = Framing(canvas=CanvasShape(300, 100, pixels=True))
    found = rendered(document, framing, Content.MATTE, depth=16).pixels
    assert found.shape == (100, 300) and found.dtype == np.uint16
    assert found[:, :80].max() == 0 and found[50, 150] == 65535
    same = rendered(document.changed(edit=MatteOnly(16)), framing).pixels
    assert (same == found).all()


def test_layers_are_framed_together_and_the_original_ends_where_the_image_does(document):
    request = ExportRequest(Content.LAYERS, framing=Framing(canvas=CanvasShape(2, 1), margin=Margin(30)))
    document = document.changed(edit=SolidColour((0, 177, 64)))
    result = exporting.rendered(document, Renderer(document.source), request)
    with ZipFile(BytesIO(exporting.encoded(result, Path("a.ora"), request))) as archive:
        root = ElementTree.fromstring(archive.read("stack.xml"))
        assert int(root.get("w")) == 2 * int(root.get("h"))
        for layer in root.iter("layer"):
            with Image.open(BytesIO(archive.read(layer.get("src")))) as image:
                assert image.size == (int(root.get("w")), int(root.get("h")))
                if layer.get("name") == "original":
                    original = np.asarray(image)
    assert original.shape[2] == 4 and original[..., 3].min() == 0 and original[..., 3].max() == 255


def test_what_would_be_transparent_is_put_on_the_colour_of_the_frame(document, tmp_path):
    white = Framing(canvas=CanvasShape(1, 1), margin=Margin(9), colour=(255, 255, 255))
    request = ExportRequest(framing=white, quality=95)
    exporting.export(document, Renderer(document.source), tmp_path / "a.jpg", request)
    with Image.open(tmp_path / "a.jpg") as image:
        assert image.getpixel((0, 0)) == (255, 255, 255)
    green = document.changed(edit=SolidColour((0, 177, 64)))
    assert (rendered(green, white).pixels[0, 0] == (0, 177, 64)).all()
    with pytest.raises(OutputUnsupported, match="transparency"):
        exporting.check_format(tmp_path / "a.jpg", replace(request, framing=SQUARE), Cutout())


def test_exif_has_the_size_of_the_frame(document):
    exif = Image.Exif()
    exif[0x8769] = {0xA002: 80, 0xA003: 60}
    document = replace(document, source=replace(document.source, metadata=Metadata(exif.tobytes())))
    found = Image.Exif()
    found.load(rendered(document, Framing(canvas=CanvasShape(70, 50, pixels=True))).metadata.exif)
    assert (found.get_ifd(0x8769)[0xA002], found.get_ifd(0x8769)[0xA003]) == (70, 50)


def test_an_object_that_is_enlarged_much_is_reported(document):
    with pytest.warns(EditorWarning, match=r"enlarged 5\d\.\d times to fill the canvas: a larger photograph"):
        rendered(document, Framing(canvas=CanvasShape(2000, 2000, pixels=True)))


def test_a_recipe_keeps_its_framing():
    framing = Framing(True, Margin(7.5, percent=True), CanvasShape(2000, 2000, pixels=True), (255, 255, 255))
    recipe = Recipe(framing=framing)
    assert Recipe.from_json(json.loads(json.dumps(recipe.to_json()))) == recipe
    assert Recipe.from_json({}).framing == Framing()


@pytest.fixture
def photo(tmp_path):
    """A red square, 20 to 40 by 10 to 30, on green."""
    pixels = np.full((50, 60, 3), (30, 160, 60), np.uint8)
    pixels[10:30, 20:40] = (230, 20, 20)
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


@pytest.fixture
def run(capsys, loaded):
    def run(*arguments):
        code = cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.mark.parametrize(
    ("options", "size"),
    [
        (("--trim",), (20, 20)),
        (("--trim", "--margin", "5"), (30, 30)),
        (("--trim", "--margin", "10%"), (24, 24)),
        (("--canvas", "4:5"), (20, 25)),
        (("--canvas", "30x20", "--margin", "0"), (30, 20)),
        (("--trim", "--longest-side", "10"), (10, 10)),
        (("--longest-side", "30"), (30, 25)),
    ],
)
def test_the_command_frames(run, photo, tmp_path, options, size):
    code, out, err = run("matte", photo, "the red square", "-o", tmp_path / "out.png", "--json", *options)
    assert (code, err) == (0, "")
    assert json.loads(out)["output_size"] == list(size) and json.loads(out)["box"] == [20, 10, 40, 30]
    with Image.open(tmp_path / "out.png") as image:
        assert image.size == size and image.mode == "RGBA"


def test_the_command_takes_presets_and_warns_of_blur(run, photo, tmp_path):
    code, _, err = run("matte", photo, "the red square", "-o", tmp_path / "out.jpg", "--preset", "amazon")
    assert code == 0 and "warning: The object is enlarged 85.0 times" in err
    with Image.open(tmp_path / "out.jpg") as image:
        assert image.size == (2000, 2000) and image.getpixel((3, 3)) == (255, 255, 255)
        red = np.asarray(image)[..., 1] < 128
    assert red.any(0).sum() / 2000 == pytest.approx(0.85, abs=0.01)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--margin", "5"), "trim the result to it, or choose a canvas"),
        (("--canvas", "wide"), "is not a canvas"),
        (("--preset", "bazaar"), "choose among amazon"),
    ],
)
def test_the_command_refuses_before_any_work(run, photo, tmp_path, options, words):
    code, out, err = run("matte", photo, "the red square", "-o", tmp_path / "out.png", *options)
    assert (code, out) == (2, "") and words in err and not (tmp_path / "out.png").exists()


def test_a_batch_frames_results_and_sidecars(run, photo, tmp_path):
    options = ("--canvas", "1:1", "--margin", "10%", "--sidecar")
    code, _, _ = run("batch", photo, "-e", "the red square", "-o", tmp_path / "out", *options)
    assert code == 0
    for name in ("photo.png", "photo.matte.png"):
        with Image.open(tmp_path / "out" / name) as image:
            assert image.size == (25, 25)


def test_margins_without_room_are_an_error_of_the_export(document):
    with pytest.raises(BadOption, match="no room"):
        rendered(document, Framing(canvas=CanvasShape(40, 40, pixels=True), margin=Margin(20)))


def test_the_command_keeps_colours_on_request(run, tmp_path):
    pixels = np.full((50, 60, 3), (30, 160, 60), np.uint8)
    pixels[10:30, 20:40] = (230, 20, 20)
    pixels[12:28, 19] = pixels[12:28, 40] = (130, 90, 40)  # a mixed edge
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    found = {}
    for option in ("--keep-colours", "--decontaminate"):
        out = tmp_path / f"{option}.png"
        code, _, err = run("matte", tmp_path / "photo.png", "the red square", "-o", out, "--feather", "2", option)
        assert (code, err) == (0, "")
        found[option] = np.asarray(Image.open(out))
    seen = found["--keep-colours"][..., 3] > 0
    assert (found["--keep-colours"][seen][:, :3] == pixels[seen]).all()
    assert (found["--decontaminate"][seen][:, :3] != pixels[seen]).any()
    code, _, err = run(
        "matte", tmp_path / "photo.png", "x", "-o", tmp_path / "a.png", "--edit", "solid", "--keep-colours"
    )
    assert code == 2 and "--decontaminate does not go with --edit solid" in err
