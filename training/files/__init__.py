"""Data on disk: the entity bank, matting sets, plain folders, sets in RefMatte's layout, and measured attributes."""
