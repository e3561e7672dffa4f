"""Plain folders of one's own images, each with a matte and expressions: to tune and to measure on.

    FOLDER/images/kitchen.jpg      FOLDER/mattes/kitchen.png (or alphas, or masks)
    FOLDER/expressions.csv         file,expression[,keyword][,form], or images/kitchen.txt, one expression a line

The matte may also be the alpha of the image itself, or be in the folders original and mask as in AIM-500.
`keywords.csv` (file, keyword) serves in addition to expressions, or in their place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from training.entity import Pixels
from training.files import sources
from training.files.images import WITH_ALPHA, by_stem, image_files, read_pair, refuse_empty
from training.files.labels import LayoutError, Words
from training.files.lists import EXPRESSIONS, names_of, read_lists, read_text_file
from training.files.scenes import holds_scenes
from training.files.sources import held_out, kind_of
from training.samples import Sample
from training.scene import Alpha

_LAYOUTS = (("images", ("mattes", "alphas", "masks")), ("original", ("mask",)))
_TREE = (
    "expected images/NAME.jpg with mattes/NAME.png (or alphas, or masks), or original and mask as AIM-500 has them, or "
    "NAME.png with an alpha; and expressions.csv with the columns file,expression[,keyword][,form], or NAME.txt "
    "next to the image with an expression a line"
)


@dataclass(frozen=True, slots=True)
class Pair:
    """An image, its matte, and the expressions for the one object that the matte shows."""

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
    if holds_scenes(folder):
        return True
    return (folder / "entities.jsonl").is_file() or (sources.recognised(folder) and not recognised(folder))


def pairs_in_setting(pairs: Sequence[Pair], setting: str) -> list[Pair]:
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
    listed = read_lists(folder)
    pairs = []
    for image, matte in files:
        lines = [
            line for name in names_of(image.relative_to(folder)) for line in listed.pop(name, [])
        ] + read_text_file(image)
        if not lines:
            raise LayoutError(
                f"{image} has no words: add a line '{image.name},...' to {folder / EXPRESSIONS}, or "
                f"{image.with_suffix('.txt').name} next to it with an expression a line"
            )
        keyword = next((line.keyword for line in lines if line.keyword and line.words.present), "")
        pairs.append(Pair(image, matte, tuple(dict.fromkeys(line.words for line in lines)), keyword))
    if listed:
        raise LayoutError(f"{folder} has no image {next(iter(listed))}, which its lists name")
    return tuple(pairs)


def split(pairs: Sequence[Pair]) -> tuple[tuple[Pair, ...], tuple[Pair, ...]]:
    """What to train on, and the tenth of the images that is held out, at least one of five; by the hash of the name."""
    held = held_out(pair.name for pair in pairs)
    return tuple(p for p in pairs if p.name not in held), tuple(p for p in pairs if p.name in held)


def samples(pairs: Sequence[Pair]) -> Iterator[Sample]:
    """Every expression of every pair in full size; an image is decoded when it comes. Raises LayoutError for a file."""
    for pair in pairs:
        image, matte = read_pixels(pair)
        for words in pair.expressions:
            yield sample_of(pair, image, matte, words)


def sample_of(pair: Pair, image: Pixels, matte: Alpha, words: Words) -> Sample:
    """The sample of a pair in the pixels given, HxWx3 uint8 and HxW float32, for one of its expressions."""
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


def read_pixels(pair: Pair, side: int | None = None) -> tuple[Pixels, Alpha]:
    """Image HxWx3 uint8 and matte HxW float32 of a pair, as `images.read_pair`. Raises LayoutError."""
    image, matte = read_pair(pair.image, pair.matte, side)
    refuse_empty(matte, pair.matte or pair.image)
    return image, matte


def _mattes(images: Path) -> Path | None:
    """The folder of mattes that belongs to a folder of images."""
    names = dict(_LAYOUTS)[images.name]
    return next((images.parent / name for name in names if (images.parent / name).is_dir()), None)


def _files(folder: Path) -> list[tuple[Path, Path | None]]:
    if not folder.is_dir():
        raise LayoutError(f"{folder} is not a folder")
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
