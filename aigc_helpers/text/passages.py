"""Passages of this book, frozen on a day: what a chapter's question answering cites.

They are the book's own sentences, without marks of Markdown, and each has an address on
the site. ``book/tools/freeze_passages.py`` cuts and stores them; a test compares them
with the text of the chapters, which moves on.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from aigc_helpers.reader import Mistake

FROZEN = Path(__file__).with_name("passages.json")


@dataclass(frozen=True)
class Passage:
    """One to five sentences of the book that can be understood alone.

    Attributes
    ----------
    key : str
        Source, cell and number: "05_gan/gan-054/1"; it never changes and never comes to
        mean another passage.
    chapter : str
        Stem of the source: "05_gan", or "howto" for the page about running the book.
    number : str
        Number of the section, "5.6"; empty where it has none.
    heading : str
        Words of the nearest heading above.
    address : str
        Where that heading is, relative to the site's root:
        "notebooks/05_gan.html#两种失败-失稳与模式崩溃".
    text : str
    """

    key: str
    chapter: str
    number: str
    heading: str
    address: str
    text: str

    @property
    def section(self) -> str:
        """Number and heading, as a reader sees them."""
        return f"{self.number} {self.heading}".strip()


def load_passages(path: Path = FROZEN) -> list[Passage]:
    """The frozen passages, in the book's order.

    Raises
    ------
    ValueError
        If the file is no table of passages.
    """
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))["passages"]
        fields = Passage.__dataclass_fields__
        return [Passage(**{name: one[name] for name in fields}) for one in stored]
    except (ValueError, TypeError, LookupError) as error:
        raise Mistake(
            f"{path} is not a table of passages ({error})",
            f"{path} 不是段落的表：重新安装工具包，或用 git 取回这个文件。",
        ) from error


def frozen_on(path: Path = FROZEN) -> str:
    """The day of the freezing, "2026-11-27"."""
    return json.loads(path.read_text(encoding="utf-8"))["date"]
