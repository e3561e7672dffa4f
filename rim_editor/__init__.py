"""RIM Editor: name an object in a photograph, get its matte, edit with it."""

__all__ = ["__version__"]

__version__ = "0.2.0"  # The only place: the package's metadata takes it from here.
