"""The recipe of the translator: trained for a few steps, measured on a few numbers."""

import pytest

from aigc_helpers import recipes, weights
from aigc_helpers.recipes import text_translation as text_recipes
from aigc_helpers.recipes.recipe import Recipe

RECIPE = recipes.RECIPES["text_translator"]


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Few numbers to measure with, a small network."""
    monkeypatch.setattr(text_recipes, "N_SHORTER", 3)
    monkeypatch.setattr(text_recipes, "N_LONGER", 3)
    days = text_recipes.text.held_out_dates(4)
    monkeypatch.setattr(text_recipes.text, "held_out_dates", lambda: days)
    sizes = {"dim": 4, "size": 4, "hidden": 4}
    tiny = Recipe(
        **{
            **vars(RECIPE),
            "arguments": {**RECIPE.arguments, **sizes},
            "steps": 2,
            "batch_size": 4,
        }
    )
    monkeypatch.setitem(recipes.RECIPES, "text_translator", tiny)


def test_it_trains_and_its_card_tells_what_was_measured(tmp_path):
    card = recipes.train_shipped("text_translator", tmp_path)
    network = weights.load("text_translator", folder=tmp_path)
    figures = card["metrics"]
    values = {name for name in figures if not name.endswith("_interval")}
    assert values == set(text_recipes.FIGURES)
    assert all(
        low <= figures[name] <= high
        for name in values
        for low, high in (figures[f"{name}_interval"],)
    )
    assert recipes.evaluate("text_translator", tmp_path) == figures
    explorer = card["explorer"]
    assert explorer["kind"] == "attention" and explorer["text"] == "10500"
    assert len(explorer["target"]) + 1 == network.n_tokens


def test_what_an_explorer_numbers_is_what_the_network_reads():
    facts = text_recipes.translator_facts(None)
    assert RECIPE.arguments["n_tokens"] == len(text_recipes.text.vocabulary())
    (row,) = text_recipes.text.encode_sources(["汉10两"]).tolist()
    for character, (token,) in zip("汉10两", row, strict=True):
        assert facts["source"][token - 1] == facts["target"][token - 1] == character


def test_presets_are_numerals():
    for preset in (RECIPE.first, *RECIPE.first["presets"]):
        found = text_recipes.text.read(preset["text"])
        assert found.text == preset["text"] and preset["to"] in "汉数"
