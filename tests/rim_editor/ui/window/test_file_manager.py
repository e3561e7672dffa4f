"""Showing a file in its folder, on each system; no other program is started by these tests."""

import pytest
from PySide6.QtCore import QProcess
from PySide6.QtGui import QDesktopServices

from rim_editor.ui.window import file_manager
from rim_editor.ui.window.file_manager import FileManager


@pytest.fixture
def opened(monkeypatch):
    """The folders that the desktop was asked to open; 'refuse' makes it refuse."""
    folders = []

    def open_url(url):
        folders.append(url.toLocalFile())
        return "refuse" not in url.toLocalFile()

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    return folders


@pytest.fixture
def started(monkeypatch):
    """The programs that were started; 'open' fails where the path holds 'missing'."""
    programs = []

    def start(program, arguments):
        programs.append((program, *arguments))
        return "missing" not in arguments[-1], 1

    monkeypatch.setattr(QProcess, "startDetached", start)
    return programs


@pytest.mark.parametrize(("system", "program"), [("darwin", ("open", "-R")), ("win32", ("explorer.exe", "/select,"))])
def test_macos_and_windows_select_the_file(qapp, monkeypatch, tmp_path, opened, started, system, program):
    monkeypatch.setattr(file_manager.sys, "platform", system)
    path = tmp_path / "a rose.png"
    path.touch()
    FileManager().show_file(path)
    assert started == [(*program, str(path))] and opened == []


def test_where_the_program_does_not_start_the_folder_is_opened(qapp, monkeypatch, tmp_path, opened, started):
    monkeypatch.setattr(file_manager.sys, "platform", "darwin")
    path = tmp_path / "missing.png"
    path.touch()
    FileManager().show_file(path)
    assert opened == [str(tmp_path)]


def test_without_a_file_manager_on_the_bus_the_folder_is_opened(qapp, qtbot, monkeypatch, tmp_path, opened):
    monkeypatch.setattr(file_manager.sys, "platform", "linux")
    path = tmp_path / "rose.png"
    path.touch()
    opener = FileManager()
    opener.show_file(path)
    qtbot.waitUntil(lambda: opened == [str(tmp_path)])


def test_what_cannot_be_shown_is_named(qapp, qtbot, monkeypatch, tmp_path, opened):
    monkeypatch.setattr(file_manager.sys, "platform", "linux")
    texts = []
    opener = FileManager()
    opener.failed.connect(texts.append)
    opener.show_file(tmp_path / "gone.png")
    assert texts == [f"“{tmp_path / 'gone.png'}” is no longer there: export it again."]
    (tmp_path / "refuse").mkdir()
    (tmp_path / "refuse" / "a.png").touch()
    opener.show_file(tmp_path / "refuse" / "a.png")
    qtbot.waitUntil(lambda: len(texts) == 2)
    assert texts[1] == f"No file manager could be started: the file is in “{tmp_path / 'refuse'}”."
