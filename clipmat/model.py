"""CLIPMat (figure 3): encoders, CP, TSP, MDE and the two decoders, wired and fused."""

from __future__ import annotations

import logging
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from clipmat.compact_encoders import HashedTextTower, MobileNetEncoder
from clipmat.config import ClipMatConfig
from clipmat.decoders import DetailsDecoder, SemanticDecoder
from clipmat.details import DetailsExtractor
from clipmat.encoders import (
    ClipImageEncoder,
    ClipTextTower,
    ImageEncoder,
    ImageFeatures,
    TextTokens,
    TextTower,
)
from clipmat.popup import SemanticPopup
from clipmat.presence import PresenceHead
from clipmat.prompt import ContextEmbeddedPrompt

BACKGROUND, UNKNOWN, FOREGROUND = 0, 1, 2
"""Classes of the trimap, in the order of its logits."""


class EncodedImage(NamedTuple):
    """All that does not depend on the text: computed once per image."""

    features: ImageFeatures
    details: tuple[Tensor, ...] | None
    """F1..F4 of MDE, or None when it is switched off."""
    alpha_logits: Tensor
    """Bx1x(H/2)x(W/2) of the details decoder."""
    size: tuple[int, int]
    """Height and width of the encoder's input in pixels."""

    def repeated(self, times: int) -> EncodedImage:
        """Each image `times` in a row, for as many expressions of it."""
        if times == 1:
            return self

        def repeat(x: Tensor) -> Tensor:
            return x.repeat_interleave(times, dim=0)

        t1, t2, t3, t4 = self.features.levels
        levels = (repeat(t1), repeat(t2), repeat(t3), repeat(t4))
        features = ImageFeatures(repeat(self.features.tokens), self.features.grid, levels)
        details = None if self.details is None else tuple(repeat(d) for d in self.details)
        return EncodedImage(features, details, repeat(self.alpha_logits), self.size)


class MatteOutput(NamedTuple):
    """What the network says of an image and an expression, at the size of its input."""

    trimap_logits: Tensor
    """Bx3xHxW float: background, unknown, foreground."""
    details: Tensor
    """Bx1xHxW in [0, 1]: alpha, meant for the transition."""
    matte: Tensor
    """Bx1xHxW in [0, 1]: the fused matte."""
    presence_logits: Tensor
    """B float: above 0 the expression names something in the image."""
    places: Tensor
    """BxNxD: what TSP sees at each place of the token grid, to be contrasted with `meaning` in training."""
    meaning: Tensor
    """BxD: what TSP takes the expression to mean."""
    grid: tuple[int, int]
    """Rows and columns of the token grid: N = rows * columns."""


def fuse(trimap_logits: Tensor, details: Tensor, *, hard: bool) -> Tensor:
    """Foreground 1, background 0, transition from the details decoder (section 4.5).

    Bx3xHxW logits and Bx1xHxW alpha -> Bx1xHxW in [0, 1]. `hard` decides each pixel by its most likely
    class, as published; otherwise the classes' probabilities mix, which training can follow.
    """
    if hard:
        label = trimap_logits.argmax(dim=1, keepdim=True)
        one = torch.ones((), dtype=details.dtype, device=details.device)
        return torch.where(label == UNKNOWN, details, torch.where(label == FOREGROUND, one, one * 0))
    probability = trimap_logits.float().softmax(dim=1)
    return probability[:, FOREGROUND, None] + probability[:, UNKNOWN, None] * details.float()


def build_encoders(config: ClipMatConfig) -> tuple[ImageEncoder, TextTower]:
    """The untrained encoder pair of a variant; weights are loaded over it by the caller."""
    kind, _, name = config.image_encoder.partition(":")
    if kind == "compact":
        return MobileNetEncoder(config), HashedTextTower(config)
    if kind == "open_clip":
        import open_clip

        silenced = logging.root.manager.disable
        logging.disable(logging.WARNING)  # it warns of random weights, over which ours are about to be loaded
        try:
            clip = open_clip.create_model(name, load_weights=False, force_image_size=config.image_size)
        finally:
            logging.disable(silenced)
        return ClipImageEncoder(clip.visual), ClipTextTower(clip, open_clip.get_tokenizer(name))
    raise ValueError(f"no encoder of the kind '{kind}': the configuration names open_clip:NAME or compact:mobilenetv2")


class ClipMat(nn.Module):
    """The network of one variant. Without weights it is random: `weights.load` is the way to a trained one."""

    def __init__(self, config: ClipMatConfig) -> None:
        super().__init__()
        self.config = config
        self.image_encoder, self.text_tower = build_encoders(config)
        self.prompt = ContextEmbeddedPrompt(config)
        self.popup = SemanticPopup(config)
        self.details_extractor = DetailsExtractor(config) if config.details else None
        self.semantic_decoder = SemanticDecoder(config)
        self.details_decoder = DetailsDecoder(config)
        self.presence: nn.Module | None = None
        if config.presence_head:
            self.presence = PresenceHead(config) if config.presence_evidence else nn.Linear(config.popup_width, 1)

    def tokenize(self, expressions: list[str], templates: list[int] | None = None) -> tuple[TextTokens, list[str]]:
        """Token ids of expressions on the CPU, and the words of each that did not fit.

        `templates` picks CP's pre-embedding context for keywords; by default the first.
        A batch that holds one longer expression uses the expression setting's length for all.
        """
        picks = templates or [0] * len(expressions)
        prompts = [self.prompt.compose(e, t) for e, t in zip(expressions, picks, strict=True)]
        return self.text_tower.tokenize([text for text, _ in prompts], max(length for _, length in prompts))

    def encode_image(self, pixels: Tensor) -> EncodedImage:
        """Bx3xHxW normalised pixels -> everything that no expression changes."""
        features = self.image_encoder(pixels)
        details = None if self.details_extractor is None else self.details_extractor(features.levels, pixels)
        size = (pixels.shape[2], pixels.shape[3])
        alpha_logits = self.details_decoder(features.tokens, features.grid, details, size)
        return EncodedImage(features, details, alpha_logits, size)

    def encode_text(self, tokens: TextTokens) -> tuple[Tensor, Tensor]:
        """Token ids -> all text tokens BxLxDt with CP's context, and their validity BxL."""
        return self.prompt(self.text_tower, tokens.ids, tokens.valid)  # type: ignore[no-any-return]

    def decode(
        self, image: EncodedImage, text: Tensor, valid: Tensor, *, hard: bool = False, shrink: int = 1
    ) -> MatteOutput:
        """The part that a new expression costs: TSP, the semantic decoder and the fusion.

        `shrink` divides the sides of what is returned: losses at half size cost a quarter.
        """
        size = (image.size[0] // shrink, image.size[1] // shrink)
        popped = self.popup(image.features, text, valid)
        trimap_logits = self.semantic_decoder(popped.map, image.details, image.size)
        trimap_logits = F.interpolate(trimap_logits.float(), size=size, mode="bilinear", align_corners=False)
        details = F.interpolate(image.alpha_logits.float(), size=size, mode="bilinear", align_corners=False)
        details = details.sigmoid()
        grid = image.features.grid
        if self.presence is None:
            presence = trimap_logits.new_full((trimap_logits.shape[0],), torch.inf)
        elif isinstance(self.presence, PresenceHead):
            presence = self.presence(popped, trimap_logits.softmax(dim=1)[:, FOREGROUND, None], grid)
        else:
            presence = self.presence(popped.class_token).squeeze(1).float()
        matte = fuse(trimap_logits, details, hard=hard)
        return MatteOutput(trimap_logits, details, matte, presence, popped.places, popped.meaning, grid)

    def forward(self, pixels: Tensor, tokens: TextTokens, shrink: int = 1) -> MatteOutput:
        """Bx3xHxW normalised pixels and BK tokenised expressions, K in a row for each image -> MatteOutput of BK."""
        text, valid = self.encode_text(tokens)
        image = self.encode_image(pixels).repeated(text.shape[0] // pixels.shape[0])
        return self.decode(image, text, valid, shrink=shrink)
