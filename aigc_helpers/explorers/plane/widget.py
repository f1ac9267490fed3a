"""The plane explorer: drag through a 2-D latent space over the encoded data."""

import warnings
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import traitlets

from aigc_helpers import weights
from aigc_helpers.explorers import page
from aigc_helpers.explorers.base import Explorer
from aigc_helpers.explorers.decoding import Decoder, decode
from aigc_helpers.explorers.latent.filmstrip import Filmstrip, pack_sprite
from aigc_helpers.explorers.plane.setting import PlaneSetting, array, plane_setting

_COUNTS = (21, 19, 17, 15)  # pictures along each axis, the first number that fits
_ALT = (
    "把隐平面均匀切成 {n} 行 {n} 列，每格中心解码出的图像："
    "z₁ 从左到右由 {left:g} 到 {right:g}，z₂ 从下到上由 {bottom:g} 到 {top:g}"
)


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
    bounds : (low, high) or two such pairs, optional
        What is shown of each axis; by default a square around the points.
    shipped : str, optional
        Name of the shipped network that answers where no kernel runs. If it draws
        other pictures than ``decoder`` (of which the points are), a warning says so
        and the page has the grid alone.
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
        bounds: Any = None,
        shipped: str | None = None,
        class_names: Sequence[str] | None = None,
        presets: Sequence[dict] | None = None,
        start: Sequence[float] | None = None,
    ):
        setting = plane_setting(
            points,
            labels,
            bounds=bounds,
            class_names=class_names,
            presets=presets,
            start=start,
        )
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
    def _grid(self) -> Filmstrip:
        return plane_grid(self._setting, self._decoder)

    def _static_html(self) -> str:
        return static_html(
            self._setting, self._decoder, self._grid, network=self._shipped or ""
        )

    @traitlets.validate("z")
    def _place(self, proposal: Any) -> list[float]:
        place = array(proposal["value"]).astype(np.float64)
        if place.shape != (2,) or not np.isfinite(place).all():
            raise ValueError(f"z must be two finite numbers, not {proposal['value']!r}")
        return self._setting.clip(place)

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
            return strip_facts(self._grid), [self._grid.png]
        z = np.asarray([content["z"]], dtype=np.float32)
        image = decode(self._decoder, z, None, 0)
        return {}, [image.astype("<f4").tobytes()]


def grid_places(setting: PlaneSetting, n: int) -> np.ndarray:
    """Middles (n * n, 2) of the cells, row by row, the highest z2 on top."""
    x, y = (
        low + (high - low) * (np.arange(n) + 0.5) / n for low, high in setting.bounds
    )
    rows = np.stack(np.meshgrid(x, y[::-1]), axis=-1)
    return rows.reshape(n * n, 2).astype(np.float32)


def plane_grid(setting: PlaneSetting, decoder: Decoder) -> Filmstrip:
    """The whole plane as pictures, one sprite of at most 60 KB.

    Raises
    ------
    ValueError
        If even the coarsest sprite is too large.
    """
    for n in _COUNTS:
        images = decode(decoder, grid_places(setting, n), None, 0)
        grid = images.reshape(n, n, *images.shape[1:])
        last = n == _COUNTS[-1]
        ladder = {} if last else {"shrinks": (1,), "levels": (32, 16)}
        strip = pack_sprite(grid, **ladder)
        if strip is not None:
            return strip
    raise ValueError(f"the grid of images {images.shape[1:]} is too large for a page")


def strip_facts(strip: Filmstrip) -> dict:
    """What the module must know of the grid."""
    return {"tile": list(strip.tile), "count": strip.rows}


def static_html(
    setting: PlaneSetting, decoder: Decoder, strip: Filmstrip, *, network: str = ""
) -> str:
    """Poster and state; without a network the grid is all it has."""
    shape = decode(decoder, np.zeros((2, 2), "f4"), None, 0).shape[1:]
    config = setting.config(
        source="network" if network else "strip", shape=shape, network=network
    )
    config["strip"] = strip_facts(strip)
    (left, right), (bottom, top) = setting.bounds
    poster = page.poster_image(
        strip.address,
        _ALT.format(n=strip.rows, left=left, right=right, bottom=bottom, top=top),
        width=strip.columns * shape[1],
        height=strip.rows * shape[0],
    )
    return page.explorer_html(
        "plane", config, setting.state(), poster=poster, network=network
    )


@lru_cache(maxsize=16)
def plane_page(shipped_name: str) -> str:
    """HTML of an explorer on a shipped network with two latent numbers.

    Its points are the encoded images that were stored with the network.
    """
    known, tensors = weights.card(shipped_name), weights.explorer_tensors(shipped_name)
    if known.get("explorer", {}).get("kind") != "plane" or "points" not in tensors:
        raise ValueError(f"{shipped_name!r} is not a network for a plane explorer")
    setting = plane_setting(
        tensors["points"],
        tensors.get("labels"),
        presets=known["explorer"].get("presets"),
    )
    decoder = weights.load_decoder(shipped_name)
    strip = plane_grid(setting, decoder)
    return static_html(setting, decoder, strip, network=shipped_name)


def _draws_alike(shipped: str, explorer: PlaneExplorer) -> bool:
    """Whether a shipped network draws what the explorer's decoder draws."""
    known = weights.card(shipped).get("explorer") or {}
    if known.get("latent_dim") != 2 or known.get("n_classes"):
        raise ValueError(f"{shipped!r} is not a network for a plane explorer")
    places = grid_places(explorer._setting, 5)
    theirs = decode(weights.load_decoder(shipped), places, None, 0)
    ours = decode(explorer._decoder, places, None, 0)
    gap = np.abs(theirs - ours).max() if theirs.shape == ours.shape else np.inf
    if gap > 1 / 64:
        warnings.warn(
            f"the shipped network {shipped!r} draws other pictures than decoder "
            f"(difference {gap:.2g}), so the page shows the grid alone",
            stacklevel=3,
        )
    return gap <= 1 / 64
