"""A player on a page: a spectrogram and clips to be heard until its module runs."""

from aigc_helpers.explorers.page import explorer_html, poster_image
from aigc_helpers.explorers.player.setting import PlayerSetting
from aigc_helpers.explorers.player.words import WORDS
from aigc_helpers.explorers.sounds.poster import sound_poster, spectrogram_sheet
from aigc_helpers.explorers.sounds.telling import words_of


def static_html(setting: PlayerSetting, state: dict) -> str:
    """Poster and state; the module takes the sounds from the poster."""
    shown = setting.clips[state["clip"]]
    words = words_of(shown)
    facts = {"name": shown.name, "seconds": shown.seconds, "words": words}
    sheet = spectrogram_sheet(shown, setting.loudest)
    poster = sound_poster(
        poster_image(sheet, WORDS["alt"].format(**facts)),
        WORDS["caption"].format(**facts),
        setting.clips,
    )
    return explorer_html("player", setting.config("page"), state, poster=poster)
