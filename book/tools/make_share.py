"""Draw book/assets/share.png, the picture that stands beside a shared link.

Digits by the shipped conditional generator: one latent vector a row, one class a
column. Run it again when that network changes.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import torch
from matplotlib.figure import Figure

from aigc_helpers import gan, weights
from aigc_helpers.pixels import one_hot
from aigc_helpers.plotting.style import house_style

TARGET = Path(__file__).parents[1] / "assets" / "share.png"
SIZE = (1200, 630)  # pixels, as services that show links expect
ROWS, SEED = 4, 4
PAPER, INK, ACCENT = "#10161c", "#f4f6f8", "#6cc3cc"


def digits() -> torch.Tensor:
    """One picture (ROWS * 28, 280) in [0, 1]."""
    generator = weights.load("gan_mnist_conditional")
    rng = torch.Generator().manual_seed(SEED)
    z = torch.randn(ROWS, generator.latent_dim, generator=rng)
    z = z.repeat_interleave(10, dim=0)
    y = one_hot(torch.arange(10).repeat(ROWS))
    images = gan.sample_images(generator, z, y).view(ROWS, 10, 28, 28)
    return images.permute(0, 2, 1, 3).reshape(ROWS * 28, 280)


@house_style()
def draw() -> Figure:
    """The whole picture."""
    fig = plt.figure(figsize=(SIZE[0] / 100, SIZE[1] / 100), dpi=100, facecolor=PAPER)
    picture = fig.add_axes([0.06, 0.08, 0.88, 0.5])
    picture.imshow(digits(), cmap="gray", vmin=0, vmax=1)
    picture.axis("off")
    fig.text(0.06, 0.8, "AIGC 从入门到实战", size=54, color=INK, weight="bold")
    line = "从空白单元格写出生成模型，训练它，测量它，拉一拉它的每个方向"
    fig.text(0.06, 0.69, line, size=21, color=ACCENT)
    return fig


def main() -> None:
    """Draw and save."""
    fig = draw()
    fig.savefig(TARGET, dpi=100, facecolor=PAPER)
    plt.close(fig)


if __name__ == "__main__":
    main()
