"""Strand entities made from nothing but numbers: hair, fur, webs, lace, smoke, glass, with alpha that is exact."""
