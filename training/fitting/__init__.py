"""Shared by all trainers: data, batches, optimiser and schedule, averages, the loop, checkpoints, progress."""
