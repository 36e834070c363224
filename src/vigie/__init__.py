"""Vigie, the open hospital-crisis data platform.

Nothing is imported here, so that ``import vigie`` costs nothing; ``vigie.open(folder)`` is
the one public name and is resolved when it is first asked for.
"""

__all__ = ["__version__", "open"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    if name == "open":
        import importlib

        return importlib.import_module("vigie.bootstrap").open_notebook
    raise AttributeError(f"module 'vigie' has no attribute {name!r}")
