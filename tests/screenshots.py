"""Takes a screenshot of every state of the window, at 1x and 2x, light and dark.

Run it as `python tests/screenshots.py [--out DIR]`. Not a test: people judge what it makes. The states are in
screenshot_tour.py, and screenshot_driver.py moves the window, with the bundled weights and the rendered samples. It
opens on an X display, or in its own Xvfb where there is none (with openbox if that is installed). There is one folder
per setting, and a contact sheet beside it. `--only dark@2x` takes one setting, `--states 'edit*'` only some states.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "resources" / "samples"
SETTINGS = tuple(f"{theme}@{scale}x" for scale in (1, 2) for theme in ("light", "dark"))
SCREEN = "2880x1920x24"
SHEET_COLUMNS, SHEET_WIDTH = 4, 480

# Leaves unsaved work as after a crash, so that the next start offers to recover it.
CRASHED_RUN = """
import sys
from pathlib import Path
from rim_editor.documents.document import Brush, Document, Stroke
from rim_editor.documents.edits import Cutout
from clipmat.image_files import read
from rim_editor.files.recovery import Recovery
source = read(Path(sys.argv[2]))
stroke = Stroke(Brush.KEEP, ((300.0, 300.0), (500.0, 400.0)), 60.0)
Recovery(Path(sys.argv[1])).save("left", Document.of_one_layer(source, parts=(stroke,), edit=Cutout()))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "rim-editor-screenshots")
    parser.add_argument("--only", choices=SETTINGS, action="append", help="this setting; may be given more than once")
    parser.add_argument("--states", default="*", help="patterns of names of states, with commas between")
    parser.add_argument("--offscreen", action="store_true", help="without a display; windows then have no frames")
    parser.add_argument("--child", choices=SETTINGS, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.child:
        return take_screenshots(wanted.child, wanted.out, wanted.states)
    failed = []
    with nullcontext() if wanted.offscreen else display():
        for setting in wanted.only or SETTINGS:
            if run_setting(setting, wanted.out, wanted.states, "offscreen" if wanted.offscreen else "xcb"):
                failed.append(setting)
            sheet(wanted.out / setting, wanted.out / f"sheet-{setting}.png")
    sys.stdout.write(f"The screenshots are in {wanted.out}.\n" + "".join(f"FAILED: {one}\n" for one in failed))
    return 1 if failed else 0


@contextmanager
def display() -> Iterator[None]:
    """Provide an X display for windows within the block."""
    if os.environ.get("DISPLAY"):
        yield
        return
    if shutil.which("Xvfb") is None:
        sys.exit("There is no display and no Xvfb: install it, on Debian and Ubuntu with 'apt install xvfb'.")
    ours, theirs = os.pipe()
    command = ["Xvfb", "-displayfd", str(theirs), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[theirs], stderr=subprocess.DEVNULL)
    os.close(theirs)
    with os.fdopen(ours) as answer:
        os.environ["DISPLAY"] = f":{answer.readline().strip()}"
    manager = subprocess.Popen(["openbox"], stderr=subprocess.DEVNULL) if shutil.which("openbox") else None
    try:
        yield
    finally:
        for process in (manager, server):
            if process is not None:
                process.terminate()
                process.wait()
        del os.environ["DISPLAY"]


def run_setting(setting: str, out: Path, states: str, platform: str) -> int:
    theme, _, scale = setting.partition("@")
    with tempfile.TemporaryDirectory(prefix="rim-editor-screenshots-") as folder:
        home = Path(folder)
        kept = {"theme": theme, "expressions": ["the red apple", "the blue cup on the left", "the blue vase"]}
        (home / "settings.json").write_text(json.dumps(kept), encoding="utf-8")
        environment = {
            **os.environ,
            "RIM_EDITOR_HOME": folder,
            "QT_SCALE_FACTOR": scale.rstrip("x"),
            "QT_QPA_PLATFORM": platform,
        }
        left = [sys.executable, "-c", CRASHED_RUN, str(home / "recovery"), str(SAMPLES / "still_life.jpg")]
        subprocess.run(left, cwd=ROOT, env=environment, check=True)
        command = [sys.executable, __file__, "--child", setting, "--out", str(out), "--states", states]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def sheet(folder: Path, path: Path) -> None:
    """A contact sheet of all screenshots of a folder, with their names."""
    from PIL import Image, ImageDraw

    shots = sorted(folder.glob("*.png"))
    if not shots:
        return
    height = round(SHEET_WIDTH * 0.68) + 18
    rows = -(-len(shots) // SHEET_COLUMNS)
    page = Image.new("RGB", (SHEET_COLUMNS * (SHEET_WIDTH + 8) + 8, rows * (height + 8) + 8), (128, 128, 128))
    ink = ImageDraw.Draw(page)
    for place, shot in enumerate(shots):
        x, y = 8 + place % SHEET_COLUMNS * (SHEET_WIDTH + 8), 8 + place // SHEET_COLUMNS * (height + 8)
        with Image.open(shot) as image:
            small = image.convert("RGB")
            small.thumbnail((SHEET_WIDTH, height - 18), Image.Resampling.LANCZOS)
        page.paste(small, (x, y + 16))
        ink.text((x, y), shot.stem, fill=(255, 255, 255))
    page.save(path)


def take_screenshots(setting: str, out: Path, states: str) -> int:
    """Take the screenshots of one setting in this process."""
    sys.path.insert(0, str(ROOT))
    failures: list[str] = []

    def record(kind: type[BaseException], error: BaseException, trace: object) -> None:
        failures.append(f"{kind.__name__}: {error}")
        sys.__excepthook__(kind, error, trace)

    sys.excepthook = record  # an error in a slot does not reach the caller that sent the event
    folder = out / setting
    folder.mkdir(parents=True, exist_ok=True)
    if states == "*":
        for old in folder.glob("*.png"):
            old.unlink()
    from screenshot_tour import Tour

    Tour(folder, states).walk()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
