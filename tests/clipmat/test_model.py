"""The network as a whole: shapes, which parts depend on the text, the ablation switches, and the fusion."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional

from clipmat.config import variant
from clipmat.model import ClipMat, build_encoders, fuse_hard, fuse_soft
from clipmat.pointing import Pointing
from clipmat.pointing_planes import pointing_planes
from clipmat.refiner import Refiner

SWITCHES = ("pre_context", "post_context", "popup", "details")


@pytest.fixture(scope="module")
def compact():
    torch.manual_seed(0)
    return ClipMat(variant("compact")).eval()


def ask(model, pixels, *expressions):
    tokens, _ = model.tokenize(list(expressions))
    with torch.inference_mode():
        return model(pixels, tokens)


@pytest.mark.parametrize("size", [(64, 64), (96, 160), (320, 64)])
def test_every_output_has_the_inputs_size(compact, size):
    out = ask(compact, torch.randn(2, 3, *size), "the cup", "the red dog on the left of the box")
    assert out.trimap_logits.shape == (2, 3, *size)
    assert out.details.shape == out.matte.shape == (2, 1, *size)
    assert out.presence_logits.shape == (2,)
    assert 0 <= out.matte.min() and out.matte.max() <= 1


def test_four_levels_at_their_strides(compact):
    with torch.inference_mode():
        features = compact.image_encoder(torch.randn(1, 3, 128, 192))
        details = compact.details_extractor(features.levels, torch.randn(1, 3, 128, 192))
    assert [tuple(f.shape[2:]) for f in details] == [(64, 96), (32, 48), (16, 24), (8, 12)]
    assert [f.shape[1] for f in details] == list(variant("compact").detail_channels)
    assert features.tokens.shape == (1, 8 * 12 + 1, variant("compact").visual_width)


def test_only_the_semantic_path_sees_the_text(compact):
    pixels = torch.randn(1, 3, 96, 96)
    one, other = ask(compact, pixels, "the cup"), ask(compact, pixels, "the dog in the upper left corner")
    assert torch.equal(one.details, other.details)
    assert not torch.allclose(one.trimap_logits, other.trimap_logits)


def test_a_batch_answers_as_its_members_do(compact):
    pixels = torch.randn(3, 3, 96, 96)
    words = ["the cup", "the black and white cat that is on the left of the chair", "dog"]
    together = ask(compact, pixels, *words)
    for i, word in enumerate(words):
        # Alone, a keyword is read in the keyword setting; padding must not matter.
        alone = ask(compact, pixels[i : i + 1], word)
        torch.testing.assert_close(alone.matte[0], together.matte[i], atol=2e-4, rtol=1e-3)


@pytest.mark.parametrize("off", SWITCHES)
def test_each_module_can_be_switched_off(off):
    torch.manual_seed(0)
    model = ClipMat(variant("compact").without(off)).eval()
    one, other = (ask(model, torch.ones(1, 3, 64, 64), text) for text in ("the cup", "the dog"))
    assert one.matte.shape == (1, 1, 64, 64)
    assert not torch.allclose(one.trimap_logits, other.trimap_logits), "the text must still matter"
    names = {name.split(".")[0] for name, _ in model.named_parameters()}
    assert ("details_extractor" in names) == (off != "details")
    assert (model.prompt.vectors.numel() == 0) == (off == "post_context")
    assert (len(model.popup.blocks) == 0) == (off == "popup")


def test_all_switched_off_still_mattes():
    model = ClipMat(variant("compact").without(*SWITCHES)).eval()
    assert ask(model, torch.zeros(1, 3, 64, 96), "the cup").matte.shape == (1, 1, 64, 96)


def test_every_parameter_is_trained(compact):
    torch.manual_seed(0)
    model = ClipMat(variant("compact")).train()
    tokens, _ = model.tokenize(["the cup", "the dog behind the car"])
    pointing = torch.from_numpy(pointing_planes(Pointing(((30, 20, True),), (8, 8, 50, 40)), (64, 64)))
    text, valid = model.encode_text(tokens)
    out = model.decode(
        model.encode_image(torch.randn(2, 3, 64, 64)), text, valid, pointing=pointing.expand(2, -1, -1, -1)
    )
    (out.matte.sum() + out.presence_logits.sum()).backward()
    unused = [name for name, p in model.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    # A key's bias shifts all scores of a softmax alike and has no gradient by nature.
    assert unused == []


def test_fusion_is_foreground_one_background_zero_transition_details():
    logits = torch.zeros(1, 3, 1, 3)
    for column, label in enumerate((0, 1, 2)):
        logits[0, label, 0, column] = 9.0
    details = torch.full((1, 1, 1, 3), 0.3)
    np.testing.assert_allclose(fuse_hard(logits, details)[0, 0, 0], [0, 0.3, 1], atol=1e-6)
    np.testing.assert_allclose(fuse_soft(logits.softmax(dim=1), details)[0, 0, 0], [0, 0.3, 1], atol=1e-3)


def test_soft_fusion_is_the_expected_alpha():
    torch.manual_seed(1)
    logits, details = torch.randn(2, 3, 4, 5, dtype=torch.float64), torch.rand(2, 1, 4, 5, dtype=torch.float64)
    p = np.exp(logits.numpy()) / np.exp(logits.numpy()).sum(axis=1, keepdims=True)
    expected = 0 * p[:, 0] + details.numpy()[:, 0] * p[:, 1] + 1 * p[:, 2]
    np.testing.assert_allclose(fuse_soft(logits.softmax(dim=1), details)[:, 0].numpy(), expected, atol=1e-6)


def test_several_expressions_of_one_image_are_answered_at_once(compact):
    pixels = torch.randn(2, 3, 64, 96)
    words = ["the cup", "the dog on the left", "the red car", "the cat behind the box"]
    together = ask(compact, pixels, *words)
    for i, word in enumerate(words):
        alone = ask(compact, pixels[i // 2 : i // 2 + 1], word)
        torch.testing.assert_close(together.matte[i], alone.matte[0], atol=2e-4, rtol=1e-3)


def test_half_size_outputs_are_the_same_answer(compact):
    tokens, _ = compact.tokenize(["the cup"])
    pixels = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        full, half = compact(pixels, tokens), compact(pixels, tokens, shrink=2)
    averaged = functional.avg_pool2d(full.trimap_logits, 2)
    assert (averaged - half.trimap_logits).abs().mean() < 0.1 * full.trimap_logits.abs().mean()


def test_the_refiner_is_a_part_that_a_network_may_have():
    without = ClipMat(variant("compact"))
    assert without.refiner is None
    having = ClipMat(replace(variant("compact"), refiner=True))
    names = {name for name in having.state_dict() if name.startswith("refiner.")}
    assert (
        set(having.state_dict()) - set(without.state_dict())
        == names
        == {f"refiner.{name}" for name in Refiner().state_dict()}
    )
    without.refiner = Refiner()
    assert set(without.state_dict()) == set(having.state_dict())


def test_without_a_presence_head_everything_is_taken_to_be_there():
    model = ClipMat(replace(variant("compact"), presence_head=False)).eval()
    out = ask(model, torch.zeros(2, 3, 64, 64), "the cup", "the dog")
    assert (out.presence_logits == torch.inf).all() and out.presence_logits.shape == (2,)


def test_an_unknown_encoder_is_named():
    with pytest.raises(ValueError, match="kind 'magic'"):
        build_encoders(replace(variant("compact"), image_encoder="magic:wand"))
