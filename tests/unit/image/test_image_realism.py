"""A critic in the training of an upscaler: its losses, its part, its absence."""

import math

import pytest
import torch

from aigc_helpers import image, metrics
from aigc_helpers.image.realism import looks_made_loss, looks_real_loss
from aigc_helpers.reader import Mistake


def textured(n: int = 12, seed: int = 0):
    """Grainy pictures (n, 1, 64, 64): no upscaler can know where each grain lies."""
    rng = torch.Generator().manual_seed(seed)
    coarse = torch.rand(n, 1, 8, 8, generator=rng)
    smooth = torch.nn.functional.interpolate(coarse, (64, 64), mode="bicubic")
    grain = torch.rand(n, 1, 64, 64, generator=rng) - 0.5
    return (0.25 + 0.5 * smooth + 0.3 * grain).clamp(0, 1)


def networks():
    torch.manual_seed(0)
    return image.Restorer(4, width=8, depth=1), image.Critic(width=8)


def test_a_critic_gives_two_logits_a_picture():
    _, critic = networks()
    patches, whole = critic(textured(3))
    assert patches.shape == whole.shape == (3,)
    assert patches.dtype == whole.dtype == torch.float32


def test_what_is_thought_of_a_patch_depends_on_that_part_of_the_picture_alone():
    _, critic = networks()
    x = textured(1).requires_grad_()
    h = critic.of_patches(critic.trunk(2 * x - 1))  # (1, 1, 16, 16)
    h[0, 0, 0, 0].backward()
    reached = (x.grad[0, 0] != 0).nonzero().amax(dim=0)
    assert (reached < 16).all() and (reached > 4).all()


def test_the_losses_are_those_of_chapter_05_summed_over_both_logits():
    logits = torch.tensor([0.0, 0.0]), torch.tensor([2.0, 2.0])
    p = 1 / (1 + math.exp(-2))
    assert float(looks_real_loss(logits)) == pytest.approx(math.log(2) - math.log(p))
    made = math.log(2) - math.log(1 - p)
    assert float(looks_made_loss(logits)) == pytest.approx(made, rel=1e-5)


def train(realism: float, steps: int = 60):
    upscaler, critic = networks()
    return image.train_realistic_upscaler(
        upscaler,
        critic,
        textured(24),
        realism=realism,
        steps=steps,
        batch_size=8,
        lr=3e-3,
        decay=0.9,
    )


def test_a_critic_makes_it_sharper_and_its_error_larger():
    (plain, _), (sharp, history) = train(0.0), train(0.05)
    test = textured(16, seed=1)
    small = image.shrink(test)
    with torch.no_grad():
        answers = [network(small).clamp(0, 1) for network in (plain, sharp)]
    errors = [float(metrics.mean_squared_error(a, test).mean()) for a in answers]
    grain = [float(metrics.sharpness(a).mean()) for a in answers]
    assert grain[1] > 1.3 * grain[0]
    assert errors[1] > errors[0]
    assert set(history) == {"error", "loss_critic"}
    # Made small again it is still the picture that was given.
    back = (image.shrink(answers[1]) - small).square().mean()
    assert back < 0.1 * errors[1]


def test_without_realism_the_critic_changes_nothing():
    (first, _), (second, _) = train(0.0, steps=4), train(0.0, steps=4)
    upscaler, critic = networks()
    with torch.no_grad():
        critic.of_patches.weight.mul_(50)
    third, _ = image.train_realistic_upscaler(
        upscaler,
        critic,
        textured(24),
        realism=0.0,
        steps=4,
        batch_size=8,
        lr=3e-3,
        decay=0.9,
    )
    for name, value in first.state_dict().items():
        assert torch.equal(value, second.state_dict()[name]), name
        assert torch.equal(value, third.state_dict()[name]), name


def test_what_cannot_be_meant_is_refused():
    upscaler, critic = networks()
    with pytest.raises(Mistake, match="realism"):
        image.train_realistic_upscaler(
            upscaler, critic, textured(4), realism=-1.0, steps=1
        )
