"""Holes: which pixels are missing, and that a seed decides it."""

import pytest
import torch

from aigc_helpers.image import (
    box_hole,
    centre_square,
    free_strokes,
    lower_half,
    training_holes,
)
from aigc_helpers.reader import Mistake


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def is_hole(hole, n: int, size: int = 64) -> bool:
    return hole.shape == (n, 1, size, size) and ((hole == 0) | (hole == 1)).all()


def test_the_lower_half_is_the_lower_half():
    hole = lower_half(8)
    assert is_hole(hole, 1, 8)
    assert hole[0, 0].tolist() == [[0.0] * 8] * 4 + [[1.0] * 8] * 4


def test_the_square_lies_in_the_middle():
    hole = centre_square(8, 4)
    assert hole.sum() == 16 and hole[0, 0, 2:6, 2:6].all()
    assert torch.equal(hole, hole.rot90(1, (2, 3)))
    assert centre_square().sum() == 28**2


@pytest.mark.parametrize("side", [0, 9, -1])
def test_a_square_that_does_not_fit_is_refused(side):
    with pytest.raises(Mistake, match="does not fit into 8") as caught:
        centre_square(8, side)
    assert "放不进" in caught.value.chinese


def test_a_box_is_cut_off_at_the_border():
    assert box_hole(-2, 6, 4, 5, 8).sum() == 2 * 2


def test_strokes_are_thin_winding_and_decided_by_the_seed():
    strokes = free_strokes(40, rng())
    assert is_hole(strokes, 40)
    assert torch.equal(strokes, free_strokes(40, rng()))
    assert not torch.equal(strokes, free_strokes(40, rng(1)))
    share = strokes.mean(dim=(1, 2, 3))
    assert 0.02 < share.min() and share.max() < 0.7 and 0.1 < share.mean() < 0.4
    # Thin: most of a hole lies within five pixels of its rim.
    core = -torch.nn.functional.max_pool2d(-strokes, 11, 1, 5)
    assert core.sum() < 0.15 * strokes.sum()


def test_training_holes_are_of_all_kinds_and_leave_something_to_see():
    holes = training_holes(300, rng())
    assert is_hole(holes, 300)
    flat = holes.flatten(1)
    assert flat.any(dim=1).all() and not flat.all(dim=1).any()
    rows, columns = holes[:, 0].any(dim=2).sum(1), holes[:, 0].any(dim=1).sum(1)
    full = flat.sum(dim=1) == rows * columns
    halves = full & ((rows == 64) | (columns == 64))
    assert min(halves.sum(), (full & ~halves).sum(), (~full).sum()) > 50
    # An upper, a lower, a left and a right part are missing about equally often.
    corners = holes[halves][:, 0][:, [0, 0, -1], [0, -1, 0]].bool()
    kinds = {tuple(corner.tolist()) for corner in corners}
    assert len(kinds) == 4


def test_the_side_of_the_pictures_decides_the_size():
    assert is_hole(training_holes(30, rng(), 28), 30, 28)
    assert is_hole(free_strokes(2, rng(), 28), 2, 28)
