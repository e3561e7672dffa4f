"""A vocabulary: which of its nouns are in an image, and which match a place of it best."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor

from clipmat.model import FOREGROUND, ClipMat, EncodedImage
from clipmat.present_words import PLACE, PresentWord

if TYPE_CHECKING:
    from clipmat.certainty import PresenceScale

_TEXTS = 128
"""Nouns in one pass of the text tower."""
_BATCH = 2
"""Nouns that are decoded together; a question of the user waits for no more than these."""
_LIKELY = 32
"""Nouns that are decoded where one pass tells how well each fits the places."""
_SHRINK = 4


class Vocabulary:
    """Nouns with their text encoded once, when they are first needed, for any number of images.

    On the device of the network; call its methods inside `torch.inference_mode` and the autocast of the predictor.
    """

    def __init__(self, model: ClipMat, nouns: Sequence[str]) -> None:
        self.nouns = tuple(nouns)
        self._model = model

    def find(
        self, image: EncodedImage, scale: PresenceScale, *, stop: Callable[[], bool] = lambda: False
    ) -> tuple[PresentWord, ...]:
        """The nouns of which the weights are sure in this image, the surest first.

        `stop` is asked before each batch; once it is true, the answer is ().
        """
        found: list[PresentWord] = []
        likely = self._likely(image)
        for start in range(0, len(likely), _BATCH):
            if stop():
                return ()
            found += self._decoded(image, scale, likely[start : start + _BATCH])
        return tuple(sorted(found, key=lambda word: -word.presence))

    @property
    def matches(self) -> bool:
        """Whether there are nouns, and the network matches them with places."""
        popup = self._model.popup
        return bool(self.nouns) and (popup.match is not None or popup.dense_match is not None)

    def places(self, image: EncodedImage) -> Tensor:
        """The embeddings of the image's places, rows x columns x D: the same for any text, see `nearest`."""
        if image.features.places is not None:
            return F.normalize(image.features.places[0].float(), dim=0).permute(1, 2, 0)
        texts, valids = self._encoded[0]
        tokens: Tensor = self._model.popup(image.features, texts[:1], valids[:1]).token_embeddings[0].float()
        return tokens.reshape(*image.features.grid, -1)

    def nearest(self, place: Tensor, count: int) -> tuple[str, ...]:
        """The nouns that match an embedding of `places`, D, best; only where `matches`."""
        scores = self._embeddings @ place.float()
        return tuple(self.nouns[i] for i in scores.topk(min(count, len(self.nouns))).indices.tolist())

    @cached_property
    def _encoded(self) -> list[tuple[Tensor, Tensor]]:
        """Text tokens and their validity, _TEXTS nouns a time."""
        device, made = next(self._model.parameters()).device, []
        for start in range(0, len(self.nouns), _TEXTS):
            tokens, _ = self._model.tokenize(list(self.nouns[start : start + _TEXTS]))
            made.append(self._model.encode_text(tokens.to(device)))
        return made

    @cached_property
    def _embeddings(self) -> Tensor:
        meanings = [self._model.popup.meaning(text, valid) for text, valid in self._encoded]
        known = torch.cat([each.float() for each in meanings if each is not None])
        return F.normalize(known, dim=1) if self._model.popup.dense_match is not None else known

    def _likely(self, image: EncodedImage) -> list[int]:
        """The nouns worth decoding, by index: all, or with a dense match those that fit some places best."""
        match, places = self._model.popup.dense_match, image.features.places
        if match is None or places is None or len(self.nouns) <= _LIKELY:
            return list(range(len(self.nouns)))
        logits = match.logits(places.float(), self._embeddings[None])[0].flatten(1)
        best = logits.topk(max(1, logits.shape[1] // 100), dim=1).values.mean(dim=1)
        return best.topk(_LIKELY).indices.tolist()

    def _decoded(self, image: EncodedImage, scale: PresenceScale, batch: Sequence[int]) -> Iterator[PresentWord]:
        text, valid = self._text(batch)
        out = self._model.decode(image.repeated(len(batch)), text, valid, shrink=_SHRINK)
        foreground = out.trimap_logits.softmax(dim=1)[:, FOREGROUND, None]
        places = F.adaptive_avg_pool2d(foreground, PLACE)[:, 0].float().cpu().numpy() > 0.5
        for index, logit, place in zip(batch, out.presence_logits.tolist(), places, strict=True):
            presence = scale.stated(logit)
            if presence >= scale.sure and place.any():
                yield PresentWord(self.nouns[index], presence, place)

    def _text(self, indices: Sequence[int]) -> tuple[Tensor, Tensor]:
        """The text tokens BxLxDt of these nouns and their validity BxL, padded to the longest."""
        rows = [tuple(each[i % _TEXTS] for each in self._encoded[i // _TEXTS]) for i in indices]
        longest = max(len(valid) for _, valid in rows)
        texts = [F.pad(text, (0, 0, 0, longest - len(text))) for text, _ in rows]
        valids = [F.pad(valid, (0, longest - len(valid))) for _, valid in rows]
        return torch.stack(texts), torch.stack(valids)
