"""A plane explorer on a page: the grid of decoded pictures, then a shipped network."""

from pathlib import Path

import numpy as np

from aigc_helpers import weights
from aigc_helpers.explorers import decoding
from aigc_helpers.explorers.decoding import Decoder, decode
from aigc_helpers.explorers.page import explorer_html, poster_image
from aigc_helpers.explorers.plane.setting import PlaneSetting, plane_setting
from aigc_helpers.explorers.plane.words import WORDS
from aigc_helpers.explorers.sprites import Sheet, fitting_sprite
from aigc_helpers.reader import Mistake

_COUNTS = (21, 19, 17, 15)  # pictures along each axis, the first number that fits
_MOST = 50 * 1024  # bytes of the grid's base64: it loads with the head of a chapter


def shipped_page(name: str, card: dict) -> str:
    """HTML of an explorer on a shipped network with two latent numbers.

    Its points are the encoded images that were stored with the network.

    Raises
    ------
    ValueError
        If the network is none for a plane.
    """
    tensors = weights.explorer_tensors(name, card)
    if "points" not in tensors:
        raise Mistake(
            f"{name!r} is not a network for a plane explorer",
            f"{name!r} 没有存数据点，画不出隐平面。",
        )
    setting = plane_setting(
        tensors["points"],
        tensors.get("labels"),
        presets=card["explorer"].get("presets"),
    )
    decoder = weights.load_decoder(name, card)
    return static_html(setting, decoder, plane_grid(setting, decoder), network=name)


def export_shipped(name: str, card: dict, path: Path) -> Path:
    """Write the shipped network's decoder as ONNX."""
    return decoding.export_decoder(name, card, path)


def grid_places(setting: PlaneSetting, n: int) -> np.ndarray:
    """Middles (n * n, 2) of the cells, row by row, the highest z2 on top."""
    x, y = (
        low + (high - low) * (np.arange(n) + 0.5) / n for low, high in setting.bounds
    )
    rows = np.stack(np.meshgrid(x, y[::-1]), axis=-1)  # (n, n, 2)
    return rows.reshape(n * n, 2).astype(np.float32)


def plane_grid(setting: PlaneSetting, decoder: Decoder) -> Sheet:
    """The whole plane as pictures, one sprite of at most `_MOST` bytes.

    Raises
    ------
    ValueError
        If even the coarsest sprite is too large.
    """
    for n in _COUNTS:
        images = decode(decoder, grid_places(setting, n), None, 0)
        grid = images.reshape(n, n, *images.shape[1:])  # (n, n, H, W)
        last = n == _COUNTS[-1]
        ladder = {} if last else {"shrinks": (1,), "levels": (32, 16)}
        strip = fitting_sprite(grid, most=_MOST, **ladder)
        if strip is not None:
            return strip
    height, width = images.shape[1:]
    raise Mistake(
        f"the grid of images {images.shape[1:]} is too large for a page",
        f"{height}×{width} 的图拼起来太大，放不进页面：换小一些的图。",
    )


def strip_facts(strip: Sheet) -> dict:
    """What the module must know of the grid."""
    return {"tile": list(strip.tile), "count": strip.rows}


def static_html(
    setting: PlaneSetting, decoder: Decoder, strip: Sheet, *, network: str = ""
) -> str:
    """Poster and state; without a network the grid is all it has."""
    shape = decode(decoder, np.zeros((2, 2), "f4"), None, 0).shape[1:]
    config = setting.config(
        source="network" if network else "strip", shape=shape, network=network
    )
    config["strip"] = strip_facts(strip)
    (left, right), (bottom, top) = setting.bounds
    alt = WORDS["poster"].format(
        n=strip.rows, left=left, right=right, bottom=bottom, top=top
    )
    return explorer_html(
        "plane",
        config,
        setting.state(),
        poster=poster_image(strip, alt, shape),
        network=network,
    )
