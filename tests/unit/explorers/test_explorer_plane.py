"""The plane explorer in Python: points, bounds, grid, traits, what is refused."""

import base64
import io
import re
import warnings

import numpy as np
import pytest
import torch
from explorer_talk import facts_in
from PIL import Image
from torch import nn

from aigc_helpers import vae, weights
from aigc_helpers.explorers import PlaneExplorer, site
from aigc_helpers.explorers.plane import page as plane
from aigc_helpers.explorers.plane.setting import plane_setting

POINTS = np.random.default_rng(0).normal(size=(300, 2)).astype("f4")
LABELS = np.arange(300) % 3


def ramps(z):
    """A decoder without weights: left half of an 8x8 image shows z1, right half z2."""
    levels = torch.sigmoid(z).clamp(0, 1)
    return levels[:, None, None, :].repeat_interleave(4, -1).repeat(1, 1, 8, 1)


@pytest.fixture
def explorer():
    return PlaneExplorer(ramps, POINTS, LABELS, bounds=(-3, 3))


def unpacked(config: dict) -> np.ndarray:
    """Places of the stored points, as the page reads them."""
    places = np.frombuffer(base64.b64decode(config["points"]), "<i2").reshape(-1, 2)
    low, high = np.asarray(config["bounds"]).T
    return low + (places / 32767 + 1) / 2 * (high - low)


# ---- points, classes, bounds ---------------------------------------------------


def test_points_are_stored_to_a_ten_thousandth_of_the_plane(explorer):
    inside = (np.abs(POINTS) <= 3).all(axis=1)
    np.testing.assert_allclose(unpacked(explorer._config), POINTS[inside], atol=1e-4)
    labels = np.frombuffer(base64.b64decode(explorer._config["labels"]), np.uint8)
    assert labels.tolist() == LABELS[inside].tolist()


def test_of_many_points_two_thousand_are_drawn_evenly():
    points = np.zeros((50_000, 2))
    labels = np.repeat([0, 1, 2, 3, 4], 10_000)
    setting = plane_setting(points, labels)
    assert len(setting.points) == 2000
    assert np.bincount(setting.labels).tolist() == [400] * 5


def test_tensors_are_taken_as_they_come_from_an_encoder():
    points = torch.tensor(POINTS, requires_grad=True)
    setting = plane_setting(points, torch.tensor(LABELS))
    assert np.array_equal(setting.labels, plane_setting(POINTS, LABELS).labels)


def test_bounds_are_a_square_around_nearly_all_points():
    points = POINTS * [1, 4] + [10, -3]
    (left, right), (low, high) = plane_setting(points).bounds
    assert right - left == high - low
    assert left < 10 < right and low < -3 < high
    inside = (points > [left, low]) & (points < [right, high])
    assert inside.all(axis=1).mean() >= 0.97


def test_a_place_starts_at_the_origin_or_nearest_to_it():
    assert plane_setting(POINTS).start == (0, 0)
    away = plane_setting(POINTS + [10, 0])
    assert away.start[0] == away.bounds[0][0] > 0 and away.start[1] == 0
    assert plane_setting(POINTS, start=[1, -0.5]).start == (1, -0.5)


def test_default_presets_are_the_origin_and_the_emptiest_place():
    origin, empty = plane_setting(POINTS, bounds=(-6, 6)).presets
    assert origin["z"] == [0, 0]
    assert np.linalg.norm(POINTS - empty["z"], axis=1).min() > 4
    assert len(plane_setting(POINTS + 20).presets) == 1


# ---- the grid ------------------------------------------------------------------


def test_every_tile_shows_the_middle_of_its_cell(explorer):
    strip = explorer._grid
    assert strip.rows == strip.columns == 21 and strip.tile == (8, 8)
    picture = np.asarray(Image.open(io.BytesIO(strip.content))) / 255
    tiles = picture.reshape(21, 8, 21, 8).swapaxes(1, 2)
    middles = -3 + 6 * (np.arange(21) + 0.5) / 21
    levels = 1 / (1 + np.exp(-middles))
    np.testing.assert_allclose(tiles[5, :, 0, 0], levels, atol=1 / 31)  # z1 runs right
    np.testing.assert_allclose(tiles[:, 5, 0, -1], levels[::-1], atol=1 / 31)  # z2 up


def test_the_grid_stays_below_its_limit_whatever_the_decoder_draws():
    def noise(z):
        return torch.rand(len(z), 1, 28, 28, generator=torch.Generator().manual_seed(0))

    strip = PlaneExplorer(noise, POINTS)._grid
    assert len(strip.address) <= plane._MOST
    assert strip.rows == 15 and strip.tile[0] < 28


def test_a_smooth_decoder_keeps_its_resolution():
    strip = PlaneExplorer(ramps, POINTS)._grid
    assert strip.rows == 21 and strip.tile == (8, 8)


def test_images_too_large_for_a_page_are_refused(monkeypatch):
    monkeypatch.setattr(plane, "_MOST", 100)
    with pytest.raises(ValueError, match="too large for a page") as caught:
        PlaneExplorer(ramps, POINTS)._static_html()
    assert "8×8 的图拼起来太大" in caught.value.chinese


# ---- traits and the kernel -----------------------------------------------------


def test_python_and_page_follow_each_other(explorer):
    explorer.z = [1, -2]
    assert explorer._state["z"] == [1, -2]
    explorer.set_state({"_state": {**explorer._state, "z": [0.5, 0.25]}})
    assert explorer.z == [0.5, 0.25]


def test_a_place_out_of_bounds_is_brought_in(explorer):
    explorer.z = torch.tensor([7.0, -1.0])
    assert explorer.z == explorer._state["z"] == [3, -1]


@pytest.mark.parametrize("z", [[1], [np.nan, 0], [[0, 0]], [1, 2, 3]])
def test_a_place_that_is_none_is_refused(explorer, z):
    with pytest.raises(ValueError, match="2 finite numbers"):
        explorer.z = z
    assert explorer.z == [0, 0]


def test_the_kernel_answers_a_place_and_the_whole_plane(explorer, monkeypatch):
    sent = []
    monkeypatch.setattr(explorer, "send", lambda *message: sent.append(message))
    explorer._receive(explorer, {"id": 1, "z": [2.0, -2.0]}, [])
    explorer._receive(explorer, {"id": 2, "grid": True}, [])
    image = np.frombuffer(sent[0][1][0], "<f4").reshape(8, 8)
    np.testing.assert_allclose(image[0, [0, -1]], [0.8808, 0.1192], atol=1e-4)
    message, (png,) = sent[1]
    assert message == {"kind": "answer", "id": 2, "tile": [8, 8], "count": 21}
    assert png == explorer._grid.content


# ---- what is refused -----------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"points": POINTS[:, :1]}, r"expected \(N, 2\)"),
        ({"points": np.zeros((0, 2))}, r"expected \(N, 2\)"),
        ({"points": POINTS * np.nan}, "NaN or infinity in points"),
        ({"labels": LABELS[:9]}, "labels must be 300 integers"),
        ({"labels": LABELS - 1}, "labels must be 300 integers"),
        ({"labels": LABELS / 2}, "labels must be 300 integers"),
        ({"labels": np.arange(300)}, "at most 10"),
        ({"labels": LABELS, "class_names": ["一", "二"]}, "give a name to each class"),
        ({"labels": LABELS, "class_names": ["一", "二", ""]}, "must be 3 texts"),
        ({"class_names": ["一"]}, "class_names need labels"),
        ({"bounds": (1, 1)}, "low < high"),
        ({"bounds": "x"}, "low < high"),
        ({"bounds": (0, np.inf)}, "low < high"),
        ({"bounds": (50, 60)}, "no point lies inside"),
        ({"start": [9, 0], "bounds": (-3, 3)}, "outside the bounds"),
        ({"start": [0]}, "2 finite numbers"),
        ({"presets": [{"z": [0, 0]}]}, "a preset has a name"),
        ({"presets": [{"name": "a", "t": 1}]}, "a preset has a name"),
        ({"presets": [{"name": "a", "z": [99, 0]}]}, "lies outside"),
        ({"presets": [{"name": "a", "show": [3]}]}, "unknown class"),
        ({"decoder": lambda z: z}, r"images are \(2, 1, H, W\)"),
        ({"decoder": nn.Linear(3, 3)}, "does not accept z"),
        ({"shipped": "gan_mnist"}, "not a network for a plane explorer"),
        ({"shipped": "nothing"}, "nothing"),
    ],
)
def test_what_does_not_fit_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        PlaneExplorer(**{"decoder": ramps, "points": POINTS, **options})


# ---- what is stored ------------------------------------------------------------


def test_two_runs_store_the_same_text_and_it_asks_nothing():
    made = [
        PlaneExplorer(ramps, POINTS, LABELS)._repr_mimebundle_()[0] for _ in range(2)
    ]
    assert made[0]["text/html"] == made[1]["text/html"]
    assert "n_points=" in made[0]["text/plain"]
    html = made[0]["text/html"]
    assert "http" not in html and len(re.findall("<script", html)) == 1
    assert "21 行 21 列" in re.search('alt="([^"]+)"', html).group(1)


def test_without_a_network_the_page_has_the_grid(explorer):
    config = facts_in(explorer._static_html())["_config"]
    assert config["source"] == "strip" and config["network"] == ""
    assert config["strip"] == {"tile": [8, 8], "count": 21}


@pytest.fixture
def shipped(monkeypatch):
    """A shipped network "plane2" that draws what ``ramps`` draws."""
    card = {"explorer": {"latent_dim": 2, "n_classes": 0}}
    monkeypatch.setattr(weights, "card", lambda name: card)
    monkeypatch.setattr(weights, "load_decoder", lambda name, card: ramps)
    return "plane2"


def test_a_shipped_network_answers_on_the_page(shipped):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        html = PlaneExplorer(ramps, POINTS, shipped=shipped)._static_html()
    config = facts_in(html)["_config"]
    assert (config["source"], config["network"]) == ("network", "plane2")
    assert 'data-network="plane2"' in html


def test_a_shipped_network_that_draws_otherwise_is_not_used(shipped):
    with pytest.warns(UserWarning, match="画出的图和 decoder 的不一样"):
        explorer = PlaneExplorer(lambda z: 1 - ramps(z), POINTS, shipped=shipped)
    assert facts_in(explorer._static_html())["_config"]["source"] == "strip"


def test_a_shipped_plane_shows_the_points_that_were_stored_with_it(
    tmp_path, monkeypatch
):
    torch.manual_seed(0)
    model = vae.VAE(2, width=4, hidden=8, depth=0)
    network = {
        "module": "vae",
        "class": "VAE",
        "arguments": {"latent_dim": 2, "width": 4, "hidden": 8, "depth": 0},
    }
    card = {"kind": "plane", "decoder": "PixelDecoder", "latent_dim": 2}
    facts = {"network": network, "explorer": card}
    tensors = {"points": torch.from_numpy(POINTS), "labels": torch.from_numpy(LABELS)}
    weights.save("made_up", model, facts, folder=tmp_path, tensors=tensors)
    weights.save("without_points", model, facts, folder=tmp_path)
    monkeypatch.setattr(weights.shipped, "FOLDER", tmp_path)
    html = site.shipped_page("made_up")
    config = facts_in(html)["_config"]
    assert config["source"] == "network" and config["network"] == "made_up"
    assert config["class_names"] == ["0", "1", "2"]
    live = PlaneExplorer(vae.PixelDecoder(model), POINTS, LABELS)
    assert config["points"] == facts_in(live._static_html())["_config"]["points"]
    assert 'data-network="made_up"' in html
    words = "'without_points' is not a network for a pl"
    with pytest.raises(ValueError, match=words) as caught:
        site.shipped_page("without_points")
    assert "没有存数据点" in caught.value.chinese


def test_class_names_cannot_break_out_of_the_html():
    name = "</script><img src=x>"
    explorer = PlaneExplorer(ramps, POINTS, LABELS, class_names=[name, "b", "c"])
    html = explorer._static_html()
    assert html.count("<img") == 1 and html.count("</script>") == 1
    assert facts_in(html)["_config"]["class_names"][0] == name


def test_grid_places_run_right_and_up():
    setting = plane_setting(POINTS, bounds=((0, 3), (0, 6)))
    places = plane.grid_places(setting, 3)
    assert places[:2].tolist() == [[0.5, 5], [1.5, 5]]
    assert places[-1].tolist() == [2.5, 1]
