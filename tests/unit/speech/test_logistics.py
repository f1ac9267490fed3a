"""Probabilities of codes under a mixture of logistics, against SciPy's."""

import numpy as np
import torch
from scipy.stats import logistic

from aigc_helpers.speech.logistics import Logistics
from aigc_helpers.speech.prediction_errors import UNIFORM, code_edges


def mixture(dtype=torch.float64) -> Logistics:
    """Five samples, three logistics each; scales from far below to far above a code."""
    rng = torch.Generator().manual_seed(0)
    means, scales, shares = torch.randn(3, 5, 3, generator=rng, dtype=dtype)
    return Logistics(0.3 * means, 2 * scales - 5, shares.log_softmax(dim=1))


def test_codes_have_the_mass_of_their_amplitudes():
    found = mixture()
    law = logistic(found.means[:, None].numpy(), found.log_scales.exp()[:, None])
    masses = np.diff(law.cdf(code_edges()[:, None].numpy()), axis=1)  # (5, 256, 3)
    mass = (masses * found.log_shares.exp()[:, None].numpy()).sum(axis=2)
    expected = (1 - UNIFORM) * mass + UNIFORM / 256
    np.testing.assert_allclose(found.log_probabilities().exp(), expected, atol=1e-13)


def test_probabilities_sum_to_one_and_one_code_has_its_own():
    found, codes = mixture(), torch.tensor([0, 3, 128, 200, 255])
    logs = found.log_probabilities()
    torch.testing.assert_close(logs.exp().sum(dim=1), torch.ones(5).double())
    torch.testing.assert_close(found.log_probability(codes), logs[range(5), codes])


def test_float32_has_gradients_far_away():
    far = Logistics(torch.tensor([[0.5]]), torch.tensor([[-11.0]]), torch.zeros(1, 1))
    far.means.requires_grad_()
    far.log_scales.requires_grad_()
    logs = far.log_probability(torch.tensor([3]))
    logs.sum().backward()
    assert logs.isfinite() and logs > -20  # the uniform share's
    assert far.means.grad.isfinite().all() and far.log_scales.grad.isfinite().all()
    outside = Logistics(torch.full((1, 1), 3e4), torch.zeros(1, 1), torch.zeros(1, 1))
    outside.means.requires_grad_()
    outside.log_probability(torch.tensor([128])).sum().backward()
    assert outside.means.grad.isfinite().all()
