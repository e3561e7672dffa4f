"""A document as a folder: state.json, and each array as a PNG beside it; mattes with 16 bits."""

from __future__ import annotations

import base64
import json
import os
import warnings
import weakref
import zlib
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from clipmat import image_files
from clipmat.certainty import Certainty
from clipmat.errors import ImageUnreadable
from clipmat.files import write_whole
from rim_editor.document import Brush, Combine, Document, Layer, MatteControls, Part
from rim_editor.edits import Edit, Fit, Style
from rim_editor.errors import EditorError, EditorWarning

if TYPE_CHECKING:
    from numpy.typing import NDArray

VERSION = 2
"""1 had the parts, controls and edit of the one layer where 2 has layers."""
_STATE = "state.json"
_KINDS: dict[str, Any] = {kind.__name__: kind for kind in (*get_args(Part), MatteControls, *get_args(Edit))}
_LAYER_PROPERTIES = ("name", "visible", "locked")
_ENUMS = {"combine": Combine, "brush": Brush, "style": Style, "fit": Fit, "certainty": Certainty}


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


def write(document: Document, folder: Path, former: WrittenArrays, former_folder: Path | None) -> WrittenArrays:
    """Write a document into an empty folder; arrays that `former_folder` holds, as listed in `former`, are linked.

    The image is referenced by its path while its file has not changed since it was first saved; after that its pixels
    are stored. Raises OSError.
    """
    return _Writer(folder, former, former_folder).write(document)


def summary(folder: Path) -> Summary:
    """The summary of the state in a folder; its arrays are not read.

    Raises UnknownVersion, ValueError when it is damaged.
    """
    state = _state(folder)
    try:
        path = state["image"]["path"]
        parts = [part for layer in state["layers"] for part in layer["parts"]]
        expressions = tuple(str(part["expression"]) for part in parts if part["kind"] == "Answer")
        return Summary(None if path is None else Path(path), datetime.fromisoformat(state["kept"]), expressions)
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

    def write(self, document: Document) -> WrittenArrays:
        state = {
            "version": VERSION,
            "kept": datetime.now(UTC).isoformat(),
            "image": self._image(document.source),
            "layers": [self._layer(layer) for layer in document.layers],
            "active": document.active,
        }
        # arithmetic on coordinates gives numpy's numbers
        text = json.dumps(state, default=lambda number: number.item())
        write_whole(self.folder / _STATE, text)
        return self.written

    def _image(self, source: image_files.OpenedImage) -> dict[str, Any]:
        path = None if source.path is None else source.path.absolute()
        now = _signature(path)
        if self.former.image is None or self.former.image[0]() is not source.pixels:
            checksum = _checksum(source.pixels)
            self.written.image = (weakref.ref(source.pixels), checksum, now)
        else:
            self.written.image = self.former.image
        _, checksum, first = self.written.image
        size = [source.pixels.shape[1], source.pixels.shape[0]]
        described: dict[str, Any] = {"path": None if path is None else str(path), "size": size, "checksum": checksum}
        if source.altered or now is None or now != first:
            alpha = None if source.alpha is None else self._stored(source.alpha)
            exif = base64.b64encode(source.exif).decode("ascii")
            described |= {"pixels": self._stored(source.pixels), "alpha": alpha, "exif": exif}
            described["altered"] = source.altered
        return described

    def _layer(self, layer: Layer) -> dict[str, Any]:
        return {
            "parts": [self._described(part) for part in layer.parts],
            "controls": self._described(layer.controls),
            "edit": self._described(layer.edit),
            **{name: getattr(layer, name) for name in _LAYER_PROPERTIES},
        }

    def _described(self, thing: Any) -> dict[str, Any]:  # noqa: ANN401
        values = {each.name: getattr(thing, each.name) for each in fields(thing)}
        stored = {
            name: {"file": self._stored(v)} if hasattr(v, "dtype") and v.ndim else v for name, v in values.items()
        }
        return {"kind": type(thing).__name__, **stored}

    def _stored(self, array: NDArray[Any]) -> str:
        name = self.written.name(array)
        if name is None:
            name = f"{len(self.written.names)}.png"
            if not self._linked(array, self.folder / name):
                write_whole(self.folder / name, _encoded(array))
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
        pixels, exif = _decoded(folder / image["pixels"]), base64.b64decode(image["exif"])
        return image_files.OpenedImage(path, pixels, alpha, exif, bool(image.get("altered", False)))
    if path is None:
        raise ValueError("it holds no image")
    if not path.is_file():
        raise ImageUnreadable(f"'{path}' is gone: put the image back at that place to restore the work on it.")
    source = image_files.read(path)
    height, width = source.pixels.shape[:2]
    if [width, height] != image["size"]:
        was = " by ".join(str(side) for side in image["size"])
        raise EditorError(
            f"'{path}' is {width} by {height} pixels now and was {was}: put the image back as it was to restore the "
            f"work on it."
        )
    if _checksum(source.pixels) != image["checksum"]:
        text = f"'{path}' has changed since the work on it was saved: see whether the matte still fits."
        warnings.warn(text, EditorWarning, stacklevel=4)
    return source


def _layer(folder: Path, described: dict[str, Any]) -> Layer:
    parts = tuple(_restored(folder, part) for part in described["parts"])
    controls, edit = (_restored(folder, described[name]) for name in ("controls", "edit"))
    return Layer(parts, controls, edit, **{name: described[name] for name in _LAYER_PROPERTIES if name in described})


def _restored(folder: Path, described: dict[str, Any]) -> Any:  # noqa: ANN401
    values = {name: _value(folder, name, value) for name, value in described.items() if name != "kind"}
    return _KINDS[described["kind"]](**values)


def _value(folder: Path, name: str, value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return _decoded(folder / value["file"])
    return _ENUMS[name](value) if name in _ENUMS else _tuples(value)


def _tuples(value: Any) -> Any:  # noqa: ANN401
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _encoded(array: NDArray[Any]) -> bytes:
    import cv2
    import numpy as np

    if array.dtype.kind == "f":
        array = np.rint(array * np.float32(65535)).astype(np.uint16)
    if array.ndim == 3:
        array = cv2.cvtColor(np.ascontiguousarray(array), cv2.COLOR_RGB2BGR)
    return bytes(cv2.imencode(".png", array, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1])


def _decoded(path: Path) -> NDArray[Any]:
    import cv2
    import numpy as np

    data = np.frombuffer(path.read_bytes(), np.uint8)
    array: NDArray[Any] | None = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if data.size else None
    if array is None:
        raise ValueError(f"{path.name} is not a complete PNG")
    if array.dtype == np.uint16:
        array = array.astype(np.float32) / np.float32(65535)
    if array.ndim == 3:
        array = cv2.cvtColor(array, cv2.COLOR_BGR2RGB)
    array.flags.writeable = False
    return array


def _checksum(pixels: NDArray[Any]) -> int:
    import numpy as np

    return zlib.crc32(np.ascontiguousarray(pixels).data)


def _signature(path: Path | None) -> tuple[int, int] | None:
    try:
        found = path.stat() if path is not None and path.is_file() else None
    except OSError:
        return None
    return None if found is None else (found.st_size, found.st_mtime_ns)
