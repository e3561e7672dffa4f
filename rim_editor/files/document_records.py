"""Parts, edits, layers and arrays as data, for whatever keeps documents on disk: recovery folders and projects.

Every field of every part is stored under its name, so that a new field needs a default and nothing else. An array is
stored apart, as a PNG, mattes with 16 bits; the record holds the name of its file.
"""

from __future__ import annotations

import base64
import json
import struct
import warnings
import zlib
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

from clipmat import image_files, records
from clipmat.image_metadata import Metadata
from rim_editor.documents.composition import Composition
from rim_editor.documents.document import Answer, ImportedMatte, Layer, MatteControls, Part, Patch, Region, Stroke
from rim_editor.documents.edits import Background, Edit
from rim_editor.documents.rendering import ViewMode
from rim_editor.errors import EditorError, EditorWarning
from rim_editor.files.archives import MOST_PIXELS

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from clipmat.image_files import OpenedImage

Store = Callable[["NDArray[Any]"], str]
"""Stores an array and returns the name of its file."""
Load = Callable[[str], "NDArray[Any]"]
"""The array of a file's name, mattes as float32. Raises ValueError when it is missing or damaged."""

_METADATA = ("exif", "xmp", "iptc")
LAYER_PROPERTIES = {"name": str, "visible": bool, "locked": bool, "number": int}
"""The fields of a layer besides its parts, controls and edit, with their types."""
_KINDS: dict[str, Any] = {kind.__name__: kind for kind in (*get_args(Part), MatteControls, *get_args(Edit))}
_FARTHEST = 1e7
"""Pixels: no number of a document is larger."""
LONGEST_TEXT = 10_000
"""Characters of an expression or a name."""
_LAYOUTS = {(8, 0): 1, (8, 2): 3, (16, 0): 4}
"""Bits and colour type of our PNGs -> bytes of a pixel once decoded; 16 bits become a float."""
_PNG = b"\x89PNG\r\n\x1a\n"
_ANIMATED = (b"acTL", b"fcTL", b"fdAT")


def to_json(data: object) -> str:
    """The text of records; arithmetic on coordinates gives numpy's numbers."""
    return json.dumps(data, default=lambda number: number.item())


def described(thing: Part | MatteControls | Edit, store: Store) -> dict[str, Any]:
    """A part, controls or an edit as a record; its array goes to `store`."""
    values = {each.name: getattr(thing, each.name) for each in fields(thing)}
    stored = {name: {"file": store(v)} if hasattr(v, "dtype") and v.ndim else v for name, v in values.items()}
    return {"kind": type(thing).__name__, **stored}


def restored(record: Any, load: Load) -> Any:  # noqa: ANN401 - of the class that the record names
    """The part, controls or edit of a record.

    Raises ValueError, TypeError, KeyError or a UserError when the record is damaged, or `load` raises one.
    """
    kind = _KINDS[record["kind"]]
    types, values = _types(kind), {}
    for name, value in record.items():
        if name == "kind" or name not in types:
            continue
        dtype = _array_type(types[name])
        values[name] = records.from_data(types[name], value) if dtype is None else _array(value, dtype, load)
    return kind(**values)


def described_image(source: OpenedImage, store: Store) -> dict[str, Any]:
    """The pixels, alpha and metadata of an image as a record."""
    metadata = source.metadata
    return {
        "pixels": store(source.pixels),
        "alpha": None if source.alpha is None else store(source.alpha),
        **{kind: base64.b64encode(getattr(metadata, kind)).decode("ascii") for kind in _METADATA},
        "resolution": metadata.resolution,
        "altered": source.altered,
        "page": source.page,
    }


def restored_page(record: Mapping[str, Any]) -> int | None:
    """The page of its file that an image's record is of; None for the usual one."""
    page = record.get("page")
    return page if isinstance(page, int) and page > 0 else None


def restored_metadata(record: Mapping[str, Any]) -> Metadata:
    """The metadata of an image's record; what older versions did not write is empty. Raises ValueError, TypeError."""
    kinds: dict[str, Any] = {kind: base64.b64decode(record.get(kind, ""), validate=True) for kind in _METADATA}
    resolution = record.get("resolution")
    if resolution is not None:
        across, down = (float(each) for each in resolution)
        if not all(0 < each < float("inf") for each in (across, down)):
            raise ValueError("a resolution out of its range")
        resolution = across, down
    return Metadata(resolution=resolution, **kinds)


def linked_image(path: Path, record: Mapping[str, Any], refused: type[EditorError] = EditorError) -> OpenedImage:
    """The image that a record leaves in its own file, whose size and checksum it has.

    An EditorWarning says that its pixels have changed. Raises `refused` when its size has, and what
    `image_files.read` raises.
    """
    source = image_files.read(path)
    height, width = source.pixels.shape[:2]
    if [width, height] != record["size"]:
        was = " by ".join(str(side) for side in record["size"])
        raise refused(f"'{path}' is {width} by {height} pixels now and was {was}: put the image back as it was.")
    if checksum(source.pixels) != record.get("checksum"):
        text = f"'{path}' has changed since the work on it was saved: see whether the matte still fits."
        warnings.warn(text, EditorWarning, stacklevel=5)
    return source


def checksum(pixels: NDArray[Any]) -> int:
    """A number by which a changed image is recognised."""
    import numpy as np

    return zlib.crc32(np.ascontiguousarray(pixels).data)


def check_in_range(thing: Any) -> None:  # noqa: ANN401
    """Refuse numbers with which nothing can be drawn. Raises ValueError."""
    for each in fields(thing):
        _check_values(getattr(thing, each.name))
    if isinstance(thing, Stroke) and (not thing.points or thing.radius < 0 or not 0 <= thing.hardness <= 1):
        raise ValueError("a stroke without points, or of a negative size")
    if isinstance(thing, Region) and len(thing.points) < 3:
        raise ValueError("a region of fewer than three corners")
    if isinstance(thing, Background) and thing.image.ndim != 3:
        raise ValueError("a background without colours")
    if isinstance(thing, MatteControls) and not (
        abs(thing.shift_edge) <= 50 and 0 <= thing.feather <= 100 and 0 <= thing.contrast <= 1
    ):
        raise ValueError("a control out of its range")
    for name in ("colour", "start", "end"):
        if any(not 0 <= channel <= 255 for channel in getattr(thing, name, ())):
            raise ValueError("a colour out of its range")


def fits(part: Part, size: tuple[int, int]) -> bool:
    """Whether the array of a part, if it has one, belongs to an image of `size`, width and height."""
    width, height = size
    if isinstance(part, Answer | ImportedMatte):
        return part.matte.shape == (height, width)
    if isinstance(part, Patch):
        own = part.matte.shape
        return part.x >= 0 and part.y >= 0 and part.y + own[0] <= height and part.x + own[1] <= width
    return True


def described_layer(layer: Layer, store: Store) -> dict[str, Any]:
    """A layer as a record, without its parts: projects share those among steps."""
    made = {"controls": described(layer.controls, store), "edit": described(layer.edit, store)}
    if layer.composition != Composition():
        made["composition"] = records.to_data(layer.composition)
    return made | {name: getattr(layer, name) for name in LAYER_PROPERTIES}


def restored_properties(record: Any) -> dict[str, Any]:  # noqa: ANN401 - as JSON gave it
    """The properties that a record has. Raises ValueError when one is not what it should be."""
    return {name: records.from_data(kind, record[name]) for name, kind in LAYER_PROPERTIES.items() if name in record}


def restored_composition(record: Any) -> Composition:  # noqa: ANN401 - as JSON gave it
    """The composition of a layer's record; one that changes nothing where it has none. Raises ValueError, BadOption."""
    return records.from_data(Composition, record.get("composition", {}))


def restored_mode(value: object) -> ViewMode | None:
    """The mode of a view by its name; None for anything else, such as one of a later version."""
    return next((mode for mode in ViewMode if mode.value == value), None)


def encoded(array: NDArray[Any]) -> bytes:
    """An array as a PNG: float in [0, 1] with 16 bits, uint8 as it is."""
    import cv2
    import numpy as np

    if array.dtype.kind == "f":
        array = np.rint(array * np.float32(65535)).astype(np.uint16)
    if array.ndim == 3:
        array = cv2.cvtColor(np.ascontiguousarray(array), cv2.COLOR_RGB2BGR)
    return bytes(cv2.imencode(".png", array, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1])


def decoded(data: bytes, name: str) -> NDArray[Any]:
    """The read-only array of a PNG that `encoded` made. Raises ValueError, with the `name` of the file."""
    import cv2
    import numpy as np

    png_bytes(data, name)
    try:
        array: NDArray[Any] | None = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise ValueError(f"{name} cannot be decoded") from error
    if array is None or array.ndim == 3 and array.shape[2] != 3:
        raise ValueError(f"{name} is not a complete PNG")
    if array.dtype == np.uint16:
        array = array.astype(np.float32) / np.float32(65535)
    if array.ndim == 3:
        array = cv2.cvtColor(array, cv2.COLOR_BGR2RGB)
    array.flags.writeable = False
    return array


def png_bytes(data: bytes, name: str) -> int:
    """The bytes of the array that a PNG of ours holds, by its header, before anything is decoded.

    Raises ValueError for anything else, or when it is larger than an image may be.
    """
    if not _is_complete(data):
        raise ValueError(f"{name} is not a complete PNG")
    width, height, depth, colours = struct.unpack(">IIBB", data[16:26])
    size = _LAYOUTS.get((depth, colours))
    if size is None or not 0 < width * height <= MOST_PIXELS:
        raise ValueError(f"{name} is not an image of ours")
    return int(width * height * size)


def _is_complete(data: bytes) -> bool:
    """Whether a PNG has whole chunks from one header to its end: OpenCV takes memory for as much as a chunk claims."""
    at = len(_PNG)
    if data[:at] != _PNG:
        return False
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        first = at == len(_PNG)
        if (kind == b"IHDR") != first or (first and length != 13) or kind in _ANIMATED or at + 12 + length > len(data):
            return False
        if kind == b"IEND":
            return True
        at += 12 + length
    return False


def _array(value: Any, dtype: np.dtype[Any], load: Load) -> NDArray[Any]:  # noqa: ANN401
    name = value["file"]
    array = load(name)
    if array.dtype != dtype or (dtype.kind == "f") != (array.ndim == 2):
        raise ValueError(f"{name} is not what it should be")
    return array


@cache
def _types(kind: type[Any]) -> dict[str, Any]:
    """The types of the fields of a class; those of arrays are known to type checkers only."""
    import numpy as np
    from numpy.typing import NDArray

    return {
        name: hint
        for name, hint in get_type_hints(kind, localns={"np": np, "NDArray": NDArray}).items()
        if name in {each.name for each in fields(kind)}
    }


def _array_type(hint: Any) -> np.dtype[Any] | None:  # noqa: ANN401 - an annotation
    """The type of an array's elements; None for a field that holds no array."""
    import numpy as np

    if get_origin(hint) is not np.ndarray:
        return None
    dtype: np.dtype[Any] = np.dtype(get_args(get_args(hint)[1])[0])
    return dtype


def _check_values(value: Any) -> None:  # noqa: ANN401 - a field's
    if isinstance(value, tuple):
        for each in value:
            _check_values(each)
    elif isinstance(value, str) and len(value.encode()) > LONGEST_TEXT:
        raise ValueError("a text that is too long")
    elif isinstance(value, int | float) and not abs(value) <= _FARTHEST:  # NaN is not
        raise ValueError("a number out of range")
