"""What a reader is told of a check."""

RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
GREEK = {"mu": "μ", "sigma": "σ", "eps": "ε", "lam": "λ", "rho": "ρ"}
ROUNDING = 1e-12  # an error below is that of the arithmetic, and differs by machine


def power_of_ten(value: float) -> str:
    """3.2e-05 as 3.2×10⁻⁵, 1e-10 as 10⁻¹⁰."""
    if value == 0:
        return "0"
    if 1e-3 <= value < 1e4:
        return f"{value:.2g}"
    mantissa, exponent = f"{value:.1e}".split("e")
    power = "10" + "⁻" * (int(exponent) < 0)
    power += "".join(RAISED[int(digit)] for digit in str(abs(int(exponent))))
    return power if mantissa == "1.0" else f"{mantissa}×{power}"


def closeness(error: float, tolerance: float, symbolic: bool) -> str:
    """How large the error is, beside what is allowed."""
    if symbolic:
        return "两边之差化简为 0"
    small = error <= ROUNDING
    said = f"小于 {power_of_ten(ROUNDING)}" if small else f" {power_of_ten(error)}"
    return f"误差{said}，容差 {power_of_ten(tolerance)}"


def success(verdict, by: str, caught: int = 0, survived: int = 0) -> str:
    """The line below a formula that holds."""
    symbolic = not verdict.worst
    says = f"✓ {by}：" if by else "✓ 成立："
    says += closeness(verdict.error, verdict.tolerance, symbolic)
    if n := caught + survived:
        says += f"；故意写错 {n} 种，{caught} 种通不过"
    return says + "。"


def failure(verdict) -> str:
    """The line below a formula that does not hold: where, and by how much."""
    if not verdict.worst:
        return "✗ 不成立：两边之差不能化简为 0。"
    places = {**verdict.worst}
    left, right = places.pop("左边"), places.pop("右边")
    where = "、".join(
        f"{GREEK.get(name, name)} ={_number(value)}" for name, value in places.items()
    )
    at = f"在 {where} 处，" if where else ""
    return f"✗ 不成立：{at}左边是{_number(left)}，右边是{_number(right)}。"


def _number(value: float) -> str:
    if value != value:
        return " NaN"
    if abs(value) == float("inf"):
        return " −∞" if value < 0 else " ∞"
    return f" {value + 0.0:.4g}".replace("-", "−")
