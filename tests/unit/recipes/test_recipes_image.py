"""Recipes of chapter 08, on a few made-up faces in the place of the Olivetti ones."""

import pytest
import torch
from safetensors.torch import load_file

from aigc_helpers import data, image, metrics, recipes, weights
from aigc_helpers.data.images import ImageSet
from aigc_helpers.image.holes import holes
from aigc_helpers.recipes import image as image_recipes
from aigc_helpers.recipes import judging

NAMES = [name for name, r in recipes.RECIPES.items() if r.module == "image"]
FILLER_FIGURES = {
    f"{hole}_{figure}"
    for hole in ("lower_half", "centre_square", "free_strokes")
    for figure in ("error", "gain")
}


def made_up_faces(n_people: int, first: int, seed: int):
    """uint8 (10 n_people, 1, 64, 64): ovals of a person's own size, and whose."""
    rng = torch.Generator().manual_seed(seed)
    people = torch.arange(first, first + n_people).repeat_interleave(10)
    size = 18 + 8 * torch.rand(n_people, generator=rng).repeat_interleave(10)
    light = 120 + 100 * torch.rand(len(people), 1, 1, generator=rng)
    y, x = torch.meshgrid(torch.arange(64.0), torch.arange(64.0), indexing="ij")
    distance = ((y - 32) ** 2 / 1.6 + (x - 32) ** 2).sqrt()
    faces = torch.sigmoid((size[:, None, None] - distance) / 2) * light
    noise = 6 * torch.randn(faces.shape, generator=rng)
    return (faces + noise).clamp(0, 255).byte()[:, None], people


@pytest.fixture(autouse=True)
def tiny_faces(monkeypatch):
    sets = {
        "train": made_up_faces(5, 0, seed=0),
        "test": made_up_faces(3, 30, seed=1),
    }

    def load_images(name, split="train"):
        assert name == "faces"
        return ImageSet(*sets[split], name, split, edition="的另一个版本")

    monkeypatch.setattr(data, "load_images", load_images)
    monkeypatch.setattr(judging, "N_RESAMPLES", 20)
    monkeypatch.setattr(image_recipes, "N_SAMPLES", 40)
    monkeypatch.setattr(image_recipes, "SHOWN", (0, 11, 25))
    monkeypatch.setattr(image_recipes, "NOISES", (0.03, 0.3))


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_ends_in_weights_that_load_and_a_card(name, tmp_path):
    card = recipes.train_shipped(name, tmp_path, seed=3, steps=2)
    assert card == weights.card(name, tmp_path)
    assert card["metrics"] == recipes.evaluate(name, tmp_path)
    network = weights.load(name, folder=tmp_path)
    assert type(network).__name__ == recipes.RECIPES[name].network
    assert "Samaria and Harter" in card["data"] and "real people" in card["data"]
    assert card["data"].endswith(
        "Another edition of the file, whose pixels differ slightly."
    )


def test_the_filler_is_measured_in_each_hole_and_shows_people_it_has_not_seen(tmp_path):
    card = recipes.train_shipped("image_filler", tmp_path, steps=2)
    figures = card["metrics"]
    assert {f.removesuffix("_interval") for f in figures} == FILLER_FIGURES
    filler = weights.load("image_filler", folder=tmp_path)
    test = data.load_images("faces", "test")
    x, hole = test.images / 255, image.centre_square()
    squares = (image.fill(filler, x, hole) - x).square()[:, :, 18:46, 18:46]
    mean = float(squares.mean())  # ten photographs of each, so people count alike
    assert figures["centre_square_error"] == pytest.approx(mean, abs=1e-5)
    low, high = figures["centre_square_error_interval"]
    assert low < figures["centre_square_error"] < high
    assert figures["centre_square_gain"] < 0  # two steps are no training

    explorer = card["explorer"]
    assert explorer["kind"] == "paint" and explorer["decoder"] == "FilledPicture"
    assert len(explorer["names"]) == len(image_recipes.SHOWN)
    assert explorer["names"][1] == "32 号的第 2 张"
    tensors = load_file(tmp_path / "image_filler.safetensors")
    photographs = tensors["explorer.photographs"]
    train = data.load_images("faces")
    assert photographs.dtype == torch.uint8
    assert torch.equal(photographs[1], test.images[11, 0])
    mean = train.images.float().mean(dim=0)[0]
    assert (tensors["explorer.mean"].float() - mean).abs().max() <= 1


@pytest.mark.parametrize(
    "name", ["image_upscaler", "image_upscaler_sharp", "image_denoiser"]
)
def test_a_restorer_is_measured_beside_what_costs_nothing(name, tmp_path):
    figures = recipes.train_shipped(name, tmp_path, steps=2)["metrics"]
    assert {f.removesuffix("_interval") for f in figures} == {
        "psnr",
        "psnr_gain",
        "ssim",
        "sharpness",
        "original_sharpness",
        "paired_kernel_distance",
    }
    x = data.load_images("faces", "test").images / 255
    if name != "image_denoiser":
        start = torch.nn.functional.interpolate(
            image.shrink(x), (64, 64), mode="bicubic"
        )
    else:
        rng = torch.Generator().manual_seed(image_recipes.SEED)
        start = image.add_noise(x, 0.1, rng)
    before = float(metrics.psnr(start.clamp(0, 1), x).mean())
    gain = figures["psnr"] - before
    assert figures["psnr_gain"] == pytest.approx(gain, abs=2e-3)


def test_the_sharp_upscaler_goes_on_from_the_other(tmp_path):
    recipes.train_shipped("image_upscaler_sharp", tmp_path, steps=1)
    sharp = weights.load("image_upscaler_sharp", folder=tmp_path).state_dict()
    start = weights.load("image_upscaler").state_dict()
    for name, value in start.items():
        assert (sharp[name] - value).abs().max() < 5e-3, name  # one step of Adam


def test_the_recogniser_is_measured_on_new_photographs_of_people_it_knows():
    faces = data.load_images("faces")
    known = image_recipes.first_eight(faces)
    assert known.sum() == 40 and known[:10].tolist() == [True] * 8 + [False] * 2

    class Oracle(image.PersonRecogniser):
        """Knows the new photographs by heart, and only those."""

        def forward(self, images):
            new = (faces.images / 255)[~known]
            nearest = torch.cdist(images.flatten(1), new.flatten(1)).argmin(dim=1)
            return torch.nn.functional.one_hot(faces.labels[~known][nearest], 30)

    figures = image_recipes.measure_recogniser(Oracle())
    assert figures["test_accuracy"] == 1 and figures["test_accuracy_interval"][0] < 0.9


def test_the_generator_is_measured_beside_the_photographs_it_learnt(tmp_path):
    card = recipes.train_shipped("image_faces", tmp_path, steps=2)
    figures, faces = card["metrics"], data.load_images("faces")
    new = ~image_recipes.first_eight(faces)
    recogniser = weights.load("image_recogniser")
    known, goal = (
        metrics.extract_features(recogniser, faces.images[some] / 255)
        for some in (~new, new)
    )
    floor = metrics.kernel_distance(known, goal)
    assert figures["kernel_floor"] == pytest.approx(floor, abs=1e-3)
    assert figures["kernel_distance"] > 2 * abs(floor)  # two steps make no faces
    low, high = figures["kernel_distance_interval"]
    assert low < figures["kernel_distance"] < high
    network = weights.load("image_faces", folder=tmp_path)
    first, again = (image_recipes.sample(network, 3, seed=5) for _ in range(2))
    assert first.shape == (3, 1, 64, 64) and torch.equal(first, again)
    assert card["explorer"]["kind"] == "latent"
    assert card["explorer"]["image_shape"] == [1, 64, 64]
    tensors = load_file(tmp_path / "image_faces.safetensors")
    assert tensors["explorer.directions"].shape == (6, 32)


def test_the_ruler_of_faces_counts_new_photographs_as_one(tmp_path):
    known, unit = image_recipes.photograph_ruler()
    assert known.shape == (2 * 40, 64) and known.dtype == torch.float16
    faces, recogniser = data.load_images("faces"), weights.load("image_recogniser")
    new = ~image_recipes.first_eight(faces)

    def distances(images):
        features = metrics.extract_features(recogniser, images / 255)
        exact = {"compute_mode": "donot_use_mm_for_euclid_dist"}
        return torch.cdist(features, known.float(), **exact).amin(dim=1) / unit

    assert distances(faces.images[new]).quantile(0.5).item() == pytest.approx(1)
    assert distances(faces.images[~new]).max() < 0.01  # 16 bits
    assert distances(faces.images[~new].flip(3)).max() < 0.01
    facts = image_recipes.generator_facts(image.FaceGenerator())
    stranger = distances(data.load_images("faces", "test").images).quantile(0.5).item()
    assert facts["readout"]["stranger"] == pytest.approx(stranger, abs=0.0051)
    eye = facts["decoder_networks"]["recogniser"]
    assert eye["sha256"] == weights.card(eye["name"])["sha256"]


def test_an_explorer_s_part_is_renewed_and_the_weights_stay(tmp_path):
    before = recipes.train_shipped("image_faces", tmp_path, steps=2)
    path = tmp_path / "image_faces.safetensors"
    content = path.read_bytes()
    assert recipes.renew_explorer("image_faces", tmp_path) == before
    assert path.read_bytes() == content
    weights.save(
        "image_faces",
        weights.load("image_faces", folder=tmp_path),
        {**before, "explorer": {}, "metrics": {"share": 0.5}},
        folder=tmp_path,
        half=True,
    )
    after = recipes.renew_explorer("image_faces", tmp_path)
    assert path.read_bytes() == content
    assert after == before | {"metrics": {"share": 0.5}}


def test_holes_to_measure_with_are_the_same_each_time():
    first, again = holes(5), holes(5)
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert [len(hole) for hole in first.values()] == [1, 1, 5]
