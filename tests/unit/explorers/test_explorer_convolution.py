"""The convolution explorer in Python: what it computes, stores and refuses."""

import base64
import io
import re

import numpy as np
import pytest
import torch
from explorer_talk import facts_in
from PIL import Image

from aigc_helpers.explorers import ConvolutionExplorer, modules
from aigc_helpers.explorers.convolution.setting import LIMIT, PRESETS, convolve


@pytest.fixture
def picture():
    return np.random.default_rng(0).integers(256, size=(9, 12), dtype=np.uint8)


@pytest.fixture
def explorer(picture):
    return ConvolutionExplorer(picture, name="噪声")


def by_torch(picture, kernel, bias=0.0):
    image = torch.tensor(picture / 255, dtype=torch.float64)[None, None]
    weight = torch.tensor(kernel, dtype=torch.float64).reshape(1, 1, 3, 3)
    bias = torch.tensor([bias], dtype=torch.float64)
    return torch.conv2d(image, weight, bias)[0, 0].numpy()


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset["name"])
def test_it_is_torch_s_convolution(explorer, picture, preset):
    expected = by_torch(picture, preset["kernel"], preset["bias"])
    kernel = np.reshape(preset["kernel"], (3, 3))
    np.testing.assert_allclose(
        convolve(picture / 255, kernel, preset["bias"]), expected, atol=1e-12
    )
    explorer.kernel, explorer.bias = kernel, preset["bias"]
    np.testing.assert_allclose(explorer.output, expected, atol=1e-12)


def test_presets_do_what_their_names_say():
    kernels = {p["name"]: np.reshape(p["kernel"], (3, 3)) for p in PRESETS}
    sums = {name: kernel.sum() for name, kernel in kernels.items()}
    assert sums["模糊"] == pytest.approx(1) and sums["锐化"] == 1 and sums["浮雕"] == 1
    assert sums["边缘"] == sums["竖边"] == 0
    ramp = np.tile(np.linspace(0, 1, 8), (8, 1))  # brighter to the right
    assert (convolve(ramp, kernels["竖边"]) > 0).all()
    np.testing.assert_allclose(convolve(ramp.T, kernels["竖边"]), 0, atol=1e-12)
    np.testing.assert_allclose(convolve(ramp, kernels["边缘"]), 0, atol=1e-12)


def test_page_and_python_set_each_other(explorer):
    explorer.kernel = np.arange(9).reshape(3, 3) / 4
    assert explorer._state == {"kernel": [i / 4 for i in range(9)], "bias": 0.0}
    explorer._state = {"kernel": [0.0] * 8 + [1.0], "bias": 0.25}
    assert explorer.kernel == [[0, 0, 0], [0, 0, 0], [0, 0, 1]]
    assert explorer.bias == 0.25


def test_the_page_carries_the_exact_pixels_and_a_poster(explorer, picture):
    html = explorer._static_html()
    facts = facts_in(html)
    config = facts["_config"]
    assert config["source"] == "page" and explorer._config["source"] == "kernel"
    pixels = np.frombuffer(base64.b64decode(config["picture"]), np.uint8)
    assert np.array_equal(pixels.reshape(config["shape"]), picture)
    assert facts["_state"] == {"kernel": PRESETS[0]["kernel"], "bias": 0.0}
    content = base64.b64decode(re.search('base64,([^"]+)"></?', html).group(1))
    poster = Image.open(io.BytesIO(content))
    assert poster.size == (3 * 10, 2 * 7)
    assert "噪声，以及经过各个预设的核之后的样子" in html and "模糊、锐化" in html


def test_the_module_is_one_text_without_imports():
    text = modules.module_text("convolution")
    assert "function convolve(" in text and "import {" not in text


def test_floats_are_taken_and_weights_brought_into_range():
    ramp = torch.linspace(0, 1, 12).reshape(3, 4)
    explorer = ConvolutionExplorer(ramp, [[9, 0, 0], [0, -9, 0], [0, 0, 1]], bias=3)
    assert explorer.kernel == [[LIMIT, 0, 0], [0, -LIMIT, 0], [0, 0, 1]]
    assert explorer.bias == 1.0
    picture = explorer._setting.picture
    assert picture.dtype == np.uint8 and picture.max() == 255
    assert "ConvolutionExplorer('照片', 3x4 pixels)" == repr(explorer)


@pytest.mark.parametrize(
    ("picture", "options", "words"),
    [
        (np.zeros((2, 9)), {}, "at least 3x3"),
        (np.zeros((300, 300)), {}, "at most 60000 pixels"),
        (np.zeros((3, 3, 3)), {}, r"a picture is \(H, W\)"),
        (np.full((3, 3), 2.0), {}, r"lie in \[0, 1\]"),
        (np.full((3, 3), np.nan), {}, "NaN or infinity"),
        (np.zeros((3, 3)), {"kernel": [1, 2]}, r"kernel must be numbers \(3, 3\)"),
        (np.zeros((3, 3)), {"kernel": [np.nan] * 9}, "NaN or infinity"),
        (np.zeros((3, 3)), {"bias": "x"}, "bias must be numbers"),
        (np.zeros((3, 3)), {"presets": [{"name": "a"}]}, "a name and all of"),
    ],
)
def test_what_does_not_fit_is_refused(picture, options, words):
    with pytest.raises(ValueError, match=words):
        ConvolutionExplorer(picture, **options)


def test_a_wrong_kernel_is_refused_later_too(explorer):
    with pytest.raises(ValueError, match="kernel must be numbers"):
        explorer.kernel = [[1, 2], [3, 4]]
    assert explorer.kernel == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
