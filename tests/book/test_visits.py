"""Every page in a browser: no error, no sideways scroll, formulas, contrast, weight.

Each page is opened twice in all (``visits.py``), however many tests look at it.
"""

import pytest
from budgets import held
from visits import WIDTHS, Visit, visit_all

KILOBYTE = 1000
RUNTIME = ("/vendor/ort/", ".onnx", ".safetensors")


@pytest.fixture(scope="session")
def visits(once, browser, server, texts) -> dict[str, Visit]:
    """What was met on every page with text."""
    return once("visits", lambda: visit_all(browser, server, texts))


def test_pages_load_without_a_problem_and_keep_the_policy(visits):
    problems = [f"{path}: {p}" for path, v in visits.items() for p in v.problems]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", WIDTHS)
def test_pages_fit_the_screen(visits, screen, scheme):
    for path, visit in visits.items():
        wide = visit.looks[screen, scheme]["wide"]
        assert wide <= WIDTHS[screen], f"{path} is {wide} px wide on a {screen}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", WIDTHS)
def test_pages_are_light_or_dark_as_the_reader_s_system(visits, screen, scheme):
    for path, visit in visits.items():
        assert visit.looks[screen, scheme]["theme"] == scheme, path


def test_formulas_are_set_and_their_fonts_are_there(visits):
    looks = {path: visit.looks["desk", "light"] for path, visit in visits.items()}
    assert any(look["formulas"] for look in looks.values())
    for path, look in looks.items():
        assert look["set"] >= look["formulas"] and look["unread"] == 0, path
        assert look["font"] or not look["formulas"], path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible(visits, scheme):
    found = [f"{path}: {v}" for path in visits for v in visits[path].violations[scheme]]
    assert not found, "\n".join(found)


def test_a_first_visit_is_light(visits):
    limits = {"notebooks": held("page.chapter_kb"), "book": held("page.text_kb")}
    heavy = []
    for path, visit in visits.items():
        total = sum(visit.sizes.values()) / KILOBYTE
        print(f"{path}: {total:.0f} kB in {len(visit.sizes)} answers")
        largest = sorted(visit.sizes.items(), key=lambda item: -item[1])[:5]
        if total > limits[path.partition("/")[0]]:
            heavy.append(f"{path}: {total:.0f} kB, {largest}")
    assert not heavy, "\n".join(heavy)


def test_the_runtime_is_not_loaded_before_it_is_needed(visits):
    for path, visit in visits.items():
        assert visit.sizes, path
        assert not [url for url in visit.sizes if any(n in url for n in RUNTIME)], path
