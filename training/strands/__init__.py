"""Strand entities drawn from random numbers, with exact alpha: hair, fur, webs, lace, smoke, glass."""
