"""Records: what JSON holds of them, and what is refused on the way back."""

import json
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import pytest

from clipmat.records import from_data, to_data


class Kind(StrEnum):
    ONE = "one"


@dataclass(frozen=True)
class Inner:
    size: float = 0.5


@dataclass(frozen=True)
class Outer:
    name: str
    kind: Kind = Kind.ONE
    path: Path | None = None
    pair: tuple[int, int] = (1, 2)
    inners: tuple[Inner, ...] = ()
    thumbnail: bytes | None = None
    times: dict[str, float] = field(default_factory=dict)


def test_json_gives_back_what_it_was_given():
    record = Outer(
        "a", path=Path("/b/c"), pair=(3, 4), inners=(Inner(), Inner(2)), thumbnail=b"\x00\xff", times={"x": 1.5}
    )
    data = json.loads(json.dumps(to_data(record)))
    assert data == {
        "name": "a", "kind": "one", "path": "/b/c", "pair": [3, 4], "inners": [{"size": 0.5}, {"size": 2}],
        "thumbnail": "AP8=", "times": {"x": 1.5},
    }  # fmt: skip
    assert from_data(Outer, data) == record


def test_missing_fields_take_their_defaults_and_unknown_ones_are_ignored():
    assert from_data(Outer, {"name": "a", "later": 1}) == Outer("a")


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({}, "name"),
        ({"name": 1}, r"\$\.name"),
        ({"name": "a", "kind": "two"}, r"two.*\$\.kind"),
        ({"name": "a", "path": 7}, r"\$\.path"),
        ({"name": "a", "pair": [1]}, r"\$\.pair"),
        ({"name": "a", "pair": [1, True]}, r"\$\.pair"),
        ({"name": "a", "inners": [{"size": "1"}]}, r"\$\.inners\[0\]\.size|\$\.inners\[\.\.\.\]\.size"),
        ([], "array"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(wrong, place):
    with pytest.raises(ValueError, match=place):
        from_data(Outer, wrong)


def test_what_json_cannot_hold_is_refused():
    with pytest.raises(TypeError):
        to_data(object())
