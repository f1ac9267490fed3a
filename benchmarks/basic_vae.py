"""The peer of `benchmarks/vae.py`: `vae` of pytorch/examples, from its settings.

https://github.com/pytorch/examples: 784-400-20 and back, ReLU, Adam with lr 1e-3,
batches of 128, the sum of binary cross-entropy on grey values and KL divergence, ten
epochs. `training` is kind to it: its data are one tensor. The program itself turns
every image into a picture and that into a tensor, each time anew: `loading`.
"""

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset

BATCH_SIZE = 128
EPOCHS = 10


class BasicVAE(nn.Module):
    """Images (B, 1, 28, 28) in [0, 1] to logits, mean and log-variance.

    The program's sigmoid is in the loss.
    """

    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(784, 400)
        self.to_mu, self.to_logvar = nn.Linear(400, 20), nn.Linear(400, 20)
        self.decoder = nn.Sequential(nn.Linear(20, 400), nn.ReLU(), nn.Linear(400, 784))

    def forward(self, x, *, generator=None):
        h = F.relu(self.hidden(x.flatten(1)))
        mu, logvar = self.to_mu(h).float(), self.to_logvar(h).float()
        eps = torch.randn(mu.shape, generator=generator)
        z = mu + eps * torch.exp(0.5 * logvar)
        return self.decoder(z).view_as(x), mu, logvar


def loss_sum(x, logits, mu, logvar):
    """Negative ELBO in nats, summed over the batch, in float32."""
    bce = F.binary_cross_entropy_with_logits(logits.float(), x, reduction="sum")
    return bce - 0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())


def training(images, *, seed: int, bf16: bool):
    """Train for ever, epoch after epoch; yield the model after every step.

    ``images`` are uint8 (N, 1, 28, 28).
    """
    torch.manual_seed(seed)
    model = BasicVAE()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    precision = torch.autocast("cpu", torch.bfloat16, enabled=bf16)
    while True:
        for index in torch.randperm(len(images)).split(BATCH_SIZE):
            x = images[index] / 255
            with precision:
                logits, mu, logvar = model(x)
            optimizer.zero_grad()
            loss_sum(x, logits, mu, logvar).backward()
            optimizer.step()
            yield model


class Pictures(Dataset):
    """One image after the other, as torchvision's MNIST and ToTensor make them."""

    def __init__(self, images):
        self.images = images[:, 0]  # uint8 (N, 28, 28)

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, i):
        picture = Image.fromarray(self.images[i].numpy())
        pixels = torch.from_numpy(np.array(picture)).view(28, 28, 1)
        return pixels.permute(2, 0, 1).contiguous().to(torch.float32).div(255)


def loading(images):
    """Load for ever, epoch after epoch; yield each batch (B, 1, 28, 28)."""
    loader = DataLoader(Pictures(images), batch_size=BATCH_SIZE, shuffle=True)
    while True:
        yield from loader
