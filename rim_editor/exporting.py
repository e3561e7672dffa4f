"""Export: what of a document goes into a file, checked before any work and written whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from rim_editor import edits, exports, openraster
from rim_editor.edits import Cutout, Edit, Highlight, MatteOnly
from rim_editor.errors import BadOption, NoMatte, OutputUnsupported

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clipmat.image_files import OpenedImage
    from rim_editor.document import Document
    from rim_editor.rendering import Renderer


class Content(StrEnum):
    """What of the document is written."""

    RESULT = "result"
    MATTE = "matte"
    LAYERS = "layers"


@dataclass(frozen=True)
class ExportRequest:
    """How to write: `content` RESULT is what the edit makes, MATTE the matte as grey, LAYERS an OpenRaster file."""

    content: Content = Content.RESULT
    depth: int = 8
    """Bits, 8 or 16; 16 is for MATTE."""
    quality: int | None = None
    """1 to 100 for lossy formats; None for the usual."""
    metadata: bool = True
    """Whether the EXIF of the image is kept."""
    overwrite: bool = False
    """Whether an existing file, the image too, may be replaced."""

    def __post_init__(self) -> None:
        if self.depth not in (8, 16):
            raise BadOption(f"A depth of {self.depth} bits is not to be had: choose 8 or 16.")
        if self.quality is not None and not 1 <= self.quality <= 100:
            raise BadOption(f"A quality of {self.quality} is out of range: choose 1 to 100.")


def check(document: Document, path: Path, request: ExportRequest) -> None:
    """Refuse, before any work is done, an export that could not or must not be done.

    Raises NoMatte while nothing was said or painted, BadOption, and what `check_output` raises.
    """
    if not document.parts and not document.controls.invert:
        raise NoMatte("Nothing is cut out yet: say what to cut out, or paint it, then export.")
    inputs = () if document.source.path is None else (document.source.path,)
    check_output(path, request, document.edit, inputs)


def check_output(path: Path, request: ExportRequest, edit: Edit, inputs: tuple[Path, ...]) -> None:
    """Refuse a `path` that cannot hold what `request` asks for of `edit`, or that must not be written.

    `inputs` are the files that are read. Raises BadOption and what `exports.check` raises.
    """
    layered = path.suffix.lower() == openraster.SUFFIX
    if layered and request.content is not Content.LAYERS:
        raise OutputUnsupported(f"'{path}' is for layers: export layers, or end the name with .png.")
    if not layered and request.content is Content.LAYERS:
        raise OutputUnsupported(f"'{path}' cannot hold layers: write '{path.with_suffix(openraster.SUFFIX).name}'.")
    if request.depth == 16 and request.content is not Content.MATTE:
        raise BadOption("16 bits are for the matte alone: export the matte, or choose 8 bits.")
    if layered:
        if request.quality is not None:
            raise OutputUnsupported(f"'{path.suffix}' is lossless and has no quality: leave it out.")
        if isinstance(edit, MatteOnly) and edit.depth == 16:
            raise OutputUnsupported(f"'{path.suffix}' holds 8 bits a channel: write 16 bits to .png or .tiff.")
        exports.check_place(path, inputs=inputs, overwrite=request.overwrite)
        return
    depth = request.depth
    if request.content is Content.RESULT and isinstance(edit, MatteOnly):
        depth = edit.depth
    exports.check(
        path,
        transparent=request.content is Content.RESULT and edit.transparent,
        depth=depth,
        quality=request.quality,
        inputs=inputs,
        overwrite=request.overwrite,
    )


def export(document: Document, renderer: Renderer, path: Path, request: ExportRequest) -> None:
    """Write `document` to `path` as `request` says; `renderer` is the one of its image.

    The file appears whole or not at all. Raises what `check` and `exports.write` raise.
    """
    check(document, path, request)
    if request.content is Content.LAYERS:
        write_layers(path, request, document.source, renderer.matte(document), document.edit)
    elif request.content is Content.MATTE:
        from rim_editor import compositing

        write_result(path, request, document.source, compositing.as_grey(renderer.matte(document), request.depth))
    else:
        write_result(path, request, document.source, renderer.result(document))


def write_result(
    path: Path, request: ExportRequest, source: OpenedImage, pixels: NDArray[np.uint8] | NDArray[np.uint16]
) -> None:
    """Write what an edit made of `source`, in the format of the suffix. Raises what `exports.write` raises."""
    exif = source.exif if request.metadata else b""
    exports.write(path, pixels, exif=exif, quality=request.quality, overwrite=request.overwrite)


def write_layers(
    path: Path, request: ExportRequest, source: OpenedImage, matte: NDArray[np.float32], edit: Edit
) -> None:
    """Write an OpenRaster file that looks like what `edit` makes of `source` and `matte`, HxW in [0, 1].

    Raises what `exports.write_bytes` raises.
    """
    stack, merged = layers_of(source, matte, edit)
    exif = source.exif if request.metadata else b""
    exports.write_bytes(path, openraster.encoded(stack, merged, exif), overwrite=request.overwrite)


def layers_of(
    source: OpenedImage, matte: NDArray[np.float32], edit: Edit
) -> tuple[tuple[openraster.Layer, ...], NDArray[np.uint8]]:
    """The cut-out, the matte, what the edit puts behind or instead, and the original, from top to bottom.

    Those that are visible look together like the second value, which is what `edits.apply` returns, as colours
    of 8 bits. The others are there to go on with, the matte as a layer mask.
    """
    import numpy as np

    from clipmat.foreground import separate
    from rim_editor.compositing import as_grey
    from rim_editor.openraster import Layer

    pixels, grey = source.pixels, np.asarray(as_grey(matte, 8), np.uint8)
    layers = separate(pixels, matte)
    cutout = np.asarray(edits.apply(pixels, matte, Cutout(), layers), np.uint8)
    original = Layer("original", pixels if source.alpha is None else np.dstack([pixels, source.alpha]), visible=False)
    if isinstance(edit, Cutout):
        return (Layer("cut-out", cutout), Layer("matte", grey, visible=False), original), cutout
    if isinstance(edit, MatteOnly):
        merged = np.repeat(grey[:, :, None], 3, axis=2)
        return (Layer("cut-out", cutout, visible=False), Layer("matte", grey), original), merged
    merged = np.asarray(edits.apply(pixels, matte, edit, layers), np.uint8)
    hidden_matte = Layer("matte", grey, visible=False)
    if isinstance(edit, Highlight):
        # Where object and surroundings mix, no layer under the cut-out would give back the very same colours.
        highlight = Layer("highlight", merged)
        return (Layer("cut-out", cutout, visible=False), hidden_matte, highlight, original), merged
    behind = Layer("background", edits.backdrop(edit, matte.shape))
    return (Layer("cut-out", cutout), hidden_matte, behind, original), merged
