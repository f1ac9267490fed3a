"""The kernel distance against scikit-learn, loops, moments by hand, and its mean."""

import math

import pytest
import torch
import torch.nn.functional as F
from sklearn.metrics.pairwise import polynomial_kernel

from aigc_helpers import metrics


def normal(n: int, width: int, *, seed: int, shift=0.0):
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(n, width, generator=rng, dtype=torch.float64) + shift


def mean_and_error(values) -> tuple[float, float]:
    """Mean of repetitions and its standard error."""
    values = torch.tensor(values)
    return float(values.mean()), float(values.std()) / math.sqrt(len(values))


def sum_of_loop(a, b, *, skip_equal: bool) -> tuple[float, int]:
    """Sum of the kernel, and number of pairs, one pair after the other."""
    total, count = 0.0, 0
    for i, x in enumerate(a.tolist()):
        for j, y in enumerate(b.tolist()):
            if skip_equal and i == j:
                continue
            products = [p * q for p, q in zip(x, y, strict=True)]
            total += (sum(products) / len(products) + 1) ** 3
            count += 1
    return total, count


@pytest.mark.parametrize("paired", [False, True])
def test_equal_to_a_loop_over_pairs(paired):
    a, b = normal(6, 3, seed=0), normal(6, 3, seed=1, shift=0.7)
    (aa, n), (bb, _) = (sum_of_loop(x, x, skip_equal=True) for x in (a, b))
    ab, n_across = sum_of_loop(a, b, skip_equal=paired)
    assert n == 30 and n_across == (30 if paired else 36)
    expected = aa / n + bb / n - 2 * ab / n_across
    found = metrics.kernel_distance(a, b, paired=paired)
    assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("m", "n", "width"), [(2, 3, 1), (1203, 40, 5), (30, 70, 64)])
def test_equal_to_scikit_learns_kernel(m, n, width):
    """Of more rows than fit into one batch, too."""
    a, b = normal(m, width, seed=2), normal(n, width, seed=3, shift=0.4)

    def kernel(x, y):
        return polynomial_kernel(x, y, degree=3, gamma=1 / width, coef0=1)

    def within(x):
        table = kernel(x, x)
        return (table.sum() - table.trace()) / (len(x) * (len(x) - 1))

    expected = within(a) + within(b) - 2 * kernel(a, b).mean()
    found = metrics.kernel_distance(a.float(), b.float())
    assert found == pytest.approx(expected, rel=1e-4)
    assert metrics.kernel_distance(a, b) == pytest.approx(expected, rel=1e-9)


def test_without_bias_at_five_rows_it_is_the_distance_of_the_moments():
    """F = 1: 3 (m1 - m1')^2 + 3 (m2 - m2')^2 + (m3 - m3')^2, from (xy + 1)^3."""
    d = 0.5  # N(0, 1) and N(d, 1): m2 = 1 + d^2, m3 = 3 d + d^3
    expected = 3 * d**2 + 3 * d**4 + (3 * d + d**3) ** 2
    found = [
        metrics.kernel_distance(
            normal(5, 1, seed=2 * i), normal(5, 1, seed=2 * i + 1, shift=d)
        )
        for i in range(3000)
    ]
    mean, error = mean_and_error(found)
    assert abs(mean - expected) < 3 * error and error < 0.35 * expected


@pytest.mark.parametrize("n", [4, 30])
def test_samples_of_one_population_are_on_both_sides_of_zero(n):
    """Where the Frechet distance of as few rows is far from 0."""
    pairs = [
        (normal(n, 8, seed=2 * i), normal(n, 8, seed=2 * i + 1)) for i in range(400)
    ]
    mean, error = mean_and_error([metrics.kernel_distance(*pair) for pair in pairs])
    assert abs(mean) < 3 * error
    below = sum(metrics.kernel_distance(*pair) < 0 for pair in pairs)
    assert 120 < below < 300
    frechet = [metrics.frechet_distance(*pair) for pair in pairs[:50]]
    mean, error = mean_and_error(frechet)
    assert mean > 20 * error


def test_it_grows_with_a_shift_and_is_symmetric():
    a, b = normal(100, 8, seed=0), normal(100, 8, seed=1)
    found = [metrics.kernel_distance(a, b + shift) for shift in (0, 0.3, 0.6, 1.2)]
    assert found == sorted(found) and found[1] > 5 * abs(found[0])
    there, back = metrics.kernel_distance(a, b + 1), metrics.kernel_distance(b + 1, a)
    assert there == pytest.approx(back, rel=1e-12)


def test_what_agrees_in_three_moments_is_at_distance_zero():
    """1 or -1 at random, and 0 with probability 2/3 or else sqrt(3) or -sqrt(3)."""
    found, other = [], []
    for seed in range(1500):
        rng = torch.Generator().manual_seed(seed)
        signs = torch.randint(2, (12, 1), generator=rng).double() * 2 - 1
        three = torch.randint(6, (12, 1), generator=rng)
        three = (three == 0).double() - (three == 1).double()
        found.append(metrics.kernel_distance(signs, three * math.sqrt(3)))
        other.append(metrics.kernel_distance(signs, three))  # variance 1/3, not 1
    mean, error = mean_and_error(found)
    assert abs(mean) < 3 * error
    mean, error = mean_and_error(other)
    assert mean > 10 * error


def test_a_flawless_restoration_has_distance_zero_if_it_is_paired():
    a = normal(20, 4, seed=0)
    assert metrics.kernel_distance(a, a, paired=True) == 0
    assert metrics.kernel_distance(a, a) < -0.01


def test_pairs_that_depend_on_each_other_leave_no_bias():
    """Each y is -x, of the same distribution; unpaired, E k(x, -x) = -8 stays in."""
    both = {True: [], False: []}
    for seed in range(3000):
        x = normal(6, 1, seed=seed)
        for paired, found in both.items():
            found.append(metrics.kernel_distance(x, -x, paired=paired))
    mean, error = mean_and_error(both[True])
    assert abs(mean) < 3 * error
    mean, error = mean_and_error(both[False])
    # -2/N (E k(x, -x) - E k(x, x')) = -2/6 (-8 - 4)
    assert abs(mean - 4) < 3 * error and error < 0.5


def filter_answers(images):
    """(N, 16) logarithms of how strongly random zero-mean filters answer to images."""
    rng = torch.Generator().manual_seed(0)
    filters = torch.randn(16, 3, 5, 5, generator=rng, dtype=images.dtype)
    filters = filters - filters.mean(dim=(2, 3), keepdim=True)
    answers = F.conv2d(images, filters).abs().mean(dim=(2, 3))
    return (answers + 1e-3).log()


def test_restorations_blurred_noisy_or_grey_beside_their_originals(photographs):
    """The more blurred the farther; noise and a constant are nothing like them."""
    goal = filter_answers(photographs)
    mean, std = goal.mean(dim=0), goal.std(dim=0)

    def distance(images):
        features = (filter_answers(images) - mean) / std
        return metrics.kernel_distance(features, (goal - mean) / std, paired=True)

    rng = torch.Generator().manual_seed(0)
    noise = torch.rand(photographs.shape, generator=rng, dtype=photographs.dtype)
    grey = photographs.mean(dim=(2, 3), keepdim=True).expand_as(photographs)
    blurred = [F.avg_pool2d(photographs, width, stride=1) for width in (3, 7, 15)]
    found = [distance(images) for images in (photographs, *blurred, noise, grey)]
    assert found[0] == 0 and found == sorted(found)
    assert found[2] > 1 and found[4] > 5 * found[3]


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        (torch.zeros(4, 3), torch.zeros(4, 2), "3 and 2 columns.*same classifier"),
        (torch.zeros(1, 3), torch.zeros(4, 3), "N of 2 or more"),
        (torch.zeros(4, 3), torch.zeros(1, 3), "N of 2 or more"),
        (torch.zeros(4), torch.zeros(4, 3), "N, F"),
        (torch.full((4, 3), math.nan), torch.zeros(4, 3), "NaN or infinity"),
        (torch.zeros(4, 3), torch.full((4, 3), math.inf), "NaN or infinity"),
        (torch.zeros(4, 3), torch.zeros(5, 3), "4 and 5 rows cannot be paired"),
    ],
)
def test_it_says_what_is_wrong(a, b, message, refused):
    with refused(message):
        metrics.kernel_distance(a, b, paired=True)
