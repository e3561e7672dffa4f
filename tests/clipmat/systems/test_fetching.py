import hashlib
import os
import sys

import pytest

from clipmat import hub
from clipmat.errors import FetchCancelled, FetchFailed, RemoveFailed, WeightsInvalid
from clipmat.systems import catalogue, fetching

FILES = {"config.json": b"{}", "model.safetensors": b"x" * 100, "pytorch_model.bin": b"code", "README.md": b"#"}


@pytest.fixture
def served(tmp_path, monkeypatch, no_user_weights):
    """The hub's client, played by a stand-in that serves FILES; what was asked for."""
    asked = []

    def download(repo, file, progress=None, *, remedy=""):
        asked.append(file)
        if progress is not None:
            progress(0, None)
            progress(len(FILES[file]), len(FILES[file]))
        path = tmp_path / "cache" / file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(FILES[file])
        return path

    monkeypatch.setattr(hub, "files", lambda repo, remedy: {file: len(body) for file, body in FILES.items()})
    monkeypatch.setattr(hub, "download", download)
    monkeypatch.setattr(hub, "checksum", lambda repo, file: hashlib.sha256(FILES[file]).hexdigest())
    return asked


def removable():
    return {info.name for info in catalogue.catalogue() if info.removable}


def test_what_is_fetched_is_whole_without_pickles_and_counted_over_all_files(served, no_user_weights):
    counted = []
    folder = fetching.fetch("clipseg", lambda done, total: counted.append((done, total)))
    assert folder == no_user_weights / "clipseg-rd64-refined"
    assert {path.name for path in folder.iterdir()} == {"config.json", "model.safetensors"} == set(served)
    assert counted == sorted(counted) and counted[-1] == (102, 102)
    assert fetching.fetch("clipseg") == folder and len(served) == 2
    assert removable() == {"clipseg"}
    assert len(fetching.remove("clipseg")) == 2 and not folder.exists()
    with pytest.raises(RemoveFailed, match="none were fetched"):
        fetching.remove("clipseg")


def test_a_damaged_file_is_deleted_and_nothing_is_kept(served, no_user_weights, monkeypatch):
    monkeypatch.setattr(hub, "checksum", lambda repo, file: "0" * 64)
    with pytest.raises(FetchFailed, match="arrived damaged and was deleted"):
        fetching.fetch("clipseg")
    assert not (no_user_weights / "clipseg-rd64-refined").exists()


def test_a_cancel_keeps_no_folder(served, no_user_weights):
    def cancel(done, total):
        raise FetchCancelled("stopped")

    with pytest.raises(FetchCancelled):
        fetching.fetch("clipseg", cancel)
    assert not (no_user_weights / "clipseg-rd64-refined").exists()


def test_a_repository_without_safetensors_is_refused(served, monkeypatch):
    monkeypatch.setattr(hub, "files", lambda repo, remedy: {"config.json": 2, "pytorch_model.bin": 4})
    with pytest.raises(FetchFailed, match="no weights in safetensors.*copy the files"):
        fetching.fetch("clipseg")


def test_offline_the_remedy_is_one_line(monkeypatch, tmp_path, no_user_weights):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(FetchFailed, match="could not be reached.*from another machine to .*clipseg"):
        fetching.fetch("clipseg")


def test_that_checking_finds_what_is_cut_short(no_user_weights):
    folder = no_user_weights / "clipseg-rd64-refined"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text('{"model_type": "clipseg"}')
    with pytest.raises(WeightsInvalid, match="has no .safetensors file"):
        fetching.check("clipseg")
    (folder / "model.safetensors").write_bytes(b"\x08\x00\x00\x00\x00\x00\x00\x00{}")
    with pytest.raises(WeightsInvalid, match="is damaged"):
        fetching.check(folder)


def test_systems_share_a_part_which_is_fetched_once_and_stays_as_long_as_one_needs_it(served, no_user_weights):
    counted = []
    fetching.fetch("grounded-sam", lambda done, total: counted.append((done, total)))
    assert counted == sorted(counted) and counted[-1] == (204, 204) and len(served) == 4
    counted.clear()
    fetching.fetch("grounded-sam-large", lambda done, total: counted.append((done, total)))
    assert counted[-1] == (102, 102) and len(served) == 6
    assert {path.parent.name for path in fetching.remove("grounded-sam")} == {"sam2.1-hiera-tiny"}
    assert "grounded-sam" not in removable() and "grounded-sam-large" in removable()
    assert len(fetching.remove("grounded-sam-large")) == 4 and not any(no_user_weights.iterdir())


def test_that_what_arrived_whole_of_several_parts_stays(served, no_user_weights):
    def cancel(done, total):
        if done > 110:
            raise FetchCancelled("stopped")

    with pytest.raises(FetchCancelled):
        fetching.fetch("grounded-sam", cancel)
    assert len(list(no_user_weights.iterdir())) == 1
    fetching.fetch("grounded-sam")
    assert len(list(no_user_weights.iterdir())) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_a_pipe_in_place_of_the_folder_gives_way(served, no_user_weights):
    no_user_weights.mkdir(parents=True, exist_ok=True)
    os.mkfifo(no_user_weights / "clipseg-rd64-refined")
    assert (fetching.fetch("clipseg") / "config.json").is_file()
