"""Soak: a batch of many small images that is killed, whose disk is full, and whose images vanish and change meanwhile.

The real command runs in processes of its own, with a model that finds red things, so that it writes many files a second
and a kill hits it anywhere. Round after round a folder of new photographs is exported: without a break, whose results
are what counts; then with SIGKILL at random moments and --resume after each; then onto a disk (a tmpfs of two
megabytes, where this process may mount one, else left out, with a word) that is full in the middle and has room again
for --resume; then while images are removed, replaced and added. Nothing may be lost, nothing that is done written
again, no result other than it has to be, no input changed, no exit but those that are meant.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import numpy as np
from PIL import Image

from tests.fuzz.words import digests

ROOT = Path(__file__).parents[2]
_RUN = (
    "import sys; from rim_editor import matting; from tests.rim_editor.conftest import RedPredictor; "
    "matting.load_predictor = lambda weights, device, precision: RedPredictor(weights, 'cpu'); "
    "from rim_editor.commands.cli import main; sys.exit(main(sys.argv[1:]))"
)
_IMAGES, _KILLS = 60, 4
_OWN = (".rim-editor-batch.jsonl", "report.json", "report.html")
_DONE, _SOME_LEFT, _STOPPED, _INTERRUPTED = 0, 4, 5, 130


class Soak:
    """One run of it; `problems` are what was found."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.chance = folder, Random(f"{seed}/soak")
        self.problems: list[str] = []
        self.rounds = self.kills = self.full = self.results = 0
        self.can_mount = True

    def round(self) -> None:
        """All ways once, with new photographs."""
        shutil.rmtree(self.folder, ignore_errors=True)
        photographs = self.folder / "photographs"
        self._make(photographs)
        before = digests(photographs)
        whole = self.folder / "whole"
        self._check(self._export(photographs, whole) == _DONE, "the run without a break failed")
        seconds = float(json.loads((whole / "report.json").read_text(encoding="ascii"))["seconds"])
        wanted = self._results(whole)
        self._check(len(wanted) == 2 * _IMAGES, f"{len(wanted)} results and mattes of {_IMAGES} images")
        self._killed(photographs, wanted, seconds)
        self._full(photographs, wanted)
        self._check(digests(photographs) == before, "an input was changed")
        self._changing(photographs, seconds)
        self.rounds += 1
        self.results += len(wanted)

    def _make(self, folder: Path) -> None:
        random = np.random.default_rng(self.chance.randrange(2**32))
        for number in range(_IMAGES):
            self._photograph(folder / f"{number % 3}" / f"{number:03}.png", random)

    @staticmethod
    def _photograph(path: Path, random: np.random.Generator) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = random.integers(80, 120, (48, 64, 3), np.uint8)
        left, top = random.integers(0, 40), random.integers(0, 30)
        pixels[top : top + 14, left : left + 18] = (230, 10, 10)
        beside = path.with_name(".being written")
        Image.fromarray(pixels).save(beside, "PNG")
        beside.rename(path)

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / "log.txt").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-c", _RUN, "batch", *arguments, "--json"],
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _begin(self, photographs: Path, out: Path) -> subprocess.Popen[bytes]:
        return self._start(str(photographs), "-r", "-e", "the red", "-o", str(out), "--sidecar")

    def _wait_for_work(self, process: subprocess.Popen[bytes], out: Path, seconds: float) -> None:
        """Wait until the batch has begun, now and then not so long, and then so many seconds more."""
        size = _journal_size(out)
        early = time.monotonic() + (self.chance.uniform(0, 3) if self.chance.random() < 0.2 else 120)
        while process.poll() is None and time.monotonic() < early:
            if _journal_size(out) != size:
                time.sleep(seconds)
                return
            time.sleep(0.005)

    def _export(self, photographs: Path, out: Path) -> int:
        return self._begin(photographs, out).wait()

    def _killed(self, photographs: Path, wanted: dict[Path, bytes], seconds: float) -> None:
        out = self.folder / "killed"
        there: dict[Path, tuple[int, int]] = {}
        size, process = 0, self._begin(photographs, out)
        for _ in range(_KILLS):
            self._wait_for_work(process, out, self.chance.uniform(0, 0.7) * seconds)
            if process.poll() is not None:
                break  # it was quicker
            os.killpg(process.pid, self.chance.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGTERM)))
            code = process.wait()
            meant = {-signal.SIGKILL, -signal.SIGTERM, _STOPPED, _DONE}  # while it starts, SIGTERM ends it at once
            if _journal_size(out) == size:  # until it has begun, nothing was written
                meant.add(_INTERRUPTED)
            self._check(code in meant, f"exit code {code} when it was stopped")
            self.kills, size = self.kills + 1, _journal_size(out)
            there = self._compared(out, wanted, there)
            process = self._start("-o", str(out), "--resume") if _is_begun(out) else self._begin(photographs, out)
        code = process.wait()
        self._check(code == _DONE, f"exit code {code} after resuming")
        self._finished(out, wanted, there)

    def _full(self, photographs: Path, wanted: dict[Path, bytes]) -> None:
        out = self.folder / "full"
        with self._small_disk(out, 256) as mounted:
            if not mounted:
                return
            code = self._export(photographs, out)
            self._check(code in (_STOPPED, _SOME_LEFT, 2), f"exit code {code} when the disk was full")
            there = self._compared(out, wanted, {})
            self._check(len(there) < len(wanted), "the disk was not full")
            subprocess.run(["mount", "-o", "remount,size=32m", str(out)], check=True)
            process = self._start("-o", str(out), "--resume") if _is_begun(out) else self._begin(photographs, out)
            self._check(process.wait() == _DONE, f"exit code {process.returncode} with room again")
            self._finished(out, wanted, there)
            self.full += 1

    @contextmanager
    def _small_disk(self, folder: Path, kibibytes: int) -> Iterator[bool]:
        folder.mkdir()
        options = ["-t", "tmpfs", "-o", f"size={kibibytes}k", "tmpfs", str(folder)]
        try:
            self.can_mount = subprocess.run(["mount", *options], capture_output=True, check=False).returncode == 0
        except OSError:
            self.can_mount = False
        try:
            yield self.can_mount
        finally:
            if self.can_mount:
                subprocess.run(["umount", str(folder)], check=True)

    def _changing(self, photographs: Path, seconds: float) -> None:
        """Images that vanish or change while they are waiting: each is done as it was or is, or failed by its name."""
        out, random = self.folder / "changing", np.random.default_rng(self.chance.randrange(2**32))
        paths = sorted(photographs.rglob("*.png"))
        gone, changed = set(self.chance.sample(paths, 10)), self.chance.sample(paths, 10)
        process = self._begin(photographs, out)
        self._wait_for_work(process, out, self.chance.uniform(0, 0.5) * seconds)
        for path in gone:
            path.unlink()
        for path in changed:
            self._photograph(path, random)
        for number in range(3):
            self._photograph(photographs / "new" / f"{number}.png", random)
        code = process.wait()
        self._check(code in (_DONE, _SOME_LEFT), f"exit code {code} while images changed")
        if not (out / "report.json").exists():  # it had not begun when the images went
            return
        report = json.loads((out / "report.json").read_text(encoding="ascii"))
        for one in report["outcomes"]:
            source, output = Path(one["source"]), Path(one["output"])
            if one["state"] == "done":
                self._check(output.is_file(), f"{output} is lost")
            else:
                self._check(one["state"] == "failed" and str(source) in one["text"], f"{source}: {one['text']}")
                self._check(source in gone or not source.exists(), f"{source} failed though it is there")
        self._check(len(report["outcomes"]) >= _IMAGES - len(gone), "images are missing in the report")

    def _results(self, out: Path) -> dict[Path, bytes]:
        """The files of a batch, without its own and those that are still growing."""
        files = [path for path in out.rglob("*") if path.is_file() and path.name not in _OWN]
        return {
            path.relative_to(out): path.read_bytes()
            for path in files
            if not any(part.endswith(".part") for part in path.relative_to(out).parts)
        }

    def _compared(
        self, out: Path, wanted: dict[Path, bytes], former: dict[Path, tuple[int, int]]
    ) -> dict[Path, tuple[int, int]]:
        """The state of each result, all of which must be whole, and those of `former` the same files."""
        found = {}
        for path, content in self._results(out).items() if out.exists() else ():
            self._check(wanted.get(path) == content, f"{path} is not what it has to be")
            state = (out / path).stat()
            found[path] = state.st_ino, state.st_mtime_ns
        again = [path for path, state in former.items() if found.get(path) != state and not _is_half(path, former)]
        self._check(not again, f"written again, or lost: {again[:3]}")
        return found

    def _finished(self, out: Path, wanted: dict[Path, bytes], former: dict[Path, tuple[int, int]]) -> None:
        found = self._compared(out, wanted, former)
        self._check(found.keys() == wanted.keys(), f"missing: {sorted(wanted.keys() - found.keys())[:3]}")
        left = [path for path in out.rglob("*") if path.name.endswith(".part")]
        self._check(not left, f"left behind: {left[:3]}")

    def _check(self, well: object, text: str) -> None:
        if not well:
            log = (self.folder / "log.txt").read_text(errors="replace").strip().splitlines()[-2:]
            self.problems.append(f"round {self.rounds + 1}: {text} ({' | '.join(log)[:300]})")


def _is_begun(out: Path) -> bool:
    """Whether there is a journal with its plan."""
    return _journal_size(out) > 0


def _journal_size(out: Path) -> int:
    return (out / _OWN[0]).stat().st_size if (out / _OWN[0]).exists() else 0


def _is_half(path: Path, there: dict[Path, tuple[int, int]]) -> bool:
    """Whether a matte stands without its result: it was renamed first, and the kill came between the two."""
    name = path.name.removesuffix(".matte.png")
    return name != path.name and path.with_name(f"{name}.png") not in there


def run(folder: Path, seed: int, minutes: float) -> int:
    """Rounds for so many minutes, at least one; returns how many problems there were."""
    folder.mkdir(parents=True, exist_ok=True)
    soak, start = Soak(folder, seed), time.monotonic()
    while not soak.rounds or time.monotonic() - start < 60 * minutes:
        soak.round()
        if soak.problems:
            break
    for text in soak.problems:
        sys.stdout.write(f"  FOUND soak {text}\n")
    disk = f"{soak.full} full disks" if soak.can_mount else "no full disk, for none could be mounted"
    sys.stdout.write(
        f"soak: {soak.rounds} rounds of {_IMAGES} images in {time.monotonic() - start:.0f} s, "
        f"{soak.kills} kills, {disk}, "
        f"{soak.results} files compared, {len(soak.problems)} findings\n"
    )
    sys.stdout.flush()
    return len(soak.problems)
