"""The dense match, judged by loops over words and places in numpy."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from clipmat.config import variant
from clipmat.dense_match import DenseMatch
from clipmat.encoders import ImageFeatures
from clipmat.semantic_popup import SemanticPopup

CONFIG = replace(
    variant("compact"),
    level_channels=(3, 4, 5, 6),
    visual_width=12,
    text_width=10,
    meaning_width=5,
    popup_width=8,
    popup_heads=2,
    popup_layers=1,
)
GRID, FINE = (3, 4), (6, 8)


def random(*shape, seed=0):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def match():
    torch.manual_seed(0)
    return DenseMatch(CONFIG).double()


def unit(vector):
    return vector / np.linalg.norm(vector)


def test_a_meaning_is_a_weighted_mean_of_the_words_projected(match, reference):
    words, valid = random(2, 5, 10), torch.tensor([[True] * 5, [True] * 3 + [False] * 2])
    meanings = match.embed_text(words, valid).detach().numpy()
    for i in range(2):
        known = words[i][valid[i]].numpy()
        weights = np.exp(reference.linear(known, match.attend)[:, 0])
        expected = reference.linear(weights / weights.sum() @ known, match.meaning)
        np.testing.assert_allclose(meanings[i], expected, atol=1e-10)


def test_a_logit_is_the_cosine_of_place_and_meaning_on_a_scale(match):
    places, meanings = random(2, 5, *FINE), random(2, 3, 5, seed=1)
    logits = match.logits(places, meanings).detach().numpy()
    assert logits.shape == (2, 3, *FINE)
    scale, bias = match.scale.item(), match.bias.item()
    for image, word, row, column in np.ndindex(2, 3, *FINE):
        cosine = unit(places[image, :, row, column].numpy()) @ unit(meanings[image, word].numpy())
        assert logits[image, word, row, column] == pytest.approx(scale * cosine + bias)


def test_the_popup_adds_the_channels_of_the_cosine_to_its_tokens(reference):
    """TSP with the match against TSP of the same weights without it, whose tokens got what is expected by hand."""
    torch.manual_seed(1)
    popup = SemanticPopup(CONFIG).double().eval()
    levels = tuple(
        random(1, channels, *size, seed=i)
        for i, (channels, size) in enumerate(zip(CONFIG.level_channels, ((24, 32), (12, 16), FINE, GRID), strict=True))
    )
    image = ImageFeatures(random(1, 13, 12), GRID, levels, random(1, 5, *FINE, seed=8))
    words, valid = random(1, 5, 10, seed=9), torch.ones(1, 5, dtype=torch.bool)
    match, added = popup.dense_match, []
    handle = popup.blocks[0].register_forward_pre_hook(lambda _, given: added.append(given[0]))
    with torch.no_grad():
        out = popup(image, words, valid)
        popup.dense_match = None
        without = popup(image, words, valid)
    handle.remove()
    meaning = match.embed_text(words, valid)[0].detach().numpy()
    places = image.places[0].numpy()
    places = places / np.linalg.norm(places, axis=0)
    pooled = places.reshape(5, 3, 2, 4, 2).mean(axis=(2, 4)).reshape(5, 12).T * unit(meaning) * match.scale.item()
    expected = reference.linear(np.concatenate([pooled.mean(axis=0, keepdims=True), pooled]), match.out)
    np.testing.assert_allclose((added[0] - added[1])[0], expected, atol=1e-9)
    assert without.match_logits is None and out.match_logits.shape == (1, 1, *FINE)
    np.testing.assert_allclose(out.text_embedding[0], meaning)
    np.testing.assert_allclose(popup.meaning(words, valid) is None, True)
