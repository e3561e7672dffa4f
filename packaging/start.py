"""Where a bundle starts: the same as `rim-editor`."""

import multiprocessing
import sys

from rim_editor.__main__ import main

if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main())
