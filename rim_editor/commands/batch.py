"""`rim-editor batch`: makes a recipe and a plan from its arguments, carries the plan out, and prints text or JSON.

Its options, and the ways in which it runs and is stopped, are together, which takes more than 300 lines.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from rim_editor import processes
from rim_editor.batch import project_recipes
from rim_editor.batch.project_recipes import LayerRecipe
from rim_editor.batch.recipe import ExpressionTerm, IfExists, Recipe
from rim_editor.commands import batch_screen as screen
from rim_editor.commands import printing
from rim_editor.commands.cutout_options import CutoutOptions, Json, with_cutout_options
from rim_editor.documents.document import Combine
from rim_editor.documents.edit_description import EditName
from rim_editor.errors import BadOption, EditorError
from rim_editor.files.exporting import Content
from rim_editor.files.formats import LAYERED_SUFFIXES
from rim_editor.matting import Matting
from rim_editor.model_requests import ModelOptions

if TYPE_CHECKING:
    from rim_editor.batch.batch_control import BatchControl
    from rim_editor.batch.outcomes import Outcome
    from rim_editor.batch.plan import Plan
    from rim_editor.batch.progress import BatchProgress
    from rim_editor.batch.running import BatchSummary, ProgressListener, RunPlan

_ORDER = "rim_editor.commands.batch.order"


class _InOrder(TyperCommand):
    """Keeps the order in which options were given, across options."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - Typer does not export the type
        *_, order = self.make_parser(ctx).parse_args(args=list(args))
        ctx.meta[_ORDER] = [parameter.name for parameter in order]
        return super().parse_args(ctx, args)


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("batch", cls=_InOrder)(batch)


@with_cutout_options
def batch(
    *,
    context: typer.Context,
    output: Annotated[
        Path, typer.Option("-o", "--output", readable=False, metavar="DIR", help="The folder of the results.")
    ],
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="INPUT", help="Images, folders, patterns, manifests (.csv, .jsonl)."),
    ] = None,
    expression: Annotated[
        str | None, typer.Option("-e", "--expression", help="What to cut out, such as 'the flower on the left'.")
    ] = None,
    add: Annotated[list[str] | None, typer.Option(metavar="EXPRESSION", help="What to cut out as well.")] = None,
    subtract: Annotated[list[str] | None, typer.Option(metavar="EXPRESSION", help="What to take away from it.")] = None,
    intersect: Annotated[
        list[str] | None, typer.Option(metavar="EXPRESSION", help="What to keep of it, dropping the rest.")
    ] = None,
    project: Annotated[
        Path | None,
        typer.Option(
            readable=False, metavar="FILE.rim", help="Do what its active layer has, but for what is given here."
        ),
    ] = None,
    recursive: Annotated[bool, typer.Option("-r", "--recursive", help="Enter subfolders too.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan and do nothing.")] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue the batch that was begun in DIR, as planned.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Keep exporting what appears in the folders, until Ctrl+C.")
    ] = False,
    exists: Annotated[IfExists, typer.Option(help="What to do if the name of a result is taken.")] = IfExists.REFUSE,
    template: Annotated[
        str,
        typer.Option(help="Names of results: {stem}, {folder}, {expression}, {index}, {index:04}; '/' for folders."),
    ] = "{stem}",
    flat: Annotated[bool, typer.Option("--flat", help="Do not recreate the folders of the images.")] = False,
    suffix: Annotated[
        str, typer.Option("--format", help="Of the results: png, webp, tiff, avif, jpg; ora, psd for layers.")
    ] = "png",
    sidecar: Annotated[bool, typer.Option("--sidecar", help="Write the matte beside each result.")] = False,
    report: Annotated[bool, typer.Option(help="Write report.html and report.json into DIR.")] = True,
    options: CutoutOptions,
    ray: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Use the Ray cluster there: host:port, auto, or local to start one here. All its machines must reach "
            "the images, backgrounds and DIR under the same paths.",
        ),
    ] = None,
    as_json: Json = False,
) -> int:
    """Cut the same out of many images: plan it, check the plan, then do everything that can be done.

    Exit codes: 0 all is well, 2 or 130 nothing was begun, 4 some images failed or nothing matched in them, 5 stopped.
    """
    from rim_editor.batch import journal_file, running

    further = {Combine.ADD: add, Combine.SUBTRACT: subtract, Combine.INTERSECT: intersect}
    edit = replace(options.description, background=_absolute(options.description.background))
    terms = _terms(context.meta[_ORDER], expression, further)
    wanted = LayerRecipe(terms, options.controls, options.composition, edit)
    if project is not None:
        wanted = wanted.completed(project_recipes.read(project))
    edit = wanted.edit
    for_sidecar = sidecar and edit.name is not EditName.MATTE
    if for_sidecar:
        edit = replace(edit, depth=None)
    suffix = options.suffix_of(suffix, given="suffix" in context.meta[_ORDER])
    recipe = Recipe(
        expressions=wanted.expressions,
        edit=edit,
        controls=wanted.controls,
        composition=wanted.composition,
        content=Content.LAYERS if suffix in LAYERED_SUFFIXES else Content.RESULT,
        depth=(options.depth or 8) if for_sidecar else 8,
        suffix=suffix,
        quality=options.quality_of(suffix),
        metadata=not options.no_metadata,
        longest_side=options.longest,
        framing=options.framing,
        sidecar=sidecar,
        template=template,
        keep_folders=not flat,
        exists=exists,
        best_guess=options.best_guess,
        at_least=options.at_least,
        page=options.page,
        example=options.example_read,
        model=ModelOptions(_weights(options.weights), options.device.value),
    )
    _check_modes(inputs or [], resume=resume, watch=watch, dry_run=dry_run, ray=ray)
    bad: list[Outcome] = []
    try:
        if watch:
            summary = _watch_folders(inputs or [], recipe, output, bad, recursive=recursive, report=report)
        elif resume:
            summary = _resume_batch(inputs or [], recipe, output, bad, recursive=recursive, report=report, ray=ray)
        else:
            plan = _make_plan(inputs or [], recipe, output, recursive=recursive)
            if dry_run or (plan.fatal and as_json):
                screen.print_plan(plan, as_json=as_json)
            if dry_run or plan.fatal:
                return EditorError.exit_code if plan.fatal else running.DONE
            with _stoppable(bad) as (control, listener), _backend(ray) as run:
                summary = running.export(plan, Matting(), control, listener, write_report=report, run=run)
        screen.print_summary(summary, bad, as_json=as_json)
        return summary.exit_code
    except KeyboardInterrupt:
        if not journal_file.has_begun(output):
            raise
        printing.print_failure("stopped at once: continue with --resume.", running.STOPPED, as_json=as_json)
        return running.STOPPED


def _check_modes(inputs: Sequence[str], *, resume: bool, watch: bool, dry_run: bool, ray: str | None) -> None:
    if dry_run and (resume or watch):
        raise BadOption("--dry-run shows a new plan: leave --resume and --watch out, or --dry-run.")
    if resume and watch:
        raise BadOption("--watch continues by itself where it was stopped: leave --resume out.")
    if watch and ray is not None:
        raise BadOption("--watch works on this machine only: leave --ray out.")
    if watch and not inputs:
        raise BadOption("--watch needs a folder to watch: name one.")


def _make_plan(inputs: Sequence[str], recipe: Recipe, folder: Path, *, recursive: bool) -> Plan:
    from rim_editor.batch.inputs import gather_inputs
    from rim_editor.batch.journal_file import NAME
    from rim_editor.batch.plan import make_plan
    from rim_editor.batch.problems import ProblemKind

    found, problems = gather_inputs(inputs, recursive)
    plan = make_plan(found, recipe, folder, problems)
    screen.print_problems(plan.problems)
    if os.path.exists(folder / NAME) and any(each.fatal and each.kind is ProblemKind.EXISTS for each in plan.problems):
        printing.print_message(f"'{folder}' holds a batch: continue it with --resume.")
    return plan


def _resume_batch(
    inputs: Sequence[str],
    recipe: Recipe,
    folder: Path,
    bad: list[Outcome],
    *,
    recursive: bool,
    report: bool,
    ray: str | None,
) -> BatchSummary:
    from rim_editor.batch import resuming, running
    from rim_editor.batch.inputs import gather_inputs

    with resuming.reopened(folder) as journal:
        if recipe not in (Recipe(), journal.plan.recipe):
            raise BadOption("--resume continues with the options of its plan, and these differ: leave them out.")
        known = {item.source for item in journal.plan.items}
        new = sum(1 for each in gather_inputs(inputs, recursive)[0] if each.path not in known)
        if new:
            text = f"{new} images were not in the plan and are left out: export them on their own."
            printing.print_message(f"warning: {text}")
        with _stoppable(bad) as (control, listener), _backend(ray) as run:
            return running.run_journal(journal, Matting(), control, listener, write_report=report, run=run)


def _watch_folders(
    inputs: Sequence[str], recipe: Recipe, folder: Path, bad: list[Outcome], *, recursive: bool, report: bool
) -> BatchSummary:
    from rim_editor.batch.inputs import Input
    from rim_editor.batch.plan import make_plan
    from rim_editor.batch.problems import ProblemKind
    from rim_editor.batch.watching import watch

    # Options with which no image could be exported are refused before the first one appears.
    trial = make_plan([Input(Path(os.path.abspath("image.jpg")), Path.cwd())], recipe, folder)
    about_images = (ProblemKind.EXISTS, ProblemKind.IS_INPUT)
    if problems := [each for each in trial.problems if each.fatal and each.kind not in about_images]:
        raise BadOption(problems[0].text)
    with _stoppable(bad) as (control, listener):
        announced = False

        def on_progress(progress: BatchProgress) -> None:
            nonlocal announced
            if not announced:  # the first one comes once the journal is open
                printing.print_message(f"watching {', '.join(map(repr, inputs))}: stop with Ctrl+C.")
                announced = True
            listener(progress)

        return watch(inputs, recipe, folder, Matting(), control, on_progress, recursive=recursive, write_report=report)


@contextmanager
def _backend(ray: str | None) -> Iterator[RunPlan]:
    """The function that does the work, on this machine or on the cluster at the address `ray`."""
    if ray is None:
        from rim_editor.batch import pipeline

        yield pipeline.run
        return
    from rim_editor.batch.cluster import connection

    with connection.connected(ray) as cluster:
        yield cluster.run


@contextmanager
def _stoppable(bad: list[Outcome]) -> Iterator[tuple[BatchControl, ProgressListener]]:
    """A control that Ctrl+C cancels, at once if it comes twice, and a listener that shows progress and fills `bad`."""
    from rim_editor.batch.batch_control import BatchControl
    from rim_editor.batch.outcomes import State

    control = BatchControl()
    with screen.progress_screen() as shown:

        def listener(progress: BatchProgress) -> None:
            if progress.outcome is not None and progress.outcome.state in (State.FAILED, State.NOTHING_MATCHED):
                bad.append(replace(progress.outcome, thumbnail=None))
            shown.show(progress)

        def stop(number: int, frame: object) -> None:
            if control.cancelled:
                raise KeyboardInterrupt
            control.cancel()
            shown.print_message("stopping: unfinished images are dropped, finished ones stay.")

        with processes.on_stop_signals(stop):
            yield control, listener


def _terms(
    order: Sequence[str], expression: str | None, further: Mapping[Combine, list[str] | None]
) -> tuple[ExpressionTerm, ...]:
    waiting = {combine.value: iter(texts or ()) for combine, texts in further.items()}
    first = () if expression is None else (ExpressionTerm(expression),)
    return first + tuple(ExpressionTerm(next(waiting[name]), Combine(name)) for name in order if name in waiting)


def _absolute(path: Path | None) -> Path | None:
    """An absolute path, so that a plan means the same wherever it is resumed from."""
    return None if path is None else path.absolute()


def _weights(name: str) -> str:
    path = Path(name).suffix and os.path.isfile(name) or os.sep in name and os.path.isdir(name)
    return os.path.abspath(name) if path else name
