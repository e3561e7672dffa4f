"""Errors of the editor: each text says what happened and what to do about it, and can be shown to users."""

from typing import ClassVar

from clipmat.errors import UserError, UserFacingWarning


class EditorError(UserError):
    """The base of the errors that the editor raises."""


class NoMatte(EditorError):
    """The document has no matte yet: nothing was found, and nothing painted."""


class OutputUnsupported(EditorError):
    """The format of the output is unknown or cannot hold the result."""


class OutputExists(EditorError):
    """The output would replace a file, or an input, without permission. Constructed with `problem` alone."""

    @property
    def problem(self) -> str:
        """The problem without its remedy, which differs between the window and the command line."""
        return str(self.args[0])

    def __str__(self) -> str:
        return f"{self.problem}: choose another name, or replace it on purpose."


class OutputNotWritable(EditorError):
    """The output cannot be created: no such folder, no permission, no space."""


class BadOption(EditorError):
    """An option is invalid: a colour that cannot be read, for instance, or an option that the edit does not use."""


class ProjectUnreadable(EditorError):
    """A project's file is missing, of a later version, or so damaged that nothing of it can be opened."""


class EmptyExpression(EditorError):
    """The expression contains no word."""


class NothingMatched(EditorError):
    """No object in the image fits the expression; nothing was written."""

    exit_code: ClassVar[int] = 3


class BatchInterrupted(EditorError):
    """The batch cannot continue; finished images stay, and the rest can be resumed."""


class EditorWarning(UserFacingWarning):
    """The editor's own warnings: metadata that did not fit, an image that has changed since."""


OUT_OF_MEMORY = "There is not enough memory for this: close other images and programs, or use a smaller image."


_OUT_OF_MEMORY = (
    "can't allocate memory", "cannot allocate memory", "not enough memory", "insufficient memory", "out of memory",
    "outofmemory", "bad_alloc", "failed to map segment",  # the last one where a library itself has no room
)  # fmt: skip


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error means that memory ran out: torch and OpenCV have their own, and neither may be imported here."""
    return isinstance(error, MemoryError) or any(sign in str(error).lower() for sign in _OUT_OF_MEMORY)


def command_text(error: UserError) -> str:
    """The text of an error on the command line, where a remedy is an option."""
    if isinstance(error, OutputExists):
        return f"{error.problem}: choose another name, or replace it on purpose with --force."
    return str(error)
