"""Make the font of the book's figures from the npm packages of Noto Sans.

    npm install --no-save @fontsource/noto-sans-sc@5.3.0 @fontsource/noto-sans@5.3.0
    python book/tools/make_font.py node_modules/@fontsource

The packages cut the typeface into files by Unicode range. The characters that
labels use are taken from whichever file has them, joined, and stored under a
family name of our own: the licence (OFL) reserves the name "Source". The same
packages and the same fontTools give the same bytes.
"""

import argparse
import tempfile
from pathlib import Path

from fontTools import subset
from fontTools.merge import Merger
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parents[2]
FONT = ROOT / "aigc_helpers" / "plotting" / "fonts" / "AIGCSansSC-Regular.ttf"
FAMILY = "AIGC Sans SC"
DROPPED = ["GSUB", "GPOS", "GDEF", "BASE", "STAT", "vhea", "vmtx", "gasp", "prep"]

SOURCE_DATE = 3_715_200_000  # seconds since 1904, 2021-09-23: no clock in the file

PUNCTUATION = "，。、；：？！“”‘’（）《》〈〉【】「」—–…·％℃°×÷±・～￥"
GREEK = "αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΦΨΩ"
SIGNS = "→←↑↓↔⇒≤≥≠≈≡≪≫−√∑∏∫∞∂∇∈∀∝∧∨∩∪⊂⊕⊙∥‖²³¹½¼¾•●○■□▲△▼★☆✓①②③④⑤⑥⑦⑧⑨⑩"
BEYOND_LEVEL_1 = "熵阈耦诠伽"  # words of this field that GB2312 puts into level 2


def gb2312_level_1() -> set[str]:
    """The 3,755 everyday characters: rows 16 to 55 of GB2312."""
    cells = (
        bytes([row, cell]) for row in range(0xB0, 0xD8) for cell in range(161, 255)
    )
    return {c for c in (b.decode("gb2312", "ignore") for b in cells) if c}


def wanted_characters() -> set[str]:
    """Every character that a label of the book may use."""
    ascii_printable = {chr(code) for code in range(32, 127)}
    others = set(PUNCTUATION + GREEK + SIGNS + BEYOND_LEVEL_1)
    return gb2312_level_1() | ascii_printable | others | {"\u00a0"}


def source_files(fontsource: Path) -> list[Path]:
    """Regular weight, the largest parts first, Greek after them."""
    chinese = fontsource / "noto-sans-sc" / "files"
    first = [
        chinese / "noto-sans-sc-chinese-simplified-400-normal.woff2",
        fontsource / "noto-sans" / "files" / "noto-sans-greek-400-normal.woff2",
    ]
    missing = [str(path) for path in first if not path.is_file()]
    if missing:
        raise FileNotFoundError(f"not found: {', '.join(missing)}; see --help")
    rest = set(chinese.glob("noto-sans-sc-*-400-normal.woff2")) - set(first)
    return first + sorted(rest)


def cut(source: Path, characters: set[str], target: Path) -> set[str]:
    """Write the glyphs of `characters` that `source` has; return those."""
    font = TTFont(source, recalcTimestamp=False)
    found = {c for c in characters if ord(c) in font.getBestCmap()}
    if not found:
        return found
    options = subset.Options(
        layout_features=[], hinting=False, notdef_outline=True, recalc_timestamp=False
    )
    options.drop_tables += DROPPED
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(sorted(found)))
    subsetter.subset(font)
    font.flavor = None
    font.save(target)
    return found


def name_it(font: TTFont) -> None:
    """A family name of our own; copyright and licence stay those of the sources."""
    records = {
        0: "(c) 2014-2021 Adobe (http://www.adobe.com/), with Reserved Font Name "
        "'Source'. Greek: Copyright 2022 The Noto Project Authors.",
        1: FAMILY,
        2: "Regular",
        3: "AIGCSansSC-Regular; from Noto Sans SC 2.004 and Noto Sans 2.015",
        4: f"{FAMILY} Regular",
        5: "Version 1.000",
        6: "AIGCSansSC-Regular",
        13: "This Font Software is licensed under the SIL Open Font License, "
        "Version 1.1.",
        14: "https://openfontlicense.org",
    }
    font["name"].names = []
    for name_id, text in records.items():
        font["name"].setName(text, name_id, 3, 1, 0x409)
    font["OS/2"].usWeightClass = 400
    font["head"].macStyle = 0


def make_font(fontsource: Path, target: Path = FONT) -> set[str]:
    """Write the font; return the wanted characters that no source file has."""
    wanted = wanted_characters()
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        for source in source_files(fontsource):
            part = Path(folder) / f"{len(parts)}.ttf"
            found = cut(source, wanted, part)
            if found:
                parts.append(str(part))
                wanted -= found
        font = Merger().merge(parts)
    name_it(font)
    font.recalcTimestamp = False
    font["head"].created = font["head"].modified = SOURCE_DATE
    target.parent.mkdir(parents=True, exist_ok=True)
    font.save(target)
    return wanted


def main() -> None:
    """Read the command line, make the font, fail if a character is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("fontsource", type=Path, help="folder node_modules/@fontsource")
    parser.add_argument("--to", type=Path, default=FONT, metavar="FILE")
    arguments = parser.parse_args()
    missing = make_font(arguments.fontsource, arguments.to)
    print(f"{arguments.to.name}: {arguments.to.stat().st_size:,} bytes")
    if missing:
        raise SystemExit(f"no source file has: {''.join(sorted(missing))}")


if __name__ == "__main__":
    main()
