"""Measures ours beside networks of others' shape and writes docs/beside.md: `python -m tests.benchmarks.beside`.

From the root of the repository, on Linux, with the extra `benchmark`, best on a machine that does nothing else; it
takes about a quarter of an hour on two idle cores and 10 GiB of memory for one part of it. `--parts` chooses: cut
(one photograph), matting (with alpha matting), expressions (a first and a second), batch. Every contender is a fresh
process, all in turns. The numbers are left in --work as results.json, also those of every round.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from tests.benchmarks.beside.page import page
from tests.benchmarks.beside.processes import ROOT, Spent, TooMuch, in_turns, least, run

PARTS = ("cut", "matting", "expressions", "batch")
EXPRESSION = "the sunflower"
NETWORKS = {"U2-Net 320": ("u2net", 320), "IS-Net 1024": ("isnet", 1024)}
OURS, FLOOR = "`rim-editor matte`", "`import torch`"
_GIBIBYTES, _MINUTES = 10, 10
"""What alpha matting may take."""


def show(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


class Measurements:
    """One run: its options, and the commands that it compares."""

    def __init__(self, wanted: argparse.Namespace) -> None:
        self.wanted, self.work = wanted, Path(wanted.work)

    def picture(self, megapixels: float) -> Path:
        return self.work / f"{megapixels:g}.jpg"

    def rembg_shaped(self, name: str, images: list[Path], *options: str) -> list[str]:
        network, side = NETWORKS[name]
        graph = f"torch:{network}" if self.wanted.runtime == "torch" else str(self.work / f"{network}.onnx")
        out = self.work / "theirs" / network
        arguments = [graph, str(side), str(self.work / "mask.png"), str(out), *map(str, images)]
        return ["tests.benchmarks.beside.rembg_shaped", *arguments, *options]

    def matte(self, megapixels: float) -> list[str]:
        out = self.work / "ours.png"
        return ["rim_editor", "matte", str(self.picture(megapixels)), EXPRESSION, "-o", str(out), "--force", "--json"]

    def prepare(self) -> None:
        wanted = self.wanted
        sizes = {wanted.megapixels, wanted.expression_megapixels, *wanted.matting_megapixels}
        command = ["tests.benchmarks.beside.prepare", str(self.work), "--sizes", *(f"{size:g}" for size in sizes)]
        command += ["--batch", str(wanted.batch), "--batch-size", f"{wanted.expression_megapixels:g}"]
        if wanted.runtime == "onnx":
            command += ["--onnx", *(NETWORKS[name][0] for name in wanted.networks)]
        run(command, minutes=30)

    def cut(self) -> dict[str, Any]:
        """One photograph without alpha matting."""
        size = self.wanted.megapixels
        commands = {OURS: self.matte(size)}
        commands |= {name: self.rembg_shaped(name, [self.picture(size)]) for name in self.wanted.networks}
        commands[FLOOR] = ["torch.version"]
        rounds = in_turns(commands, self.wanted.rounds, show)
        fastest = min(rounds[OURS], key=lambda one: one[0].seconds)[1]
        steps = json.loads(fastest)["milliseconds"]
        return {"megapixels": size, "ours": OURS, "floor": FLOOR, "steps": steps, **_rows(rounds)}

    def matting(self) -> dict[str, Any]:
        """With alpha matting, at the largest of the sizes that can be done."""
        refused: dict[str, str] = {}
        network, rounds = self.wanted.networks[0], min(2, self.wanted.rounds)
        common = {"ours": OURS, "gibibytes": _GIBIBYTES, "minutes": _MINUTES, "rounds": rounds, "refused": refused}
        for size in self.wanted.matting_megapixels:
            theirs = self.rembg_shaped(network, [self.picture(size)], "--alpha-matting")
            name, found = f"{network}, alpha matting", {OURS: [], f"{network}, alpha matting": []}
            try:
                for _ in range(rounds):
                    found[name].append(run(theirs, gibibytes=_GIBIBYTES, minutes=_MINUTES))
                    found[OURS].append(run(self.matte(size)))
            except TooMuch as error:
                refused[f"{size:g}"] = str(error)
                show(f"alpha matting at {size:g} MP: {error}")
                continue
            return {"megapixels": size, **common, **_rows(found)}
        return {"megapixels": 0, **common, "rows": {OURS: {}}}

    def expressions(self) -> dict[str, Any]:
        """A first and a second expression about one photograph."""
        size = self.wanted.expression_megapixels
        rows = {}
        for network in ("vit-b-16", "vit-b-16:float32", "clipseg"):
            _, said = run(["tests.benchmarks.beside.expressions", network, str(self.picture(size))])
            rows[_TITLES[network]] = json.loads(said)
            show(f"{network}: {said.strip()}")
        return {"megapixels": size, "rows": rows}

    def batch(self) -> dict[str, Any]:
        """A folder of photographs."""
        images = sorted((self.work / "batch").glob("*.jpg"))
        rounds: dict[str, list[tuple[Spent, str]]] = {}
        for _ in range(min(2, self.wanted.rounds)):
            out = self.work / "batch-out"
            shutil.rmtree(out, ignore_errors=True)
            ours = ["rim_editor", "batch", str(self.work / "batch"), "-e", EXPRESSION, "-o", str(out)]
            commands = {_BATCH: ours} | {name: self.rembg_shaped(name, images) for name in self.wanted.networks}
            for name, found in in_turns(commands, 1, show).items():
                rounds.setdefault(name, []).extend(found)
            written = len(list(out.glob("*.png")))
            if written != len(images):
                raise SystemExit(f"the batch wrote {written} of {len(images)} cut-outs")
        size = self.wanted.expression_megapixels
        return {"megapixels": size, "count": len(images), "ours": _BATCH, **_rows(rounds)}


_BATCH = "`rim-editor batch`"
_TITLES = {
    "vit-b-16": "`vit-b-16`, precision as chosen for this processor",
    "vit-b-16:float32": "`vit-b-16`, float32",
    "clipseg": "CLIPSeg, float32",
}


def _rows(rounds: dict[str, list[tuple[Spent, str]]]) -> dict[str, Any]:
    return {
        "rows": {name: least([spent for spent, _ in found]).data() for name, found in rounds.items()},
        "all": {name: [spent.data() for spent, _ in found] for name, found in rounds.items()},
    }


def machine(busy: str) -> str:
    """What this was measured on, in a sentence."""
    names = ["torch", "onnxruntime", "transformers", "pymatting", "pillow", "opencv-python-headless"]
    versions = []
    for name in names:
        try:
            versions.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            versions.append(f"no {name}")
    cores = f"{len(os.sched_getaffinity(0))} cores ({platform.machine()}{', ' if busy else ''}{busy})"
    load = f"load before the run {os.getloadavg()[0]:.1f}"
    return f"Measured on {cores}, {load}, Python {platform.python_version()}, {', '.join(versions)}."


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.beside", description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--megapixels", type=float, default=24)
    parser.add_argument("--matting-megapixels", type=float, nargs="+", default=[24, 12, 6, 4, 3, 2, 1])
    parser.add_argument("--expression-megapixels", type=float, default=12, help="and those of the batch")
    parser.add_argument("--batch", type=int, default=12, help="photographs in the batch")
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=tuple(NETWORKS))
    parser.add_argument("--runtime", choices=("onnx", "torch"), default="onnx", help="torch is of another speed")
    parser.add_argument("--busy", default="", help="what the page says of other work, such as 'otherwise idle'")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "rim-editor-beside")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "beside.md")
    wanted = parser.parse_args()
    found: dict[str, Any] = {"machine": machine(wanted.busy), "rounds": wanted.rounds}
    measurements = Measurements(wanted)
    measurements.prepare()
    for part in wanted.parts:
        found[part] = getattr(measurements, part)()
        (measurements.work / "results.json").write_text(json.dumps(found, indent=2))
    wanted.page.write_text(page(found), encoding="utf-8")
    show(f"{wanted.page} is written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
