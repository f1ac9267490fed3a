"""The plane explorer on a page and live: drags, equals torch, says what goes wrong."""

import numpy as np
import pytest
import torch
from live_page import answer, show_live
from torch import nn

from aigc_helpers.explorers import PlaneExplorer
from aigc_helpers.explorers.plane import page as plane
from aigc_helpers.weights import export

PIXELS = """() => {
  const canvas = document.querySelector(".aigc-picture");
  const area = [0, 0, canvas.width, canvas.height];
  return Array.from(canvas.getContext("2d").getImageData(...area).data)
    .filter((_, i) => i % 4 === 0);
}"""
NETWORK = "document.querySelector('.aigc-explorer').aigc.view.network"
STATE = "document.querySelector('.aigc-explorer').aigc.view.state"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
CENTRES = np.array([[-1.5, -1.5], [1.5, 1.5], [1.5, -1.5]])
PRESETS = [{"name": "右下的一堆", "z": [1.5, -1.5], "show": [2]}]


class TinyDecoder(nn.Sequential):
    """Untrained: z (B, 2) to images (B, 1, 12, 12) in [0, 1]."""

    def __init__(self):
        image = nn.Sequential(nn.Linear(32, 144), nn.Sigmoid())
        super().__init__(
            nn.Linear(2, 32), nn.Tanh(), image, nn.Unflatten(1, (1, 12, 12))
        )


@pytest.fixture(scope="session")
def decoder():
    torch.manual_seed(1)
    made = TinyDecoder()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.mul_(4)  # so that pictures differ from place to place
    return made.eval()


@pytest.fixture(scope="session")
def planes(decoder):
    """A plane whose page runs the network, and one of the grid alone."""
    rng = np.random.default_rng(0)
    labels = np.arange(300) % 3
    points = CENTRES[labels] + 0.3 * rng.normal(size=(300, 2))
    options = {"bounds": (-3, 3), "class_names": ["甲", "乙", "丙"]}
    alone = PlaneExplorer(decoder, points, labels, **options, presets=PRESETS)
    network = plane.static_html(
        alone._setting, decoder, alone._grid, network="tiny_plane"
    )
    return {"widget": alone, "network": network, "grid": alone._static_html()}


@pytest.fixture(scope="session", autouse=True)
def pages(planes, write_page, explorer_site, decoder):
    path = explorer_site / "_static" / "networks" / "tiny_plane.onnx"
    export.export_decoder(decoder, path, latent_dim=2)
    link = '<p><a href="#explorer?1=2.5&amp;2=-1&amp;show=甲,2">拉到右下</a></p>'
    write_page("plane", link + planes["network"])
    write_page("plane-grid", planes["grid"])
    write_page("plane-two", planes["network"] + planes["network"])


@pytest.fixture
def plane_page(explorer):
    return lambda path="plane.html", **options: explorer(path, **options)


def pixels(page) -> np.ndarray:
    return np.array(page.evaluate(PIXELS))


def place(page) -> list[float]:
    return page.evaluate(STATE)["z"]


def expected(decoder, z) -> np.ndarray:
    with torch.no_grad():
        image = decoder(torch.tensor([z], dtype=torch.float32))
    return (image.flatten() * 255).round().numpy()


def wait_for_network(shown):
    shown.page.evaluate("document.querySelector('.aigc-explorer').aigc.touch()")
    shown.page.wait_for_function(f"{NETWORK} !== null")
    return shown


def wait_until_drawn(page, decoder):
    """The network's picture of the place has been painted."""
    wanted = expected(decoder, place(page)).tolist()
    page.wait_for_function(
        f"wanted => ({PIXELS})().every((v, i) => Math.abs(v - wanted[i]) <= 1)",
        arg=wanted,
    )


def at(page, x, y):
    """A point of the pad, as shares from its lower left."""
    box = page.locator(".aigc-pad canvas").last.bounding_box()
    return box["x"] + x * box["width"], box["y"] + (1 - y) * box["height"]


def test_a_mouse_drags_the_marker_and_the_picture_follows(plane_page, decoder):
    page = wait_for_network(plane_page()).page
    page.mouse.move(*at(page, 0.5, 0.5))
    page.mouse.down()
    page.mouse.move(*at(page, 0.75, 0.6), steps=4)
    assert place(page) == pytest.approx([1.5, 0.6], abs=0.02)
    page.mouse.move(*at(page, 1.3, 0.25), steps=4)  # beyond the edge
    page.mouse.up()
    assert place(page) == pytest.approx([3, -1.5], abs=0.02)
    wait_until_drawn(page, decoder)
    page.mouse.move(*at(page, 0.2, 0.2))  # the button is up
    assert place(page) == pytest.approx([3, -1.5], abs=0.02)
    left = page.locator(".aigc-marker").evaluate("node => node.style.left")
    assert float(left.rstrip("%")) == pytest.approx(100, abs=0.5)


def test_the_right_button_does_not_drag(plane_page):
    page = plane_page().page
    page.mouse.click(*at(page, 0.9, 0.9), button="right")
    assert place(page) == [0, 0]


def test_arrow_keys_move_the_marker(plane_page, decoder):
    page = wait_for_network(plane_page()).page
    page.locator(".aigc-pad").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    assert place(page) == pytest.approx([0.12, 0.6], abs=1e-3)
    wait_until_drawn(page, decoder)
    for _ in range(12):
        page.keyboard.press("Shift+ArrowLeft")
    assert place(page)[0] == -3
    label = page.locator(".aigc-pad")
    page.wait_for_timeout(500)
    assert "z₁ = −3.00，z₂ = +0.60" in label.get_attribute("aria-label")


def test_sliders_are_the_native_way(plane_page, decoder):
    shown = wait_for_network(plane_page())
    shown.page.get_by_label("z₁", exact=True).fill("-1.5")
    shown.page.get_by_label("z₂", exact=True).fill("0.75")
    assert place(shown.page) == [-1.5, 0.75]
    wait_until_drawn(shown.page, decoder)


@pytest.mark.parametrize("kind", ["touch", "pen"])
def test_a_finger_and_a_pen_drag(plane_page, decoder, kind):
    page = wait_for_network(plane_page(**PHONE)).page
    page.locator(".aigc-pad").scroll_into_view_if_needed()
    if kind == "touch":
        page.touchscreen.tap(*at(page, 0.75, 0.25))
    else:
        for name, spot in (("down", (0.5, 0.5)), ("move", (0.75, 0.25)), ("up", ())):
            x, y = at(page, *(spot or (0.75, 0.25)))
            page.locator(".aigc-pad").evaluate(
                """(pad, [name, x, y]) => {
                  pad.setPointerCapture = () => {};
                  pad.dispatchEvent(new PointerEvent(`pointer${name}`, {
                    pointerId: 9, pointerType: "pen", clientX: x, clientY: y,
                    button: 0, bubbles: true,
                  }));
                }""",
                [name, x, y],
            )
    assert place(page) == pytest.approx([1.5, -1.5], abs=0.05)
    wait_until_drawn(page, decoder)
    pad = page.locator(".aigc-pad")
    assert pad.evaluate("node => getComputedStyle(node).touchAction") == "none"


def test_the_browser_equals_torch(plane_page, decoder):
    shown = wait_for_network(plane_page())
    z = torch.rand(100, 2, generator=torch.Generator().manual_seed(2)) * 6 - 3
    images = shown.page.evaluate(
        """async (places) => {
          const { decode } = document.querySelector(".aigc-explorer").aigc;
          const images = [];
          for (const z of places) images.push(Array.from(await decode(z)));
          return images;
        }""",
        z.tolist(),
    )
    with torch.no_grad():
        gap = (torch.tensor(images) - decoder(z).flatten(1)).abs().max()
    assert gap < 1e-4


def test_the_grid_answers_with_the_cell_under_the_marker(plane_page, decoder):
    shown = plane_page("plane-grid.html")
    page = shown.page
    for z in ([-2.9, 2.9], [0.5, -1.2], [3, -3]):
        page.evaluate(
            "z => document.querySelector('.aigc-explorer').aigc.apply(z)",
            {"1": str(z[0]), "2": str(z[1])},
        )
        page.wait_for_timeout(50)
        cell = np.minimum(np.floor((np.array(z) + 3) / 6 * 21), 20)
        middle = -3 + 6 * (cell + 0.5) / 21
        gap = np.abs(pixels(page) - expected(decoder, middle.tolist()))
        assert gap.max() <= 255 / 15 / 2 + 1
    page.wait_for_timeout(400)
    assert "预先算好的图像" in shown.status.inner_text()


def test_the_grid_answers_before_the_runtime_is_there(plane_page, decoder):
    shown = plane_page()
    held = []
    shown.page.route("**/ort-wasm.bin", lambda route: held.append(route))
    before = pixels(shown.page)
    shown.page.mouse.click(*at(shown.page, 0.9, 0.9))
    shown.page.wait_for_timeout(100)
    preview = pixels(shown.page)
    assert np.abs(preview - before).max() > 20
    assert shown.page.evaluate(f"{NETWORK} === null")
    assert len(held) == 1
    held[0].continue_()
    wait_until_drawn(shown.page, decoder)


def test_the_nearest_point_is_told_in_words(plane_page, planes):
    page = plane_page().page
    setting = planes["widget"]._setting
    page.get_by_label("z₁", exact=True).fill("-1.5")
    page.get_by_label("z₂", exact=True).fill("-1.5")
    gap = np.linalg.norm(setting.points - [-1.5, -1.5], axis=1).min()
    words = page.locator(".aigc-nearest").inner_text()
    assert words == f"最近的数据点：甲 · 相距 {gap:.2f}"
    page.wait_for_timeout(500)
    assert "最近的数据点：甲" in page.locator(".aigc-picture").get_attribute(
        "aria-label"
    )


def test_a_stored_picture_is_named_by_its_own_place(plane_page, planes):
    page = plane_page("plane-grid.html").page
    page.get_by_label("z₁", exact=True).fill("-1.5")
    page.get_by_label("z₂", exact=True).fill("2")
    (left, right), (bottom, top) = planes["widget"]._config["bounds"]
    count = page.evaluate(
        "document.querySelector('.aigc-explorer').aigc.view.strip.count"
    )
    middles = []
    for value, low, high in ((-1.5, left, right), (2, bottom, top)):
        cell = int((value - low) / (high - low) * count)
        middles.append(low + (cell + 0.5) * (high - low) / count)
    x, y = (f"{value:+.2f}".replace("-", "−") for value in middles)
    page.locator(f'.aigc-picture[aria-label^="z₁ = {x}、z₂ = {y} 处"]').wait_for()
    words = page.locator(".aigc-status").inner_text()
    assert words == f"预先算好的图像（图像取自 z₁ = {x}，z₂ = {y}）"


INK = """() => {
  const canvas = document.querySelectorAll(".aigc-pad canvas")[1];
  const { data } = canvas.getContext("2d").getImageData(0, 0, 720, 720);
  let ink = 0;
  for (let i = 3; i < data.length; i += 4) ink += data[i] > 0;
  return ink;
}"""
DOT = """([x, y]) => {
  const canvas = document.querySelectorAll(".aigc-pad canvas")[1];
  const at = [(x + 3) / 6 * 720, (3 - y) / 6 * 720].map(Math.round);
  return Array.from(canvas.getContext("2d").getImageData(...at, 1, 1).data);
}"""


def test_points_lie_where_they_are_in_the_colour_of_their_class(plane_page, planes):
    page = plane_page().page
    setting = planes["widget"]._setting
    page.get_by_label("乙", exact=True).uncheck()
    page.get_by_label("丙", exact=True).uncheck()
    inside = [i for i in range(60) if setting.labels[i] == 0]
    for i in inside:
        red, green, blue, alpha = page.evaluate(DOT, setting.points[i].tolist())
        assert alpha > 150 and blue > 120 > green > red  # "#0072b2"


def test_classes_are_switched_by_checkboxes(plane_page):
    page = plane_page().page
    everything = page.evaluate(INK)
    page.get_by_label("甲", exact=True).uncheck()
    two = page.evaluate(INK)
    assert 0.5 * everything < two < 0.8 * everything
    assert page.evaluate(STATE)["show"] == [1, 2]
    page.get_by_label("甲", exact=True).check()
    assert page.evaluate(INK) == everything


def test_each_shown_class_has_its_name_in_the_middle_of_its_points(plane_page):
    page = plane_page().page
    names = page.locator(".aigc-class-name")
    assert names.all_inner_texts() == ["甲", "乙", "丙"]
    pad = page.locator(".aigc-pad").bounding_box()
    for i, (x, y) in enumerate(CENTRES):
        box = names.nth(i).bounding_box()
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        place = (x + 3) / 6, (3 - y) / 6  # the bounds are ±3
        np.testing.assert_allclose(
            [
                (middle[0] - pad["x"]) / pad["width"],
                (middle[1] - pad["y"]) / pad["height"],
            ],
            place,
            atol=0.03,
        )
    page.get_by_label("乙", exact=True).uncheck()
    assert names.nth(0).is_visible() and not names.nth(1).is_visible()


def test_the_whole_plane_lies_under_the_points(plane_page):
    page = plane_page().page
    tiles = page.locator(".aigc-tiles")
    assert not tiles.is_visible()
    page.get_by_label("铺上解码图").check()
    assert tiles.is_visible()
    alike = page.evaluate(
        """() => {
          const sprite = document.querySelector(".aigc-explorer").aigc.view.model
            .get("_sprite");
          const copy = document.createElement("canvas");
          copy.width = copy.height = 720;
          copy.getContext("2d").drawImage(sprite, 0, 0, 720, 720);
          return copy.toDataURL() === document.querySelector(".aigc-tiles").toDataURL();
        }"""
    )
    assert alike


def test_presets_and_reset(plane_page, decoder):
    page = wait_for_network(plane_page()).page
    page.get_by_role("button", name="右下的一堆").click()
    assert page.evaluate(STATE) == {"z": [1.5, -1.5], "show": [2], "grid": False}
    wait_until_drawn(page, decoder)
    assert not page.get_by_label("甲", exact=True).is_checked()
    page.get_by_role("button", name="重置").click()
    assert page.evaluate(STATE)["z"] == [0, 0]
    assert page.get_by_label("甲", exact=True).is_checked()


def test_a_link_in_the_text_sets_the_place_and_the_classes(plane_page):
    page = plane_page().page
    page.get_by_text("拉到右下").click()
    page.wait_for_function(f"{STATE}.z[0] === 2.5")
    assert page.evaluate(STATE) == {"z": [2.5, -1], "show": [0, 2], "grid": False}
    assert (
        page.get_by_label("z₁", exact=True).input_value() == "2.49"
    )  # its nearest step


def test_a_link_out_of_range_is_brought_in(plane_page):
    page = plane_page().page
    state = page.evaluate(
        """() => {
          const { apply, view } = document.querySelector(".aigc-explorer").aigc;
          apply({ 1: "99", 2: "x", show: "9,丁", grid: "1" });
          return view.state;
        }"""
    )
    assert state == {"z": [3, 0], "show": [], "grid": True}


def test_two_explorers_on_one_page_keep_apart(plane_page):
    page = plane_page("plane-two.html").page
    page.wait_for_selector(".aigc-explorer[data-ready] >> nth=1")
    page.get_by_label("z₁", exact=True).nth(1).fill("2.4")
    views = (
        "[...document.querySelectorAll('.aigc-explorer')].map(n => n.aigc.view.state.z)"
    )
    assert page.evaluate(views) == [[0, 0], [2.4, 0]]


@pytest.mark.parametrize("fault", ["missing", "damaged"])
@pytest.mark.parametrize("asset", ["tiny_plane.onnx", "ort-wasm.bin"])
def test_a_faulty_network_leaves_the_grid_and_says_so(
    plane_page, open_page, asset, fault, decoder
):
    shown = plane_page()
    body = {"status": 404} if fault == "missing" else {"body": "not the file"}
    shown.page.route(f"**/{asset}*", lambda route: route.fulfill(**body))
    shown.sliders.nth(0).fill("-1.5")
    shown.page.wait_for_selector(".aigc-failed")
    assert "网络没有加载成功" in shown.status.inner_text()
    before = pixels(shown.page)
    shown.sliders.nth(0).fill("2.1")
    shown.page.wait_for_timeout(100)
    assert np.abs(pixels(shown.page) - before).max() > 20
    shown.page.unroute(f"**/{asset}*")
    wait_for_network(shown)
    open_page.problems.clear()


def test_a_missing_module_leaves_the_poster_and_says_so(open_page, server):
    page = open_page()
    page.route("**/plane.js", lambda route: route.fulfill(status=404))
    page.goto(f"{server}/plane.html")
    page.wait_for_selector(".aigc-explorer-note")
    assert page.locator(".aigc-explorer-poster").is_visible()
    open_page.problems.clear()


def test_damaged_points_leave_the_poster_and_say_so(open_page, server):
    page = open_page()

    def damage(route):
        html = route.fetch().text().replace('"points":"', '"points":"#')
        route.fulfill(body=html, content_type="text/html")

    page.route("**/plane.html", damage)
    page.goto(f"{server}/plane.html")
    page.wait_for_selector(".aigc-explorer-note")
    assert page.locator(".aigc-explorer-poster").is_visible()


@pytest.mark.parametrize("path", ["plane.html", "plane-two.html", "plane-grid.html"])
def test_a_phone_needs_no_sideways_scroll(fits, plane_page, path):
    shown = plane_page(path, **PHONE)
    fits(shown.page, ".aigc-plane *")


def test_values_stay_inside_the_box_of_a_narrow_page(plane_page):
    page = plane_page(viewport={"width": 300, "height": 740}).page
    ends = """selector => [...document.querySelectorAll(selector)]
      .map((node) => node.getBoundingClientRect().right)"""
    [actions] = page.evaluate(ends, ".aigc-actions")
    values = page.evaluate(ends, ".aigc-plane output")
    assert len(values) == 2 and max(values) <= actions


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", ["plane-two.html", "plane-two-dark.html"])
def test_axe_finds_nothing(plane_page, axe, path, width):
    shown = plane_page(path, viewport={"width": width, "height": 900})
    shown.page.wait_for_selector(".aigc-explorer[data-ready] >> nth=1")
    shown.page.get_by_label("铺上解码图").first.check()
    shown.page.wait_for_timeout(400)
    assert axe(shown.page) == []


# ---- live ----------------------------------------------------------------------


@pytest.fixture
def live(open_page, planes):
    """A page whose explorer is answered by a Python widget."""
    setting = planes["widget"]._setting
    widget = PlaneExplorer(
        planes["widget"]._decoder, setting.points, setting.labels, bounds=(-3, 3)
    )
    return show_live(open_page, widget), widget


def test_live_the_kernel_draws_and_python_follows(live, decoder):
    page, widget = live
    answer(page, widget)
    page.mouse.click(*at(page, 0.75, 0.25))
    answer(page, widget)
    page.wait_for_timeout(150)
    assert widget.z == pytest.approx([1.5, -1.5], abs=0.02)
    assert np.abs(pixels(page) - expected(decoder, widget.z)).max() <= 1
    widget.z = [-1, 2]
    page.evaluate("state => model.python(state)", widget._state)
    answer(page, widget)
    assert np.abs(pixels(page) - expected(decoder, [-1, 2])).max() <= 1
    assert page.get_by_label("z₁", exact=True).input_value() in ("-1", "-0.99", "-1.02")


def test_live_the_kernel_sends_the_whole_plane(live):
    page, widget = live
    answer(page, widget)
    page.get_by_label("铺上解码图").check()
    answer(page, widget)
    drawn = "document.querySelector('.aigc-tiles').getContext('2d')"
    page.wait_for_function(f"{drawn}.getImageData(0, 0, 720, 720).data.some(v => v)")


def test_live_a_grid_that_fails_is_reported(live):
    page, widget = live
    answer(page, widget)
    widget._grid = None
    page.get_by_label("铺上解码图").check()
    answer(page, widget)
    page.wait_for_timeout(500)  # longer than the rest after which words follow
    assert page.locator(".aigc-failed").count() == 1
    assert "没能算出" in page.locator(".aigc-status").inner_text()


def test_live_what_the_decoder_says_is_shown(live):
    page, widget = live
    answer(page, widget)
    widget._decoder = lambda z: z
    page.get_by_label("z₁", exact=True).fill("1.5")
    answer(page, widget)
    page.wait_for_selector(".aigc-failed")
    assert "Python 内核没能算出图像" in page.locator(".aigc-status").inner_text()
