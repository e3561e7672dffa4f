"""What a GPU makes of the network: `python -m tests.benchmarks.gpu --device cuda --minutes 10 --out DIR`.

From the root of the repository. Measures, in this order and as far as the minutes reach: how far each precision is from
the CPU's float32; a first and a second expression at --sizes megapixels, and what each option gains; images and
expressions by the batch; images a second of a whole batch export, decoding and encoding beside the network, with
several numbers of threads; the network compiled. Writes gpu.json and gpu.md into --out after each. On a CPU it runs
too, with small sizes as a test. Not run on a GPU yet.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from clipmat import refining
from clipmat.predictor import Predictor
from rim_editor.batch import pipeline
from rim_editor.batch.inputs import gather_inputs
from rim_editor.batch.journal import Journal
from rim_editor.batch.outcomes import State
from rim_editor.batch.plan import make_plan
from rim_editor.batch.queues import ThreadCounts, usable_cores
from rim_editor.batch.recipe import ExpressionTerm, Recipe
from rim_editor.matting import Matting
from rim_editor.model_requests import ModelOptions
from tests.benchmarks.beside.prepare import EXPRESSION, photograph, write_photograph

OTHERS = ("the cup", "the flower", "the vase", "the table", "the fruit", "the book", "the leaf", "the bottle")
AGREEMENT = 0.01


class OutOfTime(Exception):
    """The minutes are over."""


class Run:
    """One run: what it has found, and how long it may go on."""

    def __init__(self, wanted: argparse.Namespace) -> None:
        self.wanted, self.device = wanted, wanted.device
        self.end = time.monotonic() + 60 * wanted.minutes
        self.found: dict[str, Any] = {"machine": machine(wanted.device), "left_out": []}
        self.images = {size: np.ascontiguousarray(photograph(size)[..., ::-1]) for size in wanted.sizes}

    def parts(self) -> Iterator[str]:
        """Do one part after the other; gives the name of each that is done."""
        for part in (self.agreement, self.expressions, self.batches, self.exports, self.compiled):
            try:
                part()
            except OutOfTime:
                self.found["left_out"].append(part.__name__)
            yield part.__name__

    def note(self, part: str, row: dict[str, Any]) -> None:
        self.found.setdefault(part, []).append(row)
        sys.stderr.write(f"{part}: {row}\n")
        if time.monotonic() > self.end:
            raise OutOfTime

    def load(self, precision: str = "auto", variant: str = "compact") -> Predictor:
        return Predictor.load(variant, self.device, precision, untrained=variant != "compact")

    def peak(self) -> float | None:
        """The most memory of the GPU since the last call, in MiB."""
        if self.device != "cuda":
            return None
        most = torch.cuda.max_memory_allocated() / 2**20
        torch.cuda.reset_peak_memory_stats()
        return round(most)

    def timed(self, act: Callable[[], object]) -> float:
        """Milliseconds, the median of several rounds, or of as many as there is time for; the first warms up."""
        act()
        spent = []
        for _ in range(self.wanted.rounds):
            start = time.perf_counter()
            act()
            if self.device == "cuda":
                torch.cuda.synchronize()
            spent.append((time.perf_counter() - start) * 1000)
            if time.monotonic() > self.end:
                break
        return round(statistics.median(spent), 1)

    def agreement(self) -> None:
        """How far the mattes of each precision are from those of the CPU in float32."""
        size = self.wanted.sizes[0]
        reference = Predictor.load("compact", "cpu", "float32")
        words = (EXPRESSION, "the cup")
        wanted = mattes(reference, self.images[size], words)
        for precision in self.wanted.precisions:
            found = mattes(self.load(precision), self.images[size], words)
            apart = [np.abs(one - other) for one, other in zip(found, wanted, strict=True)]
            most, mean = max(float(a.max()) for a in apart), max(float(a.mean()) for a in apart)
            share = max(float((a > AGREEMENT).mean()) for a in apart)
            row = {"megapixels": size, "precision": precision, "most": round(most, 5), "mean": round(mean, 7)}
            self.note("agreement", row | {"share_beyond": round(share, 7), "within": most <= AGREEMENT})

    def expressions(self) -> None:
        """A first and a second expression, as usual, then with one thing changed."""
        for size in self.wanted.sizes:
            for precision in self.wanted.precisions:
                self.interactive(precision, self.load(precision), size)
        size = self.wanted.sizes[0]
        predictor = self.load()
        predictor.model.to(memory_format=torch.contiguous_format)
        self.interactive("weights not channels-last", predictor, size)
        with tiles_at_once(refining.TILES_PER_BATCH):
            self.interactive(f"{refining.TILES_PER_BATCH} tiles of the refiner at once", self.load(), size)
        for variant in self.wanted.variants:
            self.interactive(f"{variant}, random weights", self.load(variant=variant), size)

    def compiled(self) -> None:
        """The same with the encoder and TSP compiled, CUDA graphs included; last, for compiling takes minutes."""
        if not self.wanted.compile:
            return
        predictor = self.load()
        for network in (predictor.model.image_encoder, predictor.model.popup):
            network.compile(mode="reduce-overhead")
        self.interactive("compiled, with CUDA graphs", predictor, self.wanted.sizes[0], part="compiled")

    def interactive(self, name: str, predictor: Predictor, size: float, *, part: str = "expressions") -> None:
        image = self.images[size]

        def first() -> None:
            predictor.set_image(image)
            predictor.predict(EXPRESSION)

        self.peak()
        row = {"megapixels": size, "what": name, "precision": predictor.precision, "first_ms": self.timed(first)}
        row["second_ms"] = self.timed(lambda: predictor.predict("the cup"))
        row["second_shown_ms"] = self.timed(lambda: predictor.draft("the cup"))
        self.note(part, row | {"peak_mib": self.peak()})

    def batches(self) -> None:
        """The network's share of several images, and of several expressions, in one call and one after the other."""
        size, predictor = self.wanted.sizes[0], self.load()
        image = self.images[size]
        copies = [np.roll(image, number, axis=1) for number in range(max(self.wanted.together))]
        for count in self.wanted.together:
            many = [(copy, EXPRESSION) for copy in copies[:count]]
            asked = [(image, words) for words in OTHERS[:count]]
            self.peak()
            for what, pairs in (("images", many), ("expressions", asked)):
                together = self.timed(lambda pairs=pairs: predictor.predict_pairs(pairs, refine=False))
                apart = self.timed(lambda pairs=pairs: one_by_one(predictor, pairs))
                row = {"megapixels": size, "what": f"{count} {what}", "together_ms": together, "apart_ms": apart}
                self.note("batches", row | {"peak_mib": self.peak()})

    def exports(self) -> None:
        """Whole batch exports, from JPEG to PNG, with several numbers of threads beside the network."""
        size, count, cores = self.wanted.sizes[-1], self.wanted.images, usable_cores()
        usual = ThreadCounts.for_cores(cores)
        settings = {"as usual": usual}
        for decode, finish in ((1, 2), (2, cores), (max(2, cores // 4), cores)):
            settings[f"{decode} decode, {finish} finish"] = ThreadCounts(decode, finish, usual.model_threads)
        recipe, matting = (
            Recipe(expressions=(ExpressionTerm(EXPRESSION),), model=ModelOptions(device=self.device)),
            Matting(),
        )
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "in").mkdir()
            for number in range(count):
                write_photograph(folder / "in" / f"{number:03}.jpg", size, number)
            inputs, _ = gather_inputs([folder / "in"])
            warm = make_plan(inputs[:1], recipe, folder / "warm")
            exported(warm, matting, usual)
            for what, threads in settings.items():
                self.peak()
                seconds = exported(make_plan(inputs, recipe, folder / "out"), matting, threads)
                shutil.rmtree(folder / "out")
                row = {
                    "megapixels": size,
                    "what": what,
                    "images": count,
                    "images_per_second": round(count / seconds, 3),
                }
                self.note("exports", row | {"peak_mib": self.peak()})


def exported(plan: Any, matting: Matting, threads: ThreadCounts) -> float:
    """Seconds of a batch, of which nothing may fail."""
    with Journal.begin(plan) as journal:
        start = time.perf_counter()
        steps = list(pipeline.run(plan, matting, journal, threads=threads))
        seconds = time.perf_counter() - start
    outcomes = [step.outcome for step in steps if step.outcome]
    if len(outcomes) != len(plan.items) or any(outcome.state is not State.DONE for outcome in outcomes):
        raise RuntimeError(f"not every image was exported: {[outcome.text for outcome in outcomes]}")
    return seconds


def mattes(predictor: Predictor, image: NDArray[np.uint8], words: tuple[str, ...]) -> list[NDArray[np.float32]]:
    predictor.set_image(image)
    return [predictor.predict(each).matte for each in words]


def one_by_one(predictor: Predictor, pairs: list[tuple[NDArray[np.uint8], str]]) -> None:
    last = None
    for image, words in pairs:
        if image is not last:
            predictor.set_image(image)
        last = image
        predictor.predict(words, refine=False)


@contextmanager
def tiles_at_once(count: int) -> Iterator[None]:
    before = refining.TILES_PER_GPU_BATCH
    refining.TILES_PER_GPU_BATCH = count
    try:
        yield
    finally:
        refining.TILES_PER_GPU_BATCH = before


def machine(device: str) -> str:
    name = torch.cuda.get_device_name() if device == "cuda" else "no GPU, the CPU alone"
    return f"{name}, {usable_cores()} cores ({platform.machine()}), torch {torch.__version__}"


def table(rows: list[dict[str, Any]]) -> str:
    """Markdown with a column for each key of the rows."""
    keys = list(rows[0])
    head = ["| " + " | ".join(key.replace("_", " ") for key in keys) + " |", "|" + "---|" * len(keys)]
    return "\n".join(head + ["| " + " | ".join(str(row[key]) for key in keys) + " |" for row in rows])


def page(found: dict[str, Any]) -> str:
    parts = [f"# On a GPU\n\nWritten by `python -m tests.benchmarks.gpu`, on: {found['machine']}."]
    for part in ("agreement", "expressions", "batches", "exports", "compiled"):
        if part in found:
            parts.append(f"## {part.capitalize()}\n\n{table(found[part])}")
    if found["left_out"]:
        parts.append(f"The minutes did not suffice for all of: {', '.join(found['left_out'])}.")
    return "\n\n".join(parts) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.gpu", description=__doc__)
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--out", type=Path, default=Path("."))
    parser.add_argument("--sizes", type=float, nargs="+", default=[12, 24], help="megapixels")
    parser.add_argument("--precisions", nargs="+", default=["float16", "bfloat16", "float32"])
    parser.add_argument("--variants", nargs="*", default=["vit-b-16"], help="others, with random weights")
    parser.add_argument("--together", type=int, nargs="+", default=[2, 8], help="images and expressions in one call")
    parser.add_argument("--images", type=int, default=32, help="of a batch export")
    parser.add_argument("--rounds", type=int, default=5, help="of which the median is given")
    parser.add_argument("--compile", action=argparse.BooleanOptionalAction, default=None, help="usual on CUDA")
    wanted = parser.parse_args(arguments)
    if wanted.compile is None:
        wanted.compile = wanted.device == "cuda"
    if wanted.device == "cuda" and not torch.cuda.is_available():
        parser.error("torch finds no NVIDIA GPU with a working driver: try --device cpu with small --sizes")
    wanted.out.mkdir(parents=True, exist_ok=True)
    run = Run(wanted)
    for _ in run.parts():
        (wanted.out / "gpu.json").write_text(json.dumps(run.found, indent=2))
        (wanted.out / "gpu.md").write_text(page(run.found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
