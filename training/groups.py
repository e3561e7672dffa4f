"""RefMatte's grouping: 5 humans, 1 animal and 1 object make 20 images (RIM section 3.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from clipmat.position_words import OPPOSITE
from training.composition import background_part, cut_sides, place, scaled
from training.entity import BankError, Entity, Pixels, SceneBackground
from training.files.entity_bank import EntityBank
from training.relations import MARGIN, RELATIONS, holds
from training.scene import Scene, SceneCanvas

GROUP = {"human": 5, "animal": 1, "object": 1}
IMAGES = 20
"""Images of a group, each on a background of its own."""
DRAWN = 0.3
"""Share of the drawn entities (emoji) that do not wait for the photographed."""


@dataclass(frozen=True, slots=True)
class SceneRecipe:
    """All that decides one image of a set."""

    number: int
    """Of the image in the set, from 0."""
    group: int
    """Group it belongs to, from 0."""
    entities: tuple[Entity, ...]
    """What is placed: the first stands in `relation` to the second."""
    relation: str
    """left, right, top, bottom, front or behind; empty for a single entity."""
    background: SceneBackground
    seed: int


def recipes(bank: EntityBank, images: int, seed: int, most: int = 3) -> Iterator[SceneRecipe]:
    """The recipes of a set in order: same bank, seed, `most` and number, same recipe, whatever `images` is.

    Every entity of a kind comes once before any comes again, so that kinds keep the proportion 5:1:1; the share of
    a kind that the bank lacks goes to the others. Each image holds 2 to `most` entities of its group (1 if `most`
    is 1). Raises BankError when the bank has too few entities or backgrounds.
    """
    if not bank.cutouts:
        raise BankError("the entity bank has no cut-outs in this split: add a pack that has some")
    if len(bank.backgrounds) < IMAGES:
        raise BankError(
            f"{len(bank.backgrounds)} backgrounds in this split, but the {IMAGES} images of a group need one each: "
            "add a pack with backgrounds"
        )
    if most < 1:
        raise BankError("an image holds at least one entity: give --most 1 or more")
    turns = _Turns(bank, seed)
    for group in range(-(-images // IMAGES)):
        members, rng = turns.members(group), np.random.default_rng((seed, group))
        grounds = rng.permutation(len(bank.backgrounds))[:IMAGES]
        relations = [*RELATIONS] * (IMAGES // len(RELATIONS) + 1)
        order = rng.permutation(len(relations))
        for turn in range(min(IMAGES, images - group * IMAGES)):
            number = group * IMAGES + turn
            count = min(int(rng.integers(2, most + 1)) if most > 1 else 1, len(members))
            chosen = _distinct(members, count, turn, rng)
            yield SceneRecipe(
                number=number,
                group=group,
                entities=chosen,
                relation=relations[order[turn]] if len(chosen) > 1 else "",
                background=bank.backgrounds[grounds[turn]],
                seed=seed,
            )


def composed(bank: EntityBank, recipe: SceneRecipe, size: tuple[int, int]) -> tuple[Scene, str]:
    """The scene of a recipe, HxW `size`, and the relation of its first entity to its second, which really holds.

    It is the recipe's relation, or its opposite where the entities do not allow it (half a person, cut by the
    frame of the photograph it came from, stands on the lower edge and not above a dog).
    `Scene.placed` keeps the recipe's order; where no arrangement is found the last entities are left out. Raises
    BankError when not even the first fits.
    """
    first = recipe.relation
    for attempt in range(40):
        rng = np.random.default_rng((recipe.seed, recipe.number, attempt))
        relation = first if attempt % 4 < 3 else OPPOSITE.get(first, "")
        scene = _arranged(bank, recipe, relation, size, rng)
        if len(scene.placed) == len(recipe.entities) and (not relation or holds(scene, relation, 0, 1)):
            return scene, relation
    if len(recipe.entities) == 1:
        raise BankError(f"{recipe.entities[0].id} does not fit into a scene: it is too thin, or its alpha is empty")
    fewer = recipe.entities[:-1]  # half people, cut by the frame, do not all fit next to each other
    return composed(bank, replace(recipe, entities=fewer, relation=recipe.relation if len(fewer) > 1 else ""), size)


def _arranged(
    bank: EntityBank, recipe: SceneRecipe, relation: str, size: tuple[int, int], rng: np.random.Generator
) -> Scene:
    canvas = SceneCanvas(background_part(bank, recipe.background, size, rng), recipe.background.may_contain)
    high = {1: 1.0, 2: 0.75}.get(len(recipe.entities), 0.6)
    pixels = [scaled(bank.cutout(entity), size, rng.uniform(0.4, high), rng) for entity in recipe.entities]
    places = _places(pixels, [entity.kind for entity in recipe.entities], relation, size, rng)
    # What comes later stands in front; the rest of the entities stay behind the two that are related.
    order = [int(i) for i in rng.permutation(len(pixels))]
    if relation in ("front", "behind"):
        order = [*range(2, len(pixels)), *((1, 0) if relation == "front" else (0, 1))]
    for i in order:
        if not canvas.paste(recipe.entities[i], pixels[i], *places[i]):
            break
    return _in_order(canvas.scene(), order)


def _in_order(scene: Scene, order: Sequence[int]) -> Scene:
    """The scene with its entities in the recipe's order; `order` gives the entity of each layer."""
    if len(scene.placed) < len(order):
        return scene
    placed = [
        replace(
            scene.placed[order.index(i)], occludes=frozenset(order[j] for j in scene.placed[order.index(i)].occludes)
        )
        for i in range(len(order))
    ]
    return replace(scene, placed=tuple(placed))


SceneBox = tuple[float, float, float, float]


def _places(
    pixels: Sequence[Pixels], kinds: Sequence[str], relation: str, size: tuple[int, int], rng: np.random.Generator
) -> list[tuple[int, int]]:
    """Places (y, x) of the cut-outs: of some random arrangements the one that serves the relation best."""
    best: tuple[float, list[tuple[int, int]]] = (np.inf, [])
    cuts = [cut_sides(p, kind) for p, kind in zip(pixels, kinds, strict=True)]
    for _ in range(16):
        places = [place(p, size, cut, rng) for p, cut in zip(pixels, cuts, strict=True)]
        boxes = [_box(p, at, size) for p, at in zip(pixels, places, strict=True)]
        strain = _strain(boxes, relation)
        if strain < best[0]:
            best = strain, places
        if strain < 0.15:
            break
    return best[1]


def _box(pixels: Pixels, place: tuple[int, int], size: tuple[int, int]) -> SceneBox:
    (y, x), (tall, wide) = place, pixels.shape[:2]
    return x / size[1], y / size[0], (x + wide) / size[1], (y + tall) / size[0]


def _strain(boxes: Sequence[SceneBox], relation: str) -> float:
    """How far boxes (x0, y0, x1, y1 in sides of the scene) are from the relation; 0 is good."""
    strain = 0.0
    for i, a in enumerate(boxes):
        for j, b in enumerate(boxes[:i]):
            shared = _shared(a, b)
            if (j, i) == (0, 1) and relation in ("front", "behind"):
                strain += 4 * max(0.0, 0.2 - shared, shared - 0.5)  # covers, but does not hide
            else:
                strain += max(0.0, shared - 0.1)
    if len(boxes) > 1 and relation not in ("", "front", "behind"):
        axis = 0 if relation in ("left", "right") else 1
        first, second = ((box[axis] + box[axis + 2]) / 2 for box in boxes[:2])
        gap = second - first if relation in ("left", "top") else first - second
        strain += 8 * max(0.0, 2 * MARGIN - gap)
    return strain


def _shared(a: SceneBox, b: SceneBox) -> float:
    """Intersection of two boxes over the smaller one, 0..1."""
    wide, tall = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return max(0.0, wide) * max(0.0, tall) / min(areas)


def _distinct(members: Sequence[Entity], count: int, turn: int, rng: np.random.Generator) -> tuple[Entity, ...]:
    """Some members in random order; each member leads as many images as any other."""
    lead = turn % len(members)
    rest = [int(i) for i in rng.permutation(len(members)) if i != lead]
    chosen = [members[lead], *(members[i] for i in rest[: count - 1])]
    return tuple(chosen[int(i)] for i in rng.permutation(len(chosen)))


class _Turns:
    """Entities of each kind in a random order that starts anew when all have come."""

    def __init__(self, bank: EntityBank, seed: int) -> None:
        self._kinds = {kind: [e for e in bank.cutouts if e.kind == kind] for kind in GROUP}
        self._seed = seed
        present = [kind for kind in GROUP if self._kinds[kind]]
        slots = [kind for kind, number in GROUP.items() if self._kinds[kind] for _ in range(number)]
        slots += [present[i % len(present)] for i in range(sum(GROUP.values()) - len(slots))]
        self._slots = {kind: slots.count(kind) for kind in present}
        self._order = cache(self._shuffled)

    def members(self, group: int) -> list[Entity]:
        """The seven of a group; fewer where a kind is so small that it would come twice."""
        drawn = [self._nth(kind, group * number + i) for kind, number in self._slots.items() for i in range(number)]
        return list({entity.id: entity for entity in drawn}.values())

    def _nth(self, kind: str, index: int) -> Entity:
        entities = self._kinds[kind]
        turn, at = divmod(index, len(entities))
        return entities[self._order(kind, turn)[at]]

    def _shuffled(self, kind: str, turn: int) -> list[int]:
        rng = np.random.default_rng((self._seed, [*GROUP].index(kind), turn, 1))
        order = [int(i) for i in rng.permutation(len(self._kinds[kind]))]
        # Most drawings wait until the photographed have come.
        return sorted(order, key=lambda i: "emoji" in self._kinds[kind][i].source and rng.random() > DRAWN)
