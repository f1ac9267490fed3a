"""Small networks that nobody trained and that fill a hole sensibly.

Each keeps the protocol of `aigc_helpers.explorers.PaintExplorer`: ``network(image,
hole)``, with z third where ``latent_dim`` is above 0.
"""

from itertools import pairwise

import numpy as np
import torch
from torch import nn
from torch.nn.functional import avg_pool2d, interpolate


class MaskedBlur(nn.Module):
    """The mean of the known pixels around, from near to far; grey where none is known.

    With z, a soft pattern of 4×4 patches is laid over it.
    """

    def __init__(self, latent_dim: int = 0, reaches: tuple[int, ...] = (3, 9, 21, 41)):
        super().__init__()
        self.latent_dim, self.reaches = latent_dim, reaches
        self.grey = nn.Parameter(torch.tensor(0.5))
        self.pattern = nn.Linear(latent_dim, 16) if latent_dim else None

    def forward(self, image, hole, z=None):
        known = 1 - hole
        filled, missing = self.grey * torch.ones_like(image), torch.ones_like(hole)
        for reach in self.reaches:
            sums, share = (
                avg_pool2d(one, reach, stride=1, padding=reach // 2)
                for one in (image * known, known)
            )
            found = (share > 1e-4).float() * missing
            filled = filled * (1 - found) + found * sums / share.clamp(min=1e-4)
            missing = missing - found
        if z is not None:
            patches = torch.tanh(self.pattern(z)).reshape(-1, 1, 4, 4)
            size = image.shape[2:]
            filled = filled + 0.2 * interpolate(patches, size=size, mode="bilinear")
        return filled.clamp(0, 1)


class Convolutions(nn.Module):
    """Five convolutions of a picture and its hole, of a small real network's width."""

    def __init__(self, width: int = 16):
        super().__init__()
        sizes = [2, width, width, width, width]
        layers = []
        for n_in, n_out in pairwise(sizes):
            layers += [nn.Conv2d(n_in, n_out, 5, padding=2), nn.ReLU()]
        self.layers = nn.Sequential(*layers, nn.Conv2d(width, 1, 5, padding=2))

    def forward(self, image, hole):
        return torch.sigmoid(self.layers(torch.cat([image, hole], dim=1)))


def fillers() -> dict[str, nn.Module]:
    """A blur that always gives one answer, one that takes z of four numbers, a net."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        made = {
            "plain": MaskedBlur(),
            "sampled": MaskedBlur(4),
            "convolutions": Convolutions(),
        }
    return {name: network.eval() for name, network in made.items()}


def faces(n: int = 3, side: int = 64) -> np.ndarray:
    """Drawn faces, uint8 (n, side, side): an oval, eyes, a mouth, light from a side."""
    y, x = (np.indices((side, side)) + 0.5) / side
    pictures = []
    for i in range(n):
        light = 0.25 + 0.5 * (x if i % 2 else 1 - x)
        face = ((x - 0.5) / 0.34) ** 2 + ((y - 0.52) / 0.44) ** 2 < 1
        picture = np.where(face, 0.35 + 0.55 * light, 0.15 + 0.05 * i)
        for centre in (0.36, 0.64):
            eye = ((x - centre) / 0.07) ** 2 + ((y - 0.42) / 0.035) ** 2 < 1
            picture[eye] = 0.1
        smile = 0.72 + 0.25 * (i - 1) * (x - 0.5) ** 2
        picture[(abs(y - smile) < 0.02) & (abs(x - 0.5) < 0.14)] = 0.2
        pictures.append(np.rint(255 * picture))
    return np.stack(pictures).astype(np.uint8)
