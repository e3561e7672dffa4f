"""CLIPMat (figure 3): encoders, CP, TSP, MDE and the two decoders, wired and fused."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from clipmat.compact_encoders import EfficientNetEncoder, SentenceTower
from clipmat.config import ClipMatConfig
from clipmat.decoders import DetailsDecoder, SemanticDecoder
from clipmat.dense_match import match_planes
from clipmat.details import DetailsExtractor
from clipmat.encoders import (
    ClipImageEncoder,
    ClipTextTower,
    ImageEncoder,
    ImageFeatures,
    TextTokens,
    TextTower,
)
from clipmat.legacy_encoders import HashedTextTower, MobileNetEncoder
from clipmat.pointing_planes import PointingPlanes
from clipmat.presence import build_presence_head
from clipmat.prompt import ContextEmbeddedPrompt
from clipmat.refiner import Refiner
from clipmat.semantic_popup import SemanticPopup

BACKGROUND, UNKNOWN, FOREGROUND = 0, 1, 2
"""Classes of the trimap, in the order of its logits."""


class EncodedImage(NamedTuple):
    """Everything that does not depend on the text: computed once per image."""

    features: ImageFeatures
    details: tuple[Tensor, ...] | None
    """F1..F4 of MDE, or None when it is switched off."""
    alpha_logits: Tensor
    """Bx1x(H/2)x(W/2) of the details decoder."""
    size: tuple[int, int]
    """Height and width of the encoder's input in pixels."""

    def repeated(self, times: int) -> EncodedImage:
        """Each image `times` times in a row, for as many expressions of it."""
        if times == 1:
            return self

        def repeat(x: Tensor) -> Tensor:
            return x.repeat_interleave(times, dim=0)

        t1, t2, t3, t4 = self.features.levels
        levels = (repeat(t1), repeat(t2), repeat(t3), repeat(t4))
        places = None if self.features.places is None else repeat(self.features.places)
        features = ImageFeatures(repeat(self.features.tokens), self.features.grid, levels, places)
        details = None if self.details is None else tuple(repeat(d) for d in self.details)
        return EncodedImage(features, details, repeat(self.alpha_logits), self.size)


class MatteOutput(NamedTuple):
    """The network's answer to an image and an expression, at the size of its input."""

    trimap_logits: Tensor
    """Bx3xHxW float32: background, unknown, foreground."""
    details: Tensor
    """Bx1xHxW float32 in [0, 1]: alpha, meant for the transition."""
    matte: Tensor
    """Bx1xHxW float32 in [0, 1]: the fused matte."""
    presence_logits: Tensor
    """B float32: above 0 the expression names something in the image; infinite without a presence head."""
    token_embeddings: Tensor
    """BxNxD: TSP's embedding of each visual token, to be contrasted with `text_embedding` in training."""
    text_embedding: Tensor
    """BxD: TSP's embedding of the expression."""
    grid: tuple[int, int]
    """Rows and columns of `token_embeddings`: N = rows * columns."""
    match_logits: Tensor | None = None
    """Bx1x(H/8)x(W/8) float32 of the dense match, before TSP chooses among what the words mean; None without it."""


def fuse_hard(trimap_logits: Tensor, details: Tensor) -> Tensor:
    """Foreground 1, background 0, the details decoder's alpha in between (section 4.5): the most likely class decides.

    Bx3xHxW logits and Bx1xHxW alpha -> Bx1xHxW in [0, 1].
    """
    label = trimap_logits.argmax(dim=1, keepdim=True)
    one = torch.ones((), dtype=details.dtype, device=details.device)
    return torch.where(label == UNKNOWN, details, torch.where(label == FOREGROUND, one, one * 0))


def fuse_soft(trimap: Tensor, details: Tensor) -> Tensor:
    """The expected alpha under the classes' probabilities: the same fusion with a gradient, for training.

    Bx3xHxW probabilities and Bx1xHxW alpha -> Bx1xHxW in [0, 1].
    """
    return trimap[:, FOREGROUND, None] + trimap[:, UNKNOWN, None] * details


def build_encoders(config: ClipMatConfig) -> tuple[ImageEncoder, TextTower]:
    """The untrained encoder pair of a variant; the caller loads weights into it.

    Raises ValueError when the configuration names an encoder of no known kind.
    """
    kind, _, name = config.image_encoder.partition(":")
    if kind == "compact" and name == "mobilenetv2":
        return MobileNetEncoder(config), HashedTextTower(config)
    if kind == "compact":
        return EfficientNetEncoder(config), SentenceTower(config)
    if kind == "open_clip":
        import open_clip

        silenced = logging.root.manager.disable
        logging.disable(logging.WARNING)  # it warns of random weights, which ours are about to replace
        try:
            clip = open_clip.create_model(
                name, load_weights=False, force_image_size=config.image_size, device=torch.get_default_device()
            )
        finally:
            logging.disable(silenced)
        return ClipImageEncoder(clip.visual), ClipTextTower(clip, open_clip.get_tokenizer(name))
    raise ValueError(f"no encoder of the kind '{kind}': the configuration names open_clip:NAME or compact:mobilenetv2")


class ClipMat(nn.Module):
    """The network of one variant. Fresh, its weights are random: `weights.load` returns a trained one.

    `refiner` is None unless the configuration has one; assign a trained Refiner to add it. The coarse matte neither
    needs nor trains it, so it is no part of `forward`.
    """

    def __init__(self, config: ClipMatConfig) -> None:
        super().__init__()
        self.config = config
        self.image_encoder, self.text_tower = build_encoders(config)
        self.prompt = ContextEmbeddedPrompt(config)
        self.popup = SemanticPopup(config)
        self.pointing = PointingPlanes(config) if config.prompts else None
        self.details_extractor = DetailsExtractor(config) if config.details else None
        self.semantic_decoder = SemanticDecoder(config)
        self.details_decoder = DetailsDecoder(config)
        self.presence = build_presence_head(config)
        self.refiner = Refiner() if config.refiner else None

    def tokenize(self, expressions: list[str], templates: list[int] | None = None) -> tuple[TextTokens, list[str]]:
        """Token ids of expressions on the CPU, and the words of each that did not fit.

        `templates` picks CP's pre-embedding context for keywords; by default the first. A batch that holds one longer
        expression uses the expression setting's length for all. Raises BadExpression.
        """
        picks = templates or [0] * len(expressions)
        prompts = [self.prompt.compose(e, t) for e, t in zip(expressions, picks, strict=True)]
        return self.text_tower.tokenize([text for text, _ in prompts], max(length for _, length in prompts))

    def encode_image(self, pixels: Tensor) -> EncodedImage:
        """Bx3xHxW normalised pixels -> everything that does not depend on an expression."""
        features = self.image_encoder(pixels)
        details = None if self.details_extractor is None else self.details_extractor(features.levels, pixels)
        size = (pixels.shape[2], pixels.shape[3])
        alpha_logits = self.details_decoder(features.tokens, features.grid, details, size)
        return EncodedImage(features, details, alpha_logits, size)

    def encode_text(self, tokens: TextTokens) -> tuple[Tensor, Tensor]:
        """Token ids -> all text tokens BxLxDt with CP's context, and their validity BxL."""
        return self.prompt(self.text_tower, tokens.ids, tokens.valid)  # type: ignore[no-any-return]

    def decode(
        self,
        image: EncodedImage,
        text: Tensor,
        valid: Tensor,
        *,
        pointing: Tensor | None = None,
        hard: bool = False,
        shrink: int = 1,
    ) -> MatteOutput:
        """The part of the network that runs once per expression: TSP, semantic decoder, presence score and fusion.

        `text` BxLxDt and `valid` BxL bool are those of `encode_text`; `pointing` BxPLANESx(H/8)x(W/8) is of
        `pointing_planes`, None where nothing points or the network has no `prompts`. `hard` fuses as published, else
        softly. `shrink` divides the sides of what is returned: losses at half size cost a quarter.
        """
        size = (image.size[0] // shrink, image.size[1] // shrink)
        pointed = None if self.pointing is None else self.pointing(image.features.places, pointing)
        popup = self.popup(image.features, text, valid, None if pointed is None else pointed.tokens)
        match = popup.match_logits
        planes = None if match is None else match_planes(match)
        if planes is not None and pointed is not None:
            planes = torch.cat([planes, pointed.planes.to(planes.dtype)], dim=1)
        trimap_logits = self.semantic_decoder(popup.semantic_map, image.details, image.size, planes)
        trimap_logits = F.interpolate(trimap_logits.float(), size=size, mode="bilinear", align_corners=False)
        details = F.interpolate(image.alpha_logits.float(), size=size, mode="bilinear", align_corners=False)
        details = details.sigmoid()
        trimap = trimap_logits.softmax(dim=1)
        matte = fuse_hard(trimap_logits, details) if hard else fuse_soft(trimap, details)
        if self.presence is None:
            presence = trimap_logits.new_full((trimap_logits.shape[0],), torch.inf)
        else:
            presence = self.presence(popup, trimap[:, FOREGROUND, None])
        grid = image.features.grid if match is None else (match.shape[2], match.shape[3])
        return MatteOutput(
            *(trimap_logits, details, matte, presence),
            *(popup.token_embeddings, popup.text_embedding, grid, None if match is None else match.float()),
        )

    def forward(self, pixels: Tensor, tokens: TextTokens, shrink: int = 1) -> MatteOutput:
        """Bx3xHxW normalised pixels and BK tokenised expressions, K in a row for each image -> MatteOutput of BK."""
        text, valid = self.encode_text(tokens)
        image = self.encode_image(pixels).repeated(text.shape[0] // pixels.shape[0])
        return self.decode(image, text, valid, shrink=shrink)


def allocated(config: ClipMatConfig) -> ClipMat:
    """A network of which no tensor is initialised, as drawing random numbers takes time: fill all before its use."""
    with _Uninitialised():
        return ClipMat(config)


class _Uninitialised(TorchFunctionMode):
    """While this is entered, what `torch.nn.init` would write stays unwritten."""

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: Sequence[type],
        args: Sequence[object] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        kwargs = kwargs or {}
        if getattr(func, "__module__", None) == "torch.nn.init":
            return args[0] if args else kwargs["tensor"]
        return func(*args, **kwargs)
