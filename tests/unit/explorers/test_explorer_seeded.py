"""Seeded numbers of the explorers, the same in Python and on the page."""

import numpy as np
import pytest
import torch

from aigc_helpers import pixels
from aigc_helpers.explorers.seeded import gaussian, mulberry32, slerp


def test_mulberry32_gives_the_published_numbers():
    numbers = mulberry32(0)
    expected = [0.26642920868471265, 0.0003297457005828619, 0.2232720274478197]
    assert [next(numbers) for _ in range(3)] == expected


def test_gaussian_samples_are_standard_normal_and_seeded():
    values = gaussian(1, 20_000)
    assert values.dtype == np.float32
    assert abs(values.mean()) < 0.03 and abs(values.std() - 1) < 0.02
    assert np.array_equal(gaussian(1, 5), values[:5])
    assert not np.array_equal(gaussian(2, 5), values[:5])


def test_slerp_keeps_length_and_equals_the_books_formula():
    a, b = gaussian(0, 64), gaussian(1, 64)
    unit = [v / np.linalg.norm(v) for v in (a, b)]
    assert np.linalg.norm(slerp(*unit, 0.4)) == pytest.approx(1, abs=1e-6)
    expected = pixels.spherical_interpolation(*map(torch.tensor, (a, b, [0.4])))[0]
    np.testing.assert_allclose(slerp(a, b, 0.4), expected, atol=1e-5)
    np.testing.assert_allclose(slerp(a, a, 0.4), a, atol=1e-6)
