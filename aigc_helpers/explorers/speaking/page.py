"""A speaking explorer on a page: a stored sound, then the exported networks."""

from pathlib import Path

import numpy as np

from aigc_helpers.explorers.cards import card_options, load_shown
from aigc_helpers.explorers.page import explorer_html, poster_image
from aigc_helpers.explorers.sounds.poster import (
    coloured_sheet,
    sound_poster,
    spectrogram_sheet,
)
from aigc_helpers.explorers.sounds.spectra import TOP, log_mel_of
from aigc_helpers.explorers.speaking.setting import (
    FINEST,
    KEYS,
    Speaker,
    SpeakingSetting,
    Spoken,
    distinct,
    speaking_setting,
)
from aigc_helpers.explorers.speaking.words import WORDS
from aigc_helpers.weights import speaking


def shipped_page(name: str, card: dict) -> str:
    """HTML of an explorer on a shipped network, alive on a page without a kernel.

    The card's ``explorer`` entry is described in ``setting.py``.

    Raises
    ------
    ValueError
        If the network is none for this explorer, or the card does not fit it.
    """
    speaker = shipped_speaker(name, card)
    setting = speaking_setting(speaker, **card_options(card))
    return static_html(setting, setting.state(), speaker, shipped=name)


def shipped_speaker(name: str, card: dict) -> Speaker:
    """Who speaks on a page, by the card of a shipped network."""
    return load_shown(name, card, "speaking", "念数字")


def export_shipped(name: str, card: dict, path: Path) -> Path:
    """Write the shipped network as three ONNX files; the path is one step's."""
    return speaking.export_speaker(shipped_speaker(name, card), path)


def static_html(
    setting: SpeakingSetting, state: dict, speaker: Speaker, *, shipped: str = ""
) -> str:
    """Poster and state; without a shipped network stored sounds are all it has."""
    said = distinct(
        [{k: state[k] for k in KEYS}, *([] if shipped else setting.starts())]
    )
    spoken = [setting.checked(speaker, **one) for one in said]
    config = setting.config(
        speaker,
        source="network" if shipped else "stored",
        network=shipped,
        samples=[one.stored() for one in spoken],
    )
    return explorer_html(
        "speaking", config, state, poster=poster(spoken), network=shipped
    )


def poster(spoken: list[Spoken]) -> str:
    """Attention and spectrogram of the first, and all to be heard."""
    first = spoken[0]
    clip, letters = first.clip, first.letters.strip()
    facts = {"name": clip.name, "letters": letters, "n": len(first.letters)}
    caption = WORDS["caption"].format(seconds=clip.seconds, words=first.words, **facts)
    loudest = max(TOP, float(log_mel_of(clip).max()))
    spectrum = spectrogram_sheet(clip, loudest)
    looked = coloured_sheet(np.transpose(first.levels) / FINEST)  # (S, n)
    pictures = (
        poster_image(looked, WORDS["attention"].format(**facts)),
        poster_image(spectrum, WORDS["spectrogram"].format(**facts)),
    )
    return sound_poster("".join(pictures), caption, (one.clip for one in spoken))
