"""Hair, fur and feathers: many tapering strands that hold together, some of which stray."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.strands.geometry import (
    DrawnLayer,
    Floats,
    Geometry,
    Patches,
    Reals,
    Ribbons,
    across,
    bezier,
    floats,
    fractal,
    framed,
    tapered,
)

HAIR = floats(
    [
        (30, 26, 25), (44, 33, 28), (66, 46, 34), (98, 68, 46), (120, 86, 58), (142, 70, 38), (168, 92, 48),
        (186, 148, 98), (212, 178, 124), (232, 208, 162), (132, 128, 124), (182, 180, 178), (226, 224, 222),
    ]
)  # fmt: skip
"""Natural colours of hair, sRGB: black, browns, reds, blonds, greys, white."""
PLUMAGE = floats(
    [(240, 238, 232), (60, 56, 54), (136, 104, 74), (176, 176, 178), (52, 84, 150), (70, 130, 90), (190, 60, 46),
     (222, 170, 70)]
)  # fmt: skip
"""Colours of feathers, sRGB."""
_POINTS = 8


def hair(rng: np.random.Generator) -> Geometry:
    """A straight or curly lock, a wig, or a few loose strands."""
    style = str(rng.choice(["lock", "curls", "wig", "wisp"], p=[0.35, 0.25, 0.25, 0.15]))
    colour = HAIR[rng.integers(len(HAIR))] * rng.uniform(0.85, 1.15)
    if style == "wig":
        guides, back = _wig(rng)
        curl = rng.uniform(0.004, 0.012) if rng.random() < 0.3 else 0.0
        strands = _strands(rng, guides, back, 10 if curl else 13, colour, 0.02, 2.5 if curl else 4.5, curl)
    else:
        clumps = int(rng.integers(5, 13))
        each = {"lock": 34, "curls": 22, "wisp": int(rng.integers(4, 12))}[style]
        curl = rng.uniform(0.012, 0.034) if style == "curls" else 0.0
        guides, spread = _lock(rng, clumps)
        strands = _strands(rng, guides, np.zeros(clumps, bool), each, colour, spread * 1.6 / clumps, 2.8, curl)
    loose = _loose(rng, guides, int(rng.integers(10, 45)), colour)
    turn = rng.uniform(-np.pi, np.pi) if style != "wig" and rng.random() < 0.3 else rng.normal(0, 0.12)
    return Geometry((DrawnLayer(framed((loose, strands), turn)),), "wig" if style == "wig" else "hair")


def _lock(rng: np.random.Generator, clumps: int) -> tuple[Floats, float]:
    """Bezier guides of clumps that start close together at the top and swing together; and how far they spread."""
    spread, length = rng.uniform(0.08, 0.24), rng.uniform(0.68, 0.9)
    swing, gathered = rng.normal(0, 0.12, 2), rng.uniform(0.15, 0.75)
    place = np.linspace(-1, 1, clumps) + rng.normal(0, 0.15, clumps)
    controls = np.empty((clumps, 4, 2))
    controls[:, 0] = np.stack([0.5 + gathered * spread * place, 0.06 + rng.normal(0, 0.015, clumps)], 1)
    controls[:, 3] = np.stack([0.5 + spread * place + swing[1], 0.06 + length * (1 - 0.12 * place**2)], 1)
    for i, t in ((1, 0.33), (2, 0.66)):
        controls[:, i] = controls[:, 0] + t * (controls[:, 3] - controls[:, 0])
        controls[:, i, 0] += swing[i - 1] + (1 - gathered) * spread * place * 0.5 + rng.normal(0, 0.02, clumps)
    controls[:, 3] += rng.normal(0, 0.025, (clumps, 2))
    return floats(controls), spread


def _wig(rng: np.random.Generator) -> tuple[Floats, NDArray[np.bool_]]:
    """Bezier guides as on a head, from a parting down both sides; and which of them fall behind it."""
    half, top, fall = rng.uniform(0.2, 0.27), rng.uniform(0.08, 0.14), rng.uniform(0.55, 0.85)
    part, flare = rng.uniform(-0.1, 0.1), rng.uniform(0.85, 1.35)
    sides = rng.uniform(0.35, 1, 22) * rng.choice([-1, 1], 22)
    u = np.concatenate([rng.uniform(-0.75, 0.75, 10), sides[np.argsort(-np.abs(sides))]])
    back = np.arange(len(u)) < 10
    controls = np.empty((len(u), 4, 2))
    controls[:, 0] = np.stack([0.5 + (part + u * 0.05) * (1 - 0.8 * back), top + 0.02 * np.abs(u)], 1)
    controls[:, 1] = np.stack([0.5 + u * half * 1.25, top - 0.02 + 0.05 * np.abs(u)], 1)
    controls[:, 2] = np.stack([0.5 + u * half * 1.3, np.full(len(u), top + 0.35 * fall)], 1)
    controls[:, 3] = np.stack([0.5 + u * half * flare, top + fall * rng.uniform(0.9, 1.02, len(u))], 1)
    controls[back, 3, 1] -= 0.12 * fall
    controls[:, 2:] += rng.normal(0, 0.012, (len(u), 2, 2))
    return floats(controls), back


def _strands(
    rng: np.random.Generator,
    guides: Floats,
    back: NDArray[np.bool_],
    each: int,
    colour: Floats,
    breadth: float,
    mass: float,
    curl: float,
) -> Ribbons:
    """`each` strands around every guide: those beneath are darker and `mass` times as broad."""
    clumps, points = len(guides), 38 if curl else 18
    curves = bezier(guides, points)
    count, clump = clumps * each, np.repeat(np.arange(clumps), each)
    beneath = np.tile(np.arange(each) < each * 0.25, clumps)
    t = np.linspace(0, 1, points)
    # A clump is broad in its middle and gathers at its tip.
    aside = (
        rng.normal(0, np.where(beneath, 0.5, 1))[:, None] * breadth * (0.8 + 1.2 * np.sin(np.pi * np.minimum(t, 0.9)))
    )
    for turns in rng.uniform(0.4, 1.6, (2, count, 1)):
        aside += rng.normal(0, 0.005, (count, 1)) * np.sin(2 * np.pi * (turns * t + rng.random((count, 1)))) * t**0.7
    lines = curves[clump].astype(np.float64)
    sideways = across(curves)[clump]
    if curl:
        phase = (rng.uniform(0, 2 * np.pi, clumps)[clump] + rng.normal(0, 0.35, count))[:, None]
        turns = (rng.uniform(2.5, 5) * rng.normal(1, 0.06, clumps))[clump][:, None]
        size = curl * np.minimum(1, 3 * t) * rng.normal(1, 0.15, (count, 1))
        aside += size * np.sin(2 * np.pi * turns * t + phase)
        onward = np.stack([sideways[..., 1], -sideways[..., 0]], axis=-1)
        lines += 0.6 * (size * np.cos(2 * np.pi * turns * t + phase))[..., None] * onward
    lines += aside[..., None] * sideways
    reach = rng.uniform(0.85, 1, (count, 1, 1))
    lines = lines[:, :1] + (lines - lines[:, :1]) * reach + rng.normal(0, 0.006, (count, 1, 2))
    widths = rng.uniform(0.0010, 0.0021) * rng.lognormal(0, 0.2, count) * np.where(beneath, mass, 1)
    light = rng.lognormal(0, 0.14, count) * rng.lognormal(0, 0.12, clumps)[clump]
    light *= np.where(beneath, 0.65, 1) * np.where(back[clump], 0.5, 1)
    order = np.argsort(np.where(back[clump], 0, 2) + np.where(beneath, 0, 1), kind="stable")
    widths = widths[:, None] * tapered(points, 0.3)
    return Ribbons(floats(lines[order]), floats(widths[order]), _shaded(rng, colour, light, points)[order])


def _loose(rng: np.random.Generator, guides: Floats, count: int, colour: Floats) -> Ribbons:
    """Single strands that leave the others on wide arcs, as finely as they come."""
    t = np.linspace(0, 1, 40)
    lines = bezier(guides[rng.integers(len(guides), size=count)], 40).astype(np.float64)
    aside = rng.normal(0, 0.05, (count, 1)) * t + rng.normal(0, 0.012, (count, 1))
    for turns in rng.uniform(0.3, 1.8, (2, count, 1)):
        aside += rng.normal(0, 0.018, (count, 1)) * np.sin(2 * np.pi * (turns * t + rng.random((count, 1)))) * t**0.5
    lines += aside[..., None] * across(floats(lines))
    lines = lines[:, :1] + (lines - lines[:, :1]) * rng.uniform(0.5, 1.12, (count, 1, 1))
    widths = rng.uniform(0.0005, 0.0013, (count, 1)) * tapered(40, 0.3)
    return Ribbons(floats(lines), floats(widths), _shaded(rng, colour, rng.lognormal(0.1, 0.15, count), 40))


def _shaded(rng: np.random.Generator, colour: Floats, light: Reals, points: int) -> Floats:
    """Colours along strands: darker at the root, a gloss further on, each a little of its own."""
    t, count = np.linspace(0, 1, points), len(light)
    gloss = np.exp(-(((t - rng.uniform(0.2, 0.5) - rng.normal(0, 0.06, (count, 1))) / 0.13) ** 2))
    shade = light[:, None] * (1 + 0.45 * gloss) * (0.75 + 0.25 * np.minimum(1, 4 * t))
    return floats(np.clip((colour + rng.normal(0, 5, (count, 3)))[:, None] * shade[..., None], 4, 255))


def fur(rng: np.random.Generator) -> Geometry:
    """A furry body: its coat is short strands, combed one way, of two colours in patches."""
    colour = HAIR[rng.integers(len(HAIR))]
    other = HAIR[rng.integers(len(HAIR))] if rng.random() < 0.6 else colour * 0.7
    t = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    harmonics = np.arange(1, 5)
    wobble = (rng.normal(0, 0.09, 4) / harmonics) @ np.cos(harmonics[:, None] * t + rng.uniform(0, 2 * np.pi, (4, 1)))
    size = rng.uniform(0.26, 0.34) * (1 + wobble)
    ring = 0.5 + size[:, None] * np.stack([rng.uniform(0.85, 1.15) * np.cos(t), rng.uniform(0.85, 1.1) * np.sin(t)], 1)

    # Most strands stand near the outline; those inside only give the body its coat. Inner ones lie in front.
    count, points = 1800, 4
    depth = np.where(rng.random(count) < 0.6, rng.uniform(0.88, 1, count), np.sqrt(rng.uniform(0, 0.9, count)))
    depth = -np.sort(-depth)[:, None]
    angle = rng.uniform(0, 2 * np.pi, count)
    outward = np.stack([np.cos(angle), np.sin(angle)], 1)
    roots = 0.5 + depth * (np.stack([np.interp(angle, t, ring[:, i], period=2 * np.pi) for i in (0, 1)], 1) - 0.5)
    comb = rng.uniform(0, 2 * np.pi)
    heading = outward * depth**4 + rng.uniform(0.4, 0.9) * np.array([np.cos(comb), np.sin(comb)]) + [0, 0.2]
    heading += rng.normal(0, 0.22, (count, 2))
    heading *= (
        rng.uniform(0.04, 0.1)
        * rng.lognormal(0, 0.25, (count, 1))
        / np.maximum(np.hypot(heading[:, :1], heading[:, 1:]), 0.3)
    )
    droop = rng.normal(0, 0.15, (count, 1)) * heading[:, ::-1] * [-1, 1] + [0, 0.012]
    controls = np.stack([roots, roots + heading / 3, roots + heading * 0.66 + droop / 2, roots + heading + droop], 1)
    widths = rng.uniform(0.0022, 0.0034) * rng.lognormal(0, 0.2, (count, 1)) * tapered(points, 0.25, 0.2)
    widths *= 1 + 4 * np.clip(0.95 - depth, 0, 0.5)

    pattern = fractal(rng, 64, int(rng.integers(2, 5)), 3)
    at = np.clip(roots * 64, 0, 63).astype(int)
    mixed = np.clip((pattern[at[:, 1], at[:, 0]] - 0.5) * 6 + 0.5, 0, 1)[:, None]
    tone = colour * (1 - mixed) + other * mixed + rng.normal(0, 4, (count, 3))
    light = rng.lognormal(0, 0.14, (count, 1)) * (1.25 - 0.5 * roots[:, 1:]) * np.linspace(0.72, 1.15, points)
    colours = np.clip(tone[:, None] * light[..., None], 4, 255)
    coat = Ribbons(bezier(controls, points), floats(widths), floats(colours))
    body = Patches((floats(0.5 + (ring - 0.5) * 0.97),), floats([(colour + other) * 0.3]))
    return Geometry((DrawnLayer((body, coat)),), "fur")


@dataclass(frozen=True, slots=True, eq=False)
class _VaneStyle:
    """What both vanes of a feather share."""

    colour: Floats
    band: Floats
    bands: float
    """How many bands of the other colour; 0 for none."""
    low: float
    """Where on the quill the vanes begin, 0..1 from below."""
    slant: float
    """Angle of the barbs to the quill, radians."""
    blunt: float
    """How suddenly the vane ends."""


def feather(rng: np.random.Generator) -> Geometry:
    """One feather, plain or banded."""
    bow = 0.5 + rng.normal(0, 0.14, 2)
    quill = bezier([(0.5, 0.98), (bow[0], 0.66), (bow[1], 0.3), (bow[1], 0.02)], 80)
    style = _VaneStyle(
        colour=PLUMAGE[rng.integers(len(PLUMAGE))],
        band=PLUMAGE[rng.integers(3)],
        bands=rng.uniform(5, 14) if rng.random() < 0.4 else 0.0,
        low=rng.uniform(0.14, 0.24),
        slant=rng.uniform(0.55, 0.85),
        blunt=rng.uniform(0.35, 0.8),
    )
    count = int(rng.integers(130, 190))
    vanes = [_vane(rng, quill, style, count, side, rng.uniform(0.08, 0.2)) for side in (-1, 1)]
    pale = floats((226, 214, 190)) if rng.random() < 0.7 else style.colour * np.float32(0.6)
    widths = floats(rng.uniform(0.007, 0.013) * tapered(80, 0.12, 0.0)[None])
    shade, shine = (floats(np.broadcast_to(pale * light, (1, 80, 3))) for light in (0.8, 1))
    shaft = (Ribbons(quill[None], widths, shade), Ribbons(quill[None], widths * np.float32(0.45), shine))
    return Geometry((DrawnLayer(framed((*vanes, *shaft), rng.uniform(-np.pi, np.pi))),), "feather")


def _vane(rng: np.random.Generator, quill: Floats, style: _VaneStyle, count: int, side: int, spread: float) -> Ribbons:
    """The barbs of one side, as long as `spread` where they are longest."""
    on = np.linspace(0, 0.994, count)
    at = style.low + (1 - style.low) * on
    root, along = (_at(curve, at) for curve in (quill, np.gradient(quill, axis=0)))
    heading = np.arctan2(along[:, 1], along[:, 0])
    # Barbs hold together in groups; between two groups the vane is split. Below they are down.
    group = np.cumsum(rng.random(count) < rng.uniform(0.015, 0.07))
    apart = rng.normal(0, 0.07, group[-1] + 1)[group] + rng.normal(0, 0.008, count)
    down = np.clip(1 - on / 0.14, 0, 1)
    angle = style.slant * (1 - 0.55 * on**3) + apart + down * (0.5 + rng.normal(0, 0.35, count))
    long = spread * np.minimum(1, 5 * on + 0.45) * (1 - on**4) ** style.blunt / np.sin(style.slant) + 0.012
    long *= rng.normal(1, 0.015 + 0.2 * down)
    first, last = (heading + side * turn for turn in (angle, angle - 0.45 - 0.2 * on))
    a, b = (np.stack([long * np.cos(turn), long * np.sin(turn)], 1) for turn in (first, last))
    fluff = rng.normal(0, 0.05, (2, count, 2)) * down[:, None]
    controls = [root, root + a / 3, root + 0.4 * a + 0.35 * b + fluff[0], root + 0.3 * a + 0.7 * b + fluff[1]]
    widths = (1 - style.low) * 0.96 / count * np.where(down > 0, 0.3, 1.25)[:, None] * tapered(_POINTS, 0.18, 0.75)

    out = np.linspace(0, 1, _POINTS)
    banded = np.clip(2.5 * np.sin(2 * np.pi * style.bands * (on[:, None] + 0.12 * out)), 0, 1)[..., None]
    tone = style.colour * (1 - banded) + style.band * banded
    tone = tone + 0.7 * down[:, None, None] * (200 - tone)
    light = rng.lognormal(0, 0.07, (count, 1)) * (0.96 + 0.1 * side) * (0.85 + 0.25 * out) * (1 + 0.5 * apart[:, None])
    colours = np.clip(tone * light[..., None], 4, 255)
    return Ribbons(bezier(np.stack(controls, 1), _POINTS), floats(widths), floats(colours))


def _at(curve: Reals, t: Reals) -> Reals:
    knots = np.linspace(0, 1, len(curve))
    return np.stack([np.interp(t, knots, curve[:, i]) for i in (0, 1)], 1)
