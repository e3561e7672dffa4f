"""Photographs of several labelled things, of which it is known what is not in them: a pack with a `scenes.jsonl`."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from clipmat.files import write_whole
from training.entity import BankError, Pixels
from training.nouns import everyday_names, possible_names

INDEX, _IMAGES, _FOLDER = "scenes.jsonl", "scenes.zip", "scenes"


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
        with (folder / INDEX).open(encoding="utf-8") as lines, _reader(folder) as read:
            for line in lines:
                row = json.loads(line)
                if row["split"] not in splits or not row["objects"]:
                    continue
                with Image.open(io.BytesIO(read(row["file"]))) as picture:
                    image = np.asarray(picture.convert("RGB"))
                there = tuple(sorted({each["keyword"] for each in row["objects"]}))
                yield LabelledScene(row["id"], image, there, absent(row))
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise BankError(
            f"{folder} is no whole pack of scenes ({error}): {INDEX} is needed, and {_IMAGES} or {_FOLDER}/"
        ) from error


@contextmanager
def _reader(folder: Path) -> Iterator[Callable[[str], bytes]]:
    """Reads the bytes of a file of a pack by its name."""
    if (folder / _FOLDER).is_dir():
        yield lambda name: (folder / _FOLDER / name).read_bytes()
        return
    with zipfile.ZipFile(folder / _IMAGES) as archive:
        yield archive.read


def written(folder: Path) -> set[str]:
    """The ids of the scenes that are in a pack already; of a line that was not written to its end nothing stays."""
    index = folder / INDEX
    if not index.is_file():
        return set()
    text = index.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        write_whole(index, whole)
    try:
        return {json.loads(line)["id"] for line in whole.splitlines()}
    except (ValueError, KeyError, TypeError) as error:
        raise BankError(f"{index} is no index of scenes ({error}): remove it, or name another folder") from error


def append_scene(folder: Path, row: dict[str, Any], image: Pixels, masks: Sequence[Pixels]) -> None:
    """Write a scene to the end of a pack: HxWx3 uint8 as JPEG, the masks of its objects HxW uint8, then its row.

    Raises OSError.
    """
    files = folder / _FOLDER
    files.mkdir(parents=True, exist_ok=True)
    if row["objects"]:
        Image.fromarray(image).save(files / row["file"], "JPEG", quality=92, subsampling=0)
    for each, mask in zip(row["objects"], masks, strict=True):
        Image.fromarray(mask).save(files / each["mask"], "PNG")
    with (folder / INDEX).open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(row) + "\n")
        lines.flush()
        os.fsync(lines.fileno())


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
