"""Which nouns of a vocabulary are in an image: all are matched to it at once, and the best are decoded in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

from clipmat.model import FOREGROUND, ClipMat, EncodedImage
from clipmat.words_here import PLACE, WordHere

if TYPE_CHECKING:
    from clipmat.certainty import PresenceScale

_TEXTS = 128
"""Nouns in one pass of the text tower."""
_BATCH = 2
"""Nouns that are decoded together; a question of the user waits for no more than these."""
_SHRINK = 4


class Vocabulary:
    """Nouns with their text encoded once, for any number of images. On the device of the network."""

    def __init__(self, model: ClipMat, nouns: Sequence[str]) -> None:
        """Encode the nouns. Call inside `torch.inference_mode` and the autocast of the predictor."""
        self.nouns = tuple(nouns)
        self._model = model
        device = next(model.parameters()).device
        texts, valids, matches = [], [], []
        for start in range(0, len(self.nouns), _TEXTS):
            tokens, _ = model.tokenize(list(self.nouns[start : start + _TEXTS]))
            text, valid = model.encode_text(tokens.to(device))
            texts.append(text)
            valids.append(valid)
            if model.popup.match is not None:
                matches.append(model.popup.match.embed_text(model.popup.text_in(text), valid).float())
        self._texts, self._valids = texts, valids
        self._matches = torch.cat(matches) if matches else None

    def find(
        self, image: EncodedImage, scale: PresenceScale, *, most: int = 48, stop: Callable[[], bool] = lambda: False
    ) -> tuple[WordHere, ...]:
        """The nouns of which the weights are sure in this image, the surest first.

        Only the `most` that match the image best are decoded. `stop` is asked before each batch; once it is true, the
        answer is ().
        """
        found: list[WordHere] = []
        for batch in self._batches(image, most):
            if stop():
                return ()
            found += self._decoded(image, scale, batch)
        return tuple(sorted(found, key=lambda word: -word.presence))

    def nearest(self, place: torch.Tensor, count: int) -> tuple[str, ...]:
        """The nouns that match an embedding of places, D, best; () for a network without a match."""
        if self._matches is None or not self.nouns:
            return ()
        scores = self._matches @ place.float()
        return tuple(self.nouns[i] for i in scores.topk(min(count, len(self.nouns))).indices.tolist())

    def _batches(self, image: EncodedImage, most: int) -> Iterator[list[int]]:
        chosen = self._candidates(image, most)
        yield from (chosen[start : start + _BATCH] for start in range(0, len(chosen), _BATCH))

    def _candidates(self, image: EncodedImage, most: int) -> list[int]:
        """The nouns that match any place of the image best; without a match in the network, the first."""
        if self._matches is None or most >= len(self.nouns):
            return list(range(min(most, len(self.nouns))))
        text, valid = self._text([0])
        tokens = self._model.popup(image.features, text, valid).token_embeddings[0].float()
        scores = (tokens @ self._matches.T).amax(dim=0)
        return [int(index) for index in scores.topk(min(most, len(self.nouns))).indices]

    def _decoded(self, image: EncodedImage, scale: PresenceScale, batch: list[int]) -> Iterator[WordHere]:
        text, valid = self._text(batch)
        out = self._model.decode(image.repeated(len(batch)), text, valid, shrink=_SHRINK)
        foreground = out.trimap_logits.softmax(dim=1)[:, FOREGROUND, None]
        places = F.adaptive_avg_pool2d(foreground, PLACE)[:, 0].float().cpu().numpy() > 0.5
        for index, logit, place in zip(batch, out.presence_logits.tolist(), places, strict=True):
            presence = scale.stated(logit)
            if presence >= scale.sure and place.any():
                yield WordHere(self.nouns[index], presence, place)

    def _text(self, indices: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor]:
        """The text tokens BxLxDt of these nouns and their validity BxL, padded to the longest."""
        rows = [(self._texts[i // _TEXTS][i % _TEXTS], self._valids[i // _TEXTS][i % _TEXTS]) for i in indices]
        longest = max(len(valid) for _, valid in rows)
        texts = [F.pad(text, (0, 0, 0, longest - len(text))) for text, _ in rows]
        valids = [F.pad(valid, (0, longest - len(valid))) for _, valid in rows]
        return torch.stack(texts), torch.stack(valids)
