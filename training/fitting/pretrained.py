"""Initial weights of the encoders: MobileNetV2 trained on ImageNet for the compact variant, CLIP for the others."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, cast

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from clipmat import weights
from clipmat.errors import WeightsInvalid
from clipmat.model import ClipMat

if TYPE_CHECKING:
    from clipmat.encoders import ClipImageEncoder


def start_from_mobilenet(model: ClipMat, path: str | Path) -> None:
    """Load a safetensors file of MobileNetV2 in timm's naming; batch norms are folded into the convolutions.

    Raises WeightsInvalid when the file does not hold that network.
    """
    try:
        state = load_file(path)
    except (OSError, SafetensorError) as error:
        raise WeightsInvalid(f"{path} is not a readable safetensors file: {error}") from error
    folded: dict[str, Tensor] = {}

    def fold(conv: str, norm: str, target: str) -> None:
        scale = state[f"{norm}.weight"].double() / (state[f"{norm}.running_var"].double() + 1e-5).sqrt()
        folded[f"{target}.weight"] = (state[f"{conv}.weight"].double() * scale[:, None, None, None]).float()
        shift = state[f"{norm}.bias"].double() - state[f"{norm}.running_mean"].double() * scale
        folded[f"{target}.bias"] = shift.float()

    try:
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
        model.image_encoder.load_state_dict(folded, strict=True)
    except (KeyError, RuntimeError) as error:
        raise WeightsInvalid(f"{path} does not hold a MobileNetV2 1.0 in timm's naming: {error}") from error


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


def start_from_encoders(model: ClipMat, name: str) -> None:
    """Load the image encoder and the text tower of trained weights (a variant's name or a file).

    Raises ClipMatError when they cannot be read, WeightsInvalid when they belong to other encoders.
    """
    trained, _ = weights.load(name)
    try:
        model.image_encoder.load_state_dict(trained.image_encoder.state_dict())
        model.text_tower.load_state_dict(trained.text_tower.state_dict())
    except RuntimeError as error:
        raise WeightsInvalid(f"{name} has other encoders than {model.config.variant}") from error


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
