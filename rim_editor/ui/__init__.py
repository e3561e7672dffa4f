"""The user interface in Qt: it shows the state of the editor, which itself, in `rim_editor`, needs no Qt."""
