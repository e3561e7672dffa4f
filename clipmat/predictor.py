"""The public API: `Predictor.load()`, then `set_image` once and `predict` many times.

Longer than 300 lines because all that can be asked of a network is together here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import repeat
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from clipmat import weights as weights_files
from clipmat.batching import decoded_together, encoded_together
from clipmat.certainty import Certainty, shows_something
from clipmat.devices import DeviceChoice, choose_device
from clipmat.errors import BadExample, BadExpression, BadImage, ImageNotSet, WeightsError
from clipmat.example_making import ExampleMaker, fingerprint
from clipmat.examples import Example, example_of
from clipmat.expression import MAIN_SUBJECT, clean_expression
from clipmat.image_state import FoundRegions, SetImage
from clipmat.model import ClipMat, MatteOutput
from clipmat.pointed_answers import PointedAnswers, digest, enlarged, refinements, trimap_of
from clipmat.pointed_crops import whole_region
from clipmat.pointing import Click, PromptMethod, checked_pointing
from clipmat.predictions import Draft, EdgeRefiner, Prediction
from clipmat.present_words import PresentWord
from clipmat.prompt import checked_expression, singularise
from clipmat.refining import CropRefinements, Pyramid, refine_matte
from clipmat.text_encoding import encoded_text
from clipmat.transforms import check_image, check_matte, input_size, resized, to_input
from clipmat.vocabulary import Vocabulary
from clipmat.worded_parts import worded_parts

REFINE_DOWNSAMPLING = 6
"""How many times smaller than the crop the matte is that `Predictor.refine` starts from: more than MAX_UPSAMPLING of
the refiner, so that a second step corrects what the first one could not reach."""


class Predictor:
    """A loaded network that remembers the features of one image.

    It may be shared by threads: their calls wait for each other, and each thread asks about the image that it set last
    itself, which is kept as long as the thread lives. A thread that has set none asks about the newest of all.

    >>> predictor = Predictor.load()
    >>> predictor.set_image(image)                         # HxWx3 uint8 sRGB
    >>> predictor.predict("the dog on the left").matte     # HxW float32
    """

    def __init__(
        self, model: ClipMat, card: weights_files.ModelCard, choice: DeviceChoice, *, weights: str = ""
    ) -> None:
        """Move a network to a device and set it to evaluation; `weights` is its name in messages."""
        self.device, self.precision, self.device_reason = choice
        self.weights, self.card = weights, card
        self.edges: EdgeRefiner | None = None
        """What computes edges in place of the post-refiner of the weights."""
        self.model = model.to(choice.device).to(memory_format=torch.channels_last).eval()
        self._dtype = choice.dtype
        self._lock = threading.Lock()
        self._newest: SetImage | None = None
        self._own = threading.local()
        """`image` is the one that the thread has set."""
        vocabulary = Vocabulary(self.model, card.nouns)
        self._pointed_answers = PointedAnswers(self.model, vocabulary)
        self._example_maker = ExampleMaker(self.model, vocabulary)
        self._fingerprint_memo = ""
        self._asked_nouns = Vocabulary(self.model, ())

    @classmethod
    def load(
        cls, weights: str | Path = "compact", device: str = "auto", precision: str = "auto", *, untrained: bool = False
    ) -> Predictor:
        """Load a variant by name or a weights file by path, onto one of `devices.DEVICES` in one of its PRECISIONS.

        Raises a ClipMatError whose text names the remedy: UnknownWeights, WeightsMissing, WeightsInvalid,
        DeviceUnavailable. `untrained=True` gives random weights, for tests and benchmarks only.
        """
        choice = choose_device(device, precision)  # fails before the slow part
        model, card = weights_files.untrained(str(weights)) if untrained else weights_files.load(weights)
        return cls(model, card, choice, weights=str(weights))

    def set_image(self, image: NDArray[np.uint8]) -> None:
        """Encode an image (HxWx3 uint8 sRGB) for the expressions to come. Raises BadImage; the former image stays.

        The array is kept, not copied: do not write into it, for the refiner reads it with each expression.
        """
        check_image(image)
        with self._lock:
            started = time.perf_counter()
            small = resized(image, input_size(image.shape[0], image.shape[1], self.card.config))
            pixels = to_input(small, self.card.config).to(self.device, memory_format=torch.channels_last)
            with torch.inference_mode(), self._autocast():
                encoded = self.model.encode_image(pixels)
            self._synchronise()
            self._newest = SetImage(encoded, image, small, (time.perf_counter() - started) * 1000)
            self._own.image = self._newest

    def predict(
        self,
        expression: str = "",
        *,
        points: Sequence[Click] = (),
        box: Sequence[float] | None = None,
        example: Example | None = None,
        refine: bool = True,
    ) -> Prediction:
        """The matte of what the expression refers to, or what points, a box or an example show, at the image's size.

        Points are (x, y, keep) in pixels of the upright image: keep is True on the object, False beside it; a box is
        x0, y0, x1, y1. Beside an expression they choose among what it finds; see `PromptMethod`. Without all of
        these, weights with `prompts` find the main subject. An example of another
        image stands for an expression, alone or beside one; see `example`.
        Costs the text tower, TSP and the semantic decoder, and then the post-refiner, whose work grows with the
        length of the object's edges, where the weights bring one; `refine=False` leaves it out.
        Raises ImageNotSet before `set_image`, BadExpression when there is nothing to go by and the weights know no main
        subject, BadPrompt for points and boxes that are not in the image, BadExample for one of other weights. Warns
        ExpressionTruncated with the words that did not fit.
        """
        with self._lock:
            return self._finished(self._found(expression, points, box, example), refine)

    def predict_pairs(self, pairs: Sequence[tuple[NDArray[np.uint8], str]], *, refine: bool = True) -> list[Prediction]:
        """What `predict` gives for each image and its expression, the network's share of all in one call per size.

        For GPUs, which one image does not fill. The same array is encoded once; the image that was set stays set.
        Raises as `set_image` and `predict` do.
        """
        if not pairs:
            return []
        images = {id(image): image for image, _ in pairs}
        for image in images.values():
            check_image(image)
        words = [checked_expression(clean_expression(text)) for _, text in pairs]
        with self._lock:
            started = time.perf_counter()
            small = [
                resized(image, input_size(image.shape[0], image.shape[1], self.card.config))
                for image in images.values()
            ]
            with torch.inference_mode(), self._autocast():
                pixels = [to_input(image, self.card.config).to(self.device) for image in small]
                encoded = encoded_together(self.model, pixels)
                self._synchronise()
                read = time.perf_counter()
                each = (read - started) * 1000 / len(images)
                made = map(SetImage, encoded, images.values(), small, repeat(each))
                of = dict(zip(images, made, strict=True))
                asked = [singularise(text, self.card.nouns) for text in words]
                outs = decoded_together(self.model, [of[id(image)].encoded for image, _ in pairs], asked)
                self._synchronise()
            share = (time.perf_counter() - read) / len(pairs)
            answers = []
            for (image, _), text, out in zip(pairs, words, outs, strict=True):
                region = whole_region(out, of[id(image)].size)
                regions, now = (worded_parts(region, text, of[id(image)].small),), time.perf_counter()
                presence = self._presence(out)
                found = FoundRegions(
                    of[id(image)], text, regions, presence, PromptMethod.WORDS, False, now - share, now - share, now
                )
                answers.append(self._finished(found, refine))
        return answers

    def draft(
        self,
        expression: str = "",
        *,
        points: Sequence[Click] = (),
        box: Sequence[float] | None = None,
        example: Example | None = None,
    ) -> Draft:
        """What `predict` gives, sooner: the matte before the post-refiner's last step, which is most of its work.

        Where there is no such step, and where nothing matches, the prediction is that of `predict`. Where the network
        finds the very same as before in this image, as with one more click on an object, and that matte was finished
        and somebody still has it, it is that array: do not write into it. Raises as `predict` does.
        """
        with self._lock:
            found = self._found(expression, points, box, example)
            if self.edges is not None:
                return Draft(self._prediction(found, self._by(self.edges, found), refined=True), None)
            finished, key = found.image.finished, digest(found.regions)
            if (known := finished.get(key)) is not None:
                return Draft(self._prediction(found, known), None)
            refinement = self._refinements(found)
            if refinement is None:
                return Draft(self._prediction(found, enlarged(found.regions, found.image.size)), None)
            if refinement.has_draft:
                prediction = self._prediction(found, refinement.draft(), refined=True)
                if prediction.certainty is not Certainty.NONE:
                    refinement.when_finished = lambda matte: finished.update({key: matte})
                    return Draft(prediction, refinement)
            return Draft(self._prediction(found, refinement.matte(), refined=True), None)

    def example(self, matte: NDArray[np.float32], expression: str = "", *, source: str = "") -> Example:
        """What `matte`, HxW in [0, 1], selects in the image that was set, as an example to find it by in others.

        `expression` is by what it was found, if by anything; `source` the name of the image's file. Costs about as
        much as a dozen expressions, and the first one about a second more.
        Raises ImageNotSet; BadImage for a matte of another size or kind; BadExample when the matte shows nothing.
        """
        image = self._image_for("example(matte)")
        check_matte(matte, image.size)
        expression = clean_expression(expression)
        with self._lock, torch.inference_mode(), self._autocast():
            found = self._example_maker.likeness(image.encoded, matte, singularise(expression, self.card.nouns))
        return example_of(
            found.tokens.cpu().numpy(),
            weights=self._fingerprint(),
            variant=self.card.config.variant,
            expression=expression,
            words=found.words,
            agreement=found.agreement,
            source=source,
        )

    def present_words(self, nouns: Sequence[str], stop: Callable[[], bool] = lambda: False) -> tuple[PresentWord, ...]:
        """Those of `nouns` of which the weights are sure in the image, the surest first; () once `stop` is true.

        Costs a text pass for new nouns, and a decoder pass for each; no post-refiner. The more nouns are asked, the
        more are found by chance. Raises ImageNotSet before `set_image`.
        """
        image = self._image_for("present_words(nouns)")
        if not nouns:
            return ()
        with self._lock, torch.inference_mode(), self._autocast():
            if self._asked_nouns.nouns != tuple(nouns):
                self._asked_nouns = Vocabulary(self.model, nouns)
            return self._asked_nouns.find(image.encoded, self.card.presence, stop=stop)

    def refine(
        self, image: NDArray[np.uint8], matte: NDArray[np.float32], trimap: NDArray[np.uint8]
    ) -> NDArray[np.float32]:
        """The matte computed anew by the post-refiner where `trimap` is unknown; elsewhere it stays as it is.

        Crops of one place: `image` hxwx3 uint8 sRGB, `matte` hxw float32 in [0, 1], `trimap` hxw uint8 (0
        background, 128 unknown, 255 foreground). Returns hxw float32 in [0, 1], a new array. Needs no `set_image`
        and leaves the image that was set. The known pixels around the unknown region show which colours belong to
        which side: include some of both in the crop. Raises BadImage when the three do not belong together or hold
        other numbers than these, WeightsError when the weights have no refiner.
        """
        check_image(image)
        size = (image.shape[0], image.shape[1])
        check_matte(matte, size)
        if not isinstance(trimap, np.ndarray) or trimap.shape != size or not np.isin(trimap, (0, 128, 255)).all():
            given = trimap.shape if isinstance(trimap, np.ndarray) else type(trimap).__name__
            raise BadImage(f"an image {image.shape} needs a trimap of {size}, of 0, 128 and 255 only; this is {given}")
        unknown = trimap == 128
        if self.edges is not None:
            return np.where(unknown, self.edges.alpha(image, trimap), matte).astype(np.float32)
        if self.model.refiner is None:
            raise WeightsError(
                f"the weights '{self.weights}' have no refiner: choose 'compact', which has one, or paint by hand"
            )
        if not unknown.any():
            return matte.copy()
        levels = (0, 128, 255)  # in the order of BACKGROUND, UNKNOWN, FOREGROUND
        small = (max(1, round(size[0] / REFINE_DOWNSAMPLING)), max(1, round(size[1] / REFINE_DOWNSAMPLING)))
        labels = resized(np.stack([trimap == level for level in levels], axis=2).astype(np.float32), small)
        coarse = resized(np.ascontiguousarray(matte, np.float32), small)
        with self._autocast():
            planes = np.ascontiguousarray(labels.transpose(2, 0, 1))
            new = refine_matte(self.model.refiner, image, coarse, planes, threads=self._threads)
        return np.where(unknown, new, matte).astype(np.float32)

    def _image_for(self, call: str) -> SetImage:
        """The image that this thread has set, else the newest. Raises ImageNotSet, naming the call that needs it."""
        image: SetImage | None = getattr(self._own, "image", self._newest)
        if image is None:
            raise ImageNotSet(f"no image is set: call set_image(image) before {call}")
        return image

    def _check_example(self, example: Example) -> None:
        if example.weights != self._fingerprint() or example.width != self.card.config.text_width:
            raise BadExample(
                f"the example '{example.title}' is of other weights ({example.variant}) than '{self.weights}': choose "
                "the weights that made it, or mark the object again with these"
            )

    def _fingerprint(self) -> str:
        if not self._fingerprint_memo:
            self._fingerprint_memo = fingerprint(self.model)
        return self._fingerprint_memo

    def _found(
        self, expression: str, points: Sequence[Click], box: Sequence[float] | None, example: Example | None
    ) -> FoundRegions:
        """What the network finds, before any edge is refined. Raises as `predict` does."""
        image = self._image_for("predict(expression)")
        if not isinstance(expression, str):
            raise BadExpression(
                f"an expression is a text, not {type(expression).__name__}: write words or leave it out"
            )
        pointing = checked_pointing(points, box, image.size[1], image.size[0])
        words = clean_expression(expression)
        by_pointing_alone = bool(pointing) and not words and example is None
        nothing_given = not expression.strip() and not pointing and example is None
        if example is not None:
            self._check_example(example)
        elif nothing_given and self.card.config.prompts:
            words = MAIN_SUBJECT
        elif not by_pointing_alone:
            words = checked_expression(expression)
        started = encoded = time.perf_counter()
        out = text = None
        with torch.inference_mode(), self._autocast():
            if not by_pointing_alone:
                text = encoded_text(self.model, singularise(words, self.card.nouns), example)
                self._synchronise()
                encoded = time.perf_counter()
                out = self.model.decode(image.encoded, *text, hard=True)
            if pointing:
                answer = self._pointed_answers.answer(image.encoded, image.pixels, image.small, pointing, out, text)
                regions, method = answer.regions, answer.method
            else:
                assert out is not None
                region = whole_region(out, image.size)
                regions = (worded_parts(region, words, image.small) if example is None else region,)
                method = PromptMethod.WORDS if example is None else PromptMethod.EXAMPLE
                if nothing_given:
                    method = PromptMethod.MAIN_SUBJECT
        presence = 1.0 if out is None else self._presence(out)
        return FoundRegions(
            image, words, regions, presence, method, bool(pointing), started, encoded, time.perf_counter()
        )

    def _finished(self, found: FoundRegions, refine: bool) -> Prediction:
        if refine and self.edges is not None:
            return self._prediction(found, self._by(self.edges, found), refined=True)
        refinement = self._refinements(found) if refine else None
        if refinement is None:
            return self._prediction(found, enlarged(found.regions, found.image.size))
        return self._prediction(found, refinement.matte(), refined=True)

    def _presence(self, out: MatteOutput) -> float:
        return self.card.presence.stated(float(out.presence_logits[0]))

    def _by(self, edges: EdgeRefiner, found: FoundRegions) -> NDArray[np.float32]:
        """The matte of the regions, its edges by another network."""
        trimap = trimap_of(found.regions, found.image.size)
        coarse = enlarged(found.regions, found.image.size)
        return np.where(trimap == 128, edges.alpha(found.image.pixels, trimap), coarse)

    def _refinements(self, found: FoundRegions) -> CropRefinements | None:
        """What makes the matte of the regions at the image's own size; None without a post-refiner."""
        if self.model.refiner is None:
            return None
        image = found.image
        if image.pyramid is None:
            image.pyramid = Pyramid(image.pixels, image.encoded.size)
        with torch.inference_mode(), self._autocast():
            return refinements(found.regions, image.pixels, self.model.refiner, image.pyramid, self._threads)

    def _prediction(self, found: FoundRegions, matte: NDArray[np.float32], *, refined: bool = False) -> Prediction:
        refined_at = time.perf_counter()
        if found.pointed:  # somebody points at it
            certainty = Certainty.SURE if shows_something(matte) else Certainty.NONE
        else:
            certainty = self.card.presence.certainty(found.presence, matte)
        refining = refined_at - found.ended if refined else 0.0
        return Prediction(
            expression=found.expression,
            matte=matte,
            make_trimap=partial(trimap_of, found.regions, found.image.size),  # which does not keep the image
            presence=found.presence,
            certainty=certainty,
            timings={
                "image": found.image.milliseconds,
                "text": (found.encoded - found.started) * 1000,
                "matte": (time.perf_counter() - found.encoded - refining) * 1000,
                "refine": refining * 1000,
            },
            method=found.method,
            note=found.method.note,
        )

    @property
    def _threads(self) -> int:
        """How many threads of the CPU share the tiles of the post-refiner."""
        return torch.get_num_threads() if self.device == "cpu" else 1

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.device, self._dtype, enabled=self._dtype != torch.float32)

    def _synchronise(self) -> None:
        # GPU calls return before the work is done; timings must not.
        if self.device == "cuda":
            torch.cuda.synchronize()
        elif self.device == "mps":
            torch.mps.synchronize()
