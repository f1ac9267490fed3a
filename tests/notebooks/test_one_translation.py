"""One term has one translation: in the glossary, in all pages, in the explorers."""

import re
from collections import Counter

import nbformat
import prose_rules
import pytest
import term_rules
from aigc_book import terms
from tools.run_notebooks import NOTEBOOKS

ROOT = NOTEBOOKS.parent
PAGES = sorted((ROOT / "book").glob("*.md"))
CODE = [
    path
    for path in sorted((ROOT / "aigc_helpers").rglob("*"))
    if path.suffix in (".py", ".js")
]
FRONT_MATTER = re.compile(r"(?s)\A---\n.*?\n---\n")


def prose(path) -> str:
    """The prose of a page."""
    text = FRONT_MATTER.sub("", path.read_text("utf-8"))
    return prose_rules.prose_of(text)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_page_calls_terms_by_their_names(path):
    text = prose(path)
    assert term_rules.banned(text) + term_rules.misnamed(text) == []


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.name)
def test_what_the_package_shows_calls_terms_by_their_names(path):
    assert term_rules.banned(path.read_text("utf-8")) == []


def test_definitions_use_the_names_of_the_glossary():
    for term in terms.all_terms():
        assert term_rules.banned(term.definition) == [], term.term


def test_each_name_has_one_entry():
    names = [
        name.lower()
        for term in terms.all_terms()
        for name in {term.term, term.english, term.short} - {None}
    ]
    assert [name for name, n in Counter(names).items() if n > 1] == []


def test_no_name_is_both_right_and_wrong():
    wrong = [word for term in terms.all_terms() for word in term.banned]
    right = {name for term in terms.all_terms() for name in (*term.names, *term.other)}
    assert [word for word, n in Counter(wrong).items() if n > 1] == []
    assert right & set(wrong) == set()


def test_entries_are_written_in_one_form():
    for term in terms.all_terms():
        assert re.fullmatch(r"\d\d", term.chapter), term.term
        assert term.definition.endswith("。"), term.term
        assert "$" not in term.definition, f"{term.term}: cards show no formulas"
        assert len(term.definition) <= 80, f"{term.term}: two short sentences at most"


def test_slugs_are_different():
    slugs = Counter(term.slug for term in terms.all_terms())
    assert [slug for slug, n in slugs.items() if n > 1 or not slug] == []


def test_each_term_is_used_in_the_chapter_that_it_names():
    absent = []
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        text = "\n".join(prose_rules.markdown(nbformat.read(path, as_version=4)))
        words = set(terms.matcher(all_names()).findall(text))
        absent += [
            f"{path.stem}: {term.term}"
            for term in terms.all_terms()
            if path.name.startswith(f"{term.chapter}_") and not words & {*term.names}
        ]
    assert absent == []


def all_names() -> list[str]:
    """Everything that may stand in a text, so that the longest word is found."""
    return [n for term in terms.all_terms() for n in (*term.names, *term.other)]


def notation() -> list[list[str]]:
    """The rows of the tables of symbols: symbol, meaning, shape, code, chapter."""
    lines = (ROOT / "book/notation.md").read_text("utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| ") and "符号" not in line]
    return [[cell.strip() for cell in row.split("|")[1:-1]] for row in rows]


def test_symbols_are_explained_once_and_name_a_chapter():
    rows = notation()
    assert len(rows) > 40 and len({row[4] for row in rows}) > 6
    for row in rows:
        assert len(row) == 5 and row[1] and re.fullmatch(r"\d\d", row[4]), row
    symbols = Counter(row[0] for row in rows)
    assert [symbol for symbol, n in symbols.items() if n > 1] == []


@pytest.mark.parametrize(
    "path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda p: p.stem
)
def test_names_of_symbols_are_those_of_the_chapter(path):
    chapter = path.stem[:2]
    sources = [c.source for c in nbformat.read(path, as_version=4).cells]
    sources += [code.read_text("utf-8") for code in CODE]
    words = set(re.findall(r"\w+", "\n".join(sources)))
    names = [re.findall(r"`([^`]+)`", r[3])[:1] for r in notation() if r[4] == chapter]
    used = [
        word for name in names for word in re.findall(r"[A-Za-z_]\w*", "".join(name))
    ]
    assert set(used) <= words


def test_the_page_shows_every_group_once():
    shown = re.findall(r"```\{terms\} (.+)", (ROOT / "book/glossary.md").read_text())
    assert shown == list(terms.load())


@pytest.mark.parametrize(
    "text",
    [
        "网络叫鉴定者（discriminator）。",
        "网络叫**鉴定者**（discriminator）。",
        "网络叫**好判别器**（discriminator）。",
        "网络叫生成器（discriminator）。",
        "网络叫判别器（critic）。",
        "网络叫判别器(critic)。",
        "网络叫**判别器**（critic，{cite:t}`a`）。",
        "网络叫“鉴定者”（discriminator）。",
        "对手网络（generative adversarial network，GAN）。",
        "对手网络（GAN）。",
        "大模型（LLM）。",
        "输出（叫**活性**，activation）。",
        "变分自编码器（autoencoder）。",
    ],
)
def test_a_second_translation_is_found(text):
    assert term_rules.misnamed(prose_rules.prose_of(text)) != []


@pytest.mark.parametrize(
    "text",
    [
        "网络叫判别器（discriminator）。",
        "网络叫**判别器**（discriminator）。",
        "网络叫“判别器”（discriminator）。",
        "**生成对抗网络**（generative adversarial network，GAN）",
        "**像素重排**（pixel shuffle，{cite:t}`shi2016pixelshuffle`）",
        "输出（叫**激活**，activation）。",
        "弗雷歇距离（Fréchet distance）",
        "运行命令（PowerShell），一篇（Goodfellow）。",
        "张量（`torch.Tensor`）、四个（共 11.6 MB）",
        "自编码器（autoencoder）",
    ],
)
def test_a_pair_of_the_glossary_passes(text):
    assert term_rules.misnamed(prose_rules.prose_of(text)) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("鉴别器", ["鉴别器"]),
        ("潜变量和潜空间", ["潜变量", "潜空间"]),
        ("隐变量和隐空间", []),
        ("超分辨率", []),
        ("超分辨", ["超分辨"]),
        ("上采样，采样率", []),
        ("采样一次", ["采样"]),
        ("KL散度", ["KL散度"]),
        ("KL 散度", []),
    ],
)
def test_banned_names_are_found_and_longer_words_are_not(text, wrong):
    assert [word for word, _ in term_rules.banned_words(text)] == wrong


def test_a_bad_entry_is_named(tmp_path):
    source = tmp_path / "glossary.yml"
    source.write_text("组:\n- term: 判别器\n  englisch: discriminator\n", "utf-8")
    with pytest.raises(ValueError, match="glossary.yml: 判别器: .*englisch"):
        terms.load(source)
