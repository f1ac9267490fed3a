"""Spectra are written three times: here, for posters and for the page; they agree."""

import numpy as np
import torch
from scripts import run

from aigc_helpers import speech
from aigc_helpers.explorers import player
from aigc_helpers.explorers.sounds.spectra import log_mel_of


def test_log_mel_magnitudes_agree(vowels):
    waveform = vowels[0]
    clip = player.Clip("声", waveform.numpy(), "a", generated=True)
    stored = torch.from_numpy(clip.numbers / 32768)  # as the file has it, float64
    on_page = run(
        """import { logMelOf } from "front/sound/spectra.js";
        give(logMelOf(data.x));""",
        x=stored.float().numpy(),
    )
    expected = speech.log_mel(stored).T.numpy()  # (T, 40)
    np.testing.assert_allclose(on_page.reshape(expected.shape), expected, atol=1e-4)
    np.testing.assert_allclose(log_mel_of(clip), expected, atol=1e-4)


def test_the_way_back_agrees(vowels):
    waveform = vowels[0]
    mel = speech.mel_spectrogram(waveform)  # (40, T)
    sound, magnitudes = run(
        """import { griffinLim, magnitudesOfMel } from "front/sound/spectra.js";
        const magnitudes = magnitudesOfMel(data.mel);
        const options = { iterations: 3, seed: null };
        const made = await griffinLim(magnitudes, data.n, options);
        give([made, magnitudes]);""",
        mel=mel.T.contiguous().numpy().ravel(),
        n=len(waveform),
    )
    expected = speech.linear_from_mel(mel)  # (257, T)
    tolerance = 1e-4 * float(expected.max())
    np.testing.assert_allclose(
        magnitudes.reshape(-1, 257), expected.T.numpy(), atol=tolerance
    )
    made = speech.griffin_lim(expected, len(waveform), n_iterations=3, seed=None)
    np.testing.assert_allclose(sound, made.numpy(), atol=1e-3)
