"""Documents in folders: a state as version 0.1.0 wrote it, by hand, is read; what is written has the same form."""

import json

import cv2
import numpy as np
import pytest

from rim_editor.documents.document import Answer, Brush, Combine, Document, MatteControls, Patch, Stroke
from rim_editor.documents.edits import Cutout, Fit, Gradient, Highlight, MatteOnly, SolidColour, Style
from rim_editor.files import recovery_files

EDITS = [
    ({"kind": "Cutout"}, Cutout()),
    ({"kind": "MatteOnly", "depth": 16}, MatteOnly(16)),
    (
        {"kind": "Highlight", "style": "tint", "strength": 0.25, "colour": [1, 2, 3]},
        Highlight(Style.TINT, 0.25, (1, 2, 3)),
    ),
    ({"kind": "SolidColour", "colour": [0, 177, 64]}, SolidColour((0, 177, 64))),
    (
        {"kind": "Gradient", "start": [1, 2, 3], "end": [4, 5, 6], "angle": 30.0},
        Gradient((1, 2, 3), (4, 5, 6), 30.0),
    ),
]
PARTS = [
    {"kind": "Answer", "expression": "the dog", "combine": "new", "matte": {"file": "1.png"}, "presence": 0.75},
    {"kind": "Stroke", "brush": "keep", "points": [[1.5, 2.0], [3.0, 4.0]], "radius": 2.5, "hardness": 0.8},
    {"kind": "Patch", "x": 2, "y": 1, "matte": {"file": "2.png"}},
]
CONTROLS = {
    "kind": "MatteControls", "shift_edge": -1.5, "feather": 2.0, "contrast": 0.5, "fill_holes": True, "invert": False,
}  # fmt: skip
STATE = {
    "version": 1,
    "kept": "2024-05-06T07:08:09+00:00",
    "image": {"path": None, "size": [5, 4], "checksum": 0, "pixels": "0.png", "alpha": None, "exif": ""},
    "parts": PARTS,
    "controls": CONTROLS,
}


@pytest.fixture
def arrays():
    chance = np.random.default_rng(0)
    pixels = chance.integers(0, 256, (4, 5, 3), np.uint8)
    return pixels, chance.integers(0, 65536, (4, 5), np.uint16), chance.integers(0, 65536, (2, 2), np.uint16)


@pytest.fixture
def folder(tmp_path, arrays):
    for number, array in enumerate(arrays):
        cv2.imwrite(str(tmp_path / f"{number}.png"), array[..., ::-1] if array.ndim == 3 else array)
    return tmp_path


def write_state(folder, edit):
    (folder / "state.json").write_text(json.dumps(STATE | {"edit": edit}))


@pytest.mark.parametrize(("described", "edit"), EDITS)
def test_a_state_of_the_first_version_is_read(folder, arrays, described, edit):
    write_state(folder, described)
    document = recovery_files.read(folder)
    answer, stroke, patch = document.parts
    assert document.edit == edit and document.controls == MatteControls(-1.5, 2.0, 0.5, True)
    assert (document.source.pixels == arrays[0]).all() and document.source.path is None
    assert (answer.expression, answer.combine, answer.presence) == ("the dog", Combine.NEW, 0.75)
    np.testing.assert_allclose(answer.matte, arrays[1] / 65535, atol=1e-6)
    assert stroke == Stroke(Brush.KEEP, ((1.5, 2.0), (3.0, 4.0)), 2.5, 0.8)
    assert (patch.x, patch.y) == (2, 1)
    np.testing.assert_allclose(patch.matte, arrays[2] / 65535, atol=1e-6)
    summary = recovery_files.summary(folder)
    assert summary.expressions == ("the dog",) and summary.saved_at.isoformat() == STATE["kept"]


def test_a_background_is_in_a_file_of_its_own(folder, arrays):
    write_state(
        folder,
        {"kind": "Background", "image": {"file": "0.png"}, "fit": "tile", "colour": [9, 8, 7], "offset": [0.1, -0.2]},
    )
    edit = recovery_files.read(folder).edit
    assert (edit.fit, edit.colour, edit.offset) == (Fit.TILE, (9, 8, 7), (0.1, -0.2))
    assert (edit.image == arrays[0]).all()


@pytest.mark.parametrize(("described", "edit"), EDITS)
def test_what_is_written_has_the_same_form(tmp_path, folder, described, edit):
    write_state(folder, EDITS[0][0])
    read = recovery_files.read(folder)
    again = tmp_path / "again"
    again.mkdir()
    document = Document.of_one_layer(read.source, read.parts, read.controls, edit)
    recovery_files.write(document, again, recovery_files.WrittenArrays(), None)
    state = json.loads((again / "state.json").read_text())
    assert (
        set(state) == {*STATE, "layers", "active", "project", "linked", "view", "image_name"} - {"parts", "controls"}
        and state["version"] == 2
    )
    (layer,) = state["layers"]
    assert (layer["name"], layer["visible"], layer["locked"], state["active"]) == ("", True, False, 0)
    newer = {"decontaminate": True} if described["kind"] == "Cutout" else {}
    assert layer["edit"] == newer | described and layer["controls"] == CONTROLS | {"largest_hole": 5.0}
    newer = [
        {"certainty": "sure", "points": [], "box": None, "by_example": False, "accepted": False},
        {"follows_edges": False},
        {},
    ]
    assert [{k: v for k, v in part.items() if k != "matte"} for part in layer["parts"]] == [
        {k: v for k, v in (part | more).items() if k != "matte"} for part, more in zip(PARTS, newer, strict=True)
    ]
    assert isinstance(read.parts[0], Answer) and isinstance(read.parts[2], Patch)
