"""Mutations: valid files made wrong in the ways in which damaged and hostile files are."""

from __future__ import annotations

import struct
import zlib
from random import Random
from typing import Any

EXTREMES = (0, 1, 2**7 - 1, 2**7, 2**8 - 1, 2**15 - 1, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1, 2**63, 2**64 - 1)
_PNG = b"\x89PNG\r\n\x1a\n"
_HEAD = 160
"""Bytes at the beginning that are changed as often as all others together, for sizes and offsets are there."""


def mutated(data: bytes, chance: Random) -> bytes:
    """One to three changes of bytes; the checksums of a PNG are put right half of the time, so that it is read on."""
    for _ in range(chance.choice((1, 1, 2, 3))):
        data = chance.choice(_WAYS)(data, chance) or b"\0"
    return _with_sums(data) if data.startswith(_PNG) and chance.random() < 0.5 else data


def change_data(data: Any, chance: Random) -> None:
    """Replace, remove or repeat one value somewhere in JSON data."""
    while True:
        keys = list(data) if isinstance(data, dict) else list(range(len(data)))
        if not keys:
            return
        key = chance.choice(keys)
        if isinstance(data[key], dict | list) and data[key] and chance.random() < 0.8:
            data = data[key]
            continue
        if chance.random() < 0.2:
            del data[key]
        elif isinstance(data, list) and chance.random() < 0.1:
            data.extend(data * chance.choice((1, 300)))
        else:
            data[key] = chance.choice(_strange())
        return


def _strange() -> list[Any]:
    return [None, True, False, -1, 0, 1, 0.5, -0.0, 10**30, 10**400, 1e308, float("nan"), float("inf"), "", "x",
            "\ud800", "\0", "/etc/passwd", "../../x", "a/../b", "matte2.png", [], {}, [[]], {"": ""}, {"file": 3},
            {"file": "no.png"}, {"kind": "Stroke"}, "a" * 20_000, "{", "\u202e\u200b", [0] * 1000]  # fmt: skip


def _place(data: bytes, chance: Random) -> int:
    return chance.randrange(min(len(data), _HEAD) if chance.random() < 0.5 else len(data))


def _flipped(data: bytes, chance: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        changed[_place(data, chance)] = chance.choice((0, 255, chance.randrange(256)))
    return bytes(changed)


def _cut_off(data: bytes, chance: Random) -> bytes:
    return data[: _place(data, chance)]


def _without_piece(data: bytes, chance: Random) -> bytes:
    at = _place(data, chance)
    return data[:at] + data[at + chance.randrange(1, 400) :]


def _repeated_piece(data: bytes, chance: Random) -> bytes:
    at, size = _place(data, chance), chance.randrange(1, 400)
    return data[:at] + data[at : at + size] * chance.choice((2, 3, 50)) + data[at + size :]


def _extreme_field(data: bytes, chance: Random) -> bytes:
    size, order = chance.choice((1, 2, 4, 8)), chance.choice(("little", "big"))
    at = _place(data, chance)
    value = chance.choice(EXTREMES) & ((1 << (8 * size)) - 1)
    return data[:at] + value.to_bytes(size, order) + data[at + size :]


def _moved_piece(data: bytes, chance: Random) -> bytes:
    start, end = sorted((_place(data, chance), _place(data, chance)))
    piece, rest = data[start:end], data[:start] + data[end:]
    at = chance.randrange(len(rest) + 1)
    return rest[:at] + piece + rest[at:]


def _repeated_part(data: bytes, chance: Random) -> bytes:
    """A whole chunk of a PNG or segment of a JPEG once or many times more; of others any piece."""
    parts = _parts(data)
    if not parts:
        return _repeated_piece(data, chance)
    start, end = chance.choice(parts)
    at = chance.choice(parts)[0]
    return data[:at] + data[start:end] * chance.choice((1, 2, 500)) + data[at:]


def _parts(data: bytes) -> list[tuple[int, int]]:
    found = []
    if data.startswith(_PNG):
        at = len(_PNG)
        while at + 12 <= len(data):
            end = at + 12 + int.from_bytes(data[at : at + 4], "big")
            found.append((at, min(end, len(data))))
            at = end
    elif data.startswith(b"\xff\xd8"):
        at = 2
        while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
            end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
            found.append((at, min(end, len(data))))
            at = end
    return found


def _with_sums(data: bytes) -> bytes:
    made = bytearray(data)
    for start, end in _parts(data):
        if end - start >= 12:
            made[end - 4 : end] = struct.pack(">I", zlib.crc32(bytes(made[start + 4 : end - 4])))
    return bytes(made)


_WAYS = (
    _flipped, _flipped, _cut_off, _without_piece, _repeated_piece, _extreme_field, _extreme_field, _moved_piece,
    _repeated_part,
)  # fmt: skip
