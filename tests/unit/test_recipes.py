"""Recipes from data to a card, on forty images in the place of MNIST."""

import signal

import pytest
import torch
from safetensors.torch import load_file

from aigc_helpers import gan, recipes, training, vision, weights
from aigc_helpers.data.images import ImageSet


@pytest.fixture(autouse=True)
def tiny_mnist(monkeypatch):
    """Forty images with a bar that tells the class; twenty samples for the metrics.

    Directions take seconds and are tested with the GAN: here they are the axes.
    """
    torch.manual_seed(0)
    labels = torch.arange(40) % 10
    images = torch.randint(0, 60, (40, 1, 28, 28), dtype=torch.uint8)
    for image, label in zip(images, labels, strict=True):
        image[0, 4 + 2 * label : 6 + 2 * label] = 255

    def load_images(name, split="train"):
        assert name == "mnist"
        return ImageSet(images, labels, name, split)

    def axes(generator):
        return torch.eye(generator.latent_dim)[:6]

    monkeypatch.setattr(gan, "principal_directions", axes)
    monkeypatch.setattr(recipes, "load_images", load_images)
    monkeypatch.setattr(recipes, "N_SAMPLES", 20)


def test_an_unknown_recipe_lists_the_known_ones(tmp_path):
    with pytest.raises(ValueError, match="no recipe named 'vae'.*gan_mnist"):
        recipes.train_shipped("vae", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_every_shipped_network_has_a_recipe_and_was_made_by_it():
    assert sorted(recipes.RECIPES) == weights.names()
    for name, recipe in recipes.RECIPES.items():
        card = weights.card(name)
        assert card["network"] == {
            "module": recipe.module,
            "class": recipe.network,
            "arguments": recipe.arguments,
        }
        assert card["steps"] == recipe.steps and card["title"] == recipe.title


@pytest.mark.parametrize("name", list(recipes.RECIPES))
def test_a_recipe_ends_in_weights_that_load_and_a_card(name, tmp_path):
    card = recipes.train_shipped(name, tmp_path, seed=3, steps=2)
    assert weights.names(tmp_path) == [name]
    assert card == weights.card(name, tmp_path)
    assert (card["seed"], card["steps"]) == (3, 2)
    assert card["command"] == f"aigc train {name} --seed 3 --steps 2"
    network = weights.load(name, folder=tmp_path)
    assert type(network).__name__ == recipes.RECIPES[name].network
    assert card["metrics"] == recipes.evaluate(name, tmp_path)
    tensors = load_file(tmp_path / f"{name}.safetensors")
    assert (weights.DIRECTIONS in tensors) == (name != "mnist_classifier")


def test_a_generator_card_tells_the_explorer_what_to_show(tmp_path):
    card = recipes.train_shipped("gan_mnist_conditional", tmp_path, steps=1)
    assert card["explorer"] == {
        "latent_dim": gan.ConditionalGenerator().latent_dim,
        "n_classes": 10,
        "image_shape": [28, 28],
        **recipes.RECIPES["gan_mnist_conditional"].first,
    }
    assert set(card["metrics"]) == {
        "frechet_distance",
        "frechet_floor",
        "class_coverage",
        "rarest_class_share",
        "label_accuracy",
    }
    plain = recipes.train_shipped("gan_mnist", tmp_path, steps=1)
    assert plain["explorer"]["n_classes"] == 0
    assert "label_accuracy" not in plain["metrics"]


def test_the_same_seed_makes_the_same_file(tmp_path):
    sums = [
        recipes.train_shipped("gan_mnist", tmp_path, seed=seed, steps=2)["sha256"]
        for seed in (0, 0, 1)
    ]
    assert sums[0] == sums[1] != sums[2]


def interrupt_at(monkeypatch, at: int):
    """Press Ctrl-C in step ``at`` of the next run."""
    original = training.raise_if_not_finite

    def press(step, **losses):
        if step == at:
            signal.raise_signal(signal.SIGINT)
        original(step, **losses)

    for module in (gan, vision):
        monkeypatch.setattr(module, "raise_if_not_finite", press)


@pytest.mark.filterwarnings("ignore:stopped after")
@pytest.mark.parametrize("name", ["gan_mnist", "mnist_classifier"])
def test_an_interrupted_recipe_ships_nothing_and_goes_on(name, tmp_path, monkeypatch):
    file, folder = tmp_path / "run", tmp_path / "weights"
    unbroken = recipes.train_shipped(name, tmp_path / "other", steps=4)
    with monkeypatch.context() as patch:
        interrupt_at(patch, 1)
        with pytest.raises(InterruptedError, match="same command again"):
            recipes.train_shipped(name, folder, steps=4, checkpoint=file)
    assert file.exists() and not folder.exists()
    resumed = recipes.train_shipped(name, folder, steps=4, checkpoint=file)
    assert resumed["sha256"] == unbroken["sha256"] and not file.exists()


def test_the_classifier_metric_is_the_share_of_right_answers():
    class Always(torch.nn.Module):
        def forward(self, images):
            return torch.nn.functional.one_hot(torch.full((len(images),), 3), 10)

    assert recipes.evaluate_classifier(Always()) == {"test_accuracy": 0.1}


def test_perfect_samples_have_distance_zero_and_all_classes(monkeypatch):
    """A generator that hands out the test set itself."""
    test = recipes.load_images("mnist", "test")

    class Copyist(torch.nn.Module):
        latent_dim, n_classes = 2, 10

        def forward(self, z, y):
            assert torch.equal(y.argmax(dim=1), test.labels)  # each class in turn
            return test.images / 127.5 - 1

    monkeypatch.setattr(recipes, "N_SAMPLES", 40)
    judge = vision.DigitClassifier(width=8)
    vision.train_classifier(judge, test.images, test.labels, steps=120, batch_size=40)
    monkeypatch.setattr(weights, "load", lambda name: judge)
    found = recipes.evaluate_generator(Copyist())
    assert found["class_coverage"] == 10
    assert found["rarest_class_share"] == pytest.approx(0.1, abs=0.05)
    assert found["label_accuracy"] > 0.9
    assert found["frechet_distance"] == pytest.approx(0, abs=0.002)
    assert found["frechet_floor"] == 0  # here training and test images are the same
