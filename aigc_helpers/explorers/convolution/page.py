"""A convolution explorer on a page: the presets' pictures until its module runs."""

import numpy as np

from aigc_helpers.explorers.convolution.setting import ConvolutionSetting, convolve
from aigc_helpers.explorers.convolution.words import WORDS
from aigc_helpers.explorers.page import explorer_html, poster_image
from aigc_helpers.explorers.sprites import LOSSY, Sheet, levelled, make_sheet

_COLUMNS = 3  # of the pictures that stand there until the module runs


def static_html(setting: ConvolutionSetting, state: dict) -> str:
    """The picture and its presets until the module runs, which needs no kernel."""
    names = WORDS["list"].join(preset["name"] for preset in setting.presets)
    alt = WORDS["poster"].format(name=setting.name, presets=names)
    poster = poster_image(_sheet(setting), alt)
    return explorer_html("convolution", setting.config("page"), state, poster=poster)


def _sheet(setting: ConvolutionSetting) -> Sheet:
    """The results of all presets beside each other; at least the picture."""
    picture = setting.picture / 255
    results = [
        convolve(picture, preset["kernel"], preset["bias"])
        for preset in setting.presets
    ] or [picture[1:-1, 1:-1]]
    tiles = np.stack(results).clip(0, 1)  # (n, H - 2, W - 2)
    return make_sheet(levelled(tiles, 256), _COLUMNS, LOSSY)
