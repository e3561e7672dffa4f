"""Examples in the editor, and as options of the commands: made, saved, found, and what goes wrong."""

import json

import numpy as np
import pytest
from PIL import Image

from clipmat.certainty import Certainty
from clipmat.examples import example_of, read_example
from clipmat.image_files import read
from rim_editor.batch.recipe import ExpressionTerm, Recipe
from rim_editor.commands import cli
from rim_editor.documents.document import Combine
from rim_editor.editor.editor import Editor
from rim_editor.editor.events import Answered, Notice, NoticeCode
from rim_editor.matting import Matting


@pytest.fixture
def photos(tmp_path):
    """Three images with a red square, and one without."""
    for name in ("a.png", "b.png", "c.png", "green.png"):
        pixels = np.full((50, 60, 3), (30, 160, 60), np.uint8)
        pixels[10:30, 20:40] = (30, 160, 60) if name == "green.png" else (230, 20, 20)
        path = tmp_path / "photos" / name
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(pixels).save(path)
    return tmp_path / "photos"


@pytest.fixture
def example(tmp_path):
    path = tmp_path / "red.rimexample"
    made = example_of(
        np.ones((2, 3), np.float32), weights="compact", variant="compact", words="red", source="beach.jpg"
    )
    path.write_bytes(made.to_bytes())
    return path


def alpha(path):
    with Image.open(path) as image:
        return np.asarray(image)[..., 3]


def editor_of(path, events=None):
    editor = Editor(read(path), Matting())
    if events is not None:
        editor.listen(events.append)
    return editor


def test_what_is_selected_is_saved_and_found_in_another_image(loaded, photos, tmp_path):
    events = []
    first = editor_of(photos / "a.png", events)
    first.ask("the red square")
    first.examples.save(tmp_path / "square.rimexample")
    saved = read_example(tmp_path / "square.rimexample")
    assert (saved.expression, saved.source) == ("the red square", "a.png")
    assert any(isinstance(e, Notice) and e.code is NoticeCode.SAVED and "square.rimexample" in e.text for e in events)
    events.clear()
    second = editor_of(photos / "b.png", events)
    second.examples.find(saved)
    assert loaded[-1].examples == [saved] and second.document.expressions[0].expression == "the red square"
    assert second.renderer.matte(second.document)[20, 30] == 1
    answered = next(e for e in events if isinstance(e, Answered))
    assert answered.by_example and answered.certainty is Certainty.SURE
    second.undo()
    assert not second.document.parts


def test_an_object_of_an_example_joins_what_is_selected_already(loaded, photos):
    editor = editor_of(photos / "a.png")
    made = []
    editor.ask("the red square")
    editor.examples.make(made.append)
    editor.examples.find(made[0])
    assert [part.combine for part in editor.document.parts] == [Combine.NEW, Combine.ADD]


def test_without_a_selection_there_is_no_example(loaded, photos, tmp_path):
    events = []
    editor = editor_of(photos / "a.png", events)
    editor.examples.save(tmp_path / "none.rimexample")
    assert [e.code for e in events] == [NoticeCode.NO_MATTE] and not (tmp_path / "none.rimexample").exists()


def test_a_folder_that_is_missing_is_a_notice(loaded, photos, tmp_path):
    events = []
    editor = editor_of(photos / "a.png", events)
    editor.ask("the red square")
    editor.examples.save(tmp_path / "no" / "x.rimexample")
    assert any(isinstance(e, Notice) and e.code is NoticeCode.FAILED and "create it first" in e.text for e in events)


def test_the_command_saves_an_example_and_finds_by_it(loaded, photos, tmp_path, capsys):
    file, out = tmp_path / "square.rimexample", tmp_path / "b.png"
    asked = [str(photos / "a.png"), "the red square", "-o", str(tmp_path / "a.png"), "--save-example", str(file)]
    assert cli.main(["matte", *asked]) == 0
    assert read_example(file).expression == "the red square"
    capsys.readouterr()
    assert cli.main(["matte", str(photos / "b.png"), "-o", str(out), "--example", str(file), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["example"] == str(file) and report["expression"] == "" and report["certainty"] == "sure"
    assert (alpha(out)[10:30, 20:40] == 255).all()
    assert cli.main(["matte", *asked, "--force"]) == 0
    assert cli.main(["matte", str(photos / "a.png"), "red", "-o", str(tmp_path / "z.png"),
                     "--save-example", str(file)]) == 2  # fmt: skip
    assert "exists already" in capsys.readouterr().err and not (tmp_path / "z.png").exists()


def test_where_the_example_is_not_the_message_names_it(loaded, photos, tmp_path, example, capsys):
    Image.fromarray(np.full((50, 60, 3), 90, np.uint8)).save(tmp_path / "grey.png")
    code = cli.main(["matte", str(tmp_path / "grey.png"), "-o", str(tmp_path / "x.png"), "--example", str(example)])
    assert code == 3 and "the example of beach.jpg" in capsys.readouterr().err


def test_an_empty_expression_and_a_damaged_example_are_refused(loaded, photos, tmp_path, capsys):
    asked = ["matte", str(photos / "a.png"), "-o", str(tmp_path / "x.png")]
    assert cli.main([*asked, ""]) == 2 and "expression is empty" in capsys.readouterr().err
    broken = tmp_path / "broken.rimexample"
    broken.write_bytes(b"{")
    assert cli.main([*asked, "--example", str(broken)]) == 2 and "damaged" in capsys.readouterr().err
    assert loaded == []


def test_a_batch_by_an_example_alone_and_again_resumed(loaded, photos, tmp_path, example, capsys):
    out = tmp_path / "out"
    asked = ["batch", str(photos), "-o", str(out), "--example", str(example), "--template", "{stem} {expression}"]
    assert cli.main(asked) == 4  # green.png has nothing red
    capsys.readouterr()
    names = sorted(path.name for path in out.glob("*.png"))
    assert names == [f"{stem} the example of beach.jpg.png" for stem in "abc"]
    assert (alpha(out / names[0])[10:30, 20:40] == 255).all()
    assert "the example of beach.jpg" in (out / "report.html").read_text()
    (out / names[0]).unlink()
    example.unlink()
    assert cli.main(["batch", "-o", str(out), "--resume"]) == 4
    assert (out / names[0]).is_file() and len({each.expression for each in loaded[-1].examples}) == 1


def test_an_example_goes_beside_the_first_expression_only(loaded, photos, tmp_path, example):
    out = tmp_path / "out"
    asked = ["batch", str(photos / "a.png"), "-o", str(out), "--example", str(example), "-e", "the square"]
    assert cli.main([*asked, "--add", "the red thing"]) == 0
    assert loaded[-1].expressions == ["the square", "the red thing"] and len(loaded[-1].examples) == 1


def test_a_recipe_has_the_whole_example_in_its_json(example):
    recipe = Recipe(example=read_example(example))
    assert Recipe.from_json(json.loads(json.dumps(recipe.to_json()))) == recipe
    assert recipe.terms == (ExpressionTerm(""),) and recipe.title(recipe.terms[0]) == "the example of beach.jpg"
    assert "example" not in Recipe().to_json()
