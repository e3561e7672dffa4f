"""Other systems behind the same two calls as ours."""
