"""The expression engine: scene -> keyword, basic, absolute and relative expressions (RIM section 3.3).

An expression is emitted only when it surely fits its target and cannot fit another entity of the scene;
a negative only when it can fit none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from training.entities import Entity
from training.relations import MARGIN, holds
from training.scene import Scene
from training.wording import ABSOLUTE, ALIKE, CARRIED, CARRIED_BY, COLORS, CONFUSED, PLURAL, RELATIVE, WEARABLE, WORN_BY

FORMS = ("keyword", "basic", "absolute", "relative", "negative")


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


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun with an optional attribute, and which entities it surely or possibly names."""

    noun: str
    before: str
    after: str
    surely: Callable[[Entity], bool]
    possibly: Callable[[Entity], bool]


def _confusable(color: str) -> set[str]:
    return set().union(*(group for group in CONFUSED if color in group), {color})


def _names(noun: str) -> tuple[Callable[[Entity], bool], Callable[[Entity], bool]]:
    return (lambda e: noun in e.names), (lambda e: noun in e.names or noun in e.maybe)


def _plain(noun: str) -> Phrase:
    return Phrase(noun, "", "", *_names(noun))


def _colored(noun: str, color: str) -> Phrase:
    named, maybe = _names(noun)
    near = _confusable(color)

    def surely(entity: Entity) -> bool:
        if not named(entity) or entity.kind == "human" or not entity.colors:
            return False
        return entity.colors[0].name == color and entity.colors[0].share >= 0.4

    def possibly(entity: Entity) -> bool:
        shown = entity.kind == "human" or any(c.name in near and c.share >= 0.1 for c in entity.colors)
        return maybe(entity) and shown

    return Phrase(noun, color, "", surely, possibly)


def _wearing(noun: str, worn: Sequence[tuple[str, str]], rng: np.random.Generator) -> Phrase:
    """A person by garments (or hair) and their colours, an empty colour meaning any: `woman in a red dress`."""
    named, maybe = _names(noun)

    def surely(entity: Entity) -> bool:
        return named(entity) and all(_wears(entity, garment, color) for garment, color in worn)

    def possibly(entity: Entity) -> bool:
        return maybe(entity) and all(_may_wear(entity, garment, color) for garment, color in worn)

    things, definite = [], rng.random() < 0.4
    for garment, color in worn:
        thing = f"{color} {garment}".strip()
        bare = garment == "hair" or garment in PLURAL
        article = "" if bare else "the " if definite else "an " if thing[0] in "aeiou" else "a "
        things.append(article + thing)
    first = worn[0][0]
    verb = "with" if first == "hair" else _choose(rng, CARRIED_BY if first in CARRIED else WORN_BY)
    return Phrase(noun, "", f"{verb} {' and '.join(things)}", surely, possibly)


def _wears(entity: Entity, garment: str, color: str) -> bool:
    return any(
        g.name == garment and g.share >= 0.03 and (not color or (g.color == color and g.purity >= 0.5))
        for g in entity.garments
    )


def _may_wear(entity: Entity, garment: str, color: str) -> bool:
    if not entity.garments:
        return True  # nobody labelled what it wears
    near = _confusable(color) if color else set()
    alike = next((group for group in (WEARABLE, *ALIKE) if garment in group), {garment})
    same = [g for g in entity.garments if g.name in alike]
    return any(not color or g.color in near or g.purity < 0.6 for g in same)


def _choose(rng: np.random.Generator, options: Sequence[str]) -> str:
    return options[int(rng.integers(len(options)))]


def _noun(entity: Entity, rng: np.random.Generator) -> str:
    return entity.keyword if rng.random() < 0.6 else _choose(rng, entity.names)


def phrase_of(entity: Entity, rng: np.random.Generator, plain: float = 0.4) -> Phrase:
    """A way to name the entity: its noun alone, or with a colour, or (people) with what it wears."""
    noun = _noun(entity, rng)
    if rng.random() >= plain:
        if entity.kind == "human":
            telling = WEARABLE | {"hair", "sunglasses", "bag"}
            worn = [g for g in entity.garments if g.share >= 0.03 and g.purity >= 0.5 and g.name in telling]
            if worn:
                garment = worn[int(rng.integers(len(worn)))]
                bare = garment.name != "hair" and (
                    garment.name in ("sunglasses", "hat", "bag", "scarf") or rng.random() < 0.2
                )
                said_of = [(garment.name, "" if bare else garment.color)]
                more = [g for g in worn if g.name in WEARABLE and g.name != garment.name]
                if more and garment.name in WEARABLE and rng.random() < 0.2:
                    said_of.append((more[0].name, more[0].color))
                return _wearing(noun, said_of, rng)
        elif entity.colors and entity.colors[0].share >= 0.45:
            return _colored(noun, entity.colors[0].name)
    return _plain(noun)


def _article(rng: np.random.Generator, text: str) -> str:
    draw = rng.random()
    if draw < 0.72:
        return f"the {text}"
    if draw < 0.78:
        return f"an {text}" if text[0] in "aeiou" else f"a {text}"
    return text


def said(phrase: Phrase, rng: np.random.Generator) -> str:
    """The phrase in words: `the red cup`, `cup that is red`, `a woman in a blue dress`."""
    if phrase.before and rng.random() < 0.25:
        return f"{_article(rng, phrase.noun)} {_choose(rng, ('which is', 'that is', 'that looks'))} {phrase.before}"
    return _article(rng, " ".join(part for part in (phrase.before, phrase.noun, phrase.after) if part))


def _others(scene: Scene, target: int, phrase: Phrase) -> list[int]:
    return [i for i, p in enumerate(scene.placed) if i != target and phrase.possibly(p.entity)]


def _basic(scene: Scene, target: int, rng: np.random.Generator) -> Expression | None:
    entity = scene.placed[target].entity
    phrase = phrase_of(entity, rng)
    if not phrase.surely(entity) or _others(scene, target, phrase) or phrase.noun in scene.may_contain:
        return None
    if not phrase.before and not phrase.after:
        bare = phrase.noun if rng.random() < 0.4 else _article(rng, phrase.noun)
        return Expression(bare, "keyword", target)
    return Expression(said(phrase, rng), "basic", target)


_RELATION = {"left edge": "left", "right edge": "right", "upper part": "top", "lower part": "bottom"}


def _absolute_facts(scene: Scene, target: int, rivals: Sequence[int]) -> list[str]:
    """The position words that single the target out among its rivals (or, alone, that plainly hold)."""
    here = scene.placed[target]
    x, y = here.center
    others = [scene.placed[i] for i in rivals]
    if not others:
        facts = [("left edge", x < 0.3), ("right edge", x > 0.7), ("upper part", y < 0.4), ("lower part", y > 0.6)]
        facts += [("left", x < 0.36), ("right", x > 0.64), ("top", y < 0.36), ("bottom", y > 0.66),
                 ("middle", abs(x - 0.5) < 0.1)]  # fmt: skip
        return [name for name, holds in facts if holds]
    xs, ys = [o.center[0] for o in others], [o.center[1] for o in others]
    left, right = x <= min(xs) - MARGIN, x >= max(xs) + MARGIN
    top, bottom = y <= min(ys) - MARGIN, y >= max(ys) + MARGIN
    facts = [("left", left), ("right", right), ("top", top), ("bottom", bottom)]
    facts += [("left edge", left and x < 0.36), ("right edge", right and x > 0.64)]
    facts += [("upper part", top and y < 0.45), ("lower part", bottom and y > 0.55)]
    facts += [("corner", (left or right) and (top or bottom) and abs(x - 0.5) > 0.1 and abs(y - 0.5) > 0.1)]
    if len(others) >= 2:
        facts.append(("middle", min(xs) + MARGIN <= x <= max(xs) - MARGIN and
                      all(abs(o - 0.5) > abs(x - 0.5) + 0.08 for o in xs)))  # fmt: skip
    areas = [o.area for o in others]
    facts += [("biggest", here.area > 1.8 * max(areas)), ("smallest", here.area * 1.8 < min(areas))]
    if len(rivals) == 1:
        facts += [("front", rivals[0] in here.occludes), ("behind", target in others[0].occludes)]
    return [name for name, holds in facts if holds]


def _absolute(scene: Scene, target: int, rng: np.random.Generator) -> Expression | None:
    entity = scene.placed[target].entity
    phrase = phrase_of(entity, rng, plain=0.65)
    if not phrase.surely(entity) or phrase.noun in scene.may_contain:
        return None
    rivals = _others(scene, target, phrase)
    facts = _absolute_facts(scene, target, rivals)
    if not facts:
        return None
    fact = _choose(rng, facts)
    x, y = scene.placed[target].center
    mean = np.mean([scene.placed[i].center for i in rivals], axis=0) if rivals else (0.5, 0.5)
    words = {
        "h": "left" if x < mean[0] else "right",
        "v": _choose(rng, ("top", "upper") if y < mean[1] else ("bottom", "lower")),
    }
    bare = " ".join(part for part in (phrase.before, phrase.noun, phrase.after) if part)
    text = _choose(rng, ABSOLUTE[fact]).format(np=_article(rng, bare), bare=bare, **words)
    return Expression(text, "absolute", target, _RELATION.get(fact, fact))


def _relative(scene: Scene, target: int, rng: np.random.Generator) -> Expression | None:
    if len(scene.placed) < 2:
        return None
    other = int(rng.choice([i for i in range(len(scene.placed)) if i != target]))
    first = phrase_of(scene.placed[target].entity, rng, plain=0.6)
    second = phrase_of(scene.placed[other].entity, rng, plain=0.5)
    if not first.surely(scene.placed[target].entity) or not second.surely(scene.placed[other].entity):
        return None
    if {first.noun, second.noun} & scene.may_contain or _others(scene, other, second):
        return None
    relations = [r for r in RELATIVE if holds(scene, r, target, other)]
    rivals = [i for i in _others(scene, target, first) if i != other]
    # A rival must clearly not stand in that relation.
    relations = [r for r in relations if not any(holds(scene, r, i, other, -0.05) for i in rivals)]
    if not relations:
        return None
    relation = _choose(rng, relations)
    joint = "which is " if rng.random() < 0.15 else "that is " if rng.random() < 0.15 else ""
    subject = said(first, rng)
    if any(f" {word} " in subject for word in ("which", "that", "who")):
        joint = ""  # one relative clause is enough
    text = f"{subject} {joint}{_choose(rng, RELATIVE[relation])} {said(second, rng)}"
    return Expression(text, "relative", target, relation)


def _fits_none(scene: Scene, phrase: Phrase) -> bool:
    return phrase.noun not in scene.may_contain and not any(phrase.possibly(p.entity) for p in scene.placed)


def negative(scene: Scene, strangers: Sequence[Entity], rng: np.random.Generator) -> Expression | None:
    """An expression that fits nothing: a stranger's noun, or a noun of the scene with another colour or garment."""
    for _ in range(6):
        if rng.random() < 0.3:
            entity = scene.placed[int(rng.integers(len(scene.placed)))].entity
            stranger = strangers[int(rng.integers(len(strangers)))]
            if entity.kind == "human":
                worn = [g for g in stranger.garments if g.name in WEARABLE]
                if not worn or not entity.garments:
                    continue
                phrase = _wearing(_noun(entity, rng), [(worn[0].name, worn[0].color)], rng)
            else:
                phrase = _colored(_noun(entity, rng), _choose(rng, COLORS))
        else:
            phrase = phrase_of(strangers[int(rng.integers(len(strangers)))], rng, plain=0.7)
        if not _fits_none(scene, phrase):
            continue
        text = said(phrase, rng)
        if rng.random() < 0.25:
            side = _choose(rng, ("left", "right", "top", "bottom"))
            text += f" {'at' if side in ('top', 'bottom') else 'on'} the {side}"
        elif not phrase.before and not phrase.after and rng.random() < 0.4:
            text = phrase.noun
        return Expression(text, "negative", None)
    return None


def express(scene: Scene, target: int, rng: np.random.Generator, forms: Sequence[str] = FORMS[:4]) -> Expression | None:
    """An expression for one entity of the scene, in one of `forms`; None when none of a few tries is unambiguous.

    With rivals of the same noun in the scene, positions are drawn more often.
    """
    noun = _plain(scene.placed[target].entity.keyword)
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


def asked(scene: Scene, target: int, rng: np.random.Generator, count: int = 4) -> tuple[Expression, ...]:
    """`count` different expressions of one entity, one of each form where it can be had (RefMatte has four).

    Where a form cannot be had without ambiguity another of the other forms stands in; fewer when there are none.
    """
    made: dict[str, Expression] = {}
    for forms in [(form,) for form in FORMS[:count]] + [FORMS[:4]] * (3 * count):
        expression = express(scene, target, rng, forms)
        if expression is not None and len(made) < count:
            made.setdefault(expression.text.lower(), expression)
    return tuple(sorted(made.values(), key=lambda e: FORMS.index(e.form)))
