"""Layers: a document of several, composed, exported and arranged; pixels against formulas written out here."""

import xml.etree.ElementTree as ElementTree
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from clipmat.image_files import OpenedImage
from rim_editor.documents import layering
from rim_editor.documents.document import Answer, Brush, Combine, Document, Layer, MatteControls, Stroke
from rim_editor.documents.edits import Cutout, Highlight, MatteOnly, SolidColour, Style
from rim_editor.documents.layering import united
from rim_editor.documents.rendering import Renderer, View, ViewMode
from rim_editor.editor.editor import Editor
from rim_editor.editor.events import DocumentChanged, Notice, NoticeCode
from rim_editor.errors import NoMatte
from rim_editor.files.exporting import Content, ExportRequest, export
from rim_editor.matting import Matting

HEIGHT, WIDTH = 40, 60
LEFT, RIGHT, MIDDLE = slice(0, 25), slice(35, 60), slice(15, 45)


def answer(columns, name="the thing", value=1.0):
    matte = np.zeros((HEIGHT, WIDTH), np.float32)
    matte[:, columns] = value
    matte.setflags(write=False)
    return Answer(name, Combine.NEW, matte, 0.9)


@pytest.fixture
def source():
    return OpenedImage(None, np.random.default_rng(3).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8), None)


@pytest.fixture
def editor(source):
    return Editor(source, Matting(lambda *_: pytest.fail("the model is not needed")))


def document_of(source, *layers, active=0):
    return Document(source, layers, active)


def test_a_cutout_over_a_cutout_shows_both(source):
    two = document_of(source, Layer((answer(LEFT),)), Layer((answer(RIGHT),)))
    result = Renderer(source).result(two)
    expected = np.zeros((HEIGHT, WIDTH), np.uint8)
    expected[:, LEFT] = expected[:, RIGHT] = 255
    assert result.shape == (HEIGHT, WIDTH, 4) and (result[..., 3] == expected).all()
    assert (result[expected == 255][:, :3] == source.pixels[expected == 255]).all()


def test_soft_mattes_over_each_other_follow_porter_and_duff(source):
    one, two = answer(slice(0, 60), value=0.25), answer(slice(0, 60), value=0.5)
    renderer, document = Renderer(source), document_of(source, Layer((one,)), Layer((two,)))
    alpha = 0.5 + 0.25 * 0.5
    assert np.abs(renderer.result(document)[..., 3] - 255 * alpha).max() <= 1
    mattes = [renderer.layer_matte(layer) for layer in document.layers]
    np.testing.assert_allclose(united(mattes)[:], alpha, atol=1e-6)


def test_the_lowest_layer_brings_the_background_and_a_higher_one_covers_what_is_under_it(source):
    renderer, green = Renderer(source), SolidColour((0, 200, 0))
    below = document_of(source, Layer((answer(LEFT),), edit=green), Layer((answer(RIGHT),)))
    result = renderer.result(below)
    assert result.shape == (HEIGHT, WIDTH, 3)
    assert (result[:, LEFT] == source.pixels[:, LEFT]).all() and (result[:, RIGHT] == source.pixels[:, RIGHT]).all()
    assert (result[:, 25:35] == (0, 200, 0)).all()
    above = document_of(source, Layer((answer(LEFT),)), Layer((answer(RIGHT),), edit=green))
    result = renderer.result(above)
    assert (result[:, :35] == (0, 200, 0)).all() and (result[:, RIGHT] == source.pixels[:, RIGHT]).all()


@pytest.mark.parametrize("edit", [SolidColour((0, 200, 0)), MatteOnly(), MatteOnly(16)])
@pytest.mark.parametrize("level", [0, 1])
def test_layers_that_are_covered_are_not_rendered_and_the_result_is_as_if_they_were(source, monkeypatch, edit, level):
    layers = (Layer((answer(MIDDLE),)), Layer((answer(LEFT, value=0.7),), edit=edit), Layer((answer(RIGHT),)))
    renderer, rendered = Renderer(source), []
    made = Renderer.rendered_layer
    all_of_them = layering.composed(renderer.image(level), [made(renderer, layer, level) for layer in layers])

    def noted(self, layer, level=0):
        rendered.append(layer.key)
        return made(self, layer, level)

    monkeypatch.setattr(Renderer, "rendered_layer", noted)
    document = document_of(source, *layers)
    result = renderer.shown(document, View(mode=ViewMode.RESULT), level) if level else renderer.result(document)
    assert rendered == [layers[1].key, layers[2].key]
    assert result.dtype == all_of_them.dtype and (result == all_of_them).all()
    top = renderer.result(document_of(source, *layers[:2]))
    assert top.shape == (HEIGHT, WIDTH, 3) and top.dtype == np.uint8, "several layers are never grey"


@pytest.mark.parametrize("edit", [Cutout(), SolidColour((9, 9, 9))])
def test_a_highlight_above_changes_what_is_under_it(source, edit):
    black = Highlight(Style.DIM, 1.0)
    result = Renderer(source).result(
        document_of(source, Layer((answer(LEFT),), edit=edit), Layer((answer(MIDDLE),), edit=black))
    )
    assert (result[:, MIDDLE, :3] == source.pixels[:, MIDDLE]).all()
    assert not result[:, :15, :3].any() and not result[:, 45:, :3].any()
    if edit == Cutout():
        assert (result[:, 45:, 3] == 0).all() and (result[:, :45, 3] == 255).all()


def test_a_hidden_layer_and_an_empty_one_are_not_in_the_result(source):
    renderer, lone = Renderer(source), Layer((answer(LEFT),))
    expected = renderer.result(document_of(source, lone))
    assert (renderer.result(document_of(source, lone, Layer((answer(RIGHT),), visible=False))) == expected).all()
    assert (renderer.result(document_of(source, Layer(), lone, active=1)) == expected).all()


def test_the_view_is_of_the_active_layer_and_the_result_of_all(source):
    renderer = Renderer(source)
    two = document_of(source, Layer((answer(LEFT),)), Layer((answer(RIGHT),)), active=1)
    grey = renderer.shown(two, View(ViewMode.BLACK_AND_WHITE), 0)
    assert (grey[:, RIGHT] == 255).all() and not grey[:, :35].any()
    assert (renderer.shown(two, View(ViewMode.RESULT), 0) == renderer.result(two)).all()
    empty = replace(two, layers=(two.layers[0], Layer()))
    assert (renderer.shown(empty, View(ViewMode.RESULT), 0) == renderer.result(two.changed(parts=()))).all()


def test_hidden_layers_alone_are_not_exported(source, tmp_path):
    document = document_of(source, Layer((answer(LEFT),), visible=False))
    with pytest.raises(NoMatte, match="hidden: show one"):
        export(document, Renderer(source), tmp_path / "a.png", ExportRequest())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("longest", [None, 30])
def test_matte_and_result_of_several_layers_are_exported_together(source, tmp_path, longest):
    document = document_of(source, Layer((answer(LEFT),)), Layer((answer(RIGHT),), edit=MatteOnly()))
    document = document.changed(key=document.layers[1].key, edit=Cutout())
    renderer, step = Renderer(source), 1 if longest is None else 2
    for name, content in (("a.png", Content.RESULT), ("b.png", Content.MATTE)):
        export(document, renderer, tmp_path / name, ExportRequest(content, longest_side=longest))
    alpha = np.asarray(Image.open(tmp_path / "a.png"))[..., 3]
    matte = np.asarray(Image.open(tmp_path / "b.png"))
    assert alpha.shape == (HEIGHT // step, WIDTH // step) and (alpha == matte).all()
    assert (alpha[:, 0] == 255).all() and (alpha[:, 30 // step] == 0).all() and (alpha[:, -1] == 255).all()


@pytest.mark.parametrize("edit", [Cutout(), SolidColour((1, 2, 3)), Highlight(Style.TINT, 0.5)])
def test_open_raster_layers_look_together_like_the_merged_image(source, tmp_path, edit):
    document = document_of(
        source, Layer((answer(LEFT, "the cup"),), edit=edit), Layer((answer(MIDDLE, value=0.5),), name="Vase")
    )
    export(document, Renderer(source), tmp_path / "a.ora", ExportRequest(Content.LAYERS))
    with zipfile.ZipFile(tmp_path / "a.ora") as archive:
        stack = ElementTree.fromstring(archive.read("stack.xml")).find("stack")
        shown = [each for each in stack if each.get("visibility") == "visible"]
        merged = Image.open(archive.open("mergedimage.png")).convert("RGBA")
        together = Image.new("RGBA", merged.size)
        for each in reversed(shown):
            together.alpha_composite(Image.open(archive.open(each.get("src"))).convert("RGBA"))
    names = [each.get("name") for each in stack]
    assert {"Vase cut-out", "Vase matte", "the cup cut-out", "the cup matte", "original"} <= set(names)
    difference = np.abs(np.asarray(together, np.int16) - np.asarray(merged, np.int16))
    assert difference[np.asarray(merged)[..., 3] > 0].max() <= 2


def test_layers_are_added_named_moved_and_removed_and_all_of_it_is_undone(editor):
    start = editor.document
    editor.paint(Stroke(Brush.KEEP, ((5.0, 5.0),), 3.0))
    first = editor.document.layer.key
    editor.layers.add()
    assert editor.document.active == 1 and editor.document.parts == () and editor.history.undo_name == "New layer"
    editor.paint(Stroke(Brush.KEEP, ((30.0, 30.0),), 3.0))
    editor.layers.rename(1, " Hat ")
    assert editor.document.layer.title == "Hat" and editor.history.undo_name == "Rename layer"
    editor.layers.duplicate()
    assert [layer.title for layer in editor.document.layers] == ["", "Hat", "Hat copy"]
    assert editor.document.parts == editor.document.layers[1].parts
    editor.layers.move(0, 9)
    assert editor.document.layers[-1].key == first and editor.document.layer.title == "Hat copy"
    editor.layers.remove(1)
    assert [layer.title for layer in editor.document.layers] == ["Hat", ""] and editor.history.undo_name.endswith(
        "“Hat copy”"
    )
    editor.layers.remove(0)
    editor.layers.remove(0)
    assert len(editor.document.layers) == 1 and editor.document.layer.is_empty
    while editor.history.can_undo:
        editor.undo()
    assert editor.document is start and not editor.unsaved


def test_selecting_a_layer_is_no_step_and_strokes_go_where_the_user_is(editor):
    editor.layers.add()
    events = []
    editor.listen(events.append)
    editor.layers.select(0)
    assert events == [DocumentChanged(frozenset({"layers"}))] and editor.history.undo_name == "New layer"
    editor.paint(Stroke(Brush.KEEP, ((5.0, 5.0),), 3.0))
    assert editor.document.layers[0].parts and not editor.document.layers[1].parts


def test_hiding_a_layer_changes_the_result_and_is_a_step(editor):
    editor.paint(Stroke(Brush.KEEP, ((5.0, 5.0),), 3.0))
    editor.layers.show(0, visible=False)
    assert editor.document.shown_layers == () and editor.history.undo_name == "Hide layer" and editor.unsaved
    editor.undo()
    assert editor.document.shown_layers


def test_a_locked_layer_is_not_changed_and_the_user_is_told_what_to_do(editor):
    stroke = Stroke(Brush.KEEP, ((5.0, 5.0),), 3.0)
    editor.paint(stroke)
    editor.layers.lock(0, locked=True)
    notices = []
    editor.listen(lambda event: notices.append(event) if isinstance(event, Notice) else None)
    before = editor.document
    for change in (
        lambda: editor.paint(stroke),
        lambda: editor.paint(replace(stroke, brush=Brush.REFINE)),
        lambda: editor.set_edit(SolidColour()),
        lambda: editor.set_controls(MatteControls(feather=2)),
        lambda: editor.ask("the dog"),
        editor.clear_matte,
        lambda: editor.remove_parts([0]),
    ):
        change()
    assert editor.document is before
    assert [notice.code for notice in notices] == [NoticeCode.LOCKED] * 7 and "unlock it" in notices[0].text
    editor.layers.lock(0, locked=False)
    editor.paint(stroke)
    assert len(editor.document.parts) == 2


def test_a_hidden_layer_is_not_changed_unseen(editor):
    editor.paint(Stroke(Brush.KEEP, ((5.0, 5.0),), 3.0))
    editor.layers.show(0, visible=False)
    before, notices = editor.document, []
    editor.listen(lambda event: notices.append(event) if isinstance(event, Notice) else None)
    editor.paint(Stroke(Brush.KEEP, ((9.0, 5.0),), 3.0))
    assert editor.document is before
    assert [notice.text for notice in notices] == ["Layer 1 is hidden: show it, or select another layer."]


def test_a_new_layer_is_no_change_of_an_edit(editor):
    editor.set_edit(SolidColour())
    events = []
    editor.listen(events.append)
    editor.layers.add()
    assert all("edit" not in event.aspects for event in events) and events
