"""The font of the figures: a subset of Noto Sans SC, licence in ``OFL.txt``.

Made by ``book/tools/make_font.py``: the 3,755 characters of GB2312 level 1, ASCII,
Greek, and the punctuation, arrows and signs that labels use.
"""

import re
from functools import cache
from pathlib import Path

from matplotlib import font_manager, ft2font

FONT = Path(__file__).parent / "AIGCSansSC-Regular.ttf"
FAMILY = "AIGC Sans SC"


@cache
def register_font() -> str:
    """Make the font known to matplotlib, once for the process; return its family."""
    font_manager.fontManager.addfont(str(FONT))
    return FAMILY


def missing_glyphs(text: str) -> str:
    """Characters of ``text`` outside ``$…$`` that the font lacks, sorted."""
    plain = re.sub(r"(?<!\\)\$[^$]*\$", "", text)
    return "".join(sorted(set(plain) - _characters() - {"\n"}))


@cache
def _characters() -> frozenset[str]:
    codes = ft2font.FT2Font(str(FONT)).get_charmap()
    return frozenset(chr(code) for code in codes)
