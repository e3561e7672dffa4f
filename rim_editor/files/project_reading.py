"""Reads a project's file, whatever has happened to it: what is damaged is left out and named.

The file may come from anywhere. Nothing in it is believed: every number is checked before it is used, an image before
it is unpacked, and all arrays together have a limit. See `projects` for the form of the file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipmat import image_files
from clipmat.errors import UserError
from clipmat.image_files import OpenedImage
from clipmat.image_metadata import Metadata
from rim_editor.documents.document import Combine, Document, ImportedMatte, Layer, MatteControls, Part
from rim_editor.documents.edits import Cutout, Edit
from rim_editor.documents.history import History
from rim_editor.errors import ProjectUnreadable
from rim_editor.files import document_records
from rim_editor.files.archives import Archive
from rim_editor.files.project_arrays import STORED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rim_editor.documents.rendering import ViewMode

VERSION = 1
MIMETYPE = b"application/x-rim-project"
DOCUMENT = "document.json"
MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""For each older version, what makes the next one of its data."""
_MOST_JSON = 64 << 20
_MOST_ARRAYS = 2 << 30
"""Bytes of all arrays together, unpacked; older steps that would need more are left out, as `History` would."""
_MOST_STEPS, _MOST_LAYERS = 200, 1000
_DAMAGE: tuple[type[Exception], ...] = (
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
    OSError,
    UserError,
)
"""What comes of data that are not what they should be."""


@dataclass(frozen=True, eq=False)
class FoundProject:
    """What could be read."""

    history: History
    linked: bool
    lost: tuple[str, ...]
    mode: ViewMode | None = None


def read(path: Path) -> FoundProject:
    """Read a project; see `projects.read`. Raises ProjectUnreadable."""
    try:
        with Archive.open(path) as archive:
            if not archive.names:
                raise ProjectUnreadable(
                    f"'{path}' is no project of RIM Editor, or nothing of it is left: see a backup."
                )
            return _ProjectReader(path, archive).read()
    except FileNotFoundError as error:
        raise ProjectUnreadable(f"'{path}' does not exist: check the name and the folder.") from error
    except IsADirectoryError as error:
        raise ProjectUnreadable(f"'{path}' is a folder: name a project's file.") from error
    except OSError as error:
        text = f"'{path}' cannot be opened ({error.strerror or error}): check its name and permissions."
        raise ProjectUnreadable(text) from error


def holds_the_image(path: Path, checksum: int) -> bool:
    """Whether an image's file gives the pixels of this checksum."""
    try:
        return document_records.checksum(image_files.read(path).pixels) == checksum
    except UserError:
        return False


class _ProjectReader:
    def __init__(self, path: Path, archive: Archive) -> None:
        self._path, self._archive = path, archive
        self._data: dict[str, Any] = {}
        self._lost: dict[str, None] = {}
        self._gone: Path | None = None
        """The file of a linked image that cannot be read."""
        self._room = _MOST_ARRAYS
        self._arrays: dict[str, NDArray[Any]] = {}
        self._sources: dict[int, OpenedImage | None] = {}
        self._parts: dict[int, Part | None] = {}
        self._layers: dict[tuple[int, tuple[int, int]], Layer | None] = {}
        self._keys: dict[int, int] = {}

    def read(self) -> FoundProject:
        if not self._archive.is_whole:
            self._lose("the end of the file")
        try:
            self._data = self._checked(json.loads(self._archive.read(DOCUMENT, _MOST_JSON)))
            history = self._history()
        except ProjectUnreadable:
            raise
        except _DAMAGE:
            return FoundProject(History(self._rest()), False, tuple(self._lost))
        mode = document_records.restored_mode(self._data.get("view"))
        return FoundProject(history, self._is_linked(), tuple(self._lost), mode)

    def _lose(self, noun: str) -> None:
        self._lost[noun] = None

    def _checked(self, data: Any) -> dict[str, Any]:  # noqa: ANN401 - as JSON gave it
        """The data in the form of this version. Raises ProjectUnreadable for a later one."""
        version = data["version"]
        if type(version) is not int or version < 1:
            raise ValueError("the version")
        if version > VERSION:
            text = f"'{self._path}' was saved by a newer version of RIM Editor: open it with that one."
            raise ProjectUnreadable(text)
        for older in range(version, VERSION):
            data = MIGRATIONS[older](data)
        if not isinstance(data["steps"], list):
            raise TypeError("the steps")
        return dict(data)

    def _is_linked(self) -> bool:
        return any(
            "pixels" not in record for place, record in enumerate(self._data["sources"]) if place in self._sources
        )

    def _history(self) -> History:
        records, place = self._data["steps"], self._data.get("place")
        if type(place) is not int or not 0 <= place < len(records):
            self._lose("which step was the current one")
            place = len(records) - 1
        current = self._document(records[place])
        steps = [(current, _text(records[place].get("name")))]
        # What was done last is worth most; where one cannot be read, undo ends.
        self._extend(steps, records[max(0, place - _MOST_STEPS) : place][::-1], "older steps of the history")
        steps.reverse()
        at = len(steps) - 1
        self._extend(steps, records[place + 1 : place + 1 + _MOST_STEPS], "steps that were undone")
        steps[0] = (steps[0][0], "")
        return History.of(steps, at)

    def _extend(self, steps: list[tuple[Document, str]], records: list[Any], noun: str) -> None:
        for record in records:
            try:
                steps.append((self._document(record), _text(record.get("name"))))
            except _DAMAGE:
                self._lose(noun)
                return

    def _document(self, record: Any) -> Document:  # noqa: ANN401
        """Raises one of _DAMAGE when there is no image for it."""
        source = self._source(record["source"])
        size = source.pixels.shape[1], source.pixels.shape[0]
        found = [self._layer(place, size) for place in record["layers"][:_MOST_LAYERS]]
        layers = tuple(layer for layer in found if layer is not None)
        if len(layers) < len(record["layers"]):
            self._lose("a layer")
        if len({layer.key for layer in layers}) < len(layers):
            layers = tuple(replace(layer, key=Layer().key) for layer in layers)
        active = record.get("active")
        active = active if type(active) is int and 0 <= active < len(layers) else 0
        return Document(source, layers or (Layer(),), active)

    def _layer(self, place: Any, size: tuple[int, int]) -> Layer | None:  # noqa: ANN401
        if type(place) is not int:
            return None
        if (place, size) not in self._layers:
            try:
                self._layers[place, size] = self._restored_layer(_at(self._data["layers"], place), size)
            except _DAMAGE:
                self._layers[place, size] = None
        return self._layers[place, size]

    def _restored_layer(self, record: Any, size: tuple[int, int]) -> Layer:  # noqa: ANN401
        parts = []
        for place in record["parts"]:
            part = self._part(place)
            if part is not None and document_records.fits(part, size):
                parts.append(part)
            elif part is not None:
                self._lose("a part of another image")
        controls = self._restored(record, "controls", MatteControls, "the controls of a matte")
        edit = self._restored(record, "edit", Edit, "the edit of a layer")
        properties: dict[str, Any] = {}
        try:
            properties = document_records.restored_properties(record)
            properties["name"] = _text(properties.get("name"))
        except _DAMAGE:
            self._lose("the name of a layer")
        try:
            properties["composition"] = document_records.restored_composition(record)
        except _DAMAGE:
            self._lose("the composition of a layer")
        key = record.get("key")
        if type(key) is int:
            properties["key"] = self._keys.setdefault(key, Layer().key)
        return Layer(tuple(parts), controls or MatteControls(), edit or Cutout(), **properties)

    def _restored(self, record: Any, name: str, kind: Any, noun: str) -> Any:  # noqa: ANN401
        """The controls or the edit of a layer; None when that is lost."""
        try:
            found = document_records.restored(record[name], self._array)
            document_records.check_in_range(found)
        except _DAMAGE:
            found = None
        if isinstance(found, kind):
            return found
        self._lose(noun)
        return None

    def _part(self, place: Any) -> Part | None:  # noqa: ANN401
        if type(place) is not int:
            self._lose("a part of a matte")
            return None
        if place not in self._parts:
            record: Any = None
            try:
                record = _at(self._data["parts"], place)
                part = document_records.restored(record, self._array)
                document_records.check_in_range(part)
                self._parts[place] = part if isinstance(part, Part) else None
            except _DAMAGE:
                self._parts[place] = None
            if self._parts[place] is None:
                self._lose(_noun(record))
        return self._parts[place]

    def _source(self, place: Any) -> OpenedImage:  # noqa: ANN401
        record = _at(self._data["sources"], place)
        if place not in self._sources:
            self._sources[place] = None
            self._sources[place] = self._restored_source(record)
        source = self._sources[place]
        if source is None:
            raise ValueError("the image")
        return source

    def _restored_source(self, record: Any) -> OpenedImage:  # noqa: ANN401
        path = Path(record["path"]) if isinstance(record.get("path"), str) and record["path"] else None
        try:
            if "pixels" not in record:
                return self._linked_source(path, record)
            pixels = self._pixels(record["pixels"])
        except _DAMAGE:
            if "pixels" not in record or path is None or not os.path.isfile(path):
                raise
            self._lose("the image, which was read from its own file")
            return self._linked_source(path, record)
        alpha = None
        if record.get("alpha") is not None:
            try:
                alpha = self._array(record["alpha"])
                if alpha.shape != pixels.shape[:2] or alpha.dtype.kind != "u":
                    raise ValueError("the alpha")
            except _DAMAGE:
                alpha = None
                self._lose("the transparency of the image")
        altered, page = record.get("altered") is True, document_records.restored_page(record)
        return OpenedImage(path, pixels, alpha, self._metadata(record), altered, page)

    def _metadata(self, record: Any) -> Metadata:  # noqa: ANN401
        try:
            return document_records.restored_metadata(record)
        except _DAMAGE:
            self._lose("the metadata of the image")
            return Metadata()

    def _linked_source(self, path: Path | None, record: Any) -> OpenedImage:  # noqa: ANN401
        places = [] if path is None else [path]
        if isinstance(record.get("beside"), str):
            places.insert(0, self._path.absolute().parent / record["beside"])
        found = next((place for place in places if os.path.isfile(place)), None)
        if found is None:
            self._gone = path
            raise ValueError("the image is gone")
        return document_records.linked_image(found, record, ProjectUnreadable)

    def _pixels(self, name: Any) -> NDArray[Any]:  # noqa: ANN401
        pixels = self._array(name)
        if pixels.ndim != 3 or 0 in pixels.shape:
            raise ValueError("the image has no colours")
        return pixels

    def _array(self, name: Any) -> NDArray[Any]:  # noqa: ANN401
        """The array of an entry, read once. Raises ValueError."""
        if not isinstance(name, str):
            raise ValueError("a name")
        if name not in self._arrays:
            data = self._archive.read(name)
            size = document_records.png_bytes(data, name)
            if size > self._room:
                raise ValueError(f"there is no room for {name}")
            self._arrays[name] = document_records.decoded(data, name)
            STORED.note(self._arrays[name], self._path.absolute(), self._archive.signature, name)
            self._room -= size
        return self._arrays[name]

    def _rest(self) -> Document:
        """What is left without a description: the first image, and a layer for each matte of its size."""
        arrays = {}
        for name in self._archive.names:
            try:
                arrays[name] = self._array(name)
            except ValueError:
                continue
        pixels = next((array for name, array in arrays.items() if name.startswith("image") and array.ndim == 3), None)
        if pixels is None and self._gone is not None:
            text = f"The image '{self._gone}' of '{self._path}' is gone: put it back there, or beside the project."
            raise ProjectUnreadable(text)
        if pixels is None:
            raise ProjectUnreadable(f"'{self._path}' is damaged, and its image is lost: open a copy of it.")
        self._lose("all but the image and the mattes")
        fitting = (array for array in arrays.values() if array.shape == pixels.shape[:2] and array.dtype.kind == "f")
        mattes = [ImportedMatte(f"Found matte {number}", Combine.NEW, matte) for number, matte in enumerate(fitting, 1)]
        layers = tuple(Layer((matte,), name=matte.name) for matte in mattes[:_MOST_LAYERS])
        return Document(OpenedImage(None, pixels, None), layers or (Layer(),))


def _at(table: Any, place: Any) -> Any:  # noqa: ANN401
    if type(place) is not int or place < 0:
        raise ValueError("a place")
    return table[place]


def _text(value: object) -> str:
    """A text to show; '' for anything else."""
    if not isinstance(value, str) or len(value) > document_records.LONGEST_TEXT:
        return ""
    return value.encode("utf-8", "replace").decode()


def _noun(record: Any) -> str:  # noqa: ANN401
    """What the user calls the part of a record."""
    kind = record.get("kind") if isinstance(record, dict) else None
    if kind == "Answer":
        words = _text(record.get("expression"))[:60]
        return f'the matte of "{words}"' if words else "the matte of clicks"
    if kind == "ImportedMatte":
        return f'the matte "{_text(record.get("name"))[:60]}"'
    nouns = {"Stroke": "a brush stroke", "Region": "an outline", "Patch": "a refined edge"}
    return nouns.get(kind, "a part of a matte") if isinstance(kind, str) else "a part of a matte"
