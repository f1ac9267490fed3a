"""Weather tables and bulletins: what is owed, what is held out, how flawed they are."""

import random

import pytest

from aigc_helpers.text import report_data as data
from aigc_helpers.text.report_coding import copying_coding, report_pairs


def tables(n: int, seed: int = 0) -> list[dict]:
    rng = random.Random(seed)
    return [data.random_table(rng, held_out=None) for _ in range(n)]


def rows_of(table: dict) -> frozenset:
    return frozenset(table)


def test_combinations_of_rows_are_held_out_as_wholes():
    learnt = {rows_of(table) for table, _ in report_pairs(3000)}
    held_out = {rows_of(table) for table in data.held_out_tables(1000, seed=1)}
    assert len(held_out) > 100 and len(learnt) > 500
    assert learnt & held_out == set()
    share = sum(map(data.is_held_out, tables(3000))) / 3000
    assert 0.15 < share < 0.25


def test_a_table_is_held_out_by_its_rows_whatever_their_values_and_order():
    for table in tables(50):
        other = {key: None for key in reversed(table)}
        assert data.is_held_out(other) == data.is_held_out(table)


def test_no_value_of_a_row_can_be_written_without_copying():
    words = copying_coding().words
    values = {value for row in data.ROWS.values() for value in row.choices}
    assert values & set(words) == set()
    assert not any(character.isdigit() for word in words for character in word)
    assert all(len(word) == 1 for word in words[1:])


def test_random_tables_are_tables():
    for table in tables(500):
        data.require_table(table)
        assert list(table) == [key for key in data.ROWS if key in table]
        assert table


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"wetter": "晴"}, "no row 'wetter'"),
        ({"weather": "好"}, "cannot be '好'"),
        ({"high": 99}, "cannot be 99"),
        ({"high": "20"}, "cannot be '20'"),
        ({"high": True}, "cannot be True"),
        ({"city": ""}, "cannot be ''"),
        ({"city": "一" * 13}, "'city' cannot be"),
    ],
)
def test_what_is_no_table_is_refused(refused, table, message):
    with refused(message):
        data.require_table(table)


def test_a_city_of_ones_own_is_welcome():
    data.require_table({"city": "乌镇"})


@pytest.mark.parametrize(
    ("table", "owed"),
    [
        ({"city": "北京", "day": "今天", "weather": "晴"}, "city day weather"),
        ({"high": 20, "low": 11}, "high low"),
        ({"high": 20, "before": 17}, "high trend"),
        ({"high": 20, "before": 18}, "high"),
        ({"high": 20, "before": 23}, "high trend"),
        ({"before": 23}, ""),
        ({"direction": "东", "force": 4}, "direction force"),
        ({"direction": "东", "force": 3}, ""),
        ({"direction": "东"}, "direction"),
        ({"force": 4}, "force"),
        ({"rain": 20}, ""),
        ({"rain": 21}, "rain"),
        ({"humidity": 30}, "humidity"),
        ({"humidity": 31}, ""),
        ({"humidity": 79}, ""),
        ({"humidity": 80}, "humidity"),
        ({"air": 101}, "air"),
    ],
)
def test_what_is_owed_is_a_rule(table, owed):
    assert data.facts_to_tell(table) == owed.split()


@pytest.mark.parametrize(
    ("index", "level"),
    [(1, "优"), (50, "优"), (51, "良"), (100, "良"), (101, "轻度污染")]
    + [(150, "轻度污染"), (151, "中度污染"), (201, "重度污染"), (300, "重度污染")],
)
def test_levels_of_air(index, level):
    assert data.level_of(index) == level


def test_the_template_tells_a_whole_table_by_one_pattern():
    table = {"city": "杭州", "day": "明天", "weather": "小雨", "high": 14, "low": 9}
    table |= {"before": 23, "direction": "东北", "force": 5, "rain": 80}
    table |= {"humidity": 88, "air": 42}
    words = data.template_report(table)
    assert "".join(words) == (
        "杭州明天小雨，气温9到14℃，比前一天明显降温，东北风5级，降水概率80%，"
        "空气潮湿，湿度88%，空气质量优。"
    )
    assert words[:3] == ["杭州", "明天", "小雨"] and "14" in words
    assert "".join(data.template_report({"air": 120})) == "空气质量轻度污染。"
    assert "".join(data.template_report({"force": 2})) == "没有特别要说的。"
    words = data.write_report({"force": 2}, random.Random(0), flawless=True)
    assert "".join(words) == "没有特别要说的。"


def test_there_are_many_wordings_and_orders():
    rng, table = random.Random(0), tables(1)[0]
    written = [data.write_report(table, rng, flawless=True) for _ in range(300)]
    assert len({"".join(words) for words in written}) > 100


def test_rows_are_misread_and_made_up_as_often_as_is_said():
    rng, wrong, invented, there, absent = random.Random(0), 0, 0, 0, 0
    for table in tables(4000, seed=3):
        seen = data.misread(table, rng)
        wrong += sum(seen[key] != value for key, value in table.items())
        there += len(table)
        invented += len(seen.keys() - table)
        absent += len(data.ROWS) - len(table)
    # a row that is misread may read the same by chance, above all one of few choices
    assert 0.8 * data.WRONG < wrong / there <= 1.05 * data.WRONG
    assert 0.8 * data.INVENTED < invented / absent < 1.2 * data.INVENTED


def test_facts_are_left_out_as_often_as_is_said(monkeypatch):
    monkeypatch.setattr(data, "misread", lambda table, rng: table)
    rng = random.Random(0)
    owed = left_out = 0
    for table in tables(3000, seed=4):
        words = data.write_report(table, rng)
        for key in {"city", "day", "weather"} & table.keys():
            owed += 1
            left_out += table[key] not in words
    assert 0.8 * data.OMITTED < left_out / owed < 1.2 * data.OMITTED
