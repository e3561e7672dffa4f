"""Batch export on a Ray cluster: the driver of its fleet, and the worker."""
