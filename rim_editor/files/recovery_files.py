"""What recovery writes of a document: a folder with state.json and each array as a PNG beside it, mattes in 16 bits."""

from __future__ import annotations

import json
import os
import weakref
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipmat import image_files
from clipmat.errors import ImageUnreadable
from clipmat.files import write_whole
from rim_editor.documents.document import Document, Layer
from rim_editor.errors import EditorError
from rim_editor.files import document_records

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rim_editor.documents.rendering import ViewMode

VERSION = 2
"""1 had the parts, controls and edit of the one layer where 2 has layers."""
_STATE = "state.json"


class UnknownVersion(Exception):
    """The state was saved by another version of the editor."""


@dataclass(frozen=True)
class Summary:
    """A saved state before it is restored."""

    path: Path | None
    """The image's file; None for one that had none."""
    saved_at: datetime
    """In UTC."""
    expressions: tuple[str, ...]
    project: Path | None = None
    """The file of the project that the document belongs to."""
    linked: bool = False
    """Whether the image is not in that file."""
    mode: ViewMode | None = None
    """How the document was shown, if that is known."""
    image_name: str = ""
    """What the image is called if it has no file; '' for the usual name."""


@dataclass
class WrittenArrays:
    """The arrays that a folder holds, so that the next folder can link to them instead of encoding them again."""

    names: dict[int, tuple[weakref.ref[Any], str]] = field(default_factory=dict)
    image: tuple[weakref.ref[Any], int, tuple[int, int] | None] | None = None
    """The pixels of the source, their checksum, and the size and time that its file had when it was first seen."""

    def name(self, array: NDArray[Any]) -> str | None:
        """The file that holds this array object; None when there is none."""
        known, name = self.names.get(id(array), (None, ""))
        return name if known is not None and known() is array else None


def write(
    document: Document,
    folder: Path,
    former: WrittenArrays,
    former_folder: Path | None,
    project: Path | None = None,
    linked: bool = False,
    mode: ViewMode | None = None,
    image_name: str = "",
) -> WrittenArrays:
    """Write a document into an empty folder; arrays that `former_folder` holds, as listed in `former`, are linked.

    `project` is the file that it belongs to, `linked` whether the image is not in that, `mode` how it is shown,
    `image_name` what an image without a file is called.

    The image is referenced by its path while its file has not changed since it was first saved; after that its pixels
    are stored. Raises OSError.
    """
    belongs = {"project": None if project is None else str(project.absolute()), "linked": linked, "view": mode}
    belongs["image_name"] = image_name
    return _Writer(folder, former, former_folder).write(document, belongs)


def summary(folder: Path) -> Summary:
    """The summary of the state in a folder; its arrays are not read.

    Raises UnknownVersion, ValueError when it is damaged.
    """
    state = _state(folder)
    try:
        path = state["image"]["path"]
        parts = [part for layer in state["layers"] for part in layer["parts"]]
        expressions = tuple(str(part["expression"]) for part in parts if part["kind"] == "Answer")
        project = None if state.get("project") is None else Path(state["project"])
        saved_at, linked = datetime.fromisoformat(state["kept"]), state.get("linked") is True
        mode = document_records.restored_mode(state.get("view"))
        name = str(state.get("image_name", ""))
        return Summary(None if path is None else Path(path), saved_at, expressions, project, linked, mode, name)
    except (KeyError, TypeError) as error:
        raise ValueError(f"{error!r} is missing in {_STATE}") from error


def read(folder: Path) -> Document:
    """The document of a folder, its mattes within half a 65535th.

    Warns with an EditorWarning when the image's file has changed since. Raises ImageUnreadable when it is gone,
    EditorError when the folder is damaged or the image has another size now.
    """
    try:
        state = _state(folder)
        source = _source(folder, state["image"])
        layers = tuple(_layer(folder, layer) for layer in state["layers"])
        return Document(source, layers, int(state["active"]))
    except UnknownVersion as error:
        raise EditorError(f"{error}: open it with that version.") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise EditorError(f"The work saved in '{folder}' is damaged ({error}): it cannot be restored.") from error


class _Writer:
    def __init__(self, folder: Path, former: WrittenArrays, former_folder: Path | None) -> None:
        self.folder, self.former, self.former_folder = folder, former, former_folder
        self.written = WrittenArrays()

    def write(self, document: Document, belongs: dict[str, Any]) -> WrittenArrays:
        state = {
            "version": VERSION,
            "kept": datetime.now(UTC).isoformat(),
            "image": self._image(document.source),
            "layers": [self._layer(layer) for layer in document.layers],
            "active": document.active,
            **belongs,
        }
        write_whole(self.folder / _STATE, document_records.to_json(state))
        return self.written

    def _image(self, source: image_files.OpenedImage) -> dict[str, Any]:
        path = None if source.path is None else source.path.absolute()
        now = _signature(path)
        if self.former.image is None or self.former.image[0]() is not source.pixels:
            checksum = document_records.checksum(source.pixels)
            self.written.image = (weakref.ref(source.pixels), checksum, now)
        else:
            self.written.image = self.former.image
        _, checksum, first = self.written.image
        size = [source.pixels.shape[1], source.pixels.shape[0]]
        described: dict[str, Any] = {"path": None if path is None else str(path), "size": size, "checksum": checksum}
        if source.altered or now is None or now != first:
            described |= document_records.described_image(source, self._stored)
        return described

    def _layer(self, layer: Layer) -> dict[str, Any]:
        parts = [document_records.described(part, self._stored) for part in layer.parts]
        return {"parts": parts, **document_records.described_layer(layer, self._stored)}

    def _stored(self, array: NDArray[Any]) -> str:
        name = self.written.name(array)
        if name is None:
            name = f"{len(self.written.names)}.png"
            if not self._linked(array, self.folder / name):
                write_whole(self.folder / name, document_records.encoded(array))
            self.written.names[id(array)] = (weakref.ref(array), name)
        return name

    def _linked(self, array: NDArray[Any], path: Path) -> bool:
        former = self.former.name(array)
        if former is None or self.former_folder is None:
            return False
        try:
            os.link(self.former_folder / former, path)
        except OSError:  # a disk without links, or a newer state has replaced the former one
            return False
        return True


def _state(folder: Path) -> dict[str, Any]:
    try:
        state = json.loads((folder / _STATE).read_bytes())
        version = state["version"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"{_STATE}: {error}") from error
    if version == 1:
        layer = {name: state.pop(name) for name in ("parts", "controls", "edit") if name in state}
        return {**state, "version": VERSION, "layers": [layer], "active": 0}
    if version != VERSION:
        raise UnknownVersion(f"'{folder}' was saved by another version of RIM Editor")
    return dict(state)


def _source(folder: Path, image: dict[str, Any]) -> image_files.OpenedImage:
    path = None if image["path"] is None else Path(image["path"])
    if image.get("pixels") is not None:
        alpha = None if image["alpha"] is None else _decoded(folder / image["alpha"])
        pixels, metadata = _decoded(folder / image["pixels"]), document_records.restored_metadata(image)
        altered, page = bool(image.get("altered", False)), document_records.restored_page(image)
        return image_files.OpenedImage(path, pixels, alpha, metadata, altered, page)
    if path is None:
        raise ValueError("it holds no image")
    if not os.path.isfile(path):
        raise ImageUnreadable(f"'{path}' is gone: put the image back at that place to restore the work on it.")
    return document_records.linked_image(path, image)


def _layer(folder: Path, record: dict[str, Any]) -> Layer:
    def load(name: str) -> NDArray[Any]:
        return _decoded(folder / name)

    parts = tuple(document_records.restored(part, load) for part in record["parts"])
    controls, edit = (document_records.restored(record[name], load) for name in ("controls", "edit"))
    composition = document_records.restored_composition(record)
    return Layer(parts, controls, edit, composition=composition, **document_records.restored_properties(record))


def _decoded(path: Path) -> NDArray[Any]:
    return document_records.decoded(path.read_bytes(), path.name)


def _signature(path: Path | None) -> tuple[int, int] | None:
    try:
        found = path.stat() if path is not None and os.path.isfile(path) else None
    except OSError:
        return None
    return None if found is None else (found.st_size, found.st_mtime_ns)
