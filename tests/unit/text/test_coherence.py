"""Coherence of long texts: measures tried where the right answer is known."""

import math
from itertools import permutations

import pytest
import torch

from aigc_helpers import language, rnn, text
from aigc_helpers.text import coherence


def document(k: int, n: int = 40) -> str:
    """A text with words of its own, and functions that use what they announce."""
    return "".join(
        f"def task_{i}(first_{k}, second_{k}_{i}):\n"
        f"    return first_{k} + second_{k}_{i} + topic_{k}\n"
        for i in range(n)
    )


@pytest.fixture(scope="module")
def real() -> text.Excerpts:
    return text.cut_excerpts([document(k) for k in range(6)], 1200, most=2)


@pytest.fixture(scope="module")
def content() -> text.Content:
    return text.fit_content([document(k) for k in range(100, 104)], length=200)


def shares(excerpts, content, gaps=(0, 600)) -> list[float]:
    figures = text.matching_by_distance(excerpts, content, window=150, gaps=gaps)
    return [share for share, _ in figures]


# ---- excerpts --------------------------------------------------------------------


def test_excerpts_come_from_all_over_a_document_and_know_it():
    excerpts = text.cut_excerpts(["abcdefghi", "xy", "zzz"], 2, most=2)
    assert excerpts.texts == ("ab", "ef", "xy", "zz")
    assert excerpts.groups == (0, 0, 1, 2)
    assert excerpts.length == 2


def test_too_short_texts_are_refused_in_chinese():
    with pytest.raises(ValueError) as caught:
        text.cut_excerpts(["abc"], 10)
    assert "length" in str(caught.value.chinese)


def test_networks_and_n_grams_write_excerpts_that_have_no_end_of_their_own():
    five_gram = language.fit_ngram([document(0)], 5)
    network = rnn.StreamLM(len(five_gram.vocabulary), dim=4, hidden=8).train()
    for model in (five_gram, network):
        made = text.written_excerpts(model, five_gram.vocabulary, 3, 50)
        assert [len(one) for one in made.texts] == [50] * 3
        assert made.groups == (0, 1, 2)
        again = text.written_excerpts(model, five_gram.vocabulary, 3, 50, seed=1)
        assert again.texts != made.texts
    assert network.training


def test_shuffled_lines_are_the_same_lines(real):
    shuffled = text.shuffle_lines(real)
    assert shuffled.texts != real.texts and shuffled.groups == real.groups
    for a, b in zip(real.texts, shuffled.texts, strict=True):
        assert sorted(a.split("\n")) == sorted(b.split("\n"))


def test_mixed_blocks_are_whole_and_excerpts_as_long(real):
    mixed = text.mix_lines(real, block=2, seed=1)
    assert {len(piece) for piece in mixed.texts} == {1200}
    assert len(set(mixed.groups)) == len(mixed.texts) == len(real.texts)
    pairs = {tuple(t.split("\n")[i : i + 2]) for t in real.texts for i in (0, 2, 4)}
    whole = "\n\n".join(mixed.texts)
    assert sum("\n".join(pair) in whole for pair in pairs) > len(pairs) / 2


def test_the_longest_line_is_repeated():
    excerpts = text.Excerpts(("a\nbbb\nccz", "dd\ne\nf"), (4, 2))
    repeated = text.repeat_line(excerpts)
    assert repeated.texts == ("bbb\nbbb\nb", "dd\ndd\n")
    assert repeated.groups == (4, 2)


# ---- which continuation is its own? ----------------------------------------------


def test_share_is_what_choosing_by_hand_gives():
    content = text.Content(text.words, {}, 1.0)
    firsts = ["aa bb", "cc dd", "ee ff", "gg hh"]
    seconds = ["aa xx", "cc ee", "yy zz", "gg ww"]
    # The first two and the last prefer their own to three others: nine right. ee ff
    # shares nothing with its own: twice a tie, one half each, and once cc ee is nearer.
    share, (low, high) = text.matching_share([(firsts, seconds)], range(4), content)
    assert share == pytest.approx((9 + 1) / 12)
    assert low <= share <= high


def test_similarity_is_the_cosine_of_weighted_units():
    content = text.Content(text.words, {"aa": 2.0, "bb": 1.0}, 3.0)
    cosine = content.similarities(["aa bb"], ["aa new aa"]).item()
    assert cosine == pytest.approx(4 / (math.sqrt(5) * math.sqrt(13)))
    assert content.similarities(["?"], ["aa"]).item() == 0


def test_rare_units_weigh_more_and_new_ones_most():
    fitted = text.fit_content(["aa bb aa", "aa cc", "aa"])
    assert fitted.weights == pytest.approx(
        {"aa": 0.0, "bb": math.log(2), "cc": math.log(2)}
    )
    assert fitted.weight_of_new == pytest.approx(math.log(4))
    by_pieces = text.fit_content(["aa bb aa", "aa cc"], length=2)  # aa, bb, aa, aa, cc
    assert by_pieces.weights["aa"] > 0


def test_pieces_of_one_document_do_not_compete():
    content = text.Content(text.words, {}, 1.0)
    firsts = ["aa", "aa", "bb", "cc", "dd"]
    share, _ = text.matching_share([(firsts, firsts)], (0, 0, 1, 2, 3), content)
    assert share == 1.0
    apart, _ = text.matching_share([(firsts, firsts)], (0, 4, 1, 2, 3), content)
    assert apart == pytest.approx(19 / 20)  # two ties of twenty choices


def test_three_documents_are_too_few(content):
    with pytest.raises(ValueError, match="4 or more"):
        text.matching_share([(["a"] * 3, ["a"] * 3)], range(3), content)


def test_real_text_hangs_together_at_any_distance(real, content):
    assert min(shares(real, content)) > 0.95


def test_lines_of_other_documents_are_at_chance(real, content):
    assert shares(text.mix_lines(real), content) == pytest.approx([0.5, 0.5], abs=0.13)


def test_real_blocks_hang_together_near_and_not_far(real, content):
    near, far = shares(text.mix_lines(real, block=8), content)
    assert near > 0.6 and far < near - 0.1


def test_order_of_lines_is_not_seen_as_the_docstring_says(real, content):
    assert min(shares(text.shuffle_lines(real), content)) > 0.95


def test_a_repeated_line_deceives_the_measure_and_repetition_tells(real, content):
    repeated = text.repeat_line(real)
    assert min(shares(repeated, content)) == 1.0
    assert text.repetition(repeated.texts) > 0.9
    assert text.repetition(real.texts) < 0.3


def test_interval_is_of_documents_not_of_their_pieces(content):
    few = text.cut_excerpts([document(k) for k in range(6)], 600, most=1)
    mixed = text.mix_lines(few, seed=3)
    [(_, one)] = text.matching_by_distance(mixed, content, window=100, gaps=(0,))
    thrice = text.Excerpts(mixed.texts * 3, mixed.groups * 3)
    [(_, copies)] = text.matching_by_distance(thrice, content, window=100, gaps=(0,))
    assert copies == pytest.approx(one)  # copies are no news


def test_windows_that_do_not_fit_are_refused(real, content):
    with pytest.raises(ValueError, match="do not fit"):
        text.matching_by_distance(real, content, window=500, gaps=(300,))


def test_a_gap_stands_between_the_windows():
    seen = []

    class Recorder:
        def similarities(self, firsts, seconds):
            seen.append((firsts[0], seconds[0]))
            return torch.eye(len(firsts))

    letters = text.Excerpts(("abcdefgh", "ijklmnop", "qrstuvwx", "yz012345"), range(4))
    text.matching_by_distance(letters, Recorder(), window=2, gaps=(3,))
    assert seen == [("ab", "fg")]


def test_lines_apart_are_paired_at_every_place():
    seen = []

    class Recorder:
        def similarities(self, firsts, seconds):
            seen.append((firsts[0], seconds[0]))
            return torch.eye(len(firsts))

    text.matching_by_line(["ABCD", "EFGH", "IJKL", "MNOP"], Recorder(), apart=(2, 3))
    assert seen == [("A", "C"), ("B", "D"), ("A", "D")]


# ---- topics ----------------------------------------------------------------------

SEASONS = ("花柳莺燕桃", "荷蝉扇暑莲", "菊雁霜枫砧", "雪梅寒冰炉")


def verses() -> list[str]:
    return ["".join(order) for season in SEASONS for order in permutations(season, 3)]


def test_characters_that_go_together_are_alike_though_none_is_shared():
    poems = [list(season[:4]) for season in SEASONS]  # four lines of a character
    shared = text.fit_content(verses(), list)
    topics = text.fit_content(verses(), list, rank=4)
    assert text.matching_by_line(poems, shared, apart=(1,))[0][0] == 0.5
    assert text.matching_by_line(poems, topics, apart=(1, 3))[1][0] == 1.0


def test_lines_of_other_poems_are_not_alike():
    topics = text.fit_content(verses(), list, rank=4)
    poems = [list("花荷"), list("蝉菊"), list("雁雪"), list("梅柳")]
    [(share, _)] = text.matching_by_line(poems, topics, apart=(1,))
    assert share < 0.67  # each line loses to that of the poem before


def test_topics_are_the_same_on_every_run():
    a = text.fit_content(verses(), list, rank=4).axes
    torch.rand(3)  # the global generator has moved on
    state = torch.get_rng_state()
    b = text.fit_content(verses(), list, rank=4).axes
    assert torch.equal(a, b)
    assert torch.equal(torch.get_rng_state(), state)


def test_impossible_rank_is_refused():
    with pytest.raises(ValueError, match="rank"):
        text.fit_content(["一二", "三四"], list, rank=2)


# ---- is what a function announces used? ------------------------------------------

SOURCE = '''
def area(self, width, height=2, *rest: int):
    return width * height

async def greet(
    name, loud,
):
    """Say hello to name."""
    x = loudness

def last(value):
    retu'''


def test_parameters_and_bodies_are_found_in_code_that_does_not_parse():
    found = list(coherence._functions(SOURCE, reach=40))
    assert [names for names, _ in found] == [
        ["width", "height", "rest"],
        ["name", "loud"],
    ]
    used = [[name in body for name in names] for names, body in found]
    assert used == [[True, True, False], [True, False]]  # loudness is not loud


def test_share_of_parameters_used_and_chance():
    texts = [
        f"def f({a}, {b}):\n    return {a}\ndef g():\n"
        for a, b in (("aa", "bb"), ("cc", "aa"), ("dd", "ee"))
    ]
    result = text.parameters_used(text.Excerpts(tuple(texts), (0, 1, 2)))
    assert result.share == pytest.approx(1 / 2)
    assert result.n_functions == 3
    # aa of the second function stands in one of two other bodies; no other name does
    assert result.chance == pytest.approx(1 / 2 / 6)


def test_shuffling_separates_heads_from_bodies(real):
    whole, shuffled, mixed = (
        text.parameters_used(excerpts, reach=60)
        for excerpts in (real, text.shuffle_lines(real), text.mix_lines(real))
    )
    assert whole.share > 0.95 and whole.chance == 0
    assert mixed.share < shuffled.share < whole.share - 0.2
    assert shuffled.interval[0] < shuffled.share < shuffled.interval[1] < whole.share


def test_without_functions_nothing_is_claimed():
    result = text.parameters_used(text.Excerpts(("a = 1",) * 4, (0, 1, 2, 3)))
    assert math.isnan(result.share) and math.isnan(result.chance)
    assert result.interval == (0.0, 1.0) and result.n_functions == 0


def test_an_interval_is_never_a_point():
    texts = tuple(f"def f(a{k}):\n    return a{k}\ndef g():\n" for k in range(5))
    low, high = text.parameters_used(text.Excerpts(texts, tuple(range(5)))).interval
    assert 0.4 < low < 0.7 and high == pytest.approx(1.0)


# ---- repetition ------------------------------------------------------------------


def test_repetition_counts_what_stood_before():
    assert text.repetition(["abcdab"], list, n=2) == pytest.approx(1 / 5)
    assert text.repetition(["aaaa", "abcd"], list, n=1) == pytest.approx(3 / 8)
    assert text.repetition(["ab"], list, n=3) == 0


def test_code_is_never_judged_without_its_repetition(real, content):
    found = text.code_coherence(real, content, gaps=(0, 300))
    assert found.matching == text.matching_by_distance(real, content, gaps=(0, 300))
    assert found.parameters == text.parameters_used(real)
    assert found.repetition == text.repetition(real.texts)
