"""Recipes from data to a card, on forty images in the place of MNIST."""

import importlib
import re
import signal
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from aigc_helpers import cli, data, gan, recipes, training, vae, weights
from aigc_helpers.data.images import ImageSet
from aigc_helpers.reader import Stopped
from aigc_helpers.recipes import gan as gan_recipes
from aigc_helpers.recipes import judge as judge_recipes
from aigc_helpers.recipes import judging, shipping
from aigc_helpers.recipes import vae as vae_recipes

ON_MNIST = [
    name
    for name, recipe in recipes.RECIPES.items()
    if recipe.module in ("judge", "gan", "vae")
]


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

    for module in (gan, vae):
        monkeypatch.setattr(module, "principal_directions", axes)
    monkeypatch.setattr(data, "load_images", load_images)
    monkeypatch.setattr(judging, "N_SAMPLES", 20)
    monkeypatch.setattr(judging, "N_RESAMPLES", 20)


def test_an_unknown_recipe_lists_the_known_ones(tmp_path):
    with pytest.raises(ValueError, match="no recipe named 'nothing'.*gan_mnist"):
        recipes.train_shipped("nothing", tmp_path)
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


def test_a_module_that_defines_recipes_is_found(tmp_path, monkeypatch):
    """A second definition of a name is an error, a new module is not."""
    (tmp_path / "poetry.py").write_text(
        "RECIPES = {'poem': 1}\nFIGURES = {'rhyme': '韵'}"
    )
    (tmp_path / "prose.py").write_text("FIGURES = {'rhyme': '韵脚'}")
    monkeypatch.setattr(recipes, "__path__", [*recipes.__path__, str(tmp_path)])
    monkeypatch.setattr(shipping, "__file__", str(tmp_path / "shipping.py"))
    collect = shipping.collected.__wrapped__
    assert collect("RECIPES") == {"poem": 1} and collect("SUBJECTS") == {}
    with pytest.raises(ValueError, match=r"prose defines \['rhyme'\] of FIGURES"):
        collect("FIGURES")
    for name in ("poetry", "prose"):
        monkeypatch.delitem(sys.modules, f"aigc_helpers.recipes.{name}")


def test_every_module_of_recipes_begins_with_its_subjects_name():
    for path in Path(shipping.__file__).parent.glob("*.py"):
        module = importlib.import_module(f"aigc_helpers.recipes.{path.stem}")
        for recipe in vars(module).get("RECIPES", {}).values():
            assert path.stem == recipe.module or (
                path.stem.startswith(f"{recipe.module}_")
            )


def test_a_network_that_judges_is_trained_before_those_it_judges():
    order = recipes.training_order()
    assert sorted(order) == sorted(recipes.RECIPES)
    assert order.index("mnist_classifier") < order.index("gan_mnist")
    assert order.index("mnist_classifier") < order.index("vae_mnist_plane")


def test_every_figure_of_every_card_has_a_chinese_name():
    figures = {
        figure.removesuffix("_interval")
        for name in weights.names()
        for figure in weights.card(name)["metrics"]
    }
    assert figures == set(recipes.FIGURES)
    assert all(re.search("[\u4e00-\u9fff]", name) for name in recipes.FIGURES.values())


def test_the_package_has_no_other_attributes():
    with pytest.raises(AttributeError, match="has no attribute 'NOTHING'"):
        recipes.NOTHING  # noqa: B018


@pytest.mark.parametrize("name", ON_MNIST)
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
    for_explorer = {key for key in tensors if key.startswith(weights.EXPLORER)}
    assert for_explorer == {
        "mnist_classifier": set(),
        "vae_mnist_plane": {"explorer.points", "explorer.labels"},
    }.get(name, {"explorer.directions"})


def test_a_generator_card_tells_the_explorer_what_to_show(tmp_path):
    card = recipes.train_shipped("gan_mnist_conditional", tmp_path, steps=1)
    assert card["explorer"] == {
        "kind": "latent",
        "decoder": "PixelDecoder",
        "latent_dim": gan.ConditionalGenerator().latent_dim,
        "n_classes": 10,
        "image_shape": [1, 28, 28],
        **recipes.RECIPES["gan_mnist_conditional"].first,
    }
    with_interval = {
        "frechet_distance",
        "frechet_floor",
        "precision",
        "recall",
        "rarest_class_share",
        "copying_excess",
        "copying_floor",
        "label_accuracy",
    }
    assert set(card["metrics"]) == {
        "class_coverage",
        "copying_p_value",
        *with_interval,
        *(f"{name}_interval" for name in with_interval),
    }
    for name in with_interval:
        low, high = card["metrics"][f"{name}_interval"]
        assert low <= card["metrics"][name] <= high
    plain = recipes.train_shipped("gan_mnist", tmp_path, steps=1)
    assert plain["explorer"]["n_classes"] == 0
    assert "label_accuracy" not in plain["metrics"]


def test_a_vae_card_tells_bounds_and_samples(tmp_path):
    card = recipes.train_shipped("vae_mnist_conditional", tmp_path, steps=1)
    found = card["metrics"]
    bounds = ("negative_elbo", "kl_divergence", "importance_weighted_nll")
    for name in (*bounds, "bits_per_pixel", "frechet_distance", "label_accuracy"):
        low, high = found[f"{name}_interval"]
        assert low <= found[name] <= high
    nats = found["importance_weighted_nll"]
    assert found["bits_per_pixel"] == pytest.approx(nats / 784 / 0.6931, abs=1e-3)
    assert 0 < found["kl_divergence"] < found["negative_elbo"]
    first = recipes.RECIPES["vae_mnist_conditional"].first
    assert card["explorer"] == {
        "kind": "latent",
        "decoder": "PixelDecoder",
        "latent_dim": 16,
        "n_classes": 10,
        "image_shape": [1, 28, 28],
        **first,
    }
    plane = recipes.train_shipped("vae_mnist_plane", tmp_path, steps=1)
    assert plane["explorer"]["kind"] == "plane"
    tensors = load_file(tmp_path / "vae_mnist_plane.safetensors")
    images = data.load_images("mnist", "test").images[:: vae_recipes.EVERY]
    model = weights.load("vae_mnist_plane", folder=tmp_path)
    points, _ = vae.encode_images(model, images)
    torch.testing.assert_close(tensors["explorer.points"], points)


def test_evaluate_tells_every_figure_in_chinese(tmp_path, capsys):
    name = "gan_mnist_conditional"
    found = recipes.train_shipped(name, tmp_path, steps=1)["metrics"]
    assert cli.main(["evaluate", name, "--folder", str(tmp_path)]) == 0
    title, *lines = capsys.readouterr().out.splitlines()
    figures = [key for key in found if not key.endswith("_interval")]
    assert title == f"{name}：" and len(lines) == len(figures) == 10
    low, high = found["recall_interval"]
    expected = f"：{found['recall']}（95% 区间 {low} 至 {high}）"
    assert any("召回" in line and line.endswith(expected) for line in lines)
    assert not any("_" in line for line in lines)


def test_the_same_seed_makes_the_same_file(tmp_path):
    sums = [
        recipes.train_shipped("gan_mnist", tmp_path, seed=seed, steps=2)["sha256"]
        for seed in (0, 0, 1)
    ]
    assert sums[0] == sums[1] != sums[2]


def interrupt_at(monkeypatch, at: int):
    """Press Ctrl-C in step ``at`` of the next run."""
    original = training.run.raise_if_not_finite

    def press(step, **losses):
        if step == at:
            signal.raise_signal(signal.SIGINT)
        original(step, **losses)

    monkeypatch.setattr(training.run, "raise_if_not_finite", press)


@pytest.mark.parametrize("name", ["gan_mnist", "mnist_classifier", "vae_mnist"])
def test_an_interrupted_recipe_ships_nothing_and_goes_on(name, tmp_path, monkeypatch):
    file, folder = tmp_path / "run", tmp_path / "weights"
    unbroken = recipes.train_shipped(name, tmp_path / "other", steps=4)
    with monkeypatch.context() as patch:
        interrupt_at(patch, 1)
        with pytest.raises(Stopped, match="stopped after step 2 of 4; saved in"):
            recipes.train_shipped(name, folder, steps=4, checkpoint=file)
    assert file.exists() and not folder.exists()
    resumed = recipes.train_shipped(name, folder, steps=4, checkpoint=file)
    assert resumed["sha256"] == unbroken["sha256"] and not file.exists()


def test_the_classifier_metric_is_the_share_of_right_answers():
    class Always(torch.nn.Module):
        image_shape = (1, 28, 28)

        def forward(self, images):
            return torch.nn.functional.one_hot(torch.full((len(images),), 3), 10)

    found = judge_recipes.evaluate(Always())
    assert found == {"test_accuracy": 0.1, "test_accuracy_interval": [0.0396, 0.2305]}


class Reader(torch.nn.Module):
    """Tells the class by where the bar is; the features are the rows' brightness."""

    image_shape = (1, 28, 28)

    def features(self, images):
        return images.mean(dim=(1, 3))

    def forward(self, images):
        return self.features(images)[:, 4:24].reshape(-1, 10, 2).mean(dim=2)


def test_perfect_samples_have_distance_zero_and_all_classes(monkeypatch):
    """A generator that hands out the test set itself; training has it twice."""
    test = data.load_images("mnist", "test")
    twice = ImageSet(test.images.repeat(2, 1, 1, 1), test.labels, "mnist", "train")

    def load_images(name, split="train"):
        return {"train": twice, "test": test}[split]

    monkeypatch.setattr(data, "load_images", load_images)

    class Copyist(torch.nn.Module):
        latent_dim, n_classes = 2, 10

        def forward(self, z, y):
            assert torch.equal(y.argmax(dim=1), test.labels)  # each class in turn
            return test.images / 127.5 - 1

    monkeypatch.setattr(judging, "N_SAMPLES", 40)
    monkeypatch.setattr(weights, "load", lambda name: Reader())
    found = gan_recipes.evaluate(Copyist())
    assert found["class_coverage"] == 10
    assert found["rarest_class_share"] == 0.1
    assert found["label_accuracy"] == 1
    assert found["frechet_distance"] == pytest.approx(0, abs=0.002)
    assert found["frechet_floor"] == 0  # here training and test images are the same
    assert found["precision"] == found["recall"] == 1
    low, high = found["frechet_distance_interval"]
    assert low == 0 and high > 0  # halves are not the same
    assert found["copying_excess"] < 0  # each is as near to a test image


def test_a_generator_that_copies_training_images_is_found_out(monkeypatch):
    """Training and test images by chance alike; every sample is one of the former."""
    images = torch.randint(0, 256, (90, 1, 28, 28), dtype=torch.uint8)
    labels = torch.arange(90) % 10
    parts = {"train": slice(0, 60), "test": slice(60, 90)}

    def load_images(name, split="train"):
        return ImageSet(images[parts[split]], labels[parts[split]], name, split)

    class Copyist(torch.nn.Module):
        latent_dim = 2

        def forward(self, z):
            return images[: len(z)] / 127.5 - 1

    monkeypatch.setattr(data, "load_images", load_images)
    found = gan_recipes.evaluate(Copyist())
    assert found["copying_excess"] == 1 and found["copying_p_value"] <= 0.01
    assert found["copying_floor"] < 0.9  # training images that were taken out
