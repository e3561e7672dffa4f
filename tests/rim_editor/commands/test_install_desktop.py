"""`rim-editor install-desktop`: what it writes is read by the desktop's own programs, and goes away without a trace."""

import configparser
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PIL import Image

from clipmat.image_files import OpenedImage
from rim_editor import desktop_entry
from rim_editor.documents.document import Document
from rim_editor.documents.history import History
from rim_editor.files import projects

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="desktops of Linux and BSD")


@pytest.fixture(autouse=True)
def data_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data"


def needs(program):
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


def entry_of(data_home):
    read = configparser.RawConfigParser(strict=True, delimiters="=", comment_prefixes="#")
    read.optionxform = str
    read.read(data_home / "applications" / "rim-editor.desktop", encoding="utf-8")
    return read


def test_entry_icons_and_types_are_written_and_taken_away_again(run, data_home):
    (data_home / "applications").mkdir(parents=True)
    (data_home / "applications" / "other.desktop").write_text("[Desktop Entry]\n")
    code, out, err = run("install-desktop")
    assert (code, err) == (0, "")
    written = {Path(line.removeprefix("wrote ")) for line in out.splitlines() if line.startswith("wrote ")}
    assert len(written) == 10 and all(path.is_file() and data_home in path.parents for path in written)
    entry = entry_of(data_home)["Desktop Entry"]
    assert entry["Exec"].endswith(" %F") and Path(entry["TryExec"]).is_absolute()
    assert {"image/jpeg", "image/heic", "application/x-rim-project"} <= set(entry["MimeType"].split(";"))
    theme = data_home / "icons" / "hicolor"
    for size in (16, 24, 32, 48, 64, 128, 256):
        with Image.open(theme / f"{size}x{size}" / "apps" / "rim-editor.png") as icon:
            assert icon.size == (size, size) and icon.mode == "RGBA"
    drawing = ElementTree.parse(theme / "scalable" / "apps" / "rim-editor.svg").getroot()
    assert drawing.tag.endswith("svg")

    assert run("install-desktop")[0] == 0, "again, over its own files"
    code, out, err = run("install-desktop", "--remove")
    assert (code, err) == (0, "") and out.count("removed ") == 10
    left = {path.name for path in data_home.rglob("*") if path.is_file()}
    assert "other.desktop" in left and not [name for name in left if "rim" in name]
    assert not (data_home / "icons").exists()
    code, out, err = run("install-desktop", "--remove")
    assert (code, out, err) == (0, "There is no entry to remove.\n", "")


@needs("desktop-file-validate")
@pytest.mark.parametrize(
    "command", [["/opt/rim/rim-editor"], ['/a b/$HOME/`x`/"q"/back\\slash/rim-editor', "5%", "rim_editor"]]
)
def test_the_desktops_validator_finds_no_fault(tmp_path, command):
    path = tmp_path / "rim-editor.desktop"
    path.write_text(desktop_entry.entry(command), encoding="utf-8")
    done = subprocess.run(["desktop-file-validate", str(path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@needs("gio")
def test_the_desktop_starts_the_program_with_several_files_whatever_its_folder_is_called(tmp_path, run, monkeypatch):
    folder = tmp_path / 'odd $HOME `x` "q" back\\slash Fü'
    folder.mkdir()
    program, record = folder / "rim-editor", tmp_path / "record"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {record}.part && mv {record}.part {record}\n')
    program.chmod(0o755)
    monkeypatch.setattr(desktop_entry, "own_command", lambda: [str(program), "-m", "a $b 5%"])
    assert run("install-desktop")[0] == 0
    images = [tmp_path / "one photo.jpg", tmp_path / "two.rim"]
    for image in images:
        image.touch()
    entry = Path(os.environ["XDG_DATA_HOME"]) / "applications" / "rim-editor.desktop"
    subprocess.run(["gio", "launch", str(entry), *map(str, images)], check=True, timeout=60)
    for _ in range(200):
        if record.exists():
            break
        subprocess.run(["sleep", "0.05"], check=True)
    assert record.read_text().splitlines() == ["-m", "a $b 5%", *map(str, images)]


@needs("gio")
@needs("update-mime-database")
def test_the_desktop_knows_a_project_by_its_name_and_by_its_content(tmp_path, run, photo):
    from clipmat.image_files import read

    assert run("install-desktop")[0] == 0
    image: OpenedImage = read(photo)
    history = History(Document(image))
    paths = [tmp_path / "work.rim", tmp_path / "without a suffix"]
    projects.write(paths[0], history.steps, history.place)
    shutil.copy(paths[0], paths[1])
    for path in paths:
        asked = ["gio", "info", "-a", "standard::content-type,standard::icon", str(path)]
        told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
        assert "application/x-rim-project" in told and "rim-editor" in told


def test_a_home_that_is_not_absolute_does_not_count(run, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "me")
    assert run("install-desktop")[0] == 0
    assert (tmp_path / "me" / ".local" / "share" / "applications" / "rim-editor.desktop").is_file()
    assert not Path("relative").exists()


def test_a_file_of_somebody_else_is_neither_replaced_nor_removed(run, refused, data_home):
    theirs = data_home / "applications" / "rim-editor.desktop"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("[Desktop Entry]\nName=My own\n")
    for words in (["install-desktop"], ["install-desktop", "--remove"]):
        refused(run(*words), 2, str(theirs), "rename or delete it first")
    assert theirs.read_text() == "[Desktop Entry]\nName=My own\n"
    assert [path for path in data_home.rglob("*") if path.is_file()] == [theirs]


def test_a_folder_that_cannot_be_written_has_a_remedy(run, refused, data_home):
    data_home.write_text("a file, where a folder should be")
    refused(run("install-desktop"), 2, "data", "permissions")


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_other_systems_get_a_clear_line(run, refused, data_home, monkeypatch, system):
    monkeypatch.setattr(sys, "platform", system)
    refused(run("install-desktop"), 2, "Linux", "'Open with'")
    assert not data_home.exists()


@pytest.mark.parametrize("program", ["/a=b/rim-editor", "/100%/rim-editor"])
def test_a_program_that_no_entry_can_start_has_a_remedy(run, refused, data_home, monkeypatch, program):
    monkeypatch.setattr(desktop_entry, "own_command", lambda: [program])
    refused(run("install-desktop"), 2, program, "without '=' and '%'")
    assert not data_home.exists()


def test_the_programs_own_script_is_what_starts_it(tmp_path, monkeypatch):
    python = tmp_path / "python"
    monkeypatch.setattr(sys, "executable", str(python))
    assert desktop_entry.own_command() == [str(python), "-m", "rim_editor"]
    script = tmp_path / "rim-editor"
    script.touch(mode=0o755)
    assert desktop_entry.own_command() == [str(script)]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert desktop_entry.own_command() == [str(python)]
