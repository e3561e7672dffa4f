"""RefMatte's layout on disk: scenes written in it; RefMatte, RefMatte-RW100 and sets written here read (RIM section 3).

SPLIT/img_full/NAME.jpg, SPLIT/mask/NAME_K.png and SPLIT/refmatte_SPLIT_label.json, as public readers of the dataset
name them; `training.files.labels` has the label file.
"""

from __future__ import annotations

import errno
import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image

from clipmat.files import write_whole
from training.entity import Pixels
from training.files.images import read_image, read_matte
from training.files.labels import Label, LayoutError, Words, by_image, in_keyword_setting, read_labels
from training.samples import Sample
from training.scene import Alpha, Scene

SETTINGS = ("keyword", "expression")
"""The paper's two: one keyword an entity, or its expressions (section 3.4)."""
_IMAGES = ("img_full", "img", "image_all", "image", "image_copy")
_SUFFIXES = (".jpg", ".png", ".jpeg", "")
_TREE = "expected SPLIT/img_full/NAME.jpg, SPLIT/mask/NAME_K.png and SPLIT/refmatte_SPLIT_label.json"
_TREE_RW100 = "expected image_all/NAME.jpg, mask/NAME_K.png, refmatte_rw100_label.json and eval_index_expression.json"


def label_file(folder: Path, split: str) -> Path:
    """Where the labels of a split are."""
    return folder / split / f"refmatte_{split}_label.json"


def splits_of(folder: Path) -> list[str]:
    """The splits of a set that have labels, train first."""
    found = [path.name for path in folder.glob("*/") if label_file(folder, path.name).is_file()]
    return sorted(found, key=lambda name: (name != "train", name))


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Within it an error of the disk is a LayoutError: it is full, or `folder` cannot be written."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise LayoutError(
                f"{folder}: the disk is full; what is written stands: make room, then call again to go on"
            ) from error
        raise LayoutError(f"{folder} cannot be written: {error.strerror or error}") from error


def write_image(folder: Path, scene: Scene, labels: Sequence[Label], quality: int | None) -> int:
    """Write one image and its mattes into the folder of a split, each file whole or not at all; returns their bytes.

    The image is a JPEG of `quality` 1..100, or PNG with None; a matte is PNG, 8 bits, what is visible of the entity.
    """
    name = labels[0].image_name
    if quality is None:
        files = [(folder / "img_full" / f"{name}.png", _coded(scene.image, "PNG"))]
    else:
        files = [(folder / "img_full" / f"{name}.jpg", _coded(scene.image, "JPEG", quality=quality))]
    for label, placed in zip(labels, scene.placed, strict=True):
        matte = np.asarray(placed.alpha * 255 + np.float32(0.5), np.uint8)
        files.append((folder / "mask" / f"{label.stem}.png", _coded(matte, "PNG")))
    for path, code in files:
        write_whole(path, code)
    return sum(len(code) for _, code in files)


def is_whole(folder: Path, labels: Sequence[Label]) -> bool:
    """Whether the image and every matte of its labels stand in the folder of a split to their last byte."""
    image = _found(folder, ("img_full",), labels[0].image_name)
    mattes = [folder / "mask" / f"{label.stem}.png" for label in labels]
    return image is not None and all(_ends_well(path) for path in (image, *mattes))


def read_refmatte(folder: Path, split: str, setting: str = "expression") -> Iterator[Sample]:
    """The samples of RefMatte, or of a set written here, in one of SETTINGS; each image is decoded when it comes.

    In the keyword setting the images in which no keyword is ambiguous, each entity once; in the expression setting
    every expression that is more than a keyword. Raises LayoutError: at once for a wrong layout or wrong labels,
    while iterating for an image or a matte.
    """
    labels = split_labels(folder, split)
    if setting == "expression":
        return _samples(folder / split, labels, "composite", _phrases, _TREE)
    if setting != "keyword":
        raise LayoutError(f"'{setting}' is not a setting of RefMatte: choose {' or '.join(SETTINGS)}")
    if not all(label.keyword for label in labels):
        raise LayoutError(f"{label_file(folder, split)} names no keywords: read it in the expression setting")
    kept = [label for group in by_image(labels).values() if in_keyword_setting(group) for label in group]
    return _samples(folder / split, kept, "composite", lambda label: (Words(label.keyword, "keyword"),), _TREE)


def read_rw100(folder: Path, every: bool = False) -> Iterator[Sample]:
    """The samples of RefMatte-RW100: of each entity the one expression that is evaluated, or `every` one.

    Raises LayoutError as `read_refmatte` does.
    """
    path = folder / "refmatte_rw100_label.json"
    if not path.is_file():
        raise LayoutError(f"{folder} is not laid out as RefMatte-RW100, {path.name} is missing: {_TREE_RW100}")
    labels = read_labels(path)
    if every:
        return _samples(folder, labels, "photo", lambda label: label.expressions, _TREE_RW100)
    chosen = _evaluated(folder / "eval_index_expression.json", labels)
    return _samples(folder, labels, "photo", lambda label: (chosen[label.stem],), _TREE_RW100)


def split_labels(folder: Path, split: str) -> tuple[Label, ...]:
    """The labels of a split. Raises LayoutError with the expected tree where there are none."""
    if not (folder / split).is_dir():
        there = ", ".join(splits_of(folder)) or "none"
        raise LayoutError(f"{folder} has no split '{split}' (found: {there}): {_TREE}")
    path = label_file(folder, split)
    if not path.is_file():
        raise LayoutError(f"{path} is missing: {_TREE}")
    return read_labels(path)


def _phrases(label: Label) -> list[Words]:
    return [words for words in label.expressions if words.form != "keyword"]


def _samples(
    folder: Path, labels: Sequence[Label], scene: str, chosen_words: Callable[[Label], Sequence[Words]], tree: str
) -> Iterator[Sample]:
    for name, group in by_image(labels).items():
        if not any(chosen_words(label) for label in group):
            continue
        # RW100's `image_all` holds a copy of the image for each of its mattes.
        path = _found(folder, _IMAGES, name) or _found(folder, _IMAGES, group[0].stem)
        if path is None:
            raise LayoutError(f"{folder} has no image {name}: {tree}")
        image = read_image(path)
        mattes = [_matte_of(folder / "mask" / f"{label.stem}.png", path, image) for label in group]
        for number, label in enumerate(group):
            for text, form, relation in chosen_words(label):
                yield Sample(
                    image=image,
                    matte=mattes[number],
                    expression=text,
                    present=True,
                    form=form,
                    relation=relation,
                    kind=label.kind,
                    scene=scene,
                    rivals=sum(other.keyword == label.keyword != "" for other in group) - (label.keyword != ""),
                    template=0,
                    others=tuple(matte for other, matte in enumerate(mattes) if other != number),
                    category=label.keyword,
                    image_id=name,
                    entity_id=label.stem,
                )


def _evaluated(path: Path, labels: Sequence[Label]) -> dict[str, Words]:
    if not path.is_file():
        raise LayoutError(f"{path} is missing, which lists the expressions that are evaluated: {_TREE_RW100}")
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
        return {label.stem: label.expressions[index[label.image_name]] for label in labels}
    except ValueError as error:
        raise LayoutError(f"{path} is not JSON: {error}") from error
    except (KeyError, IndexError, TypeError) as error:
        raise LayoutError(f"{path} does not fit the labels: {type(error).__name__}: {error}") from error


def _matte_of(path: Path, image_path: Path, image: Pixels) -> Alpha:
    matte = read_matte(path)
    if matte.shape != image.shape[:2]:
        raise LayoutError(f"{path} is {_size(matte)}, but {image_path} is {_size(image)}")
    return matte


def _size(pixels: Pixels | Alpha) -> str:
    return f"{pixels.shape[1]}x{pixels.shape[0]}"


def _coded(pixels: Pixels, format: str, **options: int) -> bytes:
    code = io.BytesIO()
    Image.fromarray(pixels).save(code, format, **options)
    return code.getvalue()


def _found(folder: Path, parts: Sequence[str], name: str) -> Path | None:
    paths = (folder / part / f"{name}{suffix}" for part in parts for suffix in _SUFFIXES)
    return next((path for path in paths if path.is_file()), None)


def _ends_well(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            file.seek(-12, io.SEEK_END)
            end = file.read()
    except OSError:
        return False  # missing, or shorter than any image
    return end.endswith(b"\xff\xd9") or end[4:8] == b"IEND"
