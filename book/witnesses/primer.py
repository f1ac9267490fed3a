"""The equations of chapter 00."""

import math

import torch
import torch.nn.functional as F
from aigc_book.witness import Computed, Named
from joint_table import bayes

from aigc_helpers.equations import Finite, Gaussian, Samples

X = [math.nan, 0.3, -1.2, 2.0, 0.7]  # indices of formulas begin at 1
Y = [math.nan, 1.0, -0.4, 3.1, 0.2]
OUTCOMES = [math.nan, 1.0, 0.0, 1.0, 1.0]
N = len(X) - 1
COIN, OTHER = Finite([0.2, 0.5, 0.3]), Finite([0.4, 0.35, 0.25])


def line(theta):
    return lambda x: theta * x + 0.5


def mean_square():
    def by_torch(theta):
        return F.mse_loss(line(theta)(torch.tensor(X[1:])), torch.tensor(Y[1:]))

    theta = torch.tensor(0.8)
    values = {"L": by_torch, "theta": theta, "f_theta": line(theta)}
    return {**values, "n": N, "x": X, "y": Y}


def descent():
    theta = torch.nn.Parameter(torch.tensor([0.8]))
    optimizer = torch.optim.SGD([theta], lr=0.1)
    before = theta.detach().clone()
    (theta**3).sum().backward()
    gradient = theta.grad.clone()
    optimizer.step()
    values = {"T": theta.detach(), "theta": before, "eta": 0.1}
    return {**values, "g": lambda _: gradient}


def monte_carlo():
    draws = torch.randn(400_000, generator=torch.Generator().manual_seed(0))
    values = {"p": Gaussian(0.0, 1.0), "over_x": (-12.0, 12.0, 400)}
    values["q"] = Samples(draws)
    return {**values, "f": lambda x: torch.cos(x) + x**2}


def spread_of_means():
    """The mean of f(x) = x^2 over n = 50 draws, whose variance is 2, many times."""
    rng = torch.Generator().manual_seed(0)
    means = torch.randn(200_000, 50, generator=rng).square().mean(dim=1)
    values = {"S": means.std()[None], "n": 50, "x": 0.0, "f": lambda x: x}
    return {**values, "Var": lambda _: torch.tensor([2.0])}


def scaled_density():
    x, mu, sigma = torch.linspace(-2, 3, 7), 0.4, 1.7
    values = {"x": x, "mu": mu, "sigma": sigma, "eps": x}
    normal = torch.distributions.Normal(0.0, 1.0)
    values["p_eps"] = lambda e: normal.log_prob(e).exp()
    moved = torch.distributions.Normal(mu, sigma)
    values["p_x"] = lambda x: moved.log_prob(x).exp()
    return {**values, "e": math.e}


def likelihood():
    theta = 0.6
    coin = torch.distributions.Bernoulli(torch.tensor(theta))
    total = coin.log_prob(torch.tensor(OUTCOMES[1:])).sum()
    return {"S": total[None], "theta": theta, "n": N, "x": OUTCOMES}


def gaussian_likelihood():
    y, s = torch.linspace(-1, 2, 5), 0.7
    surprise = -torch.distributions.Normal(0.3, s).log_prob(y)
    return {"S": surprise, "y": y, "f_theta": lambda x: 0.3, "x": 0.0, "s": s}


def entropy():
    weights = COIN.probabilities[:, 0]
    by_torch = torch.distributions.Categorical(weights).entropy()
    return {"H": lambda p: by_torch, "p": COIN, "q": OTHER}


def cross_entropy():
    p, q = COIN.probabilities[:, 0], OTHER.probabilities[:, 0]
    values = {"H": lambda *_: torch.distributions.Categorical(p).entropy()}
    divergence = F.kl_div(q.log(), p, reduction="sum")
    return {**values, "KL": lambda *_: divergence, "p": COIN, "q": OTHER}


def softmax():
    o = torch.tensor([0.5, -1.0, 2.0])
    values = {"S": o.softmax(0)[1:2], "e": math.e, "k": 2}
    return {**values, "o": [math.nan, *map(float, o)]}


def kl_of_gaussians():
    mu, sigma = torch.tensor([0.0, 1.0, -0.5]), torch.tensor([1.0, 0.5, 2.0])
    values = {"KL": torch.distributions.kl_divergence, "mu": mu, "sigma": sigma}
    values["q"] = torch.distributions.Normal(mu, sigma)
    return {**values, "p": torch.distributions.Normal(0.0, 1.0)}


def scaled():
    eps, mu, sigma = torch.linspace(-2, 2, 5), 0.4, 1.7
    share = torch.distributions.Normal(0.0, 1.0).cdf(eps)
    x = torch.distributions.Normal(mu, sigma).icdf(share)
    return {"x": x, "mu": mu, "sigma": sigma, "eps": eps}


OUTCOME = {r"\sum_x": r"\sum_{x=0}^{2}"}

WITNESSES = {
    "eq-primer-mse": Computed("均方误差", "与 PyTorch 的 mse_loss 比较", mean_square),
    "eq-primer-descent": Computed(
        "梯度下降",
        "与 PyTorch 的 SGD 走一步比较",
        descent,
        {r"\theta \leftarrow": "T =", r"\nabla_\theta L(\theta)": r"g(\theta)"},
    ),
    "eq-primer-monte-carlo": Computed(
        "蒙特卡罗估计",
        "求积，与四十万个样本的平均比较",
        monte_carlo,
        {
            r"dx": r"\mathrm{d}x",
            r"\frac1n\sum_{i=1}^{n} f(x_i)": r"\mathbb E_{x\sim q}[f(x)]",
            r"\qquad x_i \sim p": "",
        },
        tolerance=0.01,
    ),
    "eq-primer-error": Computed(
        "蒙特卡罗的误差",
        "二十万个平均值的标准差",
        spread_of_means,
        {r"\text{误差}": "S"},
        tolerance=0.002,
    ),
    "eq-primer-bayes": Computed(
        "贝叶斯公式",
        "联合概率的表，有限和",
        bayes,
        {
            r"p(z\mid x)": r"P(z\mid x)",
            r"p(x\mid z)": r"l(x\mid z)",
            "p(z)": "q(z)",
            "p(x)": "m(x)",
            r"\sum_z": r"\sum_{z=0}^{1}",
        },
    ),
    "eq-primer-scale": Computed("缩放与平移", "两个分布的分位数相同", scaled),
    "eq-primer-gaussian": Computed(
        "高斯分布的密度", "与 PyTorch 的 Normal 比较", scaled_density
    ),
    "eq-primer-difference": Named(
        "有限差分", "与三次函数的导数比较，h 取八种", ("primer-081",)
    ),
    "eq-primer-change": Named(
        "变量替换", "与 PyTorch 的 LogNormal 比较", ("primer-074",)
    ),
    "eq-primer-jacobian": Named(
        "许多维的变量替换",
        "与 PyTorch 的 MultivariateNormal 比较",
        ("primer-042",),
    ),
    "eq-primer-likelihood": Computed(
        "硬币的对数似然",
        "与 PyTorch 的 Bernoulli 比较",
        likelihood,
        {r"\log p(x_1,\dots,x_n\mid\theta)": "S"},
    ),
    "eq-primer-mse-likelihood": Computed(
        "均方误差是高斯的似然",
        "与 PyTorch 的 Normal 比较",
        gaussian_likelihood,
        {r"-\log p(y\mid x, \theta)": "S", r"\log 2\pi": r"\log(2\pi)"},
    ),
    "eq-primer-entropy": Computed(
        "熵", "与 PyTorch 的 Categorical 比较", entropy, OUTCOME
    ),
    "eq-primer-cross-entropy": Computed(
        "交叉熵是熵加 KL 散度", "与 PyTorch 的 kl_div 比较", cross_entropy, OUTCOME
    ),
    "eq-primer-softmax": Computed(
        "softmax",
        "与 PyTorch 的 softmax 比较",
        softmax,
        {r"\operatorname{softmax}(o)_k": "S", r"\sum_j": r"\sum_{j=1}^{3}"},
    ),
    "eq-primer-kl-gaussian": Computed(
        "两个高斯之间的 KL 散度", "与 PyTorch 的 kl_divergence 比较", kl_of_gaussians
    ),
}
