"""A small digit classifier: the eye with which the book judges generated digits."""

import torch
import torch.nn.functional as F
from torch import nn

from aigc_helpers.pixels import in_chunks, require_training_set, to_unit
from aigc_helpers.runtime import autocast
from aigc_helpers.training import Run


class DigitClassifier(nn.Module):
    """Ten digits from a (B, 1, 28, 28) image in [0, 1]; 64 features before the logits.

    Parameters
    ----------
    width : int
        Channels of the first convolution; the last block has four times as many.
    feature_dim : int
        Size of the layer whose output `features` returns.
    """

    image_shape = (1, 28, 28)
    n_classes = 10

    def __init__(self, width: int = 32, feature_dim: int = 64):
        super().__init__()
        self.trunk = nn.Sequential(
            nn.PixelUnshuffle(2),  # (B, 4, 14, 14)
            *_block(4, width, stride=1),
            *_block(width, 2 * width, stride=2),  # (B, 2w, 7, 7)
            *_block(2 * width, 4 * width, stride=2),  # (B, 4w, 4, 4)
            nn.Flatten(),
            nn.Linear(4 * width * 16, feature_dim),
        )
        self.head = nn.Linear(feature_dim, self.n_classes)

    def features(self, images):
        """(B, 64) activations of the last hidden layer, after its ReLU."""
        return F.relu(self.trunk(images * 2 - 1))

    def forward(self, images):
        return self.head(self.features(images))  # (B, 10), logits


@torch.no_grad()
def standardise_features(model: DigitClassifier, images) -> None:
    """Scale the features so that their mean variance over ``images`` is 1.

    The logits stay what they were: ReLU lets a positive factor through, and the head
    takes it back. It gives Frechet distances a unit that does not depend on the run.
    """
    model.eval()
    features = in_chunks(lambda chunk: model.features(chunk / 255), images)
    factor = features.var(dim=0).mean().rsqrt()
    last = model.trunk[-1]
    last.weight.mul_(factor)
    last.bias.mul_(factor)
    model.head.weight.div_(factor)


def _block(n_in: int, n_out: int, *, stride: int):
    conv = nn.Conv2d(n_in, n_out, 3, stride=stride, padding=1, bias=False)
    return conv, nn.BatchNorm2d(n_out), nn.ReLU()


def shift_randomly(images, generator: torch.Generator, *, pixels: int = 2):
    """Move a batch (B, 1, H, W) by up to ``pixels`` in each direction, zeros enter."""
    _, _, height, width = images.shape
    padded = F.pad(images, (pixels,) * 4)
    top, left = torch.randint(0, 2 * pixels + 1, (2,), generator=generator).tolist()
    return padded[:, :, top : top + height, left : left + width]


def train_classifier(model, images, labels, **options):
    """Train on images (N, 1, 28, 28) and labels (N,); return the loss history.

    Images are uint8, or floats in [0, 1]. A model has 10 classes unless its
    ``n_classes`` says another number.
    ``options`` are ``steps``, ``batch_size`` (128), ``lr`` (4e-3), ``seed``,
    ``checkpoint``: see `training.Run`.
    """
    require_training_set(
        images, labels, model, lowest=0, n_classes=DigitClassifier.n_classes
    )
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=0.05, fused=True)
    options = {"batch_size": 128, "lr": 4e-3} | options
    run = Run(model, {"optimizer": optimizer}, **options)
    for _ in run:
        index = torch.randint(len(images), (run.batch_size,), generator=run.rng)
        x = shift_randomly(to_unit(images[index]), run.rng)
        with autocast(x.device):
            logits = model(x)
        loss = F.cross_entropy(logits.float(), labels[index])  # nats
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        run.record(loss=loss)
    model.eval()
    return run.history
