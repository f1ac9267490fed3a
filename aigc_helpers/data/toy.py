"""Small synthetic data whose true distribution is known."""

import math

import torch


def eight_gaussian_centres(radius: float = 2.0) -> torch.Tensor:
    """Centres of the modes, float32 (8, 2), counter-clockwise from (radius, 0)."""
    angle = torch.arange(8, dtype=torch.float64) * (2 * math.pi / 8)
    return (radius * torch.stack([angle.cos(), angle.sin()], dim=1)).float()


def eight_gaussians(
    n: int,
    *,
    radius: float = 2.0,
    std: float = 0.02,
    generator: torch.Generator | None = None,
) -> torch.Tensor:
    """Points of eight equally likely Gaussians on a circle, float32 (n, 2).

    Radius 2 and standard deviation 0.02 are those of Metz et al., "Unrolled Generative
    Adversarial Networks" (2017), where the set shows mode collapse.
    """
    if n < 0:
        raise ValueError(f"n must not be negative, got {n}")
    mode = torch.randint(8, (n,), generator=generator)
    noise = torch.randn(n, 2, generator=generator)
    return eight_gaussian_centres(radius)[mode] + std * noise
