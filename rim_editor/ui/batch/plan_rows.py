"""What the table of a plan shows, as data: problems first, the fatal ones before all others."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import IntEnum

from rim_editor.batch import naming, output_paths
from rim_editor.batch.plan import Item, Plan
from rim_editor.batch.problems import Problem, ProblemKind

_BROKEN = (ProblemKind.MISSING, ProblemKind.UNREADABLE)


class Level(IntEnum):
    """How bad a row is; what is worst comes first."""

    FATAL = 0
    PROBLEM = 1
    FINE = 2


@dataclass(frozen=True)
class Row:
    """An item with its problems, or a problem that no item has."""

    item: Item | None
    problems: tuple[Problem, ...]
    level: Level

    @property
    def text(self) -> str:
        """What is amiss, in words; '' for nothing."""
        return " ".join(problem.text for problem in self.problems)

    @property
    def expression(self) -> str:
        """What is cut out, in words."""
        terms = () if self.item is None else self.item.expressions
        return naming.expression_text((term.combine, term.expression) for term in terms)


@dataclass(frozen=True)
class PlanRows:
    """A plan with its rows in the order in which they are shown, and what it comes to."""

    plan: Plan
    rows: tuple[Row, ...]
    skipped: int
    broken: int
    """Images that are missing or cannot be read, as far as it is known before the work."""

    @property
    def todo(self) -> int:
        """Images on which work can be begun."""
        return len(self.plan.items) - self.skipped

    @property
    def summary(self) -> str:
        """In words: how many images, what becomes of them, and the room that the results take."""
        pieces = [_counted(len(self.plan.items), "image")]
        if self.skipped:
            pieces.append(f"{self.skipped:,} skipped")
        if self.broken:
            pieces.append(f"{self.broken:,} missing or unreadable")
        fatal = sum(row.level is Level.FATAL for row in self.rows)
        if fatal:
            pieces.append(f"{_counted(fatal, 'problem')} to be remedied first")
        need, free = (
            output_paths.formatted_size(self.plan.bytes_needed),
            output_paths.formatted_size(self.plan.bytes_free),
        )
        return f"{', '.join(pieces)}. The results need about {need}; {free} are free."


def rows_of(plan: Plan) -> PlanRows:
    """The rows of a plan; takes a while for many items. Whatever has no item of its own stands on its own."""
    of_items: dict[tuple[str, int | None], list[Problem]] = defaultdict(list)
    for problem in plan.problems:
        of_items["" if problem.path is None else str(problem.path), problem.row].append(problem)
    rows = []
    broken = 0
    for item in plan.items:
        told = tuple(of_items.pop((str(item.source), item.row), ()))
        broken += any(problem.kind in _BROKEN for problem in told)
        rows.append(_row(item, told))
    alone = (_row(None, (problem,)) for problems in of_items.values() for problem in problems)
    rows = sorted([*alone, *rows], key=lambda row: row.level)
    return PlanRows(plan, tuple(rows), sum(bool(item.skip) for item in plan.items), broken)


def _row(item: Item | None, problems: tuple[Problem, ...]) -> Row:
    fatal = any(problem.fatal for problem in problems)
    return Row(item, problems, Level.FATAL if fatal else Level.PROBLEM if problems else Level.FINE)


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
