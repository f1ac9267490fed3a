"""Quality, coverage, likelihood, cost and calm of a trained family."""

import statistics
import time

import torch
from torch import nn

from aigc_helpers import metrics
from aigc_helpers.families.networks import ToyGAN
from aigc_helpers.families.training import sample_points
from aigc_helpers.reader import Mistake

BANDWIDTH = 0.05  # of the kernel density, half the width of a mode
N_IMPORTANCE = 200  # draws of z for each point of the VAE's likelihood


def judge_samples(samples, data, held_out) -> dict[str, float]:
    """What samples (N, 2) alone tell, of a `PlaneData` and points never trained on.

    Returns
    -------
    dict
        ``covered`` parts of eight, ``near`` the share of samples close to the data,
        ``energy`` the energy distance, ``kernel`` the mean log density of ``held_out``
        by a kernel density estimate, in nats.
    """
    covered, near = metrics.part_coverage(samples, data.centres, std=data.std)
    kernel = metrics.kernel_log_density(held_out, samples, bandwidth=BANDWIDTH)
    return {
        "covered": covered,
        "near": near,
        "energy": metrics.energy_distance(samples, held_out),
        "kernel": float(kernel.mean()),
    }


def near_share(samples, data) -> float:
    """Share of samples (N, 2) within three standard deviations of a centre."""
    return metrics.part_coverage(samples, data.centres, std=data.std)[1]


@torch.no_grad()
def mean_log_likelihood(model, x, *, seed: int = 0) -> dict[str, float]:
    """Mean log p(x) in nats of points (N, 2), as far as the family knows it.

    Returns
    -------
    dict
        Of the autoregressive model ``exact``. Of the VAE ``bound``, the ELBO, and
        ``weighted``, an estimate by importance weighting (Burda et al., 2016), on
        average still a bit too low. Of the GAN nothing: it has no density to ask.
    """
    rng = torch.Generator().manual_seed(seed)
    if hasattr(model, "log_density"):
        return {"exact": float(model.log_density(x).mean())}
    if hasattr(model, "elbo"):
        bound = float(model.elbo(x, rng).mean())
        weights = _draw_log_weights(model, x, rng)  # (N, k)
        estimate = metrics.importance_weighted_bound(weights)
        return {"bound": bound, "weighted": float(estimate.mean())}
    return {}


def _draw_log_weights(model, x, rng):
    """Log weights of N_IMPORTANCE draws of z from q(z|x) for each point, (N, k)."""
    mu, logvar = (t[:, None] for t in model.encode(x))  # (N, 1, latent_dim)
    eps = torch.randn(len(x), N_IMPORTANCE, mu.shape[2], generator=rng)
    z = mu + eps * torch.exp(0.5 * logvar)  # (N, k, latent_dim)
    log_likelihood = model.log_px_given_z(x[:, None], z)  # of x: (N, 1, 2)
    return metrics.log_importance_weights(log_likelihood, z, mu, logvar)


def evaluate(model, data, held_out, *, seed: int = 0) -> dict[str, float]:
    """`judge_samples` of as many samples as there are held-out points, likelihoods."""
    samples = sample_points(model, len(held_out), seed=seed)
    judged = judge_samples(samples, data, held_out)
    return judged | mean_log_likelihood(model, held_out, seed=seed)


def count_passes(model) -> int:
    """How often a network runs, one call after the other, to make samples."""
    calls = []
    networks = [m for m in model.modules() if isinstance(m, nn.Sequential)]
    hooks = [m.register_forward_hook(lambda *_: calls.append(1)) for m in networks]
    sample_points(model, 4)
    for hook in hooks:
        hook.remove()
    return len(calls)


def relative_sampling_time(model, *, n: int = 5000, times: int = 9) -> float:
    """CPU time of n samples over that of a GAN's, both measured in turn; medians."""
    seconds = {model: [], ToyGAN(): []}
    for _ in range(times):
        for each, spent in seconds.items():
            begun = time.process_time()
            sample_points(each, n)
            spent.append(time.process_time() - begun)
    mine, reference = (statistics.median(spent) for spent in seconds.values())
    return mine / reference


def largest_setback(shares, *, last: int = 10) -> float:
    """How far the last values fell, at most, below the best one before them.

    0 for a training that has settled, or that only gets better.

    Raises
    ------
    ValueError
        If there are fewer than ``last`` values.
    """
    if len(shares) < last:
        raise Mistake(
            f"{len(shares)} checkpoints; {last} are compared",
            f"只有 {len(shares)} 个检查点，要比较最后 {last} 个：多训练几步，"
            "或者把 last 改小。",
        )
    best, worst = shares[-last], 0.0
    for share in shares[-last:]:
        best = max(best, share)
        worst = max(worst, best - share)
    return worst
