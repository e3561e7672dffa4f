"""Plans: outputs that never meet, inputs that stay, and all that is amiss told before any work."""

import json
import os
import shutil
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from rim_editor.batch import output_paths
from rim_editor.batch.inputs import Input, gather_inputs
from rim_editor.batch.plan import Plan, make_plan
from rim_editor.batch.problems import ProblemKind
from rim_editor.batch.recipe import ExpressionTerm, IfExists, Recipe
from rim_editor.documents.document import Combine, MatteControls
from rim_editor.documents.edit_description import EditDescription, EditName
from rim_editor.errors import BadOption
from rim_editor.files.exporting import Content

RED = (ExpressionTerm("the red rose"),)


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    for name in ("a.jpg", "sub/a.jpg", "sub/b.jpg"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"not looked into")
    return folder


def plan_of(photos, out, **values):
    inputs, problems = gather_inputs([photos], recursive=True)
    return make_plan(inputs, Recipe(**{"expressions": RED, **values}), out, problems)


def outputs(plan):
    return [item.output.relative_to(plan.folder).as_posix() for item in plan.items]


def kinds(plan):
    return [problem.kind for problem in plan.problems]


def fatal(plan, kind, *words):
    """The plan has one fatal problem, of this kind, that says these words."""
    problems = [problem for problem in plan.problems if problem.fatal]
    assert [problem.kind for problem in problems] == [kind]
    for word in words:
        assert word in problems[0].text


def test_a_plan_keeps_names_and_folders(photos, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    plan = plan_of(photos, tmp_path / "out", sidecar=True)
    assert outputs(plan) == ["a.png", "sub/a.png", "sub/b.png"]
    assert plan.items[1].sidecar == tmp_path / "out" / "sub" / "a.matte.png"
    assert plan.items[1].source == photos / "sub" / "a.jpg"
    assert not plan.problems and not plan.fatal
    assert plan.bytes_needed > 3 * len(b"not looked into") and plan.bytes_free > 0
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("template", "names"),
    [
        ("{stem}-cut", ["a-cut.png", "sub/a-cut.png", "sub/b-cut.png"]),
        ("{index:03}", ["001.png", "sub/002.png", "sub/003.png"]),
        ("{folder} {index}", ["photos 1.png", "sub/sub 2.png", "sub/sub 3.png"]),
        ("{expression}/{stem}", ["the red rose/a.png", "sub/the red rose/a.png", "sub/the red rose/b.png"]),
        ("{{{stem}}}", ["{a}.png", "sub/{a}.png", "sub/{b}.png"]),
    ],
)
def test_templates(photos, tmp_path, template, names):
    assert outputs(plan_of(photos, tmp_path / "out", template=template)) == names


@pytest.mark.parametrize(
    "template",
    ["", "{stem", "{}", "{0}", "{name}", "{stem.__class__}", "{stem[0]}", "{stem!r}", "{stem:>99}", "{index:d}",
     "{index:{stem}}", "{index:10000}", "/{stem}", "../{stem}", "a//{stem}", "{stem}/", "a:b", "a\\b", "a?", "nul\0"],
)  # fmt: skip
def test_templates_without_sense(template):
    with pytest.raises(BadOption, match="template"):
        Recipe(template=template)


def test_what_an_expression_says_does_no_harm_in_a_name(photos, tmp_path):
    for text in ("../../etc/passwd", "a/b\\c", 'what? <is> "this": *|', ". .", "x" * 300, "\ud800\0\n"):
        plan = plan_of(
            photos, tmp_path / "out", expressions=(ExpressionTerm(text + "w"),), template="{expression}/{index}"
        )
        assert not plan.fatal
        for item in plan.items:
            *_, folder, name = item.output.relative_to(plan.folder).parts
            assert len(folder) <= 80 and not set(folder) & set('<>:"/\\|?*\0\n') and folder.strip(". ")
            assert name in ("1.png", "2.png", "3.png")


def test_several_expressions_in_a_name(photos, tmp_path):
    terms = (
        ExpressionTerm("the dog"),
        ExpressionTerm("the leash", Combine.ADD),
        ExpressionTerm("the collar", Combine.SUBTRACT),
    )
    plan = plan_of(photos, tmp_path / "out", expressions=terms, template="{stem} {expression}")
    assert outputs(plan)[0] == "a the dog + the leash - the collar.png"


def test_two_results_of_one_name(photos, tmp_path):
    refused, numbered, skipped, written = (
        plan_of(photos, tmp_path / "out", keep_folders=False, exists=exists)
        for exists in (IfExists.REFUSE, IfExists.NUMBER, IfExists.SKIP, IfExists.OVERWRITE)
    )
    fatal(refused, ProblemKind.COLLISION, "a.png", str(photos / "a.jpg"), str(photos / "sub" / "a.jpg"), "skip")
    assert outputs(numbered) == outputs(written) == ["a.png", "a-2.png", "b.png"]
    assert kinds(numbered) == kinds(written) == [ProblemKind.COLLISION]
    assert [bool(item.skip) for item in skipped.items] == [False, True, False]
    assert not (numbered.fatal or skipped.fatal or written.fatal)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Rose.jpg", "rose.png"), ("caf\u00e9.jpg", "cafe\u0301.png"), ("ÉTÉ.jpg", "e\u0301te\u0301.png")],
)
def test_names_that_some_disks_take_for_one(tmp_path, one, other):
    inputs = [Input(tmp_path / name, tmp_path) for name in (one, other)]
    plan = make_plan(inputs, Recipe(RED, exists=IfExists.NUMBER), tmp_path / "out")
    assert plan.items[1].output.stem.endswith("-2")


@pytest.mark.parametrize("exists", IfExists)
def test_an_output_that_is_an_input(tmp_path, exists):
    (tmp_path / "a.png").write_bytes(b"precious")
    inputs, _ = gather_inputs([tmp_path])
    plan = make_plan(inputs, Recipe(RED, exists=exists), tmp_path)
    assert ProblemKind.IS_INPUT in kinds(plan)
    assert plan.fatal == (exists is IfExists.REFUSE)
    (item,) = plan.items
    assert item.skip if exists is IfExists.SKIP else item.output.name == "a-2.png"


def test_an_input_behind_links_is_one_still(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.png").write_bytes(b"precious")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jpg").symlink_to(tmp_path / "real" / "a.png")
    inputs, _ = gather_inputs([tmp_path / "in"])
    plan = make_plan(inputs, Recipe(RED, exists=IfExists.OVERWRITE), tmp_path / "link")
    assert outputs(plan) == ["a-2.png"]


def test_a_background_is_an_input_too(photos, tmp_path):
    Image.new("RGB", (2, 2)).save(tmp_path / "a.png")
    edit = EditDescription(EditName.BACKGROUND, background=tmp_path / "a.png")
    plan = make_plan(gather_inputs([photos / "a.jpg"])[0], Recipe(RED, edit, exists=IfExists.OVERWRITE), tmp_path)
    assert outputs(plan) == ["a-2.png"]


@pytest.mark.parametrize(
    ("exists", "name", "skip"),
    [(IfExists.NUMBER, "a-3.png", False), (IfExists.SKIP, "a.png", True), (IfExists.OVERWRITE, "a.png", False)],
)
def test_existing_files(photos, tmp_path, exists, name, skip):
    out = tmp_path / "out"
    out.mkdir()
    for taken in ("A.PNG", "a-2.png"):
        (out / taken).touch()
    (out / "a.png").touch()
    plan = plan_of(photos, out, exists=exists)
    assert not plan.fatal and kinds(plan) == [ProblemKind.EXISTS]
    assert (outputs(plan)[0], bool(plan.items[0].skip)) == (name, skip)
    fatal(plan_of(photos, out), ProblemKind.EXISTS, "a.png", "overwrite")


@pytest.mark.parametrize("exists", [IfExists.NUMBER, IfExists.OVERWRITE])
def test_a_folder_in_the_way_is_never_replaced(photos, tmp_path, exists):
    (tmp_path / "out" / "a.png").mkdir(parents=True)
    assert outputs(plan_of(photos, tmp_path / "out", exists=exists))[0] == "a-2.png"


def test_a_sidecar_is_a_result_too(tmp_path):
    for name in ("a.jpg", "a.matte.jpg"):
        (tmp_path / name).write_bytes(b"x")
    plan = make_plan(gather_inputs([tmp_path])[0], Recipe(RED, sidecar=True, exists=IfExists.NUMBER), tmp_path / "out")
    assert [(item.output.name, item.sidecar.name) for item in plan.items] == [
        ("a.png", "a.matte.png"),
        ("a.matte-2.png", "a.matte-2.matte.png"),
    ]


@pytest.mark.parametrize("there", [True, False])
def test_results_cannot_lie_in_a_file(tmp_path, there):
    (tmp_path / "out").mkdir()
    if there:
        (tmp_path / "out" / "x.png").touch()
    inputs = [
        Input(tmp_path / "a.jpg", tmp_path, output="x.png"),
        Input(tmp_path / "b.jpg", tmp_path, output="x.png/b"),
    ]
    plan = make_plan(inputs[there:], Recipe(RED), tmp_path / "out")
    fatal(plan, ProblemKind.NOT_WRITABLE, "x.png")


def test_a_folder_that_is_a_file_or_closed(photos, tmp_path):
    (tmp_path / "file").touch()
    fatal(plan_of(photos, tmp_path / "file" / "out"), ProblemKind.NOT_WRITABLE, "file")
    fatal(plan_of(photos, tmp_path / "file"), ProblemKind.NOT_WRITABLE, "file")


@pytest.mark.skipif(not os.access("/proc/self", os.F_OK), reason="there is no folder that refuses even root")
def test_a_folder_that_takes_no_files(photos):
    fatal(plan_of(photos, Path("/proc/self/out")), ProblemKind.NOT_WRITABLE, "/proc/self", "choose another folder")


def test_bad_images_are_told_and_their_work_will_fail(tmp_path):
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "round.jpg").symlink_to(tmp_path / "round.jpg")
    (tmp_path / "good.jpg").write_bytes(b"x")
    os.mkfifo(tmp_path / "pipe.jpg")
    arguments = [tmp_path / name for name in ("empty.jpg", "gone.jpg", "good.jpg", "pipe.jpg", "round.jpg")]
    plan = make_plan(gather_inputs(arguments)[0], Recipe(RED), tmp_path / "out")
    assert outputs(plan) == ["empty.png", "gone.png", "good.png", "pipe.png", "round.png"]
    assert not plan.fatal
    assert [(problem.kind, problem.path.name) for problem in plan.problems] == [
        (ProblemKind.UNREADABLE, "empty.jpg"),
        (ProblemKind.MISSING, "gone.jpg"),
        (ProblemKind.UNREADABLE, "pipe.jpg"),
        (ProblemKind.UNREADABLE, "round.jpg"),
    ]


def test_nothing_to_do_and_nothing_to_look_for(tmp_path, photos):
    fatal(make_plan([], Recipe(RED), tmp_path / "out"), ProblemKind.NO_INPUT, "name files")
    fatal(plan_of(photos, tmp_path / "out", expressions=()), ProblemKind.EXPRESSION, "say what to cut out")
    own = [Input(photos / "a.jpg", photos, row=2, expressions=RED)]
    assert not make_plan(own, Recipe(), tmp_path / "out").fatal
    silent = [*own, Input(photos / "sub" / "b.jpg", photos, row=3)]
    fatal(make_plan(silent, Recipe(), tmp_path / "out"), ProblemKind.EXPRESSION, "Line 3")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"suffix": ".jpg"}, ["transparency", "a.png"]),
        ({"suffix": ".gif"}, ["a.gif", ".webp"]),
        ({"suffix": ".png", "quality": 80}, ["quality"]),
        ({"suffix": ".ora"}, ["layers"]),
        ({"content": Content.LAYERS}, ["a.ora"]),
        ({"suffix": ".webp", "edit": EditDescription(EditName.MATTE, depth=16)}, ["16 bits"]),
        ({"edit": EditDescription(EditName.SOLID, color="dusk")}, ["dusk"]),
        ({"edit": EditDescription(EditName.BACKGROUND)}, ["--background"]),
        ({"edit": EditDescription(EditName.BACKGROUND, background=Path("gone.png"))}, ["gone.png"]),
    ],
)
def test_what_cannot_be_written_is_told_once(photos, tmp_path, values, words):
    plan = plan_of(photos, tmp_path / "out", **values)
    fatal(plan, ProblemKind.OPTION, *words)
    assert "trial" not in plan.problems[0].text
    assert not (tmp_path / "out").exists()


def test_rows_say_what_is_made(photos, tmp_path):
    Image.new("RGB", (2, 2)).save(tmp_path / "sea.png")
    sea = EditDescription(EditName.BACKGROUND, background=tmp_path / "sea.png")
    rows = [
        Input(photos / "a.jpg", photos, row=2, output="deep/rose.webp"),
        Input(photos / "a.jpg", photos, row=3, output="layers.ora", expressions=(ExpressionTerm("the dog"),)),
        Input(photos / "sub" / "a.jpg", photos, row=4, edit=sea, output="x"),
        Input(photos / "sub" / "a.jpg", photos, row=5, edit=EditDescription(EditName.SOLID)),
    ]
    recipe = Recipe(RED, EditDescription(EditName.SOLID, color="#123456"))
    plan = make_plan(rows, recipe, tmp_path / "out")
    assert not plan.problems
    assert outputs(plan) == ["deep/rose.webp", "layers.ora", "x.png", "sub/a.png"]
    assert [item.content for item in plan.items] == [Content.RESULT, Content.LAYERS, Content.RESULT, Content.RESULT]
    assert [item.expressions for item in plan.items] == [RED, (ExpressionTerm("the dog"),), RED, RED]
    assert [item.edit for item in plan.items] == [recipe.edit, recipe.edit, sea, recipe.edit]
    assert [item.row for item in plan.items] == [2, 3, 4, 5]


def test_a_rows_missing_background_is_told(photos, tmp_path):
    edit = EditDescription(EditName.BACKGROUND, background=tmp_path / "gone.png")
    plan = make_plan([Input(photos / "a.jpg", photos, row=2, edit=edit)], Recipe(RED), tmp_path / "out")
    assert kinds(plan) == [ProblemKind.MISSING] and "gone.png" in plan.problems[0].text and not plan.fatal


@pytest.mark.parametrize(
    "output", ["../x", "/x", "C:\\x", "a/../../x", "a//b", "a/", "..", "\0", "\ud800", "d" * 300 + "/x"]
)
def test_a_row_writes_below_the_folder_alone(photos, tmp_path, output):
    plan = make_plan([Input(photos / "a.jpg", photos, row=2, output=output)], Recipe(RED), tmp_path / "out")
    fatal(plan, ProblemKind.NAME, "Line 2", "output")


def test_a_long_name_is_shortened(tmp_path):
    stems = ["ü" * 125, "ü" * 125 + "u"]
    for stem in stems:
        (tmp_path / f"{stem}.jpg").write_bytes(b"x")
    recipe = Recipe(RED, template="{stem}-cut-out", sidecar=True, exists=IfExists.NUMBER)
    plan = make_plan(gather_inputs([tmp_path])[0], recipe, tmp_path / "out")
    assert len({item.output for item in plan.items}) == 2
    for item in plan.items:
        assert max(len(os.fsencode(path.name)) for path in (item.output, item.sidecar)) <= 255
        item.output.parent.mkdir(exist_ok=True)
        item.sidecar.touch()
    assert ProblemKind.NAME in kinds(plan)


@pytest.mark.skipif(os.name == "nt", reason="no such files there")
@pytest.mark.parametrize("name", ["a:b.jpg", "nul.jpg", "com1.x.jpg", "what?.jpg", "sub./x.jpg"])
def test_what_windows_refuses_is_told(tmp_path, name):
    (tmp_path / "in" / name).parent.mkdir(parents=True)
    (tmp_path / "in" / name).write_bytes(b"x")
    plan = make_plan(gather_inputs([tmp_path / "in"], recursive=True)[0], Recipe(RED), tmp_path / "out")
    assert kinds(plan) == [ProblemKind.NAME] and "Windows" in plan.problems[0].text and not plan.fatal


@pytest.mark.skipif(os.name == "nt", reason="no such files there")
def test_a_name_that_is_no_text(tmp_path):
    name = os.fsdecode(b"a\xff.jpg")
    (tmp_path / name).write_bytes(b"x")
    plan = make_plan(gather_inputs([tmp_path])[0], Recipe(RED), tmp_path / "out")
    assert os.fsencode(plan.items[0].output.name) == b"a\xff.png"
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan
    assert len(plan.digest) == 64


def test_results_of_before_are_no_inputs(photos):
    out = photos / "out"
    out.mkdir()
    (out / "a.png").write_bytes(b"x")
    plan = plan_of(photos, out, exists=IfExists.OVERWRITE)
    assert outputs(plan) == ["a.png", "sub/a.png", "sub/b.png"]
    assert ProblemKind.LEFT_OUT in kinds(plan)
    explicit = make_plan(gather_inputs([out / "a.png"])[0], Recipe(RED, exists=IfExists.NUMBER), out)
    assert outputs(explicit) == ["a-2.png"]


def test_too_little_room_is_told(photos, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=10))
    plan = plan_of(photos, tmp_path / "out")
    assert plan.bytes_free == 10 < plan.bytes_needed
    assert kinds(plan) == [ProblemKind.SPACE] and "10 bytes" in plan.problems[0].text


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 bytes"), (999, "999 bytes"), (1500, "1.5 kB"), (24e6, "24 MB"), (3e15, "3000.0 TB")]
)
def test_sizes_in_words(count, words):
    assert output_paths.formatted_size(int(count)) == words


def test_the_digest_tells_works_apart(photos, tmp_path):
    plan = plan_of(photos, tmp_path / "out")
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))).digest == plan.digest
    others = [
        plan_of(photos, tmp_path / "out", expressions=(ExpressionTerm("the dog"),)),
        plan_of(photos, tmp_path / "out", controls=MatteControls(feather=1.0)),
        plan_of(photos, tmp_path / "other"),
    ]
    assert len({plan.digest, *(other.digest for other in others)}) == 4


def test_ten_thousand_images_are_planned_in_seconds(tmp_path):
    for number in range(10_000):
        (tmp_path / f"{number}.jpg").touch()
    start = time.process_time()
    inputs, problems = gather_inputs([tmp_path])
    plan = make_plan(inputs, Recipe(RED, template="same", exists=IfExists.NUMBER), tmp_path / "out", problems)
    assert len({item.output for item in plan.items}) == 10_000
    assert time.process_time() - start < 10


stems = st.sampled_from(
    [
        "a",
        "A",
        "b",
        "a-2",
        "a-2-2",
        "é",
        "e\u0301",
        "É",
        "ß",
        "SS",
        "ss",
        "a.matte",
        "CON",
        "..a",
        "a.",
        "x" * 250,
        "K",
        "K",
    ]
)
folders = st.sampled_from(["", "s", "S", "s/t", "out", "out/s", "é", "e\u0301"])
suffixes = st.sampled_from([".jpg", ".png", ".PNG", ".webp"])
templates = st.sampled_from(
    [
        "{stem}",
        "{stem}-2",
        "same",
        "{folder}",
        "{expression}",
        "{stem}/{stem}",
        "{folder}/{stem}",
        "s/{index}",
        "{index:02}",
    ]
)
rows = st.sampled_from([None, None, None, "a", "a.png", "a.png/b", "s/a.webp", "A", "../a", "out/a"])


@settings(max_examples=150, deadline=None)
@given(
    named=st.lists(st.tuples(folders, stems, suffixes, rows), min_size=1, max_size=8),
    there=st.lists(st.tuples(folders, stems), max_size=3),
    template=templates,
    exists=st.sampled_from(IfExists),
    keep=st.booleans(),
    sidecar=st.booleans(),
    into=st.sampled_from(["out", ".", "s"]),
)
def test_outputs_never_meet_and_never_replace_an_input(
    tmp_path_factory, named, there, template, exists, keep, sidecar, into
):
    root = tmp_path_factory.mktemp("any")
    paths = [root / folder / (stem + suffix) for folder, stem, suffix, _ in named]
    existing = [root / into / folder / f"{stem}.png" for folder, stem in there]
    for path in (*paths, *existing):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    inputs = [Input(path, root, output=row) for path, (*_, row) in zip(paths, named, strict=True)]
    recipe = Recipe(RED, template=template, exists=exists, keep_folders=keep, sidecar=sidecar)
    plan = make_plan(inputs, recipe, root / into)

    def same(path):
        return unicodedata.normalize("NFC", str(path)).casefold()

    planned_files = [
        same(path) for item in plan.items if not item.skip for path in (item.output, item.sidecar) if path is not None
    ]
    assert len(set(planned_files)) == len(planned_files)
    assert not set(planned_files) & {same(path) for path in paths}
    assert all(item.output.is_relative_to(root / into) and ".." not in item.output.parts for item in plan.items)
    if not plan.fatal:
        assert len(plan.items) == len(inputs)
        for item in plan.items:  # no output is a folder of another
            assert not {same(folder) for folder in item.output.parents} & set(planned_files)
            if exists is not IfExists.OVERWRITE and not item.skip:
                assert not os.path.lexists(item.output)
    again = make_plan(inputs, recipe, root / into)
    assert again.digest == plan.digest
