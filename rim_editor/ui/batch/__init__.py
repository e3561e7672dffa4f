"""The batch dialog: set up, plan, run."""
