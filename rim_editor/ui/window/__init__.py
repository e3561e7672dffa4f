"""The main window: its menus, its open images, and what comes in and goes out."""
