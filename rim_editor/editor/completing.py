"""Completing the expression that is typed: what was asked before, then the grammar of expressions with their nouns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib import resources
from itertools import islice

PLACES = (
    "on the left", "on the right", "in the middle", "in front", "at the top", "at the bottom", "in the foreground",
    "in the background", "in the back", "behind", "at the back", "on the left side", "on the right side",
)  # fmt: skip
"""What follows a noun and completes the expression, the most likely first."""

_LINKING = frozenset(
    "a an the this that his her its their and or not no of on in at to by for from with without is are near next "
    "behind above below beside between under over who which holding wearing".split()
)
"""After these a noun or another linking word comes, never a place; they are no beginnings of nouns themselves."""
_LOOKS = frozenset(
    "left leftmost right rightmost top upper bottom lower middle central front back first second third big bigger "
    "biggest large largest small smaller smallest little tall short long old young black white gray grey red orange "
    "yellow green turquoise blue purple pink brown beige dark light striped wooden".split()
)
"""After these a noun comes."""
_WORN = frozenset(
    "coat shirt jacket dress hat cap helmet suit scarf skirt sweater hoodie jeans shorts pants trousers tie vest gown "
    "uniform blouse blazer cardigan sunglasses glasses backpack boots shoes sneakers socks swimsuit kimono".split()
)
"""What people are described by: after "in" or "wearing" these come before other nouns."""
_LONGEST = 4  # words of a noun or a place
_LONGEST_EXPRESSION = 1000
"""Characters; what is longer was pasted by mistake, and is neither completed nor offered."""


def completions(
    typed: str, history: Sequence[str], nouns: Sequence[str], limit: int = 8, *, here: Sequence[str] = ()
) -> tuple[str, ...]:
    """Whole expressions that begin with `typed`, at most `limit`, the most likely first, without duplicates.

    First those asked of this image, `here`, and of `history` (both newest first) that begin with it; then `typed`
    with its last words completed to a place, or to one of `nouns` (see `offered_nouns`): those in `here` first, then
    those in `history`, then in their own order. After a noun comes no second one: "the woman g" has no completion.
    Case is ignored. Without any text, the newest expressions are returned. Texts of more than 1000 characters, typed
    or in the history, have no completion and are none.
    """
    if len(typed) > _LONGEST_EXPRESSION:
        return ()
    here, history = ([each for each in asked if len(each) <= _LONGEST_EXPRESSION] for asked in (here, history))
    text = " ".join(typed.split())
    start = text.casefold()
    begun = start + " " if start and typed[-1:].isspace() else start  # "red " is not the beginning of "reddish"
    found: dict[str, str] = {}
    for earlier in (*here, *history):
        whole = " ".join(earlier.split())
        if whole.casefold().startswith(begun) and whole.casefold() != start:
            found.setdefault(whole.casefold(), whole)
    if text and len(found) < limit:
        known = _Nouns.of(tuple(nouns))
        for end in _ends(text, open_word=not typed[-1:].isspace(), known=known, used=(*here, *history)):
            found.setdefault(end.casefold(), end)
    return tuple(islice(found.values(), max(limit, 0)))


def offered_nouns(known: Iterable[str]) -> tuple[str, ...]:
    """The nouns that completion offers of those that weights know, the most common in photographs first.

    Names that only drawings have, such as those of emoji, are left out. Nouns that no list has come last.
    """
    order, never = _ranks(), frozenset(_lines("never_offered.txt"))
    named = [noun for noun in known if noun not in never]
    return tuple(sorted(named, key=lambda noun: (order.get(noun, len(order)), noun)))


def _ends(text: str, *, open_word: bool, known: _Nouns, used: Sequence[str]) -> Iterator[str]:
    """`text` with its last words, the last of which may be incomplete, completed."""
    words = text.split(" ")
    for count in range(min(_LONGEST, len(words)), 0, -1):  # several words first: "coffee c" is a cup, no cat
        before, tail = words[:-count], " ".join(words[-count:]).casefold()
        if not open_word:
            tail += " "
        ends: list[str] = []
        if before and not _awaits_noun(before):
            ends += [place for place in PLACES if place.startswith(tail)]
        if tail not in _LINKING and (_awaits_noun(before) or not known.end_with(before)):
            nouns = _by_use([noun for folded, noun in known.folded if folded.startswith(tail)], used)
            ends += sorted(nouns, key=lambda noun: noun not in _WORN) if _describes_clothes(before) else nouns
        yield from (" ".join((*before, end)) for end in ends if end.casefold() != tail)
        if count > 1 and ends and words[-2].casefold() not in _LOOKS:
            return  # "teddy b" is a bear, and the b begins no other noun
    if not open_word and _awaits_noun(words):
        yield from (f"{text} {noun}" for noun in _by_use(known.nouns, used))
    elif not open_word and known.end_with(words):
        yield from (f"{text} {place}" for place in PLACES)


def _awaits_noun(words: Sequence[str]) -> bool:
    """Whether a noun comes after these words."""
    return not words or words[-1].casefold() in _LINKING or words[-1].casefold() in _LOOKS


def _describes_clothes(words: Sequence[str]) -> bool:
    """Whether these words end as "the woman in the red" does."""
    links = [word for word in (word.casefold() for word in words) if word in _LINKING - {"a", "an", "the"}]
    return len(words) > 2 and bool(links) and links[-1] in ("in", "wearing") and _awaits_noun(words)


def _by_use(nouns: Sequence[str], used: Sequence[str]) -> list[str]:
    """The nouns in the order in which `used` has them, and then the others in their own."""
    if not nouns or not used:
        return list(nouns)
    texts = [f" {text.casefold()} " for text in used]
    first = {noun: next((i for i, t in enumerate(texts) if f" {noun.casefold()} " in t), len(texts)) for noun in nouns}
    return sorted(nouns, key=lambda noun: first[noun])  # a stable sort


class _Nouns:
    """Nouns, prepared for many look-ups."""

    def __init__(self, nouns: tuple[str, ...]) -> None:
        self.nouns = nouns
        self.folded = tuple((noun.casefold(), noun) for noun in nouns)
        self._folded = frozenset(folded for folded, _ in self.folded)

    @staticmethod
    @lru_cache(maxsize=4)
    def of(nouns: tuple[str, ...]) -> _Nouns:
        return _Nouns(nouns)

    def end_with(self, words: Sequence[str]) -> bool:
        """Whether the last of these words are one of the nouns."""
        tails = (" ".join(words[-count:]).casefold() for count in range(1, min(_LONGEST, len(words)) + 1))
        return any(tail in self._folded for tail in tails)


@cache
def _ranks() -> dict[str, int]:
    return {noun: rank for rank, noun in enumerate(_lines("nouns.txt"))}


def _lines(name: str) -> tuple[str, ...]:
    return tuple((resources.files("resources") / "words" / name).read_text(encoding="utf-8").splitlines())
