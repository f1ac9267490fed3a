"""The equations of chapter 07, beside the code of `aigc_helpers.rnn` and `language`."""

import math

import bigrams
import numpy as np
import torch
from aigc_book.witness import Computed

from aigc_helpers.equations import matrix
from aigc_helpers.language.sampling import Sampling, candidates
from aigc_helpers.rnn import cells

T, D, H = 3, 2, 4
LOGITS = [0.5, -1.0, 2.0]


def unrolled():
    """Inputs, weights and states of three steps, one example; index 0 is the start."""
    rng = torch.Generator().manual_seed(0)
    w_x, w_h = torch.randn(H, D, generator=rng), 0.8 * torch.randn(H, H, generator=rng)
    b, x = torch.randn(H, generator=rng), torch.randn(T, 1, D, generator=rng)
    h_0 = torch.randn(1, H, generator=rng)
    return x, h_0, (w_x, w_h, b), cells.unroll(x, h_0, w_x, w_h, b)


def named():
    x, h_0, (w_x, w_h, b), h = unrolled()
    values = {"W_xh": matrix(w_x), "W_hh": matrix(w_h), "b_h": matrix(b), "T": T}
    values["x"] = [None, *(matrix(step[0]) for step in x)]
    return {**values, "h": [matrix(step[0]) for step in (h_0, *h)]}


def cell():
    return {**named(), "t": 3}


def softmax():
    o = torch.tensor(LOGITS)
    values = {"S": o.softmax(0)[1:2], "e": math.e, "k": 2}
    return {**values, "o": [math.nan, *LOGITS]}


def without_feedback():
    """Probabilities of three labels, and the cross-entropy of their sequence."""
    x, h_0, _, h = unrolled()
    y = torch.tensor([1, 0, 3])
    logits = h[:, 0]  # the states themselves, one score for each label
    p = logits.softmax(dim=1)[torch.arange(T), y]
    loss = torch.nn.functional.cross_entropy(logits, y, reduction="sum")
    return {"S": (-loss).exp()[None], "T": T, "p": lambda t: p[t - 1 : t]}


def backward():
    """Deltas by hand beside the gradients that autograd finds; g is dL/dh_t alone."""
    x, h_0, weights, h = unrolled()
    g = torch.randn(T, 1, H, generator=torch.Generator().manual_seed(1))
    leaves = [w.clone().requires_grad_() for w in weights]
    loss = (g * cells.unroll(x, h_0, *leaves)).sum()
    slopes = torch.autograd.grad(loss, leaves)
    deltas = [None] * (T + 1) + [matrix(torch.zeros(H))]
    sums = inner(x, h_0, weights, h)
    for t in range(T, 0, -1):
        (slope,) = torch.autograd.grad(
            later(sums, t, weights, x, g), sums[t - 1], retain_graph=True
        )
        deltas[t] = matrix(slope)
    values = {"delta": deltas, "g": [None, *(matrix(step[0]) for step in g)]}
    named_slopes = zip(("S_x", "S_h", "S_b"), map(matrix, slopes), strict=True)
    return {**named(), **values, **dict(named_slopes), "t": 2}


def inner(x, h_0, weights, h):
    """What stands inside tanh at each step, as leaves of a graph."""
    w_x, w_h, b = weights
    before = (h_0, *h[:-1])
    return [
        (w_x @ step[0] + w_h @ state[0] + b).requires_grad_()
        for step, state in zip(x, before, strict=True)
    ]


def later(sums, t, weights, x, g):
    """The loss from step t on, as a function of what stands inside tanh there."""
    w_x, w_h, b = weights
    state, loss = sums[t - 1].tanh(), 0.0
    for s in range(t, T + 1):
        if s > t:
            state = (w_x @ x[s - 1][0] + w_h @ state + b).tanh()
        loss = loss + (g[s - 1][0] * state).sum()
    return loss


def product():
    """dh_T/dh_1 by autograd; the factors in the order of the formula, T first."""
    values = named()
    w_x, w_h, b = (values[name].tensor for name in ("W_xh", "W_hh", "b_h"))

    def last(state):
        for s in range(2, T + 1):
            state = torch.tanh(w_x @ values["x"][s].tensor + w_h @ state + b)
        return state

    found = torch.autograd.functional.jacobian(last, values["h"][1].tensor)
    h = values["h"]
    values["h"] = [None, *(h[T + 2 - s] for s in range(2, T + 1))]
    return {**values, "S": matrix(found), "n": T - 1}


def step_of(n_gates: int):
    """One step's input, states and weights, gates one below the other."""
    rng = torch.Generator().manual_seed(0)
    w_x = torch.randn(n_gates * H, D, generator=rng)
    w_h = torch.randn(n_gates * H, H, generator=rng)
    b_x, b_h = torch.randn(2, n_gates * H, generator=rng)
    x, h, c = (torch.randn(1, n, generator=rng) for n in (D, H, H))
    return x, h, c, (w_x, w_h, b_x, b_h)


def memory():
    x, h, c, (w_x, w_h, b, _) = step_of(4)
    new_h, new_c = cells.lstm_cell(x, h, c, (w_x, w_h, b))
    gates = (x @ w_x.T + h @ w_h.T + b)[0].chunk(4)
    i, f, g, o = map(matrix, gates)
    values = {"i": i.map(torch.sigmoid), "f": f.map(torch.sigmoid)}
    values |= {"q": g.map(torch.tanh), "o": o.map(torch.sigmoid)}
    found = {"C": matrix(new_c[0]), "B": matrix(c[0]), "S": matrix(new_h[0])}
    return {**values, **found}


def lstm_gates():
    x, h, _, weights = step_of(4)
    w_x, w_h, b_x, b_h = weights
    values = {"x": matrix(x[0]), "h": matrix(h[0]), **gates_found(x, h, weights)}
    for name, part in zip("ifco", range(4), strict=True):
        rows = slice(part * H, (part + 1) * H)
        values[f"W_{name}"], values[f"U_{name}"] = matrix(w_x[rows]), matrix(w_h[rows])
        values[f"b_{name}"] = matrix((b_x + b_h)[rows])
    return values


def gates_found(x, h, weights):
    """What the gates of PyTorch's cell must have been, from what the cell gives out."""
    cell = torch.nn.LSTMCell(D, H)
    cell.load_state_dict(dict(zip(cell.state_dict(), weights, strict=True)))
    with torch.no_grad():
        new_h, added = cell(x, (h, torch.zeros(1, H)))
        _, with_one = cell(x, (h, torch.ones(1, H)))
        cell.bias_ih[:H] += 50  # the input gate wide open
        _, candidate = cell(x, (h, torch.zeros(1, H)))
    gates = {"i": added / candidate, "f": with_one - added, "q": candidate}
    gates["o"] = new_h / added.tanh()
    return {name: matrix(gate[0]) for name, gate in gates.items()}


def gated():
    x, h, _, (w_x, w_h, b_x, b_h) = step_of(3)
    new = cells.gru_cell(x, h, (w_x, w_h, b_x, b_h))
    values = {"x": matrix(x[0]), "h": matrix(h[0]), "S": matrix(new[0])}
    for name, part in zip("rzn", range(3), strict=True):
        rows = slice(part * H, (part + 1) * H)
        values[f"W_{name}"], values[f"U_{name}"] = matrix(w_x[rows]), matrix(w_h[rows])
        both = b_x[rows] if name == "n" else b_x[rows] + b_h[rows]
        values[f"b_{name}"] = matrix(both)
    values["d"] = matrix(b_h[2 * H :])
    r, z = (
        torch.sigmoid(x[0] @ w_x[k].T + b_x[k] + h[0] @ w_h[k].T + b_h[k])
        for k in (slice(0, H), slice(H, 2 * H))
    )
    k = slice(2 * H, 3 * H)
    n = torch.tanh(x[0] @ w_x[k].T + b_x[k] + r * (h[0] @ w_h[k].T + b_h[k]))
    return {**values, "r": matrix(r), "z": matrix(z), "n": matrix(n)}


def clipped():
    g = torch.nn.Parameter(torch.zeros(3))
    g.grad = torch.tensor([3.0, -4.0, 12.0])
    before = g.grad.clone()
    torch.nn.utils.clip_grad_norm_([g], 5.0)
    values = {"S": matrix(g.grad), "g": matrix(before), "c": torch.tensor([5.0])}
    return {**values, "one": torch.ones(1), "min": torch.minimum}


def tempered():
    tau = 0.7
    found = candidates(np.array(LOGITS), Sampling(temperature=tau))
    p = torch.tensor(found.probabilities)[found.tokens.argsort()]
    values = {"S": p[1:2], "e": math.e, "tau": tau, "k": 2}
    return {**values, "o": [math.nan, *LOGITS]}


def product_of_steps():
    values = bigrams.chained()
    return {**values, "bpc": -values["logs"].mean()}


STEPS = {r"p(y_t\mid y_{<t})": "p(t)"}

WITNESSES = {
    "eq-rnn-cell": Computed("循环单元", "与 rnn_cell 比较", cell),
    "eq-rnn-softmax": Computed(
        "softmax",
        "与 PyTorch 的 softmax 比较",
        softmax,
        {
            r"p(\text{下一个是字 } k)": "S",
            r"\sum_j": r"\sum_{j=1}^{3}",
            "o_{t,k}": "o_k",
            "o_{t,j}": "o_j",
        },
    ),
    "eq-rnn-no-feedback": Computed(
        "没有反馈的序列",
        "与 PyTorch 的 cross_entropy 比较",
        without_feedback,
        {r"p(y_{1:T}\mid x_{1:T})": "S", r"p(y_t\mid x_{\le t})": "p(t)"},
    ),
    "eq-rnn-lm": Computed(
        "语言模型",
        "一条文本的概率，与 log2_probabilities 比较",
        product_of_steps,
        {"p(y_{1:T})": "S", **STEPS},
    ),
    "eq-rnn-bpc": Computed(
        "每字比特",
        "与 log2_probabilities 比较",
        product_of_steps,
        {r"\mathrm{bpc}": r"\mathrm{bpc}", **STEPS},
    ),
    "eq-rnn-delta": Computed(
        "沿时间往回走",
        "自动微分",
        backward,
        {r"\big(1-h_t^2\big)": r"\big(1-h_t\odot h_t\big)"},
        why="−0 就是 0。",
    ),
    "eq-rnn-sums": Computed(
        "权重的梯度",
        "自动微分",
        backward,
        {
            r"\frac{\partial L}{\partial W_{hh}}": "S_h",
            r"\frac{\partial L}{\partial W_{xh}}": "S_x",
            r"\frac{\partial L}{\partial b_h}": "S_b",
            r"\sum_{t}": r"\sum_{t=1}^{T}",
        },
    ),
    "eq-rnn-product": Computed(
        "雅可比矩阵的连乘",
        "自动微分",
        product,
        {
            r"\frac{\partial h_T}{\partial h_t}": "S",
            r"\prod_{s=T}^{t+1}": r"\prod_{s=1}^{n}",
            r"\big(1-h_s^2\big)": r"\big(1-h_s\odot h_s\big)",
        },
    ),
    "eq-rnn-lstm-gates": Computed(
        "LSTM 的门",
        "由 LSTMCell 的输出反求",
        lstm_gates,
        {
            ", &": r",\qquad",
            r",\\": r",\qquad",
            r"\begin{aligned}": "",
            r"\end{aligned}": "",
            "x_t": "x",
            "h_{t-1}": "h",
            r"\tilde c_t": "q",
            "f_t": "f",
            "i_t": "i",
            "o_t": "o",
        },
    ),
    "eq-rnn-gru": Computed(
        "GRU",
        "与 gru_cell 比较",
        gated,
        {
            r",\\": r",\qquad",
            r"\begin{aligned}": "",
            r"\end{aligned}": "",
            "x_t": "x",
            "h_{t-1}": "h",
            "h_t": "S",
            "b'_n": "d",
            "r_t": "r",
            "z_t": "z",
            "n_t": "n",
        },
    ),
    "eq-rnn-lstm": Computed(
        "LSTM 的记忆",
        "与 lstm_cell 比较",
        memory,
        {
            "c_{t-1}": "B",
            r"\tilde c_t": "q",
            "c_t": "C",
            "h_t": "S",
            "f_t": "f",
            "i_t": "i",
            "o_t": "o",
        },
    ),
    "eq-rnn-clip": Computed(
        "梯度裁剪",
        "与 PyTorch 的 clip_grad_norm_ 比较",
        clipped,
        {r"g \leftarrow": "S =", r"\min\Big(1,": r"\mathrm{min}\Big(\mathrm{one},"},
        tolerance=1e-5,
        why="min 里的两个数对调，没有错。",
    ),
    "eq-rnn-kn": Computed(
        "Kneser–Ney 平滑",
        "自己数的次数，与 NGram.probabilities 比较",
        bigrams.smoothed,
        {
            r"p(y\mid u')": r"\mathrm{low}",
            r"p(y\mid u)": "S",
            r"\max(c(u,y)-d,\,0)": r"\mathrm{max}(C-d, \mathrm{zero})",
            r"\gamma(u)": "g",
        },
        why="max 里的两个数对调，没有错。",
    ),
    "eq-rnn-temperature": Computed(
        "温度",
        "与抽样器比较",
        tempered,
        {"p_k": "S", r"\sum_j": r"\sum_{j=1}^{3}"},
        tolerance=1e-6,
    ),
}
