"""Completion of the expression being typed, from earlier expressions and the nouns that the model knows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import islice

# After these a new noun begins; "the dog on" must not become "the dog onion".
_LINKING = frozenset(
    "a an the this that his her its their and or not no of on in at to by for from with without is are near next "
    "left right top bottom middle front back behind above below beside between under over who which".split()
)
_LONGEST_NOUN = 4  # words


def completions(typed: str, history: Sequence[str], nouns: Sequence[str], limit: int = 8) -> tuple[str, ...]:
    """Whole expressions that begin with `typed`, at most `limit`, the most likely first, without duplicates.

    First those of `history` (newest first) that begin with it; then `typed` with its last words completed to one of
    `nouns`, short ones before long ones. Case is ignored. Without any text, the newest expressions are returned.
    """
    start = " ".join(typed.split()).casefold()
    begun = start + " " if start and typed[-1:].isspace() else start  # "red " is not the beginning of "reddish"
    found: dict[str, str] = {}
    for text in history:
        whole = " ".join(text.split())
        if whole.casefold().startswith(begun) and whole.casefold() != start:
            found.setdefault(whole.casefold(), whole)
    for text in _with_nouns(typed.lstrip(), tuple(nouns)) if len(found) < limit else ():
        found.setdefault(text.casefold(), text)
    return tuple(islice(found.values(), max(limit, 0)))


def _with_nouns(typed: str, nouns: tuple[str, ...]) -> list[str]:
    starts = [i for i, letter in enumerate(typed) if not letter.isspace() and (i == 0 or typed[i - 1].isspace())]
    texts = []
    for start in starts[-_LONGEST_NOUN:]:  # several words first: "coffee c" is a cup rather than a cat
        tail = " ".join(typed[start:].split()).casefold()
        if tail in _LINKING:
            continue
        if typed[-1].isspace():
            tail += " "
        for folded, noun in _by_length(nouns):
            if folded.startswith(tail) and folded != tail:
                texts.append(typed[:start] + noun)
    return texts


@lru_cache(maxsize=4)
def _by_length(nouns: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(((noun.casefold(), noun) for noun in nouns), key=lambda pair: (len(pair[0]), pair[0])))
