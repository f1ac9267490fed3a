"""Where benchmarks keep what they measured: raw records, and a page for readers."""

import json
import re
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).with_name("RESULTS.md")
RECORDS = ROOT / "build" / "benchmarks"


class Records(dict):
    """Measurements by name, kept in a file, so that a long benchmark can be resumed."""

    def __init__(self, name: str):
        self.file = RECORDS / f"{name}.json"
        super().__init__(
            json.loads(self.file.read_text()) if self.file.exists() else {}
        )

    def keep(self, key: str, measure, *arguments):
        """The record of that key; measured now and saved if there is none yet."""
        if key not in self:
            self[key] = measure(*arguments)
            self.file.parent.mkdir(parents=True, exist_ok=True)
            unfinished = self.file.with_suffix(".part")
            unfinished.write_text(json.dumps(self, indent=1))
            unfinished.replace(self.file)
        return self[key]


def table(header: list[str], rows: list[list]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def write_section(title: str, text: str, file: Path = RESULTS) -> None:
    """Put a section into the page of results, in the place of one with that title."""
    page = file.read_text("utf-8") if file.exists() else "# Results of the benchmarks\n"
    section = f"## {title}\n\nMeasured on {date.today()}.\n\n{text.strip()}\n"
    old = re.compile(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", re.M | re.S)
    if old.search(page):
        page = old.sub(lambda _: section + "\n", page)
    else:
        page = f"{page.rstrip()}\n\n{section}"
    file.write_text(page.rstrip() + "\n", "utf-8")
