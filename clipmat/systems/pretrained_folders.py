"""Reads a folder of weights as the `transformers` package writes it: whole, without a network and without pickles."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clipmat.errors import WeightsInvalid
from clipmat.thread_warnings import collected_warnings


def read_pretrained(folder: Path, model_class: Any, processor_class: Any) -> tuple[Any, Any]:  # noqa: ANN401
    """The model, on the CPU in float32 and eval mode, and the processor of a folder.

    Raises WeightsInvalid when a file is missing or damaged, or a tensor is missing or of another shape.
    """
    from transformers.utils import logging

    _check(folder)
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # what is wrong is raised below
    try:
        with collected_warnings(UserWarning):
            processor = processor_class.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
            model, report = model_class.from_pretrained(
                folder, local_files_only=True, use_safetensors=True, output_loading_info=True, dtype="float32"
            )
    except Exception as error:  # noqa: BLE001 - whatever the package meets in a damaged folder
        raise WeightsInvalid(_unreadable(folder, str(error) or type(error).__name__)) from error
    lacking = sorted({*map(str, report["missing_keys"]), *map(str, report.get("mismatched_keys", ()))})
    if lacking:
        raise WeightsInvalid(_unreadable(folder, f"{len(lacking)} tensors are missing or differ, first {lacking[0]}"))
    return model.eval(), processor


_LONGEST = 2**27
"""Bytes of a text file, such as a tokenizer's."""
_MOST = 2**22
"""Of any number in the settings: they are sizes of tensors, and numbers of words."""
_MOST_REPEATED = 512
"""Of a number of layers, blocks or stages."""
_REPEATED = ("layers", "depths", "depth", "blocks", "blocks_per_stage")
_MOST_PIXELS = 2048
"""Of a side of the image that a network sees."""
_SIDES = ("height", "width", "shortest_edge", "longest_edge", "image_size")
_ELSEWHERE = ("auto_map", "quantization_config", "use_timm_backbone", "use_pretrained_backbone")
"""Settings by which the package runs code, or fetches files, that are not in the folder."""


def _check(folder: Path) -> None:
    """Refuse what would not end, run code, or look elsewhere, before anything is built. Raises WeightsInvalid."""
    try:
        for path in folder.iterdir():
            if not os.path.isfile(path) and not os.path.isdir(path):
                raise ValueError(f"{path.name} is no file")
            if path.suffix in (".json", ".txt", ".jinja") and path.stat().st_size > _LONGEST:
                raise ValueError(f"{path.name} has {path.stat().st_size} bytes")
            if path.name == "adapter_config.json":
                raise ValueError(f"{path.name} names weights elsewhere")
        for file in ("config.json", "preprocessor_config.json", "processor_config.json"):
            if file == "config.json" or os.path.isfile(folder / file):
                for name, value in _settings(json.loads((folder / file).read_text(encoding="utf-8"))):
                    _check_setting(name, value)
    except (OSError, ValueError, RecursionError) as error:
        raise WeightsInvalid(_unreadable(folder, str(error))) from error


def _settings(data: object, name: str = "", depth: int = 0) -> Iterator[tuple[str, object]]:
    """Every value with the name of its setting."""
    if depth > 20:
        raise ValueError("the settings are too deep")
    yield name, data
    for key, value in data.items() if isinstance(data, dict) else ():
        yield from _settings(value, str(key), depth + 1)
    for value in data if isinstance(data, list) else ():
        yield from _settings(value, name, depth + 1)


def _check_setting(name: str, value: object) -> None:
    if name in _ELSEWHERE and value or name.endswith("attn_implementation") and "/" in str(value):
        raise ValueError(f"the settings have '{name}', which is not followed")
    if isinstance(value, int | float) and value == value:  # what is not a number equals nothing
        most = _MOST_PIXELS if name in _SIDES else _MOST_REPEATED if name.endswith(_REPEATED) else _MOST
        if not -_MOST <= value <= most:
            raise ValueError(f"the settings say {str(value)[:20]} for '{name}'")


def _unreadable(folder: Path, why: str) -> str:
    first = " ".join(why.split())[:160]
    return f"the weights in {folder} cannot be read ({first}): copy all their files there again, or fetch them again"
