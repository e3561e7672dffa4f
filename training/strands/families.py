"""The families of strand entities by name: the entry point of this package."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from training.strands.geometry import Geometry, StrandError
from training.strands.hair import feather, fur, hair
from training.strands.mesh import fence, lace, net, ring, web
from training.strands.plants import branch, fern, grass
from training.strands.render import render
from training.strands.transparent import bubble, glass, smoke

FAMILIES: dict[str, Callable[[np.random.Generator], Geometry]] = {
    "hair": hair,
    "fur": fur,
    "feather": feather,
    "web": web,
    "lace": lace,
    "net": net,
    "fence": fence,
    "grass": grass,
    "fern": fern,
    "branch": branch,
    "smoke": smoke,
    "glass": glass,
    "bubble": bubble,
    "ring": ring,
}
"""What draws a new entity of a family from a generator."""


def geometry(family: str, rng: np.random.Generator) -> Geometry:
    """A new entity of `family`, one of FAMILIES, without a size: `render` gives it one.

    Raises StrandError, with the nearest name, for an unknown family.
    """
    if family not in FAMILIES:
        near = get_close_matches(family, FAMILIES, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"choose one of {', '.join(FAMILIES)}"
        raise StrandError(f"there is no family of strands '{family}'; {hint}")
    return FAMILIES[family](rng)


def strand(family: str, side: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A new entity of `family` as a cut-out: `side` x `side` x 4 uint8 RGBA with straight alpha.

    The colour is the foreground's everywhere, so resizing brings no other colour in. Raises StrandError for an unknown
    family or a side below 1.
    """
    colour, alpha = render(geometry(family, rng), side)
    return np.dstack([colour, np.round(alpha * 255).astype(np.uint8)])
