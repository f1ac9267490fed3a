"""The network that tells tables: copies, padding, steps, loss, training."""

import math

import pytest
import torch

from aigc_helpers import text
from aigc_helpers.language.transduction import transduce
from aigc_helpers.text.report_coding import END, NO_TARGET, UNKNOWN, cells_of

CODINGS = {"copying": text.copying_coding, "spelling": text.spelling_coding}


def tiny(name: str = "copying", dim: int = 8, hidden: int = 12):
    """A network whose answers differ from step to step, and its coding."""
    coding = CODINGS[name]()
    torch.manual_seed(0)
    network = text.Reporter(
        len(coding.words), coding.n_values, dim, hidden, coding.copies
    )
    with torch.no_grad():
        for weight in network.parameters():
            weight.add_(0.3 * torch.randn_like(weight))
    return network.eval(), coding


@pytest.mark.parametrize("name", CODINGS)
@torch.no_grad()
def test_steps_and_a_whole_target_agree(name):
    network, coding = tiny(name)
    source = coding.sources(text.held_out_tables(5))
    n_cells = source.shape[1]
    n_out = network.n_tokens + (n_cells if coding.copies else 0)
    shortest = int((source[..., 0] > 0).sum(1).min())
    tokens = torch.randint(0, network.n_tokens, (5, 9))
    if coding.copies:
        tokens[:, 4] = network.n_tokens + shortest - 1
    scores, attention = network(source, tokens)
    assert scores.shape == (5, 9, n_out) and attention.shape == (5, 9, n_cells)
    state = network.initial_state(source)
    assert all(part.abs().sum() == 0 for part in state)
    for t in range(9):
        row, looked, state = network.step(source, tokens[:, t], state)
        torch.testing.assert_close(row, scores[:, t], rtol=0, atol=1e-5)
        torch.testing.assert_close(looked, attention[:, t], rtol=0, atol=1e-6)


@torch.no_grad()
def test_scores_are_log_probabilities_and_padding_has_none():
    network, coding = tiny()
    source = coding.sources(text.held_out_tables(6))
    scores, attention = network(source, torch.randint(0, 80, (6, 7)))
    torch.testing.assert_close(scores.exp().sum(2), torch.ones(6, 7))
    torch.testing.assert_close(attention.sum(2), torch.ones(6, 7))
    padding = (source[..., 0] == 0)[:, None].expand(-1, 7, -1)
    assert padding.any() and torch.isfinite(scores).all()
    assert attention[padding].max() == 0
    assert scores[:, :, network.n_tokens :][padding].max() < -1000


@torch.no_grad()
def test_after_a_copy_it_knows_which_row_was_copied():
    network, coding = tiny()
    source = coding.sources([{"high": 20, "low": 20}])
    copies = [torch.tensor([network.n_tokens + i]) for i in range(2)]
    state = network.initial_state(source)
    one, other = (network.step(source, token, state)[0] for token in copies)
    assert (one - other).abs().max() > 0.01


@torch.no_grad()
def test_padding_changes_nothing():
    network, coding = tiny()
    tables = text.held_out_tables(8)
    together = text.report(network, tables, coding)
    alone = [text.report(network, [table], coding)[0] for table in tables]
    assert together == alone


def test_another_city_is_copied_just_so():
    network, coding = tiny()
    one, other = (
        text.report(network, [{"city": city}], coding)[0] for city in ("北京", "布拉格")
    )
    assert "北京" in one  # untrained, it copies at random
    assert ["布拉格" if word == "北京" else word for word in one] == other


def test_what_is_copied_is_a_cell():
    network, coding = tiny()
    table = text.held_out_tables(1)[0]
    written = transduce(network, coding.sources([table]), max_length=40)[0].tokens
    copies = [token for token in written if token >= len(coding.words)]
    assert copies
    words = coding.decode(written, table)
    for token, word in zip(written, words, strict=True):
        if token >= len(coding.words):
            assert word == cells_of(table)[token - len(coding.words)]
        else:
            assert not any(character.isdigit() for character in word)


def test_equal_cells_are_both_right_and_what_is_in_none_is_unknown():
    coding = text.copying_coding()
    table = {"city": "北京", "high": 20, "rain": 20}
    n = len(coding.words)
    found = coding.encode(["北京", "高", "20", "7"], table)
    assert found == [[n], [coding.words.index("高")], [n + 1, n + 2], [UNKNOWN]]
    pairs = text.ReportPairs([(table, ["北京", "20", "7", "。"])], coding)
    stop = coding.words.index("。")
    assert pairs.inputs.tolist() == [[END, n, n + 1, UNKNOWN, stop]]
    none = NO_TARGET
    expected = [[n, none], [n + 1, n + 2], [none, none], [stop, none], [END, none]]
    assert pairs.targets.tolist() == [expected]


def test_a_batch_is_drawn_from_bulletins_that_are_about_as_long():
    pairs = text.ReportPairs(text.report_pairs(400), text.copying_coding())
    rng, drawn, spread = torch.Generator().manual_seed(0), set(), []
    assert (pairs.lengths.diff() >= 0).all() and len(pairs) == 400
    for _ in range(300):
        chosen = pairs.draw(5, rng)
        assert chosen.shape == (5,)
        drawn |= set(chosen.tolist())
        lengths = pairs.lengths[chosen]
        spread.append(int(lengths.max() - lengths.min()))
    assert len(drawn) > 350 and {*drawn} <= set(range(400))
    assert sum(spread) / 300 < 20 < pairs.lengths[-1] - pairs.lengths[0]
    few = text.ReportPairs(text.report_pairs(3), text.copying_coding())
    assert set(few.draw(50, rng).tolist()) == {0, 1, 2}


def test_every_spelt_bulletin_can_be_read_again():
    coding = text.spelling_coding()
    for table, words in text.report_pairs(100):
        tokens = [several[0] for several in coding.encode(words, table)]
        assert UNKNOWN not in tokens
        assert "".join(coding.decode(tokens, table)) == "".join(words)


def test_cells_are_numbered_through():
    coding, rows = text.copying_coding(), text.spelling_coding()
    table = {"city": "上海", "day": "明天", "weather": "晴", "high": -25}
    assert coding.features(table) == [(1, 0), (2, 2), (3, 11), (4, 22)]
    assert rows.features(table) == [(1, 1), (2, 41), (3, 50), (4, 61)]
    full = {"air": 300}
    assert coding.features(full) == [(11, sum(coding.n_values) - 1)]


def test_an_empty_table_is_refused(refused):
    with refused("the table is empty"):
        text.copying_coding().features({})


def test_the_loss_adds_up_what_equal_cells_have():
    p = torch.tensor([[[0.2, 0.3, 0.5], [0.1, 0.6, 0.3], [0.9, 0.05, 0.05]]])
    targets = torch.tensor([[[1, 2], [0, NO_TARGET], [NO_TARGET, NO_TARGET]]])
    expected = -(math.log(0.3 + 0.5) + math.log(0.1)) / 2
    assert text.copying_loss(p.log(), targets).item() == pytest.approx(expected)


@pytest.mark.parametrize("name", CODINGS)
def test_it_learns_a_few_bulletins_by_heart(name):
    coding = CODINGS[name]()
    pairs = text.ReportPairs(text.report_pairs(4), coding)
    torch.manual_seed(0)
    network = text.Reporter(
        len(coding.words), coding.n_values, 16, 24, copies=coding.copies
    )
    _, history = text.train_reporter(network, pairs, steps=25, batch_size=4, lr=2e-2)
    assert history["loss"][-1] < 0.7 * history["loss"][0]


def test_without_chance_a_sample_is_the_likeliest_bulletin():
    network, coding = tiny()
    tables = text.held_out_tables(4)
    cold = text.sample_reports(network, tables, coding, temperature=1e-7)
    assert cold == text.report(network, tables, coding)
    warm = [text.sample_reports(network, tables, coding, seed=s) for s in (0, 0, 1)]
    assert warm[0] == warm[1] != warm[2]
