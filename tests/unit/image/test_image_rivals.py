"""Linear rivals: ridge chosen over people, and the best linear guess at any hole."""

import pytest
import torch

from aigc_helpers import image
from aigc_helpers.reader import Mistake


def crowd(n_people: int = 15, n_each: int = 6, seed: int = 0):
    """Pictures (N, 1, 8, 8) of people, alike in one another's, and whose they are."""
    rng = torch.Generator().manual_seed(seed)
    person = torch.arange(n_people).repeat_interleave(n_each)
    shapes = torch.randn(3, 64, generator=rng) / 30  # what people differ in
    codes = torch.randn(n_people, 3, generator=rng)[person]
    noise = torch.randn(len(person), 64, generator=rng) / 60
    rows = 0.5 + codes @ shapes + noise
    return rows.clamp(0, 1).view(-1, 1, 8, 8), person


def normal_equations(inputs, outputs, alpha: float):
    """Ridge regression with an intercept that is not shrunk, written out."""
    x, y = inputs.flatten(1).double(), outputs.flatten(1).double()
    x_mean, y_mean = x.mean(0), y.mean(0)
    gram = (x - x_mean).T @ (x - x_mean) + alpha * torch.eye(x.shape[1])
    weights = torch.linalg.solve(gram, (x - x_mean).T @ (y - y_mean))
    return lambda new: (new.flatten(1).double() - x_mean) @ weights + y_mean


def test_ridge_is_that_of_the_formula_at_the_alpha_it_tells():
    pictures, person = crowd()
    upper, lower = pictures[:, :, :4], pictures[:, :, 4:]
    predict, alpha = image.fit_ridge(upper, lower, person, alphas=(0.01, 0.1, 1.0))
    assert alpha in (0.01, 0.1, 1.0)
    expected = normal_equations(upper, lower, alpha)(upper[:5]).view(5, 1, 4, 8)
    torch.testing.assert_close(predict(upper[:5]), expected.float())


def test_alpha_is_chosen_over_people_not_over_pictures():
    """What a person's pictures share helps among them alone; strangers tell."""
    rng = torch.Generator().manual_seed(0)
    person = torch.arange(12).repeat_interleave(10)
    who = torch.randn(12, 40, generator=rng)[person]
    inputs = who + 0.05 * torch.randn(120, 40, generator=rng)
    outputs = torch.randn(12, 6, generator=rng)[person]
    alphas = (1e-4, 1e4)
    assert image.fit_ridge(inputs, outputs, person, alphas)[1] == 1e4
    # As if each picture were somebody else's: a person's others give him away.
    assert image.fit_ridge(inputs, outputs, torch.arange(120), alphas)[1] == 1e-4


def test_the_linear_filler_expects_what_a_gaussian_does():
    """E[x_h | x_o] = mean_h + C_ho C_oo^-1 (x_o - mean_o), C = W W^T + s I."""
    pictures, _ = crowd()
    filler = image.LinearFiller(pictures, rank=64, noise=0.002)
    hole = torch.zeros(1, 1, 8, 8)
    hole[..., 3:6, 2:7] = 1
    rows = pictures.flatten(1).double()
    mean = rows.mean(0)
    covariance = (rows - mean).T @ (rows - mean) / len(rows)
    covariance += 0.002 * torch.eye(64)
    gone = hole.flatten() == 1
    gain = covariance[gone][:, ~gone] @ covariance[~gone][:, ~gone].inverse()
    expected = mean[gone] + (rows[:4][:, ~gone] - mean[~gone]) @ gain.T
    found = filler(pictures[:4], hole).flatten(1)[:, gone]
    torch.testing.assert_close(found.double(), expected, rtol=1e-3, atol=1e-4)


def test_the_linear_filler_does_not_look_into_the_hole():
    pictures, _ = crowd()
    filler, hole = image.LinearFiller(pictures), image.lower_half(8)
    hidden = pictures * (1 - hole) + hole
    assert torch.equal(filler(pictures, hole), filler(hidden, hole))
    everything = filler(pictures[:1], torch.ones(1, 1, 8, 8)).flatten()
    torch.testing.assert_close(everything, filler.mean)
    with pytest.raises(Mistake, match="8, 8"):
        filler(torch.rand(1, 1, 9, 9), hole)


def test_the_noise_that_is_chosen_fills_best_for_strangers():
    pictures, person = crowd()
    hole, noises = image.lower_half(8), (1e-5, 0.003, 1.0)
    chosen = image.choose_noise(pictures, person, hole, noises)
    assert chosen == 0.003
    strangers, _ = crowd(40, seed=0)
    strangers = strangers[90:]  # of people who are in no fold

    def error(noise):
        filler = image.LinearFiller(pictures, noise=noise)
        return float((image.fill(filler, strangers, hole) - strangers).square().mean())

    assert error(chosen) < 0.97 * min(error(1e-5), error(1.0))


def test_neighbourhoods_are_the_pixels_around_each():
    picture = torch.arange(12.0).view(1, 1, 3, 4)
    rows = image.neighbourhoods(picture, 3)
    assert rows.shape == (12, 9)
    assert rows[5].tolist() == [0, 1, 2, 4, 5, 6, 8, 9, 10]
    assert rows[0].tolist() == [0, 0, 1, 0, 0, 1, 4, 4, 5]  # the border goes on
