"""The equations of chapter 06, beside the code of `aigc_helpers.vae` and `metrics`."""

import math

import torch
from aigc_book.witness import Computed, Named
from gaussian_model import X, elbo_values, likelihood
from torch.distributions import Normal

from aigc_helpers import metrics, vae
from aigc_helpers.equations import Finite, matrix

MU, LOGVAR = [0.3, -1.0, 0.0], [-0.5, 0.4, 0.0]


def sampled():
    mu, logvar = torch.tensor([MU]), torch.tensor([LOGVAR])
    z = vae.reparameterize(mu, logvar, generator=torch.Generator().manual_seed(0))
    eps = torch.randn(1, 3, generator=torch.Generator().manual_seed(0))
    values = {"z": matrix(z[0]), "eps": matrix(eps[0]), "x": 0}
    values["mu_phi"] = lambda x: matrix(mu[0])
    return {**values, "sigma_phi": lambda x: matrix((0.5 * logvar[0]).exp())}


def divergence():
    mu, logvar = torch.tensor([MU]), torch.tensor([LOGVAR])
    found = {"q_phi": vae.kl_divergence(mu, logvar)}
    values = {"KL": lambda q, p: found[q], "p": lambda z: "p", "z": 0, "x": 0}
    values["q_phi"] = lambda z, x: "q_phi"
    sigma = (0.5 * torch.tensor(LOGVAR)).exp()
    return {**values, "mu": [math.nan, *MU], "sigma": [math.nan, *map(float, sigma)]}


def loss(beta=1.0):
    """Two pixels, and a posterior that puts all its weight on three codes."""
    x, mu, logvar = (
        torch.tensor([[1.0, 0.0]]),
        torch.tensor([MU]),
        torch.tensor([LOGVAR]),
    )
    codes, weights = (
        torch.tensor([[0.5, -0.2], [1.0, 0.3], [-0.7, 0.1]]),
        [0.2, 0.5, 0.3],
    )
    expand = torch.ones(3, 1)
    each = vae.negative_elbo(codes, expand * x, expand * mu, expand * logvar, beta=beta)
    bits = torch.distributions.Bernoulli(logits=codes).log_prob(expand * x).sum(dim=1)
    kl = vae.kl_divergence(mu, logvar)
    drawn = Finite(weights)
    return {
        "S": (each * torch.tensor(weights)).sum(),
        "p_theta": lambda x, z: bits[z.long().flatten()].exp()[:, None],
        "d": drawn,
        "K": kl,
        "beta": beta,
        "x": 0,
        "y": 0,
    }


def conditional():
    values = loss()
    joint = values["p_theta"]
    return {**values, "p_theta": lambda x, z, y: joint(x, z)}


def weighted():
    """The mean over three draws of k = 2 codes each."""
    rng = torch.Generator().manual_seed(0)
    z = 0.3 + 0.9 * torch.randn(3, 2, generator=rng)
    mu, logvar = torch.full((3, 2, 1), 0.3), torch.full((3, 2, 1), 2 * math.log(0.9))
    logs = metrics.log_importance_weights(
        likelihood(X, z).log(), z[:, :, None], mu, logvar
    )
    values = {"L_k": metrics.importance_weighted_bound(logs).mean(), "k": 2, "x": X}
    values["w"] = lambda i, j: logs[j.long().flatten(), i - 1].exp()[:, None]
    values["p_theta"] = likelihood
    values["p"] = lambda z: Normal(0.0, 1.0).log_prob(z).exp()
    values["q_phi"] = lambda z, x: Normal(0.3, 0.9).log_prob(z).exp()
    values["W"] = logs[1, 0].exp()
    return {**values, "Z": z[1, 0], "u": Finite([1 / 3] * 3)}


ELBO_TERMS = {
    r"p_\theta(x\mid z)": r"l(x\mid z)",
    r"p_\theta(z\mid x)": r"post(z\mid x)",
    r"p_\theta(x)": "m(x)",
    r"\mathbb E_{q_\phi(z\mid x)}": r"\mathbb E_{z\sim q_\phi(z\mid x)}",
    r"post(z": r"\mathrm{post}(z",
}
KL = r"\mathrm{KL}\big(q_\phi(z\mid x)\,\Vert\,p(z)\big)"
TERMS = {
    r"\mathbb E_{q_\phi(z\mid x)}": r"\mathbb E_{z\sim d}",
    KL: "K",
    r"\text{重建项}": "R",
}

WITNESSES = {
    "eq-vae-posterior": Named("编码器给出的后验", "形状与取值", ("vae-008", "vae-018")),
    "eq-vae-reparameterisation": Computed(
        "重参数化",
        "与 reparameterize 比较",
        sampled,
        {r",\qquad \varepsilon\sim\mathcal N(0, I)": ""},
    ),
    "eq-vae-kl": Computed(
        "KL 散度",
        "与 kl_divergence 比较",
        divergence,
        {r"\sum_j": r"\sum_{j=1}^{3}"},
    ),
    "eq-vae-elbo": Computed("证据下界", "求积", elbo_values, ELBO_TERMS),
    "eq-vae-loss": Computed(
        "负的证据下界",
        "有限和，与 negative_elbo 比较",
        loss,
        {**TERMS, r"-\mathrm{ELBO}": "S"},
    ),
    "eq-vae-conditional": Computed(
        "按类别的负证据下界",
        "有限和，与 negative_elbo 比较",
        conditional,
        {
            r"-\mathrm{ELBO}(y)": "S",
            r"\mathbb E_{q_\phi(z\mid x, y)}": r"\mathbb E_{z\sim d}",
            r"\mathrm{KL}\big(q_\phi(z\mid x, y)\,\Vert\,p(z)\big)": "K",
        },
    ),
    "eq-vae-beta": Computed(
        "β-VAE 的损失",
        "有限和，与 negative_elbo 比较",
        lambda: loss(beta=0.4),
        {
            r"L_\beta": "S",
            r"\mathbb E_{q_\phi(z\mid x)}": r"\mathbb E_{z\sim d}",
            KL: "K",
        },
    ),
    "eq-vae-iw": Computed(
        "重要性加权的下界",
        "与 importance_weighted_bound 比较",
        weighted,
        {
            r"\mathbb E\Big[": r"\mathbb E_{j\sim u}\Big[",
            r"\log\frac1k\sum_{i=1}^k w_i": r"\log(\frac1k\sum_{i=1}^{k} w(i, j))",
            "w_i=": "W=",
            r"z_i": "Z",
        },
    ),
}
