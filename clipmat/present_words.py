"""Words that are surely in an image, with their places: which are where a matte is. No network in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PLACE = 32
"""Rows and columns of the raster on which the place of a word is remembered."""
_OFFERED = 0.95
"""Stated presence from which on a word is offered that nobody has asked for. Of twenty words that are asked in an image
most are not there, so that more of those that come out sure are wrong than among questions of users. In 240 held-out
photographs with one thing labelled the sixth compact weights offer 206 words, in 192 of them; of the 38 more at .80,
about seven fit the label, and what else there is was not looked at."""
_SAME = 0.5
"""Share of a place in common from which on two words name one thing."""
_GIVE_WAY = frozenset({"animal", "plant", "food", "vehicle", "man", "woman", "child"})
"""Words that are offered only where no other is: a kind, since "dog" says more, and of people the words that are wrong
for some of them, where "person" is not. On the same photographs 18 words are better by it and one, a buffalo's, worse.
"""
_NEAR = 0.3
"""Share of a place in common from which on a word may stand for what a guess shows."""


@dataclass(frozen=True, slots=True, eq=False)
class PresentWord:
    """A noun of which the weights are sure in an image."""

    noun: str
    presence: float
    """0..1, as the weights state it."""
    place: NDArray[np.bool_]
    """PLACE x PLACE: where the noun's foreground is, the image stretched to a square."""

    def overlap(self, place: NDArray[np.bool_]) -> float:
        """The share, 0..1, that two places have in common (intersection over union)."""
        import numpy as np

        union = np.count_nonzero(self.place | place)
        return float(np.count_nonzero(self.place & place) / union) if union else 0.0


def sure_words(words: Sequence[PresentWord], limit: int) -> tuple[PresentWord, ...]:
    """The words, at most `limit`, that can be offered unasked, the surest places first: one for each place.

    That is the surest word there, unless it gives way to another one that can be offered.
    """
    offered = sorted((word for word in words if word.presence >= _OFFERED), key=lambda word: -word.presence)
    surest: list[PresentWord] = []
    for word in offered:
        if all(word.overlap(other.place) < _SAME for other in surest):
            surest.append(word)
    found = []
    for first in surest[:limit]:
        alike = (word for word in offered if word.overlap(first.place) >= _SAME)
        found.append(next((word for word in alike if word.noun not in _GIVE_WAY), first))
    return tuple(found)


def near_words(words: Sequence[PresentWord], matte: NDArray[np.float32], limit: int) -> tuple[PresentWord, ...]:
    """The words, at most `limit`, that are where a matte is, HxW in [0, 1]: the one that covers it best first."""
    place = place_of(matte)
    near = [word for word in words if word.overlap(place) >= _NEAR]
    return tuple(sorted(near, key=lambda word: -word.overlap(place))[:limit])


def place_of(matte: NDArray[np.float32]) -> NDArray[np.bool_]:
    """A matte, HxW in [0, 1], as the place of a word: PLACE x PLACE, from as many of its pixels."""
    import numpy as np

    rows = np.linspace(0, matte.shape[0] - 1, PLACE).round().astype(int)
    columns = np.linspace(0, matte.shape[1] - 1, PLACE).round().astype(int)
    return np.asarray(matte[np.ix_(rows, columns)] > 0.5)
