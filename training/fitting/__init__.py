"""What the trainer stands on: settings, batches, rates, processes, and the refusals before the first step."""
