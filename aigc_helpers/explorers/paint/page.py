"""A paint explorer on a page: the first hole's answers, then a shipped network."""

from pathlib import Path

import numpy as np

from aigc_helpers import weights
from aigc_helpers.explorers.checks import base64_of
from aigc_helpers.explorers.page import explorer_html, poster_image
from aigc_helpers.explorers.paint import filling
from aigc_helpers.explorers.paint.filling import Filler, fill_hole, latent_dim_of
from aigc_helpers.explorers.paint.holes import unpacked
from aigc_helpers.explorers.paint.rivals import (
    root_mean_squared_error,
    smooth_filling,
)
from aigc_helpers.explorers.paint.setting import FINEST, PaintSetting, paint_setting
from aigc_helpers.explorers.paint.words import WORDS
from aigc_helpers.explorers.sprites import LOSSY, Sheet, make_sheet
from aigc_helpers.reader import Mistake

_ZOOM = 2  # a pixel of a photograph is 2x2 of the poster's
_STRIPE = 4  # pixels of the poster, half a stripe and half a gap
_INK, _PAPER = (213, 94, 0), (255, 231, 211)  # of the stripes over a hole
_FIGURE = (
    '<figure class="aigc-paint-poster">{image}<figcaption>{words}</figcaption></figure>'
)


def shipped_page(name: str, card: dict) -> str:
    """HTML of an explorer on a shipped network, alive on a page without a kernel.

    The photographs and their mean lie beside the weights as ``photographs`` and
    ``mean``; the card's ``explorer`` entry has "latent_dim", "image_shape", what
    `setting.PaintOptions` is to begin with, and "decoder" if the network itself is
    not what fills.

    Raises
    ------
    ValueError
        If the network is none for this explorer.
    """
    setting = shipped_setting(name, card)
    network = filling.load_filler(name, card)
    return static_html(setting, setting.state(), network, shipped=name)


def shipped_setting(name: str, card: dict) -> PaintSetting:
    """The setting that the card of a shipped network describes."""
    explorer, tensors = card.get("explorer") or {}, weights.explorer_tensors(name, card)
    if explorer.get("kind") != "paint" or "photographs" not in tensors:
        raise Mistake(
            f"{name!r} is not a network for a paint explorer",
            f"{name!r} 不是填洞的网络，或者没有存照片。",
        )
    options = {
        key: explorer[key]
        for key in ("names", "hole", "photo", "seed")
        if key in explorer
    }
    return paint_setting(tensors["photographs"], mean=tensors.get("mean"), **options)


def export_shipped(name: str, card: dict, path: Path) -> Path:
    """Write the shipped network as ONNX."""
    return filling.export_filler(name, card, path)


def static_html(
    setting: PaintSetting, state: dict, network: Filler, *, shipped: str = ""
) -> str:
    """Poster and state; without a shipped network the first hole alone is answered."""
    latent_dim = latent_dim_of(network)
    config = setting.config(
        source="network" if shipped else "strip", latent_dim=latent_dim, network=shipped
    )
    hole = unpacked(state["hole"], setting.shape)
    shown = answers(setting, state, network)
    config["prepared"] = {**state, "pixels": _stored(shown["network"][hole])}
    return explorer_html(
        "paint", config, state, poster=_poster(setting, state, shown), network=shipped
    )


def answers(setting: PaintSetting, state: dict, network: Filler) -> dict:
    """Who fills the hole of a state, and the picture (H, W) that each makes of it."""
    hole = unpacked(state["hole"], setting.shape)
    image = setting.image(state["photo"])
    made = {"network": fill_hole(network, image, hole, state["seed"])}
    if setting.mean is not None:
        made["mean"] = np.where(hole, setting.mean / 255, image)
    if not hole.all():
        made["smooth"] = smooth_filling(image, hole)
    return made


def errors(setting: PaintSetting, state: dict, shown: dict) -> dict[str, float]:
    """Root mean squared error of each answer inside the hole, in levels of 0..1."""
    hole = unpacked(state["hole"], setting.shape)
    image = setting.image(state["photo"])
    return {
        name: root_mean_squared_error(answer, image, hole)
        for name, answer in shown.items()
    }


def _stored(values: np.ndarray) -> str:
    """The hole's pixels, row by row, as little-endian uint16."""
    return base64_of(np.rint(values * FINEST).astype("<u2"))


def _poster(setting: PaintSetting, state: dict, shown: dict) -> str:
    titles = [WORDS["tiles"][name] for name in ("photograph", "holed", *shown)]
    tiles = WORDS["list"].join(titles)
    alt = WORDS["alt"].format(name=setting.names[state["photo"]], tiles=tiles)
    words = WORDS["caption"].format(tiles=tiles) + _facts(setting, state, shown)
    image = poster_image(_sheet(setting, state, shown), alt)
    return _FIGURE.format(image=image, words=words)


def _facts(setting: PaintSetting, state: dict, shown: dict) -> str:
    """How large the hole is, and each one's error, in whole sentences."""
    hole = unpacked(state["hole"], setting.shape)
    if not hole.any():
        return WORDS["empty"]
    rivals = [
        WORDS["error"].format(name=WORDS["rivals"][name], value=value)
        for name, value in errors(setting, state, shown).items()
    ]
    sentences = [
        WORDS["full"] if hole.all() else "",
        WORDS["hole"].format(n=hole.sum(), share=100 * hole.mean()),
        WORDS["errors"].format(list=WORDS["comma"].join(rivals)),
    ]
    return "".join(sentences)


def _sheet(setting: PaintSetting, state: dict, shown: dict) -> Sheet:
    """Photograph, photograph with its hole, and the answers, beside each other."""
    hole = unpacked(state["hole"], setting.shape)
    image = setting.image(state["photo"])
    tiles = [_coloured(picture) for picture in (image, image, *shown.values())]
    y, x = np.indices(tiles[1].shape[:2])
    stripes = (y + x) // _STRIPE % 2 == 0  # (zoom * H, zoom * W)
    over = np.kron(hole, np.ones((_ZOOM, _ZOOM), bool))
    tiles[1][over] = np.where(stripes[over, None], _INK, _PAPER)
    return make_sheet(np.stack(tiles), len(tiles), LOSSY)


def _coloured(picture: np.ndarray) -> np.ndarray:
    """A picture (H, W) in [0, 1] as uint8 (zoom * H, zoom * W, 3)."""
    grey = np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    large = np.kron(grey, np.ones((_ZOOM, _ZOOM), np.uint8))  # (zoom * H, zoom * W)
    return np.repeat(large[..., None], 3, axis=2)
