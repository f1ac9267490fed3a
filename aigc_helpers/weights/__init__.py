"""Small trained networks that come with the package, each with a card.

A network is two files: ``NAME.safetensors`` (its tensors, and what an explorer needs:
directions, encoded points, features of photographs) and ``NAME.json`` (the card: data,
command, seed, metrics, licence).
"""

from aigc_helpers.weights.shipped import (
    EXPLORER,
    FOLDER,
    build,
    card,
    directions,
    explorer_tensors,
    load,
    load_decoder,
    names,
    save,
)

__all__ = [
    "EXPLORER",
    "FOLDER",
    "build",
    "card",
    "directions",
    "explorer_tensors",
    "load",
    "load_decoder",
    "names",
    "save",
]
