"""The equations of chapter 02."""

import math

import torch
import torch.nn.functional as F
from aigc_book.witness import Computed, Named
from joint_table import bayes

from aigc_helpers.equations import matrix


def step_of_learning():
    """Half the squared distance to 1 - V(n - k), which is held fixed, goes down."""
    table = torch.tensor([0.0, 0.9, 0.8, 0.7, 0.3])
    value = torch.nn.Parameter(table[4:].clone())
    optimizer = torch.optim.SGD([value], lr=0.1)
    (0.5 * F.mse_loss(value, 1 - table[2:3])).backward()
    optimizer.step()
    values = {"T": value.detach(), "n": 4, "k": 2, "alpha": 0.1}
    return {**values, "V": lambda n: table[int(n) : int(n) + 1]}


def tent():
    x = torch.linspace(0, 1, 9)
    folded = 1 - (2 * x - 1).abs()
    return {"x": x, "t": lambda x: folded, "ReLU": F.relu}


def convolution():
    rng = torch.Generator().manual_seed(0)
    x, w = torch.randn(6, 6, generator=rng), torch.randn(3, 3, generator=rng)
    y = F.conv2d(x[None, None], w[None, None], torch.tensor([0.4]))[0, 0]
    values = {"S": y[2, 1], "i": 2, "j": 1, "b": 0.4, "x": lambda i, j: x[i, j]}
    return {**values, "w": lambda u, v: w[u, v]}


def neuron():
    layer = torch.nn.Linear(3, 1)
    x = torch.tensor([0.5, -1.0, 2.0])
    p = torch.sigmoid(layer(x)).detach()
    w = matrix(layer.weight.detach())
    values = {"p": p, "w": w, "x": matrix(x), "b": layer.bias.detach()}
    return {**values, "e": math.e, "a": torch.linspace(-2, 2, 5)}


def perceptron():
    torch.manual_seed(0)
    x, y = torch.randn(4, 2), torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    first, second = torch.nn.Linear(2, 3), torch.nn.Linear(3, 1)
    a = first(x)
    h = a.tanh()
    o = second(h)
    p = o.sigmoid()
    W_1, W_2 = first.weight, second.weight
    loss = F.binary_cross_entropy(p, y)
    values = {"x": x, "y": y, "a": a, "h": h, "o": o, "p": p}
    values |= {"b_1": first.bias, "b_2": second.bias}
    named = {name: matrix(value) for name, value in values.items()}
    return named | {"L": loss[None], "n": 4, "W_1": W_1, "W_2": W_2}


def forward():
    values = perceptron()
    for name in ("W_1", "W_2"):
        values[name] = matrix(values[name].T)
    return values


def backward():
    """Gradients by autograd, with the weights as the page has them, (in, out)."""
    values = perceptron()
    for name in ("W_1", "W_2"):
        (slope,) = torch.autograd.grad(
            values["L"].sum(), values[name], retain_graph=True
        )
        values[f"S_{name[-1]}"] = matrix(slope.T)
        values[name] = matrix(values[name].T)
    return values


WITNESSES = {
    "eq-concepts-search": Named("搜索", "必败的应当是 4 的倍数", ("concepts-004",)),
    "eq-concepts-learn": Computed(
        "学习",
        "与 PyTorch 的 SGD 走一步比较",
        step_of_learning,
        {r"V(n) \leftarrow": "T ="},
    ),
    "eq-concepts-bayes": Computed(
        "贝叶斯公式",
        "联合概率的表，有限和",
        bayes,
        {
            r"p(y\mid x)": r"P(y\mid x)",
            r"p(x\mid y)": r"l(x\mid y)",
            "p(y)": "q(y)",
            r"\sum_{y'}": r"\sum_{k=0}^{1}",
            r"p(x\mid y')": r"l(x\mid k)",
            "p(y')": "q(k)",
        },
    ),
    "eq-concepts-tent": Computed(
        "帐篷函数", "与折线 1 − |2x − 1| 比较", tent, {r",\qquad x\in[0,1]": ""}
    ),
    "eq-concepts-convolution": Computed(
        "卷积",
        "与 PyTorch 的 conv2d 比较",
        convolution,
        {"y_{ij}": "S", "w_{uv}": "w(u, v)", r"x_{i+u,\,j+v}": "x(i+u, j+v)"},
    ),
    "eq-concepts-neuron": Computed("神经元", "与 PyTorch 的 Linear 比较", neuron),
    "eq-concepts-mlp": Computed("两层网络", "与 PyTorch 的 Linear 比较", forward),
    "eq-concepts-backward": Computed(
        "两层网络的梯度",
        "自动微分",
        backward,
        {
            r"\frac{\partial L}{\partial W_1}": "S_1",
            r"\frac{\partial L}{\partial W_2}": "S_2",
            r"(1-h^2)": r"(1-h\odot h)",
        },
    ),
    "eq-concepts-nearest": Named("最近的一个", "与数据库给出的比较", ("concepts-053",)),
}
