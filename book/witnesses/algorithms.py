"""The equations of chapter 03, beside the code of `aigc_helpers.families`."""

import math

import torch
from aigc_book.witness import Computed
from gaussian_model import X, elbo_values, likelihood
from torch.distributions import MultivariateNormal, Normal

from aigc_helpers import metrics
from aigc_helpers.data import plane_data
from aigc_helpers.equations import Finite
from aigc_helpers.families.networks import ToyAutoregressive, ToyGAN


def points(n=5):
    rng = torch.Generator().manual_seed(0)
    return 2 * torch.randn(n, 2, generator=rng)


def density():
    data, x = plane_data("eight"), points()
    centres = data.centres[:, 0].double()
    x = centres[:5] + 0.05 * x
    found = data.log_density(x.float()).exp()
    return {
        "x": x,
        "p_data": lambda x: found,
        "K": len(centres),
        "c": [None, *centres],
        "I": torch.eye(2),
        "N": lambda x, c, v: MultivariateNormal(c, v).log_prob(x).exp(),
    }


def game():
    torch.manual_seed(0)
    model, real = ToyGAN(), points(4)
    z = torch.randn(4, 2, generator=torch.Generator().manual_seed(1))
    losses = {
        name: model.loss(real, player, torch.Generator().manual_seed(1)).detach()
        for name, player in (("L_D", "discriminator"), ("L_G", "generator"))
    }

    def probability(x):
        return model.discriminator(x).sigmoid().detach()  # (4, 1)

    return losses | {
        "D": probability,
        "G": lambda index: model.generator(z[index.long().flatten()]),
        "r": lambda index: real[index.long().flatten()],
        "p": Finite([0.25] * 4),
        "q": Finite([0.25] * 4),
    }


def exact():
    torch.manual_seed(0)
    model, x = ToyAutoregressive(), points().clamp(-2.9, 2.9)
    t = model.tokens(x)
    begin = torch.full_like(t[:, :1], model.start)
    logits = model.next_logits(torch.cat([begin, t[:, :1]], dim=1))
    p = logits.softmax(dim=2).gather(2, t[:, :, None])[:, :, 0].detach()
    values = {"S": model.log_density(x).detach(), "w": model.bin_width, "t": 0}
    values["T"] = values["S"].exp() * model.bin_width**2
    return {**values, "a": lambda _: p[:, 0], "b": lambda _: p[:, 1]}


def energy():
    x, y = points(40), 0.5 * points(40).flip(0) + 1
    apart = torch.cdist(x, y).mean()
    within = [torch.pdist(pile).mean() for pile in (x, y)]
    values = {"E": lambda *_: torch.tensor(metrics.energy_distance(x, y)), "X": 0}
    return {**values, "Y": 0, "A": apart, "B": within[0], "C": within[1]}


def weighted():
    z = 0.3 + 0.9 * torch.randn(6, generator=torch.Generator().manual_seed(0))
    mu, logvar = torch.full((6, 1), 0.3), torch.full((6, 1), 2 * math.log(0.9))
    weights = metrics.log_importance_weights(
        likelihood(X, z).log(), z[:, None], mu, logvar
    )
    values = {"S": metrics.importance_weighted_bound(weights[None]), "k": 6, "x": X}
    values["p"] = lambda x, z: likelihood(x, z) * Normal(0.0, 1.0).log_prob(z).exp()
    values["q"] = lambda z, x: Normal(0.3, 0.9).log_prob(z).exp()
    return {**values, "z": [math.nan, *map(float, z)]}


WITNESSES = {
    "eq-algorithms-data": Computed(
        "八团点的密度",
        "与 plane_data 的 log_density 比较",
        density,
        tolerance=1e-5,
    ),
    "eq-algorithms-gan": Computed(
        "GAN 的两个损失",
        "有限和，与 ToyGAN.loss 比较",
        game,
        {
            r"\mathbb E_{x}": r"\mathbb E_{x\sim p}",
            r"\mathbb E_{z}": r"\mathbb E_{z\sim q}",
            "D(x)": "D(r(x))",
        },
    ),
    "eq-algorithms-elbo": Computed(
        "证据下界",
        "求积；后验取对时两边相等",
        elbo_values,
        {
            r"p(x\mid z)": r"l(x\mid z)",
            "p(x)": "m(x)",
            r"\mathbb E_{q(z\mid x)}": r"\mathbb E_{z\sim q(z\mid x)}",
        },
    ),
    "eq-algorithms-chain": Computed(
        "链式法则",
        "与 ToyAutoregressive 比较",
        exact,
        {"p(x)": "T", "p(x_1)": "a(t)", r"p(x_2\mid x_1)": "b(t)"},
    ),
    "eq-algorithms-exact": Computed(
        "格子上的对数密度",
        "与 ToyAutoregressive 的 log_density 比较",
        exact,
        {
            r"\log p(x)": "S",
            "p(t_1)": "a(t)",
            r"p(t_2\mid t_1)": "b(t)",
            r"\Delta": " w",
        },
    ),
    "eq-algorithms-energy": Computed(
        "能量距离",
        "两两的距离，与 energy_distance 比较",
        energy,
        {
            r"\mathbb E\lVert X-Y\rVert": "A",
            r"\mathbb E\lVert X-X'\rVert": "B",
            r"\mathbb E\lVert Y-Y'\rVert": "C",
        },
        tolerance=1e-6,
        why="距离与两堆的次序无关，对调没有错。",
    ),
    "eq-algorithms-weighted": Computed(
        "重要性加权",
        "与 importance_weighted_bound 比较",
        weighted,
        {
            r"\log p(x)": "S",
            r"\log\frac1k": r"\log(\frac1k",
            r"{q(z_i\mid x)}": r"{q(z_i\mid x)})",
            r",\qquad z_i\sim q(z\mid x)": "",
        },
    ),
}
