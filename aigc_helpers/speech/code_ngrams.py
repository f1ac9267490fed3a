"""Counting codes: the least that a model of waveforms has to beat."""

from dataclasses import dataclass

import torch

from aigc_helpers.data.vocabulary import BOUNDARY, Vocabulary
from aigc_helpers.language import NGram, fit_ngram
from aigc_helpers.speech.clips import CodedClips
from aigc_helpers.speech.quantisation import N_LEVELS

FIRST = 0x100  # code 0 as a character, far from line breaks


@dataclass(frozen=True, eq=False)
class CodeNGram:
    """The book's n-gram model of characters, with codes for characters."""

    ngram: NGram

    def code_bits(self, clips: CodedClips) -> list:
        """-log2 p of each code of each clip, float64 (T,)."""
        logs = self.ngram.log2_probabilities(_texts(clips))
        return [-torch.from_numpy(log[:-1]) for log in logs]  # less the end of the clip


def fit_code_ngram(clips: CodedClips, order: int) -> CodeNGram:
    """Counts of so many codes in a row; order 1 is the histogram of codes."""
    characters = [chr(FIRST + code) for code in range(N_LEVELS)]
    vocabulary = Vocabulary([BOUNDARY, *characters])
    return CodeNGram(fit_ngram(_texts(clips), order, vocabulary=vocabulary))


def _texts(clips: CodedClips) -> list[str]:
    return ["".join(chr(FIRST + c) for c in codes.tolist()) for codes in clips.codes]
