"""The person recogniser: its shapes, its unit, its training."""

import pytest
import torch

from aigc_helpers import image, metrics
from aigc_helpers.reader import Mistake


def people(n: int = 40, seed: int = 0):
    """uint8 pictures (n, 1, 64, 64) of five "people", each a bright bar, and whose."""
    rng = torch.Generator().manual_seed(seed)
    whose = torch.arange(n) % 5
    pictures = torch.randint(0, 60, (n, 1, 64, 64), generator=rng, dtype=torch.uint8)
    for picture, person in zip(pictures, whose.tolist(), strict=True):
        picture[0, 8 + 10 * person : 14 + 10 * person] = 220
    return pictures, whose


@pytest.fixture
def recogniser():
    torch.manual_seed(0)
    return image.PersonRecogniser(n_classes=5, width=4, feature_dim=6)


def test_logits_are_the_head_of_features_after_relu(recogniser):
    images = torch.rand(3, 1, 64, 64)
    features = recogniser.eval().features(images)
    assert features.shape == (3, 6) and features.min() == 0
    expected = features @ recogniser.head.weight.T + recogniser.head.bias
    torch.testing.assert_close(recogniser(images), expected)


def test_pixels_reach_the_network_between_minus_one_and_one(recogniser):
    seen = []
    recogniser.trunk.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    grey = torch.tensor([0.0, 0.5, 1.0]).view(3, 1, 1, 1).expand(3, 1, 64, 64)
    recogniser.features(grey)
    torch.testing.assert_close(seen[0][:, 0, 0, 0], torch.tensor([-1.0, 0.0, 1.0]))


def test_it_learns_who_is_who_and_its_features_get_a_unit(recogniser):
    images, whose = people()
    history = image.train_recogniser(
        recogniser, images, whose, steps=60, batch_size=20, lr=1e-2
    )
    assert not recogniser.training and len(history["loss"]) == 60
    new, who = people(seed=1)
    assert (metrics.predict_classes(recogniser, new / 255) == who).float().mean() > 0.9
    features = metrics.extract_features(recogniser, images / 255)
    assert float(features.var(dim=0).mean()) == pytest.approx(1, rel=1e-3)


def test_the_unit_leaves_the_answers_what_they_are(recogniser):
    images, whose = people(20)
    image.train_recogniser(recogniser, images, whose, steps=1)
    before = recogniser(images / 255).detach()
    with torch.no_grad():
        recogniser.trunk[-1].weight.mul_(3)
        recogniser.trunk[-1].bias.mul_(3)
        recogniser.head.weight.div_(3)
    image.recognition.standardise(recogniser, images)
    torch.testing.assert_close(recogniser(images / 255), before, rtol=1e-4, atol=1e-4)


def test_people_that_it_does_not_know_are_refused(recogniser):
    images, whose = people(10)
    with pytest.raises(Mistake):
        image.train_recogniser(recogniser, images, whose + 1, steps=1)
    with pytest.raises(Mistake):
        image.train_recogniser(recogniser, images, None, steps=1)
