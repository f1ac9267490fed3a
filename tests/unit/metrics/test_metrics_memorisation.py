"""The copying test: no alarm without copies, whatever the samples; alarm with them."""

import math

import pytest
import scipy.stats
import torch

from aigc_helpers import metrics

N_TRAINING, N_HELD_OUT, N_SAMPLES = 1600, 400, 600
QUICK = {"n_permutations": 99}


def draws(seed: int):
    """Three sets of one distribution: samples, training, held-out."""
    rng = torch.Generator().manual_seed(seed)
    sizes = (N_SAMPLES, N_TRAINING, N_HELD_OUT)
    return [torch.randn(n, 4, generator=rng) for n in sizes]


def blurred(samples):
    """Nearer to all real ones than those are to each other."""
    return samples * 0.3


def poor(samples):
    """Farther from all real ones, in one direction: few nearest neighbours."""
    return samples + torch.tensor([3.0, 0.0, 0.0, 0.0])


def collapsed(samples):
    """Nearly one point."""
    return samples[:1] + 0.1 * samples


def new(samples):
    """Held-out data in the place of samples."""
    return samples


@pytest.mark.parametrize("generator", [new, blurred, poor])
def test_without_copies_the_p_value_is_uniform(generator):
    p_values = []
    for seed in range(240):
        samples, training, held_out = draws(seed)
        found = metrics.copying_test(generator(samples), training, held_out, **QUICK)
        p_values.append(found.p_value)
    assert scipy.stats.kstest(p_values, "uniform").pvalue > 0.01
    alarms = sum(p < 0.05 for p in p_values)
    assert alarms <= 0.09 * len(p_values)  # 0.05 nominal, std 0.013


def test_a_collapsed_generator_is_no_copyist():
    """All samples share a nearest image: one piece of evidence, not hundreds."""
    p_values = []
    for seed in range(120):
        samples, training, held_out = draws(seed)
        found = metrics.copying_test(collapsed(samples), training, held_out, **QUICK)
        p_values.append(found.p_value)
    assert sum(p < 0.05 for p in p_values) <= 0.08 * len(p_values)


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_copies_are_found(noise):
    samples, training, held_out = draws(0)
    found = metrics.copying_test(
        training[:N_SAMPLES] + noise * samples, training, held_out
    )
    assert found.p_value == 0.001  # the least of 999 permutations
    assert found.excess > 0.9 and found.interval[0] > 0.4
    if not noise:
        assert (found.share, found.excess) == (1.0, 1.0)


def test_the_excess_is_the_share_of_copies():
    """A quarter copied, the rest new: a quarter of what all would give, on average."""
    excesses = []
    for seed in range(60):
        samples, training, held_out = draws(seed)
        mixed = torch.cat([training[: N_SAMPLES // 4], samples[N_SAMPLES // 4 :]])
        found = metrics.copying_test(mixed, training, held_out, **QUICK)
        excesses.append(found.excess)
    assert torch.tensor(excesses).mean() == pytest.approx(0.25, abs=0.06)


def test_the_p_value_is_that_of_dealing_out_the_labels():
    """By permutation, on samples of which many share their nearest image."""
    samples, training, held_out = draws(5)
    samples = poor(samples)
    real = torch.cat([training, held_out])
    nearest = torch.cdist(samples, real).argmin(dim=1)
    rng = torch.Generator().manual_seed(0)
    share = (nearest < N_TRAINING).float().mean()
    shares = torch.stack(
        [
            (torch.randperm(len(real), generator=rng)[nearest] < N_TRAINING)
            .float()
            .mean()
            for _ in range(2000)
        ]
    )
    found = metrics.copying_test(samples, training, held_out)
    assert found.share == pytest.approx(float(share))
    assert found.expected == pytest.approx(float(shares.mean()), abs=0.01)
    half_width = (found.excess - found.interval[0]) * (1 - found.expected) / 1.96
    assert half_width == pytest.approx(float(shares.std()), rel=0.05)
    as_large = float((shares >= share - 1e-6).float().mean())
    assert 0.1 < as_large == pytest.approx(found.p_value, abs=0.04)


def test_unequal_counts_are_allowed_for():
    samples, training, held_out = draws(1)
    assert metrics.copying_test(samples, training, held_out).expected == 0.8
    assert metrics.copying_test(samples, training[:400], held_out).expected == 0.5


def test_a_tie_is_no_evidence():
    """The same images in both sets: a sample is never nearer to one of them."""
    samples, training, _ = draws(2)
    found = metrics.copying_test(samples, training, training.clone())
    assert found.share == 0 and found.p_value > 0.99


def test_one_sample_for_each_image_tells_nothing():
    line = torch.tensor([[0.0], [1.0], [2.0], [3.0]])
    found = metrics.copying_test(line, line[:2], line[2:])
    assert (found.share, found.excess) == (0.5, 0.0)
    assert found.p_value == 1.0
    assert found.interval == (0.0, 0.0)


def test_too_few_permutations_are_refused():
    with pytest.raises(ValueError, match="5 permutations.*needs 19"):
        metrics.copying_test(*draws(0), n_permutations=5)


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("samples", torch.zeros(0, 4), "samples is empty"),
        ("training", torch.zeros(0, 4), "training is empty"),
        ("held_out", torch.zeros(0, 4), "held_out is empty"),
        ("held_out", torch.zeros(5, 3), r"held_out has shape \(5, 3\)"),
        ("training", torch.full((5, 4), math.nan), "training must be finite"),
        ("held_out", torch.zeros(5, 4, dtype=torch.uint8), "divide pixels by 255"),
    ],
)
def test_what_cannot_be_compared_is_refused(name, values, message):
    sets = dict(zip(("samples", "training", "held_out"), draws(0), strict=True))
    with pytest.raises(ValueError, match=message):
        metrics.copying_test(**{**sets, name: values})
