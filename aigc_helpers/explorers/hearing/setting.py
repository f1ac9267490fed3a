"""What a hearing explorer shows: who hears, stored clips, which of them first."""

from dataclasses import dataclass
from typing import Any, Protocol

from aigc_helpers.explorers.hearing.words import WORDS
from aigc_helpers.explorers.sounds.choice import Choice, check_choice
from aigc_helpers.explorers.sounds.clips import Clip, place_of
from aigc_helpers.explorers.sounds.poster import sound_facts
from aigc_helpers.explorers.sounds.spectra import at_8_khz
from aigc_helpers.reader import Mistake

MOST_CLIPS = 6
N_DIGITS = 10
NONE, SEVERAL = N_DIGITS, N_DIGITS + 1  # of the probabilities
THRESHOLD = 0.5  # of a digit that is said to be heard
SECONDS = 0.1, 20.0  # of a sound that a recogniser hears
DIGITS = 6  # after the point, of stored probabilities


class Listener(Protocol):
    """Who hears; `aigc_helpers.speech.ShownListener` is one."""

    def explain(self, wave: Any) -> dict:
        """``probabilities`` (12,) and ``text`` of a sound (n,) at 8 kHz."""


@dataclass(frozen=True)
class HearingSetting(Choice):
    """A checked setting; make it with `hearing_setting`."""

    listener: Listener

    def heard(self, clip: Clip) -> dict:
        """What the listener tells of a clip."""
        return rounded(self.listener.explain(at_8_khz(clip)))

    def config(self, source: str, network: str = "") -> dict:
        """The part of the module's state that never changes."""
        clips = self.facts(source)
        for facts, clip in zip(clips, self.clips, strict=True):
            facts["heard"] = self.heard(clip)
        return {
            "source": source,
            "network": network,
            "clips": clips,
            "loudest": round(self.loudest, 3),
            "verdict": WORDS["verdict"],
            **sound_facts(),
        }


def rounded(heard: dict) -> dict:
    """What a listener tells, as it is stored."""
    shares = [round(float(share), DIGITS) for share in heard["probabilities"]]
    return {"probabilities": shares, "text": heard["text"]}


def verdict_of(heard: dict) -> str:
    """What is heard, in one sentence or two; ``reading.js`` says the same."""
    words, shares = WORDS["verdict"], heard["probabilities"]
    digit = max(range(N_DIGITS), key=shares.__getitem__)
    facts = {"digit": digit, "share": share_words(shares[digit])}
    if shares[digit] >= THRESHOLD:
        return words["digit"].format(**facts)
    if shares[SEVERAL] >= THRESHOLD and len(heard["text"]) > 1:
        return words["several"].format(text=heard["text"])
    if shares[NONE] >= THRESHOLD:
        return words["unsure"] + words["none"]
    return words["unsure"] + words["nearest"].format(**facts)


def share_words(share: float) -> str:
    """A probability in per cent, never as certainty."""
    words = WORDS["verdict"]
    if share > 0.999:
        return words["high"]
    if share < 0.001:
        return words["low"]
    return words["share"].format(percent=f"{100 * share:.1f}")


def hearing_setting(
    listener: Any, clips: Any, clip: Any = 0, at: Any = 0.0
) -> HearingSetting:
    """Check everything.

    Raises
    ------
    Mistake
        If the listener is none, a clip is none or does not fit, two have one name, or
        there is no clip of that number.
    """
    if not callable(getattr(listener, "explain", None)):
        raise Mistake(
            f"listener must have a method explain, not {type(listener).__name__}",
            "listener 应当是 speech.ShownListener(网络)，"
            f"这里是 {type(listener).__name__}。",
        )
    check_choice(clips, clip, MOST_CLIPS, SECONDS)
    return HearingSetting(tuple(clips), clip, place_of(at, clips[clip]), listener)
