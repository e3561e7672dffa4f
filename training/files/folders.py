"""Plain folders of one's own images, each with a matte and with words for what the matte shows: to tune and to measure.

    FOLDER/images/kitchen.jpg      FOLDER/mattes/kitchen.png (or alphas, or masks)
    FOLDER/expressions.csv         file,expression[,keyword][,form], or images/kitchen.txt, one expression a line

The matte may also be the alpha of the image itself, or lie as in AIM-500, original and mask. `keywords.csv` (file,
keyword) serves beside or instead of expressions.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from clipmat.prompt import TEMPLATES
from clipmat.transforms import resized
from training.datasets import Sample, augmented
from training.entity import Pixels
from training.expressions import NEGATIVE
from training.files import sources
from training.files.crops import around_object, around_transition
from training.files.images import WITH_ALPHA, by_stem, image_files, read_pair, refuse_empty
from training.files.labels import LayoutError, Words
from training.files.lists import names_of
from training.files.sources import held_out, kind_of
from training.files.wordlists import EXPRESSIONS, beside, listed
from training.nouns import everyday_names, possible_names
from training.relations import mirrored, position_in
from training.scene import Alpha
from training.wording import as_typed

_LAYOUTS = (("images", ("mattes", "alphas", "masks")), ("original", ("mask",)))
_SIDE = 1600
"""Longer side in pixels to which images are reduced for training."""
_TREE = (
    "expected images/NAME.jpg with mattes/NAME.png (or alphas, or masks), or original and mask as AIM-500 has them, or "
    "NAME.png with an alpha; and expressions.csv with the columns file,expression[,keyword][,form], or NAME.txt beside "
    "the image with an expression a line"
)


@dataclass(frozen=True, slots=True)
class Pair:
    """An image, its matte, and what is said of the one object that the matte shows."""

    image: Path
    matte: Path | None
    """None when it is the alpha of the image."""
    expressions: tuple[Words, ...]
    """At least one; those that are not `present` fit nothing in the image."""
    keyword: str = ""
    """Empty where it is not known."""

    @property
    def name(self) -> str:
        """What both files are called, without suffix."""
        return self.image.stem

    @property
    def kind(self) -> str:
        """human, animal or object by the keyword; empty where that is not known."""
        return kind_of(self.keyword) if self.keyword else ""


def recognised(folder: Path) -> bool:
    """Whether the folder is laid out for `read_folder`, which may yet find a fault in it."""
    if any((folder / images).is_dir() and _mattes(folder / images) for images, _ in _LAYOUTS):
        return True
    return (folder / EXPRESSIONS).is_file() or any(
        p.with_suffix(".txt").is_file() for p in image_files(folder, WITH_ALPHA)
    )


def is_bank(folder: Path) -> bool:
    """Whether a folder holds entities to compose with, as packs and public sets do, rather than pairs as they are."""
    return (folder / "entities.jsonl").is_file() or (sources.recognised(folder) and not recognised(folder))


def asked_in(pairs: Sequence[Pair], setting: str) -> list[Pair]:
    """The pairs with the words of a setting (keyword, expression or both) alone, where they have such words."""

    def fits(words: Words) -> bool:
        return setting == "both" or not words.present or (words.form == "keyword") == (setting == "keyword")

    kept = [replace(pair, expressions=tuple(filter(fits, pair.expressions))) for pair in pairs]
    return [pair for pair in kept if pair.expressions]


def read_folder(path: str | Path) -> tuple[Pair, ...]:
    """The pairs of a folder by name; no image is decoded.

    Raises LayoutError with the expected tree for a wrong layout, and naming the file for an image without matte or
    words, a matte without image, a list that is broken or names what is not there.
    """
    folder = Path(path)
    files = _files(folder)
    told = listed(folder)
    pairs = []
    for image, matte in files:
        lines = [line for name in names_of(image.relative_to(folder)) for line in told.pop(name, [])] + beside(image)
        if not lines:
            raise LayoutError(
                f"{image} has no words: add a line '{image.name},...' to {folder / EXPRESSIONS}, or "
                f"{image.with_suffix('.txt').name} beside it with an expression a line"
            )
        keyword = next((line.keyword for line in lines if line.keyword and line.words.present), "")
        pairs.append(Pair(image, matte, tuple(dict.fromkeys(line.words for line in lines)), keyword))
    if told:
        raise LayoutError(f"{folder} has no image {next(iter(told))}, which its lists name")
    return tuple(pairs)


def split(pairs: Sequence[Pair]) -> tuple[tuple[Pair, ...], tuple[Pair, ...]]:
    """What to train on, and the tenth of the images that is held out, at least one of five; by the hash of the name."""
    held = held_out(pair.name for pair in pairs)
    return tuple(p for p in pairs if p.name not in held), tuple(p for p in pairs if p.name in held)


def samples(pairs: Sequence[Pair]) -> Iterator[Sample]:
    """Every expression of every pair in full size; an image is decoded when it comes. Raises LayoutError for a file."""
    for pair in pairs:
        image, matte = _read(pair)
        for words in pair.expressions:
            yield _sample(pair, image, matte, words)


class FolderDataset:
    """Samples of pairs by number: same pairs, seed and number, same samples. Every pair comes once in a round."""

    def __init__(self, pairs: Sequence[Pair], seed: int, augment: bool = True, negative: float = 0.1) -> None:
        """`negative` is the share of words that fit nothing, drawn from other pairs where keywords tell that it is so.

        Without `augment` the pairs come in order, whole and as they are, and all words are their own.
        """
        if not pairs:
            raise LayoutError("the folder holds no images to train on: add some")
        self.pairs, self.seed, self.augment, self.negative = tuple(pairs), seed, augment, negative

    @property
    def fingerprint(self) -> str:
        """A short digest of all that decides the samples: files, wherever they lie, words, seed and augmentation."""
        told: list[object] = [self.seed, self.augment, self.negative]
        for pair in self.pairs:
            files = [path for path in (pair.image, pair.matte) if path is not None]
            told.append(([_digest(path) for path in files], pair.keyword, pair.expressions))
        return hashlib.sha256(repr(told).encode()).hexdigest()[:12]

    def samples(self, index: int, size: tuple[int, int], count: int) -> list[Sample]:
        """The image with a number, HxW `size`, asked for in `count` ways. Raises LayoutError naming a broken file.

        It is cropped about the object, or half of the time about its transition, unless the words speak of positions,
        which a crop would falsify: then it is seen whole. Mirrored half of the time, left and right in the words too.
        """
        turn, place = divmod(index, len(self.pairs))
        if not self.augment:
            pair = self.pairs[place]
            image, matte = _kept(pair)
            image, matte = resized(image, size), resized(matte, size)
            return [_sample(pair, image, matte, pair.expressions[i % len(pair.expressions)]) for i in range(count)]
        pair = self.pairs[np.random.default_rng((self.seed, turn, 0)).permutation(len(self.pairs))[place]]
        rng = np.random.default_rng((self.seed, index))
        asked = self._asked(pair, count, rng)
        image, matte = _kept(pair)
        if not any(position_in(words.text) for words in asked):
            window = (around_transition if rng.random() < 0.5 else around_object)(matte, size, rng)
            image, matte = image[window], matte[window]
        image, matte = resized(image, size), resized(matte, size)
        if rng.random() < 0.5:
            image, matte = np.ascontiguousarray(image[:, ::-1]), np.ascontiguousarray(matte[:, ::-1])
            asked = [Words(mirrored(text), form, mirrored(told)) for text, form, told in asked]
        image = augmented(image, rng)
        return [
            _sample(pair, image, matte, words)._replace(
                expression=as_typed(words.text, rng), template=int(rng.integers(len(TEMPLATES)))
            )
            for words in asked
        ]

    def _asked(self, pair: Pair, count: int, rng: np.random.Generator) -> list[Words]:
        """The pair's own words in random order, again where they are few; a share of them replaced by strangers'."""
        order = rng.permutation(len(pair.expressions))
        asked = [pair.expressions[order[i % len(order)]] for i in range(count)]
        for i in range(count):
            if rng.random() < self.negative:
                stranger = self.pairs[int(rng.integers(len(self.pairs)))]
                if _surely_absent(stranger.keyword, pair):
                    noun = stranger.keyword
                    asked[i] = Words(noun if rng.random() < 0.5 else f"the {noun}", NEGATIVE)
        return asked


def _surely_absent(keyword: str, pair: Pair) -> bool:
    """Whether a noun fits nothing in a pair, as far as its keyword and all that is said of it tell."""
    if not keyword or not pair.keyword:
        return False
    told = {word for words in pair.expressions for word in words.text.lower().split()}
    return not (told | _nouns(pair.keyword)) & _nouns(keyword)


def _nouns(keyword: str) -> frozenset[str]:
    """All that it may be called, save what anything may be called."""
    names = everyday_names(keyword, ())
    return (possible_names(keyword, kind_of(keyword), names) | {*names}) - {"thing", "object", "item"}


def _sample(pair: Pair, image: Pixels, matte: Alpha, words: Words) -> Sample:
    present = words.present
    return Sample(
        image=image,
        matte=matte if present else np.zeros_like(matte),
        expression=words.text,
        present=present,
        form=words.form,
        relation=words.relation,
        kind=pair.kind,
        scene="photo",
        rivals=0,
        template=0,
        others=() if present else (matte,),
        category=pair.keyword if present else "",
        image_id=pair.name,
        entity_id=(pair.matte or pair.image).stem if present else "",
    )


def _read(pair: Pair, side: int | None = None) -> tuple[Pixels, Alpha]:
    image, matte = read_pair(pair.image, pair.matte, side)
    refuse_empty(matte, pair.matte or pair.image)
    return image, matte


@lru_cache(64)
def _kept(pair: Pair) -> tuple[Pixels, Alpha]:
    """As large as training needs it; some hundred MB in all stay in memory."""
    image, matte = _read(pair, _SIDE)
    image.flags.writeable = matte.flags.writeable = False
    return image, matte


def _digest(path: Path) -> tuple[str, int, int]:
    """Name, size and a checksum of the beginning: enough to tell files apart, soon enough for thousands."""
    try:
        with path.open("rb") as file:
            return path.name, path.stat().st_size, zlib.crc32(file.read(1 << 16))
    except OSError as error:
        raise LayoutError(f"{path} cannot be read: {error.strerror}") from error


def _mattes(images: Path) -> Path | None:
    """The folder of mattes that belongs to a folder of images."""
    names = dict(_LAYOUTS)[images.name]
    return next((images.parent / name for name in names if (images.parent / name).is_dir()), None)


def _files(folder: Path) -> list[tuple[Path, Path | None]]:
    if not folder.is_dir():
        raise LayoutError(f"{folder} is no folder")
    for images in (folder / name for name, _ in _LAYOUTS):
        if not images.is_dir():
            continue
        place = _mattes(images)
        if place is None:
            names = ", ".join(dict(_LAYOUTS)[images.name])
            raise LayoutError(f"{folder} has {images.name} but none of {names} beside it: {_TREE}")
        found, mattes = by_stem(images), by_stem(place)
        for name, path in {**mattes, **found}.items():
            if name not in mattes or name not in found:
                raise LayoutError(f"{path} has no file of the same name in {place if name in found else images}")
        if not found:
            raise LayoutError(f"{images} holds no images: {_TREE}")
        return [(found[name], mattes[name]) for name in sorted(found)]
    alone = by_stem(folder, WITH_ALPHA)
    if not alone:
        raise LayoutError(f"{folder} holds no images with mattes: {_TREE}")
    return [(alone[name], None) for name in sorted(alone)]
