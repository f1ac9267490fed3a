"""The equations of chapter 01, beside the code of `aigc_helpers.language`."""

import bigrams
import numpy as np
import torch
from aigc_book.witness import Computed

from aigc_helpers.language.sampling import Sampling, candidates

P = torch.tensor([0.5, 0.3, 0.15, 0.05])  # the most probable first


def tempered():
    """The sampler's distribution; Z is what makes it sum to 1."""
    tau, p = 0.7, P.double()
    found = candidates(np.log(p.numpy()), Sampling(temperature=tau)).probabilities
    total = (p ** (1 / tau)).sum()[None]
    values = {"S": torch.tensor(found), "Z": 1 / total, "tau": tau}
    return {**values, "p": lambda _: p, "x": 0}


WITNESSES = {
    "eq-bg-chain": Computed(
        "链式法则",
        "一条成语的概率，与 NGram.log2_probabilities 比较",
        bigrams.chained,
        {r"p(x_1,\dots,x_T)": "S", r"p(x_t\mid x_1,\dots,x_{t-1})": "p(t)"},
    ),
    "eq-bg-ngram": Computed(
        "n 元语法",
        "三元语法，更早的字不改变概率",
        bigrams.shortened,
        {
            r"p(x_t\mid x_1,\dots,x_{t-1})": "A",
            r"p(x_t\mid x_{t-n+1},\dots,x_{t-1})": "B",
        },
    ),
    "eq-bg-smooth": Computed(
        "折扣与退回",
        "自己数的次数，与 NGram.probabilities 比较",
        bigrams.smoothed,
        {
            r"p(x\mid u')": r"\mathrm{low}",
            r"p(x\mid u)": "S",
            r"\max\{c(u,x)-d,\,0\}": r"\mathrm{max}(C-d, \mathrm{zero})",
            r"\gamma(u)": "g",
            r"\sum_x \min\{c(u,x),\,d\}": "m(u)",
        },
        why="max 里的两个数对调，没有错。",
    ),
    "eq-bg-temperature": Computed(
        "温度",
        "与抽样器比较",
        tempered,
        {r"p_\tau(x)\propto": r"S = Z\,"},
        tolerance=1e-6,
    ),
}
