"""The formats of the export dialogs: their names, why one cannot hold an export, and how its file may be called."""

from __future__ import annotations

from pathlib import Path

from rim_editor.documents.edits import Background, Cutout, Edit, Gradient, Highlight, MatteOnly, SolidColour
from rim_editor.errors import OutputUnsupported
from rim_editor.files.exporting import Content, ExportRequest
from rim_editor.files.formats import LAYERED_SUFFIXES, format_of
from rim_editor.translation import marked, tr

FORMATS = marked(
    {
        ".png": "PNG (lossless)",
        ".webp": "WebP (small)",
        ".tiff": "TIFF (lossless)",
        ".jpg": "JPEG (no transparency)",
        ".avif": "AVIF (smallest)",
        ".ora": "OpenRaster (layers)",
        ".psd": "Photoshop (layers, masks)",
    }
)
"""Suffix -> the name of the format."""
USUAL_QUALITY = 90
"""Of WebP, JPEG and AVIF files, where the settings hold none."""
_ALIKE = {".jpeg": ".jpg", ".tif": ".tiff"}


_ENDINGS: dict[type[Edit], str] = {
    Cutout: "cut-out",
    MatteOnly: "matte",
    Highlight: "highlight",
    SolidColour: "on-colour",
    Gradient: "on-gradient",
    Background: "on-background",
}


def suggested_stem(stem: str, request: ExportRequest, edit: Edit) -> str:
    """The name, without suffix, of what `request` makes of an image called `stem`: 'rose-on-colour' for instance."""
    if request.content is Content.LAYERS:
        return f"{stem}-layers"
    ending = "matte" if request.content is Content.MATTE else _ENDINGS[type(request.edit_for(edit))]
    return f"{stem}-{ending}"


def usual(suffix: str) -> str:
    """The suffix of `FORMATS` for the same format, such as .jpg for .jpeg; otherwise `suffix` itself."""
    suffix = suffix.lower()
    return _ALIKE.get(suffix, suffix)


def with_suffix(name: str, suffix: str, *, instead: bool = False) -> str:
    """`name` with a suffix of the format of `suffix`; with `instead`, the suffix of another format is replaced.

    Other dots, as in 'portrait.v2', do not start a suffix.
    """
    present = usual(Path(name).suffix)
    if present == suffix or not name:
        return name
    if present in FORMATS and instead:
        name = name[: -len(Path(name).suffix)]
    return f"{name}{suffix}" if instead or present not in FORMATS else name


def lossy(suffix: str) -> bool:
    """Whether the format has a quality."""
    try:
        return format_of(Path(f"x{suffix}")).lossy
    except OutputUnsupported:
        return False


def lacks(suffix: str, request: ExportRequest, edit: Edit) -> str:
    """The reason why this format cannot hold the `request` for an `edit`; '' if it can."""
    if request.content is Content.LAYERS:
        if suffix not in LAYERED_SUFFIXES:
            return tr("Only OpenRaster (.ora) and Photoshop (.psd) hold layers.")
        try:
            format_of(Path(f"x{suffix}"))
        except OutputUnsupported as error:
            return str(error)
        return ""
    edit = request.edit_for(edit)
    if suffix in LAYERED_SUFFIXES:
        return tr(
            "{format} ({suffix}) is for layers: choose Layers for other editors under What first.",
            format=FORMATS[suffix].split()[0],
            suffix=suffix,
        )
    try:
        kind = format_of(Path(f"x{suffix}"))
    except OutputUnsupported as error:
        return str(error)
    name = "WebP" if kind.name == "WEBP" else kind.name
    if request.content is Content.RESULT and edit.transparent and not kind.transparent:
        return tr(
            "{name} cannot hold the transparency of this result: choose another format, or put the object on a colour.",
            name=name,
        )
    deep = request.depth if request.content is Content.MATTE else edit.depth if isinstance(edit, MatteOnly) else 8
    if deep == 16 and not kind.deep:
        return tr("{name} holds 8 bits a channel: 16 bits need PNG or TIFF.", name=name)
    return ""
