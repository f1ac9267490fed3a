"""The convolution explorer: nine sliders are a kernel, a photograph follows them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets

from aigc_helpers.explorers.base import Explorer
from aigc_helpers.explorers.convolution.page import static_html
from aigc_helpers.explorers.convolution.setting import (
    PRESETS,
    bias_of,
    convolution_setting,
    convolve,
    weights_of,
)
from aigc_helpers.explorers.convolution.words import WORDS


class ConvolutionExplorer(Explorer):
    """A grey picture and what a 3×3 kernel makes of it, ``y = bias + Σ w x``.

    As in ``torch.conv2d`` the kernel is not mirrored and nothing is padded: the result
    is two pixels smaller each way. The page computes it, with a kernel or without.

    Parameters
    ----------
    picture : array (H, W)
        uint8, or numbers in [0, 1]; at least 3×3, at most 60,000 pixels.
    kernel : array (3, 3), optional
        First weights, each in [-5, 5]; by default those of the first preset.
    bias : float
        Added to every result, in [-1, 1]; 0.5 shows results of both signs.
    presets : sequence of dict
        Named states: "name", "kernel" (9 numbers, row by row), "bias".
    name : str
        What the picture shows, in the page's language.

    Attributes
    ----------
    kernel : list of 3 lists of 3 floats
        The present weights; sliders and Python set them for each other.
    bias : float

    Raises
    ------
    ValueError
        If picture, weights, bias or a preset do not fit.
    """

    _kind = "convolution"
    kernel = traitlets.Any()
    bias = traitlets.Any()

    def __init__(
        self,
        picture: Any,
        kernel: Any = None,
        *,
        bias: float = 0.0,
        presets: Sequence[dict] = PRESETS,
        name: str = WORDS["photograph"],
    ):
        self._setting = setting = convolution_setting(
            picture, kernel, bias, presets, name
        )
        super().__init__(
            setting.config("kernel"),
            setting.state(),
            kernel=setting.kernel.tolist(),
            bias=setting.bias,
        )

    def __repr__(self) -> str:
        height, width = self._setting.picture.shape
        return f"ConvolutionExplorer({self._setting.name!r}, {height}x{width} pixels)"

    @property
    def output(self) -> np.ndarray:
        """What the present kernel makes of the picture, (H - 2, W - 2), float64."""
        return convolve(self._setting.picture / 255, self.kernel, self.bias)

    @traitlets.validate("kernel")
    def _fit_kernel(self, proposal: Any) -> list[list[float]]:
        return weights_of(proposal["value"]).tolist()

    @traitlets.validate("bias")
    def _fit_bias(self, proposal: Any) -> float:
        return bias_of(proposal["value"])

    @traitlets.observe("kernel", "bias", "_state")
    def _follow(self, change: Any) -> None:
        """Page and Python set kernel and bias for each other."""
        if not self._follows:
            return
        with self._one_change():
            if change.name == "_state":
                self.kernel, self.bias = change.new["kernel"], change.new["bias"]
            else:
                weights = np.ravel(self.kernel).tolist()
                self._state = {"kernel": weights, "bias": self.bias}

    def _static_html(self) -> str:
        return static_html(self._setting, self._state)
