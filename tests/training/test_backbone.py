"""Starting points, judged by timm's and open_clip's own networks with the same weights."""

import pytest
import torch
from safetensors.torch import save_file

from clipmat.config import variant
from clipmat.errors import WeightsInvalid
from clipmat.model import ClipMat
from training.backbone import noun_vectors, start_from_mobilenet


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
    start_from_mobilenet(ours, tmp_path / "mobilenet.safetensors")
    pixels = torch.rand(1, 3, 96, 128) * 2 - 1
    with torch.inference_mode():
        for expected, level in zip(theirs(pixels), ours.image_encoder(pixels).levels, strict=False):
            torch.testing.assert_close(level, expected, atol=1e-4, rtol=1e-4)


def test_another_network_is_refused(tmp_path):
    save_file({"a": torch.zeros(1)}, tmp_path / "x.safetensors")
    with pytest.raises(WeightsInvalid, match="does not hold a MobileNetV2"):
        start_from_mobilenet(ClipMat(variant("compact")), tmp_path / "x.safetensors")


def test_noun_vectors_are_read(tmp_path):
    import numpy as np

    np.savez(tmp_path / "n.npz", names=np.array(["cup", "dog"]), vectors=np.eye(2, 8, dtype=np.float16))
    names, vectors = noun_vectors(tmp_path / "n.npz")
    assert names == ["cup", "dog"] and vectors.shape == (2, 8) and vectors.dtype == torch.float32
