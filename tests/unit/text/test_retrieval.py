"""Hashes, words that stand in for others, scores by their formula, and training."""

import math
import random

import pytest
import torch

from aigc_helpers.text import retriever_training
from aigc_helpers.text.passages import Passage
from aigc_helpers.text.questions import Question
from aigc_helpers.text.ranking import asked, features, searchable
from aigc_helpers.text.retrieval import (
    CHARACTER,
    PAIR,
    WORD,
    Lexicon,
    PassageIndex,
    Retriever,
    Synonyms,
    bucket,
    buckets,
    kind_of,
    padded,
    read,
)

TEXTS = [
    ("梯度", "梯度消失了，学不动。", "a#1"),
    ("梯度", "梯度爆炸时裁剪 GAN 的梯度。", "a#1"),
    ("字", "一个字的独热编码没有词义。", "b#1"),
    ("图", "判别器看一张图，说真假。", "b#2"),
]
PASSAGES = [
    Passage(f"{address[0]}/c-{i}/1", address[0], "1", heading, address, text)
    for i, (heading, text, address) in enumerate(TEXTS)
]
QUESTIONS = [
    Question("为什么学不动？", (PASSAGES[0].key,)),
    Question("爆炸了怎么办？", (PASSAGES[1].key,)),
    Question("独热编码是什么？", (PASSAGES[2].key,)),
    Question("谁来判断真假？", (PASSAGES[3].key,)),
]
SMALL = {"n_buckets": 512, "dim": 8, "hidden": 4}


@pytest.fixture
def small_buckets(monkeypatch):
    """Features hashed into the few rows of a small network."""
    few = lambda feature, n_buckets=512: bucket(feature, n_buckets)  # noqa: E731
    for module in ("retrieval", "retriever_training"):
        monkeypatch.setattr(f"aigc_helpers.text.{module}.bucket", few)


def random_network(seed=0, **sizes) -> Retriever:
    torch.manual_seed(seed)
    network = Retriever(**(sizes or SMALL)).requires_grad_(False)
    for parameter in network.parameters():
        parameter.normal_(std=0.3)
    for table in (network.embedding, network.term, network.doubt):
        table.weight[0] = 0
    return network


# ---- hashes and features -----------------------------------------------------------


@pytest.mark.parametrize(
    "text, expected", [("a", 0xE40C292C), ("foobar", 0xBF9CF968), ("", 0x811C9DC5)]
)
def test_hashes_are_the_published_ones_of_fnv_1a(text, expected):
    assert bucket(text, 2**32 + 1) == 1 + expected


def test_hashes_of_chinese_are_those_of_its_bytes():
    value = 2166136261
    for byte in b"\xe6\xa2\xaf\xe5\xba\xa6":  # 梯度
        value = (value ^ byte) * 16777619 % 2**32
    assert bucket("梯度") == 1 + value % 8191
    assert 0 not in {bucket(chr(c), 7) for c in range(200)}


def test_kinds_of_features():
    kinds = {kind_of(f) for f in features("gan β 0.5")}
    assert kinds == {WORD}
    assert [kind_of(f) for f in ("梯", "梯度")] == [CHARACTER, PAIR]


def test_words_that_mean_the_same_stand_in():
    words = Synonyms([("EMA", "滑动平均"), ("AE", "自编码器"), ("编码", "code")])
    assert words.found("ＥＭＡ 是什么") == ["ema"]
    assert words.found("schema 和 emae") == []
    assert words.found("自编码器") == ["自编码器"]  # not 编码, which is inside
    assert words.features("ema 的平均") == [
        f for f in features("滑动平均") if f not in asked("ema 的平均")
    ]
    assert words.features("别的") == []


def test_a_reading_is_short_however_long_the_question():
    reading = read("".join(chr(0x4E00 + i) for i in range(5000)))
    assert len(reading.own) == 256 and len(reading.kinds) == len(reading.features)
    assert read("").features == []


# ---- the network -------------------------------------------------------------------


def test_vectors_are_units_and_padding_and_order_change_nothing():
    network = random_network()
    alone, more = network(torch.tensor([[3, 9]])), network(torch.tensor([[9, 0, 3, 0]]))
    torch.testing.assert_close(alone, more)
    assert alone.norm().item() == pytest.approx(1)
    assert not torch.allclose(alone, network(torch.tensor([[3, 10]])))
    assert torch.isfinite(network(torch.tensor([[0]]))).all()


def test_weights_are_positive_and_padding_has_none():
    network = random_network()
    weights = network.weigh(torch.tensor([[5, 0]]), torch.tensor([[2, 0]]))
    expected = math.exp(network.term.weight[5].item() + network.kind[2].item())
    assert weights.tolist() == [[pytest.approx(expected), 0.0]]


def test_the_lexicon_counts_passage_section_and_chapter():
    lexicon = Lexicon(PASSAGES)
    row = lexicon.row("爆炸")
    assert lexicon.tables[:, row].gt(0).tolist() == [
        [False, True, False, False],
        [True, True, False, False],  # of the same section
        [True, True, False, False],
    ]
    chapter = lexicon.tables[2, lexicon.row("独热")]
    assert chapter.gt(0).tolist() == [False, False, True, True]
    assert not lexicon.tables[:, 0].any() and lexicon.row("外星") == 0


def test_scores_are_those_of_the_formula(small_buckets):
    network = random_network(1)
    index, question = PassageIndex(PASSAGES, network), "梯度爆炸，GAN 学不动"
    match, lexicon = index.match(question), Lexicon(PASSAGES)
    reading = read(question)
    for i, passage in enumerate(PASSAGES):
        score = 0.0
        for feature, kind in zip(reading.features, reading.kinds, strict=True):
            weight = network.term.weight[bucket(feature, 512)] + network.kind[kind]
            for k in range(3):
                said = lexicon.tables[k, lexicon.row(feature), i]
                score += float(network.field[k].exp() * weight.exp() * said)
        ours, theirs = (
            network(torch.tensor([[*dict.fromkeys(bucket(f, 512) for f in found)]]))
            for found in (asked(question), features(searchable(passage)))
        )
        score += float(network.cosine.exp() * (ours @ theirs.T))
        assert float(match.scores[i]) == pytest.approx(score, rel=1e-4)
    best = [i for i, _ in index.rank(question, 2)]
    assert best == match.scores.argsort(descending=True)[:2].tolist()


# ---- training ----------------------------------------------------------------------


def trained(seed=0, steps=60, **options):
    torch.manual_seed(seed)
    return retriever_training.train_retriever(
        Retriever(**SMALL),
        PASSAGES,
        QUESTIONS,
        **{"steps": steps, "batch_size": 8, "seed": seed, "n_clauses": 4, **options},
    )


def test_training_brings_questions_to_their_passages(small_buckets):
    network, history = trained()
    assert history["vectors"][-1] < 0.8 * history["vectors"][0]
    index = PassageIndex(PASSAGES, network)
    for i, question in enumerate(QUESTIONS):
        assert int(index.match(question.text).cosines.argmax()) == i
    assert {"vectors", "both", "restraint", "cloze"} == set(history)


def test_the_same_seed_trains_the_same_network(small_buckets):
    one, two, other = (trained(seed, 3)[0].state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert not torch.equal(one["embedding.weight"], other["embedding.weight"])


def test_clauses_are_taken_out_of_their_passage():
    passages = padded([[1, 2, 3, 4], [5, 6, 7]])
    seen = []

    class Spy(Retriever):
        def forward(self, found):
            seen.append(found)
            return super().forward(found)

    network = Spy(**SMALL)
    torch.nn.init.normal_(network.embedding.weight)
    clause, whose = torch.tensor([[2, 3]] * 40), torch.tensor([0] * 40)
    rng = torch.Generator().manual_seed(0)
    vectors = network(passages)
    retriever_training.cloze_loss(network, passages, vectors, (clause, whose), rng)
    rest = seen[1]
    kept = ((rest == 2) | (rest == 3)).any(1)
    assert (rest == 1).any() and not (rest == 5).any()
    assert 0 < kept.sum() < 15  # a tenth stays in


def test_the_loss_is_the_cross_entropy_of_shared_targets():
    scores = torch.tensor([[1.0, 2.0, 0.5], [0.0, 0.0, 3.0]])
    targets = torch.tensor([[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]])
    expected = torch.nn.functional.cross_entropy(scores, targets)
    torch.testing.assert_close(
        retriever_training.cross_entropy(scores, targets), expected
    )


def test_a_variant_has_another_word_of_the_same_meaning():
    rng = random.Random(0)
    found = {retriever_training.replaced("GPU 要多少钱", rng) for _ in range(8)}
    assert " 显卡  要多少钱" in found
    assert retriever_training.replaced("别的", rng) == "别的"


def test_clauses_can_stand_for_questions():
    found = retriever_training.clauses(PASSAGES)
    assert ("梯度消失了", 0) in found and ("说真假", 3) not in found
    assert all(buckets(asked(clause)) for clause, _ in found)
