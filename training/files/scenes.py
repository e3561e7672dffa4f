"""Photographs of several labelled things, of which it is known what is not in them: a pack with a `scenes.jsonl`."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from training.entity import BankError, Pixels
from training.nouns import everyday_names, possible_names

INDEX, _IMAGES = "scenes.jsonl", "scenes.zip"


@dataclass(frozen=True, slots=True)
class LabelledScene:
    """A photograph, and which nouns fit something in it."""

    id: str
    image: Pixels
    """HxWx3 uint8 sRGB."""
    there: tuple[str, ...]
    """Keywords of the labelled things, sorted; at least one."""
    absent: tuple[str, ...]
    """Nouns that surely fit nothing in the image, sorted; may be empty."""


def holds_scenes(folder: Path) -> bool:
    """Whether a folder is a pack of labelled scenes."""
    return (folder / INDEX).is_file()


def read_scenes(folder: Path, *splits: str) -> Iterator[LabelledScene]:
    """The scenes of these splits in their order, each decoded when it comes. Raises BankError naming what is broken."""
    try:
        with (folder / INDEX).open(encoding="utf-8") as lines, zipfile.ZipFile(folder / _IMAGES) as archive:
            for line in lines:
                row = json.loads(line)
                if row["split"] not in splits or not row["objects"]:
                    continue
                with Image.open(io.BytesIO(archive.read(row["file"]))) as picture:
                    image = np.asarray(picture.convert("RGB"))
                there = tuple(sorted({each["keyword"] for each in row["objects"]}))
                yield LabelledScene(row["id"], image, there, absent(row))
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise BankError(f"{folder} is no whole pack of scenes ({error}): {INDEX} and {_IMAGES} are needed") from error


def may_contain(row: dict[str, Any]) -> frozenset[str]:
    """What a photograph may show without a label: things without a mask, and nouns not looked for completely."""
    complete = set(row["complete_for"])
    open_ended = [
        each for each in row["objects"] if not complete & {each["keyword"], *each.get("synonyms", ())}
    ]  # a man is complete where all people are
    seen: set[str] = set()
    for each in (*open_ended, *row["unmasked"]):
        names = everyday_names(each["keyword"], tuple(each.get("synonyms", ())))
        seen |= {*names, *possible_names(each["keyword"], each.get("kind", "object"), names)}
    return frozenset(seen)


def absent(row: dict[str, Any]) -> tuple[str, ...]:
    """What was looked for completely and not labelled, without what might be seen in something that is there."""
    seen: set[str] = set()
    for each in (*row["objects"], *row["unmasked"]):
        names = everyday_names(each["keyword"], tuple(each.get("synonyms", ())))
        kind = each.get("kind", "human" if "person" in names else "object")
        seen |= {*names, *possible_names(each["keyword"], kind, names)}
    return tuple(sorted(set(row["complete_for"]) - seen))
