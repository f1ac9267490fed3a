"""A player on a page: a spectrogram and clips to be heard until its module runs."""

import html

from aigc_helpers.explorers.page import explorer_html, poster_image
from aigc_helpers.explorers.player.setting import PlayerSetting
from aigc_helpers.explorers.player.words import WORDS
from aigc_helpers.explorers.sounds.poster import clip_html, spectrogram_sheet
from aigc_helpers.explorers.sounds.telling import words_of

_POSTER = (
    '<figure class="aigc-sound-poster">{image}<figcaption>{caption}</figcaption>'
    "<ul>{clips}</ul></figure>"
)


def static_html(setting: PlayerSetting, state: dict) -> str:
    """Poster and state; the module takes the sounds from the poster."""
    shown = setting.clips[state["clip"]]
    words = words_of(shown)
    facts = {"name": shown.name, "seconds": shown.seconds, "words": words}
    sheet = spectrogram_sheet(shown, setting.loudest)
    poster = _POSTER.format(
        image=poster_image(sheet, WORDS["alt"].format(**facts)),
        caption=html.escape(WORDS["caption"].format(**facts)),
        clips="".join(clip_html(clip) for clip in setting.clips),
    )
    return explorer_html("player", setting.config("page"), state, poster=poster)
