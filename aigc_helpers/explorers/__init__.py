"""Explorers: pictures that follow a slider, live in Jupyter and on a page."""

from aigc_helpers.explorers import check
from aigc_helpers.explorers.convolution import ConvolutionExplorer
from aigc_helpers.explorers.formula import FormulaExplorer
from aigc_helpers.explorers.latent import LatentExplorer
from aigc_helpers.explorers.plane import PlaneExplorer
from aigc_helpers.explorers.sampler import SamplerExplorer
from aigc_helpers.explorers.sweep import SweepExplorer

__all__ = [
    "ConvolutionExplorer",
    "FormulaExplorer",
    "LatentExplorer",
    "PlaneExplorer",
    "SamplerExplorer",
    "SweepExplorer",
    "check",
]
