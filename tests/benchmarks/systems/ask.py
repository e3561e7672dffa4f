"""One process that asks a system twice about one photograph, clicks once, and prints what that took as JSON.

`python -m tests.benchmarks.systems.ask WEIGHTS IMAGE`, on the CPU. Systems that know no words get none. Seconds are
those on the clock; `mebibytes` is the most that was resident, the photograph and its matte included.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings
from pathlib import Path

FIRST, SECOND = "the cup", "the vase"


def main(weights: str, image: Path) -> dict[str, float]:
    from clipmat.image_files import read

    pixels = read(image).pixels
    found: dict[str, float] = {}
    start = time.perf_counter()

    def lap(name: str) -> None:
        nonlocal start
        found[name] = time.perf_counter() - start
        start = time.perf_counter()

    from clipmat.systems.loading import load

    system = load(weights, device="cpu")
    lap("load")
    words = (FIRST, SECOND) if getattr(system, "knows_words", True) else ("", "")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a vocabulary of letters has no room for words
        system.set_image(pixels)
        lap("image")
        for name, text in zip(("first", "second"), words, strict=True):
            answer = system.predict(text)
            lap(name)
        system.predict(points=((pixels.shape[1] / 2, pixels.shape[0] / 2, True),))
        lap("click")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found | {"candidates": len(answer.candidates), "mebibytes": most}


if __name__ == "__main__":
    json.dump(main(sys.argv[1], Path(sys.argv[2])), sys.stdout)
