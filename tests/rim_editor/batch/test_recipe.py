"""Recipes: what they refuse, and that JSON gives back what it was given."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from rim_editor.batch.recipe import (
    ExpressionTerm,
    IfExists,
    Recipe,
    checked_terms,
    terms_from_json,
    terms_from_text,
    terms_text,
)
from rim_editor.documents import edits
from rim_editor.documents.document import Combine, MatteControls
from rim_editor.documents.edit_description import EditDescription, EditName
from rim_editor.documents.edits import Fit, Style
from rim_editor.errors import BadOption, EmptyExpression
from rim_editor.files.exporting import Content
from rim_editor.model_requests import ModelOptions

texts = st.text(min_size=1)
colours = st.one_of(st.none(), st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
descriptions = st.builds(
    EditDescription,
    st.sampled_from(EditName),
    color=colours,
    to_color=colours,
    angle=st.one_of(st.none(), st.floats(-360, 360)),
    background=st.one_of(st.none(), st.just(Path("/backs/sea.jpg"))),
    fit=st.one_of(st.none(), st.sampled_from(Fit)),
    offset=st.one_of(st.none(), st.just("0.1,-0.2")),
    style=st.one_of(st.none(), st.sampled_from(Style)),
    strength=st.one_of(st.none(), st.floats(0, 1)),
    depth=st.one_of(st.none(), st.sampled_from((8, 16))),
)
recipes = st.builds(
    Recipe,
    expressions=st.lists(st.builds(ExpressionTerm, texts, st.sampled_from(Combine))).map(tuple),
    edit=descriptions,
    controls=st.builds(MatteControls, st.floats(-50, 50), st.floats(0, 100), st.floats(0, 1), st.booleans()),
    content=st.sampled_from(Content),
    depth=st.sampled_from((8, 16)),
    suffix=st.sampled_from((".png", ".ora", ".webp")),
    quality=st.one_of(st.none(), st.integers(1, 100)),
    metadata=st.booleans(),
    longest_side=st.one_of(st.none(), st.integers(1, 10**5)),
    sidecar=st.booleans(),
    template=st.sampled_from(("{stem}", "{folder}/{index:04}", "{expression}")),
    keep_folders=st.booleans(),
    exists=st.sampled_from(IfExists),
    model=st.builds(ModelOptions, texts, texts, texts),
)


@given(recipes)
def test_json_keeps_a_recipe(recipe):
    assert Recipe.from_json(json.loads(json.dumps(recipe.to_json()))) == recipe


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"longest_side": 0}, "longest side of 0"),
        ({"depth": 12}, "depth of 12"),
        ({"quality": 0}, "quality of 0"),
        ({"page": 0}, "no page 0"),
        ({"template": "{nothing}"}, "'{nothing}'"),
    ],
)
def test_a_recipe_without_sense_is_refused(values, words):
    with pytest.raises(BadOption, match=words):
        Recipe(**values)


@pytest.mark.parametrize(
    "terms", [(), (ExpressionTerm(" ?! "),), (ExpressionTerm("the dog"), ExpressionTerm("", Combine.ADD))]
)
def test_every_expression_has_a_word(terms):
    with pytest.raises(EmptyExpression, match="say what to cut out"):
        checked_terms(terms)


@pytest.mark.parametrize("combine", [Combine.SUBTRACT, Combine.INTERSECT])
def test_nothing_can_be_taken_from_nothing(combine):
    with pytest.raises(BadOption, match=f"'the dog' has nothing to {combine}"):
        checked_terms((ExpressionTerm("the dog", combine),))


def test_a_list_of_texts_is_added_up():
    assert terms_from_json(["the dog", "the leash"]) == (
        ExpressionTerm("the dog"),
        ExpressionTerm("the leash", Combine.ADD),
    )
    assert terms_from_json(["a", {"expression": "b", "combine": "subtract"}])[1] == ExpressionTerm(
        "b", Combine.SUBTRACT
    )


@pytest.mark.parametrize("data", [7, [7], [{"combine": "add"}], [{"expression": "a", "combine": "minus"}]])
def test_what_is_no_expression_is_named(data):
    with pytest.raises(BadOption, match="7|combine|minus"):
        terms_from_json(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"name": "sepia"}, "'sepia' is unknown as the edit.*cutout"),
        ({"name": "solid", "colour": "#fff"}, "'colour' is not an option.*color"),
        ({"name": "solid", "color": 7}, "'7' does not fit the option 'color'"),
        ({"name": "matte", "depth": True}, "'True' does not fit"),
        ({"name": "background", "fit": "wide"}, "'wide' is unknown as the fit"),
    ],
)
def test_an_edit_without_sense_is_refused(data, words):
    with pytest.raises(BadOption, match=words):
        EditDescription.from_json(data)


@pytest.mark.parametrize(
    "edit",
    [
        edits.Cutout(),
        edits.MatteOnly(16),
        edits.SolidColour((1, 2, 3)),
        edits.Gradient((1, 2, 3), (200, 100, 0), 33.25),
        edits.Highlight(Style.TINT, 0.25, (9, 8, 7)),
        edits.Highlight(Style.BLUR, 1.0),
    ],
)
def test_an_edit_survives_its_description(edit):
    again = EditDescription.from_json(json.loads(json.dumps(EditDescription.of(edit).to_json())))
    assert again.read() == edit


def test_a_background_is_described_by_its_file(tmp_path):
    Image.new("RGB", (7, 5), (1, 2, 3)).save(tmp_path / "back.png")
    edit = edits.Background(np.full((5, 7, 3), (1, 2, 3), np.uint8), Fit.FIT, (4, 5, 6), (0.1, -1 / 3))
    read = EditDescription.of(edit, tmp_path / "back.png").read()
    assert (read.image == edit.image).all()
    assert (read.fit, read.colour, read.offset) == (edit.fit, edit.colour, edit.offset)
    with pytest.raises(BadOption, match="file"):
        EditDescription.of(edit)


def test_a_stand_in_reads_no_image_and_finds_the_same_mistakes():
    def background(**given):
        return EditDescription(EditName.BACKGROUND, background=Path("nowhere.png"), **given)

    assert not background(color="#fff", offset="0,1").stand_in().transparent
    for wrong in ({"color": "dusk"}, {"offset": "left"}, {"offset": "nan,0"}):
        with pytest.raises(BadOption):
            background(**wrong).stand_in()
    with pytest.raises(BadOption, match="--background"):
        EditDescription(EditName.BACKGROUND).stand_in()


def test_a_rows_edit_keeps_the_usual_options_of_the_same_edit_alone():
    usual = EditDescription(EditName.SOLID, color="#112233")
    assert EditDescription(EditName.SOLID).with_defaults(usual) == usual
    other = EditDescription(EditName.SOLID, color="#ffffff")
    assert other.with_defaults(usual) == other
    assert EditDescription(EditName.GRADIENT).with_defaults(usual) == EditDescription(EditName.GRADIENT)


@pytest.mark.parametrize(("text", "expected"), [
    ("", ()),
    ("   ", ()),
    ("the  dog", (ExpressionTerm("the dog"),)),
    ("a t-shirt and a half-full cup", (ExpressionTerm("a t-shirt and a half-full cup"),)),
    ("the dog + the leash - the collar & the left half", (
        ExpressionTerm("the dog"), ExpressionTerm("the leash", Combine.ADD),
        ExpressionTerm("the collar", Combine.SUBTRACT), ExpressionTerm("the left half", Combine.INTERSECT),
    )),
])  # fmt: skip
def test_expressions_are_typed_in_one_line_and_shown_as_they_are_typed(text, expected):
    assert terms_from_text(text) == expected
    assert terms_from_text(terms_text(expected)) == expected


def test_what_is_shown_begins_where_the_matte_begins_anew():
    terms = (ExpressionTerm("a"), ExpressionTerm("b", Combine.NEW), ExpressionTerm("c", Combine.SUBTRACT))
    assert terms_text(terms) == "b - c"


def test_a_line_of_a_million_characters_is_refused_at_once():
    with pytest.raises(BadOption, match="1000000 characters are too long"):
        terms_from_text("a + " * 250_000)


@pytest.mark.parametrize("text", ["- the leash", "the dog + ", "the dog - + the cat", "…"])
def test_a_line_without_words_where_some_are_due_is_refused(text):
    with pytest.raises(EmptyExpression):
        terms_from_text(text)


@given(st.text(st.sampled_from("ab +-&,…\t\n\u00a0")))
def test_whatever_is_typed_in_a_row_is_expressions_or_is_refused_with_a_reason(text):
    try:
        terms = terms_from_text(text)
    except (EmptyExpression, BadOption) as error:
        assert str(error)
    else:
        assert terms_from_text(terms_text(terms)) == terms
