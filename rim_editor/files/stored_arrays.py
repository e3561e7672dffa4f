"""Which entry of which project's file holds an array, so that saving again copies it instead of encoding it anew."""

from __future__ import annotations

import weakref
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rim_editor.files.archives import Archive, Signature, signature

if TYPE_CHECKING:
    from numpy.typing import NDArray


class StoredArrays:
    """Remembers arrays for as long as they live; may be used on several threads."""

    def __init__(self) -> None:
        self._places: dict[int, tuple[weakref.ref[Any], Path, Signature, str]] = {}

    def note(self, array: NDArray[Any], path: Path, of: Signature, name: str) -> None:
        """Remember that the entry `name` of the file `path` with the signature `of` holds this array object."""
        key = id(array)
        self._places[key] = weakref.ref(array, lambda _: self._places.pop(key, None)), path, of, name

    def content(self, array: NDArray[Any]) -> bytes | None:
        """The entry that holds this array object; None when none is known, or its file is gone or another one now."""
        known, path, of, name = self._places.get(id(array), (None, Path(), (0, 0, 0), ""))
        if known is None or known() is not array:
            return None
        with suppress(OSError, ValueError):
            if signature(path) == of:
                with Archive.open(path) as archive:
                    return archive.read(name)
        return None


STORED = StoredArrays()
"""The arrays of all projects of this process. They are never changed, so what is stored once stays right."""
