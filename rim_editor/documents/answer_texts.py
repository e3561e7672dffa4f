"""Sentences about an answer: sure, unsure, a best guess, or nothing found; for window, command and batch alike.

All are without a full stop, so that a remedy or a note can follow. `quoted` is what was asked for, in its quotes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clipmat.certainty import Certainty

if TYPE_CHECKING:
    from clipmat.pointing import Pointing
    from rim_editor.documents.document import Answer


def doubt(answer: Answer) -> str:
    """Why an answer should be checked, with its presence unless it was pointed at; '' where it is sure."""
    if answer.certainty is Certainty.SURE:
        return ""
    if answer.pointing:
        return nothing_at(answer.pointing)
    presence = f"'{answer.expression}' (presence {answer.presence:.2f})"
    if answer.certainty is Certainty.UNSURE:
        return not_sure(presence)
    return f"Nothing in this image matches {presence}"


def nothing_at(pointing: Pointing) -> str:
    """For points and a box, with words or without, that came to nothing."""
    if pointing.drops:
        return "Nothing is left with these clicks"
    return "Nothing was found in this box" if pointing.box is not None else "Nothing was found at this click"


def nothing_here(quoted: str) -> str:
    """For words that came to nothing, where the presence is shown beside the sentence."""
    return f"Nothing here seems to be {quoted}"


def not_sure(quoted: str) -> str:
    """For an answer between the two thresholds of the weights."""
    return f"Not sure that this is {quoted}"


def best_guess(quoted: str) -> str:
    """For an answer of no certainty that is shown all the same."""
    return f"Best guess for {quoted}"


def hardly_here(guess: str) -> str:
    """What `best_guess` gave, with the reason why it is one."""
    return f"{guess}, which hardly seems to be here"


def still_former(former: str, quoted: str) -> str:
    """For a matte that is seen where the words came to nothing; `former` is what it was made of, in its quotes."""
    return f"This is still {former or 'the former matte'}, not {quoted}"


def found(quoted: str) -> str:
    """For an answer that is sure."""
    return f"Found {quoted}"


def found_by(quoted: str) -> str:
    """For what points and a box alone have found; `quoted` is their summary."""
    return f"Found by {quoted}"


def used(quoted: str) -> str:
    """For an answer that was not sure and that the user has accepted."""
    return f"Used {quoted}"
