"""Presets of the user: edit, controls, composition and export under a name, all together in one JSON file.

Each is stored whole, the image of a background included. They stay records, as JSON holds them, until one is used, so
that listing them costs nothing. An exported preset is a file of the same form. Those of marketplaces are in
marketplaces.py.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipmat import records
from clipmat.files import write_whole
from rim_editor import settings
from rim_editor.documents.composition import Composition
from rim_editor.documents.document import MatteControls
from rim_editor.documents.edits import Background, Cutout, Edit
from rim_editor.documents.framing import Framing
from rim_editor.documents.marketplaces import MARKETPLACES
from rim_editor.errors import BadOption, EditorError, EditorWarning, OutputNotWritable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SUFFIX = ".rimpreset"
LONGEST_NAME = 60
_VERSION = 1

Records = dict[str, dict[str, Any]]
"""Presets by name, as JSON holds them."""


class BadPreset(EditorError):
    """A preset, or a file of presets, cannot be read."""


@dataclass(frozen=True)
class PresetExport:
    """How a result is written. Raises BadOption for a quality or side that cannot be."""

    suffix: str = ".png"
    quality: int | None = None
    """1 to 100 for lossy formats; None for the usual."""
    longest_side: int | None = None
    """Pixels to which a larger result is reduced."""
    framing: Framing = Framing()

    def __post_init__(self) -> None:
        from rim_editor.files.exporting import ExportRequest

        ExportRequest(quality=self.quality, longest_side=self.longest_side)


@dataclass(frozen=True, eq=False)
class Preset:
    """What is done to an image once its object was found."""

    edit: Edit = Cutout()
    controls: MatteControls = MatteControls()
    composition: Composition = Composition()
    export: PresetExport = PresetExport()


def checked_name(name: str) -> str:
    """The name without spaces around it. Raises BadOption for one that no preset can have."""
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadOption(f"A preset needs a name of 1 to {LONGEST_NAME} letters: choose one.")
    if any(name.lower() == each.name for each in MARKETPLACES):
        raise BadOption(f"'{name}' is the preset of a marketplace: choose another name.")
    return name


def described(preset: Preset) -> dict[str, Any]:
    """A preset as JSON data, with the image of its background as a PNG in base64."""
    from rim_editor.files import document_records

    def store(array: NDArray[Any]) -> str:
        return base64.b64encode(document_records.encoded(array)).decode("ascii")

    edit = json.loads(document_records.to_json(document_records.described(preset.edit, store)))
    others = {name: records.to_data(getattr(preset, name)) for name in ("controls", "composition", "export")}
    return {"edit": edit, **others}


def restored(name: str, record: Any) -> Preset:  # noqa: ANN401 - as JSON gave it
    """The preset of a record; fields that it does not know are ignored. Raises BadPreset, which names what is wrong."""
    from rim_editor.files import document_records

    part = "preset"
    try:
        if not isinstance(record, Mapping):
            raise ValueError("it is not an object")
        part = "edit"
        edit: Edit = Cutout()
        if "edit" in record:
            found = document_records.restored(record["edit"], _decoded)
            document_records.check_in_range(found)
            if not isinstance(found, Edit):
                raise ValueError("it is no edit")
            edit = found
        made: dict[str, Any] = {}
        kinds = {"controls": MatteControls, "composition": Composition, "export": PresetExport}
        for part, kind in kinds.items():  # noqa: B007 - `part` is for the message
            made[part] = records.from_data(kind, record.get(part, {}))
        document_records.check_in_range(made["controls"])
    except (ValueError, KeyError, TypeError, AttributeError, EditorError) as error:
        reason = str(error).rstrip(".") or type(error).__name__
        raise BadPreset(
            f"The preset '{name}' cannot be used, its {part} makes no sense ({reason}): save it anew."
        ) from error
    return Preset(edit, **made)


def load() -> Records:
    """The presets that were saved, by name; none where there is no file.

    A damaged file is set aside, with an EditorWarning, and there are no presets then. Raises BadPreset when the file
    cannot be read now.
    """
    path = _file()
    try:
        return _records(path.read_bytes())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BadPreset(f"The presets in '{path}' cannot be read ({error.strerror}): check its permissions.") from error
    except (ValueError, RecursionError) as error:
        text = f"The presets in '{path}' are damaged ({error}): there are none now{settings.set_aside(path)}."
        warnings.warn(text, EditorWarning, stacklevel=2)
        return {}


def save(presets: Records) -> None:
    """Write all presets whole or not at all. Raises OutputNotWritable; the former ones stay then."""
    write_file(_file(), presets)


def read_file(path: Path) -> Records:
    """The presets of an exported file. Raises BadPreset."""
    try:
        found = _records(path.read_bytes())
    except OSError as error:
        raise BadPreset(f"'{path}' cannot be read ({error.strerror}): check its name and permissions.") from error
    except (ValueError, RecursionError) as error:
        raise BadPreset(f"'{path}' holds no preset, or is damaged ({error}): export it again.") from error
    if not found:
        raise BadPreset(f"'{path}' holds no preset: export one to it.")
    return found


def write_file(path: Path, presets: Records) -> None:
    """Write presets to a file, whole or not at all. Raises OutputNotWritable."""
    try:
        write_whole(path, json.dumps({"version": _VERSION, "presets": presets}))
    except OSError as error:
        raise OutputNotWritable(
            f"'{path}' cannot be written ({error.strerror}): make room or choose another folder."
        ) from error


def find(text: str) -> Preset | None:
    """The preset that a command names, by its name or its file; None for that of a marketplace.

    Raises BadOption, which lists the presets that there are, and BadPreset.
    """
    if any(text.strip().lower() == each.name for each in MARKETPLACES):
        return None
    if text.lower().endswith(SUFFIX) or os.path.isfile(text):
        name, record = next(iter(read_file(Path(text)).items()))
        return restored(name, record)
    presets = load()
    found = next((name for name in presets if name.casefold() == " ".join(text.split()).casefold()), None)
    if found is None:
        known = ", ".join((*presets, *(each.name for each in MARKETPLACES)))
        raise BadOption(f"'{text}' is no preset: choose among {known}, or name a file ({SUFFIX}).")
    return restored(found, presets[found])


def background_file(edit: Edit) -> Path | None:
    """A file with the image of a background, for a batch, which reads it from there; None for other edits.

    It is beside the settings, once for each image. Raises OutputNotWritable.
    """
    if not isinstance(edit, Background):
        return None
    from rim_editor.files import document_records

    path = settings.folder() / "backgrounds" / f"{document_records.checksum(edit.image):08x}.png"
    if not os.path.isfile(path):
        try:
            write_whole(path, document_records.encoded(edit.image))
        except OSError as error:
            raise OutputNotWritable(f"'{path}' cannot be written ({error.strerror}): make room there.") from error
    return path


def _records(content: bytes) -> Records:
    """Raises ValueError."""
    data = json.loads(content)
    if not isinstance(data, dict) or not isinstance(data.get("presets"), dict):
        raise ValueError("it holds no presets")
    if data.get("version") != _VERSION:
        raise ValueError("it is of another version of RIM Editor")
    return dict(data["presets"])


def _decoded(text: str) -> NDArray[np.uint8]:
    """Raises ValueError."""
    from rim_editor.files import document_records

    try:
        return document_records.decoded(base64.b64decode(text, validate=True), "the background")
    except binascii.Error as error:
        raise ValueError("the background is damaged") from error


def _file() -> Path:
    return settings.folder() / "presets.json"
