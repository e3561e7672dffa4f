"""Strand entities as an ordinary pack, which `EntityBank.read` reads and composition uses like any other."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from clipmat.files import write_whole
from training.files.attributes import dominant_colours
from training.strands.families import FAMILIES, geometry
from training.strands.geometry import StrandError
from training.strands.render import render

SYNONYMS: dict[str, tuple[str, ...]] = {
    "wig": ("hairpiece", "hair"),
    "hair": ("lock of hair", "strands of hair"),
    "fur": ("piece of fur", "fluffy fur"),
    "feather": ("plume", "quill"),
    "spider web": ("web", "cobweb", "spiderweb"),
    "lace": ("lace trim", "lacework"),
    "doily": ("lace doily", "lace", "lacework"),
    "net": ("netting", "mesh"),
    "fence": ("wire fence", "chain-link fence", "mesh"),
    "grass": ("tuft of grass", "blades of grass", "plant"),
    "fern": ("fern leaf", "frond", "leaf", "plant"),
    "branch": ("twig", "leaves", "plant"),
    "smoke": ("fumes", "smog"),
    "glass": ("drinking glass", "tumbler"),
    "wine glass": ("glass", "goblet"),
    "glass bottle": ("bottle",),
    "glass vase": ("vase",),
    "soap bubble": ("bubble",),
    "soap bubbles": ("bubbles",),
    "ring": ("hoop",),
}
"""Other names of what the families draw, by `Geometry.name`, which is the keyword."""
TRANSPARENT = {"smoke", "glass", "wine glass", "glass bottle", "glass vase", "soap bubble", "soap bubbles"}
"""What is half-transparent inside, not only at its edges."""
_HELD = 8
"""Of so many entities of a family, one is held out."""


def strand_entity(number: int, seed: int, side: int) -> tuple[dict[str, Any], NDArray[np.uint8]]:
    """Entity `number` of the pack with a seed: its row for entities.jsonl, and its cut-out HxWx4 uint8 RGBA.

    Families take turns. The cut-out is drawn into a square of `side` pixels and cropped but for a margin of 2 %.
    """
    turn, which = divmod(number, len(FAMILIES))
    drawn = geometry(list(FAMILIES)[which], np.random.default_rng((seed, number)))
    colour, alpha = render(drawn, side)
    margin = round(0.02 * side)
    rows, columns = (np.flatnonzero(alpha.max(axis=axis) > 1 / 255) for axis in (1, 0))
    part = tuple(slice(max(0, int(at[0]) - margin), int(at[-1]) + margin + 1) for at in (rows, columns))
    alpha = alpha[part]
    cutout = np.dstack([colour[part], np.round(alpha * 255).astype(np.uint8)])
    # What one mostly sees through shows the colours behind it.
    clear = drawn.name in TRANSPARENT and np.median(alpha[alpha > 0.02]) < 0.5
    name = f"strand_{seed}_{number:05d}"
    row = {
        "id": name,
        "file": f"{name}.png",
        "source": "made by this project",
        "license": "Apache-2.0",
        "keyword": drawn.name,
        "synonyms": list(SYNONYMS[drawn.name]),
        "kind": "object",
        "colors": [] if clear else [asdict(colour) for colour in dominant_colours(cutout)],
        "garments": [],
        "transparent": drawn.name in TRANSPARENT,
        "width": alpha.shape[1],
        "height": alpha.shape[0],
        "split": "val_seen" if turn % _HELD == _HELD - 1 else "train",
    }
    return row, cutout


def write_pack(folder: str | Path, count: int, seed: int, side: int) -> Path:
    """Write `count` strand entities of at most `side` x `side` pixels as a pack; same seed, same bytes.

    The index comes last, so a folder that was left unfinished is no pack. Returns the index's path. Raises StrandError
    when a number is too small, when the folder holds a pack already, and when the disk does not take it.
    """
    folder = Path(folder)
    index = folder / "entities.jsonl"
    if count < 1 or side < 32 or seed < 0:
        raise StrandError(f"count {count} is at least 1, side {side} at least 32, seed {seed} at least 0")
    if index.exists():
        raise StrandError(f"{folder} holds a pack already: name another folder, or remove that one first")
    rows = []
    try:
        for number in range(count):
            row, pixels = strand_entity(number, seed, side)
            png = io.BytesIO()
            Image.fromarray(pixels).save(png, "PNG")
            write_whole(folder / "entities" / str(row["file"]), png.getvalue())
            rows.append(json.dumps(row))
        write_whole(index, "\n".join(rows) + "\n")
    except OSError as error:
        raise StrandError(f"{folder} cannot be written: {error}; free some space or name another folder") from error
    return index
