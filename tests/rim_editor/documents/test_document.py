"""What of a document is refused where it is made."""

import math

import pytest

from clipmat.expression import clean_expression
from rim_editor.documents.document import MatteControls, check_expression
from rim_editor.errors import BadOption, EmptyExpression


@pytest.mark.parametrize("control", ["shift_edge", "feather", "contrast"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_control_is_a_number(control, value):
    with pytest.raises(BadOption, match="not a number"):
        MatteControls(**{control: value})


@pytest.mark.parametrize("text", ["", "  ", "?!", "…"])
def test_an_expression_has_a_word(text):
    assert clean_expression(text) == ""
    with pytest.raises(EmptyExpression, match="say what to cut out"):
        check_expression(text)


def test_an_expression_is_cleaned_of_spaces_alone():
    assert clean_expression("  the   red\tone ") == "the red one"
    assert clean_expression("/ the cup 1/2") == "the cup 1/2", "the key that leads to the box is no part of it"
    assert clean_expression("caf\udce9 \ud800") == "caf? ?", "what is no character, as a tokenizer refuses it"
    check_expression("7")
