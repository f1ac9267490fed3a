"""Explorers on a page: their HTML, and the files that a site needs for them."""

import html
import json
from functools import lru_cache
from pathlib import Path

from aigc_helpers import weights
from aigc_helpers.explorers.decoding import Decoder, decode
from aigc_helpers.explorers.latent.filmstrip import (
    POSITIONS,
    Filmstrip,
    make_filmstrip,
    strip_latents,
)
from aigc_helpers.explorers.latent.setting import LatentSetting, latent_setting
from aigc_helpers.explorers.modules import page_files
from aigc_helpers.weights import export

_ALT = (
    "生成器画出的图像：每行是一个方向，从左到右由 −3 到 3 个标准差；"
    "再下一行从一个样本走到另一个"
)
_ALT_CLASSES = _ALT + "；最后一行是各个类别"
_POSTER = (
    '<img class="aigc-explorer-poster" alt="{alt}" width="{width}" height="{height}" '
    'style="max-width:100%;height:auto;image-rendering:pixelated" src="{address}">'
)
_PAGE = (
    '<div class="aigc-explorer" data-explorer="{kind}"{network}>{poster}'
    '<script type="application/json">{state}</script></div>'
)


def explorer_html(
    kind: str, config: dict, state: dict, *, poster: str, network: str = ""
) -> str:
    """One explorer of a page: what is seen without JavaScript, and its JSON state.

    Parameters
    ----------
    kind : str
        Name of the module in ``front``.
    config, state : dict
        What the module reads as ``_config`` and ``_state``.
    poster : str
        HTML that stands there until the module runs, and if it never does. Its images
        are the module's ``_sprites``, the first one its ``_sprite``.
    network : str
        Name of the exported network that the explorer runs, if it runs one.
    """
    facts = json.dumps(
        {"_config": config, "_state": state}, ensure_ascii=False, separators=(",", ":")
    )
    return _PAGE.format(
        kind=kind,
        network=f' data-network="{html.escape(network)}"' if network else "",
        poster=poster,
        state=facts.replace("<", "\\u003c"),
    )


def poster_image(address: str, alt: str, *, width: int, height: int) -> str:
    """A sprite as the picture that stands on the page until the module runs."""
    return _POSTER.format(
        address=address, alt=html.escape(alt), width=width, height=height
    )


@lru_cache(maxsize=16)
def latent_page(shipped_name: str) -> str:
    """HTML of an explorer on a shipped network, alive on a page without a kernel.

    Parameters
    ----------
    shipped_name : str
        One of ``weights.names()`` whose card has an ``explorer`` entry.
    """
    decoder = weights.load_decoder(shipped_name)
    return static_html(shipped_setting(shipped_name), decoder, network=shipped_name)


def shipped_setting(shipped_name: str) -> LatentSetting:
    """The setting that the card of a shipped network describes."""
    known = weights.card(shipped_name).get("explorer")
    if not known:
        raise ValueError(f"{shipped_name!r} is not a network for an explorer")
    return latent_setting(
        known["latent_dim"],
        known["n_classes"],
        directions=weights.directions(shipped_name),
        names=known.get("names"),
        presets=known.get("presets"),
        seed=known.get("seed", 0),
        label=known.get("label", 0),
    )


def static_html(setting: LatentSetting, decoder: Decoder, *, network: str = "") -> str:
    """Poster and state of an explorer; without a network the strip is all it has."""
    strip, shape = filmstrip(setting, decoder)
    source = "network" if network else "strip"
    config = setting.config(source=source, shape=shape, network=network)
    config["strip"] = {"tile": list(strip.tile), "positions": POSITIONS}
    poster = poster_image(
        strip.address,
        _ALT_CLASSES if setting.n_classes else _ALT,
        width=strip.columns * shape[1],
        height=strip.rows * shape[0],
    )
    return explorer_html(
        "latent", config, setting.state(), poster=poster, network=network
    )


def filmstrip(
    setting: LatentSetting, decoder: Decoder
) -> tuple[Filmstrip, tuple[int, ...]]:
    """The sprite of a setting, and the shape (H, W) of its images."""
    z, labels = strip_latents(setting)
    images = decode(decoder, z, labels, setting.n_classes)
    return make_filmstrip(images, setting.n_classes), images.shape[1:]


def stage(folder: Path) -> list[Path]:
    """Write the explorers' files and the exported networks below ``folder``."""
    target = Path(folder) / "explorers"
    staged = []
    for name, text in page_files().items():
        path, content = target / name, text.encode()
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
        staged.append(path)
    return staged + export.export_all(Path(folder) / "networks")
