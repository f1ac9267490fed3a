"""What the recogniser is trained on, and that it learns from it."""

import pytest
import torch
from tiny_speech import spoken

from aigc_helpers import speech
from aigc_helpers.reader import Mistake
from aigc_helpers.speech import recognition_training as training
from aigc_helpers.speech.recognition import BLANK


def rng(seed: int = 0):
    return torch.Generator().manual_seed(seed)


# ---- sounds ---------------------------------------------------------------------


@pytest.mark.parametrize("factor", [0.9, 1.1])
def test_a_faster_wave_is_shorter_and_higher(factor):
    tone = torch.sin(torch.arange(4000) * (2 * torch.pi * 400 / 8000))
    found = training.change_speed(tone, factor)
    assert len(found) == round(4000 / factor)
    loudest = int(torch.fft.rfft(found).abs().argmax()) * 8000 / len(found)
    assert loudest == pytest.approx(400 * factor, abs=3)


def test_joined_clips_have_their_gaps_and_no_click():
    ones = torch.ones(1000)
    wave = training.join([ones, ones], [500])
    assert len(wave) == 2500 and (wave[1000:1500] == 0).all()
    assert (wave[100:900] == 1).all() and float(wave.diff().abs().max()) < 0.02


def test_strings_are_of_one_speaker_and_labelled_in_order(monkeypatch):
    clips = spoken(60)
    for i, wave in enumerate(clips.clips):
        wave.fill_(i)  # each clip tells which one it is
    seen = []
    monkeypatch.setattr(
        training,
        "say_string",
        lambda waves, rng: seen.append([int(w[0]) for w in waves]) or torch.ones(2000),
    )
    sounds, labels = training.draw_sounds(clips, 4, 64, rng())
    assert len(seen) == 16 and len(sounds) == len(labels) == 18
    for chosen, label in zip(seen, labels, strict=False):
        assert len(clips.speakers[chosen].unique()) == 1
        assert clips.digits[chosen].tolist() == label.tolist()
    assert [len(label) for label in labels[16:]] == [0, 0]


def test_strings_of_a_step_are_about_equally_long_and_every_clip_has_its_turn():
    clips = spoken(40)
    clips.clips = [torch.ones(100 * (i + 1)) for i in range(40)]
    generator, seen = rng(), set()
    for _ in range(60):
        strings = training.draw_strings(clips, 1, 8, generator)[:, 0]
        assert strings.max() - strings.min() < 25
        seen |= set(strings.tolist())
    assert seen == set(range(40))


def test_other_sounds_are_as_long_as_the_one_they_stand_for():
    generator, wave = rng(), torch.randn(3200, generator=rng(1))
    sounds = [training.other_sound(wave, generator) for _ in range(30)]
    assert {len(sound) for sound in sounds} == {3200}
    pieces = [s for s in sounds if torch.equal(s.sort()[0], wave.sort()[0])]
    assert 0 < len(pieces) < 30
    assert not any(torch.equal(piece, wave) for piece in pieces)


def test_sounds_lie_whole_between_margins():
    sounds = [torch.full((n,), 0.5) for n in (1000, 2000, 1500)]
    waves = training.lay_out(sounds, rng())
    assert waves.shape == (3, 3600)
    for row, sound in zip(waves, sounds, strict=True):
        loud = (row > 0.5).nonzero()[:, 0]
        assert len(loud) == len(sound) == int(loud[-1] - loud[0]) + 1
        assert loud[0] >= 800 and loud[-1] < 2800
        assert 0 < float(row[:800].std()) < 0.1


# ---- spectrograms ---------------------------------------------------------------


def test_masks_are_whole_bands_and_whole_moments():
    masked = training.mask(torch.ones(50, 40, 60), rng()) == 0
    bands, moments = masked.all(dim=2), masked.all(dim=1)  # (50, 40), (50, 60)
    assert torch.equal(masked, bands[:, :, None] | moments[:, None])
    assert bands.sum(dim=1).max() <= 12 and moments.sum(dim=1).max() <= 16
    assert len(bands.sum(dim=1).unique()) > 4 and len(moments.sum(dim=1).unique()) > 4


def test_a_colour_changes_bands_alike_at_all_times_and_leaves_silence():
    mel = torch.full((5, 40, 30), 0.5)
    mel[:, :, :10] = 0
    found = training.colour(mel, rng())
    assert (found[:, :, :10] == 0).all()
    change = found[:, :, 10:] - 0.5
    torch.testing.assert_close(change, change[:, :, :1].expand_as(change))
    assert 0.02 < float(change.std()) < 0.1


# ---- training -------------------------------------------------------------------


def test_the_loss_is_the_probability_of_the_only_alignments():
    log_probs = torch.randn(2, 2, 11, dtype=torch.float64).log_softmax(dim=2)
    labels = [torch.tensor([3, 7]), torch.tensor([], dtype=torch.int64)]
    two, none = log_probs[0, 0, 3] + log_probs[0, 1, 7], log_probs[1, :, BLANK].sum()
    found = training.ctc_loss(log_probs, labels)
    torch.testing.assert_close(found, -(two + none) / 2)


@pytest.fixture(scope="module")
def trained():
    torch.manual_seed(0)
    network = speech.SpeechRecogniser(width=4, hidden=24)
    clips = spoken(40, n_digits=3)
    return speech.train_recogniser(network, clips, steps=130, batch_size=12, lr=1e-2)


def test_it_learns_words_and_strings_of_them(trained):
    network, history = trained
    assert history["loss"][-1] < 0.3 * history["loss"][0]
    new = spoken(30, seed=1, n_digits=3)
    assert speech.is_heard(network, new.clips, new.digits).float().mean() > 0.9
    waves, texts, _ = speech.spoken_strings(new, 6, 3)
    assert speech.word_error_rate(texts, speech.transcribe(network, waves)) < 0.2


def test_a_run_goes_on_where_it_stopped(tmp_path):
    def run(checkpoint, stop=None):
        torch.manual_seed(0)
        network = speech.SpeechRecogniser(width=1, hidden=4)

        def watch(step, _):
            if step == stop:
                raise InterruptedError

        options = {"steps": 102, "batch_size": 4, "checkpoint": checkpoint}
        return speech.train_recogniser(network, spoken(20), watch=watch, **options)

    whole, _ = run(tmp_path / "a")
    with pytest.raises(InterruptedError):
        run(tmp_path / "b", stop=101)
    resumed, _ = run(tmp_path / "b")
    for name, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name])


@pytest.mark.parametrize("digit", [-1, 10])
def test_what_is_no_digit_is_refused(digit):
    clips = spoken(4)
    clips.digits[2] = digit
    with pytest.raises(Mistake):
        speech.train_recogniser(speech.SpeechRecogniser(1, 4), clips, steps=1)
