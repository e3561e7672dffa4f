"""RefMatte's groups: proportions, backgrounds and relations, measured on the mattes that come out."""

from collections import Counter
from dataclasses import replace
from itertools import islice

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipmat.position_words import OPPOSITE
from training.entity import BankError
from training.expressions import FORMS, varied_expressions
from training.groups import GROUP, IMAGES, composed, recipes
from training.relations import RELATIONS, holds

SIZE = (96, 128)


@pytest.fixture(scope="module")
def training(bank):
    return bank.select("train")


def centroid(alpha):
    m = cv2.moments(alpha)
    return m["m10"] / m["m00"] / alpha.shape[1], m["m01"] / m["m00"] / alpha.shape[0]


def test_a_group_of_5_humans_1_animal_and_1_object_makes_20_images_on_20_backgrounds(training):
    made = list(recipes(training, 100, seed=3))
    assert [r.number for r in made] == list(range(100)) and IMAGES == 20
    for group in range(5):
        images = [r for r in made if r.group == group]
        assert len(images) == 20 and len({r.background.id for r in images}) == 20
        members = {(e.kind, e.id) for r in images for e in r.entities}
        kinds = Counter(kind for kind, _ in members)
        # The mini bank has four humans only, so of the five some are the same.
        assert kinds["human"] in (3, 4) and kinds["animal"] == kinds["object"] == 1
    placed = Counter(e.kind for r in made for e in r.entities)
    assert 3 < placed["human"] / placed["animal"] < 7 and 3 < placed["human"] / placed["object"] < 7
    assert set(GROUP.values()) == {5, 1}


def test_every_entity_of_a_kind_comes_once_before_any_comes_again(training):
    made = list(recipes(training, 20 * 8, seed=5))
    objects = {r.group: e.id for r in made for e in r.entities if e.kind == "object"}
    everyone = {e.id for e in training.cutouts if e.kind == "object"}
    assert len(everyone) == 8 and {objects[g] for g in range(8)} == everyone


@given(st.integers(0, 9999), st.integers(1, 70), st.integers(1, 5))
@settings(max_examples=20, deadline=None)
def test_a_recipe_does_not_depend_on_how_many_follow(training, seed, images, most):
    many = recipes(training, 70, seed, most)
    assert list(recipes(training, images, seed, most)) == list(islice(many, images))


def test_images_hold_at_most_so_many_entities(training):
    assert {len(r.entities) for r in recipes(training, 60, 1, most=4)} == {2, 3, 4}
    assert {(len(r.entities), r.relation) for r in recipes(training, 20, 1, most=1)} == {(1, "")}


def test_all_six_relations_come_and_really_hold(training):
    counts = Counter()
    for recipe in recipes(training, 60, seed=11):
        scene, relation = composed(training, recipe, SIZE)
        counts[relation] += 1
        assert relation in (recipe.relation, OPPOSITE[recipe.relation])
        assert [p.entity for p in scene.placed] == list(recipe.entities)
        first, second = (scene.placed[i] for i in (0, 1))
        (x0, y0), (x1, y1) = centroid(first.alpha), centroid(second.alpha)
        if relation in ("front", "behind"):
            before, after = (first, second) if relation == "front" else (second, first)
            lone = before.alpha > 0.99
            assert not (after.alpha[lone] > 0.02).any(), "what is behind loses what is covered"
            assert cv2.dilate(lone.astype(np.uint8), np.ones((11, 11)))[after.alpha > 0.3].any(), "they touch"
        else:
            shift = {"left": x1 - x0, "right": x0 - x1, "top": y1 - y0, "bottom": y0 - y1}[relation]
            assert shift > 0.11
    assert set(counts) == set(RELATIONS)


def test_an_opposite_relation_is_the_same_fact(training):
    for recipe in recipes(training, 40, seed=2):
        scene, _ = composed(training, recipe, SIZE)
        for relation, opposite in OPPOSITE.items():
            assert holds(scene, relation, 0, 1) == holds(scene, opposite, 1, 0)


def test_same_recipe_same_scene(training):
    recipe = next(recipes(training, 1, seed=4))
    one, two = (composed(training, recipe, SIZE)[0] for _ in range(2))
    np.testing.assert_array_equal(one.image, two.image)
    assert all((a.alpha == b.alpha).all() for a, b in zip(one.placed, two.placed, strict=True))


def test_a_bank_with_too_few_backgrounds_is_refused(training):
    few = replace(training, backgrounds=training.backgrounds[:19])
    with pytest.raises(BankError, match="19 backgrounds.*20 images of a group.*add a pack"):
        next(recipes(few, 5, 1))


def test_a_bank_without_cutouts_is_refused(training):
    with pytest.raises(BankError, match="no cut-outs"):
        next(recipes(replace(training, cutouts=()), 5, 1))


def test_a_kind_that_is_missing_leaves_its_place_to_the_others(training):
    only = replace(training, cutouts=tuple(e for e in training.cutouts if e.kind != "animal"))
    kinds = Counter(e.kind for r in recipes(only, 40, 1) for e in r.entities)
    assert set(kinds) == {"human", "object"}


def test_four_different_expressions_an_entity_in_different_forms(training):
    forms = Counter()
    for recipe in recipes(training, 60, seed=8):
        scene, _ = composed(training, recipe, SIZE)
        for target in range(len(scene.placed)):
            made = varied_expressions(scene, target, np.random.default_rng((recipe.number, target)))
            assert len(made) <= 4 and len({e.text.lower() for e in made}) == len(made)
            assert all(e.target == target and e.form in FORMS[:4] for e in made)
            assert [FORMS.index(e.form) for e in made] == sorted(FORMS.index(e.form) for e in made)
            forms.update(e.form for e in made)
    assert all(forms[form] > 20 for form in FORMS[:4])
