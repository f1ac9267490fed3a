"""The ruler first: facts are found in what is true, and missed in what is not."""

import math
import random

import pytest
import torch

from aigc_helpers.text import report_data as data
from aigc_helpers.text import report_facts as facts

TABLE = {"city": "济南", "day": "周三", "weather": "小雨", "high": -3, "low": -9}
TABLE |= {"before": 8, "direction": "南", "force": 6, "rain": 70, "humidity": 88}
TABLE |= {"air": 120}


def clean(n: int, seed: int = 0):
    """Tables, and flawless bulletins of them."""
    rng = random.Random(seed)
    tables = [data.random_table(rng, held_out=None) for _ in range(n)]
    return tables, ["".join(data.write_report(t, rng, flawless=True)) for t in tables]


def test_every_fact_of_a_clean_bulletin_is_found_and_none_besides():
    tables, texts = clean(600)
    templates = ["".join(map(str, data.template_report(table))) for table in tables]
    for several in (texts, templates):
        counts = facts.fact_counts(several, tables)
        assert facts.is_flawless(counts).all()
        assert [facts.fact_share(counts, name) for name in facts.SHARES] == [1, 1, 1]
    assert counts[:, facts.COUNTS.index("stated")].sum() > 2500


def test_every_wording_is_read():
    """Each wording by itself states the rows in its braces, and only those."""
    values = {key: str(value) for key, value in TABLE.items()} | {"level": "优"}
    for wordings in data.WORDINGS.values():
        for wording in wordings:
            text = wording.format(**values) + "。"
            stated = {(one.row, one.value) for one in facts.read_facts(text)}
            asked = {key for key in TABLE if f"{{{key}}}" in wording}
            assert stated == {(key, values[key]) for key in asked}, text


def test_bulletins_of_other_tables_state_what_is_wrong():
    tables, texts = clean(600)
    counts = facts.fact_counts(texts[1:] + texts[:1], tables)
    assert facts.fact_share(counts, "precision") < 0.15
    assert facts.fact_share(counts, "recall") < 0.25
    assert (
        facts.fact_share(counts, "word_precision") < 0.6
    )  # words are few, chance hits
    assert facts.is_flawless(counts).double().mean() < 0.01
    assert counts[:, facts.COUNTS.index("invented")].sum() > 300


def test_numbers_at_other_places_are_wrong():
    tables, texts = clean(300)
    counts = facts.fact_counts([facts.exchange_numbers(t) for t in texts], tables)
    whole = facts.fact_counts(texts, tables)
    assert facts.fact_share(counts, "precision") < 0.6
    assert counts[:, 0].sum() == whole[:, 0].sum()  # as many are stated


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("济南风向南，风力6级。", "city=济南 direction=南 force=6"),
        ("西安西北风3级。", "city=西安 direction=西北 force=3"),
        ("气温在-9℃到-3℃之间。", "low=-9 high=-3"),
        ("较前一天（8℃）大幅下降。", "before=8"),
        ("白天最高5℃，夜里最低-1℃。", "high=5 low=-1"),
        ("有70%的可能降水，湿度低至12%。", "rain=70 humidity=12"),
        ("晴，阴，雨夹雪。", "weather=晴 weather=阴 weather=雨夹雪"),
        ("气温12。", "=12"),
        ("□风3级，7℃。", "=□ =3 =7"),
        ("东风5到6级。", "direction=东 =5 =6"),
        ("", ""),
    ],
)
def test_facts_are_read(text, found):
    read = [f"{one.row}={one.value}" for one in facts.read_facts(text)]
    assert " ".join(read) == found
    assert all(text[one.start : one.end] == one.value for one in facts.read_facts(text))


def test_a_city_that_the_book_does_not_know_is_read_where_the_table_has_it():
    table = {"city": "乌镇", "high": 20}
    counts = facts.fact_counts(["乌镇最高气温20℃。"], [table])
    assert facts.is_flawless(counts).all()
    assert facts.read_facts("乌镇最高气温20℃。")[0].row == "high"


@pytest.mark.parametrize(
    ("text", "change", "is_right"),
    [
        ("比前一天升温", {"high": 20, "before": 10}, True),
        ("比前一天升温", {"high": 10, "before": 20}, False),
        ("比前一天的10℃高", {"high": 20, "before": 10}, True),
        ("较前一天（20℃）下降", {"high": 10, "before": 20}, True),
        ("比前一天降温", {"high": 20, "before": 10}, False),
        ("空气潮湿", {"humidity": 80}, True),
        ("空气潮湿", {"humidity": 79}, False),
        ("湿度高达79%", {"humidity": 79}, False),
        ("空气干燥", {"humidity": 30}, True),
        ("空气干燥", {"humidity": 31}, False),
        ("空气质量良", {"air": 51}, True),
        ("空气质量优", {"air": 51}, False),
        ("空气质量中度污染", {"air": 150}, False),
        ("将有小雪", {"weather": "小雪"}, True),
        ("迎来晴", {"weather": "晴"}, False),
        ("记得带伞", {"weather": "小雪", "rain": 59}, False),
        ("记得带伞", {"weather": "小雨", "rain": 59}, True),
        ("记得带伞", {"weather": "晴", "rain": 60}, True),
    ],
)
def test_a_word_that_depends_on_values_is_checked(text, change, is_right):
    claims = facts.read_claims(text)
    assert len(claims) == 1
    assert facts.claim_is_true(*claims[0], TABLE | change) == is_right


def test_much_is_a_claim_of_its_own():
    names = [name for name, _ in facts.read_claims("比前一天明显升温")]
    assert names == ["warmer", "much"]
    assert facts.claim_is_true("much", "", {"high": 18, "before": 10})
    assert not facts.claim_is_true("much", "", {"high": 17, "before": 10})
    assert facts.read_claims("比前一天的20℃低，最高气温9℃") == [
        ("colder", "前一天的20℃低")
    ]


def test_what_is_told_twice_or_not_at_all_is_no_flawless_report():
    table = {"high": 20, "low": 11}
    texts = ["气温11到20℃。", "气温11到20℃，最低气温11℃。", "最高气温20℃。"]
    counts = facts.fact_counts(texts, [table] * 3)
    assert facts.is_flawless(counts).tolist() == [True, False, False]
    assert facts.fact_share(counts, "precision") == 1
    assert facts.fact_share(counts, "recall") == pytest.approx(5 / 6)


def test_where_nothing_is_said_nothing_is_wrong():
    counts = facts.fact_counts([""], [{"before": 3}])
    assert facts.fact_share(counts, "precision") == 1


def test_the_template_has_no_bigram_outside_itself():
    tables, texts = clean(200)
    templates = ["".join(data.template_report(table)) for table in tables]
    assert facts.report_variety(templates, tables)[0] == 0
    outside, n_skeletons = facts.report_variety(texts, tables)
    assert outside > 0.3 and n_skeletons > 180
    same = ["甲乙"] * len(tables)
    assert facts.report_variety(same, tables) == (1, 1)


def test_a_skeleton_has_rows_in_the_place_of_values():
    assert facts.skeleton("济南-3℃，最高气温-3℃。", "济南") == [
        *("{city}", "{}", "℃", "，", *"最高气温", "{high}", "℃", "。")
    ]


def test_bleu_by_hand():
    """4 of 5 words, 3 of 4 pairs, 2 of 3 triples and 1 of 2 quadruples are shared."""
    value = facts.bleu(["甲乙丙丁己"], ["甲乙丙丁戊"])
    assert value == pytest.approx((4 / 5 * 3 / 4 * 2 / 3 * 1 / 2) ** 0.25)
    assert facts.bleu(["甲乙丙丁"], ["甲乙丙丁"]) == pytest.approx(1)
    assert facts.bleu(["甲乙丙丁"], ["甲乙丙丁戊己"]) == pytest.approx(math.exp(-0.5))
    assert facts.bleu(["甲甲甲甲"], ["乙丙丁戊"]) == 0
    assert facts.text_words("气温-3到12℃") == ["气", "温", "-3", "到", "12", "℃"]


def test_bleu_likes_wrong_numbers_better_than_other_words():
    tables, references = clean(200)
    rng = random.Random(9)
    others = ["".join(data.write_report(t, rng, flawless=True)) for t in tables]
    wrong = [facts.exchange_numbers(text) for text in references]
    assert facts.bleu(wrong, references) > facts.bleu(others, references) + 0.2
    precision = [
        facts.fact_share(facts.fact_counts(texts, tables), "precision")
        for texts in (wrong, others)
    ]
    assert precision[0] < 0.6 and precision[1] == 1


def test_counts_are_one_row_a_table():
    counts = facts.fact_counts(["最高气温20℃。", "□"], [{"high": 20}, {"high": 20}])
    assert counts.shape == (2, len(facts.COUNTS)) and counts.dtype == torch.float64
    assert dict(zip(facts.COUNTS, counts[1].tolist(), strict=True)) == {
        **dict.fromkeys(facts.COUNTS, 0),
        "stated": 1,
        "invented": 1,
        "to_tell": 1,
    }
