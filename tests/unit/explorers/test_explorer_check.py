"""Self-checks in Python: what they hold, refuse, and how they are stored."""

import json
import re

import pytest
from bs4 import BeautifulSoup

from aigc_helpers import exercise
from aigc_helpers.explorers import check, kinds, modules
from aigc_helpers.explorers.check.page import static_html
from aigc_helpers.explorers.check.setting import SLACK, guess_config

WIDGET = "application/vnd.jupyter.widget-view+json"
STEPS = ["一", "二", "三", "四"]


def choice(**changes):
    given = {"options": {"甲": "因为甲。", "乙": "因为乙。"}, "right": "乙", **changes}
    return check.choice("哪一个？", **given)


def number(**changes):
    return check.number("多少？", **{"answer": 2.5, **changes})


def order(**changes):
    return check.order("怎样排？", **{"steps": STEPS, **changes})


def stored(made):
    """The page's HTML of a check, parsed, and the JSON in it."""
    soup = BeautifulSoup(made._static_html(), "html.parser")
    return soup, json.loads(soup.script.string)


# ---- what the three types hold -------------------------------------------------


def test_a_choice_keeps_each_explanation_with_its_option():
    options = {option["text"][0]: option for option in choice()._config["options"]}
    assert options["甲"]["why"] == ["因为甲。"] and not options["甲"]["right"]
    assert options["乙"]["why"] == ["因为乙。"] and options["乙"]["right"]


def test_a_list_of_right_options_asks_for_all_of_them():
    assert not choice()._config["many"]
    config = choice(right=["甲", "乙"])._config
    assert config["many"] and all(option["right"] for option in config["options"])


def test_options_are_shuffled_by_seed_or_left_as_written():
    options = {str(i): "因为。" for i in range(6)}

    def shown(**how):
        made = choice(options=options, right="3", **how)
        return [option["text"][0] for option in made._config["options"]]

    assert shown(seed=None) == list(options)
    assert shown() == shown(seed=0) != shown(seed=1)
    assert sorted(shown()) == list(options)


@pytest.mark.parametrize("n", [2, 3, 6])
def test_steps_never_start_in_the_right_order(n):
    steps = [f"第 {i} 步" for i in range(n)]
    for seed in range(50):
        start = order(steps=steps, seed=seed)._config["start"]
        assert sorted(start) == list(range(n))
        assert start != list(range(n))
    assert order(seed=3)._config == order(seed=3)._config


def test_steps_may_say_why_they_are_early():
    steps = order(steps={"一": "一先。", "二": "二后。"})._config["steps"]
    assert steps[1] == {"text": ["二"], "why": ["二后。"]}


def test_an_id_is_the_question_s_own():
    assert choice()._config["id"] == choice(seed=5, right="甲")._config["id"]
    ids = {made._config["id"] for made in (choice(), number(), order())}
    assert len(ids) == 3
    assert number()._config["id"] != check.number("几？", answer=2.5)._config["id"]


@pytest.mark.parametrize(
    ("make", "changes", "message"),
    [
        (choice, {"options": {"乙": "一"}}, "at least two"),
        (choice, {"options": ["甲", "乙"]}, "at least two"),
        (choice, {"right": "丙"}, "among"),
        (choice, {"right": []}, "among"),
        (choice, {"options": {"甲": "", "乙": "一"}}, "text is needed"),
        (number, {"answer": float("nan")}, "finite"),
        (number, {"tolerance": -1}, "tolerance >= 0"),
        (number, {"hints": {2.5: "对。"}}, "count as right"),
        (number, {"tolerance": 1, "hints": {3: "近。"}}, "count as right"),
        (order, {"steps": ["一"]}, "two or more"),
        (order, {"steps": ["一", "一"]}, "different"),
        (order, {"steps": "一二三"}, "two or more"),
    ],
)
def test_what_does_not_fit_is_refused(make, changes, message):
    with pytest.raises(ValueError, match=message):
        make(**changes)


# ---- how they are stored -------------------------------------------------------


@pytest.mark.parametrize("make", [choice, number, order])
def test_the_page_gets_the_question_and_its_state(make):
    made = make()
    soup, state = stored(made)
    assert soup.div["data-explorer"] == "check"
    assert state == {"_config": made._config, "_state": {}}
    poster = soup.select_one(".aigc-check-poster")
    assert poster["data-check"] == made._config["id"]
    assert poster.p.text == made._question
    assert made._static_html() == make()._static_html()


@pytest.mark.parametrize(
    ("made", "listed", "answer"),
    [
        (choice(), {"甲", "乙"}, "对：乙。因为乙。"),
        (
            number(answer=-2.5, unit="nats", explanation="算出来的。"),
            set(),
            "−2.5 nats算",
        ),
        (order(explanation="按顺序。"), set(STEPS), "一二三四按顺序。"),
    ],
)
def test_without_javascript_the_answer_is_folded_away(made, listed, answer):
    poster = stored(made)[0].select_one(".aigc-check-poster")
    details = poster.details.extract()
    assert {item.text for item in poster.select("li")} == listed
    assert answer in details.text
    assert not details.has_attr("open")


GUESS = dict(truth=-2.5, shown="−2.5 nats", tolerance=0.1, unit="nats", why="因为甲。")


def test_a_prediction_folds_its_truth_away_and_counts_as_no_check():
    made = guess_config("$L$ 的大小", **GUESS)
    poster = BeautifulSoup(static_html(made), "html.parser").select_one("[data-guess]")
    assert not poster.has_attr("data-check") and poster.select("p > math")
    details = poster.details.extract()
    assert "−2.5" not in poster.text and "−2.5 nats因为甲。" in details.text
    assert not details.has_attr("open")


def test_predictions_of_one_name_are_kept_apart_by_what_is_true():
    other = guess_config("损失", **{**GUESS, "shown": "3"})
    again = guess_config("损失", **{**GUESS, "why": ""})
    ids = [made["id"] for made in (guess_config("损失", **GUESS), other, again)]
    assert ids[0] == ids[2] != ids[1]


def test_in_jupyter_a_check_is_a_widget_and_html():
    data, _ = number()._repr_mimebundle_()
    assert {WIDGET, "text/html", "text/plain"} <= set(data)
    assert data["text/plain"] == "SelfCheck('number', '多少？')"


def test_the_module_is_one_text_without_imports_and_without_html_from_data():
    text = modules.module_text("check")
    assert not re.search(r"^import\b", text, re.M)
    assert "class Ordering" in text and "ExplorerView" not in text
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|\beval\b", text)


def test_rounding_is_the_same_in_python_and_on_the_page():
    source = (kinds.FOLDER / "check" / "check.js").read_text("utf-8")
    assert float(re.search(r"SLACK = (\S+);", source)[1]) == SLACK
    assert int(re.search(r"DIGITS = (\d+);", source)[1]) == exercise.DIGITS
