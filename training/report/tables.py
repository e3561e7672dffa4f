"""The report of an evaluation: results -> rows by set, form, position and kind, and calibration -> Markdown."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clipmat.certainty import Certainty
from training.metrics import mean_by
from training.report.judging import Result

THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Of the presence score: its bins are between them, below the first and above the last."""
FEW = 5
"""Samples below which a part of a set has no row: its means would say nothing."""


@dataclass(frozen=True, slots=True)
class ReportRow:
    """Means over some results of one set. Of negatives, `right` is the share without a sure answer."""

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
    """Share of present objects whose answer was called none."""
    unsure: float
    """Share of all whose answer was called unsure."""
    margin: float = 0.0
    """Half the width of the 95 % interval of the mean IoU (Efron's percentile bootstrap over images, 400 draws)."""

    @property
    def name(self) -> str:
        """The row in words: `composites/val_seen, form basic`."""
        return ", ".join(part for part in (self.set, f"{self.group} {self.value}".strip()) if part)


NEGATIVES = "matching nothing"
AREAS = ((0.0, "below 5 %"), (0.05, "5 to 20 %"), (0.2, "20 % and more"))
"""Shares of the image from which on a true matte belongs to a part, and the part's name."""
GROUPS: dict[str, Callable[[Result], str]] = {
    "setting": lambda r: "keyword" if r.form == "keyword" else "expression",
    "form": lambda r: "" if r.form == "keyword" else r.form,
    "position": lambda r: r.relation,
    "two of a kind told apart by": lambda r: "" if not r.rivals else "position" if r.relation else "look",
    "area": lambda r: AREAS[bisect_right([start for start, _ in AREAS], r.area) - 1][1],
    "kind": lambda r: r.kind,
    "category": lambda r: r.category,
}
"""By group, the part that a result belongs to; empty for none."""


def summarise(results: Sequence[Result]) -> list[ReportRow]:
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
    value: Callable[[ReportRow], float | None]
    """None where the row has no such figure."""
    digits: int
    higher: bool = False
    """Whether more is better."""

    def text(self, row: ReportRow) -> str:
        """The figure with its digits; empty for none."""
        value = self.value(row)
        return "" if value is None else f"{value:.{self.digits}f}"


def columns(rows: Sequence[ReportRow]) -> list[Column]:
    """The figures that the rows have: measures per image, per entity (E), and the shares."""
    measures = list(dict.fromkeys(label for row in rows for label in row.per_image))
    return [
        *(Column(label, _mean_of("per_image", label), _digits(label)) for label in measures),
        *(Column(f"{label} (E)", _mean_of("per_entity", label), _digits(label)) for label in measures),
        Column("mean IoU", lambda row: None if row.group == NEGATIVES else row.iou, 3, higher=True),
        Column("+-", lambda row: None if row.group == NEGATIVES else row.margin, 3),
        Column("right object", lambda row: row.right, 3, higher=True),
        Column("missed", lambda row: None if row.group == NEGATIVES else row.missed, 3),
        Column("unsure", lambda row: row.unsure, 3),
    ]


def rows_markdown(rows: Sequence[ReportRow]) -> str:
    """The rows as a Markdown table, one line each, and how to read it."""
    shown = columns(rows)
    lines = [
        [row.name, str(row.samples), str(row.images), f"{row.megapixels:.3f}", *(c.text(row) for c in shown)]
        for row in rows
    ]
    return table(["set", "samples", "images", "MP", *(c.head for c in shown)], lines) + "\n" + LEGEND


LEGEND = (
    "Lower is better, but for mean IoU (+- half of its 95 % interval over images) and right object. Plain measures "
    "are means over images, (E) over entities. SAD is a sum / 1000 at the images' own size and grows with it (MP: "
    "mean megapixels). The best matte is measured, however uncertain; 'missed' is the share of those that are there "
    "and were called none. Of samples matching nothing, 'right object' is the share without a sure answer.\n"
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


def _mean_of(form: str, label: str) -> Callable[[ReportRow], float | None]:
    return lambda row: getattr(row, form).get(label)


def _digits(label: str) -> int:
    return 4 if label.startswith(("MSE", "MAD")) else 2


def _row(name: str, group: str, value: str, results: Sequence[Result]) -> ReportRow:
    sizes = {r.image_id: r.height * r.width / 1e6 for r in results}
    return ReportRow(
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
        missed=float(np.mean([r.certainty is Certainty.NONE and not r.negative for r in results])),
        unsure=float(np.mean([r.certainty is Certainty.UNSURE for r in results])),
        margin=_margin(results),
    )


def _margin(results: Sequence[Result]) -> float:
    """Of the mean IoU: images are drawn with replacement, each with all its samples; the same draw each time."""
    images: dict[str, list[float]] = {}
    for result in results:
        images.setdefault(result.image_id, []).append(result.iou)
    sums, counts = (np.array([of(ious) for ious in images.values()], np.float64) for of in (sum, len))
    drawn = np.random.default_rng(0).integers(len(images), size=(400, len(images)))
    low, high = np.percentile(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1), (2.5, 97.5))
    return float(high - low) / 2


def _by(results: Sequence[Result], key: Callable[[Result], str]) -> dict[str, float]:
    means = {}
    for label in dict.fromkeys(label for r in results for label in r.errors):
        defined = [r for r in results if label in r.errors]
        means[label] = mean_by([r.errors[label] for r in defined], [key(r) for r in defined])
    return means


@dataclass(frozen=True, slots=True)
class Bin:
    """Samples whose presence score is in [low, high); the last bin holds 1 as well."""

    low: float
    high: float
    samples: int
    presence: float | None
    """Mean score; None without samples."""
    present: float | None
    """Share whose expression names something in the image; None without samples."""


@dataclass(frozen=True, slots=True)
class Errors:
    """What a threshold would do: scores below it are answered with 'nothing matches'."""

    threshold: float
    false_alarms: float | None
    """Share of the negatives that reach it; None without negatives."""
    misses: float | None
    """Share of the present objects below it; None without any."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The presence score judged over some results. Its shares hold for their mix of present and absent."""

    bins: tuple[Bin, ...]
    errors: tuple[Errors, ...]
    gap: float
    """Expected calibration error, 0..1: mean over samples of |mean score - share present| of their bin
    (Guo et al., On Calibration of Modern Neural Networks, 2017, equation 3)."""


def measured_calibration(results: Sequence[Result]) -> Calibration:
    """Ten bins and nine thresholds, a tenth apart. `results` holds at least one."""
    scores = np.array([r.presence for r in results])
    there = np.array([not r.negative for r in results])
    at = np.digitize(scores, THRESHOLDS)
    bins = tuple(
        Bin(low, high, int((at == i).sum()), _share(scores[at == i]), _share(there[at == i]))
        for i, (low, high) in enumerate(zip((0.0, *THRESHOLDS), (*THRESHOLDS, 1.0), strict=True))
    )
    errors = tuple(Errors(t, _share(scores[~there] >= t), _share(scores[there] < t)) for t in THRESHOLDS)
    gaps = [b.samples * abs(b.presence - b.present) for b in bins if b.presence is not None and b.present is not None]
    return Calibration(bins, errors, float(sum(gaps) / len(results)))


def calibration_markdown(calibration: Calibration) -> str:
    """Two tables: score against share present, and errors by threshold."""
    promised = table(
        ["presence", "samples", "mean presence", "share present"],
        [
            [f"{b.low:.1f} to {b.high:.1f}", str(b.samples), _share_text(b.presence), _share_text(b.present)]
            for b in calibration.bins
        ],
    )
    made = table(
        ["threshold", "false alarms", "misses"],
        [[f"{e.threshold:.1f}", _share_text(e.false_alarms), _share_text(e.misses)] for e in calibration.errors],
    )
    return f"{promised}\nExpected calibration error {calibration.gap:.3f}.\n\n{made}"


def _share(values: NDArray[Any]) -> float | None:
    return float(values.mean()) if len(values) else None


def _share_text(share: float | None) -> str:
    return "" if share is None else f"{share:.3f}"
