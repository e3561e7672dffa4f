"""The batch dialog: what, plan, run."""
