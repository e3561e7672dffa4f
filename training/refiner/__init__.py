"""The post-refiner: what it learns from, its training, and how it compares."""
