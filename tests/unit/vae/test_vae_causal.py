"""The decoder that sees neighbours, and what the tables of chapter 06 count."""

import pytest
import torch

from aigc_helpers import vae
from aigc_helpers.pixels import one_hot
from aigc_helpers.vae import CausalConv2d, CausalVAE

SIZES = {"latent_dim": 3, "width": 4, "hidden": 8, "depth": 0}


@pytest.fixture
def model():
    torch.manual_seed(0)
    return CausalVAE(**SIZES, reach=5).eval()


def pixels_seen(network, row: int, column: int):
    """(28, 28), true where the output at a place moves with the input."""
    x = torch.rand(1, 1, 28, 28).requires_grad_()
    (gradient,) = torch.autograd.grad(network(x)[0, 0, row, column], x)
    return gradient[0, 0] != 0


def test_a_pixel_sees_what_comes_before_within_reach(model):
    seen = pixels_seen(model.neighbours, 10, 12)
    expected = torch.zeros(28, 28, dtype=torch.bool)
    expected[8:10, 10:15] = True  # above
    expected[10, 10:12] = True  # to the left
    assert torch.equal(seen, expected)


def test_the_first_pixel_sees_nothing(model):
    assert not pixels_seen(model.neighbours, 0, 0).any()


def test_masked_weights_stay_without_gradient():
    layer = CausalConv2d(1, 2, 3)
    layer(torch.rand(1, 1, 5, 5)).sum().backward()
    assert (layer.weight.grad[:, :, 1, 1:] == 0).all()
    assert (layer.weight.grad[:, :, 2] == 0).all()
    assert (layer.weight.grad[:, :, 0] != 0).any()


def test_logits_are_those_of_z_and_of_the_neighbours(model):
    x = vae.binarise(torch.rand(2, 1, 28, 28))
    logits, mu, logvar = model(x, generator=torch.Generator().manual_seed(1))
    z = vae.reparameterize(mu, logvar, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(logits, model.decode(z) + model.neighbours(x))


def test_an_image_is_drawn_pixel_by_pixel_from_its_own_probabilities(model):
    z = torch.randn(4, 3)
    x = vae.draw_in_order(model, z, generator=torch.Generator().manual_seed(3))
    p = torch.sigmoid(model.decode(z) + model.neighbours(x))
    rng = torch.Generator().manual_seed(3)
    tosses = torch.stack([torch.rand(4, 1, generator=rng) for _ in range(784)], dim=2)
    assert torch.equal(x, (tosses.view(4, 1, 28, 28) < p).float())


def test_a_network_is_stored_without_its_mask(model):
    assert not [name for name in model.state_dict() if "mask" in name]


def test_telling_units_are_counted_by_their_kl():
    mu = torch.tensor([[0.0, 1.0, 0.4], [0.0, -1.0, 0.4]])  # KL 0, 0.5 and 0.08
    assert vae.count_telling_units(mu, torch.zeros(2, 3)) == 1
    narrow = torch.tensor([[-4.0, 0.0, 0.0]]).expand(2, 3)  # KL 0.5 (e^-4 - 1 + 4)
    assert vae.count_telling_units(0 * mu, narrow) == 1


def test_a_linear_map_reads_classes_from_codes_that_hold_them():
    labels = torch.arange(400) % 10
    held = one_hot(labels) + 0.01 * torch.randn(400, 10)
    assert vae.read_digits(held, labels) == 1.0
    torch.manual_seed(0)
    assert vae.read_digits(torch.randn(400, 10), labels) < 0.3
