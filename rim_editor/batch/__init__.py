"""Batch export: many images, planned and checked first, then exported so that nothing is lost."""
