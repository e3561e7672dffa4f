import pytest

from clipmat.sentences.reading import Position, Reading, Relation, read
from clipmat.sentences.spelling import even


@pytest.mark.parametrize(
    ("text", "noun", "places"),
    [
        ("the dog on the left", "dog", [Position("left")]),
        ("left dog", "dog", [Position("left")]),
        ("dog, far left", "dog", [Position("left")]),
        ("the second dog from the right", "dog", [Position("right", 2)]),
        ("2nd from right", "", [Position("right", 2)]),
        ("the last bike on the right", "bike", [Position("right", 1)]),
        ("the last bike from the left", "bike", [Position("right", 1)]),
        ("the first bicycle", "bicycle", [Position("left", 1)]),
        ("top left corner book", "book", [Position("top"), Position("left")]),
        ("the book at the left bottom", "book", [Position("left"), Position("bottom")]),
        ("the biggest one", "", [Position("big")]),
        ("the dog closest to the camera", "dog", [Position("front")]),
        ("the horse in the background", "horse", [Position("behind")]),
        ("little girl", "girl", [Position("small", loose=True)]),
        ("a cup of coffee in the middle of the picture", "cup of coffee", [Position("middle")]),
        ("could you select the rightmost cup please", "cup", [Position("right")]),
        ("the left hand of the statue", "left hand of the statue", None),
        ("the top on the right of the image", "top", [Position("right")]),
        ("the smaller can", "can", [Position("small")]),
        ("the bigger of the two dogs", "dogs", [Position("big")]),
        ("the higher one of the two jumpers", "jumpers", [Position("top")]),
        ("the closer man of the two", "man", [Position("front")]),
        ("the further away of the two cars", "cars", [Position("behind")]),
        ("the left of the two horses", "horses", [Position("left")]),
        ("the leftmost of these three birds", "birds", [Position("left")]),
        ("the biggest of the cups", "cups", [Position("big")]),
        ("the biggest of them all", "", [Position("big")]),
        ("the second of the three dogs from the left", "dogs", [Position("left", 2)]),
        ("the further car", "car", [Position("behind")]),
        ("the one in red at the top", "one in red", [Position("top")]),
        ("the one on the left with long hair", "one with long hair", [Position("left")]),
    ],
)
def test_the_places_of_an_expression(text, noun, places):
    if places is None:
        assert read(text).places in ((), (Position("left"),))  # a part of the body, or a place: nobody can know
        return
    assert (read(text).noun, list(read(text).places)) == (noun, places)


@pytest.mark.parametrize(
    ("text", "noun", "colours"),
    [
        ("the red cup", "cup", ("red",)),
        ("dark blue car", "car", ("blue",)),
        ("the grey horse", "horse", ("gray",)),
        ("the orange", "orange", ()),
        ("the orange orange", "orange", ("orange",)),
        ("sour cream", "sour cream", ()),
        ("cup that is red", "cup", ("red",)),
        ("woman in a red dress", "woman in a red dress", ("red",)),
        ("woman wearing a blue top", "woman wearing a blue top", ("blue",)),
        ("the green one", "", ("green",)),
        ("the blakc cup", "cup", ("black",)),
    ],
)
def test_the_colours_of_an_expression(text, noun, colours):
    assert (read(text).noun, read(text).colours, read(text).places) == (noun, colours, ())


@pytest.mark.parametrize(
    ("text", "kind", "others"),
    [
        ("the cup to the left of the plate", "left", [Reading("plate")]),
        ("cup at the right hand side of plate", "right", [Reading("plate")]),
        ("the pillow on the sofa", "on", [Reading("sofa")]),
        ("the dog behind the red car", "behind", [Reading("car", ("red",))]),
        ("dog standing in front of the house", "front", [Reading("house")]),
        ("chair nearest the window", "near", [Reading("window")]),
        ("the dog next to the tree", "near", [Reading("tree")]),
        ("lamp between the sofa and the table", "between", [Reading("sofa"), Reading("table")]),
        ("the child between the two women", "between", [Reading("women")]),
        ("the dog left of the white one", "left", [Reading("", ("white",))]),
    ],
)
def test_the_relations_of_an_expression(text, kind, others):
    assert read(text).relations == (Relation(kind, tuple(others)),)


@pytest.mark.parametrize(
    ("text", "noun", "colours", "places"),
    [
        ("the tallest man, dark shirt and beige trousers", "man", ("beige",), [Position("tall")]),
        ("the man in front, crouching down", "man crouching down", (), [Position("front")]),
        ("second person from the left, man in a dark jacket", "person", (), [Position("left", 2)]),
        ("boy in front, the one in the blue jacket", "boy in the blue jacket", ("blue",), [Position("front")]),
        ("bus that is cut off at the left edge", "bus", (), [Position("left")]),
        ("gymnast in blue who is looking at the camera", "gymnast in blue", ("blue",), []),
        ("the man with his back to us in the middle", "man", (), [Position("middle")]),
        (
            "guy in the white cap on the right, seen from behind",
            "guy in the white cap",
            ("white",),
            [Position("right")],
        ),
        (
            "man in the beige jacket riding the red snowboard",
            "man in the beige jacket riding the red snowboard",
            ("beige",),
            [],
        ),
        ("the blond woman", "blond woman", (), []),
        ("the lower donut, the one held by somebody", "donut", (), [Position("bottom")]),
    ],
)
def test_what_people_add_to_an_expression(text, noun, colours, places):
    reading = read(text)
    assert (reading.noun, reading.colours, list(reading.places)) == (noun, colours, places)


@pytest.mark.parametrize("text", ["the dog that is not on the left", "gymnast who is looking at the camera"])
def test_clauses_that_may_not_be_left_out_go_whole_to_the_system(text):
    assert read(text) == Reading(text, understood=False)


def test_that_what_something_has_stays_in_the_noun_and_is_a_relation_too():
    reading = read("the dog with the ball in the middle")
    assert reading == Reading("dog with the ball", (), (Position("middle"),), (Relation("with", (Reading("ball"),)),))


def test_that_a_relation_may_have_one_of_its_own():
    (relation,) = read("the cup left of the man behind the bus").relations
    assert relation == Relation("left", (Reading("man", (), (), (Relation("behind", (Reading("bus"),)),)),))


@pytest.mark.parametrize(
    "text",
    [
        "the cup that my sister always uses",
        "not the red one",
        "something you could drink out of",
        "everything except the dog on the left",
    ],
)
def test_that_what_cannot_be_read_goes_whole_to_the_system(text):
    assert read(text) == Reading(text, understood=False)


def test_that_what_nobody_writes_by_hand_goes_whole_to_the_system():
    assert read(f"the {'fluffy ' * 20}dog on the left").places == (Position("left"),)
    endless = f"the {'fluffy ' * 400}dog on the left"
    assert read(endless) == Reading(endless, understood=False)


@pytest.mark.parametrize(
    "text", ["", "   ", ",", "the", "on the left", "?!", "@p_left", "left of", "between", "and", "left of " * 2000]
)
def test_that_no_text_is_too_odd(text):
    assert isinstance(read(text), Reading)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("teh dog on teh rigth", "the dog on the right"),
        ("the cup in the midle", "the cup in the middle"),
        ("botttom left", "bottom left"),
        ("third form the right", "third from the right"),
        ("the left-hand cup!", "the left hand cup"),
        ("the light on the fist", "the light on the fist"),
        ("a tax form", "a tax form"),
    ],
)
def test_that_slips_in_our_words_are_mended_and_others_stay(typed, meant):
    assert even(typed) == meant
