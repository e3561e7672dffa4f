"""The compact text tower: word pieces by the published rule, layers as torch's own, independence of padding."""

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clipmat.compact_encoders import pieces
from clipmat.config import variant
from clipmat.model import build_encoders
from clipmat.prompt import ContextEmbeddedPrompt

CONFIG = variant("compact")
ROWS = {piece: row for row, piece in enumerate(pieces())}


@pytest.fixture(scope="module")
def tower():
    torch.manual_seed(0)
    return build_encoders(CONFIG)[1].eval()


def longest_first(word):
    """Greedy longest match first (Wu et al., 2016, section 4.1, as BERT does it)."""
    found, start = [], 0
    while start < len(word):
        end = len(word)
        while end > start and ("##" if start else "") + word[start:end] not in ROWS:
            end -= 1
        if end == start:
            return ["[UNK]"]
        found.append(("##" if start else "") + word[start:end])
        start = end
    return found


def test_the_table_holds_four_marks_every_letter_and_the_words_of_descriptions():
    assert pieces()[:4] == ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
    assert len(set(pieces())) == len(pieces()) > 10_000
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    assert all(letter in ROWS and f"##{letter}" in ROWS for letter in letters)
    assert {"woman", "left", "behind", "umbrella", "motorcycle", "wearing"} <= ROWS.keys()


@pytest.mark.parametrize("text", ["the wristwatch", "a dachshund on the left", "my motrocycle", "x-ray, 24 cups!"])
def test_words_fall_apart_into_the_longest_pieces(tower, text):
    (ids, valid), dropped = tower.tokenize([text], 69)
    words = text.replace("-", " - ").replace(",", " , ").replace("!", " ! ").split()
    expected = ["[CLS]", *(piece for word in words for piece in longest_first(word)), "[SEP]"]
    assert [pieces()[i] for i in ids[0].tolist()] == expected and valid.all() and dropped == [""]


@given(text=st.text(max_size=200))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_becomes_rows_of_the_table(tower, text):
    (ids, valid), _ = tower.tokenize([text], 14)
    assert 2 <= ids.shape[1] <= 14 and int(ids.max()) < len(pieces()) and valid.all()


def test_words_beyond_the_length_are_named(tower):
    (ids, _), dropped = tower.tokenize(["one two three four five", "one"], 5)
    assert ids.shape == (2, 5) and dropped == ["four five", ""]


def test_a_layer_is_torchs_own_with_the_same_weights(tower):
    layer = tower.layers[0]
    theirs = torch.nn.TransformerEncoderLayer(
        CONFIG.text_width, 12, 4 * CONFIG.text_width, dropout=0, activation="gelu", layer_norm_eps=1e-12,
        batch_first=True,
    ).eval()  # fmt: skip
    own = layer.state_dict()
    names = {
        "self_attn.in_proj_": "attention_in.", "self_attn.out_proj.": "attention_out.", "linear1.": "widen.",
        "linear2.": "narrow.", "norm1.": "attention_norm.", "norm2.": "norm.",
    }  # fmt: skip
    theirs.load_state_dict({a + part: own[b + part] for a, b in names.items() for part in ("weight", "bias")})
    x = torch.randn(2, 6, CONFIG.text_width)
    valid = torch.tensor([[True] * 6, [True] * 4 + [False] * 2])
    with torch.no_grad():
        expected = theirs(x, src_key_padding_mask=~valid)
        torch.testing.assert_close(layer(x, valid)[valid], expected[valid], atol=1e-5, rtol=1e-4)


def test_context_vectors_follow_the_words_and_padding_changes_nothing(tower):
    prompt = ContextEmbeddedPrompt(CONFIG)
    with torch.inference_mode():
        alone, reach = prompt(tower, *tower.tokenize(["the red cup"], 69)[0])
        both, valid = prompt(tower, *tower.tokenize(["the red cup", "a b c d e f g h"], 69)[0])
    assert alone.shape == (1, 5 + CONFIG.context_vectors, CONFIG.text_width) and reach.all()
    torch.testing.assert_close(alone[0], both[0][valid[0]], atol=1e-5, rtol=1e-4)
