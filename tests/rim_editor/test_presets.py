"""Presets: kept whole, found by name or file, used by the commands; damaged ones are named and set aside."""

import json

import numpy as np
import pytest
from PIL import Image

from rim_editor import presets, settings
from rim_editor.commands import cli
from rim_editor.documents.composition import Composition, Outline, Placement, Shadow
from rim_editor.documents.document import MatteControls
from rim_editor.documents.edits import Background, Cutout, Fit, Gradient, Highlight, MatteOnly, SolidColour
from rim_editor.documents.framing import CanvasShape, Framing, Margin
from rim_editor.errors import BadOption, EditorWarning
from rim_editor.presets import BadPreset, Preset, PresetExport

EVERYTHING = Preset(
    SolidColour((0, 0, 255)),
    MatteControls(shift_edge=-1.5, feather=2.0, fill_holes=True, largest_hole=7),
    Composition(Placement(0.1, -0.2, 0.8, 30, mirrored=True), Shadow(colour=(9, 8, 7)), Outline(2), 0.3),
    PresetExport(".jpg", 80, 1200, Framing(True, Margin(7.5, percent=True), CanvasShape(4, 5), (255, 255, 255))),
)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RIM_EDITOR_HOME", str(tmp_path / "home"))


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


def stored(**named):
    presets.save({name: presets.described(preset) for name, preset in named.items()})


def opened(path):
    with Image.open(path) as image:
        return np.asarray(image)


@pytest.mark.parametrize(
    "edit", [Cutout(), Cutout(decontaminate=False), MatteOnly(16), Highlight(), Gradient(angle=30)]
)
def test_a_preset_is_kept_whole(edit):
    stored(shop=Preset(edit, EVERYTHING.controls, EVERYTHING.composition, EVERYTHING.export))
    found = presets.restored("shop", presets.load()["shop"])
    assert found.edit == edit
    assert (found.controls, found.composition, found.export) == (
        EVERYTHING.controls, EVERYTHING.composition, EVERYTHING.export,
    )  # fmt: skip


def test_the_image_of_a_background_is_in_the_file(tmp_path):
    image = np.random.default_rng(0).integers(0, 256, (8, 12, 3), np.uint8)
    preset = Preset(Background(image, Fit.FIT, (1, 2, 3), (0.1, 0.2), 1.5))
    presets.write_file(tmp_path / "beach.rimpreset", {"beach": presets.described(preset)})
    edit = presets.restored("beach", presets.read_file(tmp_path / "beach.rimpreset")["beach"]).edit
    assert (edit.image == image).all()
    assert (edit.fit, edit.colour, edit.offset, edit.scale) == (Fit.FIT, (1, 2, 3), (0.1, 0.2), 1.5)


def test_fields_of_a_later_version_are_ignored_and_missing_ones_are_as_usual():
    record = presets.described(EVERYTHING) | {"sound": 7}
    record["composition"]["glow"] = {"strength": 1}
    record["edit"]["texture"] = "wood"
    del record["controls"]
    found = presets.restored("shop", record)
    assert found.composition == EVERYTHING.composition and found.edit == EVERYTHING.edit
    assert found.controls == MatteControls()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"composition": {"shadow": {"strength": 2}}},
            "its composition makes no sense .*strength of a shadow of 2 is out of",
        ),
        ({"composition": {"outline": {"width": "wide"}}}, "its composition makes no sense .*outline.width"),
        ({"export": {"quality": 500}}, "its export makes no sense .*quality of 500 is out of range"),
        ({"controls": {"feather": 1e6}}, "its controls|a control out of its range"),
        ({"edit": {"kind": "SolidColour", "colour": [0, 0, 10**400]}}, "a number out of range"),
        ({"edit": {"kind": "Explosion"}}, "its edit makes no sense .*Explosion"),
        ({"edit": {"kind": "MatteControls"}}, "it is no edit"),
        ({"edit": {"kind": "Background", "image": {"file": "!!"}}}, "its edit makes no sense"),
        ({"edit": {"kind": "SolidColour", "colour": [0, 0, 999]}}, "a colour out of its range"),
        ({"edit": 7}, "its edit makes no sense"),
    ],
)
def test_a_value_that_makes_no_sense_is_named_with_its_preset(change, message):
    with pytest.raises(BadPreset, match=f"The preset 'shop' cannot be used.*{message}"):
        presets.restored("shop", presets.described(EVERYTHING) | change)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"version": 1}', b'{"version": 9, "presets": {}}', b"\xff\xfe"]
)
def test_a_damaged_file_is_set_aside_with_a_warning(content):
    path = settings.folder() / "presets.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    with pytest.warns(EditorWarning, match=r"presets.json' are damaged .*set aside as 'presets.damaged-\w+.json'"):
        assert presets.load() == {}
    (aside,) = path.parent.glob("presets.damaged-*.json")
    assert aside.read_bytes() == content and not path.exists()
    stored(shop=EVERYTHING)
    assert list(presets.load()) == ["shop"]


def test_a_damaged_exported_file_is_refused(tmp_path):
    (tmp_path / "x.rimpreset").write_text("hello")
    with pytest.raises(BadPreset, match="holds no preset, or is damaged"):
        presets.read_file(tmp_path / "x.rimpreset")
    with pytest.raises(BadPreset, match="cannot be read .*check its name"):
        presets.read_file(tmp_path / "gone.rimpreset")
    (tmp_path / "none.rimpreset").write_text('{"version": 1, "presets": {}}')
    with pytest.raises(BadPreset, match="holds no preset: export one"):
        presets.read_file(tmp_path / "none.rimpreset")


@pytest.mark.parametrize(
    ("name", "message"), [("  ", "needs a name"), ("x" * 61, "1 to 60"), ("Amazon", "marketplace")]
)
def test_names_that_cannot_be(name, message):
    with pytest.raises(BadOption, match=message):
        presets.checked_name(name)
    assert presets.checked_name("  my   shop ") == "my shop"


def test_the_command_does_what_the_preset_says_but_for_what_is_given(run, photo, tmp_path):
    stored(**{"My shop": Preset(SolidColour((0, 0, 255)), composition=Composition(outline=Outline(5, (255, 255, 0))))})
    code, _, err = run("matte", photo, "the red square", "-o", tmp_path / "a.png", "--preset", "my shop")
    assert (code, err) == (0, "")
    result = opened(tmp_path / "a.png")
    assert (result[12:28, 22:38] == (230, 20, 20)).all() and (result[45, 55] == (0, 0, 255)).all()
    assert (result[15:25, 18] == (255, 255, 0)).all()
    run("matte", photo, "the red square", "-o", tmp_path / "b.png", "--preset", "my shop", "--edit", "solid")
    result = opened(tmp_path / "b.png")
    assert (result[45, 55] == 255).all() and (result[15:25, 18] == (255, 255, 0)).all()


def test_a_file_is_a_preset_too_and_brings_framing_side_and_quality(run, photo, tmp_path):
    export = PresetExport(".png", None, 40, Framing(canvas=CanvasShape(1, 1), margin=Margin(10, percent=True)))
    path = tmp_path / "square.rimpreset"
    presets.write_file(path, {"square": presets.described(Preset(export=export))})
    code, out, err = run("matte", photo, "the red square", "-o", tmp_path / "a.png", "--preset", path, "--json")
    assert (code, json.loads(out)["output_size"]) == (0, [25, 25]) and not err
    code, out, _ = run("matte", photo, "red", "-o", tmp_path / "b.png", "--preset", path, "--canvas", "2:1", "--json")
    width, height = json.loads(out)["output_size"]
    assert code == 0 and width == 2 * height


def test_a_batch_takes_the_preset_with_its_background_and_format(run, photo, tmp_path):
    ground = np.full((5, 5, 3), (1, 2, 250), np.uint8)
    stored(beach=Preset(Background(ground), export=PresetExport(".tiff")))
    code, _, err = run("batch", photo, "-e", "red", "-o", tmp_path / "out", "--preset", "beach", "--no-report")
    assert (code, err) == (0, "")
    assert (opened(tmp_path / "out" / "photo.tiff")[45, 55] == (1, 2, 250)).all()
    run("batch", photo, "-e", "red", "-o", tmp_path / "two", "--preset", "beach", "--no-report", "--format", "png")
    assert (tmp_path / "two" / "photo.png").is_file()


def test_marketplaces_are_presets_as_before_and_unknown_names_are_refused(run, photo, tmp_path):
    stored(shop=EVERYTHING)
    assert presets.find("amazon") is None
    code, out, err = run("matte", photo, "red", "-o", tmp_path / "a.png", "--preset", "shopp")
    assert code == 2 and "'shopp' is no preset: choose among shop, amazon" in err and not (tmp_path / "a.png").exists()
    code, _, err = run("matte", photo, "red", "-o", tmp_path / "a.png", "--preset", tmp_path / "gone.rimpreset")
    assert code == 2 and "gone.rimpreset" in err
