"""No expression fits two entities, no negative fits one: checked by an oracle that reads the words anew."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.datasets import SceneDataset
from training.expressions import FORMS, express, negative
from training.scene import Placed, Scene
from training.wording import as_typed

COLOURS = ("red", "blue", "green", "yellow")


def scene_of(bank, *wanted, order=()):
    """A scene of (keyword, colour, x, y, area) without pixels; `order` lists pairs (front, behind)."""
    placed = []
    for index, (keyword, colour, x, y, area) in enumerate(wanted):
        entity = next(e for e in bank.cutouts if e.keyword == keyword and e.colours[0].name == colour)
        occludes = frozenset(b for f, b in order if f == index)
        placed.append(Placed(entity, np.zeros((8, 8), np.float32), (x, y), area, occludes))
    return Scene(np.zeros((8, 8, 3), np.uint8), tuple(placed), frozenset({"tree"}))


def expressions(scene, target, form, count=300):
    made = (express(scene, target, np.random.default_rng(i), [form]) for i in range(count))
    return {m.text.lower() for m in made if m is not None}


def test_of_two_cups_the_noun_alone_is_never_said(bank):
    scene = scene_of(bank, ("cup", "red", 0.2, 0.5, 0.1), ("cup", "blue", 0.8, 0.5, 0.1))
    assert expressions(scene, 0, "keyword") == set()
    said = expressions(scene, 0, "basic")
    assert said and all("red" in s for s in said)


def test_two_red_cups_are_told_apart_by_place_alone(bank):
    scene = scene_of(bank, ("cup", "red", 0.2, 0.5, 0.1), ("cup", "red", 0.8, 0.5, 0.1))
    assert expressions(scene, 0, "basic") == set()
    left, right = expressions(scene, 0, "absolute"), expressions(scene, 1, "absolute")
    assert left and all("left" in s and "right" not in s for s in left)
    assert right and all("right" in s and "left" not in s for s in right)


def test_of_two_equals_side_by_side_nothing_is_said(bank):
    scene = scene_of(bank, ("cup", "red", 0.50, 0.5, 0.1), ("cup", "red", 0.55, 0.5, 0.1))
    for form in FORMS[:4]:
        assert expressions(scene, 0, form, 60) == set()


def test_the_dogs_name_is_not_said_beside_another_animal_that_shares_it(bank):
    scene = scene_of(bank, ("dog", "red", 0.2, 0.5, 0.1), ("dog", "blue", 0.8, 0.5, 0.1))
    assert not any(re.fullmatch(r"(the |a |an )?(dog|puppy|animal|pet)", s) for s in expressions(scene, 0, "keyword"))


def test_relations_are_those_of_the_geometry(bank):
    scene = scene_of(bank, ("cup", "red", 0.2, 0.2, 0.1), ("dog", "blue", 0.8, 0.8, 0.1), order=[(1, 0)])
    said = expressions(scene, 0, "relative")
    assert any(" left of " in f" {s} " for s in said) and any(" above " in s for s in said)
    assert any(" behind " in s for s in said)
    assert not any(w in s for s in said for w in ("right of", "below", "under", "in front of"))


def test_size_words_need_a_clear_difference(bank):
    same = scene_of(bank, ("cup", "red", 0.5, 0.5, 0.10), ("cup", "red", 0.52, 0.5, 0.11))
    assert expressions(same, 0, "absolute", 60) == set()
    differ = scene_of(bank, ("cup", "red", 0.5, 0.5, 0.04), ("cup", "red", 0.52, 0.5, 0.3))
    said = expressions(differ, 0, "absolute")
    assert said and all(re.search("small|little", s) for s in said)


def test_a_colour_never_names_a_person_but_what_she_wears(bank):
    scene = scene_of(bank, ("woman", "red", 0.3, 0.5, 0.2), ("woman", "blue", 0.7, 0.5, 0.2))
    said = expressions(scene, 0, "basic")
    assert said and all(re.search(r"red dress|dress", s) for s in said)
    assert not any(re.search(r"red (woman|lady|person|female|human)", s) for s in said)


def test_an_occupation_may_be_a_man_or_a_woman(bank):
    from training.nouns import everyday_names, possible_names

    astronaut = possible_names("astronaut", "human", everyday_names("astronaut", ("person",)))
    assert {"man", "woman"} <= astronaut
    assert "girl" in possible_names("woman", "human", everyday_names("woman", ("person",)))


def test_gray_and_brown_are_not_told_apart(bank):
    scene = scene_of(bank, ("dog", "red", 0.2, 0.5, 0.1), ("dog", "blue", 0.8, 0.5, 0.1))
    gray, brown = (
        replace(p, entity=replace(p.entity, colours=(replace(p.entity.colours[0], name=name),)))
        for p, name in zip(scene.placed, ("gray", "brown"), strict=True)
    )
    assert expressions(replace(scene, placed=(gray, brown)), 0, "basic") == set()


def test_edges_and_corners_are_those_of_the_picture(bank):
    scene = scene_of(bank, ("cup", "red", 0.6, 0.5, 0.1), ("cup", "red", 0.9, 0.5, 0.1))
    said = expressions(scene, 0, "absolute")
    assert said and not any("edge" in s or "corner" in s for s in said)


def test_nouns_that_the_background_may_show_are_not_used(bank):
    scene = scene_of(bank, ("cup", "red", 0.2, 0.5, 0.1))
    hidden = replace(scene, may_contain=frozenset(scene.placed[0].entity.names))
    assert all(express(hidden, 0, np.random.default_rng(i)) is None for i in range(40))


@given(st.integers(0, 100_000))
@settings(max_examples=150, deadline=None)
def test_an_oracle_finds_exactly_one_entity(bank, seed):
    """Keyword and basic expressions of drawn scenes, read by another parser: noun and colour fit one entity only."""
    sample_scene, kind = SceneDataset(bank, 1).draw_scene(np.random.default_rng(seed), (64, 64))
    if not sample_scene.placed:
        return
    made = express(sample_scene, 0, np.random.default_rng(seed + 1), ["keyword", "basic"])
    if made is None:
        return
    words = re.findall(r"[a-z-]+", made.text.lower())
    colours = [w for w in words if w in COLOURS]
    fits = []
    for i, placed in enumerate(sample_scene.placed):
        entity = placed.entity
        named = any(re.search(rf"\b{re.escape(n)}\b", made.text.lower()) for n in entity.names)
        fits_colour = not colours or entity.colours[0].name == colours[0]
        if named and fits_colour:
            fits.append(i)
    assert fits == [made.target]


@given(st.integers(0, 100_000))
@settings(max_examples=100, deadline=None)
def test_a_negative_fits_nothing(bank, seed):
    rng = np.random.default_rng(seed)
    scene, _ = SceneDataset(bank, 2).draw_scene(rng, (64, 64))
    if not scene.placed:
        return
    made = negative(scene, bank.cutouts, rng)
    if made is None:
        return
    assert made.target is None and made.form == "negative"
    text = made.text.lower()
    for placed in scene.placed:
        named = any(re.search(rf"\b{re.escape(n)}\b", text) for n in placed.entity.names)
        colour = placed.entity.colours[0].name
        assert not named or (
            colour not in text and any(c in text for c in (*COLOURS, "purple", "pink", "black", "white", "orange"))
        )


@pytest.mark.parametrize("text", ["the woman in the red coat", "cup"])
def test_typing_changes_little(text):
    typed = {as_typed(text, np.random.default_rng(i)) for i in range(300)}
    assert text in typed and len(typed) > 1
    assert all(abs(len(t) - len(text)) <= 1 for t in typed)
