"""What a player shows: clips, and which of them first, where."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aigc_helpers.explorers.checks import base64_of, check_integer, check_sequence
from aigc_helpers.explorers.sounds.clips import Clip, check_clip, place_of
from aigc_helpers.explorers.sounds.poster import sound_facts
from aigc_helpers.explorers.sounds.spectra import TOP, log_mel_of
from aigc_helpers.reader import Mistake

MOST_CLIPS = 20
MOST_BYTES = 80_000  # of all clips, one a sample: a quarter of what a chapter may weigh


@dataclass(frozen=True)
class PlayerSetting:
    """A checked setting; make it with `player_setting`."""

    clips: tuple[Clip, ...]
    clip: int
    at: float

    @property
    def loudest(self) -> float:
        """The highest logarithm of a mel magnitude: the top of every spectrogram."""
        return max(TOP, *(float(log_mel_of(one).max()) for one in self.clips))

    def config(self, source: str) -> dict:
        """The part of the module's state that never changes.

        On a page the sounds are those of the poster.
        """
        clips = [clip.facts() for clip in self.clips]
        if source == "kernel":
            for facts, clip in zip(clips, self.clips, strict=True):
                facts["wav"] = base64_of(clip.wav())
        return {
            "source": source,
            "clips": clips,
            "loudest": round(self.loudest, 3),
            **sound_facts(),
        }

    def state(self) -> dict:
        """The part that moves, at its start."""
        return {"clip": self.clip, "at": self.at}


def player_setting(clips: Any, clip: Any = 0, at: Any = 0.0) -> PlayerSetting:
    """Check everything.

    Raises
    ------
    Mistake
        If a clip is none or does not fit, two have one name, all together are too
        long, or there is no clip of that number.
    """
    check_sequence("clips", clips)
    if not 1 <= len(clips) <= MOST_CLIPS:
        raise Mistake(
            f"a player has 1 to {MOST_CLIPS} clips, not {len(clips)}",
            f"声音要有 1 到 {MOST_CLIPS} 段，这里有 {len(clips)} 段。",
        )
    for one in clips:
        check_clip(one)
    _check_together(clips)
    check_integer("clip", clip, 0, len(clips) - 1)
    return PlayerSetting(tuple(clips), clip, place_of(at, clips[clip]))


def _check_together(clips: Sequence[Clip]) -> None:
    names = [clip.name for clip in clips]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise Mistake(
            f"two clips are called {twice}",
            f"有两段声音都叫 {'、'.join(twice)}：名字要各不相同。",
        )
    size = sum(len(clip.samples) for clip in clips)
    if size > MOST_BYTES:
        raise Mistake(
            f"the clips have {size} bytes together, at most {MOST_BYTES}",
            f"这些声音一共 {size / 1000:.0f} kB，最多 {MOST_BYTES / 1000:.0f} kB："
            "它们全都存在网页里，少放几段，或者剪短一些。",
        )
