"""A voice as an explorer shows it: plain data, and three networks that a page runs.

An explorer reaches no subject: it is handed one of these, and asks it. A page's script
(``explorers/speaking/synthesis.js``) does the same from files of `ShownSpeaker.parts`
and from `ShownSpeaker.facts`.
"""

from hashlib import sha256

import torch
from torch import nn

from aigc_helpers.speech import synthesis, waveforms
from aigc_helpers.speech.spelling import MOST_DIGITS, digits_of, encode, spell
from aigc_helpers.speech.tacotron import N_MEL, SILENCE, Tacotron, denormalised


class Opening(nn.Module):
    """What is read once of letters (1, S) and a voice (1,), and all that stands at 0.

    Gives what a step takes: features (1, S, dim), keys, the voice (1, size), a silent
    frame (1, 40), and the decoder's state.
    """

    def __init__(self, network: Tacotron):
        super().__init__()
        self.network = network

    def forward(self, letters, voice):
        """Letters and voice are int64; no letter is padding."""
        memory, keys, _, voice = read = self.network.read(letters, voice)
        frame = memory.new_full((1, N_MEL), SILENCE)
        return (memory, keys, voice, frame, *self.network.initial_state(read))


class Step(nn.Module):
    """One step: what is the same in all, the frame before it, and a state.

    Gives frames (1, r, 40), the logit of stopping (1,), weights (1, S), the last frame
    and the next state.
    """

    def __init__(self, network: Tacotron):
        super().__init__()
        self.network = network

    def forward(self, memory, keys, voice, frame, *state):
        """As `Tacotron.step` of one text."""
        is_there = torch.ones_like(memory[:, :, 0], dtype=torch.bool)  # (1, S)
        read = memory, keys, is_there, voice
        frames, stop, weights, state = self.network.step(read, frame, state)
        return (frames, stop, weights, frames[:, -1], *state)


class Ending(nn.Module):
    """Log magnitudes (1, T, 257), in nats, of frames (1, T, 40)."""

    def __init__(self, network: Tacotron):
        super().__init__()
        self.postnet = network.postnet

    def forward(self, frames):
        """As `synthesise` has them."""
        return denormalised(self.postnet(frames))


class ShownSpeaker(nn.Module):
    """Strings of digits, spoken and shown.

    Phases are searched for from 0 on, so that a page comes to the same waveform.

    Parameters
    ----------
    network : Tacotron
    """

    def __init__(self, network: Tacotron):
        super().__init__()
        self.network = network

    @property
    def n_voices(self) -> int:
        """How many voices there are."""
        return self.network.voices.num_embeddings

    def say(self, text: str, voice: int) -> dict:
        """A string of digits as it is heard and seen, as plain data.

        Returns
        -------
        dict
            "text", its digits alone; "letters", S of them; "samples", float32 (N,) at
            8,000 Hz; "attention", float32 (n, S); "complete", whether it stopped
            itself.

        Raises
        ------
        Mistake
            If the text is no string of 1 to 10 digits, or there is no such voice.
        """
        text = "".join(map(str, digits_of(text)))
        (found,) = synthesis.synthesise(self.network, [text], [voice])
        return {
            "text": text,
            "letters": found.letters,
            "samples": synthesis.waveform_of(found, seed=None).numpy(),
            "attention": found.attention.numpy(),
            "complete": found.is_complete,
        }

    def facts(self) -> dict:
        """The numbers by which `say` goes, beside the networks."""
        return {
            "n_frames": self.network.n_frames,
            "most_digits": MOST_DIGITS,
            "frames_per_digit": synthesis.FRAMES_PER_DIGIT,
            "frames_besides": synthesis.FRAMES_BESIDES,
            "sharpness": synthesis.SHARPNESS,
            "iterations": synthesis.N_ITERATIONS,
            "level": synthesis.LEVEL,
            "quiet": synthesis.QUIET,
            "block": waveforms.FRAME,
            "hop": waveforms.STEP,
        }

    def parts(self) -> tuple[nn.Module, nn.Module, nn.Module]:
        """What is run once before, at each step, and once behind."""
        return Opening(self.network), Step(self.network), Ending(self.network)

    def read(self, digits, voice: int) -> tuple[torch.Tensor, torch.Tensor]:
        """What the first part takes: letters (1, S) and the voice (1,)."""
        return encode(spell(digits))[None], torch.tensor([voice])

    def identity(self) -> str:
        """A checksum of all that is heard."""
        total = sha256(f"{self.network} {self.facts()}".encode())
        for name, tensor in sorted(self.network.state_dict().items()):
            total.update(name.encode() + tensor.contiguous().numpy().tobytes())
        return total.hexdigest()
