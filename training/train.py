"""`python -m training.train`: train a variant, or fine-tune weights on a folder of one's own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from training import TrainingError, run_command

if TYPE_CHECKING:
    from clipmat.model import ClipMat
    from training.fitting.settings import TrainSettings

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
CONFIGS = Path(__file__).parent / "configs"
_EXAMPLES = """Examples:

\b
Train compact on a pack, starting from ImageNet's MobileNetV2:
  python -m training.train --data PACK --backbone tf_efficientnet_lite0.safetensors --language MINILM_FOLDER

\b
Fine-tune it on a folder of images and mattes, a CPU will do; the editor loads the result by its path:
  python -m training.train --from compact --data my_folder --out runs/mine
  rim-editor matte photo.jpg "the lamp" -o lamp.png --weights runs/mine/last.pt

\b
The paper's base variant without MDE, keyword setting, on four GPUs:
  python -m training.train --config training/configs/vit-b-16.toml --backbone CLIP.safetensors --data PACK \\
    --processes 4 --set 'setting = "keyword"' --set 'without = ["details"]'

\b
Two machines of four GPUs each, the same on both but for NODE_RANK:
  MASTER_ADDR=HOST MASTER_PORT=29500 NODE_RANK=0 python -m training.train --nodes 2 --processes 4 ...
"""


@app.command(epilog=_EXAMPLES)
def train(
    data: Annotated[
        list[Path],
        typer.Option(help="A folder of images and mattes, a pack, or a set in RefMatte's layout; repeatable."),
    ],
    licensed_only: Annotated[
        bool, typer.Option("--licensed-only", help="Train on pictures of packs that are stated to be openly licensed.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Folder for checkpoints, log and TensorBoard; runs/NAME of the settings.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="Settings of the run; configs/compact.toml, with --from finetune.toml.")
    ] = None,
    start: Annotated[
        str | None,
        typer.Option("--from", help="Weights to start from: a variant's name, .safetensors or a checkpoint."),
    ] = None,
    backbone: Annotated[Path | None, typer.Option(help="ImageNet or CLIP weights to start the encoders from.")] = None,
    encoders: Annotated[
        str | None, typer.Option(help="A variant's name or weights whose two encoders to start from; the rest is new.")
    ] = None,
    language: Annotated[
        Path | None, typer.Option(help="Folder of all-MiniLM-L6-v2 to start the text tower of `compact` from.")
    ] = None,
    modules: Annotated[
        str | None, typer.Option(help="Weights whose TSP and decoders to start from, as far as their tensors fit.")
    ] = None,
    nouns: Annotated[Path | None, typer.Option(help="Vectors of nouns that teach the text tower.")] = None,
    overrides: Annotated[
        list[str] | None, typer.Option("--set", help="A setting as TOML, over the file's: 'seed = 3'; repeatable.")
    ] = None,
    resume: Annotated[bool, typer.Option(help="Go on from OUT/last.pt where there is one.")] = True,
    processes: Annotated[int, typer.Option(min=1, help="Processes on this machine: GPUs, or CPU threads.")] = 1,
    nodes: Annotated[int, typer.Option(min=1, help="Machines.")] = 1,
    accelerator: Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")] = "auto",
    threads: Annotated[int, typer.Option(min=1, help="Threads per process that prepare samples ahead.")] = 1,
    workers: Annotated[
        int, typer.Option(min=0, help="Loader processes per process that do so in place of threads; Linux only.")
    ] = 0,
    minutes: Annotated[
        float | None,
        typer.Option(min=0.01, help="End after these, with the rate falling by time; settings of one phase."),
    ] = None,
    tensorboard: Annotated[
        bool | None, typer.Option(help="Curves and mattes in OUT/tensorboard; on where it is installed.")
    ] = None,
) -> None:
    """Train a variant; OUT keeps `last.pt` and `best.pt`. Stopped and called again, it goes on exactly where it was."""
    from functools import partial

    import cv2
    import torch

    from clipmat.devices import choose_device
    from training.files.entity_bank import licensed_counts
    from training.fitting import checkpoint, preflight, pretrained, progress
    from training.fitting.clock import Clock
    from training.fitting.data import read_data
    from training.fitting.fabric import build_fabric, with_precision
    from training.fitting.settings import read_settings
    from training.fitting.validation import validate
    from training.trainer import Trainer

    clock = None if minutes is None else Clock(minutes)
    config = config or CONFIGS / ("finetune.toml" if start else "compact.toml")
    out = out or Path("runs") / config.stem
    device = "cpu" if accelerator == "auto" and not torch.cuda.is_available() else accelerator
    device = choose_device(device).device
    settings = with_precision(read_settings(config, overrides or ()), device)
    if device == "cpu" and processes > 1:
        torch.set_num_threads(1)
    cv2.setNumThreads(1)
    splits = read_data(data, settings, licensed_only=licensed_only)
    if licensed_only and os.environ.get("LOCAL_RANK", "0") == "0":
        for folder in data:
            counts = [f"{kept} of {there} {part}" for part, (kept, there) in licensed_counts(folder).items()]
            typer.echo(f"openly licensed in {folder}: {', '.join(counts)}")
    vectors = pretrained.noun_vectors(nouns) if nouns else None
    model = _model(settings, start, encoders)
    if backbone is not None:
        begin = pretrained.start_from_imagenet if settings.variant == "compact" else pretrained.start_from_clip
        begin(model, backbone)
    if language is not None:
        pretrained.start_from_minilm(model, language)
    if modules is not None:
        pretrained.start_from_modules(model, modules)
    preflight.refuse_few_devices(device, processes)
    fabric = build_fabric(settings, device, processes, nodes)
    if os.environ.get("LOCAL_RANK", "0") == "0":  # the first process starts the others once all is well
        preflight.refuse_full_disk(out, model)
        preflight.refuse_small_memory(fabric, model, settings, processes, processes * nodes)
        if settings.compile:
            preflight.refuse_no_compiler(fabric.device)
    fabric.launch()
    by_steps = clock is None  # validating would take minutes from the clock
    validation = partial(validate, samples=splits.held_out) if splits.held_out and by_steps else None
    trainer = Trainer(fabric, model, splits.train, settings, vectors, validation, threads, workers, clock)
    last = out / "last.pt"
    if resume and last.is_file():
        trainer.restore(checkpoint.load(last))
    if trainer.done:
        if fabric.is_global_zero:
            limit = f"of {settings.steps}" if clock is None else f"and its {clock.minutes:g} minutes are over"
            typer.echo(f"already at step {trainer.step_number} {limit}: {last} is done")
        return
    try:
        if not fabric.is_global_zero:
            trainer.fit(out, lambda report: None)  # the first process reports
            return
        with progress.progress_listeners(
            out, trainer.step_number, settings.steps, fabric.device, tensorboard, clock
        ) as listener:
            trainer.fit(out, listener)
    except torch.OutOfMemoryError as error:
        raise preflight.PreflightError(
            f"step {trainer.step_number} did not fit into memory after all: raise `accumulate`, or lower `batch`"
        ) from error
    finally:
        trainer.prefetcher.close()


def _model(settings: TrainSettings, start: str | None, encoders: str | None) -> ClipMat:
    import torch

    from clipmat.model import ClipMat
    from training.fitting import checkpoint, pretrained

    torch.manual_seed(settings.seed)
    if start and encoders is not None:
        raise TrainingError("--from brings its own encoders: give --from or --encoders, not both")
    if encoders is not None:
        return pretrained.on_encoders(settings.network, encoders)
    return checkpoint.begin_from(start, settings) if start else ClipMat(settings.network)


if __name__ == "__main__":
    run_command(app, "training.train")
