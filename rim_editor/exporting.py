"""Export of a document to a file: described by an ExportRequest, checked, rendered, encoded, written."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from rim_editor import edits, formats, outputs
from rim_editor.edits import Cutout, Edit, Highlight, MatteOnly, SolidColour
from rim_editor.errors import BadOption, EditorWarning, NoMatte
from rim_editor.framing import Framing, frame_of, framed, moved_inside, object_box

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clipmat.foreground import Layers
    from clipmat.image_files import OpenedImage
    from rim_editor.document import Document
    from rim_editor.openraster import Layer
    from rim_editor.rendering import Renderer

_EXIF_IFD, _WIDTH, _HEIGHT = 0x8769, 0xA002, 0xA003
_BLURRED = 1.5
"""From here on it is seen that an object was enlarged."""


class Content(StrEnum):
    """Which view of the document is written."""

    RESULT = "result"
    MATTE = "matte"
    LAYERS = "layers"


@dataclass(frozen=True)
class ExportRequest:
    """How to write: `content` RESULT is the edited image, MATTE the matte as grey, LAYERS an OpenRaster file.

    Raises BadOption for an invalid depth, quality or side.
    """

    content: Content = Content.RESULT
    depth: int = 8
    """Bits, 8 or 16; 16 is for MATTE."""
    quality: int | None = None
    """1 to 100 for lossy formats; None for the usual."""
    metadata: bool = True
    """Whether the EXIF of the image is kept."""
    overwrite: bool = False
    """Whether an existing file, the image too, may be replaced."""
    longest_side: int | None = None
    """Pixels to which a larger result is reduced; a smaller one stays. None: as large as the image."""
    framing: Framing = Framing()
    """Which part of the image the result shows, and where the object stands in it."""

    def __post_init__(self) -> None:
        edits.check_depth(self.depth)
        if self.quality is not None and not 1 <= self.quality <= 100:
            raise BadOption(f"A quality of {self.quality} is out of range: choose 1 to 100.")
        if self.longest_side is not None and self.longest_side < 1:
            raise BadOption(f"A longest side of {self.longest_side} is too short: choose pixels, such as 2048.")

    def edit_for(self, edit: Edit) -> Edit:
        """The edit that is carried out for `edit`: what would be transparent may be put on a colour."""
        colour = self.framing.colour
        return SolidColour(colour) if colour is not None and isinstance(edit, Cutout) else edit


@dataclass(frozen=True, eq=False)
class RenderedExport:
    """The pixels of an export at their final size, not yet encoded."""

    pixels: NDArray[np.uint8] | NDArray[np.uint16]
    """HxW (uint8 or uint16), HxWx3 or HxWx4 (uint8, sRGB, straight alpha); for layers, the merged image."""
    matte: NDArray[np.float32]
    """HxW in [0, 1]."""
    exif: bytes
    """The EXIF data to write; b'' for none."""
    layers: tuple[Layer, ...] = ()
    """From top to bottom; () unless layers are asked for."""


def check(document: Document, path: Path, request: ExportRequest) -> None:
    """Refuse, before any work is done, an export that could not or must not be done.

    Raises NoMatte while nothing was found or painted, BadOption, and what `check_output` raises.
    """
    if not document.parts and not document.controls.invert:
        raise NoMatte("Nothing is cut out yet: say what to cut out, or paint it, then export.")
    inputs = () if document.source.path is None else (document.source.path,)
    check_output(path, request, document.edit, inputs)


def check_output(path: Path, request: ExportRequest, edit: Edit, inputs: tuple[Path, ...]) -> None:
    """Refuse a `path` that cannot hold what `request` asks for of `edit`, or that must not be written.

    `inputs` are the files that are read. Raises what `check_format` and `outputs.check` raise.
    """
    check_format(path, request, edit)
    outputs.check(path, inputs=inputs, overwrite=request.overwrite)


def check_format(path: Path, request: ExportRequest, edit: Edit) -> None:
    """Refuse a `path` whose format cannot hold what `request` asks for of `edit`; the disk is not accessed.

    Raises OutputUnsupported, BadOption.
    """
    depth, edit = request.depth, request.edit_for(edit)
    if request.content is not Content.MATTE:
        if depth == 16:
            raise BadOption("16 bits are for the matte alone: export the matte, or choose 8 bits.")
        depth = edit.depth if isinstance(edit, MatteOnly) else 8
    formats.check(
        path,
        layered=request.content is Content.LAYERS,
        transparent=request.content is Content.RESULT and edit.transparent,
        depth=depth,
        quality=request.quality,
    )


def export(document: Document, renderer: Renderer, path: Path, request: ExportRequest) -> None:
    """Write `document` to `path` as `request` says; `renderer` is the one of its image.

    The file appears whole or not at all. Raises what `check`, `encoded` and `outputs.write` raise.
    """
    check(document, path, request)
    content = encoded(rendered(document, renderer, request), path, request)
    outputs.write(path, content, overwrite=request.overwrite)


def rendered(document: Document, renderer: Renderer, request: ExportRequest) -> RenderedExport:
    """Render `document` as `request` says; nothing is written. `renderer` is the one of its image."""
    from rim_editor.compositing import as_grey

    whole, edit, matte = document.source, request.edit_for(document.edit), renderer.matte(document)
    colours = None
    if request.framing.frames:
        source, matte, edit, colours = _framed(whole, matte, edit, renderer.layers(document), request)
    else:
        source, matte, edit = _reduced(whole, matte, edit, request.longest_side)
    exif = source.exif if request.metadata else b""
    if request.content is Content.LAYERS:
        layers, merged = _layers(source, matte, edit, colours)
        return RenderedExport(merged, matte, exif, layers)
    if request.content is Content.MATTE:
        return RenderedExport(as_grey(matte, request.depth), matte, exif)
    if source is whole and edit is document.edit:
        return RenderedExport(renderer.result(document), matte, exif)
    pixels = edits.apply(source.pixels, matte, edit, colours)
    return RenderedExport(pixels, matte, exif)


def encoded(result: RenderedExport, path: Path, request: ExportRequest) -> bytes:
    """The bytes of the file to be written to `path`; nothing is written. Raises OutputUnsupported."""
    import numpy as np

    from rim_editor import openraster

    if request.content is Content.LAYERS:
        return openraster.encoded(result.layers, np.asarray(result.pixels, np.uint8), result.exif)
    return formats.encoded(path, result.pixels, result.exif, request.quality)


def encoded_matte(matte: NDArray[np.float32], path: Path, depth: int) -> bytes:
    """The bytes of the file that holds a matte beside a result: HxW in [0, 1] as grey of 8 or 16 bits, no EXIF.

    Raises OutputUnsupported.
    """
    from rim_editor.compositing import as_grey

    return formats.encoded(path, as_grey(matte, depth), b"", None)


def _layers(
    source: OpenedImage, matte: NDArray[np.float32], edit: Edit, colours: Layers | None
) -> tuple[tuple[Layer, ...], NDArray[np.uint8]]:
    """The cut-out, the matte, the background or the highlighted image, and the original, from top to bottom.

    Those that are visible look together like the second value, which is what `edits.apply` returns, as colours
    of 8 bits. The others are for further work, the matte as a layer mask for instance.
    """
    import numpy as np

    from clipmat.foreground import separate
    from rim_editor.compositing import as_grey
    from rim_editor.openraster import Layer

    pixels, grey = source.pixels, np.asarray(as_grey(matte, 8), np.uint8)
    separated = colours or separate(pixels, matte)
    cutout = np.asarray(edits.apply(pixels, matte, Cutout(), separated), np.uint8)
    original = Layer("original", pixels if source.alpha is None else np.dstack([pixels, source.alpha]), visible=False)
    if isinstance(edit, Cutout):
        return (Layer("cut-out", cutout), Layer("matte", grey, visible=False), original), cutout
    if isinstance(edit, MatteOnly):
        merged = np.repeat(grey[:, :, None], 3, axis=2)
        return (Layer("cut-out", cutout, visible=False), Layer("matte", grey), original), merged
    merged = np.asarray(edits.apply(pixels, matte, edit, separated), np.uint8)
    hidden_matte = Layer("matte", grey, visible=False)
    if isinstance(edit, Highlight):
        # Where object and surroundings mix, no layer under the cut-out would give exactly the same colours.
        highlight = Layer("highlight", merged)
        return (Layer("cut-out", cutout, visible=False), hidden_matte, highlight, original), merged
    behind = Layer("background", edits.backdrop(edit, matte.shape))
    return (Layer("cut-out", cutout), hidden_matte, behind, original), merged


def _reduced(
    source: OpenedImage, matte: NDArray[np.float32], edit: Edit, longest_side: int | None
) -> tuple[OpenedImage, NDArray[np.float32], Edit]:
    """Image, matte and edit as large as the result; unchanged where nothing is to be reduced."""
    import cv2
    import numpy as np

    height, width = matte.shape
    factor = max(height, width) / (longest_side or max(height, width))
    if factor <= 1:
        return source, matte, edit
    size = max(1, round(width / factor)), max(1, round(height / factor))
    pixels = np.asarray(cv2.resize(source.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    alpha = None
    if source.alpha is not None:
        alpha = np.asarray(cv2.resize(source.alpha, size, interpolation=cv2.INTER_AREA), np.uint8)
    small = np.asarray(cv2.resize(matte, size, interpolation=cv2.INTER_AREA), np.float32)
    reduced = replace(source, pixels=pixels, alpha=alpha, exif=_exif_of_size(source.exif, size))
    return reduced, np.clip(small, 0, 1), edits.scaled(edit, factor)


def _framed(
    source: OpenedImage, matte: NDArray[np.float32], edit: Edit, colours: Layers, request: ExportRequest
) -> tuple[OpenedImage, NDArray[np.float32], Edit, Layers]:
    """Image, matte, edit and colours as the frame shows them; beside the image the matte is 0 and colours go on."""
    import numpy as np

    from clipmat.foreground import Layers

    height, width = matte.shape
    frame = frame_of(request.framing, object_box(matte), request.longest_side)
    if isinstance(edit, Highlight):  # the surroundings are part of the result, and there are none beside the image
        frame = moved_inside(frame, width, height)
    if frame.scale > _BLURRED:
        text = f"The object is enlarged {frame.scale:.1f} times to fill the canvas: a larger photograph is sharper."
        warnings.warn(text, EditorWarning, stacklevel=4)
    alpha = framed(np.full((height, width), 255, np.uint8) if source.alpha is None else source.alpha, frame)
    pixels = framed(source.pixels, frame, extended=True)
    exif = _exif_of_size(source.exif, (frame.width, frame.height))
    shown = replace(source, pixels=pixels, alpha=None if alpha.min() == 255 else alpha, exif=exif)
    ahead, behind = (framed(each, frame, extended=True) for each in (colours.foreground, colours.background))
    # A tile is reduced with the image, but not enlarged.
    return shown, framed(matte, frame), edits.scaled(edit, max(1.0, 1 / frame.scale)), Layers(ahead, behind)


def _exif_of_size(exif: bytes, size: tuple[int, int]) -> bytes:
    from PIL import Image

    found = Image.Exif()
    found.load(exif)
    details = dict(found.get_ifd(_EXIF_IFD))
    if not details:
        return exif
    found[_EXIF_IFD] = details | {_WIDTH: size[0], _HEIGHT: size[1]}
    return found.tobytes()
