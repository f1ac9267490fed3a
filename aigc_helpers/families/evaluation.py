"""Quality, coverage, likelihood, cost and calm of a trained family."""

import torch
from torch import nn

from aigc_helpers import metrics
from aigc_helpers.families.training import sample_points
from aigc_helpers.reader import Mistake

BANDWIDTH = 0.05  # of the kernel density, half the width of a mode
N_IMPORTANCE = 200  # draws of z for each point of the VAE's likelihood


def judge_samples(samples, data, held_out) -> dict[str, float | None]:
    """What samples (N, 2) alone tell, of a `PlaneData` and points never trained on.

    Returns
    -------
    dict
        ``covered`` parts of eight, ``near`` the share of samples close to the data,
        ``narrow`` and ``rarest`` (see `shape_of_parts`), ``lonely`` the share of real
        points without a sample beside them, ``energy`` the energy distance, ``kernel``
        the mean log density of ``held_out`` by a kernel density estimate, in nats.
    """
    covered, near = metrics.part_coverage(samples, data.centres, std=data.std)
    narrow, rarest = shape_of_parts(samples, data)
    kernel = metrics.kernel_log_density(held_out, samples, bandwidth=BANDWIDTH)
    return {
        "covered": covered,
        "near": near,
        "narrow": narrow,
        "rarest": rarest,
        "lonely": lonely_share(samples, data, held_out),
        "energy": metrics.energy_distance(samples, held_out),
        "kernel": float(kernel.mean()),
    }


def shape_of_parts(samples, data) -> tuple[float | None, float]:
    """How narrow the modes are that samples (N, 2) fill, and how full the rarest is.

    Returns
    -------
    narrow : float
        Standard deviation of the samples of a mode, around their own mean, in the
        direction in which it is smallest; the mean over all modes that have three
        samples or more within three standard deviations. None for a curve, which has
        no modes, and where there are none.
    rarest : float
        Samples nearest to the part that has fewest of them, over its fair share.
    """
    centres = data.centres.flatten(0, 1)  # (K * m, 2)
    distances, nearest = torch.cdist(samples, centres).min(dim=1)  # (N,) each
    n_parts, per_part, _ = data.centres.shape
    counts = torch.bincount(nearest // per_part, minlength=n_parts)  # (K,)
    rarest = float(counts.min()) * n_parts / len(samples)
    if per_part > 1:
        return None, rarest
    close = distances <= 3 * data.std
    modes = (samples[close & (nearest == k)] for k in range(n_parts))
    widths = [_smallest_deviation(points) for points in modes if len(points) > 2]
    return (sum(widths) / len(widths) if widths else None), rarest


def _smallest_deviation(points) -> float:
    """Standard deviation of points (n, 2) in the direction where it is smallest."""
    return float(torch.linalg.eigvalsh(torch.cov(points.T))[0].clamp_min(0).sqrt())


def lonely_share(samples, data, held_out) -> float:
    """Share of held-out points (M, 2) without a sample within a standard deviation."""
    nearest = torch.cdist(held_out, samples).min(dim=1).values  # (M,)
    return float((nearest > data.std).float().mean())


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


def largest_setback(shares, *, last: int = 10) -> float:
    """How far the last values fell, at most, below the best one before them.

    0 for a training that only gets better. Shares of samples scatter, so that even a
    model that has settled shows a little.

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
