"""The ruler's eye: a small network that knows thirty people by their photographs."""

import torch
import torch.nn.functional as F
from torch import nn

from aigc_helpers.image.training import vary
from aigc_helpers.pixels import in_chunks, require_training_set, to_unit
from aigc_helpers.runtime import autocast
from aigc_helpers.training import Run


class PersonRecogniser(nn.Module):
    """Whose face is it? (B, 1, 64, 64) in [0, 1] to logits (B, n_classes).

    What counts is what it looks at: the 64 `features` before the logits, in which
    pictures of faces are compared as those of digits are in a digit classifier's.

    Parameters
    ----------
    n_classes : int
        People.
    width : int
        Channels of the first convolution; the last has eight times as many.
    feature_dim : int
        Size of the layer whose output `features` returns.
    """

    image_shape = (1, 64, 64)

    def __init__(self, n_classes: int = 30, width: int = 16, feature_dim: int = 64):
        super().__init__()
        self.n_classes = n_classes
        self.trunk = nn.Sequential(
            nn.PixelUnshuffle(2),  # (B, 4, 32, 32)
            *_block(4, width, stride=1),
            *_block(width, 2 * width, stride=2),  # (B, 2w, 16, 16)
            *_block(2 * width, 4 * width, stride=2),  # (B, 4w, 8, 8)
            *_block(4 * width, 8 * width, stride=2),  # (B, 8w, 4, 4)
            nn.Flatten(),  # (B, 128 * width)
            nn.Linear(128 * width, feature_dim),
        )
        self.head = nn.Linear(feature_dim, n_classes)

    def features(self, images):
        """(B, feature_dim) activations of the last hidden layer, after its ReLU."""
        return F.relu(self.trunk(images * 2 - 1))

    def forward(self, images):
        return self.head(self.features(images))  # (B, n_classes), logits


def _block(n_in: int, n_out: int, *, stride: int):
    conv = nn.Conv2d(n_in, n_out, 3, stride=stride, padding=1, bias=False)
    return conv, nn.BatchNorm2d(n_out), nn.ReLU()


def train_recogniser(recogniser, images, people, **options):
    """Train on photographs (N, 1, 64, 64) of ``people`` (N,); return the history.

    Afterwards the features are scaled so that their mean variance over ``images`` is
    1, which gives distances in them a unit that does not depend on the run.

    Parameters
    ----------
    recogniser : PersonRecogniser
        Changed in place.
    images : tensor
        uint8, or floats in [0, 1].
    people : int64 tensor (N,)
        In 0..n_classes - 1.
    **options
        ``steps``, ``batch_size`` (64), ``lr`` (3e-3, of AdamW), ``seed``,
        ``checkpoint``: see `training.Run`.

    Raises
    ------
    Mistake
        If images, people or a number cannot be meant.
    """
    require_training_set(images, people, recogniser, lowest=0)
    optimizer = torch.optim.AdamW(
        recogniser.parameters(), weight_decay=0.05, fused=True
    )
    options = {"batch_size": 64, "lr": 3e-3} | options
    run = Run(recogniser, {"optimizer": optimizer}, **options)
    for _ in run:
        index = torch.randint(len(images), (run.batch_size,), generator=run.rng)
        x = vary(to_unit(images[index]), run.rng)
        with autocast(x.device):
            logits = recogniser(x)
        # smoothed targets: 300 photographs are soon known by heart
        loss = F.cross_entropy(logits.float(), people[index], label_smoothing=0.05)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        run.record(loss=loss)
    recogniser.eval()
    standardise(recogniser, images)
    return run.history


@torch.no_grad()
def standardise(recogniser: PersonRecogniser, images) -> None:
    """Make the mean variance of the features over ``images`` 1; logits stay."""
    features = in_chunks(lambda chunk: recogniser.features(to_unit(chunk)), images)
    factor = features.var(dim=0).mean().rsqrt()
    last = recogniser.trunk[-1]
    last.weight.mul_(factor)
    last.bias.mul_(factor)
    recogniser.head.weight.div_(factor)
