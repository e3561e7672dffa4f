"""`python -m rim_editor` is `rim-editor`; both begin here, where a Ctrl+C is waited for before anything is imported."""

import gc
import sys


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
    sys.exit(main())
