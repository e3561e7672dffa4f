"""Fuzzes what comes in from outside, and soaks a batch: `python -m tests.fuzz`, from the root of the repository.

Without arguments everything is run whole, which takes hours; `python -m tests.fuzz images weights --count 500` takes
minutes. The inputs are made from --seed and their number, so that a finding is tried again by
`python -m tests.fuzz images --seed 0 --first 4711 --count 1`. What counts as right: a result, or an error for users in
one line, within bounds of time and memory, no program started, no connection, nothing written elsewhere. The inputs of
a kind are tried by processes one after the other, so that a crash and a hang are findings as well; inputs of findings
are kept in --out. `soak` is described in its module. Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

from tests.fuzz.judging import Tally, forbid, judge
from tests.fuzz.subjects import KINDS

ROOT = Path(__file__).parents[2]
_MEMORY = 6 * 2**30
"""Of the address space of a process, beyond which it gets a MemoryError."""
_SOAK_MINUTES = 30.0
_MOST_SHOWN = 20
"""Kinds of findings."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"{', '.join(KINDS)}, soak; all without any")
    parser.add_argument("--count", type=int, help="inputs of each kind, in place of those of a whole run")
    parser.add_argument("--first", type=int, default=0, help="the number of the first input")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, help="after which a kind ends early, and how long the soak lasts")
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "rim-editor-fuzz")
    parser.add_argument("--shard", type=Path, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if unknown := set(wanted.kinds) - {*KINDS, "soak"}:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    if wanted.shard is not None:
        return work(wanted.kinds[0], wanted.seed, wanted.first, wanted.count, wanted.shard)
    found = 0
    for kind in wanted.kinds or (*KINDS, "soak"):
        if kind == "soak":
            from tests.fuzz import soak

            found += soak.run(wanted.out / "soak", wanted.seed, wanted.minutes or _SOAK_MINUTES)
        else:
            found += fuzz(kind, wanted)
    show("all is well" if not found else f"{found} findings: see {wanted.out}")
    return 1 if found else 0


def show(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def fuzz(kind: str, wanted: argparse.Namespace) -> int:
    """All inputs of a kind, in as many processes as it needs; returns how many findings there were."""
    count = KINDS[kind].count if wanted.count is None else wanted.count
    start, tally, number, end = time.monotonic(), Tally(), wanted.first, wanted.first + count
    while number < end and (wanted.minutes is None or time.monotonic() - start < 60 * wanted.minutes):
        number = shard(kind, wanted, number, min(KINDS[kind].shard, end - number), tally)
    alike: dict[str, list[str]] = {}
    for text in tally.findings:
        _, _, problem = text.partition(": ")
        alike.setdefault(
            re.sub(r"\d+|'.*?'", "#", problem.splitlines()[0])[:100] + problem.strip().splitlines()[-1], []
        ).append(text)
    for texts in sorted(alike.values(), key=len, reverse=True)[:_MOST_SHOWN]:
        others = ", ".join(text.partition(":")[0] for text in texts[1:4])
        show(f"  FOUND {len(texts)} times in {kind}: {texts[0]}" + (f" (also in {others})" if others else ""))
    show(
        f"{kind}: {number - wanted.first} inputs in {time.monotonic() - start:.0f} s, {tally.done} done, "
        f"{tally.refused} refused, {len(tally.findings)} findings; slowest {tally.slowest:.2f} s, "
        f"most memory {tally.most / 2**20:.0f} MiB"
    )
    return len(tally.findings)


def shard(kind: str, wanted: argparse.Namespace, first: int, count: int, tally: Tally) -> int:
    """Inputs in a process of their own; returns the number of the next one. One that crashes or hangs ends it."""
    folder = wanted.out / kind
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "tests.fuzz", kind, "--shard", str(folder), "--seed", str(wanted.seed)]
    log = (wanted.out / f"{kind}.log").open("wb")
    process = subprocess.Popen(
        [*command, "--first", str(first), "--count", str(count)], cwd=ROOT, stdout=log, stderr=log
    )
    report = folder / "report.json"
    try:
        at, since, problem = first, time.monotonic(), ""
        while process.poll() is None and not report.exists():  # its threads are not waited for
            time.sleep(0.1)
            now = _number(folder, first)
            if now != at:
                at, since = now, time.monotonic()
            elif time.monotonic() - since > KINDS[kind].patience:
                problem = f"it hangs: {KINDS[kind].patience:g} s and no end"
                break
    finally:
        process.kill()
        process.wait()
        log.close()
    if not problem and report.exists():
        data = json.loads(report.read_text())
    else:
        if not (folder / "number").exists():
            raise SystemExit(f"{kind} cannot be begun:\n" + (wanted.out / f"{kind}.log").read_text(errors="replace"))
        at = _number(folder, first)
        last = (wanted.out / f"{kind}.log").read_text(errors="replace").strip().splitlines()[-3:]
        problem = problem or f"the process ended with {process.returncode}: {' | '.join(last)}"
        partial = folder / "partial.json"
        data = json.loads(partial.read_text()) if partial.exists() else {"tally": Tally().__dict__}
        data["tally"]["findings"].append(f"{at}: {problem}")
        data["next"] = at + 1
    part = Tally(**data["tally"])
    tally.done, tally.refused = tally.done + part.done, tally.refused + part.refused
    tally.slowest, tally.most = max(tally.slowest, part.slowest), max(tally.most, part.most)
    tally.findings += part.findings
    for text in part.findings:
        _keep(folder, wanted.out / "findings", f"{kind}-{text.split(':')[0]}")
    return int(data["next"])


def _number(folder: Path, first: int) -> int:
    try:
        return int((folder / "number").read_text() or first)
    except OSError:
        return first


def _keep(folder: Path, to: Path, name: str) -> None:
    to.mkdir(parents=True, exist_ok=True)
    for path in folder.glob(f"kept-{name.split('-')[-1]}-*"):
        shutil.copy(path, to / f"{name}-{path.name.split('-', 2)[2]}")


def work(kind: str, seed: int, first: int, count: int, folder: Path) -> int:
    """One process: inputs from `first`, with the tally in `folder` at the end, and after every finding."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    warnings.simplefilter("ignore")
    subject = KINDS[kind].made(folder)
    noted = forbid(folder)
    tally = Tally()
    for number in range(first, first + count):
        (folder / "number").write_text(str(number))
        known = len(tally.findings)
        judge(subject, kind, seed, number, tally)
        tally.findings += [f"{number}: {text}" for text in noted()]
        if len(tally.findings) > known:
            inputs = filter(Path.is_file, folder.glob("input*"))
            for path in sorted(inputs, key=lambda one: one.stat().st_mtime_ns)[-1:]:
                shutil.copy(path, folder / f"kept-{number}-{path.name}")
            (folder / "partial.json").write_text(json.dumps({"tally": tally.__dict__, "next": number + 1}))
    whole = folder / "whole.json"
    whole.write_text(json.dumps({"tally": tally.__dict__, "next": first + count}))
    whole.rename(folder / "report.json")
    return 0


if __name__ == "__main__":
    sys.exit(main())
