"""Samples for training and evaluation: entity-bank scenes, drawn by number so that a run can be resumed exactly."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from clipmat.prompt import TEMPLATES
from training.augmentation import augmented
from training.composition import composed_scene, crowded_scene, labelled_scene, mosaic_scene, photo_scene
from training.dense_words import WordSource
from training.entity import BankError, Entity, Pixels, unit
from training.expressions import FORMS, Expression, express, negative, reworded
from training.files.attributes import dominant_colours
from training.files.entity_bank import EntityBank
from training.samples import PromptShares, Sample, prompted, sample_of_scene
from training.scene import ASKED, MIN_VISIBLE, Placed, Scene, SceneCanvas
from training.wording import as_typed


@dataclass(frozen=True, repr=False)
class Mix:
    """Shares of the kinds of scenes, and of negatives; fractions of 1."""

    photo: float = 0.36
    mosaic: float = 0.22
    pasted: float = 0.12
    """Cut-outs pasted onto a photograph whose object stays an entity; the rest are composites."""
    scene: float = 0.0
    """Photographs of several labelled things, where the data holds such."""
    crowd: float = 0.0
    """Many small cut-outs, several of a kind, that cover one another: a laid table, a heap, a crowd."""
    negative: float = 0.12
    pairs: float = 0.45
    """Scenes of several entities that hold two of a kind; of photographs of several things, where there are such."""
    recoloured: float = 0.0
    """Pairs of cut-out objects of which one gets another colour; the look is asked for more often then."""
    drawn: float = 0.3
    """Weight of emoji beside photographed entities."""
    main: float = 0.0
    """Expressions without words, of main subjects."""
    pointed: float = 0.0
    """Expressions that come with points or a box, or are made of these alone."""
    dropping: float = 0.0
    """Expressions that come with points to drop and none to keep: words that fit two things, one of them dropped."""
    corrected: float = 0.0
    """Expressions that come with the points of up to three rounds of corrections."""
    reworded: float = 0.0
    """Expressions as people write them, where the forms have basic ones: of captions, or `my dog`."""

    def __repr__(self) -> str:
        """As it is written, without shares that older versions did not have and this mix does not use.

        Checkpoints record it: a run of an older version goes on.
        """
        used = (f for f in fields(self) if f.name not in _LATER or getattr(self, f.name))
        return f"Mix({', '.join(f'{f.name}={getattr(self, f.name)!r}' for f in used)})"


_LATER = ("crowd", "dropping", "corrected", "reworded")
"""Shares that came after the fourth weights."""


class SceneDataset:
    """Scenes of an entity bank by number: same seed, same sample."""

    def __init__(
        self,
        bank: EntityBank,
        seed: int,
        mix: Mix | None = None,
        augment: bool = True,
        forms: Sequence[str] = FORMS[:4],
    ) -> None:
        if not bank.cutouts:
            raise BankError("the entity bank has no cut-outs in this split: add a pack that has some")
        if not bank.backgrounds:
            raise BankError("the entity bank has no backgrounds in this split: add a pack that has some")
        self.bank, self.seed, self.mix, self.augment = bank, seed, mix or Mix(), augment
        self.forms = tuple(forms)
        self.cutouts, self.photos = _Pool(bank.cutouts, self.mix.drawn), _Pool(bank.photos, self.mix.drawn)
        labelled = tuple(each for photo in bank.scenes for each in photo.objects)
        self.labelled = _Pool(labelled, self.mix.drawn)
        twins = [each for photo in bank.scenes for each in _of_a_kind(photo.objects)]
        self.twins = _Pool(twins, self.mix.drawn) if twins else self.labelled
        self._photo_of = {each.id: photo for photo in bank.scenes for each in photo.objects}
        self.everything = tuple(bank.cutouts) + tuple(bank.photos)
        self.words = WordSource.of(self.everything + labelled)
        """What dense words are drawn from."""

    @property
    def fingerprint(self) -> str:
        """A short digest of what determines the samples: bank ids in order, seed, mix, augmentation, forms."""
        ids = [e.id for e in self.everything] + [b.id for b in self.bank.backgrounds] + [s.id for s in self.bank.scenes]
        decisive = repr((ids, self.seed, self.mix, self.augment, self.forms))
        return hashlib.sha256(decisive.encode()).hexdigest()[:12]

    def sample(self, index: int, size: tuple[int, int]) -> Sample:
        """The first of `samples`."""
        return self.samples(index, size, 1)[0]

    def samples(self, index: int, size: tuple[int, int], count: int) -> list[Sample]:
        """The scene with a number, HxW `size` (even sides), asked for in `count` ways: the same image, other words.

        Different entities come first, so that only the words can tell the answers apart.
        """
        for attempt in range(50):
            rng = np.random.default_rng((self.seed, index, attempt))
            scene, kind = self.draw_scene(rng, size)
            if scene.placed and (made := self._asked(scene, count, rng)):
                image = augmented(scene.image, rng) if self.augment else scene.image
                asked = [self._sample(index, scene, kind, image, one, rng) for one in made]
                return [self._prompted(one, asked, rng) for one in asked]
        raise BankError(f"no unambiguous scene in 50 tries for sample {index}: is the bank too small?")

    def scene(self, index: int, size: tuple[int, int]) -> tuple[Pixels, tuple[Placed, ...]]:
        """The picture of a scene by number, as a camera might have taken it, and what is placed in it."""
        rng = np.random.default_rng((self.seed, index))
        drawn, _ = self.draw_scene(rng, size)
        return augmented(drawn.image, rng), drawn.placed

    def _asked(self, scene: Scene, count: int, rng: np.random.Generator) -> list[Expression]:
        """`count` expressions of a scene, of which one of several names something; none when it is too ambiguous."""
        order = rng.permutation([i for i, p in enumerate(scene.placed) if p.area >= ASKED and p.visible >= MIN_VISIBLE])
        if not len(order):
            return []
        made: list[Expression] = []
        looks = ("basic",) * 3 if any(placed.entity.hue for placed in scene.placed) and "basic" in self.forms else ()
        rewords = self.mix.reworded > 0 and "basic" in self.forms
        for turn in range(4 * count):
            if rng.random() < self.mix.negative:
                expression = negative(scene, self.everything, rng)
            elif rewords and rng.random() < self.mix.reworded:
                expression = reworded(scene, int(order[turn % len(order)]), rng)
            else:
                expression = express(scene, int(order[turn % len(order)]), rng, self.forms + looks)
            if expression is not None:
                made.append(expression)
            if len(made) == count:
                return made if count == 1 or any(one.target is not None for one in made) else []
        return []

    def _sample(
        self, index: int, scene: Scene, kind: str, image: Pixels, made: Expression, rng: np.random.Generator
    ) -> Sample:
        sample = sample_of_scene(str(index), scene, kind, image, made)
        if not self.augment:
            return sample
        typed = as_typed(made.text, rng)
        return sample._replace(expression=typed, template=int(rng.integers(len(TEMPLATES))))

    def _prompted(self, sample: Sample, asked: Sequence[Sample], rng: np.random.Generator) -> Sample:
        mix = self.mix
        shares = PromptShares(mix.main, mix.pointed, mix.dropping, mix.corrected)
        if not any(shares):
            return sample  # and nothing is drawn: samples stay what they were
        others = [one.expression for one in asked if one.matte is not sample.matte]
        return prompted(sample, others, shares, rng)

    def draw_scene(self, rng: np.random.Generator, size: tuple[int, int]) -> tuple[Scene, str]:
        """A scene of HxW `size` (even sides) as the mix has it, and its kind: photo, mosaic, scene or composite."""
        draw, mix = rng.random(), self.mix
        if self.bank.photos and draw < mix.photo:
            return photo_scene(self.bank, self.photos.pick(rng), size, rng), "photo"
        if self.bank.photos and draw < mix.photo + mix.mosaic:
            photos = self._group(self.photos, 4 if rng.random() < 0.5 else 2, rng)
            return mosaic_scene(self.bank, photos, size, rng), "mosaic"
        if self.bank.photos and draw < mix.photo + mix.mosaic + mix.pasted:
            photo = self.photos.pick(rng)
            entities = self._group(self.cutouts, int(rng.integers(1, 3)), rng, like=photo)
            return composed_scene(self.bank, entities, photo, size, rng), "composite"
        if self.bank.scenes and draw < mix.photo + mix.mosaic + mix.pasted + mix.scene:
            chosen = (self.twins if rng.random() < mix.pairs else self.labelled).pick(rng)
            return labelled_scene(self.bank, self._photo_of[chosen.id], chosen, size, rng), "scene"
        if draw < mix.photo + mix.mosaic + mix.pasted + mix.scene + mix.crowd:
            ground = self.bank.backgrounds[int(rng.integers(len(self.bank.backgrounds)))]
            return crowded_scene(self.bank, self._crowd(rng), ground, size, rng), "composite"
        count = int(rng.choice([1, 2, 3, 4], p=[0.2, 0.4, 0.25, 0.15]))
        ground = self.bank.backgrounds[int(rng.integers(len(self.bank.backgrounds)))]
        return composed_scene(self.bank, self._group(self.cutouts, count, rng), ground, size, rng), "composite"

    def _group(self, pool: _Pool, count: int, rng: np.random.Generator, like: Entity | None = None) -> list[Entity]:
        """Entities for one scene; often two of a kind."""
        first = like or pool.pick(rng)
        group = [] if like else [first]
        if (
            count + (like is not None) > 1
            and rng.random() < self.mix.pairs
            and (same := pool.groups.get(first.keyword))
        ):
            twin = same[int(rng.integers(len(same)))]
            if self.mix.recoloured and pool is self.cutouts and rng.random() < self.mix.recoloured:
                twin = self._recoloured(twin, rng)
            group.append(twin)
        while len(group) < count:
            group.append(pool.pick(rng))
        order = rng.permutation(len(group))
        return [group[i] for i in order[:count]]

    def _crowd(self, rng: np.random.Generator) -> list[Entity]:
        """Cut-outs for a crowd, mostly objects: three to six of one kind, one to four of another, and some more."""
        crowd: list[Entity] = []
        for least, most in ((3, 6), (1, 4), (0, 2), (0, 1)):
            drawn = [self.cutouts.pick(rng) for _ in range(4)]
            same = self.cutouts.groups[next((e for e in drawn if e.kind == "object"), drawn[0]).keyword]
            for _ in range(int(rng.integers(least, most + 1))):
                one = same[int(rng.integers(len(same)))]
                crowd.append(self._recoloured(one, rng) if rng.random() < self.mix.recoloured / 2 else one)
        return [crowd[int(i)] for i in rng.permutation(len(crowd))]

    def _recoloured(self, entity: Entity, rng: np.random.Generator) -> Entity:
        """The cut-out of an object in another hue, with the colours that it has then."""
        if entity.kind != "object":
            return entity
        turned = replace(entity, id=f"{entity.id}@", hue=int(rng.integers(50, 311)))
        return replace(turned, colours=dominant_colours(self.bank.cutout(turned)))


def _of_a_kind(entities: Sequence[Entity]) -> list[Entity]:
    """Those that share their keyword with another."""
    number = Counter(each.keyword for each in entities)
    return [each for each in entities if number[each.keyword] > 1]


class _Pool:
    """Entities by keyword. Common keywords come more often, but by the root of their number: rare ones count too."""

    def __init__(self, entities: Sequence[Entity], drawn: float) -> None:
        groups: dict[str, list[Entity]] = defaultdict(list)
        for entity in entities:
            groups[entity.keyword].append(entity)
        self.groups = dict(groups)
        self._keywords = list(groups)
        odds = np.array([
            np.sqrt(len(group)) * np.mean([drawn if "emoji" in e.source else 1.0 for e in group])
            for group in groups.values()
        ])  # fmt: skip
        self._edges = np.cumsum(odds / odds.sum()) if len(odds) else odds

    def pick(self, rng: np.random.Generator) -> Entity:
        at = min(int(np.searchsorted(self._edges, rng.random())), len(self._keywords) - 1)
        group = self.groups[self._keywords[at]]
        return group[int(rng.integers(len(group)))]


def photo_samples(bank: EntityBank, seed: int) -> Iterator[Sample]:
    """Each photograph of the bank twice: asked for by its keyword, and for a noun that is not in it."""
    for number, photo in enumerate(bank.photos):
        image, mask = bank.photo(photo)
        matte = unit(mask)
        common: dict[str, Any] = {
            "image": image,
            "relation": "",
            "kind": photo.kind,
            "scene": "photo",
            "rivals": 0,
            "template": 0,
            "image_id": photo.id,
        }
        yield Sample(
            matte=matte,
            expression=f"the {photo.keyword}",
            present=True,
            form="keyword",
            others=(),
            category=photo.keyword,
            entity_id=photo.id,
            **common,
        )
        scene = Scene(image, (Placed(photo, matte, (0.5, 0.5), float(matte.mean()), frozenset()),), frozenset())
        made = negative(scene, bank.photos, np.random.default_rng((seed, number)))
        if made is not None:
            empty = np.zeros_like(matte)
            yield Sample(matte=empty, expression=made.text, present=False, form=made.form, others=(matte,), **common)


def scene_samples(bank: EntityBank, seed: int) -> Iterator[Sample]:
    """The labelled photographs of a bank, whole: each object by keyword and by position, where these single it out.

    Of each photograph two nouns follow that surely fit nothing in it.
    """
    for number, photo in enumerate(bank.scenes):
        rng = np.random.default_rng((seed, number, 1 << 23))
        image, masks = bank.scene(photo)
        canvas = SceneCanvas(image, photo.may_contain, absent=photo.absent)
        for entity, mask in zip(photo.objects, masks, strict=True):
            canvas.add(entity, unit(mask))
        scene = canvas.scene()
        asked = [i for i, placed in enumerate(scene.placed) if placed.area >= ASKED]
        made = [express(scene, i, rng, (form,)) for i in asked for form in ("keyword", "absolute")]
        made += [negative(scene, (), rng) for _ in range(2)]
        for expression in dict.fromkeys(made):
            if expression is not None:
                yield sample_of_scene(photo.id, scene, "scene", image, expression)
