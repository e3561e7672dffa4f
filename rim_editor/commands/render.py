"""`rim-editor render`: the result of a project, as the window would export it, without window and model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rim_editor.commands.cutout_options import Json, MarginText, NoMetadata, Quality, Trim, framing_of
from rim_editor.commands.printing import print_json, print_result
from rim_editor.errors import BadOption


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("render")(render)


def render(
    *,
    project: Annotated[Path, typer.Argument(readable=False, help="A project (.rim), or layers (.ora).")],
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", readable=False, help=".png, .webp, .tiff, .avif or .jpg; .ora or .psd for layers."
        ),
    ],
    matte: Annotated[bool, typer.Option("--matte", help="Write the matte alone, whatever the edits are.")] = False,
    depth: Annotated[int, typer.Option(help="Bits of --matte, 8 or 16.")] = 8,
    quality: Quality = None,
    longest_side: Annotated[int | None, typer.Option(min=1, help="Pixels to which a larger result is reduced.")] = None,
    trim: Trim = False,
    margin: MarginText = None,
    canvas: Annotated[
        str | None,
        typer.Option(metavar="A:B|WxH", help="Centre the object on this aspect or size: '1:1', '1080x1350'."),
    ] = None,
    preset: Annotated[str | None, typer.Option(help="Canvas, margin and background of a marketplace.")] = None,
    no_metadata: NoMetadata = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    as_json: Json = False,
) -> None:
    """Write the result of PROJECT as an image."""
    from rim_editor.documents.rendering import Renderer
    from rim_editor.files import exporting, formats, opening
    from rim_editor.files.outputs import is_same_file

    layered = output.suffix.lower() in (formats.LAYERED_SUFFIX, formats.PHOTOSHOP_SUFFIX)
    if matte and layered:
        raise BadOption(f"--matte writes one image: leave it out for '{output.suffix}', or choose .png.")
    content = exporting.Content.RESULT
    if matte or layered:
        content = exporting.Content.MATTE if matte else exporting.Content.LAYERS
    request = exporting.ExportRequest(
        content=content,
        depth=depth,
        quality=quality,
        metadata=not no_metadata,
        overwrite=force,
        longest_side=longest_side,
        framing=framing_of(preset, trim=trim, margin=margin, canvas=canvas),
    )
    if is_same_file(project, output):
        raise BadOption(f"'{output}' is the project itself: choose another name for the result.")
    opened = opening.read(project)
    document = opened.history.current
    exporting.export(document, Renderer(document.source), output, request)
    layers = [layer.title for layer in document.shown_layers]
    if as_json:
        print_json({"project": str(project), "output": str(output), "layers": layers})
    else:
        named = ", ".join(name for name in layers if name)
        print_result(f"{output}: {named or 'one layer' if len(layers) == 1 else named}")
