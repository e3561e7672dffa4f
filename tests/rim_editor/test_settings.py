"""Settings: what was saved is loaded; damage is set aside and said; a failed save loses nothing."""

import json
import os
import warnings
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rim_editor import settings
from rim_editor.errors import EditorWarning, OutputNotWritable
from rim_editor.settings import Settings


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RIM_EDITOR_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_the_folder_is_where_the_variable_says_or_the_platform(home, monkeypatch):
    assert settings.folder() == home and settings.recovery_folder() == home / "recovery"
    monkeypatch.delenv("RIM_EDITOR_HOME")
    assert settings.folder().name == "rim-editor" and settings.folder().is_absolute()


def test_a_first_start_has_the_usual_settings_and_writes_nothing(home):
    assert settings.load() == Settings()
    assert not home.exists()


FULL = Settings(
    weights="vit-b-16",
    device="cpu",
    precision="float32",
    theme="dark",
    language="de",
    reduced_motion=True,
    keep_metadata=False,
    recent=(Path("/a/ü 犬.png"), Path(os.fsdecode(b"/a/\xff.png"))),
    expressions=("the dog", 'say "ü"\n'),
    export_folder=Path("/out"),
    export_suffix=".webp",
    export_longest_side=2048,
    quality=80,
)


def test_what_is_saved_is_loaded(home):
    settings.save(FULL)
    assert settings.load() == FULL
    settings.save(Settings())
    assert settings.load() == Settings()
    assert [path.name for path in home.iterdir()] == ["settings.json"], "no part is left"


def test_every_setting_is_saved_with_another_value_than_usual():
    assert all(getattr(FULL, each.name) != each.default for each in fields(Settings))


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b"null", b"\xff\xfe", b"[" * 100000])
def test_a_damaged_file_is_set_aside(home, damage):
    home.mkdir()
    (home / "settings.json").write_bytes(damage)
    with pytest.warns(EditorWarning, match="damaged.*set aside as 'settings.damaged-"):
        assert settings.load() == Settings()
    (aside,) = home.iterdir()
    assert aside.read_bytes() == damage
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert settings.load() == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", "pink"), ("theme", []), ("quality", 0), ("quality", 101), ("quality", True), ("quality", "90"),
        ("keep_metadata", 1), ("recent", "a.png"), ("recent", [3]), ("expressions", {}), ("weights", None),
        ("device", ""), ("export_folder", 3),
    ],
)  # fmt: skip
def test_one_value_without_sense_leaves_the_others(home, name, value):
    home.mkdir()
    (home / "settings.json").write_text(json.dumps({"precision": "float32", name: value, "of another version": 1}))
    with pytest.warns(EditorWarning, match=f"'{name}'.*no sense"):
        assert settings.load() == Settings(precision="float32")


def test_a_file_that_cannot_be_read_is_left_alone(home):
    (home / "settings.json").mkdir(parents=True)
    with pytest.warns(EditorWarning, match="cannot be read"):
        assert settings.load() == Settings()
    with pytest.raises(OutputNotWritable, match="cannot be saved"):
        settings.save(Settings())
    assert [path.name for path in home.iterdir()] == ["settings.json"]


def test_a_failed_save_keeps_the_former_settings(monkeypatch):
    settings.save(FULL)

    def full(fd):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OutputNotWritable, match="No space left"):
        settings.save(Settings())
    assert settings.load() == FULL


def test_a_home_that_cannot_be_made_is_named(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RIM_EDITOR_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(OutputNotWritable, match="cannot be saved in"):
        settings.save(Settings())


@given(st.lists(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), max_size=60))
def test_recent_images_are_the_newest_each_once(names):
    kept = Settings()
    for name in names:
        kept = settings.with_recent(kept, Path(name))
    newest = list(dict.fromkeys(Path(name).absolute() for name in reversed(names)))
    assert list(kept.recent) == newest[: settings.MOST_RECENT]


def test_expressions_are_the_newest_each_once_in_their_newest_spelling():
    kept = Settings()
    for text in ("the dog", "a cup", "  The   DOG ", " ", ""):
        kept = settings.with_expression(kept, text)
    assert kept.expressions == ("The DOG", "a cup")
    for number in range(300):
        kept = settings.with_expression(kept, f"cup {number}")
    assert len(kept.expressions) == 200 and kept.expressions[0] == "cup 299"
    settings.save(replace(kept, recent=()))
    assert settings.load().expressions == kept.expressions
