"""TSP, judged by the same written anew in numpy, one head and one image at a time."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from clipmat.config import FORMER_COMPACT
from clipmat.encoders import ImageFeatures
from clipmat.semantic_popup import BilinearMatch, PopupBlock, SemanticPopup, attend, token_positions

CONFIG = replace(
    FORMER_COMPACT,
    level_channels=(3, 4, 5, 6),
    visual_width=12,
    text_width=10,
    popup_width=8,
    popup_heads=2,
    popup_layers=2,
)
PAPER = replace(
    CONFIG,
    popup_layers=1,
    popup_residual=False,
    popup_positions=False,
    popup_appearance=False,
    popup_match=False,
)
GRID = (3, 4)


def random(*shape, seed=0):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def built(config):
    torch.manual_seed(1)
    return SemanticPopup(config).double().eval()


def image(batch=2, seed=0):
    sizes = ((24, 32), (12, 16), (6, 8), GRID)
    levels = tuple(
        random(batch, channels, *size, seed=seed + 1 + i)
        for i, (channels, size) in enumerate(zip(CONFIG.level_channels, sizes, strict=True))
    )
    return ImageFeatures(random(batch, 1 + GRID[0] * GRID[1], CONFIG.visual_width, seed=seed), GRID, levels)


def text(batch=2, length=5, used=(5, 3)):
    valid = torch.arange(length)[None] < torch.tensor(used[:batch])[:, None]
    return random(batch, length, CONFIG.text_width, seed=9), valid


def softmax(scores):
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def attended(queries, keys, layer, reference):
    """Multi-head attention (Vaswani et al., 2017, section 3.2.2) of NxD queries to MxD keys, a head at a time."""
    weight, bias = reference.array(layer.in_proj_weight), reference.array(layer.in_proj_bias)
    width = queries.shape[1]
    q, k, v = (
        x @ weight[i * width : (i + 1) * width].T + bias[i * width : (i + 1) * width]
        for i, x in enumerate((queries, keys, keys))
    )
    each = width // layer.num_heads
    heads = [slice(h * each, (h + 1) * each) for h in range(layer.num_heads)]
    joined = [softmax(q[:, h] @ k[:, h].T / np.sqrt(each)) @ v[:, h] for h in heads]
    return reference.linear(np.concatenate(joined, axis=1), layer.out_proj)


def gelu(x):
    from math import erf

    return x * (1 + np.vectorize(erf)(x / np.sqrt(2))) / 2


def through_block(visual, words, layer, reference):
    x = attended(reference.normed(visual, layer.norm_visual), words, layer.cross, reference)
    if layer.residual:
        x = visual + x
    normed = reference.normed(x, layer.norm_self)
    x = x + attended(normed, normed, layer.attention, reference)
    first, _, second = layer.mlp
    return x + reference.linear(gelu(reference.linear(reference.normed(x, layer.norm_mlp), first)), second)


@pytest.mark.parametrize("residual", [False, True])
def test_a_block_is_cross_attention_self_attention_and_mlp(residual, reference):
    torch.manual_seed(0)
    layer = PopupBlock(8, 2, residual).double().eval()
    visual, words = random(2, 7, 8), random(2, 5, 8, seed=1)
    valid = torch.tensor([[True] * 5, [True] * 3 + [False] * 2])
    out = layer(visual, words, ~valid)
    for i in range(2):
        expected = through_block(visual[i].numpy(), words[i][valid[i]].numpy(), layer, reference)
        np.testing.assert_allclose(out[i].detach(), expected, atol=1e-10)


def test_the_match_is_a_product_of_both_embeddings(reference):
    torch.manual_seed(0)
    match = BilinearMatch(6, 8).double()
    visual, words = random(2, 4, 6), random(2, 5, 8, seed=1)
    valid = torch.tensor([[True] * 5, [True, True, False, False, False]])
    added, tokens, embedding = (x.detach().numpy() for x in match(visual, words, valid))
    for i in range(2):
        known = words[i][valid[i]].numpy()
        weights = softmax(reference.linear(known, match.attend)[:, 0])
        text_vector = reference.linear(sum(w * word for w, word in zip(weights, known, strict=True)), match.text)
        token_vectors = reference.linear(visual[i].numpy(), match.visual)
        np.testing.assert_allclose(embedding[i], text_vector, atol=1e-10)
        np.testing.assert_allclose(tokens[i], token_vectors[1:], atol=1e-10)
        for token in range(4):
            expected = reference.linear(token_vectors[token] * text_vector, match.out)
            np.testing.assert_allclose(added[i, token], expected, atol=1e-10)
    np.testing.assert_allclose(match.embed_text(words, valid).detach(), embedding)


def test_positions_run_from_left_to_right_and_top_to_bottom():
    positions = token_positions((2, 3), torch.zeros(1))
    np.testing.assert_allclose(positions[0], [0, 0])
    np.testing.assert_allclose(positions[1:4, 0], [-2 / 3, 0, 2 / 3], atol=1e-6)
    np.testing.assert_allclose(positions[1:, 1], [-0.5] * 3 + [0.5] * 3)
    assert token_positions((2, 3), torch.zeros(1, dtype=torch.float16, device="meta")).device.type == "meta"


def test_the_papers_popup_is_one_block_between_projections(reference):
    popup = built(PAPER)
    features, (words, valid) = image(), text()
    out = popup(features, words, valid)
    for i in range(2):
        visual = reference.linear(reference.normed(features.tokens[i].numpy(), popup.visual_in[0]), popup.visual_in[1])
        word_tokens = reference.linear(reference.normed(words[i][valid[i]].numpy(), popup.text_in[0]), popup.text_in[1])
        expected = reference.normed(through_block(visual, word_tokens, popup.blocks[0], reference), popup.norm)
        np.testing.assert_allclose(out.class_token[i].detach(), expected[0], atol=1e-9)
        for row, column in np.ndindex(GRID):
            token = expected[1 + row * GRID[1] + column]
            np.testing.assert_allclose(out.semantic_map[i, :, row, column].detach(), token, atol=1e-9)
        np.testing.assert_allclose(out.token_embeddings[i].detach(), visual[1:], atol=1e-9)
        np.testing.assert_allclose(out.text_embedding[i].detach(), word_tokens.mean(axis=0), atol=1e-9)


def test_appearance_match_and_positions_are_added_before_the_blocks(reference):
    popup = built(CONFIG)
    features, (words, valid) = image(), text()
    out = popup(features, words, valid)
    for i in range(2):
        normed = reference.normed(features.tokens[i].numpy(), popup.visual_in[0])
        visual = reference.linear(normed, popup.visual_in[1])
        word_tokens = reference.linear(reference.normed(words[i][valid[i]].numpy(), popup.text_in[0]), popup.text_in[1])
        mean = word_tokens.mean(axis=0)
        # The first two levels, averaged over the pixels of each cell; none for the class token.
        pooled = [
            level[i].numpy().reshape(level.shape[1], GRID[0], level.shape[2] // GRID[0], GRID[1], -1).mean(axis=(2, 4))
            for level in features.levels[:2]
        ]
        shallow = np.concatenate(pooled).reshape(7, -1).T
        shallow = np.concatenate([np.zeros((1, 7)), reference.normed(shallow, popup.appearance[0])])
        visual = visual + reference.linear(shallow, popup.appearance[1])
        inputs = np.concatenate([normed, shallow], axis=1)
        match = popup.match
        weights = softmax(reference.linear(word_tokens, match.attend)[:, 0])
        text_vector = reference.linear(weights @ word_tokens, match.text)
        visual = visual + reference.linear(reference.linear(inputs, match.visual) * text_vector, match.out)
        ramp_x, ramp_y = np.split(reference.linear(mean, popup.ramp), 2)
        for row, column in np.ndindex(GRID):
            x, y = (2 * column + 1) / GRID[1] - 1, (2 * row + 1) / GRID[0] - 1
            # As token_positions has them, in float32.
            placed = reference.linear(np.array([x, y]), popup.place)
            visual[1 + row * GRID[1] + column] += placed + x * ramp_x + y * ramp_y
        visual[0] += reference.array(popup.place.bias)  # the class token is in the middle
        for layer in popup.blocks:
            visual = through_block(visual, word_tokens, layer, reference)
        expected = reference.normed(visual, popup.norm)
        np.testing.assert_allclose(out.class_token[i].detach(), expected[0], atol=1e-6)
        flat = out.semantic_map[i].detach().numpy().reshape(CONFIG.popup_width, -1).T
        np.testing.assert_allclose(flat, expected[1:], atol=1e-6)
        np.testing.assert_allclose(out.token_embeddings[i].detach(), reference.linear(inputs, match.visual)[1:])
        np.testing.assert_allclose(out.text_embedding[i].detach(), text_vector)


def test_switched_off_the_mean_word_is_added_to_every_token(reference):
    popup = built(PAPER.without("popup"))
    features, (words, valid) = image(), text()
    out = popup(features, words, valid)
    for i in range(2):
        visual = reference.linear(reference.normed(features.tokens[i].numpy(), popup.visual_in[0]), popup.visual_in[1])
        word_tokens = reference.linear(reference.normed(words[i][valid[i]].numpy(), popup.text_in[0]), popup.text_in[1])
        expected = reference.normed(visual + word_tokens.mean(axis=0), popup.norm)
        np.testing.assert_allclose(out.class_token[i].detach(), expected[0], atol=1e-9)


@pytest.mark.parametrize("config", [PAPER, CONFIG, CONFIG.without("popup")], ids=["paper", "compact", "off"])
def test_padding_changes_nothing_however_large(config):
    popup = built(config)
    features, (words, valid) = image(), text()
    changed = torch.where(valid[..., None], words, words * 1e6 + 3)
    for one, other in zip(popup(features, words, valid)[:4], popup(features, changed, valid)[:4], strict=True):
        torch.testing.assert_close(one, other)


def test_words_of_another_width_are_refused():
    with pytest.raises(RuntimeError, match="shape"):
        built(PAPER)(image(), random(2, 5, CONFIG.text_width + 1), torch.ones(2, 5, dtype=torch.bool))


@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize("itself", [False, True])
def test_attention_is_that_of_torch(padded, itself):
    torch.manual_seed(3)
    layer = torch.nn.MultiheadAttention(24, 4, batch_first=True).eval()
    queries = torch.randn(2, 7, 24)
    keys = queries if itself else torch.randn(2, 5, 24)
    padding = torch.zeros(keys.shape[:2], dtype=torch.bool)
    if padded:
        padding[0, 3:], padding[1, 4:] = True, True
    expected, _ = layer(queries, keys, keys, key_padding_mask=padding, need_weights=False)
    found = attend(layer, queries, keys, padding if padded else None)
    torch.testing.assert_close(found, expected, atol=1e-6, rtol=1e-5)


def test_an_expression_is_answered_without_sympy():
    """It takes as long to import as a good part of torch, and torch's own attention wants it."""
    code = (
        "import sys, numpy as np\nfrom clipmat.predictor import Predictor\n"
        "found = Predictor.load('compact', device='cpu')\nfound.set_image(np.zeros((60, 80, 3), np.uint8))\n"
        "found.predict('the red cup')\nassert 'torch' in sys.modules and 'sympy' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
