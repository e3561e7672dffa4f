"""Inputs: which images arguments name, and what is told of all else."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rim_editor.batch import manifests
from rim_editor.batch.inputs import gather_inputs
from rim_editor.batch.manifests import ManifestRow
from rim_editor.batch.problems import ProblemKind
from rim_editor.batch.recipe import ExpressionTerm
from rim_editor.documents.document import Combine
from rim_editor.documents.edit_description import EditDescription, EditName
from rim_editor.errors import BadOption


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    for name in (
        "b.jpg",
        "a.PNG",
        "notes.txt",
        "._a.png",
        ".hidden.jpg",
        "sub/c.webp",
        "sub/deep/a.png",
        "sub/x.jpg/y",
    ):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def names(inputs, root):
    return [each.path.relative_to(root).as_posix() for each in inputs]


def one(problems, kind):
    assert [problem.kind for problem in problems] == [kind]
    return problems[0]


def test_a_folder_is_listed_by_name(photos):
    inputs, problems = gather_inputs([photos])
    assert names(inputs, photos) == ["a.PNG", "b.jpg"]
    assert {each.root for each in inputs} == {photos}
    told = " ".join(problem.text for problem in problems)
    assert "--recursive" in told and "names are not those of images are left out (1)" in told
    assert not any(problem.fatal for problem in problems)


def test_recursively_with_the_folders(photos):
    inputs, _ = gather_inputs([photos], recursive=True)
    assert names(inputs, photos) == ["a.PNG", "b.jpg", "sub/c.webp", "sub/deep/a.png"]


def test_links_in_a_circle_end(photos):
    (photos / "sub" / "up").symlink_to(photos)
    (photos / "self.jpg").symlink_to(photos / "self.jpg")
    inputs, _ = gather_inputs([photos], recursive=True)
    assert len(inputs) == 5  # the link to itself is one, and its work will fail


def test_files_are_taken_whatever_their_names(photos, monkeypatch):
    monkeypatch.chdir(photos)
    inputs, problems = gather_inputs(["notes.txt", "sub/c.webp"])
    assert [(each.path, each.root) for each in inputs] == [
        (photos / "notes.txt", photos),
        (photos / "sub" / "c.webp", photos / "sub"),
    ]
    assert not problems


def test_patterns(photos):
    inputs, problems = gather_inputs([f"{photos}/**/[ac].[pw]*"])
    assert names(inputs, photos) == ["sub/c.webp", "sub/deep/a.png"]
    assert {each.root for each in inputs} == {photos}
    assert not problems


def test_a_file_may_be_named_like_a_pattern(photos):
    (photos / "[1].jpg").touch()
    assert names(gather_inputs([photos / "[1].jpg"])[0], photos) == ["[1].jpg"]


@pytest.mark.parametrize("name", ["none*.jpg", "photoz", "list.csv"])
def test_what_is_not_there_is_told(photos, name):
    problem = one(gather_inputs([photos / name])[1], ProblemKind.MISSING)
    assert problem.fatal and name in problem.text


def test_a_project_is_no_image_and_the_options_for_one_are_named(photos):
    (photos / "cup.rim").touch()
    inputs, problems = gather_inputs([photos / "cup.rim", photos / "b.jpg"])
    assert names(inputs, photos) == ["b.jpg"]
    assert "--project" in one(problems, ProblemKind.LEFT_OUT).text


def test_a_missing_image_stays_for_the_plan(photos):
    inputs, problems = gather_inputs([photos / "gone.jpg"])
    assert names(inputs, photos) == ["gone.jpg"] and not problems


def test_what_is_named_twice_is_done_once(photos):
    inputs, problems = gather_inputs([photos / "b.jpg", photos / "sub" / ".." / "b.jpg"])
    assert names(inputs, photos) == ["b.jpg"]
    assert "more than once" in one(problems, ProblemKind.LEFT_OUT).text


def test_a_folder_without_images_is_told(tmp_path):
    (tmp_path / "readme.md").touch()
    inputs, problems = gather_inputs([tmp_path])
    assert not inputs and "holds no images" in problems[0].text


def manifest(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


CSV = """image,expression,edit,background,output
a.PNG,the red rose,,,first
sub/c.webp,,solid,,
b.jpg,"rose, red",,../sea.jpg,deep/b.webp
"""


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CSV, "utf-8"),
        (CSV, "utf-8-sig"),
        (CSV.replace("\n", "\r\n"), "utf-8"),
        (CSV.replace("rose, red", "rose; red").replace(",", ";").replace("rose; red", "rose, red"), "utf-8"),
    ],
)
def test_a_manifest_of_csv(photos, text, encoding):
    inputs, problems = gather_inputs([manifest(photos / "list.csv", text, encoding)])
    assert not problems
    first, second, third = inputs
    assert (first.path, first.expressions, first.edit, first.output) == (
        photos / "a.PNG",
        (ExpressionTerm("the red rose"),),
        None,
        "first",
    )
    assert (second.path, second.expressions, second.edit) == (
        photos / "sub" / "c.webp",
        None,
        EditDescription(EditName.SOLID),
    )
    background = photos.parent / "sea.jpg"
    assert (third.expressions, third.edit) == (
        (ExpressionTerm("rose, red"),),
        EditDescription(EditName.BACKGROUND, background=background),
    )
    assert [each.row for each in inputs] == [2, 3, 4]
    assert {each.root for each in inputs} == {photos}


def test_a_manifest_of_json_lines_says_more(photos):
    rows = [
        {"image": "a.PNG", "expression": ["the dog", {"expression": "the leash", "combine": "subtract"}]},
        {"image": "a.PNG", "edit": {"name": "solid", "color": "#fff"}, "output": None},
        {"image": "ü/ñ.jpg", "expression": "the cat"},
    ]
    text = "\n\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    inputs, problems = gather_inputs([manifest(photos / "list.jsonl", text)])
    assert not problems
    assert inputs[0].expressions == (ExpressionTerm("the dog"), ExpressionTerm("the leash", Combine.SUBTRACT))
    assert inputs[1].edit == EditDescription(EditName.SOLID, color="#fff")
    assert inputs[2].path == photos / "ü" / "ñ.jpg"
    assert [each.row for each in inputs] == [1, 3, 5]


@pytest.mark.parametrize(
    ("name", "text", "row", "words"),
    [
        ("m.csv", "expression\nred\n", None, ["'image'"]),
        ("m.csv", "", None, ["'image'"]),
        ("m.csv", "image\n", None, ["no rows"]),
        ("m.csv", "image,image\na.png,b.png\n", None, ["once"]),
        ("m.csv", "image,edit\na.png\n,solid\n", 3, ["no image"]),
        ("m.csv", "image,edit\na.png,sepia\n", 2, ["'sepia'", "cutout"]),
        ("m.csv", "image,edit,background\na.png,solid,b.png\n", 2, ["background", "'solid'"]),
        ("m.csv", "image,expression\na.png,the red, big rose\n", 2, ["more cells"]),
        ("m.csv", 'image,expression\na.png,"the red\n', 2, ["CSV"]),
        ("m.csv", "image,expression\na.png,...\n", 2, ["expression is empty"]),
        ("m.csv", "image,edit\na.png,{solid\n", 2, ["not an edit"]),
        ("m.jsonl", '{"image": "a.png"}\n{"image"', 2, ["not JSON"]),
        ("m.jsonl", '{"image": 7}', 1, ["'7'"]),
        ("m.jsonl", '["a.png"]', 1, ["object"]),
        ("m.jsonl", '{"image": "a.png", "edit": ["solid"]}', 1, ["not an edit"]),
        ("m.jsonl", '{"image": "a.png", "output": 7}', 1, ["'7'"]),
        ("m.jsonl", '{"image": "a.png", "expression": {"subtract": "b"}}', 1, ["not an expression"]),
        ("m.jsonl", "[" * 100_000, 1, ["not JSON"]),
    ],
)
def test_a_manifest_that_makes_no_sense_is_told_with_its_line(tmp_path, name, text, row, words):
    _, problems = gather_inputs([manifest(tmp_path / name, text)])
    problem = one(problems, ProblemKind.MANIFEST)
    assert problem.fatal and problem.row == row and problem.path == tmp_path / name
    for word in [*words, name]:
        assert word in problem.text
    assert problem.text.endswith(".") and not problem.text.endswith("..")


def test_one_bad_row_does_not_hide_the_others(tmp_path):
    text = "image,edit\na.png,sepia\nb.png,\nc.png,noir\n"
    inputs, problems = gather_inputs([manifest(tmp_path / "m.csv", text)])
    assert names(inputs, tmp_path) == ["b.png"]
    assert [problem.row for problem in problems] == [2, 4]


@pytest.mark.parametrize("name", ["a\\u0000.png", "a\\ud800.png"])
def test_a_name_that_no_file_can_have_is_left_to_its_row(tmp_path, name):
    inputs, problems = gather_inputs([manifest(tmp_path / "m.jsonl", f'{{"image": "{name}"}}\n{{"image": "b.png"}}')])
    assert len(inputs) == 2 and problems == []


def test_a_column_that_means_nothing_is_told(tmp_path):
    _, problems = gather_inputs([manifest(tmp_path / "m.csv", "image,expresion\na.png,red\nb.png,red\n")])
    problem = one(problems, ProblemKind.MANIFEST)
    assert not problem.fatal and "'expresion'" in problem.text


def test_a_manifest_in_another_encoding_is_told(tmp_path):
    _, problems = gather_inputs([manifest(tmp_path / "m.csv", "image\nü.png\n", "latin-1")])
    assert "UTF-8" in one(problems, ProblemKind.MANIFEST).text


def test_gathering_leaves_relative_names_absolute(photos, monkeypatch):
    monkeypatch.chdir(photos.parent)
    inputs, _ = gather_inputs(["photos/b.jpg", "photos"])
    assert all(each.path.is_absolute() and each.root.is_absolute() for each in inputs)
    assert Path("photos/b.jpg").absolute() == inputs[0].path


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_a_manifest_that_is_written_reads_as_it_was(tmp_path, suffix):
    terms = (ExpressionTerm("the dog, on the left"), ExpressionTerm('a "hat"', Combine.SUBTRACT))
    edit = EditDescription.from_json({"name": "solid", "color": "#ff0000"})
    rows = [
        ManifestRow(0, tmp_path / "below" / "ä, b.jpg", (ExpressionTerm("the dog"),), None, None),
        ManifestRow(0, Path("/elsewhere/c.jpg"), terms, edit, "set/c.png"),
        ManifestRow(0, tmp_path / "d.jpg", None, None, None),
    ]
    path = tmp_path / f"list{suffix}"
    path.write_bytes(manifests.content(path, rows))
    read, problems = manifests.read(path)
    assert problems == [] and [replace(row, number=0) for row in read] == rows
    assert b"below/" in path.read_bytes(), "the list can be moved with its images"


def test_a_damaged_list_of_expressions_in_a_cell_is_named(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text('image,expression\na.jpg,"[1, "\n', encoding="utf-8")
    rows, problems = manifests.read(path)
    assert rows == [] and "is not a list of expressions" in problems[0].text and problems[0].fatal


def test_a_name_that_is_no_utf_8_travels_in_json_lines_and_is_refused_by_csv(tmp_path):
    rows = [ManifestRow(0, tmp_path / "a\udcff.jpg", None, None, None)]
    path = tmp_path / "list.jsonl"
    path.write_bytes(manifests.content(path, rows))
    assert [row.image for row in manifests.read(path)[0]] == [rows[0].image]
    with pytest.raises(BadOption, match="save the list as .jsonl"):
        manifests.content(path.with_suffix(".csv"), rows)
