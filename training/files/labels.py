"""The label file of a RefMatte set: what is known of each matte, and the expressions that refer to it (RIM section 3).

The format is the one that public readers of the dataset use, an object by the stem of the mask: `image_name` and
`expressions`, a list of strings. Sets written here add fields; of a file that is read only those two are required.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from clipmat.files import write_whole
from clipmat.position_words import OPPOSITE
from training import TrainingError
from training.entity import ColourShare, Garment
from training.expressions import NEGATIVE, Expression
from training.files.attributes import is_salient, is_transparent
from training.scene import Scene


class LayoutError(TrainingError):
    """A set is missing, incomplete, broken or laid out differently; the text names the file."""


class Words(NamedTuple):
    """One expression of an entity."""

    text: str
    form: str = "free"
    """keyword, basic, absolute or relative; free where the labels do not say; NEGATIVE where it fits nothing."""
    relation: str = ""
    """The position in the expression, empty without one."""

    @property
    def present(self) -> bool:
        """Whether they refer to something in the image."""
        return self.form != NEGATIVE


@dataclass(frozen=True, slots=True)
class Label:
    """What a label file holds about one matte; all but the first three may be unknown (empty or None)."""

    stem: str
    """Of the mask: the image's name and a number."""
    image_name: str
    """Of the image, without a suffix."""
    expressions: tuple[Words, ...]
    entity: str = ""
    """Which entity of the bank."""
    keyword: str = ""
    kind: str = ""
    """human, animal or object."""
    colours: tuple[ColourShare, ...] = ()
    garments: tuple[Garment, ...] = ()
    salient: bool | None = None
    """It stands out of its scene (`attributes.is_salient`)."""
    transparent: bool | None = None
    """What is behind it shines through its inside, not only at its contour."""
    relation: str = ""
    """Position to the entity it was composed with: left, right, top, bottom, front or behind."""
    keyword_unambiguous: bool | None = None
    """The keyword can mean nothing else in the image."""
    size: tuple[int, int] | None = None
    """Height and width of the image."""
    background: str = ""


def labels_of(
    name: str, scene: Scene, relation: str, background: str, words: Sequence[Sequence[Expression]]
) -> tuple[Label, ...]:
    """The labels of a scene that will be written as image `name`; `words` are the expressions of each entity.

    `relation` is that of the first entity to the second; the second has the opposite one, the others none.
    """
    relations = (relation, OPPOSITE.get(relation, ""))
    return tuple(
        Label(
            stem=f"{name}_{number}",
            image_name=name,
            expressions=tuple(Words(one.text, one.form, one.relation) for one in words[number]),
            entity=placed.entity.id,
            keyword=placed.entity.keyword,
            kind=placed.entity.kind,
            colours=placed.entity.colours,
            garments=placed.entity.garments,
            salient=is_salient(scene.image, placed.alpha),
            transparent=is_transparent((placed.alpha * 255 + 0.5).astype(np.uint8)),
            relation=relations[number] if number < 2 else "",
            keyword_unambiguous=_means_one(scene, number),
            size=scene.image.shape[:2],
            background=background,
        )
        for number, placed in enumerate(scene.placed)
    )


def by_image(labels: Iterable[Label]) -> dict[str, list[Label]]:
    """The labels of each image together, in the order in which the images come."""
    groups: dict[str, list[Label]] = {}
    for label in labels:
        groups.setdefault(label.image_name, []).append(label)
    return groups


def in_keyword_setting(group: Sequence[Label]) -> bool:
    """Whether no keyword of an image is ambiguous (section 3.4); by the keywords alone where the labels do not say."""
    keywords = [label.keyword for label in group]
    return all(
        label.keyword_unambiguous if label.keyword_unambiguous is not None else keywords.count(label.keyword) == 1
        for label in group
    )


def row_of(label: Label) -> dict[str, Any]:
    """A label as it stands in JSON under the stem of its mask."""
    row = {"colors" if key == "colours" else key: value for key, value in asdict(label).items()}  # as files spell it
    del row["stem"]
    row["expressions"] = [words.text for words in label.expressions]
    row["forms"] = [words.form for words in label.expressions]
    row["relations"] = [words.relation for words in label.expressions]
    return row


def write_labels(path: Path, labels: Iterable[Label]) -> None:
    """Write a label file whole, one line a matte, in the order of the stems."""
    rows = sorted((label.stem, json.dumps(row_of(label), ensure_ascii=False)) for label in labels)
    lines = ",\n".join(f"{json.dumps(stem)}: {row}" for stem, row in rows)
    write_whole(path, f"{{\n{lines}\n}}\n")


def read_labels(path: Path) -> tuple[Label, ...]:
    """Read a label file, a real one or one written here. Raises LayoutError naming it, and the entry that is bad."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise LayoutError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise LayoutError(f"{path} is not JSON: {error}") from error
    return parsed(text, path)


def parsed(text: str, path: Path) -> tuple[Label, ...]:
    """Labels from JSON. Raises LayoutError naming `path` and the entry that is bad."""
    try:
        rows = json.loads(text)
    except json.JSONDecodeError as error:
        raise LayoutError(f"{path} is not JSON: {error}") from error
    if not isinstance(rows, dict):
        raise LayoutError(f"{path} holds no labels: expected an object by the stems of the masks")
    return tuple(_label(path, stem, row) for stem, row in rows.items())


def _label(path: Path, stem: str, row: Any) -> Label:  # noqa: ANN401
    try:
        texts = row["expressions"]
        count = len(texts)
        words = zip(texts, row.get("forms", ["free"] * count), row.get("relations", [""] * count), strict=True)
        known = {field.name: row[field.name] for field in fields(Label)[3:] if field.name in row}
        known["colours"] = tuple(ColourShare(**colour) for colour in row.get("colors", ()))
        known["garments"] = tuple(Garment(**garment) for garment in known.get("garments", ()))
        known["size"] = tuple(known["size"]) if known.get("size") else None
        label = Label(stem, row["image_name"], tuple(Words(*each) for each in words), **known)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise LayoutError(f"{path}: the entry {stem} is not a label: {type(error).__name__}: {error}") from error
    if not all(isinstance(text, str) for text in (label.image_name, *(words.text for words in label.expressions))):
        raise LayoutError(f"{path}: the entry {stem} is not a label: image_name and expressions must be text")
    return label


def _means_one(scene: Scene, number: int) -> bool:
    keyword = scene.placed[number].entity.keyword
    others = (placed.entity for i, placed in enumerate(scene.placed) if i != number)
    return keyword not in scene.may_contain and not any(keyword in e.names or keyword in e.maybe for e in others)
