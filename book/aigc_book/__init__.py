"""The Sphinx extension of this book: it sets up its parts, the modules of this folder.

A part is a module with a function ``setup``; a new one is found by listing. Parts do
not depend on the order in which they are set up: what finished pages pass through, in
which order, stands in ``finish.py``.
"""

from importlib import import_module
from pkgutil import iter_modules


def parts() -> list[str]:
    """Names of the modules that have something to set up."""
    names = sorted(f"{__name__}.{module.name}" for module in iter_modules(__path__))
    return [name for name in names if hasattr(import_module(name), "setup")]


def setup(app):
    """Set up every part."""
    for name in parts():
        app.setup_extension(name)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
