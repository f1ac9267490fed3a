"""The attention explorer in Python: what it reads, writes, stores, follows, refuses."""

import base64
import re
import warnings

import numpy as np
import pytest
import torch
from explorer_talk import ask, assert_runs_nothing, stored
from tiny_transducers import N_TARGET, Speller, transducer

from aigc_helpers import weights
from aigc_helpers.explorers import AttentionExplorer, site
from aigc_helpers.explorers.attention.setting import attention_setting
from aigc_helpers.explorers.attention.source import Field
from aigc_helpers.explorers.attention.translating import write
from aigc_helpers.language.transduction import transduce
from aigc_helpers.reader import Mistake, WrongCall

WORDS = "零一二三四五六七八九"
LINE = {
    "source": "0123456789零一二三四五六汉数",
    "directions": "汉数",
    "text": "10500",
    "rules": "numerals",
    "learnt": 4,
    "max_length": 12,
    "presets": [
        {"name": "长", "text": "1050000", "token": 2},
        {"name": "看", "cell": 1},
    ],
}
FIELDS = (
    {"id": 1, "name": "城市", "offset": 0, "free": True, "choices": ["北京"]},
    {"id": 2, "name": "天气", "offset": 1, "choices": ["晴", "多云", "雨"]},
    {"id": 4, "name": "气温", "offset": 4, "low": -20, "high": 39, "step": 10,
     "unit": "℃", "range": [-99, 99]},
)  # fmt: skip
TABLE = {
    "fields": FIELDS,
    "table": {"气温": -5, "天气": "多云"},
    "max_length": 12,
    "presets": [{"name": "少", "table": {"天气": "晴"}}],
}
MODELS = {"line": transducer(), "table": transducer(copies=True, n_features=2)}
OPTIONS = {"line": LINE, "table": TABLE}


def make(kind="line", model=None, **options) -> AttentionExplorer:
    model = MODELS[kind] if model is None else model
    return AttentionExplorer(model, WORDS, **{**OPTIONS[kind], **options})


# ---- source tokens -----------------------------------------------------------------


def test_a_line_is_its_direction_and_its_characters():
    source = make()._setting.source
    tokens = source.tokens({"text": "10零", "to": "数"})
    assert tokens.tolist() == [[[19], [2], [1], [11]]] and tokens.dtype == torch.int64
    assert source.names({"text": "10零", "to": "数"}) == ["数", "1", "0", "零"]


def test_a_table_is_its_cells_in_the_order_of_the_fields():
    source = make("table")._setting.source
    written = source.checked({"table": {"气温": -5, "城市": "拉萨", "天气": None}})
    assert written == {"table": {"城市": "拉萨", "气温": -5}}
    assert source.tokens(written).tolist() == [[[1, 0], [4, 4 + 1]]]
    assert source.names(written) == ["城市", "气温"]
    assert source.copies(written) == ["拉萨", "-5"]


@pytest.mark.parametrize(
    ("value", "bucket"), [(-20, 0), (-11, 0), (-10, 1), (39, 5), (40, 5), (-99, 0)]
)
def test_an_integer_falls_into_a_bucket_and_is_clipped(value, bucket):
    assert Field(**FIELDS[2]).feature(value) == 4 + bucket


# ---- what is written ---------------------------------------------------------------


@pytest.mark.parametrize("kind", MODELS)
def test_what_is_written_is_what_the_network_writes(kind):
    explorer = make(kind)
    setting, model = explorer._setting, MODELS[kind]
    (found,) = transduce(model, setting.source.tokens(setting.start), max_length=12)
    written = write(setting, model, setting.start)
    assert written.tokens == found.tokens and found.tokens
    np.testing.assert_array_equal(written.attention, found.attention.numpy())
    assert explorer.written == "".join(written.words)
    np.testing.assert_array_equal(explorer.attention, written.attention)


def test_a_token_behind_the_vocabulary_is_a_copy_of_its_cell():
    explorer = make("table", Speller(copies=True), table={"天气": "雨", "气温": 21})
    assert explorer.written == "雨21"
    assert write(
        explorer._setting, explorer._model, explorer._setting.start
    ).tokens == [
        N_TARGET,
        N_TARGET + 1,
    ]
    assert explorer.attention.argmax(1).tolist() == [0, 1]


# ---- page and Python follow each other -----------------------------------------------


def test_python_and_page_follow_each_other():
    explorer = make()
    explorer.text, explorer.to, explorer.token = "12", "数", 3
    assert explorer._state == {"text": "12", "to": "数", "token": 3, "cell": None}
    state = {"text": "304", "to": "汉", "token": None, "cell": 2}
    explorer.set_state({"_state": state})
    assert (explorer.text, explorer.to, explorer.cell) == ("304", "汉", 2)
    assert explorer.token is None and explorer._state == state


def test_a_table_of_python_is_put_in_order():
    explorer = make("table")
    explorer.table = {"气温": 30, "城市": "大理"}
    assert list(explorer._state["table"]) == ["城市", "气温"]


@pytest.mark.parametrize(
    ("kind", "name", "value", "words"),
    [
        ("line", "text", "12x", "不认得的字：x"),
        ("line", "text", "", "空的"),
        ("line", "to", "英", "可以写：汉、数"),
        ("line", "table", {"天气": "晴"}, "没有 table"),
        ("line", "token", -1, "token"),
        ("line", "cell", 1000, "cell"),
        ("table", "table", {}, "至少填一格"),
        ("table", "table", {"湿度": 3}, "键取自：城市、天气、气温"),
        ("table", "table", {"天气": "雹"}, "可以写：晴、多云、雨"),
        ("table", "table", {"气温": 100}, "-99 到 99"),
        ("table", "table", {"气温": "21"}, "-99 到 99"),
        ("table", "table", {"城市": "字" * 13}, "不超过 12 字"),
    ],
)
def test_a_trait_that_does_not_fit_is_refused_and_changes_nothing(
    kind, name, value, words
):
    explorer = make(kind)
    before = dict(explorer._state)
    with pytest.raises(Mistake) as caught:
        setattr(explorer, name, value)
    assert words in caught.value.chinese and explorer._state == before


# ---- the kernel's answers ------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "asked"),
    [("line", {"text": "31", "to": "数"}), ("table", {"table": {"天气": "雨"}})],
)
def test_the_kernel_answers_with_tokens_and_attention(kind, asked):
    explorer = make(kind)
    message, numbers = ask(explorer, **asked)
    expected = write(explorer._setting, MODELS[kind], asked)
    assert (message["kind"], message["tokens"]) == ("answer", expected.tokens)
    assert message["complete"] == expected.is_complete
    np.testing.assert_array_equal(numbers, expected.attention.ravel())


def test_what_cannot_be_read_is_told_to_the_page():
    message, _ = ask(make(), text="1x", to="汉")
    assert message["kind"] == "error" and "不认得的字" in message["error"]


# ---- what is stored ------------------------------------------------------------------


def test_the_page_gets_the_first_answer_and_those_of_the_presets():
    explorer = make(token=1)
    config, state = stored(explorer)
    assert state == {"text": "10500", "to": "汉", "token": 1, "cell": None}
    assert [one["start"]["text"] for one in config["samples"]] == ["10500", "1050000"]
    assert config["states"] == [[1, 24], [1, "S"]] and config["source"] == "stored"
    first = config["samples"][0]
    rows = np.frombuffer(base64.b64decode(first["attention"]), "<u2")
    attention = rows.reshape(len(first["tokens"]), 6) / 65535
    np.testing.assert_allclose(attention, explorer.attention, atol=1e-5)


def test_a_state_that_moved_is_stored_with_its_own_answer():
    explorer = make("table")
    explorer.table = {"天气": "雨"}
    config, state = stored(explorer)
    starts = [one["start"]["table"] for one in config["samples"]]
    assert state["table"] == starts[0] == {"天气": "雨"}
    assert starts[1:] == [{"天气": "多云", "气温": -5}, {"天气": "晴"}]


def test_the_poster_has_words_and_the_matrix_in_per_cent():
    explorer = make()
    poster = explorer._static_html().split("<script")[0]
    assert f"网络把“10500”写成“{explorer.written}”。" in poster
    percents = re.findall(r"<td[^>]*>(\d*)</td>", poster)
    expected = np.rint(100 * explorer.attention).astype(int).ravel()
    assert [int(one or 0) for one in percents] == expected.tolist()
    assert poster.count('scope="row"') == len(explorer.attention)


def test_a_long_target_lies_in_the_columns_of_the_poster():
    explorer = make(max_length=30)
    poster = explorer._static_html().split("<script")[0]
    percents = re.findall(r"<td[^>]*>(\d*)</td>", poster)
    expected = np.rint(100 * explorer.attention.T).astype(int).ravel()
    assert len(explorer.attention) == 30 and poster.count('scope="row"') == 6
    assert [int(one or 0) for one in percents] == expected.tolist()
    assert "每一列是写出的一个词元" in poster


def test_the_poster_tells_what_was_cut_and_that_nothing_was_written():
    assert "写了 2 个词元还没有停" in make(max_length=2)._static_html()
    silent = Speller()
    with torch.no_grad():
        silent.sure.fill_(0.0)
    silent.step = lambda source, tokens, state: (
        torch.eye(N_TARGET)[:1],
        torch.ones(source.shape[:2]) / source.shape[1],
        state,
    )
    assert "什么也没有写" in make(model=silent)._static_html()


def test_static_html_runs_nothing_and_nothing_breaks_out_of_it():
    table = {"城市": "<b>&"}
    explorer = make("table", Speller(copies=True), table={**table, "天气": "晴"})
    assert_runs_nothing(explorer)


def test_nothing_warns_where_all_is_well():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        make()._static_html()
        assert repr(make("table")).startswith("AttentionExplorer(table={'天气'")


# ---- shipped networks ----------------------------------------------------------------


@pytest.fixture
def shelf(monkeypatch):
    """Shipped networks "line" and "table", and "judge", which is for no explorer."""
    cards = {
        name: {"explorer": {"kind": "attention", "target": WORDS, **options}}
        for name, options in OPTIONS.items()
    } | {"judge": {"explorer": {"kind": "latent"}}}
    monkeypatch.setattr(weights, "card", cards.__getitem__)
    monkeypatch.setattr(weights, "load", lambda name, facts: MODELS[name])


@pytest.mark.parametrize("kind", MODELS)
def test_a_card_is_shown_and_its_network_exported(kind, shelf, tmp_path):
    html = site.shipped_page(kind)
    assert f'data-explorer="attention" data-network="{kind}"' in html
    own = make(kind, shipped=kind)._static_html()
    assert html == own and '"source":"network"' in own
    assert site.export_network(kind, tmp_path).is_file()


def test_a_shipped_network_answers_if_it_is_this_model(shelf):
    with pytest.warns(UserWarning, match="和这里的 model 不是同一个"):
        other = make(model=transducer(seed=5), shipped="line")
    assert stored(other)[0]["source"] == "stored"
    with pytest.raises(Mistake, match="'judge' is not a network for an attention"):
        make(shipped="judge")


# ---- what is refused -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("line", {"source": ""}, "give source"),
        ("line", {"fields": FIELDS}, "give source"),
        ("line", {"source": "0011"}, "twice in source"),
        ("line", {"source": ["0", "ab"]}, "single characters"),
        ("line", {"directions": "英"}, "must be characters of source"),
        ("line", {"text": None}, "text must be a text"),
        ("line", {"text": "5a"}, "does not read these characters of text: 'a'"),
        ("line", {"rules": "latin"}, "rules are one of"),
        ("line", {"learnt": -1}, "learnt must be an integer"),
        ("line", {"max_length": 0}, "max_length must be an integer"),
        ("line", {"token": 0.5}, "token must be an integer"),
        ("line", {"presets": [{"name": "x", "text": "a"}]}, "does not read"),
        ("line", {"presets": [{"text": "1"}]}, "a preset has a name"),
        ("line", {"presets": [{"name": "x", "table": {}}]}, "a preset has a name"),
        ("table", {"fields": [FIELDS[0], FIELDS[0]]}, "two fields have one id"),
        ("table", {"fields": [{**FIELDS[0], "id": 0}]}, "id must be an integer"),
        ("table", {"table": {"天气": "雹"}}, "天气 is none of"),
        ("table", {"table": 3}, "table maps names"),
    ],
)
def test_what_does_not_fit_is_refused(kind, options, message):
    with pytest.raises(Mistake, match=message):
        make(kind, **options)


def test_an_option_that_does_not_exist_is_named():
    with pytest.raises(WrongCall, match="colour"):
        attention_setting(WORDS, source="01", text="0", colour=3)
    with pytest.raises(WrongCall, match="colour"):
        make("table", fields=[{**FIELDS[0], "colour": 3}])


def test_words_that_are_not_those_of_the_network_are_refused():
    with pytest.raises(Mistake, match="writes 11 tokens") as caught:
        AttentionExplorer(MODELS["line"], WORDS[:-1], **LINE)
    assert "应当有 10 个词" in caught.value.chinese


def test_features_that_the_network_does_not_know_are_told():
    with pytest.raises(Mistake, match="does not read a source") as caught:
        make(source="0123456789零一二三四五六七八九十汉数")  # more than it has
    assert "编号要和训练时一样" in caught.value.chinese


def test_attention_that_is_no_share_is_refused():
    model = Speller()
    with torch.no_grad():
        model.sure.fill_(2.0)
    with pytest.raises(Mistake, match="each row with the sum 1"):
        make(model=model)
