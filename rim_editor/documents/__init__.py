"""Documents: what an image with its layers is, and every change and result of it, as pure functions. No Qt, no disk."""
