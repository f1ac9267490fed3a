"""GAN losses, networks, steps and the loop against independent calculations."""

import copy
import itertools
import math
import signal

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from aigc_helpers import gan
from aigc_helpers.pixels import one_hot
from aigc_helpers.reader import Stopped
from aigc_helpers.training import DivergedError


@pytest.fixture(autouse=True)
def seeded_float32(monkeypatch):
    """The same numbers on every processor."""
    monkeypatch.setenv("AIGC_BF16", "0")
    torch.manual_seed(0)


def state_of(network) -> dict:
    return {key: value.clone() for key, value in network.state_dict().items()}


def assert_same_state(network, before: dict):
    for key, value in network.state_dict().items():
        assert torch.equal(value, before[key]), key


# Losses -------------------------------------------------------------------------------


def test_losses_are_cross_entropies_with_labels_real_and_fake():
    real, fake = torch.randn(7) * 4, torch.randn(5) * 4
    bce = F.binary_cross_entropy_with_logits
    expected = bce(real, torch.ones(7)) + bce(fake, torch.zeros(5))
    torch.testing.assert_close(gan.discriminator_loss(real, fake), expected)
    torch.testing.assert_close(gan.generator_loss(fake), bce(fake, torch.ones(5)))


def test_losses_of_a_discriminator_that_cannot_tell():
    undecided = torch.zeros(4)  # D = 1/2
    loss = gan.discriminator_loss(undecided, undecided).item()
    assert loss == pytest.approx(2 * math.log(2))
    assert gan.generator_loss(undecided).item() == pytest.approx(math.log(2))


def test_losses_stay_finite_where_the_logarithm_would_not():
    far = torch.tensor([200.0])
    assert gan.discriminator_loss(-far, far).item() == pytest.approx(400)
    assert gan.generator_loss(-far).item() == pytest.approx(200)


def test_the_generator_loss_does_not_saturate():
    """Its gradient is D - 1; that of log(1 - D) is -D, which vanishes as D does."""
    logits = torch.tensor([-8.0, -1.0, 0.0, 3.0], requires_grad=True)
    (gradient,) = torch.autograd.grad(gan.generator_loss(logits) * 4, logits)
    torch.testing.assert_close(gradient, torch.sigmoid(logits.detach()) - 1)
    assert gradient[0] < -0.99


def test_r1_of_a_linear_discriminator_is_the_squared_weight():
    w = torch.randn(12)
    penalty = gan.r1_penalty(lambda x: x.flatten(1) @ w + 3, torch.randn(5, 3, 4))
    torch.testing.assert_close(penalty, w.square().sum())


def test_r1_of_a_quadratic_discriminator_and_its_gradient_are_analytic():
    a = torch.tensor(0.7, requires_grad=True)
    x = torch.randn(6, 4)
    penalty = gan.r1_penalty(lambda x: a * x.square().sum(dim=1), x)
    squares = x.square().sum(dim=1).mean()
    torch.testing.assert_close(penalty, 4 * a**2 * squares)  # |2 a x|^2
    penalty.backward()
    torch.testing.assert_close(a.grad, 8 * a.detach() * squares)
    assert not x.requires_grad and x.grad is None


# Networks -----------------------------------------------------------------------------


def test_generators_make_images_between_minus_one_and_one():
    z, y = 30 * torch.randn(3, 5), one_hot(torch.tensor([0, 4, 9]))
    for images in (
        gan.Generator(5, width=4)(z),
        gan.ConditionalGenerator(5, width=4)(z, y),
    ):
        assert images.shape == (3, 1, 28, 28)
        assert images.min() >= -1 and images.max() <= 1 and images.std() > 0.1


def test_the_default_networks_fit_the_books_figures():
    generator, discriminator = gan.Generator(), gan.Discriminator()
    images = generator(torch.randn(2, generator.latent_dim))
    assert images.shape == (2, 1, 28, 28) and discriminator(images).shape == (2,)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda g: g(torch.zeros(2, 7), torch.zeros(2, 10)), r"z .*\(B, 5\).*\(2, 7\)"),
        (lambda g: g(torch.zeros(5), torch.zeros(2, 10)), r"z .*\(B, 5\).*\(5,\)"),
        (lambda g: g(torch.zeros(2, 5), torch.zeros(2, 3)), r"y .*\(B, 10\).*\(2, 3\)"),
    ],
)
def test_inputs_of_the_wrong_size_are_named_with_both_sizes(call, message):
    with pytest.raises(ValueError, match=message):
        call(gan.ConditionalGenerator(5, width=4))


def test_the_class_decides_the_image():
    generator = gan.ConditionalGenerator(5, width=4).eval()
    z = torch.randn(1, 5).expand(10, 5)
    images = generator(z, torch.eye(10)).flatten(1)
    assert torch.pdist(images).min() > 1e-3


def test_spread_is_the_mean_standard_deviation_over_the_batch():
    h = torch.randn(6, 9) * 3
    out = gan.append_spread(h)
    assert out.shape == (6, 10) and torch.equal(out[:, :9], h)
    expected = torch.std(h, dim=0, correction=0).mean().expand(6)
    torch.testing.assert_close(out[:, 9], expected)


def test_spread_of_a_generator_that_repeats_itself_is_nearly_zero():
    h = torch.randn(1, 9).expand(6, 9).clone().requires_grad_()
    out = gan.append_spread(h)
    assert (out[:, 9] < 2e-4).all()
    out.sum().backward()
    assert torch.isfinite(h.grad).all()  # the root is steep at 0, yet finite
    assert gan.append_spread(h.detach().bfloat16()).dtype == torch.bfloat16


def test_the_discriminator_judges_with_the_spread_of_its_batch():
    network = gan.Discriminator(width=2)
    x = torch.randn(4, 1, 28, 28)
    h = network.trunk(x)
    spread = torch.std(h, dim=0, correction=0).mean().expand(4, 1)
    w, b = network.to_logit.weight[0], network.to_logit.bias
    expected = h @ w[:-1] + spread[:, 0] * w[-1] + b
    torch.testing.assert_close(network(x), expected)


def test_projection_adds_the_match_of_class_and_features():
    network = gan.ConditionalDiscriminator(width=2, n_classes=3)
    x = torch.randn(5, 1, 28, 28)
    h = network.trunk(x)
    logits = [network(x, F.one_hot(torch.full((5,), c), 3).float()) for c in range(3)]
    v = network.embed.weight.T  # (n_classes, F): v_y is row y
    torch.testing.assert_close(logits[2] - logits[0], h @ (v[2] - v[0]))
    plain = network.to_logit(gan.append_spread(h))[:, 0]
    torch.testing.assert_close(logits[1], plain + h @ v[1])


# Steps --------------------------------------------------------------------------------


@pytest.fixture
def pair():
    return gan.ConditionalGenerator(4, width=4), gan.ConditionalDiscriminator(width=2)


def batch_of(generator):
    y = one_hot(torch.arange(6))
    real = torch.rand(6, 1, 28, 28) * 2 - 1
    return real, generator(torch.randn(6, 4), y), y


def test_the_discriminator_step_leaves_the_generator_alone(pair):
    generator, discriminator = pair
    real, fake, y = batch_of(generator)
    before, mine = state_of(generator), state_of(discriminator)
    with torch.no_grad():
        expected = gan.discriminator_loss(
            discriminator(real, y), discriminator(fake, y)
        )
    optimizer = torch.optim.SGD(discriminator.parameters(), lr=0.1)
    loss = gan.discriminator_step(discriminator, optimizer, real, fake, y)
    torch.testing.assert_close(loss, expected)
    assert_same_state(generator, before)
    assert all(weight.grad is None for weight in generator.parameters())
    for key, value in discriminator.state_dict().items():
        assert not torch.equal(value, mine[key]), key


def test_the_generator_step_leaves_the_discriminator_alone(pair):
    generator, discriminator = pair
    _, fake, y = batch_of(generator)
    before, mine = state_of(discriminator), state_of(generator)
    optimizer = torch.optim.SGD(generator.parameters(), lr=0.1)
    with torch.no_grad():
        expected = gan.generator_loss(discriminator(fake, y))
    loss = gan.generator_step(discriminator, optimizer, fake, y)
    torch.testing.assert_close(loss, expected)
    assert_same_state(discriminator, before)
    for weight in discriminator.parameters():
        assert weight.grad is None and weight.requires_grad
    for key, weight in generator.named_parameters():
        assert not torch.equal(weight, mine[key]), key


def test_a_step_is_one_gradient_step_on_loss_and_half_gamma_penalty(pair):
    generator, discriminator = pair
    real, fake, y = batch_of(generator)
    twin = copy.deepcopy(discriminator)
    loss = gan.discriminator_loss(twin(real, y), twin(fake.detach(), y))
    x = real.clone().requires_grad_()
    (slope,) = torch.autograd.grad(twin(x, y).sum(), x, create_graph=True)
    (loss + 3.0 / 2 * slope.square().sum(dim=(1, 2, 3)).mean()).backward()
    optimizer = torch.optim.SGD(discriminator.parameters(), lr=0.1)
    for weight in discriminator.parameters():
        weight.grad = torch.full_like(weight, 9.0)  # of an earlier step: forgotten
    gan.discriminator_step(discriminator, optimizer, real, fake, y, gamma=3.0)
    for ours, theirs in zip(discriminator.parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs - 0.1 * theirs.grad)


# The loop -----------------------------------------------------------------------------


def play_toy(steps: int = 60, **options):
    """A game on points around (2, -1); returns networks, average, history."""
    torch.manual_seed(0)
    generator, judge = gan.ToyGenerator(width=16), gan.ToyDiscriminator(width=16)
    points = torch.randn(300, 2) * 0.3 + torch.tensor([2.0, -1.0])
    options = {"batch_size": 32, "lr": 5e-3, **options}
    average, history = gan.train_gan(generator, judge, points, steps=steps, **options)
    return generator, judge, average, history


def test_the_game_moves_samples_onto_the_data():
    *_, average, history = play_toy(250, gamma=0.5, decay=0.9)
    samples = average(torch.randn(2000, 2)).detach()
    assert (samples.mean(dim=0) - torch.tensor([2.0, -1.0])).norm() < 0.4  # from 2.2
    assert history["loss_d"][0] == pytest.approx(2 * math.log(2), abs=0.3)
    assert len(history["loss_d"]) == len(history["loss_g"]) == 250


def test_watch_sees_every_finished_step():
    seen = []
    *_, average, _ = play_toy(4, watch=lambda step, model: seen.append((step, model)))
    assert [step for step, _ in seen] == [1, 2, 3, 4]
    assert all(model is average and not model.training for _, model in seen)


def test_without_decay_the_average_is_the_generator():
    generator, _, average, _ = play_toy(3, decay=0.0)
    assert average is not generator
    assert_same_state(average, state_of(generator))


def test_the_discriminator_may_move_less_often():
    def look(step, _):
        seen.append(state_of(judge))

    torch.manual_seed(0)
    generator, judge = gan.ToyGenerator(width=4), gan.ToyDiscriminator(width=4)
    seen = []
    gan.train_gan(
        generator, judge, torch.randn(20, 2), steps=4, every=2, lr=0.01, watch=look
    )
    moves = [
        any(not torch.equal(a[key], b[key]) for key in a)
        for a, b in itertools.pairwise(seen)
    ]
    assert moves == [False, True, False]


def test_one_seed_repeats_a_run_and_another_does_not():
    runs = [play_toy(5, seed=seed)[3] for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]


def test_images_and_labels_train_a_conditional_pair(pair):
    generator, judge = pair
    images = torch.randint(256, (20, 1, 28, 28), dtype=torch.uint8)
    before = state_of(generator)
    average, history = gan.train_gan(
        generator, judge, images, torch.arange(20) % 10, steps=3, batch_size=4
    )
    assert len(history["loss_g"]) == 3
    counts = {k: v for k, v in average.state_dict().items() if "num_batches" in k}
    assert counts and all(value == 3 for value in counts.values())
    for key, value in generator.state_dict().items():
        assert not torch.equal(value, before[key]), key


def test_data_with_nan_stop_the_run_at_the_step():
    points = torch.full((10, 2), math.nan)
    networks = gan.ToyGenerator(), gan.ToyDiscriminator()
    with pytest.raises(DivergedError, match="loss_d is nan at step 0.*data"):
        gan.train_gan(*networks, points, steps=5)


def test_a_run_that_diverges_later_names_that_step():
    def spoil(step, average):
        if step == 3:
            with torch.no_grad():
                judge.trunk[0].weight.fill_(math.inf)

    judge = gan.ToyDiscriminator()
    with pytest.raises(DivergedError, match="at step 3"):
        gan.train_gan(
            gan.ToyGenerator(), judge, torch.randn(9, 2), steps=5, watch=spoil
        )


def test_an_interrupted_game_goes_on_to_bit_equal_weights(tmp_path):
    def stop(step, _):
        if step == 7:
            signal.raise_signal(signal.SIGINT)

    file = tmp_path / "run"
    unbroken = play_toy(15, gamma=0.1)
    with pytest.raises(Stopped, match="stopped after step 7 of 15; saved") as caught:
        play_toy(15, gamma=0.1, checkpoint=file, watch=stop)
    assert len(caught.value.kept.history["loss_d"]) == 7
    resumed = play_toy(15, gamma=0.1, checkpoint=file)
    for ours, theirs in zip(resumed[:3], unbroken[:3], strict=True):
        assert_same_state(ours, state_of(theirs))
    assert resumed[3] == unbroken[3]


# Samples ------------------------------------------------------------------------------


def test_the_decoder_maps_images_to_the_unit_interval_without_batch_statistics(pair):
    generator, _ = pair
    decoder = gan.PixelDecoder(generator)
    z, y = torch.randn(3, 4), one_hot(torch.arange(3))
    images = decoder(z, y)
    torch.testing.assert_close(images * 2 - 1, generator(z, y))
    torch.testing.assert_close(decoder(z[:1], y[:1]), images[:1])


def test_samples_do_not_depend_on_the_batch_size(pair):
    generator, _ = pair
    z, y = torch.randn(7, 4), one_hot(torch.arange(7))
    before = state_of(generator)
    whole = gan.sample_images(generator, z, y)
    torch.testing.assert_close(gan.sample_images(generator, z, y, batch_size=3), whole)
    assert whole.shape == (7, 1, 28, 28) and not whole.requires_grad
    assert 0 <= whole.min() and whole.max() <= 1
    assert generator.training  # as it was
    assert_same_state(generator, before)
    plain = gan.Generator(4, width=4).eval()
    assert gan.sample_images(plain, z).shape == (7, 1, 28, 28) and not plain.training


# Latent space -------------------------------------------------------------------------


def plant(generator, planted, strengths):
    """Make ``project`` respond to z along the rows of ``planted``, each so strongly."""
    linear = generator.project[0]
    outputs = torch.linalg.qr(torch.randn(linear.out_features, len(planted)))[0]
    with torch.no_grad():
        linear.weight.mul_(1e-3)
        linear.weight[:, : planted.shape[1]] += (outputs * strengths) @ planted


@pytest.mark.parametrize("network", [gan.Generator, gan.ConditionalGenerator])
def test_principal_directions_find_the_planted_ones_strongest_first(network):
    planted = torch.linalg.qr(torch.randn(8, 8))[0][:2]
    generator = network(8, width=4).eval()
    plant(generator, planted, torch.tensor([5.0, 4.0]))
    if network is gan.ConditionalGenerator:  # the class outshouts z, and is ignored
        with torch.no_grad():
            generator.project[0].weight[:, 8:] = 0.5 * torch.rand(1, 10)
    found = gan.principal_directions(generator, 2)
    assert found.shape == (2, 8)
    torch.testing.assert_close(found.norm(dim=1), torch.ones(2))
    assert (found * planted).sum(dim=1).abs().min() > 0.95


def test_principal_directions_repeat_and_can_be_as_many_as_dimensions():
    generator = gan.Generator(4, width=4).eval()
    found = gan.principal_directions(generator, 4)
    assert found.shape == (4, 4) and not found.requires_grad
    assert torch.equal(found, gan.principal_directions(generator, 4))
    for n in (0, 5):
        with pytest.raises(ValueError, match=rf"in 1\.\.4, got {n}"):
            gan.principal_directions(generator, n)


def test_a_toy_discriminator_sees_the_batch_only_if_told_to():
    x = torch.randn(6, 2)
    for spread in (False, True):
        judge = gan.ToyDiscriminator(width=8, spread=spread)
        assert judge(x).shape == (6,)
        same = torch.allclose(judge(x)[:2], judge(x[:2]), atol=1e-6)
        assert same != spread


def test_toy_networks_stay_in_full_precision_under_autocast():
    z = torch.randn(3, 2)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        points = gan.ToyGenerator()(z)
        logits = gan.ToyDiscriminator()(points)
        assert nn.Linear(2, 2)(z).dtype == torch.bfloat16
    assert points.dtype == logits.dtype == torch.float32
    assert points.shape == (3, 2) and logits.shape == (3,)
