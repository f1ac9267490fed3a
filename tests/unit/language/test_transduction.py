"""Targets written token by token: greedy, whole batches, copies, padding."""

import pytest
import torch
from tiny_transducers import N_TARGET, random_sources, transducer

from aigc_helpers.language import transduction


@pytest.mark.parametrize("copies", [False, True])
def test_a_batch_is_written_as_each_source_alone(copies):
    model, sources = transducer(copies=copies), random_sources((5, 1, 9, 3))
    rows = [source[0].tolist() for source in sources]
    together = transduction.transduce(
        model, transduction.pad_sources(rows), max_length=12
    )
    for one, source in zip(together, sources, strict=True):
        (alone,) = transduction.transduce(model, source, max_length=12)
        assert alone.tokens == one.tokens
        assert one.attention.shape == (len(one.tokens), source.shape[1])
        torch.testing.assert_close(one.attention, alone.attention, atol=1e-5, rtol=0)
        torch.testing.assert_close(
            one.attention.sum(1), torch.ones(len(one.tokens)), atol=1e-5, rtol=0
        )


class Script:
    """Writes given tokens, whatever it reads; looks at the first source token."""

    n_tokens, line_end = 4, 0

    def __init__(self, *rows):
        self.rows = torch.tensor(rows)

    def initial_state(self, source):
        return (torch.zeros(len(source), 1),)

    def step(self, source, tokens, state):
        place = int(state[0][0, 0])
        best = self.rows[:, place]
        scores = torch.nn.functional.one_hot(best, 4 + source.shape[1]).float()
        attention = torch.zeros(source.shape[:2])
        attention[:, 0] = 1
        return scores, attention, (state[0] + 1,)


def test_a_target_ends_at_its_end_or_where_it_may_go_no_further():
    source = torch.ones(3, 2, 1, dtype=torch.int64)
    script = Script([1, 0, 2, 3, 1], [5, 1, 2, 0, 1], [1, 2, 3, 1, 2])
    first, second, third = transduction.transduce(script, source, max_length=5)
    assert (first.tokens, first.is_complete) == ([1], True)
    assert (second.tokens, second.is_complete) == ([5, 1, 2], True)  # 5 copies token 1
    assert (third.tokens, third.is_complete) == ([1, 2, 3, 1, 2], False)
    assert third.attention.tolist() == [[1, 0]] * 5


def test_of_equal_scores_the_first_wins():
    class Undecided(Script):
        def step(self, source, tokens, state):
            scores, attention, state = super().step(source, tokens, state)
            return torch.zeros_like(scores), attention, state

    (written,) = transduction.transduce(
        Undecided([1, 1]), torch.ones(1, 2, 1, dtype=torch.int64)
    )
    assert written.tokens == [] and written.is_complete


def test_a_network_copies_by_tokens_above_its_vocabulary():
    model, (source,) = transducer(copies=True, n_features=2), random_sources([6])
    source = torch.cat([source, source], 2)
    scores, _, _ = model.step(
        source, torch.tensor([N_TARGET + 2]), (*model.initial_state(source),)
    )
    assert scores.shape == (1, N_TARGET + 6)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (torch.ones(1, 2, 1), "int64"),
        (torch.ones(2, 2, dtype=torch.int64), "int64"),
        (torch.zeros(1, 2, 1, dtype=torch.int64), "empty"),
        (torch.tensor([[[1], [0], [2]]]), "padding"),
        ([[1]], "int64"),
    ],
)
def test_a_source_that_cannot_be_read_is_refused(source, words):
    with pytest.raises(ValueError, match=words) as caught:
        transduction.transduce(Script([1, 0]), source)
    assert caught.value.chinese


def test_sources_are_padded_behind_their_ends():
    padded = transduction.pad_sources([[[3, 1]], [[4, 2], [5, 3]]])
    assert padded.tolist() == [[[3, 1], [0, 0]], [[4, 2], [5, 3]]]
    assert transduction.source_lengths(padded).tolist() == [1, 2]
    for rows in ([], [[[1]], []]):
        with pytest.raises(ValueError, match="empty"):
            transduction.pad_sources(rows)
