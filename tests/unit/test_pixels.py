"""Scales, classes, shapes of any size, pieces and ways through a latent space."""

import math

import pytest
import torch

from aigc_helpers import pixels


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_pixels_become_shares_of_white_and_floats_stay():
    grey = torch.tensor([0, 51, 255], dtype=torch.uint8)
    torch.testing.assert_close(pixels.to_unit(grey), torch.tensor([0.0, 0.2, 1.0]))
    shares = torch.tensor([0.0, 1.0])
    assert pixels.to_unit(shares) is shares
    assert pixels.to_unit(shares[:0]).shape == (0,)
    for wrong in (torch.tensor([-0.1, 1.0]), torch.tensor([0.0, 255.0])):
        with pytest.raises(ValueError, match="pixels must be in"):
            pixels.to_unit(wrong)


def test_pixels_become_signed_and_floats_stay():
    grey = torch.tensor([0, 51, 255], dtype=torch.uint8)
    expected = torch.tensor([-1.0, -0.6, 1.0])
    torch.testing.assert_close(pixels.to_signed(grey), expected)
    points = torch.tensor([-3.0, 5.0])
    assert pixels.to_signed(points) is points


def test_one_hot_rows_are_rows_of_the_identity():
    assert torch.equal(pixels.one_hot(torch.tensor([2, 0]), 3), torch.eye(3)[[2, 0]])
    assert pixels.one_hot(torch.tensor([1])).shape == (1, 10)


@pytest.mark.parametrize("shape", [(1, 28, 28), (1, 64, 64), (3, 32, 32), (3, 16, 24)])
def test_images_of_any_size_fit_the_network_that_was_built_for_it(shape):
    pixels.require_images(torch.rand(2, *shape), shape)
    expected = rf"\(B, {shape[0]}, {shape[1]}, {shape[2]}\), got \(2, 784\)"
    with pytest.raises(ValueError, match=expected):
        pixels.require_images(torch.rand(2, 784), shape)
    for other in [(1, 27, 28), (3, 28, 28), (*shape, 1), shape[1:]]:
        with pytest.raises(ValueError, match="channels, height and width"):
            pixels.require_images(torch.rand(2, *other), shape)
    with pytest.raises(ValueError, match="uint8; divide uint8 pixels by 255"):
        pixels.require_images(torch.zeros(2, *shape, dtype=torch.uint8), shape)


def test_a_range_from_zero_to_one_is_required_of_every_pixel():
    colours = torch.rand(2, 3, 4, 5)
    pixels.require_unit_range(colours)
    pixels.require_unit_range(torch.tensor([[0.0, 1.0]]))
    for wrong in (-0.1, 1.1, math.nan):
        colours[1, 2, 3, 4] = wrong
        with pytest.raises(ValueError, match=r"in \[0, 1\], got .*\(x \+ 1\) / 2"):
            pixels.require_unit_range(colours)
    with pytest.raises(ValueError, match="1 or more"):
        pixels.require_unit_range(colours[:0])


def test_chunks_are_joined_in_order_and_none_is_left_out():
    x, y = torch.rand(7, 3, 2), torch.rand(7)
    sizes = []

    def both(x, y):
        sizes.append(len(x))
        return x.sum(dim=2), y * 2

    first, second = pixels.in_chunks(both, x, y, batch_size=3)
    assert sizes == [3, 3, 1]
    assert torch.equal(first, x.sum(dim=2)) and torch.equal(second, y * 2)
    alone = pixels.in_chunks(lambda x: x + 1, x, None, batch_size=5)
    assert torch.equal(alone, x + 1)
    assert pixels.in_chunks(lambda x: x + 1, x[:0]).shape == (0, 3, 2)


def test_chunks_of_unequal_lengths_are_an_error():
    with pytest.raises(ValueError, match="zip"):
        pixels.in_chunks(lambda x, y: x, torch.rand(7), torch.rand(2), batch_size=3)


def test_the_arc_hits_its_ends_and_keeps_the_length():
    a, b = torch.randn(2, 64)
    b = b * a.norm() / b.norm()
    points = pixels.spherical_interpolation(a, b, torch.linspace(0, 1, 7))
    assert points.shape == (7, 64)
    torch.testing.assert_close(points[0], a, atol=1e-5, rtol=0)
    torch.testing.assert_close(points[-1], b, atol=1e-5, rtol=0)
    torch.testing.assert_close(points.norm(dim=1), a.norm().expand(7))


def test_the_arc_is_walked_at_constant_speed():
    """From x to y in the plane, a third of the way is 30 degrees."""
    x, y = torch.eye(2)
    (point,) = pixels.spherical_interpolation(x, y, torch.tensor([1 / 3]))
    torch.testing.assert_close(point, torch.tensor([math.sqrt(3) / 2, 0.5]))


def test_the_arc_between_equal_points_stays_there():
    a = torch.randn(64)
    points = pixels.spherical_interpolation(a, a, torch.linspace(0, 1, 5))
    torch.testing.assert_close(points, a.expand(5, 64), atol=1e-3, rtol=1e-3)


def test_the_line_hits_its_ends_and_its_middle():
    a, b = torch.randn(2, 5)
    points = pixels.linear_interpolation(a, b, torch.tensor([0.0, 0.5, 1.0]))
    torch.testing.assert_close(points, torch.stack([a, (a + b) / 2, b]))


def test_the_strongest_directions_are_the_planted_ones():
    planted, left = (torch.linalg.qr(torch.randn(n, 4)).Q for n in (4, 9))
    scale = torch.tensor([9.0, 5.0, 2.0, 1.0])
    found = pixels.strongest_directions(left @ (scale[:, None] * planted), 3)
    torch.testing.assert_close((found * planted[:3]).sum(dim=1).abs(), torch.ones(3))
    assert (found.gather(1, found.abs().argmax(1, keepdim=True)) > 0).all()
    for n in (0, 5):
        with pytest.raises(ValueError, match=rf"in 1\.\.4, got {n}"):
            pixels.strongest_directions(left, n)
