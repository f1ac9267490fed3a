"""The equations of chapter 05, beside the code of `aigc_helpers.gan` and `metrics`."""

import torch
from aigc_book.witness import Computed, Named

from aigc_helpers import gan, metrics
from aigc_helpers.equations import Finite, matrix
from aigc_helpers.pixels import to_signed

REAL, NOISE = [-1.0, 0.0, 2.0], [-1.5, -0.2, 0.4, 1.1]


def logit(x):
    return 0.7 * x - 0.3


def made(z):
    return 0.8 * z + 0.4


def scale():
    pixels = torch.tensor([0, 64, 255], dtype=torch.uint8)
    return {"P": pixels.double(), "x": to_signed(pixels).double()}


def game():
    real, fake = logit(torch.tensor(REAL)), logit(made(torch.tensor(NOISE)))
    return {
        "L_D": gan.discriminator_loss(real, fake),
        "L_G": gan.generator_loss(fake),
        "D": lambda x: torch.sigmoid(logit(x)),
        "G": made,
        "p_data": Finite([1 / 3] * 3, REAL),
        "N": lambda mu, v: Finite([1 / 4] * 4, mu + v * torch.tensor(NOISE)),
        "I": 1.0,
    }


def frechet():
    rng = torch.Generator().manual_seed(0)
    a, b = torch.randn(2, 50, 3, generator=rng)
    b = b @ torch.tensor([[1.0, 0.4, 0.0], [0.0, 1.3, 0.2], [0.1, 0.0, 0.7]]) + 0.5
    values = {"d": torch.tensor(metrics.frechet_distance(a, b)).sqrt()}
    for name, pile in (("a", a), ("b", b)):
        values[f"mu_{name}"] = matrix(pile.mean(dim=0))
        values[f"C_{name}"] = matrix(torch.cov(pile.T))
    return values


def copying():
    rng = torch.Generator().manual_seed(0)
    training, held_out = torch.randn(60, 4, generator=rng).split((40, 20))
    samples = torch.cat([training[:20], torch.randn(20, 4, generator=rng)])
    found = metrics.copying_test(samples, training, held_out, n_permutations=19)
    values = {"s": found.share, "e": torch.tensor([found.excess]), "pi": 2 / 3}
    return {**values, "M": 40, "H": 20}


def between():
    angles = torch.tensor([0.2, 0.2 + 0.25 * 1.1, 1.3])  # a, a quarter of the way, b
    a, quarter, b = 3 * torch.stack([angles.cos(), angles.sin()], dim=1)
    values = {"S": matrix(quarter), "a": matrix(a), "b": matrix(b), "t": 0.25}
    return {**values, "omega": 1.1, "sin": torch.sin}


def projection():
    torch.manual_seed(0)
    network = gan.ConditionalDiscriminator(width=4).double().eval()
    x, y = torch.randn(5, 1, 28, 28), torch.eye(10)[:5]
    h = network.trunk(x)
    plain = network.to_logit(gan.append_spread(h))[:, 0]
    inner = torch.einsum("bf,fb->b", h, network.embed.weight[:, :5])
    o = {1: lambda x: plain, 2: network}
    values = {"o": lambda *given: o[len(given)](*given).detach(), "x": x, "y": y}
    return {**values, "m": lambda x: inner.detach()}


def penalty():
    x = torch.tensor([[0.5, -1.0], [2.0, 0.3], [1.0, 1.0]])

    def discriminator(x):
        return (x**2).sum(dim=1) + x[:, 0] * x[:, 1]

    slope = torch.stack([2 * x[:, 0] + x[:, 1], 2 * x[:, 1] + x[:, 0]], dim=1)
    values = {"R_1": 0.35 * gan.r1_penalty(discriminator, x).detach(), "gamma": 0.7}
    lengths = slope.norm(dim=1)
    values["g"] = lambda i: lengths[i.long().flatten()][:, None]
    return {**values, "p_data": Finite([1 / 3] * 3, [0.0, 1.0, 2.0])}


WITNESSES = {
    "eq-gan-scale": Computed(
        "像素换算到 −1 至 1", "与 to_signed 比较", scale, {r"\text{像素}": "P"}, 1e-6
    ),
    "eq-gan-d": Computed("判别器的损失", "有限和，与 discriminator_loss 比较", game),
    "eq-gan-g": Computed("生成器的损失", "有限和，与 generator_loss 比较", game),
    "eq-gan-frechet": Computed(
        "弗雷歇距离", "矩阵的平方根，与 frechet_distance 比较", frechet
    ),
    "eq-gan-precision": Named("精度与召回", "数轴上手算的四个球", ("gan-083",)),
    "eq-gan-copying": Computed(
        "超出份额",
        "与 copying_test 比较",
        copying,
        {
            r"\text{训练图张数}": "M",
            r"\text{测试图张数}": "H",
            r"e=\frac": r"e = \frac",
        },
    ),
    "eq-gan-slerp": Computed(
        "球面插值",
        "圆弧上四分之一处的点",
        between,
        {
            r"\operatorname{slerp}(a, b; t)": "S",
            r"\sin\omega": r"\mathrm{sin}(\omega)",
            r"\sin(": r"\mathrm{sin}(",
        },
    ),
    "eq-gan-projection": Computed(
        "投影判别器",
        "与 ConditionalDiscriminator 比较",
        projection,
        {r"\langle v_y,\, h(x)\rangle": "m(x)"},
    ),
    "eq-gan-r1": Computed(
        "R1 梯度惩罚",
        "手算的坡度，与 r1_penalty 比较",
        penalty,
        {r"\lVert\nabla_x\, o(x)\rVert^2": "g(x)^2"},
    ),
}
