"""Reads a folder of weights as the `transformers` package writes it: whole, without a network and without pickles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from clipmat.errors import WeightsInvalid


def read_pretrained(folder: Path, model_class: Any, processor_class: Any) -> tuple[Any, Any]:  # noqa: ANN401
    """The model, on the CPU in float32 and eval mode, and the processor of a folder.

    Raises WeightsInvalid when a file is missing or damaged, or a tensor is missing or of another shape.
    """
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # what is wrong is raised below
    try:
        processor = processor_class.from_pretrained(folder, local_files_only=True)
        model, report = model_class.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, output_loading_info=True, dtype="float32"
        )
    except Exception as error:  # noqa: BLE001 - whatever the package meets in a damaged folder
        raise WeightsInvalid(_unreadable(folder, str(error) or type(error).__name__)) from error
    lacking = sorted({*map(str, report["missing_keys"]), *map(str, report.get("mismatched_keys", ()))})
    if lacking:
        raise WeightsInvalid(_unreadable(folder, f"{len(lacking)} tensors are missing or differ, first {lacking[0]}"))
    return model.eval(), processor


def _unreadable(folder: Path, why: str) -> str:
    first = " ".join(why.split())[:160]
    return f"the weights in {folder} cannot be read ({first}): copy all their files there again, or fetch them again"
