"""ViTMatte in place of our post-refiner: on a tiny model of its own classes with random weights."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from clipmat import image_files
from clipmat.errors import UnknownWeights, WeightsInvalid, WeightsMissing
from clipmat.systems import catalogue, vitmatte
from clipmat.systems.catalogue import split
from clipmat.systems.loading import load
from tests import tiny_systems

SAMPLES = Path(__file__).parents[3] / "resources" / "samples"

IMAGE = np.random.default_rng(1).integers(0, 255, (70, 90, 3)).astype(np.uint8)
IMAGE.flags.writeable = False  # as the editor's are


def trimap_of_disc(size, radius):
    rows, columns = np.mgrid[: size[0], : size[1]]
    apart = np.hypot(rows - size[0] / 2, columns - size[1] / 2)
    return np.where(apart > radius + 8, 0, np.where(apart < radius - 8, 255, 128)).astype(np.uint8)


TRIMAP = trimap_of_disc((70, 90), 20)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_systems.vitmatte(tmp_path_factory.mktemp("systems") / "tiny")


@pytest.fixture(scope="module")
def predictor(folder):
    return load(f"compact+{folder}", device="cpu", precision="float32")


def test_the_alpha_is_that_of_the_published_classes(predictor, folder):
    import torch
    from transformers import VitMatteForImageMatting, VitMatteImageProcessor

    # The tile is what is unknown and all around it, which here is the whole image.
    inputs = VitMatteImageProcessor.from_pretrained(folder)(
        images=[IMAGE.copy()], trimaps=[TRIMAP], return_tensors="pt"
    )
    with torch.inference_mode():
        expected = VitMatteForImageMatting.from_pretrained(folder).eval()(**inputs).alphas[0, 0, :70, :90].numpy()
    found = predictor.edges.alpha(IMAGE, TRIMAP)
    np.testing.assert_allclose(found[TRIMAP == 128], expected[TRIMAP == 128], atol=1e-5)
    assert (found[TRIMAP == 255] == 1).all() and not found[TRIMAP == 0].any()


@pytest.mark.parametrize("setting", [{"image_mean": {"a": 1}}, {"rescale_factor": 0}, {"size_divisor": [1]}])
def test_settings_that_fail_only_at_work_are_a_damage_of_the_weights(folder, tmp_path, setting):
    shutil.copytree(folder, tmp_path / "odd")
    path = tmp_path / "odd" / "preprocessor_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | setting))
    with pytest.raises(WeightsInvalid, match="copy or fetch"):
        load(f"compact+{tmp_path / 'odd'}", device="cpu").refine(IMAGE, TRIMAP / np.float32(255), TRIMAP)


def test_it_computes_the_edges_of_our_own_answers_and_of_patches(predictor, monkeypatch):
    def half(image, trimap):
        return np.where(trimap == 128, np.float32(0.5), (trimap == 255).astype(np.float32))

    monkeypatch.setattr(predictor.edges, "alpha", half)
    predictor.set_image(image_files.read(SAMPLES / "still_life.jpg").pixels[::4, ::4].copy())
    for answer in (predictor.predict("the sunflower"), predictor.draft("the sunflower").prediction):
        assert answer.matte.dtype == np.float32 and (answer.trimap == 128).any()
        assert (answer.matte[answer.trimap == 128] == 0.5).all()
    coarse = predictor.predict("the sunflower", refine=False)
    np.testing.assert_array_equal(coarse.matte[answer.trimap != 128], answer.matte[answer.trimap != 128])
    patch = predictor.refine(IMAGE, np.zeros((70, 90), np.float32), TRIMAP)
    assert (patch[TRIMAP == 128] == 0.5).all() and not patch[TRIMAP != 128].any()


def test_it_computes_the_edges_of_another_system(folder, tmp_path, monkeypatch):
    system = load(f"{tiny_systems.clipseg(tmp_path / 'clipseg')}+{folder}", device="cpu", precision="float32")
    seen = []
    monkeypatch.setattr(system.edges, "alpha", lambda image, trimap: seen.append(trimap) or trimap / np.float32(255))
    heat = np.zeros((70, 90), np.float32)
    heat[20:50, 20:60] = 0.9
    monkeypatch.setattr(system, "heat", lambda words: heat)
    system.set_image(IMAGE)
    answer = system.predict("cup")
    assert (seen[0] == answer.trimap).all()
    np.testing.assert_allclose(answer.matte[answer.trimap == 128], 128 / 255)


@pytest.mark.parametrize("size", [(300, 200), (60, 70)])
def test_tiles_cover_what_is_unknown_and_join_without_a_seam(predictor, monkeypatch, size):
    monkeypatch.setattr(vitmatte, "_TILE", 96)
    monkeypatch.setattr(vitmatte, "_OVERLAP", 16)
    trimap = trimap_of_disc(size, min(size) // 2 - 15)
    rows, columns = np.mgrid[: size[0], : size[1]]
    wave = (0.5 + 0.5 * np.sin(rows / 9) * np.cos(columns / 7)).astype(np.float32)
    image = np.repeat((255 * wave).round().astype(np.uint8)[..., None], 3, axis=2)
    shapes = []

    def shown(pixels, labels):
        shapes.append(labels.shape)
        return pixels[..., 0] / np.float32(255)

    monkeypatch.setattr(predictor.edges, "_tile", shown)
    found = predictor.edges.alpha(image, trimap)
    np.testing.assert_allclose(found[trimap == 128], wave[trimap == 128], atol=3e-3)
    assert max(map(max, shapes)) <= 96 and (len(shapes) > 4) == (size[0] > 96)


def test_nothing_unknown_asks_nobody(predictor, monkeypatch):
    monkeypatch.setattr(predictor.edges, "_tile", None)
    known = np.where(TRIMAP > 128, 255, 0).astype(np.uint8)
    assert (predictor.edges.alpha(IMAGE, known) == known / 255).all()


def test_names(folder, no_user_weights):
    assert split("grounded-sam+vitmatte") == ("grounded-sam", "vitmatte")
    assert split("vitmatte-base") == ("compact", "vitmatte-base") and split("compact") == ("compact", "")
    assert split(f"a+b/c.safetensors+{folder}") == ("a+b/c.safetensors", str(folder))
    assert split("a+b.safetensors") == ("a+b.safetensors", "")
    with pytest.raises(WeightsMissing, match="models fetch vitmatte` downloads 103 MB"):
        load("compact+vitmatte")
    with pytest.raises(WeightsMissing, match="models fetch clipseg"):
        load("clipseg+vitmatte")
    with pytest.raises(UnknownWeights):
        load("compact+vitmate")
    assert "vitmatte" not in " ".join(catalogue.choices(catalogue.catalogue()))
    shutil.copytree(folder, no_user_weights / "vitmatte-small-composition-1k")
    shutil.copytree(tiny_systems.clipseg(no_user_weights / "x"), no_user_weights / "clipseg-rd64-refined")
    assert catalogue.choices(catalogue.catalogue()) == ("clipseg", "clipseg+vitmatte")
    assert load("vitmatte", device="cpu").edges.weights == "vitmatte"
