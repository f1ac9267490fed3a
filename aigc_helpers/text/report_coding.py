"""Tables and bulletins as numbers: what a reporter reads, and what it may write."""

import random
from dataclasses import dataclass, replace

import torch
from torch import nn

from aigc_helpers.language.transduction import pad_sources
from aigc_helpers.reader import Mistake
from aigc_helpers.text.report_data import (
    ROWS,
    Row,
    characters,
    random_table,
    require_table,
    write_report,
)

END, UNKNOWN = 0, 1  # tokens: start and end of a bulletin; what stands in no cell
NO_TARGET = -1
DIGITS = "-0123456789"
ALIKE = 16  # batches among whose pairs, of about one length, a batch is drawn


@dataclass(frozen=True)
class ReportCoding:
    """The rows that a network reads, and the words that it writes.

    Attributes
    ----------
    rows : dict
        As `report_data.ROWS`.
    words : tuple of str
        The vocabulary, token by token: the end, what is unknown, characters.
    copies : bool
        Whether cells are words too: token V + s is cell s.
    """

    rows: dict[str, Row]
    words: tuple[str, ...]
    copies: bool

    @property
    def n_values(self) -> list[int]:
        """How many values each row has, for `Reporter`."""
        return [row.n_values for row in self.rows.values()]

    def features(self, table: dict) -> list[tuple[int, int]]:
        """The row, from 1, and the value of each cell, as numbers: all that is seen.

        Values of all rows are numbered through; those of the first row come first.
        """
        require_table(table)
        if not table:
            raise Mistake("the table is empty", "表是空的：至少填一行。")
        numbers, start = [], 0
        for i, (key, row) in enumerate(self.rows.items(), 1):
            if key in table:
                numbers.append((i, start + row.number_of(table[key])))
            start += row.n_values
        return numbers

    def sources(self, tables: list[dict]) -> torch.Tensor:
        """Cells of tables, int64 (B, S, 2)."""
        return pad_sources([self.features(table) for table in tables])

    def encode(self, words: list[str], table: dict) -> list[list[int]]:
        """Tokens that each word may be: a word of the vocabulary, else equal cells.

        Nobody says from which cell a number was taken; of two equal ones both are
        right. What stands in no cell, such as a wrong number, is `UNKNOWN`.
        """
        known = {word: i for i, word in enumerate(self.words)}
        cells = cells_of(table) if self.copies else []
        words = words if self.copies else list("".join(words))
        return [
            [known[word]]
            if word in known
            else [len(known) + i for i, cell in enumerate(cells) if cell == word]
            or [UNKNOWN]
            for word in words
        ]

    def decode(self, tokens, table: dict) -> list[str]:
        """Words of tokens; those behind the vocabulary are cells of the table."""
        words = [*self.words, *cells_of(table)]
        return [words[token] for token in tokens]


def cells_of(table: dict) -> list[str]:
    """Texts of the cells, in the order of the rows."""
    return [str(table[key]) for key in ROWS if key in table]


def copying_coding() -> ReportCoding:
    """No digit and no name is in the vocabulary: both can only be copied."""
    return ReportCoding(ROWS, ("", "□", *characters()), copies=True)


def spelling_coding() -> ReportCoding:
    """Without copies, for comparison: digits and the characters of all names.

    Such a network has to know which city it is, and sees it.
    """
    names = {character for row in ROWS.values() for character in "".join(row.choices)}
    words = sorted(names | {*characters(), *DIGITS})
    rows = ROWS | {"city": replace(ROWS["city"], free=False)}
    return ReportCoding(rows, ("", "□", *words), copies=False)


def table_fields() -> list[dict]:
    """The rows as an explorer takes them, numbered as in `ReportCoding.features`."""
    found, start = [], 0
    for i, row in enumerate(ROWS.values(), 1):
        facts = {"id": i, "name": row.name, "offset": start}
        if row.choices:
            facts |= {"choices": list(row.choices), "free": row.free}
        else:
            facts |= {"low": row.low, "high": row.high, "unit": row.unit}
        found.append(facts)
        start += row.n_values
    return found


def report_pairs(n: int, seed: int = 0) -> list[tuple[dict, list[str]]]:
    """Tables and bulletins, flaws included; no combination of rows is held out."""
    rng = random.Random(seed)
    tables = (random_table(rng) for _ in range(n))
    return [(table, write_report(table, rng)) for table in tables]


class ReportPairs:
    """Tables and bulletins as tensors: sources (N, S, 2), inputs and targets.

    Inputs are (N, T), targets (N, T, 2).

    They are sorted by ``lengths`` (N,), so that a batch holds little padding. A target
    is one token or, where two cells read alike, one of two; `NO_TARGET` does not count,
    and so what stands in no cell does not.
    """

    def __init__(self, pairs, coding: ReportCoding):
        pairs = sorted(pairs, key=lambda pair: len(pair[1]))
        choices = [coding.encode(words, table) + [[END]] for table, words in pairs]
        inputs = [[END, *(tokens[0] for tokens in row[:-1])] for row in choices]
        self.sources = coding.sources([table for table, _ in pairs])
        self.lengths = torch.tensor([len(row) for row in inputs])
        self.inputs = _padded(inputs, END)
        self.targets = _padded([[_two(t) for t in row] for row in choices], NO_TARGET)

    def __len__(self) -> int:
        return len(self.sources)

    def draw(self, n: int, rng: torch.Generator) -> torch.Tensor:
        """Which pairs (n,) are a batch: any of those that are about as long."""
        n_alike = min(ALIKE * n, len(self))
        start = torch.randint(len(self) - n_alike + 1, (1,), generator=rng)
        return start + torch.randint(n_alike, (n,), generator=rng)


def _two(tokens: list[int]) -> tuple[int, int]:
    """One or two tokens that are right; unknown ones are no target."""
    if tokens == [UNKNOWN]:
        return NO_TARGET, NO_TARGET
    return tokens[0], tokens[1] if len(tokens) > 1 else NO_TARGET


def _padded(rows: list, value: int) -> torch.Tensor:
    rows = [torch.tensor(row) for row in rows]
    return nn.utils.rnn.pad_sequence(rows, True, value)  # (N, T) or (N, T, 2)
