"""Options that several commands have, each described once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from rim_editor.edit_description import EditName
from rim_editor.edits import Fit, Style


class Device(StrEnum):
    """Where the model runs."""

    AUTO = "auto"
    CUDA = "cuda"
    CPU = "cpu"
    MPS = "mps"


Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]

EditOption = Annotated[EditName, typer.Option(help="What to make of the object.")]
Color = Annotated[
    str | None, typer.Option(help="Of solid, gradient (its start), tint, beside a fitted background: '#rrggbb'.")
]
ToColor = Annotated[str | None, typer.Option(help="Of the gradient's end: '#000000'.")]
Angle = Annotated[
    float | None, typer.Option(help="Of the gradient: 0 left to right, 90 top to bottom, which is usual.")
]
BackgroundFile = Annotated[Path | None, typer.Option(help="The image behind the object.")]
FitOption = Annotated[Fit | None, typer.Option(help="How the background meets the size: cover.")]
Offset = Annotated[
    str | None,
    typer.Option(metavar="X,Y", help="Moves the background right and down by shares of the size: '0.1,-0.2'."),
]
StyleOption = Annotated[Style | None, typer.Option(help="How highlight sets the object apart: dim.")]
Strength = Annotated[float | None, typer.Option(min=0.0, max=1.0, help="Of the highlight, 0 to 1: 0.7.")]
Depth = Annotated[int | None, typer.Option(help="Bits of the matte, 8 or 16: 8.")]

ShiftEdge = Annotated[float, typer.Option(min=-50, max=50, help="Pixels that the matte grows or shrinks.")]
Feather = Annotated[float, typer.Option(min=0, max=100, help="Blur of the matte, sigma in pixels.")]
Contrast = Annotated[float, typer.Option(min=0, max=1, help="Of the matte; 1 makes a hard edge.")]
FillHoles = Annotated[bool, typer.Option("--fill-holes", help="Close what the matte wholly surrounds.")]
Invert = Annotated[bool, typer.Option("--invert", help="Keep all but the object.")]

Quality = Annotated[
    int | None, typer.Option(min=1, max=100, help="Of WebP, AVIF and JPEG: 90. WebP at 100 is lossless.")
]
Weights = Annotated[str, typer.Option(help="A model's name, or a file of weights.")]
DeviceOption = Annotated[Device, typer.Option("--device", help="Where the model runs.")]
NoMetadata = Annotated[bool, typer.Option("--no-metadata", help="Leave the photograph's EXIF out.")]
