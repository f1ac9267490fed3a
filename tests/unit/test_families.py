"""The three toy families: losses, densities, samples, one loop, one judgement."""

import math

import pytest
import torch
from torch.distributions import Bernoulli, Normal, kl_divergence

from aigc_helpers import families
from aigc_helpers.data import plane_data
from aigc_helpers.families import FAMILIES, ToyAutoregressive, ToyGAN, ToyVAE
from aigc_helpers.runtime import set_seed
from aigc_helpers.training import DivergedError

DATA = plane_data("eight")


@pytest.fixture
def x():
    return DATA.sample(200, generator=set_seed(0))


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_one_interface(family, x):
    model = FAMILIES[family]()
    players = model.players()
    owned = [p for parameters in players.values() for p in parameters]
    assert {id(p) for p in owned} == {id(p) for p in model.parameters()}
    assert len(owned) == len(list(model.parameters()))  # nobody has two players
    for player in players:
        assert model.loss(x, player, rng()).shape == ()
    a, b, c = (families.sample_points(model, 50, seed=s) for s in (1, 1, 2))
    assert a.shape == (50, 2) and torch.equal(a, b) and not torch.equal(a, c)
    assert not a.requires_grad


def test_gan_losses_are_those_of_the_formula(x):
    gan = ToyGAN()
    fake = gan.sample(len(x), rng(3))
    real_logits, fake_logits = gan.discriminator(x), gan.discriminator(fake)
    one, zero = torch.ones_like(real_logits), torch.zeros_like(real_logits)
    log_d = Bernoulli(logits=real_logits).log_prob(one).mean()
    log_not_d = Bernoulli(logits=fake_logits).log_prob(zero).mean()
    found = gan.loss(x, "discriminator", rng(3))
    torch.testing.assert_close(found, -log_d - log_not_d)
    found = gan.loss(x, "generator", rng(3))
    torch.testing.assert_close(
        found, -Bernoulli(logits=fake_logits).log_prob(one).mean()
    )


def test_each_player_moves_its_own_parameters_alone(x):
    gan = ToyGAN()
    gan.loss(x, "discriminator", rng()).backward()
    assert all(p.grad is None for p in gan.generator.parameters())  # detached
    before = {name: p.clone() for name, p in gan.named_parameters()}
    calls = []
    original = gan.loss

    def spy(x, player, rng):
        moved = {
            n.split(".")[0] for n, p in gan.named_parameters() if (p != before[n]).any()
        }
        calls.append((player, moved))
        return original(x, player, rng)

    gan.loss = spy
    families.train_family(gan, x, steps=1)
    assert calls == [("discriminator", set()), ("generator", {"discriminator"})]


def test_the_vaes_bound_is_made_of_torchs_distributions(x):
    vae = ToyVAE()
    vae.log_s.data.fill_(-0.7)
    mu, logvar = vae.encode(x)
    q = Normal(mu, torch.exp(0.5 * logvar))
    z = mu + torch.randn(mu.shape, generator=rng(5)) * q.scale
    log_p = Normal(vae.decoder(z), math.exp(-0.7)).log_prob(x).sum(dim=1)
    expected = log_p - kl_divergence(q, Normal(0.0, 1.0)).sum(dim=1)
    torch.testing.assert_close(vae.elbo(x, rng(5)), expected)
    torch.testing.assert_close(vae.loss(x, "negative_elbo", rng(5)), -expected.mean())


def linear_vae():
    """A VAE whose p(x) is known: decoder(z) = z / 2, so that x is N(0, 1/4 + s^2)."""
    vae = ToyVAE()
    vae.decoder = torch.nn.Linear(2, 2)
    vae.decoder.weight.data = torch.eye(2) / 2
    vae.decoder.bias.data.zero_()
    vae.log_s.data.fill_(math.log(0.5))
    return vae


def test_importance_weights_find_the_likelihood_of_a_vae_with_a_known_one(x):
    vae, x = linear_vae(), x / 3
    exact = Normal(0.0, math.sqrt(0.5)).log_prob(x).sum(dim=1).mean().item()
    found = families.mean_log_likelihood(vae, x)
    assert found["bound"] < found["weighted"]
    assert found["weighted"] == pytest.approx(exact, abs=0.03)
    assert found["bound"] < exact - 0.03


def test_samples_of_the_vae_have_the_noise_of_p_x_given_z():
    points = families.sample_points(linear_vae(), 20_000)
    torch.testing.assert_close(
        points.std(dim=0), torch.full((2,), math.sqrt(0.5)), rtol=0.03, atol=0
    )


def test_the_autoregressive_density_sums_to_one_and_is_zero_outside():
    model = ToyAutoregressive(n_bins=24)
    axis = (torch.arange(24) + 0.5) * model.bin_width - 3
    log_p = model.log_density(torch.cartesian_prod(axis, axis))
    total = float(log_p.detach().exp().sum()) * model.bin_width**2
    assert total == pytest.approx(1, abs=1e-4)
    outside = torch.tensor([[3.1, 0.0], [0.0, -3.1]])
    assert (model.log_density(outside) == -math.inf).all()
    assert model.tokens(torch.tensor([[-3.0, 3.0], [2.99, -2.99]])).tolist() == [
        [0, 23],
        [23, 0],
    ]


def test_autoregressive_samples_follow_the_models_own_density():
    torch.manual_seed(0)
    model = ToyAutoregressive(n_bins=6)
    for parameter in model.parameters():
        parameter.data.mul_(3)  # far from uniform, and x_2 depends on x_1
    axis = (torch.arange(6) + 0.5) * model.bin_width - 3
    p = model.log_density(torch.cartesian_prod(axis, axis)).exp() * model.bin_width**2
    points = families.sample_points(model, 60_000)
    assert points.abs().max() <= 3
    t = model.tokens(points)
    found = (6 * t[:, 0] + t[:, 1]).bincount(minlength=36) / len(points)
    assert p.max() > 2 / 36
    torch.testing.assert_close(found, p.detach(), atol=0.006, rtol=0)


@pytest.mark.parametrize("family", ["vae", "autoregressive"])
def test_training_lowers_the_loss_and_is_repeatable(family, x):
    histories, steps = [], []
    for seed in (0, 0, 1):
        set_seed(0)
        model = FAMILIES[family]()
        histories.append(
            families.train_family(
                model, x, steps=120, seed=seed, watch=lambda step, _: steps.append(step)
            )
        )
    (name,) = model.players()
    losses = histories[0][name]
    assert len(losses) == 120 and steps[:120] == list(range(1, 121))
    assert sum(losses[-20:]) < sum(losses[:20]) - 20 * 0.2
    assert histories[0] == histories[1] != histories[2]


def test_a_trained_gan_reaches_what_an_untrained_one_does_not():
    x = DATA.sample(5000, generator=set_seed(0))
    gan = ToyGAN()
    before = families.near_share(families.sample_points(gan, 1000), DATA)
    families.train_family(gan, x, steps=300)
    after = families.near_share(families.sample_points(gan, 1000), DATA)
    assert before < 0.1 < 0.2 < after


def test_a_loss_that_is_no_number_stops_the_training(x):
    with pytest.raises(DivergedError, match="negative_log_likelihood is inf at step 0"):
        families.train_family(ToyAutoregressive(), 10 * x, steps=3)


def test_momentum_is_the_models_own_unless_given(x, monkeypatch):
    found = []
    adam = torch.optim.Adam

    def spy(*args, betas, **options):
        found.append(betas)
        return adam(*args, betas=betas, **options)

    monkeypatch.setattr(torch.optim, "Adam", spy)
    families.train_family(ToyVAE(), x, steps=1)
    families.train_family(ToyGAN(), x, steps=1)
    families.train_family(ToyGAN(), x, steps=1, betas=(0.9, 0.999))
    assert found == [(0.9, 0.99)] + 2 * [(0.0, 0.99)] + 2 * [(0.9, 0.999)]


def test_evaluation_gives_each_family_what_it_has(x):
    held_out = DATA.sample(100, generator=rng(9))
    common = {"covered", "near", "narrow", "rarest", "lonely", "energy", "kernel"}
    for family, more in (
        ("gan", set()),
        ("vae", {"bound", "weighted"}),
        ("autoregressive", {"exact"}),
    ):
        found = families.evaluate(FAMILIES[family](), DATA, held_out)
        assert set(found) == common | more
    real = families.judge_samples(x, DATA, held_out)
    assert real["covered"] == 8 and real["near"] > 0.95 and abs(real["energy"]) < 0.1
    assert real["near"] == families.near_share(x, DATA)


def test_narrow_modes_are_narrow_however_wide_they_lie_around_the_centre():
    """Lines of points beside the centres fool the offset, not the narrowest way."""
    along = torch.linspace(-0.2, 0.2, 50)
    line = torch.stack([along, torch.full_like(along, 0.1)], dim=1)  # (50, 2)
    lines = (DATA.centres + line).flatten(0, 1)  # (8 * 50, 2)
    narrow, rarest = families.shape_of_parts(lines, DATA)
    assert narrow == pytest.approx(0, abs=1e-3) and rarest == 1
    real = DATA.sample(4000, generator=rng())
    narrow, rarest = families.shape_of_parts(real, DATA)
    assert 0.08 < narrow < 0.1 and 0.8 < rarest < 1
    assert families.shape_of_parts(lines[:350], DATA)[1] == 0  # a mode without any
    assert families.shape_of_parts(lines + 1.5, DATA)[0] is None  # nothing near


def test_a_curve_has_no_modes_to_be_narrow():
    spiral = plane_data("spiral")
    narrow, rarest = families.shape_of_parts(spiral.sample(500), spiral)
    assert narrow is None and rarest > 0.5


def test_real_points_without_a_sample_are_lonely():
    held_out = torch.tensor([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [3.0, 0.0]])
    samples = torch.tensor([[0.05, 0.0], [1.0, 0.2]])
    assert families.lonely_share(samples, DATA, held_out) == 0.75


def test_passes_are_counted():
    n = {name: families.count_passes(family()) for name, family in FAMILIES.items()}
    assert n == {"gan": 1, "vae": 1, "autoregressive": 2}


def test_a_setback_is_a_fall_below_the_best():
    assert families.largest_setback([0.9, 0.1, 0.2, 0.5], last=3) == 0.0
    assert families.largest_setback([0.5, 0.8, 0.6, 0.7], last=4) == pytest.approx(0.2)
    assert families.largest_setback([0.5, 0.8, 0.6, 0.7], last=2) == 0.0
    with pytest.raises(ValueError, match="2 checkpoints; 10 are compared"):
        families.largest_setback([0.1, 0.2])
