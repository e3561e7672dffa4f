"""Samples: one image, what is asked of it in words, points and a box, and the matte that is right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from clipmat.expression import MAIN_SUBJECT, POINTED_AT
from clipmat.pointing import NOTHING, Pointing
from training.entity import Pixels
from training.expressions import Expression
from training.scene import Alpha, Scene
from training.simulated_pointing import (
    correcting_points,
    point_to_drop_each,
    points_to_drop,
    simulated_pointing,
)

_MAIN_AREA = 0.04
"""Smallest share of the image that a main subject has."""
_POINTED_ALONE, _WRONG_WORDS = 0.6, 0.35
"""Shares of what is pointed at: without words; and of the others, with the words of something else."""
_CORRECTED_ALONE, _OWN_WORDS = 0.3, 0.4
"""Share of corrections without words, where one of them keeps; and of drops with the words that need no point."""


class Sample(NamedTuple):
    """One image, one expression, one matte."""

    image: Pixels
    """HxWx3 uint8 sRGB."""
    matte: Alpha
    """HxW float32 in [0, 1]; zero where the expression refers to nothing."""
    expression: str
    present: bool
    """Whether the expression refers to something in the image."""
    form: str
    """keyword, basic, absolute or relative; free where the labels do not tell; main or pointed where words do not say
    what is meant; negative where it is not `present`."""
    relation: str
    """The position in the expression, empty without one."""
    kind: str
    """human, animal or object; where nothing is `present`, the kind of the scene's first entity."""
    scene: str
    """photo, mosaic, scene (a photograph of several labelled things) or composite."""
    rivals: int
    """Entities of the scene that share the target's keyword."""
    template: int
    """Pre-embedding context drawn for a keyword (CP)."""
    others: tuple[Alpha, ...]
    """Mattes of the scene's other entities, to tell a wrong object from a coarse matte."""
    category: str = ""
    """The keyword of the referred object; empty without one or where it is not known."""
    image_id: str = ""
    """Which image of its set, for means per image."""
    entity_id: str = ""
    """Which entity of its set, for means per entity (E); empty without one."""
    shown: Scene | None = None
    """All that is known of the image, to ask for every noun in it; None where only the matte is known."""
    pointing: Pointing = NOTHING
    """Points and a box in the image's pixels."""


MAIN, POINTED = "main", "pointed"
"""Forms of samples without words of their own: the main subject, and what is pointed at whatever the words are."""


def is_main(scene: Scene, target: int) -> bool:
    """Whether an entity is what a picture is of: not small, and twice as large as any other."""
    areas = [placed.area for placed in scene.placed]
    rest = areas[:target] + areas[target + 1 :]
    return areas[target] >= max(_MAIN_AREA, 2 * max(rest, default=0.0))


class PromptShares(NamedTuple):
    """Shares of the expressions that are asked for in other ways than by words alone (`training.datasets.Mix`)."""

    main: float = 0.0
    pointed: float = 0.0
    dropping: float = 0.0
    corrected: float = 0.0


def prompted(sample: Sample, others: Sequence[str], shares: PromptShares, rng: np.random.Generator) -> Sample:
    """The sample as it is, or asked for without words, or pointed at in one of three ways.

    `others` are other expressions of the image: where somebody points, the words may be wrong. Only what is present
    is pointed at. With points to drop alone the words may fit several things, of which all but one are dropped.
    """
    draw, scene = rng.random(), sample.shown
    if not sample.present or scene is None:
        return sample
    if draw < shares.main:
        target = next(i for i, placed in enumerate(scene.placed) if placed.alpha is sample.matte)
        return sample._replace(expression=MAIN_SUBJECT, form=MAIN, template=0) if is_main(scene, target) else sample
    if draw < sum(shares[:2]):
        sample = sample._replace(pointing=simulated_pointing(sample.matte, sample.others, rng))
        if rng.random() < _POINTED_ALONE:
            return sample._replace(expression=POINTED_AT, form=POINTED, template=0)
        if others and rng.random() < _WRONG_WORDS:
            return sample._replace(expression=others[int(rng.integers(len(others)))], form=POINTED)
        return sample
    if draw < sum(shares[:3]):
        return _dropping(sample, scene, rng)
    if draw < sum(shares):
        corrections = correcting_points(sample.matte, sample.others, rng)
        if any(keep for _, _, keep in corrections.points) and rng.random() < _CORRECTED_ALONE:
            return sample._replace(pointing=corrections, expression=POINTED_AT, form=POINTED, template=0)
        return sample._replace(pointing=corrections)
    return sample


def _dropping(sample: Sample, scene: Scene, rng: np.random.Generator) -> Sample:
    """With points to drop alone: on each thing that the noun fits as well, where there are such, else beside it."""
    noun = sample.category
    others = [placed for placed in scene.placed if placed.alpha is not sample.matte]
    rivals = [placed.alpha for placed in others if noun in placed.entity.names]
    doubtful = noun in scene.may_contain or any(noun in placed.entity.maybe for placed in others)
    if not rivals or doubtful or rng.random() < _OWN_WORDS:
        return sample._replace(pointing=points_to_drop(sample.matte, sample.others, rng))
    pointing = point_to_drop_each(sample.matte, rivals, rng)
    return sample._replace(pointing=pointing, expression=f"the {noun}", form=POINTED) if pointing else sample


def sample_of_scene(image_id: str, scene: Scene, kind: str, image: Pixels, made: Expression) -> Sample:
    """The sample of an expression that was made for a scene; `kind` is the kind of scene."""
    chosen = scene.placed[made.target] if made.target is not None else None
    first = chosen or scene.placed[0]
    return Sample(
        image=image,
        matte=chosen.alpha if chosen else np.zeros(image.shape[:2], np.float32),
        expression=made.text,
        present=chosen is not None,
        form=made.form,
        relation=made.relation,
        kind=first.entity.kind,
        scene=kind,
        rivals=sum(p.entity.keyword == first.entity.keyword for p in scene.placed) - 1,
        template=0,
        others=tuple(p.alpha for i, p in enumerate(scene.placed) if i != made.target),
        category="" if chosen is None else first.entity.keyword,
        image_id=image_id,
        entity_id="" if made.target is None else f"{image_id}/{made.target}",
        shown=scene,
    )


def trimap_labels(matte: Alpha, radius: int) -> Pixels:
    """HxW uint8 labels as in `clipmat.model` (0 background, 1 unknown, 2 foreground) for an HxW matte in [0, 1].

    Unknown is the matte's soft band, grown by `radius` pixels.
    """
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    solid = cv2.erode((matte > 0.95).astype(np.uint8), kernel)
    touched = cv2.dilate((matte > 0.05).astype(np.uint8), kernel)
    return (solid + touched).astype(np.uint8)
