"""What the search finds, by its own functions in Node: queries as people type them."""

import json
import subprocess
from pathlib import Path

import pytest
import scripts

MATCHING = Path(__file__).parents[2] / "book" / "assets" / "matching.js"
GAN = {
    "url": "gan",
    "title": "05 项目实践：生成对抗网络（GAN）",
    "sections": [
        {"id": "top", "title": "05 项目实践：生成对抗网络（GAN）", "text": ""},
        {
            "id": "data",
            "title": "5.1 环境与数据",
            "text": "图像是 28×28，精度 0.87，β = 3。\n练习 5.1 去掉 detach\n"
            "1,797 张，共 2 章，第三节课。",
        },
        {
            "id": "measure",
            "title": "5.12 两把尺子",
            "text": "KL 散度，Fréchet distance，谁在“看”，top-p\n模式崩溃，训练\n不稳",
        },
        {
            "id": "cut",
            "title": "长长的一行",
            "text": f"cross-entropy，{'比' * 20}尾声{'比' * 60}Leibler divergence",
        },
    ],
}
VAE = {
    "url": "vae",
    "title": "06 变分自编码器（VAE）",
    "sections": [
        {"id": "top", "title": "06 变分自编码器（VAE）", "text": "见第 05 章"},
        {"id": "text", "title": "6.1 别的", "text": "began, 15.1, 0.875；练习很多"},
    ],
}
# What is typed, the section that says it, and what is marked in it.
FOUND = [
    ("KL散度", "measure", "KL 散度"),
    ("kl 散度", "measure", "KL 散度"),
    ("ＫＬ散度", "measure", "KL 散度"),
    ("frechet", "measure", "Fréchet"),
    ("FRÉCHET Distance", "measure", "Fréchet distance"),
    ("Fre\u0301chet", "measure", "Fréchet"),
    ("「看」", "measure", "看"),
    ('谁在"看"', "measure", "谁在“看"),
    ("谁在看", "measure", "谁在“看"),
    ("top p", "measure", "top-p"),
    ("TOP–P", "measure", "top-p"),
    ("模式-崩溃", "measure", "模式崩溃"),
    ("1797张", "data", "1,797 张"),
    ("共2章", "data", "共 2 章"),
    ("第三节", "data", "第三节"),
    ("模式崩溃。", "measure", "模式崩溃"),
    ("28x28", "data", "28×28"),
    ("28 × 28", "data", "28×28"),
    ("２８×２８", "data", "28×28"),
    ("0.87", "data", "0.87"),
    ("β=3", "data", "β = 3"),
    ("练习5.1", "data", "练习 5.1"),
    ("练习 5.1", "data", "练习 5.1"),
    ("5.1 节", "data", None),
    ("5.1节", "data", None),
    ("第5.1节", "data", None),
    ("§5.1", "data", "5.1"),
    ("５．１ 环境", "data", None),
]
CHAPTERS = ["第 05 章", "第05章", "第5章", "第 5 章", "第五章", "5章", "第５章"]
# What a text does not say, though it has its letters or digits.
ABSENT = ["0.8", "5.11", "训练不稳当", "gann", "飬飬飬", "…", "", "“”", "(", "[a-z"]
SCRIPT = f"""
import {{ excerpt, find, fold, prepare, sectionsOf }} from "{MATCHING.as_uri()}";
const {{ pages, queries }} = JSON.parse(process.argv[1]);
const prepared = pages.map(prepare);
const section = (hit) => (found) => {{
  const pairs = excerpt(found, hit.patterns);
  const shown = pairs.map(([text]) => text).join("");
  return [found.id, pairs.filter(([, marked]) => marked), shown];
}};
const answers = queries.map((query) => {{
  const {{ hits, loose }} = find(prepared, query);
  const places = hits.map((hit) => [hit.page.url, sectionsOf(hit).map(section(hit))]);
  return [query, {{ loose, places }}];
}});
const units = Array.from({{ length: 0x10000 }}, (_, unit) => String.fromCharCode(unit));
const once = (unit) => fold(unit).length === 1 && fold(fold(unit)) === fold(unit);
const changed = units.filter((unit) => !once(unit));
console.log(JSON.stringify({{ answers: Object.fromEntries(answers), changed }}));
"""


@pytest.fixture(scope="module")
def told() -> dict:
    """What the functions say about all queries of this module."""
    more = [
        *CHAPTERS,
        *ABSENT,
        "GAN",
        "5.1",
        "6.1",
        "模式坍塌",
        "模式 尺子 训练",
        "尾声",
    ]
    queries = [query for query, *_ in FOUND] + more
    given = json.dumps({"pages": [GAN, VAE], "queries": queries})
    command = [scripts.NODE, "--input-type=module", "-e", SCRIPT, given]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def answers(told) -> dict:
    """Places by query: whether they are loose ones, pages, sections, marked text."""
    return told["answers"]


@pytest.mark.parametrize(("query", "section", "marked"), FOUND)
def test_what_people_type_finds_its_section_and_is_marked(
    answers, query, section, marked
):
    answer = answers[query]
    assert not answer["loose"]
    page, sections = answer["places"][0]
    assert (page, sections[0][0]) == ("gan", section)
    assert marked is None or sections[0][1][0][0] == marked


@pytest.mark.parametrize("query", CHAPTERS)
def test_a_chapter_comes_before_pages_that_name_it(answers, query):
    assert [page for page, _ in answers[query]["places"]] == ["gan", "vae"]
    assert not answers[query]["loose"]


@pytest.mark.parametrize("query", ABSENT)
def test_what_is_not_there_is_not_found(answers, query):
    answer = answers[query]
    assert answer["loose"] or not answer["places"]


def test_a_short_word_is_not_found_inside_others(answers):
    assert [page for page, _ in answers["GAN"]["places"]] == ["gan"]


def test_a_section_s_number_is_no_part_of_another_number(answers):
    for query, page in {"5.1": "gan", "6.1": "vae"}.items():
        assert [found for found, _ in answers[query]["places"]] == [page]


def test_with_parts_of_the_query_alone_the_answer_says_so(answers):
    answer = answers["模式坍塌"]
    assert answer["loose"] and answer["places"][0][0] == "gan"
    assert answer["places"][0][1][0][1] == [["模式", True]]


def test_words_apart_are_found_on_one_page(answers):
    answer = answers["模式 尺子 训练"]
    assert not answer["loose"]
    assert [page for page, _ in answer["places"]] == ["gan"]


def test_an_excerpt_cuts_no_word(answers):
    [_, [[section, marked, shown]]] = answers["尾声"]["places"][0]
    assert (section, marked) == ("cut", [["尾声", True]])
    assert shown == f"，{'比' * 20}尾声{'比' * 60}Leibler"


def test_folding_keeps_places_and_folds_once(told):
    assert told["changed"] == []
