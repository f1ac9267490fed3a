"""The latent explorer in Python: what it shows, follows, refuses, how it is stored."""

import base64
import io
import re
import sys

import ipywidgets
import numpy as np
import pytest
import torch
import traitlets
from explorer_talk import facts_in
from PIL import Image
from torch import nn

from aigc_helpers import gan, weights
from aigc_helpers.explorers import LatentExplorer, modules, site
from aigc_helpers.explorers.decoding import decode
from aigc_helpers.explorers.latent import filmstrip
from aigc_helpers.explorers.latent.setting import latent_setting
from aigc_helpers.explorers.seeded import gaussian
from aigc_helpers.reader import Stopped

WIDGET = "application/vnd.jupyter.widget-view+json"


def stripes(z):
    """A decoder without weights: row i of a 6x5 image shows z[i]."""
    return torch.sigmoid(z[:, :6, None]).repeat(1, 1, 5)[:, None]


@pytest.fixture
def explorer():
    return LatentExplorer(stripes, latent_dim=8, seed=3)


@pytest.fixture(scope="module")
def conditional():
    torch.manual_seed(0)
    return gan.PixelDecoder(gan.ConditionalGenerator(8, width=4))


# ---- the traits ----------------------------------------------------------------


def test_z_is_base_plus_coordinates_times_directions():
    directions = gaussian(9, 16).reshape(2, 8)
    explorer = LatentExplorer(stripes, latent_dim=8, directions=directions)
    explorer.coordinates = [1.5, -2]
    expected = gaussian(0, 8) + np.array([1.5, -2]) @ directions
    np.testing.assert_allclose(explorer.z, expected, atol=1e-6)
    assert explorer._state["coordinates"] == [1.5, -2]
    assert explorer._state["base"] is None


def test_an_explorer_starts_at_its_seed_and_label(conditional):
    explorer = LatentExplorer(conditional, latent_dim=8, n_classes=10, seed=2, label=7)
    np.testing.assert_allclose(explorer.z, gaussian(2, 8))
    assert explorer.label == 7
    assert (explorer._state["seed"], explorer._state["label"]) == (2, 7)


def test_setting_z_moves_the_base_and_leaves_the_sliders(explorer):
    explorer.coordinates = [1, 0, 0, 0, 0, 0]
    explorer.z = torch.zeros(8)
    assert explorer.coordinates == [1, 0, 0, 0, 0, 0]
    assert explorer.z == [0.0] * 8
    assert explorer._state["base"] == [-1.0] + [0.0] * 7


def test_python_follows_the_page(explorer):
    seen = []
    explorer.observe(lambda change: seen.append(change.name), ["z", "coordinates"])
    state = {**explorer._state, "coordinates": [0, 2, 0, 0, 0, 0], "z": [0.5] * 8}
    explorer.set_state({"_state": state})
    assert explorer.coordinates == [0, 2, 0, 0, 0, 0]
    assert explorer.z == [0.5] * 8
    assert sorted(seen) == ["coordinates", "z"]
    assert explorer._state == state  # nothing is sent back


def test_ordinary_sliders_link_with_an_entry_of_z(explorer):
    slider = ipywidgets.FloatSlider(min=-3, max=3)
    to_z, from_z = (lambda v: [v, *explorer.z[1:]]), (lambda z: z[0])
    traitlets.link((slider, "value"), (explorer, "z"), transform=(to_z, from_z))
    slider.value = 1.25
    assert explorer.z[0] == 1.25
    explorer.coordinates = [1, 0, 0, 0, 0, 0]
    assert slider.value == 2.25


def test_the_kernel_answers_with_the_decoder_s_image(explorer, monkeypatch):
    sent = []
    monkeypatch.setattr(explorer, "send", lambda *message: sent.append(message))
    z = gaussian(5, 8)
    explorer._receive(explorer, {"id": 7, "z": z.tolist(), "label": 0}, [])
    message, (image,) = sent[0]
    assert message == {"kind": "answer", "id": 7}
    image = np.frombuffer(image, "<f4").reshape(6, 5)
    np.testing.assert_allclose(image[:, 0], 1 / (1 + np.exp(-z[:6])), atol=1e-6)


def test_a_failing_decoder_is_reported_to_the_page(explorer, monkeypatch):
    sent = []
    monkeypatch.setattr(explorer, "send", lambda *message: sent.append(message))
    explorer._decoder = lambda z: z
    explorer._receive(explorer, {"id": 1, "z": [0.0] * 8, "label": 0}, [])
    assert sent[0][0]["kind"] == "error" and "(1, 1, H, W)" in sent[0][0]["error"]


@pytest.mark.parametrize(
    "interrupt", [KeyboardInterrupt(), Stopped("stopped", "存在 sys.last_value.kept")]
)
def test_a_stopped_decoder_is_reported_to_the_page(explorer, monkeypatch, interrupt):
    def stopped(z):
        raise interrupt

    sent = []
    monkeypatch.setattr(explorer, "send", lambda *message: sent.append(message))
    explorer._decoder = stopped
    with pytest.raises(KeyboardInterrupt):
        explorer._receive(explorer, {"id": 1, "z": [0.0] * 8, "label": 0}, [])
    assert sent == [({"kind": "stopped", "id": 1},)]  # a cell's words are not true here


def test_decoding_leaves_a_network_as_it_was():
    decoder = gan.PixelDecoder(gan.Generator(8, width=4).train())
    decoder.train()
    decoder.generator.project.eval()
    modes = [module.training for module in decoder.modules()]
    state = {key: value.clone() for key, value in decoder.state_dict().items()}
    decode(decoder, np.zeros((2, 8), "f4"), None, 0)
    assert [module.training for module in decoder.modules()] == modes
    assert all(torch.equal(state[key], v) for key, v in decoder.state_dict().items())


# ---- what is refused -----------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"latent_dim": 0}, "latent_dim must be an integer in 1"),
        ({"latent_dim": 8.0}, "latent_dim must be an integer"),
        ({"latent_dim": 8, "directions": np.ones((2, 7))}, r"expected \(n, 8\)"),
        ({"latent_dim": 8, "directions": np.ones((0, 8))}, r"expected \(n, 8\)"),
        ({"latent_dim": 8, "directions": np.full((1, 8), np.nan)}, "NaN"),
        ({"latent_dim": 8, "names": ["一个"]}, "names must be 6 texts"),
        ({"latent_dim": 8, "presets": [{"label": 1}]}, "a preset has a name"),
        ({"latent_dim": 8, "presets": [{"name": "x", "zz": 1}]}, "a preset has a name"),
        ({"latent_dim": 8, "n_classes": 10}, "does not accept z"),
        ({"latent_dim": 8, "label": 1}, "label 1 is not one of"),
        ({"latent_dim": 8, "seed": -1}, "seed must be an integer in 0"),
        ({"latent_dim": 8, "shipped": "mnist_classifier"}, "not a network for"),
        ({"latent_dim": 8, "shipped": "nothing"}, "nothing"),
    ],
)
def test_what_does_not_fit_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        LatentExplorer(stripes, **options)


def test_a_network_for_no_explorer_is_refused_in_chinese():
    with pytest.raises(ValueError) as caught:
        LatentExplorer(stripes, latent_dim=8, shipped="mnist_classifier")
    assert "不是交互图能用的网络" in caught.value.chinese


def test_a_latent_size_that_does_not_fit_the_weights_is_refused(conditional):
    with pytest.raises(ValueError, match="do latent_dim and n_classes fit"):
        LatentExplorer(conditional, latent_dim=9, n_classes=10)


@pytest.mark.parametrize(
    ("decoder", "message"),
    [
        (lambda z: z, r"returned \(2, 8\)"),
        (lambda z: stripes(z)[:, :, :0], r"returned \(2, 1, 0, 5\)"),
        (lambda z: stripes(z).repeat(1, 3, 1, 1), r"returned \(2, 3, 6, 5\)"),
        (lambda z: stripes(z).numpy(), "ndarray, not a tensor"),
        (lambda z: stripes(z) * torch.nan, "NaN"),
        (lambda z: stripes(z) * 2 - 1, r"images lie in \[0, 1\]"),
        (nn.Linear(9, 9), "does not accept"),
    ],
)
def test_a_decoder_that_gives_no_images_is_refused(decoder, message):
    with pytest.raises(ValueError, match=message):
        LatentExplorer(decoder, latent_dim=8)


@pytest.mark.parametrize(
    ("trait", "value"),
    [
        ("z", [0.0] * 7),
        ("z", []),
        ("z", [np.nan] * 8),
        ("coordinates", [0.0]),
        ("coordinates", [np.inf] * 6),
        ("label", 1),
    ],
)
def test_a_trait_that_does_not_fit_is_refused_and_changes_nothing(
    explorer, trait, value
):
    before = dict(explorer._state)
    with pytest.raises(ValueError):
        setattr(explorer, trait, value)
    assert explorer._state == before


# ---- what is stored ------------------------------------------------------------


def bundle(explorer) -> dict:
    return explorer._repr_mimebundle_()[0]


def test_the_stored_form_has_a_live_and_a_static_side(explorer):
    data = bundle(explorer)
    assert set(data) == {"text/plain", "text/html", WIDGET}
    text = "LatentExplorer(latent_dim=8, n_directions=6, n_classes=0)"
    assert data["text/plain"] == text


def test_two_runs_store_the_same_text():
    pair = [bundle(LatentExplorer(stripes, latent_dim=8)) for _ in range(2)]
    assert pair[0]["text/html"] == pair[1]["text/html"]
    assert pair[0]["text/plain"] == pair[1]["text/plain"]


def test_colab_gets_no_html(explorer, monkeypatch):
    monkeypatch.setitem(sys.modules, "google.colab", object())
    assert set(bundle(explorer)) == {"text/plain", WIDGET}


def test_static_html_runs_nothing_and_asks_nothing(explorer):
    html = bundle(explorer)["text/html"]
    assert re.findall("<script[^>]*>", html) == ['<script type="application/json">']
    assert "http" not in html and " on" not in html.replace("one", "")
    assert re.search('alt="[^"]+"', html)


def test_names_cannot_break_out_of_the_html():
    name = "</script><img src=x>"
    explorer = LatentExplorer(stripes, latent_dim=8, names=[name] * 6)
    html = explorer._static_html()
    assert html.count("<img") == 1 and html.count("</script>") == 1
    assert facts_in(html)["_config"]["names"] == [name] * 6


def test_a_shipped_network_stands_in_where_no_kernel_runs():
    size = weights.card("gan_mnist_conditional")["explorer"]
    decoder = gan.PixelDecoder(gan.ConditionalGenerator(size["latent_dim"], width=4))
    explorer = LatentExplorer(
        decoder,
        latent_dim=size["latent_dim"],
        n_classes=size["n_classes"],
        shipped="gan_mnist_conditional",
    )
    assert explorer._static_html() == site.shipped_page("gan_mnist_conditional")


# ---- a number beside the picture -----------------------------------------------


def measured(z):
    """`stripes`, and the sum of z beside each."""
    return stripes(z), z.sum(dim=1)


READOUT = {"words": "nearest_photograph", "stranger": 2.34}


def test_the_kernel_answers_with_the_decoder_s_number(monkeypatch):
    explorer = LatentExplorer(measured, latent_dim=8, readout=READOUT)
    sent = []
    monkeypatch.setattr(explorer, "send", lambda *message: sent.append(message))
    explorer._receive(explorer, {"id": 1, "z": [0.25] * 8, "label": 0}, [])
    message, (image,) = sent[0]
    assert message == {"kind": "answer", "id": 1, "value": 2.0}
    assert len(image) == 6 * 5 * 4
    assert explorer._config["readout"] == (
        "离最近的训练照片：{value}（照抄是 0，同一批人的新照片一般是 1，"
        "陌生人的照片一般是 2.3）"
    )


def test_each_stored_picture_has_its_number_and_the_poster_a_sentence():
    explorer = LatentExplorer(measured, latent_dim=8, readout=READOUT)
    html = explorer._static_html()
    setting = latent_setting(8, 0, readout=READOUT)
    z, _ = filmstrip.strip_latents(setting)
    sums = z.sum(axis=1)
    values = facts_in(html)["_config"]["strip"]["values"]
    np.testing.assert_allclose(values, sums, atol=0.0051)
    words = re.search("<figcaption>(.*?)</figcaption>", html).group(1)
    for number in (sums.min(), sums.max(), setting.base.sum()):
        assert f"{number:.2f}" in words
    assert "{" not in words and html.index("<img") < html.index("<figcaption>")


def test_without_a_number_nothing_is_said(explorer):
    html = explorer._static_html()
    config = facts_in(html)["_config"]
    assert "readout" not in config | explorer._config
    assert set(config["strip"]) == {"tile", "positions"}
    assert "figcaption" not in html


@pytest.mark.parametrize(
    ("decoder", "readout", "message"),
    [
        (measured, None, "say what they are by readout="),
        (stripes, READOUT, "the decoder returns images alone"),
        (measured, "nearest_photograph", "readout must have words"),
        (measured, {"words": "far"}, r"one of \['nearest_photograph'\]"),
        (measured, {"words": "nearest_photograph"}, r"the numbers \['stranger'\]"),
        (measured, {**READOUT, "friend": 1}, r"not \['friend', 'stranger'\]"),
        (measured, {**READOUT, "stranger": torch.nan}, "NaN or infinity in stranger"),
        (lambda z: (stripes(z), z), READOUT, r"shape \(2, 8\); numbers are \(2,\)"),
        (lambda z: (stripes(z), 1.0), READOUT, "returned float; numbers"),
        (lambda z: (stripes(z), z[:, 0] / 0), READOUT, "infinity in numbers"),
        (lambda z: (*measured(z), 0), READOUT, "returned 3 things"),
        (lambda z: (z, z[:, 0]), READOUT, "returned \\(2, 8\\); images"),
    ],
)
def test_numbers_and_words_that_do_not_fit_are_refused(decoder, readout, message):
    options = {} if readout is None else {"readout": readout}
    with pytest.raises(ValueError, match=message) as caught:
        LatentExplorer(decoder, latent_dim=8, **options)
    assert caught.value.chinese


def test_a_shipped_network_that_measures_brings_its_words():
    card = weights.card("image_faces")
    size = {"latent_dim": card["explorer"]["latent_dim"], "shipped": "image_faces"}
    decoder = weights.load_decoder("image_faces")
    explorer = LatentExplorer(decoder, **size)
    html = explorer._static_html()
    assert html == site.shipped_page("image_faces") and len(html) <= 68 * 1024
    words = explorer._config["readout"]
    assert words == facts_in(html)["_config"]["readout"]
    assert f"{card['explorer']['readout']['stranger']:.1f}" in words
    plain = LatentExplorer(lambda z: decoder(z)[0], **size)  # a reader's own generator
    assert "readout" not in plain._config and plain._static_html() == html


# ---- the filmstrip -------------------------------------------------------------


def sprite(strip) -> np.ndarray:
    image = Image.open(io.BytesIO(strip.content))
    assert image.mode == "L"
    return np.asarray(image)


def test_every_tile_shows_what_its_place_says(conditional):
    setting = latent_setting(8, 10, label=4)
    strip, shape, numbers = filmstrip.filmstrip(setting, conditional)
    assert shape == strip.tile == (28, 28) and numbers is None
    tiles = sprite(strip).reshape(8, 28, 21, 28).swapaxes(1, 2)

    def picture(z, label):
        image = decode(conditional, np.float32([z]), np.array([label]), 10)
        return image[0] * 255

    def close(tile, image):
        return np.abs(tile - image).max() <= 255 / 7 / 2 + 1

    base, goal = setting.base, gaussian(1, 8)
    assert close(tiles[2, 0], picture(base - 3 * setting.directions[2], 4))
    assert close(tiles[5, 13], picture(base + 0.9 * setting.directions[5], 4))
    assert close(tiles[6, 20], picture(goal, 4))
    assert close(tiles[7, 15], picture(base, 7))


@pytest.mark.parametrize("size", [28, 36, 44, 52, 64])
def test_a_filmstrip_fits_into_60_kb_whatever_the_decoder_draws(size):
    noise = np.random.default_rng(0).random((6 * 21 + 21 + 10, size, size))
    strip = filmstrip.make_filmstrip(noise, 10)
    assert len(strip.address) <= 60 * 1024
    assert strip.rows == 8 and strip.tile[0] < size


def test_a_filmstrip_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(filmstrip, "_MOST", 100)
    with pytest.raises(ValueError, match="exceeds 100 B") as caught:
        filmstrip.make_filmstrip(np.zeros((21, 8, 9)), 0)
    assert "8×9 的图拼起来太大" in caught.value.chinese


@pytest.mark.parametrize("name", ["gan_mnist", "gan_mnist_conditional"])
def test_shipped_pages_are_light(name):
    html = site.shipped_page(name)
    address = re.search(r"base64,([^\"]+)", html).group(1)
    assert len(address) <= 60 * 1024 and len(html) <= 68 * 1024
    assert base64.b64decode(address).startswith(b"\x89PNG")
    assert f'data-network="{name}"' in html


def test_the_style_of_a_notebook_does_not_ask_for_its_root(explorer):
    assert "padding: 20px 24px;" in explorer._css  # 1.25rem 1.5rem on a page
    assert "rem" not in re.findall(r"[\d.]+([a-z]+)", explorer._css)


def test_the_module_text_has_each_part_once():
    text = modules.module_text("latent")
    for name in ("function gaussian", "class KernelSource", "class LatentView"):
        assert text.count(name) == 1
