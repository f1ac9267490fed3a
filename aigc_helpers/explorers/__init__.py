"""Explorers: pictures that follow a slider, live in Jupyter and on a page."""

from aigc_helpers.explorers.latent import LatentExplorer

__all__ = ["LatentExplorer"]
