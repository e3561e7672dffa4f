"""An answer without any of the colours that its words name is not sure, whatever the network says."""

from pathlib import Path

import numpy as np
import pytest

from clipmat.certainty import Certainty, PresenceScale
from clipmat.image_files import read
from clipmat.predictor import Predictor
from clipmat.region_growing import GrownRegion
from clipmat.worded_answers import lacks_its_colours

SAMPLE = Path(__file__).parents[2] / "resources" / "samples" / "still_life.jpg"
YELLOW, BLUE = (235, 200, 40), (40, 60, 190)


def answer(*, spot=0):
    """A yellow square with a blue spot of so many pixels a side."""
    matte, colours = np.zeros((80, 110), np.float32), np.full((80, 110, 3), (120, 120, 120), np.uint8)
    matte[20:60, 20:60] = 1
    colours[20:60, 20:60] = YELLOW
    colours[30 : 30 + spot, 30 : 30 + spot] = BLUE
    return GrownRegion(
        slice(0, 800), slice(0, 1100), matte, np.stack([1 - matte, np.zeros_like(matte), matte])
    ), colours


@pytest.mark.parametrize("words", ["the blue flower", "a navy flower on the left", "blue and red flowers"])
def test_a_colour_that_is_nowhere_in_the_answer_is_missed(words):
    region, colours = answer()
    assert lacks_its_colours(region, words, colours)
    region, colours = answer(spot=12)
    assert not lacks_its_colours(region, words, colours), "a tenth of it has the colour"


@pytest.mark.parametrize(
    "words",
    [
        "the flower", "the yellow flower", "the golden flower", "the blue and yellow flower",
        "the woman in the blue hat", "the boy wearing blue shoes", "the flower left of the blue cup", "bluebell", "",
    ],
)  # fmt: skip
def test_other_words_miss_nothing(words):
    region, colours = answer()
    assert not lacks_its_colours(region, words, colours)


def test_of_what_shows_nothing_no_colour_is_missed():
    region, colours = answer()
    empty = GrownRegion(region.rows, region.columns, region.matte * 0, region.trimap)
    assert not lacks_its_colours(empty, "the blue flower", colours)


@pytest.mark.parametrize(
    "scale", [PresenceScale(0.1, 0.8), PresenceScale(0.4, 0.45), PresenceScale(0.1, 0.5, 2.0, -1.0)]
)
def test_a_doubted_presence_is_never_sure_and_never_raised(scale):
    shown = np.ones((4, 4), np.float32)
    for presence in (0.0, 0.05, 0.3, 0.5, 0.9, 1.0):
        doubted = scale.doubted(presence)
        assert doubted <= presence and scale.certainty(doubted, shown) is not Certainty.SURE
        if scale.certainty(presence, shown) is not Certainty.SURE:
            assert scale.certainty(doubted, shown) is scale.certainty(presence, shown)


def test_the_bundled_weights_are_not_sure_of_a_flower_in_a_colour_that_it_has_not():
    predictor, image = Predictor.load("compact", device="cpu"), read(SAMPLE).pixels
    predictor.set_image(image)
    right, wrong = (predictor.predict(f"the {colour} sunflower", refine=False) for colour in ("yellow", "blue"))
    assert right.certainty is Certainty.SURE and wrong.certainty is not Certainty.SURE
    assert wrong.presence < right.presence
    both = predictor.predict_pairs([(image, "the yellow sunflower"), (image, "the blue sunflower")], refine=False)
    assert [one.certainty for one in both] == [right.certainty, wrong.certainty]
