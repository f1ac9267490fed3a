"""Freeze the passages of the book's text from which chapter 09 answers.

    python book/tools/freeze_passages.py            write them, with today's date, to
                                                    aigc_helpers/text/passages.json
    python book/tools/freeze_passages.py --check    write nothing, tell what changes
    python book/tools/freeze_passages.py --propose  all sentences of all cells, numbered

A person has chosen them: ``passages.toml`` beside this file, a table for each source, a
line for each passage, its key and its first and last sentence as ``--propose`` numbers
them. A key never changes and is never used again; a new passage of a cell takes the
next number. When the prose has moved on and a range means other sentences, old and new
text are printed, to be read before anything is committed.
"""

import argparse
import hashlib
import json
import sys
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from aigc_helpers.files import write_text
from aigc_helpers.text.passages import FROZEN

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tools.cutting import prose_of, sources  # noqa: E402

CHOICE = Path(__file__).with_name("passages.toml")
SHORTEST, LONGEST = 35, 200  # characters
NO_TEXT = "\\\0$"  # what a formula that needs typesetting leaves


def choice() -> dict[str, dict[str, list[int]]]:
    """By source, by key within it: first and last sentence, counted from 1."""
    return tomllib.loads(CHOICE.read_text("utf-8"))


def cut() -> Iterator[dict]:
    """Every chosen passage as the book's text is now.

    Raises
    ------
    ValueError
        If a cell lacks the sentences, if they stand below two headings, or if the text
        is no plain text or of a length that is no passage's.
    """
    chosen = choice()
    for path in sources():
        prose = {cell.unit: cell.sentences for cell in prose_of(path)}
        for key, (first, last) in chosen[path.stem].items():
            sentences = prose.get(key.rpartition("/")[0], [])[first - 1 : last]
            if len(sentences) != last - first + 1:
                raise ValueError(f"{path.stem}/{key}: no sentences {first} to {last}")
            yield passage(path.stem, key, sentences)


def passage(chapter: str, key: str, sentences: list) -> dict:
    """One passage, as it is stored."""
    headings = {heading for heading, _, _ in sentences}
    text = "".join(text for _, _, text in sentences).rstrip("：，；")
    if len(headings) > 1 or not SHORTEST <= len(text) <= LONGEST:
        raise ValueError(f"{chapter}/{key}: two headings, or {len(text)} characters")
    if set(NO_TEXT) & set(text) and chapter[:2].isdigit():
        raise ValueError(f"{chapter}/{key} needs a formula: {text}")
    (heading,) = headings
    return {
        "key": f"{chapter}/{key}",
        "chapter": chapter,
        "number": heading.number,
        "heading": heading.words,
        "address": heading.address,
        "text": text,
        "sha256": digest(text),
    }


def digest(text: str) -> str:
    """The first 16 hexadecimal digits of a text's SHA-256."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def frozen() -> dict:
    """What is stored now."""
    if not FROZEN.exists():
        return {"date": None, "passages": []}
    return json.loads(FROZEN.read_text("utf-8"))


def changes(old: list[dict], new: list[dict]) -> Iterator[str]:
    """What a new freezing changes, a line each."""
    before, after = ({p["key"]: p for p in passages} for passages in (old, new))
    for key in sorted(before.keys() | after.keys()):
        was, is_now = before.get(key), after.get(key)
        if not was or not is_now:
            yield f"{'gone' if was else 'new'}: {key}"
        elif was["text"] != is_now["text"]:
            yield f"moved on: {key}\n  was {was['text']}\n  is  {is_now['text']}"
        elif was != is_now:
            yield f"elsewhere: {key} at {is_now['address']}"


def moved_on(passages: list[dict]) -> list[str]:
    """Keys of the passages whose words their cells no longer hold in one piece."""
    cells = {
        (path.stem, cell.unit): "".join(text for _, _, text in cell.sentences)
        for path in sources()
        for cell in prose_of(path)
    }
    return [
        one["key"]
        for one in passages
        if one["text"] not in cells.get(tuple(one["key"].split("/")[:2]), "")
    ]


def propose() -> Iterator[str]:
    """All sentences, numbered, as a person chooses from them."""
    for path in sources():
        yield f"\n[{path.stem}]"
        for cell in prose_of(path):
            yield f"\n{cell.unit}"
            for n, (heading, _, text) in enumerate(cell.sentences, start=1):
                yield f"{n:3} ({heading.number} {heading.words}) {text}"


def main() -> None:
    """Propose, check, or freeze."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--propose", action="store_true", help="print all sentences")
    parser.add_argument("--check", action="store_true", help="write nothing")
    options = parser.parse_args()
    if options.propose:
        print("\n".join(propose()))
        return
    old, new = frozen(), list(cut())
    told = list(changes(old["passages"], new))
    print("\n".join([*told, f"{len(new)} passages"]))
    if told and not options.check:
        table = {"date": date.today().isoformat(), "passages": new}
        write_text(FROZEN, json.dumps(table, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
