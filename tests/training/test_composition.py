"""Scenes are true composites: their mattes are exclusive, honest about occlusion, and rebuild the image."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.composition import composed_scene, mosaic_scene, photo_scene
from training.scene import SceneCanvas

SIZE = (128, 160)


@given(st.integers(0, 10_000), st.integers(1, 4))
@settings(max_examples=40, deadline=None)
def test_mattes_are_what_is_visible(bank, seed, count):
    rng = np.random.default_rng(seed)
    entities = [bank.cutouts[int(i)] for i in rng.integers(len(bank.cutouts), size=count)]
    scene = composed_scene(bank, entities, bank.backgrounds[0], SIZE, rng)
    assert scene.image.shape == (*SIZE, 3) and scene.image.dtype == np.uint8
    assert len(scene.placed) <= count
    total = sum((p.alpha for p in scene.placed), np.zeros(SIZE, np.float32))
    assert total.max() <= 1 + 1e-5, "two entities cannot both cover a pixel"
    for placed in scene.placed:
        assert placed.area > 0.01
        assert 0 <= placed.center[0] <= 1 and 0 <= placed.center[1] <= 1


def test_a_solid_pixel_has_its_entitys_colour(bank):
    rng = np.random.default_rng(1)
    red = next(e for e in bank.cutouts if e.colours[0].name == "red")
    scene = composed_scene(bank, [red], bank.backgrounds[0], SIZE, rng)
    (placed,) = scene.placed
    inside = scene.image[placed.alpha > 0.999]
    np.testing.assert_allclose(inside, np.broadcast_to((210, 30, 30), inside.shape), atol=2)


def test_what_is_behind_loses_what_is_covered(bank):
    """Among many scenes of two, whoever occludes has no less than itself, and the other's matte is cut there."""
    seen = 0
    for seed in range(120):
        rng = np.random.default_rng(seed)
        scene = composed_scene(bank, [bank.cutouts[0], bank.cutouts[1]], bank.backgrounds[0], SIZE, rng)
        for i, front in enumerate(scene.placed):
            for j in front.occludes:
                seen += 1
                behind = scene.placed[j]
                assert i > j, "later entities stand in front"
                assert not ((front.alpha > 0.99) & (behind.alpha > 0.02)).any()
    assert seen >= 5


def test_same_seed_same_scene(bank):
    one, two = (
        composed_scene(bank, bank.cutouts[:3], bank.backgrounds[1], SIZE, np.random.default_rng(9)) for _ in range(2)
    )
    np.testing.assert_array_equal(one.image, two.image)


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_a_photograph_keeps_most_of_its_object(bank, seed):
    scene = photo_scene(bank, bank.photos[0], SIZE, np.random.default_rng(seed))
    (placed,) = scene.placed
    assert placed.area > 0.03
    inside = scene.image[placed.alpha > 0.99].astype(int)
    assert np.abs(inside - np.array([210, 30, 30])).mean() < 25


@pytest.mark.parametrize("count", [2, 4])
def test_a_mosaic_keeps_its_photographs_apart(bank, count):
    scene = mosaic_scene(bank, bank.photos[:count], SIZE, np.random.default_rng(0))
    assert len(scene.placed) == count
    total = sum(p.alpha for p in scene.placed)
    assert total.max() <= 1 + 1e-5
    centers = {tuple(np.round(p.center)) for p in scene.placed}
    assert len(centers) >= 2


def test_cutouts_on_a_photograph_leave_its_object_an_entity(bank):
    for seed in range(10):
        scene = composed_scene(bank, [bank.cutouts[3]], bank.photos[0], SIZE, np.random.default_rng(seed))
        assert scene.placed[0].entity.id == bank.photos[0].id


def test_the_banks_own_pixels_stay_as_they_are(bank):
    ground, cup = bank.backgrounds[0], bank.cutouts[0]
    before = bank.background(ground).copy()
    for seed in range(6):
        canvas = SceneCanvas(bank.background(ground))
        assert canvas.paste(cup, bank.cutout(cup), 0, seed)
        assert not np.array_equal(canvas.scene().image, before)
    np.testing.assert_array_equal(bank.background(ground), before)
