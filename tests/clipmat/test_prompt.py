"""CP and the text towers: settings, lengths, dropped words, typos, and independence of padding."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from clipmat.config import FORMER_COMPACT, variant
from clipmat.errors import BadExpression
from clipmat.legacy_encoders import hashed_ngrams, split_words
from clipmat.model import build_encoders
from clipmat.prompt import TEMPLATES, ContextEmbeddedPrompt, checked_expression, keyword_of, singularise


@pytest.fixture(scope="module")
def tower():
    torch.manual_seed(0)
    return build_encoders(FORMER_COMPACT)[1].eval()


@pytest.mark.parametrize(
    ("expression", "keyword"),
    [
        ("flower", "flower"),
        ("the flower", "flower"),
        ("A red car", "red car"),
        ("the red car on the left", None),
        ("the", None),
    ],
)
def test_a_keyword_is_one_or_two_words_besides_the_article(expression, keyword):
    assert keyword_of(expression) == keyword


def test_keywords_get_a_template_and_the_short_length():
    prompt = ContextEmbeddedPrompt(variant("vit-b-16"))
    assert prompt.compose("the cup") == ("the foreground of the cup", 14)
    assert {prompt.compose("cup", i)[0] for i in range(len(TEMPLATES))} == {t.format("cup") for t in TEMPLATES}
    assert prompt.compose("the cup on the left") == ("the cup on the left", 69)


def test_without_pre_context_a_keyword_stays_bare():
    prompt = ContextEmbeddedPrompt(variant("compact").without("pre_context"))
    assert prompt.compose("the cup", 3) == ("cup", 14)


@pytest.mark.parametrize("empty", ["", "   ", "\n", "...", "?!"])
def test_an_expression_without_a_word_is_an_error_with_an_example(empty):
    with pytest.raises(BadExpression, match="for example 'the dog on the left'"):
        checked_expression(empty)


def test_eight_vectors_follow_the_words(tower):
    prompt = ContextEmbeddedPrompt(FORMER_COMPACT)
    (ids, valid), _ = tower.tokenize(["the red cup"], 69)
    text, reach = prompt(tower, ids, valid)
    assert text.shape == (1, 3 + 8, FORMER_COMPACT.text_width)
    assert reach.all()


def test_padding_changes_nothing(tower):
    prompt = ContextEmbeddedPrompt(FORMER_COMPACT)
    with torch.inference_mode():
        alone = prompt(tower, *tower.tokenize(["the red cup"], 69)[0])[0]
        both, valid = prompt(tower, *tower.tokenize(["the red cup", "a b c d e f g h"], 69)[0])
    torch.testing.assert_close(alone[0], both[0][valid[0]], atol=1e-5, rtol=1e-4)


def test_words_beyond_the_length_are_named(tower):
    _, dropped = tower.tokenize(["one two three four five", "one"], 3)
    assert dropped == ["four five", ""]


def test_words_are_lower_case_without_punctuation():
    assert split_words("The  Woman's RED-coat, (left)!") == ["the", "woman's", "red", "coat", "left"]
    assert split_words("das Mädchen") == ["das", "mädchen"]


@given(st.text(min_size=1, max_size=40))
@settings(deadline=None)
def test_pieces_are_rows_of_the_table(word):
    pieces = hashed_ngrams(word, 64)
    assert pieces and all(1 <= p < 64 for p in pieces) and pieces == hashed_ngrams(word, 64)


def test_a_typo_keeps_more_pieces_than_another_word():
    whole = set(hashed_ngrams("umbrella", 2**20))
    assert len(whole & set(hashed_ngrams("umbrela", 2**20))) > 5 > len(whole & set(hashed_ngrams("elephant", 2**20)))


@pytest.fixture(scope="module")
def clip_tower():
    """CLIP's text tower as open_clip builds it, two layers deep so that it is quick."""
    import open_clip

    from clipmat.encoders import ClipTextTower

    torch.manual_seed(0)
    clip = open_clip.CLIP(
        512,
        vision_cfg={"layers": 1, "width": 64, "patch_size": 16, "image_size": 32},
        text_cfg={"context_length": 77, "vocab_size": 49408, "width": 128, "heads": 4, "layers": 2},
        quick_gelu=True,
    ).eval()
    return clip, ClipTextTower(clip, open_clip.get_tokenizer("ViT-B-16")).eval()


def test_the_walk_through_clips_tower_is_open_clips_own(clip_tower):
    """With all positions in place the end token must be what open_clip's encode_text pools."""
    import open_clip

    clip, tower = clip_tower
    ids = open_clip.get_tokenizer("ViT-B-16")(["a photo of the red cup"])
    (own, valid), _ = tower.tokenize(["a photo of the red cup"], 77)
    assert torch.equal(own, ids)
    with torch.inference_mode():
        tokens = tower.encode(tower.embed(own), valid, torch.arange(77))
        pooled = tokens[0, int(ids[0].argmax())] @ clip.text_projection
        expected = clip.encode_text(ids)[0]
    torch.testing.assert_close(pooled, expected, atol=1e-5, rtol=1e-4)


def test_clips_tokens_fill_77_with_the_vectors_and_name_what_is_cut(clip_tower):
    _, tower = clip_tower
    prompt = ContextEmbeddedPrompt(variant("vit-b-16"))
    prompt.vectors = torch.nn.Parameter(torch.zeros(8, 128))
    text, length = prompt.compose("the cup " + "very " * 80 + "far on the left")
    (ids, valid), dropped = tower.tokenize([text], length)
    with torch.inference_mode():
        tokens, reach = prompt(tower, ids, valid)
    assert tokens.shape[1] == reach.shape[1] == 77
    assert dropped[0].endswith("far on the left")
    assert torch.isfinite(tokens).all()


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("the dogs on the left", "the dog on the left"),
        ("Women in the red coats", "woman in the red coat"),
        ("butterflies", "butterfly"),
        ("knives and loaves", "knife and loaf"),
        ("the shoes", "the shoes"),
        ("two glasses", "two glasses"),
        ("boxes", "box"),
        ("the bus", "the bus"),
        ("revolvers", "revolver"),
        ("the cactus", "the cactus"),
        ("an abyss", "an abyss"),
    ],
)
def test_plurals_are_read_as_the_noun_that_is_known(typed, read):
    nouns = (
        "dog",
        "woman",
        "coat",
        "butterfly",
        "knife",
        "loaf",
        "shoes",
        "shoe",
        "glasses",
        "glass",
        "box",
        "school bus",
    )
    assert singularise(typed, nouns) == read


def test_without_known_nouns_nothing_is_read_otherwise():
    assert singularise("the dogs", ()) == "the dogs"
