"""`python -m rim_editor` is `rim-editor`."""

import sys

from rim_editor.cli import main

sys.exit(main())
