"""The window: shows and forwards. What the editor does is in `rim_editor`, without Qt."""
