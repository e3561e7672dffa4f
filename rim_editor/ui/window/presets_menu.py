"""The menu of presets: applies one to the layer in front, saves what is done there; renames, exports, adds, deletes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialogButtonBox, QInputDialog, QMenu, QMessageBox, QWidget

from clipmat.errors import UserError
from rim_editor import presets
from rim_editor.editor.events import JobKind
from rim_editor.editor.jobs import Job
from rim_editor.presets import Preset, PresetExport, Records
from rim_editor.translation import tr
from rim_editor.ui.named_widgets import name_widget, open_file_dialog, open_question, save_file_dialog

if TYPE_CHECKING:
    from rim_editor.editor.editor import Editor
    from rim_editor.editor.jobs import Runner
    from rim_editor.ui.live_settings import LiveSettings
    from rim_editor.ui.window.documents import Documents


class PresetsMenu(QObject):
    """Fills the menu whenever it is about to show; files are read and written in the background."""

    noted = Signal(str, str)
    """A message, and its level."""

    def __init__(
        self, menu: QMenu, documents: Documents, settings: LiveSettings, runner: Runner, window: QWidget
    ) -> None:
        super().__init__(window)
        self._menu, self._documents, self._settings = menu, documents, settings
        self._runner, self._window = runner, window
        self._records: Records | None = None
        self._fixed = menu.actions()
        menu.aboutToShow.connect(self._open)

    def save(self) -> None:
        """Ask for a name, and save edit, controls and composition of the layer in front, and the last export."""
        if self._editor() is None:
            return
        label = tr("Edit, edge, place, shadow, outline and the choices of the last export, under the name:")
        self._ask_for_name(tr("Save as Preset"), label, tr("&Save"), "", self._write)

    def apply(self, name: str) -> None:
        """Do to the active layer in front what a preset says, as one step, and export likewise from now on."""
        front, record = self._documents.current, (self._records or {}).get(name)
        if front is None or record is None:
            return

        def done(preset: Preset) -> None:
            if front is not self._documents.current:
                return
            front.editor.composition.apply(
                tr("Preset “{name}”", name=name), preset.edit, preset.controls, preset.composition
            )
            if front.editor.document.layer.locked:
                return  # refused, with a notice
            export = preset.export
            front.framing = export.framing
            self._settings.set(
                replace(
                    self._settings.current,
                    export_suffix=export.suffix,
                    quality=export.quality,
                    export_longest_side=export.longest_side,
                )
            )

        self._start(lambda: presets.restored(name, record), done)

    def _ask_for_name(self, title: str, label: str, verb: str, before: str, then: Callable[[str], object]) -> None:
        """Call `then` with a name for the preset that is called `before`, asked again if another one has it."""
        dialog = name_widget(QInputDialog(self._window), "preset_dialog")
        dialog.setWindowTitle(title)
        dialog.setLabelText(label)
        dialog.setOkButtonText(verb)
        dialog.setTextValue(before)
        dialog.textValueSelected.connect(lambda text: self._name_chosen(text, before, then))
        open_question(dialog)
        buttons = dialog.findChild(QDialogButtonBox)
        if buttons is not None:
            ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
            ok.setEnabled(bool(before))
            dialog.textValueChanged.connect(lambda text: ok.setEnabled(bool(text.strip())))

    def _name_chosen(self, text: str, before: str, then: Callable[[str], object]) -> None:
        try:
            name = presets.checked_name(text)
        except UserError as error:
            self.noted.emit(str(error), "warning")
            return

        def ask() -> None:
            others = (other for other in self._records or {} if other != before)
            known = next((other for other in others if other.casefold() == name.casefold()), None)
            if known is None:
                then(name)
            else:
                self._ask(tr("Replace the preset “{known}”?", known=known), tr("&Replace"), lambda: then(known))

        self._load(ask)

    def _write(self, name: str) -> None:
        front, settings = self._documents.current, self._settings.current
        if front is None:
            return
        layer = front.editor.document.layer
        longest_side = None if front.framing.sized else settings.export_longest_side
        export = PresetExport(settings.export_suffix, settings.quality, longest_side, front.framing)
        preset = Preset(layer.edit, layer.controls, layer.composition, export)
        self._change(
            lambda records: records | {name: presets.described(preset)},
            tr("Saved as the preset “{name}”: see Edit > Presets.", name=name),
        )

    def _open(self) -> None:
        self._fill()
        if self._records is None:
            self._load(self._fill)

    def _fill(self) -> None:
        menu = self._menu
        for action in menu.actions():
            menu.removeAction(action)
            if action not in self._fixed:
                submenu = action.menu()
                (action if submenu is None else submenu).deleteLater()
        names = sorted(self._records or {}, key=str.casefold)
        for name in names:
            action = menu.addAction(name.replace("&", "&&"))
            action.setObjectName("preset_action")
            action.setToolTip(tr("Do this to the layer in front"))
            action.setEnabled(self._editor() is not None)
            action.triggered.connect(lambda _=False, name=name: self.apply(name))
        if not names:
            menu.addAction(tr("Reading…") if self._records is None else tr("None yet: save one")).setEnabled(False)
        menu.addSeparator()
        menu.addActions(self._fixed)
        menu.addAction(tr("&Add from a File…")).triggered.connect(lambda _=False: self._choose_file())
        of_one = (
            (tr("&Rename"), self._rename),
            (tr("&Export"), self._export),
            (tr("&Delete"), self._ask_to_delete),
        )
        for title, call in of_one:
            submenu = menu.addMenu(title)
            submenu.setEnabled(bool(names))
            for name in names:
                action = submenu.addAction(name.replace("&", "&&") + "…")
                action.triggered.connect(lambda _=False, name=name, call=call: call(name))

    def _rename(self, name: str) -> None:
        def rename(new: str) -> None:
            self._change(
                lambda records: {
                    new if one == name else one: records[one] for one in records if one == name or one != new
                },
                tr("The preset “{name}” is called “{new}” now.", name=name, new=new),
            )

        label = tr("The new name of the preset “{name}”:", name=name)
        self._ask_for_name(tr("Rename the Preset"), label, tr("&Rename"), name, rename)

    def _export(self, name: str) -> None:
        record = (self._records or {})[name]
        letters = "".join(letter if letter.isalnum() or letter in " -_" else "_" for letter in name)
        suggested = Path.home() / f"{letters}{presets.SUFFIX}"
        dialog = save_file_dialog(self._window, "preset_export_dialog", tr("Export the preset"), suggested, [_files()])

        def write(chosen: str) -> None:
            path = Path(chosen)
            self._start(
                lambda: presets.write_file(path, {name: record}),
                lambda _: self.noted.emit(tr("The preset was exported to “{path}”.", path=path), "info"),
            )

        dialog.fileSelected.connect(write)
        dialog.open()

    def _choose_file(self) -> None:
        open_file_dialog(
            self._window,
            "preset_file_dialog",
            tr("Add presets"),
            "",
            lambda name: self.add(Path(name)),
            name_filter=_files(),
        )

    def add(self, path: Path) -> None:
        """Add the presets of a file; one whose name is taken is numbered."""

        def added(records: Records) -> Records:
            for name, record in presets.read_file(path).items():
                number, free = 1, name
                while free in records:
                    number += 1
                    free = f"{name} {number}"
                presets.restored(name, record)
                records = records | {free: record}
            return records

        self._change(added, tr("The presets of “{name}” were added: see Edit > Presets.", name=path.name))

    def _ask_to_delete(self, name: str) -> None:
        def delete() -> None:
            self._change(
                lambda records: {other: record for other, record in records.items() if other != name},
                tr("The preset “{name}” was deleted.", name=name),
            )

        self._ask(
            tr("Delete the preset “{name}”? Export it first if you may want it again.", name=name),
            tr("&Delete"),
            delete,
        )

    def _ask(self, question: str, verb: str, then: Callable[[], object]) -> None:
        box = name_widget(QMessageBox(self._window), "preset_question")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(tr("Presets"))
        box.setText(question)
        box.addButton(verb, QMessageBox.ButtonRole.AcceptRole).clicked.connect(lambda: then())
        cancel = box.addButton(QMessageBox.StandardButton.Cancel)
        cancel.setIcon(QIcon())
        box.setDefaultButton(cancel)  # what is deleted or replaced is lost
        box.open()

    def _change(self, change: Callable[[Records], Records], text: str) -> None:
        """Save what `change` makes of the presets as they are on disk now, then show the text."""

        def work() -> Records:
            changed = change(presets.load())
            presets.save(changed)
            return changed

        def done(records: Records) -> None:
            self._records = records
            self.noted.emit(text, "info")

        self._start(work, done)

    def _load(self, then: Callable[[], object]) -> None:
        def done(records: Records) -> None:
            self._records = records
            then()

        self._start(presets.load, done)

    def _start(self, work: Callable[[], object], done: Callable[[Any], None]) -> None:
        def failed(error: Exception) -> None:
            self.noted.emit(str(error), "error")

        def warned(text: str) -> None:
            self.noted.emit(text, "warning")

        self._runner.start(Job(JobKind.PRESETS, work, done, failed, warned, owner=self))

    def _editor(self) -> Editor | None:
        current = self._documents.current
        return None if current is None else current.editor


def _files() -> str:
    return tr("Presets ({suffixes})", suffixes=f"*{presets.SUFFIX} *.json")
