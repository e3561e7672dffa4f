"""What every trainer stands on: data, batches, optimiser and schedule, averages, the loop, checkpoints, progress."""
