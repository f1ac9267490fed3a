"""Real photographs, for figures of images."""

import pytest
import torch
from sklearn.datasets import load_sample_image


@pytest.fixture(scope="session")
def photographs():
    """(24, 3, 64, 64) pieces of two photographs, shuffled, in [0, 1], float64."""
    pieces = []
    for name in ("china.jpg", "flower.jpg"):
        image = torch.from_numpy(load_sample_image(name).copy()) / 255  # (427, 640, 3)
        image = image.double().permute(2, 0, 1)
        corners = [(y, x) for y in (60, 180, 300) for x in (40, 180, 320, 460)]
        pieces += [image[:, y : y + 64, x : x + 64] for y, x in corners]
    order = torch.randperm(len(pieces), generator=torch.Generator().manual_seed(0))
    return torch.stack(pieces)[order]
