"""Compositions in files: framed and layered exports, projects and recovery, undo; read back with Pillow."""

import json
import re
import tracemalloc
import warnings
import zipfile
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from clipmat import foreground, image_files
from rim_editor.documents import compositing, composition_rendering, edits
from rim_editor.documents.composition import Composition, Outline, Placement, Shadow
from rim_editor.documents.document import Answer, Combine, Document, Layer
from rim_editor.documents.edits import Background, Cutout, Gradient, Highlight, MatteOnly, SolidColour
from rim_editor.documents.framing import CanvasShape, Framing, Margin
from rim_editor.documents.history import History
from rim_editor.documents.rendering import Renderer
from rim_editor.editor.editor import Editor
from rim_editor.errors import BadOption
from rim_editor.files import exporting, opening, projects, recovery_files
from rim_editor.files.exporting import Content, ExportRequest
from rim_editor.matting import Matting

RED, BLUE = (230, 40, 30), (20, 60, 200)
PLACED = Composition(Placement(-0.25, 0.05, 0.8, 30))
MARKED = Composition(shadow=Shadow(90, 8, 2, 0.9), outline=Outline(2, (0, 255, 0)))


@pytest.fixture
def document():
    """A soft red disc of radius 15 about (80, 40) in a blue image of 120 x 80."""
    y, x = np.mgrid[:80, :120] + 0.5
    soft = np.clip((15 - np.hypot(y - 40, x - 80)) / 4 + 0.5, 0, 1).astype(np.float32)
    soft.setflags(write=False)
    pixels = np.rint(soft[..., None] * RED + (1 - soft[..., None]) * BLUE).astype(np.uint8)
    return Document.of_one_layer(image_files.from_pixels(pixels), (Answer("the disc", Combine.NEW, soft, 0.9),))


def rendered(document, content=Content.RESULT, **request):
    return exporting.rendered(document, Renderer(document.source), ExportRequest(content, **request))


@pytest.mark.parametrize(
    "edit", [Cutout(), SolidColour((9, 99, 9)), Gradient(), Background(np.zeros((5, 5, 3), np.uint8))]
)
@pytest.mark.parametrize("composition", [PLACED, MARKED, replace(MARKED, placement=PLACED.placement, colour_match=0.5)])
def test_a_plain_export_is_what_the_window_shows(document, edit, composition):
    document = document.changed(edit=edit, composition=composition)
    assert np.abs(rendered(document).pixels.astype(int) - Renderer(document.source).result(document)).max() == 0


def test_marks_and_object_are_laid_as_over_lays_whole_images(document):
    image = np.random.default_rng(0).integers(0, 256, (60, 90, 3), np.uint8)
    document = document.changed(edit=Background(image), composition=replace(MARKED, placement=PLACED.placement))
    renderer = Renderer(document.source)
    layer = composition_rendering.settled(document.source.pixels, renderer.rendered_layer(document.layer))
    expected = edits.backdrop(layer.edit, document.source.pixels.shape)
    for mark in composition_rendering.marks(layer):
        expected = compositing.over(compositing.plain(layer.matte.shape, mark.colour), expected, mark.cover[:])
    expected = compositing.over(layer.colours.foreground, expected, layer.matte)
    assert (rendered(document).pixels == expected).all()
    assert (image == document.edit.image).all(), "the background of the document is not painted on"


def test_an_export_beside_the_view_separates_no_colours_anew_and_keeps_its_memory_small(monkeypatch):
    height, width = 900, 1200
    y, x = np.mgrid[:height, :width]
    soft = np.clip((400 - np.hypot(y - 450, x - 600)) / 9, 0, 1).astype(np.float32)
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    composition = replace(MARKED, placement=PLACED.placement)
    document = Document.of_one_layer(image_files.from_pixels(pixels), (Answer("it", Combine.NEW, soft, 0.9),))
    document = document.changed(edit=Background(pixels[::-1].copy()), composition=composition)
    renderer = Renderer(document.source)
    shown = renderer.result(document)
    counted = []
    monkeypatch.setattr(foreground, "colour_moments", lambda *arrays: counted.append(arrays))
    tracemalloc.start()
    try:
        found = exporting.rendered(document, renderer, ExportRequest())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (found.pixels == shown).all() and counted == []
    assert peak < 40 * height * width, "bytes beside image, matte and colours"


def test_a_trimmed_export_holds_shadow_and_outline_whole(document):
    document = document.changed(composition=MARKED)
    whole = Renderer(document.source).result(document)
    found = rendered(document, framing=Framing(trim=True)).pixels
    rows, columns = (np.flatnonzero(whole[..., 3].max(axis) >= 5) for axis in (1, 0))
    assert (
        abs(found.shape[0] - (rows[-1] - rows[0] + 1)) <= 2
        and abs(found.shape[1] - (columns[-1] - columns[0] + 1)) <= 2
    )
    assert found.shape[0] > 42  # the disc alone has 34
    shared = whole[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    if shared.shape == found.shape:
        assert np.abs(shared[..., 3].astype(int) - found[..., 3]).mean() < 2


def test_marks_that_are_not_drawn_take_no_room(document):
    for edit in (MatteOnly(), Highlight()):
        sizes = [
            rendered(document.changed(edit=edit, composition=each), framing=Framing(trim=True)).pixels.shape
            for each in (Composition(), MARKED)
        ]
        assert sizes[0] == sizes[1]


@pytest.mark.filterwarnings("ignore:The object is enlarged")
def test_on_a_canvas_the_marks_keep_their_size_beside_the_object(document):
    green = Composition(outline=Outline(5, (0, 255, 0)))  # 6 pixels of 120 around a disc of 30
    document = document.changed(edit=SolidColour(), composition=green)
    found = rendered(document, framing=Framing(canvas=CanvasShape(420, 420, pixels=True), margin=Margin(0))).pixels
    row = found[210].astype(int)
    is_green = (row[:, 1] > 200) & (row[:, 0] < 60)
    is_red = (row[:, 0] > 150) & (row[:, 1] < 120)
    assert is_green.sum() / is_red.sum() == pytest.approx(12 / 30, abs=0.08)


def test_a_reduced_export_is_the_whole_one_reduced(document):
    document = document.changed(
        edit=SolidColour((200, 200, 90)), composition=replace(MARKED, placement=PLACED.placement)
    )
    whole = Image.fromarray(rendered(document).pixels)
    small = rendered(document, longest_side=60).pixels
    assert np.abs(np.asarray(whole.resize((60, 40), Image.Resampling.BOX), int) - small).mean() < 2.5


def test_the_matte_of_an_export_belongs_to_its_result(document):
    document = document.changed(composition=PLACED)
    alpha = rendered(document).pixels[..., 3]
    assert np.abs(rendered(document, Content.MATTE).pixels.astype(int) - alpha).max() <= 1


@pytest.mark.parametrize("edit", [Cutout(), SolidColour((9, 99, 9))])
@pytest.mark.parametrize("composition", [PLACED, MARKED, replace(MARKED, placement=PLACED.placement)])
def test_layers_of_a_file_look_together_like_the_result(document, edit, composition, tmp_path):
    document = document.changed(edit=edit, composition=composition)
    path = tmp_path / "layers.ora"
    exporting.export(document, Renderer(document.source), path, ExportRequest(Content.LAYERS))
    with zipfile.ZipFile(path) as archive:
        stack = archive.read("stack.xml").decode()
        merged = Image.open(BytesIO(archive.read("mergedimage.png"))).convert("RGBA")
        whole = Image.new("RGBA", merged.size)
        entries = re.findall(r'name="([^"]*)" src="([^"]*)"[^>]*visibility="(\w+)"', stack)
        for _, source, visibility in reversed(entries):
            if visibility == "visible":
                whole.alpha_composite(Image.open(BytesIO(archive.read(source))).convert("RGBA"))
    names = [name for name, _, _ in entries]
    assert ("the disc shadow" in names and "the disc outline" in names) is (composition.shadow is not None)
    assert ("original" in names) is (composition.placement == Placement())
    one, other = (np.asarray(each, int) for each in (whole, merged))
    assert np.abs(one[..., 3] - other[..., 3]).max() <= 3
    solid = other[..., 3] > 30
    assert np.abs(one[solid] - other[solid]).max() <= 6


def test_a_layered_file_opens_again_with_or_without_placement(document, tmp_path):
    for composition in (MARKED, PLACED):
        path = tmp_path / "again.ora"
        changed = document.changed(edit=SolidColour((9, 99, 9)), composition=composition)
        exporting.export(changed, Renderer(document.source), path, ExportRequest(Content.LAYERS, overwrite=True))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            opened = opening.read(path).history.current
        assert opened.size == document.size and opened.layers[0].parts
        if composition is MARKED:
            assert opened.edit == SolidColour((9, 99, 9))
            assert any("shadow and outline" in str(each.message) for each in caught)


def test_projects_and_recovery_hold_the_composition(document, tmp_path):
    everything = Composition(Placement(0.1, -0.2, 1.5, 30, mirrored=True), Shadow(colour=(1, 2, 3)), Outline(2), 0.25)
    history = History(document)
    history.commit(document.changed(composition=everything), "Shadow")
    projects.write(tmp_path / "work.rim", history.steps, history.place)
    opened = projects.read(tmp_path / "work.rim")
    assert opened.history.current.composition == everything and not opened.lost
    opened.history.undo()
    assert opened.history.current.composition == Composition()
    (tmp_path / "recovered").mkdir()
    recovery_files.write(history.current, tmp_path / "recovered", recovery_files.WrittenArrays(), None)
    assert recovery_files.read(tmp_path / "recovered").composition == everything


@pytest.mark.parametrize(
    "damaged", [7, {"colour_match": 3}, {"shadow": {"strength": "much"}}, {"placement": {"scale": 0}}]
)
def test_of_a_damaged_composition_only_that_is_lost(document, tmp_path, damaged):
    path = tmp_path / "work.rim"
    named = replace(document, layers=(replace(document.layer, name="hat", composition=MARKED),))
    projects.write(path, History(named).steps, 0)
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    data = json.loads(files["document.json"])
    data["layers"][0]["composition"] = damaged
    files["document.json"] = json.dumps(data).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    opened = projects.read(path)
    layer = opened.history.current.layer
    assert opened.lost == ("the composition of a layer",) and layer.composition == Composition()
    assert layer.name == "hat" and len(layer.parts) == 1


def test_a_composition_is_a_step_that_is_undone_and_a_drag_is_one(document):
    editor = Editor(document.source, Matting(lambda *_: pytest.fail("the model is not needed")))
    editor.restore(document)
    for right in (0.1, 0.2, 0.3):
        editor.composition.set(Composition(Placement(right)), gesture="place")
    editor.end_gesture()
    editor.composition.set(Composition(Placement(0.3), Shadow()))
    assert editor.history.undo_name == "Shadow"
    editor.undo()
    assert editor.history.undo_name == "Place" and editor.document.composition == Composition(Placement(0.3))
    editor.undo()
    assert editor.document.composition == Composition()
    editor.layers.lock(0, True)
    editor.composition.set(MARKED)
    assert editor.document.composition == Composition()


def test_a_copied_layer_has_its_composition(document):
    editor = Editor(document.source, Matting(lambda *_: pytest.fail("the model is not needed")))
    editor.restore(document.changed(composition=MARKED))
    editor.layers.duplicate()
    first, second = editor.document.layers
    assert first.composition == second.composition == MARKED and first.key != second.key


def test_values_out_of_range_are_refused():
    with pytest.raises(BadOption, match="match of colours of 2 is out of range"):
        Composition(colour_match=2)
    with pytest.raises(BadOption, match="is not a colour"):
        Shadow(colour=(0, 0, 256))


def test_layers_of_several_are_matched_to_what_is_under_them(document, tmp_path):
    lower = replace(
        document.layer, edit=Background(np.full((4, 4, 3), (200, 180, 20), np.uint8)), name="ground", key=Layer().key
    )
    upper = replace(document.layer, composition=Composition(colour_match=1.0), name="disc")
    both = Document(document.source, (lower, upper))
    assert (rendered(both, Content.LAYERS).pixels == Renderer(document.source).result(both)).all()
