"""Formulas read from LaTeX: what they mean, what is refused, what mutants they have."""

import math
import re

import pytest
import sympy as sp
import torch
from torch.distributions import kl_divergence

from aigc_helpers.equations import (
    KEY,
    Conditional,
    Density,
    EquationFails,
    Finite,
    Gaussian,
    LatexError,
    Samples,
    UnknownName,
    claim,
    equation,
    matrix,
)
from aigc_helpers.equations.evaluate import evaluator
from aigc_helpers.equations.mutants import mutants
from aigc_helpers.equations.parser import parse
from aigc_helpers.equations.words import closeness, power_of_ten

KL = (
    r"\mathrm{KL}\big(\mathcal N(\mu,\sigma^2)\,\Vert\,\mathcal N(0,1)\big)"
    r" = \frac{1}{2}\big(\mu^2 + \sigma^2 - 1 - \log\sigma^2\big)"
)
WRONG_KL = (
    KL.split("=")[0] + r"= \log\Big(\frac{1}{2}(\sigma^2+1) - \mu^2 - \sigma^2\Big)"
)


def by_torch(p, q):
    return kl_divergence(p.torch(), q.torch())


GAUSSIANS = {
    "KL": by_torch,
    "N": Gaussian,
    "mu": [0.0, 0.5, -1.2],
    "sigma": [1.0, 0.5, 1.7],
}


def value(latex: str, **values) -> torch.Tensor:
    """The left side of ``latex = 0``."""
    formula = parse(f"{latex} = 0")
    found = evaluator(values)(formula.sides[0])
    return torch.as_tensor(getattr(found, "tensor", found), dtype=torch.float64)


NUMBERS = [
    (r"1 - 2 - 3", -4),
    (r"-2^2", -4),
    (r"2\cdot 3^2", 18),
    (r"6 / 2 \cdot 3", 9),
    (r"\frac{1}{2}\Big(3+5\Big)", 4),
    (r"\sqrt{16}", 4),
    (r"\log\exp(3)", 3),
    (r"\log_2(8)", 3),
    (r"\sigma(0)", 0.5),
    (r"x\,(1-x)", -6),
    (r"x \quad {}+ 1", 4),
    (r"\hat x^2", 25),
    (r"f'(x) + f(x)", 6 + 9),
    (r"\sum_{i=1}^{3} i^2 + 1", 15),
    (r"\prod_{i=1}^{4} i", 24),
    (r"\sum_{t=1}^{2} y_{t+1}", 50),
    (r"y_{<3}", None),
    (r"p_\text{data} + D^*(x)", 0.25 + 4),
    (r"\int u^2\,\mathrm{d}u", 9),
    (r"\mathbb{E}_{u\sim p}[u] + 1", 1.6 + 1),
    (r"\mathbb{E}_{u\sim p}\big[\mathbb{E}_{v\sim q(v\mid u)}[v\,u]\big]", 2.7),
    (r"\frac{\partial}{\partial x}\big(x^3\big)", 27),
    (r"\frac{\partial x^2}{\partial x}", 6),
]
MEANING = {
    "x": 3.0,
    "x_hat": 5.0,
    "f": lambda x: x**2,
    "f_prime": lambda x: 2 * x,
    "y": {1: 10.0, 2: 20.0, 3: 30.0},
    "p_data": 0.25,
    "D_star": lambda x: x + 1,
    "p": Finite([0.4, 0.6], [1.0, 2.0]),
    "q": Conditional(lambda u: Gaussian(u - 0.05 / 1.6 * 2, 1.0)),
    "over_u": (0.0, 3.0, 20),
}


@pytest.mark.parametrize(
    ("latex", "expected"), [n for n in NUMBERS if n[1] is not None]
)
def test_a_formula_has_the_value_that_a_reader_expects(latex, expected):
    assert value(latex, **MEANING).item() == pytest.approx(expected, abs=1e-9)


def test_a_prefix_is_what_came_before():
    given = {"p": lambda before: torch.tensor([float(sum(before))]), "y": {1: 4, 2: 5}}
    assert value(r"p(y_{<2})", **given).item() == 4
    assert value(r"p(y_{\le 2})", **given).item() == 9


def test_matrices_multiply_as_matrices():
    a, v = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([5.0, 6.0])
    given = {"A": matrix(a), "v": matrix(v)}
    assert torch.equal(value(r"A\,v", **given), (a @ v).double())
    assert torch.equal(value(r"v\,v^\top", **given), torch.outer(v, v).double())
    assert torch.equal(value(r"v\odot v", **given), (v * v).double())
    assert torch.equal(value(r"1 - v", **given), (1 - v).double())
    assert value(r"\operatorname{tr}(A)", **given).item() == 5
    assert value(r"\lVert v\rVert^2", **given).item() == pytest.approx(61)
    square = value(r"(A^\top A)^{1/2}\,(A^\top A)^{1/2}", **given)
    torch.testing.assert_close(square, (a.T @ a).double())
    with pytest.raises(ValueError, match="odot"):
        value(r"v\,v", **given)


@pytest.mark.parametrize(
    "latex",
    [
        r"\log(1 - D(G(z))] = 0",
        r"x = ",
        r"x + 1",
        r"\nabla x = 0",
        r"\mathrm = 1",
        r"\int x = 1",
        r"\frac{1}{2 = 1",
        r"= x",
        r"x^{}2 = 1",
        r"x_{}2 = 1",
    ],
)
def test_what_cannot_be_read_is_refused(latex):
    with pytest.raises(LatexError):
        parse(latex)


def test_an_unknown_name_is_told():
    with pytest.raises(UnknownName, match="beta"):
        claim(r"\beta = 1", mu=1.0)
    with pytest.raises(UnknownName, match="over_x"):
        claim(r"\int x\,\mathrm{d}x = 1", mu=1.0)


@pytest.mark.parametrize(
    ("distribution", "mean", "square"),
    [
        (Gaussian(0.7, 4.0), 0.7, 4.49),
        (Finite([0.25, 0.75], [1.0, -1.0]), -0.5, 1.0),
        (Samples([1.0, 2.0, 6.0]), 3.0, 41 / 3),
        (
            Density(lambda x: torch.sigmoid(x) * torch.sigmoid(-x), -40, 40),
            0.0,
            math.pi**2 / 3,
        ),
        (0.5 * Gaussian(-1.0, 1.0) + 0.5 * Gaussian(1.0, 1.0), 0.0, 2.0),
        ((Finite([1.0, 0.0]) + Finite([0.0, 1.0])) / 2, 0.5, 0.5),
    ],
)
def test_expectations_are_those_of_the_distribution(distribution, mean, square):
    found = value(r"\mathbb{E}_{x\sim p}[x]", p=distribution)
    assert found.item() == pytest.approx(mean, abs=1e-9)
    found = value(r"\mathbb{E}_{x\sim p}[x^2]", p=distribution)
    assert found.item() == pytest.approx(square, abs=1e-9)
    assert value(r"\mathbb{E}_{x\sim p}[1]", p=distribution) == pytest.approx(1)


def test_the_gradient_of_an_expectation_does_not_use_reparameterisation():
    given = {"mu": [0.3, 2.0], "N": Gaussian}
    slope = value(
        r"\frac{\partial}{\partial\mu}\mathbb{E}_{z\sim\mathcal N(\mu,2)}[z^2]", **given
    )
    torch.testing.assert_close(slope, torch.tensor([0.6, 4.0]).double())
    assert not Gaussian(torch.tensor([0.3]), 1.0).nodes()[0].requires_grad


def test_a_claim_says_where_it_fails():
    found = claim(WRONG_KL, **GAUSSIANS)
    assert not found.holds and found.error == math.inf
    assert found.worst == {"mu": 0.0, "sigma": 1.0, "左边": 0.0, "右边": -math.inf}
    shown = found._repr_mimebundle_()["text/markdown"]
    assert "✗ 不成立：在 μ = 0、σ = 1 处，左边是 0，右边是 −∞" in shown
    assert re.match(r'<div style="border-left:[^"]+">\n\n\$\$\n', shown)
    assert shown.endswith("\n\n</div>")
    assert claim(KL, **GAUSSIANS).holds


def test_an_equation_shows_its_formula_its_number_and_its_result():
    made = equation("eq-kl", "散度", KL, by="比较", **GAUSSIANS)
    data, about = made._repr_mimebundle_()
    shown = re.sub(r"tag\{\d+\}", "tag{N}", data["text/markdown"])
    assert shown.startswith(f'<a id="eq-kl"></a>\n$$\n{KL} \\tag{{N}}\n$$\n')
    assert "故意写错 28 种，28 种通不过" in data["text/markdown"]
    record = about[KEY]
    assert record["latex"] == KL and record["survived"] == []
    assert record["error"] == 0.0 and record["caught"] == 28


def test_an_equation_that_does_not_hold_raises():
    with pytest.raises(EquationFails, match="eq-wrong.*mu"):
        equation("eq-wrong", "散度", WRONG_KL, by="比较", **GAUSSIANS)


def test_a_weak_check_is_shown_to_be_weak():
    at_the_prior = {**GAUSSIANS, "mu": [0.0], "sigma": [1.0]}
    made = equation("eq-kl", "散度", KL, by="比较", **at_the_prior)
    assert any(r"\log\sigma^2" not in mutant.latex for mutant in made.survived)
    assert len(made.survived) > 5


def test_an_inequality_must_hold_everywhere_and_touch_somewhere():
    assert claim(r"x^2 \ge 0", x=[0.0, 1.0, -3.0]).holds
    assert not claim(r"x^2 \ge 0", x=[2.0, 1.0]).holds  # never equal
    assert not claim(r"x^2 \ge 0 \ge x", x=[0.0, 1.0]).holds
    assert not claim(r"x^3 \ge 0", x=[0.0, -1.0]).holds
    both = [{"x": 1.0, "y": 1.0}, {"x": 1.0, "y": 2.0}]
    assert claim(r"x \le y", cases=both).holds
    assert not claim(r"x \le y", cases=both[1:]).holds


def test_symbols_are_compared_by_algebra():
    a, b = sp.symbols("a b", positive=True)
    assert claim(r"\log\frac{a}{b} = \log a - \log b", a=a, b=b).error == 0
    assert not claim(r"\log\frac{a}{b} = \log b - \log a", a=a, b=b).holds
    assert claim(r"\frac{\partial a^3}{\partial a} = 3\,a^2", a=a).holds


def test_nan_is_no_agreement():
    assert not claim(r"\log(x) = \log(x)", x=[-1.0]).holds


def changed(latex: str) -> set[str]:
    return {"".join(mutant.latex.split()) for mutant in mutants(parse(latex))}


def test_mutants_are_the_formula_with_one_place_changed():
    assert changed("a = b - c") == {
        "a=-b-c", "a=b+c", "a=0-c", "a=b-0",
    }  # fmt: skip
    assert changed(r"a \le \frac{1}{2}\,b^2") == {
        r"a\ge\frac{1}{2}\,b^2",
        r"a\le-\frac{1}{2}\,b^2",
        r"a\le1\,b^2",
        r"a\le\frac{1}{2}\,1",
        r"a\le\frac{2}{1}\,b^2",
        r"a\le\frac{1}{1}\,b^2",
        r"a\le\frac{2}{2}\,b^2",
        r"a\le\frac{1}{3}\,b^2",
        r"a\le\frac{1}{2}\,b",
        r"a\le\frac{1}{2}\,b^3",
    }
    assert changed(r"a = f(b, c)") == {"a=-f(b,c)", "a=f(c,b)"}
    assert r"a=(b)" in changed(r"a = \log b")
    assert "a=b" in changed(r"a = b^\top")


def test_every_mutant_can_be_read():
    for mutant in mutants(parse(KL)):
        parse(mutant.latex)


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (1e-10, "10⁻¹⁰"), (3.2e-5, "3.2×10⁻⁵"), (0.01, "0.01"), (0.5, "0.5")],
)
def test_small_numbers_are_written_with_powers(number, text):
    assert power_of_ten(number) == text


def test_rounding_is_not_shown_in_figures():
    assert closeness(3e-16, 1e-10, False) == closeness(9e-14, 1e-10, False)
    assert closeness(2e-4, 0.01, False) == "误差 2.0×10⁻⁴，容差 0.01"
    assert closeness(0.0, 1e-10, True) == "两边之差化简为 0"


def test_equations_are_numbered_as_they_are_first_shown():
    made = [
        equation(f"eq-{name}", "散度", KL, by="比较", **GAUSSIANS)
        for name in ("first", "never", "second")
    ]
    first, again, second = (
        int(re.search(r"tag\{(\d+)\}", one._repr_mimebundle_()[0]["text/markdown"])[1])
        for one in (made[0], made[0], made[2])
    )
    assert again == first and second == first + 1
