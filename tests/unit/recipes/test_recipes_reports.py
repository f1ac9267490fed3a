"""Recipes of chapter 09, with few tables; and what the shipped networks' cards say."""

import pytest
import torch

from aigc_helpers import metrics, recipes, text, weights
from aigc_helpers.recipes import judging
from aigc_helpers.recipes import text_reports as text_recipes
from aigc_helpers.text.report_data import ROWS
from aigc_helpers.text.report_facts import COUNTS


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(text_recipes, "N_PAIRS", 80)
    monkeypatch.setattr(text_recipes, "N_TABLES", 20)
    monkeypatch.setattr(judging, "N_RESAMPLES", 20)


def test_the_reporter_s_recipe_ends_in_weights_that_load_and_a_card(small, tmp_path):
    card = recipes.train_shipped("text_reporter", tmp_path, seed=3, steps=2)
    assert card["metrics"] == recipes.evaluate("text_reporter", tmp_path)
    assert isinstance(weights.load("text_reporter", folder=tmp_path), text.Reporter)
    for figure in card["metrics"]:
        assert figure.removesuffix("_interval") in recipes.FIGURES
    assert str(text_recipes.N_PAIRS) != "60000"  # the fixture is in force
    assert f"{60_000:,} tables" in card["data"]


@pytest.mark.parametrize("wrong", [0, 1])
def test_facts_that_are_all_right_have_an_interval_too(wrong):
    counts = torch.ones(40, len(COUNTS))  # each table states one fact
    counts[0, COUNTS.index("right")] -= wrong
    found = text_recipes.share_of_facts("x", counts, "precision")
    low, high = found["x_interval"]
    assert found["x"] == 1 - wrong / 40 and low < found["x"] <= high
    if not wrong:
        assert [low, high] == [round(x, 4) for x in metrics.wilson_interval(40, 40)]


def test_the_reporter_s_sizes_are_those_of_the_tables():
    coding = text.copying_coding()
    arguments = recipes.RECIPES["text_reporter"].arguments
    assert arguments["n_tokens"] == len(coding.words)
    assert arguments["n_values"] == coding.n_values


def test_the_reporter_s_explorer_numbers_cells_as_the_network_does():
    facts = text_recipes.reporter_facts(None)
    assert ["", *facts["target"]] == list(text.copying_coding().words)
    for named in (facts["table"], *(preset["table"] for preset in facts["presets"])):
        found, table = [], {}
        for key, field in zip(ROWS, facts["fields"], strict=True):
            value = named[field["name"]]
            table[key] = value
            if field.get("free"):
                number = 0
            elif "choices" in field:
                number = field["choices"].index(value)
            else:
                number = value - field["low"]
            found.append((field["id"], field["offset"] + number))
        assert found == text.copying_coding().features(table)


def test_the_shipped_reporter_keeps_to_its_tables():
    """The chapter's demands: all stated facts right, 95 % of the owed ones told."""
    figures = weights.card("text_reporter")["metrics"]
    assert figures["fact_precision"] == 1
    assert figures["faithful_reports"] == 1
    assert figures["faithful_reports_interval"][0] > 0.99  # of tables, not of facts
    assert figures["fact_recall"] >= 0.95
    assert figures["bigrams_outside"] > 0.2
