"""AimNet and P3M-Net: the networks and their two strategies as published, files that a user brings, words refused."""

import functools
import pickle
import shutil
import tracemalloc

import numpy as np
import pytest
import torch

from clipmat.certainty import Certainty
from clipmat.errors import BadExpression, FetchFailed, WeightsInvalid, WeightsMissing
from clipmat.pointing import PromptMethod
from clipmat.systems import catalogue, fetching
from clipmat.systems.aimnet import AimNet
from clipmat.systems.loading import load
from clipmat.systems.p3m_net import P3mNet
from clipmat.systems.wordless import Strategy, matted
from tests import tiny_systems
from tests.formula_weights import image, pixels, state_of

IMAGE = np.random.default_rng(1).integers(0, 255, (60, 90, 3)).astype(np.uint8)
IMAGE.flags.writeable = False  # as the editor's are
FILES = {"aimnet": tiny_systems.aimnet, "p3m-net": tiny_systems.p3m_net}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return {name: make(tmp_path_factory.mktemp("systems") / name) for name, make in FILES.items()}


@pytest.fixture(scope="module")
def systems(files):
    return {name: load(file, device="cpu", precision="float32") for name, file in files.items()}


@functools.cache
def network(kind, gain):
    made = kind().eval()
    made.load_state_dict(state_of({name: tuple(each.shape) for name, each in made.state_dict().items()}, gain=gain))
    return made


# What the published code gave for the weights of the formula, at rows 5, 25, 45, 60 and columns 7, 37, 67, 90 of the
# waves; the classes at the first of these columns.
GOLDEN = {
    AimNet: (
        [
            [0.844438, 0.022716, 0.000212],
            [0.846507, 0.177802, 0.006237],
            [0.672799, 0.790636, 0.002514],
            [0.877272, 0.865579, 0.003045],
        ],
        [
            0.669165,
            0.580329,
            0.57017,
            0.644115,
            0.590809,
            0.419693,
            0.383272,
            0.506079,
            0.55082,
            0.574979,
            0.5712,
            0.673901,
            0.578882,
            0.390191,
            0.343892,
            0.529816,
        ],
        [0.0, 0.0, 0.0, 0.644115, 0.0, 0.0, 0.0, 0.506079, 0.55082, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    ),
    P3mNet: (
        [
            [-3.226444, -7.776981, 3.816504],
            [1.800979, -9.215664, -3.372525],
            [-1.897896, -12.287595, -2.456841],
            [1.137909, -8.785592, 0.3202],
        ],
        [
            0.464532,
            0.429274,
            0.631465,
            0.763759,
            0.491939,
            0.513888,
            0.603259,
            0.792251,
            0.603335,
            0.548898,
            0.706898,
            0.778198,
            0.435174,
            0.458052,
            0.339917,
            0.458772,
        ],
        [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    ),
}


@pytest.mark.parametrize("kind", GOLDEN)
def test_the_same_weights_give_what_the_published_code_gives(kind):
    classes, detail, fused = GOLDEN[kind]
    with torch.inference_mode():
        found = network(kind, 0.8)(pixels(64, 96))
    rows, columns = [5, 25, 45, 60], [7, 37, 67, 90]
    scale = np.abs(classes).max()
    np.testing.assert_allclose(found.classes[0, :, rows, 7].T, classes, atol=1e-5 * max(1, scale))
    for plane, expected in ((found.detail, detail), (found.fused, fused)):
        np.testing.assert_allclose(plane[0, 0][rows][:, columns].flatten(), expected, atol=1e-5)


# Of the test code for an image of 134 x 170 pixels, at every twentieth row from 7 and column from 5; the resize of
# scikit-image without smoothing, as in 0.14, and with its edges going on.
STRATEGIES = [
    (
        AimNet,
        0.95,
        Strategy(1 / 4, 1 / 2),
        """
    0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 .835513
    0 0 0 0 0 0 0 0 .793786 0 0 0 0 0 0 0 0 .757203
    0 0 0 0 0 0 0 0 .691488 0 0 0 0 0 0 0 0 .632094
    0 0 0 0 0 0 0 0 .669341
    """,
    ),
    (
        AimNet,
        0.95,
        Strategy(1 / 4),
        """
    0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 .509254
    0 0 0 0 0 0 0 0 .518095 0 0 0 0 0 0 0 0 .487422
    0 0 0 0 0 0 0 0 .431133 0 0 0 0 0 0 0 0 .491483
    0 0 0 0 0 0 0 0 .654522
    """,
    ),
    (
        P3mNet,
        0.8,
        Strategy(1 / 2, 1),
        """
    1 1 1 1 1 1 .574921 0 1 1 0 0 0 0 0 0 0 0
    1 0 0 0 0 0 0 0 0 1 0 0 0 0 0 0 0 0
    1 .555085 0 0 0 0 0 0 0 1 1 0 0 0 0 0 0 0
    1 0 .534598 0 0 0 0 0 0
    """,
    ),
    (
        P3mNet,
        0.8,
        Strategy(1 / 2),
        """
    1 1 1 1 1 1 .91791 0 1 1 0 0 0 0 0 0 0 0
    1 0 0 0 0 0 0 0 0 1 0 0 0 0 0 0 0 0
    1 .9 0 0 0 0 0 0 0 1 1 0 0 0 0 0 0 0
    1 0 .395522 0 0 0 0 0 0
    """,
    ),
]


@pytest.mark.parametrize(("kind", "gain", "strategy", "expected"), STRATEGIES)
def test_the_strategies_are_those_of_the_published_test_code(kind, gain, strategy, expected):
    with torch.inference_mode():
        matte, trimap = matted(network(kind, gain), image(134, 170), strategy)
    np.testing.assert_allclose(matte[7::20, 5::20].ravel(), np.array(expected.split(), float), atol=1e-5)
    assert set(np.unique(trimap)) <= {0, 128, 255} and not matte[trimap == 0].any()


@pytest.mark.parametrize("name", FILES)
def test_without_words_it_finds_its_subject_and_with_words_it_is_refused(systems, name):
    system = systems[name]
    system.set_image(IMAGE)
    answer = system.predict()
    assert answer.matte.shape == answer.trimap.shape == (60, 90) and answer.matte.dtype == np.float32
    assert 0 <= answer.matte.min() <= answer.matte.max() <= 1
    assert answer.method is PromptMethod.MAIN_SUBJECT and answer.certainty is Certainty.SURE and answer.presence == 1
    np.testing.assert_array_equal(answer.matte, system.predict("the main subject").matte)
    with pytest.raises(BadExpression, match=rf"^{name} knows no words: .*or choose 'compact'$"):
        system.predict("the dog")
    with pytest.raises(BadExpression, match="knows no words"):
        system.predict("the dog", points=[(5, 5, True)])
    alone = system.predict(points=[(20, 30, True)])
    assert f"not by {name}" in alone.note
    beside = system.predict("the main subject", points=[(20, 30, True)])  # as the window asks once it was found
    np.testing.assert_array_equal(beside.matte, alone.matte)


def test_an_image_is_matted_anew_and_a_change_of_the_answer_changes_no_other(systems):
    system = systems["aimnet"]
    system.set_image(IMAGE)
    first = system.predict().matte
    kept = first.copy()
    first[:] = 0
    np.testing.assert_array_equal(system.predict().matte, kept)
    system.set_image(255 - IMAGE)
    assert not np.array_equal(system.predict().matte, kept)


@pytest.mark.parametrize("size", [(7, 5), (1, 1), (1200, 1300)])
def test_images_of_any_size(size):
    small = AimNet(16).eval()
    small.load_state_dict(state_of({name: tuple(each.shape) for name, each in small.state_dict().items()}))
    with torch.inference_mode():
        matte, trimap = matted(small, image(*size), Strategy(1 / 4))
    assert matte.shape == trimap.shape == size and np.isfinite(matte).all()


def test_other_edges_are_computed_where_it_is_unknown(files, tmp_path):
    edges = tiny_systems.vitmatte(tmp_path / "edges")
    system = load(f"{files['aimnet']}+{edges}", device="cpu", precision="float32")
    system.set_image(IMAGE)
    own, refined = system.predict(refine=False), system.predict()
    unknown = own.trimap == 128
    assert unknown.any() and not np.allclose(own.matte[unknown], refined.matte[unknown])
    np.testing.assert_array_equal(own.matte[~unknown], refined.matte[~unknown])


def test_by_name_the_file_is_taken_from_the_users_folder_or_the_remedy_is_named(files, no_user_weights):
    remedy = "download aimnet_pretrained_matting.pth .*from https://github.com/JizhiziLi/AIM and copy it to .*AIM"
    with pytest.raises(WeightsMissing, match=remedy):
        load("aimnet")
    with pytest.raises(FetchFailed, match=f"are not on the hub: {remedy}"):
        fetching.fetch("aimnet")
    listed = {info.name: info for info in catalogue.catalogue()}
    for name in ("aimnet", "aimnet-resize", "p3m-net", "p3m-net-resize"):
        assert (listed[name].state, listed[name].licence, listed[name].brought) == ("missing", "MIT", True)
        assert "not run with its published weights by us" in listed[name].description
    (no_user_weights / "AIM").mkdir(parents=True)
    shutil.copy(files["aimnet"], no_user_weights / "AIM")
    listed = {info.name: info for info in catalogue.catalogue()}
    assert (listed["aimnet"].state, listed["aimnet"].remedy, listed["p3m-net"].state) == ("ready", "", "missing")
    assert listed["aimnet"].bytes == files["aimnet"].stat().st_size
    system = load("aimnet-resize", device="cpu")
    assert (system.weights, system.strategy.detail) == ("aimnet-resize", None)
    assert "readable" in fetching.check("aimnet")
    assert [path.name for path in fetching.remove("aimnet")] == ["aimnet_pretrained_matting.pth"]


def test_a_file_is_known_by_its_tensors_whatever_its_name_and_age(files, tmp_path):
    other = shutil.copy(files["p3m-net"], tmp_path / "mine.pth")
    assert catalogue.system_of(other) == "p3m-net" == catalogue.system_of(tmp_path)
    state = torch.load(files["aimnet"], weights_only=True)
    (old := tmp_path / "old" / "x.pth").parent.mkdir()
    torch.save(state, old, _use_new_zipfile_serialization=False)
    assert load(old, device="cpu").name == "aimnet"


class Harm:
    def __reduce__(self):
        return print, ("code of a stranger ran",)


def test_damaged_and_other_files_are_refused_in_one_line_and_none_runs_code(files, tmp_path, capsys):
    whole = files["aimnet"].read_bytes()
    state = torch.load(files["aimnet"], weights_only=True)["state_dict"]
    paths = {name: tmp_path / f"{name}.pth" for name in ("cut", "text", "other", "bare", "lacking", "shape", "harm")}
    paths["cut"].write_bytes(whole[: len(whole) // 2])
    paths["text"].write_text("<html>Google Drive: too many users have viewed this file</html>")
    torch.save({"state_dict": {"conv.weight": torch.zeros(3)}}, paths["other"])
    torch.save(state, paths["bare"])
    torch.save({"state_dict": {k: v for k, v in state.items() if k != "decoder_final_l.bias"}}, paths["lacking"])
    torch.save({"state_dict": state | {"decoder_final_l.bias": torch.zeros(2)}}, paths["shape"])
    torch.save({"state_dict": state, "more": Harm()}, paths["harm"])
    for path in paths.values():
        with pytest.raises(
            WeightsInvalid, match=r"(download|bring) .*aimnet_pretrained_matting\.pth.*JizhiziLi/AIM"
        ) as no:
            load(path, device="cpu")
        assert "\n" not in str(no.value) and str(path) in str(no.value)
    with pytest.raises(WeightsInvalid, match=r"decoder_final_l\.bias is missing"):
        fetching.check(paths["lacking"])
    with pytest.raises(WeightsInvalid, match=r"decoder_final_l\.bias is \[2\]"):
        fetching.check(paths["shape"])
    with pytest.raises(WeightsInvalid, match="could run code"):
        fetching.check(paths["harm"])
    (tmp_path / "pickled.pth").write_bytes(pickle.dumps(Harm()))
    with pytest.raises(WeightsInvalid):
        load(tmp_path / "pickled.pth")
    assert "stranger" not in capsys.readouterr().out


def test_a_text_that_claims_gigabytes_takes_no_memory(tmp_path):
    (tmp_path / "claims.pth").write_bytes(b"\x80\x02X" + (2**31 - 1).to_bytes(4, "little") + b"conv.weight")
    tracemalloc.start()
    try:
        with pytest.raises(WeightsInvalid):
            load(tmp_path / "claims.pth")
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()
