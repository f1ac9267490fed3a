"""The font of the figures: a subset of Noto Sans SC, licence in ``fonts/OFL.txt``.

Made by ``book/tools/make_font.py``: the 3,755 characters of GB2312 level 1, ASCII,
Greek, and the punctuation, arrows and signs that labels use.
"""

from functools import cache
from pathlib import Path

from matplotlib import font_manager, rcParams

FONT = Path(__file__).parent / "fonts" / "AIGCSansSC-Regular.ttf"
FAMILY = "AIGC Sans SC"


@cache
def register_font() -> str:
    """Make the font known to matplotlib, once for the process; return its family."""
    font_manager.fontManager.addfont(str(FONT))
    return FAMILY


def fall_back() -> None:
    """Let any figure take from this font the characters that its own font lacks.

    Nothing else changes: whose style it is, and whose font, stays as it was. A style
    that is chosen later and names a font undoes it.
    """
    families = list(rcParams["font.family"])
    if FAMILY not in families:
        rcParams["font.family"] = [*families, register_font()]
