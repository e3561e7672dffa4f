"""Other systems behind the same two calls as ours, and the words with which one of their candidates is chosen."""
