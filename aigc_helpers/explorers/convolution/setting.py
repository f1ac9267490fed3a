"""What a convolution explorer shows: a picture, presets, weights in their range."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from aigc_helpers.explorers.checks import (
    array_of,
    base64_of,
    check_sequence,
    finite_numbers,
    preset_of,
)
from aigc_helpers.explorers.convolution.words import WORDS
from aigc_helpers.reader import Mistake

LIMIT = 5.0  # a weight lies in [-5, 5]
MOST_PIXELS = 60_000  # of the picture, one byte each in the page
PRESETS = (
    {"name": WORDS["same"], "kernel": [0, 0, 0, 0, 1, 0, 0, 0, 0], "bias": 0.0},
    {"name": WORDS["blur"], "kernel": [1 / 9] * 9, "bias": 0.0},
    {"name": WORDS["sharpen"], "kernel": [0, -1, 0, -1, 5, -1, 0, -1, 0], "bias": 0.0},
    {"name": WORDS["edges"], "kernel": [0, 1, 0, 1, -4, 1, 0, 1, 0], "bias": 0.5},
    {"name": WORDS["upright"], "kernel": [-1, 0, 1, -2, 0, 2, -1, 0, 1], "bias": 0.5},
    {"name": WORDS["relief"], "kernel": [-2, -1, 0, -1, 1, 1, 0, 1, 2], "bias": 0.0},
)


@dataclass(frozen=True)
class ConvolutionSetting:
    """A checked setting; make it with `convolution_setting`."""

    picture: np.ndarray  # (H, W) uint8
    kernel: np.ndarray  # (3, 3), where it starts
    bias: float
    presets: tuple[dict, ...]
    name: str

    def config(self, source: str) -> dict:
        """The part of the module's state that never changes."""
        return {
            "source": source,
            "name": self.name,
            "limit": LIMIT,
            "shape": list(self.picture.shape),
            "picture": base64_of(self.picture),
            "presets": list(self.presets),
        }

    def state(self) -> dict:
        """The part that moves, at its start."""
        return {"kernel": self.kernel.ravel().tolist(), "bias": self.bias}


def convolution_setting(
    picture: Any, kernel: Any, bias: Any, presets: Sequence[dict], name: str
) -> ConvolutionSetting:
    """Check everything; without a kernel it starts at the first preset's.

    Raises
    ------
    ValueError
        If the picture, a weight or a preset does not fit.
    """
    check_sequence("presets", presets)
    checked = tuple(_preset(preset) for preset in presets)
    if kernel is None:
        kernel = (checked or PRESETS)[0]["kernel"]
    start = weights_of(kernel), bias_of(bias)
    return ConvolutionSetting(_bytes_of(picture), *start, checked, name)


def weights_of(kernel: Any) -> np.ndarray:
    """Weights (3, 3), brought into the sliders' range."""
    return finite_numbers("kernel", kernel, (3, 3), np.reshape).clip(-LIMIT, LIMIT)


def bias_of(bias: Any) -> float:
    """A bias, brought into [-1, 1]."""
    return float(finite_numbers("bias", bias, (), np.reshape).clip(-1, 1))


def _preset(preset: Any) -> dict:
    full = preset_of(preset, ("kernel", "bias"), whole=True)
    kernel = weights_of(full["kernel"]).ravel().tolist()
    return {"name": full["name"], "kernel": kernel, "bias": bias_of(full["bias"])}


def _bytes_of(picture: Any) -> np.ndarray:
    values = array_of(picture)
    if values.ndim != 2 or min(values.shape) < 3 or values.size > MOST_PIXELS:
        raise Mistake(
            f"a picture is (H, W), at least 3x3, at most {MOST_PIXELS} pixels, "
            f"not {values.shape}",
            f"图应当是 (H, W) 的灰度图，至少 3×3，最多 {MOST_PIXELS} 个像素，"
            f"这里的形状是 {values.shape}。",
        )
    if values.dtype == np.uint8:
        return np.ascontiguousarray(values)
    values = finite_numbers("picture", values, values.shape)
    if values.min() < 0 or values.max() > 1:
        raise Mistake(
            "a picture of floats must lie in [0, 1]",
            "小数的图应当在 0 到 1 之间：0 到 255 的用 uint8，或者除以 255。",
        )
    return np.rint(values * 255).astype(np.uint8)


def convolve(picture: np.ndarray, kernel: Any, bias: float = 0.0) -> np.ndarray:
    """``bias`` + the sum of 3×3 weights times pixels, at each place where all fit.

    Parameters
    ----------
    picture : array (H, W)
    kernel : array (3, 3)
    bias : float

    Returns
    -------
    array (H - 2, W - 2), float64
    """
    windows = sliding_window_view(np.asarray(picture, np.float64), (3, 3))
    return bias + np.einsum("hwij,ij->hw", windows, np.reshape(kernel, (3, 3)))
