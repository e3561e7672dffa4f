"""Puts a mark in place of each phrase of an expression that names a place or a relation: `the cup @p_left`.

`@p_SIDE` is a place, `@f_SIDE` the side from which is counted, `@n_RANK` what is counted (-1: the last), `@r_KIND` a
relation to what comes after it. The table is applied from top to bottom, longer phrases first, so that the order of
the words hardly matters. What stays between the marks are noun phrases.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from clipmat.sentences.spelling import COLOURS

_FAR = r"(?:(?:far|very|extreme|absolute|most) )*"
_THE = r"(?:the |a |an |its )?"
_H = rf"{_FAR}(left|right)(?: ?most)?(?: hand(?! (?:of|with)\b|$))?(?: (?:side|edge|end|half|part|corner|column)\b)?"
_V = (
    rf"{_FAR}(top|upper|bottom|lower|topmost|uppermost|lowest|highest|higher(?! than\b))(?: ?most)?"
    r"(?: (?:side|edge|end|half|part|corner|row|shelf)\b)?"
)
_AT = rf"\b(?:(?:to|on|at|in|near|towards?|along) )?{_THE}"
_IMAGE = r"(?:image|picture|photo|photograph|pic|frame|screen|shot|scene|view)"
_CAMERA = r"(?:camera|viewer|us|me|you|photographer|front)"
_OWN = r"(?:his|her|its|their)(?: own)?"
_BODY = (
    r"(?:(?:left|right|bare) )?(?:backs?|knees?|foot|feet|heads?|hands?|arms?|shoulders?|laps?|faces?|sides?|hair|"
    r"necks?|legs?|mouths?|eyes|chests?|waists?)"
)
_COLOUR = rf"(?:{'|'.join(COLOURS)})"
_POSTURE = (
    r"(?:standing|sitting|lying|laying|walking|running|parked|located|placed|positioned|seated|hanging|resting|"
    r"kneeling|leaning|floating|flying|situated|shown|seen|stood|sat|furthest|farthest|further)"
)
_WHICH = r"(?:that|which|who)(?:'s| is| are| looks?| stands?| sits?| lies)?"
_ORDINALS = {
    word: rank
    for rank, words in {
        1: "first 1st", 2: "second 2nd", 3: "third 3rd", 4: "fourth 4th", 5: "fifth 5th", 6: "sixth 6th",
        7: "seventh 7th", 8: "eighth 8th", -1: "last",
    }.items()
    for word in words.split()
}  # fmt: skip
_MOST = (
    *("biggest", "largest", "smallest", "tiniest", "littlest", "tallest", "shortest", "closest", "nearest", "furthest"),
    *("farthest", "highest", "lowest", "topmost", "uppermost", "leftmost", "rightmost", "left most", "right most"),
    *_ORDINALS,
)
_MORE = (
    *("bigger", "larger", "smaller", "taller", "shorter", "closer", "nearer", "further", "farther", "further away"),
    *("farther away", "further back", "farther back", "higher", "lower", "upper"),
    *(
        f"^{the}{side}"
        for the in ("the ", "")
        for side in ("left", "right", "top", "bottom", "middle", "front", "back")
    ),
)
_MANY = r"(?:two|three|four|five|six|seven|eight|both|several|many|lot|bunch)"
_OF = r"(?: ones?)? (?:of|among|out of)(?: all)?(?: the| these| those)?"
_CANONICAL = (
    dict.fromkeys(("upper", "topmost", "uppermost", "highest", "higher"), "top")
    | dict.fromkeys(("lower", "lowest"), "bottom")
    | {"back": "behind"}
)


def _after(words: Sequence[str]) -> str:
    """A pattern of the places that are right behind one of the words."""
    return "|".join(rf"(?<=\b{word})" for word in words)


_TABLE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), mark)
    for pattern, mark in (
        # What is no part of the description.
        (r"^(?:(?:i want|i need|i'd like|can you|could you|would you|please|select|choose|pick|cut out|find|show|give|"
         r"get|extract|mark|me) )+", ""),
        (r" (?:please|thanks)$", ""),
        (rf"\b(?:on|in|at|to|with|over|under|around) {_OWN} {_BODY}\b(?: to {_CAMERA}\b)?", ""),
        (r"\b(?:bent|bending|leaning|hanging|turned|flipped|knocked|tipped) (?:over|down|forward)\b", ""),
        (r"\b(?:(?:seen|shown|photographed) )?from (?:behind|the side|above|below)\b", ""),
        (rf"\b(?:of|in|on|from|within|across) (?:the |this |that |my )?(?:whole |entire )?{_IMAGE}\b", ""),
        (r"(?<!\bthe )(?<!\bon )(?<!\bto )(?<!\bat )(?<!\bfar )\b(?:right|directly|just|immediately|slightly|straight) "
         r"(?=(?:to|on|next|behind|in|above|below|under|underneath|beside|between|before)\b)", ""),
        (r"^(?:the )?top (?=(?:on|at|in|to) the (?!top\b))", "~top "),
        (rf"\b({_COLOUR}|a|wearing|tank|crop) top\b(?! (?:left|right|corner|row|shelf|of)\b)", "{1} ~top"),
        # `the bigger one of the two dogs` is the bigger dog.
        (rf"(?:{_after(_MORE + _MOST)}){_OF} {_MANY}\b", ""),
        (rf"(?:{_after(_MOST)}){_OF}(?: them)?(?: all)?(?= |$)", ""),
        (rf"(?<= )of (?:the |these |those )?{_MANY}$", ""),
        # Distance from the camera.
        (rf"\b(?:closest|nearest|closer|nearer|near|close) (?:to )?(?:the )?{_CAMERA}\b"
         r"|\bin (?:the )?front of (?:the |my )?camera\b", "@p_front"),
        (rf"\b(?:furthest|farthest|further|far)(?: (?:away|back))*(?: from (?:the )?{_CAMERA}\b| (?:back|away)\b)",
         "@p_behind"),
        (rf"\b(?:furthest|farthest) (?=(?:(?:to|on|at) )?(?:the )?(?:{_H}|{_V})\b)", ""),
        # What is counted, and from where.
        (r"\b(?:number|no) (\d)\b", "@n_{1}"),
        (rf"\b({'|'.join(_ORDINALS)})\b", "@n_{1}"),
        (rf"\bfrom (?:the )?{_H}", "@f_{1}"),
        (rf"\bfrom (?:the )?{_V}", "@f_{1}"),
        (r"\bfrom (?:the )?(front|back)\b", "@f_{1}"),
        # Corners, one thing beside another, one above another.
        (rf"(?<!~){_AT}(?<!~){_V} (?:and )?(?:(?:on|to) )?(?:the )?{_H}(?!(?: side| hand)* of\b)", "@p_{1} @p_{2}"),
        (rf"{_AT}{_H} (?:and )?(?:(?:at|on) )?(?:the )?{_V}(?!(?: side)* of\b)", "@p_{1} @p_{2}"),
        (rf"{_AT}{_H} of\b", "@r_{1}"),
        (r"\bon top of\b|\batop\b|\b(?:at|in) the (?:top|middle|centre|center|bottom) of\b", "@r_on"),
        (r"\bin (?:the )?front of\b|\bahead of\b|\bbefore(?= \w)", "@r_front"),
        (r"\b(?:in|at|to) (?:the )?(?:back|rear) of\b|\bbehind(?= \w)", "@r_behind"),
        (r"\b(?:next|close|closer|closest|near|nearer|nearest|adjacent) to\b"
         r"|\b(?:beside|besides|alongside|touching|against|by|near)(?= \w)|\b(?:nearest|closest) (?=the )", "@r_near "),
        (r"\b(?:nearest|closest|closer|nearer)\b", "@p_front"),
        (r"\b(?:in )?between\b", "@r_between"),
        (r"\b(?:above|over|higher than)(?= \w)", "@r_top"),
        (r"\b(?:below|beneath|under|underneath|lower than)(?= \w)", "@r_bottom"),
        # Places.
        (rf"{_AT}{_H}(?!\w)", "@p_{1}"),
        (rf"(?<!~){_AT}(?<!~){_V}(?!\w)", "@p_{1}"),
        (rf"{_AT}(?:very |exact |dead )?(?:middle|center|centre|central)(?: (?:row|part|column))?\b", "@p_middle"),
        (rf"{_AT}(?:very )?(?:front|foreground|frontmost|foremost)(?: row)?\b", "@p_front"),
        (rf"{_AT}(?:very )?(?:back|background|rear|distance)(?: row)?\b|\bbehind\b|\b(?:furthest|farthest)\b"
         r"|\b(?:further|farther)(?= \w|$)",
         "@p_behind"),
        (r"\b(?:in|at|on) (?:the|a) corner\b", "@p_corner"),
        (r"\b(?:biggest|largest|bigger|larger)\b", "@p_big"),
        (r"\b(?:smallest|tiniest|littlest|smaller)\b", "@p_small"),
        (r"\b(?:tallest|taller)\b", "@p_tall"),
        (r"\b(?:shortest|shorter)\b", "@p_short"),
        (r"\b(?:with|holding|carrying|(?:who|that|which) (?:has|have|holds|carries))\b", "@r_with"),
        (r"\bon(?:to)?(?= \w)", "@r_on"),
        # What only leads to a place, a relation or a colour.
        (rf"\b(?:{_WHICH} |is |are )?{_POSTURE} (?=@)", ""),
        (rf"\b(?:{_WHICH}|is|are) (?=@|{_COLOUR}\b)", ""),
    )
)  # fmt: skip


def tagged(text: str) -> str:
    """The text, evened by `spelling`, with marks in place of its phrases."""
    for pattern, mark in _TABLE:

        def put(found: re.Match[str], mark: str = mark) -> str:
            words = [_ORDINALS.get(word, _CANONICAL.get(word, word)) for word in found.groups() if word is not None]
            return f" {mark.format(found.group(), *words)} "

        text = " ".join(pattern.sub(put, text).split())
    return text.replace("~", "")
