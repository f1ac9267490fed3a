"""Training strings are put together rightly, losses count what is there."""

import signal

import pytest
import tiny_tacotrons
import torch
from tiny_tacotrons import recordings, tone

from aigc_helpers.reader import Stopped
from aigc_helpers.speech import spectra, tacotron, tacotron_training, waveforms
from aigc_helpers.speech.tacotron_training import (
    MARGIN,
    batch_of,
    by_speaker,
    draw_sentences,
    similar_batches,
    string_together,
    tacotron_losses,
    take,
    takes_of,
    train_tacotron,
)
from aigc_helpers.training import Run


def tone_takes() -> list:
    return takes_of(
        recordings(tone(digit, speaker) for digit in range(3) for speaker in range(2))
    )


def in_nats(x):
    return x * tacotron.SCALE + tacotron.CENTRE


def test_a_take_is_trimmed_levelled_and_between_silences():
    loud, quiet = tone(4), tone(4)
    quiet.wave = 0.05 * torch.cat([torch.zeros(1600), quiet.wave])
    first, second = (take(clip.wave, 4, 0) for clip in (loud, quiet))
    assert 16 <= len(first.mel) - 2 * MARGIN <= 20  # 0.2 s are 16 frames
    torch.testing.assert_close(first.mel, second.mel, rtol=0, atol=1e-3)
    ends = torch.cat([first.spectrum[: MARGIN - 2], first.spectrum[2 - MARGIN :]])
    torch.testing.assert_close(ends, torch.full_like(ends, tacotron.SILENCE))
    wave = tacotron_training.trimmed(loud.wave)
    assert len(wave) % spectra.HOP == 0
    assert float(waveforms.level(wave)) == pytest.approx(-20, abs=0.5)


def test_a_long_recording_is_left_out():
    clips = [tone(1), tone(2, seconds=1.0)]
    assert [take.digit for take in takes_of(recordings(clips))] == [1]


def test_a_string_is_what_its_waveforms_in_a_row_would_be():
    """Cutting spectra and cutting sound are the same: silences are wide enough."""
    parts, rng = [take(tone(d).wave, d, 0) for d in (2, 5)], torch.Generator()
    sentence = string_together(parts, rng.manual_seed(1))
    assert sentence.letters == " two five "
    waves = [tacotron_training.trimmed(tone(d).wave) for d in (2, 5)]
    margins = tacotron_training.FIRST_MARGIN, MARGIN
    n_gap = len(sentence.mel) - sum(margins) - sum(len(w) for w in waves) // 100
    assert 4 <= n_gap <= 12
    sizes = margins[0], n_gap, margins[1]
    first, gap, last = (torch.zeros(100 * size) for size in sizes)
    mel = spectra.log_mel(torch.cat([first, waves[0], gap, waves[1], last]))
    found = in_nats(sentence.mel).T
    torch.testing.assert_close(found, mel[:, :-1], rtol=0, atol=1e-3)


def test_a_sentence_has_one_speaker_and_all_lengths_come():
    of_speaker, rng = by_speaker(tone_takes()), torch.Generator().manual_seed(0)
    assert [len(own) for own in of_speaker] == [3, 3]
    sentences = draw_sentences(200, of_speaker, rng, longest=3)
    for sentence in sentences[:20]:
        first = sentence.letters.split()[0]
        (own,) = (
            t for t in of_speaker[sentence.speaker] if f" {first} " in SPELT[t.digit]
        )
        start = tacotron_training.FIRST_MARGIN
        assert torch.equal(
            sentence.mel[start : start + 9], own.mel[MARGIN : MARGIN + 9]
        )
    lengths = [len(sentence.letters.split()) for sentence in sentences]
    assert min(lengths.count(n) for n in (1, 2, 3)) > 45
    assert {sentence.speaker for sentence in sentences} == {0, 1}


SPELT = [" zero ", " one ", " two "]


def test_a_batch_is_silent_behind_an_end():
    parts = [take(tone(d, seconds=s).wave, d, 1) for d, s in ((1, 0.1), (2, 0.3))]
    sentences = [string_together([part], torch.Generator()) for part in parts]
    batch = batch_of(sentences, 3)
    short = len(sentences[0].mel)
    assert batch.steps.tolist() == [-(-len(s.mel) // 3) for s in sentences]
    assert batch.mel.shape == (2, 3 * int(batch.steps[1]), 40)
    assert batch.spectrum.shape[2] == 257 and batch.voices.tolist() == [1, 1]
    assert torch.equal(batch.mel[0, :short], sentences[0].mel)
    assert (batch.mel[0, short:] == torch.tensor(tacotron.SILENCE)).all()


def test_sentences_of_a_batch_are_about_equally_long():
    run = Run(tiny_tacotrons.tacotron(), {}, steps=1, batch_size=8, seed=5)
    of_speaker = by_speaker(tone_takes())
    batches, again = (similar_batches(run, 3, of_speaker, 4) for _ in range(2))
    letters = [[s.letters for s in batch] for batch in batches]
    assert letters == [[s.letters for s in batch] for batch in again]
    sizes = [[len(sentence.mel) for sentence in batch] for batch in batches]
    assert [len(size) for size in sizes] == [8] * tacotron_training.POOL
    longest = max(map(max, sizes))
    assert sum(map(max, sizes)) < 0.8 * tacotron_training.POOL * longest


def test_losses_are_means_over_what_is_there():
    """A sentence beside a longer one counts as it does alone."""
    model, parts = tiny_tacotrons.tacotron(), tone_takes()
    rng = torch.Generator().manual_seed(0)
    sentences = draw_sentences(5, by_speaker(parts), rng)
    together = tacotron_losses(model, batch_of(sentences, 2))
    alone = [tacotron_losses(model, batch_of([s], 2)) for s in sentences]
    steps = batch_of(sentences, 2).steps.float()
    for name in ("mel", "stop", "guide"):
        each = torch.stack([losses[name] for losses in alone])
        mean = (each * steps).sum() / steps.sum()
        torch.testing.assert_close(together[name], mean, rtol=1e-4, atol=1e-5)


class Perfect:
    """Writes a batch's own mel bands, and stops where it ends."""

    n_frames = 2

    def __init__(self, batch, weights):
        self.batch, self.weights = batch, weights

    def __call__(self, letters, voices, mel):
        numbers = torch.arange(self.weights.shape[1])
        is_last = numbers == self.batch.steps[:, None] - 1
        return mel, 40.0 * is_last - 20.0, self.weights

    def postnet(self, mel):
        return self.batch.spectrum


def test_what_is_right_loses_nothing_and_the_diagonal_less_than_a_look_back():
    (sentence,) = draw_sentences(
        1, by_speaker(tone_takes()), torch.Generator().manual_seed(2)
    )
    batch = batch_of([sentence], 2)
    n, s = int(batch.steps), batch.letters.shape[1]
    diagonal = torch.eye(s)[torch.arange(n) * s // n][None]  # (1, n, S)
    right = tacotron_losses(Perfect(batch, diagonal), batch)
    wrong = tacotron_losses(Perfect(batch, diagonal.flip(1)), batch)
    assert right["mel"] == right["spectrum"] == 0 and right["stop"] < 1e-6
    assert right["guide"] < 0.05 < 0.5 < wrong["guide"]


@pytest.mark.parametrize("attention", tacotron.ATTENTIONS)
def test_training_lowers_the_losses(attention):
    sizes = {"dim": 16, "hidden": 32, "n_frames": 4}
    model = tiny_tacotrons.tacotron(attention, **sizes)
    options = {"steps": 25, "batch_size": 8, "lr": 1e-2, "longest": 1, "guided": 1.0}
    model, history = train_tacotron(model, tone_takes(), **options)
    for name in ("mel", "spectrum", "stop"):
        assert sum(history[name][-5:]) < 0.8 * sum(history[name][:5]), name
    assert not model.training


def test_a_guide_pulls_attention_to_the_diagonal():
    def off_diagonal(guided):
        model = tiny_tacotrons.tacotron("content", n_frames=4)
        options = {"steps": 15, "batch_size": 4, "lr": 2e-2, "guided": guided}
        return train_tacotron(model, tone_takes(), **options)[1]["guide"][-1]

    assert off_diagonal(20.0) < 0.9 * off_diagonal(0.0)


def test_a_run_goes_on_as_if_it_had_not_stopped(tmp_path):
    def trained(**options):
        model = tiny_tacotrons.tacotron()
        options = {"steps": 6, "batch_size": 3, "longest": 2} | options
        return train_tacotron(model, tone_takes(), **options)[0].to_frames.weight

    def stop(done, _):
        if done == 3:
            signal.raise_signal(signal.SIGINT)

    path, whole = tmp_path / "run.pt", trained()
    with pytest.raises(Stopped):
        trained(checkpoint=path, watch=stop)
    assert torch.equal(trained(checkpoint=path), whole)
    assert not torch.equal(trained(seed=1), whole)
