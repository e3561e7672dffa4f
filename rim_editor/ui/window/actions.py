"""The table of all actions of the window, with texts, keys and icons, and the QActions made from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from rim_editor.translation import marked, tr
from rim_editor.ui.theme import icon


@dataclass(frozen=True)
class Spec:
    """One row of the table."""

    id: str
    text: str
    """As the menu shows it; '&' marks the letter for the keyboard."""
    keys: tuple[str, ...]
    """Portable key sequences, the one that menus show first; no two actions share one."""
    tip: str
    """Its effect, as a sentence without a full stop."""
    icon: str = ""
    checkable: bool = False
    group: str = ""
    """Of the actions of one group, exactly one is checked."""


MENUS: dict[str, tuple[Spec, ...]] = marked({
    "&File": (
        Spec("open", "&Open…", ("Ctrl+O",), "Open images, projects or layers", "fa6s.folder-open"),
        Spec("open_page", "Open Anot&her Page…", ("Ctrl+Alt+O",), "Open another page or frame of the file in front"),
        Spec("paste", "&Paste Image", ("Ctrl+V", "Shift+Ins"), "Open the image on the clipboard", "fa6s.paste"),
        Spec("add_matte", "Add a &Matte from a File…", ("Ctrl+Shift+O",),
             "Add a grey image, or the transparency of one, to the matte", "fa6s.file-import"),
        Spec("use_alpha", "Use the Image's Tra&nsparency as Matte", ("Ctrl+Shift+A",),
             "Make what the image leaves transparent a matte that can be changed"),
        Spec("forget_recent", "&Clear Recent", ("Ctrl+Alt+R",), "Forget the images that were opened lately"),
        Spec("save", "&Save", ("Ctrl+S",), "Keep all of the work in its project, to go on another day",
             "fa6s.floppy-disk"),
        Spec("save_as", "Save &As…", ("Ctrl+Shift+S",), "Save the project under another name"),
        Spec("export", "&Export…", ("Ctrl+E",), "Write the result as a file", "fa6s.file-export"),
        Spec("export_again", "Export A&gain", ("Ctrl+Shift+E",), "Write the same file again with the same choices"),
        Spec("show_in_folder", "Show in &Folder", ("Ctrl+Alt+E",), "Show the exported file in its folder",
             "fa6s.folder-tree"),
        Spec("batch", "&Batch Export…", ("Ctrl+B",), "Do the same to many photographs", "fa6s.images"),
        Spec("batch_open", "Batch w&ith the Open Images…", ("Ctrl+Shift+B",),
             "Export the images of all tabs, each with what it was asked for"),
        Spec("copy_cutout", "Copy Cut-o&ut", ("Ctrl+C",),
             "Copy the object with transparency around it", "fa6s.copy"),
        Spec("copy_result", "Copy Resul&t", ("Ctrl+Shift+C",), "Copy the result of the edit",
             "fa6s.clone"),
        Spec("close", "&Close", ("Ctrl+W",), "Close this image", "fa6s.xmark"),
        Spec("quit", "&Quit", ("Ctrl+Q",), "Close all images and leave", "fa6s.power-off"),
    ),
    "&Edit": (
        Spec("undo", "&Undo", ("Ctrl+Z",), "Take back the last change", "fa6s.rotate-left"),
        Spec("redo", "&Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "Make the change again", "fa6s.rotate-right"),
        Spec("same_again", "&Same Again on the Next Image", ("Ctrl+G",),
             "Find, edit and export the next tab, or the next file of the folder, like this one", "fa6s.repeat"),
        Spec("preset_save", "Save as Prese&t…", ("Ctrl+Alt+S",),
             "Keep edit, edge, composition and export under a name, for other images"),
        Spec("preferences", "&Preferences…", ("Ctrl+,",), "Theme, device, export: how RIM Editor works for you",
             "fa6s.gear"),
    ),
    "&Image": (
        Spec("turn_left", "Turn &Left", ("Ctrl+Left",), "Turn the image by a quarter, anticlockwise",
             "fa6s.arrow-rotate-left"),
        Spec("turn_right", "Turn &Right", ("Ctrl+Right",), "Turn the image by a quarter, clockwise",
             "fa6s.arrow-rotate-right"),
        Spec("flip_across", "Flip &Horizontally", ("Ctrl+Shift+H",), "Mirror the image: left becomes right",
             "fa6s.left-right"),
        Spec("flip_down", "Flip &Vertically", ("Ctrl+Shift+V",), "Turn the image upside down, as in a mirror",
             "fa6s.up-down"),
        Spec("crop", "&Crop and Straighten…", ("C",), "Keep a part of the image, and make its horizon level",
             "fa6s.crop-simple"),
    ),
    "&Matte": (
        Spec("expression", "Type an E&xpression", ("Ctrl+L", "/"), "Go to the box where the object is described",
             "fa6s.magnifying-glass"),
        Spec("ask", "&Find", ("Ctrl+Return",), "Find what the expression describes", "fa6s.wand-magic-sparkles"),
        Spec("cancel", "&Stop", ("Esc",), "Stop the work in progress", "fa6s.circle-stop"),
        Spec("combine_new", "&New Matte", ("Alt+1",), "The next answer replaces the matte", "", True, "combine"),
        Spec("combine_add", "&Add to Matte", ("Alt+2",), "The next answer is added to the matte", "", True, "combine"),
        Spec("combine_subtract", "S&ubtract from Matte", ("Alt+3",), "The next answer is taken from the matte", "",
             True, "combine"),
        Spec("combine_intersect", "&Intersect with Matte", ("Alt+4",), "The next answer limits the matte", "", True,
             "combine"),
        Spec("brush_none", "&Move and Zoom", ("H",), "No brush: drag to move the image", "fa6s.hand", True, "brush"),
        Spec("brush_keep", "&Brush", ("B",), "Paint what belongs to the object", "fa6s.paintbrush", True, "brush"),
        Spec("brush_remove", "&Eraser", ("E",), "Paint what does not belong to the object", "fa6s.eraser", True,
             "brush"),
        Spec("brush_refine", "&Refine Edge Brush", ("R",), "Paint along hair and soft edges to refine them",
             "fa6s.feather", True, "brush"),
        Spec("lasso", "Lass&o", ("L",), "Draw around what belongs to the object; with Alt, Ctrl or Subtract, what does "
             "not", "fa6s.draw-polygon", True, "brush"),
        Spec("rectangle", "Rectan&gle", ("M",), "Drag a rectangle over what belongs to the object; with Alt, Ctrl or "
             "Subtract, what does not", "fa6s.vector-square", True, "brush"),
        Spec("pick", "&Pick", ("P",), "Click what to cut out, drag a box around it; Ctrl-click or right-click what to "
             "leave out", "fa6s.arrow-pointer", True, "brush"),
        Spec("place", "Place Ob&ject", ("T",), "Move the cut-out on its background; corners scale it, the round handle "
             "turns it", "fa6s.up-down-left-right", True, "brush"),
        Spec("brush_smaller", "Smaller Brus&h", ("[",), "Make the brush smaller"),
        Spec("brush_larger", "&Larger Brush", ("]",), "Make the brush larger"),
        Spec("follow_edges", "Follo&w Edges", ("W",), "Let brush and eraser stop at edges of the image", "", True),
        Spec("invert", "In&vert", ("Ctrl+I",), "Swap the object and its surroundings", "fa6s.circle-half-stroke"),
        Spec("clear_matte", "&Clear Matte", ("Ctrl+D",), "Start the matte from nothing", "fa6s.trash-can"),
    ),
    "&Layer": (
        Spec("layer_new", "&New Layer", ("Ctrl+Shift+N",), "Cut out another thing of this image", "fa6s.plus"),
        Spec("layer_duplicate", "&Duplicate Layer", ("Ctrl+J",), "Copy the layer", "fa6s.clone"),
        Spec("layer_rename", "R&ename Layer", ("F2",), "Type another name for the layer", "fa6s.pen"),
        Spec("layer_delete", "De&lete Layer", ("Ctrl+Shift+Del",), "Remove the layer", "fa6s.trash-can"),
        Spec("layer_raise", "Move &Up", ("Ctrl+]", "Ctrl+Shift+Up"), "Move the layer in front of others",
             "fa6s.arrow-up"),
        Spec("layer_lower", "Move D&own", ("Ctrl+[", "Ctrl+Shift+Down"), "Move the layer behind others",
             "fa6s.arrow-down"),
        Spec("layer_visible", "&Show or Hide", ("Ctrl+Alt+H",), "Show the layer in the result, or hide it",
             "fa6s.eye"),
        Spec("layer_locked", "Loc&k or Unlock", ("Ctrl+Alt+L",), "Protect the layer from changes, or allow them",
             "fa6s.lock"),
    ),
    "&View": (
        Spec("view_result", "&Result", ("1",), "Show the result of the edit", "", True, "view"),
        Spec("view_overlay", "&Overlay", ("2",), "Show the matte as a colour over the image", "", True, "view"),
        Spec("view_on_black", "On &Black", ("3",), "Show the object on black", "", True, "view"),
        Spec("view_on_white", "On &White", ("4",), "Show the object on white", "", True, "view"),
        Spec("view_on_colour", "On &Colour", ("5",), "Show the object on a colour", "", True, "view"),
        Spec("view_black_and_white", "Black &and White", ("6",), "Show the matte alone", "", True, "view"),
        Spec("view_marching_ants", "&Marching Ants", ("7",), "Show the outline of the matte", "", True, "view"),
        Spec("view_original", "Ori&ginal", ("8",), "Show the image as it was opened", "", True, "view"),
        Spec("split", "&Split View", ("S",), "Show before and after side by side, with a line to drag",
             "fa6s.table-columns", True),
        Spec("zoom_in", "Zoom &In", ("Ctrl++", "Ctrl+="), "Look closer", "fa6s.magnifying-glass-plus"),
        Spec("zoom_out", "Zoom O&ut", ("Ctrl+-",), "Step back", "fa6s.magnifying-glass-minus"),
        Spec("zoom_fit", "&Fit in Window", ("Ctrl+0",), "Show the whole image", "fa6s.expand"),
        Spec("zoom_actual", "Actual Si&ze", ("Ctrl+1",), "Show one pixel of the image per pixel of the screen"),
        Spec("show_matte_panel", "Ma&tte Panel", ("F6",), "Show or hide the matte panel", "", True),
        Spec("show_edit_panel", "&Edit Panel", ("F7",), "Show or hide the edit panel", "", True),
        Spec("show_panels", "Si&de Panels", ("F8",), "Show the panels, or give all the room to the image",
             "fa6s.sliders", True),
        Spec("next_image", "&Next Image", ("Ctrl+Tab", "Ctrl+PgDown"), "Go to the next open image"),
        Spec("previous_image", "&Previous Image", ("Ctrl+Shift+Tab", "Ctrl+PgUp"), "Go to the image before"),
        Spec("full_screen", "Fu&ll Screen", ("F11",), "Use the whole screen", "fa6s.maximize", True),
    ),
    "&Tools": (
        Spec("example_find", "&Find This in the Other Tabs", ("Ctrl+Alt+F",),
             "Find what is selected here in every other open image", "fa6s.binoculars"),
        Spec("example_batch", "&Batch with This Example…", ("Ctrl+Alt+B",),
             "Find what is selected here in many photographs"),
        Spec("example_save", "Save as &Example…", ("Ctrl+Alt+X",),
             "Save what is selected as an example, to find it in other images another day"),
        Spec("models", "&Models…", ("Ctrl+M",), "See, fetch and choose the weights of the model", "fa6s.microchip"),
    ),
    "&Help": (
        Spec("shortcuts", "&Keyboard Shortcuts", ("F1",), "See every key", "fa6s.keyboard"),
        Spec("about", "&About RIM Editor", ("Ctrl+F1",), "Version, licence and where the work is done",
             "fa6s.circle-info"),
    ),
})  # fmt: skip
"""The menus in their order, the actions of each in theirs."""


class Actions(QObject):
    """The QActions by id; each is named '<id>_action' and knows its menu in the property 'menu'."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._actions: dict[str, QAction] = {}
        self._groups: dict[str, QActionGroup] = {}
        for menu, specs in MENUS.items():
            for spec in specs:
                self._actions[spec.id] = self._made(spec, tr(menu).replace("&", ""))

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def __iter__(self) -> Iterator[QAction]:
        return iter(self._actions.values())

    def of_menu(self, menu: str) -> list[QAction]:
        """The actions of one of `MENUS`, in order."""
        return [self._actions[spec.id] for spec in MENUS[menu]]

    def group(self, name: str) -> QActionGroup:
        """The exclusive group 'combine', 'brush' or 'view'."""
        return self._groups[name]

    def paint_icons(self) -> None:
        """Set the icons; call again after the theme has changed."""
        for specs in MENUS.values():
            for spec in specs:
                if spec.icon:
                    self._actions[spec.id].setIcon(icon(spec.icon))

    def _made(self, spec: Spec, menu: str) -> QAction:
        action = QAction(tr(spec.text), self)
        action.setObjectName(f"{spec.id}_action")
        action.setProperty("menu", menu)
        title = tr(spec.text).replace("&", "").rstrip("…")
        action.setProperty("title", title)  # the texts of undo and redo name a step as well
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setStatusTip(f"{tr(spec.tip)} ({keys})")
        action.setToolTip(f"{title} ({keys})\n{tr(spec.tip)}")
        action.setCheckable(spec.checkable)
        if spec.id == "quit":
            action.setMenuRole(QAction.MenuRole.QuitRole)
        elif spec.id == "preferences":
            action.setMenuRole(QAction.MenuRole.PreferencesRole)
        elif spec.id == "about":
            action.setMenuRole(QAction.MenuRole.AboutRole)
        if spec.group:
            if spec.group not in self._groups:
                self._groups[spec.group] = QActionGroup(self)
            self._groups[spec.group].addAction(action)
        return action
