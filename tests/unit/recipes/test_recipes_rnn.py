"""Recipes of language models, on a handful of texts in the place of the real ones."""

from dataclasses import replace

import pytest
import torch

from aigc_helpers import recipes, rnn, weights
from aigc_helpers.data.text import Texts
from aigc_helpers.explorers import site
from aigc_helpers.language import corpora, evaluation, ngram, sampling
from aigc_helpers.recipes import judging
from aigc_helpers.recipes import language as text

WORDS = "天地人和山水风云日月春秋"
NAMES = ("rnn_idioms", "rnn_poems", "rnn_python")


def poem(i: int, n: int) -> str:
    """A quatrain of n characters a line; two of them hold a rare one."""
    run = "".join(WORDS[(i + 5 * j) % 12] for j in range(4 * n))
    rare = {(7, 5): "绝", (8, 7): "罕"}.get((i, n))
    run = rare + run[1:] if rare else run
    a, b, c, d = (run[j * n : (j + 1) * n] for j in range(4))
    return f"{a}，{b}。{c}，{d}。"


def collections() -> dict:
    idioms = tuple(WORDS[i % 9 :][:4] for i in range(13))
    poems = tuple(poem(i, n) for i in range(9) for n in (5, 7))
    files = tuple(f"def f{i}(x):\n    return x + {i}  # é\n" * 9 for i in range(6))
    return {
        "idioms": (idioms[:7], idioms[7:]),
        "tang": (poems, poems[2:8]),
        "python": (files[:4], files[4:]),
    }


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    """Small texts, small networks, few samples."""

    def load_texts(name):
        return Texts(name, name, *collections()[name], "nobody")

    monkeypatch.setattr(corpora, "load_texts", load_texts)
    monkeypatch.setattr(text, "N_SAMPLES", 20)
    monkeypatch.setattr(evaluation, "BLOCK", 50)
    monkeypatch.setattr(judging, "N_RESAMPLES", 20)
    tiny = (corpora.idioms(), corpora.poems(), corpora.python_source())
    for name, corpus in zip(NAMES, tiny, strict=True):
        recipe = recipes.RECIPES[name]
        size = {"n_tokens": len(corpus.vocabulary), "dim": 6, "hidden": 8}
        small = replace(recipe, arguments={**recipe.arguments, **size}, batch_size=4)
        monkeypatch.setitem(recipes.RECIPES, name, small)


def test_poems_with_a_rare_character_are_left_out_and_the_others_marked():
    corpus = corpora.poems()
    assert len(corpus.train) == 18 - 2 and len(corpus.test) == 6
    assert list(corpus.vocabulary)[:3] == ["\n", "⑤", "⑦"]
    assert set(corpus.vocabulary) == {*"\n⑤⑦，。", *WORDS}
    for one in corpus.train:
        assert one.index("，") - 1 == {"⑤": 5, "⑦": 7}[one[0]]


def test_source_code_has_a_fixed_vocabulary():
    corpus = corpora.python_source()
    assert len(corpus.vocabulary) == 97
    stream = corpora.as_stream(corpus.test, corpus.vocabulary)
    assert len(stream) == 1 + sum(len(file) + 1 for file in corpus.test)
    assert corpus.vocabulary.decode(stream)[1:20].startswith("def f4(x):\n")
    assert "□" in corpus.vocabulary.decode(stream)  # é


def test_lines_of_a_poem():
    assert corpora.lines_of("⑤" + poem(0, 5))[1] == poem(0, 5)[6:11]
    assert corpora.form_of(poem(0, 7)) == "qijue"
    assert len(corpora.lines_of(poem(1, 7))) == 4


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_ends_in_half_the_bytes_and_a_card(name, tmp_path):
    card = recipes.train_shipped(name, tmp_path, seed=3, steps=2)
    network = weights.load(name, folder=tmp_path)
    assert card["metrics"] == recipes.evaluate(name, tmp_path)
    n = sum(weight.numel() for weight in network.parameters())
    size = (tmp_path / f"{name}.safetensors").stat().st_size
    assert 2 * n <= size < 2 * n + 2000
    assert all(weight.dtype == torch.float32 for weight in network.parameters())
    again = recipes.train_shipped(name, tmp_path / "again", seed=3, steps=2)
    assert again["sha256"] == card["sha256"]
    for key, value in card["metrics"].items():
        if f"{key}_interval" in card["metrics"]:
            low, high = card["metrics"][f"{key}_interval"]
            assert low <= value <= high


@pytest.mark.parametrize("name", NAMES)
def test_a_card_opens_the_sampler_and_is_exported(name, tmp_path, monkeypatch):
    recipes.train_shipped(name, tmp_path, steps=1)
    card, load = weights.card, weights.load
    monkeypatch.setattr(weights, "card", lambda name, _=None: card(name, tmp_path))
    monkeypatch.setattr(
        weights, "load", lambda name, facts: load(name, folder=tmp_path, facts=facts)
    )
    html = site.shipped_page(name)
    assert f'data-network="{name}"' in html and 'data-explorer="sampler"' in html
    assert site.export_network(name, tmp_path / "onnx").exists()


def test_bits_are_counted_alike_for_the_network_and_the_n_grams():
    """A network that knows nothing has log2 V bits; n-grams those of `ngram`."""
    for corpus, build in (
        (corpora.idioms(), rnn.LineLM),
        (corpora.python_source(), rnn.StreamLM),
    ):
        model = build(len(corpus.vocabulary), 4, 5)
        with torch.no_grad():
            for weight in model.parameters():
                weight.zero_()
        figures = text.likelihoods(model, corpus)
        size = torch.tensor(float(len(corpus.vocabulary)))
        assert figures["bits_per_character"] == pytest.approx(
            float(size.log2()), abs=1e-3
        )
        for order in (2, 3, 4):
            other = ngram.fit_ngram(corpus.train, order, vocabulary=corpus.vocabulary)
            expected = other.bits_per_character(corpus.test)
            assert figures[f"bits_{order}_gram"] == pytest.approx(expected, abs=1e-3)


class Copyist:
    """Takes the place of a network: its samples are these texts, in turn."""

    line_end = 0

    def __init__(self, texts):
        self.texts = texts


def copying(monkeypatch, texts, vocabulary):
    """`sample_lines` hands out texts instead of sampling."""
    monkeypatch.setattr(
        sampling,
        "sample_lines",
        lambda network, starts, **_: [
            vocabulary.encode(texts[i % len(texts)]) for i in range(len(starts))
        ],
    )


def test_copied_idioms_and_broken_ones_are_found_out(monkeypatch):
    corpus = corpora.idioms()
    copying(
        monkeypatch,
        [corpus.train[0], "天天天天", "天地", "天地人和山"],
        corpus.vocabulary,
    )
    figures = text.judge_idioms(None, corpus)
    assert figures["copied_share"] == 0.25 and figures["form_kept"] == 0.5
    low, high = figures["form_kept_interval"]
    assert 0.2 < low < 0.5 < high < 0.8


def test_poems_must_have_the_form_that_was_asked_for(monkeypatch):
    corpus = corpora.poems()
    five, seven = "⑤" + poem(0, 5), "⑦" + poem(0, 7)
    copying(monkeypatch, [five, seven, five, five], corpus.vocabulary)
    figures = text.judge_poems(None, corpus)  # asked for: five, seven, five, seven
    assert figures["form_kept"] == 0.75
    assert figures["copied_line_share"] == 1
    assert figures["copied_run_longest"] == 32  # a whole poem of seven


def test_another_vocabulary_than_the_recipes_is_refused(tmp_path, monkeypatch):
    recipe = recipes.RECIPES["rnn_idioms"]
    other = replace(recipe, arguments={**recipe.arguments, "n_tokens": 99})
    monkeypatch.setitem(recipes.RECIPES, "rnn_idioms", other)
    with pytest.raises(ValueError, match="the recipe's network knows 99"):
        recipes.train_shipped("rnn_idioms", tmp_path, steps=1)
    assert list(tmp_path.iterdir()) == []


def test_every_figure_has_a_chinese_name():
    for name in NAMES:
        if name in weights.names():
            for figure in weights.card(name)["metrics"]:
                assert figure.removesuffix("_interval") in recipes.FIGURES
