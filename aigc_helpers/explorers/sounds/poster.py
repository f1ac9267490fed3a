"""What stands for a sound until a module runs: a spectrogram, a way to hear it."""

import html
from collections.abc import Iterable

import numpy as np

from aigc_helpers.explorers import marking
from aigc_helpers.explorers.checks import base64_of
from aigc_helpers.explorers.sounds.clips import Clip
from aigc_helpers.explorers.sounds.spectra import LOWEST, log_mel_of
from aigc_helpers.explorers.sounds.words import WORDS
from aigc_helpers.explorers.sprites import LOSSY, Sheet, make_sheet

# Of a spectrogram, from quiet to loud: purple over red to pale yellow, as lightness
# rises; no reader needs to tell the hues apart.
COLOURS = ((8, 6, 34), (81, 18, 124), (183, 55, 121), (252, 137, 97), (252, 253, 191))
# No browser offers to save a sound that has no audible mark; the module marks it.
_CLIP = (
    "<li><p>{name}（{origin}）：{words}</p>"
    '<audio controls controlslist="nodownload" preload="none" aria-label="{label}" '
    'src="data:audio/wav;base64,{wav}"></audio></li>'
)
_POSTER = (
    '<figure class="aigc-sound-poster">{pictures}<figcaption>{caption}</figcaption>'
    "<ul>{clips}</ul></figure>"
)
_WIDTH, _HEIGHT = 640, 160  # pixels of a spectrogram, about


def sound_facts() -> dict:
    """What ``front/sound/deck.js`` must know of sounds; part of a kind's config."""
    return {"colours": COLOURS, "mark": marking.facts(), "words": WORDS["telling"]}


def sound_poster(pictures: str, caption: str, clips: Iterable[Clip]) -> str:
    """Pictures, as HTML, above a caption in plain text and clips that can be heard."""
    entries = "".join(_clip_html(clip) for clip in clips)
    return _POSTER.format(
        pictures=pictures, caption=html.escape(caption), clips=entries
    )


def _clip_html(clip: Clip) -> str:
    """An entry of a list: a clip that can be heard, with its origin and words."""
    origin = WORDS["recording"].format(credit=clip.credit)
    if clip.generated:
        credit = (clip.credit,) if clip.credit else ()
        origin = "，".join((WORDS["generated"], *credit))
    said = WORDS["telling"]["said"].format(transcript=clip.transcript)
    return _CLIP.format(
        name=html.escape(clip.name),
        origin=html.escape(origin),
        words=html.escape(said),
        label=html.escape(WORDS["listen"].format(name=clip.name)),
        wav=base64_of(clip.wav()),
    )


def spectrogram_sheet(clip: Clip, loudest: float) -> Sheet:
    """A spectrogram as one picture, high frequencies above.

    ``loudest`` is the logarithm that has the last of `COLOURS`.
    """
    levels = log_mel_of(clip).T[::-1]  # (40, T)
    return coloured_sheet(((levels - LOWEST) / (loudest - LOWEST)).clip(0, 1))


def coloured_sheet(shares: np.ndarray) -> Sheet:
    """Shares (H, W) of 0 to 1 in `COLOURS` as one picture, W the time."""
    places = shares * (len(COLOURS) - 1)
    stops = np.arange(len(COLOURS))
    parts = [np.interp(places, stops, part) for part in zip(*COLOURS, strict=True)]
    picture = np.rint(np.stack(parts, axis=-1)).astype(np.uint8)  # (H, W, 3)
    wide = max(1, round(_WIDTH / picture.shape[1]))
    high = max(1, round(_HEIGHT / picture.shape[0]))
    large = picture.repeat(high, axis=0).repeat(wide, axis=1)
    return make_sheet(large[None], 1, LOSSY)
