"""Networks on disk: shipped ones that fit their cards, saved ones that come back."""

import hashlib
import json
import re

import pytest
import torch

from aigc_helpers import data, gan, judge, recipes, vae, weights
from aigc_helpers.pixels import one_hot

SHIPPED = sorted(recipes.RECIPES)
RECIPE = {"module": "gan", "class": "Generator", "arguments": {"latent_dim": 4}}
EYE = RECIPE | {"arguments": {"latent_dim": 3}}


@pytest.fixture
def folder(tmp_path):
    """A folder with one small network, saved with two directions."""
    torch.manual_seed(0)
    network = gan.Generator(4)
    network(torch.randn(8, 4))  # gives BatchNorm statistics of its own
    where = tmp_path / "new" / "weights"
    facts = {"network": RECIPE, "title": "小网络"}
    weights.save(
        "tiny", network, facts, folder=where, tensors={"directions": torch.eye(4)[:2]}
    )
    return where


def test_a_saved_network_comes_back_bit_equal_in_evaluation_mode(folder):
    torch.manual_seed(0)
    saved = gan.Generator(4)
    saved(torch.randn(8, 4))
    loaded = weights.load("tiny", folder=folder)
    assert isinstance(loaded, gan.Generator) and not loaded.training
    assert loaded.state_dict().keys() == saved.state_dict().keys()
    for key, value in saved.state_dict().items():
        assert torch.equal(loaded.state_dict()[key], value), key


def test_the_card_tells_the_facts_and_the_checksum(folder):
    assert weights.names(folder) == ["tiny"]
    card = weights.card("tiny", folder)
    content = (folder / "tiny.safetensors").read_bytes()
    assert card["title"] == "小网络" and card["network"] == RECIPE
    assert card["sha256"] == hashlib.sha256(content).hexdigest()
    assert "小网络" in (folder / "tiny.json").read_text(encoding="utf-8")


def test_weights_go_into_a_network_that_fits(folder):
    network = gan.Generator(4)
    assert weights.load("tiny", into=network, folder=folder) is network
    expected = weights.load("tiny", folder=folder).state_dict()
    for key, value in network.state_dict().items():
        assert torch.equal(value, expected[key]), key


@pytest.mark.parametrize(
    "other", [gan.Generator(8), gan.Generator(4, width=8), gan.ConditionalGenerator(4)]
)
def test_another_latent_size_is_refused_with_the_right_arguments(folder, other):
    before = {key: value.clone() for key, value in other.state_dict().items()}
    message = r"'tiny' do not fit.* in the file and .* in the network.*'latent_dim': 4"
    with pytest.raises(ValueError, match=message):
        weights.load("tiny", into=other, folder=folder)
    for key, value in other.state_dict().items():
        assert torch.equal(value, before[key]), key


def test_another_kind_of_network_is_refused(folder):
    with pytest.raises(ValueError, match="None in the"):
        weights.load("tiny", into=judge.DigitClassifier(), folder=folder)


@pytest.fixture
def with_decoder(folder, monkeypatch):
    """Make the card of "tiny" name a decoder, and "tiny" a shipped network."""

    def name(decoder, **more) -> None:
        path = folder / "tiny.json"
        explorer = {"decoder": decoder, **more}
        card = json.loads(path.read_text("utf-8")) | {"explorer": explorer}
        path.write_text(json.dumps(card), "utf-8")
        monkeypatch.setattr(weights.shipped, "FOLDER", folder)

    return name


def test_the_card_names_the_decoder_of_its_explorer(folder, with_decoder):
    with_decoder("PixelDecoder")
    decoder = weights.load_decoder("tiny")
    z = torch.randn(3, 4)
    assert isinstance(decoder, gan.PixelDecoder)
    assert not decoder.generator.training
    expected = gan.sample_images(weights.load("tiny"), z)
    torch.testing.assert_close(decoder(z), expected)


@pytest.mark.parametrize("decoder", [None, "Absent", "train_gan", 3])
def test_a_card_without_a_decoder_says_so(folder, with_decoder, decoder):
    with_decoder(decoder)
    with pytest.raises(ValueError, match="'tiny' has no decoder for an explorer"):
        weights.load_decoder("tiny")


class Paired(gan.PixelDecoder):
    """A decoder that takes a second network, and a tensor."""

    def __init__(self, generator, other, directions):
        super().__init__(generator)
        self.other, self.directions = other, directions


def test_a_decoder_gets_the_networks_and_tensors_that_its_card_names(
    folder, with_decoder, monkeypatch
):
    monkeypatch.setattr(gan, "Paired", Paired, raising=False)
    weights.save("eye", gan.Generator(3), {"network": EYE}, folder=folder)
    checksum = weights.card("eye", folder)["sha256"]
    eye = {"name": "eye", "sha256": checksum}
    asked = {"decoder_networks": {"other": eye}, "decoder_tensors": ["directions"]}
    with_decoder("Paired", **asked)
    decoder = weights.load_decoder("tiny")
    assert decoder.other.latent_dim == 3 and not decoder.other.training
    assert torch.equal(decoder.directions, torch.eye(4)[:2])
    with_decoder("Paired", **asked | {"decoder_tensors": ["known"]})
    with pytest.raises(ValueError, match="'tiny' has no decoder"):
        weights.load_decoder("tiny")
    eye["sha256"] = "of another one"
    with_decoder("Paired", **asked)
    with pytest.raises(ValueError, match="made with another 'eye'"):
        weights.load_decoder("tiny")


def test_an_unknown_name_lists_the_known_ones(folder):
    for ask in (weights.card, weights.load):
        with pytest.raises(ValueError, match=r"no weights named 'big'.*\['tiny'\]"):
            ask("big", folder=folder)


@pytest.mark.parametrize("damage", ["cut", "altered", "absent"])
def test_a_damaged_file_is_found_by_its_checksum(folder, damage):
    path = folder / "tiny.safetensors"
    content = path.read_bytes()
    if damage == "cut":
        path.write_bytes(content[:-1])
    elif damage == "altered":
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    else:
        path.unlink()
    with pytest.raises(ValueError, match="tiny.safetensors are damaged.*install"):
        weights.load("tiny", folder=folder)


def test_loading_draws_no_random_numbers(folder):
    before = torch.get_rng_state()
    weights.load("tiny", folder=folder)
    assert torch.equal(torch.get_rng_state(), before)


def test_saving_again_replaces_weights_and_card(folder):
    other = gan.Generator(4)
    weights.save("tiny", other, {"network": RECIPE}, folder=folder)
    loaded = weights.load("tiny", folder=folder)
    assert torch.equal(loaded.project[0].weight, other.project[0].weight)
    assert {path.name for path in folder.iterdir()} == {"tiny.json", "tiny.safetensors"}


# What the package ships ---------------------------------------------------------------


def test_every_recipe_has_its_network_and_every_network_its_recipe():
    assert weights.names() == SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_network_fits_its_card(name):
    card = weights.card(name)
    path = weights.FOLDER / f"{name}.safetensors"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == card["sha256"]
    assert path.stat().st_size < 2_500_000
    network = weights.load(name)
    assert type(network).__name__ == card["network"]["class"]
    assert not network.training
    assert all(torch.isfinite(v).all() for v in network.state_dict().values())


@pytest.mark.parametrize("name", SHIPPED)
def test_a_card_tells_how_it_was_made_and_nothing_of_the_machine(name):
    card = weights.card(name)
    for fact in ("title", "data", "command", "seed", "steps", "runtime", "metrics"):
        assert card[fact] not in (None, "", {}), fact
    assert card["licence"] == "Apache-2.0"
    assert card["command"].startswith(f"aigc train {name}")
    text = json.dumps(card, ensure_ascii=False)
    assert not re.search(r"(?<![\w.])/\w+/", text), "an absolute path"


@pytest.mark.parametrize("name", SHIPPED)
def test_a_card_tells_of_the_data_what_the_recipe_does(name):
    told = recipes.RECIPES[name].data
    assert callable(told) or weights.card(name)["data"] == told


@pytest.mark.parametrize(
    "name", [name for name in SHIPPED if recipes.RECIPES[name].module == "speech"]
)
def test_what_follows_from_share_alike_recordings_stands_on_the_card(name):
    """For the weights, for recordings, for the people whose voices they are."""
    card, recordings = weights.card(name), data.find_dataset("spoken_digits")
    assert recordings.licence == "CC BY-SA 4.0"
    told = card["data"]
    assert recordings.title in told and f", {recordings.licence})" in told
    assert f"The weights are this project's, under {card['licence']};" in told
    assert "not settled in law" in told
    assert f"stay under {recordings.licence}: name their authors" in told
    assert "six real people" in told and len(recordings.speakers) == 6


@pytest.mark.parametrize("name", [name for name in SHIPPED if "gan" in name])
def test_a_shipped_generator_draws_images_and_has_directions(name):
    network, explorer = weights.load(name), weights.card(name)["explorer"]
    z = torch.randn(40, explorer["latent_dim"])
    classes = explorer["n_classes"]
    y = one_hot(torch.arange(40) % 10) if classes else None
    images = gan.sample_images(network, z, y)
    assert list(images.shape) == [40, *explorer["image_shape"]]
    assert 0 <= images.min() and images.max() <= 1
    assert images[:, :, :3, :3].mean() < 0.05  # the corner of a digit's image is black
    assert 0.05 < images.mean() < 0.3 and images.std(dim=0).mean() > 0.1
    directions = weights.directions(name)
    assert directions.shape[1] == explorer["latent_dim"] and len(directions) >= 4
    torch.testing.assert_close(directions.norm(dim=1), torch.ones(len(directions)))


@pytest.mark.parametrize("name", [name for name in SHIPPED if "vae" in name])
def test_a_shipped_vae_draws_images_and_has_what_its_explorer_shows(name):
    model, explorer = weights.load(name), weights.card(name)["explorer"]
    z = torch.randn(40, explorer["latent_dim"], generator=torch.manual_seed(0))
    y = one_hot(torch.arange(40) % 10) if explorer["n_classes"] else None
    images = vae.sample_images(model, z, y)
    assert list(images.shape) == [40, *explorer["image_shape"]]
    assert images[:, :, :3, :3].mean() < 0.05 < images.mean() < 0.3
    assert images.max() > 0.9 and images.std(dim=0).mean() > 0.1
    tensors = weights.explorer_tensors(name)
    if explorer["kind"] == "plane":
        assert tensors["points"].shape == (2000, 2) and tensors["points"].std() > 0.5
        assert set(tensors["labels"].tolist()) == set(range(10))
    else:
        norms = tensors["directions"].norm(dim=1)
        torch.testing.assert_close(norms, torch.ones(len(norms)))


def test_explorer_tensors_are_not_the_networks(tmp_path, monkeypatch):
    monkeypatch.setattr(weights.shipped, "FOLDER", tmp_path)
    points, labels = torch.randn(5, 2), torch.arange(5, dtype=torch.uint8)
    facts, network = {"network": RECIPE}, gan.Generator(4)
    weights.save(
        "n",
        network,
        facts,
        folder=tmp_path,
        tensors={"points": points, "labels": labels},
    )
    found = weights.explorer_tensors("n")
    assert found.keys() == {"points", "labels"}
    assert torch.equal(found["points"], points) and torch.equal(found["labels"], labels)
    assert weights.directions("n") is None
    assert weights.load("n", folder=tmp_path).state_dict().keys() == (
        network.state_dict().keys()
    )


def test_the_shipped_networks_agree_on_the_digits():
    """What the conditional generator was asked for is what the classifier sees."""
    rng = torch.Generator().manual_seed(0)
    labels = torch.arange(200) % 10
    network, judge = map(weights.load, ("gan_mnist_conditional", "mnist_classifier"))
    z = torch.randn(200, network.latent_dim, generator=rng)
    images = gan.sample_images(network, z, one_hot(labels))
    with torch.no_grad():
        assert (judge(images).argmax(dim=1) == labels).float().mean() > 0.9
    plain = weights.load("gan_mnist")
    with torch.no_grad():
        seen = judge(gan.sample_images(plain, z)).argmax(dim=1)
    assert len(seen.unique()) == 10


def test_a_classifier_has_no_directions():
    assert weights.directions("mnist_classifier") is None
