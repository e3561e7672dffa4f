"""Frozen dataclasses as JSON data and back: enums by value, paths as text, tuples as lists, bytes as base64.

The types come from the annotations, which must therefore be there at run time: this is not for classes
with arrays. msgspec is imported where it is used first.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


def to_data(record: object) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """A dataclass, or a collection of them, as `json.dumps` takes it. Raises TypeError for what JSON cannot hold."""
    import msgspec

    return msgspec.to_builtins(record, enc_hook=_encoded)


def from_data(kind: type[T], data: object) -> T:
    """The value of this type, a dataclass or any other, that `to_data` gave; missing fields take their defaults.

    Types are not stretched: '1' is not taken for a number, nor True. Keys that the class does not know are ignored.
    Raises ValueError, which names the place and what was expected there; errors of `__post_init__` other than
    ValueError and TypeError come through.
    """
    import msgspec

    try:
        return msgspec.convert(data, kind, dec_hook=_decoded)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error


def parsed(text: str | bytes) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """What JSON holds. Raises ValueError, also for what is nested too deeply and for numbers that are not finite."""
    try:
        return json.loads(text, parse_constant=_finite, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no finite number")
    return number


def _encoded(value: object) -> str:
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"JSON cannot hold a {type(value).__name__}")


def _decoded(kind: type[Any], value: object) -> object:
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise ValueError(f"'{value}' is not a valid {kind.__name__}")
