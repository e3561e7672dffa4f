"""Attributes of the entities whose index gives none: measured once, and remembered in the user's cache folder."""

from __future__ import annotations

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clipmat.files import whole_file
from training.entity import Colour, Entity, Pixels
from training.files.attributes import dominant_colours, is_transparent
from training.files.cutouts import glance

if TYPE_CHECKING:
    from training.entities import EntityBank

Measured = tuple[tuple[Colour, ...], bool]
"""Colours, and whether it is transparent."""
_VERSION = 1
"""To be raised when the measures change."""


def measured(bank: EntityBank) -> EntityBank:
    """The bank with colours and transparency of every entity that has no colours.

    10,000 photographs take minutes the first time, a second later on. Raises LayoutError or BankError for a file.
    """
    lacking = [entity for entity in (*bank.cutouts, *bank.photos) if not entity.colors]
    known: dict[tuple[int, str], Measured] = {}
    for pack in {entity.pack for entity in lacking}:
        known |= _measured(bank, pack, [entity for entity in lacking if entity.pack == pack])

    def complete(entity: Entity) -> Entity:
        if entity.colors:
            return entity
        colors, transparent = known[entity.pack, entity.mask or entity.file]
        return replace(entity, colors=colors, transparent=entity.transparent or transparent)

    return replace(bank, cutouts=tuple(map(complete, bank.cutouts)), photos=tuple(map(complete, bank.photos)))


def _measured(bank: EntityBank, pack: int, entities: list[Entity]) -> dict[tuple[int, str], Measured]:
    memory = _Memory(bank.folders[pack])
    objects: dict[str, Entity] = {}
    for entity in entities:  # a cut-out and a photograph of one object have one matte
        objects.setdefault(entity.mask or entity.file, entity)
    stamps = {name: _stamp(bank, entity) for name, entity in objects.items()}
    known = {name: found for name in objects if (found := memory.recall(name, stamps[name])) is not None}
    new = [name for name in objects if name not in known]
    if new:
        pool = ThreadPoolExecutor(os.cpu_count())
        try:
            for name, found in zip(new, pool.map(lambda name: _measure(_shown(bank, objects[name])), new), strict=True):
                known[name] = found
        finally:  # what is measured when a file is broken, or a person loses patience, stays
            pool.shutdown(cancel_futures=True)
            memory.keep({name: (stamps[name], found) for name, found in known.items()})
    return {(pack, name): found for name, found in known.items()}


def _measure(cutout: Pixels) -> Measured:
    return dominant_colours(cutout), is_transparent(cutout[..., 3])


def _shown(bank: EntityBank, entity: Entity) -> Pixels:
    if entity.pack in bank.foreign:
        return glance(bank.folders[entity.pack], entity.file, entity.mask)
    if entity.mask:
        return np.dstack(bank.photo(entity))
    return bank.cutout(entity)


def _stamp(bank: EntityBank, entity: Entity) -> list[int]:
    """Sizes and times of the files that hold the object."""
    folder, part = bank.folders[entity.pack], "photos" if entity.mask else "entities"
    told: list[int] = []
    for name in filter(None, (entity.file, entity.mask)):
        for path in (folder / name, folder / part / name, folder / f"{part}.zip"):
            if path.is_file():
                told += [path.stat().st_size, path.stat().st_mtime_ns]
                break
    return told


class _Memory:
    """What was measured in a folder before."""

    def __init__(self, folder: Path) -> None:
        import platformdirs

        name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
        cache = Path(platformdirs.user_cache_dir("rim-editor", appauthor=False))
        self._path = cache / "attributes" / f"{name}-{_VERSION}.json"
        self._rows: dict[str, Any] = {}
        with suppress(OSError, ValueError):  # not there, or damaged: measured anew
            rows = json.loads(self._path.read_text(encoding="utf-8"))
            self._rows = rows if isinstance(rows, dict) else {}

    def recall(self, name: str, stamp: list[int]) -> Measured | None:
        """What is known of a file with this stamp."""
        try:
            then, colors, transparent = self._rows[name]
            return (tuple(Colour(*color) for color in colors), bool(transparent)) if then == stamp else None
        except (KeyError, TypeError, ValueError):
            return None

    def keep(self, rows: dict[str, tuple[list[int], Measured]]) -> None:
        """Remember these alone; without room or leave to write, the next reading measures again."""
        told = {
            name: [stamp, [[color.name, color.share, color.css] for color in colors], transparent]
            for name, (stamp, (colors, transparent)) in rows.items()
        }
        with suppress(OSError), whole_file(self._path) as file:
            file.write(json.dumps(told).encode())
