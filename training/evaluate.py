"""`python -m training.evaluate`: how well weights matte the packs' held-out photographs and composites."""

from __future__ import annotations

import numpy as np
import torch

from clipmat.encoders import TextTokens
from clipmat.model import ClipMat
from clipmat.transforms import from_output, to_input
from training.entities import EntityBank
from training.metrics import iou


def photo_iou(model: ClipMat, bank: EntityBank) -> float:
    """Mean IoU over the bank's photographs, each asked for by its keyword; the fast look while training."""
    scores = []
    device = next(model.parameters()).device
    for photo in bank.photos:
        image, matte = bank.photo(photo)
        tokens, _ = model.tokenize([f"the {photo.keyword}"])
        with torch.inference_mode():
            out = model(to_input(image, model.config).to(device), TextTokens(*(t.to(device) for t in tokens)))
        found = from_output(out.matte[0, 0].float().cpu().numpy(), *matte.shape)
        scores.append(iou(found, matte.astype(np.float32) / 255))
    return float(np.mean(scores))
