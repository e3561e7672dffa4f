"""Split weights: read as the hub's own client reads them, and whole or refused, whatever happened to a shard."""

import hashlib
import json
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from huggingface_hub import load_torch_model
from safetensors.torch import load_file, save_file

from clipmat import hub, weights, weights_catalogue, weights_shards
from clipmat.certainty import PresenceScale
from clipmat.config import FORMER_COMPACT
from clipmat.errors import RemoveFailed, ShardsTooSmall, WeightsInvalid, WeightsMissing
from clipmat.model import ClipMat
from clipmat.weights_catalogue import catalogue, locate

SMALL = replace(FORMER_COMPACT, text_buckets=64, text_layers=1).without("post_context", "popup", "details")
LIMIT = 2 * 2**20  # bytes: three shards
INDEX = "mine.safetensors.index.json"


def network(seed):
    torch.manual_seed(seed)
    return ClipMat(SMALL).eval()


@pytest.fixture(scope="module")
def first():
    return network(1)


@pytest.fixture(scope="module")
def second():
    return network(2)


def save(path, model, note="first", limit=LIMIT):
    card = weights.ModelCard(SMALL, PresenceScale(0.1, 0.4), "CC0-1.0", note, ("cup", "dog"))
    return weights.save(path, model, card, shard_bytes=limit)


@pytest.fixture
def index(first, tmp_path):
    save(tmp_path / "mine.safetensors", first)
    return tmp_path / INDEX


def shards(index):
    return sorted(index.parent.glob("*-of-*.safetensors"))


def stored(path):
    """All tensors of the weights at this path, read file by file."""
    states = [load_file(file) for file in weights_shards.files(path) if not weights_shards.is_index(file)]
    return {key: value for state in states for key, value in state.items()}


def same(state, model):
    """Equal up to the half precision of a file."""
    return all(torch.equal(value.float(), model.state_dict()[key].half().float()) for key, value in state.items())


def test_split_weights_are_loaded_with_their_card(index, first, tmp_path):
    assert len(shards(index)) == 3
    assert {*tmp_path.iterdir()} == {index, *shards(index)}, "no single file and nothing half-written"
    assert all(shard.stat().st_size <= LIMIT for shard in shards(index))
    assert all(re.fullmatch(r"mine-[0-9a-f]{12}-0000[123]-of-00003\.safetensors", s.name) for s in shards(index))
    model, card = weights.load(index)
    assert same(model.state_dict(), first) and len(model.state_dict()) == len(first.state_dict())
    assert (card.config, card.presence, card.note) == (SMALL, PresenceScale(0.1, 0.4), "first")
    assert weights.check(str(index)).endswith("is whole: each of its 3 shards has the sha256 that it records")
    assert locate(index) == (index, None)


def test_the_hubs_own_client_reads_them(first, second, tmp_path):
    save(tmp_path / "model.safetensors", first)
    theirs = ClipMat(SMALL).half()
    theirs.load_state_dict(second.state_dict())
    assert not same(theirs.state_dict(), first)
    load_torch_model(theirs, tmp_path, strict=True)
    assert same(theirs.state_dict(), first)
    data = json.loads((tmp_path / "model.safetensors.index.json").read_text())
    for name, digest in data["metadata"]["sha256"].items():
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == digest
        assert {key for key, shard in data["weight_map"].items() if shard == name} == {*load_file(tmp_path / name)}


def test_the_digest_returned_is_that_of_the_index(first, tmp_path):
    digest = save(tmp_path / "mine.safetensors", first)
    assert hashlib.sha256((tmp_path / INDEX).read_bytes()).hexdigest() == digest
    assert save(tmp_path / "mine.safetensors", first) == digest, "the same weights give the same files"


def test_the_card_is_read_without_the_shards(index):
    for shard in shards(index):
        shard.unlink()
    assert weights.nouns(index) == ("cup", "dog")


def test_what_fits_stays_one_file(first, tmp_path):
    save(tmp_path / "mine.safetensors", first)
    whole = 8 * 2**20
    save(tmp_path / "mine.safetensors", first, limit=whole)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.safetensors"]
    size = (tmp_path / "mine.safetensors").stat().st_size
    assert LIMIT < size < whole
    save(tmp_path / "exact.safetensors", first, limit=size)
    assert (tmp_path / "exact.safetensors").stat().st_size == size
    save(tmp_path / "less.safetensors", first, limit=size - 1)
    assert not (tmp_path / "less.safetensors").exists()


def test_a_limit_below_the_largest_tensor_names_what_is_needed(first, tmp_path):
    with pytest.raises(ShardsTooSmall, match="largest tensor alone makes a shard of 0.58.* MiB: allow 1 MiB a shard"):
        save(tmp_path / "mine.safetensors", first, limit=2**19)
    assert not [*tmp_path.iterdir()]
    save(tmp_path / "mine.safetensors", first, limit=2**20)
    largest = max(value.numel() * 2 for value in first.state_dict().values() if value.is_floating_point())
    assert math.ceil(largest / 2**20) == 1


def cut_short(shard):
    shard.write_bytes(shard.read_bytes()[:-100])


def flip_a_byte(shard):
    data = bytearray(shard.read_bytes())
    data[-5] ^= 1
    shard.write_bytes(data)


def put_others(shard):
    state = load_file(shard)
    save_file({key: torch.zeros_like(value) for key, value in state.items()}, shard, {"format": "pt"})


@pytest.mark.parametrize("place", [0, 2])
@pytest.mark.parametrize("damage", [cut_short, flip_a_byte, put_others])
def test_a_shard_that_is_not_the_one_recorded_is_named(index, damage, place):
    shard = shards(index)[place]
    damage(shard)
    for use in (weights.load, weights.check):
        with pytest.raises(WeightsInvalid, match=f"{shard.name} is damaged .*: copy all their files together again"):
            use(index)


def test_a_missing_shard_is_named(index):
    shard = shards(index)[1]
    shard.unlink()
    for use in (weights.load, weights.check):
        with pytest.raises(WeightsMissing, match=f"{shard.name}, a part of .* is missing: copy all their files"):
            use(index)


def test_a_shard_alone_is_refused_with_the_name_of_what_is_wanted(index):
    for use in (weights.load, weights.check):
        with pytest.raises(WeightsInvalid, match="is one of several shards: give the .safetensors.index.json beside"):
            use(shards(index)[0])


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"",
        lambda data: b"\xff\xfe",
        lambda data: b"[]",
        lambda data: {},
        lambda data: {"weight_map": data["weight_map"], "metadata": {"total_size": 1}},  # of another program
        lambda data: {**data, "metadata": {**data["metadata"], "sha256": {}}},
        lambda data: {**data, "metadata": {**data["metadata"], "sha256": ["a"]}},
        lambda data: {**data, "metadata": {**data["metadata"], "sha256": {"a.safetensors": "0"}}},
        lambda data: {"metadata": {"sha256": {"../a.safetensors": "0"}}, "weight_map": {"a": "../a.safetensors"}},
        lambda data: {"metadata": {"sha256": {"a.txt": "0"}}, "weight_map": {"a": "a.txt"}},
        lambda data: {"metadata": {"sha256": {"a.safetensors": 0}}, "weight_map": {"a": "a.safetensors"}},
    ],
)
def test_a_damaged_index_is_refused(index, change):
    changed = change(json.loads(index.read_text()))
    index.write_bytes(changed if isinstance(changed, bytes) else json.dumps(changed).encode())
    for use in (weights.load, weights.check, weights.nouns):
        with pytest.raises(WeightsInvalid, match="is not a readable index of weights .*: copy or export them again"):
            use(index)
    assert weights_shards.files(index) == (index,), "it names no file that could be taken for a shard"


def test_an_index_without_a_card_is_refused(index):
    data = json.loads(index.read_text())
    del data["metadata"]["presence"]
    index.write_text(json.dumps(data))
    for use in (weights.load, weights.check):
        with pytest.raises(WeightsInvalid, match="no complete model card"):
            use(index)


class Killed(BaseException):
    """Stands for the end of the process: nothing may catch it."""


def stop_at(monkeypatch, step, error):
    """Let writing and deleting files fail at the step with this number; returns the steps so far."""
    write, unlink, steps = weights_shards.write_whole, Path.unlink, []

    def counted(action):
        def act(path, *rest, **options):
            if not path.name.endswith(".part"):
                steps.append(path.name)
                if len(steps) == step:
                    raise error
            return action(path, *rest, **options)

        return act

    monkeypatch.setattr(weights_shards, "write_whole", counted(write))
    monkeypatch.setattr(Path, "unlink", counted(unlink))
    return steps


@pytest.mark.parametrize(("before", "after"), [(LIMIT, LIMIT), (None, LIMIT), (LIMIT, None)])
def test_a_save_that_is_killed_at_any_step_leaves_one_set_whole(monkeypatch, tmp_path, first, second, before, after):
    outcomes, step = [], 0
    while outcomes[-1:] != ["all"]:
        step += 1
        path = tmp_path / str(step) / "mine.safetensors"
        save(path, first, "first", before)
        with monkeypatch.context() as patched:
            steps = stop_at(patched, step, Killed())
            try:
                save(path, second, "second", after)
                outcomes.append("all")
            except Killed:
                weights.check(counts := weights_shards.find(path))
                outcomes.append("first" if same(stored(counts), first) else "second")
                assert outcomes[-1] == "first" or same(stored(counts), second), "never mixed"
    assert len(steps) == step - 1 > 1
    assert outcomes == sorted(outcomes, key=("first", "second", "all").index), "one step decides"
    assert same(stored(weights_shards.find(path)), second)
    assert {*path.parent.iterdir()} == {*weights_shards.saved_files(path)}, "nothing of the former set stays"


def test_saving_again_after_a_kill_is_as_if_nothing_had_been(monkeypatch, tmp_path, first, second):
    path = tmp_path / "mine.safetensors"
    save(path, first)
    with monkeypatch.context() as patched:
        stop_at(patched, 3, Killed())
        with pytest.raises(Killed):
            save(path, second)
    assert len(shards(path)) == 5
    save(path, second)
    assert {*tmp_path.iterdir()} == {tmp_path / INDEX, *weights_shards.read_index(tmp_path / INDEX).sha256}


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_a_full_disk_costs_neither_the_former_set_nor_space(monkeypatch, index, first, second, step):
    before = {path: path.read_bytes() for path in index.parent.iterdir()}
    with monkeypatch.context() as patched:
        stop_at(patched, step, OSError(28, "No space left on device"))
        with pytest.raises(OSError, match="No space left"):
            save(index.parent / "mine.safetensors", second)
    assert {path: path.read_bytes() for path in index.parent.iterdir()} == before


def test_another_card_on_the_same_tensors_keeps_the_shards(index, first):
    before = shards(index)
    save(index.parent / "mine.safetensors", first, "calibrated")
    assert shards(index) == before and weights.load(index)[1].note == "calibrated"


def test_a_strangers_index_costs_no_files_when_it_is_replaced(index, first, tmp_path):
    """A set of another program with the same name is no set of ours, whose shards could be deleted."""
    other = tmp_path / "theirs.safetensors"
    other.write_bytes(b"theirs")
    index.write_text(json.dumps({"metadata": {}, "weight_map": {"a": other.name}}))
    save(tmp_path / "mine.safetensors", first)
    assert other.read_bytes() == b"theirs" and weights.load(index)


@pytest.fixture
def bundled(first, tmp_path, monkeypatch, no_user_weights):
    """A program that comes with split weights."""
    folder = tmp_path / "program"
    digest = save(folder / "compact.safetensors", first)
    table = {name: {"description": "", "licence": ""} for name in ("vit-b-16", "vit-l-14")}
    table["compact"] = {"description": "split", "licence": "CC0-1.0", "sha256": digest}
    (folder / "weights.json").write_text(json.dumps(table))
    monkeypatch.setattr(weights_catalogue, "_resources", lambda: folder)
    return folder / "compact.safetensors.index.json"


def listed(name="compact"):
    return next(info for info in catalogue() if info.name == name)


def test_bundled_weights_may_be_split(bundled, first):
    assert locate("compact")[0] == hub.fetch("compact") == bundled
    assert same(weights.load("compact")[0].state_dict(), first)
    assert weights.nouns("compact") == ("cup", "dog") and "is whole" in weights.check("compact")
    info = listed()
    assert (info.state, info.path, info.bundled) == ("ready", bundled, True)
    assert info.bytes == sum(path.stat().st_size for path in (bundled, *shards(bundled)))
    with pytest.raises(RemoveFailed, match="bundled ones belong to the program"):
        hub.remove("compact")


def test_damage_to_what_is_bundled_is_mended_by_installing_again(bundled, second):
    shard = shards(bundled)[1]
    whole = shard.read_bytes()
    flip_a_byte(shard)
    for use in (weights.load, weights.check):
        with pytest.raises(WeightsInvalid, match=f"{shard.name} is damaged.*: install rim-editor again"):
            use("compact")
    shard.unlink()
    for use in (weights.load, weights.check):
        with pytest.raises(WeightsMissing, match=f"{shard.name}.*is missing: install rim-editor again"):
            use("compact")
    shard.write_bytes(whole)
    save(bundled.parent / "compact.safetensors", second)  # whole, but another set
    for use in (weights.load, weights.check):
        with pytest.raises(WeightsInvalid, match="index.json is damaged.*: install rim-editor again"):
            use("compact")


def test_a_users_own_split_weights_come_first_and_are_removed_whole(bundled, second, no_user_weights):
    save(no_user_weights / "compact.safetensors", second)
    own = no_user_weights / "compact.safetensors.index.json"
    info = listed()
    assert locate("compact") == (own, None) and (info.path, info.bundled) == (own, False)
    assert info.bytes == sum(path.stat().st_size for path in no_user_weights.iterdir())
    assert same(stored(own), second)
    expected = (*shards(own), own)
    assert hub.remove("compact") == expected, "the index last, so that removing can be repeated"
    assert not [*no_user_weights.iterdir()] and locate("compact")[0] == bundled


def test_own_weights_without_all_of_their_shards_are_not_passed_over(bundled, second, no_user_weights):
    save(no_user_weights / "compact.safetensors", second)
    shards(no_user_weights / "compact.safetensors")[0].unlink()
    with pytest.raises(WeightsMissing, match="is missing: copy all their files"):
        weights.load("compact")
