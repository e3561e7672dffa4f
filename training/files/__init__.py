"""What lies on disk: matting sets, plain folders, sets in RefMatte's layout, and what is measured of their pictures."""
