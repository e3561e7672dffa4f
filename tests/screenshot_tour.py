"""The sequence of window states to take screenshots of."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from screenshot_driver import Driver, release

SAMPLES = Path(__file__).parents[1] / "resources" / "samples"


class Tour(Driver):
    """Takes the window through its states; each method starts in the state where the previous one ended."""

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
        self.trigger("view_black_and_white")
        self.shoot("opened-black-and-white")
        self.trigger("view_overlay")
        self.trigger("show_panels")
        self.shoot("opened-without-panels")
        self.trigger("show_panels")
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
        self.find("view_automatic").click()
        self.find("view_colour").click()
        self.pause(0.3)
        self.shoot("colour-popup")
        self.dialog("colour_popup").close()
        self.find("view_automatic").click()

    def combining(self) -> None:
        self.ask("the sunflower", "add")
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
        self.find("view_section").click()
        self.find("layers_section").click()
        self.shoot("sections-folded")
        self.find("view_section").click()
        self.find("layers_section").click()
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
        """Zoom in: halos show on black, on white and on bright colours."""
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
        self.shoot("batch-setup-missing")
        dialog.add([folder])
        self.find("batch_expression_0").setText("the sunflower")
        self.choose("batch_edit", "Solid colour")
        self.shoot("batch-setup")
        self.find("batch_edit_tabs").setCurrentIndex(1)
        self.shoot("batch-setup-edge")
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
