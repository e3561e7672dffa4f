"""What counts as an expression: one module on which network and editor agree, without loading torch."""

from __future__ import annotations

MAIN_SUBJECT, POINTED_AT = "the main subject", "what is pointed at"
"""What stands for the words where there are none: for an image alone, and where somebody points."""


def clean_expression(text: str) -> str:
    """What is typed as an expression, with single spaces; '' when it has no letter and no digit, and so no word.

    A slash in front is left out: it is the key that leads to the box. What is no character, as bytes on a command line
    that are no UTF-8, becomes a question mark: no tokenizer takes it.
    """
    cleaned = " ".join(text.encode("utf-8", "replace").decode().split()).lstrip("/ ")
    return cleaned if any(character.isalnum() for character in cleaned) else ""
