"""Attention of queries to keys, by whichever way is quickest where it runs."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def attention(queries: Tensor, keys: Tensor, values: Tensor, seen: Tensor | None = None) -> Tensor:
    """softmax(QK^T / sqrt(d))V (Vaswani et al., NeurIPS 2017, eq. 1): BxHxNxd, BxHxLxd, BxHxLxd -> BxHxNxd.

    `seen` is bool, broadcast to BxHxNxL: which keys are seen. On a CPU torch's fused kernel takes two to ten times as
    long backwards in bfloat16 as the three steps written out.
    """
    slow = queries.requires_grad and queries.device.type == "cpu" and _dtype(queries) == torch.bfloat16
    if not slow:
        return F.scaled_dot_product_attention(queries, keys, values, attn_mask=seen)
    scores = queries @ keys.transpose(2, 3) * queries.shape[3] ** -0.5
    if seen is not None:
        scores = scores.masked_fill(~seen, float("-inf"))
    found: Tensor = scores.softmax(dim=3) @ values
    return found


def _dtype(x: Tensor) -> torch.dtype:
    return torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else x.dtype
