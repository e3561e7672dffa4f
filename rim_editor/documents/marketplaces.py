"""Marketplaces and networks as presets of an export: the canvas, margin and background that each asks for.

The rules are the public ones as of November 2026; they change now and then, and only the marketplace decides what it
refuses. Where a rule names a range, the preset takes a size inside it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from rim_editor.documents.edits import WHITE
from rim_editor.documents.framing import CanvasShape, Framing, Margin
from rim_editor.errors import BadOption
from rim_editor.translation import marked


@dataclass(frozen=True)
class Marketplace:
    """One preset."""

    name: str
    """As the command line takes it."""
    title: str
    """As the window shows it."""
    framing: Framing
    rule: str
    """What the marketplace asks for, as a sentence."""


def _of(canvas: CanvasShape, fill: float, *, white: bool = False) -> Framing:
    """The object fills `fill` percent of the canvas's shorter side at most."""
    return Framing(True, Margin((100 - fill) / 2, percent=True), canvas, WHITE if white else None)


MARKETPLACES = marked((
    Marketplace(
        "amazon",
        "Amazon",
        _of(CanvasShape(2000, 2000, pixels=True), 85, white=True),
        "Pure white, the product fills 85 % of the frame, 1600 pixels or more on the longest side so that zoom works.",
    ),
    Marketplace(
        "ebay",
        "eBay",
        _of(CanvasShape(1600, 1600, pixels=True), 90, white=True),
        "A plain background without text or border, 500 to 9000 pixels on the longest side, best 1600.",
    ),
    Marketplace(
        "etsy",
        "Etsy",
        _of(CanvasShape(2800, 2100, pixels=True), 80),
        "4:3, for the first photo shows as 4:3, and 2000 pixels or more on the shorter side.",
    ),
    Marketplace(
        "shopify",
        "Shopify",
        _of(CanvasShape(2048, 2048, pixels=True), 85),
        "Square, 2048 x 2048 pixels, never more than 5000 x 5000.",
    ),
    Marketplace(
        "google",
        "Google Shopping",
        _of(CanvasShape(1500, 1500, pixels=True), 85, white=True),
        "White or transparent, the product fills 75 to 90 % of the image, no text, 1500 x 1500 pixels or more.",
    ),
    Marketplace(
        "instagram",
        "Instagram portrait",
        _of(CanvasShape(1080, 1350, pixels=True), 85),
        "4:5, 1080 x 1350 pixels.",
    ),
    Marketplace(
        "instagram-square",
        "Instagram square",
        _of(CanvasShape(1080, 1080, pixels=True), 85),
        "1:1, 1080 x 1080 pixels.",
    ),
    Marketplace(
        "pinterest",
        "Pinterest",
        _of(CanvasShape(1000, 1500, pixels=True), 85),
        "2:3, 1000 x 1500 pixels; longer pins are cut off.",
    ),
))  # fmt: skip
"""The presets, in the order in which they are offered."""


def marketplace(name: str) -> Marketplace:
    """The preset of this name, ignoring case. Raises BadOption, which lists them."""
    found = next((each for each in MARKETPLACES if each.name == name.strip().lower()), None)
    if found is None:
        known = ", ".join(each.name for each in MARKETPLACES)
        raise BadOption(f"'{name}' is no preset: choose among {known}.")
    return found


def framing_for(
    preset: str | Framing | None, *, trim: bool, margin: Margin | None, canvas: CanvasShape | None
) -> Framing:
    """The framing of a marketplace or of a preset, with what was asked for besides in its place. Raises BadOption."""
    framing = marketplace(preset).framing if isinstance(preset, str) else preset or Framing()
    return replace(
        framing,
        trim=trim or framing.trim,
        margin=framing.margin if margin is None else margin,
        canvas=canvas or framing.canvas,
    )
