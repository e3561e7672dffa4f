import pytest

from clipmat.config import VARIANTS, ClipMatConfig, variant
from clipmat.errors import UnknownWeights, WeightsInvalid


@pytest.mark.parametrize("name", VARIANTS)
def test_a_configuration_survives_json(name):
    assert ClipMatConfig.from_json(variant(name).to_json()) == variant(name)


def test_text_lengths_fill_clips_context():
    config = variant("vit-b-16")
    assert config.expression_length + config.context_vectors == 77
    assert config.keyword_length == 14


def test_a_misspelt_variant_is_answered_with_the_nearest():
    with pytest.raises(UnknownWeights, match="did you mean 'vit-b-16'"):
        variant("vit-b16")


def test_an_unknown_setting_in_weights_is_named():
    with pytest.raises(WeightsInvalid, match="colour_of_hair"):
        ClipMatConfig.from_json('{"colour_of_hair": 3}')


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"variant": "compact"}'])
def test_a_broken_configuration_is_refused(text):
    with pytest.raises(WeightsInvalid):
        ClipMatConfig.from_json(text)


def test_only_modules_can_be_switched_off():
    off = variant("compact").without("popup", "details")
    assert (off.popup, off.details, off.pre_context) == (False, False, True)
    with pytest.raises(ValueError, match="no such module: nose"):
        variant("compact").without("nose")
