"""RIM Editor: name an object in a photograph, get its matte, edit with it."""

__all__ = ["__version__"]


def __getattr__(name: str) -> str:
    # importlib.metadata costs more than the rest of this package's import: only who asks pays.
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("rim-editor")
    except PackageNotFoundError:
        return "0+not-installed"
