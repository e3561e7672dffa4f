"""The canvas: shows the image and what is made of it, zooms, pans and paints."""
