"""What ships beside the code: bundled weights and sample images."""
