"""The paint explorer in Python: holes, fillings, what it stores and refuses."""

import base64
import io
import re

import numpy as np
import onnxruntime
import pytest
import torch
from explorer_talk import facts_in
from PIL import Image
from tiny_fillers import MaskedBlur, faces, fillers

from aigc_helpers import weights
from aigc_helpers.explorers import PaintExplorer, site
from aigc_helpers.explorers.paint import holes, page
from aigc_helpers.explorers.paint.filling import fill_hole
from aigc_helpers.explorers.paint.rivals import (
    root_mean_squared_error,
    smooth_filling,
)
from aigc_helpers.explorers.seeded import gaussian
from aigc_helpers.reader import Mistake, WrongCall

FACES = faces(side=24)
SHAPE = FACES.shape[1:]
MEAN = FACES.mean(axis=0) / 255
NOISE = np.random.default_rng(0).random(SHAPE)


@pytest.fixture(scope="module")
def networks():
    return fillers()


@pytest.fixture
def explorer(networks):
    return PaintExplorer(networks["plain"], FACES, mean=MEAN)


# ---- holes -----------------------------------------------------------------------


def test_named_holes_are_what_they_are_called():
    lower, centre, strokes, none, everything = (
        holes.named_hole(name, (64, 64)) for name in holes.NAMES
    )
    assert not lower[:32].any() and lower[32:].all()
    assert centre.sum() == 32 * 32 and centre[16:48, 16:48].all()
    assert 0.1 < strokes.mean() < 0.3 and strokes[:32].any() and strokes[32:].any()
    assert not none.any() and everything.all()


def test_strokes_are_the_same_every_time_and_as_thick_in_any_size():
    small, large = (holes.named_hole("strokes", (side, side)) for side in (32, 128))
    assert np.array_equal(small, holes.named_hole("strokes", (32, 32)))
    shrunk = large.reshape(32, 4, 32, 4).mean((1, 3)) > 0.5
    assert (shrunk == small).mean() > 0.97


@pytest.mark.parametrize("shape", [(8, 8), (9, 11), (64, 64)])
def test_a_hole_travels_as_bits(shape):
    hole = np.random.default_rng(1).random(shape) < 0.3
    text = holes.packed(hole)
    assert len(base64.b64decode(text)) == -(-hole.size // 8)
    assert np.array_equal(holes.unpacked(text, shape), hole)


@pytest.mark.parametrize("text", ["", "AAAA", "?", None, 3, "é"])
def test_a_text_that_is_no_hole_is_refused(text):
    with pytest.raises(Mistake):
        holes.unpacked(text, SHAPE)


# ---- fillings --------------------------------------------------------------------


@pytest.mark.parametrize("name", ["lower", "centre", "strokes"])
def test_the_smooth_surface_solves_laplace_s_equation(name):
    hole = holes.named_hole(name, SHAPE)
    filled = smooth_filling(NOISE, hole)
    assert np.array_equal(filled[~hole], NOISE[~hole])
    padded = np.pad(filled, 1, mode="edge")  # no flow over the edge
    around = padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]
    np.testing.assert_allclose((around - 4 * filled)[hole], 0, atol=1e-12)
    rim = NOISE[~hole]
    assert rim.min() <= filled[hole].min() <= filled[hole].max() <= rim.max()


def test_a_linear_picture_is_filled_without_an_error():
    ramp = np.linspace(0, 1, 24)[None].repeat(24, axis=0)
    hole = holes.named_hole("centre", (24, 24))
    np.testing.assert_allclose(smooth_filling(ramp * ~hole, hole), ramp, atol=1e-12)


def test_without_a_rim_there_is_no_smooth_surface():
    with pytest.raises(Mistake, match="no rim") as caught:
        smooth_filling(NOISE, np.ones(SHAPE, bool))
    assert "没有边界" in caught.value.chinese
    assert np.array_equal(smooth_filling(NOISE, np.zeros(SHAPE, bool)), NOISE)


def test_the_error_counts_the_hole_alone():
    hole = holes.named_hole("lower", SHAPE)
    answer = np.where(hole, NOISE + 0.25, NOISE - 0.5)
    assert root_mean_squared_error(answer, NOISE, hole) == pytest.approx(0.25)
    assert np.isnan(root_mean_squared_error(answer, NOISE, np.zeros(SHAPE, bool)))


def test_a_network_never_sees_what_the_hole_hides(networks):
    hole = holes.named_hole("centre", SHAPE)
    seen = []

    def spy(image, hole):
        seen.append(image)
        return torch.full_like(image, 0.75)

    filled = fill_hole(spy, NOISE, hole)
    assert seen[0].shape == (1, 1, *SHAPE) and (seen[0][0, 0][hole] == 0).all()
    assert (filled[hole] == 0.75).all() and filled.dtype == np.float32
    assert np.array_equal(filled[~hole], NOISE[~hole].astype(np.float32))
    changed = np.where(hole, 1 - NOISE, NOISE)
    plain = networks["plain"]
    ours, theirs = (fill_hole(plain, one, hole) for one in (NOISE, changed))
    assert np.array_equal(ours[hole], theirs[hole])


def test_a_sample_is_that_of_the_page(networks):
    hole, sampled = holes.named_hole("centre", SHAPE), networks["sampled"]
    z = torch.tensor(gaussian(7, 4))[None]
    known = torch.tensor(NOISE * ~hole, dtype=torch.float32)[None, None]
    with torch.no_grad():
        expected = sampled(known, torch.tensor(hole[None, None]).float(), z)[0, 0]
    ours = fill_hole(sampled, NOISE, hole, seed=7)
    np.testing.assert_allclose(ours[hole], expected.numpy()[hole], atol=1e-6)
    other = fill_hole(sampled, NOISE, hole, seed=8)
    assert np.abs(ours - other)[hole].max() > 0.01


# ---- the widget ------------------------------------------------------------------


def test_its_answers_are_those_of_the_network_and_its_rivals(explorer, networks):
    image, hole = FACES[0] / 255, holes.named_hole("lower", SHAPE)
    assert np.array_equal(explorer.hole, hole)
    filled = fill_hole(networks["plain"], image, hole)
    np.testing.assert_allclose(explorer.filled, filled, atol=1e-6)
    np.testing.assert_allclose(explorer.smooth, smooth_filling(image, hole), atol=1e-6)
    mean = np.rint(MEAN * 255) / 255
    expected = {
        "network": np.sqrt(((filled - image)[hole] ** 2).mean()),
        "mean": np.sqrt(((mean - image)[hole] ** 2).mean()),
        "smooth": np.sqrt(((smooth_filling(image, hole) - image)[hole] ** 2).mean()),
    }
    assert explorer.errors == pytest.approx(expected, abs=1e-6)
    explorer.hole = "all"
    assert set(explorer.errors) == {"network", "mean"}
    assert repr(explorer) == "PaintExplorer(3 photographs, 24x24 pixels)"


def test_page_and_python_set_each_other(explorer):
    hole = np.zeros(SHAPE, int)
    hole[3:9, 4:20] = 1
    explorer.hole, explorer.photo, explorer.seed = hole, 2, 9
    expected = {"photo": 2, "hole": holes.packed(hole), "seed": 9}
    assert explorer._state == expected
    assert explorer.hole.dtype == bool and explorer.hole.sum() == 6 * 16
    seen = []
    explorer.observe(lambda change: seen.append(change.name), ["hole", "photo"])
    state = {"photo": 1, "hole": holes.packed(~explorer.hole), "seed": 9}
    explorer.set_state({"_state": state})
    assert explorer.photo == 1 and explorer.hole.sum() == 24 * 24 - 6 * 16
    assert sorted(seen) == ["hole", "photo"] and explorer._state == state


def test_a_hole_that_is_changed_in_place_says_so(explorer):
    with pytest.raises(ValueError, match="read-only"):
        explorer.hole[0] = True
    mine = np.zeros(SHAPE, bool)
    explorer.hole = mine
    mine[:] = True  # a copy was taken
    assert not explorer.hole.any()


def asked(explorer, monkeypatch, **content):
    sent = []
    monkeypatch.setattr(explorer, "send", lambda *message: sent.append(message))
    explorer._receive(explorer, {"id": 1, **content}, [])
    return sent[0]


def test_the_kernel_fills_what_the_page_asks_for(explorer, networks, monkeypatch):
    hole = holes.named_hole("centre", SHAPE)
    question = {"hole": holes.packed(hole), "photo": 1, "seed": 0}
    message, (answer,) = asked(explorer, monkeypatch, **question)
    assert message == {"kind": "answer", "id": 1}
    filled = np.frombuffer(answer, "<f4").reshape(SHAPE)
    expected = fill_hole(networks["plain"], FACES[1] / 255, hole)
    np.testing.assert_allclose(filled, expected, atol=1e-6)
    assert explorer.photo == 0  # what no reader moved stays


OWN = np.random.default_rng(5).integers(256, size=SHAPE, dtype=np.uint8)


def test_the_reader_s_own_photograph_is_filled_and_forgotten(
    explorer, networks, monkeypatch
):
    hole = holes.named_hole("lower", SHAPE)
    pixels = base64.b64encode(OWN.tobytes()).decode()
    question = {"hole": holes.packed(hole), "photo": 0, "seed": 0}
    content = {**question, "state": question, "pixels": pixels}
    message, (answer,) = asked(explorer, monkeypatch, **content)
    assert message["kind"] == "answer"
    filled = np.frombuffer(answer, "<f4").reshape(SHAPE)
    expected = fill_hole(networks["plain"], OWN / 255, hole)
    np.testing.assert_allclose(filled, expected, atol=1e-6)
    assert explorer._state == question and explorer.hole.sum() == 288
    kept = str([*explorer._repr_mimebundle_()[0].values(), explorer.get_state()])
    assert "photographs" in kept and pixels[:40] not in kept


@pytest.mark.parametrize("pixels", ["AAAA", "?", 3])
def test_pixels_that_are_no_photograph_are_refused(explorer, monkeypatch, pixels):
    question = {"hole": explorer._state["hole"], "photo": 0, "seed": 0}
    message, *_ = asked(explorer, monkeypatch, **question, pixels=pixels)
    assert message["kind"] == "error" and "照片的数据不对" in message["error"]


# ---- what is refused -------------------------------------------------------------


@pytest.mark.parametrize(
    ("photographs", "options", "words"),
    [
        (FACES / 255, {}, "uint8"),
        (FACES[0], {}, r"\(N, H, W\)"),
        (np.zeros((1, 7, 9), np.uint8), {}, "sides of 8 to 128"),
        (np.zeros((1, 8, 129), np.uint8), {}, "sides of 8 to 128"),
        (np.zeros((0, 8, 8), np.uint8), {}, "1 to 20 photographs, not 0"),
        (np.zeros((21, 8, 8), np.uint8), {}, "1 to 20 photographs, not 21"),
        (FACES, {"names": ["甲"]}, "names must be 3 texts"),
        (FACES, {"mean": MEAN[:5]}, r"the mean picture is \(5, 24\)"),
        (FACES, {"mean": MEAN * 255}, r"lie in \[0, 1\]"),
        (FACES, {"mean": MEAN * np.nan}, "NaN"),
        (FACES, {"hole": "left"}, "no hole is called 'left'"),
        (FACES, {"hole": np.zeros((3, 3))}, "a hole is an array"),
        (FACES, {"hole": MEAN}, "array of 0 and 1"),
        (FACES, {"photo": 3}, r"photo must be an integer in 0\.\.2"),
        (FACES, {"seed": -1}, "seed must be an integer"),
        (FACES, {"seed": 2**32}, "seed must be an integer"),
    ],
)
def test_what_does_not_fit_is_refused(networks, photographs, options, words):
    with pytest.raises(Mistake, match=words) as caught:
        PaintExplorer(networks["plain"], photographs, **options)
    assert re.search("[一-龥]", caught.value.chinese)


def test_an_unknown_option_is_named(networks):
    with pytest.raises(WrongCall, match="brush"):
        PaintExplorer(networks["plain"], FACES, brush=3)


class Returns(torch.nn.Module):
    """A network that gives what it was made with."""

    def __init__(self, answer, latent_dim=0):
        super().__init__()
        self.answer, self.latent_dim = answer, latent_dim

    def forward(self, image, hole):
        return self.answer(image)


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (Returns(lambda image: image[..., 1:]), r"returned \(1, 1, 24, 23\)"),
        (Returns(lambda image: image[0]), r"returned \(1, 24, 24\)"),
        (Returns(lambda image: image * torch.nan), "NaN"),
        (Returns(lambda image: image * 2 - 1), r"lie in \[0, 1\]"),
        (Returns(lambda image: image.numpy()), "ndarray, not a tensor"),
        (Returns(lambda image: image, latent_dim=4), "does not accept image"),
        (Returns(lambda image: image, latent_dim="4"), "latent_dim of the network"),
        (torch.nn.Linear(3, 3), "does not accept image"),
    ],
)
def test_a_network_that_fills_nothing_is_refused(network, words):
    with pytest.raises(Mistake, match=words) as caught:
        PaintExplorer(network, FACES)
    assert "网络" in caught.value.chinese


@pytest.mark.parametrize(
    ("trait", "value"),
    [("hole", "left"), ("hole", [[1]]), ("photo", 3), ("photo", -1), ("seed", -1)],
)
def test_a_trait_that_does_not_fit_is_refused_and_changes_nothing(
    explorer, trait, value
):
    before = dict(explorer._state)
    with pytest.raises(Mistake):
        setattr(explorer, trait, value)
    assert explorer._state == before and explorer.hole.sum() == 288


# ---- what is stored --------------------------------------------------------------


def test_the_page_carries_photographs_holes_and_the_first_answer(explorer):
    config = facts_in(explorer._static_html())["_config"]
    assert (config["source"], explorer._config["source"]) == ("strip", "kernel")
    pixels = np.frombuffer(base64.b64decode(config["photographs"]), np.uint8)
    assert np.array_equal(pixels.reshape(FACES.shape), FACES)
    mean = np.frombuffer(base64.b64decode(config["mean"]), np.uint8)
    assert np.array_equal(mean.reshape(SHAPE), np.rint(MEAN * 255))
    assert config["names"] == ["照片 1", "照片 2", "照片 3"]
    for name in holes.NAMES:
        hole = holes.unpacked(config["holes"][name], SHAPE)
        assert np.array_equal(hole, holes.named_hole(name, SHAPE))
    content = base64.b64decode(config["prepared"]["pixels"])
    prepared = np.frombuffer(content, "<u2") / 65535
    np.testing.assert_allclose(prepared, explorer.filled[explorer.hole], atol=1e-5)


def test_the_poster_shows_all_answers_and_says_their_errors(explorer):
    html = explorer._static_html()
    errors = explorer.errors
    assert (
        "洞有 288 个像素（全图的 50.0%）。洞里的均方根误差："
        f"网络 {errors['network']:.3f}，平均脸 {errors['mean']:.3f}，"
        f"光滑填补 {errors['smooth']:.3f}。"
    ) in html
    content = base64.b64decode(re.search('base64,([^"]+)"', html).group(1))
    sheet = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), float)
    assert sheet.shape == (48, 5 * 48, 3)
    colour = np.ptp(sheet, axis=2).reshape(48, 5, 48).mean(axis=(0, 2))
    assert colour[1] > 20 and max(colour[[0, 2, 3, 4]]) < 5  # the open hole alone
    tile = np.kron(explorer.filled, np.ones((2, 2))) * 255
    assert np.abs(sheet[:, 96:144].mean(axis=2) - tile).mean() < 6


def test_the_poster_follows_the_state_and_its_edge_cases_have_sentences(explorer):
    explorer.hole = "none"
    assert "还没有洞。" in explorer._static_html()
    explorer.hole, explorer.photo = "all", 1
    html = explorer._static_html()
    assert "没有边界，解不出来" in html and "光滑填补 0" not in html
    assert facts_in(html)["_state"]["photo"] == 1


def test_without_a_mean_there_is_none(networks):
    html = PaintExplorer(networks["plain"], FACES)._static_html()
    assert "平均脸" not in html and facts_in(html)["_config"]["mean"] == ""


def test_names_cannot_break_out_of_the_html(networks):
    name = '"></figure><img src=x>'
    explorer = PaintExplorer(networks["plain"], FACES, names=[name] * 3)
    html = explorer._static_html()
    assert html.count("<img") == 1 and facts_in(html)["_config"]["names"] == [name] * 3


def test_two_runs_store_the_same_text(networks):
    pair = [PaintExplorer(networks["sampled"], FACES)._static_html() for _ in range(2)]
    assert pair[0] == pair[1]


# ---- shipped networks ------------------------------------------------------------


CARD = {
    "network": {"module": "tiny", "class": "MaskedBlur", "arguments": {}},
    "explorer": {
        "kind": "paint",
        "image_shape": [1, *SHAPE],
        "latent_dim": 4,
        "names": ["甲", "乙", "丙"],
        "hole": "centre",
        "seed": 3,
    },
}


@pytest.fixture
def shipped(monkeypatch, networks):
    """A shipped network "tiny_faces" with its photographs, and one without."""
    tensors = {"photographs": torch.tensor(FACES), "mean": torch.tensor(MEAN)}
    cards = {"tiny_faces": CARD, "judge": {"network": {}}}
    monkeypatch.setattr(weights, "card", cards.__getitem__)
    monkeypatch.setattr(weights, "load", lambda name, facts: networks["sampled"])
    stored = {"tiny_faces": tensors, "judge": {}}
    monkeypatch.setattr(weights, "explorer_tensors", lambda name, facts: stored[name])
    return cards


def test_a_card_gives_a_page_and_its_network(shipped, networks, tmp_path):
    html = site.shipped_page("tiny_faces")
    assert 'data-explorer="paint" data-network="tiny_faces"' in html
    facts = facts_in(html)
    assert facts["_config"]["source"] == "network"
    assert facts["_config"]["names"] == ["甲", "乙", "丙"]
    assert facts["_state"]["seed"] == 3
    path = site.export_network("tiny_faces", tmp_path)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    hole = holes.named_hole("strokes", SHAPE)
    feed = {"image": NOISE * ~hole, "hole": hole, "z": gaussian(5, 4)}
    feed = {
        name: values.astype(np.float32).reshape(
            (1, 4) if name == "z" else (1, 1, *SHAPE)
        )
        for name, values in feed.items()
    }
    (filled,) = session.run(["filled"], feed)
    expected = fill_hole(networks["sampled"], NOISE, hole, seed=5)
    np.testing.assert_allclose(filled[0, 0][hole], expected[hole], atol=1e-4)


def test_a_card_may_name_what_fills(shipped, networks, monkeypatch):
    card = {**CARD, "explorer": {**CARD["explorer"], "decoder": "Filler"}}
    names = []

    def load_decoder(name, card):
        names.append(card["explorer"]["decoder"])
        return networks["sampled"]

    monkeypatch.setattr(weights, "load_decoder", load_decoder)
    page.shipped_page("tiny_faces", card)
    assert names == ["Filler"]


def test_a_network_for_no_paint_explorer_is_refused(shipped, networks):
    with pytest.raises(Mistake, match="not a network for a paint explorer"):
        PaintExplorer(networks["sampled"], FACES, shipped="judge")


def test_a_shipped_network_that_fills_otherwise_is_told_and_left_out(shipped, networks):
    same = PaintExplorer(networks["sampled"], FACES, shipped="tiny_faces")
    assert 'data-network="tiny_faces"' in same._static_html()
    for network in (networks["plain"], MaskedBlur(4)):  # without z; with other weights
        with pytest.warns(UserWarning, match="填的不一样"):
            other = PaintExplorer(network, FACES, shipped="tiny_faces")
        assert "data-network" not in other._static_html()
