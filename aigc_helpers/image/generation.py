"""Faces from noise: the networks; `gan.train_gan` of chapter 05 plays the game."""

import torch
import torch.nn.functional as F
from torch import nn

from aigc_helpers.pixels import require_shape
from aigc_helpers.reader import Mistake

MARGIN = 8  # pixels that a picture moves, at most, before the discriminator sees it
PATCH = 24  # side of the square that it does not get to see
BRIGHTNESS, CONTRAST = 0.1, 0.3  # most that is added, and most that is multiplied


def _normed(n_in: int, n_out: int, *, up: bool = False):
    """A 3x3 convolution, batch norm and ReLU; with ``up`` to twice the size."""
    conv = nn.Conv2d(n_in, 4 * n_out if up else n_out, 3, padding=1, bias=False)
    shuffle = [nn.PixelShuffle(2)] if up else []
    return [conv, *shuffle, nn.BatchNorm2d(n_out), nn.ReLU()]


class FaceGenerator(nn.Module):
    """Noise (B, latent_dim) to faces (B, 1, 64, 64) in [-1, 1].

    Built as chapter 05's generator of digits: all convolutions run at 8x8 to 32x32,
    and `PixelShuffle` (Shi et al., 2016) does the last doubling.

    Parameters
    ----------
    latent_dim : int
        Size of the noise vector z, drawn from N(0, I).
    width : int
        Channels at 8x8.
    """

    def __init__(self, latent_dim: int = 32, width: int = 64):
        super().__init__()
        self.latent_dim = latent_dim
        self.project = nn.Sequential(
            nn.Linear(latent_dim, width * 8 * 8, bias=False),
            nn.Unflatten(1, (width, 8, 8)),
            nn.BatchNorm2d(width),
            nn.ReLU(),
        )
        self.upsample = nn.Sequential(
            *_normed(width, width),
            *_normed(width, 48, up=True),  # (B, 48, 16, 16)
            *_normed(48, 48),
            *_normed(48, 32, up=True),  # (B, 32, 32, 32)
            *_normed(32, 32),
        )
        self.to_image = nn.Sequential(
            nn.Conv2d(32, 4, 3, padding=1),
            nn.PixelShuffle(2),  # (B, 1, 64, 64)
            nn.Tanh(),
        )

    def forward(self, z):
        require_shape("z", z, self.latent_dim)
        return self.to_image(self.upsample(self.project(z)))


class FaceDecoder(nn.Module):
    """A generator in evaluation mode whose faces are in [0, 1] instead of [-1, 1]."""

    def __init__(self, generator: nn.Module):
        super().__init__()
        self.generator = generator.eval()

    def forward(self, z):
        return (self.generator(z) + 1) / 2


class MeasuredFaceDecoder(FaceDecoder):
    """As `FaceDecoder`, and how far each face is from the nearest known photograph.

    The distance is that of `nearest_distance` in a recogniser's features, in a unit
    of one's choice. Faces are (B, 1, 64, 64), distances (B,).

    Parameters
    ----------
    generator : FaceGenerator
    recogniser : PersonRecogniser
        Whose `features` are compared.
    known : float tensor (N, D)
        The features of the N photographs that the generator learnt.
    unit : float
        The distance that counts as 1.

    Raises
    ------
    Mistake
        If the features do not fit the recogniser, or the unit is no length.
    """

    def __init__(self, generator: nn.Module, recogniser: nn.Module, known, unit):
        super().__init__(generator)
        self.recogniser = recogniser.eval()
        width, unit = recogniser.head.in_features, torch.as_tensor(unit).float()
        if known.ndim != 2 or not len(known) or known.shape[1] != width:
            raise Mistake(
                f"known features are {tuple(known.shape)}; expected (N, {width})",
                f"known 的形状是 {tuple(known.shape)}，应当是 (N, {width})：每张照片"
                f"一行，每行是认人的网络给出的 {width} 个特征。",
            )
        if unit.shape or not 0 < unit < torch.inf:
            raise Mistake(
                f"the unit must be one positive number, not {unit.tolist()}",
                f"unit 写成了 {unit.tolist()}，应当是一个正数。",
            )
        self.register_buffer("known", known.float())
        self.register_buffer("unit", unit)

    def forward(self, z):
        faces = super().forward(z)
        features = self.recogniser.features(faces)  # (B, D)
        return faces, nearest_distance(features, self.known) / self.unit


def nearest_distance(features, known):
    """Euclidean distance (B,) of each of ``features`` (B, D) to the nearest of (N, D).

    Written out: `torch.cdist` multiplies matrices, which blurs small distances.
    """
    gaps = features[:, None] - known  # (B, N, D)
    return gaps.square().sum(dim=2).amin(dim=1).sqrt()


class FaceDiscriminator(nn.Module):
    """Faces (B, 1, 64, 64) in [-1, 1] to logits (B,): large means "looks real".

    While it trains it sees no picture as it is, real or generated, but moved, lit
    otherwise and with a square covered (Zhao et al., 2020): of a few hundred
    photographs it would soon know each by heart, and tell the generator nothing more.
    Gradients flow through all of that. The last feature is the spread of the batch
    (Karras et al., 2018), as in chapter 05.

    Parameters
    ----------
    width : int
        Channels at 32x32.
    augments : bool
        Whether it changes what it sees.
    """

    def __init__(self, width: int = 24, *, augments: bool = True):
        super().__init__()
        self.augments = augments
        self.register_buffer("n_seen", torch.zeros((), dtype=torch.int64))  # batches
        layers = [nn.PixelUnshuffle(2)]  # (B, 4, 32, 32)
        sizes = [(4, width, 1), (width, 2 * width, 2), (2 * width, 4 * width, 2)]
        for n_in, n_out, stride in [*sizes, (4 * width, 4 * width, 2)]:
            layers += [nn.Conv2d(n_in, n_out, 3, stride=stride, padding=1)]
            layers += [nn.LeakyReLU(0.2)]
        self.trunk = nn.Sequential(*layers, nn.Flatten())  # (B, 64 * width)
        self.to_logit = nn.Linear(64 * width + 1, 1)

    def forward(self, x):
        if self.training and self.augments:
            # Its own draws, counted in its state: a run that is resumed goes on alike.
            rng = torch.Generator().manual_seed(int(self.n_seen))
            self.n_seen += 1
            x = augment(x, rng)
        h = self.trunk(x)  # (B, 64 * width)
        centred = (h - h.mean(dim=0)).float()
        spread = centred.square().mean(dim=0).add(1e-8).sqrt().mean()
        spread = spread.expand(len(h), 1).to(h.dtype)  # one number a batch, (B, 1)
        return self.to_logit(torch.cat([h, spread], dim=1))[:, 0]


def augment(x, rng: torch.Generator):
    """Pictures (B, 1, H, W), each lit otherwise, moved, and with a square covered.

    The three changes of Zhao et al. (2020), "Differentiable Augmentation for
    Data-Efficient GAN Training": what comes in from outside and the square are 0.
    """
    n, _, height, width = x.shape
    light, contrast = (2 * torch.rand(2, n, 1, 1, 1, generator=rng) - 1).to(x.dtype)
    mean = x.mean(dim=(1, 2, 3), keepdim=True)
    x = (x - mean) * (1 + CONTRAST * contrast) + mean + BRIGHTNESS * light
    moves = torch.randint(0, 2 * MARGIN + 1, (n, 2), generator=rng).tolist()
    padded = F.pad(x, (MARGIN,) * 4)
    x = torch.stack(
        [
            picture[:, top : top + height, left : left + width]
            for picture, (top, left) in zip(padded, moves, strict=True)
        ]
    )
    return x * _squares_out(n, (height, width), rng).to(x.dtype)


def _squares_out(n: int, size: tuple[int, int], rng: torch.Generator):
    """1 everywhere but in a square, which may reach over the border, (n, 1, H, W)."""
    rows, columns = (
        torch.randint(-PATCH // 3, side - PATCH // 3, (n, 1), generator=rng)
        for side in size
    )
    inside_y, inside_x = (
        (torch.arange(side) >= start) & (torch.arange(side) < start + PATCH)
        for side, start in zip(size, (rows, columns), strict=True)
    )  # (n, H), (n, W)
    return 1 - (inside_y[:, :, None] & inside_x[:, None, :]).float()[:, None]
