"""The canvas: shows, zooms and pans the image and its renderings, and paints strokes."""
