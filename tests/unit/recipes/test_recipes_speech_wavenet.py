"""The recipe of the WaveNet: trained for a few steps, measured on a few sounds."""

import pytest
import torch
from tiny_speech import spoken

from aigc_helpers import data, recipes, weights
from aigc_helpers.recipes import speech_wavenet as wavenet_recipe
from aigc_helpers.recipes.recipe import Recipe

NAME = "speech_wavenet"
RECIPE = recipes.RECIPES[NAME]
SIZES = {"width": 8, "skip_width": 16, "dilations": (1, 2, 4), "taps": 3}


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Few sounds to measure with, a small network."""
    splits = {"train": spoken(12, 0, 4), "test": spoken(12, 1, 4)}
    monkeypatch.setattr(data, "load_sounds", lambda name, split="train": splits[split])
    monkeypatch.setattr(wavenet_recipe, "LENGTH", 900)
    monkeypatch.setattr(wavenet_recipe, "ORDER", 2)
    sizes = {"arguments": SIZES, "steps": 5}
    monkeypatch.setitem(recipes.RECIPES, NAME, Recipe(**{**vars(RECIPE), **sizes}))


def test_it_trains_and_its_card_tells_what_was_measured(tmp_path):
    card = recipes.train_shipped(NAME, tmp_path)
    network, figures = weights.load(NAME, folder=tmp_path), card["metrics"]
    assert network.receptive_field == figures["receptive_field"] == 10
    assert figures["measured_receptive_field"] == 10
    values = {name for name in figures if not name.endswith("_interval")}
    assert values == set(wavenet_recipe.FIGURES)
    for name in values - {"receptive_field", "measured_receptive_field"}:
        low, high = figures[f"{name}_interval"]
        assert low - 1e-4 <= figures[name] <= high + 1e-4


def test_excess_is_paired_and_a_clip_counts_as_it_is_long(monkeypatch):
    speech = wavenet_recipe.speech
    test = speech.code_clips(data.load_sounds("spoken_digits", "test"))
    lengths = test.lengths.double()

    def code_bits(network, clips):
        return [torch.full((len(codes),), len(codes) / 500) for codes in clips.codes]

    monkeypatch.setattr(speech, "code_bits", code_bits)
    figures = wavenet_recipe._bits(None, test, test)
    own = lengths / 500
    expected = float((own * lengths).sum() / lengths.sum())
    assert figures["wavenet_bits"] == pytest.approx(expected, abs=6e-4)
    linear = speech.fit_linear_coder(test, adaptive=False).code_bits(test)
    excess = sum(float(bits.sum()) for bits in linear) / float(lengths.sum()) - expected
    assert figures["linear_excess"] == pytest.approx(excess, abs=6e-4)
    assert figures["mixed_excess"] < 1  # a half of the network costs a bit at most
