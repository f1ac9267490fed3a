"""A player on a page: a spectrogram and clips to be heard until its module runs."""

import html

import numpy as np

from aigc_helpers.explorers.checks import base64_of
from aigc_helpers.explorers.page import explorer_html, poster_image
from aigc_helpers.explorers.player.setting import COLOURS, Clip, PlayerSetting
from aigc_helpers.explorers.player.spectra import BANDS, LOWEST, log_mel_of
from aigc_helpers.explorers.player.telling import words_of
from aigc_helpers.explorers.player.words import WORDS
from aigc_helpers.explorers.sprites import LOSSY, Sheet, make_sheet

_POSTER = (
    '<figure class="aigc-player-poster">{image}<figcaption>{caption}</figcaption>'
    "<ul>{clips}</ul></figure>"
)
# No browser offers to save a sound that has no audible mark; the module marks it.
_CLIP = (
    "<li><p>{name}（{origin}）：{words}</p>"
    '<audio controls controlslist="nodownload" preload="none" aria-label="{label}" '
    'src="data:audio/wav;base64,{wav}"></audio></li>'
)
_WIDTH, _HEIGHT = 640, 160  # pixels of the poster, about


def static_html(setting: PlayerSetting, state: dict) -> str:
    """Poster and state; the module takes the sounds from the poster."""
    shown = setting.clips[state["clip"]]
    words = words_of(shown)
    facts = {"name": shown.name, "seconds": shown.seconds, "words": words}
    image = poster_image(_sheet(setting, shown), WORDS["alt"].format(**facts))
    poster = _POSTER.format(
        image=image,
        caption=html.escape(WORDS["caption"].format(**facts)),
        clips="".join(_clip_html(clip) for clip in setting.clips),
    )
    return explorer_html("player", setting.config("page"), state, poster=poster)


def _clip_html(clip: Clip) -> str:
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


def _sheet(setting: PlayerSetting, clip: Clip) -> Sheet:
    """The spectrogram as one picture, high frequencies above."""
    levels = log_mel_of(clip.numbers, clip.rate).T[::-1]  # (40, T)
    share = (levels - LOWEST) / (setting.loudest - LOWEST)
    places = share.clip(0, 1) * (len(COLOURS) - 1)
    stops = np.arange(len(COLOURS))
    parts = [np.interp(places, stops, part) for part in zip(*COLOURS, strict=True)]
    picture = np.rint(np.stack(parts, axis=-1)).astype(np.uint8)  # (40, T, 3)
    wide = max(1, round(_WIDTH / picture.shape[1]))
    large = picture.repeat(_HEIGHT // BANDS, axis=0).repeat(wide, axis=1)
    return make_sheet(large[None], 1, LOSSY)
