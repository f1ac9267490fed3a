"""What does a bulletin state, and is it so? Patterns that know no network.

Wiseman, Shieber and Rush (2017) read facts out of generated texts with a trained
extractor; here the language is small enough for patterns. What nobody can assign to a
row, such as a number without a unit, counts as stated and wrong.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

import torch

from aigc_helpers.text import report_data as data

_NUMBER = r"-?\d+"
_READINGS = (  # in this order; what one has read, a later one does not see
    r"气温在?(?P<low>#)℃?到(?P<high>#)℃",
    r"最高(?:气温|可达)?(?P<high>#)℃",
    r"最低(?:气温|降到)?(?P<low>#)℃",
    r"前一天(?:的|（)(?P<before>#)℃",
    r"刮(?P<force>#)级(?P<direction>@)风",
    r"风向(?P<direction>@)",
    r"(?P<direction>@)风(?P<force>#)级",
    r"(?P<direction>@)风",
    r"风力(?:达到)?(?P<force>#)级",
    r"(?:降水概率|降水的可能性为|有)(?P<rain>#)%",
    r"湿度(?:高达|低至)?(?P<humidity>#)%",
    r"指数(?P<air>#)",
)
_CLAIMS = {
    "warmer": r"前一天[^，。]*?(?:升温|回升|℃高)",
    "colder": r"前一天[^，。]*?(?:降温|下降|℃低)",
    "much": r"前一天[^，。]*?(?:明显|大幅|得多)",
    "damp": r"潮湿|湿度高达",
    "dry": r"干燥|湿度低至",
    "level": "优|良|[轻中重]度污染",
    "wet": r"(?:有|迎来)(?={weather})",
    "umbrella": "带伞",
}
_TAKEN = "\ue000"  # in the place of what has been read


@dataclass(frozen=True)
class Fact:
    """A value that a bulletin states of a row ("" if of none), and where."""

    row: str
    value: str
    start: int
    end: int


@cache
def _patterns(cities: tuple[str, ...]) -> tuple:
    """Compiled readings: names first, since a city may hold the name of a wind."""
    names = {
        "city": cities,
        "day": data.ROWS["day"].choices,
        "weather": data.ROWS["weather"].choices,
    }
    directions = _any_of(data.ROWS["direction"].choices)
    readings = [f"(?P<{key}>{_any_of(values)})" for key, values in names.items()]
    readings += [r.replace("#", _NUMBER).replace("@", directions) for r in _READINGS]
    return tuple(re.compile(reading) for reading in readings)


def _any_of(names) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


def read_facts(text: str, city: str = "") -> list[Fact]:
    """Values that a bulletin states, in the order of the text.

    Parameters
    ----------
    text : str
    city : str
        Another city than those of the book that the text may name.
    """
    found, rest = [], text
    for pattern in _patterns((city, *data.CITIES) if city else data.CITIES):
        for match in pattern.finditer(rest):
            for row, value in match.groupdict().items():
                found.append(Fact(row, value, *match.span(row)))
            start, end = match.span()
            rest = rest[:start] + _TAKEN * (end - start) + rest[end:]
    for match in re.finditer(rf"{_NUMBER}|{_any_of(('□',))}", rest):
        found.append(Fact("", match[0], *match.span()))
    return sorted(found, key=lambda fact: fact.start)


def read_claims(text: str) -> list[tuple[str, str]]:
    """Words that depend on values: what is claimed, and the word."""
    weather = _any_of(data.ROWS["weather"].choices)
    return [
        (claim, match[0])
        for claim, pattern in _CLAIMS.items()
        for match in re.finditer(pattern.replace("{weather}", weather), text)
    ]


def is_true(fact: Fact, table: dict) -> bool:
    """Does the row hold what is stated of it?"""
    return fact.row in table and str(table[fact.row]) == fact.value


def claim_is_true(claim: str, word: str, table: dict) -> bool:
    """Do the table's values bear the word out?"""
    change = data.change(table)
    humidity = table.get("humidity", (data.DRY + data.DAMP) // 2)
    return {
        "warmer": change > 0,
        "colder": change < 0,
        "much": abs(change) >= data.MUCH,
        "damp": humidity >= data.DAMP,
        "dry": humidity <= data.DRY,
        "level": "air" in table and data.level_of(table["air"]) == word,
        "wet": table.get("weather") in data.WET,
        "umbrella": data.needs_umbrella(table),
    }[claim]


def told_rightly(facts: list[Fact], claims: list, table: dict) -> set[str]:
    """Which facts a bulletin tells as they are, named as in `facts_to_tell`."""
    told = {fact.row for fact in facts if is_true(fact, table)}
    for claim, word in claims:
        if claim_is_true(claim, word, table):
            told |= {"warmer": {"trend"}, "colder": {"trend"}, "level": {"air"}}.get(
                claim, set()
            )
    return told


COUNTS = (
    "stated",  # values of rows
    "right",
    "invented",  # stated of a row that is empty
    "claims",  # words that depend on values
    "claims_right",
    "to_tell",
    "told",
    "repeated",  # values stated before
)


def count_facts(text: str, table: dict) -> dict[str, int]:
    """The `COUNTS` of one bulletin."""
    facts, claims = read_facts(text, str(table.get("city", ""))), read_claims(text)
    owed = set(data.facts_to_tell(table))
    return {
        "stated": len(facts),
        "right": sum(is_true(fact, table) for fact in facts),
        "invented": sum(fact.row not in table for fact in facts),
        "claims": len(claims),
        "claims_right": sum(claim_is_true(*claim, table) for claim in claims),
        "to_tell": len(owed),
        "told": len(owed & told_rightly(facts, claims, table)),
        "repeated": len(facts) - len({fact.row for fact in facts}),
    }


def fact_counts(texts: list[str], tables: list[dict]) -> torch.Tensor:
    """The `COUNTS` of several bulletins, float64 (N, 8), one row a table."""
    rows = [
        list(count_facts(text, table).values())
        for text, table in zip(texts, tables, strict=True)
    ]
    return torch.tensor(rows, dtype=torch.float64)


SHARES = {  # share: what is counted, and of what
    "precision": ("right", "stated"),
    "recall": ("told", "to_tell"),
    "word_precision": ("claims_right", "claims"),
}


def fact_share(counts: torch.Tensor, name: str) -> float:
    """One of the `SHARES` over all tables, in [0, 1]; 1 where nothing is counted."""
    part, whole = (float(counts[:, COUNTS.index(key)].sum()) for key in SHARES[name])
    return part / whole if whole else 1.0


def is_flawless(counts: torch.Tensor) -> torch.Tensor:
    """Which bulletins (N,) state and claim nothing wrong, and tell all they owe."""
    column = {key: counts[:, i] for i, key in enumerate(COUNTS)}
    whole = [column[part] == column[of] for part, of in SHARES.values()]
    return torch.stack(whole).all(0) & (column["repeated"] == 0)


# ---- variety ----------------------------------------------------------------------


def skeleton(text: str, city: str = "") -> list[str]:
    """A bulletin with the names of rows in the place of their values."""
    pieces, place = [], 0
    for fact in read_facts(text, city):
        pieces += [*text[place : fact.start], f"{{{fact.row}}}"]
        place = fact.end
    return pieces + list(text[place:])


def report_variety(texts: list[str], tables: list[dict]) -> tuple[float, int]:
    """How far from one pattern: share of bigrams outside it, number of skeletons.

    The pattern is all that `report_data.template_report` writes of these tables:
    bigrams of skeletons that never come there are outside.
    """
    pattern, mine, skeletons = set(), Counter(), set()
    for text, table in zip(texts, tables, strict=True):
        city = str(table.get("city", ""))
        usual = skeleton("".join(data.template_report(table)), city)
        pattern |= set(_n_grams(usual, 2))
        pieces = skeleton(text, city)
        skeletons.add("".join(pieces))
        mine += _n_grams(pieces, 2)
    outside = sum(n for pair, n in mine.items() if pair not in pattern)
    return outside / max(mine.total(), 1), len(skeletons)


# ---- a score that counts no facts --------------------------------------------------


def text_words(text: str) -> list[str]:
    """Numbers whole, and all other characters."""
    return re.findall(rf"{_NUMBER}|.", text)


def exchange_numbers(text: str) -> str:
    """The same words, but each number stands where the one before it stood."""
    numbers = re.findall(_NUMBER, text)
    others = iter(numbers[1:] + numbers[:1])
    return re.sub(_NUMBER, lambda _: next(others), text)


def bleu(candidates: list[str], references: list[str], *, longest: int = 4) -> float:
    """BLEU of texts, one reference each (Papineni et al., 2002), in [0, 1].

    The geometric mean, over n-grams of up to four words, of the share of the
    candidates' n-grams that their references have too; shorter candidates are punished.
    Words are those of `text_words`.
    """
    pairs = [
        (text_words(candidate), text_words(reference))
        for candidate, reference in zip(candidates, references, strict=True)
    ]
    logs = []
    for n in range(1, longest + 1):
        grams = [(_n_grams(mine, n), _n_grams(other, n)) for mine, other in pairs]
        shared = sum((mine & other).total() for mine, other in grams)
        if not shared:
            return 0.0
        logs.append(math.log(shared / sum(mine.total() for mine, _ in grams)))
    mine, other = (sum(map(len, texts)) for texts in zip(*pairs, strict=True))
    return math.exp(min(0, 1 - other / mine) + sum(logs) / longest)


def _n_grams(words: list[str], n: int) -> Counter:
    return Counter(zip(*[words[i:] for i in range(n)], strict=False))
