"""The formula explorer on a page and live: moves, equals mpmath, says what is wrong."""

import mpmath
import numpy as np
import pytest
import scipy.special
import sympy as sp
from live_page import show_live

from aigc_helpers.explorers import FormulaExplorer
from aigc_helpers.explorers.formula import code
from aigc_helpers.explorers.formula.stable import stable

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
PATHS = """() => [...document.querySelectorAll(".aigc-plot path")]
  .map((path) => path.getAttribute("d"))"""
VIEW = "document.querySelector('.aigc-explorer').aigc.view"
LINK = '<p>请把<a href="#explorer?mu=2.5&amp;sigma=9">均值拉到 2.5</a>。</p>'
x, mu, sigma, w, t = sp.symbols("x mu sigma w t")
KL = (mu**2 + sigma**2 - 1) / 2 - sp.log(sigma)


def density(x, mu, sigma):
    return sp.exp(-((x - mu) ** 2) / (2 * sigma**2)) / (sigma * sp.sqrt(2 * sp.pi))


def gaussian() -> FormulaExplorer:
    return FormulaExplorer(
        {"N(μ, σ²)": density(x, mu, sigma), "N(0, 1)": density(x, 0, 1)},
        x=(x, -5, 5),
        sliders={mu: (-3, 3, 1.5), sigma: (0.2, 3, 0.6)},
        readouts={"KL 散度": (KL, "纳特")},
        markers={"μ": mu},
        presets={"重合": {mu: 0, sigma: 1}, "太宽": {mu: 0, sigma: 3}},
        labels={mu: "均值 μ", sigma: "标准差 σ"},
        y=(0, 1),
        y_label="概率密度",
    )


def free() -> FormulaExplorer:
    """Its vertical axis follows the curve; the second is logarithmic in both."""
    return FormulaExplorer({"f": mu * x}, (x, 0, 1), sliders={mu: (1, 100, 2)})


def logarithmic() -> FormulaExplorer:
    return FormulaExplorer(
        {"f": x ** (-mu), "g": x - 1},
        (x, 0.01, 100),
        sliders={mu: (0, 3, 1)},
        log="xy",
    )


def poles() -> FormulaExplorer:
    """A pole between two samples, and a gap from -1 to 1."""
    curves = {"f": mu / (x - sp.Rational(1, 73)), "g": sp.sqrt(x**2 - 1)}
    return FormulaExplorer(curves, (x, -3, 3), sliders={mu: (1, 2, 1)}, y=(-5, 5))


def numbers_only() -> FormulaExplorer:
    return FormulaExplorer(
        {},
        sliders={mu: (0, 3, 1)},
        readouts={"倒数": 1 / mu, "根": sp.sqrt(mu - 1), "幂": sp.exp(-9 * mu)},
    )


@pytest.fixture(scope="session", autouse=True)
def pages(write_page, explorer_site):
    htmls = {
        "formula": LINK + gaussian()._static_html(),
        "formulas": gaussian()._static_html() + free()._static_html(),
        "free": free()._static_html(),
        "logarithmic": logarithmic()._static_html(),
        "poles": poles()._static_html(),
        "numbers": numbers_only()._static_html(),
    }
    for name, html in htmls.items():
        write_page(name, html)
        code.stage_formulas(html, explorer_site / "_static")


def paths(page) -> list[str]:
    return page.evaluate(PATHS)


def wait_for_change(page, before):
    page.wait_for_function(
        f"before => JSON.stringify(({PATHS})()) !== JSON.stringify(before)", arg=before
    )


def number(page) -> str:
    return page.locator(".aigc-readouts dd").first.inner_text()


# ---- what the reader does ----


def test_the_first_state_is_drawn(explorer):
    page = explorer("formula.html").page
    curves = page.locator(".aigc-curves path[class^=aigc-series]")
    assert page.locator(".aigc-plot .aigc-curves path").count() == 2
    assert page.locator(".aigc-plot .aigc-markers path").count() == 1
    assert page.locator(".aigc-legend li").count() == 2
    assert page.locator("math").count() == 3
    dashes = {
        curves.nth(i).evaluate("node => getComputedStyle(node).strokeDasharray")
        for i in (0, 1)
    }
    assert len(dashes) == 2, "not by colour alone"
    assert number(page) == "1.316 纳特"


def test_a_mouse_drag_moves_curve_marker_and_number(explorer):
    shown = explorer("formula.html")
    before = paths(shown.page)
    box = shown.sliders.nth(0).bounding_box()
    middle = box["y"] + box["height"] / 2
    shown.page.mouse.move(box["x"] + box["width"] * 0.75, middle)
    shown.page.mouse.down()
    shown.page.mouse.move(box["x"] + box["width"] * 0.2, middle, steps=5)
    shown.page.mouse.up()
    wait_for_change(shown.page, before)
    after = paths(shown.page)
    assert float(shown.sliders.nth(0).input_value()) < -1
    assert after[0] != before[0] and after[-1] != before[-1]
    assert after[1] == before[1], "N(0, 1) stays where it is"
    assert number(shown.page) != "1.316 纳特"


def test_the_keyboard_moves_it_and_words_follow_at_rest(explorer):
    shown = explorer("formula.html")
    before = paths(shown.page)
    shown.sliders.nth(1).focus()
    shown.page.keyboard.press("End")
    wait_for_change(shown.page, before)
    assert shown.sliders.nth(1).get_attribute("aria-valuetext") == "标准差 σ = 3.00"
    assert number(shown.page) == "4.026 纳特"
    shown.page.wait_for_function(
        "document.querySelector('.aigc-status').textContent.includes('4.026')"
    )
    assert shown.status.text_content() == (
        "均值 μ = 1.50，标准差 σ = 3.00：KL 散度 = 4.026 纳特"
    )
    label = shown.page.locator(".aigc-chart-svg").get_attribute("aria-label")
    assert "N(μ, σ²)，N(0, 1)" in label and "标准差 σ = 3.00" in label


def test_a_finger_moves_it(explorer):
    shown = explorer("formula.html", **PHONE)
    before = paths(shown.page)
    box = shown.sliders.nth(0).bounding_box()
    shown.page.touchscreen.tap(
        box["x"] + box["width"] * 0.15, box["y"] + box["height"] / 2
    )
    wait_for_change(shown.page, before)
    assert float(shown.sliders.nth(0).input_value()) < -1


def test_presets_and_reset(explorer):
    shown = explorer("formula.html")
    page, before = shown.page, paths(shown.page)
    page.get_by_role("button", name="重合").click()
    wait_for_change(page, before)
    curves = paths(page)[:2]
    assert curves[0] == curves[1] and number(page) == "0.000 纳特"
    page.get_by_role("button", name="重置").click()
    page.wait_for_function(
        f"before => JSON.stringify(({PATHS})()) === JSON.stringify(before)", arg=before
    )


def test_a_link_sets_it_and_is_brought_in(explorer):
    shown = explorer("formula.html")
    before = paths(shown.page)
    shown.page.get_by_text("均值拉到 2.5").click()
    wait_for_change(shown.page, before)
    values = [slider.input_value() for slider in shown.sliders.all()]
    assert values == ["2.5", "3"]
    state = shown.page.evaluate(
        f"""() => {{
          {VIEW}.apply({{ mu: "x", sigma: "-7", nu: "1", preset: "太宽" }});
          return {VIEW}.state;
        }}"""
    )
    assert state == {"mu": 0, "sigma": 0.2}


def test_two_on_one_page_keep_apart(explorer):
    page = explorer("formulas.html").page
    page.wait_for_selector(".aigc-explorer[data-ready] >> nth=1")
    page.wait_for_timeout(100)
    first = page.locator(".aigc-explorer").first.locator(".aigc-plot")
    before = first.inner_html()
    second = page.locator(".aigc-explorer").nth(1)
    other = second.locator(".aigc-plot").inner_html()
    second.locator("input").fill("77")
    page.wait_for_timeout(100)
    assert first.inner_html() == before
    assert second.locator(".aigc-plot").inner_html() != other


# ---- axes ----


def test_a_free_axis_widens_at_once_and_narrows_at_rest(explorer):
    shown = explorer("free.html")
    high = f"{VIEW}.chart.y.high"
    assert shown.page.evaluate(high) == pytest.approx(2.12)
    shown.sliders.nth(0).fill("100")
    shown.page.wait_for_function(f"{high} === 106")
    shown.sliders.nth(0).fill("10")
    shown.page.wait_for_timeout(100)
    assert shown.page.evaluate(high) == 106, "nothing jumps while dragging"
    shown.page.wait_for_function(f"{high} < 11")


def test_logarithmic_axes_are_straight_and_leave_gaps(explorer):
    shown = explorer("logarithmic.html")
    power, line = paths(shown.page)[:2]
    points = np.array([pair.split(" ") for pair in power[1:].split("L")], dtype=float)
    slopes = np.diff(points[:, 1]) / np.diff(points[:, 0])
    assert slopes.std() < 0.02 * abs(slopes.mean()), "a power law is a straight line"
    assert line.count("M") == 1
    first = float(line[1:].split(" ")[0])
    assert first > 0.49 * points[:, 0].max(), "x - 1 has no logarithm below 1"
    texts = shown.page.locator(".aigc-axes text").all_text_contents()
    assert "1" in texts and "10⁴" not in texts


def test_curves_break_at_poles_and_where_there_is_no_value(explorer):
    power, root = paths(explorer("poles.html").page)[:2]
    assert power.count("M") == 2, "no line joins the two sides of a pole"
    assert root.count("M") == 2, "no line crosses a gap"


def test_a_fixed_axis_never_moves(explorer):
    shown = explorer("formula.html")
    axes = shown.page.locator(".aigc-axes").inner_html()
    shown.sliders.nth(1).fill("0.2")
    shown.page.wait_for_timeout(600)
    assert shown.page.locator(".aigc-axes").inner_html() == axes


def test_numbers_alone_and_values_that_do_not_exist(explorer):
    shown = explorer("numbers.html")
    shown.sliders.nth(0).fill("0")
    shown.page.wait_for_function(
        "document.querySelector('.aigc-readouts dd').textContent === '∞'"
    )
    texts = shown.page.locator(".aigc-readouts dd").all_inner_texts()
    assert texts == ["∞", "无定义", "1.000"]
    shown.sliders.nth(0).fill("3")
    shown.page.wait_for_timeout(100)
    texts = shown.page.locator(".aigc-readouts dd").all_inner_texts()
    assert texts == ["0.3333", "1.414", "1.880×10⁻¹²"]
    assert shown.page.locator(".aigc-chart").count() == 0


# ---- equal to Python ----

RANGES = {x: (-60, 60), mu: (-3, 3), sigma: (0.1, 3), w: (0, 1), t: (0, 50)}
SIGMOID = 1 / (1 + sp.exp(-x))
BANK = [
    density(x, mu, sigma),
    KL,
    sp.log(density(x, mu, sigma)),
    sp.log(1 + sp.exp(x / sigma)),
    SIGMOID,
    sp.log(1 - SIGMOID),
    SIGMOID * (1 - SIGMOID),
    sp.exp(x / sigma) / (sp.exp(x / sigma) + sp.exp(mu / sigma) + sp.exp(1 / sigma)),
    density(x, mu, sigma) / (density(x, mu, sigma) + density(x, 0, 1)),
    sp.log(w * density(x, mu, sigma) + (1 - w) * density(x, 0, 1)),
    -w * sp.log(w) - (1 - w) * sp.log(1 - w),
    -sp.log(w) - sp.log(1 - w),
    sp.sqrt(w) * (1 - w) ** t,
    sigma**t,
    sp.tanh(x) + sp.cos(mu * x),
    sp.erf(x / sp.sqrt(2)) + 2,
    sp.erfc(x / 4),
    sp.gamma(sigma) * w,
    sp.loggamma(t + 1) + sigma,
    sp.factorial(t),
    sp.Piecewise((sp.exp(x) - 1, x < 0), (x + mu / 7, True)),
    sp.Max(0, x) + sp.Min(mu, 1) + sp.Abs(x) * sp.sign(mu) + sp.floor(x),
    (sp.exp(w * sp.Float("1e-8")) - 1) / sp.pi,
    sp.atan2(mu, sigma) + sp.EulerGamma * sp.asinh(x),
    sp.Rational(1, 3) * x**3 - x ** sp.Rational(2) / 7 + sp.Float("0.1"),
]
COMPUTE = """async ([name, points]) => {
  const { plotted } = await import(`./_static/formulas/${name}.js`);
  const { SPECIAL } = await import("./_static/explorers/formula/special.js");
  const functions = plotted(SPECIAL).curves;
  return functions.map((f) => points.map((point) => f(...point)));
}"""


def test_the_browser_equals_mpmath(open_page, explorer_site):
    """25 formulas at 60 random settings each: 1e-9 relative."""
    text = code.module_source(
        {"curves": [stable(expr, RANGES) for expr in BANK]}, len(RANGES)
    )
    name = code.digest(text)
    (explorer_site / "_static" / "formulas" / f"{name}.js").write_text(text, "utf-8")
    points = np.random.default_rng(0).uniform(*np.array([*RANGES.values()]).T, (60, 5))
    drawn = open_page("empty.html").evaluate(COMPUTE, [name, points.tolist()])
    for expr, values in zip(BANK, drawn, strict=True):
        exact = sp.lambdify(list(RANGES), expr, "mpmath")
        with mpmath.workdps(120):
            for point, value in zip(points, values, strict=True):
                expected = exact(*(mpmath.mpf(p) for p in point))
                error = abs(value - expected)
                assert error <= 1e-9 * abs(expected) + 1e-300, (
                    expr,
                    point,
                    value,
                    expected,
                )


def test_the_explorer_draws_what_python_computes(explorer):
    shown, widget = explorer("formula.html"), gaussian()
    for slider, value in zip(shown.sliders.all(), ("-1.1", "0.74"), strict=True):
        slider.fill(value)
    widget.mu, widget.sigma = -1.1, 0.74
    x_values = np.linspace(-5, 5, 41)
    drawn = shown.page.evaluate(
        f"""(xs) => {{
          const view = {VIEW};
          const curve = xs.map((x) => view.call("curves", 0, view.state, x));
          return [curve, view.call("readouts", 0, view.state)];
        }}""",
        x_values.tolist(),
    )
    np.testing.assert_allclose(drawn[0], widget.curve("N(μ, σ²)", x_values), rtol=1e-12)
    assert drawn[1] == pytest.approx(widget.readout("KL 散度"), rel=1e-12)
    assert number(shown.page) == f"{widget.readout('KL 散度'):.4f} 纳特"


def test_special_functions_equal_scipy(open_page):
    points = np.concatenate([np.linspace(-30, 30, 1201), np.linspace(0.01, 170, 700)])
    call = """async ([name, points]) => {
      const { SPECIAL } = await import("./_static/explorers/formula/special.js");
      return points.map(SPECIAL[name]).map((y) => (Number.isFinite(y) ? y : String(y)));
    }"""
    page = open_page("empty.html")
    limits = {"erf": 1e-14, "erfc": 2e-13, "gamma": 3e-13, "loggamma": 1e-12}
    for name, limit in limits.items():
        oracle = {"loggamma": scipy.special.gammaln}.get(name)
        oracle = oracle or getattr(scipy.special, name)
        expected = oracle(points)
        drawn = np.array(
            [float(y) for y in page.evaluate(call, [name, points.tolist()])]
        )
        usual = np.isfinite(expected) & (np.abs(expected) > 1e-300)
        usual &= (points > 0) | (np.abs(points - np.round(points)) > 1e-9)
        error = np.abs(drawn[usual] - expected[usual])
        scale = np.abs(expected[usual]) + (1 if name == "loggamma" else 0)
        assert (error / scale).max() < limit, name
        assert np.isfinite(drawn[usual]).all()


# ---- live ----


def test_live_the_module_carries_its_formulas(open_page):
    widget = gaussian()
    page = show_live(open_page, widget)
    page.wait_for_selector(".aigc-plot path")
    before = paths(page)
    page.locator(".aigc-row input").nth(0).fill("-2")
    wait_for_change(page, before)
    page.wait_for_timeout(200)
    assert widget.mu == -2.0 == widget.values["mu"]
    assert number(page) == f"{widget.readout('KL 散度'):.3f} 纳特"
    assert widget.received == [], "the browser answers"


def test_live_the_page_follows_python(open_page):
    widget = gaussian()
    page = show_live(open_page, widget)
    page.wait_for_selector(".aigc-plot path")
    before = paths(page)
    widget.mu = 0.5
    page.evaluate("state => model.python(state)", widget._state)
    wait_for_change(page, before)
    assert page.locator(".aigc-row input").nth(0).input_value() == "0.5"


def test_axe_finds_nothing_live(open_page, axe):
    page = show_live(open_page, gaussian())
    page.wait_for_selector(".aigc-plot path")
    assert axe(page) == []


# ---- when something is missing, narrow, or dark ----


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 404},
        {"body": "not a module", "content_type": "text/javascript"},
        {
            "body": "const none = { curves: [], readouts: [], markers: [] };"
            "export const plotted = () => none;",
            "content_type": "text/javascript",
        },
    ],
)
def test_a_faulty_module_leaves_the_poster_and_says_so(open_page, server, fault):
    page = open_page()
    page.route("**/_static/formulas/*.js", lambda route: route.fulfill(**fault))
    page.goto(f"{server}/formula.html")
    page.wait_for_selector(".aigc-explorer-note")
    assert "没有加载成功" in page.locator(".aigc-explorer-note").inner_text()
    poster = page.locator(".aigc-formula-poster")
    assert poster.is_visible() and "1.316 纳特" in poster.inner_text()
    assert poster.locator("path[class^=aigc-series]").count() == 2
    assert page.get_by_role("heading", name="探索器").is_visible()
    open_page.problems.clear()


def test_a_name_that_is_no_hash_is_not_imported(open_page, server):
    page = open_page()

    def damage(route):
        html = route.fetch().text()
        html = html.replace('"formulas":"', '"formulas":"../../evil')
        route.fulfill(body=html, content_type="text/html")

    page.route("**/formula.html", damage)
    page.goto(f"{server}/formula.html")
    page.wait_for_selector(".aigc-explorer-note")
    error = page.locator(".aigc-explorer").get_attribute("data-error")
    assert "no module of formulas" in error


def test_math_of_a_damaged_state_makes_no_other_elements(explorer):
    shown = explorer("formula.html")
    made = shown.page.evaluate(
        f"""() => {{
          const math = ["math", ["script", "alert(1)"], ["img", ""]];
          const node = {VIEW}.named("x", math);
          return [node.innerHTML, node.querySelectorAll("script, img").length];
        }}"""
    )
    assert made[1] == 0 and "alert(1)" in made[0]


@pytest.mark.parametrize("path", ["formula.html", "logarithmic.html", "numbers.html"])
def test_a_phone_needs_no_sideways_scroll(fits, explorer, path):
    shown = explorer(path, **PHONE)
    fits(shown.page, ".aigc-formula > *")


def test_the_chart_follows_the_width(explorer):
    shown = explorer("formula.html", viewport={"width": 1280, "height": 900})
    wide = shown.page.locator(".aigc-chart-svg").bounding_box()["width"]
    shown.page.set_viewport_size({"width": 360, "height": 740})
    shown.page.wait_for_function(
        "(wide) => document.querySelector('.aigc-chart-svg').clientWidth < wide - 20",
        arg=wide,
    )
    shown.page.wait_for_timeout(100)
    shape = shown.page.locator(".aigc-chart-svg").evaluate(
        "node => [node.viewBox.baseVal.width, node.getBoundingClientRect().width]"
    )
    assert shape[0] == pytest.approx(shape[1], abs=1), "text keeps its size"
    numbers = [float(n) for n in paths(shown.page)[0][1:].replace("L", " ").split()]
    plot = shown.page.locator(".aigc-plot").get_attribute("width")
    assert max(numbers[::2]) == pytest.approx(float(plot), abs=0.1)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(
    "path", ["formulas.html", "formulas-dark.html", "numbers-dark.html"]
)
def test_axe_finds_nothing(explorer, axe, path, width):
    shown = explorer(path, viewport={"width": width, "height": 900})
    shown.page.wait_for_timeout(500)
    assert axe(shown.page) == []


def test_axe_finds_nothing_in_the_poster(open_page, server, axe):
    page = open_page()
    page.route("**/formula.js", lambda route: route.fulfill(status=404))
    page.goto(f"{server}/formula.html")
    page.wait_for_selector(".aigc-explorer-note")
    assert axe(page) == []
    open_page.problems.clear()


@pytest.mark.parametrize("path", ["formula.html", "formula-dark.html"])
def test_series_stand_out_in_both_schemes(explorer, path):
    """Contrast of each series against the paper: 3 : 1 and more (WCAG 1.4.11)."""
    page = explorer(path).page
    found = page.evaluate(
        """() => {
          const box = document.querySelector(".aigc-box");
          const canvas = document.createElement("canvas").getContext("2d");
          const light = (colour) => {
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
            const parts = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
            const linear = parts.map((v) => v / 255).map((v) =>
              v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
            return linear[0] * 0.2126 + linear[1] * 0.7152 + linear[2] * 0.0722;
          };
          const root = getComputedStyle(document.documentElement).backgroundColor;
          const paper = light(root === "rgba(0, 0, 0, 0)" ? "#fff" : root);
          const style = getComputedStyle(box);
          return Array.from({ length: 6 }, (_, i) => {
            const ink = light(style.getPropertyValue(`--series-${i}`));
            return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
          });
        }"""
    )
    assert min(found) >= 3, found


def test_live_a_count_is_whole(open_page):
    n = sp.Symbol("n", integer=True)
    readouts = {"对": n * (n - 1), "倒数": 1 / n}
    widget = FormulaExplorer({}, sliders={n: (1, 9, 4)}, readouts=readouts)
    page = show_live(open_page, widget)
    assert page.locator(".aigc-readouts dd").all_inner_texts() == ["12", "0.2500"]


def test_live_a_notebook_does_not_float_the_readouts(open_page):
    page = show_live(open_page, gaussian())
    page.locator("#cell").evaluate("cell => cell.classList.add('jp-OutputArea-output')")
    page.add_style_tag(
        content=".jp-OutputArea-output :is(dt, dd) { float: left; width: 20% }"
    )
    math = page.locator(".aigc-readouts .aigc-math")
    assert math.evaluate("node => node.scrollWidth <= node.clientWidth")
    parts = page.locator(".aigc-readouts :is(dt, dd)")
    for part in parts.all():
        assert part.evaluate("node => getComputedStyle(node).float") == "none"
