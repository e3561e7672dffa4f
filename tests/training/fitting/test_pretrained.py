"""Starting points, judged by timm's and open_clip's own networks with the same weights."""

import pytest
import torch
from safetensors.torch import save_file

from clipmat.config import variant
from clipmat.errors import WeightsInvalid
from clipmat.model import ClipMat
from training.fitting.pretrained import noun_vectors, start_from_clip, start_from_imagenet


def test_mobilenet_gives_timms_features(tmp_path):
    import timm

    torch.manual_seed(0)
    theirs = timm.create_model("mobilenetv2_100", pad_type="same", features_only=True)
    with torch.no_grad():
        for module in theirs.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.weight.uniform_(0.5, 1.5)
                module.bias.uniform_(-0.5, 0.5)
                module.running_mean.uniform_(-0.2, 0.2)
                module.running_var.uniform_(0.5, 2)
    theirs.eval()
    save_file(theirs.state_dict(), tmp_path / "mobilenet.safetensors")
    ours = ClipMat(variant("compact")).eval()
    start_from_imagenet(ours, tmp_path / "mobilenet.safetensors")
    pixels = torch.rand(1, 3, 96, 128) * 2 - 1
    with torch.inference_mode():
        for expected, level in zip(theirs(pixels), ours.image_encoder(pixels).levels, strict=False):
            torch.testing.assert_close(level, expected, atol=1e-4, rtol=1e-4)


def test_another_network_is_refused(tmp_path):
    save_file({"a": torch.zeros(1)}, tmp_path / "x.safetensors")
    with pytest.raises(WeightsInvalid, match="does not hold a MobileNetV2"):
        start_from_imagenet(ClipMat(variant("compact")), tmp_path / "x.safetensors")


def test_noun_vectors_are_read(tmp_path):
    import numpy as np

    np.savez(tmp_path / "n.npz", names=np.array(["cup", "dog"]), vectors=np.eye(2, 8, dtype=np.float16))
    names, vectors = noun_vectors(tmp_path / "n.npz")
    assert names == ["cup", "dog"] and vectors.shape == (2, 8) and vectors.dtype == torch.float32


def test_clips_towers_are_taken_over(tmp_path):
    """A CLIP of 224 px as open_clip saves it: same text, and an image tower with its positions resized to 512 px."""
    import open_clip

    torch.manual_seed(0)
    clip = open_clip.create_model("ViT-B-16-quickgelu", load_weights=False).eval()
    save_file(clip.state_dict(), tmp_path / "clip.safetensors")
    ours = ClipMat(variant("vit-b-16")).eval()
    start_from_clip(ours, tmp_path / "clip.safetensors")
    assert torch.equal(ours.text_tower.token_embedding.weight, clip.token_embedding.weight)
    visual = ours.image_encoder.visual
    assert torch.equal(visual.conv1.weight, clip.visual.conv1.weight)
    assert visual.positional_embedding.shape[0] == 32 * 32 + 1
    torch.testing.assert_close(visual.positional_embedding[0], clip.visual.positional_embedding[0])
    ids = open_clip.get_tokenizer("ViT-B-16")(["the red cup"])
    (own, valid), _ = ours.text_tower.tokenize(["the red cup"], 77)
    with torch.inference_mode():
        tokens = ours.text_tower.encode(ours.text_tower.embed(own), valid, torch.arange(77))
        pooled = tokens[0, int(ids[0].argmax())] @ clip.text_projection
        torch.testing.assert_close(pooled, clip.encode_text(ids)[0], atol=1e-4, rtol=1e-3)


def test_a_checkpoint_of_something_else_is_no_clip(tmp_path):
    save_file({"a": torch.zeros(1)}, tmp_path / "x.safetensors")
    with pytest.raises(WeightsInvalid, match="does not hold CLIP's ViT-B-16"):
        start_from_clip(ClipMat(variant("vit-b-16")), tmp_path / "x.safetensors")


def test_the_teacher_says_what_timms_network_says(tmp_path):
    import timm

    from training.class_teacher import read_teacher

    torch.manual_seed(0)
    theirs = timm.create_model("mobilenetv2_100", pad_type="same").eval()
    torch.nn.init.normal_(theirs.classifier.bias)
    save_file(theirs.state_dict(), tmp_path / "whole.safetensors")
    crops = torch.randint(0, 256, (2, 192, 192, 3), dtype=torch.uint8)
    teacher = read_teacher(tmp_path / "whole.safetensors")
    with torch.inference_mode():
        expected = theirs(crops.permute(0, 3, 1, 2).float() / 127.5 - 1)
    torch.testing.assert_close(teacher.logits(crops.numpy()), expected, atol=1e-4, rtol=1e-4)
    assert len(teacher.names) == 1000 and "tabby" in teacher.names
    features = {key: value for key, value in theirs.state_dict().items() if "classifier" not in key}
    save_file(features, tmp_path / "features.safetensors")
    with pytest.raises(WeightsInvalid, match="holds no classifier"):
        read_teacher(tmp_path / "features.safetensors")
