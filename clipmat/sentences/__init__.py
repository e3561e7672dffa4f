"""Expressions as sentences: read into a noun and what chooses one of its things, by geometry and colours."""
