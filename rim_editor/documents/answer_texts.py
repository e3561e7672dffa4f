"""Sentences about an answer: sure, unsure, a best guess, or nothing found; for window, command and batch alike.

All are without a full stop, so that a remedy or a note can follow. `quoted` is what was asked for, in its quotes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clipmat.certainty import Certainty
from rim_editor.translation import tr

if TYPE_CHECKING:
    from clipmat.pointing import Pointing
    from rim_editor.documents.document import Answer


def doubt(answer: Answer) -> str:
    """Why an answer should be checked, with its presence unless it was pointed at; '' where it is sure."""
    if answer.certainty is Certainty.SURE:
        return ""
    if answer.pointing:
        return nothing_at(answer.pointing)
    presence = tr("'{words}' (presence {presence:.2f})", words=answer.expression, presence=answer.presence)
    if answer.certainty is Certainty.UNSURE:
        return not_sure(presence)
    return tr("Nothing in this image matches {words}", words=presence)


def percent(share: float) -> str:
    """A share of 0 to 1 as the window writes it, like its fields: '97 %'."""
    return f"{100 * share:.0f} %"


def pointed(pointing: Pointing) -> str:
    """What points and a box consist of: '2 clicks', 'a box and 1 click'; '' where there are none."""
    count = len(pointing.points)
    clicks = (tr("1 click") if count == 1 else tr("{count} clicks", count=count)) if count else ""
    if pointing.box is None:
        return clicks
    return tr("a box and {clicks}", clicks=clicks) if clicks else tr("a box")


def nothing_at(pointing: Pointing) -> str:
    """For points and a box, with words or without, that came to nothing."""
    if pointing.drops:
        return tr("Nothing is left with these clicks")
    return tr("Nothing was found in this box") if pointing.box is not None else tr("Nothing was found at this click")


def nothing_here(quoted: str) -> str:
    """For words that came to nothing, where the presence is shown beside the sentence."""
    return tr("Nothing here seems to be {words}", words=quoted)


def not_sure(quoted: str) -> str:
    """For an answer between the two thresholds of the weights."""
    return tr("Not sure that this is {words}", words=quoted)


def best_guess(quoted: str) -> str:
    """For an answer of no certainty that is shown all the same."""
    return tr("Best guess for {words}", words=quoted)


def hardly_here(guess: str) -> str:
    """What `best_guess` gave, with the reason why it is one."""
    return tr("{guess}, which hardly seems to be here", guess=guess)


def still_former(former: str, quoted: str) -> str:
    """For a matte that is seen where the words came to nothing; `former` is what it was made of, in its quotes."""
    return tr("This is still {former}, not {words}", former=former or tr("the former matte"), words=quoted)


def found(quoted: str) -> str:
    """For an answer that is sure."""
    return tr("Found {words}", words=quoted)


def found_by(quoted: str) -> str:
    """For what points and a box alone have found; `quoted` is their summary."""
    return tr("Found by {clicks}", clicks=quoted)


def used(quoted: str) -> str:
    """For an answer that was not sure and that the user has accepted."""
    return tr("Used {words}", words=quoted)
