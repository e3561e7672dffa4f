"""The entity bank: cut-outs, photographs, scenes and backgrounds of packs, read from their JSON indexes."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from training.captions import descriptions
from training.entity import BankError, ColourShare, Entity, Garment, LabelledPhoto, Pixels, SceneBackground
from training.files import images, scenes, sources
from training.files.attributes import with_attributes
from training.files.licences import licence_filter
from training.nouns import everyday_names, possible_names
from training.recolouring import turned_hue

PARTS = ("entities", "photos", "backgrounds", "scenes")
"""Of a pack: each has an index, and a zip or a folder."""


@dataclass(frozen=True)
class EntityBank:
    """Index of everything, and the pixels on demand (kept in memory once decoded)."""

    folders: tuple[Path, ...]
    cutouts: tuple[Entity, ...]
    photos: tuple[Entity, ...]
    backgrounds: tuple[SceneBackground, ...]
    foreign: frozenset[int] = frozenset()
    """Indices of the folders that are no packs: `training.files.sources` knows their layouts."""
    scenes: tuple[LabelledPhoto, ...] = ()
    _decoded: dict[tuple[int, str, str], Pixels] = field(default_factory=dict, repr=False)
    _archives: dict[tuple[int, int, str], zipfile.ZipFile] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, folders: Sequence[str | Path], *, licensed_only: bool = False) -> EntityBank:
        """Read packs, and folders of images in the layouts that `training.files.sources` lists.

        Colours and transparency that an index lacks are measured. With `licensed_only` pictures that are not stated
        to be openly licensed (`training.files.licences`) are left out. Raises BankError with the expected tree when a
        folder is neither, LayoutError for a broken list or image.
        """
        cutouts: list[Entity] = []
        photos: list[Entity] = []
        backgrounds: list[SceneBackground] = []
        paths = tuple(Path(folder) for folder in folders)
        kept = [licence_filter(folder) if licensed_only else _any_row for folder in paths]
        labelled = [
            _scene(row, pack)
            for pack, folder in enumerate(paths)
            if scenes.holds_scenes(folder)
            for row in filter(kept[pack], index_rows(folder, "scenes"))
            if row.get("objects")
        ]
        foreign = frozenset(
            i
            for i, folder in enumerate(paths)
            if not (folder / "entities.jsonl").is_file() and not scenes.holds_scenes(folder)
        )
        for pack, folder in enumerate(paths):
            index = sources.index_of(folder) if pack in foreign else _index(folder)
            cutouts += [_entity(row, pack) for row in filter(kept[pack], index["entities"])]
            photos += [_entity(row, pack) for row in filter(kept[pack], index["photos"])]
            backgrounds += [_background(row, pack) for row in filter(kept[pack], index["backgrounds"])]
        # A photograph shows the person of the cut-out with the same id: it wears the same garments.
        worn = {entity.id: entity.garments for entity in cutouts}
        photos = [replace(p, garments=worn.get(p.id.removeprefix("photo_"), p.garments)) for p in photos]
        bank = cls(paths, tuple(cutouts), tuple(photos), tuple(backgrounds), foreign, tuple(labelled))
        every = with_attributes((*cutouts, *photos), paths, bank.preview)
        return replace(bank, cutouts=every[: len(cutouts)], photos=every[len(cutouts) :])

    def select(self, *splits: str) -> EntityBank:
        """The part of the bank in the named splits; backgrounds follow as train or val."""
        grounds = {"train" if split == "train" else "val" for split in splits}
        return replace(
            self,
            cutouts=tuple(e for e in self.cutouts if e.split in splits),
            photos=tuple(e for e in self.photos if e.split in splits),
            backgrounds=tuple(b for b in self.backgrounds if b.split in grounds),
            scenes=tuple(s for s in self.scenes if s.split in splits),
        )

    def cutout(self, entity: Entity) -> Pixels:
        """HxWx4 uint8 RGBA with straight alpha."""
        if entity.pack in self.foreign:
            return images.cutout(self.folders[entity.pack], entity.file, entity.mask)
        pixels = self._load(entity.pack, "entities", entity.file, "RGBA")
        return turned_hue(pixels, entity.hue) if entity.hue else pixels

    def preview(self, entity: Entity) -> Pixels:
        """HxWx4 uint8 RGBA of a cut-out or photograph, to measure it by: small and quick where no pack holds it."""
        if entity.pack in self.foreign:
            return images.preview(self.folders[entity.pack], entity.file, entity.mask)
        return np.dstack(self.photo(entity)) if entity.mask else self.cutout(entity)

    def photo(self, entity: Entity) -> tuple[Pixels, Pixels]:
        """HxWx3 uint8 image and HxW uint8 matte of a photograph."""
        if entity.pack in self.foreign:
            return images.photo(self.folders[entity.pack], entity.file, entity.mask)
        image = self._load(entity.pack, "photos", entity.file, "RGB")
        return image, self._load(entity.pack, "photos", entity.mask, "L")

    def scene(self, photo: LabelledPhoto) -> tuple[Pixels, tuple[Pixels, ...]]:
        """HxWx3 uint8 image and HxW uint8 matte of each object of a labelled photograph."""
        image = self._load(photo.pack, "scenes", photo.file, "RGB")
        return image, tuple(self._load(photo.pack, "scenes", each.mask, "L") for each in photo.objects)

    def background(self, background: SceneBackground) -> Pixels:
        """HxWx3 uint8 image."""
        if background.pack in self.foreign:
            return images.background(self.folders[background.pack], background.file)
        return self._load(background.pack, "backgrounds", background.file, "RGB")

    def _load(self, pack: int, part: str, name: str, mode: str) -> Pixels:
        key = (pack, part, name)
        if key not in self._decoded:
            try:
                with Image.open(io.BytesIO(self._bytes(pack, part, name))) as picture:
                    self._decoded[key] = np.asarray(picture.convert(mode))
            except (OSError, KeyError, zipfile.BadZipFile) as error:
                raise BankError(f"{self.folders[pack]}: {name} cannot be read: {error}") from error
        return self._decoded[key]

    def _bytes(self, pack: int, part: str, name: str) -> bytes:
        folder = self.folders[pack]
        if (folder / part).is_dir():
            return (folder / part / name).read_bytes()
        key = (os.getpid(), pack, part)  # copies of a process would share the place in a file that is open
        if key not in self._archives:
            self._archives[key] = zipfile.ZipFile(folder / f"{part}.zip")
        return self._archives[key].read(name)


def _index(folder: Path) -> Mapping[str, Iterable[dict[str, Any]]]:
    return {part: index_rows(folder, part) for part in ("entities", "photos", "backgrounds")}


def index_rows(folder: Path, part: str) -> Iterator[dict[str, Any]]:
    """The rows of a pack's index of a part (entities, photos, backgrounds, scenes) as they are; none without one.

    Raises BankError naming the line that is broken.
    """
    path = folder / f"{part}.jsonl"
    if not path.is_file():
        return
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield json.loads(line)
            except json.JSONDecodeError as error:
                raise BankError(f"{path}, line {number} is not JSON: {error}") from error


def _any_row(row: dict[str, Any]) -> bool:
    return True


def licensed_counts(folder: Path) -> dict[str, tuple[int, int]]:
    """How many pictures of each part of a pack are openly licensed, and how many there are.

    Raises BankError and LayoutError naming what is broken.
    """
    is_licensed = licence_filter(folder)
    parts = {part: [*map(is_licensed, index_rows(folder, part))] for part in PARTS}
    return {part: (sum(licensed), len(licensed)) for part, licensed in parts.items() if licensed}


def _background(row: dict[str, Any], pack: int) -> SceneBackground:
    try:
        # A street with cars shows vehicles and vans as well.
        seen = {name for word in row["may_contain"] for name in everyday_names(word, ())}
        seen |= {name for word in row["may_contain"] for name in possible_names(word, "object", (word,))}
        return SceneBackground(row["id"], row["file"], frozenset(seen), row["split"], pack)
    except KeyError as error:
        raise BankError(f"background {row.get('id', '?')}: the field {error} is missing") from error


def _scene(row: dict[str, Any], pack: int) -> LabelledPhoto:
    try:
        common = {"source": row["source"], "split": row["split"], "file": row["file"]}
        objects = [_entity({**each, **common, "id": each["mask"]}, pack) for each in row["objects"]]
        seen = scenes.may_contain(row)
        written = descriptions(row.get("captions", ()), objects, seen)
        return LabelledPhoto(
            row["id"],
            row["file"],
            tuple(replace(each, descriptions=found) for each, found in zip(objects, written, strict=True)),
            seen,
            scenes.absent(row),
            row["split"],
            pack,
        )
    except KeyError as error:
        raise BankError(f"scene {row.get('id', '?')}: the field {error} is missing") from error


def _entity(row: dict[str, Any], pack: int) -> Entity:
    try:
        names = everyday_names(row["keyword"], tuple(row["synonyms"]))
        return Entity(
            id=row["id"],
            keyword=row["keyword"],
            kind=row["kind"],
            names=names,
            maybe=possible_names(row["keyword"], row["kind"], names),
            colours=tuple(ColourShare(c["name"], c["share"], c.get("css", "")) for c in row.get("colors", ())),
            garments=tuple(Garment(g["name"], g["color"], g["share"], g["purity"]) for g in row.get("garments", ())),
            source=row["source"],
            split=row["split"],
            file=row["file"],
            mask=row.get("mask", ""),
            pack=pack,
            transparent=row.get("transparent", False),
        )
    except KeyError as error:
        raise BankError(f"entry {row.get('id', '?')}: the field {error} is missing") from error
