"""VAE objective, networks, loop, samples and bounds against independent oracles."""

import math
import signal

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import distributions, nn

from aigc_helpers import vae
from aigc_helpers.metrics import log_normal
from aigc_helpers.pixels import one_hot
from aigc_helpers.reader import Stopped
from aigc_helpers.training import DivergedError


@pytest.fixture(autouse=True)
def seeded_float32(monkeypatch):
    """The same numbers on every processor."""
    monkeypatch.setenv("AIGC_BF16", "0")
    torch.manual_seed(0)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def tiny(latent_dim: int = 3, *, hidden: int = 8, **options):
    return vae.VAE(latent_dim, width=4, hidden=hidden, depth=1, **options)


def state_of(network) -> dict:
    return {key: value.clone() for key, value in network.state_dict().items()}


def assert_same_state(network, before: dict):
    for key, value in network.state_dict().items():
        assert torch.equal(value, before[key]), key


# The objective ------------------------------------------------------------------------


def test_kl_is_that_of_torch_distributions_for_each_number_and_summed():
    mu, logvar = torch.randn(6, 5), torch.randn(6, 5)
    q = distributions.Normal(mu, (0.5 * logvar).exp())
    p = distributions.Normal(torch.zeros(5), torch.ones(5))
    each = distributions.kl_divergence(q, p)
    torch.testing.assert_close(vae.kl_per_dimension(mu, logvar), each)
    torch.testing.assert_close(vae.kl_divergence(mu, logvar), each.sum(dim=1))
    assert vae.kl_divergence(torch.zeros(1, 5), torch.zeros(1, 5)).item() == 0


def test_kl_is_the_mean_of_log_q_over_p():
    """400,000 draws; the standard error is below 0.004."""
    mu, logvar = torch.tensor([[0.7, -1.2]]), torch.tensor([[-1.0, 0.5]])
    n = 400_000
    z = vae.reparameterize(
        mu.expand(n, 2), logvar.expand(n, 2), generator=seeded()
    ).double()
    ratio = log_normal(z, mu, logvar) - log_normal(z, 0 * mu, 0 * logvar)
    assert vae.kl_divergence(mu, logvar).item() == pytest.approx(
        ratio.mean().item(), abs=0.015
    )


def test_reparameterised_draws_have_the_mean_and_the_spread():
    mu, logvar = torch.tensor([1.0, -2.0]), torch.tensor([0.0, math.log(9.0)])
    n = 100_000
    z = vae.reparameterize(mu.expand(n, 2), logvar.expand(n, 2), generator=seeded())
    torch.testing.assert_close(z.mean(dim=0), mu, atol=0.03, rtol=0)
    torch.testing.assert_close(
        z.std(dim=0), torch.tensor([1.0, 3.0]), atol=0.03, rtol=0
    )


def test_gradients_pass_through_the_draw():
    """dz/dmu = 1, dz/dlogvar = sigma * eps / 2."""
    mu, logvar = (torch.randn(4, 3, requires_grad=True) for _ in range(2))
    z = vae.reparameterize(mu, logvar, generator=seeded(5))
    eps = torch.randn(4, 3, generator=seeded(5))
    z.sum().backward()
    torch.testing.assert_close(mu.grad, torch.ones(4, 3))
    torch.testing.assert_close(logvar.grad, 0.5 * (0.5 * logvar.detach()).exp() * eps)


def test_reconstruction_sums_the_log_probabilities_of_all_pixels():
    logits, x = torch.randn(5, 1, 28, 28), vae.binarise(torch.rand(5, 1, 28, 28))
    log_p = distributions.Bernoulli(logits=logits).log_prob(x).sum(dim=(1, 2, 3))
    torch.testing.assert_close(vae.reconstruction_loss(logits, x), -log_p)
    undecided = vae.reconstruction_loss(
        torch.zeros(1, 1, 28, 28), torch.rand(1, 1, 28, 28)
    )
    assert undecided.item() == pytest.approx(784 * math.log(2), rel=1e-5)


def test_beta_weighs_the_kl_divergence_alone():
    logits, x = torch.randn(4, 1, 28, 28), torch.rand(4, 1, 28, 28)
    mu, logvar = torch.randn(4, 3), torch.randn(4, 3)
    plain, heavy = (
        vae.negative_elbo(logits, x, mu, logvar, beta=beta) for beta in (1, 4)
    )
    torch.testing.assert_close(
        heavy - plain, 3 * vae.kl_divergence(mu, logvar), atol=1e-3, rtol=1e-4
    )
    torch.testing.assert_close(
        plain, vae.reconstruction_loss(logits, x) + vae.kl_divergence(mu, logvar)
    )


def test_free_bits_hold_what_is_below_them():
    """The second number tells 0 nats and gets no gradient; the first one pays whole."""
    mu = torch.tensor([[2.0, 0.0], [2.0, 0.0]], requires_grad=True)
    logvar = torch.zeros(2, 2, requires_grad=True)
    cost = vae.free_bits_kl(mu, logvar, 0.25)
    assert cost.item() == pytest.approx(2.0 + 0.25)
    cost.backward()
    assert mu.grad[:, 0].tolist() == [1.0, 1.0]  # d/dmu of mu^2 / 2, mean of two rows
    assert (logvar.grad[:, 1] == 0).all()


def test_binary_pixels_are_drawn_with_the_grey_value_as_probability():
    pixels = torch.tensor([0, 64, 128, 255], dtype=torch.uint8).expand(20_000, 4)
    draws = vae.binarise(pixels, generator=seeded())
    assert set(draws.unique().tolist()) == {0.0, 1.0}
    expected = torch.tensor([0, 64, 128, 255]) / 255
    torch.testing.assert_close(draws.mean(dim=0), expected, atol=0.015, rtol=0)
    assert draws[:, 0].max() == 0 and draws[:, 3].min() == 1
    assert torch.equal(draws, vae.binarise(pixels / 255, generator=seeded()))


# Networks -----------------------------------------------------------------------------


def test_shapes_of_a_plain_and_of_a_conditional_vae():
    x, y = torch.rand(4, 1, 28, 28), one_hot(torch.arange(4))
    for model, condition in ((tiny(), ()), (tiny(n_classes=10), (y,))):
        logits, mu, logvar = model(x, *condition)
        assert logits.shape == x.shape and mu.shape == logvar.shape == (4, 3)
        assert mu.dtype == torch.float32


def test_bfloat16_leaves_the_posterior_in_float32():
    with torch.autocast("cpu", torch.bfloat16):
        logits, mu, logvar = tiny()(torch.rand(2, 1, 28, 28))
    assert logits.dtype == torch.bfloat16
    assert mu.dtype == logvar.dtype == torch.float32


def test_the_class_decides_code_and_picture():
    model = tiny(n_classes=10)
    every = torch.eye(10)
    mu, _ = model.encode(torch.rand(1, 1, 28, 28).expand(10, 1, 28, 28), every)
    assert torch.pdist(mu).min() > 1e-4
    logits = model.decode(torch.randn(1, 3).expand(10, 3), every)
    assert torch.pdist(logits.flatten(1)).min() > 1e-4


def test_every_weight_gets_a_gradient():
    model = tiny(n_classes=10)
    x, y = torch.rand(6, 1, 28, 28), one_hot(torch.arange(6))
    logits, mu, logvar = model(x, y)
    vae.negative_elbo(logits, x, mu, logvar).mean().backward()
    for name, weight in model.named_parameters():
        assert weight.grad is not None and weight.grad.abs().max() > 0, name


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m, c: m.decode(torch.zeros(2, 7)), r"z .*\(B, 3\).*\(2, 7\)"),
        (lambda m, c: m.encode(torch.zeros(2, 784)), r"\(B, 1, 28, 28\).*\(2, 784\)"),
        (
            lambda m, c: m.encode(torch.zeros(2, 1, 28, 28, dtype=torch.uint8)),
            "uint8.*divide uint8 pixels by 255",
        ),
        (lambda m, c: m.decode(torch.zeros(2, 3), torch.eye(2)), "takes no class"),
        (lambda m, c: c.decode(torch.zeros(2, 3)), r"y is missing.*\(B, 10\)"),
        (
            lambda m, c: c.decode(torch.zeros(2, 3), torch.eye(2)),
            r"y .*\(B, 10\).*\(2, 2\)",
        ),
    ],
)
def test_inputs_that_do_not_fit_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call(tiny(), tiny(n_classes=10))


# The loop -----------------------------------------------------------------------------


def bars(n: int = 60):
    """uint8 images with one bright bar each, and where it is."""
    labels = torch.arange(n) % 10
    images = torch.zeros(n, 1, 28, 28, dtype=torch.uint8)
    for image, label in zip(images, labels, strict=True):
        image[0, 4 + 2 * label : 6 + 2 * label] = 255
    return images, labels


def learn_bars(steps: int = 6, *, hidden: int = 8, **options):
    torch.manual_seed(0)
    model = tiny(hidden=hidden)
    average, history = vae.train_vae(
        model, bars()[0], steps=steps, batch_size=16, **options
    )
    return model, average, history


def test_training_finds_codes_that_tell_the_bars():
    _, average, history = learn_bars(150, hidden=32, lr=1e-2, decay=0.9)
    losses = [sum(pair) for pair in zip(*history.values(), strict=True)]
    assert losses[0] == pytest.approx(784 * math.log(2), rel=0.1)
    reconstruction, kl = vae.evaluate_elbo(average, bars()[0])
    assert (reconstruction + kl).mean() < 130  # one grey picture for all costs 182
    assert kl.mean() > 1.5  # of the log 10 = 2.3 nats that name the bar
    errors = (vae.reconstruct(average, bars()[0]) - bars()[0] / 255).abs()
    assert errors.mean() < 0.1  # of the grey picture 0.13


def test_the_first_step_is_adamw_on_the_mean_negative_elbo():
    images, _ = bars()
    torch.manual_seed(0)
    twin = tiny()
    optimizer = torch.optim.AdamW(
        twin.parameters(), lr=4e-3, betas=(0.9, 0.99), weight_decay=0
    )
    rng = seeded()
    x = images[torch.randint(60, (16,), generator=rng)] / 255
    logits, mu, logvar = twin(x, generator=rng)
    loss = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / 16
    loss = loss + 0.5 * (mu**2 + logvar.exp() - logvar - 1).sum() / 16
    loss.backward()
    optimizer.step()
    model, _, history = learn_bars(1)
    assert history["reconstruction"][0] + history["kl"][0] == pytest.approx(loss.item())
    for ours, theirs in zip(model.parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs)


def test_a_heavy_beta_lets_the_posterior_collapse_and_free_bits_hold_it():
    mus = {}
    for name, options in {
        "plain": {},
        "heavy": {"beta": 300.0},
        "held": {"beta": 300.0, "free_bits": 0.6},
    }.items():
        average = learn_bars(120, lr=1e-2, decay=0.9, **options)[1]
        mus[name], _ = vae.encode_images(average, bars()[0])
    active = {name: vae.count_active_units(mu) for name, mu in mus.items()}
    assert active["heavy"] == 0 < min(active["plain"], active["held"])


def test_an_annealed_weight_grows():
    """In the first of two steps it is half, as the loss of the second one shows."""
    runs = [
        learn_bars(2, **options)[2]
        for options in (
            {"beta": lambda *step: 50 * vae.anneal(*step, share=1.0)},
            {"beta": 25.0},
            {"beta": 50.0},
        )
    ]
    assert runs[0] == runs[1] != runs[2]


def test_classes_and_binary_pixels_train_too():
    images, labels = bars()
    model = tiny(n_classes=10)
    before = state_of(model)
    average, history = vae.train_vae(
        model, images, labels, steps=3, batch_size=8, binary=True
    )
    assert len(history["kl"]) == 3 and not average.training
    for key, value in model.state_dict().items():
        assert not torch.equal(value, before[key]), key


def test_binary_batches_are_drawn_anew():
    grey = torch.full((1, 1, 28, 28), 128, dtype=torch.uint8)
    seen = []
    model = tiny()
    model.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    vae.train_vae(model, grey, steps=2, batch_size=2, binary=True)
    assert {0.0, 1.0} == set(torch.cat(seen).unique().tolist())
    assert not torch.equal(seen[0], seen[1])


@pytest.mark.parametrize("beta", [np.int64(2), np.float32(2.0), torch.tensor(2.0)])
def test_a_weight_may_be_any_kind_of_number(beta):
    assert learn_bars(3, beta=beta)[2] == learn_bars(3, beta=2)[2]
    with pytest.raises(ValueError, match="beta must be 0 or more"):
        learn_bars(3, beta=-beta)


def test_watch_sees_every_finished_step_and_the_average():
    seen = []
    watch = lambda step, model: seen.append((step, model))  # noqa: E731
    _, average, _ = learn_bars(3, watch=watch)
    assert [step for step, _ in seen] == [1, 2, 3]
    assert all(model is average and not model.training for _, model in seen)


def test_one_seed_repeats_a_run_and_another_does_not():
    runs = [learn_bars(4, seed=seed)[2] for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]


def test_data_with_nan_stop_the_run_at_the_step():
    images = torch.full((10, 1, 28, 28), math.nan)
    with pytest.raises(DivergedError, match="reconstruction is nan at step 0"):
        vae.train_vae(tiny(), images, steps=5)


def test_an_interrupted_run_goes_on_to_bit_equal_weights(tmp_path):
    def stop(step, _):
        if step == 5:
            signal.raise_signal(signal.SIGINT)

    file, options = tmp_path / "run", {"binary": True, "beta": vae.anneal}
    unbroken = learn_bars(12, **options)
    with pytest.raises(Stopped, match="stopped after step 5 of 12; saved in") as caught:
        learn_bars(12, checkpoint=file, watch=stop, **options)
    assert len(caught.value.kept.history["kl"]) == 5
    resumed = learn_bars(12, checkpoint=file, **options)
    for ours, theirs in zip(resumed[:2], unbroken[:2], strict=True):
        assert_same_state(ours, state_of(theirs))
    assert resumed[2] == unbroken[2]


# Codes and samples --------------------------------------------------------------------


def test_codes_and_samples_do_not_depend_on_the_batch_size():
    model = tiny(n_classes=10).train()
    images = torch.randint(256, (7, 1, 28, 28), dtype=torch.uint8)
    y = one_hot(torch.arange(7))
    mu, logvar = vae.encode_images(model, images, y)
    small = vae.encode_images(model, images / 255, y, batch_size=3)
    torch.testing.assert_close(small, (mu, logvar))
    whole = vae.sample_images(model, mu, y)
    torch.testing.assert_close(vae.sample_images(model, mu, y, batch_size=3), whole)
    assert whole.shape == (7, 1, 28, 28) and 0 <= whole.min() and whole.max() <= 1
    assert model.training and not whole.requires_grad
    torch.testing.assert_close(vae.reconstruct(model, images, y), whole)
    torch.testing.assert_close(vae.PixelDecoder(model)(mu, y), whole)


def test_active_units_are_those_whose_mean_moves():
    mu = torch.randn(500, 4, generator=seeded()) * torch.tensor([1.0, 0.01, 0.3, 0.0])
    mu += 5  # that none is zero is not enough
    assert vae.count_active_units(mu) == 2
    assert vae.count_active_units(mu, threshold=0.5) == 1


def test_one_gaussian_has_mean_and_covariance_of_the_codes():
    """q(z) has the covariance of mu plus the mean of sigma^2."""
    mu = torch.randn(10_000, 2, generator=seeded(5)) @ torch.tensor(
        [[1.0, 0.5], [0, 0.5]]
    )
    mu += torch.tensor([3.0, -1.0])
    logvar = torch.full_like(mu, math.log(0.25))
    mixture = vae.fit_code_mixture(mu, logvar)
    z = mixture.sample(50_000, generator=seeded(1))
    expected = torch.tensor([[1.25, 0.5], [0.5, 0.75]])
    torch.testing.assert_close(z.T.cov(), expected, atol=0.04, rtol=0)
    torch.testing.assert_close(z.mean(0), torch.tensor([3.0, -1.0]), atol=0.04, rtol=0)


def test_without_variances_the_codes_are_fitted_as_they_are():
    mu = torch.randn(10_000, 2, generator=seeded(5))
    mixture = vae.fit_code_mixture(mu)
    torch.testing.assert_close(mixture.means[0], mu.mean(0))
    root = mixture.roots[0]
    torch.testing.assert_close(root @ root.T, mu.T.cov(), atol=1e-3, rtol=0)


def test_sharpness_of_an_edge_a_blur_and_a_checkerboard():
    edge = torch.zeros(1, 1, 4, 4)
    edge[..., 2:] = 1
    assert vae.sharpness(edge) == pytest.approx(4 / 8)  # one step a row, 8 white
    blurred = edge.clone()
    blurred[..., 1] = 0.5  # two half steps a row, 8 white and 4 half
    assert vae.sharpness(blurred) == pytest.approx(2 / 9)
    board = (torch.arange(4)[:, None] + torch.arange(4)).remainder(2).float()
    assert vae.sharpness(board[None, None]) == pytest.approx(24 / 8)
    with_black = torch.cat([edge, torch.zeros_like(edge)])
    assert vae.sharpness(with_black) == pytest.approx(4 / 8)


def test_a_mixture_keeps_two_clusters_apart():
    side = (torch.arange(3000) % 3 == 0).float()[:, None] * 8 - 4
    mu = torch.randn(3000, 2, generator=seeded()) * 0.1 + side
    mixture = vae.fit_code_mixture(mu, torch.full_like(mu, -6.0), n_components=2)
    z = mixture.sample(6000, generator=seeded(1))
    assert (z.abs() - 4).abs().max() < 1
    assert (z[:, 0] > 0).float().mean().item() == pytest.approx(1 / 3, abs=0.03)


@pytest.mark.parametrize("n_components", [0, 10])
def test_too_many_gaussians_are_refused(n_components):
    codes = torch.randn(20, 2)
    with pytest.raises(ValueError, match="20 codes of 2 numbers are too few"):
        vae.fit_code_mixture(codes, codes, n_components=n_components)


def test_directions_are_those_planted_in_the_first_layer():
    model = tiny(latent_dim=4, n_classes=10)
    planted = torch.linalg.qr(torch.randn(4, 4)).Q
    first = model.decoder.from_latent
    left = torch.linalg.qr(torch.randn(len(first.weight), 4)).Q
    with torch.no_grad():
        scale = torch.tensor([9.0, 5.0, 2.0, 1.0])
        first.weight[:, :4] = left @ (scale[:, None] * planted)
    found = vae.principal_directions(model, 3)
    cosines = (found * planted[:3]).sum(dim=1).abs()
    torch.testing.assert_close(cosines, torch.ones(3))
    assert (found.gather(1, found.abs().argmax(1, keepdim=True)) > 0).all()
    with pytest.raises(ValueError, match=r"in 1..4, got 5"):
        vae.principal_directions(model, 5)


# Bounds -------------------------------------------------------------------------------


def test_the_elbo_does_not_depend_on_the_mode_and_is_that_of_the_loss():
    model = tiny()
    x = torch.rand(6, 1, 28, 28)
    reconstruction, kl = vae.evaluate_elbo(model.train(), x, seed=3)
    logits, mu, logvar = model(x, generator=seeded(3))
    expected = vae.negative_elbo(logits, x, mu, logvar)
    torch.testing.assert_close(reconstruction + kl, expected)
    assert model.training and not kl.requires_grad


class Toy(nn.Module):
    """One latent number, logits a z + b at every pixel, a crude posterior."""

    latent_dim, n_classes = 1, 0

    def __init__(self):
        super().__init__()
        self.a = 0.02 * torch.randn(1, 784, generator=seeded(1), dtype=torch.float64)
        self.b = torch.randn(1, 784, generator=seeded(2), dtype=torch.float64)

    def encode(self, x, y=None):
        middle = torch.full((len(x), 1), 0.8, dtype=torch.float64)
        return middle, 0 * middle + 0.5

    def decode(self, z, y=None):
        return (z @ self.a + self.b).view(-1, 1, 28, 28)

    def log_likelihood(self, x):
        """Log of the integral of p(x|z) p(z) by the trapezoid rule on 4,001 points."""
        z = torch.linspace(-9, 9, 4001, dtype=torch.float64)[:, None]
        logits = self.decode(z).flatten(1)  # (4001, 784)
        log_p = x.flatten(1) @ logits.T - F.softplus(logits).sum(dim=1)
        log_p += distributions.Normal(0.0, 1.0).log_prob(z[:, 0])
        return torch.logsumexp(log_p, dim=1) + math.log(18 / 4000)


def test_the_bound_rises_with_k_to_the_integral():
    model = Toy()
    x = vae.binarise(torch.sigmoid(model.decode(torch.randn(60, 1).double()))).double()
    exact = -model.log_likelihood(x).mean()
    many = x.repeat(30, 1, 1, 1)
    one, four = (vae.importance_weighted_nll(model, many, k=k).mean() for k in (1, 4))
    tight = vae.importance_weighted_nll(model, x, k=1000).mean()
    assert one - 0.1 > four > exact + 0.03
    assert tight.item() == pytest.approx(exact.item(), abs=0.02)


def test_one_sample_gives_the_elbo_on_average():
    model = Toy()
    x = vae.binarise(torch.rand(2, 1, 28, 28)).double().repeat(4000, 1, 1, 1)
    mu, logvar = model.encode(x)
    z = vae.reparameterize(mu, logvar, generator=seeded(4))
    expected = vae.negative_elbo(model.decode(z), x, mu, logvar).mean()
    found = vae.importance_weighted_nll(model, x, k=1).mean()
    assert found.item() == pytest.approx(expected.item(), abs=0.05)


def test_parts_of_the_samples_are_all_used(monkeypatch):
    """k above what is decoded at once; one image's bound is that of all its weights."""
    model, x = Toy(), vae.binarise(torch.rand(2, 1, 28, 28)).double()
    weights = [
        vae.draw_log_weights(model, x[:1], k=part, generator=rng)
        for rng in [seeded(7)]
        for part in (4, 4, 2)
    ]
    expected = -torch.cat(weights, dim=1).exp().mean().log()
    found = vae.importance_weighted_nll(model, x[:1], k=10, seed=7, decodings=4)
    torch.testing.assert_close(found, expected[None])


def test_classes_reach_the_bound():
    model, x = tiny(n_classes=10), vae.binarise(torch.rand(3, 1, 28, 28))
    rows = [
        vae.importance_weighted_nll(model, x, one_hot(labels), k=4)
        for labels in (torch.tensor([1, 2, 3]), torch.tensor([4, 5, 6]))
    ]
    assert rows[0].shape == (3,) and not torch.equal(*rows)


def test_a_bound_without_samples_is_refused():
    with pytest.raises(ValueError, match="k is 0"):
        vae.importance_weighted_nll(tiny(), torch.rand(1, 1, 28, 28), k=0)
