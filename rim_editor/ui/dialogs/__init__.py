"""The dialogs: export, models, preferences, shortcuts."""
