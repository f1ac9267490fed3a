"""Filler, restorer and recogniser: shapes, what they see, how they train."""

import pytest
import torch
import torch.nn.functional as F

from aigc_helpers import image
from aigc_helpers.image.training import GRADIENT, OUTSIDE
from aigc_helpers.reader import Mistake


@pytest.fixture
def filler():
    torch.manual_seed(0)
    return image.Filler(width=4, hidden=8).eval()


def restorer(factor: int) -> image.Restorer:
    torch.manual_seed(0)
    return image.Restorer(factor, width=4, depth=1).eval()


def pictures(n: int = 12, seed: int = 0):
    """Pictures (n, 1, 64, 64) of one bright disc each, in [0, 1], and its row."""
    rng = torch.Generator().manual_seed(seed)
    middle = 16 + 32 * torch.rand(n, 2, 1, 1, generator=rng)
    y, x = torch.meshgrid(torch.arange(64.0), torch.arange(64.0), indexing="ij")
    distance = ((y - middle[:, 0]) ** 2 + (x - middle[:, 1]) ** 2).sqrt()
    disc = torch.sigmoid((12 - distance) / 2)[:, None]  # (n, 1, 64, 64)
    return (disc * 255).round() / 255  # no numbers so small that processors slow down


def test_a_filler_does_not_look_into_the_hole(filler):
    x, hole = pictures(3), image.centre_square()
    hidden = x * (1 - hole) + torch.rand(x.shape) * hole
    with torch.no_grad():
        assert torch.equal(filler(x, hole), filler(hidden, hole))
        assert not torch.equal(filler(x, hole), filler(x, image.lower_half()))


def test_one_pixel_reaches_every_place_of_the_hole(filler):
    x = pictures(1).requires_grad_()
    filler(x, image.lower_half())[0, 0, -1, -1].backward()
    assert (x.grad[0, 0, :32] != 0).all()
    assert (x.grad[0, 0, 32:] == 0).all()


def test_an_untrained_filler_answers_near_its_mean(filler):
    filler.mean.fill_(0.25)
    with torch.no_grad():
        filled = filler(torch.full((1, 1, 64, 64), 0.25), image.lower_half())
    assert (filled - 0.25).abs().max() < 0.2


def test_filling_keeps_what_is_known_and_stays_in_range(filler):
    x, hole = pictures(3), image.free_strokes(3, torch.Generator().manual_seed(0))
    with torch.no_grad():
        filler.mean.fill_(3.0)
    filled = image.fill(filler.train(), x, hole)
    assert torch.equal(filled[hole == 0], x[hole == 0])
    assert (filled[hole == 1] == 1).all()
    assert filler.training
    assert torch.equal(image.FilledPicture(filler.eval())(x, hole), filled)
    assert torch.equal(
        image.fill(lambda x, hole: 2 + x, x, hole)[hole == 1],
        torch.ones(int(hole.sum())),
    )


@pytest.mark.parametrize(
    ("x", "hole", "message"),
    [
        (torch.rand(2, 1, 64, 64), torch.ones(3, 1, 64, 64), "as many holes"),
        (torch.rand(2, 1, 64, 64), torch.ones(1, 1, 32, 32), "height and width"),
        (torch.rand(2, 1, 64, 64) + 1, torch.ones(1, 1, 64, 64), r"in \[0, 1\]"),
    ],
)
def test_pictures_and_holes_that_do_not_fit_are_refused(filler, x, hole, message):
    with pytest.raises(Mistake, match=message) as caught:
        image.fill(filler, x, hole)
    assert caught.value.chinese


@pytest.mark.parametrize("factor", [1, 4])
def test_a_restorer_gives_whole_pictures(factor):
    network, x = restorer(factor), pictures(3)
    worse = F.avg_pool2d(x, factor)
    with torch.no_grad():
        better = network(worse)
    assert better.shape == x.shape
    start = worse if factor == 1 else F.interpolate(worse, (64, 64), mode="bicubic")
    assert (better - start).abs().max() < 0.3  # begins at what costs nothing
    assert not torch.equal(better, start)


def test_a_restorer_enlarges_by_four_or_removes_noise():
    with pytest.raises(Mistake, match="factor is 2") as caught:
        image.Restorer(2)
    assert "4（放大）" in caught.value.chinese
    with pytest.raises(Mistake, match="16, 16"):
        restorer(4)(torch.rand(1, 1, 64, 64))


def centred(x):
    """Pictures (..., 1, 64, 64) as rows (..., 4096) of mean 0."""
    rows = x.flatten(-3)
    return rows - rows.mean(dim=-1, keepdim=True)


def test_varied_pictures_are_the_same_faces_otherwise_lit_and_placed():
    x = pictures(24)
    varied = image.vary(x, torch.Generator().manual_seed(3))
    assert varied.shape == x.shape
    assert 0 <= varied.min() and varied.max() <= 1
    # Each is, up to lighting, the picture or its mirror image, moved by up to 3 pixels.
    sides = torch.stack([x, x.flip(3)])  # (2, N, 1, 64, 64)
    moves = [(down, right) for down in range(-3, 4) for right in range(-3, 4)]
    moved = torch.stack([torch.roll(sides, move, (3, 4)) for move in moves])
    likeness = F.cosine_similarity(centred(moved), centred(varied), dim=-1)
    assert likeness.amax(dim=(0, 1)).min() > 0.95
    mirrored = likeness.amax(dim=0).argmax(dim=0)  # (N,)
    assert 3 < mirrored.sum() < 21
    lighting = varied.mean((1, 2, 3)) - x.mean((1, 2, 3))
    assert 0.02 < lighting.std() < 0.1


def test_the_error_counts_the_hole_and_a_little_of_the_rest():
    x, hole = torch.zeros(1, 1, 4, 4), torch.zeros(1, 1, 4, 4)
    hole[0, 0, 0, :2] = 1
    filled = torch.full((1, 1, 4, 4), 0.5)
    expected = 0.25 * (2 * (1 + OUTSIDE) + 14 * OUTSIDE) / 2
    assert float(image.hole_error(filled, x, hole)) == pytest.approx(expected)


def test_shrinking_takes_the_mean_of_blocks():
    x = torch.arange(16.0).view(1, 1, 4, 4)
    assert image.shrink(x, 4).item() == 7.5
    assert image.shrink(x, 2)[0, 0].tolist() == [[2.5, 4.5], [10.5, 12.5]]


def test_noise_has_the_deviation_that_was_asked_for():
    noisy = image.add_noise(
        torch.zeros(4, 1, 64, 64), 0.2, torch.Generator().manual_seed(0)
    )
    assert float(noisy.std()) == pytest.approx(0.2, rel=0.03)
    assert abs(float(noisy.mean())) < 0.01


def ramps(n: int, seed: int = 0):
    """Pictures (n, 1, 64, 64) that grow brighter in one direction, in [0, 1]."""
    rng = torch.Generator().manual_seed(seed)
    down, right = torch.rand(2, n, 1, 1, generator=rng) - 0.5
    line = torch.linspace(-1, 1, 64)
    return (0.5 + 0.5 * (down * line[:, None] + right * line))[:, None]


QUICK = {"lr": 5e-3, "batch_size": 8, "decay": 0.9, "seed": 0}


def test_training_a_filler_beats_the_mean_picture():
    torch.manual_seed(0)
    train, test = ramps(60), ramps(30, seed=1)
    network = image.Filler(width=8, hidden=32)
    filler, history = image.train_filler(network, train, steps=40, **QUICK)
    torch.testing.assert_close(filler.mean, train.mean(dim=0, keepdim=True))
    assert len(history["loss"]) == 40 and not filler.training
    hole = image.centre_square()

    def error(filler):
        return float((image.fill(filler, test, hole) - test).square().mean())

    assert error(filler) < 0.5 * error(lambda x, _: filler.mean.expand_as(x))


@pytest.mark.parametrize(("factor", "share"), [(4, 0.7), (1, 0.4)])
def test_training_a_restorer_beats_what_costs_nothing(factor, share):
    torch.manual_seed(0)
    train, test = pictures(60), pictures(30, seed=1)
    network = image.Restorer(factor, width=12, depth=1)
    network, history = image.train_restorer(network, train, steps=100, **QUICK)
    rng = torch.Generator().manual_seed(9)
    worse = image.shrink(test) if factor == 4 else image.add_noise(test, 0.1, rng)
    start = F.interpolate(worse, (64, 64), mode="bicubic") if factor == 4 else worse
    with torch.no_grad():
        better = network(worse)
    assert (better - test).square().mean() < share * (start - test).square().mean()
    assert history["loss"][-1] < history["loss"][0]


def test_a_step_is_no_longer_than_it_may_be():
    torch.manual_seed(0)
    network = image.Filler(width=4, hidden=8)
    seen = []

    def watch(step, average):
        gradients = [p.grad.norm() for p in network.parameters() if p.grad is not None]
        seen.append(float(torch.stack(gradients).norm()))

    with torch.no_grad():
        network.leave[0].weight.mul_(300)
    image.train_filler(network, pictures(4), steps=3, lr=1e-6, watch=watch)
    assert max(seen) <= GRADIENT * 1.001 and max(seen) > 0.9 * GRADIENT


def test_training_starts_again_from_a_checkpoint(tmp_path):
    torch.manual_seed(0)
    start = image.Filler(width=4, hidden=8)

    def run(steps_until_stop, path):
        network = image.Filler(width=4, hidden=8)
        network.load_state_dict(start.state_dict())

        def watch(step, average):
            if step == steps_until_stop:
                raise KeyboardInterrupt

        options = {"steps": 6, "seed": 1, "watch": watch, "checkpoint": path}
        return image.train_filler(network, pictures(8), **options)

    whole, _ = run(None, None)
    path = tmp_path / "filler.safetensors"
    with pytest.raises(BaseException):  # noqa: B017, PT011
        run(3, path)
    again, history = run(None, path)
    assert len(history["loss"]) == 6
    for name, value in whole.state_dict().items():
        assert torch.equal(value, again.state_dict()[name]), name


def test_training_refuses_what_cannot_be_meant():
    with pytest.raises(Mistake, match="noise"):
        image.train_restorer(restorer(1), pictures(4), noise=-1.0, steps=1)
    with pytest.raises(Mistake):
        image.train_filler(image.Filler(4, 8), pictures(4) * 3, steps=1)
    with pytest.raises(Mistake):
        image.train_filler(image.Filler(4, 8), torch.zeros(0, 1, 64, 64), steps=1)
