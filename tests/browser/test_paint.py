"""The paint explorer on a page and live: strokes by any hand, answers, own photographs.

The answers on the page are compared with torch and SciPy; photographs of all kinds are
made here, and the list of requests stays empty while they are used.
"""

import base64
import io
import json

import numpy as np
import pytest
from live_page import answer, show_live
from PIL import Image
from tiny_fillers import faces, fillers

from aigc_helpers.explorers import PaintExplorer
from aigc_helpers.explorers.paint import holes, page
from aigc_helpers.explorers.paint.filling import fill_hole
from aigc_helpers.explorers.paint.rivals import smooth_filling
from aigc_helpers.explorers.paint.setting import paint_setting
from aigc_helpers.weights import export

FACES = faces()
SHAPE = (64, 64)
MEAN = FACES.mean(axis=0) / 255
NETWORKS = fillers()  # "convolutions" read every pixel that they are given
PHONE = {"viewport": {"width": 320, "height": 640}, "has_touch": True}
VIEW = "document.querySelector('.aigc-view').aigc.view"
HOLE = f"Array.from({VIEW}.scene({VIEW}.state).hole)"
IMAGE = f"Array.from({VIEW}.scene({VIEW}.state).image)"
# The middle of each of 64 by 64 parts of a canvas, four numbers each.
PIXELS = """(canvas) => {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const colours = new Uint32Array(data.buffer);
  const step = width / 64;
  const middle = (i) => Math.floor((i + 0.5) * step);
  const picked = Uint32Array.from({ length: 64 * 64 }, (_, i) =>
    colours[middle(Math.floor(i / 64)) * width + middle(i % 64)]);
  return btoa(String.fromCharCode(...new Uint8Array(picked.buffer)));
}"""


@pytest.fixture(scope="session", autouse=True)
def pages(explorer_site, write_page):
    """paint.html and others with a network; without one, cheap, paint-strip.html."""
    made = {}
    for name in ("convolutions", "sampled"):
        network = NETWORKS[name]
        path = explorer_site / "_static" / "networks" / f"paint_{name}.onnx"
        latent_dim = getattr(network, "latent_dim", 0)
        sizes = {"image_shape": (1, *SHAPE), "latent_dim": latent_dim}
        export.export_filler(network, path, **sizes)
        setting = paint_setting(FACES, mean=MEAN, names=["甲", "乙", "丙"])
        made[name] = page.static_html(
            setting, setting.state(), network, shipped=f"paint_{name}"
        )
    links = "".join(
        f'<p><a href="#explorer?{setting}">{words}</a></p>'
        for setting, words in {
            "photo=2&amp;hole=centre": "第二张",
            "photo=丙&amp;hole=none&amp;seed=5": "第三张",
            "photo=99&amp;hole=moon&amp;seed=x": "没有的",
        }.items()
    )
    write_page("paint", links + made["convolutions"])
    write_page("paint-sampled", links + made["sampled"])
    bare = page.static_html(setting, setting.state(), NETWORKS["convolutions"])
    write_page("paint-strip", links + bare)
    write_page("paint-strips", bare + bare)


@pytest.fixture
def painting(explorer):
    """A page with a hole or without one; its network is loaded, if it has one."""

    def open_(path="paint-strip.html", hole="none", **options):
        shown = explorer(path, **options)
        shown.pad = shown.page.locator(".aigc-paint-pad").first
        shown.facts = shown.page.locator(".aigc-paint-facts").first
        if "strip" not in path:
            touch = f"{VIEW}.wake(), {VIEW}.network !== null"
            shown.page.wait_for_function(touch, polling=100)
        shown.page.evaluate(f"{VIEW}.apply({{ hole: '{hole}' }})")
        rested(shown.page)
        return shown

    return open_


def rested(shown):
    """Wait for the answer to the present state, and for its words."""
    same = f"{VIEW}.answered.text === {VIEW}.state.hole && !{VIEW}.pump.busy"
    shown.wait_for_function(same)
    shown.wait_for_timeout(400)


def hole_of(shown) -> np.ndarray:
    return np.array(shown.evaluate(HOLE), bool).reshape(SHAPE)


def made_by(shown, who: str) -> np.ndarray:
    made = shown.evaluate(f"Array.from({VIEW}.answered.made.{who})")
    return np.array(made).reshape(SHAPE)


def picture(shown, place: int) -> np.ndarray:
    """Grey levels of the pad (0) or of a picture of the row below (1, 2, …)."""
    pictures = shown.locator(".aigc-paint-pad, .aigc-paint-frame")
    return colours(pictures.nth(place).locator("canvas").first)[..., 0]


def layer(shown, place: int) -> np.ndarray:
    """Colours (H, W, 4) of what lies above such a picture, its middle pixels."""
    pictures = shown.locator(".aigc-paint-pad, .aigc-paint-frame")
    return colours(pictures.nth(place).locator("canvas").nth(1))


def colours(canvas) -> np.ndarray:
    """Red, green, blue and alpha of a canvas, (64, 64, 4)."""
    content = base64.b64decode(canvas.evaluate(PIXELS))
    return np.frombuffer(content, np.uint8).reshape(*SHAPE, 4).astype(int)


def at(shown, x: float, y: float) -> tuple[float, float]:
    """Place on the screen of a place in pixels of the photograph."""
    box = shown.pad.bounding_box()
    return box["x"] + x / 64 * box["width"], box["y"] + y / 64 * box["height"]


def drag(shown, *places) -> None:
    mouse = shown.page.mouse
    mouse.move(*at(shown, *places[0]))
    mouse.down()
    for place in places[1:]:
        mouse.move(*at(shown, *place), steps=4)
    mouse.up()
    rested(shown.page)


def by_distance(start, end, radius) -> np.ndarray:
    """Pixels whose middles are within a radius of a straight piece of [x, y]."""
    (ax, ay), (bx, by) = start, end
    y, x = np.indices(SHAPE) + 0.5
    shares = np.linspace(0, 1, 2001)
    xs, ys = ax + shares * (bx - ax), ay + shares * (by - ay)
    gaps = np.hypot(x[..., None] - xs, y[..., None] - ys).min(axis=-1)
    return gaps <= radius


# ---- strokes -----------------------------------------------------------------------


def test_the_mouse_paints_a_hole_and_the_network_fills_it(painting):
    shown = painting("paint.html")
    drag(shown, (20, 20), (40, 30))
    hole = hole_of(shown.page)
    expected = by_distance((20, 20), (40, 30), 3.5)
    assert (hole != expected).sum() <= 4  # a mouse rests on whole pixels of the screen
    filled = fill_hole(NETWORKS["convolutions"], FACES[0] / 255, hole)
    np.testing.assert_allclose(made_by(shown.page, "network"), filled, atol=1e-4)
    assert np.abs(picture(shown.page, 0) - 255 * filled).max() <= 0.52
    np.testing.assert_array_equal(picture(shown.page, 0)[~hole], FACES[0][~hole])


def test_while_it_is_painted_the_hole_cannot_be_taken_for_the_picture(painting):
    shown = painting("paint.html")
    shown.page.mouse.move(*at(shown, 10, 10))
    shown.page.mouse.down()
    shown.page.mouse.move(*at(shown, 50, 10), steps=5)
    over = layer(shown.page, 0)
    stroke = by_distance((10, 10), (50, 10), 3)
    assert (over[stroke][:, 3] == 255).all()
    assert (np.ptp(over[stroke][:, :3].astype(int), axis=1) > 30).all()  # no grey
    assert over[..., 3][~by_distance((10, 10), (50, 10), 4)].max() == 0
    assert not hole_of(shown.page).any()  # it counts when it is lifted
    shown.page.mouse.up()
    rested(shown.page)
    assert hole_of(shown.page)[stroke].all()
    inside = by_distance((10, 10), (50, 10), 1)
    assert layer(shown.page, 0)[inside][:, 3].max() == 0


def test_three_brushes_and_an_eraser(painting):
    shown = painting()
    areas = []
    for name in ("细", "中", "粗"):
        shown.page.get_by_role("radio", name=name, exact=True).check()
        drag(shown, (32.5, 32.5))
        areas.append(hole_of(shown.page).sum())
        shown.page.get_by_role("button", name="清除").click()
    assert areas == pytest.approx([np.pi * r * r for r in (1.5, 3.5, 6.5)], rel=0.3)
    drag(shown, (10, 32), (54, 32))
    eraser = shown.page.get_by_role("button", name="橡皮")
    eraser.click()
    assert eraser.get_attribute("aria-pressed") == "true"
    drag(shown, (32, 10), (32, 54))
    hole = hole_of(shown.page)
    assert hole[32, 15] and hole[32, 50] and not hole[32, 26:38].any()


def test_a_finger_paints(painting):
    shown = painting(**PHONE)
    shown.pad.scroll_into_view_if_needed()
    shown.page.touchscreen.tap(*at(shown, 40, 24))
    rested(shown.page)
    hole = hole_of(shown.page)
    assert hole[24, 40] and 25 <= hole.sum() <= 50
    assert shown.pad.evaluate("node => getComputedStyle(node).touchAction") == "none"
    box = shown.page.locator(".aigc-box").first
    assert box.evaluate("node => getComputedStyle(node).touchAction") == "auto"


SECOND_FINGER = """(pad) => {
  const send = (type, pointerId, x) => {
    const box = pad.getBoundingClientRect();
    const place = { clientX: box.left + x, clientY: box.top + 20 };
    const facts = { bubbles: true, button: 0, pointerId, ...place };
    pad.dispatchEvent(new PointerEvent(type, facts));
  };
  pad.setPointerCapture = () => {};
  send("pointerdown", 7, 20);
  send("pointerdown", 8, 200);
  send("pointermove", 8, 240);
  send("pointerup", 8, 240);
  send("pointermove", 7, 40);
  send("pointercancel", 7, 40);
}"""


def test_a_second_finger_does_not_paint(painting):
    shown = painting()
    shown.pad.evaluate(SECOND_FINGER)
    rested(shown.page)
    columns = np.flatnonzero(hole_of(shown.page).any(axis=0))
    assert len(columns) and columns.max() < 16


def test_the_keyboard_paints_and_all_is_announced(painting):
    shown = painting("paint.html")
    keys, voice = shown.page.keyboard, shown.page.locator("p.aigc-unseen").first
    shown.page.get_by_role("radio", name="甲").focus()
    while not shown.pad.evaluate("pad => pad === document.activeElement"):
        keys.press("Shift+Tab")
    assert layer(shown.page, 0)[..., 3].any()  # the cursor is seen
    for _ in range(3):
        keys.press("Shift+ArrowUp")
    keys.press("ArrowLeft")
    voice.get_by_text("第 20 行，第 31 列").wait_for()
    keys.press("1")
    voice.get_by_text("笔：细").wait_for()
    keys.press("Space")
    voice.get_by_text("笔已落下").wait_for()
    for _ in range(9):
        keys.press("ArrowRight")
    keys.press("Enter")
    voice.get_by_text("笔已抬起").wait_for()
    rested(shown.page)
    expected = by_distance((30.5, 19.5), (39.5, 19.5), 1.5)
    np.testing.assert_array_equal(hole_of(shown.page), expected)
    np.testing.assert_allclose(
        made_by(shown.page, "network"),
        fill_hole(NETWORKS["convolutions"], FACES[0] / 255, expected),
        atol=1e-4,
    )


def test_the_keyboard_erases_and_leaving_lifts_the_brush(painting):
    shown = painting(hole="all")
    shown.pad.focus()
    keys, voice = shown.page.keyboard, shown.page.locator("p.aigc-unseen").first
    for key, words in {
        "e": "换成橡皮",
        "Delete": "换成笔",
        "Backspace": "换成橡皮",
    }.items():
        keys.press(key)
        voice.get_by_text(words).wait_for()
    keys.press("Space")
    keys.press("Shift+ArrowDown")
    assert hole_of(shown.page).all()
    keys.press("Tab")
    rested(shown.page)
    assert 0 < (~hole_of(shown.page)).sum() < 100


# ---- buttons, links, state -----------------------------------------------------------


def test_buttons_dig_and_undo_goes_back_through_them(painting):
    shown = painting()
    page = shown.page
    undo = page.get_by_role("button", name="撤销")
    for name, words in {
        "lower": "下半张",
        "centre": "中间的方块",
        "strokes": "几道划痕",
    }.items():
        page.get_by_role("button", name=words).click()
        assert np.array_equal(hole_of(page), holes.named_hole(name, SHAPE))
    page.get_by_role("button", name="清除").click()
    assert not hole_of(page).any()
    for name in ("strokes", "centre", "lower", "none", "lower"):
        undo.click()
        assert np.array_equal(hole_of(page), holes.named_hole(name, SHAPE))
    assert undo.get_attribute("aria-disabled") == "true"
    undo.dispatch_event("click")
    assert np.array_equal(hole_of(page), holes.named_hole("lower", SHAPE))


def test_links_set_photograph_hole_and_seed(painting):
    shown = painting("paint-sampled.html")
    state = f"{VIEW}.state"
    for words, photo, hole, seed in (
        ("第二张", 1, "centre", 0),
        ("第三张", 2, "none", 5),
        ("没有的", 2, "none", 0),
    ):
        shown.page.get_by_text(words).click()
        shown.page.wait_for_function(f"{state}.photo === {photo}")
        found = shown.page.evaluate(state)
        assert (found["seed"], found["hole"]) == (
            seed, holes.packed(holes.named_hole(hole, SHAPE)),
        )  # fmt: skip


def test_another_answer_is_that_of_the_next_seed(painting):
    shown = painting("paint-sampled.html", hole="centre")
    hole = holes.named_hole("centre", SHAPE)
    for seed in (0, 1, 2):
        rested(shown.page)
        expected = fill_hole(NETWORKS["sampled"], FACES[0] / 255, hole, seed)
        found = made_by(shown.page, "network")
        np.testing.assert_allclose(found, expected, atol=1e-4)
        assert f"种子 {seed}" in shown.page.locator(".aigc-seed").inner_text()
        shown.page.get_by_role("button", name="换一个答案").click()
    shown = painting()
    assert shown.page.get_by_role("button", name="换一个答案").count() == 0


# ---- answers -------------------------------------------------------------------------


def test_the_page_s_rivals_are_python_s(painting):
    shown = painting("paint.html")
    for hole in ("lower", "centre", "strokes"):
        shown.page.evaluate(f"{VIEW}.apply({{ hole: '{hole}' }})")
        rested(shown.page)
        check_rivals(shown, holes.named_hole(hole, SHAPE))


def check_rivals(shown, where):
    """All answers to a hole, and what is said of them."""
    image = FACES[0] / 255
    np.testing.assert_array_equal(hole_of(shown.page), where)
    answers = {
        "network": fill_hole(NETWORKS["convolutions"], image, where),
        "mean": np.where(where, np.rint(MEAN * 255) / 255, image),
        "smooth": smooth_filling(image, where),
    }
    for who, expected in answers.items():
        np.testing.assert_allclose(made_by(shown.page, who), expected, atol=1e-4)
    np.testing.assert_allclose(
        made_by(shown.page, "smooth"), answers["smooth"], atol=1e-5
    )
    names = ("网络", "平均脸", "光滑填补")
    errors = "，".join(
        f"{name} {np.sqrt(((one - image)[where] ** 2).mean()):.3f}"
        for name, one in zip(names, answers.values(), strict=True)
    )
    share = f"{100 * where.mean():.1f}"
    words = (
        f"洞有 {where.sum()} 个像素（全图的 {share}%）。洞里的均方根误差：{errors}。"
    )
    assert shown.facts.inner_text() == words


def test_the_surface_is_python_s_whatever_the_hole(painting):
    """Many parts, at the edges and in the corners, one pixel alone."""
    shown = painting()
    random = np.random.default_rng(3)
    for share in (0.0003, 0.05, 0.5, 0.95):
        hole = random.random(SHAPE) < share
        hole[0, 0], hole[63], hole[5, 5] = True, True, False
        shown.page.evaluate(
            f"text => {VIEW}.finish({{ ...{VIEW}.state, hole: text }})",
            holes.packed(hole),
        )
        rested(shown.page)
        surface = smooth_filling(FACES[0] / 255, hole)
        np.testing.assert_allclose(made_by(shown.page, "smooth"), surface, atol=1e-5)


def test_no_hole_and_all_hole_are_told(painting):
    shown = painting("paint.html", hole="none")
    assert "还没有洞" in shown.facts.inner_text()
    np.testing.assert_array_equal(picture(shown.page, 0), FACES[0])
    shown.page.evaluate(f"{VIEW}.apply({{ hole: 'all' }})")
    rested(shown.page)
    words = shown.facts.inner_text()
    assert "没有一个像素可以参考" in words and "解不出来" in words
    assert "网络 0." in words and "光滑填补 0." not in words
    whole = fill_hole(NETWORKS["convolutions"], FACES[0] / 255, np.ones(SHAPE, bool))
    np.testing.assert_allclose(made_by(shown.page, "network"), whole, atol=1e-4)
    assert "没有边界" in shown.page.locator(".aigc-paint-answers").inner_text()


def test_the_first_answer_is_there_with_no_network(explorer):
    shown = explorer("paint.html")
    rested(shown.page)
    hole = holes.named_hole("lower", SHAPE)
    filled = fill_hole(NETWORKS["convolutions"], FACES[0] / 255, hole)
    assert np.abs(picture(shown.page, 0) - 255 * filled).max() <= 0.52
    loaded = "performance.getEntriesByType('resource').map(entry => entry.name)"
    names = " ".join(shown.page.evaluate(loaded))
    assert "paint.js" in names and ".onnx" not in names and "ort-wasm" not in names
    assert "洞有 2048 个像素（全图的 50.0%）" in shown.box.inner_text()
    assert "预先算好的答案" in shown.status.inner_text()


@pytest.mark.parametrize("path", ["paint.html", "paint-strip.html"])
def test_until_a_network_answers_the_hole_stays_open(explorer, path):
    shown = explorer(path)
    shown.page.route("**/paint_convolutions.onnx", lambda route: None)
    shown.page.get_by_role("button", name="中间的方块").click()
    shown.page.wait_for_timeout(500)
    assert "网络还没有填这个洞。" in shown.box.inner_text()
    assert "光滑填补 0." in shown.box.inner_text()
    hole = holes.named_hole("centre", SHAPE)
    for place in (0, 2, 3):  # the pad, the picture with its hole, the network's
        assert (layer(shown.page, place)[..., 3][hole] == 255).all()


def test_a_network_that_does_not_come_is_told_and_tried_again(explorer, open_page):
    shown = explorer("paint.html")
    shown.page.route(
        "**/paint_convolutions.onnx", lambda route: route.fulfill(status=404)
    )
    shown.page.get_by_role("button", name="中间的方块").click()
    shown.box.locator(".aigc-failed").get_by_text("网络没有加载成功").wait_for()
    facts = shown.box.locator(".aigc-paint-facts")
    facts.get_by_text("光滑填补 0.").wait_for()
    shown.page.unroute("**/paint_convolutions.onnx")
    shown.page.wait_for_timeout(600)
    shown.page.get_by_role("button", name="几道划痕").click()
    shown.page.get_by_text("浏览器正在运行网络").wait_for()
    assert shown.page.locator(".aigc-status.aigc-failed").count() == 0
    facts.get_by_text("网络 0.").wait_for()
    open_page.problems.clear()


# ---- the reader's own photograph -----------------------------------------------------


def as_file(image: Image.Image, form: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def choose(shown, content: bytes, name="photo.jpg", kind="image/jpeg") -> None:
    """Give a file to the file button, and wait until it was read."""
    shown.page.locator("input[type=file]").first.set_input_files(
        {"name": name, "mimeType": kind, "buffer": content}
    )
    note = "document.querySelector('.aigc-paint-note').textContent"
    shown.page.wait_for_function(
        f"{note} !== '' && !{note}.includes('正在读') || {VIEW}.usesOwn"
    )
    rested(shown.page)


def note(shown) -> str:
    return shown.page.locator(".aigc-paint-note").inner_text()


def own(shown) -> np.ndarray:
    """The pixels that are used, uint8 (64, 64)."""
    assert shown.page.evaluate(f"{VIEW}.usesOwn")
    return np.rint(255 * np.array(shown.page.evaluate(IMAGE))).reshape(SHAPE)


def scene(width=640, height=512) -> Image.Image:
    """A coloured picture that is different in each corner."""
    y, x = np.indices((height, width))
    red, green = 255 * x / width, 255 * y / height
    blue = 127 + 100 * np.sin(x / 60) * np.cos(y / 45)
    return Image.fromarray(np.stack([red, green, blue], -1).astype(np.uint8))


def expected_pixels(image: Image.Image) -> np.ndarray:
    """The largest square in the middle, grey by BT.601, averaged: (64, 64)."""
    side = min(image.size)
    left, top = (image.width - side) / 2, (image.height - side) / 2
    square = image.crop((left, top, left + side, top + side)).convert("L")
    return np.asarray(square.resize((64, 64), Image.Resampling.BOX), float)


def test_an_own_photograph_is_cropped_made_grey_and_averaged(painting):
    shown = painting("paint.html", hole="centre")
    image = scene()
    choose(shown, as_file(image, "PNG"), "x.png", "image/png")
    assert np.abs(own(shown) - expected_pixels(image)).max() <= 2
    hole, mine = hole_of(shown.page), own(shown) / 255
    filled = fill_hole(NETWORKS["convolutions"], mine, hole)
    np.testing.assert_allclose(made_by(shown.page, "network"), filled, atol=1e-4)
    error = np.sqrt(((filled - mine)[hole] ** 2).mean())
    assert f"网络 {error:.3f}" in shown.facts.inner_text()
    assert shown.page.get_by_role("radio", name="自己的照片").is_checked()
    shown.page.get_by_role("radio", name="乙").check()
    rested(shown.page)
    assert not shown.page.evaluate(f"{VIEW}.usesOwn")
    assert not shown.page.locator(".aigc-paint-crop").is_visible()
    np.testing.assert_array_equal(picture(shown.page, 1), FACES[1])
    shown.page.get_by_role("radio", name="自己的照片").check()
    assert np.abs(own(shown) - expected_pixels(image)).max() <= 2


def test_the_crop_zooms_and_moves_by_sliders_and_keys(painting):
    shown = painting()
    image = scene(800, 400)
    choose(shown, as_file(image, "PNG"), "x.png", "image/png")
    zoom, x, y = shown.page.locator(".aigc-paint-crop input").all()
    assert x.is_enabled() and y.is_disabled()
    x.fill("1")
    right = image.crop((400, 0, 800, 400))
    assert np.abs(own(shown) - expected_pixels(right)).max() <= 2
    x.focus()
    shown.page.keyboard.press("Home")
    left = image.crop((0, 0, 400, 400))
    assert np.abs(own(shown) - expected_pixels(left)).max() <= 2
    zoom.fill("2")
    y.fill("1")
    corner = image.crop((0, 200, 200, 400))
    assert np.abs(own(shown) - expected_pixels(corner)).max() <= 2


def test_a_photograph_that_the_camera_turned_stands_upright(painting):
    shown = painting()
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    image = scene(640, 400)
    choose(shown, as_file(image, "JPEG", quality=95, exif=exif))
    upright = image.transpose(Image.Transpose.ROTATE_270)
    assert np.abs(own(shown) - expected_pixels(upright)).max() <= 6


def test_transparent_parts_are_middle_grey(painting):
    shown = painting()
    image = Image.new("RGBA", (200, 200), (255, 0, 0, 0))
    image.paste((255, 255, 255, 255), (0, 0, 100, 200))
    choose(shown, as_file(image, "PNG"), "x.png", "image/png")
    pixels = own(shown)
    assert (pixels[:, :31] == 255).all() and (abs(pixels[:, 33:] - 128) <= 1).all()
    assert "透明处当作中灰" in shown.box.inner_text()


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_picture_counts_and_it_is_told(painting, form):
    shown = painting()
    frames = [Image.new("RGB", (80, 80), (shade,) * 3) for shade in (200, 20, 90)]
    options = {"save_all": True, "append_images": frames[1:], "duration": 100}
    content = as_file(frames[0], form, **options)
    choose(shown, content, f"x.{form.lower()}", f"image/{form.lower()}")
    assert np.abs(own(shown) - 200).max() <= 3
    assert "只取了第一帧" in note(shown)
    still = as_file(frames[0], form)
    choose(shown, still, f"y.{form.lower()}", f"image/{form.lower()}")
    assert note(shown) == ""


def test_fifty_megapixels_are_taken(painting):
    shown = painting()
    shades = np.linspace(30, 220, 64).round().astype(np.uint8)
    rows = np.repeat(shades, 96)  # 6144 rows
    image = Image.fromarray(np.repeat(rows[:, None], 8192, axis=1))
    exif = Image.Exif()
    exif[0x0112] = 6
    canvases = "HTMLCanvasElement.prototype.getContext"
    shown.page.evaluate(
        f"""() => {{
          const original = {canvases};
          window.largest = 0;
          {canvases} = function (...options) {{
            window.largest = Math.max(window.largest, this.width * this.height);
            return original.apply(this, options);
          }};
          const close = ImageBitmap.prototype.close;
          window.closings = 0;
          ImageBitmap.prototype.close = function () {{ closings++; close.call(this); }};
        }}"""
    )
    choose(shown, as_file(image, "JPEG", quality=60, exif=exif))
    upright = image.transpose(Image.Transpose.ROTATE_270)
    assert np.abs(own(shown) - expected_pixels(upright)).max() <= 6
    assert shown.page.evaluate("window.largest") <= 4096 * 4096
    assert shown.page.evaluate("window.closings") == 1


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (2000, 1)])
def test_tiny_and_thin_photographs_are_taken(painting, size):
    shown = painting()
    image = Image.new("RGB", size, (90, 90, 90))
    choose(shown, as_file(image, "PNG"), "x.png", "image/png")
    assert (own(shown) == 90).all()


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200)
DAMAGED = as_file(scene(), "PNG")[:200]
BOMB = DAMAGED[:16] + (60_000).to_bytes(4, "big") * 2 + DAMAGED[24:]


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (b"", "image/png", "空的（0 字节）"),
        ("不是图像，是文字。".encode(), "text/plain", "不是图像文件"),
        (HEIC, "image/heic", "打不开 HEIC 照片"),
        (HEIC, "", "打不开 HEIC 照片"),
        (DAMAGED, "image/png", "存成 JPEG 或 PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", "存成 JPEG"),
        (BOMB, "image/png", "像素太多"),
    ],
)
def test_what_is_no_photograph_is_told_and_changes_nothing(
    painting, open_page, content, kind, words
):
    shown = painting(hole="centre")
    choose(shown, content, "x", kind)
    assert words in note(shown)
    assert not shown.page.evaluate(f"{VIEW}.usesOwn")
    assert shown.page.get_by_role("radio", name="自己的照片").count() == 0
    choose(shown, as_file(scene(), "PNG"), "x.png", "image/png")
    assert note(shown) == "" and own(shown).std() > 20
    open_page.problems.clear()


TRANSFER = """([type, base64, name]) => {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const data = new DataTransfer();
  if (name) data.items.add(new File([bytes], name, { type: "image/png" }));
  else data.setData("text/uri-list", "https://example.org/face.jpg");
  const bubbling = { bubbles: true, cancelable: true };
  const event = type === "paste"
    ? new ClipboardEvent("paste", { clipboardData: data, ...bubbling })
    : new DragEvent("drop", { dataTransfer: data, ...bubbling });
  document.querySelector(".aigc-paint-pad").dispatchEvent(event);
  return event.defaultPrevented;
}"""


@pytest.mark.parametrize("type", ["drop", "paste"])
def test_a_photograph_is_dropped_and_pasted(painting, type):
    shown = painting()
    image = scene(200, 200)
    content = base64.b64encode(as_file(image, "PNG")).decode()
    assert shown.page.evaluate(TRANSFER, [type, content, "x.png"])
    shown.page.wait_for_function(f"{VIEW}.usesOwn")
    assert np.abs(own(shown) - expected_pixels(image)).max() <= 2
    assert shown.page.evaluate(TRANSFER, [type, "", ""])
    assert "没有收到图像文件" in note(shown)


def test_an_own_photograph_leaves_the_browser_by_no_request(painting):
    shown = painting("paint.html", hole="centre")
    requests = []
    shown.page.on("request", lambda request: requests.append(request.url))
    choose(shown, as_file(scene(), "JPEG"))
    shown.page.locator(".aigc-paint-crop input").first.fill("2")
    drag(shown, (10, 10), (30, 50))
    choose(shown, HEIC, "x.heic", "image/heic")
    assert requests == []
    kept = "JSON.stringify([localStorage, sessionStorage, history.state])"
    assert shown.page.evaluate(kept) == "[{},{},null]"
    assert "不会发到任何地方" in shown.box.inner_text()


# ---- the page around it --------------------------------------------------------------


def test_two_explorers_on_one_page_keep_apart(painting):
    shown = painting("paint-strips.html")
    page = shown.page
    page.wait_for_selector(".aigc-explorer[data-ready] >> nth=1")
    drag(shown, (20, 20), (40, 40))
    views = "[...document.querySelectorAll('.aigc-view')].map(n => n.aigc.view"
    first, second = page.evaluate(f"{views}.state)")
    assert first["hole"] != second["hole"]
    assert second["hole"] == holes.packed(holes.named_hole("lower", SHAPE))
    page.get_by_role("radio", name="丙").nth(1).check()
    assert page.evaluate(f"{views}.state.photo)") == [0, 2]
    assert page.get_by_role("radio", name="甲").first.is_checked()


@pytest.mark.parametrize("path", ["paint-strips.html", "paint-strips-dark.html"])
@pytest.mark.parametrize("width", [320, 1280])
def test_it_is_accessible(painting, axe, path, width):
    shown = painting(path, viewport={"width": width, "height": 900})
    choose(shown, as_file(scene(), "PNG"), "x.png", "image/png")
    assert axe(shown.page) == []


def test_it_fits_a_narrow_phone(painting, fits):
    shown = painting(hole="centre", **PHONE)
    shown.page.locator("input[type=file]").first.set_input_files(
        {"name": "x.png", "mimeType": "image/png", "buffer": as_file(scene(), "PNG")}
    )
    shown.page.locator(".aigc-paint-crop").wait_for()
    fits(shown.page, ".aigc-box *:not(.aigc-unseen):not(.aigc-paint-choice input)", 320)


def test_in_forced_colours_the_hole_keeps_its_own(painting):
    shown = painting(forced_colors="active")
    frames = shown.page.locator(".aigc-paint-pad canvas, .aigc-paint-frame canvas")
    adjust = "node => getComputedStyle(node).forcedColorAdjust"
    assert {canvas.evaluate(adjust) for canvas in frames.all()} == {"none"}


# ---- live ----------------------------------------------------------------------------


@pytest.fixture
def live(open_page):
    widget = PaintExplorer(NETWORKS["sampled"], FACES, mean=MEAN)
    shown = show_live(open_page, widget)
    answer(shown, widget)
    return shown, widget


def test_live_the_kernel_fills_and_python_follows(live):
    shown, widget = live
    shown.get_by_role("button", name="中间的方块").click()
    answer(shown, widget)
    assert np.array_equal(widget.hole, holes.named_hole("centre", SHAPE))
    np.testing.assert_allclose(made_by(shown, "network"), widget.filled, atol=1e-6)
    shown.get_by_role("button", name="换一个答案").click()
    answer(shown, widget)
    assert widget.seed == 1
    np.testing.assert_allclose(made_by(shown, "network"), widget.filled, atol=1e-6)
    widget.photo, widget.hole = 2, "strokes"
    shown.evaluate("state => model.python(state)", widget._state)
    answer(shown, widget)
    assert np.array_equal(hole_of(shown), widget.hole)
    assert shown.get_by_role("radio", name="照片 3").is_checked()
    np.testing.assert_allclose(made_by(shown, "network"), widget.filled, atol=1e-6)


def test_live_an_own_photograph_goes_to_the_kernel_and_into_no_state(live):
    shown, widget = live
    said = shown.locator(".aigc-paint-privacy").inner_text()
    assert "Python 内核" in said and "不会存进笔记本" in said
    states = []
    widget.observe(lambda change: states.append(change.new), "_state")
    content = as_file(scene(), "PNG")
    shown.locator("input[type=file]").set_input_files(
        {"name": "x.png", "mimeType": "image/png", "buffer": content}
    )
    shown.wait_for_function(f"{VIEW}.usesOwn")
    shown.get_by_role("button", name="中间的方块").click()
    answer(shown, widget)
    image = np.array(shown.evaluate(IMAGE)).reshape(SHAPE)
    filled = fill_hole(NETWORKS["sampled"], image, widget.hole, 0)
    np.testing.assert_allclose(made_by(shown, "network"), filled, atol=1e-5)
    assert states and all(set(one) == {"photo", "hole", "seed"} for one in states)
    pixels = base64.b64encode(np.rint(255 * image).astype(np.uint8).tobytes()).decode()
    kept = [widget.get_state(), widget._repr_mimebundle_()[0]]
    assert pixels[:60] not in json.dumps(kept, default=str)
    assert set(shown.evaluate("model.get('_state')")) == {"photo", "hole", "seed"}
    widget.photo = 1  # Python shows a stored one again
    shown.evaluate("state => model.python(state)", widget._state)
    assert not shown.evaluate(f"{VIEW}.usesOwn")


def test_live_what_the_network_says_is_shown(live):
    shown, widget = live
    widget._network = lambda image, hole: image[0]
    shown.get_by_role("button", name="中间的方块").click()
    answer(shown, widget)
    shown.locator(".aigc-status.aigc-failed").wait_for()
    assert "网络返回的形状" in shown.locator(".aigc-status").inner_text()
    assert "光滑填补 0." in shown.locator(".aigc-paint-facts").inner_text()
