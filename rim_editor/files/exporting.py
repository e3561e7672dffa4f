"""Export of a document to a file: described by an ExportRequest, checked, rendered, encoded, written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from clipmat.image_metadata import Metadata
from rim_editor.documents import edits, layering
from rim_editor.documents.composition import Composition
from rim_editor.documents.document import Layer
from rim_editor.documents.edits import Cutout, Edit, MatteOnly, SolidColour
from rim_editor.documents.framing import Framing
from rim_editor.documents.layering import RenderedLayer
from rim_editor.errors import BadOption, NoMatte
from rim_editor.files import export_layers, formats, outputs, raster_layers
from rim_editor.translation import tr

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rim_editor.documents.compositing import Strips
    from rim_editor.documents.document import Document
    from rim_editor.documents.rendering import Renderer
    from rim_editor.files.export_layers import ExportedImage
    from rim_editor.files.raster_layers import RasterLayer


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


@dataclass(frozen=True, eq=False)
class PreparedExport:
    """All that an export is rendered of: its document and renderer, and the memory of both, are needed no more."""

    source: ExportedImage
    """As large as the layers."""
    layers: tuple[RenderedLayer, ...]
    """From the lowest on."""
    request: ExportRequest
    placed: bool = False
    """Whether an object was put elsewhere than it is in its image."""
    is_settled: bool = False

    def settled(self) -> PreparedExport:
        """The same with each object at its place, and all in the frame of the result."""
        from clipmat.foreground import separate
        from rim_editor.documents import composition_rendering

        if self.is_settled:
            return self
        request, source, layers = self.request, self.source, self.layers
        if request.framing.frames:
            layers = tuple(
                replace(layer, colours=layer.colours or separate(source.pixels[:], layer.matte[:])) for layer in layers
            )
        unplaced, layers = layers, tuple(composition_rendering.settled(source.pixels, layer) for layer in layers)
        placed = any(layer is not other for layer, other in zip(layers, unplaced, strict=True))
        if request.framing.frames:
            flat = request.content is Content.RESULT
            source, layers = export_layers.in_frame(source, layers, request.framing, request.longest_side, flat=flat)
        return PreparedExport(source, layers, request, placed, is_settled=True)

    @property
    def matte(self) -> Strips:
        """What the layers cover together, HxW float32 in [0, 1]; of a settled one, in the result."""
        return layering.united([layer.matte for layer in self.layers])

    def rendered(self) -> RenderedExport:
        """The pixels; nothing is written."""
        from rim_editor.documents.compositing import as_grey

        ready, request = self.settled(), self.request
        metadata = ready.source.metadata if request.metadata else Metadata()
        if request.content is Content.LAYERS:
            stack, merged = raster_layers.stack(ready.source, ready.layers, placed=ready.placed)
            return RenderedExport(merged, metadata, stack)
        if request.content is Content.MATTE:
            return RenderedExport(as_grey(ready.matte, request.depth), metadata)
        result = layering.composed(ready.source.pixels, layering.uncovered(ready.layers))
        return RenderedExport(result if len(self.layers) == 1 else layering.with_channels(result), metadata)


def prepared(document: Document, renderer: Renderer, request: ExportRequest) -> PreparedExport:
    """What is rendered of `document` for `request`. `renderer` is the one of its image."""
    shown = document.shown_layers or (Layer(edit=document.edit if document.layer.visible else Cutout()),)
    source = document.source
    side = None if request.framing.frames else request.longest_side
    smaller = side is not None and max(source.pixels.shape[:2]) > side

    def described(layer: Layer) -> RenderedLayer:
        return RenderedLayer(
            renderer.layer_matte(layer),
            request.edit_for(layer.edit) if layer is shown[0] else layer.edit,
            None if smaller else renderer.known_colours(layer),
            layer.title or (tr("Layer {number}", number=layer.number) if len(shown) > 1 else ""),
            layer.composition,
            renderer.middle(layer) if layer.composition != Composition() else (0.5, 0.5),
        )

    layers = tuple(described(layer) for layer in shown)
    if smaller and side is not None:
        source, layers = export_layers.at_size(source, layers, side)
    return PreparedExport(source, layers, request)


def rendered(document: Document, renderer: Renderer, request: ExportRequest) -> RenderedExport:
    """Render `document` as `request` says; nothing is written. `renderer` is the one of its image."""
    return prepared(document, renderer, request).rendered()


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


def encoded_matte(matte: Strips, path: Path, depth: int) -> bytes:
    """The bytes of the file that holds a matte beside a result: HxW in [0, 1] as grey of 8 or 16 bits, no metadata.

    Raises OutputUnsupported.
    """
    from rim_editor.documents.compositing import as_grey

    return formats.encoded(path, as_grey(matte, depth), Metadata(), None)
