"""Does a long text hang together? Two measures that need no large model.

Each answers a question that a person can answer too, and each has a chance level:

- `matching_share`: here are two continuations, one of this text and one of another;
  which is its own? The measure takes the one that shares more content with what stands
  before. 0.5 is chance.
- `parameters_used`, for Python: does a function use the parameters that its head
  announces? Chance is how often the same names stand in bodies of other texts.

A measure is tried before it judges: on real text, on its lines shuffled
(`shuffle_lines`), on lines of many texts in one (`mix_lines`, single ones, or blocks,
each of which is real), and on one line that is repeated (`repeat_line`).

**What they cannot see.** Truth, grammar, whether code runs, whether an argument
follows. `matching_share` sees what a text is about, not its order: shuffled lines are
still about the same. Their share is as high far away as near by, where that of real
text falls with the distance; only this fall, and `parameters_used`, tell them apart.
And both measures can be cheated: a text that says one thing again and again hangs
together perfectly. So `repetition` belongs beside them.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from aigc_helpers.metrics import grouped_interval, wilson_interval
from aigc_helpers.reader import Mistake
from aigc_helpers.text.content import Content, words
from aigc_helpers.text.excerpts import Excerpts

GAPS = (0, 100, 300, 1000, 3000)  # characters between two windows
HEAD = re.compile(  # of a function; group 1 is what it announces
    r"^ *(?:async )?def \w+\(([^()\n]*(?:\n[^()\n]*){0,3})\)", re.MULTILINE
)
Figure = tuple[float, tuple[float, float]]  # a value, and its interval of 95 %


# ---- which continuation is its own? ----------------------------------------------


def matching_share(
    pairs: Sequence[tuple[Sequence[str], Sequence[str]]],
    groups: Sequence[int],
    content: Content,
    *,
    n_resamples: int = 200,
) -> Figure:
    """How often the own continuation is preferred to that of another text.

    Each first piece is offered its own second piece and, one after the other, those of
    all other documents; the more similar one is taken, and a tie counts one half. So a
    piece without content, such as blanks alone, draws towards chance.

    Parameters
    ----------
    pairs : sequence of (firsts, seconds)
        One for each place in the texts: N first pieces, and the N that belong to them.
        Only pieces of the same place compete; the share is the mean over places.
    groups : (N,) integers
        Document of each text; 4 or more, so that half of them still compete.
    content : Content

    Returns
    -------
    share : float
        In [0, 1]; 0.5 is chance.
    (low, high) : floats
        Interval of 95 %, documents drawn anew, see `metrics.grouped_interval`.

    Raises
    ------
    ValueError
        If there are fewer than 4 documents.
    """
    if len(set(groups)) < 4:
        raise Mistake(
            f"there are {len(set(groups))} documents; 4 or more must compete",
            f"只有 {len(set(groups))} 篇文本，至少要 4 篇，才有别人的续文可以比。",
        )
    groups = torch.as_tensor(groups)
    is_other = (groups[:, None] != groups).double()  # (N, N)
    wins = sum(_wins(content.similarities(*pair)) for pair in pairs) / len(pairs)
    wins *= is_other

    def share(rows):
        taken = torch.zeros(len(groups)).double()
        taken[rows] = 1
        return (taken @ wins @ taken) / (taken @ is_other @ taken)

    every = torch.arange(len(groups))
    interval = grouped_interval(
        share, groups, every, n_resamples=n_resamples, bounds=(0.0, 1.0)
    )
    return float(share(every)), interval


def _wins(similarities):
    """1 where the own second piece is nearer than another's, 1/2 for ties: (N, N)."""
    own = similarities.diagonal()[:, None]
    return (own > similarities).double() + (own == similarities).double() / 2


def matching_by_distance(
    excerpts: Excerpts,
    content: Content,
    *,
    window: int = 200,
    gaps: Sequence[int] = GAPS,
) -> list[Figure]:
    """`matching_share` of two windows, for each number of characters between them.

    Windows begin at every multiple of ``window`` from which both fit into the excerpt.

    Raises
    ------
    ValueError
        If two windows and a gap are longer than the excerpts.
    """
    if 2 * window + max(gaps) > excerpts.length:
        raise Mistake(
            f"two windows of {window} and a gap of {max(gaps)} do not fit into "
            f"{excerpts.length} characters",
            f"两个 {window} 字符的窗口隔开 {max(gaps)} 个字符，"
            f"放不进 {excerpts.length} 个字符里。",
        )
    figures = []
    for gap in gaps:
        last = excerpts.length - 2 * window - gap
        starts = range(0, last + 1, window)
        pairs = [
            (
                [text[i : i + window] for text in excerpts.texts],
                [text[i + window + gap :][:window] for text in excerpts.texts],
            )
            for i in starts
        ]
        figures.append(matching_share(pairs, excerpts.groups, content))
    return figures


def matching_by_line(
    poems: Sequence[Sequence[str]], content: Content, *, apart: Sequence[int]
) -> list[Figure]:
    """`matching_share` of two lines of a poem, for each distance: 1 is the next line.

    Parameters
    ----------
    poems : sequence of lists of lines
        All with as many lines; each is a document.
    content : Content
        Of characters, with a ``rank``.
    apart : sequence of int
    """
    n_lines = len(poems[0])
    return [
        matching_share(
            [
                ([poem[i] for poem in poems], [poem[i + k] for poem in poems])
                for i in range(n_lines - k)
            ],
            range(len(poems)),
            content,
        )
        for k in apart
    ]


# ---- is what a function announces used? ------------------------------------------


@dataclass(frozen=True)
class ParametersUsed:
    """See `parameters_used`.

    Attributes
    ----------
    share : float
        Of all parameters; nan if there are none.
    interval : (float, float)
        Of 95 %, documents drawn anew; Wilson's, each document a case, where all or none
        are used; (0, 1) if fewer than three documents have any.
    chance : float
        How often the same names stand in bodies of other documents.
    n_functions : int
        With a parameter other than ``self`` and ``cls``.
    """

    share: float
    interval: tuple[float, float]
    chance: float
    n_functions: int


def parameters_used(excerpts: Excerpts, *, reach: int = 500) -> ParametersUsed:
    """Do functions use the parameters that they announce?

    Generated code does not parse, so heads and names are found by regular expressions:
    a body is what stands between a head and the next one, ``reach`` characters at most.
    A function that the excerpt's end cuts off before that is left out. A name in a
    docstring or a comment counts as a use: to speak of a parameter is to remember it.
    """
    functions = [
        (group, names, body)
        for text, group in zip(excerpts.texts, excerpts.groups, strict=True)
        for names, body in _functions(text, reach)
    ]
    used = [name in body for _, names, body in functions for name in names]
    owners = [group for group, names, _ in functions for _ in names]
    share = sum(used) / len(used) if used else float("nan")
    interval = _used_interval(used, owners)
    return ParametersUsed(share, interval, _chance(functions), len(functions))


def _used_interval(used: list[bool], owners: list[int]) -> tuple[float, float]:
    """See `ParametersUsed.interval`; ``owners`` are the documents of the parameters."""
    n_documents = len(set(owners))
    if n_documents < 3:
        return 0.0, 1.0
    if len(set(used)) == 1:  # halves would all agree, and the interval be a point
        return wilson_interval(n_documents * used[0], n_documents)
    values = torch.tensor(used).double()
    return grouped_interval(torch.mean, owners, values, bounds=(0.0, 1.0))


def _functions(text: str, reach: int):
    """Parameters of each function, and the set of words in its body."""
    heads = list(HEAD.finditer(text))
    starts = [*(head.start() for head in heads), math.inf]
    for head, next_start in zip(heads, starts[1:], strict=True):
        names = _parameters(head[1])
        end = min(next_start, head.end() + reach)
        if names and end <= len(text):
            yield names, set(re.findall(r"\w+", text[head.end() : end]))


def _parameters(announced: str) -> list[str]:
    """Names in the head of a function, without defaults, annotations and self."""
    found = (
        re.match(r"\s*\*{0,2}([A-Za-z_]\w*)", part) for part in announced.split(",")
    )
    return [m[1] for m in found if m and m[1] not in ("self", "cls", "_")]


def _chance(functions) -> float:
    """Mean share of bodies of other documents in which a parameter's name stands."""
    everywhere, inside, n_bodies = Counter(), {}, Counter()
    for group, _, body in functions:
        everywhere.update(body)
        inside.setdefault(group, Counter()).update(body)
        n_bodies[group] += 1
    shares = [
        (everywhere[name] - inside[group][name]) / (len(functions) - n_bodies[group])
        for group, names, _ in functions
        for name in names
        if len(functions) > n_bodies[group]
    ]
    return sum(shares) / len(shares) if shares else float("nan")


# ---- what nobody should be taken in by -------------------------------------------


def repetition(
    texts: Sequence[str], units: Callable[[str], Sequence[str]] = words, *, n: int = 4
) -> float:
    """Share of n-grams that stood earlier in the same text, mean over texts.

    1 less the different n-grams over all of them: seq-rep-n of Welleck et al. (2020),
    "Neural Text Generation with Unlikelihood Training". A text shorter than n units
    has none.
    """
    shares = []
    for text in texts:
        parts = units(text)
        grams = [tuple(parts[i : i + n]) for i in range(len(parts) - n + 1)]
        shares.append(1 - len(set(grams)) / len(grams) if grams else 0.0)
    return sum(shares) / len(shares)


@dataclass(frozen=True)
class CodeCoherence:
    """See `code_coherence`.

    Attributes
    ----------
    matching : list of (share, interval), one for each gap
    parameters : ParametersUsed
    repetition : float
    """

    matching: list[Figure]
    parameters: ParametersUsed
    repetition: float


def code_coherence(
    excerpts: Excerpts, content: Content, *, gaps: Sequence[int] = GAPS
) -> CodeCoherence:
    """Both measures of code, with the figure without which neither should be read."""
    return CodeCoherence(
        matching_by_distance(excerpts, content, gaps=gaps),
        parameters_used(excerpts),
        repetition(excerpts.texts, content.units),
    )
