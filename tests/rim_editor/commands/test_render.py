"""`rim-editor render` and `batch --project`, from outside: files, exit codes, one line of text."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from clipmat import image_files
from rim_editor.commands import cli
from rim_editor.documents import edits
from rim_editor.documents.document import Answer, Brush, Combine, Document, ImportedMatte, Layer, MatteControls, Stroke
from rim_editor.documents.history import History
from rim_editor.files import projects


@pytest.fixture
def photo(tmp_path):
    """A red square, 20 to 40 by 10 to 30, on green."""
    pixels = np.full((50, 60, 3), (30, 160, 60), np.uint8)
    pixels[10:30, 20:40] = (230, 20, 20)
    Image.fromarray(pixels).save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


@pytest.fixture
def square():
    matte = np.zeros((50, 60), np.float32)
    matte[10:30, 20:40] = 1
    return matte


@pytest.fixture
def run(capsys, loaded):
    def run(*arguments):
        code = cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def project(tmp_path, photo, square):
    """A function that saves a document of these layers as a project."""

    def make(*layers, active=0, name="work.rim"):
        document = Document(image_files.read(photo), layers or (Layer((found(square),)),), active)
        projects.write(tmp_path / name, History(document).steps, 0)
        return tmp_path / name

    return make


def found(matte, combine=Combine.NEW, expression="the red square"):
    return Answer(expression, combine, matte, 0.9)


def opened(path):
    with Image.open(path) as image:
        return np.asarray(image)


def test_a_project_is_rendered_without_the_model(run, project, tmp_path, monkeypatch):
    from rim_editor.matting import Matting

    monkeypatch.setattr(Matting, "predictor", lambda *_: pytest.fail("the mattes are in the project"))
    code, out, err = run("render", project(), "-o", tmp_path / "out.png")
    assert (code, err) == (0, "") and "the red square" in out
    cut = opened(tmp_path / "out.png")
    assert (cut[10:30, 20:40] == (230, 20, 20, 255)).all() and (cut[:10, :, 3] == 0).all()


def test_its_layers_are_composed(run, project, square, tmp_path):
    path = project(
        Layer((found(square),), edit=edits.SolidColour((1, 2, 3))),
        Layer((ImportedMatte("corner", Combine.NEW, np.eye(50, 60, dtype=np.float32)),), name="corner", visible=False),
    )
    code, out, _ = run("render", path, "-o", tmp_path / "out.jpg", "--json")
    assert code == 0 and json.loads(out)["layers"] == ["the red square"]
    assert np.abs(opened(tmp_path / "out.jpg")[45, 5].astype(int) - (1, 2, 3)).max() < 9


def test_matte_layers_and_size(run, project, tmp_path):
    path = project()
    assert run("render", path, "-o", tmp_path / "matte.png", "--matte", "--depth", "16")[0] == 0
    assert opened(tmp_path / "matte.png").max() == 65535
    assert run("render", path, "-o", tmp_path / "small.png", "--longest-side", "30")[0] == 0
    assert opened(tmp_path / "small.png").shape == (25, 30, 4)
    assert run("render", path, "-o", tmp_path / "trimmed.png", "--trim")[0] == 0
    assert opened(tmp_path / "trimmed.png").shape == (20, 20, 4)
    assert run("render", path, "-o", tmp_path / "out.ora")[0] == 0
    with zipfile.ZipFile(tmp_path / "out.ora") as archive:
        assert "stack.xml" in archive.namelist()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-o", "out.ora", "--matte"], "--matte writes one image"),
        (["-o", "out.jpg"], "transparency"),
        (["-o", "work.rim", "--force"], "the project itself"),
        (["-o", "out.xyz"], "out.xyz"),
    ],
)
def test_what_is_refused(run, project, tmp_path, monkeypatch, arguments, words):
    path = project()
    monkeypatch.chdir(tmp_path)
    before = path.read_bytes()
    code, out, err = run("render", path, *arguments)
    assert code == 2 and out == "" and words in err and err.count("\n") == 1
    assert path.read_bytes() == before


def test_a_damaged_project_is_rendered_with_a_warning(run, project, tmp_path):
    path = project()
    path.write_bytes(path.read_bytes()[:-60])
    code, _, err = run("render", path, "-o", tmp_path / "out.png")
    assert code == 0 and "warning" in err and "the end of the file" in err and (tmp_path / "out.png").exists()
    path.write_bytes(b"nothing")
    code, _, err = run("render", path, "-o", tmp_path / "none.png")
    assert code == 2 and "no project" in err and not (tmp_path / "none.png").exists()


# --- a project as the recipe of a batch


def test_a_batch_does_what_was_done_in_a_project(run, project, square, photo, tmp_path):
    stroke = Stroke(Brush.KEEP, ((5.0, 5.0),), 3.0)
    clicked = Answer("", Combine.ADD, square, 0.9, points=((25.0, 20.0, True),))
    layers = (
        Layer((found(square, expression="the green square"),)),
        Layer((found(square), stroke, clicked), MatteControls(invert=True), edits.SolidColour((9, 9, 9))),
    )
    path = project(*layers, active=1)
    code, out, err = run("batch", photo, "--project", path, "-o", tmp_path / "out", "--no-report")
    assert code == 0, err
    assert "(2 parts)" in err and "fits its image only" in err
    result = opened(tmp_path / "out" / "photo.png")
    assert tuple(result[20, 30]) == (9, 9, 9) and tuple(result[45, 5]) == (30, 160, 60)


def test_its_background_is_in_the_project(run, project, square, photo, tmp_path):
    behind = edits.Background(np.full((20, 20, 3), (7, 8, 9), np.uint8))
    path = project(Layer((found(square),), edit=behind))
    code, _, err = run("batch", photo, "--project", path, "-o", tmp_path / "out", "--no-report")
    assert code == 0, err
    assert tuple(opened(tmp_path / "out" / "photo.png")[45, 5]) == (7, 8, 9)


def test_what_is_given_beside_the_project_counts(run, project, photo, tmp_path):
    path = project()
    arguments = ["--edit", "solid", "--color", "#010203", "--no-report"]
    assert run("batch", photo, "--project", path, "-o", tmp_path / "out", *arguments)[0] == 0
    assert tuple(opened(tmp_path / "out" / "photo.png")[45, 5]) == (1, 2, 3)


def test_a_project_without_expressions_is_no_recipe(run, project, photo, tmp_path):
    path = project(Layer((Stroke(Brush.KEEP, ((5.0, 5.0),), 3.0),)))
    code, _, err = run("batch", photo, "--project", path, "-o", tmp_path / "out")
    assert code == 2 and "say with -e" in err and not Path(tmp_path / "out").exists()
