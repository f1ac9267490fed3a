"""The convolution explorer: nine sliders are a kernel, a photograph follows them."""

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image

from aigc_helpers.explorers import page
from aigc_helpers.explorers.base import Explorer

LIMIT = 5.0  # a weight lies in [-5, 5]
MOST_PIXELS = 60_000  # of the picture, one byte each in the page
PRESETS = (
    {"name": "原样", "kernel": [0, 0, 0, 0, 1, 0, 0, 0, 0], "bias": 0.0},
    {"name": "模糊", "kernel": [1 / 9] * 9, "bias": 0.0},
    {"name": "锐化", "kernel": [0, -1, 0, -1, 5, -1, 0, -1, 0], "bias": 0.0},
    {"name": "边缘", "kernel": [0, 1, 0, 1, -4, 1, 0, 1, 0], "bias": 0.5},
    {"name": "竖边", "kernel": [-1, 0, 1, -2, 0, 2, -1, 0, 1], "bias": 0.5},
    {"name": "浮雕", "kernel": [-2, -1, 0, -1, 1, 1, 0, 1, 2], "bias": 0.0},
)
_COLUMNS = 3  # of the pictures that stand there until the module runs
_ALT = "{name}，以及经过各个预设的核之后的样子，从左到右、从上到下依次是：{presets}"


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
        name: str = "照片",
    ):
        self._picture = _bytes_of(picture)
        presets = [_preset(preset) for preset in presets]
        if kernel is None:
            kernel = presets[0]["kernel"] if presets else PRESETS[0]["kernel"]
        config = {
            "source": "kernel",
            "name": name,
            "limit": LIMIT,
            "shape": list(self._picture.shape),
            "picture": base64.b64encode(self._picture.tobytes()).decode("ascii"),
            "presets": presets,
        }
        weights, bias = _weights(kernel), _bias(bias)
        state = {"kernel": weights.ravel().tolist(), "bias": bias}
        super().__init__(config, state, kernel=weights.tolist(), bias=bias)

    def __repr__(self) -> str:
        height, width = self._picture.shape
        return f"ConvolutionExplorer({self._config['name']!r}, {height}x{width} pixels)"

    @property
    def output(self) -> np.ndarray:
        """What the present kernel makes of the picture, (H - 2, W - 2), float64."""
        return convolve(self._picture / 255, self.kernel, self.bias)

    @traitlets.validate("kernel")
    def _fit_kernel(self, proposal: Any) -> list[list[float]]:
        return _weights(proposal["value"]).tolist()

    @traitlets.validate("bias")
    def _fit_bias(self, proposal: Any) -> float:
        return _bias(proposal["value"])

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
        """The picture and its presets until the module runs, which needs no kernel."""
        config = {**self._config, "source": "page"}
        sheet = _sheet(self._picture, config["presets"])
        address = base64.b64encode(_as_webp(sheet)).decode("ascii")
        names = "、".join(preset["name"] for preset in config["presets"])
        poster = page.poster_image(
            f"data:image/webp;base64,{address}",
            _ALT.format(name=config["name"], presets=names),
            width=sheet.shape[1],
            height=sheet.shape[0],
        )
        return page.explorer_html("convolution", config, self._state, poster=poster)


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


def _bytes_of(picture: Any) -> np.ndarray:
    values = np.asarray(picture)
    if values.ndim != 2 or min(values.shape) < 3 or values.size > MOST_PIXELS:
        raise ValueError(
            f"a picture is (H, W), at least 3x3, at most {MOST_PIXELS} pixels, "
            f"not {values.shape}"
        )
    if values.dtype == np.uint8:
        return np.ascontiguousarray(values)
    values = _numbers("picture", values, values.shape)
    if values.min() < 0 or values.max() > 1:
        raise ValueError("a picture of floats must lie in [0, 1]")
    return np.rint(values * 255).astype(np.uint8)


def _numbers(name: str, value: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Finite numbers, brought into that shape."""
    try:
        values = np.asarray(value, np.float64).reshape(shape)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be numbers {shape}: {error}") from error
    if not np.isfinite(values).all():
        raise ValueError(f"{name} contains NaN or infinity")
    return values


def _weights(kernel: Any) -> np.ndarray:
    """Weights (3, 3), brought into the sliders' range."""
    return _numbers("kernel", kernel, (3, 3)).clip(-LIMIT, LIMIT)


def _bias(bias: Any) -> float:
    return float(_numbers("bias", bias, ()).clip(-1, 1))


def _preset(preset: dict) -> dict:
    if set(preset) != {"name", "kernel", "bias"} or not preset["name"]:
        raise ValueError(f"a preset has name, kernel and bias: {preset}")
    weights = _weights(preset["kernel"]).ravel().tolist()
    return {
        "name": str(preset["name"]),
        "kernel": weights,
        "bias": _bias(preset["bias"]),
    }


def _sheet(picture: np.ndarray, presets: Sequence[dict]) -> np.ndarray:
    """The results of all presets beside each other, uint8; at least the picture."""
    results = [
        convolve(picture / 255, preset["kernel"], preset["bias"]) for preset in presets
    ] or [picture[1:-1, 1:-1] / 255]
    tiles = [np.rint(result.clip(0, 1) * 255).astype(np.uint8) for result in results]
    tiles += [np.full_like(tiles[0], 255)] * (-len(tiles) % _COLUMNS)
    rows = [tiles[i : i + _COLUMNS] for i in range(0, len(tiles), _COLUMNS)]
    return np.block(rows)


def _as_webp(picture: np.ndarray) -> bytes:
    """A small file; the module itself takes the exact pixels."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "WEBP", quality=60, method=6)
    return buffer.getvalue()
