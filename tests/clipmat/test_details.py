"""MDE, judged by the same written anew in numpy and OpenCV."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from clipmat.config import variant
from clipmat.details import DetailsExtractor, conv_bn_relu

CONFIG = replace(
    variant("compact"), level_channels=(3, 4, 5, 6), detail_projection=(2, 3, 4, 5), detail_channels=(6, 5, 4, 3)
)


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def extractor():
    torch.manual_seed(0)
    module = DetailsExtractor(CONFIG).eval()
    for layer in module.modules():
        if isinstance(layer, torch.nn.BatchNorm2d | torch.nn.GroupNorm):
            torch.nn.init.uniform_(layer.weight, 0.5, 1.5)
            torch.nn.init.normal_(layer.bias)
        if isinstance(layer, torch.nn.BatchNorm2d):
            torch.nn.init.normal_(layer.running_mean)
            torch.nn.init.uniform_(layer.running_var, 0.5, 2)
    return module


def test_the_block_is_convolution_batch_norm_and_relu(reference):
    torch.manual_seed(0)
    layers = conv_bn_relu(3, 4).eval()
    torch.nn.init.normal_(layers[1].running_mean)
    torch.nn.init.uniform_(layers[1].running_var, 0.5, 2)
    x = random(1, 3, 5, 7)
    with torch.no_grad():
        out = layers(x)
    np.testing.assert_allclose(reference.last(out), reference.block(reference.last(x), layers), atol=1e-5)


@pytest.mark.parametrize("coarse", [False, True], ids=["own strides", "one grid, as ViT's levels"])
def test_each_level_is_projected_normed_enlarged_and_joined_with_the_image(extractor, coarse, reference):
    height, width = 32, 48
    sizes = [(height // 16, width // 16)] * 4 if coarse else [(height // 2**i, width // 2**i) for i in range(1, 5)]
    levels = tuple(
        random(1, channels, *size, seed=i)
        for i, (channels, size) in enumerate(zip(CONFIG.level_channels, sizes, strict=True))
    )
    pixels = random(1, 3, height, width, seed=9)
    with torch.no_grad():
        features = extractor(levels, pixels)
    for i, (level, projection, norm, join) in enumerate(
        zip(levels, extractor.projections, extractor.norms, extractor.joins, strict=True), start=1
    ):
        size = (height // 2**i, width // 2**i)
        visual = reference.normed(reference.convolved(reference.last(level), projection), norm, axes=(0, 1, 2))
        visual = reference.bilinear(visual, size)
        blocks = pixels[0].double().numpy().reshape(3, size[0], 2**i, size[1], 2**i)
        image = blocks.max(axis=(2, 4)).transpose(1, 2, 0)
        expected = reference.block(np.dstack([visual, image]), join)
        assert features[i - 1].shape == (1, CONFIG.detail_channels[i - 1], *size)
        np.testing.assert_allclose(reference.last(features[i - 1]), expected, atol=1e-4)


def test_a_single_bright_pixel_reaches_every_level(extractor):
    levels = tuple(torch.zeros(1, channels, 2, 2) for channels in CONFIG.level_channels)
    dark, lit = torch.zeros(1, 3, 32, 32), torch.zeros(1, 3, 32, 32)
    lit[..., 17, 5] = 4.0
    with torch.no_grad():
        before, after = extractor(levels, dark), extractor(levels, lit)
    assert all((b - a).abs().max() > 1e-3 for b, a in zip(before, after, strict=True))


def test_too_few_levels_are_refused(extractor):
    with pytest.raises(ValueError, match="zip"):
        extractor(tuple(torch.zeros(1, c, 2, 2) for c in CONFIG.level_channels[:3]), torch.zeros(1, 3, 32, 32))
