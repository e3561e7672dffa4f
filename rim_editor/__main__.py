"""`python -m rim_editor` is `rim-editor`; both begin here, where a Ctrl+C is waited for before anything is imported."""

import atexit
import gc
import os
import sys
from contextlib import suppress


def run() -> None:
    """Run the command line and end the process with its exit code, without taking the loaded program apart before.

    That would take a quarter of a second where torch is loaded, and frees what the system frees anyway. A window is
    taken apart: Qt may still have to write or to remove a file.
    """
    code = 1  # of what nobody expects, whose traceback the interpreter prints

    def leave() -> None:
        if "PySide6" in sys.modules:
            return
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):  # closed, full, or a program without a terminal
                stream.flush()
        os._exit(code)

    atexit.register(leave)  # the first to register is the last to run: threads are joined, temporary files are gone
    code = main()
    sys.exit(code)


def main() -> int:
    """Run the command line; returns its exit code, 130 also for an interrupt while the program is still loaded."""
    try:
        from rim_editor.commands import cli

        return cli.main()
    except KeyboardInterrupt:
        if sys.stderr is not None:
            sys.stderr.write("rim-editor: interrupted: nothing was written.\n")
        return 130
    finally:
        gc.freeze()  # else the interpreter looks through all of torch for cycles as it ends: half a second


if __name__ == "__main__":
    run()
