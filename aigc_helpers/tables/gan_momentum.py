"""How the game of chapter 05 fails on eight modes, and what mends it: five seeds."""

import torch

from aigc_helpers import gan, metrics
from aigc_helpers.data import plane_data
from aigc_helpers.runtime import set_seed
from aigc_helpers.tables.measuring import Table

STEPS, BATCH_SIZE = 2000, 256
N_TRAIN, N_SAMPLES = 20_000, 2000
FAR = 0.5  # from every centre; neighbouring centres are 1.53 apart
SPREAD = (("", "", False), ("_spread", "，批内差别", True))
LAZY = {
    "lr": 4e-3,
    "every": 10,
    "steps": 2 * STEPS,
}  # the discriminator moves 400 times
KNOBS = {
    **{
        f"{beta_1}_{lr}{end}": {"beta_1": beta_1, "lr": lr, "spread": spread}
        for beta_1 in (0.0, 0.5, 0.9)
        for lr in (1e-3, 4e-3)
        for end, _, spread in SPREAD
    },
    **{
        f"r1_{gamma}": {"beta_1": 0.9, "lr": 4e-3, "gamma": gamma}
        for gamma in (0.1, 1.0, 10.0)
    },
    "lazy": LAZY,
    "lazy_spread": {**LAZY, "spread": True},
    "lazy_r1": {**LAZY, "gamma": 1.0},
}
SLEEPY = "判别器每 10 回合走一次，共 4,000 回合"
ROWS = {
    **{
        f"{beta_1}_{lr}{end}": f"β₁ = {beta_1}，学习率 {lr}{words}"
        for beta_1 in (0.0, 0.5, 0.9)
        for lr in (1e-3, 4e-3)
        for end, words, _ in SPREAD
    },
    **{
        f"r1_{gamma}": f"β₁ = 0.9，学习率 0.004，R1，γ = {gamma}"
        for gamma in (0.1, 1.0, 10.0)
    },
    "lazy": f"β₁ = 0.0，学习率 0.004，{SLEEPY}",
    "lazy_spread": f"β₁ = 0.0，学习率 0.004，批内差别，{SLEEPY}",
    "lazy_r1": f"β₁ = 0.0，学习率 0.004，R1，γ = 1.0，{SLEEPY}",
}


def measure(variant: str, seed: int) -> dict[str, float]:
    """Play as the chapter does; judge 2,000 samples of the last step.

    All runs have the same points to learn from.
    """
    ring = plane_data("eight", std=0.02)
    points = ring.sample(N_TRAIN, generator=set_seed(0))
    generator = play(points, seed=seed, **KNOBS[variant])
    with torch.no_grad():
        z = torch.randn(N_SAMPLES, generator.latent_dim, generator=set_seed(1000))
        return judge(generator(z), ring)


def play(points, *, beta_1=0.0, spread=False, seed, steps=STEPS, **options):
    """A trained generator of points in the plane."""
    set_seed(seed)
    generator, _ = gan.train_gan(
        gan.ToyGenerator(),
        gan.ToyDiscriminator(spread=spread),
        points,
        steps=steps,
        batch_size=BATCH_SIZE,
        betas=(beta_1, 0.99),
        decay=0.0,
        seed=seed,
        **options,
    )
    return generator


def judge(samples, ring) -> dict[str, float]:
    """Modes held, shares near and far, and the root mean square from the middle."""
    covered, near = metrics.part_coverage(samples, ring.centres, std=ring.std)
    distance = torch.cdist(samples, ring.centres[:, 0]).amin(dim=1)
    scatter = (samples - samples.mean(dim=0)).square().sum(dim=1).mean().sqrt()
    return {
        "covered": covered,
        "near": round(near, 4),
        "far": round(float((distance > FAR).float().mean()), 4),
        "scatter": round(float(scatter), 3),
    }


TABLE = Table(
    name="gan_momentum",
    measure=measure,
    variants=ROWS,
    columns={
        "covered": ("占住的模式", ".0f"),
        "near": ("落在模式上的点", ".0%"),
        "far": ("远离数据的点", ".0%"),
        "scatter": ("散布", ".2f"),
    },
    seeds=(0, 1, 2, 3, 4),
    data=None,
)
