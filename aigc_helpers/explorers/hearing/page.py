"""A hearing explorer on a page: stored clips with their answers, then the network."""

from pathlib import Path

import numpy as np

from aigc_helpers.explorers.cards import load_shown
from aigc_helpers.explorers.hearing.setting import (
    HearingSetting,
    Listener,
    hearing_setting,
    verdict_of,
)
from aigc_helpers.explorers.hearing.words import WORDS
from aigc_helpers.explorers.page import explorer_html, poster_image
from aigc_helpers.explorers.sounds.clips import Clip
from aigc_helpers.explorers.sounds.poster import sound_poster, spectrogram_sheet
from aigc_helpers.explorers.sounds.telling import words_of
from aigc_helpers.weights.listening import export_listener


def shipped_page(name: str, card: dict) -> str:
    """HTML of an explorer on a shipped network, with a tone that is no digit.

    Recordings of people are not shipped with the package.

    Raises
    ------
    ValueError
        If the network is none for this explorer.
    """
    setting = hearing_setting(shipped_listener(name, card), [_tone()])
    return static_html(setting, setting.state(), shipped=name)


def shipped_listener(name: str, card: dict) -> Listener:
    """Who hears on a page, by the card of a shipped network."""
    return load_shown(name, card, "hearing", "听数字")


def export_shipped(name: str, card: dict, path: Path) -> Path:
    """Write the shipped network as ONNX."""
    return export_listener(shipped_listener(name, card), path)


def static_html(setting: HearingSetting, state: dict, *, shipped: str = "") -> str:
    """Poster and state; the module takes the sounds from the poster.

    Without a shipped network there are stored answers alone.
    """
    config = setting.config("network" if shipped else "stored", shipped)
    shown = setting.clips[state["clip"]]
    facts = {
        "name": shown.name,
        "words": words_of(shown),
        "verdict": verdict_of(config["clips"][state["clip"]]["heard"]),
    }
    sheet = spectrogram_sheet(shown, setting.loudest)
    poster = sound_poster(
        poster_image(sheet, WORDS["alt"].format(**facts)),
        WORDS["caption"].format(**facts),
        setting.clips,
    )
    return explorer_html("hearing", config, state, poster=poster, network=shipped)


def _tone() -> Clip:
    t = np.arange(4000) / 8000  # seconds
    return Clip(
        samples=0.25 * np.sin(2 * np.pi * 440 * t), generated=True, **WORDS["tone"]
    )
