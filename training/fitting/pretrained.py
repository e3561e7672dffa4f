"""Initial weights of the encoders: EfficientNet-Lite0 of ImageNet and MiniLM for `compact`, CLIP for the others."""

from __future__ import annotations

import pickle
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from clipmat import weights
from clipmat.config import ClipMatConfig
from clipmat.errors import WeightsInvalid
from clipmat.model import ClipMat

if TYPE_CHECKING:
    from clipmat.encoders import ClipImageEncoder


_EPS = {"compact:mobilenetv2": 1e-5, "compact:efficientnet-lite0": 1e-3}
"""Of the batch norms in timm's two networks."""
_LAYERS = {
    "attention.output.dense": "attention_out",
    "attention.output.LayerNorm": "attention_norm",
    "intermediate.dense": "widen",
    "output.dense": "narrow",
    "output.LayerNorm": "norm",
}
"""Of a BERT layer in transformers' naming, and in ours."""


def start_from_imagenet(model: ClipMat, path: str | Path) -> None:
    """Load a safetensors file of the compact variant's trunk in timm's naming; its batch norms are folded.

    That is EfficientNet-Lite0, or MobileNetV2 for a network of the first three weights. Raises WeightsInvalid when the
    file does not hold that network.
    """
    state = _read(path)
    name = model.config.image_encoder
    own = {key for key in model.image_encoder.state_dict() if key.startswith(("stem.", "stages."))}
    try:
        folded = folded_trunk(state, _EPS[name])
        if folded.keys() != own:
            raise KeyError(sorted(folded.keys() ^ own)[0])
        model.image_encoder.load_state_dict(folded, strict=False)
    except (KeyError, RuntimeError) as error:
        raise WeightsInvalid(f"{path} does not hold {name.partition(':')[2]} in timm's naming: {error}") from error


def folded_trunk(state: dict[str, Tensor], eps: float) -> dict[str, Tensor]:
    """A MobileNetV2 or EfficientNet-Lite in timm's naming -> our stem and stages, norms folded. Raises KeyError."""
    folded: dict[str, Tensor] = {}

    def fold(conv: str, norm: str, target: str) -> None:
        scale = state[f"{norm}.weight"].double() / (state[f"{norm}.running_var"].double() + eps).sqrt()
        folded[f"{target}.weight"] = (state[f"{conv}.weight"].double() * scale[:, None, None, None]).float()
        shift = state[f"{norm}.bias"].double() - state[f"{norm}.running_mean"].double() * scale
        folded[f"{target}.bias"] = shift.float()

    fold("conv_stem", "bn1", "stem")
    blocks = sorted({tuple(k.split(".")[1:3]) for k in state if k.startswith("blocks.")})
    for stage, block in blocks:
        source, target = f"blocks.{stage}.{block}", f"stages.{stage}.{block}"
        if stage == "0":  # depthwise-separable: no expansion
            fold(f"{source}.conv_dw", f"{source}.bn1", f"{target}.depthwise")
            fold(f"{source}.conv_pw", f"{source}.bn2", f"{target}.project")
        else:
            fold(f"{source}.conv_pw", f"{source}.bn1", f"{target}.expand")
            fold(f"{source}.conv_dw", f"{source}.bn2", f"{target}.depthwise")
            fold(f"{source}.conv_pwl", f"{source}.bn3", f"{target}.project")
    return folded


def start_from_minilm(model: ClipMat, folder: str | Path) -> None:
    """Load all-MiniLM-L6-v2 (its folder: `model.safetensors` and `vocab.txt`) into the compact variant's text tower.

    Of its word table only the rows of our pieces. Raises WeightsInvalid when the folder does not hold that network.
    """
    from clipmat.compact_encoders import SentenceTower, pieces

    tower = model.text_tower
    if not isinstance(tower, SentenceTower):
        raise WeightsInvalid(f"{model.config.variant} has a text tower of its own: start it without --language")
    state = _read(Path(folder) / "model.safetensors")
    try:
        rows = {piece: row for row, piece in enumerate((Path(folder) / "vocab.txt").read_text("utf-8").splitlines())}
        begun = {
            "words.weight": state["embeddings.word_embeddings.weight"][[rows[piece] for piece in pieces()]],
            "norm.weight": state["embeddings.LayerNorm.weight"],
            "norm.bias": state["embeddings.LayerNorm.bias"],
        }
        # Every token is of the first segment, whose vector joins the positions.
        segment = state["embeddings.token_type_embeddings.weight"][0]
        count = tower.positions.num_embeddings
        begun["positions.weight"] = state["embeddings.position_embeddings.weight"][:count] + segment
        for i in range(len(tower.layers)):
            source, target = f"encoder.layer.{i}", f"layers.{i}"
            for part in ("weight", "bias"):
                inward = [state[f"{source}.attention.self.{name}.{part}"] for name in ("query", "key", "value")]
                begun[f"{target}.attention_in.{part}"] = torch.cat(inward)
                for theirs, ours in _LAYERS.items():
                    begun[f"{target}.{ours}.{part}"] = state[f"{source}.{theirs}.{part}"]
        tower.load_state_dict(begun, strict=True)
    except (OSError, KeyError, IndexError, RuntimeError) as error:
        raise WeightsInvalid(f"{folder} does not hold all-MiniLM-L6-v2 ({error}): give its folder") from error


def start_from_modules(model: ClipMat, name: str) -> tuple[str, ...]:
    """Take over the tensors of trained weights (a variant's name or a file) that fit, but for the encoders'.

    Returns the names of those taken over. A network with other encoders begins with decoders that know mattes already.
    Raises ClipMatError when the weights cannot be read.
    """
    trained, _ = weights.load(name)
    own = model.state_dict()
    fitting = {
        key: value
        for key, value in trained.state_dict().items()
        if not key.startswith(("image_encoder.", "text_tower.")) and key in own and own[key].shape == value.shape
    }
    model.load_state_dict(fitting, strict=False)
    return tuple(sorted(fitting))


def _read(path: str | Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise WeightsInvalid(f"{path} is not a readable safetensors file: {error}") from error


def start_from_clip(model: ClipMat, path: str | Path) -> None:
    """Load CLIP's towers from an open_clip checkpoint (safetensors, or a pickle read with weights_only=True).

    Position embeddings are resized to the variant's image size. Raises WeightsInvalid.
    """
    import open_clip

    name, size = model.config.image_encoder.partition(":")[2], model.config.image_size
    try:
        clip = open_clip.create_model(name, pretrained=str(path), force_image_size=size, weights_only=True)
    except (RuntimeError, KeyError, OSError, SafetensorError, pickle.UnpicklingError) as error:
        first = str(error).splitlines()[0]
        raise WeightsInvalid(f"{path} does not hold CLIP's {name}: {first}") from error
    images = cast("ClipImageEncoder", model.image_encoder)
    images.visual.load_state_dict(clip.visual.state_dict(), strict=True)
    state = clip.state_dict()
    model.text_tower.load_state_dict({key: state[key] for key in model.text_tower.state_dict()}, strict=True)


def on_encoders(config: ClipMatConfig, name: str) -> ClipMat:
    """A fresh network on the image encoder and the text tower of trained weights (a variant's name or a file).

    Its architecture is that of the weights, for they may be older than `config`; which modules it has and the size of
    its input are those of `config`. Raises ClipMatError when the weights cannot be read, WeightsInvalid when they are
    of another variant.
    """
    trained, card = weights.load(name)
    if card.config.variant != config.variant:
        raise WeightsInvalid(f"{name} has other encoders than {config.variant}: it is '{card.config.variant}'")
    switches = {
        each: getattr(config, each) for each in ("pre_context", "post_context", "popup", "details", "image_size")
    }
    model = ClipMat(replace(card.config, refiner=False, **switches))
    model.image_encoder.load_state_dict(trained.image_encoder.state_dict())
    model.text_tower.load_state_dict(trained.text_tower.state_dict())
    return model


def noun_vectors(path: str | Path) -> tuple[list[str], Tensor]:
    """Names of nouns and their CLIP vectors, Nx512 float32, from which the compact text tower learns similarity.

    The .npz holds `names` and `vectors`. Raises WeightsInvalid.
    """
    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as archive:
            return [str(n) for n in archive["names"]], torch.from_numpy(archive["vectors"].astype("float32"))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise WeightsInvalid(f"{path} holds no noun vectors (names and vectors in an .npz): {error}") from error
