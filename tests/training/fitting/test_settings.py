"""Settings: every configuration that ships is read, every field says its unit, and a mistake is named."""

import re
import string
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipmat.config import variant
from training.fitting.settings import Mix, Phase, SettingsError, TrainSettings, read_settings

CONFIGS = sorted((Path(__file__).parents[3] / "training/configs").glob("*.toml"))
SETTINGS = TrainSettings("compact", (Phase(2, ((64, 64),), 3), Phase(5, ((64, 64),), 4)))
PHASE = "[[phases]]\nsteps=1\nsizes=[[64,64]]\nbatch=1"


def read(tmp_path, text, *overrides):
    (tmp_path / "x.toml").write_text(text)
    return read_settings(tmp_path / "x.toml", overrides)


def test_samples_are_numbered_through_the_phases():
    assert [SETTINGS.samples_before(s, 2) for s in range(5)] == [0, 6, 12, 20, 28]
    assert [SETTINGS.phase_at(s).batch for s in range(4)] == [3, 3, 4, 4]


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_the_configurations_that_ship_are_read(path):
    settings = read_settings(path)
    assert path.stem in (settings.variant, "ablation", "finetune", "gpu")
    multiple = variant(settings.variant).multiple
    assert all(side % multiple == 0 for phase in settings.phases for size in phase.sizes for side in size)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_field_of_the_configurations_that_ship_says_its_unit(path):
    bare = [line for line in path.read_text().splitlines() if re.match(r"\w+ =", line) and " # " not in line]
    assert not bare


def test_the_documented_fields_are_all_that_there_are():
    source = (Path(__file__).parents[3] / "training/fitting/settings.py").read_text()
    for kind in (Phase, TrainSettings):
        for field in fields(kind):
            if field.name not in ("phases", "seed", "mix"):
                assert re.search(rf'    {field.name}: .*\n    """', source), f"{field.name} has no line on its unit"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (f'variant = "compact"\nlearning_rat = 1\n{PHASE}', "did you mean 'learning_rate'"),
        ('variant = "compact"\n[[phases]]\nstep=1\nsizes=[[64,64]]\nbatch=1', "did you mean 'steps'"),
        (f'variant = "compact"\n{PHASE}\n[mix]\nphotos=1', "did you mean 'photo'"),
        ('variant = "compact"', "at least one"),
        ('variant = "compact"\n[[phases]]\nsteps=1\nsizes=[[64,64]]', "batch"),
        (f'variant = "compact"\nlearning_rate = "high"\n{PHASE}', "learning_rate must be a number, not 'high'"),
        (f'variant = "compact"\naccumulate = 1.5\n{PHASE}', "accumulate must be a whole number, not 1.5"),
        (f'variant = "compact"\nseed = true\n{PHASE}', "seed must be a whole number, not True"),
        (f'variant = "compact"\ncompile = 1\n{PHASE}', "compile must be true or false, not 1"),
        (f'variant = "compact"\naccumulate = 0\n{PHASE}', "at least 1"),
        (f'variant = "compact"\nimage_rate = -0.1\n{PHASE}', "not negative"),
        (f'variant = "compact"\nprecision = "8-bit"\n{PHASE}', "choose 32-true, bf16-mixed, 16-mixed, auto"),
        (f'variant = "compact"\nsetting = "words"\n{PHASE}', "choose keyword, expression, both"),
        (f'variant = "compact"\nwithout = ["mde"]\n{PHASE}', "no such module: mde"),
        (PHASE.replace("64,64", "64,65") + "\n[mix]\n", "variant"),
        (f'variant = "compact"\n{PHASE.replace("64,64", "64,65")}', "multiples of 32"),
        (f'variant = "compact"\nwithout = 3\n{PHASE}', "without is a list of texts"),
        (f'variant = "compact"\nwithout = "details"\n{PHASE}', "without is a list of texts.* not 'details'"),
        (f'variant = "compact"\nwithout = [3]\n{PHASE}', "without is a list of texts"),
        ('variant = "compact"\nphases = 3', "phases is a list of tables"),
        ('variant = "compact"\nphases = [1]', "phases is a list of tables"),
        (f'variant = "compact"\nmix = 3\n{PHASE}', "mix is a table"),
        (f'variant = "compact"\nseed = -1\n{PHASE}', "seed, .* are not negative"),
        ("variant = ", "x.toml"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, text, complaint):
    with pytest.raises(SettingsError, match=complaint):
        read(tmp_path, text)


def test_a_file_that_is_not_utf8_is_named(tmp_path):
    (tmp_path / "x.toml").write_text(f'variant = "compact"\n{PHASE}', encoding="utf-16")
    with pytest.raises(SettingsError, match=r"x\.toml is not text in UTF-8"):
        read_settings(tmp_path / "x.toml")


@given(st.sampled_from([f.name for f in fields(TrainSettings)]), st.data())
def test_a_key_with_one_letter_dropped_is_guessed_or_told_what_is_known(tmp_path_factory, name, data):
    at = data.draw(st.integers(0, len(name) - 1))
    wrong = name[:at] + name[at + 1 :]
    known = {f.name for f in fields(TrainSettings)}
    if not wrong or wrong in known or wrong[0] not in string.ascii_lowercase:
        return
    with pytest.raises(SettingsError, match=f"unknown setting '{wrong}'; (did you mean '|known: )"):
        read(tmp_path_factory.mktemp("x"), f'variant = "compact"\n{wrong} = 1\n{PHASE}')


def test_overrides_go_over_the_file_and_into_its_tables(tmp_path):
    text = f'variant = "compact"\nseed = 1\n{PHASE}\n[mix]\nphoto = 0.5'
    settings = read(tmp_path, text, "seed = 3", "mix.negative = 0", 'without = ["details"]')
    assert (settings.seed, settings.mix, settings.without) == (3, Mix(photo=0.5, negative=0), ("details",))
    assert not settings.network.details and settings.network.popup


def test_the_image_size_of_the_network_can_be_set():
    assert replace(SETTINGS, image_size=192).network.image_size == 192
    assert SETTINGS.network == variant("compact")
