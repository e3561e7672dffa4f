"""Errors of the editor: each text says what happened and what to do about it, fit to be shown as it is."""

from typing import ClassVar


class EditorError(Exception):
    """A mistake or a lack that the user can remedy; `exit_code` is what the command line ends with."""

    exit_code: ClassVar[int] = 2


class ImageUnreadable(EditorError):
    """The file is missing, a folder, empty, damaged, or no image."""


class ImageTooLarge(EditorError):
    """The image has more pixels than the decompression guard lets in."""


class ImageUnsupported(EditorError):
    """The image is whole, but its kind of pixels has no agreed range to scale from."""


class NoMatte(EditorError):
    """The document has no matte yet: nothing was found, and nothing painted."""


class OutputUnsupported(EditorError):
    """The format of the output is unknown or cannot hold the result."""


class OutputExists(EditorError):
    """The output would replace a file, or an input, and nobody asked for that."""


class OutputNotWritable(EditorError):
    """The output cannot be created: no such folder, no permission, no space."""


class BadOption(EditorError):
    """An option has no sense: a colour that is none, or one that the edit does not use."""


class EmptyExpression(EditorError):
    """The expression holds no word."""


class NothingMatched(EditorError):
    """No object in the image fits the expression; nothing was written."""

    exit_code: ClassVar[int] = 3


class EditorWarning(UserWarning):
    """The work goes on, but the user should know: a damaged profile, metadata that did not fit."""
