"""The sampler in Python: what it says, follows, refuses, and how it is stored."""

import re
import warnings

import ipywidgets
import numpy as np
import pytest
import torch
import traitlets
from explorer_talk import ask, stored
from tiny_models import CHARACTERS, Recurrent, models

from aigc_helpers import weights
from aigc_helpers.explorers import SamplerExplorer, modules
from aigc_helpers.explorers.sampler import widget as sampler
from aigc_helpers.language.sampling import (
    Reader,
    Sampling,
    candidates,
    encode,
    sample_text,
)

MODELS = models()


def make(name="lstm", **options):
    options = {"prompt": "春风", "length": 30, "temperature": 0.8, **options}
    return SamplerExplorer(MODELS[name], CHARACTERS, **options)


def question(explorer, **changes):
    state = {key: value for key, value in explorer._state.items() if key != "position"}
    tokens = encode(explorer.prompt, CHARACTERS)
    asked = {"ask": "text", "run": "a", "tokens": tokens, "made": 0, "most": 30}
    return {**state, **asked, **changes}


# ---- the traits --------------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
def test_a_new_explorer_has_a_text_of_its_settings(name):
    explorer = make(name, seed=4, top_p=0.9)
    expected = sample_text(
        MODELS[name], CHARACTERS, "春风", length=30, seed=4, temperature=0.8, top_p=0.9
    )
    assert explorer.text == expected


def test_python_and_page_follow_each_other():
    explorer = make()
    explorer.temperature, explorer.top_k = 0.3, 7
    assert explorer._state["temperature"] == 0.3 and explorer._state["top_k"] == 7
    state = {**explorer._state, "temperature": 1.5, "seed": 9, "prompt": "月"}
    explorer.set_state({"_state": state})
    assert (explorer.temperature, explorer.seed, explorer.prompt) == (1.5, 9, "月")
    assert explorer._state == state  # nothing is sent back


def test_an_ordinary_slider_links_with_the_temperature():
    explorer, slider = make(), ipywidgets.FloatSlider(min=0, max=2)
    traitlets.link((slider, "value"), (explorer, "temperature"))
    slider.value = 1.25
    assert explorer._state["temperature"] == 1.25


@pytest.mark.parametrize(
    ("trait", "value"),
    [
        ("temperature", -1.0),
        ("top_p", 0.0),
        ("top_k", -1),
        ("seed", -1),
        ("seed", 2**32),
        ("length", 0),
        ("length", 1001),
        ("prompt", "q"),
        ("prompt", ""),
    ],
)
def test_a_trait_that_does_not_fit_is_refused_and_changes_nothing(trait, value):
    explorer = make()
    before = dict(explorer._state)
    with pytest.raises(ValueError):
        setattr(explorer, trait, value)
    assert explorer._state == before


# ---- the kernel's answers ----------------------------------------------------------


def test_the_kernel_writes_the_text_in_parts_with_its_logits():
    explorer = make(seed=2)
    first, numbers = ask(explorer, **question(explorer, most=4))
    assert first["kind"] == "answer" and len(first["tokens"]) == 4
    second, _ = ask(explorer, **question(explorer, made=4, most=26))
    tokens = first["tokens"] + second["tokens"]
    assert explorer.text == "春风" + "".join(CHARACTERS[token] for token in tokens)
    expected = sample_text(
        MODELS["lstm"], CHARACTERS, "春风", length=len(tokens), seed=2, temperature=0.8
    )
    assert explorer.text == expected
    rows = numbers.reshape(4, len(CHARACTERS))
    reader = Reader(MODELS["lstm"])
    for token in [*encode("春风", CHARACTERS), *first["tokens"][:3]]:
        logits = reader.read(token)
    np.testing.assert_array_equal(rows[3], logits)


def test_an_answer_takes_no_longer_than_its_share(monkeypatch):
    explorer, clock = make(), iter(range(100))
    monkeypatch.setattr(sampler.time, "monotonic", lambda: next(clock) * 0.06)
    message, _ = ask(explorer, **question(explorer))
    assert 2 <= len(message["tokens"]) <= 4


def test_a_text_that_the_kernel_forgot_is_made_again():
    explorer = make()
    whole, _ = ask(explorer, **question(explorer, most=8))
    for run in "bcdef":  # more than it remembers
        ask(explorer, **question(explorer, run=run, most=2))
    assert len(explorer._runs) <= 4 and "a" not in explorer._runs
    rest, _ = ask(explorer, **question(explorer, made=5, most=3))
    assert rest["tokens"] == whole["tokens"][5:]


def test_logits_after_any_tokens():
    explorer = make("attention")
    tokens = encode("春风花鸟", CHARACTERS)
    message, numbers = ask(explorer, ask="logits", tokens=tokens)
    reader = Reader(MODELS["attention"])
    expected = [reader.read(token) for token in tokens][-1]
    assert message["kind"] == "answer"
    np.testing.assert_array_equal(numbers, expected)


@pytest.mark.parametrize("tokens", [[], [-1], [10_000], ["x"]])
def test_tokens_that_do_not_exist_are_reported_to_the_page(tokens):
    message, _ = ask(make(), ask="logits", tokens=tokens)
    assert message["kind"] == "error" and "的整数" in message["error"]


# ---- what is stored ----------------------------------------------------------------


def test_the_page_gets_the_text_and_the_distribution_that_began_it():
    config, state = stored(make(seed=4))
    sample, logits = config["samples"][0], Reader(MODELS["lstm"])
    for token in encode("春风", CHARACTERS):
        row = logits.read(token)
    found = candidates(row, Sampling(0.8))
    assert "春风" + sample["text"] == make(seed=4).text
    ranks, tokens, probabilities = zip(*sample["next"]["rows"][:12], strict=True)
    assert ranks == tuple(range(12)) and list(tokens) == found.tokens[:12].tolist()
    np.testing.assert_allclose(probabilities, found.probabilities[:12], rtol=1e-5)
    assert sample["next"]["kept"] == len(CHARACTERS)
    assert CHARACTERS.index(sample["text"][0]) in [r[1] for r in sample["next"]["rows"]]
    assert state["position"] == 0 and config["source"] == "stored"


def test_each_preset_has_a_stored_text_of_its_own():
    presets = [
        {"name": "贪心", "temperature": 0},
        {"name": "核", "top_p": 0.5, "seed": 8},
    ]
    config, _ = stored(make(presets=presets, top_k=3))
    greedy, nucleus = config["samples"][1:]
    assert greedy["state"] | {"temperature": 0, "top_k": 0} == greedy["state"]
    assert "春风" + nucleus["text"] == sample_text(
        MODELS["lstm"], CHARACTERS, "春风", length=30, top_p=0.5, seed=8
    )
    assert nucleus["next"]["kept"] < len(CHARACTERS) and nucleus["next"]["share"] >= 0.5


def test_a_first_state_that_is_not_zero_travels_and_zeros_do_not():
    assert stored(make("lstm"))[0]["states"] == [{"shape": [1, 48]}] * 2
    (window,) = stored(make("window"))[0]["states"]
    assert window["shape"] == [1, 8] and window["data"]


def test_static_html_runs_nothing_and_nothing_breaks_out_of_it():
    explorer = make(prompt="<", monospace=True)
    html = explorer._static_html()
    assert re.findall("<script[^>]*>", html) == ['<script type="application/json">']
    poster, facts = html.split('<script type="application/json">')
    assert "<b>&lt;</b>" in poster and "温度 0.8" in poster and "http" not in html
    assert "<" not in facts.removesuffix("</script></div>")
    assert html == make(prompt="<", monospace=True)._static_html()


def test_a_shipped_network_answers_if_it_is_this_model(monkeypatch):
    cards = {"poems": {"explorer": {"kind": "sampler"}}, "digits": {"explorer": {}}}
    monkeypatch.setattr(weights, "card", cards.__getitem__)
    monkeypatch.setattr(weights, "load", lambda name, facts: MODELS["lstm"])
    config, _ = stored(make(shipped="poems"))
    assert (config["source"], config["network"]) == ("network", "poems")
    with pytest.warns(UserWarning, match="和这里的 model 不是同一个"):
        other = make("gru", shipped="poems")
    assert stored(other)[0]["source"] == "stored"
    with pytest.raises(ValueError, match="'digits' is not a network for a sampler"):
        make(shipped="digits")


def test_start_is_read_and_not_shown():
    explorer = make(prompt="", start="\n")
    text = sample_text(MODELS["lstm"], CHARACTERS, "\n", length=30, temperature=0.8)
    assert explorer.text == text[1:]
    assert stored(explorer)[0]["start"] == [CHARACTERS.index("\n")]


def test_the_module_text_stands_alone():
    text = modules.module_text("sampler")
    assert not re.search(r"^import ", text, re.MULTILINE)
    assert text.rstrip().endswith("export default explorer(SamplerView);")
    assert make()._esm == text


# ---- what is refused -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"prompt": "春q"}, "not in the vocabulary: 'q'"),
        ({"prompt": ""}, "the prompt is empty"),
        ({"prompt": "春" * 201}, "prompt must be a text of at most 200"),
        ({"prompt": 3}, "prompt must be a text"),
        ({"start": "q"}, "not in the vocabulary"),
        ({"temperature": -1}, "temperature must be >= 0"),
        ({"top_k": 1.5}, "top_k must be an integer"),
        ({"top_p": 2}, "top_p must be in"),
        ({"seed": -1}, "seed must be an integer"),
        ({"length": 0}, r"length must be an integer in 1\.\.1000"),
        ({"presets": [{"temperature": 1}]}, "a preset has a name"),
        ({"presets": [{"name": "x", "heat": 1}]}, "a preset has a name"),
        ({"presets": [{"name": "x", "top_p": 0}]}, "top_p must be in"),
        ({"presets": "贪心"}, "presets must be a list"),
        ({"shipped": "nothing"}, "nothing"),
    ],
)
def test_what_does_not_fit_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        make(**options)


@pytest.mark.parametrize(
    ("vocabulary", "message"),
    [
        ("", "the vocabulary is empty"),
        (CHARACTERS[:-1], f"returned {len(CHARACTERS)} logits for a vocabulary of"),
        (CHARACTERS[:-1] + "的", "twice in the vocabulary: '的'"),
        ([*CHARACTERS[:-1], "<s>"], "'<s>', which is no character"),
        ([*CHARACTERS[:-1], "\ud800"], "which is no character"),
        (7, "vocabulary must be characters"),
    ],
)
def test_a_vocabulary_that_does_not_fit_is_refused(vocabulary, message):
    with pytest.raises(ValueError, match=message):
        SamplerExplorer(MODELS["lstm"], vocabulary, prompt="春")


def test_a_model_that_gives_nan_is_refused():
    model = Recurrent()
    with torch.no_grad():
        model.to_logits.bias[0] = torch.nan
    with pytest.raises(ValueError, match="is the network trained"):
        SamplerExplorer(model, CHARACTERS, prompt="春")


def test_nothing_warns_where_all_is_well():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        make()._static_html()


def test_the_poster_of_verse_breaks_its_lines():
    explorer = make(verse="雨水")
    written = explorer.text.removeprefix(explorer.prompt)
    assert any(mark in written[:-1] for mark in "雨水") and "\n" not in written
    text = explorer._static_html()
    lines = re.search(r"</b>(.*?)</p>", text, re.DOTALL)[1].split("\n")
    assert len(lines) > 1
    assert all(line[-1] in "雨水" for line in lines[:-1])
    assert not any(mark in line[:-1] for line in lines for mark in "雨水")
