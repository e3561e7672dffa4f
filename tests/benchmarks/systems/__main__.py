"""Measures every other system at its full size and writes docs/systems.md: `python -m tests.benchmarks.systems`.

From the root of the repository, on Linux, best on a machine that does nothing else; it takes about a quarter of an
hour on two idle cores, 10 GiB of memory and 4 GB of disk, one system after another. `--names` chooses some of them.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from clipmat.systems.system_table import SYSTEMS
from tests.benchmarks.beside.__main__ import machine, show
from tests.benchmarks.beside.prepare import write_photograph
from tests.benchmarks.beside.processes import ROOT, TooMuch, run
from tests.benchmarks.systems.full_size import WRITERS

_HEAD = """# The systems side by side

What a first and a second expression about one photograph of {megapixels:g} megapixels take on a CPU, from the decoded
pixels to a matte of the same size, each system in a process of its own; and the most memory of that process. Written by

```sh
python -m tests.benchmarks.systems
```

{machine}
So compare within the table. Seconds for the image are those of `set_image`; some systems do that work with the first
expression. `load` has the import of torch and transformers in it.

**None ran with its published weights**, which were not at hand. All but `compact` are the full-size networks
([full_size.py](../tests/benchmarks/systems/full_size.py)) with random weights: time and memory are theirs but for what
depends on what is found. Where random weights find no candidate, the mask that a trained network would make for it is
not in the seconds; a click, which SAM answers in `grounded-sam` and `sam3` and our own weights in the others, shows
what such a mask takes. The files are as large as the published ones (in brackets; a published MDETR has its weights
twice) to within a twentieth, by which the sizes were checked. No figure says how good a matte is.

| system | file, MB | load, s | image, s | first, s | second, s | click, s | MiB at most | candidates |
|---|---|---|---|---|---|---|---|---|
"""


def measured(name: str, work: Path, image: Path) -> dict[str, Any]:
    """What one system took."""
    weights, folder, size = name, work / name, 0
    if name in WRITERS:
        weights = run(["tests.benchmarks.systems.full_size", name, str(folder)])[1].split()[-1]
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.suffix in (".safetensors", ".pth"))
    try:
        _, said = run(["tests.benchmarks.systems.ask", weights, str(image)], minutes=15)
        found: dict[str, Any] = json.loads(said)
    except (TooMuch, RuntimeError) as error:
        found = {"failed": str(error).strip().splitlines()[-1]}
    shutil.rmtree(folder, ignore_errors=True)
    return found | {"megabytes": size / 1e6}


def row(name: str, found: dict[str, Any]) -> str:
    """A line of the table."""
    published = sum(part.bytes for part in SYSTEMS[name].parts) / 1e6 if name in SYSTEMS else 0
    size = f"{found['megabytes']:.0f} ({published:.0f})" if published else "bundled"
    if "failed" in found:
        return f"| `{name}` | {size} | {found['failed']} | | | | | | |"
    times = " | ".join(f"{found[part]:.1f}" for part in ("load", "image", "first", "second", "click"))
    return f"| `{name}` | {size} | {times} | {found['mebibytes']:.0f} | {found['candidates']} |"


def main() -> int:
    names = ("compact", *WRITERS)
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.systems", description=__doc__)
    parser.add_argument("--names", nargs="+", choices=names, default=names)
    parser.add_argument("--megapixels", type=float, default=12)
    parser.add_argument("--busy", default="", help="what the page says of other work, such as 'otherwise idle'")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "systems.md")
    wanted = parser.parse_args()
    lines = []
    with tempfile.TemporaryDirectory(prefix="rim-editor-systems-") as folder:
        image = Path(folder) / "photograph.jpg"
        write_photograph(image, wanted.megapixels)
        for name in wanted.names:
            lines.append(row(name, measured(name, Path(folder), image)))
            show(lines[-1])
    head = _HEAD.format(megapixels=wanted.megapixels, machine=machine(wanted.busy))
    wanted.page.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    show(f"{wanted.page} is written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
