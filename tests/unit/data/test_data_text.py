"""Collections of texts: what is in them, what is held out, what is said about them."""

import hashlib
import json
import re
import sys
import sysconfig
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigc_helpers.data import (
    DatasetUnavailable,
    Vocabulary,
    catalog,
    data_dir,
    find_dataset,
    load_texts,
    load_words,
)
from aigc_helpers.data.catalog import DataFile
from aigc_helpers.data.sets import tang
from aigc_helpers.data.splitting import is_held_out, split_apart

SPRING = ["春眠不覺曉，處處聞啼鳥。", "夜來風雨聲，花落知多少。"]
SIMPLE_SPRING = "春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。"
NIGHT = ["床前看月光，疑是地上霜。", "舉頭望山月，低頭思故鄉。"]
TOWER = ["白日依山盡，黃河入海流。", "欲窮千里目，更上一重樓。"]


@pytest.fixture
def tiny_tang(monkeypatch, tmp_path):
    """A catalogue whose poems are the given ones, already on this machine."""
    for name in ("AIGC_DATA_DIR", "AIGC_MIRROR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AIGC_OFFLINE", "1")

    def store(*poems, content=None):
        if content is None:
            content = json.dumps([{"paragraphs": p} for p in poems]).encode()
        (tmp_path / "tang").mkdir(exist_ok=True)
        (tmp_path / "tang" / "poems.json").write_bytes(content)
        checksum = "sha256:" + hashlib.sha256(content).hexdigest()
        file = DataFile("poems.json", len(content), checksum, ())
        dataset = replace(find_dataset("tang"), files=(file,))
        monkeypatch.setitem(catalog.datasets(), "tang", dataset)
        return tmp_path

    return store


# Idioms -------------------------------------------------------------------------------


def dictionary() -> set[str]:
    """Idioms by another road: regular expression over the whole file."""
    import jieba

    text = Path(jieba.__file__).with_name("dict.txt").read_text("utf-8")
    return set(re.findall(r"^(\S{4}) \d+ i$", text, re.MULTILINE))


def test_idioms_are_those_of_the_dictionary_less_what_gives_test_idioms_away():
    texts = load_texts("idioms")
    known, train, test = dictionary(), set(texts.train), set(texts.test)
    assert len(known) == 22_192
    assert train <= known and test <= known and not train & test
    assert len(train) == len(texts.train) and len(test) == len(texts.test)
    assert test == {word for word in known if is_held_out(word)}
    places = [{w[:i] + w[i + 1 :] for w in test} for i in range(4)]
    signs = {"".join(sorted(w)) for w in test}
    for word in known - test:
        alike = [word[:i] + word[i + 1 :] in places[i] for i in range(4)]
        is_near = any(alike) or "".join(sorted(word)) in signs
        assert is_near == (word not in train), word
    assert texts.describe() == (
        "正在使用 jieba 词典里的成语："
        f"训练 {len(train):,} 条（{4 * len(train):,} 字符），"
        f"测试 {len(test):,} 条（{4 * len(test):,} 字符）。"
    )


def test_words_come_with_count_and_tag():
    words = load_words()
    assert len(words) == 349_045
    assert words["画蛇添足"][1] == "i" and words["中国"][0] > 1000


def test_idioms_without_jieba_name_what_to_install(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="pip install jieba"):
        load_texts("idioms", fallback="python")


def test_held_out_is_a_tenth_and_never_changes():
    words = dictionary()
    assert sum(map(is_held_out, words)) / len(words) == pytest.approx(0.1, abs=0.01)
    some = ("a", "b", "c", "一一列举", "一世之雄")
    assert [word for word in some if is_held_out(word)] == ["a", "c", "一世之雄"]


# Poems --------------------------------------------------------------------------------


def test_poems_are_simplified_and_of_one_form(tiny_tang):
    seven = ["朝辭白帝彩雲間？千里江陵一日還！", "兩岸猿聲啼不住；輕舟已過萬重山。"]
    texts = load_texts("tang", root=tiny_tang(SPRING, seven))
    assert set(texts.train + texts.test) == {
        SIMPLE_SPRING,
        "朝辞白帝彩云间，千里江陵一日还。两岸猿声啼不住，轻舟已过万重山。",
    }


@pytest.mark.parametrize(
    "poem",
    [
        [*SPRING, *NIGHT],  # eight lines
        SPRING[:1],
        ["春眠不覺曉，處處聞啼鳥。", "夜來□雨聲，花落知多少。"],
        ["春眠不覺曉，處處聞啼鳥。", "夜來（一作）風雨聲，花落知多少。"],
        ["春眠不覺曉，處處聞啼鳥。", "夜來風雨，花落知多少。"],
        ["春眠不覺曉，處處聞啼鳥。", "夜來風雨聲，花落知多少"],
        ["春眠不覺曉，處處聞啼鳥。", "夜來[風]雨聲，花落知多少。"],
        ["春眠不覺曉，處處聞啼鳥。", "兩岸猿聲啼不住，輕舟已過萬重山。"],
    ],
)
def test_other_poems_are_left_out(poem, tiny_tang):
    texts = load_texts("tang", root=tiny_tang(SPRING, poem))
    assert texts.train + texts.test == (SIMPLE_SPRING,)


def test_near_copies_of_a_test_poem_leave_training(tiny_tang):
    """Of variants of a poem some are held out by their hash; then no other trains."""
    ends = [f"欲穷千里目，更上一{chr(sign)}楼。" for sign in range(0x4E00, 0x4E80)]
    poems = ["白日依山尽，黄河入海流。" + end for end in ends]
    poems = list(dict.fromkeys(tang._simplified(poems)))
    texts = load_texts("tang", root=tiny_tang(*([p] for p in poems), SPRING))
    assert 2 <= len(texts.test) < 40
    assert not set(texts.train) & set(poems)
    alone = [poem for poem in poems if not is_held_out(poem)]
    texts = load_texts("tang", root=tiny_tang(*([p] for p in alone)))
    assert list(texts.train) == alone and not texts.test


def test_a_common_line_or_half_of_the_threes_is_too_near():
    near = tang._are_near_poems

    def shared(a, b):
        return len(set(tang._trigrams(a)) & set(tang._trigrams(b)))

    poem = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"
    one_line = "白日依山尽，一二三四五。六七八九十，甲乙丙丁戊。"
    half = "白日依山甲，黄河入海乙。欲穷千丙丁，戊己庚辛壬。"
    far = "白日依山甲，黄河入乙丙。丁戊己庚辛，壬癸子丑寅。"
    assert [shared(poem, other) for other in (one_line, half, far)] == [3, 5, 3]
    assert near(poem, one_line, 3) and not near(poem, half, 5)
    assert near(poem, half, 6) and not near(poem, far, 3)
    longer = "一二三四五六七，二三四五六七八。三四五六七八九，四五六七八九十。"
    assert len(set(tang._trigrams(longer))) == 8
    assert near(half, longer, 6) and not near(half, longer, 5)


def test_split_apart_drops_copies_and_compares_only_what_shares_a_feature():
    asked = []

    def is_near(text, other, n):
        asked.append((text, other, n))
        return n == 2

    held_out = next(str(i) + "xy" for i in range(99) if is_held_out(str(i) + "xy"))
    near, far, other = (
        next(w for i in range(99) if not is_held_out(w := f"{sign}{i}{end}"))
        for sign, end in (("-", "xy"), ("+", "x"), ("+", "z"))
    )
    texts = [near, far, held_out, other, far]

    def features(word):
        return [c for c in word if c in "xyz"]

    train, test = split_apart(texts, features, is_near)
    assert test == (held_out,) and train == (far, other)
    assert asked == [(near, held_out, 2), (far, held_out, 1)]


@pytest.mark.parametrize(
    "content",
    [b"", b"{}x", b'{"a": 1}', b'[{"title": "x"}]', b"[1]", b'[{"paragraphs": [1]}]'],
)
def test_a_wrong_file_of_poems_is_named(content, tiny_tang):
    root = tiny_tang(content=content)
    with pytest.raises(ValueError, match=r"poems\.json: not a list of poems"):
        load_texts("tang", root=root)


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=9) | st.just(SPRING),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["paragraphs", "title"]), inner)
    ),
    max_leaves=9,
)


@given(content=st.binary(max_size=60) | JSON.map(lambda x: json.dumps(x).encode()))
def test_any_bytes_end_in_poems_or_the_documented_error(content, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_bytes(content)
    try:
        assert isinstance(tang._quatrains(path), list)
    except ValueError as error:
        assert str(path) in str(error)


def test_deep_nesting_is_the_documented_error(tmp_path):
    path = tmp_path / "deep.json"
    path.write_bytes(b"[" * 200_000)
    with pytest.raises(ValueError, match="deep.json: not a list of poems"):
        tang._quatrains(path)


def test_the_fall_back_says_what_it_is_and_why(tmp_path, monkeypatch):
    monkeypatch.setenv("AIGC_OFFLINE", "1")
    with pytest.raises(DatasetUnavailable, match=r"tang/poet\.tang\.0\.json"):
        load_texts("tang", root=tmp_path)
    for wanted, instead in (("tang", "idioms"), ("shakespeare", "python")):
        texts = load_texts(wanted, fallback=instead, root=tmp_path)
        assert (texts.name, texts.wanted, texts.is_fallback) == (instead, wanted, True)
        assert "AIGC_OFFLINE" in texts.describe()
        assert texts.train == load_texts(instead).train
    assert not load_texts("idioms").is_fallback


# Source code, plays -------------------------------------------------------------------


def test_python_is_the_source_of_the_running_library():
    texts = load_texts("python")
    folder = Path(sysconfig.get_path("stdlib"))
    everything = set(texts.train + texts.test)
    for name in ("ast", "random", "statistics"):
        assert (folder / f"{name}.py").read_text("utf-8") in everything
    assert len(everything) > 140 and len(texts.test) >= 8
    found = {p.stem for p in folder.glob("*.py")} & set(sys.stdlib_module_names)
    held = sorted(name for name in found if is_held_out(name))
    assert [(folder / f"{n}.py").read_text("utf-8") for n in held] == list(texts.test)
    version = ".".join(map(str, sys.version_info[:3]))
    assert f"（Python {version}）" in texts.describe()


def test_a_python_without_sources_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))
    with pytest.raises(ValueError, match="no source files"):
        load_texts("python")


def test_unknown_names_list_the_known_ones():
    with pytest.raises(ValueError, match="known: .*idioms, .*shakespeare, .*tang"):
        load_texts("songs")
    with pytest.raises(ValueError, match="None or one of .*'python'.*; got 'tang'"):
        load_texts("tang", fallback="tang")


@pytest.mark.parametrize("name", ["tang", "shakespeare"])
def test_real_files_give_the_texts_that_the_book_counts(name):
    files = find_dataset(name).files
    if not all((data_dir() / name / file.name).exists() for file in files):
        pytest.skip(f"{name} is not in the data folder; nothing is downloaded in tests")
    texts = load_texts(name)
    if name == "shakespeare":
        assert (texts.n_train, texts.n_test) == (1_003_854, 111_540)
        return
    form = re.compile(r"(.{5}，.{5}。){2}|(.{7}，.{7}。){2}")
    assert all(form.fullmatch(poem) for poem in texts.train + texts.test)
    lines = [set(re.split("[，。]", poem)[:4]) for poem in texts.test]
    held = set().union(*lines)
    assert all(held.isdisjoint(re.split("[，。]", poem)[:4]) for poem in texts.train)
    assert (len(texts.train), len(texts.test)) == (12_548, 1_368)


# The vocabulary -----------------------------------------------------------------------


def test_a_vocabulary_begins_with_the_boundary_then_by_frequency():
    vocabulary = Vocabulary.of(["bba", "cba", "d\nb"])
    assert "".join(vocabulary) == "\n□bacd"
    assert len(vocabulary) == 6 and vocabulary[2] == "b" and "d" in vocabulary
    assert vocabulary.encode("bad\n") == [2, 3, 5, 0]
    assert vocabulary.decode([2, 3, 5, 0]) == "bad\n"


def test_rare_characters_become_the_unknown_one():
    vocabulary = Vocabulary.of(["aab", "ab", "c"], min_count=2)
    assert "".join(vocabulary) == "\n□ab"
    assert vocabulary.encode("abcz") == [2, 3, 1, 1]
    assert vocabulary.decode([2, 1]) == "a□"


def test_wrong_characters_and_tokens_are_named():
    with pytest.raises(ValueError, match="not in the vocabulary: 'x' 'y'"):
        Vocabulary("\nab").encode("ayxa")
    for token in (-1, 3):
        with pytest.raises(ValueError, match=f"no token {token} in a vocabulary of 3"):
            Vocabulary("\nab").decode([0, token])
    with pytest.raises(ValueError, match="twice in the vocabulary: 'a'"):
        Vocabulary("aba")
    with pytest.raises(ValueError, match="not single characters: 'bc'"):
        Vocabulary(["a", "bc"])
