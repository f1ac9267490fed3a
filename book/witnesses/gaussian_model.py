"""A model whose likelihood and posterior are known: z ~ N(0, 1), x ~ N(a z, s^2)."""

import torch
from torch.distributions import Normal, kl_divergence

from aigc_helpers.equations import Conditional, Gaussian

X = 0.8  # the datum
A, S = 0.7, 1.0
POSTERIOR = A * X / (A**2 + S**2), S**2 / (A**2 + S**2)  # mean and variance


def likelihood(x, z):
    """p(x | z)."""
    return Normal(A * z, S).log_prob(torch.as_tensor(x)).exp()


def elbo_values() -> dict:
    """Cases of q(z|x), the last of which is the posterior."""
    mu = torch.tensor([0.0, 1.0, -0.4, POSTERIOR[0]])
    variance = torch.tensor([1.0, 0.3, 2.0, POSTERIOR[1]])
    q, marginal = Gaussian(mu, variance), Normal(0.0, (A**2 + S**2) ** 0.5)
    evidence = marginal.log_prob(torch.tensor(X))
    return {
        "x": X,
        "m": lambda x: evidence.exp(),
        "l": likelihood,
        "p": Gaussian(0.0, 1.0),
        "q": Conditional(lambda *_: q),
        "q_phi": Conditional(lambda *_: q),
        "post": Conditional(lambda *_: Gaussian(*POSTERIOR)),
        "N": Gaussian,
        "I": 1.0,
        "KL": lambda one, other: kl_divergence(one.torch(), other.torch()),
        "ELBO": evidence - kl_divergence(q.torch(), Gaussian(*POSTERIOR).torch()),
    }
