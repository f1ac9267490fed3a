"""The peer of `benchmarks/gan.py`: `dcgan` of PyTorch-GAN, written from its settings.

https://github.com/eriklindernoren/PyTorch-GAN: 32x32 images, 100 latent numbers,
batches of 64, Adam with lr 2e-4 and betas (0.5, 0.999), dropout in the discriminator,
batch norm with eps 0.8, convolutions initialised from N(0, 0.02). The generator's
step comes first. Kind to it: its data are one tensor here, resized once, where the
program decodes and resizes every image anew.
"""

import torch
import torch.nn.functional as F
from torch import nn

LATENT_DIM = 100
BATCH_SIZE = 64


class Generator(nn.Module):
    """Noise (B, 100) to images (B, 1, 32, 32) in [-1, 1]."""

    def __init__(self):
        super().__init__()
        self.project = nn.Linear(LATENT_DIM, 128 * 8 * 8)
        self.layers = nn.Sequential(
            nn.BatchNorm2d(128),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(128, 128, 3, padding=1),
            nn.BatchNorm2d(128, eps=0.8),
            nn.LeakyReLU(0.2),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(128, 64, 3, padding=1),
            nn.BatchNorm2d(64, eps=0.8),
            nn.LeakyReLU(0.2),
            nn.Conv2d(64, 1, 3, padding=1),
            nn.Tanh(),
        )

    def forward(self, z):
        return self.layers(self.project(z).unflatten(1, (128, 8, 8)))


class Discriminator(nn.Module):
    """Images (B, 1, 32, 32) to logits (B, 1); the program's sigmoid is in the loss."""

    def __init__(self):
        super().__init__()
        blocks = [self.block(1, 16, norm=False), self.block(16, 32)]
        blocks += [self.block(32, 64), self.block(64, 128)]
        self.trunk = nn.Sequential(*blocks, nn.Flatten())
        self.to_logit = nn.Linear(128 * 2 * 2, 1)

    @staticmethod
    def block(n_in: int, n_out: int, norm: bool = True):
        """Half the height and width."""
        layers = [nn.Conv2d(n_in, n_out, 3, stride=2, padding=1)]
        layers += [nn.LeakyReLU(0.2), nn.Dropout2d(0.25)]
        return nn.Sequential(*layers, *[nn.BatchNorm2d(n_out, eps=0.8)] * norm)

    def forward(self, x):
        return self.to_logit(self.trunk(x))


def initialise(network: nn.Module) -> nn.Module:
    """Draw convolutions from N(0, 0.02) and batch norm scales from N(1, 0.02)."""
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.normal_(layer.weight, 0.0, 0.02)
        elif isinstance(layer, nn.BatchNorm2d):
            nn.init.normal_(layer.weight, 1.0, 0.02)
    return network


def training(images, *, seed: int, bf16: bool):
    """Train for ever, epoch after epoch; yield the generator after every step.

    ``images`` are uint8 (N, 1, 32, 32).
    """
    torch.manual_seed(seed)
    generator, discriminator = initialise(Generator()), initialise(Discriminator())
    optimizer_g, optimizer_d = (
        torch.optim.Adam(network.parameters(), lr=2e-4, betas=(0.5, 0.999))
        for network in (generator, discriminator)
    )
    precision = torch.autocast("cpu", torch.bfloat16, enabled=bf16)
    while True:
        for index in torch.randperm(len(images)).split(BATCH_SIZE):
            real = images[index] / 127.5 - 1
            with precision:
                fake = generator(torch.randn(len(real), LATENT_DIM))
                logits = discriminator(fake)
            loss_g = binary_cross_entropy(logits, 1.0)
            optimizer_g.zero_grad()
            loss_g.backward()
            optimizer_g.step()

            with precision:
                real_logits = discriminator(real)
                fake_logits = discriminator(fake.detach())
            loss_d = binary_cross_entropy(real_logits, 1.0) / 2
            loss_d = loss_d + binary_cross_entropy(fake_logits, 0.0) / 2
            optimizer_d.zero_grad()
            loss_d.backward()
            optimizer_d.step()
            yield generator


def binary_cross_entropy(logits, target: float):
    """Mean over the batch against one target, in float32."""
    logits = logits.float()
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, target))
