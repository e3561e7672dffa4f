"""Folders that are no packs as entity banks: the public matting sets as they are unpacked, and anyone's cut-outs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from typing import Any

from training.entity import BankError
from training.files.images import WITH_ALPHA, by_stem, image_files
from training.files.layouts import LAYOUTS, SetLayout, SplitFolders
from training.files.lists import KEYWORDS, listed_name, names_of, read_list
from training.nouns import everyday_names

IndexRow = dict[str, Any]
_KINDS = ("human", "animal", "object")
_PEOPLE = frozenset(
    name for noun in ("man", "woman", "boy", "girl", "child", "person") for name in everyday_names(noun, ())
)
_ANIMALS = frozenset(
    "alpaca animal antelope bear bird camel cat cattle cow deer dog elephant fish fox giraffe goat horse kangaroo "
    "leopard lion monkey pig rabbit rhinoceros sheep tiger wolf zebra".split()
)
"""AM-2k's twenty, and a few more."""
_CAMERA_WORDS = frozenset(
    "cutout cut dsc dscn foto image img mask photo pic picture pxl scan screenshot untitled".split()
)
"""Words of file names that cameras and programs give."""


def recognised(folder: Path) -> bool:
    """Whether `index_of` can read the folder."""
    return _layout(folder) is not None or bool(image_files(folder, WITH_ALPHA))


def index_of(folder: Path) -> dict[str, list[IndexRow]]:
    """The index of a folder as a pack would have it, without attributes: rows of entities, photos and backgrounds.

    A public set in one of LAYOUTS; or anyone's images with an alpha, and backgrounds in a folder `backgrounds` if any.
    What they show is in `keywords.csv` (file, keyword and, if wanted, synonyms with semicolons between and kind), where
    an empty keyword leaves a file out; else it follows from the set, or a cut-out's name: coffee_cup_02.png. Raises
    BankError with the expected tree, or naming what is missing; LayoutError for a broken list.
    """
    layout = _layout(folder)
    if layout is None and not image_files(folder, WITH_ALPHA):
        raise BankError(_expected(folder))
    keywords = _KeywordList(folder, layout)
    found = _own(folder, keywords) if layout is None else _public(folder, layout, keywords)
    keywords.refuse_unknown_files()
    return found


def held_out(stems: Iterable[str]) -> frozenset[str]:
    """The tenth of the names that is kept for validation, at least one of five or more.

    Chosen by their hashes, so that a name stays on its side when others come or go; but where no hash falls into the
    tenth, as in small folders, the lowest is taken, and that may be another name's when some come or go.
    """
    ranks = {stem: int.from_bytes(hashlib.sha256(stem.encode()).digest()[:8], "big") for stem in stems}
    chosen = frozenset(stem for stem, rank in ranks.items() if rank < 2**64 // 10)
    return chosen or (frozenset({min(ranks, key=ranks.__getitem__)}) if len(ranks) >= 5 else chosen)


def kind_of(keyword: str, synonyms: Iterable[str] = ()) -> str:
    """human, animal or object, by what a noun is also called."""
    names = set(everyday_names(keyword, tuple(synonyms)))
    return "human" if names & _PEOPLE else "animal" if names & _ANIMALS else "object"


class _KeywordList:
    """The keywords of a folder's files: from keywords.csv, else from the set or the file names."""

    def __init__(self, folder: Path, layout: SetLayout | None) -> None:
        self.folder, self.layout, self.path = folder, layout, folder / KEYWORDS
        lines = read_list(self.path, ("file", "keyword"), ("synonyms", "kind")) if self.path.is_file() else []
        self.lines = {listed_name(line["file"]): line for line in lines}
        self.used: set[str] = set()
        for name, line in self.lines.items():
            if line["kind"] not in ("", *_KINDS):
                raise BankError(f"{self.path}: the kind of {name} is '{line['kind']}': choose {', '.join(_KINDS)}")

    def row(self, split: str, *files: Path) -> IndexRow | None:
        """The row of the entity in these files, without them; None when keywords.csv leaves it out."""
        short = [file.relative_to(self.folder) for file in files]
        file = short[0]
        name = next((name for name in names_of(*short) if name in self.lines), None)
        source, kind = (self.layout.name, self.layout.kind) if self.layout else (self.folder.name, "")
        if name is None:
            keyword, synonyms = self._unlisted(file), []
        else:
            self.used.add(name)
            line = self.lines[name]
            keyword, kind = line["keyword"].lower(), line["kind"] or kind
            synonyms = [word.strip() for word in line["synonyms"].lower().split(";") if word.strip()]
        if not keyword:
            return None
        return {
            "id": f"{source}/{file.with_suffix('').as_posix()}",
            "keyword": keyword,
            "synonyms": synonyms,
            "kind": kind or kind_of(keyword, synonyms),
            "source": source,
            "split": split,
        }

    def _unlisted(self, file: PurePath) -> str:
        keyword = self.layout.keyword if self.layout else _keyword_in(file.stem)
        if keyword:
            return keyword
        if self.layout:
            raise BankError(
                f"{self.folder / file} does not say what it shows, nor do other files of {self.layout.name}: list "
                f"them in {self.path}, first line 'file,keyword', then lines as '{file.stem},...'; an empty keyword "
                "leaves a file out"
            )
        raise BankError(
            f"{self.folder / file} does not say what it shows: name it as in coffee_cup_02.png, or list it in "
            f"{self.path}, first line 'file,keyword', then lines as '{file.name},...'"
        )

    def refuse_unknown_files(self) -> None:
        strangers = [name for name in self.lines if name not in self.used]
        if strangers:
            raise BankError(f"{self.path} lists {strangers[0]}, which is not in {self.folder}")


def _own(folder: Path, keywords: _KeywordList) -> dict[str, list[IndexRow]]:
    files, grounds = image_files(folder, WITH_ALPHA), image_files(folder / "backgrounds")
    held, held_grounds = held_out(file.stem for file in files), held_out(file.stem for file in grounds)
    made = [(keywords.row("val_seen" if file.stem in held else "train", file), file.name) for file in files]
    return {
        "entities": [{**row, "file": name} for row, name in made if row],
        "photos": [],
        "backgrounds": [_ground(folder, file, "val" if file.stem in held_grounds else "train") for file in grounds],
    }


def _public(folder: Path, layout: SetLayout, keywords: _KeywordList) -> dict[str, list[IndexRow]]:
    entities: list[IndexRow] = []
    photos: list[IndexRow] = []
    for part in layout.parts:
        met: set[str] = set()
        for photo, colour, matte in (files for place in _places(folder, part) for files in _matched(place, part)):
            row = keywords.row(part.split, matte, colour, photo or colour)
            if row is None or matte.name in met:  # SIM shows one object under several patterns
                continue
            met.add(matte.name)
            row["mask"] = matte.relative_to(folder).as_posix()
            entities.append({**row, "file": colour.relative_to(folder).as_posix()})
            if photo is not None:
                file = photo.relative_to(folder).as_posix()
                photos.append({**row, "id": f"photo_{row['id']}", "file": file})
    grounds = [
        _ground(folder, file, split) for name, split in layout.backgrounds for file in image_files(folder / name)
    ]
    return {"entities": entities, "photos": photos, "backgrounds": grounds}


def _ground(folder: Path, file: Path, split: str) -> IndexRow:
    name = file.relative_to(folder).as_posix()
    return {"id": f"{folder.name}/{name}", "file": name, "may_contain": [], "split": split, "source": folder.name}


def _layout(folder: Path) -> SetLayout | None:
    for layout in LAYOUTS:
        if any(True for part in layout.parts for _ in _places(folder, part)):
            return layout
        if layout.backgrounds and all(image_files(folder / name) for name, _ in layout.backgrounds):
            return layout
    return None


def _places(folder: Path, part: SplitFolders) -> Iterator[Path]:
    """Folders that hold the part."""
    for place in sorted(folder.glob(part.folder)) if part.folder else [folder]:
        if (place / part.matte).is_dir() and (place / part.shown).is_dir():
            yield place


def _matched(place: Path, part: SplitFolders) -> Iterator[tuple[Path | None, Path, Path]]:
    """Photograph if any, file with the colours, and matte of each object."""
    photos = by_stem(place / part.image) if part.image else {}
    colours = by_stem(place / part.foreground) if part.foreground else {}
    mattes = by_stem(place / part.matte)
    for stem in sorted({*photos, *colours, *mattes}):
        photo, colour, matte = photos.get(stem), colours.get(stem), mattes.get(stem)
        shown = colour or photo
        if matte is None or shown is None:
            there, missing = (matte, part.shown) if matte else (shown, part.matte)
            raise BankError(f"{there} has no file of the same name in {place / missing}")
        yield photo, shown, matte


def _keyword_in(stem: str) -> str:
    """The words of a file's name without its number; empty where they do not name an object."""
    words = [re.sub(r"\d+$", "", word).lower() for word in re.split(r"[\s_\-.()]+", stem)]
    words = [word for word in words if word]
    is_name = all(len(word) > 1 and word.isalpha() and word not in _CAMERA_WORDS for word in words)
    return " ".join(words) if is_name else ""


def _expected(folder: Path) -> str:
    """What is wrong with a folder, by the layout that it comes closest to."""
    if not folder.is_dir():
        return f"{folder} is not a folder"
    wanted = {
        layout.name: [
            (Path(part.folder) / name).as_posix() for part in layout.parts for name in (part.shown, part.matte)
        ]
        for layout in LAYOUTS
    }
    there = {name: [path for path in paths if any(folder.glob(path))] for name, paths in wanted.items()}
    name = max(there, key=lambda name: len(there[name]))
    if there[name]:
        tree = next(layout.tree for layout in LAYOUTS if layout.name == name)
        return f"{folder} has {there[name][0]} as {name} has, but no more of it: expected {tree}"
    names = ", ".join(layout.name for layout in LAYOUTS)
    return (
        f"{folder} is not an entity bank: expected entities.jsonl with entities.zip (or entities/), and optionally "
        f"photos.jsonl and backgrounds.jsonl with theirs; or images with an alpha (PNG, WebP, TIFF); or {names} as "
        "they are unpacked"
    )
