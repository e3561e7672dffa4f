"""Exported weights are what the editor loads; a user's mistakes are named."""

import json

import pytest
from safetensors.torch import load_file

from clipmat import weights
from clipmat.errors import ClipMatError
from clipmat.weights_catalogue import locate
from clipmat.weights_shards import files, is_index
from training import TrainingError
from training.export import export

COMMON = {
    "unsure": None, "sure": None, "image_size": 0, "refiner": None, "licence": "mine", "note": "", "table": None,
    "shard_mib": None,
}  # fmt: skip


def exported(out, **options):
    export("compact", out, **{**COMMON, **options})
    return weights.load(out)


def rows_of(pack):
    return (pack / "entities.jsonl").read_text(encoding="utf-8").splitlines()


def tensors(path):
    """The bytes of every tensor of weights, single or split."""
    stored = [load_file(file) for file in files(path) if not is_index(file)]
    return {key: value.numpy().tobytes() for state in stored for key, value in state.items()}


def test_threshold_size_and_licence_travel_with_the_weights(tmp_path):
    model, card = exported(tmp_path / "a.safetensors", unsure=0.2, sure=0.7, image_size=320)
    assert (card.presence.unsure, card.presence.sure) == (0.2, 0.7)
    assert (card.config.image_size, card.licence) == (320, "mine")
    before = weights.load("compact")[0].state_dict()
    assert all((before[key] == value).all() for key, value in model.state_dict().items())


def test_the_nouns_of_the_training_split_travel_with_the_weights(tmp_path, pack):
    changed = tmp_path / "pack"
    changed.mkdir()
    for part in ("entities", "photos", "backgrounds"):
        rows = (pack / f"{part}.jsonl").read_text(encoding="utf-8")
        (changed / f"{part}.jsonl").write_text(rows, encoding="utf-8")
    with (changed / "entities.jsonl").open("a", encoding="utf-8") as file:
        row = json.loads(rows_of(pack)[0]) | {"id": "unseen", "keyword": "zeppelin", "split": "val_unseen"}
        file.write("\n" + json.dumps(row))
    out = tmp_path / "a.safetensors"
    exported(out, data=[changed])
    known = set(weights.nouns(out))
    assert {"cup", "dog", "woman", "car", "lady", "animal", "dress"} <= known
    assert "zeppelin" not in known
    again = tmp_path / "b.safetensors"
    export(str(out), again, **COMMON)
    assert weights.nouns(again) == weights.nouns(out), "without --data they are handed on"


def test_naming_nouns_leaves_the_tensors_alone(tmp_path, pack):
    out = tmp_path / "a.safetensors"
    exported(out, data=[pack])
    assert tensors(out) == tensors(locate("compact")[0])


def test_weights_are_split_on_request(tmp_path, capsys):
    table = tmp_path / "weights.json"
    table.write_text('{"compact": {}}', encoding="utf-8")
    export("compact", tmp_path / "a.safetensors", **{**COMMON, "shard_mib": 9, "table": table})
    index, *shards = sorted(tmp_path.glob("a*"), reverse=True)
    assert index.name == "a.safetensors.index.json" and len(shards) >= 3
    assert all(shard.stat().st_size <= 9 * 2**20 for shard in shards)
    weights.verify(index, json.loads(table.read_text(encoding="utf-8"))["compact"]["sha256"])
    assert f"{index}: " in (printed := capsys.readouterr().out) and f" MiB in {len(shards)} shards, sha256" in printed
    export(str(index), tmp_path / "b.safetensors", **COMMON)
    assert tensors(tmp_path / "b.safetensors") == tensors(locate("compact")[0]), "and put together again"
    with pytest.raises(ClipMatError, match="allow .* MiB a shard"):
        export("compact", tmp_path / "c.safetensors", **{**COMMON, "shard_mib": 1})


def test_a_pack_that_is_none_is_named(tmp_path):
    with pytest.raises(TrainingError, match=str(tmp_path)):
        exported(tmp_path / "a.safetensors", data=[tmp_path])
    assert not (tmp_path / "a.safetensors").exists()


@pytest.mark.parametrize(
    ("name", "options", "told"),
    [
        ("a.bin", {}, "suffix .safetensors"),
        ("a.safetensors", {"image_size": 100}, "is not a multiple of 32"),
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
    with pytest.raises(TrainingError, match="weights.json is not a table of weights"):
        exported(tmp_path / "a.safetensors", table=table)
    assert not (tmp_path / "a.safetensors").exists()
