"""The post-refiner: its training data, its training, and its comparison with other methods."""
