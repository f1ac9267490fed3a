"""A small n-gram model beside the counts that it was made from."""

from collections import Counter
from itertools import pairwise

import torch

from aigc_helpers.language.ngram import USUAL_DISCOUNTS, fit_ngram

TEXTS = [
    "画蛇添足",
    "画龙点睛",
    "画饼充饥",
    "龙飞凤舞",
    "蛇影杯弓",
    "画地为牢",
    "画蛇",
    "画蛇",
]
U, X = "画", "蛇"


def smoothed() -> dict:
    """p(x | u) of the package, and what its formula is made of, by own counting.

    So few texts have the usual discounts.
    """
    model = fit_ngram(TEXTS, order=2)
    place = {character: i for i, character in enumerate(model.vocabulary)}
    pairs = Counter(pair for text in TEXTS for pair in pairwise(f"\n{text}\n"))
    following = [n for (u, _), n in pairs.items() if u == U]
    taken = [USUAL_DISCOUNTS[min(n, 3) - 1] for n in following]
    found = model.probabilities([0, place[U]])[place[X]]
    shorter = model.probabilities([])[place[X]]
    return {
        "S": torch.tensor([found]),
        "low": torch.tensor([shorter]),
        "C": torch.tensor([float(pairs[U, X])]),
        "c": lambda _: torch.tensor([float(sum(following))]),
        "d": USUAL_DISCOUNTS[min(pairs[U, X], 3) - 1],
        "g": torch.tensor([sum(taken) / sum(following)]),
        "m": lambda _: torch.tensor([sum(taken)]),
        "u": 0,
        "max": torch.maximum,
        "zero": torch.zeros(1),
    }


def chained() -> dict:
    """The probability of a text, and of each character after those before it."""
    model = fit_ngram(TEXTS, order=3)
    place = {character: i for i, character in enumerate(model.vocabulary)}
    tokens = [0, *(place[c] for c in TEXTS[0]), 0]
    steps = [model.probabilities(tokens[:t])[tokens[t]] for t in range(1, len(tokens))]
    logs = torch.tensor(model.log2_probabilities([TEXTS[0]])[0])
    values = {"S": (2.0 ** logs.sum())[None], "T": len(steps), "logs": logs}
    return {**values, "p": lambda t: torch.tensor([steps[t - 1]])}


def shortened() -> dict:
    """A trigram model forgets what stands further back than two characters."""
    model = fit_ngram(TEXTS, order=3)
    place = {character: i for i, character in enumerate(model.vocabulary)}
    tokens = [0, *(place[c] for c in TEXTS[0])]
    whole, last = model.probabilities(tokens[:4]), model.probabilities(tokens[2:4])
    return {"A": torch.tensor(whole), "B": torch.tensor(last)}
