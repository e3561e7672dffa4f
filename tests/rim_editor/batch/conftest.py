"""Small photographs with a red square, and plans over them; the model is the one of the room above."""

import numpy as np
import pytest
from PIL import Image

from rim_editor.batch.inputs import gather_inputs
from rim_editor.batch.plan import make_plan
from rim_editor.batch.recipe import ExpressionTerm, Recipe
from rim_editor.documents.edit_description import EditDescription, EditName
from rim_editor.matting import Matting

MATTE = EditDescription(EditName.MATTE)


def photograph(size=(40, 30), seed=0):
    """Grey noise with a pure red rectangle, HxWx3 uint8."""
    width, height = size
    image = np.repeat(np.random.default_rng(seed).integers(90, 110, (height, width, 1), np.uint8), 3, axis=2)
    image[height // 3 : 2 * height // 3, width // 4 : width // 2] = (230, 10, 10)
    return image


@pytest.fixture
def photos(tmp_path):
    """A function that makes a folder of so many photographs."""

    def make(count=3, size=(40, 30), name="photos"):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        for number in range(count):
            path = folder / f"{number:02}.png"
            if not path.exists():
                Image.fromarray(photograph(size, number)).save(path)
        return folder

    return make


@pytest.fixture
def plan_for(tmp_path):
    """A function that plans what a recipe makes of a folder; 'the red square' and its matte unless told otherwise."""

    def make(folder, out=None, **recipe):
        recipe = {"expressions": (ExpressionTerm("the red square"),), "edit": MATTE} | recipe
        inputs, problems = gather_inputs([folder], recursive=True)
        return make_plan(inputs, Recipe(**recipe), out or tmp_path / "out", problems)

    return make


@pytest.fixture
def matting(loaded):
    """The door to a model that finds red things."""
    return Matting()


@pytest.fixture
def contents():
    """A function that reads all files below a folder but journals and reports, by their names."""

    def read(folder):
        kept = ("report.json", "report.html", ".rim-editor-batch.jsonl")
        return {
            str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
            for path in sorted(folder.rglob("*"))
            if path.name not in kept
        }

    return read
