"""Takes a screenshot of every state of the window, at 1x and 2x, light and dark: `python tests/look.py [--out DIR]`.

Not a test: people look at what it makes. It drives the real window, the bundled weights and the rendered samples on an
X display, its own Xvfb where there is none (with openbox if that is installed). One folder per setting, and a contact
sheet beside it. `--only dark@2x` takes one setting, `--states 'edit*'` only some of the states.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "resources" / "samples"
SETTINGS = tuple(f"{theme}@{scale}x" for scale in (1, 2) for theme in ("light", "dark"))
SCREEN = "2880x1920x24"
PATIENCE = 120.0  # seconds that anything may take
SHEET_COLUMNS, SHEET_WIDTH = 4, 480

# What a run that ended badly leaves behind, so that the next start offers it.
LEAVE_BEHIND = """
import sys
from pathlib import Path
from rim_editor.document import Brush, Document, Stroke
from rim_editor.edits import Cutout
from clipmat.image_files import read
from rim_editor.recovery import Recovery
source = read(Path(sys.argv[2]))
stroke = Stroke(Brush.KEEP, ((300.0, 300.0), (500.0, 400.0)), 60.0)
Recovery(Path(sys.argv[1])).save("left", Document(source, parts=(stroke,), edit=Cutout()))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "rim-editor-look")
    parser.add_argument("--only", choices=SETTINGS, action="append", help="this setting; may be said again")
    parser.add_argument("--states", default="*", help="patterns of names of states, with commas between")
    parser.add_argument("--child", choices=SETTINGS, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.child:
        return look(wanted.child, wanted.out, wanted.states)
    failed = []
    with display():
        for setting in wanted.only or SETTINGS:
            if run_setting(setting, wanted.out, wanted.states):
                failed.append(setting)
            sheet(wanted.out / setting, wanted.out / f"sheet-{setting}.png")
    sys.stdout.write(f"The screenshots are in {wanted.out}.\n" + "".join(f"FAILED: {one}\n" for one in failed))
    return 1 if failed else 0


@contextmanager
def display() -> Iterator[None]:
    """Inside, there is an X display to open windows on."""
    if os.environ.get("DISPLAY"):
        yield
        return
    if shutil.which("Xvfb") is None:
        sys.exit("There is no display and no Xvfb: install it, on Debian and Ubuntu with 'apt install xvfb'.")
    ours, theirs = os.pipe()
    command = ["Xvfb", "-displayfd", str(theirs), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[theirs], stderr=subprocess.DEVNULL)
    os.close(theirs)
    with os.fdopen(ours) as told:
        os.environ["DISPLAY"] = f":{told.readline().strip()}"
    manager = subprocess.Popen(["openbox"], stderr=subprocess.DEVNULL) if shutil.which("openbox") else None
    try:
        yield
    finally:
        for process in (manager, server):
            if process is not None:
                process.terminate()
                process.wait()
        del os.environ["DISPLAY"]


def run_setting(setting: str, out: Path, states: str) -> int:
    theme, _, scale = setting.partition("@")
    with tempfile.TemporaryDirectory(prefix="rim-editor-look-") as folder:
        home = Path(folder)
        kept = {"theme": theme, "expressions": ["the red apple", "the blue cup on the left", "the blue vase"]}
        (home / "settings.json").write_text(json.dumps(kept), encoding="utf-8")
        environment = {
            **os.environ,
            "RIM_EDITOR_HOME": folder,
            "QT_SCALE_FACTOR": scale.rstrip("x"),
            "QT_QPA_PLATFORM": "xcb",
        }
        left = [sys.executable, "-c", LEAVE_BEHIND, str(home / "recovery"), str(SAMPLES / "still_life.jpg")]
        subprocess.run(left, cwd=ROOT, env=environment, check=True)
        command = [sys.executable, __file__, "--child", setting, "--out", str(out), "--states", states]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def sheet(folder: Path, path: Path) -> None:
    """All screenshots of a folder on one page, small, with their names."""
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


def look(setting: str, out: Path, states: str) -> int:
    """One setting, in this process."""
    sys.path.insert(0, str(ROOT))
    failures: list[str] = []

    def note(kind: type[BaseException], error: BaseException, trace: object) -> None:
        failures.append(f"{kind.__name__}: {error}")
        sys.__excepthook__(kind, error, trace)

    sys.excepthook = note  # what fails in a slot does not come back to who sent the event
    folder = out / setting
    folder.mkdir(parents=True, exist_ok=True)
    if states == "*":
        for old in folder.glob("*.png"):
            old.unlink()
    Tour(folder, states).walk()
    return 1 if failures else 0


class Tour:
    """Leads the window through its states as a user would, and takes a picture of each."""

    def __init__(self, folder: Path, states: str) -> None:
        from PySide6.QtWidgets import QApplication

        from rim_editor.matting import Matting
        from rim_editor.ui.application import Application
        from rim_editor.ui.model_loading import load_with_short_turns

        gate = self.gate = threading.Event()
        gate.set()

        class Held(Matting):
            def predict(self, *arguments: object, **more: object) -> object:
                gate.wait()
                return super().predict(*arguments, **more)

        self.folder, self.states, self.count = folder, states, 0
        self.session = Application(Held(load=load_with_short_turns))
        self.window = self.session.window
        self.parts = self.window.parts
        self.app = QApplication.instance()
        self.scratch = Path(os.environ["RIM_EDITOR_HOME"]) / "scratch"
        self.scratch.mkdir()

    # the hand

    def pause(self, seconds: float = 0.25) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.app.processEvents()
            time.sleep(0.005)

    def wait(self, ready: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE
        while not ready():
            self.app.processEvents()
            time.sleep(0.005)
            if time.monotonic() > end:
                raise TimeoutError("the window did not get there")

    def running(self) -> set[str]:
        """The kinds of the jobs that have not finished."""
        return {str(kind) for kind, _ in self.window.runner.busy}

    def settle(self) -> None:
        """Until all work has ended and is shown: nothing was at work for a while."""
        work = {"ask", "refine", "export", "render", "outline", "open", "background"}
        quiet = time.monotonic()

        def idle() -> bool:
            nonlocal quiet
            if work & self.running():
                quiet = time.monotonic()
            return time.monotonic() - quiet > 0.4

        self.wait(idle)

    def shoot(self, name: str, settled: bool = True) -> None:
        """Take a picture of the window with all that lies over it."""
        if settled:
            self.settle()
        self.count += 1
        if not any(fnmatch(name, one) for one in self.states.split(",")):
            return
        box = self.window.frameGeometry()
        for other in self.app.topLevelWidgets():
            if other.isVisible() and other.isWindow():
                box = box.united(other.frameGeometry())
        box = box.intersected(self.window.screen().geometry())
        shot = self.window.screen().grabWindow(0, box.x(), box.y(), box.width(), box.height())
        shot.save(str(self.folder / f"{self.count:02d}-{name}.png"))

    def find(self, name: str, inside=None):
        from PySide6.QtWidgets import QWidget

        found = [one for one in (inside or self.window).findChildren(QWidget) if one.objectName() == name]
        if not found:
            raise LookupError(f"there is no widget named {name!r}")
        return found[0]

    def trigger(self, name: str) -> None:
        self.window.actions_by_id[name].trigger()

    def type(self, text: str) -> None:
        from PySide6.QtTest import QTest

        box = self.find("expression_box")
        box.setFocus()
        box.selectAll()
        QTest.keyClicks(box, text)

    def enter(self) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        QTest.keyClick(self.find("expression_box"), Qt.Key.Key_Return)

    def ask(self, text: str, combine: str = "new") -> None:
        self.trigger(f"combine_{combine}")
        self.type(text)
        self.enter()
        self.settle()

    def open(self, *paths: Path) -> None:
        self.window.opener.open_files(paths)
        self.wait(lambda: not self.window.opener.busy)
        self.settle()

    def stroke(self, *shares: tuple[float, float], release: bool = True) -> None:
        """Lead the pointer over the canvas, from share to share of its size, with the left button down."""
        from PySide6.QtCore import QPoint, Qt
        from PySide6.QtTest import QTest

        canvas, button = self.parts.canvas, Qt.MouseButton.LeftButton
        spots = [QPoint(round(x * canvas.width()), round(y * canvas.height())) for x, y in shares]
        QTest.mouseMove(canvas, spots[0])
        QTest.mousePress(canvas, button, pos=spots[0])
        for start, end in zip(spots, spots[1:], strict=False):
            for step in range(1, 13):
                at = start + (end - start) * (step / 12)
                move(canvas, at, button)
                self.pause(0.02)
        if release:
            QTest.mouseRelease(canvas, button, pos=spots[-1])

    def amount(self, name: str, value: int) -> None:
        self.find(name).setValue(value)
        self.pause(0.05)

    def choose(self, name: str, text: str) -> None:
        box = self.find(name)
        box.setCurrentIndex(box.findText(text))
        self.pause(0.05)

    def dialog(self, name: str):
        self.wait(lambda: any(one.objectName() == name for one in self.app.topLevelWidgets() if one.isVisible()))
        self.pause(0.5)
        return next(one for one in self.app.topLevelWidgets() if one.objectName() == name and one.isVisible())

    def panel(self, name: str) -> None:
        from PySide6.QtWidgets import QDockWidget

        dock = self.window.findChild(QDockWidget, f"{name}_dock")
        dock.show()
        dock.raise_()
        self.pause(0.1)

    # the way

    def walk(self) -> None:
        self.window.show()
        self.wait(self.window.isVisible)
        self.window.activateWindow()
        self.pause(0.5)
        for part in (
            self.beginning, self.asking, self.views, self.combining, self.edge, self.brushes, self.comparing,
            self.edits, self.edges_of_edits, self.messages, self.menus, self.dialogs, self.batch, self.several,
            self.narrow, self.leaving,
        ):  # fmt: skip
            part()

    def beginning(self) -> None:
        self.shoot("empty")
        self.parts.expression_bar.ask()
        self.shoot("empty-asked")
        self.window.offer_recovery()
        self.wait(lambda: self.parts.messages.messages())
        self.shoot("recovery-bar")
        self.find("message_discard").click()
        self.pause(0.3)
        self.parts.canvas.set_drop_hint(True)
        self.shoot("drop-hint")
        self.parts.canvas.set_drop_hint(False)
        self.window.preload_model()
        self.wait(lambda: not {"warm up", "nouns"} & self.running())
        self.open(SAMPLES / "still_life.jpg")
        self.shoot("opened")
        self.panel("edit")
        self.shoot("opened-edit-panel")
        self.panel("matte")

    def asking(self) -> None:
        self.type("the b")
        self.pause(0.3)
        self.shoot("typing-completion", settled=False)
        self.type("the red apple on the right")
        self.gate.clear()
        self.enter()
        self.pause(0.7)
        self.shoot("working", settled=False)
        self.gate.set()
        self.settle()
        self.type("the elephant")
        self.enter()
        self.shoot("nothing-matched")
        self.ask("the sunflower")

    def views(self) -> None:
        for mode in ("overlay", "on_black", "on_white", "on_colour", "black_and_white", "marching_ants", "original",
                     "result"):  # fmt: skip
            self.trigger(f"view_{mode}")
            self.shoot(f"view-{mode.replace('_', '-')}")
        self.trigger("view_overlay")
        self.find("view_colour").click()
        self.pause(0.3)
        self.shoot("colour-popup")
        self.dialog("colour_popup").close()

    def combining(self) -> None:
        self.ask("the green apple", "add")
        self.ask("the blue cup", "add")
        self.shoot("added")
        self.ask("the blue cup", "subtract")
        self.shoot("subtracted")
        self.ask("the sunflower in the vase on the left of the table with a very long description", "intersect")
        self.find("expression_list").setCurrentRow(1)
        self.shoot("long-list-selected")
        self.ask("the sunflower")

    def edge(self) -> None:
        self.trigger("view_black_and_white")
        self.amount("shift_edge", 12)
        self.amount("feather", 20)
        self.amount("contrast", 30)
        self.find("fill_holes").setChecked(True)
        self.find("invert").setChecked(True)
        self.shoot("matte-controls")
        self.find("reset_controls").click()
        self.settle()
        self.trigger("view_overlay")

    def brushes(self) -> None:
        self.parts.canvas.set_brush(40, 0.6)
        for tool, spots in (
            ("keep", ((0.25, 0.75), (0.35, 0.85), (0.5, 0.8))),
            ("remove", ((0.35, 0.25), (0.45, 0.35))),
            ("refine", ((0.4, 0.2), (0.6, 0.25))),
        ):
            self.trigger(f"brush_{tool}")
            self.stroke(*spots, release=False)
            self.shoot(f"brush-{tool}-live", settled=False)
            release(self.parts.canvas, spots[-1])
            self.shoot(f"brush-{tool}-committed")
        self.trigger("brush_none")
        while self.window.editor().history.can_undo and "sunflower" not in self.window.editor().history.undo_name:
            self.trigger("undo")
        self.settle()

    def comparing(self) -> None:
        self.panel("edit")
        self.find("edit_highlight").click()
        self.trigger("split")
        self.shoot("split")
        self.trigger("split")
        self.parts.canvas.set_before(True)
        self.shoot("before")
        self.parts.canvas.set_before(False)

    def edits(self) -> None:
        self.panel("edit")
        for style in ("Dim the rest", "Grey the rest", "Blur the rest", "Tint the object"):
            self.choose("highlight_style", style)
            self.shoot(f"edit-highlight-{style.split()[0].lower()}")
        self.find("edit_background").click()
        self.shoot("edit-background-none")
        self.window.set_background(self.backdrop("landscape.png", (1600, 700)))
        self.shoot("edit-background-cover")
        self.choose("background_fit", "Fit")
        self.shoot("edit-background-fit")
        self.choose("background_fit", "Tile")
        self.window.set_background(self.backdrop("tile.png", (220, 160)))
        self.shoot("edit-background-tile")
        self.find("move_background").click()
        self.stroke((0.3, 0.3), (0.4, 0.4))
        self.shoot("edit-background-moved")
        self.find("move_background").click()
        for name in ("gradient", "solid", "transparent", "matte"):
            self.find(f"edit_{name}").click()
            self.shoot(f"edit-{name}")
        self.find("edit_solid").click()
        self.find("solid_eyedropper").click()
        self.stroke((0.5, 0.4), (0.52, 0.42), release=False)
        self.shoot("eyedropper", settled=False)
        release(self.parts.canvas, (0.52, 0.42))
        self.settle()

    def edges_of_edits(self) -> None:
        """Close up: halos show on black, on white and on what is bright and coloured."""
        canvas, ratio = self.parts.canvas, self.window.devicePixelRatioF()
        petals = canvas.width() * ratio * 0.36, canvas.height() * ratio * 0.2
        for preset in ("black", "white", "chroma_green", "violet"):
            self.find(f"preset_{preset}").click()
            canvas.zoom_to_fit()
            canvas.set_viewport(canvas.viewport.at_zoom(2.0 * ratio, petals))
            self.shoot(f"close-up-on-{preset.replace('_', '-')}")
        self.find("edit_transparent").click()
        self.shoot("close-up-transparent")
        canvas.set_viewport(canvas.viewport.at_zoom(12.0 * ratio, petals))
        self.shoot("close-up-pixels")
        canvas.zoom_to_fit()

    def messages(self) -> None:
        bad = self.scratch / "holiday.jpg"
        bad.write_bytes(b"this is no photograph")
        self.window.opener.open_files([bad])
        self.wait(lambda: not self.window.opener.busy)
        self.app.clipboard().setText("no image")
        self.window.opener.paste()
        self.window.show_message("The cut-out is on the clipboard.")
        self.shoot("messages")
        for message in self.parts.messages.messages():
            message.dismiss()

    def menus(self) -> None:
        for action in self.window.menuBar().actions():
            menu = action.menu()
            corner = self.window.menuBar().actionGeometry(action).bottomLeft()
            menu.popup(self.window.menuBar().mapToGlobal(corner))
            self.pause(0.3)
            self.shoot(f"menu-{action.text().replace('&', '').lower()}", settled=False)
            menu.close()

    def dialogs(self) -> None:
        self.trigger("export")
        dialog = self.dialog("export_dialog")
        self.find("export_folder").setText(str(self.scratch))
        export = self.find("export_button", dialog)  # the toolbar has one of that name too
        self.shoot("export-dialog")
        formats = self.find("export_format")
        formats.showPopup()
        self.pause(0.3)
        self.shoot("export-formats", settled=False)
        formats.hidePopup()
        self.find("export_content").setCurrentIndex(2)
        self.shoot("export-matte-16")
        self.find("export_content").setCurrentIndex(0)
        formats.setCurrentIndex(formats.findData(".webp"))
        self.find("export_name").setText("taken")
        (self.scratch / "taken.webp").write_bytes(b"x")
        export.click()
        self.shoot("export-exists")
        self.find("export_folder").setText("/nowhere/at all")
        self.find("export_folder").textEdited.emit("/nowhere/at all")
        export.click()
        self.shoot("export-error")
        dialog.reject()
        for action, name in (
            ("models", "model_dialog"), ("preferences", "preferences_dialog"), ("shortcuts", "shortcuts_dialog"),
            ("about", "about_box"),
        ):  # fmt: skip
            self.trigger(action)
            shown = self.dialog(name)
            self.wait(lambda: "device" not in self.running())
            self.shoot(name.replace("_", "-"))
            shown.close()
            self.pause(0.2)

    def batch(self) -> None:
        folder = self.scratch / "holiday"
        folder.mkdir()
        for number in range(9):
            shutil.copy(SAMPLES / ("still_life.jpg", "two_cups.jpg")[number % 2], folder / f"DSC_{number:04}.jpg")
        (folder / "damaged.jpg").write_bytes((SAMPLES / "two_cups.jpg").read_bytes()[:30_000])
        (folder / "empty.jpg").touch()
        (folder / "notes.txt").touch()
        self.trigger("batch")
        dialog = self.dialog("batch_dialog")
        onward = self.find("batch_next", dialog)
        onward.click()
        self.shoot("batch-what-missing")
        dialog.add([folder])
        self.find("batch_expression_0").setText("the green apple")
        self.choose("batch_edit", "Solid colour")
        self.shoot("batch-what")
        self.find("batch_edit_tabs").setCurrentIndex(1)
        self.shoot("batch-what-edge")
        self.plan()
        self.shoot("batch-plan")
        self.find("batch_back").click()
        out = Path(self.find("batch_folder").text())
        out.mkdir()
        (out / "DSC_0003.png").touch()
        self.find("batch_exists").setCurrentIndex(self.find("batch_exists").findData("refuse"))
        self.plan()
        self.find("batch_plan_table").selectRow(1)
        self.shoot("batch-plan-problems")
        exists = self.find("batch_plan_exists")
        exists.setCurrentIndex(exists.findData("number"))
        self.wait(onward.isEnabled)
        onward.click()
        self.pause(0.05)
        self.shoot("batch-starting", settled=False)
        self.wait(lambda: self.find("batch_progress").value() > 3)
        self.gate.clear()
        self.pause(1.0)
        self.shoot("batch-running", settled=False)
        self.find("batch_pause").click()
        self.pause()
        self.shoot("batch-paused", settled=False)
        self.find("batch_pause").click()
        dialog.close()
        box = self.dialog("batch_close_box")
        self.shoot("batch-close-question", settled=False)
        self.find("batch_keep_open", box).click()
        self.find("batch_stop").click()
        self.gate.set()
        self.wait(lambda: not dialog.running)
        self.pause(0.5)
        self.shoot("batch-stopped")
        self.find("batch_resume_journal").click()
        self.wait(lambda: not dialog.running)
        self.shoot("batch-done")
        tabs = self.find("batch_outcomes")
        for place, name in ((1, "failed"), (2, "nothing-matched")):
            tabs.setCurrentIndex(place)
            self.shoot(f"batch-{name}")
        dialog.close()
        self.wait(lambda: not dialog.isVisible())

    def plan(self) -> None:
        self.find("batch_next").click()
        self.wait(lambda: not self.find("batch_planning").isVisible())
        self.pause(1.5)  # thumbnails

    def several(self) -> None:
        copies = []
        for number in range(7):
            copy = self.scratch / f"a photograph with a long name {number}.jpg"
            shutil.copy(SAMPLES / "two_cups.jpg", copy)
            copies.append(copy)
        self.open(SAMPLES / "two_cups.jpg", *copies[:2])
        self.panel("matte")
        self.trigger("view_overlay")
        self.ask("the red cup")
        self.shoot("several-tabs")
        self.open(*copies[2:])
        self.shoot("many-tabs")

    def narrow(self) -> None:
        size = self.window.size()
        self.window.resize(800, 600)
        self.pause(0.5)
        self.shoot("narrow-800x600")
        self.panel("edit")
        self.shoot("narrow-800x600-edit")
        self.find("edit_background").click()
        self.shoot("narrow-800x600-background")
        bad = self.scratch / "holiday.jpg"
        self.window.opener.open_files([bad])
        self.wait(lambda: not self.window.opener.busy)
        self.shoot("narrow-800x600-error")
        for message in self.parts.messages.messages():
            message.dismiss()
        wide = self.window.size()
        sys.stdout.write(f"asked for 800 x 600, got {wide.width()} x {wide.height()}\n")
        self.window.resize(size)
        self.pause(0.3)

    def leaving(self) -> None:
        self.window.close()
        box = self.dialog("unsaved_box")
        self.shoot("close-question")
        self.find("leave_discard_all", box).click()
        self.wait(lambda: not self.window.isVisible())

    def backdrop(self, name: str, size: tuple[int, int]) -> Path:
        """A colourful image: sky, hills, and stripes that show scale and place."""
        import numpy as np
        from PIL import Image

        width, height = size
        rows, columns = np.mgrid[:height, :width]
        up = 1 - rows / height
        pixels = np.dstack([90 + 110 * up, 150 + 60 * up, 70 + 180 * up])
        hills = rows > height * (0.6 + 0.12 * np.sin(columns / width * 9))
        pixels[hills] = (46, 120, 60)
        pixels[(columns // max(1, width // 11)) % 2 == 0] *= 0.9
        pixels[:3] = pixels[-3:] = pixels[:, :3] = pixels[:, -3:] = (200, 40, 40)
        path = self.scratch / name
        Image.fromarray(pixels.astype(np.uint8)).save(path)
        return path


def move(widget, at, button) -> None:
    """A move with the button down: QTest's moves have none."""
    from PySide6.QtCore import QEvent, QPointF, Qt
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    at = QPointF(at)
    none = Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(QEvent.Type.MouseMove, at, widget.mapToGlobal(at), Qt.MouseButton.NoButton, button, none)
    QApplication.sendEvent(widget, event)


def release(widget, share: tuple[float, float]) -> None:
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    at = QPoint(round(share[0] * widget.width()), round(share[1] * widget.height()))
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=at)


if __name__ == "__main__":
    sys.exit(main())
