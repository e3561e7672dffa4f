"""Options that `matte` and `batch` share, each described once, and the decorator that gives a command all of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from rim_editor import presets
from rim_editor.documents.composition import Composition, Outline, Placement, Shadow, parse
from rim_editor.documents.document import MatteControls
from rim_editor.documents.edit_description import EditDescription, EditName
from rim_editor.documents.edits import Fit, Style
from rim_editor.documents.framing import Framing, parse_canvas, parse_margin
from rim_editor.documents.marketplaces import MARKETPLACES, framing_for

if TYPE_CHECKING:
    from clipmat.examples import Example
    from rim_editor.presets import Preset

Result = TypeVar("Result")


class Device(StrEnum):
    """Where the model runs."""

    AUTO = "auto"
    CUDA = "cuda"
    CPU = "cpu"
    MPS = "mps"


Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Quality = Annotated[
    int | None, typer.Option(min=1, max=100, help="Of WebP, AVIF and JPEG: 90. WebP at 100 is lossless.")
]
Trim = Annotated[bool, typer.Option("--trim", help="Cut off what is around the object.")]
MarginText = Annotated[
    str | None, typer.Option(metavar="PX|%", help="Room around the object, with --trim or --canvas: '24', '7.5%'.")
]
NoMetadata = Annotated[bool, typer.Option("--no-metadata", help="Leave EXIF, XMP, IPTC and resolution out.")]


@dataclass(frozen=True)
class CutoutOptions:
    """The options about the result and the model, in the order of `--help`."""

    edit: Annotated[EditName, typer.Option(help="What to make of the object.")] = EditName.CUTOUT
    color: Annotated[
        str | None, typer.Option(help="Of solid, gradient (its start), tint, beside a fitted background: '#rrggbb'.")
    ] = None
    to_color: Annotated[str | None, typer.Option(help="Of the gradient's end: '#000000'.")] = None
    angle: Annotated[
        float | None, typer.Option(help="Of the gradient: 0 left to right, 90 top to bottom, which is usual.")
    ] = None
    background: Annotated[Path | None, typer.Option(readable=False, help="The image behind the object.")] = None
    fit: Annotated[Fit | None, typer.Option(help="How the background meets the size: cover.")] = None
    offset: Annotated[
        str | None,
        typer.Option(metavar="X,Y", help="Moves the background right and down by shares of the size: '0.1,-0.2'."),
    ] = None
    scale: Annotated[float | None, typer.Option(min=0.1, max=10, help="Enlarges the background: 1.")] = None
    style: Annotated[Style | None, typer.Option(help="How highlight sets the object apart: dim.")] = None
    strength: Annotated[float | None, typer.Option(min=0.0, max=1.0, help="Of the highlight, 0 to 1: 0.7.")] = None
    depth: Annotated[int | None, typer.Option(help="Bits of the matte, 8 or 16: 8.")] = None
    decontaminate: Annotated[
        bool | None,
        typer.Option(
            "--decontaminate/--keep-colours", help="Free the edge of a cut-out of the old background's colour, or not."
        ),
    ] = None
    place: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            help="Moves, scales, turns the object on its background: 'right=0.1,down=-0.2,scale=0.8,angle=10'.",
        ),
    ] = None
    shadow: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT", help="Under the object: 'usual', or 'angle=60,distance=1.5,softness=1,strength=.5'."
        ),
    ] = None
    outline: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Around the object: 'usual', or 'width=0.5,color=#ffffff'.")
    ] = None
    match_colours: Annotated[
        float | None, typer.Option(min=0, max=1, help="How far the object takes on the background's colours: 0.")
    ] = None
    shift_edge: Annotated[float, typer.Option(min=-50, max=50, help="Pixels that the matte grows or shrinks.")] = 0.0
    feather: Annotated[float, typer.Option(min=0, max=100, help="Blur of the matte, sigma in pixels.")] = 0.0
    contrast: Annotated[float, typer.Option(min=0, max=1, help="Of the matte; 1 makes a hard edge.")] = 0.0
    fill_holes: Annotated[
        bool, typer.Option("--fill-holes", help="Close what the matte surrounds, unless it shows the background.")
    ] = False
    largest_hole: Annotated[
        float, typer.Option(min=0, max=100, help="Of --fill-holes: percent of the object's area; larger ones stay.")
    ] = 5.0
    invert: Annotated[bool, typer.Option("--invert", help="Keep all but the object.")] = False
    quality: Quality = None
    trim: Trim = False
    margin: MarginText = None
    canvas: Annotated[
        str | None,
        typer.Option(metavar="A:B|WxH", help="Centre the object on this aspect or size: '1:1', '4:5', '1080x1350'."),
    ] = None
    preset: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE",
            help="One of yours, or a .rimpreset: edit, controls, composition and export, but for what is given here. "
            f"Or canvas, margin, background of {', '.join(each.name for each in MARKETPLACES)}.",
        ),
    ] = None
    longest_side: Annotated[int | None, typer.Option(min=1, help="Pixels to which larger results are reduced.")] = None
    example: Annotated[
        Path | None,
        typer.Option(
            readable=False, metavar="FILE", help="A .rimexample: find what was selected there, beside words or without."
        ),
    ] = None
    page: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="The page or frame of files that hold several: the first.")
    ] = None
    weights: Annotated[
        str, typer.Option(help="A model's name, a file of weights, their index, or a system's folder.")
    ] = "compact"
    device: Annotated[Device, typer.Option("--device", help="Where the model runs.")] = Device.AUTO
    best_guess: Annotated[
        bool, typer.Option("--best-guess", help="Write the best match even where nothing seems to match.")
    ] = False
    at_least: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            help="The presence below which nothing matches; by default the weights decide, and doubt warns.",
        ),
    ] = None
    no_metadata: NoMetadata = False

    @cached_property
    def own_preset(self) -> Preset | None:
        """The preset of the user that was named; None for none, or a marketplace's. Raises BadOption, BadPreset."""
        return None if self.preset is None else presets.find(self.preset)

    @cached_property
    def description(self) -> EditDescription:
        """The edit that was asked for, not yet checked, else that of the preset. Raises what `own_preset` raises."""
        options = {each.name: getattr(self, each.name) for each in fields(EditDescription) if each.name != "name"}
        asked = EditDescription(self.edit, **options)
        if self.own_preset is None or asked != EditDescription():
            return asked
        return EditDescription.of(self.own_preset.edit, presets.background_file(self.own_preset.edit))

    def suffix_of(self, suffix: str, *, given: bool) -> str:
        """The suffix of results, with its dot: `suffix` if it was `given`, else that of the preset."""
        own = None if given or self.own_preset is None else self.own_preset.export.suffix
        return own or f".{suffix.lower().removeprefix('.')}"

    def quality_of(self, suffix: str) -> int | None:
        """The quality of results with this suffix; that of the preset if it is for the same."""
        export = None if self.own_preset is None else self.own_preset.export
        return export.quality if self.quality is None and export and export.suffix == suffix else self.quality

    @property
    def longest(self) -> int | None:
        """The longest side of results in pixels."""
        own = None if self.own_preset is None else self.own_preset.export.longest_side
        return own if self.longest_side is None else self.longest_side

    @property
    def composition(self) -> Composition:
        """Where the object stands, and what it has around it. Raises BadOption."""
        asked = Composition(
            Placement() if self.place is None else parse(Placement, self.place),
            None if self.shadow is None else parse(Shadow, self.shadow),
            None if self.outline is None else parse(Outline, self.outline),
            self.match_colours or 0.0,
        )
        return asked if self.own_preset is None or asked != Composition() else self.own_preset.composition

    @property
    def controls(self) -> MatteControls:
        """The controls of the matte. Raises BadOption."""
        asked = MatteControls(
            self.shift_edge, self.feather, self.contrast, self.fill_holes, self.invert, self.largest_hole
        )
        return asked if self.own_preset is None or asked != MatteControls() else self.own_preset.controls

    @property
    def example_read(self) -> Example | None:
        """The example in the file that was named. Raises BadExample."""
        from clipmat.examples import read_example

        return None if self.example is None else read_example(self.example)

    @property
    def framing(self) -> Framing:
        """Where the object stands in the result. Raises BadOption."""
        return framing_of(self.preset, trim=self.trim, margin=self.margin, canvas=self.canvas)


def framing_of(preset: str | None, *, trim: bool, margin: str | None, canvas: str | None) -> Framing:
    """The framing that options ask for, margin and canvas as they were typed. Raises BadOption, BadPreset."""
    own = None if preset is None else presets.find(preset)
    return framing_for(
        preset if own is None else own.export.framing,
        trim=trim,
        margin=None if margin is None else parse_margin(margin),
        canvas=None if canvas is None else parse_canvas(canvas),
    )


def with_cutout_options(command: Callable[..., Result]) -> Callable[..., Result]:
    """Replace the parameter `options` of a command by the fields of CutoutOptions, which it still receives as one."""
    own, shared = (inspect.signature(each, eval_str=True) for each in (command, CutoutOptions))
    parameters: list[inspect.Parameter] = []
    for name, parameter in own.parameters.items():
        parameters += shared.parameters.values() if name == "options" else [parameter]
    parameters = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]

    @wraps(command)
    def with_fields(**values: Any) -> Result:  # noqa: ANN401 - Typer passes one value per parameter
        options = CutoutOptions(**{name: values.pop(name) for name in shared.parameters})
        return command(**values, options=options)

    with_fields.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    with_fields.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return with_fields
