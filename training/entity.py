"""What is known of one entity, its colours and garments, and of a background."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from training import TrainingError

Pixels = NDArray[np.uint8]


class BankError(TrainingError):
    """A pack is missing, incomplete or laid out differently; the text shows the expected layout."""


@dataclass(frozen=True, slots=True)
class ColourShare:
    """A colour and its share of the opaque pixels, 0..1."""

    name: str
    share: float
    css: str = ""
    """The nearest CSS3 name of its median, where that is known."""


@dataclass(frozen=True, slots=True)
class Garment:
    """A piece of clothing (or `hair`): its colour, share of the person, and the part that has the colour."""

    name: str
    color: str
    share: float
    purity: float


class Description(NamedTuple):
    """What a caption says of one thing."""

    subject: str
    """Its noun, with what stands before it: `small cat`."""
    noun: str
    deed: str
    """What it does or where it is: `sitting in a tree`, to follow `that is`; or a verb: `drives a motorcycle`."""
    verb: bool
    """Whether the deed is a verb."""


@dataclass(frozen=True, slots=True)
class Entity:
    """What is known of one cut-out or of the one object of a photograph."""

    id: str
    keyword: str
    kind: str
    """human, animal or object."""
    names: tuple[str, ...]
    """Every noun that surely refers to it, the keyword first."""
    maybe: frozenset[str]
    """Further nouns that a viewer might use for it or a part of it."""
    colours: tuple[ColourShare, ...]
    garments: tuple[Garment, ...]
    source: str
    """The public collection it comes from."""
    split: str
    """train, val_seen or val_unseen."""
    file: str
    mask: str
    """The soft mask of a photograph; empty for a cut-out, which has its alpha inside."""
    pack: int
    """Index of the folder it was read from."""
    transparent: bool = False
    """What is behind it shines through its inside, not only at its contour."""
    hue: int = 0
    """Degrees by which the hues of a cut-out are turned when its pixels are read (`training.recolouring`)."""
    descriptions: tuple[Description, ...] = ()
    """What the captions of its photograph surely say of it and of nothing else there (`training.captions`)."""


@dataclass(frozen=True, slots=True)
class SceneBackground:
    """A picture to compose on, with the nouns that may be visible in it."""

    id: str
    file: str
    may_contain: frozenset[str]
    split: str
    """train or val."""
    pack: int


@dataclass(frozen=True, slots=True)
class LabelledPhoto:
    """A photograph of several labelled things, and what else may or may not be in it."""

    id: str
    file: str
    objects: tuple[Entity, ...]
    """Each with its mask; at least one."""
    may_contain: frozenset[str]
    """Nouns that may fit something without a label: what was not looked for completely, or has no mask."""
    absent: tuple[str, ...]
    """Nouns that surely fit nothing in the photograph, sorted; may be empty."""
    split: str
    """train, val_seen or val_unseen."""
    pack: int
    """Index of the folder it was read from."""


def unit(mask: Pixels) -> NDArray[np.float32]:
    """uint8 0..255 -> float32 0..1, any shape."""
    return np.asarray(mask / np.float32(255), np.float32)
