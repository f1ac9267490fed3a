"""The digit classifier: its shapes, its unit, its training."""

import math

import pytest
import torch
import torch.nn.functional as F

from aigc_helpers import judge
from aigc_helpers.reader import Mistake
from aigc_helpers.training import DivergedError
from aigc_helpers.training.checkpoint import read_checkpoint


def tiny_set(n: int = 40):
    """uint8 images whose class is the row of a bright bar, and the classes."""
    labels = torch.arange(n) % 10
    images = torch.randint(0, 60, (n, 1, 28, 28), dtype=torch.uint8)
    for image, label in zip(images, labels, strict=True):
        image[0, 4 + 2 * label : 6 + 2 * label] = 255
    return images, labels


@pytest.fixture
def model():
    torch.manual_seed(0)
    return judge.DigitClassifier(width=4, feature_dim=6)


def test_logits_are_the_head_of_features_after_relu(model):
    images = torch.rand(3, 1, 28, 28)
    features = model.eval().features(images)
    assert features.shape == (3, 6) and features.min() == 0
    expected = features @ model.head.weight.T + model.head.bias
    assert expected.shape == (3, 10)
    torch.testing.assert_close(model(images), expected)


def test_pixels_reach_the_network_between_minus_one_and_one(model):
    seen = []
    model.trunk.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    model.features(torch.tensor([0.0, 0.5, 1.0]).view(3, 1, 1, 1).expand(3, 1, 28, 28))
    torch.testing.assert_close(seen[0][:, 0, 0, 0], torch.tensor([-1.0, 0.0, 1.0]))


def test_a_network_that_does_not_name_its_classes_has_ten(model):
    images, labels = tiny_set()
    plain = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(28 * 28, 10))
    history = judge.train_classifier(plain, images, labels, steps=2)
    assert len(history["loss"]) == 2
    with pytest.raises(Mistake) as caught:
        judge.train_classifier(plain, images, labels + 5, steps=2)
    assert "只有 0 到 9 类" in caught.value.chinese


def test_the_default_has_64_features():
    network = judge.DigitClassifier().eval()
    assert network.features(torch.rand(2, 1, 28, 28)).shape == (2, 64)


def test_standardised_features_have_mean_variance_one_and_the_same_logits(model):
    images, _ = tiny_set(700)  # more than one batch
    x = images / 255
    model.train()  # it must not move the batch statistics
    buffers = {key: value.clone() for key, value in model.named_buffers()}
    with torch.no_grad():
        logits = model.eval()(x)
        model.train()
        judge.standardise_features(model, images)
        features = model.eval().features(x)
        torch.testing.assert_close(model(x), logits, rtol=1e-4, atol=1e-5)
    assert features.var(dim=0).mean().item() == pytest.approx(1, rel=1e-4)
    assert all(torch.equal(value, buffers[key]) for key, value in model.named_buffers())


def test_a_shift_moves_the_batch_and_fills_with_zeros():
    images = torch.rand(2, 1, 6, 5) + 1
    rng = torch.Generator().manual_seed(0)
    padded = F.pad(images, (2, 2, 2, 2))
    windows = {
        (top, left): padded[:, :, top : top + 6, left : left + 5]
        for top in range(5)
        for left in range(5)
    }
    found = set()
    for _ in range(300):
        moved = judge.shift_randomly(images, rng, pixels=2)
        found |= {k for k, window in windows.items() if torch.equal(window, moved)}
    assert found == set(windows)  # all 25 shifts, and nothing else, come up
    assert torch.equal(judge.shift_randomly(images, rng, pixels=0), images)


def test_training_learns_and_ends_in_evaluation_mode(model):
    images, labels = tiny_set()
    history = judge.train_classifier(model, images, labels, steps=40, batch_size=40)
    assert len(history["loss"]) == 40
    assert history["loss"][0] == pytest.approx(math.log(10), abs=0.6)
    assert sum(history["loss"][-5:]) / 5 < 0.8 * history["loss"][0]
    assert not model.training


def test_training_goes_on_from_a_checkpoint(model, tmp_path):
    images, labels = tiny_set()
    file = tmp_path / "run.safetensors"
    options = {"steps": 6, "batch_size": 8, "checkpoint": file}
    history = judge.train_classifier(model, images, labels, **options)
    assert read_checkpoint(file)[1]["step"] == 6
    fresh = judge.DigitClassifier(width=4, feature_dim=6)
    assert judge.train_classifier(fresh, images, labels, **options) == history
    for key, value in model.state_dict().items():
        assert torch.equal(value, fresh.state_dict()[key]), key


def test_training_stops_when_a_weight_is_no_number(model):
    images, labels = tiny_set()
    with torch.no_grad():
        model.head.bias[0] = math.nan
    with pytest.raises(DivergedError, match="loss is nan at step 0"):
        judge.train_classifier(model, images, labels, steps=3)
