"""Seeded normal samples, and the way between two: the page's JavaScript agrees."""

import math

import numpy as np

from aigc_helpers.language.sampling import MAX_SEED, mulberry32

__all__ = ["MAX_SEED", "gaussian", "mulberry32", "slerp"]


def gaussian(seed: int, n: int) -> np.ndarray:
    """Standard normal numbers, float32 (n,), by Box and Muller's method.

    ``front/core.js`` has the same function: equal seeds give equal samples.
    """
    uniform = mulberry32(seed)
    values: list[float] = []
    while len(values) < n:
        radius = math.sqrt(-2 * math.log(1 - next(uniform)))
        angle = 2 * math.pi * next(uniform)
        values += [radius * math.cos(angle), radius * math.sin(angle)]
    return np.asarray(values[:n], dtype=np.float32)


def slerp(a: np.ndarray, b: np.ndarray, t: float) -> np.ndarray:
    """Spherical interpolation; keeps the length that a normal sample has."""
    norms = float(np.linalg.norm(a) * np.linalg.norm(b)) or 1.0
    angle = math.acos(min(1.0, max(-1.0, float(a @ b) / norms)))
    if math.sin(angle) < 1e-6:  # (nearly) parallel: the straight line is the same
        return (1 - t) * a + t * b
    weights = math.sin((1 - t) * angle), math.sin(t * angle)
    return (weights[0] * a + weights[1] * b) / math.sin(angle)
