"""Outputs: what is refused before any work, and what is on the disk when something goes wrong."""

import errno
import os
import re
from pathlib import Path

import pytest

from rim_editor.documents.edits import Cutout, MatteOnly, SolidColour
from rim_editor.errors import OutputExists, OutputNotWritable, OutputUnsupported
from rim_editor.files import exporting
from rim_editor.files.exporting import ExportRequest
from rim_editor.files.outputs import free_path, write

OPAQUE = SolidColour()


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def allowed(path, edit=OPAQUE, inputs=(), **request):
    exporting.check_output(path, ExportRequest(**request), edit, inputs)


def test_a_new_file_has_the_permissions_of_any_other(tmp_path):
    (tmp_path / "other").touch()
    write(tmp_path / "a.png", b"new")
    assert (tmp_path / "a.png").stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.parametrize("name", ["a.gif", "a", "a.xcf", ".png"])
def test_an_unknown_suffix_names_the_known(tmp_path, name):
    with pytest.raises(OutputUnsupported, match=r"end the name with one of \.png, \.webp"):
        allowed(tmp_path / name)
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "needs", "remedy"),
    [
        ("a.jpg", {"edit": Cutout()}, r"a\.png.*on a colour"),
        ("a.webp", {"edit": MatteOnly(16)}, r"\.png or \.tiff"),
        ("a.png", {"quality": 80}, "leave it out"),
        ("none/a.png", {}, "create it first"),
        ("file/a.png", {}, "create it first"),
        ("x" * 300 + ".png", {}, "cannot be written"),
        ("x" * 300 + "/a.png", {}, "cannot be written"),
        ("/".join(["x" * 250] * 20) + "/a.png", {}, "cannot be written"),
        ("loop/a.png", {}, "cannot be written"),
    ],
)
def test_what_cannot_be_written_is_refused_at_once(tmp_path, name, needs, remedy):
    (tmp_path / "file").write_text("x")
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises((OutputUnsupported, OutputNotWritable), match=remedy):
        allowed(tmp_path / name, **needs)
    if not needs:
        with pytest.raises(OutputNotWritable, match=remedy):
            write(tmp_path / name, b"new")
    assert files(tmp_path) == ["file", "loop"]


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.ENOSPC, errno.EIO, errno.ENAMETOOLONG])
def test_the_clean_up_never_hides_why_a_file_cannot_be_written(tmp_path, monkeypatch, number):
    """A read-only disk or a closed folder refuses the removal of the file that it did not let be made, too."""

    def refuse(*_, **__):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "unlink", refuse)
    monkeypatch.setattr(Path, "open", refuse)
    for attempt in (lambda: allowed(tmp_path / "a.png"), lambda: write(tmp_path / "a.png", b"new")):
        with pytest.raises(OutputNotWritable, match=re.escape(os.strerror(number))):
            attempt()


def test_a_folder_is_no_output(tmp_path):
    (tmp_path / "a.png").mkdir()
    with pytest.raises(OutputNotWritable, match="is a folder"):
        allowed(tmp_path / "a.png", overwrite=True)


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs a folder that not even root can write to")
def test_a_folder_that_takes_no_files(tmp_path):
    with pytest.raises(OutputNotWritable, match="choose another"):
        allowed(Path("/proc/self/a.png"))


def test_a_free_name_is_allowed_and_leaves_no_trace(tmp_path):
    allowed(tmp_path / "a.png", edit=MatteOnly(16))
    assert files(tmp_path) == []


def test_an_existing_file_stays_unless_it_is_given_up(tmp_path):
    (tmp_path / "a.png").write_text("precious")
    with pytest.raises(OutputExists, match="on purpose"):
        allowed(tmp_path / "a.png")
    with pytest.raises(OutputExists, match="on purpose"):
        write(tmp_path / "a.png", b"new")
    assert (tmp_path / "a.png").read_text() == "precious"
    allowed(tmp_path / "a.png", overwrite=True)
    write(tmp_path / "a.png", b"new", overwrite=True)
    assert (tmp_path / "a.png").read_bytes() == b"new"
    assert files(tmp_path) == ["a.png"]


@pytest.mark.parametrize("link", ["symlink_to", "hardlink_to"])
def test_an_input_by_any_other_name_is_the_input(tmp_path, link):
    (tmp_path / "in.png").write_text("precious")
    getattr(tmp_path / "out.png", link)(tmp_path / "in.png")
    (tmp_path / "sub").mkdir()
    for name in ("in.png", "out.png", "sub/../in.png"):
        with pytest.raises(OutputExists, match="is an input.*on purpose"):
            allowed(tmp_path / name, inputs=(tmp_path / "in.png",))


def test_a_dangling_link_counts_as_a_file(tmp_path):
    (tmp_path / "a.png").symlink_to(tmp_path / "gone.png")
    with pytest.raises(OutputExists):
        allowed(tmp_path / "a.png")


@pytest.mark.parametrize("broken", ["fsync", "replace"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_write_that_fails_leaves_the_old_file_and_no_half_one(tmp_path, monkeypatch, broken, error):
    def fail(*_):
        raise error

    (tmp_path / "a.png").write_text("precious")
    monkeypatch.setattr(os, broken, fail)
    expected = OutputNotWritable if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected, match="No space left" if isinstance(error, OSError) else None):
        write(tmp_path / "a.png", b"new", overwrite=True)
    assert files(tmp_path) == ["a.png"]
    assert (tmp_path / "a.png").read_text() == "precious"


def test_a_name_that_is_taken_gets_the_first_free_number(tmp_path):
    for name in ("x.png", "x-2.png"):
        (tmp_path / name).touch()
    assert free_path(tmp_path / "x.png").name == "x-3.png" and free_path(tmp_path / "y.png").name == "y.png"
