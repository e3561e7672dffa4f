"""--point and --box, from their texts to the model."""

import json

import numpy as np
import pytest
from PIL import Image

from rim_editor.commands.cli import main
from rim_editor.commands.pointing_options import read_box, read_point
from rim_editor.errors import BadOption


@pytest.mark.parametrize(("text", "point"), [
    ("120,80", (120, 80, True)), ("12.5, 8 ,-", (12.5, 8, False)), ("1,2,+", (1, 2, True)),
])  # fmt: skip
def test_a_point_is_kept_or_left_out(text, point):
    assert read_point(text) == point


@pytest.mark.parametrize("text", ["", "5", "5,x", "1,2,3", "1,2,-,4", "nan,2", "1,inf"])
def test_what_is_no_point_names_the_form(text):
    with pytest.raises(BadOption, match=r"write x,y such as 120,80"):
        read_point(text)


@pytest.mark.parametrize("text", ["", "1,2,3", "1,2,3,x", "1,2,3,4,5", "1,2,3,nan"])
def test_what_is_no_box_names_the_form(text):
    assert read_box("1, 2,3.5,4") == (1, 2, 3.5, 4)
    with pytest.raises(BadOption, match="two opposite corners"):
        read_box(text)


@pytest.fixture
def image(tmp_path):
    pixels = np.full((40, 60, 3), (40, 120, 60), np.uint8)
    pixels[10:30, 20:40] = (220, 30, 30)
    Image.fromarray(pixels).save(tmp_path / "in.png")
    return tmp_path / "in.png"


def test_points_and_box_go_to_the_model_without_an_expression(image, loaded, tmp_path, capsys):
    out = tmp_path / "out.png"
    words = [
        "matte",
        str(image),
        "--point",
        "25,20",
        "--point",
        "5,5,-",
        "--box",
        "15,5,45,35",
        "-o",
        str(out),
        "--json",
    ]
    loaded_before = len(loaded)
    code = main(words)
    printed = capsys.readouterr()
    assert code in (0, 3) and len(loaded) == loaded_before + 1
    assert loaded[-1].prompts == [(((25, 20, True), (5, 5, False)), (15, 5, 45, 35))]
    assert json.loads(printed.out)["expression"] == ""


def test_an_answer_about_which_there_is_nothing_to_say_brings_no_warning(image, loaded, tmp_path, capsys):
    assert main(["matte", str(image), "known red", "--point", "25,20", "-o", str(tmp_path / "out.png")]) == 0
    assert loaded[-1].prompts and "warning" not in capsys.readouterr().err


def test_an_empty_expression_without_prompts_is_an_error(image, loaded, tmp_path, capsys):
    assert main(["matte", str(image), "", "-o", str(tmp_path / "out.png")]) == 2
    assert "The expression is empty" in capsys.readouterr().err and not loaded


def test_a_point_that_is_none_is_refused_before_anything_is_read(image, loaded, tmp_path, capsys):
    assert main(["matte", str(image), "--point", "5", "-o", str(tmp_path / "out.png")]) == 2
    assert "write x,y such as 120,80" in capsys.readouterr().err and not loaded
