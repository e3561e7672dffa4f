"""Where a bundle starts: the same as `rim-editor`."""

import multiprocessing

from rim_editor.__main__ import run

if __name__ == "__main__":
    multiprocessing.freeze_support()
    run()
