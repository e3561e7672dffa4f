"""The page of what was measured, docs/beside.md, from the numbers alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, float]
_HEAD = """# Beside the others

How long a cut-out takes here and by networks of the shape of others, each as a whole process in turns within one run.
This page is written by

```sh
pip install '.[benchmark]' && python -m tests.benchmarks.beside
```

{machine}
So compare within a table, not with other pages; processor time (user, all threads) suffers least from what
else the machine does. Rounds: {rounds}; each number is the least of them.

**What the others are.** Real weights were not at hand. The networks are built anew from their published descriptions
([graphs.py](../tests/benchmarks/beside/graphs.py); U2-Net has the 44.0 million weights that its paper states), with
random weights: time and memory are those of the real ones, mattes are not, so that quality is not compared here. A
pipeline of rembg's shape ([rembg_shaped.py](../tests/benchmarks/beside/rembg_shaped.py)) reads with Pillow, runs the
network through ONNX Runtime, goes on with the mask that a trained one would have found, and writes a PNG with Pillow.
It imports only what it uses, which is less than rembg itself does. Ours is the command that users type, with the
bundled weights; it reads an expression, which the others cannot, refines edges at the photograph's own size, and frees
their colours of the old background, which the others do only with alpha matting.
"""


def page(found: Mapping[str, Any]) -> str:
    """Markdown of all parts that were measured."""
    parts = [_HEAD.format(machine=found["machine"], rounds=found["rounds"])]
    if "cut" in found:
        parts.append(_cut(found["cut"]))
    if "matting" in found:
        parts.append(_matting(found["matting"]))
    if "expressions" in found:
        parts.append(_expressions(found["expressions"]))
    if "batch" in found:
        parts.append(_batch(found["batch"]))
    return "\n".join(parts)


def _processes(rows: Mapping[str, Row], ours: str) -> str:
    """A table of processes beside one of them."""
    own = rows[ours]
    lines = [
        "| | seconds | processor s | MiB at most | beside ours: seconds, processor, memory |",
        "|---|---|---|---|---|",
    ]
    for name, row in rows.items():
        ratios = ", ".join(f"{row[key] / own[key]:.2f}" for key in ("seconds", "user", "mebibytes"))
        beside = "" if name == ours else ratios
        lines.append(f"| {name} | {row['seconds']:.1f} | {row['user']:.1f} | {row['mebibytes']:.0f} | {beside} |")
    return "\n".join(lines)


def _verdict(rows: Mapping[str, Row], ours: str, others: Sequence[str], goal: float) -> str:
    """Whether ours is `goal` times as fast as each of the others, with half the memory."""
    texts = []
    for name in others:
        row, own = rows[name], rows[ours]
        faster, busy, memory = (row[key] / own[key] for key in ("seconds", "user", "mebibytes"))
        reached = "reached" if min(faster, busy) >= goal and memory >= 2 else "**not reached**"
        speed = f"{faster:.1f} times as fast" if faster >= 1 else f"slower ({1 / faster:.1f} times the seconds)"
        texts.append(
            f"Beside {name}: {reached}; ours is {speed}, with {1 / busy:.2f} of its processor time and "
            f"{1 / memory:.2f} of its memory."
        )
    return f"Wanted: {goal:g} times as fast with half the memory. " + " ".join(texts)


def _cut(found: Mapping[str, Any]) -> str:
    rows, ours = found["rows"], found["ours"]
    others = [name for name in rows if name not in (ours, found["floor"])]
    steps = ", ".join(f"{step} {value / 1000:.2f}" for step, value in found["steps"].items())
    return f"""
## One photograph of {found["megapixels"]:g} megapixels, from the JPEG to the PNG

{_processes(rows, ours)}

{_verdict(rows, ours, others, 3)} Where ours spends its seconds, by `--json` of its fastest round: {steps}; `load` is
mostly the import of torch, which is the row {found["floor"]} alone.
"""


def _matting(found: Mapping[str, Any]) -> str:
    rows, ours = found["rows"], found["ours"]
    refused = " ".join(f"At {size} megapixels it could not be done: {why}." for size, why in found["refused"].items())
    others = [name for name in rows if name != ours]
    if not others:
        return f"\n## With alpha matting\n\n{refused}\n"
    return f"""
## With alpha matting, {found["megapixels"]:g} megapixels

pymatting's closed-form alpha and multi-level colours on rembg's trimap (thresholds 240 and 10, erosion 10). {refused}
So this is measured at {found["megapixels"]:g} megapixels, the largest of the sizes tried that fits into
{found["gibibytes"]:g} GiB (of address space) and {found["minutes"]:g} minutes; ours at the same size beside it.
Rounds: {found["rounds"]}.

{_processes(rows, ours)}

{_verdict(rows, ours, others, 10)}
"""


def _expressions(found: Mapping[str, Any]) -> str:
    lines = [
        "| | first, s | second, s | second of first | processor: first, s | second, s |",
        "|---|---|---|---|---|---|",
    ]
    for name, row in found["rows"].items():
        lines.append(
            f"| {name} | {row['first']:.2f} | {row['second']:.2f} | {row['second'] / row['first']:.2f} | "
            f"{row['first_cpu']:.2f} | {row['second_cpu']:.2f} |"
        )
    table = "\n".join(lines)
    return f"""
## A first and a second expression, {found["megapixels"]:g} megapixels

`vit-b-16` with random weights, beside CLIPSeg's architecture as transformers has it (`rd64-refined`: ViT-B/16, 352
pixels a side; ours 512), called as its page says, the image with each expression. From the decoded image to a matte of
its size, without loading. A program could keep the image's share of CLIPSeg's network too; what is published does not.

{table}
"""


def _batch(found: Mapping[str, Any]) -> str:
    rows, count = found["rows"], found["count"]
    each = ", ".join(f"{name} {row['seconds'] / count:.2f} s" for name, row in rows.items())
    others = [name for name in rows if name != found["ours"]]
    return f"""
## {count} photographs of {found["megapixels"]:g} megapixels

`rim-editor batch` beside the loop of `rembg p`: one session, one image after another.

{_processes(rows, found["ours"])}

For each photograph: {each}. {_verdict(rows, found["ours"], others, 3)}
"""
