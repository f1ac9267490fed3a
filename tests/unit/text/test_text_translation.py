"""Translators: step and sequence are one function, masks, training, measures."""

import datetime
import signal

import pytest
import torch

from aigc_helpers import weights
from aigc_helpers.data.splitting import is_held_out
from aigc_helpers.language.transduction import transduce
from aigc_helpers.reader import Mistake, Stopped
from aigc_helpers.text import numeral_pairs, numerals, translation_errors
from aigc_helpers.text.numeral_pairs import (
    encode_sources,
    held_out_numbers,
    pair_of,
    vocabulary,
)
from aigc_helpers.text.numeral_rivals import PatternTable
from aigc_helpers.text.translation import (
    ATTENTIONS,
    POOL,
    Translator,
    encode_pairs,
    reversal,
    similar_batches,
    train_translator,
    translate,
    translations,
)
from aigc_helpers.text.translation_errors import counterparts
from aigc_helpers.training import Run
from aigc_helpers.weights import export

SOURCES = ["汉10500", "数二〇二六年一月七日", "汉7"]


def tiny(attention: str = "location", seed: int = 0) -> Translator:
    """A network with peaked weights, so that mistakes show."""
    torch.manual_seed(seed)
    sizes = {"dim": 6, "size": 7, "hidden": 10}
    model = Translator(len(vocabulary()), **sizes, attention=attention).eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.5 * torch.randn_like(weight))
    return model


@torch.no_grad()
@pytest.mark.parametrize("attention", ATTENTIONS)
def test_steps_and_a_whole_sequence_agree(attention):
    model, source = tiny(attention), encode_sources(SOURCES)
    tokens = torch.randint(1, model.n_tokens, (3, 8))
    tokens[:, 0] = 0
    scores, weights = model(source, tokens)
    state = model.initial_state(source)
    assert all((part == 0).all() for part in state)
    for t in range(8):
        score, weight, state = model.step(source, tokens[:, t], state)
        torch.testing.assert_close(score, scores[:, t], rtol=0, atol=1e-5)
        torch.testing.assert_close(weight, weights[:, t], rtol=0, atol=1e-6)
    shapes = [part.shape for part in state]
    assert shapes == [part.shape for part in model.initial_state(source)]


@torch.no_grad()
@pytest.mark.parametrize("attention", ATTENTIONS)
def test_rows_of_weights_sum_to_one_and_padding_gets_none(attention):
    model, source = tiny(attention), encode_sources(SOURCES)
    _, weights = model(source, torch.zeros(3, 5, dtype=torch.int64))
    torch.testing.assert_close(weights.sum(2), torch.ones(3, 5))
    assert (weights.transpose(1, 2)[source[:, :, 0] == 0] == 0).all()


@torch.no_grad()
@pytest.mark.parametrize("attention", ATTENTIONS)
def test_padding_changes_nothing(attention):
    model, source = tiny(attention), encode_sources(SOURCES)
    tokens = torch.randint(1, model.n_tokens, (3, 6))
    together, _ = model(source, tokens)
    for i, text in enumerate(SOURCES):
        alone, _ = model(encode_sources([text]), tokens[i : i + 1])
        torch.testing.assert_close(alone[0], together[i], rtol=0, atol=1e-5)


@torch.no_grad()
def test_only_attention_moves():
    """The fixed vector weighs all tokens alike; attention does not, nor for long."""
    source, tokens = encode_sources(SOURCES[:1]), torch.tensor([[0, 5, 9, 7]])
    weights = {name: tiny(name)(source, tokens)[1][0] for name in ATTENTIONS}
    assert (weights["none"] == 1 / 6).all()
    for name in ("content", "location"):
        assert weights[name].std(dim=0).min() > 1e-4


@torch.no_grad()
def test_location_depends_on_where_it_looked_and_content_does_not():
    source, token = encode_sources(SOURCES[:1]), torch.tensor([5])
    for name, depends in (("content", False), ("location", True)):
        model = tiny(name)
        h, context, *places = model.initial_state(source)
        assert len(places) == 2 * depends
        moved = [torch.eye(6)[2:3] for _ in places]
        before = model.step(source, token, (h, context, *places))[1]
        after = model.step(source, token, (h, context, *moved))[1]
        assert (not torch.equal(before, after)) == depends


@torch.no_grad()
def test_location_carries_the_last_weights_and_the_sum_of_all():
    model, source = tiny(), encode_sources(SOURCES)
    state, rows = model.initial_state(source), []
    for token in (0, 5, 9):
        _, weights, state = model.step(source, torch.full((3,), token), state)
        rows.append(weights)
    torch.testing.assert_close(state[2], rows[-1])
    torch.testing.assert_close(state[3], sum(rows))


def test_a_row_is_reversed_and_its_padding_stays():
    is_there = torch.tensor([[True, True, True, False], [True, False, False, False]])
    order = reversal(is_there)
    assert order.tolist() == [[2, 1, 0, 3], [0, 1, 2, 3]]
    assert order.gather(1, order).tolist() == [[0, 1, 2, 3]] * 2


def test_one_reading_and_many_write_the_same():
    model, characters = tiny(), vocabulary()
    found = transduce(model, encode_sources(SOURCES), max_length=48)
    for text, one in zip(translate(model, SOURCES), found, strict=True):
        assert text == characters.decode(one.tokens) + "…" * (not one.is_complete)


def test_an_attention_that_does_not_exist_is_refused():
    with pytest.raises(Mistake, match="'none', 'content', 'location'"):
        Translator(9, attention="self")


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_a_step_is_exported_for_sources_of_any_length(tmp_path, attention):
    model = tiny(attention)
    sources = [encode_sources([text]) for text in SOURCES]
    assert export.export_transducer(model, tmp_path / "step.onnx", sources).is_file()


# ---- training -------------------------------------------------------------------


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_training_lowers_the_loss(attention):
    torch.manual_seed(0)
    model = Translator(len(vocabulary()), 8, 12, 24, attention, 0.0)
    model, history = train_translator(
        model, steps=40, batch_size=16, longest=3, lr=2e-2
    )
    assert sum(history["loss"][-5:]) < 0.75 * sum(history["loss"][:5])
    assert not model.training


def test_a_seed_gives_the_same_network_again():
    def trained(seed, before=0):
        model = tiny()
        torch.manual_seed(before)
        model, _ = train_translator(model, steps=3, batch_size=4, seed=seed)
        return model.to_scores.weight, torch.rand(2)

    (weight, after), (again, other) = trained(1, before=3), trained(1, before=4)
    assert torch.equal(weight, again) and not torch.equal(weight, trained(2)[0])
    torch.manual_seed(3)
    assert torch.equal(after, torch.rand(2)) and not torch.equal(after, other)


def test_pairs_of_a_batch_are_about_equally_long():
    run = Run(tiny(), {}, steps=1, batch_size=32, seed=5)
    batches, again = (similar_batches(run, 3, longest=13) for _ in range(2))
    assert batches == again != similar_batches(run, 4, longest=13)
    assert [len(batch) for batch in batches] == [32] * POOL
    sizes = [[len(pair.target) for pair in batch] for batch in batches]
    together = sorted(size for batch in sizes for size in batch)
    assert sum(map(max, sizes)) < 0.75 * POOL * max(together)
    in_order = sorted(sizes)
    assert sizes != in_order and sum(in_order, []) == together


def test_a_run_goes_on_as_if_it_had_not_stopped(tmp_path):
    def trained(**options):
        model = tiny()
        model.dropout.p = 0.3
        options = {"steps": 6, "batch_size": 4, "longest": 3} | options
        return train_translator(model, **options)[0].to_scores.weight

    def stop(done, _):
        if done == 3:
            signal.raise_signal(signal.SIGINT)

    path, whole = tmp_path / "run.pt", trained()
    with pytest.raises(Stopped):
        trained(checkpoint=path, watch=stop)
    assert path.is_file()
    assert torch.equal(trained(checkpoint=path), whole)


def test_targets_follow_inputs_and_padding_does_not_count():
    pairs = [pair_of(12, "汉"), pair_of(10500, "数")]
    source, inputs, targets = encode_pairs(pairs)
    decode = vocabulary().decode
    assert source.shape == (2, 6, 1) and decode(source[0, :3, 0]) == "汉12"
    assert inputs[:, 0].tolist() == [0, 0]
    assert decode(inputs[1, 1:]) == "10500" and decode(targets[1]) == "10500\n"
    assert decode(targets[0, :3]) == "十二\n"
    assert targets[0, 3:].tolist() == [-100] * 3


# ---- pairs ----------------------------------------------------------------------


def test_lengths_are_uniform_and_zeros_many():
    rng = torch.Generator().manual_seed(0)
    numbers = numeral_pairs.draw_numbers(8000, range(1, 9), rng)
    texts = [str(number) for number in numbers]
    for size in range(1, 9):
        assert 850 < sum(len(text) == size for text in texts) < 1150
    behind = "".join(text[1:] for text in texts)
    assert 0.45 < behind.count("0") / len(behind) < 0.55
    assert 0 in numbers and {text[0] for text in texts} == set("0123456789")
    assert len(str(numeral_pairs.draw_numbers(9, [16], rng)[0])) == 16


def test_what_trains_is_never_held_out():
    rng = torch.Generator().manual_seed(0)
    pairs = numeral_pairs.draw_pairs(2000, rng, longest=5)
    values = [numerals.read(pair.source[1:]) for pair in pairs]
    texts = {str(found.value) for found in values}
    assert not any(is_held_out(text) for text in texts if len(text) > 2)
    assert any(is_held_out(text) for text in texts if len(text) < 3)
    dates = [v for v in values if isinstance(v.value, datetime.date)]
    assert 0.2 < len(dates) / 2000 < 0.3
    assert all(1900 <= found.value.year <= 2099 for found in dates)
    tests = numeral_pairs.held_out_numbers(300, 5)
    tests += numeral_pairs.held_out_dates(300)
    assert numeral_pairs.held_out_numbers(9, 1) == []
    assert len(set(tests)) == 600 and all(is_held_out(str(test)) for test in tests)


def test_pairs_are_right_in_both_directions():
    rng = torch.Generator().manual_seed(3)
    for source, target in numeral_pairs.draw_pairs(500, rng, longest=16):
        found = numerals.read(source[1:])
        assert found.text == source[1:]
        assert target == (found.characters if source[0] == "汉" else found.digits)


def test_a_printed_date_leads_both_ways():
    day = datetime.date(2026, 1, 7)
    assert pair_of(day, "汉", is_mixed=True) == (
        "汉2026年1月7日",
        "二〇二六年一月七日",
    )
    assert pair_of(day, "数", is_mixed=True) == ("数2026年1月7日", "2026-01-07")


# ---- measures -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "written", "kind"),
    [
        ("10500", "10500", None),
        ("10500", "1050", "zeros"),
        ("一万零五百", "一万五百", "zeros"),
        ("两万二千", "二万二千", "twos"),
        ("两万二千", "两万二百", "units"),
        ("2026-01-07", "202601-07", "units"),
        ("10500", "10600", "digits"),
        ("10500", "105006", "length"),
        ("10500", "105001…", "endless"),
    ],
)
def test_an_error_has_a_kind(target, written, kind):
    assert translation_errors.error_kind(target, written) == kind
    assert kind is None or kind in translation_errors.ERRORS


@pytest.mark.parametrize(
    ("pair", "places"),
    [
        (pair_of(15, "汉"), [1, 2]),
        (pair_of(2050, "汉"), [1, 1, None, 3, 3]),
        (pair_of(100_0010, "汉"), [1, 1, None, None, 6, 6]),
        (pair_of(15, "数"), [1, 2]),
        (pair_of(2050, "数"), [1, None, 4, None]),
        (pair_of(22_0000, "数"), [1, 3, None, None, None, None]),
    ],
    ids=str,
)
def test_a_character_comes_from_one_place(pair, places):
    assert translation_errors.counterparts(pair) == places


class Oracle(Translator):
    """Copies a number's digits and looks one place too far, at will."""

    def __init__(self, shift: int = 0, first: int = 0):
        super().__init__(len(vocabulary()), 4, 4, 4, "content")
        self.shift, self.first = shift, first

    def step_from(self, memory, tokens, state):
        """The token behind the last one; ``first`` is added to the first digit."""
        h, *rest = state
        at = (h[:, 0] + 1).long()  # (B,) place of the source token
        source = torch.cat([self.source, torch.zeros_like(self.source)], dim=1)
        token = source.gather(1, at[:, None])[:, 0]
        token = token + self.first * (at == 1)
        look = (at + self.shift).clamp(max=self.source.shape[1] - 1)
        scores = torch.nn.functional.one_hot(token, self.n_tokens).float()
        weights = torch.nn.functional.one_hot(look, self.source.shape[1]).float()
        return scores, weights, (h + 1, *rest)

    def read(self, source):
        """Remember the source."""
        self.source = source[:, :, 0]


def test_offsets_and_shares_of_a_network_that_copies(monkeypatch):
    """Digits into digits: every character comes from its own place."""
    monkeypatch.setattr(
        translation_errors,
        "pair_of",
        lambda n, to: numeral_pairs.Pair(f"数{n}", str(n)),
    )
    monkeypatch.setattr(
        translation_errors, "counterparts", lambda pair: range(1, len(pair.source))
    )
    for shift, expected in ((0, [0] * 6), (1, [1, 1, 0, 1, 1, 0])):
        found = translation_errors.attention_offsets(Oracle(shift), [123, 456], "数")
        assert found.tolist() == expected
    assert not len(translation_errors.attention_offsets(Oracle(0, 1), [123], "数"))
    right = translation_errors.right_by_length(Oracle(), "数", [3, 4], 20)
    assert all(shares.all() and len(shares) == 20 for shares in right.values())
    pairs = [numeral_pairs.Pair("数123", "123")]
    counts = translation_errors.error_counts(Oracle(0, 1), pairs)
    assert counts == {"digits": 1}
    assert not translation_errors.error_counts(Oracle(), pairs)


# ---- the shipped one ------------------------------------------------------------


def test_the_shipped_network_translates_what_readers_type_first():
    network = weights.load("text_translator")
    typed = [*range(100), 105, 2000, 2026, 22_000, 10_500, 100_000_500, 14_1177_8724]
    typed += [datetime.date(2026, 11, 27), datetime.date(2000, 2, 29)]
    pairs = [pair_of(value, to) for value in typed for to in "汉数"]
    pairs += [
        pair_of(value, to, is_mixed=True) for value in typed[-2:] for to in "汉数"
    ]
    written = translate(network, [pair.source for pair in pairs])
    assert [p for p, w in zip(pairs, written, strict=True) if p.target != w] == []


def test_the_shipped_network_looks_at_the_digit_that_it_writes():
    """Where it looks for 十, 百 and 千 is another matter: not there, and yet right."""
    network = weights.load("text_translator")
    pairs = [pair_of(n, to) for n in held_out_numbers(20, 8) for to in "汉数"]
    found = translations(network, [pair.source for pair in pairs])
    offsets = {
        is_unit: [
            int(row.argmax()) - place
            for pair, one in zip(pairs, found, strict=True)
            for character, row, place in zip(
                pair.target, one.attention, counterparts(pair), strict=True
            )
            if place is not None and (character in "十百千") == is_unit
        ]
        for is_unit in (False, True)
    }
    assert set(offsets[False]) == {0}
    assert 0 not in offsets[True] and min(offsets[True]) > 0


# ---- a rival --------------------------------------------------------------------


def test_a_table_fills_patterns_that_it_saw_and_no_others():
    seen = [pair_of(n, to) for n in (15_600, 3050, 22, 8) for to in "汉数"]
    table = PatternTable([*seen, pair_of(datetime.date(2026, 1, 7), "汉")])
    assert len(table) == 8
    assert table(["汉18900", "汉8090", "汉29", "汉3"]) == [
        "一万八千九百",
        "八千零九十",
        "二十九",
        "三",
    ]
    assert table(["数一万二千九百", "数二十一", "数四千零五十"]) == [
        "12900",
        "21",
        "4050",
    ]
    assert table(["汉28900", "汉105", "数三十"]) == [""] * 3


def test_a_table_of_all_patterns_is_right():
    rng = torch.Generator().manual_seed(0)
    numbers = numeral_pairs.draw_numbers(4000, [1, 2, 3, 4, 5], rng)
    pairs = [pair_of(n, to) for n in numbers for to in "汉数"]
    right = translation_errors.is_right(PatternTable(pairs), pairs)
    assert right.all()
