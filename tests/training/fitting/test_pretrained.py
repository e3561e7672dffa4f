"""Starting points, judged by timm's and open_clip's own networks with the same weights."""

import pytest
import torch
from safetensors.torch import save_file

from clipmat.compact_encoders import pieces
from clipmat.config import FORMER_COMPACT, variant
from clipmat.errors import WeightsInvalid
from clipmat.model import ClipMat
from training.fitting.pretrained import (
    noun_vectors,
    start_from_clip,
    start_from_imagenet,
    start_from_minilm,
    start_from_modules,
)

NETWORKS = {
    "mobilenetv2_100": (FORMER_COMPACT, {"pad_type": "same"}, (0, 1, 2, 3)),
    "tf_efficientnet_lite0": (variant("compact"), {}, (0, 1, 2, 3)),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_trunk_gives_timms_features(tmp_path, name):
    import timm

    torch.manual_seed(0)
    config, options, levels = NETWORKS[name]
    theirs = timm.create_model(name, features_only=True, out_indices=levels, pretrained=False, **options)
    with torch.no_grad():
        for module in theirs.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.weight.uniform_(0.5, 1.5)
                module.bias.uniform_(-0.5, 0.5)
                module.running_mean.uniform_(-0.2, 0.2)
                module.running_var.uniform_(0.5, 2)
    theirs.eval()
    save_file(theirs.state_dict(), tmp_path / "trunk.safetensors")
    ours = ClipMat(config).eval()
    start_from_imagenet(ours, tmp_path / "trunk.safetensors")
    pixels = torch.rand(1, 3, 96, 128) * 2 - 1
    with torch.inference_mode():
        for expected, level in zip(theirs(pixels), ours.image_encoder(pixels).levels, strict=False):
            torch.testing.assert_close(level, expected, atol=1e-4, rtol=1e-4)


def test_another_network_is_refused(tmp_path):
    save_file({"a": torch.zeros(1)}, tmp_path / "x.safetensors")
    with pytest.raises(WeightsInvalid, match="does not hold efficientnet-lite0"):
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


def test_minilm_is_taken_over_with_the_rows_of_our_pieces(tmp_path):
    """A file in transformers' naming whose numbers tell where they belong."""
    tower = ClipMat(variant("compact")).text_tower
    vocabulary = [*reversed(pieces()), "unneeded"]
    (tmp_path / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    width, torch_random = variant("compact").text_width, torch.Generator().manual_seed(0)

    def random(*shape):
        return torch.randn(*shape, generator=torch_random)

    state = {
        "embeddings.word_embeddings.weight": random(len(vocabulary), width),
        "embeddings.position_embeddings.weight": random(512, width),
        "embeddings.token_type_embeddings.weight": random(2, width),
        "embeddings.LayerNorm.weight": random(width),
        "embeddings.LayerNorm.bias": random(width),
    }
    for i in range(6):
        layer = f"encoder.layer.{i}."
        for name, out, into in (
            *((f"attention.self.{part}", width, width) for part in ("query", "key", "value")),
            ("attention.output.dense", width, width),
            ("intermediate.dense", 4 * width, width),
            ("output.dense", width, 4 * width),
        ):
            state |= {f"{layer}{name}.weight": random(out, into), f"{layer}{name}.bias": random(out)}
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            state |= {f"{layer}{name}.weight": random(width), f"{layer}{name}.bias": random(width)}
    save_file(state, tmp_path / "model.safetensors")
    ours = ClipMat(variant("compact"))
    start_from_minilm(ours, tmp_path)
    tower = ours.text_tower
    row = vocabulary.index("dog")
    torch.testing.assert_close(
        tower.words.weight[pieces().index("dog")], state["embeddings.word_embeddings.weight"][row]
    )
    segment = state["embeddings.token_type_embeddings.weight"][0]
    torch.testing.assert_close(tower.positions.weight[3], state["embeddings.position_embeddings.weight"][3] + segment)
    third = "encoder.layer.2."
    torch.testing.assert_close(
        tower.layers[2].attention_in.weight[width : 2 * width], state[f"{third}attention.self.key.weight"]
    )
    torch.testing.assert_close(tower.layers[2].narrow.weight, state[f"{third}output.dense.weight"])
    (tmp_path / "vocab.txt").write_text("dog\n", encoding="utf-8")
    with pytest.raises(WeightsInvalid, match="give its folder"):
        start_from_minilm(ours, tmp_path)
    with pytest.raises(WeightsInvalid, match="text tower of its own"):
        start_from_minilm(ClipMat(FORMER_COMPACT), tmp_path)


def test_decoders_of_other_weights_are_taken_over_where_they_fit(tmp_path):
    from clipmat import weights

    torch.manual_seed(0)
    former = ClipMat(FORMER_COMPACT)
    weights.save(
        tmp_path / "former.safetensors", former, weights.ModelCard(FORMER_COMPACT, weights.UNCALIBRATED, "", "")
    )
    ours = ClipMat(variant("compact"))
    begun = {key: value.clone() for key, value in ours.state_dict().items()}
    taken = start_from_modules(ours, str(tmp_path / "former.safetensors"))
    assert "semantic_decoder.c1.0.weight" in taken and "popup.blocks.0.cross.in_proj_weight" in taken
    for name, value in ours.state_dict().items():
        expected = former.state_dict()[name] if name in taken else begun[name]
        if name in taken and value.is_floating_point():
            expected = expected.half().float()  # as the file holds it
        torch.testing.assert_close(value, expected, atol=0, rtol=0)
    assert not any(name.startswith(("image_encoder.", "text_tower.")) for name in taken)
