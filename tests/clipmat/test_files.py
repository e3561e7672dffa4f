"""Whole files: what is on the disk while one is written, afterwards, and when something goes wrong."""

import os
import threading

import pytest

from clipmat.files import whole_file, write_whole


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_file_appears_when_the_block_ends(tmp_path):
    path = tmp_path / "new" / "folders" / "a.bin"
    with whole_file(path) as file:
        file.write(b"half")
        assert not path.exists()
        file.write(b" and half")
    assert path.read_bytes() == b"half and half" and names(path.parent) == ["a.bin"]


def test_a_text_is_utf_8_and_keeps_its_line_ends(tmp_path):
    write_whole(tmp_path / "a.txt", "žluť\n")
    assert (tmp_path / "a.txt").read_bytes() == b"\xc5\xbelu\xc5\xa5\n"


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("broken", ["block", "fsync", "replace"])
def test_the_former_file_stays_when_anything_fails(tmp_path, monkeypatch, broken, error):
    def fail(*_):
        raise error

    (tmp_path / "a").write_text("precious")
    if broken != "block":
        monkeypatch.setattr(os, broken, fail)
    with pytest.raises(type(error)), whole_file(tmp_path / "a") as file:
        file.write(b"new")
        if broken == "block":
            fail()
    assert (tmp_path / "a").read_text() == "precious" and names(tmp_path) == ["a"]


@pytest.mark.parametrize("kind", ["file", "dangling link"])
def test_what_stands_there_stays_unless_it_may_be_overwritten(tmp_path, kind):
    path = tmp_path / "a"
    path.write_text("precious") if kind == "file" else path.symlink_to(tmp_path / "gone")
    with pytest.raises(FileExistsError):
        write_whole(path, b"new", overwrite=False)
    assert names(tmp_path) == ["a"] and (kind == "dangling link" or path.read_text() == "precious")
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"


def test_folders_are_made_only_where_that_is_wanted(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "gone" / "a", b"new", make_folders=False)
    assert names(tmp_path) == []
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        write_whole(tmp_path / "file" / "a", b"new", make_folders=False)


def test_it_may_grow_in_a_folder_of_its_own(tmp_path):
    with whole_file(tmp_path / "a", staging=tmp_path / "growing") as file:
        file.write(b"new")
        assert names(tmp_path) == ["growing"] and len(names(tmp_path / "growing")) == 1
    assert names(tmp_path) == ["a", "growing"] and names(tmp_path / "growing") == []


def test_the_longest_name_that_the_disk_takes_is_written(tmp_path):
    write_whole(tmp_path / ("x" * 255), b"new")
    assert names(tmp_path) == ["x" * 255]


def test_a_folder_that_cannot_be_synced_does_no_harm(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(os, "open", refuse)
    write_whole(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"


def test_writers_of_one_file_do_not_meet(tmp_path):
    def write(letter):
        for _ in range(20):
            write_whole(tmp_path / "a", letter * 100_000)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in (b"a", b"b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    content = (tmp_path / "a").read_bytes()
    assert len(content) == 100_000 and len(set(content)) == 1 and names(tmp_path) == ["a"]
