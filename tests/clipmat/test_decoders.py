"""Both decoders, judged by the same written anew in numpy and OpenCV."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from clipmat.config import variant
from clipmat.decoders import DetailsDecoder, SemanticDecoder
from clipmat.dense_match import match_planes

CONFIG = replace(
    variant("compact"),
    visual_width=7,
    popup_width=6,
    meaning_width=0,
    prompts=False,
    detail_channels=(3, 4, 5, 6),
    semantic_channels=(5, 4),
)
SIZE = (64, 96)
GRID = (SIZE[0] // 16, SIZE[1] // 16)


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def details():
    return [
        random(1, channels, SIZE[0] // 2**i, SIZE[1] // 2**i, seed=i)
        for i, channels in enumerate(CONFIG.detail_channels, start=1)
    ]


def built(decoder, config):
    torch.manual_seed(0)
    module = decoder(config).eval()
    for layer in module.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            torch.nn.init.normal_(layer.running_mean, std=0.1)
            torch.nn.init.uniform_(layer.running_var, 0.5, 2)
    return module


@pytest.mark.parametrize("skips", [True, False], ids=["with F3 and F2", "as the paper has it"])
def test_the_semantic_decoder(skips, reference):
    decoder = built(SemanticDecoder, replace(CONFIG, semantic_skips=skips))
    semantic_map, features = random(1, 6, *GRID), details()
    with torch.no_grad():
        logits = decoder(semantic_map, features, SIZE)
    x = reference.last(semantic_map)
    for stride, feature, layers in ((8, features[2], decoder.c2), (4, features[1], decoder.c1)):
        x = reference.bilinear(x, (SIZE[0] // stride, SIZE[1] // stride))
        x = reference.block(np.dstack([x, reference.last(feature)]) if skips else x, layers)
    assert logits.shape == (1, 3, SIZE[0] // 4, SIZE[1] // 4)
    np.testing.assert_allclose(reference.last(logits), reference.convolved(x, decoder.head), atol=1e-4)


def test_the_semantic_decoder_sees_the_planes_of_the_dense_match_at_stride_8(reference):
    decoder = built(SemanticDecoder, replace(CONFIG, meaning_width=4))
    semantic_map, features, match = random(1, 6, *GRID), details(), 3 * random(1, 1, SIZE[0] // 8, SIZE[1] // 8, seed=7)
    with torch.no_grad():
        logits = decoder(semantic_map, features, SIZE, match_planes(match))
    values = reference.last(match)[..., 0]
    planes = [1 / (1 + np.exp(-values)), (values - values.mean()) / (values.std(ddof=1) + 0.5)]
    x = reference.bilinear(reference.last(semantic_map), (SIZE[0] // 8, SIZE[1] // 8))
    x = reference.block(np.dstack([x, reference.last(features[2]), *planes]), decoder.c2)
    x = reference.bilinear(x, (SIZE[0] // 4, SIZE[1] // 4))
    x = reference.block(np.dstack([x, reference.last(features[1])]), decoder.c1)
    np.testing.assert_allclose(reference.last(logits), reference.convolved(x, decoder.head), atol=1e-4)


@pytest.mark.parametrize("skips", [True, False], ids=["with F4 to F1", "MDE switched off"])
def test_the_details_decoder(skips, reference):
    decoder = built(DetailsDecoder, CONFIG if skips else CONFIG.without("details"))
    tokens, features = random(1, 1 + GRID[0] * GRID[1], 7), details()
    with torch.no_grad():
        logits = decoder(tokens, GRID, features if skips else None, SIZE)
    x = tokens[0, 1:].double().numpy().reshape(*GRID, 7)
    x = reference.convolved(x, decoder.visual_in)
    for i, layers in ((4, decoder.c4), (3, decoder.c3), (2, decoder.c2), (1, decoder.c1)):
        x = reference.bilinear(x, (SIZE[0] // 2**i, SIZE[1] // 2**i))
        x = reference.block(np.dstack([x, reference.last(features[i - 1])]) if skips else x, layers)
    assert logits.shape == (1, 1, SIZE[0] // 2, SIZE[1] // 2)
    np.testing.assert_allclose(reference.last(logits), reference.convolved(x, decoder.head), atol=1e-4)


def test_the_class_token_takes_no_part_in_the_details():
    decoder = built(DetailsDecoder, CONFIG)
    tokens = random(1, 1 + GRID[0] * GRID[1], 7)
    other = tokens.clone()
    other[:, 0] += 100
    with torch.no_grad():
        assert torch.equal(decoder(tokens, GRID, details(), SIZE), decoder(other, GRID, details(), SIZE))


def test_details_that_were_promised_and_do_not_come_are_an_error():
    with pytest.raises(RuntimeError, match="channels"):
        built(DetailsDecoder, CONFIG)(random(1, 1 + GRID[0] * GRID[1], 7), GRID, None, SIZE)
    with pytest.raises(RuntimeError, match="channels"):
        built(SemanticDecoder, replace(CONFIG, semantic_skips=True))(random(1, 6, *GRID), None, SIZE)


def test_a_grid_that_the_tokens_do_not_fill_is_an_error():
    with pytest.raises(RuntimeError, match="shape"):
        built(DetailsDecoder, CONFIG)(random(1, GRID[0] * GRID[1], 7), GRID, details(), SIZE)
