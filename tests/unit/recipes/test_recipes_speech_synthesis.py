"""The recipe of the network that speaks: trained for a few steps, and measured."""

import pytest
import torch
from tiny_tacotrons import recordings, tone

from aigc_helpers import data, recipes, weights
from aigc_helpers.recipes import speech_synthesis as speech_recipes
from aigc_helpers.recipes.recipe import Recipe
from aigc_helpers.speech import SpeechRecogniser

NAME = "speech_tacotron"
RECIPE = recipes.RECIPES[NAME]


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """A short run on tones, an untrained ear, few strings."""
    splits = {
        split: recordings(
            tone(digit, speaker, seconds) for digit in range(10) for speaker in range(3)
        )
        for split, seconds in (("train", 0.2), ("test", 0.25))
    }
    monkeypatch.setattr(
        data, "load_sounds", lambda name, split="train": splits[split], raising=False
    )
    torch.manual_seed(0)
    ear, load = SpeechRecogniser(1, 4), weights.load
    monkeypatch.setattr(
        weights,
        "load",
        lambda name, **options: load(name, **options) if name == NAME else ear,
    )
    monkeypatch.setattr(speech_recipes, "N_STRINGS", 3)
    monkeypatch.setattr(speech_recipes, "LENGTH", 2)
    monkeypatch.setattr(speech_recipes, "VOICES", (0, 1, 2))
    sizes = {"n_voices": 3, "dim": 8, "hidden": 16}
    changes = {"arguments": sizes, "steps": 5, "batch_size": 4}
    monkeypatch.setitem(recipes.RECIPES, NAME, Recipe(**{**vars(RECIPE), **changes}))


def test_it_trains_and_its_card_tells_what_was_measured(tmp_path):
    card = recipes.train_shipped(NAME, tmp_path)
    network, figures = weights.load(NAME, folder=tmp_path), card["metrics"]
    assert network.looking.hidden_size == 16
    values = {name for name in figures if not name.endswith("_interval")}
    assert values == set(speech_recipes.FIGURES)
    ranged = {name for name in values if f"{name}_interval" in figures}
    assert values - ranged == {
        *("spoken_worst", "worst_in_strings", "highest_peak", "loudness_range"),
        *("loudness_range_strings", "loudness_range_recordings"),
    }
    for name in ranged:
        low, high = figures[f"{name}_interval"]
        assert low - 1e-4 <= figures[name] <= high + 1e-4 and low < high
    assert -30 < figures["highest_peak"] < 0 <= figures["loudness_range"]
    assert figures["distance_held_out"] < figures["distance_to_training"]
    assert recipes.evaluate(NAME, tmp_path) == figures


def test_the_two_networks_differ_in_their_attention_alone():
    other = recipes.RECIPES["speech_tacotron_content"]
    own = {"arguments": {}, "title": "", "first": {}}  # an explorer shows one alone
    assert {**vars(other), **own} == {**vars(RECIPE), **own}
    mine, its = (weights.build(one.instructions) for one in (RECIPE, other))
    assert type(mine.attention) is not type(its.attention)
