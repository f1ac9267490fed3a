"""A trained filler at work: the picture stays where it is known."""

import torch
from torch import nn

from aigc_helpers.pixels import require_images, require_unit_range
from aigc_helpers.reader import Mistake
from aigc_helpers.runtime import evaluation_mode


class FilledPicture(nn.Module):
    """A filler whose answer is a picture: in [0, 1], and its own outside the hole."""

    def __init__(self, filler: nn.Module):
        super().__init__()
        self.filler = filler

    def forward(self, image, hole):
        return _composed(self.filler, image, hole)


@torch.no_grad()
def fill(filler, image, hole):
    """Pictures (B, 1, H, W) with their holes filled, whatever fills them.

    Parameters
    ----------
    filler : callable
        A trained `Filler`, a `LinearFiller`: ``filler(image, hole)``.
    image : float tensor (B, 1, H, W), in [0, 1]
    hole : tensor (B, 1, H, W) or (1, 1, H, W), of 0 and 1
        1 is to be filled; what the picture holds there is not looked at.

    Raises
    ------
    ValueError
        If pictures or holes do not fit.
    """
    require_images(image, tuple(image.shape[1:]))
    require_unit_range(image)
    if hole.shape[1:] != (1, *image.shape[2:]) or len(hole) not in (1, len(image)):
        raise Mistake(
            f"the hole is {tuple(hole.shape)}; pictures {tuple(image.shape)} need as "
            "many holes, or one, of their height and width",
            f"洞的形状是 {tuple(hole.shape)}，图是 {tuple(image.shape)}：洞要和图一样"
            "高、一样宽，个数相同，或者只有一个。",
        )
    hole = hole.to(image.dtype).expand(len(image), -1, -1, -1)
    with evaluation_mode(filler):
        return _composed(filler, image, hole)


def _composed(filler, image, hole):
    """What is known of the picture, and of the filler's answer the hole."""
    known = image * (1 - hole)
    return known + filler(known, hole).clamp(0, 1) * hole  # (B, 1, H, W)
