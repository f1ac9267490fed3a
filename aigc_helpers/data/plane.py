"""Three data sets in the plane whose density is known exactly."""

import math
from dataclasses import dataclass

import torch

from aigc_helpers.reader import Mistake

N_PARTS = 8  # of equal probability, to count which ones samples reach
N_ALONG = 64  # centres along each part of a curve
RADIUS = 2.0  # of the circle of eight


@dataclass(frozen=True)
class PlaneData:
    """A mixture of equally likely Gaussians N(centre, std^2 I) in the plane.

    Attributes
    ----------
    centres : float32 tensor (n_parts, m, 2)
        In parts of equal probability: the modes of a mixture, the pieces of a curve.
    std : float
    """

    centres: torch.Tensor
    std: float

    def sample(self, n: int, *, generator: torch.Generator | None = None):
        """Draw n points, float32 (n, 2)."""
        if n < 0:
            raise Mistake(
                f"n must not be negative, got {n}", f"点的个数写成了 {n}，不能是负数。"
            )
        centres = self.centres.flatten(0, 1)  # (n_parts * m, 2)
        chosen = torch.randint(len(centres), (n,), generator=generator)
        return centres[chosen] + self.std * torch.randn(n, 2, generator=generator)

    def log_density(self, x):
        """Exact log p(x) of points (n, 2), in nats, shape (n,)."""
        centres = self.centres.flatten(0, 1)  # (k, 2)
        squares = torch.cdist(x, centres).square()  # (n, k)
        log_sum = torch.logsumexp(-squares / (2 * self.std**2), dim=1)
        return log_sum - math.log(len(centres) * 2 * math.pi * self.std**2)


def plane_data(name: str, *, std: float = 0.1) -> PlaneData:
    """The data set of that name: "eight", "moons" or "spiral", all within [-3, 3]^2.

    Parameters
    ----------
    name : str
    std : float
        Of each Gaussian. "eight" with 0.02 is the set of Metz et al., "Unrolled
        Generative Adversarial Networks" (2017), which shows mode collapse.

    Raises
    ------
    ValueError
        If there is none; lists those there are.
    """
    curves = {"eight": _eight, "moons": _moons, "spiral": _spiral}
    if name not in curves:
        raise Mistake(
            f"no data set named {name!r}; there are {list(curves)}",
            f"没有叫 {name!r} 的数据，可以写：{list(curves)}。",
        )
    return PlaneData(curves[name](), std)


def _eight():
    """Modes on a circle, counter-clockwise from (2, 0); a part has one centre."""
    angle = torch.arange(N_PARTS, dtype=torch.float64) * (2 * math.pi / N_PARTS)
    circle = torch.stack([angle.cos(), angle.sin()], dim=1)  # (8, 2)
    return (RADIUS * circle).float()[:, None]  # (8, 1, 2)


def _moons():
    """Two half circles that interlock, four parts each."""
    angle = (torch.arange(N_PARTS // 2 * N_ALONG) + 0.5) / (N_PARTS // 2 * N_ALONG)
    angle = math.pi * angle
    upper = torch.stack([angle.cos() - 0.5, angle.sin() - 0.25], dim=1)  # (256, 2)
    return 1.4 * torch.cat([upper, -upper]).view(N_PARTS, N_ALONG, 2)


def _spiral():
    """One and three quarter turns, its centres evenly spaced along the curve."""
    t = torch.linspace(0, 1, 40_001, dtype=torch.float64)
    angle, radius = 3.5 * math.pi * t, 0.4 + 1.8 * t
    curve = torch.stack([radius * angle.cos(), radius * angle.sin()], dim=1)  # (n, 2)
    length = torch.diff(curve, dim=0).norm(dim=1).cumsum(0)
    wanted = (torch.arange(N_PARTS * N_ALONG) + 0.5) / (N_PARTS * N_ALONG)
    index = torch.searchsorted(length, wanted * length[-1])
    return curve[index].float().view(N_PARTS, N_ALONG, 2)
