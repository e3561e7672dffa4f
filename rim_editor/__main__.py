"""`python -m rim_editor` is `rim-editor`."""

import sys

from rim_editor.commands.cli import main

sys.exit(main())
