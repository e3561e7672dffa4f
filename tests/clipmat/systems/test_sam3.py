"""SAM 3's instances and its tracker's masks: on a tiny model of its own classes with random weights."""

import json
import shutil

import numpy as np
import pytest

from clipmat import hub
from clipmat.certainty import Certainty
from clipmat.errors import ExpressionTruncated, FetchFailed, WeightsInvalid, WeightsMissing
from clipmat.pointing import PromptMethod
from clipmat.systems import fetching
from clipmat.systems.loading import load
from clipmat.systems.sam3 import Instance
from tests import tiny_systems

IMAGE = np.random.default_rng(1).integers(0, 255, (60, 90, 3)).astype(np.uint8)
IMAGE.flags.writeable = False  # as the editor's are


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_systems.sam3(tmp_path_factory.mktemp("systems") / "tiny")


@pytest.fixture(scope="module")
def system(folder):
    return load(folder, device="cpu", precision="float32")


@pytest.fixture
def known(system, monkeypatch):
    """The system with two instances that are known, the right one surer."""
    import torch

    system.set_image(IMAGE)
    offered = []
    for left, score in ((10, 0.6), (50, 0.7)):
        logits = torch.full((60, 90), -9.0)
        logits[15:45, left : left + 30] = 9
        mask = logits.numpy() > 0
        offered.append(Instance((left, 15, left + 30, 45), score, (60, 90), mask, logits))
    monkeypatch.setattr(system, "_found", lambda words: offered)
    return system


def test_the_instances_are_those_of_the_published_classes(system, folder, monkeypatch):
    import torch
    from transformers import Sam3Model, Sam3Processor

    processor = Sam3Processor.from_pretrained(folder)
    inputs = processor(images=[IMAGE.copy()], text="vase", return_tensors="pt")
    with torch.inference_mode():
        answer = Sam3Model.from_pretrained(folder).eval()(
            **{name: inputs[name] for name in ("pixel_values", "input_ids", "attention_mask")}
        )
    (expected,) = processor.image_processor.post_process_instance_segmentation(
        answer, threshold=0, target_sizes=[(60, 90)]
    )
    monkeypatch.setattr("clipmat.systems.sam3._LEAST", 0)
    system.set_image(IMAGE)
    offered = system.predict("vase", refine=False).candidates
    order = expected["scores"].argsort(descending=True)
    scores, masks = expected["scores"][order].numpy(), expected["masks"][order].numpy().astype(bool)
    shown = masks.any(axis=(1, 2))
    assert len(offered) == shown.sum() > 0
    np.testing.assert_allclose([one.score for one in offered], scores[shown], atol=1e-4)
    for one, mask in zip(offered, masks[shown], strict=True):
        assert (one.mask != mask).mean() < 0.01


@pytest.mark.parametrize(("points", "box"), [([(20, 30, True)], None), ([(20, 30, True)], (5, 5, 40, 50))])
def test_the_masks_of_clicks_are_those_of_the_published_tracker(system, folder, monkeypatch, points, box):
    import cv2
    import torch
    from transformers import Sam3TrackerModel, Sam3TrackerProcessor

    prompts = {"input_points": [[[[x, y] for x, y, _ in points]]], "input_labels": [[[1] * len(points)]]}
    if box:
        prompts["input_boxes"] = [[list(box)]]
    inputs = Sam3TrackerProcessor.from_pretrained(folder)(images=[IMAGE.copy()], return_tensors="pt", **prompts)
    with torch.inference_mode():
        answer = Sam3TrackerModel.from_pretrained(folder).eval()(
            pixel_values=inputs["pixel_values"],
            **{name: inputs[name] for name in prompts},
            multimask_output=box is None,
        )
    best = answer.iou_scores[0, 0].argmax()
    logits = cv2.resize(answer.pred_masks[0, 0, best].numpy(), (90, 60), interpolation=cv2.INTER_LINEAR)
    seen = []
    system.set_image(IMAGE)
    soft = system.masks.soft
    monkeypatch.setattr(system.masks, "soft", lambda pointing: seen.append(soft(pointing)) or seen[-1])
    answered = system.predict(points=points, box=box)
    np.testing.assert_allclose(seen[0], 1 / (1 + np.exp(-logits)), atol=1e-4)
    assert answered.method is PromptMethod.POINTED and answered.presence == 1


@pytest.mark.parametrize(("text", "left"), [("the dog on the left", True), ("the second dog from the left", False)])
def test_the_dog_on_the_left_is_the_left_dog(known, text, left):
    answer = known.predict(text)
    assert [bool(half.max() > 0.5) for half in (answer.matte[:, :45], answer.matte[:, 45:])] == [left, not left]
    assert len(answer.candidates) == 2 and answer.certainty is Certainty.SURE


def test_a_click_beside_words_chooses_an_instance(known):
    answer = known.predict("dog", points=[(20, 30, True)])
    assert answer.method is PromptMethod.WORDS_CHOSEN and answer.presence == 0.6
    assert answer.matte[30, 20] == 1 and not answer.matte[:, 55:].any()


def test_words_that_do_not_fit_are_named(system):
    system.set_image(IMAGE)
    with pytest.warns(ExpressionTruncated, match="not read: .*z"):
        system.predict(" ".join("abcdefghijklmnopqrstuvwxyz" * 4))


def test_without_its_tracker_it_is_refused_and_without_consent_the_way_to_it_is_named(
    folder, tmp_path, monkeypatch, no_user_weights
):
    alone = shutil.copytree(folder, tmp_path / "alone")
    config = json.loads((alone / "config.json").read_text())
    (alone / "config.json").write_text(json.dumps(config["detector_config"]))
    with pytest.raises(WeightsInvalid, match="without the weights of a system"):
        load(alone, device="cpu")
    way = "huggingface.co/facebook/sam3.*hf auth login.*~/.cache/huggingface/token"
    with pytest.raises(WeightsMissing, match=f"{way}.*models fetch sam3.*or give a folder"):
        load("sam3")

    def refused(repo, remedy):
        raise FetchFailed(f"{repo} could not be reached (GatedRepoError): {remedy}")

    monkeypatch.setattr(hub, "files", refused)
    with pytest.raises(FetchFailed, match=f"{way}.*copy the files"):
        fetching.fetch("sam3")
