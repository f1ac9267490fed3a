"""Data sets of the book: what exists, how it gets here, and as what it is read."""

import importlib

_HOMES = {
    "datasets": "catalog",
    "find_dataset": "catalog",
    "DatasetUnavailable": "download",
    "data_dir": "download",
    "fetch": "download",
    "fetch_all": "gathering",
    "ImageSet": "images",
    "load_images": "images",
    "SoundSet": "sounds",
    "load_sounds": "sounds",
    "load": "loading",
    "Texts": "text",
    "load_texts": "text",
    "load_words": "sets.idioms",
    "Vocabulary": "vocabulary",
    "PlaneData": "plane",
    "plane_data": "plane",
}
__all__ = list(_HOMES)


def __getattr__(name: str):
    """Load a part on first use: a download or a check-up needs no torch."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
