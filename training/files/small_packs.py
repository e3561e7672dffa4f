"""Small packs: as many of the training pictures of packs as fit into so many bytes, reduced to what training sees."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from PIL import Image

from clipmat.files import write_whole
from training.entity import BankError, Entity, LabelledPhoto, Pixels, SceneBackground
from training.files.entity_bank import EntityBank, index_rows

SHARES = {"scenes": 0.45, "photos": 0.3, "entities": 0.2, "backgrounds": 0.05}
"""Of the bytes, by part; what a part does not need goes to the others."""
_GEOMETRY = ("width", "height", "mask_share", "box", "area")
"""Fields that training does not read, and that would not hold for smaller pictures."""
_LEVELS = 15
"""Steps of a mask between nothing and everything."""
_MEMBER = 76 + 22
"""Bytes that a zip needs for a file beside its content and twice its name."""
_DRAWN_LATER = 3
"""How much less often an emoji has its turn than photographed things."""


class _Item(NamedTuple):
    """A picture that may go along."""

    pack: int
    row: dict[str, Any]
    shown: Entity | LabelledPhoto | SceneBackground


def write_small_packs(
    packs: Sequence[Path], out: Path, most_bytes: int, side: int, quality: int, *, licensed_only: bool = False
) -> dict[tuple[str, str], tuple[int, int]]:
    """Write a folder of the same name in `out` for each pack; returns pictures taken and there by pack and part.

    Only the split `train` goes along, its longer side reduced to `side` pixels, as WebP of `quality` 1..100, masks and
    alpha without loss but for their levels, of which 16 stay. Keywords and sources come as often as training
    draws them. With `licensed_only` pictures without an open licence stay behind. Raises BankError when a folder is no
    pack or two have the same name, OSError.
    """
    names = [folder.resolve().name for folder in packs]
    if len(set(names)) < len(names):
        raise BankError(f"two packs have the same name ({', '.join(sorted(names))}): rename one of the folders")
    banks = [EntityBank.read([folder], licensed_only=licensed_only).select("train") for folder in packs]
    for folder, bank in zip(packs, banks, strict=True):
        if bank.foreign:
            raise BankError(f"{folder} is no pack (entities.jsonl or scenes.jsonl): only packs can be made smaller")
    there = {part: list(_in_turn(_items(packs, banks, part))) for part in SHARES}
    taken: dict[tuple[int, str], tuple[list[dict[str, Any]], dict[str, bytes]]] = defaultdict(lambda: ([], {}))
    spent, left = dict.fromkeys(SHARES, 0), {part: iter(items) for part, items in there.items()}
    while left:
        part = min(left, key=lambda part: spent[part] / SHARES[part])
        item = next(left[part], None)
        if item is None:
            del left[part]
            continue
        row, files = _reduced(banks[item.pack], item, side, quality)
        size = len(_line(row)) + sum(len(content) + _MEMBER + 2 * len(name) for name, content in files.items())
        if sum(spent.values()) + size > most_bytes:
            break
        spent[part] += size
        taken[item.pack, part][0].append(row)
        taken[item.pack, part][1].update(files)
    for (pack, part), (rows, files) in taken.items():
        _write_part(out / names[pack], part, rows, files)
    counts = Counter((item.pack, part) for part, items in there.items() for item in items)
    return {(names[pack], part): (len(taken[pack, part][0]), count) for (pack, part), count in counts.items()}


def _items(packs: Sequence[Path], banks: Sequence[EntityBank], part: str) -> Iterator[_Item]:
    for number, (folder, bank) in enumerate(zip(packs, banks, strict=True)):
        rows = {row["id"]: row for row in index_rows(folder, part)}
        shown: dict[str, Sequence[Entity | LabelledPhoto | SceneBackground]] = {
            "scenes": bank.scenes, "photos": bank.photos, "entities": bank.cutouts, "backgrounds": bank.backgrounds,
        }  # fmt: skip
        yield from (_Item(number, rows[each.id], each) for each in shown[part])


def _in_turn(items: Iterator[_Item]) -> Sequence[_Item]:
    """Of each keyword, or source where there is none, by the root of its number: as training draws them."""
    hashed = sorted((hashlib.sha256(str(item.row["id"]).encode()).digest(), item) for item in items)
    numbers = Counter(_kind(item) for _, item in hashed)
    met: Counter[str] = Counter()
    ranked: list[tuple[float, bytes, _Item]] = []
    for digest, item in hashed:
        kind = _kind(item)
        met[kind] += 1
        later = _DRAWN_LATER if "emoji" in str(item.row.get("source", "")) else 1
        ranked.append((later * met[kind] / numbers[kind] ** 0.5, digest, item))
    return [item for _, _, item in sorted(ranked, key=lambda ranked: ranked[:2])]


def _kind(item: _Item) -> str:
    return str(item.row.get("keyword", item.row.get("source", "")))


def _reduced(bank: EntityBank, item: _Item, side: int, quality: int) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The row of a picture, and its files by name."""
    row = {key: value for key, value in item.row.items() if key not in _GEOMETRY}
    shown = item.shown
    image: Pixels
    masks: tuple[Pixels, ...] = ()
    if isinstance(shown, LabelledPhoto):
        image, masks = bank.scene(shown)
        row["objects"] = [
            {**{key: value for key, value in each.items() if key not in _GEOMETRY}, "mask": _named(each["mask"])}
            for each in row["objects"]
        ]
        files = {each["mask"]: b"" for each in row["objects"]}
    elif isinstance(shown, SceneBackground):
        image, files = bank.background(shown), {}
    elif shown.mask:
        image, mask = bank.photo(shown)
        masks, row["mask"] = (mask,), _named(row["mask"])
        files = {row["mask"]: b""}
    else:
        image, files = bank.cutout(shown), {}
    row["file"] = _named(row["file"])
    contents = (_webp(np.dstack([_coarse(_smaller(mask, side))] * 3)) for mask in masks)
    return row, {row["file"]: _webp(_smaller(image, side), quality), **dict(zip(files, contents, strict=True))}


def _named(name: str) -> str:
    return f"{name}.webp"  # the former suffix stays: an image and its mask may differ in nothing else


def _smaller(pixels: Pixels, side: int) -> Pixels:
    """HxW or HxWxC uint8, its longer side `side` pixels at most; colours of a cut-out count by its alpha."""
    scale = side / max(pixels.shape[:2])
    if scale >= 1:
        return pixels
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    if pixels.ndim == 2 or pixels.shape[2] == 3:
        return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    alpha = pixels[..., 3:].astype(np.float32) + 1e-3  # where nothing is seen the colours are kept all the same
    weighted = cv2.resize(np.dstack([pixels[..., :3] * alpha, alpha]), size, interpolation=cv2.INTER_AREA)
    colour = weighted[..., :3] / weighted[..., 3:]
    return np.asarray(np.dstack([colour, weighted[..., 3]]).clip(0, 255) + 0.5, np.uint8)


def _coarse(mask: Pixels) -> Pixels:
    levels = (mask.astype(np.uint16) * _LEVELS + 127) // 255
    return np.asarray(levels * (255 // _LEVELS), np.uint8)


def _webp(pixels: Pixels, quality: int | None = None) -> bytes:
    """HxWx3 or HxWx4 uint8 as WebP; without `quality`, and an alpha always, without loss."""
    if pixels.shape[2] == 4:
        pixels = np.dstack([pixels[..., :3], _coarse(pixels[..., 3])])
    buffer, lossless = io.BytesIO(), quality is None
    Image.fromarray(pixels).save(buffer, "WEBP", lossless=lossless, quality=quality or 80, method=4, exact=True)
    return buffer.getvalue()


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, separators=(",", ":")) + "\n"


def _write_part(folder: Path, part: str, rows: Sequence[dict[str, Any]], files: dict[str, bytes]) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)  # without today's date: the same bytes
    write_whole(folder / f"{part}.zip", buffer.getvalue())
    write_whole(folder / f"{part}.jsonl", "".join(map(_line, rows)))
