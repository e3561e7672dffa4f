"""Zip files that were made elsewhere, read with care: sizes are checked before anything is unpacked, nothing is
extracted to the disk, and of a file that was cut off or damaged the entries that are whole are still read.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

Signature = tuple[int, int, int]
"""What tells a file from another one that has taken its place."""
MOST_BYTES = 1 << 30
"""Of one entry, unpacked."""
MOST_PIXELS = 180_000_000
"""Of a picture within, as of one that is opened by itself."""
_MOST_ENTRIES = 100_000
_LOCAL = b"PK\x03\x04"
_HEADER = struct.Struct("<4sHHHHHIIIHH")
_BLOCK = 1 << 20
_DAMAGE: tuple[type[Exception], ...] = (
    BadZipFile,
    OSError,
    EOFError,
    ValueError,
    KeyError,
    RuntimeError,
    NotImplementedError,
    struct.error,
    zlib.error,
)
"""What zipfile raises on damage; NotImplementedError for compressions that we never use."""


def signature(file: int | Path) -> Signature:
    """The signature of a file, or of an open one by its descriptor. Raises OSError."""
    found = os.fstat(file) if isinstance(file, int) else file.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def is_of_type(path: Path, mimetype: bytes, suffix: str) -> bool:
    """Whether a zip begins with this type, as OpenRaster began it, or is called `suffix`, such as '.ora'.

    False for a file that cannot be opened; raises nothing.
    """
    try:
        with path.open("rb") as file:
            start = file.read(128)
    except (OSError, ValueError):
        return False
    return mimetype in start or path.suffix.lower() == suffix


class Archive:
    """The entries of an open zip file by name; of several with one name, the last."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._zip: ZipFile | None = None
        self.is_whole = True
        """Whether the list of entries at the end of the file could be read."""
        self._entries: dict[str, ZipInfo | tuple[int, int, int]] = {}
        try:
            self._zip = ZipFile(file)
            self._entries |= {info.filename: info for info in self._zip.infolist()[:_MOST_ENTRIES]}
        except _DAMAGE:
            self.is_whole = False
            self._entries |= _scan(file)

    @classmethod
    def open(cls, path: Path) -> Archive:
        """The archive of a file. Raises OSError; a file that is no zip has no entries."""
        return cls(path.open("rb"))

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._zip is not None:
            self._zip.close()
        self._file.close()

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the entries; they are not paths, whatever they look like."""
        return tuple(self._entries)

    @property
    def signature(self) -> Signature:
        """What tells the file from another one that takes its place."""
        return signature(self._file.fileno())

    def read(self, name: str, most: int = MOST_BYTES) -> bytes:
        """The content of an entry. Raises ValueError when it is missing, damaged, or has more than `most` bytes."""
        try:
            entry = self._entries[name]
            if isinstance(entry, ZipInfo):
                return self._listed(entry, most)
            return self._found(name, *entry, most)
        except _DAMAGE as error:
            reason = "is missing" if isinstance(error, KeyError) else f"is damaged ({error})"
            raise ValueError(f"{name} {reason}") from error

    def _listed(self, info: ZipInfo, most: int) -> bytes:
        assert self._zip is not None
        if info.file_size > most:
            raise ValueError("it is too large")
        with self._zip.open(info) as file:
            content = file.read(most + 1)  # the size that the list gives need not be true
        if len(content) > most:
            raise ValueError("it is too large")
        return content

    def _found(self, name: str, at: int, size: int, checksum: int, most: int) -> bytes:
        if size > most:
            raise ValueError("it is too large")
        self._file.seek(at)
        content = self._file.read(size)
        if len(content) < size or zlib.crc32(content) != checksum:
            raise ValueError("it was cut off")
        return content


def _scan(file: BinaryIO) -> dict[str, tuple[int, int, int]]:
    """Stored entries by name, found by the header before each one: where the content begins, its size and CRC-32."""
    found: dict[str, tuple[int, int, int]] = {}
    for at in _headers(file):
        file.seek(at)
        header = file.read(_HEADER.size)
        if len(header) < _HEADER.size or len(found) >= _MOST_ENTRIES:
            break
        _, _, flags, method, _, _, checksum, size, _, name_size, extra_size = _HEADER.unpack(header)
        if method == 0 and not flags & 0b1001:  # not compressed, not encrypted, and of a size that is known here
            name = file.read(name_size).decode("utf-8", "replace")
            found[name] = (at + _HEADER.size + name_size + extra_size, size, checksum)
    return found


def _headers(file: BinaryIO) -> Iterator[int]:
    """Where the mark of a header stands. Content may hold one by chance: it is no entry then, by its CRC-32."""
    base, rest = 0, b""
    while True:
        file.seek(base + len(rest))
        block = file.read(_BLOCK)
        if not block:
            return
        data, at = rest + block, -1
        while (at := data.find(_LOCAL, at + 1)) >= 0:
            yield base + at
        keep = len(_LOCAL) - 1
        base, rest = base + max(0, len(data) - keep), data[-keep:]
