"""Training a WaveNet on windows of coded clips; bits per sample on whole clips."""

import math
from dataclasses import dataclass

import torch
from torch import nn

from aigc_helpers.reader import Mistake
from aigc_helpers.runtime import autocast, evaluation_mode
from aigc_helpers.speech.clips import SILENCE, CodedClips
from aigc_helpers.speech.wavenet import WaveNet
from aigc_helpers.training import Run, require_counts

NOT_PREDICTED = -100  # target behind the end of a clip
GRADIENT = 1.0  # longest that a step's gradient may be


@dataclass(frozen=True, eq=False)
class Windows:
    """Parts of clips: ``inputs`` (B, R + T - 1) predict ``targets`` (B, T)."""

    inputs: torch.Tensor
    targets: torch.Tensor
    digits: torch.Tensor
    speakers: torch.Tensor


def draw_windows(clips: CodedClips, n: int, size: int, reach: int, rng) -> Windows:
    """So many windows of ``size`` predictions, after ``reach`` codes each.

    A clip is drawn in proportion to its length, a place in it uniformly.
    """
    rows = torch.multinomial(clips.lengths.double(), n, True, generator=rng)
    inputs = torch.full((n, reach + size - 1), SILENCE)
    targets = torch.full((n, size), NOT_PREDICTED)
    for i, row in enumerate(rows.tolist()):
        codes = clips.codes[row]
        places = max(1, len(codes) - size + 1)
        start = int(torch.randint(places, (1,), generator=rng))
        target = codes[start : start + size]
        targets[i, : len(target)] = target
        before = codes[max(0, start - reach) : start + size - 1]
        skipped = max(0, reach - start)  # of silence, before the clip
        inputs[i, skipped : skipped + len(before)] = before
    return Windows(inputs, targets, clips.digits[rows], clips.speakers[rows])


def train_wavenet(network: WaveNet, clips: CodedClips, *, size: int = 2048, **options):
    """Train on random windows; return the averaged network and the history.

    Parameters
    ----------
    network : WaveNet
        Changed in place.
    clips : CodedClips
        What is learnt from.
    size : int
        Predictions in a window.
    **options
        ``steps``, ``batch_size`` (2), ``lr`` (6e-3, of AdamW), ``decay`` (0.99),
        ``seed``, ``watch``, ``checkpoint``: see `training.Run`.

    Returns
    -------
    network : WaveNet
        The averaged one, in evaluation mode.
    history : History
        ``bits``: of a sample, one value a step.

    Raises
    ------
    Mistake
        If there are no clips, or a number is out of its range.
    DivergedError
        If the loss is no longer a number, or far from its first value.
    """
    require_counts(size=size)
    if not len(clips):
        raise Mistake("no clips to learn from", "一段录音也没有，学不了。")
    optimizer = torch.optim.AdamW(network.parameters(), betas=(0.9, 0.99), fused=True)
    options = {"batch_size": 2, "lr": 6e-3, "decay": 0.99} | options
    run = Run(network, {"optimizer": optimizer}, **options)
    reach = network.receptive_field
    for _ in run:
        windows = draw_windows(clips, run.batch_size, size, reach, run.rng)
        bits = window_bits(network, windows)
        optimizer.zero_grad()
        bits.backward()
        nn.utils.clip_grad_norm_(network.parameters(), GRADIENT)
        optimizer.step()
        run.record(bits=bits)
    return run.average, run.history


def window_bits(network: WaveNet, windows: Windows):
    """Mean bits of a sample: -log2 p of all that is predicted."""
    with autocast():
        found = network(windows.inputs, windows.digits, windows.speakers)
    is_predicted = windows.targets != NOT_PREDICTED
    logs = found.log_probability(windows.targets.clamp(min=0))  # (B, T)
    return -(logs * is_predicted).sum() / is_predicted.sum() / math.log(2)


@torch.no_grad()
def code_bits(network: WaveNet, clips: CodedClips) -> list:
    """-log2 p of each code of each clip, float32 (T,), after endless silence."""
    found = []
    silence = torch.full((network.receptive_field,), SILENCE)
    with evaluation_mode(network):
        for row, codes in enumerate(clips.codes):
            inputs = torch.cat([silence, codes[:-1]])[None]  # (1, R + T - 1)
            given = clips.digits[row : row + 1], clips.speakers[row : row + 1]
            logs = network(inputs, *given).log_probability(codes[None])[0]  # (T,)
            found.append(-logs / math.log(2))
    return found
