"""`python -m training.statistics`: what a set in RefMatte's layout holds, line by line beside RefMatte itself."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from training import run_command

if TYPE_CHECKING:
    from PIL.Image import Image

    from training.files.labels import Label

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
PAPER = {
    "images": "47,500",
    "entities": "118,749",
    "expressions": "474,996",
    "categories": "230",
    "entities an image": "2.50",
    "expressions an entity": "4.00",
    "keyword setting, images": "31,993",
    "keyword setting, entities": "81,934",
    "keyword setting, mean words": "1.06",
    "expression setting, mean words": "16.86",
    "humans : animals : objects": "5 : 1 : 1",
}
"""RefMatte as its paper counts it (section 3)."""
_KINDS = ("human", "animal", "object")
_SMALL = frozenset("the a an of in on at to is that which and who or with looks".split())
"""Words that describe no entity, left out of the most frequent ones."""
_SHOWN = 16


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts of a set; histograms have the most frequent first."""

    images: int
    entities: int
    expressions: int
    categories: int
    """Different keywords."""
    keyword_images: int
    """Images in which no keyword is ambiguous."""
    keyword_entities: int
    keyword_words: float
    """Mean words of a keyword in those images; 0 without one."""
    expression_words: float
    """Mean words of the expressions that are more than a keyword; 0 without one."""
    histograms: dict[str, dict[str, int]]
    """By name: kinds, colours (the main one of each entity), garments, salient, transparent, composed relations
    (of the first entity to the second), relations in expressions, forms, keywords, words."""

    def lines(self) -> dict[str, str]:
        """The lines of PAPER for this set."""
        kinds = [self.histograms["kinds"].get(kind, 0) for kind in _KINDS]
        unit = min((count for count in kinds if count), default=1)
        values = (
            f"{self.images:,}",
            f"{self.entities:,}",
            f"{self.expressions:,}",
            f"{self.categories:,}",
            f"{self.entities / max(self.images, 1):.2f}",
            f"{self.expressions / max(self.entities, 1):.2f}",
            f"{self.keyword_images:,}",
            f"{self.keyword_entities:,}",
            f"{self.keyword_words:.2f}",
            f"{self.expression_words:.2f}",
            " : ".join(f"{count / unit:.1f}".removesuffix(".0") for count in kinds),
        )
        return dict(zip(PAPER, values, strict=True))


def statistics_of(labels: Sequence[Label]) -> Statistics:
    """Count a set by its labels; what they leave out is not counted."""
    from training.files.labels import by_image, in_keyword_setting

    groups = by_image(labels)
    alone = [label for group in groups.values() if in_keyword_setting(group) for label in group if label.keyword]
    words = [one for label in labels for one in label.expressions]
    phrases = [one for one in words if one.form != "keyword"]
    yes_no = {True: "yes", False: "no", None: ""}
    return Statistics(
        images=len(groups),
        entities=len(labels),
        expressions=len(words),
        categories=len({label.keyword for label in labels if label.keyword}),
        keyword_images=len({label.image_name for label in alone}),
        keyword_entities=len(alone),
        keyword_words=_mean_words(label.keyword for label in alone),
        expression_words=_mean_words(one.text for one in phrases),
        histograms={
            "kinds": _histogram(label.kind for label in labels),
            "colours": _histogram(label.colours[0].name for label in labels if label.colours),
            "garments": _histogram(garment.name for label in labels for garment in label.garments),
            "salient": _histogram(yes_no[label.salient] for label in labels),
            "transparent": _histogram(yes_no[label.transparent] for label in labels),
            "composed relations": _histogram(group[0].relation for group in groups.values()),
            "relations in expressions": _histogram(one.relation for one in words),
            "forms": _histogram(one.form for one in words),
            "keywords": _histogram(label.keyword for label in labels),
            "words": _histogram(
                word for one in words for word in re.findall(r"[\w'-]+", one.text.lower()) if word not in _SMALL
            ),
        },
    )


def markdown(sets: Mapping[str, Statistics]) -> str:
    """The sets by name in columns beside RefMatte, and the histograms below."""
    columns = {name: found.lines() for name, found in sets.items()}
    rows = [["", *columns, "RefMatte"]]
    rows += [[line, *(column[line] for column in columns.values()), paper] for line, paper in PAPER.items()]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    rows.insert(1, ["-" * width for width in widths])
    text = [f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |" for row in rows]
    for name, found in sets.items():
        text += ["", f"{name}, most frequent first:"]
        for title, counts in found.histograms.items():
            most = ", ".join(f"{value} {count:,}" for value, count in [*counts.items()][:_SHOWN])
            text.append(f"- {title}: {most or 'unknown'}{', ...' if len(counts) > _SHOWN else ''}")
    return "\n".join(text) + "\n"


def bar_chart(title: str, counts: Mapping[str, int]) -> Image:
    """Horizontal bars with their names and numbers, the first at the top; an RGB picture 900 px wide."""
    from PIL import Image, ImageDraw, ImageFont

    row, left, right = 30, 240, 100
    picture = Image.new("RGB", (900, 64 + row * len(counts)), "white")
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(18)
    draw.text((20, 14), title, "black", ImageFont.load_default(24))
    longest = max(counts.values(), default=1)
    for number, (name, count) in enumerate(counts.items()):
        y = 64 + row * number
        end = left + max(1, round((900 - left - right) * count / longest))
        draw.rectangle((left, y, end, y + row - 10), "steelblue")
        draw.text((left - 10, y + 10), name[:26], "black", font, anchor="rm")
        draw.text((end + 8, y + 10), f"{count:,}", "black", font, anchor="lm")
    return picture


def report(folder: Path, splits: Sequence[str] = ()) -> str:
    """Count `splits` of a set (none: all there are) and return the table as Markdown.

    Each split's folder gets `statistics.json` and `charts/NAME.png`. Raises LayoutError.
    """
    from clipmat.files import write_whole
    from training.files.refmatte import label_file, split_labels, splits_of, writing

    sets: dict[str, Statistics] = {}
    for split in splits or splits_of(folder) or ["train"]:
        found = sets[split] = statistics_of(split_labels(folder, split))
        place = label_file(folder, split).parent
        with writing(place):
            write_whole(place / "statistics.json", json.dumps(asdict(found), indent=1))
            for title, counts in found.histograms.items():
                code = BytesIO()
                bar_chart(f"{split}: {title}", dict([*counts.items()][:_SHOWN])).save(code, "PNG")
                write_whole(place / "charts" / f"{title.replace(' ', '_')}.png", code.getvalue())
    return markdown(sets)


@app.command()
def statistics(
    folder: Annotated[Path, typer.Argument(help="A set: the folder that holds train, test or others.")],
    split: Annotated[list[str] | None, typer.Option(help="Which split; repeatable. Without it, all.")] = None,
) -> None:
    """Print what a set in RefMatte's layout holds, beside RefMatte; statistics.json and charts go into its folders.

    Example: python -m training.statistics composed --split train
    """
    typer.echo(report(folder, split or ()))


def _histogram(values: Iterable[str]) -> dict[str, int]:
    counts = Counter(value for value in values if value)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _mean_words(texts: Iterable[str]) -> float:
    lengths = [len(text.split()) for text in texts]
    return sum(lengths) / len(lengths) if lengths else 0.0


if __name__ == "__main__":
    run_command(app, "training.statistics")
