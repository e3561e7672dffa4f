"""Frozen configurations of the variants. Sections, figures and tables are those of the RIM paper (arXiv 2206.05149)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from difflib import get_close_matches
from typing import Any

from clipmat import records
from clipmat.errors import UnknownWeights, WeightsInvalid


@dataclass(frozen=True, slots=True)
class ClipMatConfig:
    """Everything that determines the architecture of a CLIPMat network and its input.

    The names of the fields are those in the metadata of weights files and in checkpoints.
    """

    variant: str
    """compact, vit-b-16 or vit-l-14."""
    image_encoder: str
    """One of `ENCODERS`: `compact:` or an architecture of open_clip, whose text tower it names as well."""
    image_size: int
    """Longer side, in pixels, of the image encoder's input (section 4.1: 512)."""
    square: bool
    """True: the encoder's grid is fixed to image_size x image_size. False: sides follow the image's aspect."""
    multiple: int
    """Each side of the encoder's input is a multiple of this, in pixels."""
    mean: tuple[float, float, float]
    """Subtracted from R, G and B in [0, 1]."""
    std: tuple[float, float, float]
    """Divisor of R, G and B after the mean is subtracted."""
    level_channels: tuple[int, int, int, int]
    """Channels of the four visual levels T1..T4."""
    visual_width: int
    """Channels of the final visual tokens (Dv)."""

    text_width: int
    """Channels of a text token (Dt)."""
    text_layers: int
    """Transformer layers of the compact text tower; open_clip defines those of CLIP's."""
    text_buckets: int
    """Rows of the compact text tower's hashed word table; 0 for CLIP."""
    keyword_length: int = 14
    """Text tokens in the keyword setting, before the context vectors (section 4.2)."""
    expression_length: int = 69
    """Text tokens in the expression setting, before the context vectors: 69 + 8 = 77 (section 4.2)."""
    context_vectors: int = 8
    """Learnable post-embedding context vectors [V]1..[V]N (section 4.2)."""

    popup_width: int = 512
    """Channels inside TSP (D, section 4.3)."""
    popup_heads: int = 8
    """Attention heads in TSP."""
    popup_layers: int = 1
    """Cross- and self-attention blocks in TSP; the paper has one."""
    popup_residual: bool = False
    """Add the visual tokens to the result of the cross-attention; the paper keeps only the latter (F, section 4.3)."""
    popup_positions: bool = False
    """Add each visual token's position, plain and steered by the text. The tokens of a ViT carry theirs already."""
    popup_appearance: bool = False
    """Add the first two levels, pooled to the token grid: they hold colours, which deep features lose."""
    popup_match: bool = False
    """Multiply visual tokens with the text embedding before the attention (low-rank bilinear pooling, Kim 2017)."""
    pyramid_width: int = 0
    """Channels of the compact image encoder's feature pyramid; 0 without one."""
    meaning_width: int = 0
    """Channels of a place at stride 8 and of the meaning that it is compared with (dense match); 0 without it."""
    prompts: bool = False
    """Points and a box are inputs of the network, and without words it finds the main subject. Needs `meaning_width`;
    off, `pointed_answers` chooses among what words find."""
    detail_projection: tuple[int, int, int, int] = (384, 384, 384, 384)
    """Channels to which MDE projects each visual level (section 4.4: Dv/2)."""
    detail_channels: tuple[int, int, int, int] = (32, 64, 96, 128)
    """Channels of F1..F4, at H/2, H/4, H/8, H/16 (D_i, section 4.4)."""
    semantic_channels: tuple[int, int] = (256, 128)
    """Channels of the semantic decoder's C2 and C1 (figure 3)."""
    semantic_skips: bool = False
    """Feed F3 and F2 into the semantic decoder as well; in the paper only the details decoder has skips."""
    presence_head: bool = True
    """Score whether the expression names anything in the image. Ours; the paper always answers."""
    refiner: bool = False
    """The network has a post-refiner (section 4.5)."""
    presence_evidence: bool = False
    """Compute that score from the region that was found and its match with the text, not from the class token alone."""

    pre_context: bool = True
    """CP: templates around a keyword (ablation switch)."""
    post_context: bool = True
    """CP: learnable vectors after the words (ablation switch)."""
    popup: bool = True
    """TSP: off, the mean text token is added to every visual token (ablation switch)."""
    details: bool = True
    """MDE: off, the decoders see the final visual tokens alone (ablation switch)."""

    def to_json(self) -> str:
        """The configuration as one line of JSON, as weights carry it."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> ClipMatConfig:
        """Inverse of `to_json`. Raises WeightsInvalid on fields that are unknown or missing or can be of no network."""
        try:
            values: dict[str, Any] = dict(records.parsed(text))
            known = {f.name for f in fields(cls)}
            if unknown := sorted(set(values) - known):
                raise WeightsInvalid(f"the weights name settings this version does not know: {', '.join(unknown)}")
            config = records.from_data(cls, values)
            config._check()
            return config
        except (ValueError, TypeError) as error:
            raise WeightsInvalid(f"the weights carry no readable configuration: {error}") from error

    def _check(self) -> None:
        """Raise ValueError for a value that no network can have, before one is built of it."""
        if self.image_encoder not in ENCODERS:
            raise ValueError(f"'{self.image_encoder}' is no image encoder")
        if self.image_encoder == "compact:efficientnet-lite0":
            for name in ("pyramid_width", "meaning_width"):
                if not getattr(self, name):
                    raise ValueError(f"{name} is out of range: the places of this image encoder have meanings")
        if self.image_encoder == "compact:mobilenetv2" and not self.text_buckets:
            raise ValueError("text_buckets is out of range: this encoder's words are in buckets")
        for name in (each.name for each in fields(self)):
            value = getattr(self, name)
            for number in value if isinstance(value, tuple) else (value,):
                if isinstance(number, bool | str):
                    continue
                least = 0 if name in _MAY_BE_ZERO else 1e-3 if isinstance(number, float) else 1
                if not least <= number <= _MOST.get(name, 8192):
                    raise ValueError(f"{name} is out of range")

    def without(self, *modules: str) -> ClipMatConfig:
        """The same network with modules switched off: pre_context, post_context, popup, details (table 4)."""
        switches = {"pre_context", "post_context", "popup", "details"}
        if unknown := sorted(set(modules) - switches):
            raise ValueError(f"no such module: {', '.join(unknown)}; choose from {', '.join(sorted(switches))}")
        switched: dict[str, Any] = dict.fromkeys(modules, False)
        return replace(self, **switched)


ENCODERS = frozenset(
    "compact:efficientnet-lite0 compact:mobilenetv2 open_clip:ViT-B-16-quickgelu open_clip:ViT-L-14-quickgelu".split()
)
"""The encoders that networks have; `compact:mobilenetv2` was that of the first three weights. For many of its other
architectures open_clip asks the Hugging Face hub, which no file of weights may bring about."""
_MAY_BE_ZERO = {"mean", "text_layers", "text_buckets", "pyramid_width", "meaning_width", "popup_layers"}
_MOST = {"text_layers": 48, "popup_layers": 48, "popup_heads": 256, "text_buckets": 2**20, "multiple": 1024}

# The constants that CLIP was trained with (Radford et al., ICML 2021, published with its code).
_CLIP_MEAN = (0.48145466, 0.4578275, 0.40821073)
_CLIP_STD = (0.26862954, 0.26130258, 0.27577711)

VARIANTS: dict[str, ClipMatConfig] = {
    config.variant: config
    for config in (
        ClipMatConfig(
            variant="compact",
            image_encoder="compact:efficientnet-lite0",
            image_size=416,
            square=False,
            multiple=32,
            mean=(127 / 255,) * 3,
            std=(128 / 255,) * 3,
            level_channels=(16, 24, 40, 112),
            visual_width=240,
            text_width=384,
            text_layers=6,
            text_buckets=0,
            popup_width=192,
            popup_heads=6,
            popup_layers=3,
            popup_residual=True,
            popup_positions=True,
            popup_appearance=True,
            pyramid_width=128,
            meaning_width=160,
            prompts=True,
            detail_projection=(16, 24, 48, 96),
            detail_channels=(16, 32, 64, 96),
            semantic_channels=(128, 64),
            semantic_skips=True,
            presence_evidence=True,
        ),
        ClipMatConfig(
            variant="vit-b-16",
            image_encoder="open_clip:ViT-B-16-quickgelu",
            image_size=512,
            square=True,
            multiple=16,
            mean=_CLIP_MEAN,
            std=_CLIP_STD,
            level_channels=(768, 768, 768, 768),
            visual_width=768,
            text_width=512,
            text_layers=12,
            text_buckets=0,
            presence_evidence=True,
        ),
        ClipMatConfig(
            variant="vit-l-14",
            image_encoder="open_clip:ViT-L-14-quickgelu",
            image_size=518,  # the multiple of the 14 px patch next above the paper's 512
            square=True,
            multiple=14,
            mean=_CLIP_MEAN,
            std=_CLIP_STD,
            level_channels=(1024, 1024, 1024, 1024),
            visual_width=1024,
            text_width=768,
            text_layers=12,
            text_buckets=0,
            popup_width=768,
            popup_heads=12,
            detail_projection=(512, 512, 512, 512),
            presence_evidence=True,
        ),
    )
}


FORMER_COMPACT = replace(
    VARIANTS["compact"],
    image_encoder="compact:mobilenetv2",
    image_size=288,
    mean=(0.5, 0.5, 0.5),
    std=(0.5, 0.5, 0.5),
    level_channels=(16, 24, 32, 96),
    visual_width=416,
    text_width=192,
    text_layers=2,
    text_buckets=32768,
    popup_match=True,
    pyramid_width=0,
    meaning_width=0,
    prompts=False,
)
"""`compact` of the first three weights: files of it, and what was tuned on them, are read as before."""


def variant(name: str) -> ClipMatConfig:
    """The configuration of a variant. Raises UnknownWeights with the nearest name."""
    if name in VARIANTS:
        return VARIANTS[name]
    near = get_close_matches(name, VARIANTS, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"choose one of {', '.join(VARIANTS)}"
    raise UnknownWeights(f"there is no variant '{name}'; {hint}")
