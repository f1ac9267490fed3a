"""Networks of idioms that are told the place in the line, and that are not.

Each is trained as the shipped one is (``rnn_idioms``), from five seeds.
"""

import time

import torch

from aigc_helpers.language import (
    as_lines,
    bits_given_length,
    fit_ngram,
    idioms,
    line_bits,
    sample_lines,
    train_lines,
)
from aigc_helpers.rnn import LineLM
from aigc_helpers.runtime import set_seed
from aigc_helpers.tables.measuring import Table

SIZES = {"dim": 128, "hidden": 192, "dropout": 0.3}
TRAINING = {"steps": 400, "batch_size": 256, "lr": 6e-3}
PLACES = {"told": 5, "untold": 1}  # embeddings of places: one for all tells nothing
N_SAMPLES, LONGEST = 1000, 20  # texts that are left to end by themselves
DIGITS = 4


def measure(variant: str, seed: int) -> dict[str, float]:
    """Train one network and judge it on the held-out idioms."""
    corpus = idioms()
    begun = time.process_time()
    network = trained(corpus, PLACES[variant], seed)
    seconds = time.process_time() - begun
    bits, counts = line_bits(network, as_lines(corpus.test, corpus.vocabulary))
    lines = sample_lines(network, [[]] * N_SAMPLES, max_length=LONGEST, seed=seed)
    figures = {"bits": float(bits.sum() / counts.sum())}
    figures |= without_the_end(network, corpus)
    figures["form_kept"] = sum(len(line) == 4 for line in lines) / N_SAMPLES
    figures = {name: round(value, DIGITS) for name, value in figures.items()}
    return figures | {"cpu_seconds": round(seconds, 1)}


def trained(corpus, n_positions: int, seed: int):
    """A network that has so many embeddings of places."""
    set_seed(seed)
    model = LineLM(len(corpus.vocabulary), **SIZES, n_positions=n_positions)
    lines = as_lines(corpus.train, corpus.vocabulary)
    return train_lines(model, lines, seed=seed, **TRAINING)[0]


def without_the_end(network, corpus) -> dict[str, float]:
    """Bits a character where the length is known: alone, and half a 2-gram's."""
    tokens = torch.tensor([corpus.vocabulary.encode(text) for text in corpus.test])
    rival = fit_ngram(corpus.train, 2, vocabulary=corpus.vocabulary)
    alone, other = (bits_given_length(model, tokens) for model in (network, rival))
    mixed = 1 - torch.logaddexp2(-alone, -other)  # -log2 of the mean of both p
    n_characters = tokens.numel() + len(tokens)  # the end is one, for nothing
    return {
        "given_length": float(alone.sum() / n_characters),
        "mixed": float(mixed.sum() / n_characters),
    }


TABLE = Table(
    name="rnn_place",
    measure=measure,
    variants={"told": "告诉它第几个字", "untold": "不告诉它"},
    columns={
        "bits": ("每字符比特数", ".2f"),
        "given_length": ("都知道四个字时", ".2f"),
        "mixed": ("再与二元语法各半", ".2f"),
        "form_kept": ("放任时恰好四字", ".1%"),
        "cpu_seconds": ("训练的 CPU 秒", ".0f"),
    },
    seeds=(0, 1, 2, 3, 4),
    data="idioms",
    times=("cpu_seconds",),
)
