"""Projects: a document with its whole history in one file, `NAME.rim`: the format, and writing it.

The file is a zip, nothing in it compressed but the PNGs themselves:

    mimetype         first, so that the start of the file says what it is
    document.json    version, sources, parts, layers, steps, place, and the mode of the view
    image0.png ...   the pixels of each source, and its alpha
    matte0.png ...   every other array, mattes with 16 bits, those of the current document first

Steps share layers, layers share parts, and parts share arrays, so a long history costs little. Fields of parts and
edits may be added, with defaults, in the same version; for anything else `VERSION` rises, and a function in
`project_reading` brings the older form up to date.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from clipmat.files import whole_file
from rim_editor.documents.document import Document, Layer, Part
from rim_editor.documents.history import History
from rim_editor.errors import OutputNotWritable
from rim_editor.files import document_records, project_reading
from rim_editor.files.archives import is_of_type, signature
from rim_editor.files.formats import PROJECT_SUFFIX
from rim_editor.files.project_arrays import STORED
from rim_editor.files.project_reading import DOCUMENT, MIMETYPE, VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from clipmat.image_files import OpenedImage
    from rim_editor.documents.history import HistoryStep
    from rim_editor.documents.rendering import ViewMode


@dataclass(frozen=True, eq=False)
class Project:
    """What a project's file holds."""

    path: Path
    history: History
    linked: bool
    """Whether the image is not in the file, but read from its own."""
    lost: tuple[str, ...] = ()
    """What could not be read, each as a noun for users; () for a file that is whole."""
    mode: ViewMode | None = None
    """How the document was shown, if that was saved."""


def is_project(path: Path) -> bool:
    """Whether a file begins as a project does, or is called like one. Raises nothing."""
    return is_of_type(path, MIMETYPE, PROJECT_SUFFIX)


def read(path: Path) -> Project:
    """Open a project. What is damaged is left out and named in `lost`; the rest is there.

    Warns with an EditorWarning when a linked image has changed. Raises ProjectUnreadable when nothing can be opened,
    and for a file of a later version.
    """
    found = project_reading.read(path)
    return Project(path, found.history, found.linked, found.lost, found.mode)


def write(
    path: Path, steps: Sequence[HistoryStep], place: int, *, linked: bool = False, mode: ViewMode | None = None
) -> None:
    """Write the steps of a history, the one at `place` current; the file appears whole or not at all.

    Arrays that another project's file of this process holds are copied from there, which takes no time.
    `mode` is how the document is shown. With `linked` an image that was read from a file is not stored: the project
    names that file, and does not open without it. Raises OutputNotWritable.
    """
    try:
        with whole_file(path, make_folders=False) as file:
            _ProjectWriter(path, steps, place, linked=linked, mode=mode).write(file)
    except OSError as error:
        if not os.path.isdir(path.parent):
            raise OutputNotWritable(f"'{path.parent}' is no folder: create it first, or choose another.") from error
        text = f"'{path}' cannot be saved ({error.strerror}): save it in another folder, or make room."
        raise OutputNotWritable(text) from error


class _ProjectWriter:
    def __init__(
        self, path: Path, steps: Sequence[HistoryStep], place: int, *, linked: bool, mode: ViewMode | None
    ) -> None:
        self._path, self._steps, self._place, self._linked, self._mode = path, steps, place, linked, mode
        self._names: dict[int, str] = {}
        self._arrays: dict[str, NDArray[Any]] = {}
        self._sources: dict[int, int] = {}
        self._parts: dict[int, int] = {}
        self._layers: dict[int, int] = {}
        self._records: dict[str, list[dict[str, Any]]] = {"sources": [], "parts": [], "layers": []}

    def write(self, file: BinaryIO) -> None:
        self._step(self._steps[self._place].document, "")  # its arrays come first: a file that is cut off lacks others
        steps = [self._step(step.document, step.name) for step in self._steps]
        document = {
            "version": VERSION,
            "saved": datetime.now(UTC).isoformat(),
            **self._records,
            "steps": steps,
            "place": self._place,
            "view": self._mode,
        }
        with ZipFile(file, "w", ZIP_STORED) as archive, STORED.reading() as stored:
            archive.writestr(_entry("mimetype"), MIMETYPE)
            archive.writestr(_entry(DOCUMENT), document_records.to_json(document))
            for name, array in self._arrays.items():
                archive.writestr(_entry(name), stored(array) or document_records.encoded(array))
        file.flush()
        of = signature(file.fileno())
        for name, array in self._arrays.items():
            STORED.note(array, self._path.absolute(), of, name)

    def _step(self, document: Document, name: str) -> dict[str, Any]:
        source = self._source(document.source)
        layers = [self._layer(layer) for layer in document.layers]
        return {"name": name, "source": source, "layers": layers, "active": document.active}

    def _source(self, source: OpenedImage) -> int:
        if id(source) not in self._sources:
            self._sources[id(source)] = self._add("sources", self._described_source(source))
        return self._sources[id(source)]

    def _described_source(self, source: OpenedImage) -> dict[str, Any]:
        height, width = source.pixels.shape[:2]
        path = None if source.path is None else source.path.absolute()
        described: dict[str, Any] = {"path": None if path is None else str(path), "size": [width, height]}
        described["checksum"] = document_records.checksum(source.pixels)
        if (
            path is None
            or source.altered
            or not self._linked
            or not project_reading.holds_the_image(path, described["checksum"])
        ):
            return described | document_records.described_image(source, lambda array: self._store(array, "image"))
        try:
            beside = os.path.relpath(path, self._path.absolute().parent)
        except ValueError:  # on another drive of Windows
            return described
        return described | {"beside": beside}

    def _layer(self, layer: Layer) -> int:
        if id(layer) not in self._layers:
            parts = [self._part(part) for part in layer.parts]
            record = {"key": layer.key, "parts": parts, **document_records.described_layer(layer, self._store)}
            self._layers[id(layer)] = self._add("layers", record)
        return self._layers[id(layer)]

    def _part(self, part: Part) -> int:
        if id(part) not in self._parts:
            self._parts[id(part)] = self._add("parts", document_records.described(part, self._store))
        return self._parts[id(part)]

    def _add(self, table: str, record: dict[str, Any]) -> int:
        self._records[table].append(record)
        return len(self._records[table]) - 1

    def _store(self, array: NDArray[Any], kind: str = "matte") -> str:
        if id(array) not in self._names:
            name = f"{kind}{len(self._names)}.png"
            self._names[id(array)], self._arrays[name] = name, array
        return self._names[id(array)]


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name)  # dated 1980: no clock, the same document is the same file but for when it was saved
    entry.external_attr = 0o644 << 16
    return entry
