"""`rim-editor batch`: arguments to a recipe and a plan, and the plan to its end, with words or JSON about both."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from rim_editor import batch_screen as screen
from rim_editor import cli_options as options
from rim_editor.batch.recipe import DescribedEdit, Exists, ExpressionTerm, Recipe
from rim_editor.document import Combine, MatteControls
from rim_editor.edit_options import EditName, EditOptions
from rim_editor.errors import BadOption, EditorError
from rim_editor.exporting import Content
from rim_editor.formats import LAYERED_SUFFIX
from rim_editor.matting import Matting
from rim_editor.model_requests import ModelOptions

if TYPE_CHECKING:
    from rim_editor.batch.control import Control
    from rim_editor.batch.outcomes import Outcome
    from rim_editor.batch.plan import Plan
    from rim_editor.batch.progress import Progress
    from rim_editor.batch.running import Run, Summary

_ORDER = "rim_editor.batch_cli.order"


class _InOrder(TyperCommand):
    """Knows in which order options were given, across options."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - Typer does not export the type
        *_, order = self.make_parser(ctx).parse_args(args=list(args))
        ctx.meta[_ORDER] = [parameter.name for parameter in order]
        return super().parse_args(ctx, args)


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("batch", cls=_InOrder)(batch)


def batch(
    context: typer.Context,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="The folder of the results.")],
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="INPUT", help="Images, folders, patterns, manifests (.csv, .jsonl)."),
    ] = None,
    expression: Annotated[
        str | None, typer.Option("-e", "--expression", help="What to cut out, such as 'the flower on the left'.")
    ] = None,
    add: Annotated[list[str] | None, typer.Option(metavar="EXPRESSION", help="What to cut out besides.")] = None,
    subtract: Annotated[list[str] | None, typer.Option(metavar="EXPRESSION", help="What to take away of it.")] = None,
    intersect: Annotated[
        list[str] | None, typer.Option(metavar="EXPRESSION", help="What to keep of it, and nothing else.")
    ] = None,
    recursive: Annotated[bool, typer.Option("-r", "--recursive", help="Enter the folders in folders.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan, and do nothing.")] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with what was begun in DIR, as it was planned then.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Go on with what lands in the folders, until Ctrl+C.")] = False,
    exists: Annotated[Exists, typer.Option(help="What to do where a result's name is taken.")] = Exists.REFUSE,
    template: Annotated[
        str,
        typer.Option(help="Names of results: {stem}, {folder}, {expression}, {index}, {index:04}; '/' for folders."),
    ] = "{stem}",
    flat: Annotated[bool, typer.Option("--flat", help="Do not lay results in folders as their images are.")] = False,
    suffix: Annotated[
        str, typer.Option("--format", help="Of the results: png, webp, tiff, avif, jpg; ora for layers.")
    ] = "png",
    longest_side: Annotated[int | None, typer.Option(min=1, help="Pixels to which larger results are reduced.")] = None,
    sidecar: Annotated[bool, typer.Option("--sidecar", help="Write the matte beside each result.")] = False,
    report: Annotated[bool, typer.Option(help="Write report.html and report.json into DIR.")] = True,
    edit: options.EditOption = EditName.CUTOUT,
    color: options.Color = None,
    to_color: options.ToColor = None,
    angle: options.Angle = None,
    background: options.BackgroundFile = None,
    fit: options.FitOption = None,
    offset: options.Offset = None,
    style: options.StyleOption = None,
    strength: options.Strength = None,
    depth: options.Depth = None,
    shift_edge: options.ShiftEdge = 0.0,
    feather: options.Feather = 0.0,
    contrast: options.Contrast = 0.0,
    fill_holes: options.FillHoles = False,
    invert: options.Invert = False,
    quality: options.Quality = None,
    weights: options.Weights = "compact",
    device: options.DeviceOption = options.Device.AUTO,
    no_metadata: options.NoMetadata = False,
    ray: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Work on the Ray cluster there: host:port, auto, or local for one started here. All its machines must "
            "reach the images, backgrounds and DIR by the same paths.",
        ),
    ] = None,
    as_json: options.Json = False,
) -> int:
    """Cut the same out of many images: plan it, check the plan, then do all that can be done.

    Exit codes: 0 all is well, 2 nothing was begun, 4 some images failed or nothing matched in them, 5 stopped.
    """
    from rim_editor.batch import running

    joined = {Combine.ADD: add, Combine.SUBTRACT: subtract, Combine.INTERSECT: intersect}
    beside = sidecar and edit is not EditName.MATTE
    edit_options = EditOptions(
        color, to_color, angle, _absolute(background), fit, offset, style, strength, None if beside else depth
    )
    suffix = f".{suffix.lower().removeprefix('.')}"
    recipe = Recipe(
        expressions=_terms(context.meta[_ORDER], expression, joined),
        edit=DescribedEdit(edit, edit_options),
        controls=MatteControls(shift_edge, feather, contrast, fill_holes, invert),
        content=Content.LAYERS if suffix == LAYERED_SUFFIX else Content.RESULT,
        depth=(depth or 8) if beside else 8,
        suffix=suffix,
        quality=quality,
        metadata=not no_metadata,
        longest_side=longest_side,
        sidecar=sidecar,
        template=template,
        keep_folders=not flat,
        exists=exists,
        model=ModelOptions(_weights(weights), device.value),
    )
    _check_modes(inputs or [], resume=resume, watch=watch, dry_run=dry_run, ray=ray)
    bad: list[Outcome] = []
    try:
        if watch:
            summary = _watched(inputs or [], recipe, output, bad, recursive=recursive, report=report)
        elif resume:
            summary = _resumed(inputs or [], recipe, output, bad, recursive=recursive, report=report, ray=ray)
        else:
            plan = _planned(inputs or [], recipe, output, recursive=recursive)
            if dry_run:
                screen.print_plan(plan, as_json=as_json)
            if dry_run or plan.fatal:
                return running.DONE if not plan.fatal else EditorError.exit_code
            with _stoppable(bad) as (control, told), _working_on(ray) as run:
                summary = running.export(plan, Matting(), control, told, reported=report, run=run)
    except KeyboardInterrupt:
        screen.say("stopped at once: go on with --resume.")
        return running.STOPPED
    screen.print_summary(summary, bad, as_json=as_json)
    return summary.exit_code


def _check_modes(inputs: Sequence[str], *, resume: bool, watch: bool, dry_run: bool, ray: str | None) -> None:
    if dry_run and (resume or watch):
        raise BadOption("--dry-run shows a new plan: leave --resume and --watch out, or --dry-run.")
    if resume and watch:
        raise BadOption("--watch goes on by itself where it was stopped: leave --resume out.")
    if watch and ray is not None:
        raise BadOption("--watch works on this machine alone: leave --ray out.")
    if watch and not inputs:
        raise BadOption("--watch needs a folder to look into: name it.")


def _planned(inputs: Sequence[str], recipe: Recipe, folder: Path, *, recursive: bool) -> Plan:
    from rim_editor.batch.inputs import gathered
    from rim_editor.batch.journal import NAME
    from rim_editor.batch.plan import planned
    from rim_editor.batch.problems import ProblemKind

    found, problems = gathered(inputs, recursive)
    plan = planned(found, recipe, folder, problems)
    screen.say_problems(plan.problems)
    if (folder / NAME).exists() and any(each.fatal and each.kind is ProblemKind.EXISTS for each in plan.problems):
        screen.say(f"'{folder}' holds a batch: go on with it by --resume.")
    return plan


def _resumed(
    inputs: Sequence[str],
    recipe: Recipe,
    folder: Path,
    bad: list[Outcome],
    *,
    recursive: bool,
    report: bool,
    ray: str | None,
) -> Summary:
    from rim_editor.batch import running
    from rim_editor.batch.inputs import gathered
    from rim_editor.batch.journal import Journal

    with Journal.resume(folder) as journal:
        if recipe not in (Recipe(), journal.plan.recipe):
            raise BadOption("--resume goes on as it was planned, and that was otherwise: leave the other options out.")
        known = {item.source for item in journal.plan.items}
        new = sum(1 for each in gathered(inputs, recursive)[0] if each.path not in known)
        if new:
            screen.say(f"warning: {new} images were not in the plan and are left out: export them on their own.")
        with _stoppable(bad) as (control, told), _working_on(ray) as run:
            return running.carried_out(journal, Matting(), control, told, reported=report, run=run)


def _watched(
    inputs: Sequence[str], recipe: Recipe, folder: Path, bad: list[Outcome], *, recursive: bool, report: bool
) -> Summary:
    from rim_editor.batch.inputs import Input
    from rim_editor.batch.plan import planned
    from rim_editor.batch.problems import ProblemKind
    from rim_editor.batch.watch import watch

    # What no image could be exported with is told before the first one lands.
    trial = planned([Input(Path(os.path.abspath("image.jpg")), Path.cwd())], recipe, folder)
    about_images = (ProblemKind.EXISTS, ProblemKind.IS_INPUT)
    if problems := [each for each in trial.problems if each.fatal and each.kind not in about_images]:
        raise BadOption(problems[0].text)
    with _stoppable(bad) as (control, told):
        beginning = iter([f"watching {', '.join(map(repr, inputs))}: stop with Ctrl+C."])

        def report_progress(progress: Progress) -> None:
            for text in beginning:
                screen.say(text)
            told(progress)

        return watch(inputs, recipe, folder, Matting(), control, report_progress, recursive=recursive, reported=report)


@contextmanager
def _working_on(ray: str | None) -> Iterator[Run]:
    """Who does the work: this machine, or the cluster at an address."""
    if ray is None:
        from rim_editor.batch import pipeline

        yield pipeline.run
        return
    from rim_editor.batch.cluster import connection

    with connection.connected(ray) as workers:
        yield workers.run


@contextmanager
def _stoppable(bad: list[Outcome]) -> Iterator[tuple[Control, Callable[[Progress], None]]]:
    """A control that Ctrl+C cancels, at once when it is said twice, and who shows the progress and notes the bad."""
    from rim_editor.batch.control import Control
    from rim_editor.batch.outcomes import State

    control = Control()
    with screen.shown() as shown:

        def told(progress: Progress) -> None:
            if progress.outcome is not None and progress.outcome.state in (State.FAILED, State.NOTHING_MATCHED):
                bad.append(replace(progress.outcome, thumbnail=None))
            shown.show(progress)

        def stop(number: int, frame: object) -> None:
            if control.cancelled:
                raise KeyboardInterrupt
            control.cancel()
            shown.say("stopping: what was begun is given up, what is done stays.")

        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield control, told
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _terms(
    order: Sequence[str], expression: str | None, joined: Mapping[Combine, list[str] | None]
) -> tuple[ExpressionTerm, ...]:
    waiting = {combine.value: iter(texts or ()) for combine, texts in joined.items()}
    first = () if expression is None else (ExpressionTerm(expression),)
    return first + tuple(ExpressionTerm(next(waiting[name]), Combine(name)) for name in order if name in waiting)


def _absolute(path: Path | None) -> Path | None:
    """So that a plan is the same wherever it is gone on with."""
    return None if path is None else path.absolute()


def _weights(name: str) -> str:
    return os.path.abspath(name) if Path(name).suffix and os.path.isfile(name) else name
