"""`python -m training.teach`: a pack of photographs, whose mattes other systems or our own weights make from nouns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from training import TrainingError, run_command

if TYPE_CHECKING:
    from training.entity import Pixels

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".tif", ".tiff")


class TeachingError(TrainingError):
    """There is nothing to teach with, or nowhere to write it."""


@app.command()
def teach(
    photos: Annotated[Path, typer.Option(help="A folder of photographs.")],
    words: Annotated[
        str,
        typer.Option(help="A CSV with lines of file,noun, or `captions`: a .txt of sentences beside each photograph."),
    ],
    out: Annotated[Path, typer.Option(help="The pack to write; of one that is there, what is missing.")],
    teacher: Annotated[
        list[str] | None,
        typer.Option(help="A model's name or weights (grounded-sam); repeatable: then all must agree."),
    ] = None,
    agreement: Annotated[float, typer.Option(min=0.5, max=1, help="Least intersection over union.")] = 0.85,
    side: Annotated[int, typer.Option(min=64, help="Longer side of the pictures in pixels.")] = 768,
    licence: Annotated[str, typer.Option(help="Of the photographs, for --licensed-only.")] = "not stated",
    device: Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")] = "auto",
) -> None:
    """Write a pack of labelled photographs, beside which `training.train --data PACK --data OUT` learns from it.

    Example:

    python -m training.teach --teacher grounded-sam --photos FOLDER --words captions --out taught
    """
    from clipmat.systems.loading import load
    from training.files.scenes import append_scene, written
    from training.pseudo_labels import row_of, taught

    teacher = teacher or ["grounded-sam"]
    asked = _captioned(photos) if words == "captions" else _listed(photos, Path(words))
    if not asked:
        raise TeachingError(f"{photos} has no photograph with nouns in {words}: see `python -m training.teach --help`")
    known = written(out)
    left = {path: texts for path, texts in asked.items() if _id(photos, path) not in known}
    teachers = [load(name, device) for name in teacher] if left else []
    for name, each in zip(teacher, teachers, strict=False):
        if not getattr(each, "knows_words", True):
            raise TeachingError(f"{name} knows no words, and nouns are taught: choose another teacher")
    counts: Counter[str] = Counter()
    for photo in taught(_read(photos, left, side), teachers, agreement):
        row, masks = row_of(photo, f"taught by {', '.join(teacher)}", licence)
        try:
            append_scene(out, row, photo.image, masks)
        except OSError as error:
            raise TeachingError(
                f"{out} cannot be written ({error}): make room, then the same command goes on"
            ) from error
        counts.update(kept=len(masks), **Counter(reason.replace(" ", "_") for reason in photo.left.values()))
    found = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())
    typer.echo(f"{out}: {len(left)} photographs asked, {len(known)} were there; mattes: {found or 'none'}")


def _listed(folder: Path, table: Path) -> dict[Path, tuple[list[str], list[str]]]:
    """Nouns, and no captions, of each photograph that a table names."""
    import csv

    asked: dict[Path, tuple[list[str], list[str]]] = {}
    try:
        with table.open(encoding="utf-8-sig", newline="") as lines:
            rows = [row for row in csv.reader(lines) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TeachingError(f"{table} cannot be read ({error}): give a CSV with lines of file,noun") from error
    for number, row in enumerate(rows, start=1):
        if len(row) != 2 or not row[1].strip():
            raise TeachingError(f"{table}, line {number}: '{','.join(row)}' is not file,noun")
        if not (folder / row[0]).is_file():
            if number == 1:  # a heading
                continue
            raise TeachingError(f"{table}, line {number}: there is no {folder / row[0]}")
        asked.setdefault(folder / row[0], ([], []))[0].append(" ".join(row[1].lower().split()))
    return {path: (list(dict.fromkeys(nouns)), captions) for path, (nouns, captions) in asked.items()}


def _captioned(folder: Path) -> dict[Path, tuple[list[str], list[str]]]:
    """The nouns that the bundled weights know in the captions of each photograph, and the captions."""
    import re

    from clipmat.weights import nouns

    known = sorted(nouns("compact"), key=len, reverse=True)
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, known))})\b")
    asked = {}
    for path in sorted(folder.rglob("*")):
        beside = path.with_suffix(".txt")
        if path.suffix.lower() in _SUFFIXES and beside.is_file():
            captions = [line.strip() for line in beside.read_text(encoding="utf-8").splitlines() if line.strip()]
            found = list(dict.fromkeys(pattern.findall(" ; ".join(captions).lower())))
            if found:
                asked[path] = found, captions
    return asked


def _read(
    folder: Path, asked: Mapping[Path, tuple[list[str], list[str]]], side: int
) -> Iterator[tuple[str, Pixels, list[str], list[str]]]:
    """Id, pixels, nouns and captions; what cannot be read is named and left out."""
    from clipmat import image_files
    from clipmat.errors import UserError
    from clipmat.transforms import resized

    for path, (nouns, captions) in asked.items():
        try:
            pixels = image_files.read(path).pixels
        except UserError as error:
            typer.echo(f"left out: {error}", err=True)
            continue
        scale = min(1.0, side / max(pixels.shape[:2]))
        size = max(1, round(scale * pixels.shape[0])), max(1, round(scale * pixels.shape[1]))
        yield _id(folder, path), resized(pixels, size), nouns, captions


def _id(folder: Path, path: Path) -> str:
    return "_".join(path.relative_to(folder).parts).replace(".", "_")


if __name__ == "__main__":
    run_command(app, "training.teach")
