"""Exported weights are what the editor loads; a user's mistakes are named."""

import pytest

from clipmat import weights
from training.commands import TrainingError
from training.export import export


def exported(out, **options):
    common = {"threshold": 0.5, "image_size": 0, "refiner": None, "licence": "mine", "note": "", "table": None}
    export("compact", out, **{**common, **options})
    return weights.load(out)


def test_threshold_size_and_licence_travel_with_the_weights(tmp_path):
    model, card = exported(tmp_path / "a.safetensors", threshold=0.7, image_size=320)
    assert (card.threshold, card.config.image_size, card.licence) == (0.7, 320, "mine")
    before = weights.load("compact")[0].state_dict()
    assert all((before[key] == value).all() for key, value in model.state_dict().items())


@pytest.mark.parametrize(
    ("name", "options", "told"),
    [
        ("a.bin", {}, "suffix .safetensors"),
        ("a.safetensors", {"image_size": 100}, "no multiple of 32"),
        ("file/a.safetensors", {}, "cannot be written"),
    ],
)
def test_mistakes_are_named(tmp_path, name, options, told):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(TrainingError, match=told):
        exported(tmp_path / name, **options)


@pytest.mark.parametrize("text", [None, "no json", "[1]"])
def test_a_table_that_is_none_is_named(tmp_path, text):
    table = tmp_path / "weights.json"
    if text is not None:
        table.write_text(text, encoding="utf-8")
    with pytest.raises(TrainingError, match="weights.json is no table of weights"):
        exported(tmp_path / "a.safetensors", table=table)
    assert not (tmp_path / "a.safetensors").exists()
