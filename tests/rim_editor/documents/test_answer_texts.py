"""Why an answer should be checked, or what it did not find, as the command, the notices and a batch report it."""

import numpy as np
import pytest

from clipmat.certainty import Certainty
from clipmat.pointing import Pointing
from rim_editor.documents.answer_texts import doubt, nothing_at
from rim_editor.documents.document import Answer, Combine

CLICK, BOX = (3.0, 4.0, True), (1.0, 2.0, 8.0, 9.0)


def answer(certainty, **pointed):
    return Answer("the dog", Combine.NEW, np.zeros((10, 10), np.float32), 0.123, certainty, **pointed)


@pytest.mark.parametrize(
    ("certainty", "text"),
    [
        (Certainty.SURE, ""),
        (Certainty.UNSURE, "Not sure that this is 'the dog' (presence 0.12)"),
        (Certainty.NONE, "Nothing in this image matches 'the dog' (presence 0.12)"),
    ],
)
def test_a_doubt_of_words_names_them_and_their_presence(certainty, text):
    assert doubt(answer(certainty)) == text


@pytest.mark.parametrize(
    ("points", "box", "text"),
    [
        ((CLICK,), None, "Nothing was found at this click"),
        ((), BOX, "Nothing was found in this box"),
        ((CLICK,), BOX, "Nothing was found in this box"),
        ((CLICK, (5.0, 5.0, False)), BOX, "Nothing is left with these clicks"),
    ],
)
def test_a_doubt_of_clicks_and_boxes_names_what_was_pointed_with(points, box, text):
    assert nothing_at(Pointing(points, box)) == text
    assert doubt(answer(Certainty.NONE, points=points, box=box)) == text
    assert doubt(answer(Certainty.SURE, points=points, box=box)) == ""
