"""The report of an evaluation: results -> rows by set, setting, form, position, kind and category -> Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from training.metrics import mean_by
from training.report.judging import Result

FEW = 5
"""Samples below which a part of a set has no row: its means would say nothing."""


@dataclass(frozen=True, slots=True)
class Row:
    """Means over some results of one set. Of negatives, `right` is the share answered with 'nothing matches'."""

    set: str
    group: str
    """What the set is divided by, one of GROUPS; NEGATIVES; or empty for all that refers to something."""
    value: str
    """Which part of the group: `relative` of the forms."""
    samples: int
    images: int
    entities: int
    megapixels: float
    """Mean size of the images: SAD grows with it."""
    per_image: dict[str, float]
    """By measure, the mean over images of their samples' means: the paper's plain forms."""
    per_entity: dict[str, float]
    """By measure, the mean over entities: the paper's (E) forms. Empty for negatives."""
    iou: float
    right: float
    missed: float
    """Share of present objects that were answered with 'nothing matches'."""

    @property
    def name(self) -> str:
        """The row in words: `composites/val_seen, form basic`."""
        return ", ".join(part for part in (self.set, f"{self.group} {self.value}".strip()) if part)


NEGATIVES = "matching nothing"
GROUPS: dict[str, Callable[[Result], str]] = {
    "setting": lambda r: "keyword" if r.form == "keyword" else "expression",
    "form": lambda r: "" if r.form == "keyword" else r.form,
    "position": lambda r: r.relation,
    "two of a kind told apart by": lambda r: "" if not r.rivals else "position" if r.relation else "look",
    "kind": lambda r: r.kind,
    "category": lambda r: r.category,
}
"""By group, the part that a result belongs to; empty for none."""


def summarise(results: Sequence[Result]) -> list[Row]:
    """The rows of each set: the whole, its negatives, its parts. A part that is the whole or tiny has none."""
    rows = []
    for name in dict.fromkeys(r.set for r in results):
        inside = [r for r in results if r.set == name and not r.negative]
        outside = [r for r in results if r.set == name and r.negative]
        rows += [_row(name, "", "", inside)] if inside else []
        rows += [_row(name, NEGATIVES, "", outside)] if outside else []
        for group, part in GROUPS.items():
            for value in sorted({part(r) for r in inside} - {""}):
                chosen = [r for r in inside if part(r) == value]
                if FEW <= len(chosen) < len(inside):
                    rows.append(_row(name, group, value, chosen))
    return rows


@dataclass(frozen=True, slots=True)
class Column:
    """A figure of a row, and how it is printed."""

    head: str
    value: Callable[[Row], float | None]
    """None where the row has no such figure."""
    digits: int
    higher: bool = False
    """Whether more is better."""

    def text(self, row: Row) -> str:
        """The figure with its digits; empty for none."""
        value = self.value(row)
        return "" if value is None else f"{value:.{self.digits}f}"


def columns(rows: Sequence[Row]) -> list[Column]:
    """The figures that the rows have: measures per image, per entity (E), and the shares."""
    measures = list(dict.fromkeys(label for row in rows for label in row.per_image))
    return [
        *(Column(label, _mean_of("per_image", label), _digits(label)) for label in measures),
        *(Column(f"{label} (E)", _mean_of("per_entity", label), _digits(label)) for label in measures),
        Column("mean IoU", lambda row: None if row.group == NEGATIVES else row.iou, 3, higher=True),
        Column("right object", lambda row: row.right, 3, higher=True),
        Column("missed", lambda row: None if row.group == NEGATIVES else row.missed, 3),
    ]


def markdown(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table, one line each, and how to read it."""
    shown = columns(rows)
    lines = [
        [row.name, str(row.samples), str(row.images), f"{row.megapixels:.3f}", *(c.text(row) for c in shown)]
        for row in rows
    ]
    return table(["set", "samples", "images", "MP", *(c.head for c in shown)], lines) + "\n" + LEGEND


LEGEND = (
    "Lower is better, but for mean IoU and right object. Plain measures are means over images, (E) over entities. SAD "
    "is a sum / 1000 at the images' own size and grows with it (MP: mean megapixels). Of samples matching nothing, "
    "'right object' is the share of correct refusals.\n"
)


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A Markdown table whose source is aligned too, figures to the right; bars in a cell are escaped."""
    rows = [[cell.replace("|", "\\|") for cell in line] for line in (head, *lines)]
    columns = [_aligned(*column) for column in zip(*rows, strict=True)]
    return "".join(f"| {' | '.join(line)} |\n" for line in zip(*columns, strict=True))


def _aligned(head: str, *cells: str) -> list[str]:
    width = max(3, len(head), *map(len, cells))
    if all(not cell or cell.strip("*+-")[:1].isdigit() for cell in cells):
        return [cell.rjust(width) for cell in (head, "-" * (width - 1) + ":", *cells)]
    return [cell.ljust(width) for cell in (head, "-" * width, *cells)]


def _mean_of(form: str, label: str) -> Callable[[Row], float | None]:
    return lambda row: getattr(row, form).get(label)


def _digits(label: str) -> int:
    return 4 if label.startswith(("MSE", "MAD")) else 2


def _row(name: str, group: str, value: str, results: Sequence[Result]) -> Row:
    sizes = {r.image_id: r.height * r.width / 1e6 for r in results}
    return Row(
        set=name,
        group=group,
        value=value,
        samples=len(results),
        images=len(sizes),
        entities=len({r.entity_id for r in results} - {""}),
        megapixels=float(np.mean(list(sizes.values()))),
        per_image=_by(results, lambda r: r.image_id),
        per_entity={} if group == NEGATIVES else _by(results, lambda r: r.entity_id),
        iou=float(np.mean([r.iou for r in results])),
        right=float(np.mean([r.right for r in results])),
        missed=float(np.mean([not r.present and not r.negative for r in results])),
    )


def _by(results: Sequence[Result], key: Callable[[Result], str]) -> dict[str, float]:
    means = {}
    for label in dict.fromkeys(label for r in results for label in r.errors):
        defined = [r for r in results if label in r.errors]
        means[label] = mean_by([r.errors[label] for r in defined], [key(r) for r in defined])
    return means
