"""Formula explorer: refusals, stable forms, generated code, stored form, traits."""

import math
import re
from pathlib import Path

import mpmath
import numpy as np
import pytest
import sympy as sp
from explorer_talk import facts_in

from aigc_helpers.explorers import FormulaExplorer
from aigc_helpers.explorers.formula import code
from aigc_helpers.explorers.formula.mathml import math_html, math_tree
from aigc_helpers.explorers.formula.proof import numbers, prove
from aigc_helpers.explorers.formula.stable import real_symbols, stable

x, y, mu, sigma, D, w = sp.symbols("x y mu sigma D w")
BOX = {x: (-1000, 1000), sigma: (0.1, 3), mu: (-3, 3), D: (0, 1), w: (0, 1)}
SIGMOID = 1 / (1 + sp.exp(-x))
KL = (mu**2 + sigma**2 - 1) / 2 - sp.log(sigma)


def density(x, mu, sigma):
    return sp.exp(-((x - mu) ** 2) / (2 * sigma**2)) / (sigma * sp.sqrt(2 * sp.pi))


def gaussian(**options):
    given = {
        "x": (x, -5, 5),
        "sliders": {mu: (-3, 3, 1.5), sigma: (0.2, 3, 0.6)},
        "readouts": {"KL": (KL, "纳特")},
        "markers": {"μ": mu},
        "presets": {"重合": {mu: 0, "sigma": 1}},
        "labels": {mu: "均值 μ"},
    }
    curves = {"N": density(x, mu, sigma), "N(0, 1)": density(x, 0, 1)}
    return FormulaExplorer(curves, **{**given, **options})


# ---- stable forms ----

FINITE = [
    sp.log(1 + sp.exp(x)),
    sp.log(3 + 2 * sp.exp(x) + sp.exp(-x)),
    SIGMOID,
    sp.exp(x) / (1 + sp.exp(x)),
    sp.log(SIGMOID),
    sp.log(1 - SIGMOID),
    SIGMOID * (1 - SIGMOID),
    1 / (1 + sp.exp(-x)) ** 2,
    sp.exp(x / sigma) / (sp.exp(x / sigma) + sp.exp(1 / sigma) + sp.exp(mu / sigma)),
    density(x, mu, sigma) / (density(x, mu, sigma) + density(x, 0, 1)),
    sp.log(density(x, mu, sigma)),
    sp.log(w * density(x, mu, sigma) + (1 - w) * density(x, 0, 1)),
    D * sp.log(D) + (1 - D) * sp.log(1 - D),
    D * sp.log(D / sigma),
    (x**2) * sp.log(x**2),
    sp.Piecewise((sp.log(1 + sp.exp(x)), x < 0), (x, True)),
    sp.erf(x),
    sp.sinc(x),
    sp.Heaviside(x),
]


@pytest.mark.parametrize("expr", FINITE, ids=str)
def test_double_precision_follows_the_stable_form(expr):
    """Against mpmath with 900 digits, and against plain NumPy, which fails on most."""
    form = stable(expr, BOX)
    prove("f", expr, form, BOX, {sigma: 1.0})
    function = numbers(form, list(real_symbols(BOX).values()))
    points = np.random.default_rng(1).uniform(*np.array(list(BOX.values())).T, (40, 5))
    points[:10, 0] = [-1000, -750, -40, -1e-3, 0, 1e-3, 1, 40, 750, 1000]
    exact = sp.lambdify(list(BOX), expr, "mpmath")
    for point, value in zip(points, function(*points.T), strict=True):
        with mpmath.workdps(900):
            expected = exact(*(mpmath.mpf(p) for p in point))
            expected = 0 if mpmath.isnan(expected) else expected  # x² log x² at 0
        assert abs(value - expected) <= 1e-9 * abs(expected) + 1e-300, point


def test_the_naive_forms_do_fail():
    expr = sp.log(1 + sp.exp(x))
    with pytest.raises(ValueError, match=r"softplus: at x = 1000 .*is 1000.*inf"):
        prove("softplus", expr, expr.xreplace(real_symbols(BOX)), BOX, {})
    form = expr.xreplace(real_symbols(BOX)) + sp.Rational(1, 100)
    with pytest.raises(ValueError, match="but double precision gives"):
        prove("softplus", expr, form, {x: (-1, 1)}, {})


@pytest.mark.parametrize(
    ("expr", "words", "chinese"),
    [
        (
            sp.log(sp.cosh(x)),
            r"at x = -1000, mu = 1 mu\*log\(cosh\(x\)\) is 999.3.*gives inf",
            "f 在 x = -1000, mu = 1 处的值是 999.30685，双精度算出来却是 inf：",
        ),
        (
            sp.sin(x) / x,
            r"at x = 0, mu = 1 mu\*sin\(x\)/x is 1.0.*gives nan",
            "双精度算出来却是 nan",
        ),
        (2 ** (x * 2), "more than double precision holds", "把范围缩小，或者改画"),
    ],
)
def test_what_double_precision_cannot_follow_is_refused(expr, words, chinese):
    with pytest.raises(ValueError, match=words) as caught:
        FormulaExplorer({"f": expr * mu}, x=(x, -1000, 1000), sliders={mu: (1, 2, 1)})
    assert chinese in caught.value.chinese
    assert "double precision" not in caught.value.chinese


def test_true_infinities_stay():
    explorer = FormulaExplorer(
        {"f": -sp.log(D), "g": mu / D}, x=(D, 0, 1), sliders={mu: (0, 1, 1)}
    )
    assert explorer.curve("f", [0.0, 1.0]).tolist() == [math.inf, 0.0]


# ---- JavaScript ----


@pytest.mark.parametrize(
    ("expr", "name"),
    [
        (sp.zeta(x + 3), "zeta"),
        (sp.Integral(sp.exp(-(y**2)), (y, 0, x)), "Integral"),
        (sp.I * x, "ImaginaryUnit"),
        (sp.besselj(0, x), "besselj"),
        (sp.Function("f")(x), "f"),
    ],
)
def test_a_function_without_counterpart_is_named(expr, name):
    with pytest.raises(ValueError, match=f"^{name} in .* has no counterpart"):
        FormulaExplorer({"c": expr * mu}, x=(x, 0, 1), sliders={mu: (1, 2, 1)})


@pytest.mark.parametrize("name", ["alert(1)", "x'];alert(1);//", "constructor", "s0"])
def test_symbols_never_reach_the_code(name):
    symbol = sp.Symbol(name)
    text = code.module_source(
        {"curves": [stable(symbol**2 + x, {x: (0, 1), symbol: (0, 1)})]}, 2
    )
    assert "      (s0, s1) => s0 + Math.pow(s1, 2),\n" in text
    assert "alert" not in text and "constructor" not in text


GOOD = code.module_source({"curves": [sp.Symbol("s0") ** 2]}, 1)


@pytest.mark.parametrize(
    "body",
    [
        "alert(1)",
        "s0.constructor",
        'fetch("x")',
        "Math.constructor",
        "(() => { while (true); })()",
        "s0, globalThis.x = 1",
        "s0); import('x'",
        "this",
        "`${s0}`",
        "Math.exp.call",
        "5..constructor",
        "s0.s1",
    ],
)
def test_a_module_with_other_code_is_refused(body):
    bad = GOOD.replace("Math.pow(s0, 2)", body)
    assert bad != GOOD
    code.check_source(GOOD)
    with pytest.raises(ValueError, match="arithmetic only"):
        code.check_source(bad)


@pytest.mark.parametrize("text", ["", "x" + GOOD, GOOD + "alert(1)", GOOD[:-2]])
def test_text_around_a_module_is_refused(text):
    with pytest.raises(ValueError, match="no module of formulas"):
        code.check_source(text)


# ---- refusals ----


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"x": None}, "curves need x"),
        ({"x": (x, 1, 1)}, "range of x is empty"),
        ({"x": (x, 0, math.inf)}, "finite numbers"),
        ({"x": ("x", 0, 1)}, "not a sympy.Symbol"),
        ({"x": (x, -1, 1), "log": "x"}, "begins above 0"),
        ({"log": "z"}, "log must be"),
        ({"y": (1, 0)}, "range of y is empty"),
        ({"sliders": {mu: (0, 1, 2), sigma: (1, 2, 1)}}, "low <= start <= high"),
        ({"sliders": {mu: (0, 1), sigma: (1, 2, 1)}}, "needs 3 finite numbers"),
        ({"sliders": {mu: (-3, 3, 0, 0), sigma: (1, 2, 1)}}, "step"),
        ({"sliders": {sigma: (1, 2, 1)}, "presets": {}}, r"\['mu'\], not among"),
        ({"sliders": {mu: (0, 1, 0), sigma: (1, 2, 1), y: (0, 1, 0)}}, "move nothing"),
        ({"sliders": {sp.Symbol("preset"): (0, 1, 0)}}, "is no name for a slider"),
        ({"sliders": {sp.Symbol("__proto__"): (0, 1, 0)}}, "is no name for a slider"),
        ({"sliders": [mu]}, "sliders must be"),
        ({"readouts": {"KL": "mu**2"}}, "must be a SymPy expression"),
        ({"readouts": {"KL": x * mu}}, r"readouts: KL has \['x'\]"),
        ({"readouts": {"KL": (mu, 3)}}, "must be \\(expression, unit\\)"),
        ({"presets": {"p": {"nu": 1}}}, "nu is no slider"),
        ({"presets": {"p": {mu: 9}}}, "leaves its range"),
        ({"presets": [1]}, "presets must be"),
    ],
)
def test_bad_arguments_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        gaussian(**options)


# ---- Python's side ----


def test_numbers_in_python():
    explorer = gaussian()
    assert explorer.values == {"mu": 1.5, "sigma": 0.6}
    kl = 0.5 * (1.5**2 + 0.36 - 1) - math.log(0.6)
    assert explorer.readout("KL") == pytest.approx(kl, rel=1e-12)
    peak = 1 / (0.6 * math.sqrt(2 * math.pi))
    assert explorer.curve("N", [1.5])[0] == pytest.approx(peak, rel=1e-12)
    with pytest.raises(ValueError, match="not one of the read-outs"):
        explorer.readout("JS")


def test_traits_values_and_the_page_say_the_same():
    explorer = gaussian()
    explorer.mu = -1.0
    assert explorer.values == {"mu": -1.0, "sigma": 0.6} == explorer._state
    explorer.values = {sigma: 2}
    assert (explorer.mu, explorer.sigma) == (-1.0, 2.0)
    explorer.set_state({"_state": {"mu": 0.5, "sigma": 1.0}})
    assert (explorer.mu, explorer.sigma) == (0.5, 1.0)
    assert explorer.readout("KL") == pytest.approx(0.125)
    for wrong in (9, math.nan):
        with pytest.raises(ValueError, match="no number in -3.0..3.0"):
            explorer.mu = wrong
        assert explorer.mu == 0.5 == explorer.values["mu"]
    with pytest.raises(ValueError, match="no sliders"):
        explorer.values = {"nu": 1}


def test_traits_link_with_a_slider_of_ipywidgets():
    import ipywidgets
    import traitlets

    explorer, slider = gaussian(), ipywidgets.FloatSlider(min=-3, max=3)
    traitlets.link((explorer, "mu"), (slider, "value"))
    slider.value = 2.0
    assert explorer.values["mu"] == 2.0


def test_a_slider_may_have_a_name_that_a_widget_uses():
    layout = sp.Symbol("layout")
    explorer = FormulaExplorer(
        {"f": layout * x}, (x, 0, 1), sliders={layout: (0, 2, 1)}
    )
    explorer.values = {"layout": 2}
    assert explorer.curve("f", [1.0])[0] == 2.0


def test_readouts_need_no_curves():
    explorer = FormulaExplorer({}, sliders={mu: (0, 2, 1)}, readouts={"a": mu**2})
    explorer.mu = 2
    assert explorer.readout("a") == 4
    assert "<svg" not in explorer._static_html()


# ---- the stored form ----


def test_the_stored_form_is_whole_and_its_module_is_staged(tmp_path):
    html = gaussian()._repr_mimebundle_()[0]["text/html"]
    config = facts_in(html)["_config"]
    assert config["source"] == "page"
    written = code.stage_formulas(f"<body>{html}{html}</body>", tmp_path)
    assert written[0] == tmp_path / "formulas" / f"{config['formulas']}.js"
    assert written[0].read_text("utf-8") == config["module"]
    assert "KL" in html and "1.316 纳特" in html and html.count("<path") == 3


def test_a_damaged_module_is_not_staged(tmp_path):
    html = gaussian()._static_html()
    with pytest.raises(ValueError, match="is damaged"):
        code.stage_formulas(html.replace("Math.pow", "Math.max"), tmp_path)
    with pytest.raises(ValueError, match="arithmetic only"):
        code.stage_formulas(html.replace("Math.pow", "Math.evil"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_same_formulas_make_the_same_bytes():
    first, second = gaussian()._static_html(), gaussian()._static_html()
    assert first == second


def test_texts_are_escaped():
    evil = "</script><img src=x onerror=alert(1)>"
    html = gaussian(readouts={evil: (mu, evil)}, title=evil)._static_html()
    assert "<img" not in html and html.count("</script>") == 1


def test_mathml_of_a_density_has_one_root():
    html = math_html(math_tree(density(x, mu, sigma)))
    assert "<msqrt><mrow><mn>2</mn><mo>\u2062</mo><mi>π</mi></mrow></msqrt>" in html
    assert html.index("<mi>e</mi>") < html.index("<msqrt>"), "exp(-u) stays above"
    assert "<mfenced" not in html and "ⅇ" not in html


@pytest.mark.parametrize(
    "expr",
    [
        density(x, mu, sigma), -x / 2, sp.sqrt(2) * x / 2, sp.log(x) / sp.log(2), KL,
        -sp.exp(-x) / sigma, sp.Piecewise((0, x < 0), (x, True)), sp.Max(0, x) / 3,
        sp.sqrt(x) / sp.sqrt(sp.pi), sp.sqrt(2 / sp.pi) * x,
    ],
)  # fmt: skip
def test_mathml_keeps_every_symbol_and_number(expr):
    """Each symbol of the formula, and no tag that the page would not draw."""
    html = math_html(math_tree(expr))
    for symbol in expr.free_symbols:
        assert f"<mi>{sp.pretty(symbol, use_unicode=True)}</mi>" in html
    front = Path(code.__file__).with_name("formula.js")
    listed = re.search(r"MATH_TAGS = new Set\((.*?)\);", front.read_text(), re.DOTALL)
    known = set(re.findall(r"\b[a-z]+\b", listed[1]))
    assert set(re.findall(r"<(\w+)", html)) <= known
