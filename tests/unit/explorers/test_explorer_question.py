"""The question explorer in Python: what it stores, follows, exports, refuses."""

import json

import pytest
import torch
from explorer_talk import assert_runs_nothing, poster_of, stored
from safetensors import safe_open
from tiny_retrievers import ANSWERED, FALSE, REFUSED, TENSOR, TWO, answers

from aigc_helpers import weights
from aigc_helpers.explorers import QuestionExplorer, saved, site
from aigc_helpers.explorers.question import page
from aigc_helpers.explorers.question.setting import question_setting
from aigc_helpers.reader import Mistake, WrongCall

ANSWERS = answers()
OPTIONS = {
    "question": ANSWERED,
    "strangers": [
        {"name": "三样别的", "of": TENSOR, "text": FALSE},
        {"name": "没有出处的", "text": "月球背面有三座环形山。"},
    ],
    "presets": [
        {"name": "没有的", "question": REFUSED},
        {"name": "混进去", "planted": True, "which": 0},
    ],
}


def make(given=ANSWERS, **options) -> QuestionExplorer:
    return QuestionExplorer(given, **{**OPTIONS, **options})


# ---- what is answered ----------------------------------------------------------------


def test_the_answer_is_that_of_who_answers():
    explorer = make()
    assert explorer.answer == ANSWERS.explain(ANSWERED)
    explorer.planted, explorer.question = True, TWO
    false = {**explorer._setting.strangers[0]}
    del false["name"]
    assert explorer.answer == ANSWERS.explain(TWO, false)
    assert explorer.answer["unchecked"] is not None


def test_a_false_passage_pretends_to_be_where_it_is_told_to():
    first, second = make()._setting.strangers
    row = ANSWERS.passage(TENSOR)
    assert {k: first[k] for k in ("number", "heading", "address", "chapter")} == {
        k: row[k] for k in ("number", "heading", "address", "chapter")
    }
    assert second["address"] == second["heading"] == second["chapter"] == ""


def test_the_reader_s_own_false_passage_stands_in_the_index_once_it_is_written():
    explorer = make(planted=True, which=2)
    assert explorer.answer["unchecked"] is None
    explorer.own = FALSE
    assert explorer.answer["told"]["strangers"] == ["stranger"]
    assert explorer.answer["told"]["citations"][0]["key"] == TENSOR
    explorer.planted = False
    assert explorer.answer["unchecked"] is None


def test_the_kernel_answers_in_the_state_that_comes_with_the_question():
    explorer, sent = make(), []
    explorer.send = lambda *message: sent.append(message[0])
    state = {"question": REFUSED, "planted": False, "which": 1, "own": ""}
    explorer._receive(explorer, {"id": 7, "state": state}, [])
    expected = {"kind": "answer", "id": 7, "answer": ANSWERS.explain(REFUSED)}
    assert sent == [expected]
    assert (explorer.question, explorer.which) == (REFUSED, 1)


# ---- page and Python follow each other -----------------------------------------------


def test_python_and_page_follow_each_other():
    explorer = make()
    explorer.question, explorer.which = "广播是什么？", 1
    state = {"question": "广播是什么？", "planted": False, "which": 1, "own": ""}
    assert explorer._state == state
    state = {"question": "梯度是什么？", "planted": True, "which": 2, "own": "假的"}
    explorer.set_state({"_state": state})
    assert explorer.question == "梯度是什么？" and explorer.planted
    assert (explorer.which, explorer.own) == (2, "假的")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("question", "问" * 2001, "不超过 2000 字"),
        ("own", "假" * 401, "不超过 400 字"),
        ("which", 3, "0 到 2 的整数"),
    ],
)
def test_a_trait_that_does_not_fit_is_refused_and_changes_nothing(name, value, words):
    explorer = make()
    before = dict(explorer._state)
    with pytest.raises(Mistake) as caught:
        setattr(explorer, name, value)
    assert words in caught.value.chinese and explorer._state == before


# ---- what is stored ------------------------------------------------------------------


def test_the_page_gets_the_first_answer_and_those_of_the_presets():
    explorer = make()
    config, state = stored(explorer)
    assert state == {"question": ANSWERED, "planted": False, "which": 0, "own": ""}
    assert config["source"] == "stored" and config["network"] == ""
    asked = [
        (one["state"]["question"], one["state"]["planted"]) for one in config["samples"]
    ]
    assert asked == [(ANSWERED, False), (REFUSED, False), (ANSWERED, True)]
    kinds = [one["answer"]["told"]["kind"] for one in config["samples"]]
    assert kinds == ["answered", "refused", "answered"]
    assert config["samples"][2]["answer"]["unchecked"] is not None


def test_a_state_that_moved_is_stored_with_its_own_answer():
    explorer = make()
    explorer.question = TWO
    config, state = stored(explorer)
    assert state["question"] == config["samples"][0]["state"]["question"] == TWO
    assert config["samples"][0]["answer"]["told"]["kind"] == "two"
    assert len(config["samples"]) == 4


def test_the_poster_quotes_marks_and_links_to_the_source():
    explorer = make()
    poster, row = poster_of(explorer), ANSWERS.passage(TENSOR)
    start, end = explorer.answer["told"]["citations"][0]["marked"]
    assert f"问：{ANSWERED}" in poster and "书里这样说：" in poster
    assert f"<mark>{row['text'][start:end]}</mark>" in poster
    place = row["address"].replace(".html", ".ipynb")
    assert f'href="../{place}">《0.1 张量：一批数和它的形状》</a>' in poster
    confidence = explorer.answer["told"]["confidence"]
    assert f"把握 {confidence:.2f}，不低于门槛 0.50，所以回答。" in poster


@pytest.mark.parametrize(
    ("confidence", "words"),
    [(1, "0.99 以上"), (0.994, "0.99"), (0.006, "0.01"), (0.004, "0.01 以下")],
)
def test_nothing_is_called_certain(confidence, words):
    assert page.sure_words(confidence) == words


def test_the_poster_of_a_refusal_shows_what_came_nearest_and_that_it_is_none():
    poster = poster_of(make(question=REFUSED))
    assert "没有找到能回答它的话" in poster and "它不算回答" in poster
    assert "低于门槛 0.50，所以不回答" in poster and poster.count("<blockquote>") == 1


def test_the_poster_tells_of_a_false_passage_and_does_not_quote_it():
    poster = poster_of(make(planted=True))
    assert "混进来的一段和这个问题最像" in poster and "颜色、作者" not in poster


@pytest.mark.parametrize(
    ("question", "words"),
    [("", "还没有写问题"), ("？？", "没有认得的字"), ("问" * 301, "301 个字符，太长")],
)
def test_the_poster_tells_why_a_question_cannot_be_read(question, words):
    poster = poster_of(make(question=question))
    assert words in poster and "把握" not in poster and "<blockquote>" not in poster


def test_static_html_runs_nothing_and_nothing_breaks_out_of_it():
    explorer = make(question=f"<b>&{ANSWERED}</script>", own="</script><b>")
    assert_runs_nothing(explorer)


def test_a_link_of_a_poster_leads_to_the_source_and_on_a_page_to_the_page():
    for address, source in {
        "notebooks/05_gan.html#两种-失败": "notebooks/05_gan.ipynb#两种-失败",
        "book/howto.html#a.ipynb": "book/howto.md#a.ipynb",
    }.items():
        link = saved.source_link(address, "《<5.6>》")
        assert f'href="../{source}"' in link and "《&lt;5.6&gt;》" in link
        assert f'href="../{address}"' in saved.on_page(f"<p>{link}</p>")
    other = '<a href="../notebooks/05_gan.ipynb">下载</a>'
    assert saved.on_page(other) == other


# ---- shipped networks ----------------------------------------------------------------


@pytest.fixture
def shelf(monkeypatch):
    """Shipped networks "finder", and "judge", which is for no question explorer."""
    entry = {"kind": "question", "decoder": "ShownAnswers", **OPTIONS}
    cards = {"finder": {"explorer": entry}, "judge": {"explorer": {"kind": "latent"}}}
    monkeypatch.setattr(weights, "card", cards.__getitem__)
    monkeypatch.setattr(weights, "load_decoder", lambda name, card: answers())


def test_a_card_is_shown_as_the_explorer_on_it_is(shelf):
    html = site.shipped_page("finder")
    assert 'data-explorer="question" data-network="finder"' in html
    own = make(shipped="finder")._static_html()
    assert html == own and '"source":"network"' in own


def test_what_a_page_answers_from_is_exported(shelf, tmp_path):
    path = site.export_network("finder", tmp_path)
    assert path == tmp_path / "finder.safetensors"
    with safe_open(path, "pt") as file:
        facts = json.loads(file.metadata()["facts"])
        found = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    assert facts == ANSWERS.facts()
    for name, tensor in ANSWERS.tables().items():
        assert torch.equal(found[name].to(tensor.dtype), tensor)
    assert found["doubt.weight"].dtype == torch.float16  # 16 bits hold it
    assert found["embedding.weight"].dtype == torch.float32
    before = path.stat().st_mtime_ns
    site.export_network("finder", tmp_path)
    assert path.stat().st_mtime_ns == before
    path.write_bytes(b"old")
    site.export_network("finder", tmp_path)
    assert path.stat().st_size > 10_000


def test_a_shipped_network_answers_if_it_is_the_same(shelf):
    with pytest.warns(UserWarning, match="和这里的 answers 不是同一个"):
        other = make(answers(seed=1), shipped="finder")
    assert stored(other)[0]["source"] == "stored"
    with pytest.raises(Mistake, match="'judge' is not a network for a question"):
        make(shipped="judge")


# ---- what is refused -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"question": 3}, "question must be a text"),
        ({"question": "问" * 2001}, "at most 2000"),
        ({"planted": 1}, "planted must be True or False"),
        ({"which": -1}, "which must be an integer"),
        ({"own": None}, "own must be a text"),
        ({"strangers": "假"}, "strangers must be a list"),
        ({"strangers": [{"name": "x", "text": "y"}] * 9}, "strangers"),
        ({"strangers": [{"text": "y"}]}, "a false passage has a name and a text"),
        ({"strangers": [{"name": "x", "text": "y" * 401}]}, "at most 400"),
        ({"strangers": [{"name": "x", "text": "y", "of": "9"}]}, "no passage '9'"),
        ({"presets": [{"question": "1"}]}, "a preset has a name"),
        ({"presets": [{"name": "x", "which": 3}]}, "which must be an integer"),
        ({"presets": [{"name": "x", "answer": "y"}]}, "a preset has a name"),
    ],
)
def test_what_does_not_fit_is_refused(options, message):
    with pytest.raises(Mistake, match=message):
        question_setting(ANSWERS, **{**OPTIONS, **options})


def test_an_option_that_does_not_exist_is_named():
    with pytest.raises(WrongCall, match="colour"):
        make(colour=3)
    with pytest.raises(WrongCall, match="colour"):
        make(strangers=[{"name": "x", "text": "y", "colour": 3}])


def test_a_card_of_another_kind_is_refused():
    with pytest.raises(Mistake, match="not a network for a question explorer"):
        page.shipped_answers("judge", {"explorer": {"kind": "latent"}})
