"""Reports of the steps of a training run: to a log, the terminal and TensorBoard."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from clipmat.files import whole_file
from training import TrainingError
from training.fitting.clock import Clock
from training.fitting.validation import Validation

if TYPE_CHECKING:
    import torch

Listener = Callable[["StepReport"], None]
_PLAIN_EVERY = 20


@dataclass(frozen=True, slots=True)
class StepReport:
    """The report of one step."""

    step: int
    """Steps done, this one among them."""
    losses: dict[str, float]
    """The loss of the whole batch of all processes, part by part."""
    learning_rate: float
    """Of the parameters without a fraction of their own."""
    samples: int
    """Samples of the step, all processes together."""
    seconds: float
    """Duration of the step."""
    waited: float
    """Seconds of it spent waiting for samples."""
    validation: Validation | None = None
    """Of the held-out samples, where it was due after this step."""
    metrics: dict[str, float] = field(default_factory=dict)
    """Other figures of the step by name, where its trainer has some."""

    @property
    def loss(self) -> float:
        """The sum of the parts."""
        return sum(self.losses.values())


@contextmanager
def progress_listeners(
    out: Path, begin: int, steps: int, device: torch.device, tensorboard: bool | None, clock: Clock | None = None
) -> Iterator[Listener]:
    """Log, terminal and TensorBoard of a run in folder `out` that goes on after step `begin`, as one listener.

    With a `clock` its time is what is left, not its steps.
    `tensorboard`: None takes it where it is installed. Raises TrainingError when it is asked for and is not, and when
    a file cannot be written.
    """
    with ExitStack() as stack:
        board = _has_tensorboard(tensorboard)
        listeners: list[Listener] = [log_listener(out / "log.jsonl", begin)]
        if board:
            listeners.append(stack.enter_context(_board(out / "tensorboard", begin)))
        missing = "" if tensorboard is False else "; no TensorBoard: `pip install tensorboard` gives curves and mattes"
        typer.echo(f"log: {out / 'log.jsonl'}" + (f"; TensorBoard: {out / 'tensorboard'}" if board else missing))
        listeners.append(stack.enter_context(_terminal(_Pace(begin, steps, device, clock))))

        def report_to_all(report: StepReport) -> None:
            for listener in listeners:
                listener(report)

        yield report_to_all


def log_listener(path: Path, begin: int) -> Listener:
    """A listener that adds a JSON line a step to a file: loss by part, rate, samples/s, share of waiting, val IoU.

    Lines of steps after `begin`, which a run that was killed left behind, are taken out first: they come again.
    """
    try:
        kept = [line for line in _lines(path) if _step_of(line) <= begin] if begin else []
        with whole_file(path) as file:
            file.write("".join(kept).encode())
    except OSError as error:
        raise _unwritten(path, error) from error

    def append(report: StepReport) -> None:
        row: dict[str, Any] = {"step": report.step, "loss": report.loss, **report.losses, "rate": report.learning_rate}
        row["samples/s"] = round(report.samples / report.seconds, 2)
        row["waited"] = round(report.waited / report.seconds, 4)
        if report.validation is not None:
            row["val IoU"] = report.validation.score
        try:
            with path.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(row) + "\n")
        except OSError as error:
            raise _unwritten(path, error) from error

    return append


def _lines(path: Path) -> Sequence[str]:
    return path.read_text(encoding="utf-8").splitlines(keepends=True) if path.is_file() else []


def _step_of(line: str) -> float:
    try:
        return int(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError):
        return float("inf")  # torn when the run was killed


def _unwritten(path: Path, error: OSError) -> TrainingError:
    return TrainingError(f"{path} cannot be written ({error.strerror or error}): make room, then call again to go on")


def _has_tensorboard(wanted: bool | None) -> bool:
    there = find_spec("tensorboard") is not None
    if wanted and not there:
        raise TrainingError("TensorBoard is not installed: `pip install tensorboard`, or leave --tensorboard out")
    return there if wanted is None else wanted


@contextmanager
def _board(folder: Path, begin: int) -> Iterator[Listener]:
    from torch.utils.tensorboard import SummaryWriter

    try:
        writer: Any = SummaryWriter(str(folder), purge_step=begin + 1)
    except OSError as error:
        raise _unwritten(folder, error) from error

    def write(report: StepReport) -> None:
        step = report.step
        try:
            for name, value in {**report.losses, "all": report.loss}.items():
                writer.add_scalar(f"loss/{name}", value, step)
            writer.add_scalar("run/rate", report.learning_rate, step)
            writer.add_scalar("run/samples per second", report.samples / report.seconds, step)
            writer.add_scalar("run/waited for data", report.waited / report.seconds, step)
            if report.validation is not None:
                writer.add_scalar("val/IoU", report.validation.score, step)
                for number, panel in enumerate(report.validation.panels):
                    writer.add_image(f"val/{number}: image, truth, matte", panel, step, dataformats="HWC")
        except OSError as error:
            raise _unwritten(folder, error) from error

    try:
        yield write
    finally:
        try:
            writer.close()
        except OSError as error:
            raise _unwritten(folder, error) from error


@contextmanager
def _terminal(pace: _Pace) -> Iterator[Listener]:
    """A live line on a terminal, a plain line every 20th step and at every validation elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    console = Console()
    if not console.is_terminal:
        yield lambda report: _print_plainly(report, pace)
        return
    columns = (
        MofNCompleteColumn(),
        BarColumn(bar_width=20),
        TextColumn("{task.description}"),
    )
    with Bar(*columns, console=console, refresh_per_second=2) as bar:
        task = bar.add_task("", total=pace.steps, completed=pace.begin)

        def update(report: StepReport) -> None:
            pace.add(report)
            bar.update(task, completed=report.step, description=f"{pace.line()}, {pace.left()} left")
            if report.validation is not None:
                bar.console.print(f"{report.step}{pace.out_of} val IoU {report.validation.score:.4f}", highlight=False)

        yield update


def _print_plainly(report: StepReport, pace: _Pace) -> None:
    pace.add(report)
    if report.step % _PLAIN_EVERY == 0 or report.validation is not None or report.step == pace.steps:
        losses = " ".join(f"{name} {value:.3f}" for name, value in pace.means.items())
        validation = "" if report.validation is None else f", val IoU {report.validation.score:.4f}"
        typer.echo(f"{report.step}{pace.out_of} {pace.line()}, {pace.left()} left ({losses}){validation}")


class _Pace:
    """Means over the last twenty steps or so, and how busy the device is."""

    def __init__(self, begin: int, steps: int, device: torch.device, clock: Clock | None) -> None:
        self.begin, self.device, self._run_clock = begin, device, clock
        self._steps = steps
        self.steps = None if clock else steps
        """Of the whole run, where it has a number of them."""
        self.out_of = "" if clock else f"/{steps}"
        self.means: dict[str, float] = {}
        self._speed = self._waited = 0.0
        self._began, self._step = time.monotonic(), begin
        self._clock, self._worked = time.monotonic(), time.process_time()

    def add(self, report: StepReport) -> None:
        keep = 0.95 if self.means else 0.0
        self._speed = keep * self._speed + (1 - keep) * report.samples / report.seconds
        self._waited = keep * self._waited + (1 - keep) * report.waited / report.seconds
        for name, value in report.losses.items():
            self.means[name] = keep * self.means.get(name, value) + (1 - keep) * value
        self._step = report.step

    def line(self) -> str:
        loss = sum(self.means.values())
        return f"loss {loss:.4f}, {self._speed:.1f} samples/s, waited for data {self._waited:.0%}{self._busy()}"

    def left(self) -> str:
        passed = time.monotonic() - self._began
        if self._run_clock is not None:
            seconds = self._run_clock.left
        else:
            seconds = passed / max(1, self._step - self.begin) * (self._steps - self._step)
        return f"{seconds / 3600:.1f} h" if seconds > 5400 else f"{seconds / 60:.1f} min"

    def _busy(self) -> str:
        import torch

        if self.device.type == "cuda":
            try:
                return f", GPU {torch.cuda.utilization(self.device)} % busy"
            except ModuleNotFoundError:  # it asks pynvml, which is not needed for anything else
                return ""
        if self.device.type != "cpu":
            return ""
        now, worked = time.monotonic(), time.process_time()
        threads = min(torch.get_num_threads(), os.cpu_count() or 1)
        share = (worked - self._worked) / max(1e-9, now - self._clock) / threads
        self._clock, self._worked = now, worked
        return f", CPU {min(share, 1):.0%} busy"
