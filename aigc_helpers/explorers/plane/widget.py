"""The plane explorer: drag through a 2-D latent space over the encoded data."""

from functools import cached_property
from typing import Any

import numpy as np
import traitlets

from aigc_helpers import weights
from aigc_helpers.explorers.base import Explorer, is_small
from aigc_helpers.explorers.checks import float32_bytes, number_list
from aigc_helpers.explorers.decoding import Decoder, decode
from aigc_helpers.explorers.plane.page import (
    grid_places,
    plane_grid,
    static_html,
    strip_facts,
)
from aigc_helpers.explorers.plane.setting import plane_setting
from aigc_helpers.explorers.sprites import Sheet
from aigc_helpers.reader import Mistake


class PlaneExplorer(Explorer):
    """A plane of two latent numbers: encoded data, a place to drag, its picture.

    Live, the kernel answers with ``decoder``. Stored in a notebook and on a page, a
    grid of decoded pictures answers, and the exported network ``shipped``.

    Parameters
    ----------
    decoder : callable
        Maps z (B, 2) to images (B, 1, H, W) in [0, 1].
    points : array (N, 2)
        Encoded data; up to 2,000 of those inside the bounds are drawn.
    labels : array (N,) of int, optional
        Class of each point, at most 10 classes.
    shipped : str, optional
        Name of the shipped network that answers where no kernel runs. If it draws
        other pictures than ``decoder`` (of which the points are), a warning says so
        and the page has the grid alone.
    bounds : (low, high) or two such pairs, optional
        What is shown of each axis; by default a square around the points.
    class_names : sequence of str, optional
        Names of the classes, by default their numbers.
    presets : sequence of dict, optional
        Named states: "name" and any of "z" (two numbers), "show" (classes).
    start : two floats, optional
        First place, by default the origin or the place nearest to it.

    Attributes
    ----------
    z : list of float
        The present place (2,). What is out of bounds is brought in.

    Raises
    ------
    ValueError
        If shapes, numbers, names or the decoder do not fit.
    """

    _kind = "plane"
    z = traitlets.Any()

    def __init__(
        self,
        decoder: Decoder,
        points: Any,
        labels: Any = None,
        *,
        shipped: str | None = None,
        **options: Any,
    ):
        setting = plane_setting(points, labels, **options)
        self._setting, self._decoder = setting, decoder
        shape = decode(decoder, np.zeros((2, 2), "f4"), None, 0).shape[1:]
        self._shipped = shipped if shipped and _draws_alike(shipped, self) else None
        config = setting.config(source="kernel", shape=shape)
        super().__init__(config, setting.state(), z=list(setting.start))

    def __repr__(self) -> str:
        setting = self._setting
        return (
            f"PlaneExplorer(n_points={len(setting.points)}, "
            f"n_classes={len(setting.class_names)}, bounds={setting.bounds})"
        )

    @cached_property
    def _grid(self) -> Sheet:
        return plane_grid(self._setting, self._decoder)

    def _static_html(self) -> str:
        return static_html(
            self._setting, self._decoder, self._grid, network=self._shipped or ""
        )

    @traitlets.validate("z")
    def _place(self, proposal: Any) -> list[float]:
        return self._setting.clip(number_list("z", proposal["value"], 2))

    @traitlets.observe("z", "_state")
    def _follow(self, change: Any) -> None:
        """Page and Python set z for each other."""
        if not self._follows:
            return
        with self._one_change():
            if change.name == "_state":
                self.z = change.new["z"]
            else:
                self._state = {**self._state, "z": self.z}

    def _answer(self, content: dict) -> tuple[dict, list[bytes]]:
        """The image (H, W), float32, of a place, or the grid of the whole plane."""
        if content.get("grid"):
            return strip_facts(self._grid), [self._grid.content]
        z = np.asarray([content["z"]], dtype=np.float32)
        image = decode(self._decoder, z, None, 0)
        return {}, [float32_bytes(image)]


def _draws_alike(shipped: str, explorer: PlaneExplorer) -> bool:
    """Whether a shipped network draws what the explorer's decoder draws."""
    card = weights.card(shipped)
    facts = card.get("explorer") or {}
    if facts.get("latent_dim") != 2 or facts.get("n_classes"):
        raise Mistake(
            f"{shipped!r} is not a network for a plane explorer",
            f"{shipped!r} 不是隐变量只有两个数的网络。",
        )
    places = grid_places(explorer._setting, 5)
    theirs = decode(weights.load_decoder(shipped, card), places, None, 0)
    ours = decode(explorer._decoder, places, None, 0)
    gap = np.abs(theirs - ours).max() if theirs.shape == ours.shape else np.inf
    return is_small(
        gap,
        f"随书的网络 {shipped!r} 画出的图和 decoder 的不一样（最多差 {gap:.2g}）："
        "保存下来的图不用这个网络，只有预先算好的图像。",
    )
