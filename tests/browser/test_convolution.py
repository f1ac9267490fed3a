"""The convolution explorer, on a page and live: equal to torch, by mouse and keys."""

import numpy as np
import pytest
import torch
from live_page import show_live

from aigc_helpers.explorers import ConvolutionExplorer
from aigc_helpers.explorers.convolution.setting import PRESETS

SHAPE = (20, 30)
PICTURE = np.random.default_rng(0).integers(256, size=SHAPE, dtype=np.uint8)
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
VIEW = "document.querySelector('.aigc-view').aigc.view"
TOLERANCE = 1e-5  # of pixels in [0, 1]: float32 sums of nine products
PIXELS = """() => {
  const canvas = document.querySelectorAll(".aigc-convolution-pictures canvas")[1];
  const area = [0, 0, canvas.width, canvas.height];
  return Array.from(canvas.getContext("2d").getImageData(...area).data);
}"""


def by_torch(kernel, bias):
    """What torch makes of the picture, (H - 2, W - 2)."""
    image = torch.tensor(PICTURE[None, None] / 255, dtype=torch.float32)
    weight = torch.tensor(kernel, dtype=torch.float32).reshape(1, 1, 3, 3)
    return torch.conv2d(image, weight, torch.tensor([bias]).float())[0, 0].numpy()


def check(page, kernel, bias=0.0):
    """The numbers of the page are torch's, and the canvas shows them."""
    expected = by_torch(kernel, bias)
    output = np.array(page.evaluate(f"Array.from({VIEW}.output)")).reshape(18, 28)
    np.testing.assert_allclose(output, expected, atol=TOLERANCE)
    shown = np.array(page.evaluate(PIXELS)).reshape(18, 28, 4)
    assert np.abs(shown[..., 0] - expected.clip(0, 1) * 255).max() <= 0.51
    assert (shown[..., 0] == shown[..., 2]).all() and (shown[..., 3] == 255).all()


@pytest.fixture(scope="session", autouse=True)
def pages(write_page):
    html = ConvolutionExplorer(PICTURE, name="噪声")._static_html()
    link = '<p><a href="#explorer?5=-4&amp;2=99&amp;b=0.5">拉一拉</a></p>'
    write_page("convolution", link + html)
    write_page("convolution-two", html + html)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset["name"])
def test_each_preset_is_torch_s_convolution(explorer, preset):
    page = explorer("convolution.html").page
    page.get_by_role("button", name=preset["name"], exact=True).click()
    check(page, preset["kernel"], preset["bias"])


def test_random_weights_are_torch_s_convolution(explorer):
    page = explorer("convolution.html").page
    for seed in range(20):
        weights = np.random.default_rng(seed).uniform(-5, 5, 9).round(2)
        settings = {str(i + 1): str(w) for i, w in enumerate(weights)}
        page.evaluate(f"(settings) => {VIEW}.apply(settings)", settings)
        check(page, weights)


def test_the_keyboard_moves_a_weight_and_the_bias(explorer):
    shown = explorer("convolution.html")
    assert shown.sliders.count() == 10
    shown.sliders.nth(5).focus()
    for _ in range(4):
        shown.page.keyboard.press("ArrowRight")
    check(shown.page, [0, 0, 0, 0, 1, 0.2, 0, 0, 0])
    assert shown.sliders.nth(5).get_attribute("aria-valuetext") == "+0.20"
    shown.sliders.nth(9).focus()
    shown.page.keyboard.press("Home")
    check(shown.page, [0, 0, 0, 0, 1, 0.2, 0, 0, 0], -1.0)
    shown.page.get_by_role("button", name="重置").click()
    check(shown.page, [0, 0, 0, 0, 1, 0, 0, 0, 0])


def test_a_mouse_and_a_finger_move_a_weight(explorer):
    for options in ({}, PHONE):
        shown = explorer("convolution.html", **options)
        box = shown.sliders.nth(0).bounding_box()
        x, y = box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2
        if options:
            shown.page.touchscreen.tap(x, y)
        else:
            shown.page.mouse.click(x, y)
        weight = float(shown.sliders.nth(0).input_value())
        assert 3 < weight <= 5
        check(shown.page, [weight, 0, 0, 0, 1, 0, 0, 0, 0])


def test_a_link_sets_weights_and_is_brought_into_range(explorer):
    page = explorer("convolution.html").page
    page.get_by_text("拉一拉").click()
    page.wait_for_function(f"{VIEW}.state.bias === 0.5")
    check(page, [0, 5, 0, 0, -4, 0, 0, 0, 0], 0.5)
    kernel = page.evaluate(f"({VIEW}.apply({{ 1: 'x', b: '' }}), {VIEW}.state.kernel)")
    assert kernel[:2] == [0, 5]


def test_words_say_what_the_numbers_are(explorer):
    page = explorer("convolution.html").page
    page.get_by_role("button", name="锐化").click()
    expected = by_torch(PRESETS[2]["kernel"], 0.0)
    share = 100 * ((expected < -1e-6) | (expected > 1 + 1e-6)).mean()
    words = f"权重之和 +1.00，偏置 0.00。输出从 −{-expected.min():.2f} 到 "
    page.wait_for_function(
        "document.querySelector('.aigc-status').textContent.includes('越出')"
    )
    said = page.locator(".aigc-status").inner_text()
    assert said.startswith(words) and f"{share:.1f}%" in said
    after = page.locator(".aigc-convolution-pictures canvas").nth(1)
    assert "噪声经过卷积之后" in after.get_attribute("aria-label")


def test_two_explorers_on_one_page_keep_apart(explorer):
    shown = explorer("convolution-two.html")
    shown.page.wait_for_selector(".aigc-explorer[data-ready] >> nth=1")
    shown.sliders.nth(10).fill("2")
    states = "[...document.querySelectorAll('.aigc-view')].map(n => n.aigc.view.state)"
    first, second = shown.page.evaluate(states)
    assert first["kernel"][0] == 0 and second["kernel"][0] == 2


def test_live_python_and_sliders_follow_each_other(open_page):
    widget = ConvolutionExplorer(PICTURE)
    page = show_live(open_page, widget)
    page.wait_for_selector(".aigc-kernel")
    page.locator(".aigc-kernel input").nth(8).fill("3")
    page.wait_for_function(
        "document.querySelectorAll('output')[8].textContent === '+3.00'"
    )
    page.wait_for_timeout(200)
    assert widget.kernel == [[0, 0, 0], [0, 1, 0], [0, 0, 3]]
    page.evaluate("model.python({ kernel: [1, 0, 0, 0, 0, 0, 0, 0, 0], bias: 0 })")
    page.wait_for_timeout(50)
    check(page, [1, 0, 0, 0, 0, 0, 0, 0, 0])


def test_a_missing_module_leaves_the_poster_and_says_so(open_page, server):
    page = open_page()
    page.route("**/convolution.js", lambda route: route.fulfill(status=404))
    page.goto(f"{server}/convolution.html")
    page.wait_for_selector(".aigc-explorer-note")
    assert page.locator(".aigc-explorer-poster").is_visible()
    open_page.problems.clear()


@pytest.mark.parametrize("path", ["convolution-two.html", "convolution-two-dark.html"])
def test_it_is_accessible(explorer, axe, path):
    assert axe(explorer(path).page) == []


def test_the_weights_lie_as_in_the_kernel_under_the_theme_too(explorer):
    page = explorer("convolution.html").page
    page.add_style_tag(content="legend { float: left; width: 100% }")  # as Bootstrap
    boxes = [node.bounding_box() for node in page.locator(".aigc-kernel input").all()]
    xs, ys = ([round(box[key]) for box in boxes] for key in "xy")
    assert xs == xs[:3] * 3 and xs[0] < xs[1] < xs[2]
    assert ys == sorted(ys) and ys[0] == ys[2] < ys[3] == ys[5] < ys[6] == ys[8]


def test_it_fits_a_phone(explorer, fits):
    fits(explorer("convolution.html", **PHONE).page, ".aigc-box *")
