"""A latent explorer on a page: its filmstrip, then a shipped network."""

import html
from pathlib import Path

from aigc_helpers import weights
from aigc_helpers.explorers import decoding
from aigc_helpers.explorers.decoding import Decoder
from aigc_helpers.explorers.latent.filmstrip import POSITIONS, filmstrip
from aigc_helpers.explorers.latent.setting import LatentSetting, latent_setting
from aigc_helpers.explorers.latent.words import WORDS
from aigc_helpers.explorers.page import explorer_html, poster_image
from aigc_helpers.reader import Mistake

_FIGURE = (
    '<figure class="aigc-latent-poster">{poster}<figcaption>{words}</figcaption>'
    "</figure>"
)


def shipped_page(name: str, card: dict) -> str:
    """HTML of an explorer on a shipped network, alive on a page without a kernel.

    The card's ``explorer`` entry has "latent_dim", "n_classes" and what
    `latent_setting` takes; directions lie beside the weights.

    Raises
    ------
    ValueError
        If the network is none for an explorer.
    """
    setting = shipped_setting(name, card)
    return static_html(setting, weights.load_decoder(name, card), network=name)


def shipped_setting(name: str, card: dict) -> LatentSetting:
    """The setting that the card of a shipped network describes."""
    explorer = card.get("explorer")
    if not explorer:
        raise Mistake(
            f"{name!r} is not a network for an explorer",
            f"{name!r} 不是交互图能用的网络。",
        )
    options = {
        key: explorer[key]
        for key in ("names", "presets", "seed", "label", "readout")
        if key in explorer
    }
    return latent_setting(
        explorer["latent_dim"],
        explorer["n_classes"],
        directions=weights.explorer_tensors(name, card).get("directions"),
        **options,
    )


def export_shipped(name: str, card: dict, path: Path) -> Path:
    """Write the shipped network's decoder as ONNX."""
    return decoding.export_decoder(name, card, path)


def static_html(setting: LatentSetting, decoder: Decoder, *, network: str = "") -> str:
    """Poster and state of an explorer; without a network the strip is all it has."""
    strip, shape, numbers = filmstrip(setting, decoder)
    require_words(setting, numbers)
    source = "network" if network else "strip"
    config = setting.config(source=source, shape=shape, network=network)
    config["strip"] = {"tile": list(strip.tile), "positions": POSITIONS}
    if numbers is not None:
        config["strip"]["values"] = [round(float(number), 2) for number in numbers]
    alt = WORDS["poster_classes"] if setting.n_classes else WORDS["poster"]
    poster = _with_readout(poster_image(strip, alt, shape), setting, numbers)
    return explorer_html(
        "latent", config, setting.state(), poster=poster, network=network
    )


def _with_readout(poster: str, setting: LatentSetting, numbers) -> str:
    """The poster, and under it a sentence on its numbers, if there are some."""
    if numbers is None:
        return poster
    words = setting.readout.poster(numbers, numbers[POSITIONS // 2])
    return _FIGURE.format(poster=poster, words=html.escape(words))


def require_words(setting: LatentSetting, numbers) -> None:
    """Numbers of a decoder, and words for them: both, or neither.

    Raises
    ------
    ValueError
        If there is one without the other.
    """
    if numbers is not None and setting.readout is None:
        raise Mistake(
            "the decoder returns numbers beside its images; say what they are by "
            "readout=",
            "解码器在图之外还返回了数：用 readout= 说明这是什么数。",
        )
    if numbers is None and setting.readout is not None:
        raise Mistake(
            "there is a readout, but the decoder returns images alone",
            "写了 readout，解码器却只返回图：它应当返回图和数两样。",
        )
