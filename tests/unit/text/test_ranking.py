"""BM25 beside its formula, and what a question is compared by."""

import math

import pytest

from aigc_helpers.reader import Mistake
from aigc_helpers.text.passages import Passage, load_passages
from aigc_helpers.text.ranking import BM25, asked, features, rank_passages, searchable

TEXTS = ["甲 乙 甲", "乙 丙 丁 戊", "甲 丁 GAN", "己"]


def by_the_formula(question, texts, k1, b):
    """Robertson and Zaragoza's sum, written a second time, over single words."""
    documents = [text.lower().split() for text in texts]
    n, mean = len(documents), sum(map(len, documents)) / len(documents)
    scores = []
    for document in documents:
        score = 0.0
        for word in set(question.lower().split()):
            n_t = sum(word in other for other in documents)
            tf = document.count(word)
            idf = math.log(1 + (n - n_t + 0.5) / (n_t + 0.5))
            score += idf * tf / (k1 * ((1 - b) + b * len(document) / mean) + tf)
        scores.append(score)
    return scores


@pytest.mark.parametrize("k1, b", [(1.2, 0.75), (2.0, 0.5), (0.1, 0.0), (1.5, 1.0)])
@pytest.mark.parametrize("question", ["甲", "甲 丁 gan", "乙 乙 丙", "庚"])
def test_scores_are_those_of_the_formula(question, k1, b):
    expected = by_the_formula(question, TEXTS, k1, b)
    assert BM25(TEXTS, k1, b).scores(question) == pytest.approx(expected)


def test_one_score_by_hand():
    # N = 4, n = 2, f = 2, |d| = 3, mean 11/4: log 2 times 2 / (2 + K)
    slow = 1.2 * (0.25 + 0.75 * 3 / 2.75)
    expected = math.log(2) * 2 / (2 + slow)
    assert BM25(TEXTS).scores("甲")[0] == pytest.approx(expected)


def test_the_best_come_first_and_equal_ones_in_their_order():
    ranking = BM25(["己", "甲", "甲", "甲 甲"])
    assert [i for i, _ in ranking.rank("甲")] == [3, 1, 2]
    assert len(ranking.rank("甲", k=1)) == 1
    assert ranking.rank("没有") == []


def test_features_are_characters_pairs_words_and_numbers():
    assert features("梯度消失") == ["梯", "度", "消", "失", "梯度", "度消", "消失"]
    assert features("GAN，WGAN-GP") == ["gan", "wgan", "gp"]
    assert features("25,088 个 0.5") == ["25088", "个", "0.5"]
    assert features("β_1") == ["β", "1"]
    assert features("ＧＡＮ１") == ["gan", "1"]
    assert features("。！ ") == []


def test_pairs_do_not_reach_across_anything():
    assert "度消" not in features("梯度，消失")
    assert "a失" not in features("a失")


def test_words_that_only_ask_are_left_out():
    assert asked("什么是梯度？") == features("是梯度")
    assert asked("为什么") == [] == asked("怎么样")
    assert asked("甲甲") == ["甲", "甲甲"]


@pytest.mark.parametrize("wrong", [{"k1": -1}, {"b": 1.5}, {"b": float("nan")}])
def test_what_cannot_be_meant_is_refused(wrong):
    with pytest.raises(Mistake, match="must"):
        BM25(TEXTS, **wrong)
    with pytest.raises(Mistake, match="no texts"):
        BM25([])
    for k in (0, -1, 1.5):
        with pytest.raises(Mistake, match="positive"):
            BM25(TEXTS).rank("甲", k)


def test_a_heading_counts():
    def passage(heading, text):
        return Passage("k", "c", "1", heading, "a", text)

    passages = [passage("别的", "说了许多"), passage("模式崩溃", "说了许多")]
    assert rank_passages(passages).rank("模式崩溃")[0][0] == 1
    assert "模式崩溃" in searchable(passages[1])


def test_a_passage_s_own_words_find_it():
    passages = load_passages()
    ranking = rank_passages(passages)
    for i in range(0, len(passages), 9):
        words = passages[i].text[:40]
        assert i in [n for n, _ in ranking.rank(words, k=3)], passages[i].key
