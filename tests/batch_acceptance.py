"""Exports many photographs, some of them broken, and again killed in the middle: `python tests/batch_acceptance.py`.

Not a test, for it takes as long as a batch does. It runs the real command with the bundled weights: once without a
break, once with SIGKILL of its process group at random moments, each followed by --resume. Both must give the same
bytes; what is broken must be named and nothing else may fail; no input may change; nothing may be left behind;
memory must not grow. Linux only: memory is read from /proc.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
from batch_photographs import Photographs, make  # noqa: E402 - it lies beside this script

ROOT = Path(__file__).parents[1]
ARGUMENTS = ("-e", "the cup", "--recursive", "--sidecar", "--exists", "number", "--json")
JOURNAL, REPORTS = ".rim-editor-batch.jsonl", ("report.json", "report.html")
SOME_FAILED = 4
SAMPLE_SECONDS = 0.25
GROWTH, SLACK = 1.1, 100 * 2**20  # that the memory at the end may lie above that at the start

failures: list[str] = []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=500)
    parser.add_argument("--broken", type=int, default=25)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "rim-editor-batch")
    parser.add_argument("--seed", type=int, default=0)
    wanted = parser.parse_args()
    for name in ("in", "whole", "killed"):
        shutil.rmtree(wanted.out / name, ignore_errors=True)
    photographs = make(wanted.out / "in", wanted.images, wanted.broken, wanted.seed)
    before = fingerprints(photographs.folder)
    count = len(before)
    show(f"{count} images: {len(photographs.broken)} broken, {len(photographs.twins)} odd with a twin each, "
        f"{len(photographs.exported)} with odd names, {len(photographs.plain)} others")  # fmt: skip

    whole, killed = wanted.out / "whole", wanted.out / "killed"
    seconds, watch = uninterrupted(photographs.folder, whole)
    show(f"uninterrupted: {seconds:.0f} s, {count / seconds:.2f} images/s")
    watch.judge()
    judge_report(whole, photographs)
    judge_twins(whole, photographs)
    interrupted(photographs.folder, killed, whole, seconds, wanted.kills, random.Random(wanted.seed))
    judge_report(killed, photographs)
    compare(whole, killed)
    check(fingerprints(photographs.folder) == before, "an input was changed")
    for failure in failures:
        show(f"FAILED: {failure}")
    show("all is well" if not failures else f"{len(failures)} failures; everything is in {wanted.out}")
    return 1 if failures else 0


def show(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def check(well: object, text: str) -> None:
    if not well:
        failures.append(text)


def fingerprints(folder: Path) -> dict[Path, tuple[object, ...]]:
    """What every file is by its bytes, its rights and its dates."""
    found: dict[Path, tuple[object, ...]] = {}
    for path in sorted(folder.rglob("*")):
        state = path.lstat()
        if path.is_symlink():
            found[path] = (os.readlink(path), state.st_mode)
        elif path.is_file():
            found[path] = (hashlib.sha256(path.read_bytes()).hexdigest(), state.st_mode, state.st_mtime_ns)
        elif not path.is_dir():
            found[path] = (state.st_mode,)
    return found


def started(folder: Path, out: Path, *, resume: bool) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "rim_editor", "batch", "-o", str(out)]
    command += ["--resume", "--json"] if resume else [str(folder), *ARGUMENTS]
    with (out.parent / f"{out.name}.log").open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)


def uninterrupted(folder: Path, out: Path) -> tuple[float, Watch]:
    start = time.monotonic()
    process = started(folder, out, resume=False)
    watch = Watch(process.pid, out / "roll 1")
    code = ended(process)
    watch.join()
    check(code == SOME_FAILED, f"the exit code is {code}, not {SOME_FAILED}: see {out}.log")
    return time.monotonic() - start, watch


def ended(process: subprocess.Popen[bytes], seconds: float | None = None) -> int:
    """Wait for its exit code; it does not outlive an interrupt."""
    try:
        return process.wait(seconds)
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise


class Watch(threading.Thread):
    """Samples the memory of a process from when `sign` exists until it ends."""

    def __init__(self, pid: int, sign: Path) -> None:
        super().__init__(daemon=True)
        self._status, self._sign = Path(f"/proc/{pid}/status"), sign
        self.sizes: list[int] = []
        self.start()

    def run(self) -> None:
        while True:
            try:
                lines = self._status.read_text(encoding="ascii", errors="replace").splitlines()
            except OSError:
                return
            resident = next((line for line in lines if line.startswith("VmRSS:")), None)
            if resident is None:  # dead, and not yet waited for
                return
            if self._sign.exists():
                self.sizes.append(int(resident.split()[1]) * 1024)
            time.sleep(SAMPLE_SECONDS)

    def judge(self) -> None:
        if not self._sign.exists():
            show("memory: not judged, for --images leaves no room for photographs between the odd files")
            return
        sizes = self.sizes
        parts = [
            sizes[int(len(sizes) * low) : int(len(sizes) * high)] for low, high in ((0, 0.33), (0.33, 0.67), (0.67, 1))
        ]
        start, middle, end = (statistics.median(part) for part in parts)
        peaks = ", ".join(f"{max(part) / 2**20:.0f}" for part in parts)
        show(f"memory in MiB: start {start / 2**20:.0f}, middle {middle / 2**20:.0f}, end {end / 2**20:.0f} "
            f"(peaks {peaks}), most {max(sizes) / 2**20:.0f}")  # fmt: skip
        check(end <= GROWTH * start + SLACK, "memory grew")


def interrupted(folder: Path, out: Path, whole: Path, seconds: float, kills: int, dice: random.Random) -> None:
    """The same with `kills` kills at random moments of the `seconds` that it takes, each followed by a resume."""
    moments = sorted(dice.uniform(0.02, 0.9) * seconds for _ in range(kills))
    worked, count = 0.0, 0
    there: dict[Path, tuple[int, int]] = {}
    while True:
        process = started(folder, out, resume=(out / JOURNAL).exists())
        start = time.monotonic()
        try:
            code = ended(process, max(0.5, moments[count] - worked) if count < kills else None)
        except subprocess.TimeoutExpired:
            worked += time.monotonic() - start
            count += 1
            now = whole_so_far(out, whole)
            redone = [path for path, state in there.items() if now.get(path) != state]
            check(not redone, f"what was done was done again: {redone[:3]}")
            there = now
            staged = sum(path.name.endswith(".part") for path in out.rglob("*"))
            show(f"kill {count} after {worked:.1f} s: {len(there)} files are there, {staged} folders of growing ones")
            continue
        break
    check(count == kills, f"only {count} kills of {kills} came before the end")
    check(code == SOME_FAILED, f"the exit code after resuming is {code}, not {SOME_FAILED}: see {out}.log")
    after = whole_so_far(out, whole)
    check(all(after.get(path) == state for path, state in there.items()), "what was done was done again at the end")
    show(f"killed {count} times and resumed: {worked + time.monotonic() - start:.0f} s")


def whole_so_far(out: Path, whole: Path) -> dict[Path, tuple[int, int]]:
    """The results that exist after a kill, with the state of each; every result must be whole already."""
    found = {}
    for path in results(out):
        there = whole / path
        same = there.is_file() and (out / path).read_bytes() == there.read_bytes()
        check(same, f"after a kill {path} is not what it has to be")
        state = (out / path).stat()
        found[path] = state.st_ino, state.st_mtime_ns
    return found


def results(out: Path) -> list[Path]:
    """All files but those of the batch itself, and those that are still growing."""
    files = [path.relative_to(out) for path in out.rglob("*") if path.is_file()]
    own = (JOURNAL, *REPORTS)
    return sorted(path for path in files if path.name not in own and not any(p.endswith(".part") for p in path.parts))


def judge_report(out: Path, photographs: Photographs) -> None:
    report = json.loads((out / "report.json").read_text(encoding="ascii"))
    states = {Path(one["source"]).relative_to(photographs.folder): one for one in report["outcomes"]}
    show(f"{out.name}: " + ", ".join(f"{count} {name}" for name, count in report["counts"].items()))
    expected = {*photographs.plain, *photographs.exported, *photographs.broken, *photographs.twins}
    expected |= {twin for twin, _ in photographs.twins.values()}
    check(set(states) == expected, f"not all images are in the report: {sorted(expected ^ set(states))[:3]}")
    failed = {path for path, one in states.items() if one["state"] == "failed"}
    # What is readable of a damaged image is exported, and said to be a part.
    partial = {path for path in photographs.broken if "is damaged or incomplete" in states[path]["text"]}
    for path in sorted((failed | partial) ^ set(photographs.broken)):
        entry = states.get(path, {"state": "lost", "text": ""})
        check(False, f"{path} is {entry['state']}: {entry['text']}")
    for path in (*photographs.exported, *photographs.twins):
        check(states[path]["state"] == "done", f"{path} is {states[path]['state']}: {states[path]['text']}")
    page = (out / "report.html").read_text(encoding="utf-8")
    table = page.partition('<section id="failed">')[2].partition("</section>")[0]
    unnamed = [path for path in failed if html.escape(str(photographs.folder / path), quote=True) not in table]
    check(not unnamed, f"not named in report.html: {unnamed}")
    silent = [path for path in failed if path.name not in states[path]["text"]]
    check(not silent, f"its error does not name it: {silent}")
    kinds = Counter(states[path]["text"].replace(str(photographs.folder / path), "…").split(":")[0] for path in failed)
    errors = "; ".join(f"{count} × {text}" for text, count in kinds.most_common())
    show(f"    {errors}")


def judge_twins(out: Path, photographs: Photographs) -> None:
    """What was made of odd files must be what was made of the pixels that they stand for."""
    report = json.loads((out / "report.json").read_text(encoding="ascii"))
    outputs = {Path(one["source"]).relative_to(photographs.folder): Path(one["output"]) for one in report["outcomes"]}
    worst = 0.0
    for path, (twin, tolerance) in photographs.twins.items():
        both = [outputs[path], outputs[twin]]
        if not all(output.is_file() for output in both):
            continue  # reported already
        one, other = (np.asarray(Image.open(output).convert("RGBA")).astype(float) for output in both)
        if one.shape != other.shape:
            check(False, f"{path} came out as {one.shape}, not {other.shape}")
            continue
        alpha = np.abs(one[..., 3] - other[..., 3]).mean()
        solid = np.minimum(one[..., 3], other[..., 3]) > 100
        colour = np.abs(one[..., :3] - other[..., :3])[solid].mean() if solid.any() else 255.0
        worst = max(worst, alpha, colour)
        check(alpha <= tolerance and colour <= 2 * tolerance, f"{path} differs: alpha {alpha:.2f}, colour {colour:.2f}")
    show(f"{len(photographs.twins)} odd files and their twins: at most {worst:.2f} of 255 apart")


def compare(whole: Path, killed: Path) -> None:
    ours, theirs = results(whole), results(killed)
    check(ours == theirs, f"other files: {sorted(set(ours) ^ set(theirs))[:5]}")
    both = set(ours) & set(theirs)
    other = [path for path in both if (whole / path).read_bytes() != (killed / path).read_bytes()]
    check(not other, f"other bytes: {sorted(other)[:5]}")
    show(f"{len(both)} results compared byte by byte, {len(other)} differ")
    for out in (whole, killed):
        stray = [
            path
            for path in out.rglob("*")
            if path.name.endswith((".part", ".tmp")) or path.is_dir() and not any(path.iterdir())
        ]
        check(not stray, f"left behind: {stray[:5]}")
    alike = ("state", "text", "presence", "sha256", "sidecar_sha256")
    entries = [
        {one["source"]: [one[name] for name in alike] for one in json.loads((out / REPORTS[0]).read_text())["outcomes"]}
        for out in (whole, killed)
    ]
    check(entries[0] == entries[1], "the reports differ")


if __name__ == "__main__":
    sys.exit(main())
