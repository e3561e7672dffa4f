"""Which entry of which project's file holds an array, so that saving again copies it instead of encoding it anew."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
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

    @contextmanager
    def reading(self) -> Iterator[Callable[[NDArray[Any]], bytes | None]]:
        """A function that returns the entry that holds an array object; each file is opened once within the block.

        None when no entry is known, or its file is gone or another one now.
        """
        with ExitStack() as stack:
            opened: dict[tuple[Path, Signature], Archive | None] = {}

            def archive_of(path: Path, of: Signature) -> Archive | None:
                if (path, of) not in opened:
                    opened[path, of] = None
                    with suppress(OSError, ValueError):
                        if signature(path) == of:
                            opened[path, of] = stack.enter_context(Archive.open(path))
                return opened[path, of]

            def content(array: NDArray[Any]) -> bytes | None:
                known, path, of, name = self._places.get(id(array), (None, Path(), (0, 0, 0), ""))
                if known is None or known() is not array:
                    return None
                archive = archive_of(path, of)
                with suppress(OSError, ValueError):
                    return None if archive is None else archive.read(name)
                return None

            yield content


STORED = StoredArrays()
"""The arrays of all projects of this process. They are never changed, so what is stored once stays right."""
