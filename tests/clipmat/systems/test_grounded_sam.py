"""Grounding DINO's boxes, SAM 2.1's masks: on tiny models of their own classes with random weights."""

import json
import shutil
from types import SimpleNamespace

import numpy as np
import pytest

from clipmat.candidates import Candidate
from clipmat.certainty import Certainty
from clipmat.errors import (
    BadPrompt,
    ExpressionTruncated,
    NotEnoughMemory,
    UnknownWeights,
    WeightsInvalid,
    WeightsMissing,
)
from clipmat.pointing import PromptMethod
from clipmat.systems import catalogue
from clipmat.systems.loading import load
from tests import tiny_systems

IMAGE = np.random.default_rng(1).integers(0, 255, (60, 90, 3)).astype(np.uint8)
IMAGE.flags.writeable = False  # as the editor's are
BOXES = ((10.0, 10.0, 40.0, 50.0), (50.0, 10.0, 80.0, 50.0))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_systems.grounded_sam(tmp_path_factory.mktemp("systems") / "tiny")


@pytest.fixture(scope="module")
def system(folder):
    loaded = load(folder, device="cpu", precision="float32")
    loaded.set_image(IMAGE)
    return loaded


@pytest.fixture
def asked(system, monkeypatch):
    """The system with two boxes that are known, the right one surer, and SAM in whose mask is what it was asked."""
    asked = []

    def soft(pointing):
        asked.append(pointing)
        mask = np.zeros(IMAGE.shape[:2], np.float32)
        x0, y0, x1, y1 = map(int, pointing.box or (0, 0, 20, 20))
        mask[y0:y1, x0:x1] = 1
        return mask

    offered = [Candidate(box, score, IMAGE.shape[:2]) for box, score in zip(BOXES, (0.6, 0.7), strict=True)]
    system.set_image(IMAGE)
    monkeypatch.setattr(system, "_found", lambda words: offered if words == "cup" else [])
    monkeypatch.setattr(system.masks, "soft", soft)
    return asked


@pytest.mark.parametrize("mm", [True, False])
def test_the_boxes_are_those_of_the_published_classes(folder, tmp_path, monkeypatch, mm):
    import torch
    from transformers import AutoModelForZeroShotObjectDetection, AutoProcessor

    detector = tiny_systems.grounding_dino(tmp_path / "either" / "detector", mm=mm)
    shutil.copytree(folder / "sam", tmp_path / "either" / "sam")
    processor = AutoProcessor.from_pretrained(detector)
    inputs = processor(images=[IMAGE.copy()], text=[["vase"]], return_tensors="pt")
    with torch.inference_mode():
        answer = AutoModelForZeroShotObjectDetection.from_pretrained(detector).eval()(**inputs)
    (expected,) = processor.post_process_grounded_object_detection(answer, threshold=0, target_sizes=[(60, 90)])
    monkeypatch.setattr("clipmat.systems.grounded_sam._LEAST", 0)
    system = load(tmp_path / "either", device="cpu", precision="float32")
    system.set_image(IMAGE)
    offered = system.predict("Vase", refine=False).candidates
    assert offered and all(candidate.mask is None for candidate in offered)
    wanted = np.c_[expected["boxes"].numpy().clip(0, (90, 60, 90, 60)), expected["scores"].numpy()]
    for candidate in offered:
        assert np.abs(wanted - [*candidate.box, candidate.score]).max(axis=1).min() < 1e-3
    assert [one.score for one in offered] == sorted((one.score for one in offered), reverse=True)


@pytest.mark.parametrize(
    ("points", "box"),
    [([(20, 30, True)], None), ([(20, 30, True), (60, 40, False)], None), ([], BOXES[0]), ([(20, 30, True)], BOXES[0])],
)
def test_the_masks_are_those_of_the_published_classes(system, folder, monkeypatch, points, box):
    import cv2
    import torch
    from transformers import Sam2Model, Sam2Processor

    prompts = {}
    if points:
        prompts |= {"input_points": [[[[x, y] for x, y, _ in points]]]}
        prompts |= {"input_labels": [[[int(keep) for *_, keep in points]]]}
    if box:
        prompts["input_boxes"] = [[list(box)]]
    processor = Sam2Processor.from_pretrained(folder / "sam")
    inputs = processor(images=[IMAGE.copy()], return_tensors="pt", **prompts)
    with torch.inference_mode():
        answer = Sam2Model.from_pretrained(folder / "sam").eval()(
            pixel_values=inputs["pixel_values"],
            **{name: inputs[name] for name in prompts},
            multimask_output=len(points) == 1 and box is None,
        )
    best = answer.iou_scores[0, 0].argmax()
    logits = cv2.resize(answer.pred_masks[0, 0, best].numpy(), (90, 60), interpolation=cv2.INTER_LINEAR)
    seen = []
    system.set_image(IMAGE)
    soft = system.masks.soft
    monkeypatch.setattr(system.masks, "soft", lambda pointing: seen.append(soft(pointing)) or seen[-1])
    answered = system.predict(points=points, box=box)
    np.testing.assert_allclose(seen[0], 1 / (1 + np.exp(-logits)), atol=1e-4)
    assert answered.method is PromptMethod.POINTED and answered.presence == 1 and answered.note == ""


@pytest.mark.parametrize(("text", "box"), [("the cup on the left", 0), ("the second cup from the left", 1), ("cup", 1)])
def test_places_choose_the_box_that_sam_gets(system, asked, text, box):
    answer = system.predict(text)
    assert [pointing.box for pointing in asked] == [BOXES[box]]
    assert len(answer.candidates) == 2 and answer.certainty is Certainty.SURE
    inside = answer.matte[20:40, 15:35] if box == 0 else answer.matte[20:40, 55:75]
    assert (inside > 0.9).all() and answer.matte[:5].max() == 0 and set(np.unique(answer.trimap)) == {0, 128, 255}


def test_clicks_beside_words_choose_a_box_and_go_with_it(system, asked):
    answer = system.predict("cup", points=[(20, 30, True), (35, 45, False)])
    assert asked[0].box == BOXES[0] and len(asked[0].points) == 2
    assert answer.method is PromptMethod.WORDS_CHOSEN and answer.presence == 0.6
    answer = system.predict("cup", points=[(2, 3, True)])
    assert asked[1].box is None and answer.method is PromptMethod.POINTED


def test_nothing_found_is_no_certainty_and_there_is_nothing_to_drop_from(system, asked):
    answer = system.predict("zebra")
    assert (answer.certainty, answer.presence, answer.candidates) == (Certainty.NONE, 0, ())
    assert not answer.matte.any() and not asked
    with pytest.raises(BadPrompt, match="nothing yet to drop from"):
        system.predict(points=[(20, 30, False)])
    assert not asked


def test_words_that_do_not_fit_are_named(system):
    system.set_image(IMAGE)
    with pytest.warns(ExpressionTruncated, match="not read: .*z"):
        system.predict("a" * 10 + " b" * 40 + " z")


def test_a_part_that_is_missing_or_damaged_is_refused_in_one_line(folder, tmp_path, no_user_weights):
    with pytest.raises(WeightsInvalid, match="of a system of several parts the folder with a folder for each"):
        load(folder / "sam")
    broken = shutil.copytree(folder, tmp_path / "broken")
    weights = broken / "sam" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:500])
    with pytest.raises(WeightsInvalid, match="cannot be read .*: copy all their files there again"):
        load(broken, device="cpu")
    shutil.copytree(folder / "detector", no_user_weights / "mm_grounding_dino_tiny_o365v1_goldg_v3det")
    with pytest.raises(WeightsMissing, match="fetch grounded-sam` downloads 156 MB.*copy the files of facebook/sam2.1"):
        load("grounded-sam")
    with pytest.raises(UnknownWeights, match="did you mean 'grounded-sam'"):
        load("groundedsam")


def test_that_memory_is_asked_for_before_anything_is_read(folder, monkeypatch):
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(available=1_100_000_000))
    with pytest.raises(NotEnoughMemory, match=r"needs about 2\.0 GB of memory and 1\.1 are free: .*choose 'compact'"):
        load(folder, device="cpu")


def test_by_name_sizes_are_systems_of_their_own_and_sam_may_be_a_video_model(folder, no_user_weights):
    shutil.copytree(folder / "detector", no_user_weights / "mm_grounding_dino_tiny_o365v1_goldg_v3det")
    sam = shutil.copytree(folder / "sam", no_user_weights / "sam2.1-hiera-large")
    config = json.loads((sam / "config.json").read_text())
    (sam / "config.json").write_text(json.dumps(config | {"model_type": "sam2_video"}))
    states = {info.name: info.state for info in catalogue.catalogue()}
    assert states["grounded-sam-large"] == "ready" and states["grounded-sam"] == "missing"
    system = load("grounded-sam-large", device="cpu")
    system.set_image(IMAGE)
    assert system.predict(points=[(20, 30, True)]).matte.shape == (60, 90)
    assert catalogue.system_of(no_user_weights) == "grounded-sam"
