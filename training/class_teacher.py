"""ImageNet's classifier as a teacher of words: it names regions for TSP's match."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from training.entity import Pixels
from training.scene import Alpha

if TYPE_CHECKING:
    from torch import Tensor

    from clipmat.compact_encoders import MobileNetEncoder

_SIDE = 192
_MARGIN = 0.12


class ClassTeacher(NamedTuple):
    """MobileNetV2 with its classifier, as it came: it is used in training only and never shipped."""

    names: tuple[str, ...]
    """1000 classes, in the order of the logits."""
    encoder: MobileNetEncoder
    head: Tensor
    """1280x320x1x1; its bias follows."""
    head_bias: Tensor
    classifier: Tensor
    """1000x1280; its bias follows."""
    classifier_bias: Tensor

    def logits(self, crops: Pixels) -> Tensor:
        """RxSxSx3 uint8 sRGB, S a multiple of 32 -> Rx1000 float32."""
        import torch
        import torch.nn.functional as F

        with torch.inference_mode():
            x = torch.from_numpy(crops).permute(0, 3, 1, 2).float() / 127.5 - 1
            deep = self.encoder.deepest(x)
            wide = F.relu6(F.conv2d(deep, self.head, self.head_bias)).mean(dim=(2, 3))
            return F.linear(wide, self.classifier, self.classifier_bias).clone()


def read_teacher(path: Path) -> ClassTeacher:
    """The teacher in a MobileNetV2 file in timm's naming. Raises WeightsInvalid when it holds no classifier."""
    from typing import cast

    from safetensors.torch import load_file
    from torchvision.models import MobileNet_V2_Weights

    from clipmat import weights
    from clipmat.errors import WeightsInvalid
    from training.fitting.pretrained import start_from_imagenet

    model, _ = weights.untrained("compact")
    start_from_imagenet(model, path)
    state = load_file(path)
    try:
        scale = state["bn2.weight"].double() / (state["bn2.running_var"].double() + 1e-5).sqrt()
        head = (state["conv_head.weight"].double() * scale[:, None, None, None]).float()
        head_bias = (state["bn2.bias"].double() - state["bn2.running_mean"].double() * scale).float()
        classifier, bias = state["classifier.weight"].float(), state["classifier.bias"].float()
    except KeyError as error:
        raise WeightsInvalid(f"{path} holds no classifier ({error} is missing): take the file as published") from error
    names = tuple(name.lower() for name in MobileNet_V2_Weights.DEFAULT.meta["categories"])
    encoder = cast("MobileNetEncoder", model.image_encoder)
    return ClassTeacher(names, encoder, head, head_bias, classifier, bias)


def crop_of(image: Pixels, alpha: Alpha) -> Pixels:
    """The teacher's input for a matte HxW in an image HxWx3: its box with a margin, 192x192x3."""
    import cv2

    sides = []
    for axis, length in ((1, alpha.shape[0]), (0, alpha.shape[1])):
        found = np.flatnonzero((alpha > 0.1).any(axis=axis))
        low, high = (int(found[0]), int(found[-1]) + 1) if len(found) else (0, length)
        margin = round((high - low) * _MARGIN)
        sides.append(slice(max(0, low - margin), min(length, high + margin)))
    crop = np.ascontiguousarray(image[sides[0], sides[1]])
    how = cv2.INTER_AREA if min(crop.shape[:2]) > _SIDE else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(crop, (_SIDE, _SIDE), interpolation=how), np.uint8)
