"""A disk that is mounted read-only: images are read from it, and whatever would write onto it is one line."""

import subprocess

import pytest


@pytest.fixture
def disk(photo, tmp_path):
    """The photograph on a tmpfs that is read-only, where this process may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(["mount", *options], capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("this process may not mount a disk")
    try:
        (folder / "photo.png").write_bytes(photo.read_bytes())
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_an_image_on_it_is_cut_out_onto_another(run, disk, tmp_path):
    assert run("matte", disk / "photo.png", "red", "-o", tmp_path / "a.png")[::2] == (0, "")
    assert run("batch", disk / "photo.png", "-e", "red", "-o", tmp_path / "out")[::2] == (0, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("matte", "{photo}", "red", "-o", "{disk}/a.png"),
        ("matte", "{photo}", "red", "-o", "{disk}/photo.png", "--force"),
        ("matte", "{photo}", "red", "-o", "{elsewhere}/a.png", "--save-example", "{disk}/a.rimexample"),
        ("batch", "{photo}", "-e", "red", "-o", "{disk}", "--template", "cut-out"),
        ("batch", "{photo}", "-e", "red", "-o", "{disk}/new"),
    ],
    ids=" ".join,
)
def test_whatever_would_write_onto_it_is_refused(run, refused, disk, tmp_path, arguments):
    places = {"photo": disk / "photo.png", "disk": disk, "elsewhere": tmp_path}
    refused(run(*(each.format(**places) for each in arguments)), 2, "Read-only file system", "choose another folder")
