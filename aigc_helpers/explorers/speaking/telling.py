"""Where a network looked while it spoke, in words; ``telling.js`` tells the same."""

import re

import numpy as np

from aigc_helpers.explorers.sounds.spectra import HOP, RATE
from aigc_helpers.explorers.sounds.telling import hundredths
from aigc_helpers.explorers.speaking.words import WORDS

_MOST = {"back": 1, "jump": 3, "left": 2}  # letters; `speech.Reading.is_monotonic`


def looked_words(letters: str, attention: np.ndarray, n_frames: int) -> str:
    """How weights (n, S) went through S letters, and when at which word, in sentences.

    A step of them writes ``n_frames`` frames.
    """
    words, places = WORDS["telling"], attention.argmax(axis=1)
    found = _reading(places, len(letters))
    strays = [words[k].format(n=found[k]) for k in _MOST if found[k] > _MOST[k]]
    read = words["ahead"]
    if strays:
        read = words["strays"].format(list=words["comma"].join(strays))
    spans = [_span(match, places, n_frames) for match in re.finditer(r"\S+", letters)]
    return read + words["looked"].format(list=words["list"].join(spans))


def _reading(places: np.ndarray, n_letters: int) -> dict[str, int]:
    """As `speech.reading`: letters that it went back, jumped over, left."""
    path = np.concatenate([[0], places])
    farthest = np.maximum.accumulate(path)
    return {
        "back": int((farthest - path).max()),
        "jump": int(np.diff(path).max()),
        "left": int(n_letters - 1 - farthest[-1]),
    }


def _span(word: re.Match, places: np.ndarray, n_frames: int) -> str:
    """From the first to the last step that looked most at one of its letters."""
    steps = np.flatnonzero((places >= word.start()) & (places < word.end()))
    if not len(steps):
        return WORDS["telling"]["never"].format(word=word[0])
    ends = (steps[0], steps[-1] + 1)
    low, high = (hundredths(float(step * n_frames * HOP / RATE)) for step in ends)
    return WORDS["telling"]["span"].format(word=word[0], low=low, high=high)
