"""Export of a document to a file: described by an ExportRequest, checked, rendered, encoded, written."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from clipmat.image_metadata import Metadata
from rim_editor.documents import edits, layering
from rim_editor.documents.composition import Composition
from rim_editor.documents.edits import Cutout, Edit, Highlight, MatteOnly, SolidColour
from rim_editor.documents.framing import Framing, frame_of, framed, moved_inside, object_box
from rim_editor.documents.layering import RenderedLayer
from rim_editor.errors import BadOption, EditorWarning, NoMatte
from rim_editor.files import formats, outputs, raster_layers
from rim_editor.translation import tr

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clipmat.image_files import OpenedImage
    from rim_editor.documents.document import Document
    from rim_editor.documents.rendering import Renderer
    from rim_editor.files.raster_layers import RasterLayer

_BLURRED = 1.5
"""From here on it is seen that an object was enlarged."""


class Content(StrEnum):
    """Which view of the document is written."""

    RESULT = "result"
    MATTE = "matte"
    LAYERS = "layers"


@dataclass(frozen=True)
class ExportRequest:
    """How to write: `content` RESULT is the edited image, MATTE the matte as grey, LAYERS a file with layers.

    Raises BadOption for an invalid depth, quality or side.
    """

    content: Content = Content.RESULT
    depth: int = 8
    """Bits, 8 or 16; 16 is for MATTE."""
    quality: int | None = None
    """1 to 100 for lossy formats; None for the usual."""
    metadata: bool = True
    """Whether EXIF, XMP, IPTC and resolution of the image are kept."""
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
    metadata: Metadata
    """What to write beside the pixels."""
    layers: tuple[RasterLayer, ...] = ()
    """From top to bottom; () unless layers are asked for."""


def check(document: Document, path: Path, request: ExportRequest) -> None:
    """Refuse, before any work is done, an export that could not or must not be done.

    Raises NoMatte while nothing was found or painted, BadOption, and what `check_output` raises.
    """
    if not document.shown_layers:
        if any(not layer.is_empty for layer in document.layers):
            raise NoMatte("Every layer with something in it is hidden: show one, then export.")
        raise NoMatte("Nothing is cut out yet: say what to cut out, or paint it, then export.")
    inputs = () if document.source.path is None else (document.source.path,)
    check_output(path, request, layering.deciding_edit(document.shown_layers), inputs)


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

    The file appears whole or not at all. Raises what `check` and `write` raise.
    """
    check(document, path, request)
    write(rendered(document, renderer, request), path, request)


def write(result: RenderedExport, path: Path, request: ExportRequest) -> None:
    """Write what was rendered to `path`, whole or not at all. Raises what `encode` and `outputs.write` raise."""
    outputs.write(path, lambda file: encode(result, path, request, file), overwrite=request.overwrite)


def rendered(document: Document, renderer: Renderer, request: ExportRequest) -> RenderedExport:
    """Render `document` as `request` says; nothing is written. `renderer` is the one of its image."""
    from rim_editor.documents import composition_rendering
    from rim_editor.documents.compositing import as_grey

    shown = document.shown_layers or (document.layer,)
    several = len(shown) > 1
    layers = tuple(
        RenderedLayer(
            renderer.layer_matte(layer),
            request.edit_for(layer.edit) if layer is shown[0] else layer.edit,
            renderer.colours(layer) if request.framing.frames else None,
            layer.title or (tr("Layer {number}", number=layer.number) if several else ""),
            layer.composition,
            renderer.middle(layer) if layer.composition != Composition() else (0.5, 0.5),
        )
        for layer in shown
    )
    if not request.framing.frames:
        source, layers = _reduced(document.source, layers, request.longest_side)
        if source is document.source:  # what the renderer has separated is not separated again beside it
            layers = tuple(
                replace(one, colours=renderer.colours(layer)) if composition_rendering.is_placed(one) else one
                for one, layer in zip(layers, shown, strict=True)
            )
    else:
        source = document.source
    unplaced, layers = layers, tuple(composition_rendering.settled(source.pixels, layer) for layer in layers)
    placed = any(layer is not other for layer, other in zip(layers, unplaced, strict=True))
    if request.framing.frames:
        source, layers = _framed(source, layers, request)
    matte = layering.united([layer.matte for layer in layers], source.pixels.shape)
    metadata = source.metadata if request.metadata else Metadata()
    if request.content is Content.LAYERS:
        stack, merged = raster_layers.stack(source, layers, placed=placed)
        return RenderedExport(merged, matte, metadata, stack)
    if request.content is Content.MATTE:
        return RenderedExport(as_grey(matte, request.depth), matte, metadata)
    if source is document.source and unplaced[0].edit is shown[0].edit and not placed:
        return RenderedExport(renderer.result(document), matte, metadata)
    pixels = layering.composed(source.pixels, layers)
    return RenderedExport(pixels, matte, metadata)


def encoded(result: RenderedExport, path: Path, request: ExportRequest) -> bytes:
    """The bytes of the file to be written to `path`; nothing is written. Raises OutputUnsupported."""
    buffer = BytesIO()
    encode(result, path, request, buffer)
    return buffer.getvalue()


def encode(result: RenderedExport, path: Path, request: ExportRequest, file: BinaryIO) -> None:
    """Write what `path` is to hold into `file`, which can seek. Raises OutputUnsupported."""
    import numpy as np

    from rim_editor.files import openraster_writing, photoshop_writing

    if request.content is not Content.LAYERS:
        file.write(formats.encoded(path, result.pixels, result.metadata, request.quality))
        return
    formats.check_size(path, result.pixels.shape)
    writing = photoshop_writing if path.suffix.lower() == formats.PHOTOSHOP_SUFFIX else openraster_writing
    writing.write(file, result.layers, np.asarray(result.pixels, np.uint8), result.metadata)


def encoded_matte(matte: NDArray[np.float32], path: Path, depth: int) -> bytes:
    """The bytes of the file that holds a matte beside a result: HxW in [0, 1] as grey of 8 or 16 bits, no metadata.

    Raises OutputUnsupported.
    """
    from rim_editor.documents.compositing import as_grey

    return formats.encoded(path, as_grey(matte, depth), Metadata(), None)


def _reduced(
    source: OpenedImage, layers: tuple[RenderedLayer, ...], longest_side: int | None
) -> tuple[OpenedImage, tuple[RenderedLayer, ...]]:
    """Image and layers as large as the result; unchanged where nothing is to be reduced."""
    import cv2
    import numpy as np

    height, width = source.pixels.shape[:2]
    factor = max(height, width) / (longest_side or max(height, width))
    if factor <= 1:
        return source, layers
    size = max(1, round(width / factor)), max(1, round(height / factor))
    pixels = np.asarray(cv2.resize(source.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    alpha = None
    if source.alpha is not None:
        alpha = np.asarray(cv2.resize(source.alpha, size, interpolation=cv2.INTER_AREA), np.uint8)
    small = replace(source, pixels=pixels, alpha=alpha, metadata=source.metadata.of_size(size))

    def reduced(layer: RenderedLayer) -> RenderedLayer:
        matte = np.asarray(cv2.resize(layer.matte, size, interpolation=cv2.INTER_AREA), np.float32)
        return replace(layer, matte=np.clip(matte, 0, 1), edit=edits.scaled(layer.edit, factor), colours=None)

    return small, tuple(reduced(layer) for layer in layers)


def _framed(
    source: OpenedImage, layers: tuple[RenderedLayer, ...], request: ExportRequest
) -> tuple[OpenedImage, tuple[RenderedLayer, ...]]:
    """Image and layers as the frame shows them; beside the image the mattes are 0 and colours go on."""
    import numpy as np

    from clipmat.foreground import PatchedImage, SeparatedColours

    height, width = source.pixels.shape[:2]
    # A layer that the result does not show has no say where its frame is; of a file with layers it has.
    seen = layering.uncovered(layers) if request.content is Content.RESULT else layers
    box = object_box(layering.united([_seen(layer) for layer in seen], source.pixels.shape))
    frame = frame_of(request.framing, box, request.longest_side)
    # The surroundings are part of a highlight, and there are none beside the image.
    if any(isinstance(layer.edit, Highlight) for layer in layers):
        frame = moved_inside(frame, width, height)
    if frame.scale > _BLURRED:
        text = f"The object is enlarged {frame.scale:.1f} times to fill the canvas: a larger photograph is sharper."
        warnings.warn(text, EditorWarning, stacklevel=4)
    alpha = framed(np.full((height, width), 255, np.uint8) if source.alpha is None else source.alpha, frame)
    pixels = framed(source.pixels, frame, extended=True)
    metadata = source.metadata.of_size((frame.width, frame.height))
    shown = replace(source, pixels=pixels, alpha=None if alpha.min() == 255 else alpha, metadata=metadata)
    # A tile is reduced with the image, but not enlarged.
    factor = max(1.0, 1 / frame.scale)
    # Lengths of a composition are shares of the image's longer side, which the frame changes.
    percent = max(width, height) * frame.scale / 100

    def moved(layer: RenderedLayer) -> RenderedLayer:
        colours = layer.colours
        if colours is not None:
            sides = colours.foreground, colours.background
            colours = SeparatedColours(*(PatchedImage(framed(side.whole(), frame, extended=True)) for side in sides))
        edit = edits.scaled(layer.edit, factor)
        return replace(layer, matte=framed(layer.matte, frame), edit=edit, colours=colours, percent=percent)

    return shown, tuple(moved(layer) for layer in layers)


def _seen(layer: RenderedLayer) -> NDArray[np.float32]:
    """What a layer's object covers together with its shadow and outline, HxW in [0, 1]."""
    from rim_editor.documents import composition_rendering

    marks = composition_rendering.marks(layer)
    return layering.united([layer.matte, *(mark.cover[:] for mark in marks)], layer.matte.shape)
