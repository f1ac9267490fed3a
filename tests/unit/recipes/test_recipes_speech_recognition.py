"""The recipe of the recogniser: trained for a few steps, measured on a few sounds."""

import pytest
from tiny_speech import spoken

from aigc_helpers import data, recipes, weights
from aigc_helpers.recipes import speech_recognition as speech_recipes
from aigc_helpers.recipes.recipe import Recipe

NAME = "speech_recogniser"
RECIPE = recipes.RECIPES[NAME]


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Few sounds to measure with, a small network."""
    splits = {"train": spoken(30), "test": spoken(30, seed=1)}
    monkeypatch.setattr(data, "load_sounds", lambda name, split="train": splits[split])
    monkeypatch.setattr(speech_recipes, "N_STRINGS", 6)
    monkeypatch.setattr(speech_recipes, "N_OTHERS", 3)
    sizes = {"arguments": {"width": 1, "hidden": 4}, "steps": 5, "batch_size": 4}
    monkeypatch.setitem(recipes.RECIPES, NAME, Recipe(**{**vars(RECIPE), **sizes}))


def test_it_trains_and_its_card_tells_what_was_measured(tmp_path):
    card = recipes.train_shipped(NAME, tmp_path)
    network, figures = weights.load(NAME, folder=tmp_path), card["metrics"]
    assert network.to_scores.in_channels == 4
    values = {name for name in figures if not name.endswith("_interval")}
    assert values == set(speech_recipes.FIGURES)
    assert all(
        low - 1e-4 <= figures[name] <= high + 1e-4
        for name in values
        for low, high in (figures[f"{name}_interval"],)
    )
    assert recipes.evaluate(NAME, tmp_path) == figures


def test_what_a_card_tells_is_counted_on_the_test_recordings(monkeypatch):
    test = data.load_sounds("spoken_digits", "test")
    heard = test.digits.clone()
    heard[test.speakers == 2] = speech_recipes.speech.UNSURE

    def recognise(network, waves, threshold=0.5):
        return heard if len(waves) == len(heard) else heard[20:23]

    for module in (speech_recipes.speech, speech_recipes.speech.recognition_evaluation):
        monkeypatch.setattr(module, "recognise", recognise)
    network = weights.build(recipes.RECIPES[NAME].instructions)
    figures = speech_recipes.measure_recogniser(network)
    assert figures["digits_right"] == figures["vocoded_right"] == 0.6667
    assert figures["digits_refused"] == 0.3333
    assert figures["noise_refused"] == figures["reversed_refused"] == 1
