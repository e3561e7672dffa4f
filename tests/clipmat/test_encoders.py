"""The encoder pairs, judged by torchvision's MobileNetV2 and open_clip's own forward passes."""

import open_clip
import pytest
import torch
from torch.nn.utils.fusion import fuse_conv_bn_eval

from clipmat.config import FORMER_COMPACT, variant
from clipmat.encoders import ClipImageEncoder, ImageEncoder, TextTokens, TextTower
from clipmat.model import build_encoders


@pytest.fixture(scope="module")
def published():
    """torchvision's MobileNetV2, written by others, with random weights and statistics."""
    from torchvision.models import mobilenet_v2

    torch.manual_seed(0)
    theirs = mobilenet_v2(weights=None).features[:-1].eval()
    for layer in theirs.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            torch.nn.init.normal_(layer.running_mean, std=0.1)
            torch.nn.init.uniform_(layer.running_var, 0.5, 1.5)
            torch.nn.init.uniform_(layer.weight, 0.5, 1.5)
            torch.nn.init.normal_(layer.bias, std=0.1)
    return theirs


@pytest.fixture(scope="module")
def mobilenet(published):
    """Ours, with the same weights, batch norms folded by torch's own function."""
    ours = build_encoders(FORMER_COMPACT)[0].eval()
    theirs = [m for m in published.modules() if isinstance(m, torch.nn.Conv2d | torch.nn.BatchNorm2d)]
    own = [m for m in ours.modules() if isinstance(m, torch.nn.Conv2d)]
    assert len(theirs) == 2 * len(own)
    for conv, norm, mine in zip(theirs[::2], theirs[1::2], own, strict=True):
        folded = fuse_conv_bn_eval(conv, norm)
        assert (mine.weight.shape, mine.stride) == (folded.weight.shape, folded.stride)
        mine.load_state_dict({"weight": folded.weight, "bias": folded.bias})
    return ours


def test_mobilenet_is_the_published_one(published, mobilenet):
    """Apart from padding: at stride 2 ours pads as TensorFlow did, theirs by one pixel on every side.

    So an image of constant colour is compared, far from its border.
    """
    pixels = torch.randn(1, 3, 1, 1).expand(-1, -1, 512, 512)
    with torch.no_grad():
        ours, theirs = mobilenet.deepest(pixels), published(pixels)
    assert ours.shape == theirs.shape == (1, 320, 16, 16)
    torch.testing.assert_close(ours[..., 7:9, 7:9], theirs[..., 7:9, 7:9], atol=1e-4, rtol=1e-3)
    assert theirs[..., 8, 8].std() > 1e-2


def test_stride_2_pads_below_and_to_the_right_as_tensorflow_does(mobilenet):
    """TensorFlow's documented rule for SAME: of an odd number of rows to pad, the extra one is at the end."""
    stem = mobilenet.stem
    pixels = torch.randn(1, 3, 8, 12, generator=torch.Generator().manual_seed(1))
    padded = torch.zeros(1, 3, 9, 13)
    padded[..., :8, :12] = pixels
    expected = torch.zeros(1, 32, 4, 6)
    for y in range(4):
        for x in range(6):
            patch = padded[0, :, 2 * y : 2 * y + 3, 2 * x : 2 * x + 3]
            expected[0, :, y, x] = (stem.weight * patch).sum(dim=(1, 2, 3)) + stem.bias
    inputs = []
    handle = mobilenet.stages[0].register_forward_hook(lambda _, given, out: inputs.append(given[0]))
    with torch.no_grad():
        mobilenet.deepest(torch.nn.functional.pad(pixels, (0, 20, 0, 24)))
    handle.remove()
    torch.testing.assert_close(inputs[0][..., :3, :5], expected.clamp(0, 6)[..., :3, :5])


def test_compact_tokens_are_both_deep_levels_on_one_grid(mobilenet):
    pixels = torch.randn(2, 3, 96, 160, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        features, deep = mobilenet(pixels), mobilenet.deepest(pixels)
    config = FORMER_COMPACT
    assert features.grid == (6, 10) and features.tokens.shape == (2, 61, config.visual_width)
    assert [tuple(level.shape[1:]) for level in features.levels] == [
        (channels, 96 // stride, 160 // stride)
        for channels, stride in zip(config.level_channels, (2, 4, 8, 16), strict=True)
    ]
    row, column = 3, 7
    token = features.tokens[:, 1 + row * 10 + column]
    torch.testing.assert_close(token[:, :96], features.levels[3][:, :, row, column])
    # Bilinear from stride 32 to 16 with kept pixel centres: quarters and three quarters.
    there = 0.75 * (0.75 * deep[..., 1, 3] + 0.25 * deep[..., 1, 4]) + 0.25 * (
        0.75 * deep[..., 2, 3] + 0.25 * deep[..., 2, 4]
    )
    torch.testing.assert_close(token[:, 96:], there, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(features.tokens[:, 0], features.tokens[:, 1:].mean(dim=1))


@pytest.fixture(scope="module")
def efficientnet():
    torch.manual_seed(0)
    return build_encoders(variant("compact"))[0].eval()


def test_the_pyramid_brings_depth_to_stride_8_and_16(efficientnet):
    """Written anew from the figure: lateral projections, upsampled sums, a mix at each level."""
    pixels = torch.randn(2, 3, 96, 160, generator=torch.Generator().manual_seed(2))
    maps = []
    handles = [efficientnet.stages[i].register_forward_hook(lambda _, given, out: maps.append(out)) for i in (2, 4, 6)]
    with torch.no_grad():
        features = efficientnet(pixels)
        coarse, middle, fine = (efficientnet.lateral[i](maps[i]) for i in (2, 1, 0))
        coarse = efficientnet.mix[2](coarse + efficientnet.context(coarse.mean(dim=(2, 3)))[..., None, None])
        larger = torch.nn.Upsample(scale_factor=2, mode="bilinear")
        middle = efficientnet.mix[1](middle + larger(coarse))
        fine = efficientnet.mix[0](fine + larger(middle))
        places = efficientnet.place(fine)
    for handle in handles:
        handle.remove()
    config = variant("compact")
    assert features.grid == (6, 10) and features.tokens.shape == (2, 61, config.visual_width)
    assert [tuple(level.shape[1:]) for level in features.levels] == [
        (channels, 96 // stride, 160 // stride)
        for channels, stride in zip(config.level_channels, (2, 4, 8, 16), strict=True)
    ]
    assert features.places.shape == (2, config.meaning_width, 12, 20)
    torch.testing.assert_close(features.places, places, atol=1e-5, rtol=1e-4)
    grid = features.tokens[:, 1:].transpose(1, 2).unflatten(2, (6, 10))
    torch.testing.assert_close(grid, torch.cat([features.levels[3], middle], dim=1), atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(features.tokens[:, 0], features.tokens[:, 1:].mean(dim=1))


@pytest.fixture(scope="module")
def clip():
    """A small CLIP as open_clip builds it: eight blocks on a grid of 4 x 4."""
    torch.manual_seed(0)
    return open_clip.CLIP(
        32,
        vision_cfg={"layers": 8, "width": 64, "patch_size": 16, "image_size": 64},
        text_cfg={"context_length": 77, "vocab_size": 49408, "width": 32, "heads": 4, "layers": 1},
    ).eval()


def test_clips_image_tokens_are_those_that_open_clip_pools(clip):
    pixels = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        features = ClipImageEncoder(clip.visual)(pixels)
        pooled = clip.encode_image(pixels)
    assert features.tokens.shape == (2, 17, 64) and features.grid == (4, 4)
    # encode_image is the normed class token, projected.
    torch.testing.assert_close(features.tokens[:, 0] @ clip.visual.proj, pooled, atol=1e-5, rtol=1e-4)


def test_clips_levels_are_what_leaves_each_quarter_of_the_blocks(clip):
    pixels = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    blocks, outputs = clip.visual.transformer.resblocks, []
    handles = [blocks[i].register_forward_hook(lambda _, given, out: outputs.append(out)) for i in (1, 3, 5, 7)]
    with torch.no_grad():
        features = ClipImageEncoder(clip.visual)(pixels)
    for handle in handles:
        handle.remove()
    for level, tokens in zip(features.levels, outputs, strict=True):
        assert level.shape == (1, 64, 4, 4)
        torch.testing.assert_close(level[0, :, 2, 3], tokens[0, 1 + 2 * 4 + 3])


def test_tokens_move_to_a_device_together():
    tokens = TextTokens(torch.zeros(1, 2, dtype=torch.long), torch.ones(1, 2, dtype=torch.bool)).to("meta")
    assert tokens.ids.device.type == tokens.valid.device.type == "meta"


@pytest.mark.parametrize("interface", [ImageEncoder, TextTower])
def test_the_interfaces_cannot_be_built(interface):
    with pytest.raises(TypeError, match="abstract"):
        interface()
