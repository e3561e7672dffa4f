"""Samples drawn from a plain folder for training: by number, cropped, mirrored, with negatives from other pairs."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from clipmat.prompt import TEMPLATES
from clipmat.transforms import resized
from training.augmentation import augmented
from training.entity import Pixels
from training.expressions import NEGATIVE
from training.files.folders import Pair, read_pixels, sample_of
from training.files.labels import LayoutError, Words
from training.files.sources import kind_of
from training.nouns import everyday_names, possible_names
from training.relations import mirrored, position_in
from training.samples import Sample
from training.scene import Alpha
from training.wording import as_typed

CropWindow = tuple[slice, slice]
"""Rows and columns."""
_SHARES = (0.5, 0.75, 1.0)
"""Of the largest window: what 640, 960 and 1280 px are to one another."""
_SIDE = 1600
"""Longer side in pixels to which images are reduced for training."""


class FolderDataset:
    """Samples of pairs by number: same pairs, seed and number, same samples. Every pair comes once in a round."""

    def __init__(self, pairs: Sequence[Pair], seed: int, augment: bool = True, negative: float = 0.1) -> None:
        """`negative` is the share of words that fit nothing, drawn from other pairs where keywords show that.

        Without `augment` the pairs come in order, whole and as they are, and all words are their own.
        """
        if not pairs:
            raise LayoutError("the folder holds no images to train on: add some")
        self.pairs, self.seed, self.augment, self.negative = tuple(pairs), seed, augment, negative

    @property
    def fingerprint(self) -> str:
        """A short digest of all that decides the samples: files (not their folder), words, seed and augmentation."""
        parts: list[object] = [self.seed, self.augment, self.negative]
        for pair in self.pairs:
            files = [path for path in (pair.image, pair.matte) if path is not None]
            parts.append(([_digest(path) for path in files], pair.keyword, pair.expressions))
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]

    def samples(self, index: int, size: tuple[int, int], count: int) -> list[Sample]:
        """The image with a number, HxW `size`, with `count` expressions. Raises LayoutError naming a broken file.

        It is cropped about the object, or half of the time about its transition, unless the words speak of positions,
        which a crop would falsify: then it is seen whole. Mirrored half of the time, left and right in the words too.
        """
        turn, place = divmod(index, len(self.pairs))
        if not self.augment:
            pair = self.pairs[place]
            image, matte = _cached_pixels(pair)
            image, matte = resized(image, size), resized(matte, size)
            return [sample_of(pair, image, matte, pair.expressions[i % len(pair.expressions)]) for i in range(count)]
        pair = self.pairs[np.random.default_rng((self.seed, turn, 0)).permutation(len(self.pairs))[place]]
        rng = np.random.default_rng((self.seed, index))
        words_drawn = self._drawn_words(pair, count, rng)
        image, matte = _cached_pixels(pair)
        if not any(position_in(words.text) for words in words_drawn):
            window = (around_transition if rng.random() < 0.5 else around_object)(matte, size, rng)
            image, matte = image[window], matte[window]
        image, matte = resized(image, size), resized(matte, size)
        if rng.random() < 0.5:
            image, matte = np.ascontiguousarray(image[:, ::-1]), np.ascontiguousarray(matte[:, ::-1])
            words_drawn = [Words(mirrored(text), form, mirrored(relation)) for text, form, relation in words_drawn]
        image = augmented(image, rng)
        return [
            sample_of(pair, image, matte, words)._replace(
                expression=as_typed(words.text, rng), template=int(rng.integers(len(TEMPLATES)))
            )
            for words in words_drawn
        ]

    def _drawn_words(self, pair: Pair, count: int, rng: np.random.Generator) -> list[Words]:
        """The pair's own words in random order, again where they are few; a share of them replaced by strangers'."""
        order = rng.permutation(len(pair.expressions))
        words_drawn = [pair.expressions[order[i % len(order)]] for i in range(count)]
        for i in range(count):
            if rng.random() < self.negative:
                stranger = self.pairs[int(rng.integers(len(self.pairs)))]
                if _surely_absent(stranger.keyword, pair):
                    noun = stranger.keyword
                    words_drawn[i] = Words(noun if rng.random() < 0.5 else f"the {noun}", NEGATIVE)
        return words_drawn


def _surely_absent(keyword: str, pair: Pair) -> bool:
    """Whether a noun fits nothing in a pair, as far as its keyword and its expressions show."""
    if not keyword or not pair.keyword:
        return False
    known = {word for words in pair.expressions for word in words.text.lower().split()}
    return not (known | _nouns(pair.keyword)) & _nouns(keyword)


def _nouns(keyword: str) -> frozenset[str]:
    """All nouns that may refer to it, except those that fit anything."""
    names = everyday_names(keyword, ())
    return (possible_names(keyword, kind_of(keyword), names) | {*names}) - {"thing", "object", "item"}


@lru_cache(64)
def _cached_pixels(pair: Pair) -> tuple[Pixels, Alpha]:
    """As large as training needs it; some hundred MB in all stay in memory."""
    image, matte = read_pixels(pair, _SIDE)
    image.flags.writeable = matte.flags.writeable = False
    return image, matte


def _digest(path: Path) -> tuple[str, int, int]:
    """Name, size and a checksum of the beginning: enough to distinguish files, quick enough for thousands."""
    try:
        with path.open("rb") as file:
            return path.name, path.stat().st_size, zlib.crc32(file.read(1 << 16))
    except OSError as error:
        raise LayoutError(f"{path} cannot be read: {error.strerror}") from error


def around_object(matte: Alpha, size: tuple[int, int], rng: np.random.Generator) -> CropWindow:
    """A random window with the aspect of HxW `size` that holds the object, as far as that aspect allows."""
    tall, wide = _largest(matte, size)
    rows, columns = np.flatnonzero(matte.max(axis=1) > 0.05), np.flatnonzero(matte.max(axis=0) > 0.05)
    if rows.size == 0:
        return _window((0, matte.shape[0]), (0, matte.shape[1]), (tall, wide), matte.shape, rng)
    y, x = (int(rows[0]), int(rows[-1]) + 1), (int(columns[0]), int(columns[-1]) + 1)
    least = min(1.0, max((y[1] - y[0]) / tall, (x[1] - x[0]) / wide))
    share = rng.uniform(least, 1)
    return _window(y, x, (tall * share, wide * share), matte.shape, rng)


def around_transition(matte: Alpha, size: tuple[int, int], rng: np.random.Generator) -> CropWindow:
    """A random window with the aspect of HxW `size` about a pixel where the matte is neither 0 nor 1.

    Half, three quarters or all of the largest window, as GFM, AimNet and P3M-Net crop 640, 960 or 1280 px (Li et al.
    2021, 2022). The window holds the whole object instead where that pixel has hardly any of the object around it: then
    the expression would fit nothing that is seen.
    """
    rows, columns = np.nonzero((matte > 0.05) & (matte < 0.95))
    if rows.size == 0:
        return around_object(matte, size, rng)
    at = int(rng.integers(rows.size))
    y, x = (int(rows[at]), int(rows[at]) + 1), (int(columns[at]), int(columns[at]) + 1)
    tall, wide = _largest(matte, size)
    share = float(rng.choice(_SHARES))
    window = _window(y, x, (tall * share, wide * share), matte.shape, rng)
    seen = matte[window]
    if seen.mean() < 0.1 and seen.sum() < 0.25 * matte.sum():
        return around_object(matte, size, rng)
    return window


def _largest(matte: Alpha, size: tuple[int, int]) -> tuple[float, float]:
    tall = min(matte.shape[0], matte.shape[1] * size[0] / size[1])
    return tall, tall * size[1] / size[0]


def _window(
    y: tuple[int, int],
    x: tuple[int, int],
    sides: tuple[float, float],
    limits: tuple[int, ...],
    rng: np.random.Generator,
) -> CropWindow:
    """A window of the `sides` with the span y, x inside, or inside the span where that is longer."""
    slices = []
    for (first, last), side, limit in zip((y, x), sides, limits, strict=True):
        whole = min(limit, max(1, round(side)))
        low, high = sorted((last - whole, first))
        start = int(np.clip(rng.uniform(low, high), 0, limit - whole))
        slices.append(slice(start, start + whole))
    return slices[0], slices[1]
