"""Where benchmarks keep what they measured: raw records, and a page for readers."""

import argparse
import json
import re
from datetime import date
from pathlib import Path

from aigc_helpers.runtime import bf16_is_native

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


def command(description: str, title: str, measure, report) -> None:
    """Command line of a benchmark: measure what is missing, write the section.

    Parameters
    ----------
    description : str
        The benchmark's docstring; its first line is shown.
    title : str
        Of the section; in small letters, the name of the records.
    measure : callable
        Seeds to `Records`, all of them measured.
    report : callable
        Records and seeds to the text of the section.
    """
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--report", action="store_true", help="of what there is")
    options = parser.parse_args()
    if options.report:
        records = Records(title.lower())
    elif bf16_is_native():
        records = measure(options.seeds)
    else:
        raise SystemExit("this CPU has no bfloat16 units; the comparison needs them")
    write_section(title, report(records, options.seeds))
