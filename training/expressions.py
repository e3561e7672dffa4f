"""The expression engine: scene -> keyword, basic, absolute and relative expressions (RIM section 3.3).

An expression is emitted only when it surely fits its target and cannot fit another entity of the scene;
a negative only when it can fit none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from training.entity import Description, Entity
from training.phrases import Phrase, coloured, noun_of, phrase_of, phrase_text, plain, wearing, with_article
from training.relations import ABSOLUTE_PHRASES, RELATIVE_PHRASES, absolute_facts, holds
from training.scene import Placed, Scene
from training.wording import COLOURS, OWN, OWN_PEOPLE, SOMEONE, WEARABLE, choose, is_plural

_MOSTLY = 0.85
"""Share of a person that is seen when its clothes may be spoken of."""
_ARTICLE = re.compile("^(the|an|a) ")
NEGATIVE = "negative"
"""The form of an expression that fits nothing in the image."""
FORMS = ("keyword", "basic", "absolute", "relative", NEGATIVE)
"""Forms of expressions."""
SETTINGS = {"keyword": FORMS[:1], "expression": FORMS[1:4], "both": FORMS[:4]}
"""Forms of expressions by setting (section 4.2)."""


@dataclass(frozen=True, slots=True)
class Expression:
    """What is typed, and which entity of the scene it refers to."""

    text: str
    form: str
    """One of FORMS."""
    target: int | None
    """Index into `Scene.placed`; None for a negative."""
    relation: str = ""
    """left, right, top, bottom, middle, front, behind, biggest, smallest or corner; empty without position."""


def _others(scene: Scene, target: int, phrase: Phrase) -> list[int]:
    return [i for i, p in enumerate(scene.placed) if i != target and phrase.possibly(p.entity)]


def _phrase(placed: Placed, rng: np.random.Generator, bare: float) -> Phrase:
    """A phrase for what is seen: clothes are not spoken of where a part may be hidden."""
    hidden = placed.visible < _MOSTLY and placed.entity.kind == "human"
    return phrase_of(placed.entity, rng, 1.0 if hidden else bare)


def _basic(scene: Scene, target: int, rng: np.random.Generator) -> Expression | None:
    entity = scene.placed[target].entity
    phrase = _phrase(scene.placed[target], rng, 0.4)
    if not phrase.surely(entity) or _others(scene, target, phrase) or phrase.noun in scene.may_contain:
        return None
    if not phrase.before and not phrase.after:
        bare = phrase.noun if rng.random() < 0.4 else with_article(rng, phrase.noun, phrase.noun)
        return Expression(bare, "keyword", target)
    return Expression(phrase_text(phrase, rng), "basic", target)


_RELATION = {"left edge": "left", "right edge": "right", "upper part": "top", "lower part": "bottom"}


def _absolute(scene: Scene, target: int, rng: np.random.Generator) -> Expression | None:
    entity = scene.placed[target].entity
    phrase = _phrase(scene.placed[target], rng, 0.65)
    if not phrase.surely(entity) or phrase.noun in scene.may_contain:
        return None
    rivals = _others(scene, target, phrase)
    facts = absolute_facts(scene, target, rivals)
    if not facts:
        return None
    fact = choose(rng, facts)
    x, y = scene.placed[target].center
    mean = np.mean([scene.placed[i].center for i in rivals], axis=0) if rivals else (0.5, 0.5)
    words = {
        "h": "left" if x < mean[0] else "right",
        "v": choose(rng, ("top", "upper") if y < mean[1] else ("bottom", "lower")),
    }
    bare = " ".join(part for part in (phrase.before, phrase.noun, phrase.after) if part)
    text = choose(rng, ABSOLUTE_PHRASES[fact]).format(np=with_article(rng, bare, phrase.noun), bare=bare, **words)
    return Expression(text, "absolute", target, _RELATION.get(fact, fact))


def _relative(scene: Scene, target: int, rng: np.random.Generator) -> Expression | None:
    if len(scene.placed) < 2:
        return None
    other = int(rng.choice([i for i in range(len(scene.placed)) if i != target]))
    first = _phrase(scene.placed[target], rng, 0.6)
    second = _phrase(scene.placed[other], rng, 0.5)
    if not first.surely(scene.placed[target].entity) or not second.surely(scene.placed[other].entity):
        return None
    if {first.noun, second.noun} & scene.may_contain or _others(scene, other, second):
        return None
    relations = [r for r in RELATIVE_PHRASES if holds(scene, r, target, other)]
    rivals = [i for i in _others(scene, target, first) if i != other]
    # A rival must clearly not stand in that relation.
    relations = [r for r in relations if not any(holds(scene, r, i, other, -0.05) for i in rivals)]
    if not relations:
        return None
    relation = choose(rng, relations)
    verb = "are" if is_plural(first.noun) else "is"
    joint = f"which {verb} " if rng.random() < 0.15 else f"that {verb} " if rng.random() < 0.15 else ""
    subject = phrase_text(first, rng)
    if any(f" {word} " in subject for word in ("which", "that", "who")):
        joint = ""  # one relative clause is enough
    text = f"{subject} {joint}{choose(rng, RELATIVE_PHRASES[relation])} {phrase_text(second, rng)}"
    return Expression(text, "relative", target, relation)


def _fits_none(scene: Scene, phrase: Phrase) -> bool:
    return phrase.noun not in scene.may_contain and not any(phrase.possibly(p.entity) for p in scene.placed)


def negative(scene: Scene, strangers: Sequence[Entity], rng: np.random.Generator) -> Expression | None:
    """An expression that fits nothing: a stranger's noun, or a noun of the scene with another colour or garment.

    Of a labelled photograph it is one of the nouns that were looked for in it.
    """
    if scene.absent is not None:
        if not scene.absent:
            return None
        noun = choose(rng, scene.absent)
        return Expression(noun if rng.random() < 0.4 else with_article(rng, noun, noun), NEGATIVE, None)
    for _ in range(6):
        stranger = strangers[int(rng.integers(len(strangers)))]
        if rng.random() < 0.3:
            entity = scene.placed[int(rng.integers(len(scene.placed)))].entity
            if entity.kind == "human":
                worn = [g for g in stranger.garments if g.name in WEARABLE]
                if not worn or not entity.garments:
                    continue
                phrase = wearing(noun_of(entity, rng), [(worn[0].name, worn[0].color)], rng)
            else:
                phrase = coloured(noun_of(entity, rng), choose(rng, COLOURS))
        else:
            if rng.random() < 0.4:  # a crab for a crayfish: what is mistaken for one another is of one kind
                kinds = {p.entity.kind for p in scene.placed}
                drawn = (strangers[int(i)] for i in rng.integers(len(strangers), size=8))
                stranger = next((s for s in drawn if s.kind in kinds), stranger)
            phrase = phrase_of(stranger, rng, 0.7)
        if not _fits_none(scene, phrase):
            continue
        text = phrase_text(phrase, rng)
        if rng.random() < 0.25:
            side = choose(rng, ("left", "right", "top", "bottom"))
            text += f" {'at' if side in ('top', 'bottom') else 'on'} the {side}"
        elif not phrase.before and not phrase.after and rng.random() < 0.4:
            text = phrase.noun
        return Expression(text, NEGATIVE, None)
    return None


def express(scene: Scene, target: int, rng: np.random.Generator, forms: Sequence[str] = FORMS[:4]) -> Expression | None:
    """An expression for one entity of the scene, in one of `forms`; None when none of a few tries is unambiguous.

    With rivals of the same noun in the scene, positions are drawn more often.
    """
    noun = plain(scene.placed[target].entity.keyword)
    crowded = bool(_others(scene, target, noun))
    weights = {"keyword": 0.5, "basic": 0.5, "absolute": 1.4 if crowded else 0.2, "relative": 0.6 if crowded else 0.3}
    makers = {"keyword": _basic, "basic": _basic, "absolute": _absolute, "relative": _relative}
    odds = np.array([weights[form] for form in forms])
    for _ in range(8):
        form = forms[int(rng.choice(len(forms), p=odds / odds.sum()))]
        made = makers[form](scene, target, rng)
        if made is not None and made.form in forms:
            return made
    return None


def reworded(scene: Scene, target: int, rng: np.random.Generator) -> Expression | None:
    """An expression as people write it: `my dog`, `the cat that is sitting in a tree`, `someone riding a bike`.

    What the thing does is from a caption of the photograph (`training.captions`). None where nothing like that surely
    fits it alone: where something else in the scene might bear the noun, or, for `someone`, be a person.
    """
    entity = scene.placed[target].entity
    if entity.descriptions and rng.random() < 0.8:
        description = entity.descriptions[int(rng.integers(len(entity.descriptions)))]
        if not _is_alone(scene, target, description.noun):
            return None
        return Expression(_description_text(scene, target, description, rng), "basic", target)
    noun = noun_of(entity, rng)
    if is_plural(noun) or not _is_alone(scene, target, noun):
        return None
    before = choose(rng, OWN_PEOPLE if entity.kind == "human" else OWN)
    return Expression(f"{before} {noun}", "keyword", target)


def _description_text(scene: Scene, target: int, description: Description, rng: np.random.Generator) -> str:
    human = scene.placed[target].entity.kind == "human"
    subject = f"the {description.subject}"
    if human and rng.random() < 0.4 and _is_alone(scene, target, "person"):
        subject = choose(rng, SOMEONE)
    elif not human and rng.random() < 0.25:
        subject = f"my {description.noun}"
    pronoun = choose(rng, ("who", "that")) if human else choose(rng, ("that", "which"))
    if description.verb:
        return f"{subject} {pronoun} {description.deed}"
    joint = f" {pronoun} is" if rng.random() < 0.4 or subject == "the one" else ""
    return f"{subject}{joint} {description.deed}"


def _is_alone(scene: Scene, target: int, noun: str) -> bool:
    """Whether a noun surely fits one entity of the scene and nothing else that may be in it."""
    phrase = plain(noun)
    surely = phrase.surely(scene.placed[target].entity)
    return surely and noun not in scene.may_contain and not _others(scene, target, phrase)


def varied_expressions(scene: Scene, target: int, rng: np.random.Generator, count: int = 4) -> tuple[Expression, ...]:
    """`count` different expressions of one entity, one of each form where it can be had (RefMatte has four).

    Where a form cannot be had without ambiguity another of the other forms stands in; fewer when there are none.
    """
    made: dict[str, Expression] = {}
    for forms in [(form,) for form in FORMS[:count]] + [FORMS[:4]] * (3 * count):
        expression = express(scene, target, rng, forms)
        if expression is not None and len(made) < count:
            made.setdefault(_ARTICLE.sub("", expression.text.lower()), expression)
    return tuple(sorted(made.values(), key=lambda e: FORMS.index(e.form)))
