"""The command line: `rim-editor [open | matte | batch | render | models | ...]`; words in, window, line or JSON out.

Only typer is imported here; what a command needs beyond it is imported when the command runs.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Sequence
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from clipmat.errors import UserError, UserFacingWarning
from rim_editor import processes
from rim_editor.commands import printing
from rim_editor.commands.printing import PROGRAM
from rim_editor.errors import OUT_OF_MEMORY, BadOption, command_text, is_out_of_memory

INTERRUPTED = 130

_COMMANDS = ("matte", "batch", "render", "models", "doctor", "install-desktop", "reset")
"""In modules of these names, beside `open`; in the order of the help."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; None reads it from the process. Without a command it opens the window.

    Returns the exit code: 0 done, 2 an error, which one line on stderr names with its remedy,
    3 nothing matched the expression, 130 interrupted or asked to stop. With --json every one of them comes with JSON
    on stdout.
    """
    printing.prepare()
    # Before torch is imported: its threads sleep while they wait for each other. By default they keep the processor
    # busy, which takes many times as long as the work as soon as another program needs it too.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    given = sys.argv[1:] if arguments is None else list(arguments)
    known: dict[str, object] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("always", UserFacingWarning)
        warnings.showwarning = _print_warning
        try:
            code = open_window([Path(word) for word in given]) if _are_files(given) else _parse_and_run(given, known)
            text = "interrupted: nothing was written." if code == INTERRUPTED else ""
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - what nobody expects is raised again
            code, text = _failure(error)
        if text:
            options = given[: given.index("--")] if "--" in given else given
            printing.print_failure(text, code, as_json="--json" in options, known=known)
        printing.finish()
        return code


def _failure(error: BaseException) -> tuple[int, str]:
    """The exit code for an error and its text in one line. An error that is no user's is raised again."""
    usage_error: Any = typer.BadParameter.__base__  # Typer exports the class of its usage errors no other way
    if isinstance(error, UserError):
        return error.exit_code, command_text(error)
    if isinstance(error, usage_error):
        where = error.ctx.command_path if error.ctx else PROGRAM
        return UserError.exit_code, f"{error.format_message().rstrip('. ')}: see '{where} --help'."
    if isinstance(error, typer.Abort | KeyboardInterrupt):
        return INTERRUPTED, "interrupted: nothing was written."
    if is_out_of_memory(error):
        return UserError.exit_code, OUT_OF_MEMORY
    if isinstance(error, OSError):
        problem = f"'{error.filename}' cannot be used" if error.filename else "the system refused"
        return UserError.exit_code, f"{problem} ({error.strerror or error}): check the file, its folder and the disk."
    raise error


def _are_files(words: Sequence[str]) -> bool:
    """Whether files are all there is, so that the window needs not wait until typer has loaded what parses options."""
    return all(
        not word.replace("-", "_").isidentifier() and not word.startswith("-") and os.path.exists(word)
        for word in words
    )


def _parse_and_run(words: list[str], known: dict[str, object]) -> int:
    """Run a command, which adds to `known` what belongs into the JSON of its failures."""
    words = _with_command(words)
    needed = _COMMANDS if words[0] == "--help" else [name for name in _COMMANDS if name == words[0]]
    # The window, which saves what is open all along, is ended by these signals at once.
    with processes.stop_signals_interrupt() if needed else nullcontext():
        command: Any = typer.main.get_command(_application(needed))
        return int(command.main(args=words, prog_name=PROGRAM, standalone_mode=False, obj=known) or 0)


def _application(commands: Sequence[str]) -> typer.Typer:
    """The program with `open` and these commands, whose modules alone are imported."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.callback()(root)
    app.command("open")(open_window)
    for name in commands:
        import_module(f"rim_editor.commands.{name.replace('-', '_')}").register(app)
    return app


def _with_command(words: list[str]) -> list[str]:
    first = words[0] if words else "open"
    if first in (*_COMMANDS, "open", "--help", "--version"):
        return words or [first]
    if not first.startswith("-") and not os.path.exists(first):
        raise BadOption(f"'{first}' is neither a command nor a file: check its name, or see '{PROGRAM} --help'.")
    return ["open", *words]


def _print_warning(message: Warning | str, *where: object, **to: object) -> None:
    printing.print_message(f"warning: {message}")


def _print_version(wanted: bool) -> None:
    if wanted:
        import rim_editor

        printing.print_result(f"{PROGRAM} {rim_editor.__version__}")
        raise typer.Exit


def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Cut one thing out of a photograph by describing it, on this machine alone.

    Without a command, the window opens, with the images and projects that are named.
    """


def open_window(
    images: Annotated[
        list[Path] | None, typer.Argument(readable=False, metavar="[FILE]...", help="Images and projects to open.")
    ] = None,
    new_window: Annotated[
        bool, typer.Option("--new-window", help="Open a window of its own, also where one is open.")
    ] = False,
    debug_stalls: Annotated[
        bool, typer.Option("--debug-stalls", help="Say on stderr when the window stalls for over 16 ms.")
    ] = False,
) -> int:
    """Open the window, or the files in the one that is open; `rim-editor photo.jpg` does the same."""
    if not (new_window or debug_stalls) and _handed_over(images or ()):
        return 0
    from rim_editor.ui.application import run

    return run(images or (), debug_stalls=debug_stalls)


def _handed_over(images: Sequence[Path]) -> bool:
    try:
        from rim_editor.ui.single_instance import hand_over
    except ImportError:  # the application names the library that is missing
        return False
    return hand_over(images)
