"""What an explorer leaves in a notebook: a poster, then the view that stands for it."""

import re
import sys

import numpy as np
import pytest

from aigc_helpers.explorers import (
    ConvolutionExplorer,
    SweepExplorer,
    base,
    check,
    saved,
)
from aigc_helpers.explorers.saved import HTML, VIEW


def squares(**options):
    return SweepExplorer(lambda n: {"平方": n * n}, [1, 2, 3], name="n", **options)


@pytest.fixture
def outputs(monkeypatch) -> list[dict]:
    """What explorers display, in order."""
    shown: list[dict] = []

    def display(data, metadata=None, *, raw):
        assert raw
        shown.append(data)

    monkeypatch.setattr(base, "display", display)
    return shown


def test_it_shows_its_poster_and_then_its_view(outputs):
    explorer = squares()
    explorer._ipython_display_()
    poster, view = outputs
    assert set(poster) == {HTML, "text/plain"} and set(view) == {VIEW}
    assert poster["text/plain"] == repr(explorer)
    assert explorer._static_html() in poster[HTML]
    assert view[VIEW]["model_id"] == explorer.model_id


def test_colab_shows_the_view_alone(outputs, monkeypatch):
    monkeypatch.setitem(sys.modules, "google.colab", object())
    squares()._ipython_display_()
    (view,) = outputs
    assert set(view) == {VIEW, "text/plain"}


def test_the_view_knows_its_poster(outputs):
    explorer = squares()
    explorer._ipython_display_()
    assert f'data-aigc-poster="{explorer._config["poster"]}"' in outputs[0][HTML]


def test_a_poster_is_the_same_in_every_run_and_has_a_name_of_its_own():
    first, again, other = squares(), squares(), squares(start=2)
    html, same, another = (
        made._repr_mimebundle_()[0][HTML] for made in (first, again, other)
    )
    assert html == same
    assert saved.token_of(html) != saved.token_of(another)


@pytest.mark.parametrize("make", [squares, lambda: check.number("2 + 2？", answer=4)])
def test_shown_again_it_has_the_same_poster(outputs, make):
    explorer = make()
    explorer._ipython_display_()
    explorer._ipython_display_()
    assert outputs[0][HTML] == outputs[2][HTML]


def test_shown_again_when_it_has_moved_its_posters_have_one_name(outputs):
    explorer = ConvolutionExplorer(np.zeros((4, 4)))
    explorer._ipython_display_()
    explorer.bias = 0.5
    explorer._ipython_display_()
    first, again = outputs[0][HTML], outputs[2][HTML]
    assert first != again
    assert saved.token_of(first) == saved.token_of(again) == explorer._config["poster"]


def test_a_poster_says_how_to_go_on():
    words = [
        re.search(
            '<p class="aigc-saved">(.*)</p></div>$', made._repr_mimebundle_()[0][HTML]
        )
        for made in (squares(), check.number("2 + 2？", answer=4))
    ]
    picture, question = (found[1] for found in words)
    assert "这是保存下来的图；要它动起来，请运行这一格" in picture
    assert "要作答，请运行这一格" in question and "动起来" not in question


def test_a_page_shows_an_explorer_without_what_a_notebook_needs():
    made = [squares(), check.number("2 + 2？", answer=4)]
    bundles = [one._repr_mimebundle_()[0][HTML] for one in made]
    page = "<main>" + "<hr>".join(bundles) + "</main>"
    plain = "<hr>".join(one._static_html() for one in made)
    assert saved.on_page(page) == f"<main>{plain}</main>"
    assert saved.on_page(plain) == plain
